"""Calls on an agent's secondary line, for clients that do not know of secondary lines.

From version 14 on the device ids of such a call are written ``2006.3006``: the agent's ICD extension, and the line
that has the call. Older clients get the line alone, as a plain device on a business line; those of UCCE's dialect,
where nothing is written so, get the line alone, with the types that say what it is.

Spec: ``cti.md`` §10.4, §8.7 (78), §8.12.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any, Final, TypeVar

from finesse_tx.cti.core.enums import DeviceIDType, LineType
from finesse_tx.cti.core.message import Message

__all__ = ["KNOWN_FROM", "actual_device", "with_actual_devices", "without_secondary_lines"]

M = TypeVar("M", bound=Message)

KNOWN_FROM: Final = 14
"""The first version whose clients know of secondary lines."""

_PRIMARY_ACTUAL: Final = re.compile(r"\d{1,31}\.(\d{1,31})")

_DEVICES: Final = {"ani", "dnis", "dialed_number"}
"""The attributes that hold a device beside those called ``…_device_id``."""


def actual_device(device: str) -> str:
    """The device that a client means, in whichever form it says it."""
    match = _PRIMARY_ACTUAL.fullmatch(device)
    return match[1] if match else device


def with_actual_devices(event: M) -> M:
    """An event with the lines alone for device ids; the very same one where nothing changes."""
    changes: dict[str, Any] = {}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, str):
            if field.name in _DEVICES or field.name.endswith("_device_id"):
                _change(changes, field.name, value, actual_device(value))
        elif field.name == "connected_parties":
            parties = tuple(
                replace(party, connected_party_device_id=actual_device(device))
                if (device := party.connected_party_device_id)
                else party
                for party in value
            )
            _change(changes, field.name, value, parties)
    return replace(event, **changes) if changes else event


def without_secondary_lines(event: Message) -> Message:
    """An event as clients before version 14 get it; the very same one where nothing changes."""
    changes: dict[str, Any] = {}
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name.endswith("_device_type"):
            if value == DeviceIDType.DEVID_NON_ACD_DEVICE_IDENTIFIER:
                changes[field.name] = DeviceIDType.DEVID_DEVICE_IDENTIFIER
        elif field.name == "line_type" and value == LineType.LINETYPE_NON_ACD_IN:
            changes[field.name] = LineType.LINETYPE_UNKNOWN
    return with_actual_devices(replace(event, **changes) if changes else event)


def _change(changes: dict[str, Any], name: str, was: Any, now: Any) -> None:
    if was != now:
        changes[name] = now
