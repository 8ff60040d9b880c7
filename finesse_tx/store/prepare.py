"""Making the database ready, before the reactor runs and before ``twistd`` becomes a daemon.

Everything here is synchronous, with engines of its own that are disposed before anything returns: no connection
crosses a fork. alembic takes a quarter of a second, all the rest of this some milliseconds, so a plain query looks
first whether there is anything to migrate.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from twisted.logger import Logger

from finesse_tx.errors import StartError
from finesse_tx.store import postgresql
from finesse_tx.store.database import is_away, make_engine, reading, said, shown
from finesse_tx.store.migrations import HEAD, REVISIONS
from finesse_tx.store.repositories.changes import add_default_layout
from finesse_tx.store.repositories.reason_codes import add_system_codes
from finesse_tx.webservices.core.administration.layouts import DEFAULT_LAYOUT

__all__ = ["migrate", "prepare", "refusal", "revision", "upgrade"]

PAUSE_S: Final = 0.5
"""Between two attempts to reach a database that is not there yet."""

_log = Logger()


def prepare(url: URL, seed: Callable[[Session], object] | None = None, wait_s: float = 0.0) -> None:
    """Bring the schema to `HEAD`, and put in what every system has.

    Two processes that do it at once do it one after the other: a migration has the writer's lock.

    Args:
        url: From `database_url`.
        seed: Puts in more, in the same transaction as the system's reason codes.
        wait_s: How long to wait for a PostgreSQL that is not there yet.

    Raises:
        StartError: The database cannot be used: it is away, not ours, newer than this program, or broken.
    """
    try:
        engine = make_engine(url, 1, patient=True)
        try:
            if _first_revision(engine, wait_s) != HEAD:
                migrate(url)
            with Session(engine) as session, session.begin():
                add_system_codes(session)
                add_default_layout(session, DEFAULT_LAYOUT)
                if seed is not None:
                    seed(session)
        finally:
            engine.dispose()
    except SQLAlchemyError as error:
        raise refusal(url, error) from None


def refusal(url: URL, error: SQLAlchemyError) -> StartError:
    """What an operator is told of a database that cannot be used, in one line."""
    reason = said(error)
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite:
        fix = "free some space" if "disk is full" in reason else "look at store.url"
    else:
        fix = postgresql.fix(str(error))
    return StartError(f"{shown(url)}: {reason}; {fix}")


def _first_revision(engine: Engine, wait_s: float) -> str | None:
    """`revision`, of a database that may still be starting."""
    until = time.monotonic() + (wait_s if engine.dialect.name == "postgresql" else 0.0)
    is_told = False
    while True:
        try:
            return revision(engine)
        except SQLAlchemyError as error:
            if not is_away(error) or time.monotonic() + PAUSE_S > until:
                raise
            if not is_told:
                _log.warn(
                    "{database}: {reason}; trying for {seconds} s",
                    database=shown(engine.url),
                    reason=said(error),
                    seconds=wait_s,
                )
                is_told = True
            time.sleep(PAUSE_S)


def migrate(url: URL, target: str = HEAD) -> None:
    """Run the migrations that are missing, all of them or none.

    Args:
        url: From `database_url`.
        target: Up to which revision.

    Raises:
        StartError: A migration left a reference to nothing.
        SQLAlchemyError: The database refused.
    """
    engine = make_engine(url, 1, enforcing=False, patient=True)
    try:
        with engine.begin() as connection:  # the writer's lock: another process may be migrating
            upgrade(connection, target)
    finally:
        engine.dispose()


def upgrade(connection: Connection, target: str = HEAD) -> None:
    """Run the migrations that are missing, as a part of a transaction.

    Args:
        connection: In one; foreign keys are not enforced.
        target: Up to which revision.

    Raises:
        StartError: A migration left a reference to nothing.
        SQLAlchemyError: The database refused.
    """
    # Here, for the sake of every start that has nothing to migrate.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    scripts = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", scripts.replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, target)
    _check_references(connection)


def revision(engine: Engine) -> str | None:
    """The schema's revision; None when the database is empty.

    Raises:
        StartError: It is somebody else's, or newer than this program.
        SQLAlchemyError: The database refused.
    """
    with reading(engine).connect() as connection:
        tables = inspect(connection).get_table_names()
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise StartError(
                f"{shown(engine.url)} holds somebody else's tables; let store.url name an empty one"
            )
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None or found in REVISIONS:
        return found
    raise StartError(
        f'{shown(engine.url)} has schema "{found}", newer than this finesse_tx ("{HEAD}"); '
        "start the version that made it, or restore a backup"
    )


def _check_references(connection: Connection) -> None:
    """What SQLite did not enforce while tables were being replaced."""
    if connection.dialect.name != "sqlite":
        return
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise StartError(
            f"{shown(connection.engine.url)}: after the migration a row of {broken[0]} would "
            f"refer to nothing in {broken[2]}; nothing was changed"
        )
