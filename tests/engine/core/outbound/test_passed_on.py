"""Customers of campaigns who are passed on, and what the history says of them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.outbound.records import CampaignState, Result
from finesse_tx.engine.core.records import ContactType
from finesse_tx.engine.core.states import AgentState
from finesse_tx.telephony.core.switch import FIRST_CALL_ID
from tests.engine.core.outbound.test_outbound import CAMPAIGN, NOON, OutboundCase, records
from tests.support.centre import sample
from tests.support.history import RecordedCentre

CONSULT = FIRST_CALL_ID + 1


class PassedOnTests(OutboundCase):
    """Transfers of a customer's call."""

    def consult(self) -> None:
        """agent1 talks to a customer, and asks agent2."""
        self.start(records(1), 1)
        self.run_campaign(CampaignState.PAUSED)
        self.centre.sign_in(2, ready=False)
        self.say("Accept")
        self.customer_answers()
        two_calls = self.centre.engine.two_calls
        self.centre.do(lambda: two_calls.consult(FIRST_CALL_ID, "1001", "1002", DataChange()))
        self.centre.answer(CONSULT, "1002")

    def test_transferred(self) -> None:
        """Whoever passes the customer on is done with him; the call has its one result at its end."""
        self.consult()
        two_calls = self.centre.engine.two_calls
        self.centre.do(lambda: two_calls.transfer(CONSULT, FIRST_CALL_ID, "1001").operation)
        self.write()
        self.assertIs(self.centre.agent(1).state, AgentState.READY)
        self.assertIs(self.centre.agent(2).state, AgentState.TALKING)
        self.assertEqual(len(self.outbound.ledger.assignments), 1)
        self.customer_leaves()
        self.assertEqual(self.kept[1].result, Result.VOICE)
        self.assertEqual(self.outbound.ledger.assignments, {})
        self.assertEqual(self.figures, {"preview": 1, "accepted": 1, "answered": 1})

    def test_other_call_stays(self) -> None:
        """When the call that is left is the consultation, the customer's result is kept at its end all the same."""
        self.consult()
        two_calls = self.centre.engine.two_calls
        self.centre.do(lambda: two_calls.alternate(CONSULT, FIRST_CALL_ID, "1001"))
        self.centre.do(lambda: two_calls.transfer(FIRST_CALL_ID, CONSULT, "1001").operation)
        self.write()
        self.assertEqual(list(self.centre.switch.model.calls), [CONSULT])
        self.customer_leaves(call_id=CONSULT)
        self.assertEqual(self.kept[1].result, Result.VOICE)
        self.assertEqual(self.outbound.ledger.assignments, {})


class HistoryTests(OutboundCase):
    """What is written of them."""

    def test_legs(self) -> None:
        """A reservation is no call; the customer's is one of type preview, handled by its agent."""
        self.kept, self.changes, self.holds_claims = {}, [], False
        self.centre = centre = RecordedCentre(sample())
        self.outbound = centre.engine.outbound
        self.outbound.ledger.synchronise(centre.now, NOON)
        self.outbound.ledger.load(CAMPAIGN, records(2), ZoneInfo)
        self.run_campaign(CampaignState.RUNNING)
        centre.sign_in(1)
        self.say("Skip-Close")
        self.assertEqual(centre.calls, [])
        self.say("Accept")
        self.customer_answers(2)
        centre.wait(10)
        self.customer_leaves(2)
        (leg,) = centre.finished
        self.assertEqual(leg.call.contact_type, ContactType.PREVIEW)
        self.assertEqual((leg.call.originator_id, leg.call.connect_time), ("agent1", 10))
        self.assertEqual(len(centre.chronicle), 0)
