"""Structs to XML: the one place that knows how a REST object is written.

What a struct declares of its form is `finesse_tx.webservices.core.declaration`'s; from the same declaration msgspec
makes the JSON schema and the validation. No XML library writes it, for a reason: the wire form has neither
namespaces nor mixed content and one attribute in all (``category``), clients depend on *how* nothing is written
(`render`), and a GET of a User is the most frequent request of all, so that it must cost no more than the rest of
the answer.

Spec: ``rest.md`` §1.3.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from functools import cache, lru_cache
from typing import Any, Final

from msgspec import Struct

from finesse_tx.webservices.core.declaration import element_name, fields
from finesse_tx.xmltext import escape

__all__ = ["DECLARATION", "MAX_KEPT", "document", "kept_document", "render", "scalar"]

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
"""What a GET's body starts with. A notification's payload never has it."""

MAX_KEPT: Final = 4_096
"""How many bodies are kept; beyond it, the one that was asked for longest ago is forgotten."""

INDENT: Final = "  "

Writer = Callable[[Any, str], str]
"""Writes a value as the content of its element, at an indentation."""


def document(value: Struct) -> bytes:
    """Write a GET's body.

    An empty collection is its bare element, ``<Dialogs/>``, because clients compare the whole body with that;
    everything else begins with the declaration.
    """
    text = render(value)
    return (text if text.count("<") == 1 else DECLARATION + text).encode()


@lru_cache(MAX_KEPT)
def kept_document(value: Struct) -> bytes:
    """Write a GET's body once for as long as the object is the same.

    Args:
        value: An object that is asked for often and changes seldom, and says so with ``cache_hash``.
    """
    return document(value)


def render(value: Struct, name: str = "", indent: str = "") -> str:
    """Write an object, two blanks deeper for each level.

    ``None`` is left out, unless its field is declared ``empty``; an empty text is an empty element with both tags, since clients look for the element
    and read its text without asking; an empty object or collection is one tag.

    Args:
        value: The object.
        name: Its element; by default the name of its class.
        indent: The blanks before it.
    """
    tag = name or element_name(type(value))
    attributes, content = _writers(type(value))
    start = tag + "".join(
        f' {field}="{escape(scalar(getattr(value, attribute)))}"' for field, attribute in attributes
    )
    inner = indent + INDENT
    lines = [
        line
        for attribute, write, is_left_out in content
        if ((part := getattr(value, attribute)) is not None or not is_left_out)
        and (line := write(part, inner))
    ]
    if not lines:
        return f"{indent}<{start}/>"
    return "\n".join([f"{indent}<{start}>", *lines, f"{indent}</{tag}>"])


@cache
def _writers(
    struct: type[Struct],
) -> tuple[list[tuple[str, str]], list[tuple[str, Writer, bool]]]:
    """The attributes and the children of a struct's element, in the order of its fields; whether None is left out."""
    declared = fields(struct)
    return (
        [(one.name, one.attribute_name) for one in declared if one.is_attribute],
        [
            (one.attribute_name, _writer(one.name, one.entry), not one.is_never_left_out)
            for one in declared
            if not one.is_attribute
        ],
    )


def _writer(name: str, entry: str) -> Writer:
    def write(value: Any, indent: str) -> str:
        if isinstance(value, Struct):
            return render(value, name, indent)
        if not isinstance(value, tuple):
            return f"{indent}<{name}>{escape(scalar(value))}</{name}>"
        if not value:
            return f"{indent}<{name}/>" if entry else ""
        deeper = indent + INDENT if entry else indent
        lines = [
            render(one, entry or name, deeper)
            if isinstance(one, Struct)
            else f"{deeper}<{entry or name}>{escape(scalar(one))}</{entry or name}>"
            for one in value
        ]
        return "\n".join([f"{indent}<{name}>", *lines, f"{indent}</{name}>"] if entry else lines)

    return write


def scalar(value: object) -> str:
    """Write a value that is neither an object nor a list; nothing for None."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    if isinstance(value, Enum):
        return str(value.value)
    return str(value)
