"""`finesse_tx.engine.history`: what is kept when the disk or the database does not do its part."""

from __future__ import annotations

import os
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
    MAX_CALLS,
    MAX_RETRY_S,
    MAX_UNWRITTEN,
    PURGE_S,
    REMIND_S,
    History,
    months_before,
)
from finesse_tx.engine.journal import Journal
from finesse_tx.interfaces import IHistoryRecords
from finesse_tx.store.core.errors import StoreUnavailableError
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

    def start(self, file_bytes: int = 4096, max_bytes: int = 1 << 20, **values: Any) -> History:
        """Start it."""
        self.journal = Journal(self.folder, "j", max_bytes, file_bytes)
        self.addCleanup(self.journal.close)
        stored = self.records.positions.get(self.journal.name, 0)
        config = HistoryConfig(**{"keep_months": 0, **values})
        history = History(
            self.journal, self.records, self.workers, self.clock, lambda: NOW, config, stored
        )
        history.start()
        self.pass_time()
        return history

    def pass_time(self, seconds: float = 0.0) -> None:
        """Let time pass; the threads do what they have to."""
        self.clock.advance(seconds)
        self.workers.work_off()

    def keep(self, history: History, *sessions: int) -> None:
        """Keep legs."""
        for session in sessions:
            history.keep(call_entry(session))

    def logged(self, logs: Any, level: str) -> list[str]:
        """What was logged at a level, without what it is about."""
        return [event["log_format"] for event in logs if event["log_level"].name == level]


class StoreTests(HistoryCase):
    """From the journal to the database."""

    def test_interfaces(self) -> None:
        """The store's own and the fake are what the history asks for."""

        class Never:
            def transact(self, work: object) -> Any:
                raise NotImplementedError

            read = transact

        verifyObject(IHistoryRecords, HistoryRecords(Never()))
        verifyObject(IHistoryRecords, FakeRecords())

    def test_at_once_on_disk(self) -> None:
        """What is kept is in the file before the call returns, and in the database a second later, together."""
        history = self.start()
        self.keep(history, 1, 2)
        self.assertIn(b'"session_id":2', self.journal.last_file.read_bytes())
        self.pass_time(0.9)
        self.assertEqual((self.records.sessions, history.waiting), ([], 2))
        self.keep(history, 3)
        self.pass_time(0.1)
        self.assertEqual((self.records.sessions, history.waiting), ([1, 2, 3], 0))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_left_over(self) -> None:
        """What a killed server had not brought into the database, the next start does; nothing comes twice."""
        self.keep(self.start(), 1, 2)
        self.pass_time(1)
        history = self.start()
        self.keep(history, 3, 4)  # killed here
        again = self.start()
        self.assertEqual(self.records.sessions, [1, 2, 3, 4])
        self.assertEqual((again.next_session, again.waiting), (5, 0))

    def test_restored(self) -> None:
        """A database that is further, or not as far, as was thought says where it is, and is believed."""
        history = self.start()
        self.keep(history, 1, 2, 3)
        self.records.positions["j"] = 2  # it has the header and the first
        self.pass_time(1)
        self.assertEqual((self.records.sessions, history.waiting), ([2, 3], 0))

    def test_files_go(self) -> None:
        """Files go when the database has what is in them."""
        history = self.start(file_bytes=2000)
        self.keep(history, *range(1, 21))
        self.assertGreater(len(list(self.folder.iterdir())), 3)
        self.pass_time(1)
        self.assertEqual(self.records.sessions, list(range(1, 21)))
        self.assertEqual(list(self.folder.iterdir()), [self.journal.last_file])

    def test_while_storing(self) -> None:
        """What comes while the database works comes next, and calls do not wait."""
        history = self.start()
        self.keep(history, 1)
        self.clock.advance(1)
        self.keep(history, 2)
        self.workers.work_off()
        self.assertEqual(self.records.sessions, [1])
        self.pass_time(1)
        self.assertEqual(self.records.sessions, [1, 2])

    def test_stop(self) -> None:
        """A stop brings the rest into the database, and leaves no timer."""
        history = self.start(keep_months=13)
        self.keep(history, 1)
        stopping = history.stop()
        self.workers.work_off()
        self.successResultOf(stopping)
        self.assertEqual(self.records.sessions, [1])
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.successResultOf(history.stop())

    def test_sync_each(self) -> None:
        """With sync_s = 0 nobody waits for a timer to have it safe, and the database gets it all the same."""
        history = self.start(sync_s=0)
        self.keep(history, 1)
        self.pass_time(1)
        self.assertEqual(self.records.sessions, [1])

    def test_parts(self) -> None:
        """What ends at one moment, however much, becomes records of a bounded length; nothing is left out."""
        history = self.start(file_bytes=1 << 20, max_bytes=1 << 24)
        calls = tuple(call_entry(n).calls[0] for n in range(1, 2 * MAX_CALLS + 2))
        states = tuple(AgentStateDetail("agent1", n, 0, 2, 0) for n in range(10 * MAX_CALLS + 1))
        before = self.journal.next_sequence
        history.keep(Entry(MAX_CALLS * 3, states, calls))
        self.assertEqual(self.journal.next_sequence - before, 5)
        self.pass_time(1)
        self.assertEqual(self.records.sessions, list(range(1, 2 * MAX_CALLS + 2)))


class DatabaseAwayTests(HistoryCase):
    """The database does not take it."""

    def test_away_and_back(self) -> None:
        """Calls go on, one line says so, tries become rarer up to a bound; in the end everything is there, once."""
        history = self.start()
        self.records.failing = StoreUnavailableError("it is gone")
        with capturedLogs() as logs:
            for session in range(1, 11):
                self.keep(history, session)
                self.pass_time(1)
            self.assertEqual(len(self.logged(logs, "error")), 1)
        self.assertEqual(history.waiting, 11)  # the file's header too
        self.assertIn("it is gone", history.trouble)
        self.pass_time(64)
        (timer,) = self.clock.getDelayedCalls()
        self.assertLessEqual(timer.getTime() - self.clock.seconds(), MAX_RETRY_S)
        self.records.failing = None
        with capturedLogs() as logs:
            self.pass_time(MAX_RETRY_S)
            self.assertEqual(len(self.logged(logs, "info")), 1)
        self.assertEqual(self.records.sessions, list(range(1, 11)))
        self.assertEqual(history.trouble, "")

    def test_status(self) -> None:
        """Metrics tell what waits and that the database is away, and what it has taken in this run afterwards."""
        history = self.start()
        self.records.failing = StoreUnavailableError("it is gone")
        self.keep(history, 1)
        self.pass_time(1)
        away = history.status()
        self.assertGreater(away.journal_bytes, 0)
        self.assertEqual(away, (1, 1, 0, away.journal_bytes, False, True))  # the first is a header
        self.records.failing = None
        self.pass_time(MAX_RETRY_S)
        taken = history.status()
        self.assertEqual(taken[:3] + taken[4:], (2, 0, 0, False, False))

    def test_reminder(self) -> None:
        """While it stays away the log says so again now and then."""
        history = self.start()
        self.records.failing = StoreUnavailableError("it is gone")
        with capturedLogs() as logs:
            self.keep(history, 1)
            for _ in range(int(2 * REMIND_S / MAX_RETRY_S)):
                self.pass_time(MAX_RETRY_S)
        self.assertEqual(len(self.logged(logs, "error")), 2)

    def test_workers_busy(self) -> None:
        """When no thread takes the work it is the same."""
        history = self.start()
        self.workers.refusing = StoreUnavailableError("busy")
        self.keep(history, 1)
        self.pass_time(1)
        self.assertEqual(history.waiting, 1)
        self.workers.refusing = None
        self.pass_time(2)
        self.assertEqual(self.records.sessions, [1])

    def test_stop_away(self) -> None:
        """A stop does not wait for it; the next start brings what there is."""
        history = self.start()
        self.records.failing = StoreUnavailableError("it is gone")
        self.keep(history, 1)
        stopping = history.stop()
        self.workers.work_off()
        self.successResultOf(stopping)
        self.records.failing = None
        self.start()
        self.assertEqual(self.records.sessions, [1])

    def test_bound(self) -> None:
        """At its bound the journal takes nothing more: records wait in memory, and come when there is room again."""
        history = self.start(file_bytes=2000, max_bytes=10_000)
        self.records.failing = StoreUnavailableError("it is gone")
        with capturedLogs() as logs:
            self.keep(history, *range(1, 31))
            self.assertEqual(len(self.logged(logs, "critical")), 1)
        self.assertIn("history.journal_max_bytes", history.trouble)
        self.assertGreaterEqual(history.waiting, 30)
        self.records.failing = None
        for _ in range(10):
            self.pass_time(MAX_RETRY_S)
        self.assertEqual(self.records.sessions, list(range(1, 31)))
        self.assertEqual((history.trouble, history.lost), ("", 0))


class DiskTests(HistoryCase):
    """The disk does not take it."""

    def test_memory_bound(self) -> None:
        """What waits in memory is bounded; beyond that records are lost, and counted."""
        history = self.start(max_bytes=600)
        for number in range(MAX_UNWRITTEN + 2):
            history.keep(Entry(1, (AgentStateDetail("a" * 400, number, 0, 2, 0),)))
        written = self.journal.next_sequence - 2
        self.assertEqual(history.waiting - written, MAX_UNWRITTEN)
        self.assertEqual(history.lost, 2 - written)

    def test_no_line(self) -> None:
        """What cannot be written at all is lost and told, and what comes after it is kept."""
        history = self.start()
        history.keep(call_entry(1, custom_variable1="x" * (1 << 20)))
        history.keep(call_entry(2, custom_variable1="\ud800"))
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 2)
        self.keep(history, 3)
        self.pass_time(1)
        self.assertEqual((self.records.sessions, history.lost), ([3], 2))

    def test_damaged(self) -> None:
        """Damage while it runs costs what follows in that file, is told, and holds up nobody."""
        history = self.start(file_bytes=2000)
        self.keep(history, 1, 2)
        path = self.journal.last_file
        os.truncate(path, 300)
        with capturedLogs() as logs:
            self.pass_time(1)
            self.assertEqual(len(self.logged(logs, "critical")), 1)
        self.keep(history, 3)
        self.pass_time(1)
        self.assertEqual(history.waiting, 0)


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
