"""`finesse_tx.store.service`: transactions on real threads."""

import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import DetachedInstanceError
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred, gatherResults
from twisted.internet.interfaces import IReactorFromThreads
from twisted.trial.unittest import TestCase
from zope.interface.verify import verifyObject

from finesse_tx.interfaces import IWorkers
from finesse_tx.store.core.errors import (
    StoreBusyError,
    StoreConflictError,
    StoreRefusedError,
    StoreStoppedError,
    StoreUnavailableError,
)
from finesse_tx.store.database import look, touch
from finesse_tx.store.service import Store
from finesse_tx.store.tables import SampleRow, TeamRow
from tests.support.database import OnPostgreSQL, inside, is_postgresql, prepared_url

T = TypeVar("T")
LIMIT_S = 120
REACTOR = IReactorFromThreads(reactor)


def add_team(session: Session, name: str = "Team") -> None:
    """Write something."""
    session.add(TeamRow(name=name))


def count_teams(session: Session) -> int:
    """Read something."""
    return session.scalar(select(func.count()).select_from(TeamRow)) or 0


def soon(waiting: Deferred[T]) -> Deferred[T]:
    """Do not wait for ever."""
    return waiting.addTimeout(LIMIT_S, reactor)


class StoreTests(TestCase):
    """`Store`, with two threads and room for one more job."""

    def setUp(self) -> None:
        """Start it."""
        self.url = prepared_url(self)
        self.store = Store(REACTOR, self.url, threads=2, max_waiting=1)
        self.store.startService()
        self.gate = threading.Event()
        self.addCleanup(self.store.stopService)
        self.addCleanup(self.gate.set)

    def block(self) -> Deferred[object]:
        """Occupy a thread until the gate opens."""
        return self.store.run(lambda: self.gate.wait(LIMIT_S))

    def test_interface(self) -> None:
        """It is the pool for everybody."""
        verifyObject(IWorkers, self.store)

    async def test_transaction(self) -> None:
        """What a transaction wrote is there for the next one; its value comes back."""
        await soon(self.store.transact(add_team))
        self.assertEqual(await soon(self.store.transact(count_teams)), 1)
        self.assertEqual(await soon(self.store.read(count_teams)), 1)

    async def test_threads(self) -> None:
        """Work runs in another thread, its answer is told in the reactor's."""
        seen: list[int] = []
        waiting = self.store.run(threading.get_ident)
        waiting.addCallback(lambda there: seen.extend([there, threading.get_ident()]))
        await soon(waiting)
        self.assertNotEqual(seen[0], threading.get_ident())
        self.assertEqual(seen[1], threading.get_ident())

    async def test_undone(self) -> None:
        """A transaction that fails leaves nothing, and what it raised comes back."""

        def work(session: Session) -> None:
            add_team(session)
            session.flush()
            raise ZeroDivisionError

        with self.assertRaises(ZeroDivisionError):
            await soon(self.store.transact(work))
        self.assertEqual(await soon(self.store.read(count_teams)), 0)

    async def test_conflict(self) -> None:
        """What contradicts a constraint is told in words without values, and nothing of it stays."""

        def work(session: Session) -> None:
            for name in ("A", "B", "secret", "secret"):
                add_team(session, name)

        with self.assertRaises(StoreConflictError) as caught:
            await soon(self.store.transact(work))
        words = "UNIQUE constraint failed: teams.name"
        if is_postgresql(self):
            words = 'duplicate key value violates unique constraint "uq_teams_name"'
        self.assertEqual(caught.exception.reason, words)
        self.assertNotIn("secret", str(caught.exception))
        self.assertEqual(await soon(self.store.read(count_teams)), 0)

    async def test_refused(self) -> None:
        """What the database will never do is told apart from a conflict, and from its absence."""
        with self.assertRaises(StoreRefusedError) as caught:
            await soon(self.store.transact(lambda session: session.execute(text("nonsense"))))
        self.assertIn("syntax error", str(caught.exception))
        self.assertEqual(self.store.status(), (None, 0, 0))

    async def test_touch(self) -> None:
        """The probe's question and its write change nothing."""
        await soon(self.store.read(look))
        await soon(self.store.transact(touch))
        self.assertEqual(await soon(self.store.read(count_teams)), 0)

    async def test_read_only(self) -> None:
        """A write where only reading was promised is an error, not lost."""
        with self.assertRaises(StoreUnavailableError):
            await soon(self.store.read(add_team))

    async def test_rows_do_not_leave(self) -> None:
        """A row that was returned all the same cannot be read: the mistake shows at once."""

        def work(session: Session) -> TeamRow:
            add_team(session)
            return session.scalars(select(TeamRow)).one()

        row = await soon(self.store.transact(work))
        self.assertRaises(DetachedInstanceError, getattr, row, "name")

    async def test_concurrent(self) -> None:
        """Transactions that read and then write, many at once, all count: none is lost, none fails."""
        inside(self.url, lambda session: session.add(SampleRow(name="x", count=0)))
        store = Store(REACTOR, self.url, threads=8)
        store.startService()
        self.addCleanup(store.stopService)

        def work(session: Session) -> None:
            now = session.scalar(select(SampleRow.count).where(SampleRow.name == "x")) or 0
            session.execute(update(SampleRow).values(count=now + 1))

        await soon(gatherResults([store.transact(work) for _ in range(100)]))
        total = await soon(store.read(lambda session: session.scalar(select(SampleRow.count))))
        self.assertEqual(total, 100)

    async def test_bound(self) -> None:
        """Two jobs run and one waits; the next is refused in words, and taken when there is room again."""
        taken = [self.block(), self.block(), self.block()]
        refused: StoreBusyError = self.failureResultOf(self.block(), StoreBusyError).value
        self.assertEqual(refused.waiting, 3)
        self.assertIn("busy", str(refused))
        self.gate.set()
        await soon(gatherResults(taken))
        self.assertEqual(await soon(self.store.run(lambda: "room")), "room")

    async def test_cancelled(self) -> None:
        """Work that is cancelled before its turn never runs, and counts until its turn would have come."""
        running = [self.block(), self.block()]
        ran: list[bool] = []
        waiting = self.store.run(lambda: ran.append(True))
        waiting.cancel()
        self.failureResultOf(waiting, CancelledError)
        self.failureResultOf(self.block(), StoreBusyError)
        self.gate.set()
        await soon(gatherResults(running))
        await soon(self.store.run(lambda: None))
        self.assertEqual(ran, [])

    async def test_lanes(self) -> None:
        """A database that hangs does not keep other work from its threads, nor the other way round."""
        hanging = [self.store.transact(lambda _: self.gate.wait(LIMIT_S)) for _ in range(3)]
        self.failureResultOf(self.store.read(count_teams), StoreBusyError)
        self.assertEqual(await soon(self.store.run(lambda: "done")), "done")
        self.gate.set()
        await soon(gatherResults(hanging))
        self.gate.clear()
        taken = [self.block(), self.block(), self.block()]
        self.assertEqual(await soon(self.store.read(count_teams)), 0)
        self.gate.set()
        await soon(gatherResults(taken))

    async def test_hangs(self) -> None:
        """While the database is away and every thread waits for it, nobody else is made to wait."""
        hanging = [self.store.transact(lambda _: self.gate.wait(LIMIT_S)) for _ in range(2)]
        waiting = self.store.read(count_teams)
        error = StoreUnavailableError("it does not answer")
        self.store._availability._failed(error, writes=False)
        self.failureResultOf(self.store.read(count_teams), StoreUnavailableError)
        self.gate.set()
        await soon(gatherResults(hanging))
        await soon(waiting)
        self.assertEqual(await soon(self.store.read(count_teams)), 0)

    async def test_stop(self) -> None:
        """A stop finishes what was taken, refuses what comes later, and closes the database."""
        taken = [self.block() for _ in range(2)]
        taken.append(self.store.transact(add_team))
        stopped = self.store.stopService()
        self.assertNoResult(stopped)
        self.failureResultOf(self.store.run(lambda: None), StoreStoppedError)
        self.gate.set()
        await soon(gatherResults(taken))
        await soon(stopped)
        self.assertEqual(inside(self.url, count_teams), 1)
        self.assertEqual(
            [t.name for t in threading.enumerate() if t.name.startswith("PoolThread-store")], []
        )
        self.assertIsNone(self.successResultOf(self.store.stopService()))

    def test_not_started(self) -> None:
        """Before the start nothing is taken, and a stop has nothing to do."""
        store = Store(REACTOR, self.url, threads=1)
        error = self.failureResultOf(store.run(lambda: None), StoreStoppedError).value
        self.assertEqual(str(error), "the store is not running")
        self.assertIsNone(self.successResultOf(store.stopService()))


class FullTests(TestCase):
    """SQLite, which has no room."""

    async def test_full(self) -> None:
        """A full disk is told; what was there stays, and there is room again when there is room again."""

        def limit(pages: int) -> Callable[[Session], None]:
            return lambda session: session.execute(text(f"PRAGMA max_page_count={pages}")).close()

        def big(session: Session) -> None:
            session.execute(insert(TeamRow), [{"name": f"{n:064}"} for n in range(20_000)])

        url = prepared_url(self)
        store = Store(REACTOR, url, threads=1)  # the limit is the connection's
        store.startService()
        store._availability.stop()  # or the one connection may be its own, just when it is wanted here
        self.addCleanup(store.stopService)
        await soon(store.transact(add_team))
        await soon(store.transact(limit(1)))
        with self.assertRaises(StoreUnavailableError) as caught:
            await soon(store.transact(big))
        self.assertIn("database or disk is full", str(caught.exception))
        self.assertEqual(store.status().outages, 1)
        await soon(store.read(count_teams))
        self.assertIsNotNone(store.status().away_s)
        await soon(store.transact(limit(1_000_000)))
        await soon(store.transact(big))
        self.assertEqual(await soon(store.read(count_teams)), 20_001)
        self.assertIsNone(store.status().away_s)


class StoreOnPostgreSQLTests(OnPostgreSQL, StoreTests):
    """The same on PostgreSQL."""
