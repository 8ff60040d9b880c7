"""The engine's benchmark."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from benchmarks import engine
from benchmarks.engine import Figures, is_people, measure, report, verdicts
from tests.support.compiled import is_compiled, sources

FEW = Figures(100, 60.0, 0.5, 50, 45, 900, 20_000.0, 600.0)
MANY = Figures(10_000, 60.0, 3.0, 5_000, 4_500, 90_000, 10_000.0, 900.0)


class EngineTests(SynchronousTestCase):
    """Simulated days."""

    def test_runs(self) -> None:
        """A small day has calls that are answered, and their events; what it costs is no test's business."""
        figures = measure(10, 120.0, 3, 1)
        self.assertGreater(figures.calls, 2)
        self.assertGreater(figures.events, 10 * figures.calls)
        self.assertGreaterEqual(figures.answered, figures.calls // 2)
        self.assertEqual((figures.agents, figures.simulated_s), (10, 120.0))

    def test_people(self) -> None:
        """A customer at work is load and the engine is not; a library's work is that of who calls it."""
        frames: list[FrameType] = []

        def caller(path: str, called: Callable[[], None]) -> Callable[[], None]:
            """A function of that file that calls another one."""
            scope: dict[str, Any] = {"called": called}
            exec(compile("def run():\n    called()", path, "exec"), scope)
            run: Callable[[], None] = scope["run"]
            return run

        def look() -> None:
            frames.append(sys._getframe(1))

        library = caller("/python/json/encoder.py", look)
        customers = "/x/finesse_tx/telephony/customers.py"
        for path in (customers, "/x/finesse_tx/scenario/play.py", "/x/finesse_tx/engine/core/a.py"):
            caller(path, look)()
            caller(path, library)()
        caller("/python/json/encoder.py", caller("/y/other.py", look))()
        self.assertEqual(list(map(is_people, frames)), [True] * 4 + [False] * 3)
        self.assertFalse(is_people(None))

    def test_goals(self) -> None:
        """The goals are met at their bounds and missed beyond, and compare most agents with fewest."""
        self.assertEqual([met for _, met in verdicts([MANY, FEW])], [True, True])
        slow, grown = replace(MANY, cpu_s=3.01), replace(MANY, route_us=901.0)
        self.assertEqual([met for _, met in verdicts([FEW, slow])], [False, True])
        self.assertEqual([met for _, met in verdicts([FEW, grown])], [True, False])

    def test_report(self) -> None:
        """A line for what is measured, one for each size, and one for each goal."""
        lines = report([FEW, MANY]).splitlines()
        self.assertEqual(len(lines), 6)
        self.assertIn("20.0 times real time", lines[4])
        self.assertIn("1.50 times as long", lines[5])

    def test_build(self) -> None:
        """It is said how many modules are compiled, of those that have been imported."""
        compiled = sum(map(is_compiled, {each for each in sources() if each in sys.modules}))
        self.assertIn(f", {compiled or 'none'} of ", report([FEW, MANY]).splitlines()[0])

    def test_check(self) -> None:
        """Only with ``--check`` a missed goal is a failure; each size is measured once."""
        asked: list[int] = []

        def apart(agents: int, *_: object) -> Figures:
            asked.append(agents)
            return FEW if agents == 100 else replace(MANY, cpu_s=30.0)

        self.patch(engine, "measure_apart", apart)
        self.patch(sys, "stdout", io.StringIO())
        self.patch(sys, "stderr", err := io.StringIO())
        self.assertEqual(engine.main([]), 0)
        self.assertEqual(asked, [100, 400, 2_000, 10_000])
        self.assertEqual(engine.main(["--agents", "100", "10000", "--check"]), 1)
        self.assertIn("a goal is missed", err.getvalue())

    def test_apart(self) -> None:
        """A size that is measured in a process of its own comes back whole: the same day, whatever it cost there."""
        here, apart = (
            replace(measured(5, 60.0, 1, 1), cpu_s=0.0, agent_bytes=0.0, route_us=0.0, load=0.0)
            for measured in (measure, engine.measure_apart)
        )
        self.assertEqual(apart, here)
