"""The agents' states, and what else differs, when a UCCE agent has two calls: from consultation to transfer or conference.

Spec: ``cti.md`` §8.10 (51), §11.7 to §11.9; ``engine.md`` §2 (*CCE*).
"""

from __future__ import annotations

from typing import Any

from finesse_tx.config import EngineConfig
from finesse_tx.cti.core.enums import AgentState, EventCause
from finesse_tx.cti.core.messages import (
    AlternateCallReq,
    AnswerCallReq,
    CallDeliveredEvent,
    ClearConnectionReq,
    ConferenceCallReq,
    ConsultationCallReq,
    HoldCallReq,
    ReconnectCallReq,
    RetrieveCallReq,
    TransferCallReq,
)
from tests.support.engine import short
from tests.support.sequences import CALL, SequenceCase

CONSULT = CALL + 1
"""The second call's id."""


class CCETwoCallsTests(SequenceCase):
    """Agent 1 has a customer, consults agent 2 and goes on from there."""

    def setUp(self) -> None:
        """Let the customer call; agent 2 is READY."""
        self.start(1, 2, config=EngineConfig(personality="cce"), auto_work=False)
        self.customer_calls()
        self.answer(1)
        self.floor.seen.clear()

    def ask(self, kind: type[Any], **values: Any) -> None:
        """Agent 1 asks for something to be done with his two calls."""
        self.floor.request(kind, agent_instrument="1001", **values)

    def consult(self) -> None:
        """Agent 1 consults agent 2."""
        self.ask(
            ConsultationCallReq,
            active_connection_call_id=CALL,
            active_connection_device_id="1001",
            dialed_number="1002",
        )

    def press(self, kind: type[Any], call_id: int, device: str) -> None:
        """Somebody does something with one call."""
        prefix = "held_" if kind is RetrieveCallReq else ""
        where = {"connection_call_id": call_id, "connection_device_id": device}
        self.floor.request(kind, **{prefix + name: value for name, value in where.items()})

    def consulted(self) -> None:
        """Agent 2 has answered."""
        self.consult()
        self.press(AnswerCallReq, CONSULT, "1002")
        self.floor.seen.clear()

    def join(self, kind: type[Any]) -> None:
        """Agent 1 brings the two calls together, or gives the consultation up."""
        self.ask(
            kind,
            active_connection_call_id=CONSULT,
            active_connection_device_id="1001",
            held_connection_call_id=CALL,
            held_connection_device_id="1001",
        )

    def states(self) -> list[str]:
        """The agents' states that were told since the last time."""
        return [line for line in self.floor.told() if line.startswith("agent")]

    def test_consult(self) -> None:
        """HOLD while the one call is held and the other not yet dialled; the consulted one rings with cause 51."""
        self.consult()
        told = self.floor.take()
        self.assertEqual(
            [short(message) for message in told],
            [
                "ConsultationCallConf",
                "CallHeldEvent 1001",
                "agent1 HOLD",
                "BeginCallEvent 1001",
                "CallServiceInitiatedEvent 1001",
                "CallOriginatedEvent 1001",
                "BeginCallEvent 1002",
                "agent2 RESERVED",
                "CallDeliveredEvent 1002",
                "agent1 TALKING",
            ],
        )
        (delivered,) = [m for m in told if isinstance(m, CallDeliveredEvent)]
        self.assertEqual(delivered.event_cause, EventCause.CEC_CONSULT)
        self.press(AnswerCallReq, CONSULT, "1002")
        self.assertEqual(
            self.floor.told(), ["AnswerCallConf", "CallEstablishedEvent 1002", "agent2 TALKING"]
        )

    def test_hold_both(self) -> None:
        """HOLD is told when the last call is held, and TALKING when one is retrieved; alternating tells neither."""
        self.consulted()
        self.press(HoldCallReq, CONSULT, "1001")
        self.assertEqual(self.states(), ["agent1 HOLD"])
        self.press(RetrieveCallReq, CALL, "1001")
        self.assertEqual(self.states(), ["agent1 TALKING"])
        self.ask(
            AlternateCallReq,
            active_connection_call_id=CALL,
            active_connection_device_id="1001",
            other_connection_call_id=CONSULT,
            other_connection_device_id="1001",
        )
        self.assertEqual(self.states(), [])

    def test_transfer(self) -> None:
        """The first agent is READY; the consulted one goes on TALKING, and is READY after the customer."""
        self.consulted()
        self.join(TransferCallReq)
        self.assertEqual(self.states(), ["agent1 AVAILABLE"])
        self.customer_leaves()
        self.assertEqual(self.states(), ["agent2 AVAILABLE"])

    def test_transfer_to_a_held_phone(self) -> None:
        """A consulted agent in HOLD has the customer all the same, and is READY after him."""
        self.consulted()
        self.press(HoldCallReq, CONSULT, "1002")
        self.assertEqual(self.states(), ["agent2 HOLD"])
        self.join(TransferCallReq)
        agent = self.floor.service.engine.agent("agent2")
        self.assertIsNotNone(agent.contact)
        self.press(RetrieveCallReq, CALL, "1002")
        self.assertEqual(self.states(), ["agent1 AVAILABLE", "agent2 TALKING"])
        self.customer_leaves()
        self.assertEqual(self.states(), ["agent2 AVAILABLE"])

    def test_transfer_to_a_break(self) -> None:
        """Whom the customer found NOT_READY is so again after him."""
        self.set_state(AgentState.NOT_READY, 2, event_reason_code=7)
        self.consulted()
        self.join(TransferCallReq)
        self.floor.seen.clear()
        self.customer_leaves()
        self.assertEqual(self.states(), ["agent2 NOT_READY"])

    def test_conference(self) -> None:
        """All are TALKING; who holds it is in HOLD, and each is READY when he has left."""
        self.consulted()
        self.join(ConferenceCallReq)
        self.assertEqual(self.states(), [])
        self.press(HoldCallReq, CALL, "1002")
        self.press(RetrieveCallReq, CALL, "1002")
        self.press(ClearConnectionReq, CALL, "1002")
        self.assertEqual(self.states(), ["agent2 HOLD", "agent2 TALKING", "agent2 AVAILABLE"])
        self.customer_leaves()
        self.assertEqual(self.states(), ["agent1 AVAILABLE"])

    def test_given_up(self) -> None:
        """A consultation that is given up leaves the consulted agent as he was."""
        self.consulted()
        self.join(ReconnectCallReq)
        self.assertIn("agent2 AVAILABLE", self.states())
