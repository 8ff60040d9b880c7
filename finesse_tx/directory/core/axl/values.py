"""What the fields of a request or an object hold, from XML and to XML.

A value is a text; a mapping of children by name, with ``@name`` for an attribute and ``""`` for the text beside
attributes; or a tuple of values, for a child that comes more than once. All can be written as JSON as they are.

Spec: ``axl.md`` §5 (tags), §7 (booleans), §7.1 (wrappers), §9 (limits).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias, Union
from xml.etree.ElementTree import Element

from finesse_tx.directory.core.axl.faults import SEMANTIC, AXLError
from finesse_tx.directory.core.axl.fields import Field, Type
from finesse_tx.xmltext import escape

__all__ = [
    "TAGS",
    "Tags",
    "Value",
    "Values",
    "boolean",
    "children",
    "items",
    "local",
    "read",
    "read_tags",
    "render",
    "text",
]

Value: TypeAlias = Union[str, "Values", tuple["Value", ...]]
Values: TypeAlias = Mapping[str, Value]

Tags: TypeAlias = Mapping[str, "Tags"]
"""The fields that somebody wants to see; below a field that names none, all are wanted."""

TAGS: Final = "returnedTags"
"""The child of a request whose children are what is wanted; `read_tags` reads it."""

_TRUE: Final = frozenset({"true", "t", "1"})
_FALSE: Final = frozenset({"false", "f", "0"})
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_COUNT: Final = re.compile(r"[0-9]{1,18}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


def local(element: Element) -> str:
    """An element's name without its namespace: some clients qualify what should not be."""
    return element.tag.rpartition("}")[2]


def children(value: Value | None) -> Values:
    """The children of a value; none of a text."""
    return value if isinstance(value, Mapping) else {}


def text(value: Value | None) -> str:
    """The text of a value; empty of one that has none."""
    if isinstance(value, str):
        return value
    inner = children(value).get("", "")
    return inner if isinstance(inner, str) else ""


def items(value: Value | None, name: str) -> tuple[Value, ...]:
    """What a wrapper holds: ``devices`` in ``associatedDevices``."""
    found = children(value).get(name, ())
    return found if isinstance(found, tuple) else (found,)


def boolean(value: Value | None) -> bool:
    """Whether a text says yes."""
    return text(value).lower() in _TRUE


def read(element: Element, fields: Iterable[Field]) -> Values:
    """The children of an element.

    A child that ``fields`` has not is read as it is.

    Args:
        element: A request, or an object in it.
        fields: What may be in it.

    Raises:
        AXLError: A boolean or a number is none, what must be there is not, or what may come once comes twice.
    """
    known = {field.name: field for field in fields}
    found: dict[str, Value] = {}
    for child in element:
        name = local(child)
        field = known.get(name)
        if name == TAGS:  # names, not values
            found[name] = ""
            continue
        value = _opaque(child) if field is None else _value(child, field)
        if field is not None and field.many:
            found[name] = (*items(found, name), value)
        elif name in found and field is not None:
            raise AXLError(SEMANTIC, f"The tag {name} is given more than once")
        else:
            found[name] = (*items(found, name), value) if name in found else value
    for field in known.values():
        if field.required and field.name not in found:
            raise AXLError(
                SEMANTIC, f"The mandatory tag {field.name} is missing in {local(element)}"
            )
    return found


def _value(element: Element, field: Field) -> Value:
    attributes = {
        f"@{name}": element.get(name, "") for name in _attributes(field) if element.get(name)
    }
    if field.fields:
        return {**attributes, **read(element, field.fields)}
    found = _text(element.text or "", field)
    return {"": found, **attributes} if attributes else found


def _attributes(field: Field) -> tuple[str, ...]:
    return ("uuid",) if field.type is Type.REFERENCE else field.attributes


def _text(found: str, field: Field) -> str:
    match field.type:
        case Type.BOOLEAN:
            given = found.strip().lower()
            if given in _TRUE or given in _FALSE:
                return "true" if given in _TRUE else "false"
            if given:
                raise AXLError(SEMANTIC, f"The tag {field.name} is not true or false")
            return ""
        case Type.INTEGER | Type.COUNT:
            given = found.strip()
            wanted = _INTEGER if field.type is Type.INTEGER else _COUNT
            if given and not wanted.fullmatch(given):
                raise AXLError(SEMANTIC, f"The tag {field.name} is not a number")
            return given
        case _:
            return found


def _opaque(element: Element) -> Value:
    """What we do not know; attributes are left behind."""
    if not len(element):
        return element.text or ""
    found: dict[str, Value] = {}
    for child in element:
        name = local(child)
        value = _opaque(child)
        found[name] = (*items(found, name), value) if name in found else value
    return found


def read_tags(element: Element | None) -> Tags | None:
    """The ``returnedTags`` of a request; None where there are none, which asks for everything."""
    if element is None:
        return None
    return _tags(element)


def _tags(element: Element) -> Tags:
    found: dict[str, Tags] = {}
    for child in element:
        inner = _tags(child)
        found[local(child)] = {**found.get(local(child), {}), **inner}
    return found


def render(values: Values, fields: Iterable[Field], tags: Tags | None = None) -> str:
    """The children of an object, as XML; those that are not known come last, in the order of their names.

    Args:
        values: What it holds.
        fields: What it may hold, in order; known fields beside these must not be in ``values``.
        tags: What is wanted of it; None or empty: everything.
    """
    parts: list[str] = []
    known = set[str]()
    for field in fields:
        known.add(field.name)
        if field.name in values and (not tags or field.name in tags):
            inner = tags.get(field.name) if tags else None
            parts += _rendered(field.name, values[field.name], field, inner)
    for name in sorted(values.keys() - known):
        if (
            name
            and not name.startswith("@")
            and (not tags or name in tags)
            and _NAME.fullmatch(name)
        ):
            parts += _rendered(name, values[name], None, None)
    return "".join(parts)


def _rendered(name: str, value: Value, field: Field | None, tags: Tags | None) -> Iterator[str]:
    if isinstance(value, tuple):
        for one in value:
            yield from _rendered(name, one, field, tags)
        return
    if isinstance(value, str):
        yield f"<{name}>{escape(value)}</{name}>" if value else f"<{name}/>"
        return
    attributes = "".join(
        f' {key[1:]}="{escape(text(inner))}"' for key, inner in value.items() if key[:1] == "@"
    )
    fields = field.fields if field is not None else ()
    inner = escape(text(value)) + render(value, fields, tags)
    yield f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"
