"""Time that is a number, for days with tens of thousands of timers.

`twisted.internet.task.Clock` sorts all its timers whenever one is set; here they are a heap. Those of one moment come
in the order in which they were set, so that the same day happens again.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, Final

from twisted.internet.base import DelayedCall
from twisted.internet.interfaces import IReactorTime
from zope.interface import implementer

__all__ = ["SLACK", "DayClock"]

SLACK: Final = 64
"""Cancelled calls are cleared away when there are more of them than of the others, and than this."""


@implementer(IReactorTime)
class DayClock:
    """A clock that is turned by hand.

    Args:
        now: What it shows first, in seconds.
    """

    def __init__(self, now: float = 0.0) -> None:
        self._now = now
        self._heap: list[tuple[float, int, DelayedCall]] = []
        self._sequence = count()
        self._cancelled = 0  # at most so many of them are in the heap

    def seconds(self) -> float:
        """See `IReactorTime`."""
        return self._now

    def callLater(
        self,
        delay: float,
        callable: Callable[..., Any],  # noqa: A002
        *args: object,
        **kw: object,
    ) -> DelayedCall:
        """See `IReactorTime`."""
        due = self._now + delay
        call = DelayedCall(due, callable, args, kw, self._leave, self._enter, self.seconds)
        heappush(self._heap, (due, next(self._sequence), call))
        return call

    def getDelayedCalls(self) -> list[DelayedCall]:
        """See `IReactorTime`."""
        return list({id(call): call for _, _, call in self._heap if call.active()}.values())

    def _enter(self, call: DelayedCall) -> None:
        heappush(self._heap, (call.getTime(), next(self._sequence), call))

    def _leave(self, _call: DelayedCall) -> None:
        """A cancelled call stays where it is until its time has come, or until there are too many of them."""
        self._cancelled += 1
        if self._cancelled > max(SLACK, len(self._heap) // 2):
            self._heap = [entry for entry in self._heap if not entry[2].cancelled]
            heapify(self._heap)
            self._cancelled = 0

    def next_at(self) -> float | None:
        """When there is something to do; None when there is nothing."""
        heap = self._heap
        while heap:
            due, _, call = heap[0]
            if not (call.cancelled or call.called):
                wanted = call.time + call.delayed_time
                if wanted == due:
                    return due
                if wanted > due:  # it was put off
                    call.activate_delay()
                    self._enter(call)
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
        due, _, call = heappop(self._heap)
        self._now = max(self._now, due)
        call.called = 1
        call.func(*call.args, **call.kw)
