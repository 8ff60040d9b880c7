"""What a CTI server and a CTI link have done, as families of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from finesse_tx.cti.core.counters import Ended, LinkStatus, ServerStatus, SessionKind
from finesse_tx.metrics.core.families import Family, Kind, by_label, counter, gauge

__all__ = ["link_families", "server_families"]

_SESSION_LABELS = ("mode", "dialect", "version")


def _sessions(kind: Kind, name: str, about: str, values: Mapping[SessionKind, int]) -> Family:
    samples = tuple(
        ((one.mode, one.dialect, str(one.version)), float(value))
        for one, value in sorted(values.items())
    )
    return Family(name, kind, about, _SESSION_LABELS, samples)


def _ended(name: str, about: str, values: Counter[Ended]) -> Family:
    found = {one.name.lower(): float(values[one]) for one in Ended}
    return by_label(Kind.COUNTER, name, about, "cause", found)


def server_families(status: ServerStatus) -> Iterator[Family]:
    """What the CTI server says."""
    counters = status.counters
    yield _sessions(Kind.GAUGE, "cti_server_sessions", "Open CTI sessions.", counters.open_now)
    yield _sessions(
        Kind.COUNTER, "cti_server_sessions_opened", "CTI sessions opened.", counters.opened
    )
    yield gauge("cti_server_connections", "Open CTI connections.", status.connections)
    yield counter("cti_server_turned_away", "CTI connections without room.", counters.turned_away)
    yield by_label(
        Kind.COUNTER,
        "cti_server_refused",
        "OPEN_REQs that opened no session.",
        "status",
        counters.refused,
    )
    yield _ended("cti_server_ended", "CTI connections that have ended.", counters.ended)
    yield by_label(Kind.COUNTER, "cti_server_requests", "Requests.", "message", counters.requests)
    yield by_label(
        Kind.COUNTER,
        "cti_server_failures",
        "Requests answered with FAILURE_CONF.",
        "status",
        counters.failures,
    )
    yield by_label(
        Kind.COUNTER,
        "cti_server_control_failures",
        "Requests answered with CONTROL_FAILURE_CONF.",
        "code",
        counters.control_failures,
    )
    yield counter("cti_server_events", "Events sent, once for each session.", counters.events)
    yield counter("cti_server_received_bytes", "Bytes received.", counters.received)
    yield counter("cti_server_sent_bytes", "Bytes sent.", counters.sent)
    yield gauge(
        "cti_server_unanswered_requests", "Requests that wait for the engine.", status.unanswered
    )
    yield gauge("cti_server_waiting_bytes", "Bytes that wait for clients.", status.waiting_bytes)
    yield gauge(
        "cti_server_longest_queue_bytes",
        "The most that waits for one client.",
        status.longest_queue,
    )


def link_families(status: LinkStatus) -> Iterator[Family]:
    """What the link to the engine says."""
    counters = status.counters
    yield gauge("cti_link_open", "Whether a session with the engine is open.", bool(status.kind))
    now = {status.side: 1.0} if status.side else {}
    yield by_label(Kind.GAUGE, "cti_link_side", "The side of the open session.", "side", now)
    yield counter("cti_link_attempts", "Connections tried.", counters.attempts)
    yield counter("cti_link_unreachable", "Connections that came to nothing.", counters.unreachable)
    yield by_label(
        Kind.COUNTER, "cti_link_refused", "OPEN_REQs refused.", "status", counters.refused
    )
    yield _sessions(Kind.COUNTER, "cti_link_sessions_opened", "Sessions opened.", counters.opened)
    yield _ended("cti_link_ended", "Sessions that have ended.", counters.ended)
    yield counter("cti_link_heartbeats", "Heartbeats sent.", counters.heartbeats)
    yield counter(
        "cti_link_heartbeats_missed", "Heartbeats without an answer.", counters.heartbeats_missed
    )
    yield by_label(Kind.COUNTER, "cti_link_requests", "Requests.", "message", counters.requests)
    yield by_label(Kind.COUNTER, "cti_link_failures", "FAILURE_CONFs.", "status", counters.failures)
    yield by_label(
        Kind.COUNTER,
        "cti_link_control_failures",
        "CONTROL_FAILURE_CONFs.",
        "code",
        counters.control_failures,
    )
    yield counter("cti_link_timeouts", "Requests without an answer in time.", counters.timeouts)
    yield counter("cti_link_late_answers", "Answers that nobody waited for.", counters.late_answers)
    yield counter("cti_link_events", "Events that came.", counters.events)
    yield counter("cti_link_received_bytes", "Bytes received.", counters.received)
    yield counter("cti_link_sent_bytes", "Bytes sent.", counters.sent)
    yield gauge("cti_link_unanswered_requests", "Requests under way.", status.unanswered)
    yield gauge("cti_link_waiting_bytes", "Bytes that wait to be sent.", status.waiting_bytes)
