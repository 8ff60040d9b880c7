"""What is counted, as plain data."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.counters import (
    Ended,
    LinkCounters,
    ServerCounters,
    ServerStatus,
    SessionKind,
    Tally,
    Traffic,
    status_name,
)
from finesse_tx.cti.core.enums import ControlFailureCode, StatusCode
from finesse_tx.cti.core.messages import (
    AnswerCallConf,
    AnswerCallReq,
    ControlFailureConf,
    FailureConf,
)

KIND = SessionKind("bridge", "uccx", 14)


class TallyTests(SynchronousTestCase):
    """One connection."""

    def setUp(self) -> None:
        """A new one."""
        self.totals = ServerCounters()
        self.tally = Tally(self.totals)

    def test_session(self) -> None:
        """A session is counted while it is open, and for good; so is what was asked in it."""
        self.tally.opened(KIND, 5.0)
        self.assertEqual((self.totals.opened, self.totals.open_now), ({KIND: 1}, {KIND: 1}))
        self.tally.asked(AnswerCallReq(connection_call_id=1))
        for answer in (
            AnswerCallConf(invoke_id=1),
            FailureConf(invoke_id=1, status=8),
            ControlFailureConf(invoke_id=1, failure_code=71),
        ):
            self.tally.answered(answer)
        self.tally.told()
        found = (self.tally.requests, self.tally.failures, self.tally.events)
        self.assertEqual(found, (1, 2, 1))
        self.assertEqual(self.totals.requests, {"ANSWER_CALL_REQ": 1})
        self.assertEqual(self.totals.failures, {"E_CTI_INVALID_AGENT_DATA": 1})
        self.assertEqual(self.totals.control_failures, {"CF_GENERIC_OPERATION_REJECTION": 1})
        self.assertIs(self.tally.ended(Traffic(10, 20, 30)), Ended.LOST)
        self.assertEqual((self.totals.opened, self.totals.open_now), ({KIND: 1}, {}))
        self.assertEqual((self.totals.received, self.totals.sent), (10, 20))

    def test_no_session(self) -> None:
        """A connection that never had one is counted among the ended alone."""
        self.tally.refused(36)
        self.tally.ending(Ended.NOT_OPENED)
        self.tally.ended(Traffic())
        self.assertEqual(self.totals.refused, {"E_CTI_INVALID_PASSWORD": 1})
        self.assertEqual(self.totals.ended, {Ended.NOT_OPENED: 1})
        self.assertEqual((self.totals.opened, self.totals.open_now), ({}, {}))

    def test_first_cause(self) -> None:
        """Of several causes the first counts: the others follow from it."""
        for cause in Ended:
            tally = Tally(self.totals)
            tally.ending(cause)
            tally.ending(Ended.LOST)
            self.assertIs(tally.ended(Traffic()), cause)
        self.assertEqual(self.totals.ended, dict.fromkeys(Ended, 1))


class NameTests(SynchronousTestCase):
    """Statuses as labels."""

    @given(st.integers(0, 0xFFFFFFFF))
    def test_bounded(self, status: int) -> None:
        """Whatever a peer sends, the label is a name of the reference or UNKNOWN."""
        names = {code.name for code in StatusCode} | {"UNKNOWN"}
        self.assertIn(status_name(status), names)
        names = {code.name for code in ControlFailureCode} | {"UNKNOWN"}
        self.assertIn(status_name(status, ControlFailureCode), names)


class StatusTests(SynchronousTestCase):
    """How a server is."""

    def test_stock(self) -> None:
        """Live connections are added to those that have ended; the longest queue is one client's."""
        counters = ServerCounters(received=1, sent=2)
        status = ServerStatus.of(counters, [Traffic(10, 20, 5), Traffic(100, 200, 7)], 3)
        self.assertEqual((status.counters.received, status.counters.sent), (111, 222))
        found = (status.connections, status.unanswered, status.waiting_bytes, status.longest_queue)
        self.assertEqual(found, (2, 3, 12, 7))
        self.assertEqual(ServerStatus.of(counters, [], 0).longest_queue, 0)

    def test_copy(self) -> None:
        """A status stays what it was."""
        counters = ServerCounters()
        status = ServerStatus.of(counters, [], 0)
        counters.opened[KIND] += 1
        self.assertEqual(status.counters.opened, {})

    def test_reconnects(self) -> None:
        """The first session is no reconnect, each further one is, in whatever version."""
        counters = LinkCounters()
        self.assertEqual(counters.reconnects, 0)
        for number, version in enumerate((16, 14, 14)):
            counters.opened[KIND._replace(version=version)] += 1
            self.assertEqual((counters.sessions, counters.reconnects), (number + 1, number))

    def test_lost(self) -> None:
        """A session that we have closed is not lost; every other end is a loss."""
        counters = LinkCounters()
        for cause in Ended:
            counters.ended[cause] += 1
        self.assertEqual(counters.sessions_lost, len(Ended) - 1)
