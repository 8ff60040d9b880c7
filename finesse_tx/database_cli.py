"""The database of a server that runs or does not, for the commands that change what is in it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from finesse_tx import config
from finesse_tx.errors import StartError
from finesse_tx.home import Home

__all__ = ["Database", "Post", "add_database"]

Post = Callable[[Home, str, dict[str, object]], Any]
"""Gives a command to the running server; raises `StartError` when there is none, or it refuses."""


def add_database(parser: argparse.ArgumentParser) -> None:
    """Add what says which database it is, but for ``--home``."""
    parser.add_argument("--config", metavar="FILE", type=Path, help="the configuration file")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")


class Database:
    """A server's database.

    Args:
        options: The command's.

    Raises:
        StartError: There is none, or it cannot be used.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        # Here: other commands have no use for a database.
        from finesse_tx.store.database import database_url  # noqa: PLC0415
        from finesse_tx.store.prepare import prepare  # noqa: PLC0415

        home = options.home.expanduser()
        if not home.is_dir():
            raise StartError(f"{home} is no server's home; start the server once, or give --home")
        self.home, self.config = Home(home), config.load(options.config, options.overrides)
        self._url = database_url(self.config.store, home.absolute())
        prepare(self._url)

    def inside(self, work: Callable[[Any], Any]) -> Any:
        """Run something in one transaction.

        Raises:
            StartError: The database cannot.
        """
        from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415
        from sqlalchemy.orm import Session  # noqa: PLC0415

        from finesse_tx.store.database import make_engine, said  # noqa: PLC0415

        engine = make_engine(self._url, 1)
        try:
            with Session(engine) as session, session.begin():
                return work(session)
        except SQLAlchemyError as error:
            raise StartError(f"the database cannot do it: {said(error)}") from None
        finally:
            engine.dispose()

    def tell(self, post: Post, path: str) -> str:
        """Have the server follow, if one runs; say it when it does not.

        Args:
            post: Gives it the command.
            path: Of the command.
        """
        if "control" not in self.home.endpoints():
            return ""  # none runs: it reads all this when it starts
        try:
            post(self.home, path, {})
        except StartError as error:
            return f"; but the server goes by what was: {error}; send it SIGHUP"
        return ""
