"""`finesse_tx.engine.service`: its one timer, its settings, and a provider that lies."""

from __future__ import annotations

from finesse_tx.config import EngineConfig
from finesse_tx.cti.core.enums import (
    ControlFailureCode,
    PeripheralErrorCode,
)
from finesse_tx.engine.service import EngineService
from finesse_tx.telephony.core.events import Batch, Event, EventID, MetaCode
from tests.support.centre import sample
from tests.support.engine import EngineFloor, FloorCase

CF, PE = ControlFailureCode, PeripheralErrorCode
CALL = 0x01000001
UNKNOWN_CALL = 0x0100FFFF


class ServiceTests(FloorCase):
    """`EngineService`: its one timer, its settings, and a provider that lies."""

    def test_one_timer(self) -> None:
        """However many deadlines there are, there is one timer, for the first; without any there is none."""
        self.floor = EngineFloor(sample(), EngineConfig(ring_no_answer_s=10))
        self.assertEqual(self.floor.clock.getDelayedCalls(), [])
        for agent in (1, 2, 3):
            self.ready(agent)
            self.call_in()
            self.floor.pass_time(1)
        (timer,) = self.floor.clock.getDelayedCalls()
        self.assertEqual(timer.getTime(), 10)
        self.floor.simulator.drop(CALL)
        self.floor.pass_time()
        (timer,) = self.floor.clock.getDelayedCalls()
        self.assertEqual(timer.getTime(), 11)

    def test_settings(self) -> None:
        """Each key of the configuration reaches the engine."""
        config = EngineConfig(5, "READY", 7, False)
        service = EngineService(
            self.floor.directory, self.floor.authenticator, config, self.floor.clock
        )
        policy = service.engine.floor.policy
        self.assertEqual(
            (
                policy.ring_no_answer_s,
                policy.ready_after_ring_no_answer,
                policy.ring_no_answer_skip_s,
                policy.ready_after_other_call,
            ),
            (5, True, 7, False),
        )

    def test_provider_lies(self) -> None:
        """A batch that cannot be is logged; the engine goes on."""
        self.floor.service.provider_changed(
            Batch(MetaCode.CALL_ENDING, (Event(EventID.CALL_INVALID, call_id=5),))
        )
        self.assertEqual(len(self.flushLoggedErrors()), 1)
        self.ready()
        self.call_in()
        self.assertIn("agent1 RESERVED", self.floor.told())
