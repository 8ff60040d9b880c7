"""`finesse_tx.store.outbox`: what is kept when the disk or the database does not do its part."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.engine.core.records import AgentStateDetail, Entry
from finesse_tx.engine.history import HISTORY
from finesse_tx.interfaces import IOutbox
from finesse_tx.store.core.errors import (
    StoreConflictError,
    StoreRefusedError,
    StoreUnavailableError,
)
from finesse_tx.store.journal import Journal
from finesse_tx.store.outbox import (
    MAX_RETRY_S,
    MAX_UNWRITTEN,
    REMIND_S,
    Outbox,
    OutboxService,
)
from tests.support.history import call_entry
from tests.support.workers import ManualWorkers


class FakeDatabase:
    """A database in memory.

    Attributes:
        sessions: The calls it has.
        positions: How far each journal is.
        failing: What it fails with; None while it works.
        poison: The calls that it will not have, and what it says.
    """

    def __init__(self) -> None:
        self.sessions: list[int] = []
        self.positions: dict[str, int] = {}
        self.failing: Exception | None = None
        self.poison: dict[int, Exception] = {}

    def add(self, journal: str, after: int, last: int, entries: Sequence[Entry]) -> Deferred[int]:
        """Take records in."""
        if self.failing is not None:
            return fail(self.failing)
        position = self.positions.get(journal, 0)
        if position != after:
            return succeed(position)
        sessions = [call.call.session_id for entry in entries for call in entry.calls]
        for session in sessions:
            if session in self.poison:
                return fail(self.poison[session])
        self.sessions += sessions
        self.positions[journal] = last
        return succeed(last)


class OutboxCase(SynchronousTestCase):
    """An outbox on a real disk, with a database in memory."""

    def setUp(self) -> None:
        """Name the folder."""
        self.folder = Path(self.mktemp())
        self.records, self.workers, self.clock = FakeDatabase(), ManualWorkers(), Clock()

    def start(
        self, file_bytes: int = 4096, max_bytes: int = 1 << 20, sync_s: float = 1.0
    ) -> Outbox[Entry]:
        """Start it."""
        self.journal = Journal(self.folder, HISTORY, "j", max_bytes, file_bytes)
        self.addCleanup(self.journal.close)
        stored = self.records.positions.get(self.journal.name, 0)
        add = self.records.add
        outbox: Outbox[Entry] = Outbox(
            "the history", self.journal, add, self.workers, self.clock, stored, sync_s
        )
        outbox.start()
        self.pass_time()
        return outbox

    def pass_time(self, seconds: float = 0.0) -> None:
        """Let time pass; the threads do what they have to."""
        self.clock.advance(seconds)
        self.workers.work_off()

    def keep(self, outbox: Outbox[Entry], *sessions: int) -> None:
        """Keep legs."""
        for session in sessions:
            outbox.keep(call_entry(session))

    def logged(self, logs: Any, level: str) -> list[str]:
        """What was logged at a level, without what it is about."""
        return [event["log_format"] for event in logs if event["log_level"].name == level]


class StoreTests(OutboxCase):
    """From the journal to the database."""

    def test_at_once_on_disk(self) -> None:
        """What is kept is in the file before the call returns, and in the database a second later, together."""
        outbox = self.start()
        self.keep(outbox, 1, 2)
        self.assertIn(b'"session_id":2', self.journal.last_file.read_bytes())
        self.pass_time(0.9)
        self.assertEqual((self.records.sessions, outbox.waiting), ([], 2))
        self.keep(outbox, 3)
        self.pass_time(0.1)
        self.assertEqual((self.records.sessions, outbox.waiting), ([1, 2, 3], 0))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_left_over(self) -> None:
        """What a killed server had not brought into the database, the next start does; nothing comes twice."""
        self.keep(self.start(), 1, 2)
        self.pass_time(1)
        outbox = self.start()
        self.keep(outbox, 3, 4)  # killed here
        again = self.start()
        self.assertEqual(self.records.sessions, [1, 2, 3, 4])
        self.assertEqual((again.floor, again.waiting), (5, 0))

    def test_restored(self) -> None:
        """A database that is further, or not as far, as was thought says where it is, and is believed."""
        outbox = self.start()
        self.keep(outbox, 1, 2, 3)
        self.records.positions["j"] = 2  # it has the header and the first
        self.pass_time(1)
        self.assertEqual((self.records.sessions, outbox.waiting), ([2, 3], 0))

    def test_files_go(self) -> None:
        """Files go when the database has what is in them."""
        outbox = self.start(file_bytes=2000)
        self.keep(outbox, *range(1, 21))
        self.assertGreater(len(list(self.folder.iterdir())), 3)
        self.pass_time(1)
        self.assertEqual(self.records.sessions, list(range(1, 21)))
        self.assertEqual(list(self.folder.iterdir()), [self.journal.last_file])

    def test_while_storing(self) -> None:
        """What comes while the database works comes next, and calls do not wait."""
        outbox = self.start()
        self.keep(outbox, 1)
        self.clock.advance(1)
        self.keep(outbox, 2)
        self.workers.work_off()
        self.assertEqual(self.records.sessions, [1])
        self.pass_time(1)
        self.assertEqual(self.records.sessions, [1, 2])

    def test_stop(self) -> None:
        """A stop brings the rest into the database, and leaves no timer."""
        outbox = self.start()
        self.keep(outbox, 1)
        stopping = outbox.stop()
        self.workers.work_off()
        self.successResultOf(stopping)
        self.assertEqual(self.records.sessions, [1])
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.successResultOf(outbox.stop())

    def test_sync_each(self) -> None:
        """With sync_s = 0 nobody waits for a timer to have it safe, and the database gets it all the same."""
        outbox = self.start(sync_s=0.0)
        self.keep(outbox, 1)
        self.pass_time(1)
        self.assertEqual(self.records.sessions, [1])


class DatabaseAwayTests(OutboxCase):
    """The database does not take it."""

    def test_away_and_back(self) -> None:
        """Calls go on, one line says so, tries become rarer up to a bound; in the end everything is there, once."""
        outbox = self.start()
        self.records.failing = StoreUnavailableError("it is gone")
        with capturedLogs() as logs:
            for session in range(1, 11):
                self.keep(outbox, session)
                self.pass_time(1)
            self.assertEqual(len(self.logged(logs, "error")), 1)
        self.assertEqual(outbox.waiting, 11)  # the file's header too
        self.assertIn("it is gone", outbox.trouble)
        self.pass_time(64)
        (timer,) = self.clock.getDelayedCalls()
        self.assertLessEqual(timer.getTime() - self.clock.seconds(), MAX_RETRY_S)
        self.records.failing = None
        with capturedLogs() as logs:
            self.pass_time(MAX_RETRY_S)
            self.assertEqual(len(self.logged(logs, "info")), 1)
        self.assertEqual(self.records.sessions, list(range(1, 11)))
        self.assertEqual(outbox.trouble, "")

    def test_status(self) -> None:
        """Metrics tell what waits and that the database is away, and what it has taken in this run afterwards."""
        outbox = self.start()
        self.records.failing = StoreUnavailableError("it is gone")
        self.keep(outbox, 1)
        self.pass_time(1)
        away = outbox.status()
        self.assertGreater(away.journal_bytes, 0)
        self.assertEqual(
            away, (1, 1, 0, 0, away.journal_bytes, False, True)
        )  # the first is a header
        self.records.failing = None
        self.pass_time(MAX_RETRY_S)
        taken = outbox.status()
        self.assertEqual(taken[:4] + taken[5:], (2, 0, 0, 0, False, False))

    def test_reminder(self) -> None:
        """While it stays away the log says so again now and then."""
        outbox = self.start()
        self.records.failing = StoreUnavailableError("it is gone")
        with capturedLogs() as logs:
            self.keep(outbox, 1)
            for _ in range(int(2 * REMIND_S / MAX_RETRY_S)):
                self.pass_time(MAX_RETRY_S)
        self.assertEqual(len(self.logged(logs, "error")), 2)

    def test_workers_busy(self) -> None:
        """When no thread takes the work it is the same."""
        outbox = self.start()
        self.workers.refusing = StoreUnavailableError("busy")
        self.keep(outbox, 1)
        self.pass_time(1)
        self.assertEqual(outbox.waiting, 1)
        self.workers.refusing = None
        self.pass_time(2)
        self.assertEqual(self.records.sessions, [1])

    def test_stop_away(self) -> None:
        """A stop does not wait for it; the next start brings what there is."""
        outbox = self.start()
        self.records.failing = StoreUnavailableError("it is gone")
        self.keep(outbox, 1)
        stopping = outbox.stop()
        self.workers.work_off()
        self.successResultOf(stopping)
        self.records.failing = None
        self.start()
        self.assertEqual(self.records.sessions, [1])

    def test_bound(self) -> None:
        """At its bound the journal takes nothing more: records wait in memory, and come when there is room again."""
        outbox = self.start(file_bytes=2000, max_bytes=10_000)
        self.records.failing = StoreUnavailableError("it is gone")
        with capturedLogs() as logs:
            self.keep(outbox, *range(1, 31))
            self.assertEqual(len(self.logged(logs, "critical")), 1)
        self.assertIn("history.journal_max_bytes", outbox.trouble)
        self.assertGreaterEqual(outbox.waiting, 30)
        self.records.failing = None
        for _ in range(10):
            self.pass_time(MAX_RETRY_S)
        self.assertEqual(self.records.sessions, list(range(1, 31)))
        self.assertEqual((outbox.trouble, outbox.lost), ("", 0))


class DiskTests(OutboxCase):
    """The disk does not take it."""

    def test_memory_bound(self) -> None:
        """What waits in memory is bounded; beyond that records are lost, and counted."""
        outbox = self.start(max_bytes=600)
        for number in range(MAX_UNWRITTEN + 2):
            outbox.keep(Entry(1, (AgentStateDetail("a" * 400, number, 0, 2, 0),)))
        written = self.journal.next_sequence - 2
        self.assertEqual(outbox.waiting - written, MAX_UNWRITTEN)
        self.assertEqual(outbox.lost, 2 - written)

    def test_no_line(self) -> None:
        """What cannot be written at all is lost and told, and what comes after it is kept."""
        outbox = self.start()
        outbox.keep(call_entry(1, custom_variable1="x" * (1 << 20)))
        outbox.keep(call_entry(2, custom_variable1="\ud800"))
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 2)
        self.keep(outbox, 3)
        self.pass_time(1)
        self.assertEqual((self.records.sessions, outbox.lost), ([3], 2))

    def test_damaged(self) -> None:
        """Damage while it runs costs what follows in that file, is told, and holds up nobody."""
        outbox = self.start(file_bytes=2000)
        self.keep(outbox, 1, 2)
        path = self.journal.last_file
        os.truncate(path, 300)
        with capturedLogs() as logs:
            self.pass_time(1)
            self.assertEqual(len(self.logged(logs, "critical")), 1)
        self.keep(outbox, 3)
        self.pass_time(1)
        self.assertEqual(outbox.waiting, 0)


class RefusedTests(OutboxCase):
    """The database will never have it."""

    def test_set_aside(self) -> None:
        """A record that contradicts or cannot be is set aside, told, and holds up no other; each of those is there once."""
        outbox = self.start()
        self.records.poison = {2: StoreConflictError("twice"), 5: StoreRefusedError("too long")}
        with capturedLogs() as logs:
            self.keep(outbox, *range(1, 7))
            self.pass_time(1)
            self.assertEqual(len(self.logged(logs, "critical")), 2)
        self.assertEqual(self.records.sessions, [1, 3, 4, 6])
        self.assertEqual((outbox.waiting, outbox.refused, outbox.lost), (0, 2, 0))
        aside = sorted(self.folder.glob("*.refused"))
        self.assertEqual([int(path.stem) for path in aside], [3, 6])  # the header is the first
        self.assertIn(b'"session_id":2', aside[0].read_bytes())
        self.assertEqual(aside[0].stat().st_mode & 0o777, 0o600)
        self.keep(outbox, 7)
        self.pass_time(1)
        self.assertEqual(self.records.sessions, [1, 3, 4, 6, 7])

    def test_away_meanwhile(self) -> None:
        """When the database goes away in between, what is left comes later, and nothing comes twice."""
        outbox = self.start()
        self.records.poison = {2: StoreRefusedError("too long")}
        self.keep(outbox, 1, 2, 3)
        add = self.records.add

        def add_and_go(
            journal: str, after: int, last: int, entries: Sequence[Entry]
        ) -> Deferred[int]:
            adding = add(journal, after, last, entries)
            if self.records.sessions == [1]:
                self.records.failing = StoreUnavailableError("it is gone")
            return adding

        self.patch(outbox, "_add", add_and_go)
        self.pass_time(1)
        self.assertEqual(self.records.sessions, [1])
        self.patch(outbox, "_add", add)
        self.records.failing = None
        self.pass_time(MAX_RETRY_S)
        self.assertEqual((self.records.sessions, outbox.waiting), ([1, 3], 0))


class ServiceTests(OutboxCase):
    """`OutboxService`, and what an outbox promises."""

    def test_interface(self) -> None:
        """It is an outbox."""
        verifyObject(IOutbox, self.start())

    def test_life(self) -> None:
        """It begins and ends with the service."""
        self.keep(self.start(), 1)
        self.journal = Journal(self.folder, HISTORY, "j", 1 << 20)
        add = self.records.add
        outbox: Outbox[Entry] = Outbox("it", self.journal, add, self.workers, self.clock)
        service = OutboxService(outbox)
        service.startService()
        self.pass_time()
        self.assertEqual(self.records.sessions, [1])
        self.keep(outbox, 2)
        stopping = service.stopService()
        self.workers.work_off()
        self.successResultOf(stopping)
        self.assertEqual(self.records.sessions, [1, 2])

    def test_caught_up(self) -> None:
        """Whoever waits for what an earlier process has left is told when the database has it, and not before."""
        self.keep(self.start(), 1)
        self.records.failing = StoreUnavailableError("it is gone")
        outbox = self.start()
        waiting = outbox.caught_up()
        self.assertNoResult(waiting)
        gone = outbox.caught_up()
        gone.cancel()
        self.failureResultOf(gone)
        self.records.failing = None
        self.pass_time(MAX_RETRY_S)
        self.successResultOf(waiting)
        self.successResultOf(outbox.caught_up())


class FlushTests(OutboxCase):
    """`Outbox.flush`: somebody is going to read."""

    def test_now(self) -> None:
        """What there is comes at once; nothing takes no time, and no timer is left over."""
        outbox = self.start()
        self.successResultOf(outbox.flush())
        self.keep(outbox, 1, 2)
        flushing = outbox.flush()
        self.assertNoResult(flushing)
        self.workers.work_off()
        self.successResultOf(flushing)
        self.assertEqual((self.records.sessions, self.clock.getDelayedCalls()), ([1, 2], []))

    def test_meanwhile(self) -> None:
        """Whoever comes while the database works waits for what there is by then, and the earlier one does not."""
        outbox = self.start()
        self.keep(outbox, 1)
        first, gone = outbox.flush(), outbox.flush()
        gone.cancel()
        self.failureResultOf(gone, CancelledError)
        self.keep(outbox, 2)
        second = outbox.flush()
        self.workers.work(2)
        self.successResultOf(first)
        self.assertNoResult(second)
        self.workers.work_off()
        self.successResultOf(second)
        self.assertEqual(self.records.sessions, [1, 2])

    def test_away(self) -> None:
        """When the database, a thread or the disk does not do it, it fails, and what there is comes later."""
        outbox = self.start()
        self.keep(outbox, 1)
        self.records.failing = StoreUnavailableError("it is gone")
        flushing = outbox.flush()
        self.workers.work_off()
        self.failureResultOf(flushing, StoreUnavailableError)
        self.workers.refusing = OSError("no such file")
        self.failureResultOf(outbox.flush(), StoreUnavailableError)
        self.records.failing = self.workers.refusing = None
        self.pass_time(MAX_RETRY_S)
        self.assertEqual(self.records.sessions, [1])

    def test_stopped(self) -> None:
        """A stop leaves nobody waiting."""
        outbox = self.start()
        self.keep(outbox, 1)
        flushing = outbox.flush()
        self.records.failing = StoreUnavailableError("it is gone")
        stopping = outbox.stop()
        self.workers.work_off()
        self.successResultOf(stopping)
        self.failureResultOf(flushing)

    def test_unwritten(self) -> None:
        """What waits in memory for a disk that is full is not there."""
        outbox = self.start(max_bytes=1200)
        self.keep(outbox, 1, 2, 3)
        flushing = outbox.flush()
        self.workers.work_off()
        error = self.failureResultOf(flushing, StoreUnavailableError).value
        self.assertIn("history.journal_max_bytes", str(error))
