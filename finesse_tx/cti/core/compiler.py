"""Turns the table of a message class, for one layout, into two functions: one encodes, one decodes.

The functions are generated as source, as `dataclasses` generates ``__init__``: a loop over the fields would cost
several times what the work itself does. A message is filled in as its *blank*, a class with the same slots that is
not frozen, where a store is a store; at the end the blank becomes the message by assignment of its class.

Spec: ``cti.md`` §2 (no padding), §4, §12.1.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from struct import Struct
from typing import Any, NamedTuple

from finesse_tx.cti.core.enums import StatusCode
from finesse_tx.cti.core.errors import BadMessageError, EncodeError, MessageTooLongError
from finesse_tx.cti.core.floating import Widths
from finesse_tx.cti.core.framing import MHDR
from finesse_tx.cti.core.message import Message, blank_of
from finesse_tx.cti.core.reading import known, part_reader
from finesse_tx.cti.core.table import (
    FixedField,
    FloatingField,
    GroupField,
    NumberedField,
    RepeatedField,
    ScalarField,
    table_of,
)
from finesse_tx.cti.core.wire import AUTO, Dialect
from finesse_tx.cti.core.writing import field_writer

__all__ = ["Codec", "Shape", "compile_codec"]


class Shape(NamedTuple):
    """What decides over bytes beside the message's class.

    Attributes:
        dialect: Whose fields.
        version: Which fields.
        widths: How wide floating tags and lengths are.
        limit: The longest body that a peer of that version reads.
    """

    dialect: Dialect
    version: int
    widths: Widths
    limit: int


class Codec(NamedTuple):
    """One message class in one layout.

    Attributes:
        fixed: The fixed part.
        size: Its bytes.
        decode: Makes the message of a body.
        encode: Makes the whole frame from the attributes.
        wrap: Makes the whole frame from the fixed part's attributes and a floating part.
    """

    fixed: tuple[FixedField, ...]
    size: int
    decode: Callable[[bytes], Message]
    encode: Callable[[Any], bytes]
    wrap: Callable[[Any, bytes], bytes]


def compile_codec(cls: type[Message], shape: Shape, layout: object) -> Codec:
    """Compile ``cls`` for ``shape``; ``layout`` is what decoded messages remember."""
    table = table_of(cls)
    fixed = table.fixed_part(shape.dialect, shape.version)
    form = Struct(">" + "".join(field.type.code for field in fixed))
    decode = _decoder(cls, shape, fixed, form, layout)
    encode, wrap = _encoders(cls, shape, fixed, form)
    return Codec(fixed, form.size, decode, encode, wrap)


def _generate(source: list[str], names: dict[str, Any], what: str) -> dict[str, Any]:
    code = compile("\n".join(source), f"<finesse_tx.cti {what}>", "exec")
    exec(code, names)  # noqa: S102  # only attribute names of our own classes go into the source
    return names


def _decoder(
    cls: type[Message],
    shape: Shape,
    fixed: tuple[FixedField, ...],
    form: Struct,
    layout: object,
) -> Callable[[bytes], Message]:
    table, number = table_of(cls), int(cls.MESSAGE_TYPE)
    names: dict[str, Any] = {
        "blank": blank_of(cls),
        "final": cls,
        "layout": layout,
        "unpack": form.unpack_from,
        "struct_error": struct.error,
        "read_part": part_reader(table.floating, shape.widths, number),
        "short": lambda body: BadMessageError(
            StatusCode.E_CTI_BAD_MESSAGE_FORMAT,
            number,
            len(body),
            f"{form.size} bytes of fixed part",
        ),
        "canonical": cls.canonical,
    }
    source = [
        "def decode(body):",
        "    self = blank()",
        "    self._origin = (layout, body)",
    ]
    if cls.canonical is not Message.canonical:
        source.append(f"    body = canonical(body, {shape.version})")
    source += _unpacking(fixed, names)
    for place, field in enumerate(table.fixed):
        if not field.since.holds(shape.dialect, shape.version):
            names[f"absent{place}"] = 0 if field.default == AUTO else field.default
            source.append(f"    self.{field.attribute} = absent{place}")
    source.append(f"    if len(body) == {form.size}:")
    scalars = [field.attribute for field in table.floating if isinstance(field, ScalarField)]
    lists = [field.attribute for field in table.floating if not isinstance(field, ScalarField)]
    for attributes, empty in ((scalars, "None"), (lists, "()")):
        if attributes:
            source.append("        " + "".join(f"self.{name} = " for name in attributes) + empty)
    floating = "".join(f"self.{field.attribute}, " for field in table.floating)
    source += [
        "        pass",
        "    else:",
        f"        [{floating}] = read_part(body, {form.size})",
        "    self.__class__ = final",
        "    return self",
    ]
    made = _generate(source, names, f"decode {cls.__name__}")
    decode: Callable[[bytes], Message] = made["decode"]
    return decode


def _unpacking(fixed: tuple[FixedField, ...], names: dict[str, Any]) -> list[str]:
    """The lines that fill in the fixed part: a subscript for each enumerated field, while all values are known."""
    if not fixed:
        return []
    targets, quick, careful = [], [], []
    for place, field in enumerate(fixed):
        meanings = known(field.enumeration, field.type)
        if meanings is None:
            targets.append(f"self.{field.attribute}")
            continue
        names[f"known{place}"] = meanings
        targets.append(f"v{place}")
        quick.append(f"        self.{field.attribute} = known{place}[v{place}]")
        careful.append(f"        self.{field.attribute} = known{place}.get(v{place}, v{place})")
    lines = [
        "    try:",
        f"        [{', '.join(targets)}] = unpack(body)",
        "    except struct_error:",
        "        raise short(body) from None",
    ]
    if quick:
        lines += ["    try:", *quick, "    except KeyError:", *careful]
    return lines


def _encoders(
    cls: type[Message], shape: Shape, fixed: tuple[FixedField, ...], form: Struct
) -> tuple[Callable[[Any], bytes], Callable[[Any, bytes], bytes]]:
    number, room = int(cls.MESSAGE_TYPE), shape.limit - form.size

    def too_long(floating: bytes) -> MessageTooLongError:
        reason = f"{form.size + len(floating)} bytes of body, over {shape.limit}"
        return MessageTooLongError(cls.__name__, "", reason)

    names: dict[str, Any] = {
        "pack": Struct(MHDR.format + form.format[1:]).pack,
        "explain": lambda message, error: _explain(message, shape, fixed, error),
        "too_long": too_long,
        "errors": (struct.error, ValueError, TypeError, AttributeError),
    }
    values = "".join(f", self.{field.attribute}" for field in fixed)
    packing = [
        f"        if len(floating) > {room}:",
        "            raise too_long(floating)",
        f"        return pack({form.size} + len(floating), {number}{values}) + floating",
        "    except errors as error:",
        "        raise explain(self, error) from error",
    ]
    writing = _writing(table_of(cls).floating, shape, names, " " * 8)
    source = ["def encode(self):", "    try:", '        floating = b""', *writing, *packing]
    source += ["def wrap(self, floating):", "    try:", *packing]
    made = _generate(source, names, f"encode {cls.__name__}")
    return made["encode"], made["wrap"]


def _writing(
    fields: tuple[FloatingField, ...], shape: Shape, names: dict[str, Any], indent: str
) -> list[str]:
    """The lines that append each of ``fields`` of ``self`` to ``floating``."""
    lines = []
    for place, field in enumerate(fields):
        write = _writer(field, shape)
        if write is None or not field.since.holds(shape.dialect, shape.version):
            continue
        names[f"write{place}"] = write
        if isinstance(field, ScalarField):
            lines.append(f"if (value := self.{field.attribute}) is not None:")
            lines.append(f"    floating += write{place}(value)")
        elif isinstance(field, NumberedField):
            lines.append(f"if self.{field.attribute}:")
            lines.append(f"    floating += write{place}(self.{field.attribute})")
        else:
            lines.append(f"for value in self.{field.attribute}:")
            lines.append(f"    floating += write{place}(value)")
    return [indent + line for line in lines]


def _writer(field: FloatingField, shape: Shape) -> Callable[[Any], bytes] | None:
    match field:
        case ScalarField() | RepeatedField():
            return field_writer(field.tag, shape.dialect, shape.widths)
        case NumberedField():
            return _numbered_writer(field, shape)
        case GroupField():
            return _group_writer(field.members, shape)


def _numbered_writer(field: NumberedField, shape: Shape) -> Callable[[Any], bytes]:
    writers = [field_writer(tag, shape.dialect, shape.widths) for tag in field.tags]

    def write(values: tuple[Any, ...]) -> bytes:
        if len(values) > len(writers):
            raise ValueError(f"more than {len(writers)} entries")
        return b"".join(
            writer(value)
            for writer, value in zip(writers, values, strict=False)
            if value is not None and writer is not None
        )

    return write


def _group_writer(members: tuple[FloatingField, ...], shape: Shape) -> Callable[[Any], bytes]:
    names: dict[str, Any] = {}
    source = ["def write(self):", '    floating = b""']
    source += _writing(members, shape, names, " " * 4)
    source.append("    return floating")
    write: Callable[[Any], bytes] = _generate(source, names, "write group")["write"]
    return write


def _explain(
    message: Message, shape: Shape, fixed: tuple[FixedField, ...], error: Exception
) -> EncodeError:
    """Name the field that a message could not be encoded for."""
    name = type(message).__name__
    for field in fixed:
        value = getattr(message, field.attribute)
        try:
            struct.pack(">" + field.type.code, value)
        except struct.error:
            return EncodeError(name, field.attribute, f"{value!r} is not a {field.type.label}")
    names: dict[str, Any] = {}
    for floating in table_of(type(message)).floating:
        source = ["def attempt(self):", '    floating = b""']
        source += _writing((floating,), shape, names, " " * 4)
        try:
            _generate(source, names, "attempt")["attempt"](message)
        except (struct.error, ValueError, TypeError, AttributeError) as reason:
            return EncodeError(name, floating.attribute, str(reason))
    return EncodeError(name, "", str(error))
