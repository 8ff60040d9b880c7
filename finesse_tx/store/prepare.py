"""Making the database ready, before the reactor runs and before ``twistd`` becomes a daemon.

Everything here is synchronous, with engines of its own that are disposed before anything returns: no connection
crosses a fork. alembic takes a quarter of a second, all the rest of this some milliseconds, so a plain query looks
first whether there is anything to migrate.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from finesse_tx.errors import StartError
from finesse_tx.store.database import make_engine, reading, said
from finesse_tx.store.migrations import HEAD, REVISIONS
from finesse_tx.store.repositories.changes import add_default_layout
from finesse_tx.store.repositories.reason_codes import add_system_codes
from finesse_tx.webservices.core.administration.layouts import DEFAULT_LAYOUT

__all__ = ["migrate", "prepare"]


def prepare(url: URL, seed: Callable[[Session], object] | None = None) -> None:
    """Bring the schema to `HEAD`, and put in what every system has.

    Args:
        url: From `database_url`.
        seed: Puts in more, in the same transaction as the system's reason codes.

    Raises:
        StartError: The database cannot be used: it is not ours, is newer than this program, or is broken.
    """
    try:
        engine = make_engine(url, 1)
        try:
            if _revision(engine) != HEAD:
                migrate(url)
            with Session(engine) as session, session.begin():
                add_system_codes(session)
                add_default_layout(session, DEFAULT_LAYOUT)
                if seed is not None:
                    seed(session)
        finally:
            engine.dispose()
    except SQLAlchemyError as error:
        raise StartError(f"{_shown(url)}: {said(error)}; look at store.url") from None


def migrate(url: URL, target: str = HEAD) -> None:
    """Run the migrations that are missing, all of them or none.

    Args:
        url: From `database_url`.
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
    engine = make_engine(url, 1, enforcing=False)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, target)
            _check_references(connection)
    finally:
        engine.dispose()


def _revision(engine: Engine) -> str | None:
    """The schema's revision; None when the database is empty."""
    with reading(engine).connect() as connection:
        tables = inspect(connection).get_table_names()
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise StartError(
                f"{_shown(engine.url)} holds somebody else's tables; let store.url name an empty one"
            )
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None or found in REVISIONS:
        return found
    raise StartError(
        f'{_shown(engine.url)} has schema "{found}", newer than this finesse_tx ("{HEAD}"); '
        "start the version that made it, or restore a backup"
    )


def _check_references(connection: Connection) -> None:
    """What SQLite did not enforce while tables were being replaced."""
    if connection.dialect.name != "sqlite":
        return
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise StartError(
            f"{_shown(connection.engine.url)}: after the migration a row of {broken[0]} would "
            f"refer to nothing in {broken[2]}; nothing was changed"
        )


def _shown(url: URL) -> str:
    """How messages call the database."""
    return url.render_as_string(hide_password=True)
