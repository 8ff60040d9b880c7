"""Structs to JSON: the same objects for clients that ask for ``application/json``.

An object is a JSON object with the names of its elements, an attribute among them; a list is an array, whatever
elements XML has around it. What is absent in XML is absent here. Times are texts, as in XML.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from finesse_tx.webservices.core.declaration import fields
from finesse_tx.webservices.core.xmlbinding import scalar

__all__ = ["json_document", "wants_json"]


def json_document(value: Struct) -> bytes:
    """Write a body."""
    return msgspec.json.encode(_built(value))


@lru_cache(256)  # few kinds of clients ask for everything
def wants_json(accept: str) -> bool:
    """Whether an ``Accept`` header asks for JSON rather than XML.

    The libraries that clients of the original are written with ask for ``application/json, text/plain, */*`` by
    default, and then read XML: whoever takes anything gets XML. So does who takes either, as RestSharp says by itself
    (``application/json, text/json, …, application/xml, text/xml``): XML is what the original has.
    """
    found: dict[str, float] = {}
    for choice in accept.lower().split(","):
        kind, *rest = (part.strip() for part in choice.split(";"))
        weights = [part[2:] for part in rest if part.startswith("q=")]
        try:
            found[kind] = float(weights[0]) if weights else 1.0
        except ValueError:
            found[kind] = 0.0
    if any(found.get(kind, 0.0) > 0 for kind in ("*/*", "application/*")):
        return False
    xml = max(found.get("application/xml", 0.0), found.get("text/xml", 0.0))
    return found.get("application/json", 0.0) > xml


def _built(value: Any) -> Any:
    if isinstance(value, Struct):
        return {
            field.name: _built(part)
            for field in fields(type(value))
            if (part := getattr(value, field.attribute_name)) is not None
        }
    if isinstance(value, tuple):
        return [_built(one) for one in value]
    if isinstance(value, datetime | Enum):
        return scalar(value)
    return value
