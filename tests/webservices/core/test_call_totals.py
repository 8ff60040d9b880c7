"""`finesse_tx.webservices.core.call_totals`: every call once."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import BeginCallEvent, CallFailedEvent, EndCallEvent
from finesse_tx.webservices.core.call_totals import MAX_KNOWN, CallTotals


def begin(number: int) -> Message:
    """A call begins."""
    return BeginCallEvent(call_type=1, connection_call_id=number)


def failed(number: int) -> Message:
    """One of its devices cannot be reached."""
    return CallFailedEvent(connection_call_id=number)


def end(number: int) -> Message:
    """It ends."""
    return EndCallEvent(connection_call_id=number)


class CallTotalsTests(SynchronousTestCase):
    """The totals."""

    def check(self, *told: Message, begun: int, failures: int = 0) -> CallTotals:
        """What is counted."""
        totals = CallTotals()
        for message in told:
            totals.take(message)
        self.assertEqual((totals.begun, totals.failed), (begun, failures))
        return totals

    def test_counted(self) -> None:
        """Each call once, whatever is told of it again; the same id after its end is another call."""
        self.check(begun=0)
        self.check(begin(1), begin(2), begin(1), begun=2)
        self.check(begin(1), end(1), begin(1), begun=2)
        self.check(end(7), begun=0)

    def test_failed(self) -> None:
        """A call that fails at several devices has failed once."""
        self.check(begin(1), failed(1), failed(1), end(1), begun=1, failures=1)
        self.check(begin(1), failed(1), end(1), begin(1), failed(1), begun=2, failures=2)
        self.check(failed(1), begin(1), begun=0, failures=1)

    def test_after_an_outage(self) -> None:
        """What is still there is known; the id of what has ended unheard may come again."""
        totals = self.check(begin(1), begin(2), begun=2)
        totals.keep({1})
        for number in (1, 2):
            totals.take(begin(number))
        self.assertEqual(totals.begun, 3)

    def test_bound(self) -> None:
        """No more than so many are known; the oldest is forgotten."""
        totals = self.check(*map(begin, range(MAX_KNOWN)), begun=MAX_KNOWN)
        totals.take(begin(0))
        self.assertEqual(totals.begun, MAX_KNOWN)
        totals.take(begin(-1))
        totals.take(begin(0))
        self.assertEqual(totals.begun, MAX_KNOWN + 2)
