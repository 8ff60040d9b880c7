"""PostgreSQL, through psycopg 3: what its connections are made with, and what becomes of them.

- A transaction that may write takes one advisory lock first, as SQLite's would take the write lock: there is one
  writer at a time, also among several processes, and nothing that it has read changes under it. We write seldom and
  briefly; whoever holds the lock for too long is ended by the server (``idle_in_transaction_session_timeout``).
- A reader has one snapshot for all its statements (REPEATABLE READ), as SQLite's has.
- A connection out of the pool is tried before it is used: a server that was restarted is not noticed otherwise.
- No statement waits without end: for a connection, for a lock, for its result, or for a server whose machine is gone.
"""

from __future__ import annotations

import importlib.util
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from finesse_tx.config import StoreConfig
from finesse_tx.errors import UNPLACED, ConfigError

__all__ = [
    "IDLE_TIMEOUT_S",
    "LOCK_TIMEOUT_S",
    "WRITER",
    "completed",
    "fix",
    "is_away",
    "is_psycopg",
    "make_engine",
    "reading",
]

WRITER: Final = 0x46494E45
"""The advisory lock of whoever may write: "FINE"."""

LOCK_TIMEOUT_S: Final = 10
"""How long a transaction waits for a lock, that of the writer too; as long as for SQLite's."""

IDLE_TIMEOUT_S: Final = 60
"""A transaction in which so long nobody asks anything is ended by the server."""

_PASSWORD_FILE: Final = "finesse_password_file"  # noqa: S105  # a key
"""Where a URL of ours has the name of that file."""

_READ_ONLY: Final = "finesse_read_only"

_OPTIONS: Final = {
    "application_name": "finesse_tx",
    # A machine that is gone without a word is noticed within half a minute.
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""libpq's parameters, unless the URL has others."""


def completed(url: URL, config: StoreConfig) -> URL:
    """An operator's URL with all that a connection needs.

    Raises:
        ConfigError: Something about it cannot be used.
    """
    if importlib.util.find_spec("psycopg") is None:
        raise _wrong(
            "url",
            "PostgreSQL needs psycopg, which is not installed",
            "pip install finesse_tx[postgresql]",
        )
    if not url.database:
        raise _wrong("url", "names no database", 'such as "postgresql://finesse@host/finesse"')
    if {"password", "sslpassword"} & url.query.keys():
        raise _wrong("url", "has a password among its parameters", "use store.password_file")
    if _PASSWORD_FILE in url.query:
        raise _wrong("url", f"has {_PASSWORD_FILE}, which is ours", "use store.password_file")
    options = {
        "statement_timeout": f"{round(config.statement_timeout_s * 1000)}",
        "lock_timeout": f"{LOCK_TIMEOUT_S * 1000}",
        "idle_in_transaction_session_timeout": f"{IDLE_TIMEOUT_S * 1000}",
    }
    theirs = url.query.get("options", "")
    ours = _as_options(options)
    query = {**_OPTIONS, "connect_timeout": str(config.connect_timeout_s), **url.query}
    query["options"] = " ".join([ours, *([theirs] if isinstance(theirs, str) else theirs)]).strip()
    if config.password_file:
        if url.password is not None:
            raise _wrong("password_file", "is given beside a password in store.url", "give one")
        path = str(Path(config.password_file).expanduser().absolute())
        _password(path)
        query[_PASSWORD_FILE] = path
    return url.set(drivername="postgresql+psycopg", query=query)


def make_engine(url: URL, connections: int, *, patient: bool) -> Engine:
    """See `finesse_tx.store.database.make_engine`."""
    query = dict(url.query)
    path = query.pop(_PASSWORD_FILE, None)
    if patient:
        off = _as_options({"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"})
        query["options"] = f"{query.get('options', '')} {off}".strip()
    engine = create_engine(
        url.set(query=query),
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
    )
    if path is not None:
        event.listen(engine, "do_connect", partial(_with_password, str(path)))
    event.listen(engine, "begin", _begin)
    return engine


def reading(engine: Engine) -> Engine:
    """See `finesse_tx.store.database.reading`."""
    return engine.execution_options(
        postgresql_readonly=True, isolation_level="REPEATABLE READ", **{_READ_ONLY: True}
    )


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get(_READ_ONLY):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER})")


def _with_password(
    path: str, _dialect: object, _record: object, _arguments: object, parameters: dict[str, Any]
) -> None:
    parameters["password"] = _password(path)


def _password(path: str) -> str:
    """What an operator keeps in that file.

    Raises:
        ConfigError: It cannot be read, or there is nothing in it.
    """
    try:
        found = Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not text"
        raise _wrong("password_file", f"{path}: {reason}", "name a readable file") from None
    if not found:
        raise _wrong("password_file", f"{path} is empty", "write the password into it")
    return found


def _as_options(settings: dict[str, str]) -> str:
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _wrong(key: str, reason: str, fix: str) -> ConfigError:
    return ConfigError(UNPLACED, f"store.{key}", reason, fix)


# What went wrong ----------------------------------------------------------------------------------------------------

_AWAY: Final = (
    "08",  # connection exceptions
    "25P03",  # idle_in_transaction_session_timeout
    "25006",  # read-only: it is a standby
    "40",  # deadlocks and the like
    "53",  # out of disk, of memory, of connections
    "55",  # not available: lock_timeout among them
    "57",  # shut down, starting, cancelled by statement_timeout
    "58",  # its own input and output
    "XX",  # its own faults
)
"""SQLSTATEs, or how they begin, of what may be otherwise later."""

_LATER: Final = ("starting up", "shutting down", "recovery", "too many", "remaining connection")
"""Of refusals to connect, which have no SQLSTATE in psycopg: those that pass."""


def is_psycopg(error: DBAPIError) -> bool:
    """Whether PostgreSQL said it."""
    return type(error.orig).__module__.startswith("psycopg")


def is_away(error: DBAPIError) -> bool:
    """See `finesse_tx.store.database.is_away`."""
    code = getattr(error.orig, "sqlstate", None)
    if code is not None:
        return str(code).startswith(_AWAY)
    if error.connection_invalidated:
        return True
    if type(error.orig).__name__ not in {"OperationalError", "ConnectionTimeout", "InterfaceError"}:
        return False
    text = str(error.orig)
    return "FATAL:" not in text or any(words in text for words in _LATER)


def fix(text: str) -> str:
    """What an operator may do about a refusal to connect."""
    if "password" in text or "authentication" in text:
        return "look at store.password_file, and at the user in store.url"
    if "database" in text and "does not exist" in text:
        return "create it with createdb, or correct store.url"
    if "role" in text and "does not exist" in text:
        return "create it with createuser, or correct the user in store.url"
    if "pg_hba" in text or "SSL" in text or "certificate" in text:
        return "look at sslmode in store.url, and at the server's pg_hba.conf"
    if "permission denied" in text:
        return "let the user in store.url own the database"
    return "start PostgreSQL, or correct store.url"
