"""The engine records before it tells: on a real disk, seen by a client in the moment of the event."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from finesse_tx.config import EngineConfig, HistoryConfig
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import AnswerCallReq, EndCallEvent
from finesse_tx.engine.core.records import CallRecord, Entry
from finesse_tx.engine.history import HISTORY, History
from finesse_tx.store.core.errors import StoreUnavailableError
from finesse_tx.store.journal import Journal, read_batch
from finesse_tx.store.outbox import Outbox
from finesse_tx.telephony.core.inventory import AddressKind
from tests.engine.test_history import FakeRecords
from tests.support.centre import CALLER, sample
from tests.support.engine import EngineFloor, FloorCase
from tests.support.workers import ManualWorkers


class RecordedFloor(EngineFloor):
    """A floor with a journal; its database is away."""

    def __init__(self, folder: Path) -> None:
        self.records = FakeRecords()
        self.records.failing = StoreUnavailableError("it is away")
        self.workers = ManualWorkers()
        self.folder = folder
        self.known_at_end: list[bool] = []
        super().__init__(sample(auto_work=True, wrapup_time_s=30), EngineConfig(time_zone="UTC"))

    def make_history(self) -> History:
        """On the folder."""
        self.journal = Journal(self.folder, HISTORY, "j", 1 << 20)
        add = self.records.add
        outbox: Outbox[Entry] = Outbox("it", self.journal, add, self.workers, self.clock)
        return History(
            outbox,
            self.records,
            self.clock,
            lambda: datetime.fromtimestamp(self.clock.seconds(), UTC),
            HistoryConfig(keep_months=0),
        )

    def written(self) -> list[CallRecord]:
        """The legs that are on the disk now."""
        batch = read_batch(self.journal.last_file, HISTORY, 0, 0, self.journal.next_sequence - 1)
        return [call for entry in batch.entries.values() for call in entry.calls]

    def send(self, message: Message) -> None:
        """Be told something: when it is the end of a call, look whether that is on the disk."""
        if isinstance(message, EndCallEvent):
            self.known_at_end.append(bool(self.written()))
        super().send(message)


class RecordingTests(FloorCase):
    """An engine with a history."""

    def setUp(self) -> None:
        """Start it."""
        self.recorded = RecordedFloor(Path(self.mktemp()))
        self.floor = self.recorded

    def tearDown(self) -> None:
        """Stop it, unless the test has."""
        stopping = self.floor.service.stopService()
        self.recorded.workers.work_off()
        self.successResultOf(stopping)
        self.assertEqual(self.floor.clock.getDelayedCalls(), [])

    def talk(self) -> int:
        """A customer calls, and an agent answers."""
        self.ready()
        call_id = self.call_in()
        self.floor.request(AnswerCallReq, connection_call_id=call_id, connection_device_id="1001")
        self.floor.pass_time(12)
        return call_id

    def test_before_it_is_told(self) -> None:
        """Whoever is told the end of a call could read it from the disk already, after-call work or not."""
        call_id = self.talk()
        self.floor.simulator.hang_up_outside(call_id, CALLER)
        self.floor.pass_time()
        self.assertEqual(self.recorded.known_at_end, [True])
        (first,) = self.recorded.written()
        self.assertFalse(first.is_complete)
        self.floor.pass_time(30)
        self.assertEqual(self.recorded.known_at_end, [True, True])
        _, complete = self.recorded.written()
        self.assertTrue(complete.is_complete)
        self.assertEqual(complete.agents[0].work_time, 30)

    def test_database_away(self) -> None:
        """While the database is away calls go on, and it gets everything when it is back."""
        for _ in range(3):
            call_id = self.talk()
            self.floor.simulator.hang_up_outside(call_id, CALLER)
            self.floor.pass_time(31)
            self.recorded.workers.work_off()
        self.assertEqual(self.recorded.records.sessions, [])
        self.recorded.records.failing = None
        for _ in range(3):
            self.floor.pass_time(60)
            self.recorded.workers.work_off()
        self.assertEqual(self.recorded.records.sessions, [1, 1, 2, 2, 3, 3])

    def test_our_bug(self) -> None:
        """When recording fails, calls and clients go on."""

        def fail(_number: str) -> AddressKind:
            raise RuntimeError("a bug")

        self.floor.service.chronicle._kind = fail
        call_id = self.talk()
        self.floor.simulator.hang_up_outside(call_id, CALLER)
        self.floor.pass_time()
        self.floor.pass_time(30)
        self.assertTrue(self.flushLoggedErrors(RuntimeError))
        self.assertIn("agent1 AVAILABLE 32758", self.floor.told())

    def test_stop(self) -> None:
        """A stop writes down whoever is still talking."""
        self.talk()
        stopping = self.floor.service.stopService()
        self.recorded.workers.work_off()
        self.successResultOf(stopping)
        (record,) = self.recorded.written()
        self.assertEqual(record.agents[0].talk_time, 12)
