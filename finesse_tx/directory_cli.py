"""``finesse-tx directory``: people whom another directory tells of (``directory.provider``).

finesse-tx directory sync [--dry-run]      take them in now, or say what that would change
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, Final

from finesse_tx.home import Home

__all__ = ["TIMEOUT_S", "add_commands"]

TIMEOUT_S: Final = 600.0
"""A large directory that throttles takes its time."""

Post = Callable[[Home, str, dict[str, object], float], Any]


def add_commands(
    commands: Any, add_home: Callable[[argparse.ArgumentParser], None], post: Post
) -> None:
    """Add ``directory`` to the command line.

    Args:
        commands: The commands, as ``add_subparsers`` made them.
        add_home: Adds ``--home``.
        post: Gives a command to the running server and waits so long for the answer; raises `StartError` when there
            is none, or it refuses.
    """
    directory = commands.add_parser("directory", help="people of another directory")
    actions = directory.add_subparsers(metavar="ACTION", required=True)
    sync = actions.add_parser("sync", help="take people in from the directory provider, now")
    sync.add_argument("--dry-run", action="store_true", help="only say what would change")
    add_home(sync)
    sync.set_defaults(run=lambda options: _sync(options, post))


def _sync(options: argparse.Namespace, post: Post) -> str:
    body: dict[str, object] = {"action": "sync", "dry_run": options.dry_run}
    lines = post(Home(options.home.expanduser()), "/directory", body, TIMEOUT_S)["lines"]
    changes = sum(not line.startswith("!") for line in lines)
    end = f"{changes} changes, {'none of them' if options.dry_run else 'all'} made"
    return "\n".join([*lines, end])
