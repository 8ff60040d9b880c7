"""The benchmark of BOSH: what it makes of the generator's reports. The generator itself is not here."""

from __future__ import annotations

from math import isnan

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.bosh import GOALS, Figures, figures, report

PHASE = {
    "deliveries_per_s": 9_000.0,
    "server_cpu_s_per_1000": 0.1,
    "p99_ms": 3.0,
    "dup_or_out_of_order": 0,
    "publish_errors": 0,
}
IDLE = {"kind": "idle", "seconds": 30.0, "server_cpu_s": 3.0}
RUN = {
    "phases": [
        {**PHASE, "kind": "rate", "p99_ms": 2.0, "publish_errors": 1},
        {**PHASE, "kind": "saturate", "dup_or_out_of_order": 2},
    ],
    "logins_per_s": 600.0,
    "login_server_cpu_s": 0.2,
    "up": 100,
    "rss_kib_per_session": 40.0,
    "dead_end": 3,
}
OURS = Figures(20_000, 0.02, 4.0, 500, 1.0, 11.0, 5.0)
THEIRS = Figures(10_000, 0.1, 2.0, 500, 2.0, 90.0, 8.0)


class FiguresTests(SynchronousTestCase):
    """Reading."""

    def test_one_run(self) -> None:
        """The saturated phase gives the deliveries, the other one the latency; all faults count."""
        found = figures(RUN)
        self.assertTrue(isnan(found.idle_percent))
        self.assertEqual(found[:6], (9_000.0, 0.1, 2.0, 600.0, 2.0, 40.0))
        self.assertEqual(found.faults, 6)

    def test_two_runs(self) -> None:
        """Memory and idleness are those of the run before, sign-ins those of the run with the load."""
        first = {**RUN, "phases": [IDLE], "rss_kib_per_session": 9.0, "logins_per_s": 50.0}
        found = figures(RUN, first)
        self.assertEqual((found.memory_kib, found.idle_percent), (9.0, 10.0))
        self.assertEqual((found.sign_ins, found.deliveries), (600.0, 9_000.0))

    def test_no_load(self) -> None:
        """What was not measured is no number."""
        found = figures({**RUN, "phases": [IDLE]})
        self.assertTrue(all(map(isnan, found[:3])))


class ReportTests(SynchronousTestCase):
    """Judging."""

    def test_met_and_missed(self) -> None:
        """Each goal is judged where its figures are there: missed, met, or as good as was hoped."""
        found = {"ours": OURS, "ejabberd": THEIRS, "websocket": Figures(30_000, 0.01)}
        text, judged, missed = report(found, 20, 10_000)
        self.assertIn("2.00", text)
        words = [line.split(":")[0].strip() for line in judged]
        self.assertEqual(words, ["met", "aim met", "met", "met", "aim met", "MISSED"])
        self.assertEqual(len(missed), 1)
        self.assertIn("0.50", missed[0])

    def test_where_it_is_judged(self) -> None:
        """Goals of another fan-out, of more sessions, or beside who is not there are left out."""
        self.assertEqual(report({"ours": OURS}, 5, 500)[1], [f"     met: {GOALS[6]}: 11.00"])
        _text, judged, missed = report({"ours": OURS, "ejabberd": THEIRS}, 1, 500)
        self.assertEqual(len(judged), 4)
        self.assertEqual(missed, [])

    def test_faults(self) -> None:
        """Faults are always missed, whoever has them."""
        found = {"ours": OURS._replace(faults=1)}
        self.assertEqual(report(found, 5)[2], ["ours: 1 faults"])
