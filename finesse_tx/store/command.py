"""``finesse-tx db``: the database, for whoever looks after it.

    finesse-tx db upgrade             bring the schema to this version's, as the next start would
    finesse-tx db backup [FILE]       write every row into one file, while the server runs or not
    finesse-tx db restore FILE        make the database anew of such a file; SQLite or PostgreSQL, whatever it was before
    finesse-tx db check               look for what is wrong with it

Each works on what ``store.url`` names. The exit status is 0 when it is done and nothing is wrong, else 1.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from finesse_tx import config
from finesse_tx.errors import StartError
from finesse_tx.home import Home

__all__ = ["add_commands"]

Add = Callable[[argparse.ArgumentParser], None]


def add_commands(commands: Any, add_config: Add, add_home: Add) -> None:
    """Add ``db`` to the command line.

    Args:
        commands: The commands, as ``add_subparsers`` made them.
        add_config: Adds ``--config`` and ``--set``.
        add_home: Adds ``--home``.
    """
    db = commands.add_parser("db", help="the database: upgrade, back up, restore, check")
    actions = db.add_subparsers(metavar="ACTION", required=True)

    def add(name: str, text: str, run: Callable[[argparse.Namespace], Any]) -> Any:
        parser = actions.add_parser(name, help=text, description=text)
        add_config(parser)
        add_home(parser)
        parser.set_defaults(run=run)
        return parser

    add("upgrade", "bring the schema to this version's", _upgrade)
    backup = add("backup", "write every row into one file", _backup)
    backup.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        type=Path,
        help="what to write; it must not exist (default: HOME/finesse-TIME.backup)",
    )
    restore = add("restore", "make the database anew of a backup", _restore)
    restore.add_argument("file", metavar="FILE", type=Path, help="what backup has written")
    restore.add_argument("--force", action="store_true", help="although there are rows in it")
    add("check", "look for what is wrong with the database", _check)


class _Place:
    """What the options name.

    Attributes:
        home: The home folder.
        url: The database.
    """

    def __init__(self, options: argparse.Namespace, *, must_exist: bool = True) -> None:
        # Here, and in the others: other commands have no use for a database.
        from finesse_tx.store.database import database_url  # noqa: PLC0415

        loaded = config.load(options.config, options.overrides)
        self.home: Path = options.home.expanduser().absolute()
        self.url = database_url(loaded.store, self.home)
        if must_exist and self.file is not None and not self.file.exists():
            fix = "name the server's home with --home, or its configuration with --config"
            raise StartError(f"there is no {self.file}; {fix}")

    @property
    def file(self) -> Path | None:
        """SQLite's."""
        is_sqlite = self.url.get_backend_name() == "sqlite"
        return Path(self.url.database or "") if is_sqlite else None

    @contextmanager
    def engine(self, url: Any = None, *, enforcing: bool = True) -> Iterator[Any]:
        """An engine, of another URL if there is one; what the database refuses is told in one line."""
        from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

        from finesse_tx.store.database import make_engine  # noqa: PLC0415
        from finesse_tx.store.prepare import refusal  # noqa: PLC0415

        engine = make_engine(url or self.url, 1, enforcing=enforcing, patient=True)
        try:
            yield engine
        except SQLAlchemyError as error:
            raise refusal(self.url, error) from None
        finally:
            engine.dispose()


def _upgrade(options: argparse.Namespace) -> str:
    from finesse_tx.store.migrations import HEAD  # noqa: PLC0415
    from finesse_tx.store.prepare import migrate, revision  # noqa: PLC0415

    place = _Place(options)
    with place.engine() as engine:
        was = revision(engine)
        if was == HEAD:
            return f'schema "{HEAD}" already'
        migrate(place.url)
    return f'schema "{HEAD}", from "{was or "nothing"}"'


def _backup(options: argparse.Namespace) -> str:
    from finesse_tx.store.backup import dump  # noqa: PLC0415
    from finesse_tx.store.database import reading, shown  # noqa: PLC0415
    from finesse_tx.store.prepare import revision  # noqa: PLC0415

    place = _Place(options)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    path = options.file or place.home / f"finesse-{stamp}.backup"
    if path.exists():
        raise StartError(f"{path} is there already; name another file")
    with place.engine() as engine:
        schema = revision(engine)
        if schema is None:
            raise StartError(f"{shown(place.url)} has no tables yet; there is nothing to back up")
        with reading(engine).begin() as connection:
            made = dump(connection, schema, path)
    return (
        f'{path}: {sum(made.rows.values())} rows of {len(made.rows)} tables, schema "{schema}", '
        f"{path.stat().st_size} bytes; it has password hashes, keep it private"
    )


def _restore(options: argparse.Namespace) -> str:
    from sqlalchemy import inspect  # noqa: PLC0415

    from finesse_tx.store.backup import empty, fill, tables_of, verify  # noqa: PLC0415
    from finesse_tx.store.database import shown  # noqa: PLC0415
    from finesse_tx.store.migrations import HEAD  # noqa: PLC0415
    from finesse_tx.store.prepare import upgrade  # noqa: PLC0415

    place = _Place(options, must_exist=False)
    summary = verify(
        options.file
    )  # whole, and of a schema that we know, before anything is touched
    home = Home(place.home)
    home.lock()  # no server runs here
    with ExitStack() as stack:
        stack.callback(home.unlock)
        _refuse_rows(place, options)
        target = place.url
        if place.file is not None:
            new = place.file.with_name(f"{place.file.name}.restoring")
            _remove(new)
            stack.callback(_remove, new)
            target = target.set(database=str(new))
        with place.engine(target, enforcing=False) as engine, engine.begin() as connection:
            if inspect(connection).get_table_names():
                empty(connection, tables_of(connection))
            upgrade(connection, summary.header.schema)
            fill(connection, options.file)
            upgrade(connection)
        kept = _take_its_place(new, place.file) if place.file is not None else ""
    return (
        f"{shown(place.url)}: {sum(summary.rows.values())} rows of {len(summary.rows)} tables, as of "
        f'{summary.header.made_at:%Y-%m-%d %H:%M:%S} UTC, schema "{HEAD}"{kept}'
    )


def _refuse_rows(place: _Place, options: argparse.Namespace) -> None:
    """Refuse to write over somebody's rows, and over those of a server that runs."""
    from sqlalchemy import func, inspect, select, text  # noqa: PLC0415

    from finesse_tx.store.backup import tables_of  # noqa: PLC0415
    from finesse_tx.store.database import reading, shown  # noqa: PLC0415
    from finesse_tx.store.prepare import revision  # noqa: PLC0415

    if place.file is not None and not place.file.exists():
        return
    with place.engine() as engine:
        if place.file is None:
            others = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND application_name = 'finesse_tx' AND pid <> pg_backend_pid()"
            )
            with reading(engine).connect() as connection:
                if connection.execute(text(others)).scalar():
                    raise StartError(
                        f"{shown(place.url)}: a finesse_tx works with it; stop every node first"
                    )
        if place.file is None or not options.force:
            # A broken file is no reason not to restore; somebody else's tables are.
            revision(engine)
        if options.force:
            return
        with reading(engine).connect() as connection:
            if not inspect(connection).get_table_names():
                return
            rows = sum(
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in tables_of(connection)
            )
    if rows:
        raise StartError(
            f"{shown(place.url)} has {rows} rows; --force puts the backup in their place"
        )


def _take_its_place(new: Path, file: Path) -> str:
    """Put the new SQLite file where the old one is, which stays beside it."""
    kept = ""
    if file.exists():
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        old = file.with_name(f"{file.name}.before-{stamp}")
        for suffix in ("-wal", "-shm", ""):  # of a server that was killed, the first has rows
            path = file.with_name(f"{file.name}{suffix}")
            if path.exists():
                os.replace(path, f"{old}{suffix}")
        kept = f"; what was there is {old}"
    os.replace(new, file)
    return kept


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)


def _check(options: argparse.Namespace) -> int:
    from finesse_tx.store.checking import check  # noqa: PLC0415
    from finesse_tx.store.database import reading, shown  # noqa: PLC0415
    from finesse_tx.store.prepare import revision  # noqa: PLC0415

    place = _Place(options)
    problems = 0
    with place.engine() as engine:
        schema = revision(engine)
        if schema is None:
            raise StartError(f"{shown(place.url)} has no tables yet; start the server, or restore")
        with reading(engine).begin() as connection:
            for finding in check(connection, schema, place.home):
                problems += finding.is_problem
                mark = "problem: " if finding.is_problem else ""
                sys.stdout.write(f"{mark}{finding.text}\n")
    sys.stdout.write(f"{problems} problems\n" if problems else "no problem found\n")
    return 1 if problems else 0
