"""Answers that were fetched for gadgets, kept for a while: how long, for whom, and how many.

Nothing that was asked for with an Authorization is kept, and what is kept is found again only by who sends the same
headers: whatever an answer varies by, a key in a header of its own among it, keeps it apart.

Spec: ``gadgets.md`` §14; RFC 9111 §5.2, §5.3.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

from finesse_tx.gadgets.core.fetch_headers import Pairs
from finesse_tx.gadgets.core.fetching import Answer, Fetch
from finesse_tx.metrics.core.families import Family, counter, gauge

__all__ = [
    "DEFAULT_S",
    "FAILURE_S",
    "LARGEST_SHARE",
    "MAX_LIFE_S",
    "FetchCache",
    "Key",
    "cache_families",
    "key",
    "lifetime",
    "upstream_lifetime",
]

DEFAULT_S: Final = 3_600
"""How long an answer is kept that does not say."""

FAILURE_S: Final = 60
"""The same for one that says no."""

MAX_LIFE_S: Final = 31_536_000
"""The longest that anything says or asks: a year."""

LARGEST_SHARE: Final = 8
"""One answer takes no more than this part of the whole."""

_SKEW_S: Final = 300
"""A server's clock that is off by more is not gone by."""

_ENTRY_BYTES: Final = 512  # what an entry takes besides its texts


class Key(NamedTuple):
    """What an answer is found by.

    Attributes:
        url: Of what.
        headers: What was sent.
        container: The page that asked.
    """

    url: str
    headers: Pairs
    container: str


def key(asked: Fetch, container: str) -> Key | None:
    """What the answer may be kept by; None: it may not be kept."""
    headers = tuple(sorted((name.lower(), value) for name, value in asked.headers))
    if asked.method != "GET" or any(name == "authorization" for name, _value in headers):
        return None
    return Key(asked.url, headers, container)


def lifetime(answer: Answer, refresh: int | None, now_s: float) -> float:
    """How long an answer may be kept, in seconds; 0: not at all.

    Args:
        answer: It.
        refresh: What the gadget asked for; None: nothing.
        now_s: Seconds since the epoch.
    """
    said = upstream_lifetime(answer, now_s)
    if said == 0 and _forbids(answer):
        return 0
    if answer.status == 200:
        return refresh if refresh is not None else DEFAULT_S if said is None else said
    if answer.status in {401, 403} or answer.status < 400:
        return 0
    after = _first(answer.headers, "retry-after").strip()
    return min(int(after), DEFAULT_S) if after.isascii() and after.isdigit() else FAILURE_S


def upstream_lifetime(answer: Answer, now_s: float) -> float | None:
    """How long the server says that its answer is good, in seconds; None: it does not say."""
    if _forbids(answer):
        return 0
    directives = _directives(answer.headers)
    for name in ("s-maxage", "max-age"):
        if name in directives:
            text = directives[name]
            return min(int(text), MAX_LIFE_S) if text.isascii() and text.isdigit() else 0
    if not (text := _first(answer.headers, "expires")):
        return None
    expires, date = _seconds(text), _seconds(_first(answer.headers, "date"))
    if expires is None:
        return 0
    if date is None or abs(date - now_s) > _SKEW_S:
        date = now_s
    return min(max(expires - date, 0), MAX_LIFE_S)


class FetchCache:
    """Keeps answers; those that were of no use for the longest time go first.

    Args:
        limit: How much all of them may take, in bytes; 0: nothing is kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit, self._kept = limit, OrderedDict[Key, tuple[Answer, float, float, int]]()
        self.taken = self.hits = self.misses = self.dropped = 0

    def __len__(self) -> int:
        """How many there are."""
        return len(self._kept)

    def get(self, found_by: Key, refresh: int | None, now_s: float) -> Answer | None:
        """What is kept and still good.

        Args:
            found_by: Its key.
            refresh: No older than so many seconds; None: whatever is good.
            now_s: Seconds, of a clock that only goes forward.
        """
        entry = self._kept.get(found_by)
        if entry is None or now_s >= entry[2]:
            if entry is not None:
                self._drop(found_by)
            self.misses += 1
            return None
        answer, since, _until, _size = entry
        if refresh is not None and now_s - since >= refresh:
            self.misses += 1
            return None
        self._kept.move_to_end(found_by)
        self.hits += 1
        return answer

    def put(self, found_by: Key, answer: Answer, life_s: float, now_s: float) -> None:
        """Keep it; not one that is too large."""
        if found_by in self._kept:
            self._drop(found_by)
        size = _size(found_by, answer)
        if life_s <= 0 or size > self._limit // LARGEST_SHARE:
            return
        self._kept[found_by] = (answer, now_s, now_s + life_s, size)
        self.taken += size
        while self.taken > self._limit:
            self._drop(next(iter(self._kept)))
            self.dropped += 1

    def clear(self) -> None:
        """Keep nothing of it."""
        self._kept.clear()
        self.taken = 0

    def _drop(self, found_by: Key) -> None:
        self.taken -= self._kept.pop(found_by)[3]


def cache_families(cache: FetchCache) -> Iterator[Family]:
    """What a cache says of itself."""
    yield counter("gadget_cache_hits", "Fetches for gadgets answered from memory.", cache.hits)
    yield counter("gadget_cache_misses", "Those that had to be asked for.", cache.misses)
    yield counter("gadget_cache_dropped", "Answers that gave way to newer ones.", cache.dropped)
    yield gauge("gadget_cache_bytes", "What the kept answers take.", cache.taken)
    yield gauge("gadget_cache_answers", "How many answers are kept.", len(cache))


def _size(found_by: Key, answer: Answer) -> int:
    pairs = (*found_by.headers, *answer.headers)
    texts = len(found_by.url) + len(answer.url) + sum(len(n) + len(v) for n, v in pairs)
    return len(answer.body) + texts + _ENTRY_BYTES


def _forbids(answer: Answer) -> bool:
    directives = _directives(answer.headers)
    return (
        not directives.keys().isdisjoint({"no-store", "no-cache", "private"})
        or "no-cache" in _first(answer.headers, "pragma").lower()
        or "*" in _first(answer.headers, "vary")
    )


def _directives(headers: Pairs) -> dict[str, str]:
    texts = ",".join(value for name, value in headers if name == "cache-control")
    pairs = (item.partition("=") for item in texts.split(","))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _first(headers: Pairs, name: str) -> str:
    return next((value for found, value in headers if found == name), "")


def _seconds(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
