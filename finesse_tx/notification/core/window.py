"""BOSH requests in order: which are due, which came early, which are repeated, and what those were answered.

Spec: XEP-0124 §14 (request ids).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum

from finesse_tx.notification.core.body import Reply

__all__ = ["Answer", "Place", "Request", "Window"]

Answer = Callable[[Reply], None]
"""Answers one request; called once at most."""


class Request:
    """One request.

    Attributes:
        rid: Its number.
        attributes: Of its ``<body/>``.
        payload: What is in it: opaque.
        answer: Answers it; None when its connection is gone.
        arrived: When it came.
        repeats: How often it was repeated before it was answered.
    """

    __slots__ = ("answer", "arrived", "attributes", "payload", "repeats", "rid")

    def __init__(
        self,
        rid: int,
        attributes: Mapping[str, str],
        payload: Sequence[object],
        answer: Answer | None,
        arrived: float,
    ) -> None:
        self.rid, self.attributes, self.payload = rid, attributes, payload
        self.answer, self.arrived, self.repeats = answer, arrived, 0


class Place(Enum):
    """Where a request id is."""

    REPEATED = "it was received before"
    NEXT = "it is the one that is due"
    EARLY = "one before it is missing"
    OUTSIDE = "it is too far ahead"


class Window:
    """The request ids of one session.

    Args:
        first: The id of the request that made the session; it counts as received.
        size: How many requests the client may have open at once.

    Attributes:
        last: The highest id of which all before it have been received too.
        size: As given.
    """

    __slots__ = ("_early", "_replies", "last", "size")

    def __init__(self, first: int, size: int) -> None:
        self.last, self.size = first, size
        self._early: dict[int, Request] | None = None
        self._replies: dict[int, tuple[bytes, float]] = {}

    def place(self, rid: int) -> Place:
        """Where this id is."""
        if rid <= self.last:
            return Place.REPEATED
        if rid == self.last + 1:
            return Place.NEXT
        return Place.EARLY if rid <= self.last + self.size else Place.OUTSIDE

    def early(self) -> Iterator[Request]:
        """Those that wait for one before them."""
        return iter(self._early.values() if self._early else ())

    def park(self, request: Request) -> Request | None:
        """Keep an early one.

        Returns:
            The one with the same id that was kept before, which is replaced.
        """
        if self._early is None:
            self._early = {}
        before = self._early.get(request.rid)
        self._early[request.rid] = request
        return before

    def due(self) -> Request | None:
        """Take the early one that is due by now."""
        if not self._early:
            return None
        found = self._early.pop(self.last + 1, None)
        if not self._early:
            self._early = None
        return found

    def answered(self, rid: int, body: bytes, now: float) -> None:
        """Remember an answer; of older ones as many are kept as the window is wide."""
        self._replies[rid] = (body, now)
        while len(self._replies) > self.size:
            del self._replies[next(iter(self._replies))]

    def reply(self, rid: int) -> bytes | None:
        """What that request was answered, byte for byte; None when that is not known any more."""
        found = self._replies.get(rid)
        return found[0] if found else None

    def answered_at(self, rid: int) -> float | None:
        """When that request was answered; None when that is not known any more."""
        found = self._replies.get(rid)
        return found[1] if found else None
