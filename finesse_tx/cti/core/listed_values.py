"""The values in a list of fields, as bytes: numbers and their names, texts, raw bytes, named variables.

Spec: ``cti.md`` §3, §4.3, §4.4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from finesse_tx.cti.core.listing import number_size
from finesse_tx.cti.core.naming import Meaning, in_bytes, number_of
from finesse_tx.cti.core.wire import Enumeration, WireType
from finesse_tx.errors import LocalProtocolError

__all__ = [
    "BadListingError",
    "check_keys",
    "data_of",
    "hex_data",
    "integer",
    "meant",
    "number_in",
    "packed",
    "shown",
]


class BadListingError(LocalProtocolError):
    """A listing is no message.

    Attributes:
        key: Where: ``floating[2].value``; empty for the listing as a whole.
        reason: What is wrong there.
    """

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(key, reason)
        self.key, self.reason = key, reason

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}" if self.key else self.reason


def data_of(wire: WireType, value: Any, length: int | None, where: str, meaning: Meaning) -> bytes:
    """The data of a field: ``value``, as ``wire`` has it.

    Args:
        wire: The type.
        value: What is listed.
        length: The bytes that it is said to have; None to count them.
        where: The field's place in the listing, for errors.
        meaning: What the tag is in this message.

    Raises:
        BadListingError: It cannot be that.
    """
    match wire:
        case WireType.UNSPEC:
            data = hex_data(value, f"{where}.value")
        case WireType.STRING:
            return _ended(_text(value, f"{where}.value"), length, where)
        case WireType.NAMEDVAR:
            return _ended(_variable(value, where, ()), length, where)
        case WireType.NAMEDARRAY:
            data = _variable(value, where, ("index",))
            index = integer(value, "index", 0, f"{where}.value")
            return _ended(
                packed(index, WireType.UCHAR, 1, f"{where}.value.index") + data, length, where
            )
        case _:
            data = _numbers(wire, value, length, where, meaning)
    if length not in {None, len(data)}:
        raise _wrong_length(where, length, f"the value has {in_bytes(len(data))}")
    return data


def _wrong_length(where: str, length: int | None, what: str) -> BadListingError:
    return BadListingError(f"{where}.length", f"{length}, but {what}; without length it is counted")


def _ended(data: bytes, length: int | None, where: str) -> bytes:
    """A text with its NUL, unless ``length`` says that there is none."""
    if length == len(data):
        return data
    if length not in {None, len(data) + 1}:
        what = f"the value has {in_bytes(len(data))}, {len(data) + 1} with its NUL"
        raise _wrong_length(where, length, what)
    return data + b"\0"


def _text(value: Any, where: str) -> bytes:
    if not isinstance(value, str):
        raise BadListingError(where, f"expected a text, found {shown(value)}")
    if "\0" in value:
        raise BadListingError(where, "a text holds no NUL; as UNSPEC, in hex, it can be anything")
    return value.encode("utf-8", "replace")


def _variable(value: Any, where: str, more: tuple[str, ...]) -> bytes:
    where = f"{where}.value"
    keys = (*more, "name", "value")
    if not isinstance(value, dict):
        raise BadListingError(
            where, f"expected an object of {', '.join(keys)}, found {shown(value)}"
        )
    check_keys(value, where, keys)
    for key in keys:
        if key not in value:
            raise BadListingError(f"{where}.{key}", "missing")
    return _text(value["name"], f"{where}.name") + b"\0" + _text(value["value"], f"{where}.value")


def _numbers(wire: WireType, value: Any, length: int | None, where: str, meaning: Meaning) -> bytes:
    where_value, enumeration = f"{where}.value", meaning.enumeration
    mask = (
        enumeration is not None
        and isinstance(value, list)
        and all(isinstance(n, str) for n in value)
    )
    several = isinstance(value, list) and not (mask and not meaning.arrays)
    values = [number_in(each, where_value, enumeration) for each in (value if several else [value])]
    size = wire.size
    if length is not None:
        size = number_size(wire, length, arrays=several)
        if not size or length != size * len(values):
            what = (
                f"a {wire.label} has {in_bytes(wire.size)}"
                + f", and there are {len(values)}" * several
            )
            raise _wrong_length(where, length, what)
    return b"".join(packed(each, wire, size, where_value) for each in values)


def number_in(value: Any, where: str, enumeration: Enumeration | None) -> int:
    """A whole number, or what a name or several stand for."""
    if isinstance(value, int):
        return int(value)
    names = value if isinstance(value, list) else [value]
    if enumeration is None or not all(isinstance(name, str) for name in names):
        raise BadListingError(where, f"expected a whole number, found {shown(value)}")
    number = 0
    for name in names:
        try:
            number |= number_of(name, enumeration)
        except ValueError:
            close = meant(name, enumeration.__members__)
            reason = f"{enumeration.__name__} has no {shown(name)}{close}"
            raise BadListingError(where, reason) from None
    return number


def packed(value: int, wire: WireType, size: int, where: str) -> bytes:
    """A number of a type; of another size only where a BOOL is wide (§7, tag 185)."""
    code = wire.code if size == wire.size else "I"
    try:
        return struct.pack(f">{code}", value)
    except struct.error:
        raise BadListingError(
            where, f"{value} does not fit a {wire.label} of {in_bytes(size)}"
        ) from None


def hex_data(value: Any, where: str) -> bytes:
    """The bytes that a text is in hex."""
    try:
        return bytes.fromhex(value)
    except (TypeError, ValueError):
        raise BadListingError(where, f"expected bytes in hex, found {shown(value)}") from None


def integer(listed: Mapping[str, Any], key: str, usual: int, where: str = "") -> int:
    """The whole number under a key, or the usual one."""
    value = listed.get(key, usual)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadListingError(
            f"{where}{'.' * bool(where)}{key}", f"expected a whole number, found {shown(value)}"
        )
    return value


def shown(value: Any) -> str:
    """A value in an error."""
    shown = "null" if value is None else repr(value)
    return shown if len(shown) < 80 else f"{shown[:76]}..."


def meant(name: Any, known: Iterable[str]) -> str:
    """Which of the known names may have been meant; empty if none is close."""
    close = get_close_matches(str(name), list(known), 1)
    return f"; is it {close[0]}?" if close else ""


def check_keys(entry: Mapping[str, Any], where: str, allowed: tuple[str, ...]) -> None:
    """Refuse keys that nobody reads."""
    for key in entry:
        if key not in allowed:
            raise BadListingError(f"{where}.{key}", f"there are only {', '.join(allowed)}")
