"""The benchmark of BOSH: what it makes of the generator's reports. The generator itself is not here."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.bosh import Figures, figures, report

PHASE = {
    "deliveries_per_s": 9_000.0,
    "server_cpu_s_per_1000": 0.1,
    "p99_ms": 3.0,
    "dup_or_out_of_order": 0,
    "publish_errors": 0,
}
OURS = Figures(20_000, 0.02, 500, 1.0, 0.5, 4.0, 0)


class ReportTests(SynchronousTestCase):
    """Reading and judging."""

    def test_figures(self) -> None:
        """The saturated phase gives the deliveries, the other one the latency; all faults count."""
        found = figures(
            {
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
        )
        self.assertEqual(found, Figures(9_000.0, 0.1, 600.0, 2.0, 40.0, 2.0, 6))

    def test_goals(self) -> None:
        """Ratios to ejabberd are judged for the fan-out that was measured; faults always are."""
        text, missed = report({"ours": OURS, "ejabberd": OURS._replace(deliveries=10_000)}, 20)
        self.assertIn("2.00", text)
        self.assertEqual(missed, ["cpu: 1.00 times ejabberd's, not at most 0.7"])
        _text, missed = report({"ours": OURS._replace(faults=1)}, 1)
        self.assertEqual(missed, ["ours: 1 faults"])
