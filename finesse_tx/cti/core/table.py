"""A message class, read as the table it is.

The compiler of layouts, the tests and everything that prints messages work from these rather than from the
annotations.

Spec: ``cti.md`` §9.0.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Any, Final, get_args, get_origin, get_type_hints

from finesse_tx.cti.core.wire import (
    ALWAYS,
    After,
    Before,
    Count,
    Dialect,
    Enumeration,
    Fixed,
    Numbered,
    Since,
    Tag,
    WireType,
    marks_of,
)

__all__ = [
    "CountField",
    "FixedField",
    "FloatingField",
    "GroupField",
    "NumberedField",
    "RepeatedField",
    "ScalarField",
    "Table",
    "table_of",
]

_CAPITALS: Final = {"id", "icm", "cti", "mrd", "pg", "rtp", "dn", "ii"}
"""The words that the reference writes in capitals."""


def spec_name(attribute: str) -> str:
    """The reference's name of a fixed field: ``ConnectionDeviceIDType`` for ``connection_device_id_type``."""
    return "".join(
        word.upper() if word in _CAPITALS else word.capitalize() for word in attribute.split("_")
    )


@dataclass(frozen=True, slots=True)
class FixedField:
    """A field of the fixed part, as one layout has it."""

    attribute: str
    type: WireType
    enumeration: Enumeration | None
    default: Any
    since: Since
    before: Before | None
    after: After | None

    @property
    def name(self) -> str:
        """The reference's name."""
        return spec_name(self.attribute)


@dataclass(frozen=True, slots=True)
class ScalarField:
    """A floating field that comes at most once; None when it does not."""

    attribute: str
    since: Since
    tag: Tag
    enumeration: Enumeration | None


@dataclass(frozen=True, slots=True)
class RepeatedField:
    """A floating field that may come several times: a tuple."""

    attribute: str
    since: Since
    tag: Tag
    enumeration: Enumeration | None


@dataclass(frozen=True, slots=True)
class NumberedField:
    """Several floating fields that are one tuple: an entry each, None where it did not come."""

    attribute: str
    since: Since
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class GroupField:
    """Floating fields that repeat together: a tuple of dataclasses."""

    attribute: str
    since: Since
    group: type
    members: tuple[FloatingField, ...]


FloatingField = ScalarField | RepeatedField | NumberedField | GroupField


@dataclass(frozen=True, slots=True)
class CountField:
    """A field, fixed or floating, that counts the entries of a list."""

    attribute: str
    list: str


@dataclass(frozen=True, slots=True)
class Table:
    """What a class declares, in its order."""

    fixed: tuple[FixedField, ...]
    floating: tuple[FloatingField, ...]
    counts: tuple[CountField, ...]

    def fixed_part(self, dialect: Dialect, version: int) -> tuple[FixedField, ...]:
        """The fixed part of one layout, in the order of the wire."""
        there = [
            dataclasses.replace(field, type=_type_at(field, version))
            for field in self.fixed
            if field.since.holds(dialect, version)
        ]
        for field in tuple(there):
            if field.after and field.after.dialect is dialect:
                there.remove(field)
                names = [other.attribute for other in there]
                there.insert(names.index(field.after.field) + 1, field)
        return tuple(there)


def _type_at(field: FixedField, version: int) -> WireType:
    if field.before is None or version >= field.before.version:
        return field.type
    narrow: Fixed = _first(Fixed, marks_of(field.before.type))
    return narrow.type


def _first(kind: type[Any], marks: tuple[Any, ...], default: Any = None) -> Any:
    return next((mark for mark in reversed(marks) if isinstance(mark, kind)), default)


_tables: Final[dict[type[Any], Table]] = {}


def table_of(cls: type[Any]) -> Table:
    """The table of a message's or a group's class."""
    table = _tables.get(cls)
    if table is None:
        table = _tables[cls] = _read(cls)
    return table


def _read(cls: type[Any]) -> Table:
    fixed: list[FixedField] = []
    floating: list[FloatingField] = []
    counts: list[CountField] = []
    hints = get_type_hints(cls, include_extras=True)
    for field in dataclasses.fields(cls):
        if not field.init:
            continue
        marks = marks_of(hints[field.name])
        since = _first(Since, marks, ALWAYS)
        if count := _first(Count, marks):
            counts.append(CountField(field.name, count.field))
        enumeration = next(
            (
                mark
                for mark in marks
                if isinstance(mark, type) and issubclass(mark, IntEnum | IntFlag)
            ),
            None,
        )
        if declared := _first(Fixed, marks):
            fixed.append(
                FixedField(
                    field.name,
                    declared.type,
                    enumeration,
                    field.default,
                    since,
                    _first(Before, marks),
                    _first(After, marks),
                )
            )
        elif tag := _first(Tag, marks):
            floating.append(ScalarField(field.name, since, tag, enumeration))
        elif numbered := _first(Numbered, marks):
            floating.append(NumberedField(field.name, since, numbered.tags))
        else:
            floating.append(_list(field.name, since, hints[field.name]))
    return Table(tuple(fixed), tuple(floating), tuple(counts))


def _list(attribute: str, since: Since, hint: Any) -> FloatingField:
    while get_origin(hint) is not tuple:
        hint = hint.__origin__  # Annotated[tuple[…], Since(…)]
    entry = get_args(hint)[0]
    marks = marks_of(entry)
    if not marks:
        return GroupField(attribute, since, entry, table_of(entry).floating)
    enumeration = next((mark for mark in marks if isinstance(mark, type)), None)
    return RepeatedField(attribute, since, _first(Tag, marks), enumeration)
