"""The notification, as bytes: made once for each publish, addressed once for each session.

Only the address differs from one recipient to the next, so an event is two byte strings around it, and the
payload is escaped one time. Every stanza declares its own namespace and is not prefixed: it is the same on TCP,
BOSH and WebSocket.

Spec: ``notifications.md`` §5 (the exact form), XEP-0060 §7.1.2.1.
"""

from __future__ import annotations

from itertools import count
from typing import Final

from finesse_tx.notification.core.namespaces import CLIENT, PUBSUB_EVENT
from finesse_tx.xmltext import escape

__all__ = ["Event", "EventForm"]


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
    """

    def __init__(self, service: str, payload_namespace: str, process_id: str) -> None:
        self._head: Final = f'<message xmlns="{CLIENT}" from="{escape(service)}" to="'.encode()
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
        tail = (
            f'" id="{message_id}"><event xmlns="{PUBSUB_EVENT}"><items node="{escape(node)}"><item id="{item}">'
            f'<notification xmlns="{self._namespace}">{escape(payload)}</notification>'
            "</item></items></event></message>"
        )
        return Event(self._head, tail.encode())
