"""``finesse-tx config``: the whole configuration as text.

    finesse-tx config export [--format toml|json] [FILE]
    finesse-tx config import FILE [--dry-run] [--prune]

Both work on the database, whether the server runs or not; one that runs follows at once.
"""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from finesse_tx.database_cli import Database, Post, add_database
from finesse_tx.errors import FinesseError, StartError

__all__ = ["ImportRefusedError", "add_commands"]


class ImportRefusedError(FinesseError):
    """A file cannot be taken in, and nothing was changed."""


def add_commands(
    commands: Any, add_home: Callable[[argparse.ArgumentParser], None], post: Post
) -> None:
    """Add ``config`` to the command line.

    Args:
        commands: The commands, as ``add_subparsers`` made them.
        add_home: Adds ``--home``.
        post: Gives a command to the running server.
    """
    parser = commands.add_parser("config", help="the whole configuration as text")
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    export = actions.add_parser("export", help="write it down, without passwords")
    export.add_argument("--format", choices=("toml", "json"), default="toml", help="(default toml)")
    export.add_argument(
        "file", metavar="FILE", type=Path, nargs="?", help="(default: standard output)"
    )
    export.set_defaults(run=_export)

    take = actions.add_parser("import", help="let it be as a file says: all of it, or nothing")
    take.add_argument("file", metavar="FILE", help="TOML or JSON; - is standard input")
    take.add_argument("--dry-run", action="store_true", help="only say what would change")
    take.add_argument("--prune", action="store_true", help="remove what the file does not have")
    take.set_defaults(run=lambda options: _import(options, post))

    for one in (export, take):
        add_home(one)
        add_database(one)


def _export(options: argparse.Namespace) -> list[str]:
    from finesse_tx.configuration.core.exporting import document_of  # noqa: PLC0415
    from finesse_tx.configuration.core.text import written  # noqa: PLC0415
    from finesse_tx.store.repositories.configuration import read_configuration  # noqa: PLC0415

    there = Database(options).inside(lambda session: read_configuration(session, _no_password))
    data = written(document_of(there), options.format)
    if options.file is None:
        return data.decode().removesuffix("\n").split("\n")
    beside = options.file.with_name(f".{options.file.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        beside.replace(options.file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StartError(f"{options.file}: {error.strerror}") from None
    return [f"{options.file}: {len(data)} bytes"]


def _import(options: argparse.Namespace, post: Post) -> str:
    from finesse_tx.configuration.core.document import DocumentRefusedError  # noqa: PLC0415
    from finesse_tx.configuration.core.planning import planned  # noqa: PLC0415
    from finesse_tx.configuration.core.telling import differences  # noqa: PLC0415
    from finesse_tx.configuration.core.text import read  # noqa: PLC0415
    from finesse_tx.directory.core.edits import Author  # noqa: PLC0415
    from finesse_tx.store.core.sealing import SETTINGS_KEY, Sealer  # noqa: PLC0415
    from finesse_tx.store.repositories.configuration import (  # noqa: PLC0415
        import_configuration,
        read_configuration,
    )

    data = _bytes(options.file)
    try:
        source = read(data)
        database = Database(options)
        rules = {"prune": options.prune, "personality": database.config.engine.personality}
        sealer = Sealer(database.home.secret(SETTINGS_KEY).encode(), secrets.token_bytes)
        if options.dry_run:
            there = database.inside(lambda session: read_configuration(session, sealer.opened))
            wanted = planned(source, there, **rules)
            return "\n".join([*differences(wanted), f"{wanted.changes} changes, none of them made"])
        author = Author(getpass.getuser()[:64], "finesse-tx")
        wanted = database.inside(
            lambda session: import_configuration(
                session,
                source,
                author,
                datetime.now(UTC),
                **rules,
                opened=sealer.opened,
                sealed=sealer.seal,
            )
        )
    except DocumentRefusedError as error:
        lines = [f"{options.file}: nothing was imported", *str(error).split("\n")]
        raise ImportRefusedError("\n  ".join(lines)) from None
    told = database.tell(post, "/configuration") if wanted.changes else ""
    return "\n".join([*differences(wanted), f"{wanted.changes} changes made{told}"])


def _no_password(_name: str, _text: str) -> str:
    """None is written down."""
    return ""


def _bytes(name: str) -> bytes:
    from finesse_tx.configuration.core.text import MAX_BYTES  # noqa: PLC0415

    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise StartError(f"{name}: {error.strerror}") from None
