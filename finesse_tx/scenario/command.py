"""``finesse-tx scenario``: its arguments, and what it prints.

What plays is in `finesse_tx.scenario.run`, which is imported when it is needed: other commands have no use for the
engine.
"""

from __future__ import annotations

import math
import os
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, _SubParsersAction

__all__ = ["add_commands"]


def add_commands(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add ``scenario`` to the commands of ``finesse-tx``."""
    scenario = commands.add_parser("scenario", help="play a day that is written down")
    kinds = scenario.add_subparsers(metavar="WHAT", required=True)
    run = kinds.add_parser(
        "run",
        help="tell what happens, and check what is expected",
        description="Play a scenario on engine and simulator, without a server, and print what happens as JSON, one a "
        "line. The exit status is 1 if anything was not as it is expected.",
    )
    run.add_argument("file", metavar="FILE", type=Path, help="such as etc/scenario.toml")
    run.add_argument("--seed", type=int, metavar="N", help="another day of the same kind")
    run.add_argument(
        "--speed",
        type=_speed,
        metavar="TIMES",
        help="how many times as fast as real time (default: as fast as it goes)",
    )
    run.add_argument("--quiet", action="store_true", help="leave CTI events out")
    run.set_defaults(run=_run)
    check = kinds.add_parser("check", help="say whether a file can be played")
    check.add_argument("file", metavar="FILE", type=Path, help="such as etc/scenario.toml")
    check.set_defaults(run=_check)


def _speed(text: str) -> float:
    """Read how many times as fast as real time."""
    if not 0 < (speed := float(text)) < math.inf:
        raise ValueError(text)
    return speed


def _check(options: Namespace) -> str:
    from finesse_tx.scenario.run import check  # noqa: PLC0415

    return check(options.file)


def _run(options: Namespace) -> int:
    from finesse_tx.scenario.run import run  # noqa: PLC0415

    try:
        for line in run(options.file, options.seed, options.speed, quiet=options.quiet):
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has read enough: ``finesse-tx scenario run … | head``
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
