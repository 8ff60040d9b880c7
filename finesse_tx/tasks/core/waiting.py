"""The tasks that wait, by script selector, and how long they have waited lately."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterator
from typing import Final

from finesse_tx.tasks.core.records import Task

__all__ = ["LEAST_WAITS", "MAX_WAITS", "Waiting"]

MAX_WAITS: Final = 20
"""How many waits an estimate is made of."""

LEAST_WAITS: Final = 3
"""How many waits an estimate needs."""

_Place = tuple[float, int, str]
"""A place in a queue: when the task came, its number in the day, its contact's id."""


class Waiting:
    """The queues; whoever came first is first, however often it was routed since."""

    def __init__(self) -> None:
        self._queues: dict[str, list[_Place]] = {}
        self._waits: dict[str, deque[float]] = {}

    def __len__(self) -> int:
        """How many wait."""
        return sum(map(len, self._queues.values()))

    def add(self, task: Task) -> None:
        """It waits."""
        insort(self._queues.setdefault(task.selector, []), _place(task))

    def remove(self, task: Task) -> None:
        """It does not wait any more."""
        queue, place = self._queues[task.selector], _place(task)
        del queue[bisect_left(queue, place)]
        if not queue:
            del self._queues[task.selector]

    def heads(self) -> Iterator[tuple[str, _Place]]:
        """The selectors that something waits for, and the place of what is first there."""
        for selector, queue in self._queues.items():
            yield selector, queue[0]

    def contacts(self) -> Iterator[str]:
        """The contact ids of all, one queue after the other, each in order."""
        for queue in self._queues.values():
            yield from (contact_id for _at, _number, contact_id in queue)

    def waited(self, selector: str, seconds: float) -> None:
        """Somebody was accepted after that time."""
        self._waits.setdefault(selector, deque(maxlen=MAX_WAITS)).append(seconds)

    def estimate_s(self, selector: str) -> int:
        """How long one who comes now may wait, as those before did; -1 where there were too few."""
        waits = self._waits.get(selector, ())
        return round(sum(waits) / len(waits)) if len(waits) >= LEAST_WAITS else -1


def _place(task: Task) -> _Place:
    return task.submitted_at, task.number.call_id, task.contact_id
