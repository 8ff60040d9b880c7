"""Moments of a day, as people write them."""

from __future__ import annotations

import re
from datetime import time
from typing import Final

__all__ = ["MAX_S", "moment", "shown"]

MAX_S: Final = 7 * 86_400.0
"""A day lasts at most a week."""

_CLOCK: Final = re.compile(r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d(?:\.\d{1,3})?)")


def moment(value: object) -> float:
    """Read a number of seconds, ``"1:30"``, ``"8:00:00"``, or TOML's own ``08:00:00``.

    Returns:
        Seconds since the day's beginning.

    Raises:
        ValueError: It is none of these, or is beyond `MAX_S`.
    """
    if isinstance(value, time):
        seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    elif isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    elif isinstance(value, str) and (found := _CLOCK.fullmatch(value)):
        seconds = int(found[1] or 0) * 3600 + int(found[2]) * 60 + float(found[3])
    else:
        raise ValueError("is no moment")
    if not 0 <= seconds <= MAX_S:
        raise ValueError("is not within a week from the day's beginning")
    return seconds


def shown(seconds: float) -> str:
    """The moment, for people: ``0:01:30`` or ``0:01:30.500``."""
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    text = f"{minutes // 60}:{minutes % 60:02d}:{rest // 1000:02d}"
    return f"{text}.{rest % 1000:03d}" if rest % 1000 else text
