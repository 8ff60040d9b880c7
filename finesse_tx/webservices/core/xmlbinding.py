"""Structs to XML: the one place that knows how a REST object is written.

A REST object is a ``msgspec.Struct`` whose fields stand in wire order, with ``rename="camel"`` (or a name of
their own). From the same declaration msgspec makes JSON, its schema and the validation; this module makes the
XML. No XML library does it, for a reason: the wire form has neither namespaces nor mixed content and one
attribute in all (``category``), clients depend on *how* nothing is written (`render`), and a GET of a User is the
most frequent request of all, so that it must cost no more than the rest of the answer.

Spec: ``rest.md`` §1.3.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, Final, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from finesse_tx.xmltext import escape

__all__ = ["DECLARATION", "document", "item", "render"]

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
"""What a GET's body starts with. A notification's payload never has it."""

INDENT: Final = "  "

Writer = Callable[[Any, str], str]
"""Writes a value as the content of its element, at an indentation."""


def item(name: str, *, attribute: bool = False) -> msgspec.Meta:
    """Say how a field is written, inside ``Annotated``.

    Args:
        name: For a tuple: the element of each entry. An empty name writes the entries without an element
            around them all.
        attribute: Write the field as an attribute of its object's element.
    """
    return msgspec.Meta(extra={"item": name, "attribute": attribute})


def document(value: Struct) -> bytes:
    """Write a GET's body.

    An empty collection is its bare element, ``<Dialogs/>``, because clients compare the whole body with that;
    everything else begins with the declaration.
    """
    text = render(value)
    return (text if text.count("<") == 1 else DECLARATION + text).encode()


def render(value: Struct, name: str = "", indent: str = "") -> str:
    """Write an object, two blanks deeper for each level.

    ``None`` is left out; an empty text is an empty element with both tags, since clients look for the element
    and read its text without asking; an empty object or collection is one tag.

    Args:
        value: The object.
        name: Its element; by default the name of its class.
        indent: The blanks before it.
    """
    tag = name or type(value).__name__
    attributes, content = _writers(type(value))
    start = tag + "".join(
        f' {field}="{escape(_scalar(getattr(value, attribute)))}"'
        for field, attribute in attributes
    )
    inner = indent + INDENT
    lines = [
        line
        for attribute, write in content
        if (part := getattr(value, attribute)) is not None and (line := write(part, inner))
    ]
    if not lines:
        return f"{indent}<{start}/>"
    return "\n".join([f"{indent}<{start}>", *lines, f"{indent}</{tag}>"])


@cache
def _writers(struct: type[Struct]) -> tuple[list[tuple[str, str]], list[tuple[str, Writer]]]:
    """The attributes and the children of a struct's element, in the order of its fields."""
    attributes: list[tuple[str, str]] = []
    content: list[tuple[str, Writer]] = []
    hints = get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        extra = _extra(hints[field.name])
        if extra.get("attribute"):
            attributes.append((field.encode_name, field.name))
        else:
            content.append((field.name, _writer(field.encode_name, extra.get("item"))))
    return attributes, content


def _extra(hint: Any) -> dict[str, Any]:
    for meta in getattr(hint, "__metadata__", ()):
        if isinstance(meta, msgspec.Meta) and meta.extra:
            return meta.extra
    for inner in get_args(hint) if get_origin(hint) else ():
        if found := _extra(inner):
            return found
    return {}


def _writer(name: str, entry: str | None) -> Writer:
    def write(value: Any, indent: str) -> str:
        if isinstance(value, Struct):
            return render(value, name, indent)
        if not isinstance(value, tuple):
            return f"{indent}<{name}>{escape(_scalar(value))}</{name}>"
        if not value:
            return f"{indent}<{name}/>" if entry else ""
        deeper = indent + INDENT if entry else indent
        lines = [
            render(one, entry or name, deeper)
            if isinstance(one, Struct)
            else f"{deeper}<{entry or name}>{escape(_scalar(one))}</{entry or name}>"
            for one in value
        ]
        return "\n".join([f"{indent}<{name}>", *lines, f"{indent}</{name}>"] if entry else lines)

    return write


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    if isinstance(value, Enum):
        return str(value.value)
    return str(value)
