"""The time zone of the engine's days.

Spec: ``engine.md`` §5 (local midnight of the engine).
"""

from __future__ import annotations

import os
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from finesse_tx.errors import UNPLACED, ConfigError

__all__ = ["zone_of"]

LOCALTIME = Path("/etc/localtime")


def zone_of(name: str) -> tzinfo:
    """Find a time zone.

    Args:
        name: An IANA name; empty: the machine's own, from ``TZ`` or ``/etc/localtime``, and UTC where there is none.

    Raises:
        ConfigError: There is no zone of that name.
    """
    key = name or os.environ.get("TZ", "").removeprefix(":")
    try:
        if key:
            return ZoneInfo(key)
        with LOCALTIME.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        if name:
            raise ConfigError(
                UNPLACED,
                "engine.time_zone",
                f'there is no time zone "{name}"',
                'write a name such as "Europe/Amsterdam"',
            ) from None
        return UTC
