"""A pool of threads that works when it is told to, in the test's own thread."""

from collections import deque
from collections.abc import Callable
from typing import TypeVar

from twisted.internet.defer import Deferred, maybeDeferred
from zope.interface import implementer

from finesse_tx.interfaces import IWorkers

T = TypeVar("T")


@implementer(IWorkers)
class ManualWorkers:
    """Keeps its jobs until `work`.

    Attributes:
        refusing: What it refuses new jobs with; None while it takes them.
    """

    def __init__(self) -> None:
        self.refusing: Exception | None = None
        self._jobs: deque[Callable[[], object]] = deque()

    def __len__(self) -> int:
        """How many jobs have been taken and not been done."""
        return len(self._jobs)

    def run(self, work: Callable[[], T]) -> Deferred[T]:
        """Take a job."""
        answer: Deferred[T] = Deferred()
        if self.refusing is not None:
            answer.errback(self.refusing)
        else:
            self._jobs.append(lambda: maybeDeferred(work).chainDeferred(answer))
        return answer

    def work(self, jobs: int = 1) -> None:
        """Do so many jobs, in order."""
        for _ in range(jobs):
            self._jobs.popleft()()

    def work_off(self) -> int:
        """Do all jobs, and those that come of them; returns how many."""
        done = 0
        while self._jobs:
            self.work()
            done += 1
        return done


@implementer(IWorkers)
class AtOnce:
    """Does each job when it is given."""

    def run(self, work: Callable[[], T]) -> Deferred[T]:
        """Do it."""
        return maybeDeferred(work)
