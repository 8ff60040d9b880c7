"""`finesse_tx.store.command`: ``finesse-tx db``, on SQLite and on PostgreSQL."""

from __future__ import annotations

import gzip
import io
import os
import sqlite3
from contextlib import closing, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, text
from sqlalchemy.orm import Session
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cli import main
from finesse_tx.home import Home
from finesse_tx.store.core.pending import PENDING, SetCampaignState
from finesse_tx.store.database import make_engine
from finesse_tx.store.journal import Journal
from finesse_tx.store.migrations import HEAD, REVISIONS
from finesse_tx.store.prepare import migrate
from finesse_tx.store.repositories.snapshots import read_snapshot
from finesse_tx.store.tables import TeamRow
from tests.store.test_prepare import CSQS, count, fill, read_all
from tests.support.database import OnPostgreSQL, inside, is_postgresql
from tests.support.postgresql import server
from tests.support.twistd import finesse_tx


class Place:
    """A server's home, and the database that it has.

    Args:
        test: Whose; its case says which kind of database.
        other: The other kind.
    """

    def __init__(self, test: SynchronousTestCase, *, other: bool = False) -> None:
        self.home = Path(test.mktemp()).absolute()
        self.home.mkdir()
        self.more: tuple[str, ...] = ()
        if is_postgresql(test) != other:
            name = server().new_database()
            test.addCleanup(server().drop, name)
            self.url: URL = server().url(name)
            self.more = (f'--set=store.url="{server().written(name)}"',)
        else:
            self.url = URL.create("sqlite", database=str(self.home / "finesse.db"))

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run a command on it: its exit status, and what it says."""
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            status = main(["db", *arguments, "--home", str(self.home), *self.more])
        return status, out.getvalue()

    def fill(self, revision: str = HEAD) -> Place:
        """Put a small centre in."""
        migrate(self.url, revision)
        inside(self.url, partial(fill, revision))
        return self


class CommandCase(SynchronousTestCase):
    """A filled database."""

    def setUp(self) -> None:
        """Fill it."""
        self.place = Place(self).fill()
        self.file = Path(self.mktemp()).absolute()

    def done(self, place: Place, *arguments: str) -> str:
        """Run a command that does it."""
        status, said = place.run(*arguments)
        self.assertEqual((status, said.count("\n")), (0, 1), said)
        self.assertNotIn("horse", said)
        return said

    def refused(self, place: Place, *arguments: str) -> str:
        """Run a command that is refused, in one line."""
        status, said = place.run(*arguments)
        self.assertEqual((status, said.count("\n")), (1, 1), said)
        self.assertNotIn("horse", said)
        return said

    def backup(self, place: Place | None = None) -> str:
        """Back it up."""
        return self.done(place or self.place, "backup", str(self.file))


class BackupTests(CommandCase):
    """``backup`` and ``restore``."""

    def test_round_trip(self) -> None:
        """What a backup has, a new database of either kind gets, down to the last column, and goes on from there."""
        self.assertIn(f'schema "{HEAD}"', self.backup())
        for other in (False, True):
            place = Place(self, other=other)
            self.assertIn(f'schema "{HEAD}"', self.done(place, "restore", str(self.file)))
            self.assertEqual(inside(place.url, count), inside(self.place.url, count))
            again = self.file.with_name(f"again{other}")
            self.done(place, "backup", str(again))
            lines = [gzip.decompress(f.read_bytes()).split(b"\n", 1)[1] for f in (self.file, again)]
            self.assertEqual(sorted(lines[0].split(b"\n")), sorted(lines[1].split(b"\n")))
            inside(place.url, read_all)

            def add(session: Session) -> int:
                team = TeamRow(name="Blue")
                session.add(team)
                session.flush()
                return team.id

            self.assertEqual(inside(place.url, add), 5)

    def test_older(self) -> None:
        """A backup of an older schema is restored, and migrated."""
        for revision in (REVISIONS[0], REVISIONS[3]):
            self.file = self.file.with_name(revision)
            self.backup(Place(self).fill(revision))
            place = Place(self)
            self.done(place, "restore", str(self.file))
            self.assertEqual(inside(place.url, read_snapshot).csqs, CSQS)
            self.assertEqual(place.run("check")[0], 0)

    def test_private(self) -> None:
        """The file is for its owner alone, and says so; without a name it is in the home folder."""
        self.assertIn("keep it private", self.backup())
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
        said = self.done(self.place, "backup")
        (made,) = self.place.home.glob("finesse-*.backup")
        self.assertIn(str(made), said)

    def test_one_moment(self) -> None:
        """Somebody who writes meanwhile is neither waited for nor half in it."""
        engine = make_engine(self.place.url, 1)
        self.addCleanup(engine.dispose)
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO teams (name) VALUES ('Half')"))
            self.backup()
        self.assertNotIn(b"Half", gzip.decompress(self.file.read_bytes()))

    def test_not_over(self) -> None:
        """A file that is there stays, and so do rows, unless one insists; SQLite's old file stays beside."""
        self.backup()
        self.assertIn("is there already", self.refused(self.place, "backup", str(self.file)))
        self.assertIn("--force", self.refused(self.place, "restore", str(self.file)))
        inside(self.place.url, lambda session: session.add(TeamRow(name="Late", id=77)))
        said = self.done(self.place, "restore", "--force", str(self.file))
        self.assertNotIn(
            "Late", [team.name for team in inside(self.place.url, read_snapshot).teams]
        )
        if not is_postgresql(self):
            old = next(self.place.home.glob("finesse.db.before-*"))
            self.assertIn(str(old), said)
            with closing(sqlite3.connect(old)) as database:
                found = database.execute("SELECT name FROM teams WHERE id = 77").fetchall()
            self.assertEqual(found, [("Late",)])
        self.assertEqual(list(self.place.home.glob("*.restoring*")), [])

    def test_cannot_be_written(self) -> None:
        """Where nothing can be written nothing is left, and one line says so."""
        self.assertIn("No such file", self.refused(self.place, "backup", "/nowhere/x"))
        self.assertIn("nothing to back up", self.refused(self.made_empty(), "backup"))

    def made_empty(self) -> Place:
        """A database without tables."""
        place = Place(self)
        inside(place.url, lambda session: session.execute(text("SELECT 1")).close())
        return place

    def test_no_backup(self) -> None:
        """What is none, or of a later version, is refused before anything is touched."""
        for content, reason in (
            (b"PK", "is no backup"),
            (gzip.compress(b"hello\n"), "is no backup of finesse_tx"),
            (self.header(format="finesse_tx backup 2"), "which this finesse_tx cannot read"),
            (self.header(schema="9999"), 'newer than this finesse_tx ("'),
            (self.header(), "is not whole"),
        ):
            self.file.write_bytes(content)
            said = self.refused(self.place, "restore", "--force", str(self.file))
            self.assertIn(reason, said)
        self.assertIn("No such file", self.refused(self.place, "restore", "/nowhere/x"))
        self.assertEqual(inside(self.place.url, read_snapshot).csqs, CSQS)

    def header(self, **values: str) -> bytes:
        """A file with nothing but a header."""
        fields = {
            "format": "finesse_tx backup 1",
            "schema": HEAD,
            "database": "sqlite",
            "made_at": "2026-11-22T18:00:00Z",
            "program": "9.9",
        }
        return gzip.compress(msgspec.json.encode(fields | values) + b"\n")

    def test_does_not_fit(self) -> None:
        """A backup that contradicts itself leaves the database as it was."""
        self.backup()
        data = gzip.decompress(self.file.read_bytes())
        self.file.write_bytes(gzip.compress(data.replace(b'[4,"Red"]', b'[5,"Red"]')))
        self.refused(self.place, "restore", "--force", str(self.file))
        self.assertEqual(inside(self.place.url, read_snapshot).teams[0].id, 4)

    def test_no_text(self) -> None:
        """A backup with bytes that are no text is not whole, or none."""
        self.backup()
        data = gzip.decompress(self.file.read_bytes())
        for word, reason in ((b"Red", "is not whole"), (b"finesse_tx", "is no backup")):
            self.assertIn(word, data)
            self.file.write_bytes(gzip.compress(data.replace(word, b"\xa8")))
            self.assertIn(reason, self.refused(self.place, "restore", "--force", str(self.file)))

    def test_server_runs(self) -> None:
        """Nothing is restored under a server that runs; a backup is made of it."""
        home = Home(self.place.home)
        home.lock()
        self.addCleanup(home.unlock)
        self.backup()
        said = self.refused(self.place, "restore", "--force", str(self.file))
        self.assertIn("is in use by process", said)


class DamagedTests(CommandCase):
    """A backup that the disk has not kept."""

    def setUp(self) -> None:
        """Make one."""
        super().setUp()
        self.backup()
        self.whole, self.rows = self.file.read_bytes(), inside(self.place.url, count)

    @settings(max_examples=40, deadline=None)
    @given(at=st.floats(0, 1, exclude_max=True), flip=st.integers(0, 255))
    def test_damaged(self, at: float, flip: int) -> None:
        """Cut off or changed anywhere, it is refused, or all of it is right; nothing is touched."""
        where = int(at * len(self.whole))
        if flip:
            data = bytearray(self.whole)
            data[where] ^= flip
            self.file.write_bytes(data)
        else:
            self.file.write_bytes(self.whole[:where])
        status, said = self.place.run("restore", str(self.file))
        self.assertEqual((status, said.count("\n")), (1, 1), said)
        self.assertEqual(inside(self.place.url, count), self.rows)


class CheckTests(CommandCase):
    """``check`` and ``upgrade``."""

    def checked(self, place: Place | None = None) -> tuple[int, str]:
        """Check it."""
        return (place or self.place).run("check")

    def test_well(self) -> None:
        """What is well is counted."""
        status, said = self.checked()
        self.assertEqual((status, said.splitlines()[-1]), (0, "no problem found"), said)
        self.assertIn(f'schema "{HEAD}"', said)

    def test_schema(self) -> None:
        """Tables that somebody has changed by hand are told."""
        inside(self.place.url, lambda s: s.execute(text("ALTER TABLE teams ADD extra INTEGER")))
        status, said = self.checked()
        self.assertEqual(status, 1)
        self.assertIn("problem: the schema is not ours: remove_column teams, extra", said)

    def test_history(self) -> None:
        """Parts of calls that are not there are told."""
        inside(self.place.url, lambda s: s.execute(text("DELETE FROM contactcalldetail")))
        status, said = self.checked()
        self.assertEqual(status, 1)
        for table in ("contactqueuedetail", "contactroutingdetail", "agentconnectiondetail"):
            self.assertIn(f"problem: {table}: 1 rows belong to no call", said)

    def test_older(self) -> None:
        """An older schema is no problem, and can be brought up; a second time there is nothing to do."""
        place = Place(self).fill(REVISIONS[4])
        status, said = self.checked(place)
        self.assertEqual(status, 0, said)
        self.assertIn("the next start migrates it", said)
        self.assertIn(f'"{HEAD}", from "{REVISIONS[4]}"', self.done(place, "upgrade"))
        self.assertIn("already", self.done(place, "upgrade"))
        self.assertEqual(self.checked(place)[0], 0)

    def test_newer(self) -> None:
        """A newer schema is none of this version's business."""
        newer = text("UPDATE alembic_version SET version_num = '9999'")
        inside(self.place.url, lambda session: session.execute(newer))
        for action in ("check", "upgrade", "backup"):
            self.assertIn('"9999", newer than', self.refused(self.place, action))

    def test_empty(self) -> None:
        """A database without tables is told from one that is well."""
        place = Place(self)
        inside(place.url, lambda session: session.execute(text("SELECT 1")).close())
        self.assertIn("has no tables yet", self.refused(place, "check"))
        self.assertIn('from "nothing"', self.done(place, "upgrade"))

    def test_journals(self) -> None:
        """What waits is told; a journal that is behind the database has lost its end."""
        journal = Journal(self.place.home / "pending", PENDING, "j", 1 << 20, taken={"j": 12})
        for _ in range(3):
            journal.append(SetCampaignState(1, "PAUSED"))
        journal.close()
        status, said = self.checked()
        self.assertEqual(status, 0)
        self.assertIn("pending: 4 records wait for the database", said)
        further = text("UPDATE journals SET sequence = 99")
        inside(self.place.url, lambda session: session.execute(further))
        status, said = self.checked()
        self.assertEqual(status, 1)
        self.assertIn("ends with record 16, and the database has 99", said)


class SQLiteCheckTests(CommandCase):
    """What only SQLite can have."""

    def test_references(self) -> None:
        """Rows that refer to nothing are told, with their table and column."""
        with closing(sqlite3.connect(str(self.place.url.database))) as database:
            database.execute("DELETE FROM teams")
            database.commit()
        status, said = self.place.run("check")
        self.assertEqual(status, 1)
        self.assertIn("problem: people.team_id: 1 rows refer to nothing in teams", said)

    def test_damaged(self) -> None:
        """A damaged file is told in one line; a backup takes its place all the same."""
        self.backup()
        path = Path(str(self.place.url.database))
        size = path.stat().st_size
        with path.open("r+b") as file:
            for page in range(3, size // 4096, 2):
                os.pwrite(file.fileno(), b"\xff" * 4096, page * 4096)
        status, said = self.place.run("check")
        self.assertEqual(status, 1, said)
        self.assertTrue("malformed" in said or "problem: SQLite" in said, said)
        self.done(self.place, "restore", "--force", str(self.file))
        self.assertEqual(self.place.run("check")[0], 0)

    def test_process(self) -> None:
        """In a process of its own, which has imported nothing else, it knows all tables."""
        ran = finesse_tx("db", "check", "--home", str(self.place.home))
        self.assertEqual((ran.returncode, ran.stderr), (0, ""), ran.stdout)

    def test_nowhere(self) -> None:
        """A home without a database is no place to look; nothing is made there."""
        place = Place(self)
        for action in ("check", "backup", "upgrade"):
            self.assertIn("name the server's home", self.refused(place, action))
        self.assertEqual(list(place.home.iterdir()), [])


class BackupOnPostgreSQLTests(OnPostgreSQL, BackupTests):
    """The same on PostgreSQL."""

    def test_other_node(self) -> None:
        """Nothing is restored while another node works with the database."""
        self.backup()
        engine = make_engine(self.place.url, 1)
        self.addCleanup(engine.dispose)
        with engine.connect():
            said = self.refused(self.place, "restore", "--force", str(self.file))
        self.assertIn("stop every node first", said)


class CheckOnPostgreSQLTests(OnPostgreSQL, CheckTests):
    """The same on PostgreSQL."""
