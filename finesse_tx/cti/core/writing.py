"""Writing the floating part, strictly.

A STRING has one NUL, which is counted, and is cut at a character's boundary; numbers and bytes are never cut; arrays
are repeated fields.

Spec: ``cti.md`` §3 (string rules), §4.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from struct import Struct
from typing import Any

from finesse_tx.cti.core.floating import Widths
from finesse_tx.cti.core.variables import MAX_NAME, MAX_VALUE, NamedArray, NamedVariable
from finesse_tx.cti.core.wire import Dialect, Tag, WireType

__all__ = ["cut_text", "field_writer"]

Write = Callable[[Any], bytes]


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
