"""Deadlines, as numbers: what is to be done at which moment.

Whoever sets a deadline keeps it, and cancels it before its reason is gone; so no deadline outlives its owner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Final

__all__ = ["Agenda", "Deadline"]

SLACK: Final = 64
"""Cancelled deadlines are cleared away when there are more of them than of the others, and than this."""


@dataclass(eq=False, slots=True)
class Deadline:
    """One entry.

    Attributes:
        due: The moment, in seconds.
        action: What is to be done then; called once, with the time.
        is_set: Whether it is still to come.
    """

    due: float
    action: Callable[[float], None]
    is_set: bool = True


class Agenda:
    """All deadlines; those of one moment come in the order in which they were set."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Deadline]] = []
        self._sequence = count()
        self._cancelled = 0

    def __iter__(self) -> Iterator[Deadline]:
        """Those that are set, in no order."""
        return (deadline for _, _, deadline in self._heap if deadline.is_set)

    def set(self, due: float, action: Callable[[float], None]) -> Deadline:
        """Do ``action`` at that moment; one that has passed is done at the next occasion."""
        deadline = Deadline(due, action)
        heappush(self._heap, (due, next(self._sequence), deadline))
        return deadline

    def cancel(self, deadline: Deadline) -> None:
        """Forget it; a deadline that has come or was cancelled already is left alone."""
        if deadline.is_set:
            deadline.is_set = False
            self._cancelled += 1
            if self._cancelled > max(SLACK, len(self._heap) // 2):
                self._heap = [entry for entry in self._heap if entry[2].is_set]
                heapify(self._heap)
                self._cancelled = 0

    def due_at(self) -> float | None:
        """The next moment at which there is something to do; None when there is nothing."""
        while self._heap and not self._heap[0][2].is_set:
            heappop(self._heap)
            self._cancelled -= 1
        return self._heap[0][0] if self._heap else None

    def take(self, now: float) -> Deadline | None:
        """Take the first deadline that is due; None when there is none. Whoever takes it does its action."""
        due = self.due_at()
        if due is None or due > now:
            return None
        deadline = heappop(self._heap)[2]
        deadline.is_set = False
        return deadline
