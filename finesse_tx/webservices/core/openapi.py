"""The OpenAPI document, made from the routes and the structs that they name.

Spec: OpenAPI 3.1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, Final

import msgspec
from msgspec import Struct

import finesse_tx
from finesse_tx.webservices.core.declaration import nested
from finesse_tx.webservices.core.errors import ApiErrors
from finesse_tx.webservices.core.routing import Asker, Family, Route, parameters
from finesse_tx.webservices.core.schemas import components, reference

__all__ = ["MEDIA_TYPES", "openapi"]

MEDIA_TYPES: Final = ("application/xml", "application/json")
"""What objects are written in."""

_SECURITY: Final = "basic"


def openapi(families: Iterable[Family[Any]]) -> bytes:
    """The document, as JSON, of what there is in these families."""
    table = [(route, family.is_live) for family in families for route in family.routes]
    structs: dict[type[Struct], None] = dict.fromkeys(nested(ApiErrors))
    for route, _is_live in table:
        for struct in (route.reads, route.response):
            if struct is not None:
                structs |= dict.fromkeys(nested(struct))
    paths: dict[str, dict[str, Any]] = {}
    for route, is_live in table:
        operation = _operation(route)
        if route.method == "GET" and not is_live:
            _revalidate(operation)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Finesse REST API", "version": finesse_tx.__version__},
            "servers": [{"url": "/finesse/api"}],
            "paths": paths,
            "components": {
                "schemas": components(structs),
                "securitySchemes": {_SECURITY: {"type": "http", "scheme": "basic"}},
            },
        }
    )


def _operation(route: Route[Any, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": _summary(route),
        "tags": [route.path.split("/")[1]],
        "description": "Who may ask: " + ", ".join(asker.value for asker in route.who) + ".",
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in parameters(route.path)
            ),
            *({"name": name, "in": "query", "schema": {"type": "string"}} for name in route.query),
            *(
                {"name": name, "in": "header", "description": why, "schema": {"type": "string"}}
                for name, why in _headers(route)
            ),
        ],
        "security": [] if Asker.ANYBODY in route.who else [{_SECURITY: []}],
        "responses": {f"{status}": _response(route, status) for status in route.statuses},
    }
    if route.reads is not None:
        made["requestBody"] = {"required": True, "content": _content(route.reads)}
    elif route.method in {"PUT", "POST"} and route.media_type:
        made["requestBody"] = {"required": True, "content": {route.media_type: {}}}
    return made


def _revalidate(operation: dict[str, Any]) -> None:
    """What only administrators change need not be sent to whoever has it already."""
    operation["parameters"].append(
        {
            "name": "If-None-Match",
            "in": "header",
            "description": "The ETags of what the client has.",
            "schema": {"type": "string"},
        }
    )
    phrase = HTTPStatus.NOT_MODIFIED.phrase
    operation["responses"][f"{HTTPStatus.NOT_MODIFIED:d}"] = {"description": phrase}


def _headers(route: Route[Any, Any]) -> Iterator[tuple[str, str]]:
    """The headers that make a difference, and which."""
    if route.method != "GET":
        yield "requestId", "Echoed, and told with the first event that the request causes."
    if HTTPStatus.PARTIAL_CONTENT in route.statuses:
        yield "Range", "A part of it: objects=FIRST-LAST, from 1."


def _response(route: Route[Any, Any], status: int) -> dict[str, Any]:
    made: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if status >= 400:
        made["content"] = _content(ApiErrors)
    elif route.response is not None:
        made["content"] = _content(route.response)
    elif route.media_type and route.method == "GET":
        made["content"] = {route.media_type: {}}
    return made


def _content(struct: type[Struct]) -> dict[str, Any]:
    return {media_type: {"schema": reference(struct)} for media_type in MEDIA_TYPES}


def _operation_id(route: Route[Any, Any]) -> str:
    """Such as ``getUserDialogs``; one by its id is ``getDialogById``."""
    words = [
        f"By{word[1:-1].capitalize()}" if word.startswith("{") else word for word in _words(route)
    ]
    return route.method.lower() + "".join(words)


def _words(route: Route[Any, Any]) -> list[str]:
    found = [re.sub(r"\W", "", word) if "{" not in word else word for word in route.path.split("/")]
    return [word for word in found if word]


def _summary(route: Route[Any, Any]) -> str:
    """The first sentence of the operation's docstring."""
    return " ".join((route.operation.__doc__ or "").split("\n\n")[0].split())
