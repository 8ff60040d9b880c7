"""`finesse_tx.engine.core.scripts.calendars`: when it is open."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.scripts.calendars import Calendar, Day, Hours, read_day, read_hours

BERLIN = ZoneInfo("Europe/Berlin")


def calendar(*hours: str, closed: tuple[str, ...] = (), zone: str = "UTC") -> Calendar:
    """A calendar as it is written."""
    return Calendar(ZoneInfo(zone), tuple(map(read_hours, hours)), tuple(map(read_day, closed)))


class CalendarTests(SynchronousTestCase):
    """`Calendar`."""

    def check(self, there: Calendar, moment: str, is_open: bool) -> None:
        """Whether it is open at a moment in UTC."""
        when = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        self.assertEqual(there.is_open(when), is_open, moment)

    def test_edges(self) -> None:
        """It opens with the first minute, and closes with the last."""
        there = calendar("Mon-Fri 08:00-18:00", "Sat 9:00-13:00")
        for moment, is_open in (
            ("2026-11-20 07:59:59", False),
            ("2026-11-20 08:00:00", True),
            ("2026-11-20 17:59:59", True),
            ("2026-11-20 18:00:00", False),
            ("2026-11-21 08:59", False),
            ("2026-11-21 12:59", True),
            ("2026-11-22 10:00", False),
        ):
            self.check(there, moment, is_open)

    def test_zone(self) -> None:
        """Hours are the clock's on the wall there, in summer as in winter."""
        there = calendar("daily 08:00-18:00", zone="Europe/Berlin")
        self.check(there, "2026-01-15 07:00", True)
        self.check(there, "2026-01-15 06:59", False)
        self.check(there, "2026-07-15 06:00", True)
        self.check(there, "2026-07-15 05:59", False)

    def test_past_midnight(self) -> None:
        """Hours that end before they begin end on the next day, also on a day that is closed."""
        there = calendar("Fri 22:00-06:00", closed=("2026-11-28",))
        for moment, is_open in (
            ("2026-11-20 21:59", False),
            ("2026-11-20 22:00", True),
            ("2026-11-21 05:59", True),
            ("2026-11-21 06:00", False),
            ("2026-11-28 03:00", True),
            ("2026-11-19 23:00", False),
        ):
            self.check(there, moment, is_open)

    def test_closed(self) -> None:
        """A day may be closed once, or every year."""
        there = calendar("daily 00:00-24:00", closed=("2026-12-24", "12-25", "02-29"))
        for moment, is_open in (
            ("2026-12-24 10:00", False),
            ("2027-12-24 10:00", True),
            ("2026-12-25 23:59", False),
            ("2027-12-25 00:00", False),
            ("2028-02-29 12:00", False),
            ("2027-03-01 00:00", True),
        ):
            self.check(there, moment, is_open)

    def test_words(self) -> None:
        """Days and hours are read as they are written; a week may begin on any day."""
        self.assertEqual(read_hours("Sat-Mon 00:00-24:00"), Hours(frozenset({5, 6, 0}), 0, 24 * 60))
        self.assertEqual(read_hours("wed 9:05-10:00"), Hours(frozenset({2}), 545, 600))
        self.assertEqual(read_day("2026-12-24"), Day(12, 24, 2026))
        for wrong, reason in (
            ("Mon-Fri", "is not such as"),
            ("Mon 8-18", "is not such as"),
            ("Mon 08:00-18:00 ", "is not such as"),
            ("Mo 08:00-18:00", '"mo" is not a day'),
            ("Mon 08:60-18:00", '"08:60" is not a time'),
            ("Mon 08:00-24:01", '"24:01" is not a time'),
            ("Mon 24:00-08:00", "begins at the end"),
            ("Mon 08:00-08:00", "ends where it begins"),
        ):
            error = self.assertRaises(ValueError, read_hours, wrong)
            self.assertIn(reason, str(error))
        for wrong in ("2026-02-29", "13-01", "25.12.", "2026-1-1", ""):
            self.assertRaises(ValueError, read_day, wrong)

    @given(
        st.frozensets(st.integers(0, 6)),
        st.integers(0, 1439),
        st.integers(1, 1439),
        st.integers(0, 7 * 1440 - 1),
    )
    def test_any(self, days: frozenset[int], start: int, length: int, moment: int) -> None:
        """It is open exactly in the minutes that follow each opening, for as long as it is open."""
        end = (start + length) % 1440 if start + length != 1440 else 1440
        there = Calendar(ZoneInfo("UTC"), (Hours(days, start, end),))
        monday = datetime(2026, 11, 16, tzinfo=UTC)
        minutes = {
            (day * 1440 + start + minute) % (7 * 1440) for day in days for minute in range(length)
        }
        self.assertEqual(there.is_open(monday + timedelta(minutes=moment)), moment in minutes)
