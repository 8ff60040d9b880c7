"""Time that is a number, for days with tens of thousands of timers.

`twisted.internet.task.Clock` sorts all its timers whenever one is set; here they are a heap. Those of one moment come
in the order in which they were set, so that the same day happens again.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, Final

from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from zope.interface import implementer

__all__ = ["SLACK", "DayClock", "Timer"]

SLACK: Final = 64
"""What cancelled and moved timers leave behind is cleared away when there is more of it than of the others, and than this."""


@implementer(IDelayedCall)
class Timer:
    """Something that is to be done.

    Attributes:
        due: When.
        is_set: Whether it is still to come.
    """

    __slots__ = ("_cancelled", "_clock", "action", "arguments", "due", "is_set", "keywords")

    def __init__(
        self,
        clock: DayClock,
        due: float,
        action: Callable[..., Any],
        arguments: tuple[object, ...],
        keywords: dict[str, object],
    ) -> None:
        self._clock, self.due, self.is_set = clock, due, True
        self.action, self.arguments, self.keywords = action, arguments, keywords
        self._cancelled = False

    def getTime(self) -> float:
        """See `IDelayedCall`."""
        return self.due

    def active(self) -> bool:
        """See `IDelayedCall`."""
        return self.is_set

    def cancel(self) -> None:
        """See `IDelayedCall`."""
        self._require_set()
        self.is_set, self._cancelled = False, True
        self._clock.leave()

    def reset(self, secondsFromNow: float) -> None:
        """See `IDelayedCall`."""
        self._require_set()
        self._clock.move(self, self._clock.seconds() + secondsFromNow)

    def delay(self, secondsLater: float) -> None:
        """See `IDelayedCall`."""
        self._require_set()
        self._clock.move(self, self.due + secondsLater)

    def _require_set(self) -> None:
        if not self.is_set:
            raise AlreadyCancelled if self._cancelled else AlreadyCalled


@implementer(IReactorTime)
class DayClock:
    """A clock that is turned by hand.

    Args:
        now: What it shows first, in seconds.
    """

    def __init__(self, now: float = 0.0) -> None:
        self._now = now
        self._heap: list[tuple[float, int, Timer]] = []
        self._sequence = count()
        self._stale = 0  # at most so many entries are of no use

    def seconds(self) -> float:
        """See `IReactorTime`."""
        return self._now

    def callLater(
        self,
        delay: float,
        callable: Callable[..., Any],  # noqa: A002
        *args: object,
        **kw: object,
    ) -> Timer:
        """See `IReactorTime`."""
        due = self._now + delay
        timer = Timer(self, due, callable, args, kw)
        heappush(self._heap, (due, next(self._sequence), timer))
        return timer

    def getDelayedCalls(self) -> list[Timer]:
        """See `IReactorTime`."""
        return list({id(entry[2]): entry[2] for entry in self._heap if _counts(entry)}.values())

    def move(self, timer: Timer, due: float) -> None:
        """A timer is due at another moment."""
        if due != timer.due:
            timer.due = due
            heappush(self._heap, (due, next(self._sequence), timer))
            self.leave()

    def leave(self) -> None:
        """An entry stays where it is until its time has come, or until there are too many that are of no use."""
        self._stale += 1
        if self._stale > max(SLACK, len(self._heap) // 2):
            self._heap = [entry for entry in self._heap if _counts(entry)]
            heapify(self._heap)
            self._stale = 0

    def next_at(self) -> float | None:
        """When there is something to do; None when there is nothing."""
        heap = self._heap
        while heap:
            due, _, timer = heap[0]
            if timer.is_set and timer.due == due:
                return due
            heappop(heap)
        return None

    def turn(self, until: float) -> bool:
        """Do the first thing that is due by then, at its own time.

        Returns:
            Whether there was one; if not, it is that moment now.
        """
        due = self.next_at()
        if due is None or due > until:
            self._now = max(self._now, until)
            return False
        self.do_next()
        return True

    def do_next(self) -> None:
        """Do what `next_at` has just told of, at its own time."""
        due, _, timer = heappop(self._heap)
        self._now = max(self._now, due)
        timer.is_set = False
        timer.action(*timer.arguments, **timer.keywords)


def _counts(entry: tuple[float, int, Timer]) -> bool:
    """Whether an entry of the heap is its timer's: one that is cancelled or moved leaves its own behind."""
    due, _, timer = entry
    return timer.is_set and timer.due == due
