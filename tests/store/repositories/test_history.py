"""`finesse_tx.store.repositories.history`: the history's rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.records import TABLES, Entry, HistoryMark
from finesse_tx.store.repositories.history import add_entries, purge, read_mark, read_rows
from tests.support.database import OnPostgreSQL, empty_url, inside
from tests.support.history import EPOCH, RecordedCentre, call_entry

START = datetime.fromtimestamp(EPOCH, UTC)
ALWAYS = START - timedelta(days=9999), START + timedelta(days=9999)


def handled() -> list[Entry]:
    """Everything that is written of a call that was queued, answered and wrapped up."""
    centre = RecordedCentre()
    centre.sign_in(1)
    call_id = centre.call_in()
    centre.answer(call_id)
    centre.wait(5)
    centre.hang_up(call_id)
    return centre.entries


class HistoryCase(SynchronousTestCase):
    """A database."""

    def setUp(self) -> None:
        """Make it."""
        self.url = empty_url(self)

    def add(self, after: int, last: int, *entries: Entry, journal: str = "j") -> int:
        """Add records."""
        return inside(self.url, lambda session: add_entries(session, journal, after, last, entries))

    def rows(
        self, table: str, since: datetime = ALWAYS[0], until: datetime = ALWAYS[1]
    ) -> list[dict[str, Any]]:
        """A table's rows."""
        return inside(self.url, lambda session: list(read_rows(session, table, since, until)))

    def sessions(self, table: str = "ContactCallDetail") -> list[int]:
        """Which calls there are."""
        return [row["session_id"] for row in self.rows(table)]


class AddTests(HistoryCase):
    """Exactly once."""

    def test_every_table(self) -> None:
        """What is written of a handled call is in all five tables, as it was."""
        entries = handled()
        self.add(0, 9, *entries)
        (record,) = [call for entry in entries for call in entry.calls]
        for name, rows in {
            "ContactCallDetail": [record.call],
            "ContactQueueDetail": record.queues,
            "ContactRoutingDetail": [record.routing],
            "AgentConnectionDetail": record.agents,
            "AgentStateDetail": [state for entry in entries for state in entry.states],
        }.items():
            found = self.rows(name)
            self.assertEqual(len(found), len(rows))
            for row, wanted in zip(found, rows, strict=True):
                for field, value in row.items():
                    is_time = isinstance(value, datetime)
                    plain = round(value.timestamp() * 1000) if is_time else value
                    self.assertEqual(plain, getattr(wanted, field), field)

    def test_once(self) -> None:
        """The same records again, or from elsewhere than the position, change nothing and tell the position."""
        self.assertEqual(self.add(0, 3, call_entry(1), call_entry(2)), 3)
        self.assertEqual(self.add(0, 3, call_entry(1), call_entry(2)), 3)
        self.assertEqual(self.add(4, 5, call_entry(5)), 3)
        self.assertEqual(self.sessions(), [1, 2])
        self.assertEqual(self.add(3, 4, call_entry(3)), 4)
        self.assertEqual(self.sessions(), [1, 2, 3])

    def test_undone(self) -> None:
        """When a transaction fails, neither the rows nor the position are there."""
        bad = call_entry(2, destination_dn=object())
        self.assertRaises(ProgrammingError, self.add, 0, 3, call_entry(1), bad)
        self.assertEqual(self.sessions(), [])
        self.assertEqual(self.add(0, 3, call_entry(1)), 3)

    def test_completed(self) -> None:
        """What comes again after after-call work takes the place of what came first."""
        first = call_entry(1)
        self.add(0, 2, first, call_entry(1, custom_variable3="late"))
        self.add(2, 3, call_entry(1, custom_variable3="later"))
        self.assertEqual(
            [row["custom_variable3"] for row in self.rows("ContactCallDetail")], ["later"]
        )

    def test_nul(self) -> None:
        """A NUL, which no text of PostgreSQL may have, is left out."""
        self.add(0, 2, call_entry(1, custom_variable1="a\0b"))
        self.assertEqual(self.rows("ContactCallDetail")[0]["custom_variable1"], "ab")

    def test_long(self) -> None:
        """However long a text is, it is kept: one call must not hold up all others."""
        self.add(0, 2, call_entry(1, application_name="x" * 5000))
        self.assertEqual(len(self.rows("ContactCallDetail")[0]["application_name"]), 5000)

    def test_mark(self) -> None:
        """The next session is after all others, and each journal has its own position."""
        self.assertEqual(inside(self.url, read_mark), HistoryMark(1, {}))
        self.add(0, 7, call_entry(41))
        self.add(0, 3, call_entry(17), journal="other")
        self.assertEqual(inside(self.url, read_mark), HistoryMark(42, {"j": 7, "other": 3}))


class ReadTests(HistoryCase):
    """Rows of a time."""

    def test_span(self) -> None:
        """A row belongs to a time from its first moment to just before its last; queues go by their call."""
        hour = timedelta(hours=1)
        self.add(0, 5, *(call_entry(10 + n, EPOCH + 3600 * n) for n in (3, 1, 2)), *handled())
        found = self.rows("ContactCallDetail", START + hour, START + 3 * hour)
        self.assertEqual([row["session_id"] for row in found], [11, 12])
        self.assertEqual(found[0]["start_date_time"], START + hour)
        later = START + timedelta(seconds=1001)
        for table in TABLES:
            if table != "AgentStateDetail":
                self.assertTrue(self.rows(table, START, START + hour), table)
                self.assertEqual(self.rows(table, later + 4 * hour, later + 5 * hour), [], table)

    def test_vendor_sql(self) -> None:
        """The SQL of a known report finds its tables and columns, whatever case it writes them in."""
        self.add(0, 9, *handled())
        query = (
            "SELECT ccd.originatorDN, acd.talkTime, cqd.metServiceLevel FROM ContactCallDetail ccd "
            "JOIN AgentConnectionDetail acd ON acd.sessionID = ccd.sessionID "
            "AND acd.sessionSeqNum = ccd.sessionSeqNum AND acd.nodeID = ccd.nodeID "
            "JOIN ContactQueueDetail cqd ON cqd.sessionID = ccd.sessionID "
            "WHERE ccd.contactDisposition = 2 AND cqd.disposition = 2"
        )
        found = inside(self.url, lambda session: session.execute(text(query)).all())
        self.assertEqual([tuple(row) for row in found], [("0612345678", 5, 1)])


class PurgeTests(HistoryCase):
    """What is too old."""

    def test_purge(self) -> None:
        """Calls and states from before the moment go, with all that belongs to them; one on the moment stays."""
        self.add(0, 5, *handled())
        moment = EPOCH + 7200
        self.add(5, 7, call_entry(2, moment), call_entry(3, moment + 1))
        before = START + timedelta(seconds=7200)
        self.assertGreater(inside(self.url, lambda session: purge(session, before)), 6)
        self.assertEqual(self.sessions(), [2, 3])
        for table in ("AgentStateDetail", "AgentConnectionDetail", "ContactQueueDetail"):
            self.assertEqual(self.rows(table), [])
        self.assertEqual(inside(self.url, lambda session: purge(session, before)), 0)

    def test_bit_by_bit(self) -> None:
        """One transaction takes so many sessions and states and no more; in the end nothing is left."""
        states = [replace(state, reason_code=0) for entry in handled() for state in entry.states]
        self.add(0, 9, *(call_entry(n, EPOCH + n) for n in range(1, 8)), Entry(9, tuple(states)))
        counts = []
        while count := inside(self.url, lambda session: purge(session, ALWAYS[1], 3)):
            counts.append(count)
        self.assertEqual(counts, [6, 6, 1] if len(states) == 6 else counts)
        self.assertEqual((self.sessions(), self.rows("AgentStateDetail")), ([], []))


class AddOnPostgreSQLTests(OnPostgreSQL, AddTests):
    """The same on PostgreSQL."""


class ReadOnPostgreSQLTests(OnPostgreSQL, ReadTests):
    """The same on PostgreSQL."""


class PurgeOnPostgreSQLTests(OnPostgreSQL, PurgeTests):
    """The same on PostgreSQL."""
