"""The benchmark of the REST API, run small."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.http_client import request
from benchmarks.rest import COOKIELESS, HELLO, USER, Figures, measure, report
from benchmarks.shift import Shift, Signed, begin_shift, shift_report

FOUND = {
    HELLO: Figures(10_000, 0.060, 1.0),
    USER: Figures(5_000, 0.090, 2.0),
    COOKIELESS: Figures(5_000, 0.100, 2.0),
}


class RestTests(SynchronousTestCase):
    """Requests in turns."""

    def test_runs(self) -> None:
        """Each kind of request is answered as it should be; what so few cost is no test's business."""
        found = measure(connections=2, number=8, rounds=1)
        self.assertEqual(list(found), [HELLO, USER, COOKIELESS, "GET SystemInfo", "PUT state"])

    def test_goal(self) -> None:
        """The goal is met at its bound and missed beyond, by processor time alone, with the cookie and without."""
        text, met = report(FOUND)
        self.assertTrue(met)
        self.assertIn("0.60", text)
        for kind in (USER, COOKIELESS):
            slower = FOUND | {kind: Figures(9_000, 0.101, 1.0)}
            self.assertFalse(report(slower)[1])

    def test_request(self) -> None:
        """A request says who asks, and how long its body is."""
        written = request("PUT", "/x", "ann", "finesse", b"<a/>")
        self.assertIn(b"Authorization: Basic YW5uOmZpbmVzc2U=\r\n", written)
        self.assertTrue(written.endswith(b"Content-Length: 4\r\n\r\n<a/>"))


class ShiftTests(SynchronousTestCase):
    """A shift that begins."""

    def test_runs(self) -> None:
        """Everyone gets in, by REST and BOSH, with subscriptions and gadgets."""
        seen = begin_shift(Shift(3, 0.1, 8))
        self.assertEqual((seen.signed_in, seen.faults), (3, set()))
        self.assertGreaterEqual(len(seen.times), 3 * 30)

    def test_bar(self) -> None:
        """Everyone within a minute and p99 under a second meets the bar; anything else does not."""
        shift = Shift(100, 45.0)
        times = [0.1] * 99 + [0.99]
        self.assertTrue(shift_report(Signed(shift, 60.0, 20.0, times, 100))[1])
        for seen in (
            Signed(shift, 60.1, 20.0, times, 100),
            Signed(shift, 60.0, 20.0, times, 99),
            Signed(shift, 60.0, 20.0, [0.1] * 99 + [1.0], 100),
        ):
            text, met = shift_report(seen)
            self.assertFalse(met)
            self.assertIn("MISSED", text)
