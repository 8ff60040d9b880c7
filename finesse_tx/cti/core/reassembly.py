"""One direction of a TCP connection, put together again from segments as they were seen.

Repeated bytes count once, the first time. A hole is waited for until the receiver has acknowledged what comes after
it, until too much waits, or until the end; then it is a gap: the capture does not have it.

Spec: RFC 9293 §3.4 (sequence numbers are modulo 2^32).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

__all__ = ["FAR", "MAX_WAITING", "MAX_WAITING_SEGMENTS", "Stream"]

MAX_WAITING: Final = 1_048_576
"""The most bytes that wait for what comes before them."""

MAX_WAITING_SEGMENTS: Final = 256
"""The most segments that wait."""

FAR: Final = 1 << 26
"""So many bytes away a segment is of another connection between the same ports."""


class Stream:
    """Puts bytes in order.

    Args:
        first: The sequence number of the first byte.

    Attributes:
        ended: Whether everything before the FIN has come, or nothing will.
    """

    def __init__(self, first: int) -> None:
        self._first, self._at = first, 0
        self._waiting: dict[int, bytes] = {}
        self._size = self._acknowledged = 0
        self._end: int | None = None
        self.ended = False

    def place(self, sequence: int) -> int:
        """How far a sequence number is from the next byte that is needed."""
        return (sequence - self._first - self._at + (1 << 31)) % (1 << 32) - (1 << 31)

    def is_first(self, sequence: int) -> bool:
        """Whether that is the number of the first byte."""
        return (sequence - self._first) % (1 << 32) == 0

    def take(self, sequence: int, data: bytes, *, fin: bool = False) -> Iterator[bytes | int]:
        """Take a segment.

        Returns:
            What is in order now: bytes, and for a gap the number of bytes that it has.
        """
        place = self._at + self.place(sequence)
        if fin:
            self._end = place + len(data)
        if data and place + len(data) > self._at and len(data) > len(self._waiting.get(place, b"")):
            self._size += len(data) - len(self._waiting.get(place, b""))
            self._waiting[place] = data
        yield from self._in_order()
        while self._waiting and (
            self._size > MAX_WAITING
            or len(self._waiting) > MAX_WAITING_SEGMENTS
            or min(self._waiting) < self._acknowledged
        ):
            yield from self._skip()

    def acknowledge(self, sequence: int) -> None:
        """The receiver has everything before that: what of it does not come with the next segment never will."""
        place = self.place(sequence)
        if place <= FAR:
            self._acknowledged = max(self._acknowledged, self._at + place)

    def finish(self) -> Iterator[bytes | int]:
        """Nothing follows: what is in order after that, as `take` gives it."""
        while self._waiting:
            yield from self._skip()
        self.ended = True

    def _skip(self) -> Iterator[bytes | int]:
        first = min(self._waiting)
        yield first - self._at
        self._at = first
        yield from self._in_order()

    def _in_order(self) -> Iterator[bytes]:
        while self._waiting and (first := min(self._waiting)) <= self._at:
            data = self._waiting.pop(first)
            self._size -= len(data)
            if rest := data[self._at - first :]:
                self._at += len(rest)
                yield rest
        self.ended = self._end is not None and self._at >= self._end
