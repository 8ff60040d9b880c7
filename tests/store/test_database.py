"""`finesse_tx.store.database`: which database, and how its connections are set up."""

import sqlite3
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import StoreConfig
from finesse_tx.errors import ConfigError, StartError
from finesse_tx.store.database import BUSY_TIMEOUT_S, database_url, make_engine, reading, said
from tests.support.database import new_url

HOME = Path("/nowhere/home")


class DatabaseURLTests(SynchronousTestCase):
    """`database_url`."""

    def refused(self, url: str) -> ConfigError:
        """The refusal is one line that names the key and shows no password."""
        error: ConfigError = self.assertRaises(ConfigError, database_url, StoreConfig(url), HOME)
        self.assertEqual(error.key, "store.url")
        self.assertNotIn("\n", str(error))
        self.assertNotIn("secret", str(error))
        return error

    def test_default(self) -> None:
        """Without a URL it is a file in the home folder."""
        url = database_url(StoreConfig(), HOME)
        self.assertEqual(str(url), "sqlite:////nowhere/home/finesse.db")

    def test_sqlite(self) -> None:
        """A relative file is below the home folder, an absolute one where it says."""
        for written, meant in (
            ("sqlite:///x.db", "sqlite:////nowhere/home/x.db"),
            ("sqlite:////var/x.db", "sqlite:////var/x.db"),
        ):
            self.assertEqual(str(database_url(StoreConfig(written), HOME)), meant)

    def test_memory(self) -> None:
        """A database that would be gone after a restart is refused."""
        for url in ("sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"):
            self.assertIn("names no file", self.refused(url).reason)

    def test_postgresql(self) -> None:
        """PostgreSQL is spoken to through psycopg."""
        for written in ("postgresql://user@host/finesse", "postgresql+psycopg://user@host/finesse"):
            url = database_url(StoreConfig(written), HOME)
            self.assertEqual(url.drivername, "postgresql+psycopg")

    def test_other(self) -> None:
        """Any other database is refused, and so is what is no URL."""
        self.assertIn("mysql", self.refused("mysql://user:secret@host/finesse").reason)
        self.assertEqual(self.refused("user:secret@host").reason, "is not a database URL")


class EngineTests(SynchronousTestCase):
    """`make_engine` on SQLite."""

    def setUp(self) -> None:
        """Make a database with two tables."""
        self.url = new_url(self)
        self.engine = make_engine(self.url, 2)
        self.addCleanup(self.engine.dispose)
        with self.engine.begin() as connection:
            connection.execute(text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))
            connection.execute(text("CREATE TABLE b (a INTEGER REFERENCES a)"))

    def pragma(self, name: str) -> object:
        """What a connection has been told."""
        with self.engine.connect() as connection:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    def test_settings(self) -> None:
        """Each connection has WAL, full synchronisation, foreign keys and patience."""
        self.assertEqual(self.pragma("journal_mode"), "wal")
        self.assertEqual(self.pragma("synchronous"), 2)
        self.assertEqual(self.pragma("foreign_keys"), 1)
        self.assertEqual(self.pragma("busy_timeout"), BUSY_TIMEOUT_S * 1_000)

    def test_private(self) -> None:
        """The file and its companions are for their owner alone."""
        assert self.url.database is not None
        with self.engine.begin() as connection:
            connection.execute(text("INSERT INTO a VALUES (1)"))
            for suffix in ("", "-wal", "-shm"):
                mode = Path(self.url.database + suffix).stat().st_mode & 0o777
                self.assertEqual((suffix, mode), (suffix, 0o600))

    def test_foreign_keys(self) -> None:
        """A reference to nothing is refused, except to the engine of a migration."""
        broken = text("INSERT INTO b VALUES (1)")
        with self.assertRaises(IntegrityError), self.engine.begin() as connection:
            connection.execute(broken)
        migrating = make_engine(self.url, 1, enforcing=False)
        self.addCleanup(migrating.dispose)
        with migrating.begin() as connection:
            connection.execute(broken)

    def test_ddl_in_transactions(self) -> None:
        """A table made in a transaction that fails is not there."""
        with self.assertRaises(DBAPIError), self.engine.begin() as connection:
            connection.execute(text("CREATE TABLE c (id INTEGER)"))
            connection.execute(text("nonsense"))
        with self.engine.connect() as connection:
            found = connection.execute(text("SELECT name FROM sqlite_master")).scalars().all()
        self.assertEqual(found, ["a", "b"])

    def test_writer_first(self) -> None:
        """A transaction that may write has the write lock from its beginning; a reader goes on beside it."""
        with self.engine.begin() as writing:
            self.assertEqual(writing.execute(text("SELECT count(*) FROM a")).scalar(), 0)
            with reading(self.engine).begin() as beside:
                self.assertEqual(beside.execute(text("SELECT count(*) FROM a")).scalar(), 0)
            with sqlite3.connect(str(self.url.database), timeout=0) as second:
                error = self.assertRaises(
                    sqlite3.OperationalError, second.execute, "INSERT INTO a VALUES (1)"
                )
            second.close()
        self.assertEqual(str(error), "database is locked")

    def test_reading_only(self) -> None:
        """A write where only reading was said is an error; the same connection writes again afterwards."""
        write = text("INSERT INTO a VALUES (1)")
        with self.assertRaises(OperationalError), reading(self.engine).begin() as connection:
            connection.execute(write)
        with self.engine.begin() as connection:
            connection.execute(write)

    def test_values_hidden(self) -> None:
        """An error shows no value: one may be a password's hash."""
        with (
            self.assertRaises(DBAPIError) as caught,
            self.engine.begin() as connection,
        ):
            connection.execute(text("INSERT INTO c VALUES (:x)"), {"x": "secret"})
        self.assertNotIn("secret", str(caught.exception))
        self.assertEqual(said(caught.exception), "no such table: c")

    def test_cannot_be_made(self) -> None:
        """A file that cannot be made is one line."""
        url = database_url(StoreConfig("sqlite:////proc/finesse.db"), HOME)
        line = str(self.assertRaises(StartError, make_engine, url, 1))
        self.assertIn("/proc/finesse.db: ", line)
        self.assertNotIn("\n", line)
