"""The benchmark of the desktop, run small."""

from __future__ import annotations

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.desktop import Seen, measure, report
from tests.support.debian import needs
from tests.support.libraries import have_libraries

SEEN = Seen(
    400,
    empty_s=[0.05],
    fresh_s=[1.4, 1.49, 1.9],
    opened_s=[0.7, 0.8, 0.9],
    whole_s=[1.0],
    busy_s=[0.2],
    screen_ms=[40.0] * 19 + [149.0],
    states_per_s=90.0,
    long_ms=[100.0],
    empty_long_ms=[],
    heap_mib=[5.0, 6.0, 6.1, 6.2, 6.6],
    nodes=[500, 600, 600, 600, 600],
)


class DesktopTests(SynchronousTestCase):
    """What is measured, and how it is judged."""

    def test_runs(self) -> None:
        """A desktop is opened, called and looked at, each as often as was asked for; how fast is no test's business."""
        needs("chromium", "chromium")
        have_libraries()
        seen = measure(agents=3, rounds=1, calls=4, seconds=1.0)
        for times in (seen.empty_s, seen.fresh_s, seen.opened_s, seen.whole_s, seen.busy_s):
            self.assertEqual(len(times), 1)
        self.assertEqual((len(seen.screen_ms), len(seen.heap_mib), len(seen.nodes)), (4, 5, 5))
        self.assertIn("gadgets", report(seen)[0])

    def test_goals(self) -> None:
        """Each goal is met at its bound and missed beyond."""
        text, met = report(SEEN)
        self.assertTrue(met, text)
        for worse in (
            replace(SEEN, fresh_s=[1.4, 1.5, 1.5]),
            replace(SEEN, opened_s=[1.5]),
            replace(SEEN, screen_ms=[40.0] * 18 + [150.0, 150.0]),
            replace(SEEN, states_per_s=89.0),
            replace(SEEN, long_ms=[101.0]),
            replace(SEEN, heap_mib=[5.0, 6.0, 6.1, 6.2, 6.7]),
            replace(SEEN, nodes=[500, 600, 600, 600, 661]),
        ):
            text, met = report(worse)
            self.assertFalse(met, text)
            self.assertEqual(text.count("MISSED"), 1)
