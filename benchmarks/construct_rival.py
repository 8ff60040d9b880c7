"""The messages of GED-188, described for the library `construct` by the tables that our own codec is made from.

It gets what is its own part: fixed fields as integers and enumerations, floating fields as a list of tag and data,
strings and named variables as such. Headers are cut with `struct` for it, and what it is not asked for (spreading
the floating fields into attributes, groups, wide BOOLs) costs it nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import construct as c

from finesse_tx.cti.core.layout import Layout
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.table import (
    FloatingField,
    GroupField,
    NumberedField,
    RepeatedField,
    ScalarField,
    table_of,
)
from finesse_tx.cti.core.wire import Tag, WireType

__all__ = ["description", "floating_fields"]

_NUMBERS = {"B": c.Int8ub, "H": c.Int16ub, "I": c.Int32ub, "i": c.Int32sb}
_WIDTHS = {1: c.Int8ub, 2: c.Int16ub}
_VARIABLE = c.Struct("name" / c.CString("utf8"), "value" / c.CString("utf8"))
_VARIABLES = {
    WireType.STRING: c.CString("utf8"),
    WireType.UNSPEC: c.GreedyBytes,
    WireType.NAMEDVAR: _VARIABLE,
    WireType.NAMEDARRAY: c.Struct("index" / c.Int8ub, *_VARIABLE.subcons),
}


def _number(wire: WireType, enumeration: Any) -> Any:
    number = _NUMBERS[wire.code]
    return number if enumeration is None else c.Enum(number, enumeration)


def _data(tag: Tag, enumeration: Any) -> Any:
    return _number(tag.type, enumeration) if tag.type.code else _VARIABLES[tag.type]


def _tags(fields: tuple[FloatingField, ...]) -> Iterator[tuple[int, Any]]:
    for field in fields:
        match field:
            case ScalarField() | RepeatedField():
                yield field.tag.number, _data(field.tag, field.enumeration)
            case NumberedField():
                yield from ((tag.number, _data(tag, None)) for tag in field.tags)
            case GroupField():
                yield from _tags(field.members)


def description(cls: type[Message], layout: Layout) -> Any:
    """A message's body."""
    fixed = [
        field.attribute / _number(field.type, field.enumeration) for field in layout.fixed_part(cls)
    ]
    tags = dict(_tags(table_of(cls).floating))
    if not tags:
        return c.Struct(*fixed)
    data = c.Switch(c.this.tag, tags, default=c.GreedyBytes)
    floating = c.Struct(
        "tag" / _WIDTHS[layout.widths.tag],
        "data" / c.Prefixed(_WIDTHS[layout.widths.length], data),
    )
    return c.Struct(*fixed, "floating" / c.GreedyRange(floating))


def floating_fields(message: Any, layout: Layout) -> list[tuple[int, Any]]:
    """What `description` should find in a message's floating part: tags, and data as it shows them."""
    return list(_present(message, table_of(type(message)).floating, layout))


def _present(
    holder: Any, fields: tuple[FloatingField, ...], layout: Layout
) -> Iterator[tuple[int, Any]]:
    for field in fields:
        value = getattr(holder, field.attribute)
        match field:
            case _ if not field.since.holds(layout.dialect, layout.version):
                continue
            case ScalarField():
                if value is not None:
                    yield field.tag.number, value
            case RepeatedField():
                yield from ((field.tag.number, entry) for entry in value)
            case NumberedField():
                for tag, entry in zip(field.tags, value, strict=False):
                    if entry is not None:
                        yield tag.number, entry
            case GroupField():
                for entry in value:
                    yield from _present(entry, field.members, layout)
