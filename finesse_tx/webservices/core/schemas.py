"""JSON schemas of the REST objects, with what OpenAPI's ``xml`` says of the XML form.

A field's own schema, limits and all, is msgspec's; objects and lists are put together here, because msgspec would
describe what it reads itself, and of ours it reads only what `finesse_tx.webservices.core.reading` has looked at:
what is absent is left out, never null, and a time may be an empty text.

Spec: OpenAPI 3.1.1 §4.24 (Schema Object), §4.26 (XML Object).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct

from finesse_tx.webservices.core.declaration import Field, element_name, fields, kinds

__all__ = ["components", "reference"]

_TEMPLATE = "#/components/schemas/{name}"


def reference(struct: type[Struct]) -> dict[str, Any]:
    """The schema of an object, by its name."""
    return {"$ref": _TEMPLATE.format(name=struct.__name__)}


def components(structs: Iterable[type[Struct]]) -> dict[str, Any]:
    """The schemas of these objects, and of the enumerations in them, by name.

    Raises:
        ValueError: Two have the same name.
    """
    found: dict[str, Any] = {}
    for struct in structs:
        if struct.__name__ in found:
            raise ValueError(f"two structs have the name {struct.__name__}")
        found[struct.__name__] = {}
    for struct in structs:
        found[struct.__name__] = _object(struct, found)
    return found


def _object(struct: type[Struct], found: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(struct, include_extras=True)
    required = {one.name for one in msgspec.structs.fields(struct) if one.required}
    properties = {}
    for field in fields(struct):
        hint = hints[field.attribute_name]
        properties[field.name] = _field(field, hint, found)
        if type(None) in kinds(hint):
            required.discard(field.attribute_name)
    made: dict[str, Any] = {
        "type": "object",
        "description": " ".join((struct.__doc__ or "").split()),
        "properties": properties,
        "xml": {"name": element_name(struct)},
    }
    if names := [one.name for one in fields(struct) if one.attribute_name in required]:
        made["required"] = names
    return made


def _field(field: Field, hint: Any, found: dict[str, Any]) -> dict[str, Any]:
    if not field.is_list:
        if field.struct:  # whose own element it has only where it stands alone
            return reference(field.struct) | {"xml": {"name": field.name}}
        return _scalar(hint, found) | ({"xml": {"attribute": True}} if field.is_attribute else {})
    entry = reference(field.struct) if field.struct else _scalar(field.entry_hint, found)
    name = field.entry or field.name
    wrapped = {"xml": {"wrapped": True}} if field.entry else {}
    return {"type": "array", "items": entry | {"xml": {"name": name}}, **wrapped}


def _scalar(hint: Any, found: dict[str, Any]) -> dict[str, Any]:
    types = [kind for kind in kinds(hint) if kind is not type(None)]
    if len(types) > 1 and all(issubclass(kind, Enum) for kind in types):
        return {"anyOf": [_scalar(kind, found) for kind in types]}
    if len(types) > 1:
        return {"type": "string", "description": "A time, or an empty text."}
    (schema,), enumerations = msgspec.json.schema_components([hint], ref_template=_TEMPLATE)
    found |= enumerations
    schema.pop("default", None)
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return choices[0] if len(choices) == 1 else schema
