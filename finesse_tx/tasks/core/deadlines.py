"""When something must be done about tasks: one heap, in which what means nothing any more is let lie until it comes up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import heapify, heappop, heappush
from typing import Final

from finesse_tx.tasks.core.records import Task

__all__ = ["SPARE", "Deadlines"]

SPARE: Final = 64
"""How many moments that mean nothing any more may lie there, besides one for each that does."""


class Deadlines:
    """``expires_at`` of the tasks that somebody has.

    Args:
        tasks: All tasks, by contact id; a moment means something as long as it is its task's.
    """

    def __init__(self, tasks: Mapping[str, Task]) -> None:
        self._tasks = tasks
        self._heap: list[tuple[float, str]] = []

    def __len__(self) -> int:
        """How many moments lie there."""
        return len(self._heap)

    def set(self, task: Task, held: int) -> None:
        """A task expires at its ``expires_at``; ``held`` tasks do in all."""
        heappush(self._heap, (task.expires_at, task.contact_id))
        if len(self._heap) > 2 * held + SPARE:
            self._heap = [entry for entry in set(self._heap) if self._means(entry)]
            heapify(self._heap)

    def next(self) -> float | None:
        """The next moment; None for none."""
        while self._heap:
            if self._means(self._heap[0]):
                return self._heap[0][0]
            heappop(self._heap)
        return None

    def due(self, now: float) -> Iterator[Task]:
        """The tasks whose moment has come, each once."""
        while (due := self.next()) is not None and due <= now:
            yield self._tasks[heappop(self._heap)[1]]

    def _means(self, entry: tuple[float, str]) -> bool:
        task = self._tasks.get(entry[1])
        return task is not None and task.expires_at == entry[0]
