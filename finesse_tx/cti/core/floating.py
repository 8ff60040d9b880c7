"""The floating part: tag, length and data, packed, in any order, to the message's end.

What a peer sends is read leniently: strings with or without NUL or of no length at all, a BOOL of four bytes, arrays
in one field or in several. Data whose length cannot be its tag's is left unread, not refused. What we send is
strict: one NUL, counted; texts cut at a character's boundary; arrays as repeated fields.

Spec: ``cti.md`` §3 (string rules), §4.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import IntFlag
from struct import Struct
from typing import Any, Final, NamedTuple

from finesse_tx.cti.core.enums import StatusCode
from finesse_tx.cti.core.errors import BadMessageError
from finesse_tx.cti.core.message import RawField
from finesse_tx.cti.core.table import (
    FloatingField,
    GroupField,
    NumberedField,
    RepeatedField,
    ScalarField,
)
from finesse_tx.cti.core.variables import MAX_NAME, MAX_VALUE, NamedArray, NamedVariable
from finesse_tx.cti.core.wire import Dialect, Enumeration, Tag, WireType

__all__ = ["Widths", "field_reader", "field_writer", "part_reader", "raw_fields", "tags_of"]

Read = Callable[[bytes], Any]
Write = Callable[[Any], bytes]
Pair = tuple[int, bytes]
Collect = Callable[[list[Pair]], Any]


class Widths(NamedTuple):
    """How many bytes a tag and a length take (§4.2)."""

    tag: int
    length: int

    @property
    def head(self) -> Struct:
        """Reads and writes a tag and a length."""
        codes = {1: "B", 2: "H"}
        return Struct(f">{codes[self.tag]}{codes[self.length]}")

    def holds(self, tag: int, size: int) -> bool:
        """Whether a field of that tag with so many bytes of data can be written."""
        return tag < 1 << 8 * self.tag and size < 1 << 8 * self.length


def raw_fields(body: bytes, at: int, widths: Widths, message_type: int) -> Iterator[RawField]:
    """Cut the floating part of a body, from offset ``at`` on, into its fields.

    Raises:
        BadMessageError: A field runs over the end.
    """
    head, end = widths.head, len(body)
    while at < end:
        start = at + head.size
        if start > end:
            raise _overrun(message_type, at, f"{head.size} bytes of tag and length")
        tag, length = head.unpack_from(body, at)
        if start + length > end:
            raise _overrun(message_type, at, f"{length} bytes of data for tag {tag}")
        at = start + length
        yield RawField(tag, body[start:at])


def _overrun(message_type: int, at: int, expected: str) -> BadMessageError:
    return BadMessageError(StatusCode.E_CTI_BAD_MESSAGE_FORMAT, message_type, at, expected)


# Reading --------------------------------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    return data.partition(b"\0")[0].decode("utf-8", "replace")


def _variable(data: bytes) -> NamedVariable:
    name, value, *_ = data.split(b"\0")  # ValueError: not even one NUL
    return NamedVariable(name.decode("utf-8", "replace"), value.decode("utf-8", "replace"))


def _array(data: bytes) -> NamedArray:
    if not data:
        raise ValueError("no index")
    element = _variable(data[1:])
    return NamedArray(data[0], element.name, element.value)


_READ: Final[dict[WireType, Read]] = {
    WireType.STRING: _text,
    WireType.UNSPEC: bytes,
    WireType.NAMEDVAR: _variable,
    WireType.NAMEDARRAY: _array,
}

_BOOLEANS: Final = {0: False, 1: True}
"""Other values are true as well, and stay what they are."""


class _Masks(dict[int, IntFlag]):
    """The values of a mask: those of one bit, or none, at hand, others as they are asked for."""

    def __init__(self, flags: type[IntFlag]) -> None:
        super().__init__((number, flags(number)) for number in (0, *flags))
        self._flags = flags

    def __missing__(self, number: int) -> IntFlag:
        return self._flags(number)


_enumerations: Final[dict[Enumeration, Mapping[int, Any]]] = {}


def known(enumeration: Enumeration | None, wire: WireType) -> Mapping[int, Any] | None:
    """What a field holds for each number that has a meaning; any other number is held as it is.

    Returns:
        None when no number has one.
    """
    if wire is WireType.BOOL:
        return _BOOLEANS
    if enumeration is None:
        return None
    if enumeration not in _enumerations:
        meanings: Mapping[int, Any] = {member.value: member for member in enumeration}
        _enumerations[enumeration] = (
            _Masks(enumeration) if issubclass(enumeration, IntFlag) else meanings
        )
    return _enumerations[enumeration]


def field_reader(wire: WireType, enumeration: Enumeration | None) -> Read:
    """How the data of a field becomes a value; it raises ValueError or `struct.error` when it cannot."""
    if plain := _READ.get(wire):
        return plain
    unpack, meanings = Struct(">" + wire.code).unpack, known(enumeration, wire)

    def read(data: bytes) -> Any:
        (number,) = unpack(data)
        if meanings is None:
            return number
        try:
            return meanings[number]
        except KeyError:
            return number

    def read_bool(data: bytes) -> Any:
        return data != bytes(4) if len(data) == 4 else read(data)

    return read_bool if wire is WireType.BOOL else read


def _collect_repeated(field: RepeatedField) -> Collect:
    read, size = field_reader(field.tag.type, field.enumeration), field.tag.array_size

    def collect(raw: list[Pair]) -> tuple[Any, ...]:
        found: list[Any] = []
        for _tag, data in raw:
            try:
                found += [read(part) for part in _parts(data, size)]
            except (ValueError, struct.error):
                continue
        return tuple(found)

    return collect


def _collect_numbered(field: NumberedField) -> Collect:
    places = {tag.number: place for place, tag in enumerate(field.tags)}

    def collect(raw: list[Pair]) -> tuple[str | None, ...]:
        found: list[str | None] = [None] * len(places)
        most = 0
        for tag, data in raw:
            place = places[tag]
            found[place] = _text(data)
            most = max(most, place + 1)
        return tuple(found[:most])

    return collect


def _collect_groups(field: GroupField) -> Collect:
    """Build the entries of a list: one begins whenever a tag comes that the current one has already (§4.3)."""
    group, members = field.group, field.members
    # A frozen entry is filled in through its slots, as the compiler's blanks would cost more than they save here.
    fills = [getattr(group, member.attribute).__set__ for member in members]
    lists = {
        place: _collector(member)
        for place, member in enumerate(members)
        if not isinstance(member, ScalarField)
    }
    places: dict[int, tuple[int, Read, int]] = {}
    for place, member in enumerate(members):
        if isinstance(member, ScalarField):
            read = field_reader(member.tag.type, member.enumeration)
            places[member.tag.number] = (place, read, member.tag.array_size)
        else:
            places.update((tag, (place, bytes, 0)) for tag in tags_of(member))

    def collect(raw: list[Pair]) -> tuple[Any, ...]:
        rows: list[list[Any]] = []
        row: list[Any] | None = None
        for tag, data in raw:
            place, read, size = places[tag]
            if place in lists:
                if row is None:
                    rows.append(row := [None] * len(fills))
                row[place] = [*(row[place] or ()), (tag, data)]
                continue
            try:
                if not size or len(data) <= size:
                    value = read(data)
                else:
                    values = [read(part) for part in _parts(data, size)]
                    _spread(rows, place, values, len(fills))
                    row = rows[-1]
                    continue
            except (ValueError, struct.error):
                continue
            if row is None or row[place] is not None:
                rows.append(row := [None] * len(fills))
            row[place] = value
        return tuple(entry(row) for row in rows)

    def entry(row: list[Any]) -> Any:
        made: Any = object.__new__(group)
        for place, (fill, value) in enumerate(zip(fills, row, strict=True)):
            fill(made, lists[place](value or []) if place in lists else value)
        return made

    return collect


def _parts(data: bytes, size: int) -> list[bytes]:
    """The values of a field whose data may be an array of values of that size (§4.3)."""
    if not size or len(data) <= size or len(data) % size:
        return [data]
    return [data[at : at + size] for at in range(0, len(data), size)]


def _spread(rows: list[list[Any]], place: int, values: list[Any], width: int) -> None:
    """Put an array's values into as many rows: the last ones that have nothing there, then new ones."""
    first = len(rows)
    while first and len(rows) - first < len(values) and rows[first - 1][place] is None:
        first -= 1
    for index, value in enumerate(values, first):
        if index == len(rows):
            rows.append([None] * width)
        rows[index][place] = value


def _collector(field: FloatingField) -> Collect:
    match field:
        case RepeatedField():
            return _collect_repeated(field)
        case NumberedField():
            return _collect_numbered(field)
        case GroupField():
            return _collect_groups(field)
        case ScalarField():
            raise TypeError(field)


def tags_of(field: FloatingField) -> tuple[int, ...]:
    """Every tag that a field of a message takes."""
    match field:
        case ScalarField() | RepeatedField():
            return (field.tag.number,)
        case NumberedField():
            return tuple(tag.number for tag in field.tags)
        case GroupField():
            return tuple(tag for member in field.members for tag in tags_of(member))


def part_reader(
    fields: tuple[FloatingField, ...], widths: Widths, message_type: int
) -> Callable[[bytes, int], list[Any]]:
    """How the floating part of a body, from an offset on, becomes the values of ``fields``, in their order."""
    head = widths.head
    unpack, head_size = head.unpack_from, head.size
    blank = [None if isinstance(field, ScalarField) else () for field in fields]
    places: dict[int, tuple[int, Read | None]] = {}
    collectors: dict[int, Collect] = {}
    for place, field in enumerate(fields):
        if isinstance(field, ScalarField):
            places[field.tag.number] = (place, field_reader(field.tag.type, field.enumeration))
        else:
            collectors[place] = _collector(field)
            places.update((tag, (place, None)) for tag in tags_of(field))

    def read_part(body: bytes, at: int) -> list[Any]:
        values: list[Any] = blank.copy()
        gathered: dict[int, list[Pair]] = {}
        end = len(body)
        while at < end:
            start = at + head_size
            if start > end:
                raise _overrun(message_type, at, f"{head_size} bytes of tag and length")
            tag, length = unpack(body, at)
            stop = start + length
            if stop > end:
                raise _overrun(message_type, at, f"{length} bytes of data for tag {tag}")
            at = stop
            found = places.get(tag)
            if found is None:
                continue
            place, read = found
            if read is None:
                gathered.setdefault(place, []).append((tag, body[start:stop]))
                continue
            try:
                values[place] = read(body[start:stop])
            except (ValueError, struct.error):
                continue
        for place, raw in gathered.items():
            values[place] = collectors[place](raw)
        return values

    return read_part


def unread(raw: Iterable[RawField], fields: tuple[FloatingField, ...]) -> tuple[RawField, ...]:
    """Those of ``raw`` that none of ``fields`` can hold."""
    readers = dict(_readers(fields))
    return tuple(field for field in raw if not _reads(readers.get(field.tag), field.data))


def _readers(
    fields: tuple[FloatingField, ...], arrays: bool = False
) -> Iterator[tuple[int, tuple[Read, int]]]:
    """For each tag, how its data is read, and the size of its values where it may hold several."""
    for field in fields:
        match field:
            case ScalarField() | RepeatedField():
                size = field.tag.array_size if arrays or isinstance(field, RepeatedField) else 0
                yield field.tag.number, (field_reader(field.tag.type, field.enumeration), size)
            case NumberedField():
                yield from ((tag.number, (_text, 0)) for tag in field.tags)
            case GroupField():
                yield from _readers(field.members, arrays=True)


def _reads(how: tuple[Read, int] | None, data: bytes) -> bool:
    if how is None:
        return False
    read, size = how
    try:
        for part in _parts(data, size):
            read(part)
    except (ValueError, struct.error):
        return False
    return True


# Writing --------------------------------------------------------------------------------------------------------


def cut_text(text: str, most: int) -> bytes:
    """``text`` as a STRING of at most ``most`` bytes, its NUL included, whole characters only."""
    data = text.encode("utf-8", "replace")
    if 0 in data:
        data = data.partition(b"\0")[0]
    if len(data) >= most:
        data = data[: most - 1].decode("utf-8", "ignore").encode()
    return data + b"\0"


def _name(name: str) -> bytes:
    data = name.encode("utf-8", "replace")
    if not data or len(data) >= MAX_NAME or 0 in data:
        raise ValueError(f"a name is 1 to {MAX_NAME - 1} bytes")
    return data + b"\0"


def field_writer(tag: Tag, dialect: Dialect, widths: Widths) -> Write | None:
    """How a value becomes a whole field, tag and length included; it raises ValueError or `struct.error` if it cannot.

    Returns:
        None where tags are too narrow for this one: such a session does without the field (§4.2).
    """
    if not widths.holds(tag.number, 0):
        return None
    number, wire, most = tag.number, tag.type, tag.most(dialect)
    head = widths.head
    pack = head.pack
    if wire.code:
        scalar = Struct(head.format + wire.code).pack
        return lambda value: scalar(number, wire.size, value)

    def write_text(value: str) -> bytes:
        data = cut_text(value, most)
        return pack(number, len(data)) + data

    def write_bytes(value: bytes) -> bytes:
        if len(value) > most:
            raise ValueError(f"more than {most} bytes")
        return pack(number, len(value)) + value

    def write_variable(value: NamedVariable) -> bytes:
        return write_bytes(_name(value.name) + cut_text(value.value, MAX_VALUE))

    def write_array(value: NamedArray) -> bytes:
        data = _name(value.name) + cut_text(value.value, MAX_VALUE)
        return write_bytes(struct.pack("B", value.index) + data)

    writers: dict[WireType, Write] = {
        WireType.STRING: write_text,
        WireType.UNSPEC: write_bytes,
        WireType.NAMEDVAR: write_variable,
        WireType.NAMEDARRAY: write_array,
    }
    return writers[wire]


def rewrite(raw: Iterable[RawField], widths: Widths) -> bytes:
    """Write fields as they are, leaving out what these widths cannot carry."""
    pack = widths.head.pack
    return b"".join(
        pack(tag, len(data)) + data for tag, data in raw if widths.holds(tag, len(data))
    )
