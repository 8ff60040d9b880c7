"""The notification, as bytes: made once for each publish, addressed once for each session.

Only the address differs from one recipient to the next, so an event is two byte strings around it, and the
payload is escaped one time. Every stanza declares its own namespace and is not prefixed: it is the same on TCP,
BOSH and WebSocket.

Spec: ``notifications.md`` §5 (the exact form), XEP-0060 §7.1.2.1, and the sections that the functions name.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Final

from finesse_tx.notification.core.namespaces import CLIENT, DELAY, PUBSUB_EVENT
from finesse_tx.notification.core.nodes import Item
from finesse_tx.xmltext import escape

__all__ = [
    "Event",
    "EventForm",
    "items_published",
    "items_retracted",
    "node_configured",
    "node_deleted",
    "node_purged",
    "subscription_changed",
]


class Event:
    """One notification, whoever gets it."""

    __slots__ = ("_head", "_tail")

    def __init__(self, head: bytes, tail: bytes) -> None:
        self._head, self._tail = head, tail

    def to(self, address: bytes) -> bytes:
        """The whole stanza for this address, which is escaped already."""
        return self._head + address + self._tail


class EventForm:
    """How this process writes notifications.

    Args:
        service: The address of the publish-subscribe service.
        payload_namespace: The namespace of ``<notification>``.
        process_id: A UUID, the same for all items of this process; a growing number follows it.
        stream: The namespace of the stream that they go out on.
        kind: The type of every message that has none of its own; empty for ``normal``.
    """

    def __init__(
        self,
        service: str,
        payload_namespace: str,
        process_id: str,
        stream: str = CLIENT,
        kind: str = "",
    ) -> None:
        self._head: Final = f'<message xmlns="{stream}" from="{escape(service)}" to="'.encode()
        self._kind: Final = kind
        self._namespace: Final = escape(payload_namespace)
        self._process_id, self._numbers = process_id, count(1)

    def event(self, node: str, payload: str, message_id: str) -> Event:
        """Write one notification.

        Args:
            node: Where it is published.
            payload: The document, as text; it becomes one escaped text node.
            message_id: Short, and hard to meet twice.
        """
        item = f"{self._process_id}{next(self._numbers)}"
        return self.about(
            f'<items node="{escape(node)}"><item id="{item}">'
            f'<notification xmlns="{self._namespace}">{escape(payload)}</notification></item></items>',
            message_id,
        )

    def about(self, content: str, message_id: str, *, kind: str = "", published: str = "") -> Event:
        """Write any notification.

        Args:
            content: What is in ``<event/>``, as XML.
            message_id: Short, and hard to meet twice.
            kind: The type of the message; empty for ``normal``.
            published: When what is notified was published, if that is not now (XEP-0203).
        """
        kind = kind or self._kind
        said = f' type="{kind}"' if kind else ""
        delay = f'<delay xmlns="{DELAY}" stamp="{published}"/>' if published else ""
        tail = f'" id="{message_id}"{said}><event xmlns="{PUBSUB_EVENT}">{content}</event>{delay}</message>'
        return Event(self._head, tail.encode())


def items_published(node: str, items: Iterable[Item], *, payloads: bool) -> str:
    """What is told of new items (XEP-0060 §7.1.2)."""
    written = "".join(
        f'<item id="{escape(item.id)}">{item.payload}</item>'
        if payloads and item.payload
        else f'<item id="{escape(item.id)}"/>'
        for item in items
    )
    return (
        f'<items node="{escape(node)}">{written}</items>'
        if written
        else f'<items node="{escape(node)}"/>'
    )


def items_retracted(node: str, ids: Iterable[str]) -> str:
    """What is told of items that are gone (§7.2.2.1)."""
    written = "".join(f'<retract id="{escape(one)}"/>' for one in ids)
    return f'<items node="{escape(node)}">{written}</items>'


def node_purged(node: str) -> str:
    """What is told when all items are gone (§8.5.2)."""
    return f'<purge node="{escape(node)}"/>'


def node_deleted(node: str) -> str:
    """What is told when a node is gone (§8.4.2)."""
    return f'<delete node="{escape(node)}"/>'


def node_configured(node: str) -> str:
    """What is told when a node has another configuration (§8.2.5.5): that it has."""
    return f'<configuration node="{escape(node)}"/>'


def subscription_changed(node: str, address: str, state: str) -> str:
    """What is told to who was unsubscribed by somebody else (§8.8.4)."""
    return f'<subscription node="{escape(node)}" jid="{escape(address)}" subscription="{state}"/>'
