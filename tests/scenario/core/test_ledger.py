"""What becomes of customers' calls."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.scenario.core.ledger import Ledger
from finesse_tx.telephony.core.events import Batch, Event, EventID, MetaCode

ANNA, BEN = "0612345678", "0698765432"
TALKING = EventID.CALL_CTL_TERM_CONN_TALKING
GONE = EventID.CALL_CTL_CONN_DISCONNECTED
FAILED = EventID.CALL_CTL_CONN_FAILED


class LedgerTests(SynchronousTestCase):
    """`Ledger`."""

    def setUp(self) -> None:
        """Anna is known; numbers of four digits are phones."""
        self.ledger = Ledger(frozenset({ANNA}), lambda number: len(number) == 4)
        self.now = 0.0

    def saw(self, id_: EventID, call_id: int, address: str, other: int = 0) -> None:
        """Something happens, a second later."""
        self.now += 1
        event = Event(id_, call_id=call_id, address=address, other_call_id=other)
        self.ledger.saw(Batch(MetaCode.UNKNOWN, (event,)), self.now)

    def counts(self) -> tuple[int, ...]:
        """Calls: all, answered, abandoned, refused, lost, under way."""
        totals = self.ledger.totals
        return (
            totals.calls,
            totals.answered,
            totals.abandoned,
            totals.refused,
            totals.lost,
            totals.underway,
        )

    def test_answered(self) -> None:
        """A phone that talks has answered, a port has not; only the first answer counts."""
        self.ledger.calls(1, ANNA, 0.0)
        self.saw(TALKING, 1, "70001")
        self.assertEqual(self.counts(), (1, 0, 0, 0, 0, 1))
        self.saw(TALKING, 1, "1001")
        self.saw(TALKING, 1, "1002")
        self.saw(GONE, 1, ANNA)
        self.assertEqual(self.counts(), (1, 1, 0, 0, 0, 0))
        party = self.ledger.last[ANNA]
        self.assertEqual((party.answered, party.ended, party.phones), (2.0, 4.0, ["1001", "1002"]))
        self.assertEqual(self.ledger.totals.as_dict()["mean_wait_s"], 2.0)

    def test_abandoned(self) -> None:
        """Who hangs up before has abandoned; who is unknown is not remembered."""
        self.ledger.calls(1, BEN, 0.0)
        self.saw(GONE, 1, BEN)
        self.saw(GONE, 1, BEN)
        self.assertEqual((self.counts(), self.ledger.last), ((1, 0, 1, 0, 0, 0), {}))

    def test_refused(self) -> None:
        """When what was called fails, the caller has been refused, once; in a conversation it changes nothing."""
        self.ledger.calls(1, ANNA, 0.0)
        self.saw(FAILED, 1, "6001")
        self.saw(GONE, 1, ANNA)
        self.assertEqual(self.counts(), (1, 0, 0, 1, 0, 0))
        self.ledger.calls(2, ANNA, 0.0)
        self.saw(TALKING, 2, "1001")
        self.saw(FAILED, 2, "1002")
        self.assertEqual(self.counts(), (2, 1, 0, 1, 0, 0))
        self.assertIsNone(self.ledger.last[ANNA].ended)

    def test_lost(self) -> None:
        """What the switch loses before an answer is lost; what was answered stays answered."""
        for call_id in (1, 2):
            self.ledger.calls(call_id, BEN, 0.0)
        self.saw(TALKING, 1, "1001")
        self.saw(EventID.PROV_OUT_OF_SERVICE, 0, "")
        self.saw(GONE, 2, BEN)
        self.assertEqual(self.counts(), (2, 1, 0, 0, 1, 0))

    def test_transfer(self) -> None:
        """Whoever talked in the other call has the customer when the calls are one, and so have customers who move."""
        self.ledger.calls(1, ANNA, 0.0)
        self.saw(TALKING, 2, "1002")
        self.saw(TALKING, 2, "1003")
        self.saw(GONE, 2, "1003")
        self.saw(EventID.CALL_CHANGED, 1, "1002", other=2)
        self.assertEqual(self.ledger.last[ANNA].phones, ["1002"])
        self.saw(TALKING, 4, "1004")
        self.saw(EventID.CALL_CHANGED, 4, ANNA, other=1)
        self.assertEqual(self.ledger.last[ANNA].phones, ["1002", "1004"])
        self.saw(GONE, 1, ANNA)
        self.assertIsNone(self.ledger.last[ANNA].ended)
        self.saw(GONE, 4, ANNA)
        self.assertEqual(self.counts(), (1, 1, 0, 0, 0, 0))

    def test_called(self) -> None:
        """Who is called has no part in the counts, and is answered when this one answers."""
        self.saw(TALKING, 1, "1001")
        self.saw(EventID.CALL_CTL_CONN_NETWORK_ALERTING, 1, ANNA)
        self.assertIsNone(self.ledger.last[ANNA].answered)
        self.saw(EventID.CALL_CTL_CONN_ESTABLISHED, 1, ANNA)
        self.assertEqual(self.ledger.last[ANNA].answered, 3.0)
        self.saw(GONE, 1, ANNA)
        self.assertEqual(self.counts(), (0, 0, 0, 0, 0, 0))
