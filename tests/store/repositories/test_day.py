"""`finesse_tx.store.repositories.day`: rows, read as the records that they were made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.records import CallRecord
from finesse_tx.store.repositories.day import read_legs, read_states
from finesse_tx.store.repositories.history import add_entries
from tests.support.database import OnPostgreSQL, empty_url, inside
from tests.support.history import EPOCH, RecordedCentre

START = datetime.fromtimestamp(EPOCH, UTC)
END = START + timedelta(days=1)


class DayTests(SynchronousTestCase):
    """A database with three calls."""

    def setUp(self) -> None:
        """Make it."""
        self.url = empty_url(self)
        centre = self.centre = RecordedCentre()
        centre.sign_in(1)
        for answered in (True, False, True):
            call_id = centre.call_in()
            if answered:
                centre.answer(call_id)
            centre.wait(5)
            centre.hang_up(call_id)
        entries = centre.entries
        inside(self.url, lambda session: add_entries(session, "j", 0, len(entries), entries))

    def legs(self, since: datetime = START, next_session: int = 99) -> list[CallRecord]:
        """What is read."""
        return inside(self.url, lambda s: list(read_legs(s, since, END, next_session)))

    def test_legs(self) -> None:
        """Each leg comes with its queues and agents, as it was written last; routing is left out."""
        written = [replace(leg, routing=None, is_complete=True) for leg in self.centre.finished]
        self.assertEqual([len(leg.agents) for leg in written], [1, 1, 1])
        self.assertEqual(self.legs(), written)

    def test_bounds(self) -> None:
        """Legs from a session on, and those that began earlier, are left out."""
        first, second, third = self.legs()
        self.assertEqual(self.legs(next_session=third.call.session_id), [first, second])
        began = datetime.fromtimestamp(second.call.start_date_time / 1000, UTC)
        self.assertEqual(self.legs(began), [second, third])
        self.assertEqual(self.legs(began + timedelta(milliseconds=1)), [third])

    def test_states(self) -> None:
        """Changes of states come in order, within their time."""
        states = inside(self.url, lambda session: list(read_states(session, START, END)))
        self.assertEqual(states, self.centre.states)
        self.assertEqual(inside(self.url, lambda s: list(read_states(s, END, END))), [])


class DayOnPostgreSQLTests(OnPostgreSQL, DayTests):
    """The same on PostgreSQL."""
