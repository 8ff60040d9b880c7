"""What a struct declares of its form outside: element names, attributes, the entries of a list.

A REST object is a ``msgspec.Struct`` whose fields stand in wire order, with ``rename="camel"`` (or a name of
their own); `item` says the rest. From this one declaration come the XML that is written
(`finesse_tx.webservices.core.xmlbinding`), the XML and the JSON that are read
(`finesse_tx.webservices.core.reading`), the JSON that is written and the OpenAPI document.

Spec: ``rest.md`` §1.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

__all__ = ["Field", "element_name", "fields", "item", "kinds", "nested"]


def item(
    name: str = "", *, attribute: bool = False, verbatim: bool = False, empty: bool = False
) -> msgspec.Meta:
    """Say how a field is written, inside ``Annotated``.

    Args:
        name: For a tuple: the element of each entry. An empty name writes the entries without an element
            around them all.
        attribute: Write the field as an attribute of its object's element.
        verbatim: When it is read, the blanks around the text belong to it.
        empty: Where there is nothing, XML has an empty element all the same, since clients look for it.
    """
    return msgspec.Meta(
        extra={"item": name, "attribute": attribute, "verbatim": verbatim, "empty": empty}
    )


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a struct.

    Attributes:
        attribute_name: In Python.
        name: The element, the attribute or the JSON key.
        is_attribute: Whether XML has it as an attribute.
        is_verbatim: Whether blanks around the text belong to it.
        is_never_left_out: Whether XML has its element, empty, where there is nothing.
        is_list: Whether it is a tuple.
        entry: Of a list: the element of each entry, empty where the entries have the field's own name and no
            element around them.
        struct: The struct that it is, or that its entries are; None for a scalar.
        entry_hint: Of a list: the type of each entry, as it was declared.
        is_text: Whether it may be a text, so that an empty element is an empty text and not nothing.
    """

    attribute_name: str
    name: str
    is_attribute: bool
    is_verbatim: bool
    is_never_left_out: bool
    is_list: bool
    entry: str
    struct: type[Struct] | None
    entry_hint: Any
    is_text: bool


@cache
def fields(struct: type[Struct]) -> tuple[Field, ...]:
    """The fields of a struct, in wire order."""
    hints = get_type_hints(struct, include_extras=True)
    found = []
    for declared in msgspec.structs.fields(struct):
        hint = hints[declared.name]
        extra = _extra(hint)
        outer = kinds(hint)
        lists = [kind for kind in outer if get_origin(kind) is tuple]
        entry = get_args(lists[0])[0] if lists else None
        inner = kinds(entry) if lists else outer
        structs = [kind for kind in inner if isinstance(kind, type) and issubclass(kind, Struct)]
        found.append(
            Field(
                declared.name,
                declared.encode_name,
                bool(extra.get("attribute")),
                bool(extra.get("verbatim")),
                bool(extra.get("empty")),
                bool(lists),
                extra.get("item", "") if lists else "",
                structs[0] if structs else None,
                entry,
                str in inner,
            )
        )
    return tuple(found)


def element_name(struct: type[Struct]) -> str:
    """The element of an object that stands alone: its class's name, unless ``ELEMENT`` of the class says another."""
    name: str = getattr(struct, "ELEMENT", struct.__name__)
    return name


def nested(struct: type[Struct]) -> tuple[type[Struct], ...]:
    """A struct and all that are within it, each once."""
    found = {struct: None}
    for one in fields(struct):
        if one.struct is not None:
            found |= dict.fromkeys(nested(one.struct))
    return tuple(found)


def kinds(hint: Any) -> list[Any]:
    """The types of a hint, without ``Annotated`` and unions around them."""
    if hasattr(hint, "__metadata__"):
        return kinds(hint.__origin__)
    if get_origin(hint) in {Union, UnionType}:
        return [kind for part in get_args(hint) for kind in kinds(part)]
    return [hint]


def _extra(hint: Any) -> dict[str, Any]:
    for meta in getattr(hint, "__metadata__", ()):
        if isinstance(meta, msgspec.Meta) and meta.extra:
            return meta.extra
    for inner in get_args(hint) if get_origin(hint) else ():
        if found := _extra(inner):
            return found
    return {}
