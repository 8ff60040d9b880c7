"""Progressive: the customer is called first, and given to an agent when he answers."""

from __future__ import annotations

from dataclasses import replace

from finesse_tx.cti.core.enums import CallType
from finesse_tx.engine.core.events import CallEvent, CallEventKind
from finesse_tx.engine.core.outbound.progressive import RING_S
from finesse_tx.engine.core.outbound.records import (
    CampaignState,
    DialingMode,
    RecordState,
    Result,
)
from finesse_tx.engine.core.states import AgentState
from finesse_tx.telephony.core.switch import FIRST_CALL_ID
from tests.engine.core.outbound.test_outbound import CAMPAIGN, OutboundCase, phone, records

PROGRESSIVE = replace(CAMPAIGN, mode=DialingMode.PROGRESSIVE)


class ProgressiveTests(OutboundCase):
    """From the port's call to the agent's."""

    def begin(self, customers: int, *agents: int, lines: int = 1, **values: object) -> None:
        """Start with customers, and agents who are READY."""
        campaign = replace(PROGRESSIVE, lines_per_agent=lines)
        self.start(records(customers), *agents, campaign=campaign, **values)
        self.centre.settle()

    def ringing(self) -> int:
        """How many customers are being called."""
        return len(self.centre.switch.model.calls)

    def test_whole(self) -> None:
        """A port calls; the customer answers; an agent is reserved with 32747, his phone answers, and all is wrapped up."""
        self.begin(1, auto_work=True)
        self.centre.sign_in(1)
        self.centre.told()
        self.centre.events.clear()
        self.write()
        begin = self.centre.events[0]
        assert isinstance(begin, CallEvent)
        self.assertEqual(
            (begin.kind, begin.call_type),
            (CallEventKind.BEGIN, CallType.CALLTYPE_CUSTOMER_PREDICTIVE),
        )
        self.assertEqual(begin.data.named["BAStatus"], "PROGRESSIVE_OUTBOUND")
        self.assertEqual(
            self.centre.told(),
            [
                "BEGIN_CALL 70001",
                "CALL_SERVICE_INITIATED 70001",
                "CALL_ORIGINATED 70001",
                "CALL_DELIVERED 70001",
            ],
        )
        self.assertIs(self.centre.agent().state, AgentState.READY)
        self.customer_answers()
        told = [line for line in self.centre.told() if line != "ContactEvent"]
        self.assertEqual(
            told,
            [
                "CALL_ESTABLISHED 70001",
                "agent1 RESERVED 32747",
                "BEGIN_CALL 1001",
                "CALL_DIVERTED 70001",
                "CALL_DELIVERED 1001",
                "CALL_ESTABLISHED 1001",
                "agent1 TALKING",
            ],
        )
        self.customer_leaves()
        self.assertEqual(self.centre.told()[-1], "agent1 WORK 32745")
        self.assertEqual(
            (self.kept[1].state, self.kept[1].result), (RecordState.CLOSED, Result.VOICE)
        )
        (last,) = [c.attempt for c in self.changes if c.attempt and c.attempt.result]
        self.assertEqual((last.agent_id, last.number), ("agent1", 1))
        self.assertEqual(self.figures, {"answered": 1})

    def test_lines(self) -> None:
        """So many customers are called for each READY agent as is configured, and no more."""
        for lines, agents, expected in ((1, (1,), 1), (2, (1,), 2), (1, (1, 2), 2), (3, (), 0)):
            self.begin(4, *agents, lines=lines)
            self.assertEqual(self.ringing(), min(expected, 2), (lines, agents))

    def test_next(self) -> None:
        """When one is with the agent nobody else is called, until the agent is READY again."""
        self.begin(2, 1)
        self.customer_answers()
        self.write()
        self.assertEqual(self.ringing(), 1)
        self.customer_leaves()
        self.assertEqual(self.ringing(), 1)
        self.assertIs(self.kept[2].state, RecordState.ACTIVE)

    def test_no_answer(self) -> None:
        """A phone that rings for too long is given up, and the port is free again."""
        self.begin(1, 1)
        self.centre.wait(RING_S + 1)
        self.write()
        self.assertEqual((self.kept[1].result, self.ringing()), (Result.NO_ANSWER, 0))
        self.assertEqual(len(self.centre.engine.router.ports.free), 2)
        self.assertIs(self.centre.agent().state, AgentState.READY)

    def test_invalid(self) -> None:
        """A number that there is not is hung up on at once, and closed."""
        self.start([replace(records(1)[0], phone="12")], 1, campaign=PROGRESSIVE)
        self.centre.settle()
        self.write()
        self.assertEqual((self.kept[1].result, self.ringing()), (Result.INVALID, 0))

    def test_nobody_free(self) -> None:
        """A customer who answers when all agents are taken waits first of all; one who gives up is unknown."""
        self.begin(1, 1)
        call = self.centre.call_in()
        self.centre.answer(call)
        self.customer_answers()
        self.assertIsNone(self.centre.agent().outbound)
        other = self.centre.call_in(from_="0687654321")
        self.assertNotEqual(other, call)
        self.centre.hang_up(call)
        self.assertIs(
            self.centre.agent().contact, self.centre.engine.router.contacts[FIRST_CALL_ID]
        )
        self.centre.hang_up(FIRST_CALL_ID, "1001")
        self.write()
        self.assertEqual(self.kept[1].result, Result.VOICE)

    def test_abandoned(self) -> None:
        """A customer who has answered and hangs up before an agent is there has an unknown result."""
        self.begin(1, 1)
        call = self.centre.call_in()
        self.centre.answer(call)
        self.customer_answers()
        self.customer_leaves()
        self.assertEqual(self.kept[1].result, Result.UNKNOWN)
        self.assertEqual(
            (self.outbound.ledger.assignments, len(self.centre.engine.router.contacts)), ({}, 1)
        )

    def test_agent_gone(self) -> None:
        """A customer who answers when nobody is signed in any more waits, and his call is one that ends."""
        self.begin(1, 1)
        self.run_campaign(CampaignState.STOPPED)
        self.assertEqual(self.ringing(), 1)
        self.customer_answers()
        self.customer_leaves()
        self.assertEqual(self.ringing(), 0)
        self.assertEqual(self.kept[1].result, Result.VOICE)

    def test_reclassified(self) -> None:
        """The agent's word is the result, and a personal callback is his."""
        self.begin(1, 1)
        self.customer_answers()
        self.say("P 11242026 10:00", call_id=FIRST_CALL_ID)
        self.customer_leaves()
        self.assertEqual(
            (self.kept[1].state, self.kept[1].agent_id), (RecordState.CALLBACK, "agent1")
        )

    def test_no_dial(self) -> None:
        """A port that cannot dial is free again, and the customer has not been called."""
        self.begin(1)
        self.holds_claims = True
        self.centre.sign_in(1)
        self.write()
        self.centre.switch.unregister("SEP0000000003E9")
        terminal = next(iter(self.centre.switch.model.addresses["70001"].terminals))
        self.centre.switch.connect(self.centre.switch.allocate(), terminal, "70001", phone(9))
        self.claim(1)
        self.write()
        self.assertEqual((self.kept[1].state, self.kept[1].attempts), (RecordState.PENDING, 0))
