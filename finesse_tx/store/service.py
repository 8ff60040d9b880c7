"""The store's service: transactions, and other work that would block the reactor, on threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from twisted.application.service import Service
from twisted.internet.defer import Deferred, fail, gatherResults, succeed
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.errors import ConfigError
from finesse_tx.interfaces import IWorkers
from finesse_tx.store.availability import Availability
from finesse_tx.store.core.errors import (
    StoreConflictError,
    StoreRefusedError,
    StoreUnavailableError,
)
from finesse_tx.store.core.status import StoreStatus
from finesse_tx.store.database import is_away, look, make_engine, reading, said, touch
from finesse_tx.store.lanes import Lane

__all__ = ["MAX_WAITING", "Store"]

T = TypeVar("T")

MAX_WAITING: Final = 1_000
"""How many jobs may wait for a thread; at that, the next one is refused with `StoreBusyError`."""


@implementer(IWorkers)
class Store(Service):
    """Runs transactions, and other work that would block the reactor, each on a thread.

    Args:
        reactor: Where the answers are told; its clock is for the probe.
        url: From `database_url`; `prepare` has been called on it.
        threads: How many transactions run at once, and how many other jobs.
        max_waiting: How many more of each may wait.
    """

    name = "store"

    def __init__(
        self,
        reactor: Any,
        url: URL,
        threads: int,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self._engine = make_engine(url, threads)
        self._reading = reading(self._engine)
        # Two: a database that hangs keeps its threads, and passwords are checked all the same.
        self._database = Lane(reactor, "store-database", threads, max_waiting)
        self._others = Lane(reactor, "store", threads, max_waiting)
        self._availability = Availability(self._probe, reactor, self._jobs)

    @override
    def startService(self) -> None:
        """Start the threads: after ``twistd`` has forked."""
        super().startService()
        self._database.start()
        self._others.start()
        self._availability.start()

    @override
    def stopService(self) -> Deferred[None]:
        """Take no new work, finish what was taken, close the database."""
        if not self.running:
            return succeed(None)
        super().stopService()
        self._availability.stop()
        # In a thread: the last connection to close writes SQLite's log back into its file.
        stopping = [self._database.stop(self._engine.dispose), self._others.stop(lambda: None)]
        return gatherResults(stopping).addCallback(lambda _: None)

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
        return self._in_turn(partial(_transact, self._engine, work), writes=True)

    def read(self, work: Callable[[Session], T]) -> Deferred[T]:
        """As `transact`, but a write is an error, and the one writer of SQLite is not waited for."""
        return self._in_turn(partial(_transact, self._reading, work), writes=False)

    def _in_turn(self, work: Callable[[], T], *, writes: bool) -> Deferred[T]:
        if self._availability.is_away and self._database.is_full:
            # It hangs: whoever asks is told so, and not done by when nobody waits for it any more.
            return fail(StoreUnavailableError("it is away, and every connection waits for it"))
        answer = self._database.run(work)
        self._availability.watch(answer, writes=writes)
        return answer

    def status(self) -> StoreStatus:
        """How the database is."""
        return self._availability.status()

    def _probe(self, is_write: bool) -> Deferred[None]:
        return self.transact(touch) if is_write else self.read(look)

    def _jobs(self) -> int:
        return self._database.outstanding + self._others.outstanding

    def run(self, work: Callable[[], T]) -> Deferred[T]:
        """Run ``work`` in a thread; see `IWorkers`."""
        return self._others.run(work)


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
