"""What the reference calls things: messages, tags, the values of enumerations and masks; and back.

Spec: ``cti.md`` §6, §7, §8.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from typing import Final, NamedTuple

from finesse_tx.cti.core import enums, tags
from finesse_tx.cti.core.enums import MessageType
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import CATALOGUE
from finesse_tx.cti.core.table import (
    FixedField,
    FloatingField,
    GroupField,
    NumberedField,
    RepeatedField,
    table_of,
)
from finesse_tx.cti.core.uccx_names import uccx_name
from finesse_tx.cti.core.wire import Dialect, Enumeration, Tag, WireType, marks_of

__all__ = [
    "Meaning",
    "enumeration_of",
    "field_name",
    "in_bytes",
    "meaning_of",
    "message_name",
    "message_number",
    "name_of",
    "number_of",
    "tag_number",
]


class Meaning(NamedTuple):
    """What a tag is.

    Attributes:
        name: Its constant; ``TAG_999`` where it has none.
        type: Its data; UNSPEC where that is not known.
        enumeration: What its numbers mean.
        arrays: Whether one field may hold several numbers (§4.3).
    """

    name: str
    type: WireType
    enumeration: Enumeration | None
    arrays: bool


_NAMES: Final = {member.value: member.name for member in MessageType}

_UCCX_NAMES: Final = {
    member.value: name for name, member in MessageType.__members__.items() if name != member.name
}
"""Where the dialects have a name each for one number."""


_BY_DIALECT: Final[dict[str, dict[Dialect, Enumeration]]] = {
    "config_information": {Dialect.UCCX: enums.ConfigMask, Dialect.UCCE: enums.UCCEConfigMask},
    "config_msg_mask": {Dialect.UCCX: enums.ConfigMask, Dialect.UCCE: enums.UCCEConfigMask},
    "event_reason_code": {Dialect.UCCX: enums.EventReasonCode},
    "peripheral_error_code": {Dialect.UCCX: enums.PeripheralErrorCode},
    "pg_status": {Dialect.UCCX: enums.CCXStatus, Dialect.UCCE: enums.PGStatus},
}
"""Fixed fields whose numbers mean something else in each dialect, so that the tables leave them plain (§8)."""


def enumeration_of(field: FixedField, dialect: Dialect) -> Enumeration | None:
    """What the numbers of a fixed field mean."""
    return field.enumeration or _BY_DIALECT.get(field.attribute, {}).get(dialect)


def field_name(field: FixedField, cls: type[Message], dialect: Dialect) -> str:
    """A fixed field's name in that dialect."""
    return uccx_name(cls.MESSAGE_TYPE, field.name) if dialect is Dialect.UCCX else field.name


def message_name(number: int, dialect: Dialect) -> str:
    """A message's name in that dialect; ``MESSAGE_999`` where it has none."""
    if dialect is Dialect.UCCX and number in _UCCX_NAMES:
        return _UCCX_NAMES[number]
    return _NAMES.get(number, f"MESSAGE_{number}")


def message_number(name: str) -> int | None:
    """The number of a message, by either dialect's name or ``MESSAGE_999``; None for any other text."""
    if name in MessageType.__members__:
        return MessageType[name].value
    return _numbered("MESSAGE_", name)


def _numbered(prefix: str, name: str) -> int | None:
    digits = name.removeprefix(prefix)
    return int(digits) if digits != name and digits.isdecimal() and len(digits) < 10 else None


def _constants() -> dict[Tag, str]:
    return {
        mark: constant
        for constant, alias in vars(tags).items()
        for mark in getattr(alias, "__metadata__", ())
        if isinstance(mark, Tag)
    }


_CONSTANTS: Final = _constants()
_TAGS: Final = {
    **{constant: tag.number for tag, constant in _CONSTANTS.items()},
    **{constant: number for number, (constant, _tag) in tags.CATALOGUE.items()},
}


def tag_number(name: str) -> int | None:
    """The number of a tag, by its constant or ``TAG_999``; None for any other text."""
    return _TAGS.get(name, _numbered("TAG_", name))


@cache
def _meanings(message_type: int) -> dict[int, Meaning]:
    return dict(_fields(table_of(CATALOGUE[message_type]).floating))


def _fields(
    fields: tuple[FloatingField, ...], grouped: bool = False
) -> Iterator[tuple[int, Meaning]]:
    for field in fields:
        match field:
            case GroupField():
                yield from _fields(field.members, grouped=True)
            case NumberedField():
                yield from ((tag.number, _known(tag, None, False)) for tag in field.tags)
            case _:
                arrays = grouped or isinstance(field, RepeatedField)
                yield field.tag.number, _known(field.tag, field.enumeration, arrays)


def _known(tag: Tag, enumeration: Enumeration | None, arrays: bool) -> Meaning:
    constant, usual = tags.CATALOGUE[tag.number]
    if usual.name != tag.name:  # 248 is two fields
        constant = _CONSTANTS[tag]
    return Meaning(constant, tag.type, enumeration, arrays and tag.array_size > 0)


def meaning_of(cls: type[Message] | None, number: int) -> Meaning:
    """What a tag is in that message; what it is elsewhere where the message has no such field."""
    if cls is not None and (meaning := _meanings(cls.MESSAGE_TYPE).get(number)):
        return meaning
    if number not in tags.CATALOGUE:
        return Meaning(f"TAG_{number}", WireType.UNSPEC, None, False)
    constant, tag = tags.CATALOGUE[number]
    marks = marks_of(getattr(tags, constant, None))
    enumeration = next((mark for mark in marks if isinstance(mark, type)), None)
    return Meaning(constant, tag.type, enumeration, False)


@cache
def _values(enumeration: Enumeration) -> dict[int, str]:
    """The name of each value; of a mask, of each bit."""
    return {member.value: str(member.name) for member in enumeration}


def name_of(value: int, enumeration: Enumeration | None) -> str | list[str] | None:
    """The name of a value; of a mask those of its bits, the bits that have none as one number.

    Returns:
        None where it has no name.
    """
    if enumeration is None:
        return None
    if issubclass(enumeration, IntEnum):
        return _values(enumeration).get(value)
    bits = _values(enumeration)
    names = [name for bit, name in bits.items() if value & bit]
    rest = value & ~sum(bits)
    return names + [hex(rest)] * bool(rest)


def number_of(name: str, enumeration: Enumeration) -> int:
    """The value of a name in an enumeration or a mask; a number as text is itself.

    Raises:
        ValueError: There is no such name.
    """
    if name in enumeration.__members__:
        return int(enumeration.__members__[name])
    return int(name, 0)


def in_bytes(count: int) -> str:
    """So many bytes, for people."""
    return f"{count} byte{'s' * (count != 1)}"
