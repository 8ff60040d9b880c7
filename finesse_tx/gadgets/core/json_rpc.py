"""JSON-RPC as Shindig speaks it: calls by POST, one or a batch, or one call by GET; errors have HTTP's numbers.

Spec: OpenSocial Core API Server Specification 2.x, "JSON-RPC"; ``gadgets.md`` §7.4.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from finesse_tx.gadgets.core.proxied import AskedError

__all__ = [
    "CALLBACK",
    "MAX_BODY",
    "MAX_CALLS",
    "MAX_VALUES",
    "Call",
    "answered",
    "asked_in_old_form",
    "called",
    "error",
    "flag",
    "numbered",
    "posted",
    "text",
    "texts",
    "written",
]

MAX_BODY: Final = 64 << 10
"""The most that is read, in bytes."""

MAX_CALLS: Final = 20
"""So many calls in a batch."""

MAX_VALUES: Final = 64
"""So many values of a list, such as gadgets or features."""

CALLBACK: Final = re.compile(r"[A-Za-z0-9_.$]{1,200}")
"""The name of a function of a page's."""

_RESERVED: Final = frozenset({"method", "id", "st", "callback", "oauth_token"})
_BETWEEN_URLS: Final = re.compile(r",(?=https?://)")

TITLES: Final[Mapping[int, str]] = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    500: "internalError",
    501: "notImplemented",
}
"""What an error's message begins with, as old clients know it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Attributes:
        method: Such as ``gadgets.metadata``.
        id: As it was sent, of whatever type; None where there is none.
        params: By name.
        fault: What it is answered with if it cannot be read; the rest means nothing then.
    """

    method: str
    id: object
    params: Mapping[str, object]
    fault: AskedError | None = None


def posted(body: bytes) -> tuple[list[Call], bool]:
    """The calls of a POST, and whether they are a batch.

    Raises:
        AskedError: 400: nothing of it can be read, or there are too many.
    """
    found = _decoded(body)
    is_batch = isinstance(found, list)
    calls = found if isinstance(found, list) else [found]
    if len(calls) > MAX_CALLS:
        raise AskedError(400, f"More than {MAX_CALLS} calls")
    return [_read(one) for one in calls], is_batch


def asked_in_old_form(
    body: bytes,
) -> tuple[Mapping[str, object], list[Mapping[str, object]]]:
    """What ``/gadgets/metadata`` is asked: the context, and the gadgets.

    Raises:
        AskedError: 400: nothing of it can be read, or there are too many.
    """
    found = _decoded(body)
    context = found.get("context", {}) if isinstance(found, dict) else None
    gadgets = found.get("gadgets") if isinstance(found, dict) else None
    if not isinstance(context, dict) or not isinstance(gadgets, list):
        raise AskedError(400, "Malformed JSON request.")
    if len(gadgets) > MAX_VALUES or not all(isinstance(one, dict) for one in gadgets):
        raise AskedError(400, f"gadgets is not a list of at most {MAX_VALUES} objects")
    return context, gadgets


def called(query: Mapping[str, Sequence[str]]) -> Call:
    """The call of a GET: ``method``, ``id``, and its parameters by their names, several of a name being a list.

    Raises:
        AskedError: 400: there is no ``method``.
    """
    if not (method := query.get("method", ("",))[0]):
        raise AskedError(400, "No content specified")
    params = {
        name.removeprefix("params."): values[0] if len(values) == 1 else list(values)
        for name, values in query.items()
        if name not in _RESERVED
    }
    return Call(method, query["id"][0] if "id" in query else None, params)


def answered(call: Call, result: object) -> dict[str, object]:
    """One answer."""
    found: dict[str, object] = {}
    if call.id is not None:
        found["id"] = call.id
    if isinstance(result, AskedError):
        found["error"] = error(result)
    else:
        found["result"] = result
    return found


def error(fault: AskedError) -> dict[str, object]:
    """What went wrong, by HTTP's number."""
    title = TITLES.get(fault.status)
    return {
        "code": fault.status,
        "message": f"{title}: {fault.text}" if title else fault.text,
    }


def text(params: Mapping[str, object], name: str, otherwise: str = "") -> str:
    """A parameter that is a text, or a number that stands for one.

    Raises:
        AskedError: 400: it is something else.
    """
    value = params.get(name)
    if value is None or value == "":
        return otherwise
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise AskedError(400, f"{name} is not a text")


def texts(params: Mapping[str, object], name: str) -> list[str]:
    """A parameter that is a list of texts, each once; a text is split at its commas, URLs only between two of them.

    Raises:
        AskedError: 400: it is something else, or longer than `MAX_VALUES`.
    """
    value = params.get(name)
    if value is None or value == "":
        return []
    found: dict[str, None] = {}
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, str):
            raise AskedError(400, f"{name} is not a list of texts")
        parts = _BETWEEN_URLS.split(one) if name == "ids" else one.split(",")
        found |= dict.fromkeys(part for part in parts if part)
    if len(found) > MAX_VALUES:
        raise AskedError(400, f"{name} has more than {MAX_VALUES} values")
    return list(found)


def flag(params: Mapping[str, object], name: str) -> bool:
    """A parameter that is true, ``1`` or ``"true"``; anything else is not."""
    value = params.get(name)
    return (
        value is True or value == 1 or (isinstance(value, str) and value.lower() in {"1", "true"})
    )


def numbered(text_: str, name: str) -> int:
    """A whole number of at most nine digits.

    Raises:
        AskedError: 400: it is none.
    """
    if not (text_.isascii() and text_.removeprefix("-").isdigit() and len(text_) <= 9):
        raise AskedError(400, f"{name} is not a whole number")
    return int(text_)


def written(value: object) -> bytes:
    """JSON that can stand in a script as well."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c").encode("ascii")


def _decoded(body: bytes) -> object:
    if len(body) > MAX_BODY:
        raise AskedError(413, f"More than {MAX_BODY} bytes")
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise AskedError(400, f"Invalid JSON - {fault}") from None


def _read(value: object) -> Call:
    if not isinstance(value, dict):
        return Call("", None, {}, AskedError(400, "A call is an object"))
    method, params, name = value.get("method"), value.get("params", {}), value.get("id")
    if not isinstance(method, str) or not method:
        return Call("", name, {}, AskedError(400, "A call has a method"))
    if not isinstance(params, dict):
        return Call("", name, {}, AskedError(400, "params is an object"))
    return Call(method, name, params)
