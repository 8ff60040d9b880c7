"""A message in one line: its name and its main fields, by names for people."""

from __future__ import annotations

from dataclasses import MISSING, fields
from enum import Enum
from typing import Any, Final

from finesse_tx.cti.core import messages  # noqa: F401  # fills the catalogue
from finesse_tx.cti.core.message import CATALOGUE, Message

__all__ = ["MAIN", "main_fields"]

MAIN: Final = {
    "agent_id_long": "agent",
    "agent_state": "state",
    "event_reason_code": "reason",
    "next_agent_state": "next",
    "agent_extension": "extension",
    "connection_call_id": "call",
    "primary_call_id": "call",
    "connection_device_id": "device",
    "secondary_call_id": "other_call",
    "new_connection_call_id": "new_call",
    "call_type": "type",
    "calling_device_id": "calling",
    "called_device_id": "called",
    "alerting_device_id": "alerting",
    "answering_device_id": "answering",
    "holding_device_id": "holding",
    "retrieving_device_id": "retrieving",
    "releasing_device_id": "releasing",
    "failing_device_id": "failing",
    "queue_device_id": "queue",
    "diverting_device_id": "diverting",
    "transferring_device_id": "transferring",
    "transferred_device_id": "transferred",
    "controller_device_id": "controller",
    "added_party_device_id": "added",
    "last_redirect_device_id": "redirected",
    "num_queued": "queued",
    "event_cause": "cause",
    "call_wrapup_data": "wrap_up",
    "service_number": "service",
    "system_event_id": "event",
}
"""The fields that are told, in this order, and as what; those at their default are left out."""


def _told(kind: type[Message]) -> tuple[tuple[str, str, Any], ...]:
    defaults = {
        field.name: None if field.default is MISSING else field.default for field in fields(kind)
    }
    return tuple((name, shown, defaults[name]) for name, shown in MAIN.items() if name in defaults)


_TOLD: Final = {kind: _told(kind) for kind in CATALOGUE.values()}


def main_fields(message: Message) -> dict[str, object]:
    """What is told of a message: ``message``, its name in the specification, and its main fields."""
    told: dict[str, object] = {"message": message.MESSAGE_TYPE.name}
    for name, shown, default in _TOLD[type(message)]:
        value = getattr(message, name)
        if value != default:
            told[shown] = value.name if isinstance(value, Enum) else value
    return told
