"""Strategies for GED-188 messages: any message, with any values that its layout can carry."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntFlag
from itertools import count
from typing import Any

from hypothesis import strategies as st

from finesse_tx.cti.core.floating import tags_of
from finesse_tx.cti.core.layout import VERSIONS, Layout
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.table import (
    FixedField,
    FloatingField,
    GroupField,
    NumberedField,
    RepeatedField,
    ScalarField,
    table_of,
)
from finesse_tx.cti.core.variables import NamedArray, NamedVariable
from finesse_tx.cti.core.wire import AUTO, Dialect, Enumeration, Tag, WireType

__all__ = ["LAYOUTS", "full", "messages"]

LAYOUTS = tuple(
    Layout.of(dialect, version) for dialect, versions in VERSIONS.items() for version in versions
)
"""Every version of each dialect."""

_SHORT = 12
"""Bytes of most texts here: several fields of 255 would not fit a message."""


def _bytes_long(text: str, most: int) -> bool:
    return len(text.encode()) <= most


def texts(most: int) -> st.SearchStrategy[str]:
    """Texts of at most ``most`` bytes, without NUL."""
    letters = st.characters(exclude_characters="\0", codec="utf-8")
    return st.text(letters, max_size=most).filter(lambda text: _bytes_long(text, most))


def _numbers(wire: WireType, enumeration: Enumeration | None) -> st.SearchStrategy[Any]:
    if wire is WireType.BOOL:
        return st.booleans()
    low, high = (
        (-(1 << 31), (1 << 31) - 1) if wire is WireType.INT else (0, (1 << 8 * wire.size) - 1)
    )
    plain = st.integers(low, high)
    if enumeration is None:
        return plain
    if issubclass(enumeration, IntFlag):
        return st.one_of(st.sampled_from(list(enumeration)), plain.map(enumeration))
    return st.one_of(st.sampled_from(list(enumeration)), plain)


def _fixed(field: FixedField) -> st.SearchStrategy[Any]:
    if field.default == AUTO:
        return st.just(AUTO)
    if field.type is WireType.UNSPEC8:
        return st.binary(min_size=8, max_size=8)
    return _numbers(field.type, field.enumeration)


def _data(tag: Tag, enumeration: Enumeration | None, dialect: Dialect) -> st.SearchStrategy[Any]:
    names = texts(12).filter(bool)
    match tag.type:
        case WireType.STRING:
            return texts(min(tag.most(dialect) - 1, _SHORT))
        case WireType.UNSPEC:
            return st.binary(max_size=min(tag.most(dialect), _SHORT))
        case WireType.NAMEDVAR:
            return st.builds(NamedVariable, names, texts(_SHORT))
        case WireType.NAMEDARRAY:
            return st.builds(NamedArray, st.integers(0, 255), names, texts(_SHORT))
        case _:
            return _numbers(tag.type, enumeration)


def _carried(field: FloatingField, layout: Layout) -> bool:
    first = field.members[0] if isinstance(field, GroupField) else field
    narrow = not all(layout.widths.holds(tag, 0) for tag in tags_of(first))
    return field.since.holds(layout.dialect, layout.version) and not narrow


def _floating(
    field: FloatingField, layout: Layout, *, first: bool = False
) -> st.SearchStrategy[Any]:
    if not _carried(field, layout):
        return st.none() if isinstance(field, ScalarField) else st.just(())
    match field:
        case ScalarField():
            data = _data(field.tag, field.enumeration, layout.dialect)
            return data if first else st.none() | data
        case RepeatedField():
            data = _data(field.tag, field.enumeration, layout.dialect)
            return st.lists(data, max_size=3).map(tuple)
        case NumberedField():
            return st.lists(st.none() | texts(_SHORT), max_size=len(field.tags)).map(tuple)
        case GroupField():
            return st.lists(_entries(field, layout), max_size=2).map(tuple)


def _entries(field: GroupField, layout: Layout) -> st.SearchStrategy[Any]:
    """An entry has its first field: it is what tells where the next entry begins."""
    members = {
        member.attribute: _floating(member, layout, first=place == 0)
        for place, member in enumerate(field.members)
    }
    return st.builds(field.group, **members)


def messages(cls: type[Message], layout: Layout) -> st.SearchStrategy[Any]:
    """Messages of a class as ``layout`` can carry them; what it does not have is at its default."""
    values = {field.attribute: _fixed(field) for field in layout.fixed_part(cls)}
    values |= {field.attribute: _floating(field, layout) for field in table_of(cls).floating}
    return st.builds(cls, **values)


def full(cls: type[Message], layout: Layout) -> Message:
    """The message of a class that has every field that ``layout`` can carry, each with a value of its own."""
    numbers = count(1)
    values: dict[str, Any] = {}
    for field in layout.fixed_part(cls):
        if field.default == AUTO:
            continue
        number = next(numbers) % 250
        values[field.attribute] = bytes([number] * 8) if field.type is WireType.UNSPEC8 else number
        if field.type is WireType.BOOL:
            values[field.attribute] = True
    for floating in table_of(cls).floating:
        values[floating.attribute] = _full(floating, layout, numbers)
    return cls(**values)


def _full(field: FloatingField, layout: Layout, numbers: Iterator[int]) -> Any:
    if not _carried(field, layout):
        return None if isinstance(field, ScalarField) else ()
    match field:
        case ScalarField():
            return _value(field.tag, numbers)
        case RepeatedField():
            return (_value(field.tag, numbers), _value(field.tag, numbers))
        case NumberedField():
            return tuple(_value(tag, numbers) for tag in field.tags)
        case GroupField():
            return tuple(
                field.group(
                    **{member.attribute: _full(member, layout, numbers) for member in field.members}
                )
                for _ in range(2)
            )


def _value(tag: Tag, numbers: Iterator[int]) -> Any:
    number = next(numbers) % 250
    match tag.type:
        case WireType.STRING:
            return str(number)[: tag.limit - 1]
        case WireType.UNSPEC:
            return bytes([number])
        case WireType.NAMEDVAR:
            return NamedVariable("user.n", str(number))
        case WireType.NAMEDARRAY:
            return NamedArray(number, "user.a", str(number))
        case WireType.BOOL:
            return True
        case _:
            return number
