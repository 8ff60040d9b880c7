"""`finesse_tx.engine.history`: what goes into the outbox, and what goes when it is too old."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx.config import HistoryConfig
from finesse_tx.engine.core.records import AgentStateDetail, CallRecord, Entry
from finesse_tx.engine.history import (
    HISTORY,
    MAX_CALLS,
    PURGE_S,
    History,
    months_before,
)
from finesse_tx.interfaces import IHistoryRecords
from finesse_tx.store.core.errors import StoreUnavailableError
from finesse_tx.store.journal import Journal
from finesse_tx.store.outbox import Outbox
from finesse_tx.store.records import HistoryRecords
from tests.support.history import call_entry
from tests.support.workers import ManualWorkers

T = TypeVar("T")

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


@implementer(IHistoryRecords)
class FakeRecords:
    """A database in memory.

    Attributes:
        sessions: The calls it has.
        positions: How far each journal is.
        failing: What it fails with; None while it works.
        purges: What is left to be purged.
        purged: Before which moments it was asked to.
    """

    def __init__(self) -> None:
        self.sessions: list[int] = []
        self.positions: dict[str, int] = {}
        self.failing: Exception | None = None
        self.purges: list[int] = []
        self.purged: list[datetime] = []

    def add(self, journal: str, after: int, last: int, entries: Sequence[Entry]) -> Deferred[int]:
        """Take records in."""
        if self.failing is not None:
            return fail(self.failing)
        position = self.positions.get(journal, 0)
        if position != after:
            return succeed(position)
        self.sessions += [call.call.session_id for entry in entries for call in entry.calls]
        self.positions[journal] = last
        return succeed(last)

    def fold(
        self,
        since: datetime,
        until: datetime,
        next_session: int,
        work: Callable[[Iterable[AgentStateDetail], Iterable[CallRecord]], T],
    ) -> Deferred[T]:
        """There is nothing from before."""
        return succeed(work((), ()))

    def purge(self, before: datetime) -> Deferred[int]:
        """Remove some."""
        self.purged.append(before)
        if self.failing is not None:
            return fail(self.failing)
        return succeed(self.purges.pop(0) if self.purges else 0)


class HistoryCase(SynchronousTestCase):
    """A history on a real disk, with a database in memory."""

    def setUp(self) -> None:
        """Name the folder."""
        self.folder = Path(self.mktemp())
        self.records, self.workers, self.clock = FakeRecords(), ManualWorkers(), Clock()

    def start(self, keep_months: int = 0) -> History:
        """Start it."""
        self.journal = Journal(self.folder, HISTORY, "j", 1 << 24)
        self.addCleanup(self.journal.close)
        add = self.records.add
        outbox: Outbox[Entry] = Outbox("it", self.journal, add, self.workers, self.clock)
        config = HistoryConfig(keep_months=keep_months)
        history = History(outbox, self.records, self.clock, lambda: NOW, config)
        history.start()
        self.pass_time()
        return history

    def pass_time(self, seconds: float = 0.0) -> None:
        """Let time pass; the threads do what they have to."""
        self.clock.advance(seconds)
        self.workers.work_off()

    def logged(self, logs: Any, level: str) -> list[str]:
        """What was logged at a level, without what it is about."""
        return [event["log_format"] for event in logs if event["log_level"].name == level]


class KeepTests(HistoryCase):
    """Into the outbox."""

    def test_interfaces(self) -> None:
        """The store's own and the fake are what the history asks for."""

        class Never:
            def transact(self, work: object) -> Any:
                raise NotImplementedError

            read = transact

        verifyObject(IHistoryRecords, HistoryRecords(Never()))
        verifyObject(IHistoryRecords, FakeRecords())

    def test_parts(self) -> None:
        """What ends at one moment, however much, becomes records of a bounded length; nothing is left out."""
        history = self.start()
        calls = tuple(call_entry(n).calls[0] for n in range(1, 2 * MAX_CALLS + 2))
        states = tuple(AgentStateDetail("agent1", n, 0, 2, 0) for n in range(10 * MAX_CALLS + 1))
        before = self.journal.next_sequence
        history.keep(Entry(MAX_CALLS * 3, states, calls))
        self.assertEqual(self.journal.next_sequence - before, 5)
        self.pass_time(1)
        self.assertEqual(self.records.sessions, list(range(1, 2 * MAX_CALLS + 2)))

    def test_stop(self) -> None:
        """A stop brings the rest into the database, and leaves no timer."""
        history = self.start(keep_months=13)
        history.keep(call_entry(1))
        stopping = history.stop()
        self.workers.work_off()
        self.successResultOf(stopping)
        self.assertEqual(self.records.sessions, [1])
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.successResultOf(history.stop())

    def test_status(self) -> None:
        """It says what its outbox says, and the first session that no call has."""
        history = self.start()
        history.keep(call_entry(41))
        self.assertEqual((history.status().waiting, history.next_session), (1, 42))


class RetentionTests(HistoryCase):
    """What is too old."""

    def test_purge(self) -> None:
        """At the start and every hour, what is older than so many months goes, bit by bit."""
        self.records.purges = [500, 20]
        with capturedLogs() as logs:
            history = self.start(keep_months=13)
            for _ in range(3):
                self.pass_time(0.2)
            self.assertEqual(len(self.logged(logs, "info")), 1)
        self.assertEqual(self.records.purged, [datetime(2025, 2, 28, 12, tzinfo=UTC)] * 3)
        self.records.failing = StoreUnavailableError("it is gone")
        self.pass_time(PURGE_S)
        self.records.failing = None
        self.pass_time(PURGE_S)
        self.assertEqual(len(self.records.purged), 5)
        self.successResultOf(history.stop())

    def test_for_ever(self) -> None:
        """With keep_months = 0 nothing goes."""
        self.start()
        self.pass_time(PURGE_S)
        self.assertEqual(self.records.purged, [])

    def test_months(self) -> None:
        """A month earlier is the same day, or the last one that there is."""
        for months, wanted in ((1, (2026, 2, 28)), (3, (2025, 12, 31)), (25, (2024, 2, 29))):
            found = months_before(NOW, months)
            self.assertEqual((found.year, found.month, found.day), wanted)
            self.assertEqual(found.timetz(), NOW.timetz())
