"""What connections of HTTP/2 count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from h2.errors import ErrorCodes

from finesse_tx.metrics.core.families import Family, Kind, by_label, counter, gauge

__all__ = ["Counters", "http2_families"]


@dataclass(slots=True)
class Counters:
    """What all connections have done since the start.

    Attributes:
        connections: Connections that are open.
        made: Connections that were made.
        streams: Requests that are under way.
        requests: Requests that began.
        refused: Requests that were refused, since there were too many or none are taken any more.
        resets: Streams that clients, or their mistakes, ended.
        timeouts: Streams that were ended since the client took too long.
        broken: Connections that were ended for what the client did.
    """

    connections: int = 0
    made: int = 0
    streams: int = 0
    requests: int = 0
    refused: int = 0
    resets: int = 0
    timeouts: int = 0
    broken: Counter[ErrorCodes] = field(default_factory=Counter)


def http2_families(counters: Counters) -> list[Family]:
    """What ``/metrics`` says of it."""
    return [
        gauge("http2_connections", "Connections of HTTP/2.", counters.connections),
        counter("http2_connections_made", "Connections of HTTP/2 that were made.", counters.made),
        gauge("http2_streams", "Requests over HTTP/2 that are under way.", counters.streams),
        counter("http2_requests", "Requests over HTTP/2.", counters.requests),
        counter(
            "http2_requests_refused", "Requests over one's connection's number.", counters.refused
        ),
        counter("http2_resets", "Streams that clients ended.", counters.resets),
        counter("http2_timeouts", "Streams whose client took too long.", counters.timeouts),
        by_label(
            Kind.COUNTER,
            "http2_connections_broken",
            "Connections that were ended for what the client did.",
            "code",
            {code.name: count for code, count in counters.broken.items()},
        ),
    ]
