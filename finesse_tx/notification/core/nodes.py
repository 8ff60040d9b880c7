"""Nodes that somebody created: their items, their affiliations, and who may do what with them.

Finesse's own nodes are not in here: those are computed (`finesse_tx.interfaces.INodePolicy`).

Spec: XEP-0060 §4.1 (affiliations), §4.5 (access models), §7 (publishers), §8 (owners). Left out: collections,
approval of subscriptions, leases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Final, NamedTuple

from finesse_tx.notification.core.node_config import NodeConfig
from finesse_tx.notification.core.refusals import PubsubError, Refusal

__all__ = [
    "MAX_AFFILIATIONS",
    "MAX_NAME_BYTES",
    "MAX_NODES",
    "MAX_STORED_BYTES",
    "Affiliation",
    "Item",
    "Node",
    "Nodes",
]

MAX_NODES: Final = 20_000
"""How many nodes there may be; at that, none is created."""

MAX_STORED_BYTES: Final = 64 << 20
"""How much the items of all nodes may take; at that, nothing is published that would be kept."""

MAX_AFFILIATIONS: Final = 1_000
"""How many addresses one node knows."""

MAX_NAME_BYTES: Final = 1_023
"""The longest name of a node or an item: that of a part of an address (RFC 7622 §3.4)."""

_OVERHEAD: Final = 256
"""What an item takes beside its text, roughly."""


class Affiliation(Enum):
    """What an address is to a node (§4.1)."""

    OWNER = "owner"
    PUBLISHER = "publisher"
    PUBLISH_ONLY = "publish-only"
    MEMBER = "member"
    NONE = "none"
    OUTCAST = "outcast"


_PUBLISHERS: Final = frozenset({Affiliation.OWNER, Affiliation.PUBLISHER, Affiliation.PUBLISH_ONLY})
_MEMBERS: Final = frozenset({Affiliation.OWNER, Affiliation.PUBLISHER, Affiliation.MEMBER})


class Item(NamedTuple):
    """One item.

    Attributes:
        id: Unique in its node.
        payload: An XML element that declares its own namespace; empty for none.
        published: When, as XEP-0082 writes a time; empty for one that is not kept.
    """

    id: str
    payload: str
    published: str

    @property
    def size(self) -> int:
        """What it takes, in bytes, roughly."""
        return len(self.id) + len(self.payload) + _OVERHEAD


class Node:
    """One leaf.

    Attributes:
        name: Its name.
        config: Its configuration.
        items: By id, oldest first. Do not change it.
        affiliations: By bare address; those without one are not in it. Do not change it.
    """

    __slots__ = ("affiliations", "config", "items", "name")

    def __init__(self, name: str, owner: str, config: NodeConfig) -> None:
        self.name, self.config = name, config
        self.items: dict[str, Item] = {}
        self.affiliations = {owner: Affiliation.OWNER}

    # Who may ------------------------------------------------------------------------------------------------------

    def affiliation(self, address: str) -> Affiliation:
        """What that bare address is to it."""
        return self.affiliations.get(address, Affiliation.NONE)

    def check_owner(self, address: str) -> None:
        """Only owners go on.

        Raises:
            PubsubError: ``forbidden``.
        """
        if self.affiliation(address) is not Affiliation.OWNER:
            raise PubsubError(Refusal.FORBIDDEN)

    def check_access(self, address: str) -> None:
        """Only those go on who may subscribe and retrieve items (§6.1.3, §6.5.9).

        Raises:
            PubsubError: ``forbidden`` for an outcast and who may only publish, ``closed-node`` for a stranger.
        """
        found = self.affiliation(address)
        if found in {Affiliation.OUTCAST, Affiliation.PUBLISH_ONLY}:
            raise PubsubError(Refusal.FORBIDDEN)
        if self.config.access_model == "whitelist" and found not in _MEMBERS:
            raise PubsubError(Refusal.CLOSED_NODE)

    def admits(self, address: str) -> bool:
        """Whether `check_access` lets it go on."""
        try:
            self.check_access(address)
        except PubsubError:
            return False
        return True

    def check_publisher(self, address: str, *, is_subscribed: bool) -> None:
        """Only those go on who may publish (§7.1.3.1).

        Raises:
            PubsubError: ``forbidden``.
        """
        found, model = self.affiliation(address), self.config.publish_model
        by_model = model == "open" or (model == "subscribers" and is_subscribed)
        if found not in _PUBLISHERS and (found is Affiliation.OUTCAST or not by_model):
            raise PubsubError(Refusal.FORBIDDEN)

    # What it has ----------------------------------------------------------------------------------------------------

    def last(self) -> Item | None:
        """The newest item."""
        return next(reversed(self.items.values()), None)

    def retrieve(self, ids: Iterable[str] = (), count: int | None = None) -> list[Item]:
        """Items: those that are named and are there, or the newest so many, oldest first (§6.5)."""
        wanted = list(dict.fromkeys(ids))
        if wanted:
            return [self.items[one] for one in wanted if one in self.items]
        found = list(self.items.values())
        return found if count is None else found[max(0, len(found) - count) :]

    def affiliate(self, changes: Mapping[str, Affiliation]) -> None:
        """Change affiliations, all or none (§8.9.2).

        Raises:
            PubsubError: ``not-acceptable``: no owner would be left; ``resource-constraint``: too many.
        """
        changed: dict[str, Affiliation] = {
            address: found
            for address, found in {**self.affiliations, **changes}.items()
            if found is not Affiliation.NONE
        }
        if Affiliation.OWNER not in changed.values():
            raise PubsubError(Refusal.NOT_ACCEPTABLE)
        if len(changed) > MAX_AFFILIATIONS:
            raise PubsubError(Refusal.NO_ROOM)
        self.affiliations = changed


class Nodes:
    """All nodes that were created.

    Args:
        max_nodes: How many there may be.
        max_stored_bytes: How much their items may take.

    Attributes:
        stored_bytes: How much they take.
    """

    def __init__(
        self, max_nodes: int = MAX_NODES, max_stored_bytes: int = MAX_STORED_BYTES
    ) -> None:
        self._max_nodes, self._max_stored_bytes = max_nodes, max_stored_bytes
        self._nodes: dict[str, Node] = {}
        self.stored_bytes = 0

    def __iter__(self) -> Iterator[Node]:
        """All, oldest first."""
        return iter(self._nodes.values())

    def __len__(self) -> int:
        """How many."""
        return len(self._nodes)

    def get(self, name: str) -> Node | None:
        """The node of that name."""
        return self._nodes.get(name)

    def create(self, name: str, owner: str, config: NodeConfig) -> Node:
        """Create a node (§8.1).

        Raises:
            PubsubError: ``conflict``, or there are too many, or the name is too long.
        """
        if name in self._nodes:
            raise PubsubError(Refusal.NODE_EXISTS)
        if len(name.encode()) > MAX_NAME_BYTES:
            raise PubsubError(Refusal.NOT_ACCEPTABLE)
        if len(self._nodes) >= self._max_nodes:
            raise PubsubError(Refusal.MAX_NODES_EXCEEDED)
        node = self._nodes[name] = Node(name, owner, config)
        return node

    def delete(self, node: Node) -> None:
        """Delete a node and all that it has (§8.4)."""
        del self._nodes[node.name]
        self.purge(node)

    def configure(self, node: Node, config: NodeConfig) -> None:
        """Configure a node (§8.2); items that it may not keep any more are gone."""
        node.config = config
        self._evict(node)

    def publish(self, node: Node, items: Iterable[Item]) -> None:
        """Keep items, each in the place of one with the same id, and forget the oldest (§7.1).

        Raises:
            PubsubError: ``resource-constraint``: all nodes together have no room for them.
        """
        if not node.config.persist_items:
            return
        new = list(items)
        if self.stored_bytes + sum(item.size for item in new) > self._max_stored_bytes:
            raise PubsubError(Refusal.NO_ROOM)
        for item in new:
            self._forget(node, item.id)
            node.items[item.id] = item
            self.stored_bytes += item.size
        self._evict(node)

    def retract(self, node: Node, ids: Iterable[str]) -> None:
        """Delete items (§7.2).

        Raises:
            PubsubError: ``item-not-found``: one of them is not there; the others stay too.
        """
        wanted = list(dict.fromkeys(ids))
        if any(one not in node.items for one in wanted):
            raise PubsubError(Refusal.NOT_FOUND)
        for one in wanted:
            self._forget(node, one)

    def purge(self, node: Node) -> None:
        """Delete all items (§8.5)."""
        for one in list(node.items):
            self._forget(node, one)

    def _evict(self, node: Node) -> None:
        room = node.config.max_items if node.config.persist_items else 0
        while len(node.items) > room:
            self._forget(node, next(iter(node.items)))

    def _forget(self, node: Node, item_id: str) -> None:
        gone = node.items.pop(item_id, None)
        if gone is not None:
            self.stored_bytes -= gone.size
