"""What the notification service has done, and how it is, as plain data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = [
    "SLOW",
    "ComponentCounters",
    "ComponentStatus",
    "NotificationCounters",
    "NotificationStatus",
]

SLOW = "slow"
"""Why a connection was dropped whose client does not read; the other reasons are conditions of RFC 6120 §4.9.3."""


@dataclass(slots=True)
class NotificationCounters:
    """What it has done since it was made. What labels there are is bounded by the protocol.

    Attributes:
        published: Events that somebody was there for.
        deliveries: Events that were sent, once for each session.
        sign_ins: Clients that have signed in.
        sign_ins_refused: Attempts that were refused, by the condition of RFC 6120 §6.5.
        ended: Streams that we ended, by condition.
        replays: BOSH responses that were sent again.
        resumptions: What became of sessions that could be resumed: ``resumed``, ``expired``, ``given up`` for another
            one, or ``item-not-found`` where there was none.
    """

    published: int = 0
    deliveries: int = 0
    sign_ins: int = 0
    sign_ins_refused: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    replays: int = 0
    resumptions: Counter[str] = field(default_factory=Counter)


class NotificationStatus(NamedTuple):
    """How it is, at one moment.

    Attributes:
        counters: What it has done.
        streams: Open streams, by transport.
        sessions: How many of them have an address.
        available: How many of those receive events.
        resumable: How many of them have lost their stream and may be resumed.
        strangers: Streams whose clients have not signed in.
        held_requests: BOSH requests that wait for an event.
        http_connections: Connections of the BOSH ports.
        waiting_bytes: How much waits for clients.
        longest_queue: The most of that for one client.
        nodes: Nodes that people created.
        stored_bytes: What their items take.
        subscriptions: Explicit subscriptions.
    """

    counters: NotificationCounters
    streams: dict[str, int]
    sessions: int
    available: int
    resumable: int
    strangers: int
    held_requests: int
    http_connections: int
    waiting_bytes: int
    longest_queue: int
    nodes: int
    stored_bytes: int
    subscriptions: int


@dataclass(slots=True)
class ComponentCounters:
    """What the link to somebody else's XMPP server has been through.

    Attributes:
        attempts: Connections that were made.
        connected: Those on which the server accepted us.
        lost: Those that are over, and connections that came to nothing, by condition of RFC 6120 §4.9.3 or ``network``.
    """

    attempts: int = 0
    connected: int = 0
    lost: Counter[str] = field(default_factory=Counter)


class ComponentStatus(NamedTuple):
    """How that link is, at one moment.

    Attributes:
        counters: What it has been through.
        is_connected: Whether it is there.
        reason: Why it is not; empty while it is.
        queued: How many stanzas wait for it.
        queued_bytes: How much that is.
        dropped: How many were dropped because there were too many.
    """

    counters: ComponentCounters
    is_connected: bool
    reason: str
    queued: int
    queued_bytes: int
    dropped: int
