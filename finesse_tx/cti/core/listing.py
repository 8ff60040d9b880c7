"""A message as a list of its fields: what ``finesse-tx cti decode`` prints, and the form of the wire samples.

A listing is a ``dict`` of plain values, ready for JSON::

    {"message": "SET_AGENT_STATE_CONF", "message_type": 39,
     "dialect": "uccx", "protocol_version": 14, "tag_width": 1, "length_width": 1,
     "fixed": [{"field": "InvokeID", "type": "UINT", "value": 2}], "floating": [], "names": {}}

It holds every byte. Numbers are unsigned unless the type is INT; raw bytes are hex. A text or a named variable has its
terminating NUL removed: ``length``, the bytes on the wire, tells whether there was one. Several numbers in one field
are a list. Data that is not what the tag's type says is of the type UNSPEC, and so is that of unknown tags. A body
that has no table, or that is not as its table says, is there as ``body`` too.

`finesse_tx.cti.core.unlisting` goes the other way.

Spec: ``cti.md`` §3, §4, §9.0.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from struct import Struct
from typing import Any, Final

from finesse_tx.cti.core.errors import BadMessageError
from finesse_tx.cti.core.floating import raw_fields
from finesse_tx.cti.core.framing import MHDR, Frame
from finesse_tx.cti.core.layout import Layout
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import CATALOGUE
from finesse_tx.cti.core.naming import (
    Meaning,
    enumeration_of,
    field_name,
    in_bytes,
    meaning_of,
    message_name,
    name_of,
)
from finesse_tx.cti.core.wire import WireType
from finesse_tx.errors import RemoteProtocolError

__all__ = ["PASSWORDS", "UnlistableError", "listing", "number_size"]

PASSWORDS: Final = {2, 49}
"""CLIENT_PASSWORD and AGENT_PASSWORD, which are clear text on the wire."""


class UnlistableError(RemoteProtocolError):
    """A message is not what its table says.

    Attributes:
        offset: Where, from the message's first byte on.
        expected: What should be there.
        found: What is.
    """

    def __init__(self, offset: int, expected: str, found: str) -> None:
        super().__init__(offset, expected, found)
        self.offset, self.expected, self.found = offset, expected, found

    def __str__(self) -> str:
        return f"expected {self.expected}, found {self.found}"


def listing(frame: Frame, layout: Layout, *, redact: bool = False) -> dict[str, Any]:
    """List a message.

    Args:
        frame: The message.
        layout: What it is in.
        redact: Whether passwords are left out: their ``length`` and ``value`` are None.

    Raises:
        UnlistableError: It ends within a field.
    """
    cls = CATALOGUE.get(frame.message_type)
    listed: dict[str, Any] = {
        "message": message_name(frame.message_type, layout.dialect),
        "message_type": frame.message_type,
        "dialect": layout.dialect.value,
        "protocol_version": layout.version,
        "tag_width": layout.widths.tag,
        "length_width": layout.widths.length,
    }
    if cls is None:
        return listed | {"fixed": [], "floating": [], "names": {}, "body": frame.body.hex()}
    body = cls.canonical(frame.body, layout.version)
    names: dict[str, Any] = {}
    listed["fixed"] = list(_fixed(body, cls, layout, names))
    listed["floating"] = list(_floating(body, cls, layout, names, redact=redact))
    listed["names"] = names
    if body != frame.body:
        listed["body"] = frame.body.hex()
    return listed


def _fixed(
    body: bytes, cls: type[Message], layout: Layout, names: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    at = 0
    for field in layout.fixed_part(cls):
        left, called = len(body) - at, field_name(field, cls, layout.dialect)
        if left < field.type.size:
            name = message_name(cls.MESSAGE_TYPE, layout.dialect)
            expected = f"{called}, a {field.type.label} of {in_bytes(field.type.size)}, in the fixed part of {name}"
            raise UnlistableError(MHDR.size + at, expected, f"the message's end after {left}")
        (value,) = struct.unpack_from(f">{field.type.code}", body, at)
        at += field.type.size
        if isinstance(value, bytes):
            value = value.hex()
        elif (meaning := name_of(value, enumeration_of(field, layout.dialect))) is not None:
            names[called] = meaning
        yield {"field": called, "type": field.type.label, "value": value}


def _floating(
    body: bytes, cls: type[Message], layout: Layout, names: dict[str, Any], *, redact: bool
) -> Iterator[dict[str, Any]]:
    named: dict[str, list[Any]] = {}
    for tag, data in _raw(body, cls, layout):
        meaning = meaning_of(cls, tag)
        kind, value = _value(meaning, data)
        entry = {"tag": tag, "name": meaning.name, "type": kind.label, "length": len(data)}
        if redact and tag in PASSWORDS:
            yield entry | {"length": None, "value": None}
            continue
        if meaning.enumeration is not None:
            given = value if isinstance(value, list) else [value]
            known = [name_of(n, meaning.enumeration) if isinstance(n, int) else None for n in given]
            named.setdefault(meaning.name, []).extend(known)
        yield entry | {"value": value}
    for name, found in named.items():
        if len(found) > 1:
            names[name] = found
        elif found[0] is not None:
            names[name] = found[0]


def _raw(body: bytes, cls: type[Message], layout: Layout) -> Iterator[tuple[int, bytes]]:
    at = layout.codec(cls).size
    try:
        for field in raw_fields(body, at, layout.widths, cls.MESSAGE_TYPE):
            yield field
            at += layout.widths.head.size + len(field.data)
    except BadMessageError as error:
        left, head = len(body) - at, layout.widths.head
        if left < head.size:
            tag, length = layout.widths
            expected = f"a tag of {in_bytes(tag)} and a length of {in_bytes(length)}"
        else:
            number, length = head.unpack_from(body, at)
            left -= head.size
            expected = (
                f"{in_bytes(length)} of data for tag {number} ({meaning_of(cls, number).name})"
            )
        offset = MHDR.size + at
        raise UnlistableError(offset, expected, f"the message's end after {left}") from error


def number_size(wire: WireType, length: int, *, arrays: bool) -> int:
    """The size of each number in data of that length; 0 where the type allows no such length."""
    if length == wire.size or (wire is WireType.BOOL and length == 4):
        return length
    return wire.size if arrays and length and length % wire.size == 0 else 0


def _value(meaning: Meaning, data: bytes) -> tuple[WireType, Any]:
    """What a field is listed as."""
    value: Any = None
    match meaning.type:
        case WireType.UNSPEC:
            pass
        case WireType.STRING:
            value = _text(data)
        case WireType.NAMEDVAR:
            value = _variable(data)
        case WireType.NAMEDARRAY:
            value = _variable(data[1:])
            if value is not None:
                value = {"index": data[0], **value}
        case _:
            value = _number(meaning, data)
    return (meaning.type, value) if value is not None else (WireType.UNSPEC, data.hex())


def _text(data: bytes) -> str | None:
    text = data.removesuffix(b"\0")
    try:
        return text.decode() if 0 not in text else None
    except UnicodeDecodeError:
        return None


def _variable(data: bytes) -> dict[str, Any] | None:
    name, nul, rest = data.partition(b"\0")
    texts = _text(name), _text(rest)
    return {"name": texts[0], "value": texts[1]} if nul and None not in texts else None


def _number(meaning: Meaning, data: bytes) -> Any:
    size = number_size(meaning.type, len(data), arrays=meaning.arrays)
    if not size:
        return None
    code = (
        meaning.type.code if size == meaning.type.size else "I"
    )  # a BOOL may be wide (§7, tag 185)
    values = [value for (value,) in Struct(f">{code}").iter_unpack(data)]
    return values if len(values) > 1 else values[0]
