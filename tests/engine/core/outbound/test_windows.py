"""When customers may be called."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.outbound.windows import (
    ALWAYS,
    Window,
    WindowError,
    is_open,
    opens_at,
    parse,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
"""Forward on 2026-03-29 at 02:00, back on 2026-10-25 at 03:00."""

NEW_YORK = ZoneInfo("America/New_York")


def at(text: str) -> float:
    """A moment, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


class WindowTests(SynchronousTestCase):
    """Windows by the customer's clock."""

    def test_parse(self) -> None:
        """A window is days and hours; several are separated by commas, and none is any time."""
        self.assertEqual(
            parse("mon-fri 09:00-20:00, sat 10:00-24:00"),
            (Window(frozenset(range(5)), 540, 1200), Window(frozenset({5}), 600, 1440)),
        )
        self.assertEqual(parse(" "), ALWAYS)

    def test_written_again(self) -> None:
        """What is written of a window is read as the same."""
        for text in ("mon-fri 09:00-20:00", "sun 00:00-24:00"):
            self.assertEqual(", ".join(map(str, parse(text))), text)
        odd = Window(frozenset({0, 2}), 60, 120)
        self.assertEqual(
            parse(str(odd)), (Window(frozenset({0}), 60, 120), Window(frozenset({2}), 60, 120))
        )

    def test_wrong(self) -> None:
        """What is no window is refused, and it is said why."""
        for text, reason in (
            ("nine to five", "is not such as"),
            ("mon-xyz 09:00-10:00", '"xyz" is not one of'),
            ("fri-mon 09:00-10:00", "ends on a day before"),
            ("mon 10:00-10:00", "ends before it begins"),
            ("mon 10:60-11:00", "is no time of day"),
            ("mon 10:00-24:01", "is no time of day"),
        ):
            with self.assertRaises(WindowError) as caught:
                parse(text)
            self.assertIn(reason, str(caught.exception))

    def test_edges(self) -> None:
        """A window has its first minute and not its last, by the customer's clock and not ours."""
        windows = parse("mon 09:00-10:00")
        monday = at("2026-11-23T08:00:00")  # 09:00 in Amsterdam
        for moment, expected in (
            (monday - 1, False),
            (monday, True),
            (monday + 3599, True),
            (monday + 3600, False),
        ):
            self.assertEqual(is_open(windows, AMSTERDAM, moment), expected)
        self.assertFalse(is_open(windows, NEW_YORK, monday))
        self.assertTrue(is_open(windows, NEW_YORK, monday + 6 * 3600))

    def test_summer_and_winter(self) -> None:
        """The same window is an hour earlier in UTC in summer."""
        windows = parse("sun 09:00-10:00")
        for before, opens in (
            ("2026-03-28T12:00:00", "2026-03-29T07:00:00"),
            ("2026-10-24T12:00:00", "2026-10-25T08:00:00"),
        ):
            self.assertEqual(opens_at(windows, AMSTERDAM, at(before)), at(opens))

    def test_never(self) -> None:
        """Without a window nobody is ever called."""
        self.assertIsNone(opens_at((), AMSTERDAM, 0.0))

    @settings(deadline=None, max_examples=60)
    @given(
        st.sampled_from(["2026-03-28T20:00:00", "2026-10-24T20:00:00", "2026-06-10T20:00:00"]),
        st.integers(0, 10 * 60),
        st.integers(0, 1439),
        st.integers(1, 300),
    )
    def test_oracle(self, day: str, minutes: int, start: int, length: int) -> None:
        """When a window opens is what trying every minute finds, also when the clocks are changed."""
        windows = (Window(frozenset(range(7)), start, min(1440, start + length)),)
        utc = at(day) + minutes * 60
        found = next(
            moment
            for moment in (utc + minute * 60 for minute in range(3000))
            if is_open(windows, AMSTERDAM, moment)
        )
        self.assertEqual(opens_at(windows, AMSTERDAM, utc), found)
