"""`finesse_tx.store.prepare` and the migrations."""

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import URL, CheckConstraint, insert, inspect, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable
from twisted.trial.unittest import SynchronousTestCase

import finesse_tx.store.migrations
from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.queues import Competence, RequiredSkill, Skill, SkillPool
from finesse_tx.directory.core.reason_codes import CCE_SYSTEM_CODES, SYSTEM_CODES
from finesse_tx.directory.core.records import (
    CSQ,
    Person,
    ReasonCategory,
    Role,
)
from finesse_tx.engine.core.records import TABLES
from finesse_tx.errors import StartError
from finesse_tx.store.database import make_engine
from finesse_tx.store.migrations import HEAD, REVISIONS
from finesse_tx.store.prepare import migrate, prepare
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.axl import read_objects
from finesse_tx.store.repositories.campaigns import read_campaigns, read_records
from finesse_tx.store.repositories.history import read_mark, read_rows
from finesse_tx.store.repositories.passwords import read_verifiers
from finesse_tx.store.repositories.reason_codes import add_system_codes
from finesse_tx.store.repositories.settings import read_settings
from finesse_tx.store.repositories.snapshots import read_snapshot
from finesse_tx.store.repositories.tasks import read_media, read_tasks
from finesse_tx.store.repositories.team_messages import read_messages
from finesse_tx.store.schema import METADATA, MODULES
from finesse_tx.store.tables import PersonSkillRow, ReasonCodeRow
from tests.support.database import OnPostgreSQL, empty_url, inside, new_url, prepared_url
from tests.support.revisions import rows_of

AGAIN = """
import sys
from sqlalchemy import make_url
from finesse_tx.store.prepare import prepare
prepare(make_url(sys.argv[1]))
sys.exit("alembic" in sys.modules)
"""
"""A start, which must not import alembic."""

START = """
import sys
from sqlalchemy import make_url
from finesse_tx.store.prepare import prepare
prepare(make_url(sys.argv[1]))
"""
"""A start."""

PEOPLE = {
    Person(
        "ann",
        "Ann",
        "Ann",
        "Lee",
        "1001",
        frozenset({Role.AGENT}),
        4,
        competences=(Competence(1, 5), Competence(2, 5)),
    ),
    Person(
        "bob", "Bob", "Bob", "Ray", "", frozenset({Role.AGENT}), competences=(Competence(2, 5),)
    ),
    Person("eve", "Ève", "Ève", "Roux", "2001", frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})),
}
CSQS = (
    CSQ(2, "Sales", False, 0, 5, pool=SkillPool((RequiredSkill(1),))),
    CSQ(7, "Support", True, 15, 20, pool=SkillPool((RequiredSkill(2),))),
    CSQ(9, "Nobody's", False, 0, 5, pool=SkillPool((RequiredSkill(3),))),
)
"""Who and what is in `rows_of` every revision."""

GONE = {"0001": {"csq_members"}}
"""The tables of a revision that a later one has replaced."""


def fill(revision: str, session: Session) -> None:
    """Put the rows of a revision in."""
    for statement in rows_of(revision):
        session.connection().exec_driver_sql(statement)


def count(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    tables = set(inspect(session.connection()).get_table_names()) - {"alembic_version"}
    return {
        table: session.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # our own
        for table in sorted(tables)
    }


def read_all(session: Session) -> None:
    """Read whatever a start reads, and what the commands list."""
    read_settings(session)
    read_messages(session)
    read_tasks(session)
    read_media(session)
    read_mark(session)
    for campaign in read_campaigns(session):
        read_records(session, campaign.id)
    for table in TABLES:
        list(
            read_rows(
                session, table, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
            )
        )
    read_verifiers(session)
    read_tasks(session)
    read_media(session)
    read_objects(session)


def version(url: URL) -> object:
    """The schema's revision, as alembic wrote it."""
    return inside(
        url, lambda session: session.scalar(text("SELECT version_num FROM alembic_version"))
    )


class MigrationTests(SynchronousTestCase):
    """The schema's history."""

    def test_revisions(self) -> None:
        """`REVISIONS` are alembic's, in its order."""
        config = Config()
        folder = Path(finesse_tx.store.migrations.__file__).parent
        config.set_main_option("script_location", str(folder))
        found = ScriptDirectory.from_config(config).walk_revisions()
        self.assertEqual(tuple(script.revision for script in found)[::-1], REVISIONS)

    def test_every_module(self) -> None:
        """Whatever module has tables is among those that are compared."""
        folder = Path(finesse_tx.store.migrations.__file__).parent.parent
        found = {path.stem for path in folder.glob("*_tables.py")}
        self.assertEqual({module.__name__.split(".")[-1] for module in MODULES}, found)

    def test_same_as_tables(self) -> None:
        """From nothing and from each revision, the migrations lead to the tables that the code knows."""
        for start in (None, *REVISIONS):
            url = new_url(self)
            if start is not None:
                migrate(url, start)
                self.assertEqual(version(url), start)
            migrate(url)
            self.assertEqual(version(url), HEAD)
            engine = make_engine(url, 1)
            with engine.connect() as connection:
                context = MigrationContext.configure(
                    connection, opts={"compare_type": True, "compare_server_default": True}
                )
                self.assertEqual(compare_metadata(context, METADATA), [])
                for table in METADATA.sorted_tables:  # alembic does not compare these
                    there = inspect(connection).get_check_constraints(table.name)
                    wanted = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
                    self.assertEqual({found["name"] for found in there}, wanted)
            engine.dispose()

    def test_rows_survive(self) -> None:
        """What each released schema may hold, a row in each of its tables, is there after the others, and is read."""
        for start in REVISIONS:
            url = new_url(self)
            migrate(url, start)
            inside(url, partial(fill, start))
            counts = inside(url, count)
            self.assertEqual([table for table, number in counts.items() if not number], [])
            migrate(url)
            after = inside(url, count)
            kept = {table: after[table] for table in counts if table in after}
            self.assertEqual(kept, {table: counts[table] for table in kept})
            self.assertEqual(counts.keys() - kept.keys(), GONE.get(start, set()))
            self.assertEqual(len(PEOPLE & set(inside(url, read_snapshot).people)), len(PEOPLE))
            self.assertEqual(inside(url, read_snapshot).csqs, CSQS)
            inside(url, read_all)

    def test_first_members(self) -> None:
        """A queue's members of the first revision have its skill."""
        url = new_url(self)
        migrate(url, REVISIONS[0])
        inside(url, partial(fill, REVISIONS[0]))
        migrate(url)
        found = inside(url, read_snapshot)
        self.assertEqual(
            found.skills, (Skill(1, "Sales"), Skill(2, "Support"), Skill(3, "Nobody's"))
        )
        self.assertEqual((found.csq_ids_of("ann"), found.csq_ids_of("bob")), ((2, 7), (7,)))

    def test_two_at_once(self) -> None:
        """Two processes that start at once migrate once: the second finds it done."""
        url = new_url(self)
        starts = [
            subprocess.Popen([sys.executable, "-c", START, url.render_as_string(False)])
            for _ in range(2)
        ]
        self.assertEqual([start.wait(60) for start in starts], [0, 0])
        self.assertEqual(version(url), HEAD)
        self.assertEqual(len(inside(url, read_snapshot).reason_codes), len(SYSTEM_CODES))


class SQLiteMigrationTests(SynchronousTestCase):
    """What only SQLite needs: to change a table it makes another."""

    def test_table_replaced(self) -> None:
        """A migration may replace a table: the rows that refer to it stay."""
        url = prepared_url(self)
        inside(url, lambda session: add_snapshot(session, demo(3), None))
        members = select(PersonSkillRow.person_id, PersonSkillRow.skill_id)
        before = inside(url, lambda session: len(session.execute(members).all()))
        engine = make_engine(url, 1, enforcing=False)
        with engine.begin() as connection:
            operations = Operations(MigrationContext.configure(connection))
            with operations.batch_alter_table("people", recreate="always"):
                pass
        engine.dispose()
        after = inside(url, lambda session: len(session.execute(members).all()))
        self.assertEqual((before, after), (6, 6))

    def test_broken_reference(self) -> None:
        """Migrations that leave a reference to nothing are undone, all of them."""
        url = new_url(self)
        engine = make_engine(url, 1, enforcing=False)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))
            connection.execute(text("CREATE TABLE b (a INTEGER REFERENCES a)"))
            connection.execute(text("INSERT INTO b VALUES (1)"))
        engine.dispose()
        line = str(self.assertRaises(StartError, migrate, url))
        self.assertIn("a row of b would refer to nothing in a", line)
        tables = inside(url, lambda session: inspect(session.connection()).get_table_names())
        self.assertEqual(tables, ["a", "b"])

    def test_postgresql(self) -> None:
        """PostgreSQL has words for every table."""
        for table in METADATA.sorted_tables:
            self.assertIn(
                f"CREATE TABLE {table.name}",
                str(CreateTable(table).compile(dialect=postgresql.dialect())),
            )


class PrepareCase(SynchronousTestCase):
    """`prepare`."""

    def refused(self, url: URL) -> str:
        """The refusal, which is always one line."""
        line = str(self.assertRaises(StartError, prepare, url))
        self.assertNotIn("\n", line)
        return line


class PrepareTests(PrepareCase):
    """`prepare` on either."""

    def test_system_codes(self) -> None:
        """A new database has the engine's reason codes, and nobody."""
        found = inside(prepared_url(self), read_snapshot)
        self.assertEqual(
            [(code.category, code.code, code.label) for code in found.reason_codes],
            list(SYSTEM_CODES),
        )
        self.assertTrue(all(code.system_code and code.for_all for code in found.reason_codes))
        self.assertEqual((found.people, found.teams, found.csqs, found.triggers), ((), (), (), ()))

    def test_more_codes(self) -> None:
        """A CCE's codes come besides, once; one that an operator has already stays the operator's."""
        url = prepared_url(self)
        own = {"category": ReasonCategory.LOGOUT, "code": 999, "label": "Own", "for_all": True}
        inside(url, lambda s: s.execute(insert(ReasonCodeRow).values(**own, system_code=False)))
        for _ in range(2):
            inside(url, lambda session: add_system_codes(session, CCE_SYSTEM_CODES))
        found = inside(url, read_snapshot)
        self.assertEqual(len(found.reason_codes), len(SYSTEM_CODES) + len(CCE_SYSTEM_CODES))
        code = found.reason_code(ReasonCategory.LOGOUT, 999)
        assert code is not None
        self.assertEqual((code.label, code.system_code), ("Own", False))

    def test_again(self) -> None:
        """The next start changes nothing, not even a label that an administrator has changed."""
        url = prepared_url(self)

        relabel = update(ReasonCodeRow).where(ReasonCodeRow.id == 1).values(label="Two phones")
        inside(url, lambda session: session.execute(relabel))
        before = inside(url, read_snapshot)
        prepare(url)
        self.assertEqual(inside(url, read_snapshot), before)
        self.assertEqual(before.reason_codes[0].label, "Two phones")

    def test_without_alembic(self) -> None:
        """A start that has nothing to migrate does not pay for alembic."""
        ran = subprocess.run(
            [sys.executable, "-c", AGAIN, prepared_url(self).render_as_string(False)],
            timeout=60,
            check=False,
        )
        self.assertEqual(ran.returncode, 0)

    def test_missing_tables(self) -> None:
        """A database that alembic knows but has not filled is migrated."""
        url = empty_url(self)
        inside(url, lambda session: session.execute(text("DELETE FROM alembic_version")))
        inside(url, lambda session: METADATA.drop_all(session.connection()))
        prepare(url)
        self.assertEqual(version(url), HEAD)

    def test_seed_fails(self) -> None:
        """A seed that fails leaves nothing behind."""

        def seed(session: Session) -> None:
            add_snapshot(session, demo(1), None)
            raise ZeroDivisionError

        url = new_url(self)
        self.assertRaises(ZeroDivisionError, prepare, url, seed)
        self.assertEqual(inside(url, read_snapshot).people, ())

    def test_newer(self) -> None:
        """A database that a newer program has migrated is refused, and left as it is."""
        url = prepared_url(self)
        inside(
            url,
            lambda session: session.execute(
                text("UPDATE alembic_version SET version_num = '9999'")
            ),
        )
        line = self.refused(url)
        self.assertIn('schema "9999", newer than this finesse_tx', line)
        self.assertEqual(version(url), "9999")

    def test_not_ours(self) -> None:
        """Somebody else's database is refused, and left as it is."""
        url = new_url(self)
        inside(url, lambda session: session.execute(text("CREATE TABLE orders (id INTEGER)")))
        self.assertIn("somebody else's tables", self.refused(url))
        tables = inside(url, lambda session: inspect(session.connection()).get_table_names())
        self.assertEqual(tables, ["orders"])


class SQLitePrepareTests(PrepareCase):
    """`prepare` on SQLite."""

    def test_not_a_database(self) -> None:
        """A file that is no database is refused."""
        url = new_url(self)
        Path(url.database or "").write_text("This is the minutes of our last meeting. " * 100)
        self.assertIn("file is not a database; look at store.url", self.refused(url))

    def test_full(self) -> None:
        """A disk that is full is told as that; ``store.url`` is right."""

        def fill(session: Session) -> None:
            session.execute(text("PRAGMA max_page_count = 1"))  # no more than there is
            session.execute(text("CREATE TABLE big AS SELECT zeroblob(1000000)"))

        error = self.assertRaises(StartError, prepare, new_url(self), fill)
        self.assertTrue(str(error).endswith("disk is full; free some space"), error)

    def test_locked(self) -> None:
        """A database that another program keeps locked is told, after a while."""
        url = prepared_url(self)
        with sqlite3.connect(str(url.database), isolation_level=None) as other:
            self.addCleanup(other.close)
            other.execute("BEGIN IMMEDIATE")
            impatient = url.update_query_dict({"timeout": "0"})
            self.assertIn("database is locked", self.refused(impatient))

    def test_nothing_open(self) -> None:
        """No connection is left when it returns: SQLite's log has been written back and is gone."""
        url = prepared_url(self)
        self.assertFalse(Path(f"{url.database}-wal").exists())


class MigrationOnPostgreSQLTests(OnPostgreSQL, MigrationTests):
    """The same on PostgreSQL."""


class PrepareOnPostgreSQLTests(OnPostgreSQL, PrepareTests):
    """The same on PostgreSQL."""
