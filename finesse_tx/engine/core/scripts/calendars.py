"""When it is open: hours of the week in a time zone, and days on which it is closed.

Spec: issue 4, item 3 (closed hours).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

__all__ = ["Calendar", "Day", "Hours", "read_day", "read_hours"]

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS: Final = re.compile(
    r"(?P<first>[A-Za-z]+)(?:-(?P<last>[A-Za-z]+))?"
    r" (?P<from>\d\d?:\d\d)-(?P<to>\d\d?:\d\d)"
)
_DAY: Final = re.compile(r"(?:(?P<year>\d{4})-)?(?P<month>\d\d)-(?P<day>\d\d)")
_MIDNIGHT: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours on some days of the week.

    Attributes:
        weekdays: The days on which they begin; 0 is Monday.
        start: In minutes since midnight.
        end: Likewise; when it is not after the start, it is on the next day.
    """

    weekdays: frozenset[int]
    start: int
    end: int

    def include(self, weekday: int, minute: int) -> bool:
        """Whether that minute of that day is among them."""
        if self.start < self.end:
            return weekday in self.weekdays and self.start <= minute < self.end
        began_today = weekday in self.weekdays and minute >= self.start
        began_yesterday = (weekday - 1) % 7 in self.weekdays and minute < self.end
        return began_today or began_yesterday


@dataclass(frozen=True, slots=True)
class Day:
    """A day.

    Attributes:
        month: 1 to 12.
        day: 1 to 31.
        year: None for every year.
    """

    month: int
    day: int
    year: int | None = None

    def is_on(self, when: date) -> bool:
        """Whether that is the day."""
        same = (when.month, when.day) == (self.month, self.day)
        return same and self.year in {None, when.year}


@dataclass(frozen=True, slots=True)
class Calendar:
    """When it is open.

    Attributes:
        time_zone: Where.
        hours: When, on any day.
        closed: The days on which it is closed all the same.
    """

    time_zone: ZoneInfo
    hours: tuple[Hours, ...]
    closed: tuple[Day, ...] = ()

    def is_open(self, moment: datetime) -> bool:
        """Whether it is open at a moment, which knows its time zone; hours past midnight are the day's before."""
        local = moment.astimezone(self.time_zone)
        minute = local.hour * 60 + local.minute
        today, yesterday = local.date(), local.date() - timedelta(days=1)
        for hours in self.hours:
            if not hours.include(local.weekday(), minute):
                continue
            past_midnight = hours.end <= hours.start and minute < hours.end
            began = yesterday if past_midnight else today
            if not any(day.is_on(began) for day in self.closed):
                return True
        return False


def read_hours(text: str) -> Hours:
    """Read such as ``Mon-Fri 08:00-18:00``, ``Sat 9:00-13:00``, ``daily 22:00-06:00``.

    Raises:
        ValueError: It is not; the message says what is wrong.
    """
    match = _HOURS.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text}" is not such as "Mon-Fri 08:00-18:00"')
    first = match["first"].lower()
    if first == "daily" and match["last"] is None:
        days = frozenset(range(7))
    else:
        begin, end = _weekday(first), _weekday((match["last"] or first).lower())
        days = frozenset((begin + n) % 7 for n in range((end - begin) % 7 + 1))
    start, stop = _minute(match["from"]), _minute(match["to"])
    if start == _MIDNIGHT:
        raise ValueError(f'"{text}" begins at the end of the day')
    if start == stop:
        raise ValueError(f'"{text}" ends where it begins; a whole day is "00:00-24:00"')
    return Hours(days, start, stop)


def _weekday(name: str) -> int:
    if name not in _DAYS:
        raise ValueError(f'"{name}" is not a day: Mon, Tue, Wed, Thu, Fri, Sat, Sun or daily')
    return _DAYS.index(name)


def _minute(text: str) -> int:
    hour, minute = map(int, text.split(":"))
    if minute > 59 or hour * 60 + minute > _MIDNIGHT:
        raise ValueError(f'"{text}" is not a time of day')
    return hour * 60 + minute


def read_day(text: str) -> Day:
    """Read such as ``2026-12-24``, or ``12-25`` for every year.

    Raises:
        ValueError: There is no such day.
    """
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text}" is not such as "2026-12-24" or "12-25"')
    year, month, day = match["year"], int(match["month"]), int(match["day"])
    try:
        date(int(year or 2024), month, day)  # a leap year
    except ValueError:
        raise ValueError(f'there is no day "{text}"') from None
    return Day(month, day, int(year) if year else None)
