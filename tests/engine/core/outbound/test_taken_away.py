"""Agents who are taken away from the customer whom they look at, or are about to call."""

from __future__ import annotations

from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.outbound.records import RecordState
from finesse_tx.engine.core.states import AgentState
from finesse_tx.telephony.core.switch import FIRST_CALL_ID
from tests.engine.core.outbound.test_outbound import OutboundCase, records

CONSULT = FIRST_CALL_ID + 1


class TakenAwayTests(OutboundCase):
    """What becomes of the customer."""

    def test_another_contact(self) -> None:
        """Who is reserved for a preview and is passed another customer has that one; the preview is given back."""
        self.start(records(2), 1)
        self.say("Accept")
        self.customer_answers()
        self.centre.sign_in(2)
        reservation = self.reservation(2)
        two_calls = self.centre.engine.two_calls
        self.centre.do(lambda: two_calls.consult(FIRST_CALL_ID, "1001", "1002", DataChange()))
        self.centre.answer(CONSULT, "1002")
        self.assertIs(self.centre.agent(2).state, AgentState.RESERVED)
        self.centre.told()
        self.centre.do(lambda: two_calls.transfer(CONSULT, FIRST_CALL_ID, "1001").operation)
        self.write()
        agent = self.centre.agent(2)
        self.assertIs(agent.state, AgentState.TALKING)
        self.assertIsNone(agent.outbound)
        self.assertEqual(self.centre.told()[-2:], ["CALL_CONNECTION_CLEARED 1002", "END_CALL 1002"])
        self.assertNotIn(reservation, self.centre.engine.calls.by_id)
        self.assertEqual(list(self.outbound.ledger.assignments), [1])
        self.assertIn(2, self.outbound.ledger.works[7].listing)

    def test_phone_gone_while_dialling(self) -> None:
        """A phone that is gone before it has dialled: the customer was not called, and is offered again later."""
        self.start(records(1), 1)
        self.holds_claims = True
        self.say("Accept")
        self.outbound.claimed(1, self.centre.now)
        self.centre.collect()
        self.centre.hear(self.centre.switch.unregister("SEP0000000003E9"))
        self.assertIs(self.centre.agent().state, AgentState.NOT_READY)
        self.centre.settle()
        self.write()
        self.assertEqual(self.outbound.ledger.assignments, {})
        self.assertEqual((self.kept[1].state, self.kept[1].attempts), (RecordState.PENDING, 0))
