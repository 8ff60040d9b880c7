"""A list of fields as a message: what ``finesse-tx cti encode`` reads, the inverse of `finesse_tx.cti.core.listing`.

What a listing leaves out is filled in: fixed fields by the defaults of their message, counts by counting, types by the
tables, a text's length with one NUL. Of an enumerated field the value may be a name, of a mask a list of names.

Spec: ``cti.md`` §3, §4, §9.0.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, Final, get_type_hints

from finesse_tx.cti.core.floating import Widths, tags_of
from finesse_tx.cti.core.framing import MAX_BODY, MAX_TYPE, Frame
from finesse_tx.cti.core.layout import VERSIONS, Dialect, Layout, default_widths
from finesse_tx.cti.core.listed_values import (
    BadListingError,
    check_keys,
    data_of,
    hex_data,
    integer,
    meant,
    number_in,
    packed,
    shown,
)
from finesse_tx.cti.core.listing import UnlistableError, listing
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.cti.core.messages import CATALOGUE
from finesse_tx.cti.core.naming import (
    enumeration_of,
    field_name,
    meaning_of,
    message_name,
    message_number,
    tag_number,
)
from finesse_tx.cti.core.table import FixedField, GroupField, table_of
from finesse_tx.cti.core.wire import AUTO, Count, WireType, marks_of

__all__ = ["BadListingError", "Choice", "layout_of", "unlisted"]

_KEYS: Final = (
    "message",
    "message_type",
    "dialect",
    "protocol_version",
    "tag_width",
    "length_width",
    "fixed",
    "floating",
    "body",
)
"""What is read of a listing; the rest is for people."""

_TYPES: Final = {wire.label: wire for wire in WireType if wire is not WireType.UNSPEC8}
"""What floating fields can be."""


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """What somebody says about the layout; None leaves it to the messages.

    Attributes:
        dialect: Whose.
        version: The protocol version.
        widths: The bytes of tag and length.
    """

    dialect: Dialect | None = None
    version: int | None = None
    widths: Widths | None = None

    def layout(self, dialect: Dialect = Dialect.UCCX, version: int | None = None) -> Layout:
        """The layout, with what is usual in place of what is not said."""
        said = self.dialect or dialect
        number = self.version or version or USUAL_VERSION[said]
        return Layout.of(said, number, self.widths)


USUAL_VERSION: Final = {Dialect.UCCX: 16, Dialect.UCCE: 24}
"""The version that is assumed where nothing tells it."""


def layout_of(listed: Mapping[str, Any], choice: Choice) -> Layout:
    """The layout of a listing: as ``choice`` says, else as the listing does, else the usual one.

    Raises:
        BadListingError: There is no such layout.
    """
    dialect = choice.dialect
    if dialect is None:
        said = listed.get("dialect", "any")
        names = {"any": Dialect.UCCX} | {each.value: each for each in Dialect}
        if not isinstance(said, str) or said not in names:
            raise BadListingError("dialect", f"{shown(said)} is neither uccx nor ucce")
        dialect = names[said]
    version = choice.version or integer(listed, "protocol_version", USUAL_VERSION[dialect])
    if version not in VERSIONS[dialect]:
        first, last = VERSIONS[dialect][0], VERSIONS[dialect][-1]
        reason = f"{version} is not a version of {dialect.value}, which has {first} to {last}"
        raise BadListingError("protocol_version", reason)
    widths = choice.widths
    if widths is None:
        usual = default_widths(dialect, version)
        if choice.version is None:
            usual = Widths(
                integer(listed, "tag_width", usual.tag),
                integer(listed, "length_width", usual.length),
            )
        if not {*usual} <= {1, 2}:
            raise BadListingError("tag_width", "tags and lengths have 1 or 2 bytes")
        widths = usual
    return Layout.of(dialect, version, widths)


def unlisted(listed: Any, layout: Layout, invoke_id: int = 0) -> Frame:
    """Make the message of a listing.

    Args:
        listed: The listing.
        layout: What the message is to be in.
        invoke_id: The InvokeID of a request that is listed without one.

    Raises:
        BadListingError: It cannot be made.
    """
    if not isinstance(listed, dict):
        raise BadListingError("", f"expected an object, found {shown(listed)}")
    if "error" in listed:
        raise BadListingError(
            "error", "this message could not be decoded; there is nothing to encode"
        )
    for key in listed:
        close = get_close_matches(key, _KEYS, 1, 0.8)
        if close and key not in _KEYS:
            raise BadListingError(key, f"there is no such key; is it {close[0]}?")
    number = _message(listed, layout.dialect)
    cls = CATALOGUE.get(number)
    body = _body(listed)
    if cls is None:
        if body is None:
            name = message_name(number, layout.dialect)
            raise BadListingError(
                "body", f"{name} has no published layout: its body is needed, in hex"
            )
        if _list(listed, "fixed") or _list(listed, "floating"):
            raise BadListingError("body", "where there is no layout, there is nothing but the body")
        return Frame(number, body)
    if body is not None:
        return _agreed(listed, Frame(number, body), layout)
    floating = [
        _floating(entry, f"floating[{place}]", cls, layout)
        for place, entry in enumerate(_list(listed, "floating"))
    ]
    head = layout.widths.head
    made = _fixed(listed, cls, layout, [tag for tag, _data in floating], invoke_id)
    made += b"".join(head.pack(tag, len(data)) + data for tag, data in floating)
    if len(made) > MAX_BODY:
        raise BadListingError("floating", f"{len(made)} bytes of body, over {MAX_BODY}")
    return Frame(number, made)


def _agreed(listed: Mapping[str, Any], frame: Frame, layout: Layout) -> Frame:
    """A body that deviates from its table is taken as it is, while the fields say the same."""
    try:
        again = listing(frame, layout)
    except UnlistableError as error:
        raise BadListingError("body", f"at offset {error.offset} {error}") from None
    for key in ("fixed", "floating"):
        if key in listed and listed[key] != again[key]:
            raise BadListingError(
                "body", f"it says something else than {key}: leave one of them out"
            )
    return frame


# The message ----------------------------------------------------------------------------------------------------


def _message(listed: Mapping[str, Any], dialect: Dialect) -> int:
    number, name = listed.get("message_type"), listed.get("message")
    if number is None and name is None:
        raise BadListingError("message", "missing: which message is it?")
    named = None
    if name is not None:
        named = message_number(name) if isinstance(name, str) else None
        if named is None:
            known = [*map(str, _message_names())]
            reason = f"there is no {shown(name)}{meant(name, known)}"
            raise BadListingError("message", reason)
    number = named if number is None else integer(listed, "message_type", 0)
    if number is None or not 1 <= number <= MAX_TYPE:
        raise BadListingError("message_type", f"{number} is not between 1 and {MAX_TYPE}")
    if named not in {None, number}:
        reason = f"{number} is {message_name(number, dialect)}, and message says {name} ({named})"
        raise BadListingError("message_type", reason)
    return number


@cache
def _message_names() -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            message_name(number, dialect) for number in sorted(CATALOGUE) for dialect in Dialect
        )
    )


def _body(listed: Mapping[str, Any]) -> bytes | None:
    value = listed.get("body")
    if value is None:
        return None
    body = hex_data(value, "body")
    if len(body) > MAX_BODY:
        raise BadListingError("body", f"{len(body)} bytes, over {MAX_BODY}")
    return body


def _list(listed: Mapping[str, Any], key: str) -> list[Any]:
    entries = listed.get(key, [])
    if not isinstance(entries, list):
        raise BadListingError(key, f"expected a list, found {shown(entries)}")
    for place, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise BadListingError(f"{key}[{place}]", f"expected an object, found {shown(entry)}")
    return entries


# The fixed part -------------------------------------------------------------------------------------------------


def _fixed(
    listed: Mapping[str, Any], cls: type[Message], layout: Layout, tags: list[int], invoke_id: int
) -> bytes:
    fields = layout.fixed_part(cls)
    entries = _list(listed, "fixed")
    placed = _placed(entries, fields, cls, layout)
    body = b""
    for field in fields:
        if field.name in placed:
            place = placed[field.name]
            body += _given(entries[place], f"fixed[{place}]", field, layout)
        elif field.name == "InvokeID" and issubclass(cls, Request):
            body += packed(invoke_id, field.type, field.type.size, "fixed")
        else:
            body += _by_default(field, cls, layout, tags)
    return body


def _placed(
    entries: list[dict[str, Any]],
    fields: tuple[FixedField, ...],
    cls: type[Message],
    layout: Layout,
) -> dict[str, int]:
    """Which entry is which field: by the dialect's name, or the tables'."""
    names = {field.name: field.name for field in fields}
    names |= {field_name(field, cls, layout.dialect): field.name for field in fields}
    placed: dict[str, int] = {}
    for place, entry in enumerate(entries):
        where = f"fixed[{place}]"
        check_keys(entry, where, ("field", "type", "value"))
        said = entry.get("field")
        name = names.get(said) if isinstance(said, str) else None
        if name is None:
            message = message_name(cls.MESSAGE_TYPE, layout.dialect)
            reason = f"{message} has no {shown(said)} in {_said(layout)}{meant(said, names)}"
            raise BadListingError(f"{where}.field", reason)
        if name in placed:
            raise BadListingError(f"{where}.field", f"{name} is fixed[{placed[name]}] already")
        placed[name] = place
    return placed


def _given(entry: Mapping[str, Any], where: str, field: FixedField, layout: Layout) -> bytes:
    label = entry.get("type", field.type.label)
    if label != field.type.label:
        reason = f"{field.name} is a {field.type.label} in {_said(layout)}, not {shown(label)}"
        raise BadListingError(f"{where}.type", reason)
    if "value" not in entry:
        raise BadListingError(f"{where}.value", f"missing: {field.name} is a {field.type.label}")
    if field.type is WireType.UNSPEC8:
        data = hex_data(entry["value"], f"{where}.value")
        if len(data) != 8:
            raise BadListingError(f"{where}.value", f"{len(data)} bytes; {field.name} has 8")
        return data
    value = number_in(entry["value"], f"{where}.value", enumeration_of(field, layout.dialect))
    return packed(value, field.type, field.type.size, f"{where}.value")


def _by_default(field: FixedField, cls: type[Message], layout: Layout, tags: list[int]) -> bytes:
    value: Any = field.default
    if value == AUTO:
        value = tags.count(_counted(cls.MESSAGE_TYPE)[field.attribute])
    if value is dataclasses.MISSING:
        name = message_name(cls.MESSAGE_TYPE, layout.dialect)
        raise BadListingError("fixed", f"{field.name} is missing, a {field.type.label} of {name}")
    return struct.pack(f">{field.type.code}", value)


@cache
def _counted(message_type: int) -> dict[str, int]:
    """For each count, the tag that each entry of its list has."""
    cls = CATALOGUE[message_type]
    lists = {field.attribute: field for field in table_of(cls).floating}
    found = {}
    for attribute, hint in get_type_hints(cls, include_extras=True).items():
        for mark in marks_of(hint):
            if isinstance(mark, Count):
                field = lists[mark.field]
                first = field.members[0] if isinstance(field, GroupField) else field
                found[attribute] = tags_of(first)[0]
    return found


# The floating part ----------------------------------------------------------------------------------------------


def _floating(
    entry: Mapping[str, Any], where: str, cls: type[Message], layout: Layout
) -> tuple[int, bytes]:
    check_keys(entry, where, ("tag", "name", "type", "length", "value"))
    tag = _tag(entry, where)
    meaning = meaning_of(cls, tag)
    label = entry.get("type", meaning.type.label)
    if not isinstance(label, str) or label not in _TYPES:
        raise BadListingError(f"{where}.type", f"there is no {shown(label)}{meant(label, _TYPES)}")
    if entry.get("value") is None:
        missing = "missing" if "value" not in entry else "null: it was left out on purpose"
        raise BadListingError(f"{where}.value", f"{missing}; {meaning.name} is a {label}")
    length = None if entry.get("length") is None else integer(entry, "length", 0, where)
    data = data_of(_TYPES[label], entry["value"], length, where, meaning)
    if not layout.widths.holds(tag, 0):
        reason = (
            f"{tag} does not fit the {layout.widths.tag} byte that tags have in {_said(layout)}"
        )
        raise BadListingError(f"{where}.tag", reason)
    if not layout.widths.holds(0, len(data)):
        most = (1 << 8 * layout.widths.length) - 1
        raise BadListingError(
            f"{where}.value", f"{len(data)} bytes; a field here has {most} at most"
        )
    return tag, data


def _tag(entry: Mapping[str, Any], where: str) -> int:
    name, named = entry.get("name"), None
    if name is not None:
        plain = str(name).partition(" ")[0]  # the samples have "CONFIG_MSG_MASK_GRANTED (UCCX)"
        named = tag_number(plain)
        if named is None:
            raise BadListingError(f"{where}.name", f"there is no tag {shown(name)}")
    tag = named if entry.get("tag") is None else integer(entry, "tag", 0, where)
    if tag is None:
        raise BadListingError(f"{where}.tag", "missing, and so is name")
    if not 0 <= tag <= 0xFFFF:
        raise BadListingError(f"{where}.tag", f"{tag} is not between 0 and 65535")
    if named not in {None, tag}:
        raise BadListingError(f"{where}.tag", f"{tag}, and name says {name}, which is {named}")
    return tag


def _said(layout: Layout) -> str:
    return f"{layout.dialect.value} {layout.version}"
