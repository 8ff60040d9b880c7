"""Forms of XEP-0004: what a field may be, and how its value is written and read.

Spec: XEP-0004 §3.3 (field types), XEP-0068 (a form's fields have a prefix), XEP-0060 §16.4 (the fields here).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final, NamedTuple

__all__ = ["PREFIX", "FieldType", "Setting", "Value", "changes", "written"]

PREFIX: Final = "pubsub#"
"""What the names of all fields begin with."""

MAX_TEXT: Final = 256
"""The longest text in characters."""

_BOOLEANS: Final = {"1": True, "true": True, "0": False, "false": False}

Value = bool | int | str | tuple[str, ...]


class FieldType(Enum):
    """The types of field that occur."""

    BOOLEAN = "boolean"
    LIST = "list-single"
    SEVERAL = "list-multi"
    TEXT = "text-single"


class Setting(NamedTuple):
    """One field of a form.

    Attributes:
        kind: Its type.
        label: For people to read.
        choices: What it may be; a text that has some is a number from the first to the second.
    """

    kind: FieldType
    label: str
    choices: tuple[str, ...] = ()


def written(value: Value) -> list[str]:
    """The values of a field, as a form shows them."""
    if isinstance(value, tuple):
        return list(value)
    return [str(int(value)) if isinstance(value, bool) else str(value)]


def changes(
    settings: Mapping[str, Setting], form: Mapping[str, Sequence[str]]
) -> dict[str, Value | None]:
    """What a form that was submitted changes, by name; fields that are unknown change nothing (XEP-0004 §3.2).

    Returns:
        For each setting that the form has its value, or None where it cannot be that.
    """
    found: dict[str, Value | None] = {}
    for name, setting in settings.items():
        values = form.get(PREFIX + name)
        if values is not None:
            try:
                found[name] = _read(setting, values)
            except ValueError:
                found[name] = None
    return found


def _read(setting: Setting, values: Sequence[str]) -> Value:
    if setting.kind is FieldType.SEVERAL:
        if not set(values) <= set(setting.choices):
            raise ValueError(values)
        return tuple(dict.fromkeys(values))
    (text,) = values or ("",)
    match setting.kind:
        case FieldType.BOOLEAN:
            if text not in _BOOLEANS:
                raise ValueError(text)
            return _BOOLEANS[text]
        case FieldType.LIST:
            if text not in setting.choices:
                raise ValueError(text)
            return text
        case _ if setting.choices:
            low, high = map(int, setting.choices)
            number = high if text == "max" else int(text)
            if not low <= number <= high:
                raise ValueError(text)
            return number
        case _:
            if len(text) > MAX_TEXT:
                raise ValueError(text)
            return text
