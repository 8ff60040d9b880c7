"""`finesse_tx.telephony.core.monitoring`: listening in and recording, on the simulator."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.telephony.core.errors import InvalidStateError, ProviderError
from finesse_tx.telephony.core.events import Cause, EventID
from finesse_tx.telephony.simulator import Simulator, SimulatorOptions
from tests.support.telephony import RecordingListener

CALLER = "0612345678"


def device(number: str) -> str:
    """A phone's device."""
    return f"SEP{int(number):012X}"


class MonitoringTests(SynchronousTestCase):
    """1003 listens in on 1001, who talks to a customer."""

    def setUp(self) -> None:
        """Let him call."""
        self.clock, self.listener = Clock(), RecordingListener()
        self.simulator = Simulator(
            SimulatorOptions(phones=("1001-1004",)), self.listener, self.clock
        )
        self.simulator.startService()
        self.call_id = self.simulator.place_call("1001", CALLER)
        self.simulator.answer(self.call_id, "1001", device("1001"))
        self.clock.advance(0)
        self.listener.batches.clear()

    def do(self, operation: Deferred[Any]) -> Any:
        """Let something be done."""
        self.clock.advance(0)
        return self.successResultOf(operation)

    def listen(self, number: str = "1001", by: str = "1003", whisper: bool = False) -> int:
        """Somebody listens in."""
        start = self.simulator.start_monitoring
        found = self.do(start(device(by), by, self.call_id, number, whisper))
        assert isinstance(found, int)
        return found

    def told(self) -> list[str]:
        """Which events came, and of which call."""
        batches, self.listener.batches = self.listener.batches, []
        return [f"{e.id.name} {e.call_id - self.call_id}" for b in batches for e in b.events]

    def fails(self, operation: Deferred[Any]) -> ProviderError:
        """Something cannot be done."""
        self.clock.advance(0)
        error = self.failureResultOf(operation, ProviderError).value
        assert isinstance(error, ProviderError)
        return error

    def test_listens(self) -> None:
        """A call of one, in conversation at once; the monitored call hears nothing of it."""
        self.assertEqual(self.listen(), self.call_id + 1)
        (batch,) = self.listener.batches
        event = batch.events[-1]
        self.assertIs(event.id, EventID.MONITORING_STARTED)
        self.assertEqual(
            (event.address, event.text, event.other_call_id), ("1001", "silent", self.call_id)
        )
        self.assertEqual({event.call_id for event in batch.events}, {self.call_id + 1})

    def test_whispers(self) -> None:
        """Each change is told once."""
        monitoring = self.listen()
        self.told()
        for whisper, expected in ((True, 1), (True, 0), (False, 1), (False, 0)):
            self.do(self.simulator.update_monitoring(monitoring, whisper))
            self.assertEqual(self.told(), ["MONITORING_UPDATED 1"] * expected)

    def test_ends(self) -> None:
        """It ends with the monitored number's part, and with the listener's own; the other call goes on."""
        monitoring = self.listen()
        self.do(self.simulator.disconnect(monitoring, "1003"))
        self.assertIn("CALL_INVALID 1", self.told())
        self.listen()
        self.told()
        self.do(self.simulator.hang_up_outside(self.call_id, CALLER))
        told = self.told()
        self.assertLess(told.index("CALL_INVALID 0"), told.index("CALL_INVALID 2"))
        self.fails(self.simulator.update_monitoring(monitoring, True))

    def test_transferred(self) -> None:
        """When the monitored agent passes the call on, nobody listens any more."""
        self.listen()
        self.do(self.simulator.transfer_to(self.call_id, "1001", "1002"))
        self.assertIn("CALL_INVALID 1", self.told())

    def test_refused(self) -> None:
        """Once at a time, of a phone in conversation, from a phone that is free, not of oneself."""
        self.listen()
        start = self.simulator.start_monitoring
        for by, call_id, number, cause in (
            ("1004", self.call_id, "1001", Cause.LOCKOUT),
            ("1003", self.call_id, "1001", Cause.BUSY),
            ("1004", self.call_id, CALLER, Cause.INCOMPATIBLE_DESTINATION),
            ("1004", self.call_id + 1, "1003", Cause.INCOMPATIBLE_DESTINATION),
            ("1004", self.call_id, "1002", Cause.CALL_CANCELLED),
            ("1004", 77, "1001", Cause.CALL_CANCELLED),
            ("1001", self.call_id, "1001", Cause.BUSY),
        ):
            error = self.fails(start(device(by), by, call_id, number, False))
            self.assertIs(error.cause, cause, (by, number))
        ringing = self.simulator.place_call("1002", CALLER)
        error = self.fails(start(device("1004"), "1004", ringing, "1002", False))
        self.assertIsInstance(error, InvalidStateError)

    def test_recorded(self) -> None:
        """Recording is told when it begins and ends, and goes on with the connection into another call."""
        for operation, expected in (
            (self.simulator.start_recording, ["RECORDING_STARTED 0"]),
            (self.simulator.start_recording, []),
            (self.simulator.stop_recording, ["RECORDING_ENDED 0"]),
            (self.simulator.stop_recording, []),
        ):
            self.do(operation(self.call_id, "1001"))
            self.assertEqual(self.told(), expected)
        self.fails(self.simulator.start_recording(self.call_id, "1002"))
        new = self.do(self.simulator.consult(self.call_id, "1001", device("1001"), "1002"))
        self.do(self.simulator.answer(new, "1002", device("1002")))
        self.do(self.simulator.start_recording(new, "1002"))
        self.do(self.simulator.transfer(self.call_id, new, device("1001")))
        model = self.simulator._switch.model
        self.assertTrue(model.connection(self.call_id, "1002").is_recorded)
