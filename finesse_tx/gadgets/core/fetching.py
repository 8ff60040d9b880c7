"""What is asked for and what comes back of a fetch for a gadget, its limits, and what is counted of all fetches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from finesse_tx.gadgets.core.fetch_headers import Pairs
from finesse_tx.metrics.core.families import Family, Kind, by_label, counter, gauge

__all__ = [
    "METHODS",
    "REDIRECTS",
    "WITH_BODY",
    "Answer",
    "Counters",
    "Fetch",
    "Limits",
    "Status",
    "families",
]

METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"})
"""What may be asked for (gadgets.md §6)."""

WITH_BODY: Final = frozenset({"POST", "PUT"})
"""What has a body; that of others is not sent."""

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
"""The answers that are followed, of GET and HEAD only; to others they are given as they are."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """What is asked for.

    Attributes:
        url: Of what, as the gadget wrote it.
        method: One of `METHODS`.
        headers: What the gadget gave, and never headers of the browser's own request.
        body: For `WITH_BODY`.
        accepted: The types that a good answer may have, such as ``text/xml`` or ``text/*``; empty: any.
        max_bytes: The largest answer, where that is less than `Limits.answer_bytes`.
    """

    url: str
    method: str = "GET"
    headers: Pairs = ()
    body: bytes = b""
    accepted: tuple[str, ...] = ()
    max_bytes: int | None = None


class Answer(NamedTuple):
    """What came back.

    Attributes:
        url: Of what, after all redirects.
        status: Whatever it is: 401 and 503 are answers.
        headers: Names in lower case, without cookies.
        body: Decoded.
    """

    url: str
    status: int
    headers: Pairs
    body: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of fetches.

    Attributes:
        answer_bytes: The largest answer, as sent and once decoded.
        request_bytes: The largest body of a request.
        connect_s: How long a connection may take to be made.
        total_s: How long a fetch may take, waiting and redirects included.
        per_host: How many fetches from one host at once.
        waiting_per_host: How many more may wait for that host.
        at_once: How many fetches from all hosts at once.
        waiting: How many more may wait for those.
    """

    answer_bytes: int = 10_485_760
    request_bytes: int = 5_242_880
    connect_s: float = 5.0
    total_s: float = 20.0
    per_host: int = 8
    waiting_per_host: int = 64
    at_once: int = 64
    waiting: int = 512


@dataclass(slots=True)
class Counters:
    """What has been done since the start.

    Attributes:
        answers: By the class of their status, as ``2xx``.
        refusals: By `finesse_tx.gadgets.core.outbound.Why`.
        redirects: Those that were followed.
        received: Bytes of bodies, as they were sent.
    """

    answers: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    redirects: int = 0
    received: int = 0


class Status(NamedTuple):
    """How it is.

    Attributes:
        counters: What has been done.
        running: Fetches that have a host's turn.
        waiting: Those that wait for one.
    """

    counters: Counters
    running: int
    waiting: int


def families(status: Status) -> Iterator[Family]:
    """What the fetcher says of itself."""
    counters = status.counters
    yield by_label(
        Kind.COUNTER,
        "gadget_fetches_answered",
        "Fetches for gadgets that were answered.",
        "status",
        counters.answers,
    )
    yield by_label(
        Kind.COUNTER,
        "gadget_fetches_refused",
        "Fetches for gadgets that were refused, or came to nothing.",
        "reason",
        counters.refusals,
    )
    yield counter("gadget_fetch_redirects", "Redirects that were followed.", counters.redirects)
    yield counter("gadget_fetch_received_bytes", "Bytes of answers' bodies.", counters.received)
    yield gauge("gadget_fetches_running", "Fetches under way.", status.running)
    yield gauge("gadget_fetches_waiting", "Fetches that wait for their turn.", status.waiting)
