"""What objects refer to, with its uuid.

Spec: ``axl.md`` §5, §7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from finesse_tx.directory.core.axl.fields import Field, Type
from finesse_tx.directory.core.axl.records import shown_uuid, uuid_of
from finesse_tx.directory.core.axl.values import Value, Values, children, text

__all__ = ["linked", "reference"]


def reference(name: str, uuid: str) -> Values:
    """A reference to ``name``, as shown."""
    return {"": name, "@uuid": uuid}


def linked(values: Values, fields: Iterable[Field]) -> dict[str, Value]:
    """The same with the uuids of what is referred to; a reference to nothing is left out."""
    found = dict(values)
    for field in fields:
        value = found.get(field.name)
        if value is None:
            continue
        if field.type is Type.REFERENCE:
            found[field.name] = _link(field.name, value)
            if not text(value):
                del found[field.name]
        elif field.fields and isinstance(value, Mapping):
            found[field.name] = linked(value, field.fields)
        elif field.fields and isinstance(value, tuple):
            found[field.name] = tuple(linked(children(one), field.fields) for one in value)
    return found


def _link(name: str, value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(_link(name, one) for one in value)
    if isinstance(value, str):
        return _reference_to(name, value)
    return value if "@uuid" in children(value) else _reference_to(name, text(value))


@lru_cache(65_536)
def _reference_to(field: str, name: str) -> Values:
    """A reference to something that has nothing but a name."""
    return {"": name, "@uuid": shown_uuid(uuid_of(field.removesuffix("Name"), name))}
