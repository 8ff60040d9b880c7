"""Days and intervals of a place: where they begin and end, in seconds since 1970.

A day goes from local midnight to the next, whatever the clocks do meanwhile: it may have 23 or 25 hours. Where midnight
is left out, the day begins with its first moment; where it comes twice, with the first one. Intervals begin at whole
multiples of their length on the local clock.

Spec: ``engine.md`` §5 ("today" starts at local midnight of the engine).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum
from typing import Final, NamedTuple

__all__ = ["INTERVALS", "Calendar", "Period", "Span"]


class Period(Enum):
    """For how long something is counted."""

    SESSION = "since sign-in"
    TODAY = "since midnight"
    FIVE_MINUTES = 300
    QUARTER_HOUR = 900
    HALF_HOUR = 1800


INTERVALS: Final = (Period.QUARTER_HOUR, Period.HALF_HOUR)
"""What reports by interval may have."""


class Span(NamedTuple):
    """A time.

    Attributes:
        start: Its first moment.
        end: The first moment after it.
    """

    start: float
    end: float


class Calendar:
    """The calendar of a place.

    Args:
        zone: Its time zone.
    """

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._latest: dict[Period, Span] = {}  # everybody asks about the same moment

    def span(self, period: Period, at: float) -> Span:
        """The day or the interval in which a moment lies; a session has neither beginning nor end here."""
        latest = self._latest.get(period)
        if latest is None or not latest.start <= at < latest.end:
            latest = self._latest[period] = self._find(period, at)
        return latest

    def _find(self, period: Period, at: float) -> Span:
        if period is Period.SESSION:
            return Span(float("-inf"), float("inf"))
        local = datetime.fromtimestamp(at, UTC).astimezone(self._zone)
        if period is Period.TODAY:
            today = datetime(local.year, local.month, local.day)
            return Span(self._midnight(today), self._midnight(today + timedelta(days=1)))
        length = int(period.value)
        into = (local.minute * 60 + local.second) % length + at % 1
        return Span(at - into, at - into + length)

    def _midnight(self, day: datetime) -> float:
        return day.replace(tzinfo=self._zone).timestamp()
