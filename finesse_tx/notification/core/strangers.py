"""What somebody may use who has not signed in yet: little, and not for long.

Spec: RFC 6120 §13.12 (10,000 bytes at least for stanzas; before SASL there are none), XEP-0205 §3 (what to limit).
"""

from __future__ import annotations

from typing import Final, Generic, TypeVar

__all__ = ["SIGN_IN_BYTES", "SIGN_IN_ELEMENTS", "Strangers", "is_sign_in"]

SIGN_IN_BYTES: Final = 8_192
"""The largest element, message or request of somebody who has not signed in: twice the longest sign-in."""

SIGN_IN_ELEMENTS: Final = 16
"""How many elements it may have."""

T = TypeVar("T")


def is_sign_in(document: bytes) -> bool:
    """Whether a request is not more than signing in takes."""
    return len(document) <= SIGN_IN_BYTES and document.count(b"<") <= 2 * SIGN_IN_ELEMENTS


class Strangers(Generic[T]):
    """Streams whose client has not signed in, and is not being checked; the one that waits longest first.

    Args:
        limit: How many there may be.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: dict[T, None] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, stream: T) -> T | None:
        """One more.

        Returns:
            Who has to go for it: whoever has had the most time. Honest clients need a moment.
        """
        self._waiting[stream] = None
        if len(self._waiting) <= self._limit:
            return None
        oldest = next(iter(self._waiting))
        del self._waiting[oldest]
        return oldest

    def discard(self, stream: T) -> None:
        """It is none any more, or gone."""
        self._waiting.pop(stream, None)
