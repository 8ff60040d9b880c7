"""`finesse_tx.store.postgresql`: what a real PostgreSQL makes of our connections, and we of its refusals."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.certificates import own_identity
from finesse_tx.config import StoreConfig
from finesse_tx.errors import ConfigError, StartError
from finesse_tx.home import Home
from finesse_tx.store.database import database_url, is_away, make_engine, reading, said, shown
from finesse_tx.store.postgresql import IDLE_TIMEOUT_S, LOCK_TIMEOUT_S, WRITER
from finesse_tx.store.prepare import prepare
from tests.support.database import OnPostgreSQL, new_url
from tests.support.postgresql import PASSWORD, USER, PostgreSQL, server

HOME = Path("/nowhere/home")


class URLTests(SynchronousTestCase):
    """An operator's URL."""

    def refused(self, **values: Any) -> ConfigError:
        """The refusal is one line without a password."""
        error: ConfigError = self.assertRaises(
            ConfigError, database_url, StoreConfig(**values), HOME
        )
        self.assertNotIn("\n", str(error))
        self.assertNotIn("secret", str(error))
        return error

    def test_parameters(self) -> None:
        """Every connection is told our name and its limits; what the operator says goes before."""
        config = StoreConfig(
            "postgresql://u:p@h/d?sslmode=verify-full&connect_timeout=9&options=-c%20work_mem%3D8MB",
            statement_timeout_s=1.5,
        )
        url = database_url(config, HOME)
        self.assertEqual(url.drivername, "postgresql+psycopg")
        self.assertEqual(url.query["application_name"], "finesse_tx")
        self.assertEqual((url.query["sslmode"], url.query["connect_timeout"]), ("verify-full", "9"))
        self.assertEqual(
            url.query["options"],
            f"-c statement_timeout=1500 -c lock_timeout={LOCK_TIMEOUT_S * 1000} "
            f"-c idle_in_transaction_session_timeout={IDLE_TIMEOUT_S * 1000} -c work_mem=8MB",
        )

    def test_shown(self) -> None:
        """Messages have the URL without password and parameters."""
        url = database_url(StoreConfig("postgresql://u:secret@h:5/d?sslkey=x"), HOME)
        self.assertEqual(shown(url), "postgresql+psycopg://u:***@h:5/d")
        self.assertNotIn("secret", repr(url))

    def test_refused(self) -> None:
        """What cannot be meant is refused: no database, a password where it would be shown, two passwords."""
        base = "postgresql://u@h/d"
        self.assertEqual(self.refused(url="postgresql://u@h").reason, "names no database")
        self.assertIn("a password among", self.refused(url=f"{base}?password=secret").reason)
        self.assertIn("ours", self.refused(url=f"{base}?finesse_password_file=/x").reason)
        both = self.refused(url="postgresql://u:secret@h/d", password_file="/x")
        self.assertEqual((both.key, both.fix), ("store.password_file", "give one"))
        self.assertIn("PostgreSQL's only", self.refused(password_file="/x").reason)

    def test_password_file(self) -> None:
        """A file that is not there, or has nothing in it, is found before the start."""
        path = Path(self.mktemp())
        for written, reason in (
            (None, "No such file"),
            (" \n", "is empty"),
            ("\udcff", "not text"),
        ):
            if written is not None:
                path.write_bytes(written.encode("utf-8", "surrogateescape"))
            error = self.refused(url="postgresql://u@h/d", password_file=str(path))
            self.assertEqual(error.key, "store.password_file")
            self.assertIn(reason, error.reason)


class EngineTests(OnPostgreSQL, SynchronousTestCase):
    """`make_engine` on PostgreSQL."""

    def setUp(self) -> None:
        """Make a table."""
        self.url = new_url(self)
        self.engine = self.make(self.url)
        with self.engine.begin() as connection:
            connection.execute(text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))

    def make(self, url: URL, *, patient: bool = False) -> Engine:
        """An engine for this test."""
        engine = make_engine(url, 2, patient=patient)
        self.addCleanup(engine.dispose)
        return engine

    def shows(self, engine: Engine, name: str) -> object:
        """What the server says of a connection's setting."""
        with engine.connect() as connection:
            return connection.exec_driver_sql(f"SHOW {name}").scalar()

    def test_settings(self) -> None:
        """The server knows our name and our limits; an operator's own command has time."""
        for name, ours, patient in (
            ("application_name", "finesse_tx", "finesse_tx"),
            ("statement_timeout", "30s", "0"),
            ("lock_timeout", "10s", "10s"),
            ("idle_in_transaction_session_timeout", "1min", "0"),
        ):
            self.assertEqual(self.shows(self.engine, name), ours)
            self.assertEqual(self.shows(self.make(self.url, patient=True), name), patient)

    def test_one_writer(self) -> None:
        """A second writer waits for the first, so nothing it reads is old; readers go on beside."""
        read: list[object] = []
        beginning = threading.Event()

        def second() -> None:
            beginning.set()
            with self.engine.begin() as connection:
                read.append(connection.execute(text("SELECT count(*) FROM a")).scalar())

        thread = threading.Thread(target=second)
        with self.engine.begin() as writing:
            beside = self.make(self.url)
            thread.start()
            beginning.wait(30)
            with reading(beside).begin() as connection:
                waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                while not connection.execute(text(waits)).scalar():
                    pass
                self.assertEqual(connection.execute(text("SELECT count(*) FROM a")).scalar(), 0)
            writing.execute(text("INSERT INTO a VALUES (1)"))
        thread.join(30)
        self.assertEqual(read, [1])

    def test_snapshot(self) -> None:
        """A reader sees one moment, whatever is written meanwhile."""
        count = text("SELECT count(*) FROM a")
        with reading(self.engine).begin() as connection:
            self.assertEqual(connection.execute(count).scalar(), 0)
            with self.engine.begin() as writing:
                writing.execute(text("INSERT INTO a VALUES (1)"))
            self.assertEqual(connection.execute(count).scalar(), 0)

    def test_reading_only(self) -> None:
        """A write where only reading was said is an error; the same connection writes again afterwards."""
        write = text("INSERT INTO a VALUES (1)")
        with self.assertRaises(SQLAlchemyError), reading(self.engine).begin() as connection:
            connection.execute(write)
        with self.engine.begin() as connection:
            connection.execute(write)

    def test_statement_timeout(self) -> None:
        """A statement that takes too long is ended, and that is no mistake of ours."""
        config = StoreConfig(server().written(str(self.url.database)), statement_timeout_s=1)
        engine = self.make(database_url(config, HOME))
        with self.assertRaises(DBAPIError) as caught, engine.begin() as connection:
            connection.execute(text("SELECT pg_sleep(60)"))
        self.assertIn("statement timeout", said(caught.exception))
        self.assertTrue(is_away(caught.exception))

    def test_lock_timeout(self) -> None:
        """Nobody waits for a writer without end."""
        url = self.url.update_query_dict({"options": "-c lock_timeout=50"})
        with self.engine.begin() as connection:
            connection.execute(text("SELECT 1"))
            with self.assertRaises(DBAPIError) as caught, self.make(url).begin() as other:
                other.execute(text("SELECT 1"))
        self.assertIn("lock timeout", said(caught.exception))
        self.assertTrue(is_away(caught.exception))

    def test_mistakes(self) -> None:
        """What we ask wrongly, or what contradicts, is not an absence; and no value is shown."""
        for statement in ("nonsense", "INSERT INTO a VALUES (7), (7)", "INSERT INTO c VALUES (1)"):
            with self.assertRaises(DBAPIError) as caught, self.engine.begin() as connection:
                connection.execute(text(statement))
            self.assertFalse(is_away(caught.exception))
            self.assertNotIn("7", said(caught.exception))

    def test_pool(self) -> None:
        """There are never more connections than were said."""
        with self.engine.connect() as one, self.engine.connect() as two:
            self.assertEqual((one.closed, two.closed), (False, False))
            self.assertEqual(self.engine.pool.status().count("Current Overflow: 0"), 1)

    def test_writer_is_known(self) -> None:
        """An operator finds the writer in ``pg_locks`` by its number."""
        with self.engine.begin() as connection:
            connection.execute(text("SELECT 1"))
            held = "SELECT objid FROM pg_locks WHERE locktype = 'advisory'"
            self.assertIn(str(WRITER), server().psql(str(self.url.database), held).split())


class OutageTests(SynchronousTestCase):
    """A server of the test's own."""

    def setUp(self) -> None:
        """Start it."""
        self.server = PostgreSQL().start()
        self.addCleanup(self.server.clean)

    def refused(self, written: str) -> str:
        """A start is refused in one line without a password."""
        url = database_url(StoreConfig(written), HOME)
        line = str(self.assertRaises(StartError, prepare, url, None, 0.0))
        self.assertNotIn("\n", line)
        self.assertNotIn("horse", line)
        return line

    def test_restarted(self) -> None:
        """A pool goes on with a server that was killed and is back; in between it says that it is away."""
        engine = make_engine(self.server.url("postgres"), 1)
        self.addCleanup(engine.dispose)
        select = text("SELECT 1")
        with engine.connect() as connection:
            connection.execute(select)
            self.server.kill()
            with self.assertRaises(DBAPIError) as caught:
                connection.execute(select)
            self.assertTrue(is_away(caught.exception), said(caught.exception))
        with self.assertRaises(OperationalError) as refused:
            engine.connect()
        self.assertTrue(is_away(refused.exception))
        self.server.start()
        with engine.connect() as connection:
            self.assertEqual(connection.execute(select).scalar(), 1)

    def test_refusals(self) -> None:
        """Whatever is wrong at the start, one line says what to do."""
        written = self.server.written
        name = self.server.new_database()
        self.assertIn("look at store.password_file", self.refused(written(name, password="wrong")))
        self.assertIn("create it with createdb", self.refused(written("nowhere")))
        # An unknown user is told as a wrong password: PostgreSQL does not say which.
        self.assertIn("at the user in store.url", self.refused(written(name, user="nobody")))
        self.assertIn("look at sslmode", self.refused(written(name) + "?sslmode=require"))
        self.server.stop()
        self.assertIn("start PostgreSQL, or correct store.url", self.refused(written(name)))

    def test_starting(self) -> None:
        """A start waits, within its bound, for a server that comes up meanwhile; a wrong password is not waited for."""
        name = self.server.new_database()
        url = self.server.url(name)
        self.server.kill()
        self.server.start(wait=False)
        with capturedLogs() as logs:
            prepare(url, None, 120.0)
        self.assertLessEqual(len(logs), 1)
        wrong = database_url(StoreConfig(self.server.written(name, password="wrong")), HOME)
        with capturedLogs() as logs:
            self.assertRaises(StartError, prepare, wrong, None, 3_600.0)
        self.assertEqual(logs, [])

    def test_away(self) -> None:
        """When the bound is over it says so once in the log, and gives up."""
        url = self.server.url(self.server.new_database())
        self.server.stop()
        with capturedLogs() as logs:
            line = str(self.assertRaises(StartError, prepare, url, None, 1.2))
        self.assertIn("Connection refused", line)
        self.assertEqual(len(logs), 1)

    def test_password_changes(self) -> None:
        """A password that is changed, and written into its file, is taken without a restart."""
        path = Path(self.mktemp())
        path.write_text(PASSWORD + "\n")
        name = self.server.new_database()
        without = URL.create("postgresql", USER, None, "127.0.0.1", self.server.port, name)
        config = StoreConfig(str(without), password_file=str(path))
        engine = make_engine(database_url(config, HOME), 1)
        self.addCleanup(engine.dispose)
        engine.connect().close()
        with self.server.connect("postgres") as connection:
            connection.execute(f"ALTER USER {USER} PASSWORD 'another'")
        engine.dispose()
        with self.assertRaises(OperationalError) as caught:
            engine.connect()
        self.assertFalse(is_away(caught.exception))
        path.write_text("another")
        engine.connect().close()


class TLSTests(SynchronousTestCase):
    """A server with a certificate."""

    def test_verified(self) -> None:
        """With ``sslmode=verify-full`` the connection is encrypted, and a stranger's certificate is refused."""
        home = Home(Path(self.mktemp()))
        home.lock()
        self.addCleanup(home.unlock)
        own_identity(home, ("localhost",), datetime.now(UTC))
        other = Home(Path(self.mktemp()))
        other.lock()
        self.addCleanup(other.unlock)
        own_identity(other, ("localhost",), datetime.now(UTC))
        database = PostgreSQL(tls=home.path / "tls").start()
        self.addCleanup(database.clean)
        query = "?sslmode=verify-full&sslrootcert="
        written = database.written("postgres") + query
        engine = make_engine(database_url(StoreConfig(f"{written}{home.path}/tls/ca.pem"), HOME), 1)
        self.addCleanup(engine.dispose)
        with engine.connect() as connection:
            found = connection.execute(
                text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            )
            self.assertEqual(found.scalar(), True)
        url = database_url(StoreConfig(f"{written}{other.path}/tls/ca.pem"), HOME)
        line = str(self.assertRaises(StartError, prepare, url, None, 0.0))
        self.assertIn("certificate verify failed", line)
        self.assertIn("look at sslmode", line)
