"""What may be asked about nodes that somebody created, and what their subscribers are told of it.

The rules are in `finesse_tx.notification.core.nodes`; here they meet who is connected. Whoever asks is a login id,
whose bare address has the affiliations.

Spec: XEP-0060 §5.6, §5.7, §6.3, §6.5, §7, §8. What is published to a node of Finesse comes from
`finesse_tx.notification.service`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from finesse_tx.notification.core.address import local_part
from finesse_tx.notification.core.audience import subscribed, subscribers
from finesse_tx.notification.core.counters import NotificationCounters
from finesse_tx.notification.core.event import (
    EventForm,
    items_published,
    items_retracted,
    node_configured,
    node_deleted,
    node_purged,
    subscription_changed,
)
from finesse_tx.notification.core.forms import PREFIX, written
from finesse_tx.notification.core.node_config import NodeConfig, configured
from finesse_tx.notification.core.nodes import Affiliation, Item, Node, Nodes
from finesse_tx.notification.core.options import SubscriptionOptions, with_options
from finesse_tx.notification.core.refusals import PubsubError, Refusal
from finesse_tx.notification.core.sessions import Session, Sessions
from finesse_tx.notification.core.subscriptions import Subscription, Subscriptions

__all__ = ["RESERVED", "CreatedNodes"]

RESERVED = "/finesse/"
"""What the names of Finesse's own nodes begin with: nobody creates one of those."""

Form = Mapping[str, Sequence[str]]


class CreatedNodes:
    """The nodes that people create.

    Args:
        domain: The XMPP domain.
        sessions: Who is connected.
        subscriptions: Who asked for what.
        form: How notifications are written.
        may_create: Whether this person may create nodes.
        new_id: Makes identifiers.
        now: The time, as XEP-0082 writes it.
        counters: What is published is counted here.
        nodes: Where they are kept.
    """

    def __init__(
        self,
        domain: str,
        sessions: Sessions,
        subscriptions: Subscriptions,
        form: EventForm,
        may_create: Callable[[str], bool],
        new_id: Callable[[], str],
        now: Callable[[], str],
        counters: NotificationCounters,
        nodes: Nodes | None = None,
    ) -> None:
        self._domain, self._sessions, self._subscriptions = domain, sessions, subscriptions
        self._form, self._may_create, self._new_id, self._now = form, may_create, new_id, now
        self._counters, self._nodes = counters, nodes or Nodes()
        self._owed: list[tuple[Node, Subscription]] = []  # last items: until the answer is out

    def __contains__(self, name: str) -> bool:
        """Whether somebody has created a node of that name."""
        return self._nodes.get(name) is not None

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._nodes)

    @property
    def stored_bytes(self) -> int:
        """What their items take."""
        return self._nodes.stored_bytes

    def address(self, login_id: str) -> str:
        """The bare address of a person."""
        user = self._sessions.person(login_id)
        return user.bare if user is not None else f"{local_part(login_id)}@{self._domain}"

    def may_see(self, login_id: str, name: str) -> bool:
        """Whether that person may be subscribed to it."""
        node = self._nodes.get(name)
        return node is not None and node.admits(self.address(login_id))

    def visible(self, login_id: str) -> list[Node]:
        """The nodes that are found by this person, oldest first."""
        address = self.address(login_id)
        return [node for node in self._nodes if node.admits(address)]

    def node(self, name: str) -> Node:
        """The node of that name.

        Raises:
            PubsubError: ``NOT_FOUND``.
        """
        found = self._nodes.get(name)
        if found is None:
            raise PubsubError(Refusal.NOT_FOUND)
        return found

    # Owners (§8) ----------------------------------------------------------------------------------------------------

    def create(self, login_id: str, name: str | None, form: Form) -> str:
        """Create a node; without a name, one is made up.

        Returns:
            Its name.

        Raises:
            PubsubError: It is there, or cannot be.
        """
        if not self._may_create(login_id):
            raise PubsubError(Refusal.FORBIDDEN)
        name = name or self._new_id()
        if name.startswith(RESERVED):
            raise PubsubError(Refusal.NOT_ACCEPTABLE)
        self._nodes.create(name, self.address(login_id), configured(NodeConfig(), form))
        return name

    def configuration(self, login_id: str, name: str) -> NodeConfig:
        """How a node behaves.

        Raises:
            PubsubError: There is none, or it is another's.
        """
        return self._owned(login_id, name).config

    def configure(self, login_id: str, name: str, form: Form) -> None:
        """Change how it behaves; who may no longer be subscribed is not.

        Raises:
            PubsubError: There is none, it is another's, or the form makes no sense.
        """
        node = self._owned(login_id, name)
        self._nodes.configure(node, configured(node.config, form))
        self._expel(node)
        if node.config.notify_config:
            self._tell(node, node_configured(name))

    def delete(self, login_id: str, name: str) -> None:
        """Delete a node.

        Raises:
            PubsubError: There is none, or it is another's.
        """
        node = self._owned(login_id, name)
        if node.config.notify_delete:
            self._tell(node, node_deleted(name))
        for subscription in tuple(self._subscriptions.on(name)):
            self._subscriptions.drop(subscription)
        self._nodes.delete(node)

    def purge(self, login_id: str, name: str) -> None:
        """Delete all items.

        Raises:
            PubsubError: There is none, it is another's, or keeps no items.
        """
        node = self._owned(login_id, name)
        if not node.config.persist_items:
            raise PubsubError(Refusal.NO_PERSISTENT_ITEMS)
        self._nodes.purge(node)
        if node.config.notify_retract:
            self._tell(node, node_purged(name))

    def affiliations_of(self, login_id: str, name: str) -> dict[str, Affiliation]:
        """Who is what to a node, by bare address.

        Raises:
            PubsubError: There is none, or it is another's.
        """
        return dict(self._owned(login_id, name).affiliations)

    def affiliate(self, login_id: str, name: str, changes: Mapping[str, str]) -> None:
        """Change who is what, all or nothing; who may no longer be subscribed is not.

        Raises:
            PubsubError: There is none, it is another's, an affiliation is unknown, or no owner would be left.
        """
        node = self._owned(login_id, name)
        try:
            found = {address: Affiliation(said) for address, said in changes.items()}
        except ValueError:
            raise PubsubError(Refusal.NOT_ACCEPTABLE) from None
        node.affiliate(found)
        self._expel(node)

    def subscriptions_on(self, login_id: str, name: str) -> list[Subscription]:
        """Who is subscribed.

        Raises:
            PubsubError: There is none, or it is another's.
        """
        self._owned(login_id, name)
        return list(self._subscriptions.on(name))

    def cancel(self, login_id: str, name: str, addresses: Iterable[tuple[str, str | None]]) -> None:
        """Cancel subscriptions of others, all or nothing, and tell them.

        Args:
            login_id: An owner.
            name: The node.
            addresses: The address that is subscribed, and the subid where there is one.

        Raises:
            PubsubError: There is no such node, it is another's, or one of them is not subscribed.
        """
        node = self._owned(login_id, name)
        by_address = {self.subscriber(one): one for one in self._subscriptions.on(name)}
        found = []
        for address, subid in addresses:
            one = by_address.get(address)
            if one is None or subid not in {None, "", one.subid}:
                raise PubsubError(Refusal.NOT_ACCEPTABLE)
            found.append(one)
        for one in found:
            self._drop(node, one)

    # Publishers (§7) ------------------------------------------------------------------------------------------------

    def publish(
        self, login_id: str, name: str, items: Sequence[tuple[str, str, str]], options: Form
    ) -> list[str]:
        """Publish items, all or nothing.

        Args:
            login_id: Who.
            name: Where to.
            items: The id, or nothing to have one made up; the payload as XML; its namespace.
            options: What the publisher takes the configuration to be (§7.1.5).

        Returns:
            The ids.

        Raises:
            PubsubError: There is no such node, the person may not, or the node does not take that.
        """
        node = self.node(name)
        is_subscribed = node.config.publish_model == "subscribers" and any(
            one.node == name for one in self._subscriptions.of(login_id)
        )
        node.check_publisher(self.address(login_id), is_subscribed=is_subscribed)
        _check_items(node.config, items)
        if options:
            _check_precondition(node.config, options)
        now = self._now() if node.config.persist_items else ""
        made = [Item(item or self._new_id(), payload, now) for item, payload, _ in items]
        self._nodes.publish(node, made)
        config = node.config
        if config.deliver_notifications:
            self._tell(node, items_published(name, made, payloads=config.deliver_payloads))
        return [item.id for item in made]

    def retract(self, login_id: str, name: str, ids: Sequence[str], *, notify: bool) -> None:
        """Delete items.

        Raises:
            PubsubError: There is no such node or item, or the person may not.
        """
        node = self.node(name)
        node.check_publisher(self.address(login_id), is_subscribed=False)
        if not node.config.persist_items:
            raise PubsubError(Refusal.NO_PERSISTENT_ITEMS)
        if not ids:
            raise PubsubError(Refusal.ITEM_REQUIRED)
        self._nodes.retract(node, ids)
        if notify or node.config.notify_retract:
            self._tell(node, items_retracted(name, ids))

    # Subscribers (§6) -----------------------------------------------------------------------------------------------

    def subscribe(
        self, login_id: str, resource: str | None, name: str, form: Form | None
    ) -> Subscription:
        """Subscribe; the last item comes after the answer, where the node is configured so.

        Raises:
            PubsubError: There is no such node, the person may not, or has too many subscriptions.
        """
        node = self.node(name)
        node.check_access(self.address(login_id))
        options = None if form is None else with_options(SubscriptionOptions(), form)
        is_new = self._subscriptions.get(login_id, resource, name) is None
        made = self._subscriptions.subscribe(login_id, resource, name, self._new_id, options)
        if is_new and node.config.send_last_published_item == "on_sub":
            self._owed.append((node, made))
        return made

    def answered(self) -> None:
        """Whoever asked has the answer: now comes the last item, for who has subscribed."""
        owed, self._owed = self._owed, []
        for node, subscription in owed:
            self._tell_last(node, subscription)

    def items(self, login_id: str, name: str, ids: Sequence[str], count: int | None) -> list[Item]:
        """Retrieve items: the newest ``count``, oldest first, or those that are named.

        Raises:
            PubsubError: There is no such node, the person may not, or it keeps none.
        """
        node = self.node(name)
        node.check_access(self.address(login_id))
        if not node.config.persist_items:
            raise PubsubError(Refusal.NO_PERSISTENT_ITEMS)
        return node.retrieve(ids, count)

    def affiliations(self, login_id: str) -> list[tuple[str, Affiliation]]:
        """The nodes to which this person is something, and what."""
        address = self.address(login_id)
        return [
            (node.name, node.affiliation(address))
            for node in self._nodes
            if node.affiliation(address) is not Affiliation.NONE
        ]

    def subscriber(self, subscription: Subscription) -> str:
        """The address that is subscribed."""
        bare = self.address(subscription.login_id)
        return bare if subscription.resource is None else f"{bare}/{subscription.resource}"

    # ----------------------------------------------------------------------------------------------------------------

    def _owned(self, login_id: str, name: str) -> Node:
        node = self.node(name)
        node.check_owner(self.address(login_id))
        return node

    def _tell(self, node: Node, content: str) -> None:
        recipients = subscribers(node.name, self._sessions, self._subscriptions)
        if recipients:
            self._counters.published += 1
            self._counters.deliveries += len(recipients)
            event = self._form.about(content, self._new_id(), kind=_kind(node))
            for session, to in recipients.items():
                session.outlet.write(event.to(to))

    def _tell_last(self, node: Node, subscription: Subscription) -> None:
        last = node.last()
        if last is None or not node.config.deliver_notifications:
            return
        content = items_published(node.name, [last], payloads=node.config.deliver_payloads)
        event = self._form.about(
            content, self._new_id(), kind=_kind(node), published=last.published
        )
        reached: list[tuple[Session, bytes]] = list(subscribed(subscription, self._sessions))
        for session, to in reached:
            session.outlet.write(event.to(to))

    def _expel(self, node: Node) -> None:
        for subscription in tuple(self._subscriptions.on(node.name)):
            if not node.admits(self.address(subscription.login_id)):
                self._drop(node, subscription)

    def _drop(self, node: Node, subscription: Subscription) -> None:
        content = subscription_changed(node.name, self.subscriber(subscription), "none")
        event = self._form.about(content, self._new_id(), kind=_kind(node))
        for session, to in list(subscribed(subscription, self._sessions)):
            session.outlet.write(event.to(to))
        self._subscriptions.drop(subscription)


def _kind(node: Node) -> str:
    kind = node.config.notification_type
    return "" if kind == "normal" else kind


def _check_items(config: NodeConfig, items: Sequence[tuple[str, str, str]]) -> None:
    """See that a node takes these items (§7.1.3)."""
    if config.is_transient_notification:
        if items:
            raise PubsubError(Refusal.ITEM_FORBIDDEN)
        return
    if not items:
        raise PubsubError(Refusal.ITEM_REQUIRED)
    if config.persist_items and len(items) > config.max_items:
        raise PubsubError(Refusal.MAX_ITEMS_EXCEEDED)
    for _, payload, namespace in items:
        if config.deliver_payloads and not payload:
            raise PubsubError(Refusal.PAYLOAD_REQUIRED)
        if len(payload.encode()) > config.max_payload_size:
            raise PubsubError(Refusal.PAYLOAD_TOO_BIG)
        if payload and config.type and namespace != config.type:
            raise PubsubError(Refusal.INVALID_PAYLOAD)


def _check_precondition(config: NodeConfig, options: Form) -> None:
    found = {PREFIX + name: written(value) for name, value in config.values.items()}
    for name, values in options.items():
        if name in found and found[name] != list(values):
            raise PubsubError(Refusal.PRECONDITION_NOT_MET)
