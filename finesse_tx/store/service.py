"""The store's service: transactions on the one pool of threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.errors import ConfigError
from finesse_tx.interfaces import IWorkers
from finesse_tx.store.availability import Availability
from finesse_tx.store.core.errors import (
    StoreBusyError,
    StoreConflictError,
    StoreRefusedError,
    StoreStoppedError,
    StoreUnavailableError,
)
from finesse_tx.store.core.status import StoreStatus
from finesse_tx.store.database import is_away, look, make_engine, reading, said, touch

__all__ = ["MAX_WAITING", "Store"]

T = TypeVar("T")

MAX_WAITING: Final = 1_000
"""How many jobs may wait for a thread; at that, the next one is refused with `StoreBusyError`."""


class _DaemonThread(Thread):
    """Does not keep the process alive: a database that hangs must not hang the stop as well."""

    @override
    def start(self) -> None:
        self.daemon = True
        super().start()


class _Pool(ThreadPool):
    threadFactory = _DaemonThread


@implementer(IWorkers)
class Store(Service):
    """Runs transactions, and other work that would block the reactor, each on a thread.

    Args:
        reactor: Where the answers are told; its clock is for the probe.
        url: From `database_url`; `prepare` has been called on it.
        threads: How many jobs run at once.
        max_waiting: How many more may wait.
    """

    name = "store"

    def __init__(
        self,
        reactor: Any,
        url: URL,
        threads: int,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self._reactor = reactor
        self._engine = make_engine(url, threads)
        self._reading = reading(self._engine)
        self._pool = _Pool(1, threads, "store")
        self._limit = threads + max_waiting
        self._outstanding = 0
        self._idle: Deferred[None] | None = None
        self._availability = Availability(self._probe, reactor, lambda: self._outstanding)

    @override
    def startService(self) -> None:
        """Start the threads: after ``twistd`` has forked."""
        super().startService()
        self._pool.start()
        self._availability.start()

    @override
    def stopService(self) -> Deferred[None]:
        """Take no new work, finish what was taken, close the database."""
        if not self.running:
            return succeed(None)
        super().stopService()
        self._availability.stop()
        self._idle = Deferred()
        if not self._outstanding:
            self._idle.callback(None)
        return self._idle.addCallback(self._close)

    def transact(self, work: Callable[[Session], T]) -> Deferred[T]:
        """Run ``work`` in one transaction, which is committed when it returns and undone when it raises.

        Args:
            work: Called in another thread. What it returns must be plain values: an object of the session's
                cannot be used after it.

        Returns:
            Fires with what ``work`` returned, or fails with what it raised, or with `StoreBusyError`,
            `StoreStoppedError`, `StoreConflictError`, `StoreRefusedError` or `StoreUnavailableError`; then nothing
            has changed, but for a PostgreSQL that went away in the very moment of the commit: nobody knows.
            Cancelled before its turn, it never runs.
        """
        answer = self.run(partial(_transact, self._engine, work))
        self._availability.watch(answer, writes=True)
        return answer

    def read(self, work: Callable[[Session], T]) -> Deferred[T]:
        """As `transact`, but a write is an error, and the one writer of SQLite is not waited for."""
        answer = self.run(partial(_transact, self._reading, work))
        self._availability.watch(answer, writes=False)
        return answer

    def status(self) -> StoreStatus:
        """How the database is."""
        return self._availability.status()

    def _probe(self, is_write: bool) -> Deferred[None]:
        return self.transact(touch) if is_write else self.read(look)

    def run(self, work: Callable[[], T]) -> Deferred[T]:
        """Run ``work`` in a thread; see `IWorkers`."""
        if not self.running:
            return fail(StoreStoppedError())
        if self._outstanding >= self._limit:
            return fail(StoreBusyError(self._outstanding))
        self._outstanding += 1
        answer: Deferred[T] = Deferred()

        def unless_cancelled() -> T:
            if answer.called:
                raise CancelledError
            return work()

        working = deferToThreadPool(self._reactor, self._pool, unless_cancelled)
        working.addBoth(self._finished).addCallbacks(answer.callback, answer.errback)
        return answer

    def _finished(self, result: T) -> T:
        self._outstanding -= 1
        if self._idle is not None and not self._outstanding:
            self._idle.callback(None)
        return result

    def _close(self, _: None) -> Deferred[None]:
        # In a thread too: the last connection to close writes SQLite's log back into its file.
        closed = deferToThreadPool(self._reactor, self._pool, self._engine.dispose)
        return closed.addBoth(self._closed)

    def _closed(self, result: T) -> T:
        self._pool.stop()
        return result


def _transact(engine: Engine, work: Callable[[Session], T]) -> T:
    try:
        with Session(engine) as session, session.begin():
            return work(session)
    except IntegrityError as error:
        raise StoreConflictError(said(error)) from None
    except DBAPIError as error:
        kind = StoreUnavailableError if is_away(error) else StoreRefusedError
        raise kind(said(error)) from None
    except ConfigError as error:  # the password's file is gone
        raise StoreUnavailableError(str(error)) from None
