"""The link's benchmark."""

from __future__ import annotations

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase, TestCase

from benchmarks.cti_link import Figures, Options, Stopwatch, measure, report
from finesse_tx.cti.core.enums import AgentState
from finesse_tx.cti.core.messages import AgentStateEvent, AnswerCallConf, EndCallEvent

STATE = AgentStateEvent(agent_state=AgentState.TALKING)


class LinkTests(TestCase):
    """The whole centre, small."""

    timeout = 240

    async def _small(self) -> None:
        options = Options(agents=4, times=1000, seconds=0.1, least=100)
        figures = await measure(reactor, options)
        self.assertGreater(figures.calls, 0)
        self.assertGreaterEqual(figures.events, 100)
        self.assertEqual(len(figures.latencies_s), figures.events)
        self.assertEqual(len(figures.plain_latencies_s), figures.pieces)
        self.assertGreater(figures.size, 50 * figures.pieces)
        self.assertIn("engine to model", report(figures, options))

    def test_runs(self) -> Deferred[None]:
        """Calls are made, their events reach the model, and the same writes go through plain protocols."""
        return Deferred.fromCoroutine(self._small())


class FigureTests(SynchronousTestCase):
    """What is made of what was seen."""

    def test_stopwatch(self) -> None:
        """An event is timed from its own publication, whatever was left out before it, and only while it runs."""
        stopwatch = Stopwatch(iter(range(100)).__next__)
        stopwatch.published(STATE)  # 0
        stopwatch.known(STATE)
        stopwatch.running = True
        stopwatch.published(STATE)  # 1
        stopwatch.published(EndCallEvent(connection_call_id=1))  # 2
        stopwatch.known(AnswerCallConf(invoke_id=1))
        stopwatch.known(EndCallEvent(connection_call_id=1))  # 3
        stopwatch.known(STATE)
        self.assertEqual(stopwatch.latencies_s, [1])

    def test_report(self) -> None:
        """Shares, quantiles and ratios."""
        figures = Figures(
            cpu_share=0.2,
            latencies_s=[0.002] * 98 + [0.01] * 2,
            plain_cpu_share=0.05,
            plain_latencies_s=[0.001],
        )
        text = report(figures, Options())
        self.assertIn("400 agents, 120,000 calls/h", text)
        self.assertRegex(text, r"engine to model +20\.0% +2\.00 +10\.00 +10\.00")
        self.assertRegex(text, r"ratio +4\.0 +2\.0")
