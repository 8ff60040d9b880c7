"""When a customer may be called, by the customer's own wall clock.

A window is a time of day on some days of the week. Where the clocks are put forward, the window opens with the first
moment that is in it; where they are put back, the hour that comes twice is in it twice.

Spec: ``engine.md`` §4; issue 4, point 4 (time zone windows).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

__all__ = ["ALWAYS", "DAYS", "Window", "WindowError", "is_open", "opens_at", "parse", "written"]

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY_MINUTES: Final = 24 * 60
_MINUTE: Final = 60.0
_SPEC: Final = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? (?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)"
)


class WindowError(ValueError):
    """It is no window."""


@dataclass(frozen=True, slots=True)
class Window:
    """A time of day.

    Attributes:
        days: On which days of the week, 0 for Monday.
        start: From which minute of the day.
        end: To which minute, exclusive; 1440 for midnight.
    """

    days: frozenset[int]
    start: int
    end: int

    def __str__(self) -> str:
        first, last = min(self.days), max(self.days)
        if len(self.days) == last - first + 1:
            days = [DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"]
        else:
            days = [DAYS[day] for day in sorted(self.days)]
        hours = f"{_clock(self.start)}-{_clock(self.end)}"
        return ", ".join(f"{day} {hours}" for day in days)


ALWAYS: Final = (Window(frozenset(range(7)), 0, _DAY_MINUTES),)
"""Any time."""


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def parse(text: str) -> tuple[Window, ...]:
    """Read windows, such as ``mon-fri 09:00-20:00, sat 10:00-16:00``; an empty text is any time.

    Raises:
        WindowError: It says what is wrong.
    """
    if not text.strip():
        return ALWAYS
    return tuple(_parse_one(part.strip()) for part in text.split(","))


def written(windows: Sequence[Window]) -> str:
    """Windows, as `parse` reads them; empty for any time."""
    return "" if tuple(windows) == ALWAYS else ", ".join(map(str, windows))


def _parse_one(text: str) -> Window:
    found = _SPEC.fullmatch(text)
    if found is None:
        raise WindowError(f'"{text}" is not such as "mon-fri 09:00-20:00"')
    for day in (found["first"], found["last"] or found["first"]):
        if day not in DAYS:
            raise WindowError(f'"{day}" is not one of {", ".join(DAYS)}')
    first, last = DAYS.index(found["first"]), DAYS.index(found["last"] or found["first"])
    if last < first:
        raise WindowError(f'"{text}" ends on a day before it begins')
    start, end = (_minute(found[name]) for name in ("start", "end"))
    if start >= end:
        raise WindowError(f'"{text}" ends before it begins; write two windows around midnight')
    return Window(frozenset(range(first, last + 1)), start, end)


def _minute(text: str) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    minute = hours * 60 + minutes
    if minutes > 59 or minute > _DAY_MINUTES:
        raise WindowError(f'"{text}" is no time of day')
    return minute


def is_open(windows: Sequence[Window], zone: tzinfo, utc: float) -> bool:
    """Whether somebody there may be called now."""
    local = datetime.fromtimestamp(utc, UTC).astimezone(zone)
    minute, day = local.hour * 60 + local.minute, local.weekday()
    return any(day in window.days and window.start <= minute < window.end for window in windows)


def opens_at(windows: Sequence[Window], zone: tzinfo, utc: float) -> float | None:
    """When somebody there may be called next: now, or at a whole minute; None when never."""
    if is_open(windows, zone, utc):
        return utc
    found = (
        moment
        for moment in _openings(windows, zone, utc)
        if moment > utc and is_open(windows, zone, moment)
    )
    return min(found, default=None)


def _openings(windows: Sequence[Window], zone: tzinfo, utc: float) -> Iterator[float]:
    """The moments of the next days at which a window may open, in no order."""
    today = datetime.fromtimestamp(utc, UTC).astimezone(zone).replace(tzinfo=None)
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
    for ahead in range(9):  # a week, and a day on either side of it
        day = midnight + timedelta(days=ahead)
        for window in windows:
            if day.weekday() not in window.days:
                continue
            start = day + timedelta(minutes=window.start)
            both = [start.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1)]
            yield from both
            if both[1] < both[0]:  # the clocks jump over it: it opens where they land
                moment = both[1]
                while moment < both[0] and not is_open((window,), zone, moment):
                    moment += _MINUTE
                yield moment
            # A window that the clocks put back into: it opens again where they land.
            yield from _put_back(day, zone, window)


def _put_back(day: datetime, zone: tzinfo, window: Window) -> Iterator[float]:
    """The moment on that day at which clocks that are put back land inside a window."""
    start = day.replace(tzinfo=zone).timestamp()
    end = (day + timedelta(days=1)).replace(tzinfo=zone).timestamp()
    if end - start <= timedelta(days=1).total_seconds():
        return
    moment = start
    while moment < end:
        if not is_open((window,), zone, moment - _MINUTE) and is_open((window,), zone, moment):
            yield moment
        moment += _MINUTE
