"""Which database, and what each of its connections is told first.

Two kinds are used alike: a transaction that may write is the only one (`reading` ones go on beside it), so that no
repository has to think of what another writes meanwhile. `finesse_tx.store.postgresql` has what is PostgreSQL's.

SQLite is the default. Its settings, and why:

- WAL: readers and the one writer do not wait for each other.
- ``synchronous=FULL``: a transaction that was reported as done survives a power cut. NORMAL would be faster, but
  in WAL it may lose the last transactions, and an operator must never lose a call record; we write seldom, in
  threads.
- ``BEGIN IMMEDIATE`` for whatever may write: in WAL a transaction that reads first and then finds that another
  one has written fails at once, whatever ``busy_timeout`` says. Taking the write lock first makes it wait instead.
- ``query_only`` for whatever only reads: a write there is an error, not lost without a word.
"""

from __future__ import annotations

import os
import sqlite3
from functools import partial
from pathlib import Path
from typing import Final, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from finesse_tx.config import StoreConfig
from finesse_tx.errors import UNPLACED, ConfigError, StartError
from finesse_tx.store import postgresql

__all__ = [
    "BUSY_TIMEOUT_S",
    "database_url",
    "is_away",
    "look",
    "make_engine",
    "reading",
    "said",
    "shown",
    "touch",
]

BUSY_TIMEOUT_S: Final = 10
"""How long a transaction waits for SQLite's write lock, unless ``?timeout=`` of the URL says otherwise; one that
another process holds for longer is a fault."""

_READ_ONLY: Final = "finesse_read_only"


def database_url(config: StoreConfig, home: Path) -> URL:
    """Where the database is, with all that a connection to it needs.

    Args:
        config: Names it, or nothing: SQLite in the home folder.
        home: The home folder; a relative SQLite file is below it.

    Raises:
        ConfigError: It names something that we cannot use.
    """
    try:
        url = make_url(config.url) if config.url else URL.create("sqlite", database="finesse.db")
    except ArgumentError:  # whose message would show the password
        raise _wrong(
            "is not a database URL", 'such as "postgresql://finesse@host/finesse"'
        ) from None
    if url.drivername in {"postgresql", "postgresql+psycopg"}:
        return postgresql.completed(url, config)
    if config.password_file:
        raise ConfigError(UNPLACED, "store.password_file", "is PostgreSQL's only", "leave it out")
    if url.drivername == "sqlite":
        if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
            raise _wrong("names no file, so nothing would be kept", 'write "sqlite:///finesse.db"')
        return url.set(database=str(home / url.database))
    raise _wrong(f'"{url.drivername}" is not supported', 'write "sqlite:///…" or "postgresql://…"')


def _wrong(reason: str, fix: str) -> ConfigError:
    return ConfigError(UNPLACED, "store.url", reason, fix)


def make_engine(
    url: URL, connections: int, *, enforcing: bool = True, patient: bool = False
) -> Engine:
    """An engine that has not connected yet.

    Args:
        url: From `database_url`.
        connections: How many it may have at once.
        enforcing: Whether SQLite enforces foreign keys. A migration that replaces a table must do without:
            SQLite would take the old one's end for the deletion of all its rows, and cascade.
        patient: Whether PostgreSQL lets a statement take any time, and a reader pause: what an operator waits for.

    Raises:
        StartError: SQLite's file cannot be made.
    """
    if url.get_backend_name() != "sqlite":
        return postgresql.make_engine(url, connections, patient=patient)
    _make_private(Path(url.database or ""))
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        connect_args={} if "timeout" in url.query else {"timeout": BUSY_TIMEOUT_S},
        hide_parameters=True,  # they would be in errors, and so in logs; password hashes among them
    )
    event.listen(engine, "connect", partial(_connected, enforcing))
    event.listen(engine, "begin", _begin)
    return engine


def reading(engine: Engine) -> Engine:
    """The same engine, with the same connections, for transactions that only read."""
    if engine.dialect.name == "postgresql":
        return postgresql.reading(engine)
    return engine.execution_options(**{_READ_ONLY: True})


def _make_private(path: Path) -> None:
    """Make the file before SQLite does, for its owner alone; ``-wal`` and ``-shm`` take its mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StartError(
            f"{path}: {error.strerror}; let store.url name a file that this user may write"
        ) from None


def _connected(enforcing: bool, connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # We begin transactions ourselves: sqlite3 would not begin one for a SELECT, nor for DDL.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA foreign_keys={enforcing:d}")
    cursor.close()


def _begin(connection: Connection) -> None:
    read_only = cast("bool", connection.get_execution_options().get(_READ_ONLY, False))
    connection.exec_driver_sql(f"PRAGMA query_only={read_only:d}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def look(session: Session) -> None:
    """Ask the database something."""
    session.execute(text("SELECT 1"))


def touch(session: Session) -> None:
    """Write something that changes nothing, so that a full disk says so."""
    if session.get_bind().dialect.name == "sqlite":
        # It does not write a row that stays the same.
        found = session.execute(text("PRAGMA user_version")).scalar_one()
        session.connection().exec_driver_sql(f"PRAGMA user_version={(found + 1) % 1_000}")
    else:
        session.execute(text("UPDATE alembic_version SET version_num = version_num"))


def said(error: SQLAlchemyError) -> str:
    """What the database itself said, in one line, without SQLAlchemy's paragraphs around it."""
    return str(getattr(error, "orig", None) or error).partition("\n")[0]


def shown(url: URL) -> str:
    """How messages call the database: without a password, wherever it stands."""
    return url.set(query={}).render_as_string(hide_password=True)


def is_away(error: SQLAlchemyError) -> bool:
    """Whether the database may do it later: it is gone, locked or full, and not asked for something wrong."""
    if not isinstance(error, DBAPIError):
        return False
    if postgresql.is_psycopg(error):
        return postgresql.is_away(error)
    # SQLite's result codes; their extended forms have them in the low byte.
    code = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF in _SQLITE_AWAY


_SQLITE_AWAY: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
