"""The requests of a client that wait for their answers."""

from __future__ import annotations

from twisted.internet.defer import CancelledError
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.errors import (
    ControlFailureError,
    LinkDownError,
    RequestFailedError,
    RequestTimeoutError,
    TooManyRequestsError,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AnswerCallConf,
    AnswerCallReq,
    ControlFailureConf,
    FailureConf,
    HoldCallConf,
)
from finesse_tx.cti.outstanding import Outstanding

REQUEST = AnswerCallReq(connection_call_id=1)


class OutstandingTests(SynchronousTestCase):
    """Ten seconds, at most three at once."""

    def setUp(self) -> None:
        """Nothing is sent yet."""
        self.clock, self.sent = Clock(), list[Message]()
        self.outstanding = Outstanding(10.0, self.clock, limit=3)

    def tearDown(self) -> None:
        """No timer is left."""
        self.outstanding.fail_all("done")
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_confirmed(self) -> None:
        """Each answer goes to the request with its InvokeID, in whatever order they come."""
        first = self.outstanding.send(REQUEST, self.sent.append)
        second = self.outstanding.send(REQUEST, self.sent.append)
        self.assertEqual([message.invoke_id for message in self.sent], [1, 2])  # type: ignore[attr-defined]
        self.assertTrue(self.outstanding.answered(AnswerCallConf(invoke_id=2)))
        self.assertNoResult(first)
        self.assertEqual(self.successResultOf(second), AnswerCallConf(invoke_id=2))
        self.assertTrue(self.outstanding.answered(AnswerCallConf(invoke_id=1)))
        self.successResultOf(first)
        self.assertEqual(len(self.outstanding), 0)

    def test_failures(self) -> None:
        """Both kinds of failure are told with what they say."""
        refused = self.outstanding.send(REQUEST, self.sent.append)
        self.outstanding.answered(
            ControlFailureConf(invoke_id=1, failure_code=28, peripheral_error_code=88013)
        )
        error = self.failureResultOf(refused, ControlFailureError).value
        self.assertEqual((error.failure_code, error.peripheral_error_code), (28, 88013))
        self.assertEqual(str(error), "CF_NO_CALL_TO_ANSWER, peripheral error 88013")
        failed = self.outstanding.send(REQUEST, self.sent.append)
        self.outstanding.answered(FailureConf(invoke_id=2, status=13, text="gone"))
        failure = self.failureResultOf(failed, RequestFailedError).value
        self.assertEqual((failure.status, failure.text), (13, "gone"))
        self.assertEqual(str(failure), "E_CTI_INVALID_CALLID: gone")

    def test_unknown_codes(self) -> None:
        """Codes without a name are told by number."""
        self.assertEqual(str(ControlFailureError(9999)), "failure 9999, peripheral error 0")
        self.assertEqual(str(RequestFailedError(9999)), "status 9999")

    def test_nobody_waits(self) -> None:
        """An answer that nobody waits for, or that is no answer to the request, is not taken."""
        answer = self.outstanding.send(REQUEST, self.sent.append)
        self.assertFalse(self.outstanding.answered(AnswerCallConf(invoke_id=2)))
        self.assertFalse(self.outstanding.answered(HoldCallConf(invoke_id=1)))
        self.assertNoResult(answer)
        self.outstanding.answered(AnswerCallConf(invoke_id=1))
        self.assertFalse(self.outstanding.answered(AnswerCallConf(invoke_id=1)))
        self.successResultOf(answer)

    def test_timeout(self) -> None:
        """A request fails after its time, not before; an answer that is later still is not taken."""
        answer = self.outstanding.send(REQUEST, self.sent.append)
        self.clock.advance(9.9)
        self.assertNoResult(answer)
        self.clock.advance(0.1)
        error = self.failureResultOf(answer, RequestTimeoutError).value
        self.assertEqual(str(error), "AnswerCallReq was not answered within 10 s")
        self.assertFalse(self.outstanding.answered(AnswerCallConf(invoke_id=1)))

    def test_cancelled(self) -> None:
        """A request that its caller cancels is forgotten."""
        answer = self.outstanding.send(REQUEST, self.sent.append)
        answer.cancel()
        self.failureResultOf(answer, CancelledError)
        self.assertEqual(len(self.outstanding), 0)

    def test_link_down(self) -> None:
        """When the session goes, everything that waits fails with the reason."""
        answers = [self.outstanding.send(REQUEST, self.sent.append) for _ in range(3)]
        self.outstanding.fail_all("cut")
        for answer in answers:
            self.assertEqual(str(self.failureResultOf(answer, LinkDownError).value), "cut")

    def test_limit(self) -> None:
        """One request more than may wait is not sent."""
        answers = [self.outstanding.send(REQUEST, self.sent.append) for _ in range(3)]
        error = self.assertRaises(
            TooManyRequestsError, self.outstanding.send, REQUEST, self.sent.append
        )
        self.assertEqual(str(error), "3 requests are unanswered")
        self.assertEqual(len(self.sent), 3)
        for answer in answers:
            answer.addErrback(lambda _: None)

    def test_invoke_ids(self) -> None:
        """InvokeIDs start again after the greatest, without 0 and without those that wait."""
        answer = self.outstanding.send(REQUEST, self.sent.append)
        self.outstanding._latest = 0xFFFFFFFE
        self.assertEqual([self.outstanding.invoke_id() for _ in range(2)], [0xFFFFFFFF, 2])
        answer.addErrback(lambda _: None)

    def test_cannot_be_sent(self) -> None:
        """A request that cannot be sent does not wait."""

        def fail(_message: Message) -> None:
            raise ZeroDivisionError

        self.assertRaises(ZeroDivisionError, self.outstanding.send, REQUEST, fail)
        self.assertEqual(len(self.outstanding), 0)
