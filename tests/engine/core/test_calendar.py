"""`finesse_tx.engine.core.calendar`: days and intervals, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.calendar import Calendar, Period

ZONES = (
    "UTC",
    "Europe/Amsterdam",
    "America/New_York",
    "America/Sao_Paulo",  # until 2019 its clocks went forward at midnight, and back to before it
    "America/Havana",  # midnight comes twice in autumn
    "Asia/Kathmandu",  # 5:45
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Apia",  # left out a whole day in 2011
)
PERIODS = [period for period in Period if period is not Period.SESSION]


def at(text: str) -> float:
    """A moment with a zone."""
    return datetime.fromisoformat(text).timestamp()


class DayTests(SynchronousTestCase):
    """Days."""

    def day(self, zone: str, moment: str) -> tuple[str, float]:
        """When the day begins, in UTC, and how many hours it has."""
        span = Calendar(ZoneInfo(zone)).span(Period.TODAY, at(moment))
        start = datetime.fromtimestamp(span.start, UTC).isoformat()
        return start.removesuffix("+00:00"), (span.end - span.start) / 3600

    def test_days(self) -> None:
        """Ordinary days have 24 hours, those on which clocks change 23 or 25, wherever midnight goes."""
        for zone, moment, start, hours in (
            ("UTC", "2026-11-22T12:00Z", "2026-11-22T00:00:00", 24),
            ("Europe/Amsterdam", "2026-11-22T12:00Z", "2026-11-21T23:00:00", 24),
            ("Europe/Amsterdam", "2026-03-29T12:00Z", "2026-03-28T23:00:00", 23),
            ("Europe/Amsterdam", "2026-10-25T12:00Z", "2026-10-24T22:00:00", 25),
            ("America/New_York", "2026-03-08T12:00Z", "2026-03-08T05:00:00", 23),
            ("America/New_York", "2026-11-01T12:00Z", "2026-11-01T04:00:00", 25),
            ("America/Sao_Paulo", "2018-11-04T12:00Z", "2018-11-04T03:00:00", 23),
            ("America/Sao_Paulo", "2018-02-17T12:00Z", "2018-02-17T02:00:00", 25),
            ("America/Havana", "2026-11-01T12:00Z", "2026-11-01T04:00:00", 25),
        ):
            self.assertEqual(self.day(zone, moment), (start, hours), (zone, moment))

    def test_edges(self) -> None:
        """Midnight belongs to the day that begins."""
        calendar = Calendar(ZoneInfo("Europe/Amsterdam"))
        midnight = at("2026-03-29T00:00+01:00")
        self.assertEqual(calendar.span(Period.TODAY, midnight).start, midnight)
        self.assertEqual(calendar.span(Period.TODAY, midnight - 0.001).end, midnight)


class AnyMomentTests(SynchronousTestCase):
    """Any zone, any moment, any period."""

    @given(
        zone=st.sampled_from(ZONES),
        moment=st.integers(1_290_000_000_000, 1_900_000_000_000).map(lambda ms: ms / 1000),
        period=st.sampled_from(PERIODS),
    )
    def test_partition(self, zone: str, moment: float, period: Period) -> None:
        """Each moment is in one span; the next begins where it ends; they begin on the local clock's multiples."""
        calendar = Calendar(ZoneInfo(zone))
        span = calendar.span(period, moment)
        self.assertTrue(span.start <= moment < span.end)
        for inside in (span.start, (span.start + moment) / 2):
            self.assertEqual(Calendar(ZoneInfo(zone)).span(period, inside), span)
        self.assertEqual(calendar.span(period, span.end).start, span.end)
        if period is not Period.TODAY:
            local = datetime.fromtimestamp(span.start, ZoneInfo(zone))
            self.assertEqual((local.minute * 60 + local.second) % int(period.value), 0)
            self.assertEqual(span.end - span.start, period.value)
