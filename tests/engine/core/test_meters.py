"""`finesse_tx.engine.core.meters`: any period's figures, against a count of what happened in it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.calendar import Calendar, Period, Span
from finesse_tx.engine.core.meters import Meter
from tests.support.compiled import is_compiled

START = 1_774_741_000.0
"""Half an hour before midnight in Amsterdam, of the day on which its clocks go forward."""

PERIODS = (Period.TODAY, Period.FIVE_MINUTES, Period.QUARTER_HOUR, Period.HALF_HOUR)

STEPS = st.lists(
    st.tuples(
        st.one_of(st.floats(0, 400), st.floats(0, 4_000), st.floats(0, 200_000)),
        st.integers(0, 3),
        st.integers(0, 4),
    ),
    max_size=12,
)
"""How long nothing happens, how much is counted then, and which level there is from then on."""


@dataclass(slots=True)
class Figures:
    """What is counted, and what lasts."""

    count: int = 0
    time: float = 0.0


@dataclass(slots=True)
class Longest:
    """The most that was counted at once."""

    count: float = 0.0


class LevelMeter(Meter[Figures, Longest]):
    """Counts time times a level."""

    level = 0

    def accrue(self, seconds: float) -> None:
        """So much of it."""
        self.total.time += seconds * self.level


class Oracle:
    """Remembers everything."""

    def __init__(self) -> None:
        self.counts: list[tuple[float, int]] = []
        self.levels: list[tuple[float, int]] = [(START, 0)]

    def figures(self, span: Span, now: float) -> tuple[int, float]:
        """Count what was in a span."""
        count = sum(n for at, n in self.counts if span.start <= at < span.end)
        time = 0.0
        ends = [at for at, _ in self.levels[1:]] + [now]
        for (start, level), end in zip(self.levels, ends, strict=True):
            time += level * max(0.0, min(end, span.end, now) - max(start, span.start))
        return count, time

    def longest(self, span: Span) -> int:
        """The most that was counted at once in a span."""
        return max((n for at, n in self.counts if span.start <= at < span.end), default=0)


class MeterTests(SynchronousTestCase):
    """A meter."""

    if is_compiled("finesse_tx.engine.core.meters"):
        skip = "a compiled class cannot be the base of one that is not; `test_statistics` has those that are"

    @given(steps=STEPS, zone=st.sampled_from(["UTC", "Europe/Amsterdam", "Asia/Kathmandu"]))
    def test_oracle(self, steps: list[tuple[float, int, int]], zone: str) -> None:
        """For every period and the one before it, however long nothing happened, the figures are what was in it."""
        calendar, oracle, now = Calendar(ZoneInfo(zone)), Oracle(), START
        meter = LevelMeter(calendar, PERIODS, Figures, Longest, START)
        for pause, count, level in steps:
            now += pause
            meter.advance(now)
            meter.total.count += count
            meter.took("count", count)
            meter.level = level
            oracle.counts.append((now, count))
            oracle.levels.append((now, level))
        for period in PERIODS:
            span = calendar.span(period, now)
            figures = meter.figures(period, now)
            count, time = oracle.figures(span, now)
            self.assertEqual(figures.count, count)
            self.assertAlmostEqual(figures.time, time, 3)
            self.assertEqual(meter.longest(period, now).count, oracle.longest(span))
            before = calendar.span(period, span.start - 0.001)
            last, longest = meter.last(period, now)
            count, time = oracle.figures(before, now)
            self.assertEqual((last.count, longest.count), (count, oracle.longest(before)))
            self.assertAlmostEqual(last.time, time, 3)

    def test_session(self) -> None:
        """A session begins when it is said to, and has no end."""
        meter = LevelMeter(Calendar(ZoneInfo("UTC")), [Period.SESSION], Figures, Longest, START)
        meter.total.count += 5
        meter.restart(Period.SESSION, START + 10)
        meter.level = 2
        figures = meter.figures(Period.SESSION, START + 1_000_010)
        self.assertEqual((figures.count, figures.time), (0, 2_000_000))

    def test_lasted(self) -> None:
        """Something that began before a period counts in it for what was in it."""
        meter = LevelMeter(
            Calendar(ZoneInfo("UTC")),
            [Period.FIVE_MINUTES, Period.HALF_HOUR],
            Figures,
            Longest,
            1_800.0,
        )
        meter.advance(2_150.0)
        meter.lasted("count", 300.0)
        self.assertEqual(meter.longest(Period.HALF_HOUR, 2_150.0).count, 300)
        self.assertEqual(meter.longest(Period.FIVE_MINUTES, 2_150.0).count, 50)
