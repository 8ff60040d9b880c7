"""The floating part: tag, length and data, packed, in any order, to the message's end.

How data is read and written is told in `finesse_tx.cti.core.reading` and `finesse_tx.cti.core.writing`.

Spec: ``cti.md`` §4.1, §4.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import NamedTuple

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

__all__ = ["Widths", "overrun", "raw_fields", "rewrite", "tags_of"]


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
            raise overrun(message_type, at, f"{head.size} bytes of tag and length")
        tag, length = head.unpack_from(body, at)
        if start + length > end:
            raise overrun(message_type, at, f"{length} bytes of data for tag {tag}")
        at = start + length
        yield RawField(tag, body[start:at])


def overrun(message_type: int, at: int, expected: str) -> BadMessageError:
    """The error of a field that runs over the message's end."""
    return BadMessageError(StatusCode.E_CTI_BAD_MESSAGE_FORMAT, message_type, at, expected)


def rewrite(raw: Iterable[RawField], widths: Widths) -> bytes:
    """Write fields as they are, leaving out what these widths cannot carry."""
    pack = widths.head.pack
    return b"".join(
        pack(tag, len(data)) + data for tag, data in raw if widths.holds(tag, len(data))
    )


def tags_of(field: FloatingField) -> tuple[int, ...]:
    """Every tag that a field of a message takes."""
    match field:
        case ScalarField() | RepeatedField():
            return (field.tag.number,)
        case NumberedField():
            return tuple(tag.number for tag in field.tags)
        case GroupField():
            return tuple(tag for member in field.members for tag in tags_of(member))
