"""Every enumerated value in every field that it types, fixed and floating, and every cut of every message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import IntEnum, IntFlag
from itertools import count
from struct import Struct
from typing import Any, NamedTuple

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core import enums
from finesse_tx.cti.core.framing import Frame, frames
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import CATALOGUE
from finesse_tx.cti.core.table import (
    FloatingField,
    GroupField,
    NumberedField,
    table_of,
)
from finesse_tx.cti.core.wire import Enumeration, WireType
from tests.support.cti_messages import full

LAYOUTS = (
    Layout.of(Dialect.UCCX, 10),
    Layout.of(Dialect.UCCX, 18),
    Layout.of(Dialect.UCCE, 9),
    Layout.of(Dialect.UCCE, 25),
)
"""The oldest and the newest of each dialect: between them is every field, and each width of tag and length."""

NOT_A_FIELD = {
    "MessageType": "the number in the header",
    "CCXStatus": "PGStatus in UCCX: the two share fields",
    "PGStatus": "the same in UCCE",
    "PeripheralErrorCode": "the printed list is not complete, and UCCE has others",
    "EventReasonCode": "most are the operator's own",
    "UCCEConfigMask": "bit 0x10 is another in UCCX",
}
"""Enumerations that type no field, and why."""


class Place(NamedTuple):
    """Where an enumerated field is: its bytes in a body, and its value in a message."""

    cls: type[Message]
    path: tuple[str, ...]
    type: WireType
    enumeration: Enumeration
    before: bytes
    after: bytes

    def body(self, number: int) -> bytes:
        """A body that is zero but for this field."""
        return self.before + Struct(">" + self.type.code).pack(number) + self.after

    def value(self, message: Message) -> Any:
        """What a message has there."""
        found: Any = message
        for name in self.path:
            found = getattr(found, name)
            if isinstance(found, tuple):
                (found,) = found
        return found


def fixed_places(layout: Layout) -> Iterator[Place]:
    """Those of the fixed parts."""
    for cls in CATALOGUE.values():
        at, size = 0, layout.codec(cls).size
        for field in layout.fixed_part(cls):
            end = at + field.type.size
            if field.enumeration is not None:
                path = (field.attribute,)
                yield Place(cls, path, field.type, field.enumeration, bytes(at), bytes(size - end))
            at = end


def floating_places(layout: Layout) -> Iterator[Place]:
    """Those of the floating parts, in entries of lists too."""
    for cls in CATALOGUE.values():
        for path, field in fields_of(table_of(cls).floating, layout):
            if isinstance(field, GroupField | NumberedField) or field.enumeration is None:
                continue
            tag = field.tag
            if layout.widths.holds(tag.number, tag.type.size):
                head = layout.widths.head.pack(tag.number, tag.type.size)
                before = bytes(layout.codec(cls).size) + head
                yield Place(cls, path, tag.type, field.enumeration, before, b"")


def fields_of(
    fields: tuple[FloatingField, ...], layout: Layout, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], FloatingField]]:
    """Every floating field that the layout has, and how it is reached."""
    for field in fields:
        if field.since.holds(layout.dialect, layout.version):
            here = (*path, field.attribute)
            yield here, field
            if isinstance(field, GroupField):
                yield from fields_of(field.members, layout, here)


def unknown(enumeration: Enumeration) -> int:
    """The least number that has no name."""
    known = {member.value for member in enumeration}
    return next(number for number in count() if number not in known)


class ValueTests(SynchronousTestCase):
    """What is decoded of each number, and its way back."""

    def check(self, layout: Layout, place: Place) -> None:
        """Every value of one field."""
        strange = unknown(place.enumeration)
        for value in (*place.enumeration, strange):
            if value >= 1 << 8 * place.type.size:
                continue  # the enumeration has a name for "none" that is wider than this field
            body = place.body(value)
            message = layout.decode(Frame(place.cls.MESSAGE_TYPE, body))
            found = place.value(message)
            named = issubclass(place.enumeration, IntEnum) and value != strange
            where = (place.cls.__name__, place.path, value, layout)
            self.assertEqual(found, value, where)
            self.assertIs(type(found), place.enumeration if named else int, where)
            self.assertEqual(layout.encode(replace(message))[8:], body, where)

    def test_fixed(self) -> None:
        """Each member of an enumeration comes back as itself from each fixed field, each bit and any other number as a number."""
        for layout in LAYOUTS:
            for place in fixed_places(layout):
                self.check(layout, place)

    def test_floating(self) -> None:
        """And so from each floating field, and from the entries of lists."""
        for layout in LAYOUTS:
            for place in floating_places(layout):
                self.check(layout, place)

    def test_none_left_out(self) -> None:
        """Every enumeration types a field, but for those that are said not to."""
        typed = {
            place.enumeration
            for layout in LAYOUTS
            for places in (fixed_places, floating_places)
            for place in places(layout)
        }
        every = {
            value
            for value in vars(enums).values()
            if isinstance(value, type)
            and issubclass(value, IntEnum | IntFlag)
            and value.__module__ == enums.__name__
        }
        self.assertEqual({found.__name__ for found in every - typed}, set(NOT_A_FIELD))

    def test_every_bit(self) -> None:
        """Each single bit of a mask's field, named or not, is a number of its own."""
        for layout in LAYOUTS:
            for place in fixed_places(layout):
                if issubclass(place.enumeration, IntFlag):
                    for bit in range(8 * place.type.size):
                        message = layout.decode(Frame(place.cls.MESSAGE_TYPE, place.body(1 << bit)))
                        self.assertEqual(place.value(message), 1 << bit)
                        self.assertIs(type(place.value(message)), int)


class CutTests(SynchronousTestCase):
    """How TCP cuts messages."""

    def test_everywhere(self) -> None:
        """Each message with all its fields, cut in two anywhere, is read as if it had come at once."""
        for layout in LAYOUTS:
            for cls in CATALOGUE.values():
                wire = layout.encode(full(cls, layout))
                whole = list(frames(bytearray(wire)))
                for cut in range(len(wire)):
                    buffer = bytearray(wire[:cut])
                    self.assertEqual(list(frames(buffer)), [])
                    buffer += wire[cut:]
                    self.assertEqual(list(frames(buffer)), whole)
                    self.assertEqual(buffer, b"")
