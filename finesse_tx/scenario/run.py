"""A scenario's file is read and played, in lines of JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from finesse_tx.errors import ConfigError, FinesseError
from finesse_tx.scenario.core.language import Scenario
from finesse_tx.scenario.core.moments import shown
from finesse_tx.scenario.core.reading import read_scenario
from finesse_tx.scenario.play import Missed, Play

__all__ = ["MAX_BYTES", "MissedError", "check", "load", "run"]

MAX_BYTES: Final = 10_000_000
"""A file is not longer."""


class MissedError(FinesseError):
    """The day was not as it should be.

    Attributes:
        missed: What was not, in order; at least one.
    """

    def __init__(self, missed: list[Missed]) -> None:
        super().__init__(missed)
        self.missed = missed

    def __str__(self) -> str:
        more = len(self.missed) - 1
        return f"{self.missed[0]}" + (f"; and {more} more" if more else "")


def load(path: Path) -> Scenario:
    """Read a file.

    Raises:
        ConfigError: It cannot be read, or something is wrong with it.
    """
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(MAX_BYTES + 1)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise ConfigError(str(path), "", reason or str(error), "name a readable file") from None
    if len(text) > MAX_BYTES:
        raise ConfigError(str(path), "", f"is longer than {MAX_BYTES} bytes", "make it two")
    return read_scenario(text, str(path))


def check(path: Path) -> str:
    """Say whether a file can be played.

    Raises:
        ConfigError: It cannot.
    """
    scenario = load(path)
    Play(scenario, str(path)).stage.close()
    count = len(scenario.steps)
    return f"{path} can be played: {count} steps, {shown(scenario.ends)} long"


def run(
    path: Path, seed: int | None = None, speed: float | None = None, *, quiet: bool = False
) -> Iterator[str]:
    """Play a file.

    Args:
        path: The file.
        seed: Where the chances come from; None: the file's own.
        speed: How many times as fast as real time; None: as fast as it goes.
        quiet: Whether CTI events are left out.

    Returns:
        What happens, one JSON object a line, as it happens; a summary at the end.

    Raises:
        ConfigError: The file cannot be played.
        MissedError: Something was not as it should be; after all lines.
    """
    play = Play(load(path), str(path), seed, tells=not quiet)
    for line in play.run(_as_it_goes if speed is None else _pace(speed)):
        yield msgspec.json.encode(line).decode()
    if play.missed:
        raise MissedError(play.missed)


def _as_it_goes(_moment: float) -> None:
    """Do not wait."""


def _pace(speed: float) -> Callable[[float], None]:
    """Wait for each moment."""
    began = time.monotonic()

    def pace(moment: float) -> None:
        wait = moment / speed - (time.monotonic() - began)
        if wait > 0:
            time.sleep(wait)

    return pace
