"""Threads for one kind of work, so that another kind that hangs does not take them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any, TypeVar

from twisted.internet.defer import CancelledError, Deferred, fail
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool
from typing_extensions import override

from finesse_tx.store.core.errors import StoreBusyError, StoreStoppedError

__all__ = ["Lane"]

T = TypeVar("T")


class _DaemonThread(Thread):
    """Does not keep the process alive: a database that hangs must not hang the stop as well."""

    @override
    def start(self) -> None:
        self.daemon = True
        super().start()


class _Pool(ThreadPool):
    threadFactory = _DaemonThread


class Lane:
    """A pool of threads that takes so much and no more.

    Args:
        reactor: Where the answers are told.
        name: For the threads.
        threads: How many jobs run at once.
        max_waiting: How many more may wait.

    Attributes:
        outstanding: How many run and wait.
    """

    def __init__(self, reactor: Any, name: str, threads: int, max_waiting: int) -> None:
        self._reactor = reactor
        self._pool = _Pool(1, threads, name)
        self._threads, self._limit = threads, threads + max_waiting
        self._is_open = False
        self._idle: Deferred[None] | None = None
        self.outstanding = 0

    @property
    def is_full(self) -> bool:
        """Whether every thread has something to do."""
        return self.outstanding >= self._threads

    def start(self) -> None:
        """Start the threads: after ``twistd`` has forked."""
        self._pool.start()
        self._is_open = True

    def run(self, work: Callable[[], T]) -> Deferred[T]:
        """Run ``work`` in a thread; see `IWorkers`."""
        if not self._is_open:
            return fail(StoreStoppedError())
        if self.outstanding >= self._limit:
            return fail(StoreBusyError(self.outstanding))
        self.outstanding += 1
        answer: Deferred[T] = Deferred()

        def unless_cancelled() -> T:
            if answer.called:
                raise CancelledError
            return work()

        working = deferToThreadPool(self._reactor, self._pool, unless_cancelled)
        working.addBoth(self._finished).addCallbacks(answer.callback, answer.errback)
        return answer

    def _finished(self, result: T) -> T:
        self.outstanding -= 1
        if self._idle is not None and not self.outstanding:
            self._idle.callback(None)
        return result

    def stop(self, last: Callable[[], object]) -> Deferred[None]:
        """Take no new work, finish what was taken, and then do the last.

        Args:
            last: Called in a thread too.

        Returns:
            Fires when no thread is left.
        """
        self._is_open = False
        idle = self._idle = Deferred()
        if not self.outstanding:
            idle.callback(None)
        done = idle.addCallback(lambda _: deferToThreadPool(self._reactor, self._pool, last))
        return done.addBoth(self._stop_threads)

    def _stop_threads(self, result: object) -> Any:
        self._pool.stop()
        return None if not hasattr(result, "raiseException") else result
