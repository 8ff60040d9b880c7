"""What the notification service has done, and how it is, as families of numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from finesse_tx.metrics.core.families import Family, Kind, by_label, counter, gauge
from finesse_tx.notification.core.counters import ComponentStatus, NotificationStatus

__all__ = ["account_families", "component_families", "notification_families"]


def notification_families(status: NotificationStatus) -> Iterator[Family]:
    """What the notification service says."""
    counters = status.counters
    yield by_label(
        Kind.GAUGE, "xmpp_streams", "Open streams of clients.", "transport", status.streams
    )
    yield gauge("xmpp_sessions", "Streams that have an address.", status.sessions)
    yield gauge("xmpp_sessions_available", "Sessions that receive events.", status.available)
    yield gauge(
        "xmpp_sessions_resumable",
        "Sessions that lost their stream and wait for another one.",
        status.resumable,
    )
    yield gauge("xmpp_strangers", "Streams whose clients have not signed in.", status.strangers)
    yield gauge("bosh_held_requests", "BOSH requests that wait for an event.", status.held_requests)
    yield gauge("bosh_connections", "Connections of the BOSH ports.", status.http_connections)
    yield gauge("xmpp_waiting_bytes", "Bytes that wait for clients.", status.waiting_bytes)
    yield gauge(
        "xmpp_longest_queue_bytes", "The most that waits for one client.", status.longest_queue
    )
    yield gauge("pubsub_nodes", "Nodes that people created.", status.nodes)
    yield gauge("pubsub_stored_bytes", "What their items take.", status.stored_bytes)
    yield gauge("pubsub_subscriptions", "Explicit subscriptions.", status.subscriptions)
    yield counter("pubsub_published", "Events that somebody was there for.", counters.published)
    yield counter("pubsub_deliveries", "Events sent, once for each session.", counters.deliveries)
    yield counter("xmpp_sign_ins", "Clients that have signed in.", counters.sign_ins)
    yield by_label(
        Kind.COUNTER,
        "xmpp_sign_ins_refused",
        "Attempts to sign in that were refused.",
        "condition",
        counters.sign_ins_refused,
    )
    yield by_label(
        Kind.COUNTER,
        "xmpp_streams_ended",
        "Streams that were ended from our side.",
        "condition",
        counters.ended,
    )
    yield by_label(
        Kind.COUNTER,
        "xmpp_resumptions",
        "What became of sessions that could be resumed.",
        "outcome",
        counters.resumptions,
    )
    yield counter("bosh_replays", "BOSH responses that were sent again.", counters.replays)


def component_families(status: ComponentStatus) -> Iterator[Family]:
    """What the link to somebody else's XMPP server says."""
    counters = status.counters
    yield gauge("xmpp_link_up", "Whether the external XMPP server has us.", status.is_connected)
    yield gauge("xmpp_link_queued", "Stanzas that wait for that server.", status.queued)
    yield gauge("xmpp_link_queued_bytes", "How much that is.", status.queued_bytes)
    yield counter("xmpp_link_dropped", "Stanzas dropped, as too many waited.", status.dropped)
    yield counter("xmpp_link_attempts", "Connections to that server.", counters.attempts)
    yield counter("xmpp_link_connects", "Those on which it took us.", counters.connected)
    yield by_label(
        Kind.COUNTER,
        "xmpp_link_lost",
        "Connections that are over, or came to nothing.",
        "condition",
        counters.lost,
    )


def account_families(outcomes: Mapping[str, int]) -> Iterator[Family]:
    """What somebody else's XMPP server has asked about accounts."""
    yield by_label(
        Kind.COUNTER,
        "account_checks",
        "Questions of another XMPP server about accounts.",
        "outcome",
        outcomes,
    )
