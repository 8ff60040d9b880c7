"""Request bodies into declared structs, from XML or JSON, and what a client is told when they do not fit.

Unknown elements and white space are ignored, the order of elements is free, and of elements that stand twice the
last one counts. An empty element is an empty text, and nothing at all where a number or a truth value is wanted.
Types and limits are msgspec's to check, by the declaration; a struct's ``__post_init__`` may refuse with an
`ApiError` of its own.

Spec: ``rest.md`` §1.3 (bodies), §1.6 (errors).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import Struct

from finesse_tx.webservices.core.declaration import Field, element_name, fields
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.xmltext import Element, XMLRefusedError, parse

__all__ = ["MAX_DEPTH", "Draft", "draft", "invalid", "is_json", "missing", "read"]

T = TypeVar("T", bound=Struct)

MAX_DEPTH: Final = 16
"""How deep the elements of a body may nest; none of ours is half as deep."""

_PLACE: Final = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_LACKING: Final = re.compile(r"^Object missing required field `(?P<name>\w+)`")
_NAMES: Final = re.compile(r"[A-Za-z_]\w*")
_EMPTY: Final = "of length >= 1"


def is_json(content_type: str) -> bool:
    """Whether that ``Content-Type`` says JSON; everything else is taken for XML, as the original takes it."""
    return content_type.partition(";")[0].strip().lower() == "application/json"


@dataclass(frozen=True, slots=True)
class Draft(Generic[T]):
    """What a body has of an object: all of it for a new one, or some of it for a change.

    Attributes:
        struct: What it is to be.
        found: The fields that are there, by their names outside.
    """

    struct: type[T]
    found: Mapping[str, Any]

    def made(self) -> T:
        """A new object.

        Raises:
            ApiError: 400: something is missing, or not what was declared; ErrorData names the field.
        """
        return _converted(self.struct, self._said())

    def onto(self, value: T) -> T:
        """The object with what the body changes of it.

        Raises:
            ApiError: 400: something is not what was declared, or the body changes nothing at all.
        """
        said = self._said()
        if not said.keys() & {field.name for field in fields(self.struct)}:
            raise missing(element_name(self.struct))
        return _converted(self.struct, {**_built(value), **said})

    def _said(self) -> Mapping[str, Any]:
        """What is the client's to say: an object's path is not."""
        return {name: value for name, value in self.found.items() if name != "uri"}


def draft(struct: type[T], body: bytes, max_bytes: int, *, json: bool = False) -> Draft[T]:
    """Read a body that may have only some of an object; see `read`."""
    if json:
        return Draft(struct, _tidied(struct, _from_json(body, max_bytes)))
    return Draft(struct, _from_xml(struct, body, max_bytes))


def read(struct: type[T], body: bytes, max_bytes: int, *, json: bool = False) -> T:
    """Read a body.

    Args:
        struct: What it is to be.
        body: As it came, or one byte more than ``max_bytes`` of it.
        max_bytes: More than this is refused unread.
        json: Whether it is JSON.

    Raises:
        ApiError: 400: not well-formed, too much, or not what was declared; ErrorData names the field.
    """
    return draft(struct, body, max_bytes, json=json).made()


def _converted(struct: type[T], found: Mapping[str, Any]) -> T:
    try:
        return msgspec.convert(found, struct, strict=False)
    except msgspec.ValidationError as error:
        raise _refusal(str(error), found) from None


def _built(value: Struct) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(value)
    return built


def missing(name: str) -> ApiError:
    """A required element is not there, or is empty."""
    return ApiError(400, "Parameter Missing", f"{name} Parameter missing", name)


def invalid(name: str) -> ApiError:
    """An element's value is not recognised, or exceeds a limit."""
    return ApiError(400, "Invalid Input", f"Invalid {name} specified", name)


def _from_json(body: bytes, max_bytes: int) -> dict[str, Any]:
    if len(body) > max_bytes:
        raise ApiError(
            400, "Bad Request", f"The body is not valid JSON: larger than {max_bytes} bytes"
        )
    try:
        found: dict[str, Any] = msgspec.json.decode(body, type=dict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ApiError(400, "Bad Request", f"The body is not valid JSON: {error}") from None
    return found


def _tidied(struct: type[Struct], found: Mapping[str, Any]) -> dict[str, Any]:
    """What JSON has, as XML would have it: null is nothing, blanks around a text are, and a number is a text too."""
    tidied: dict[str, Any] = {}
    for field in fields(struct):
        value = found.get(field.name)
        if isinstance(value, list):
            tidied[field.name] = [_tidied_one(field, one) for one in value]
        elif value is not None:
            tidied[field.name] = _tidied_one(field, value)
        elif field.is_never_left_out and field.name in found:
            tidied[field.name] = None
    return tidied


def _tidied_one(field: Field, value: Any) -> Any:
    if field.struct is not None and isinstance(value, dict):
        return _tidied(field.struct, value)
    if isinstance(value, str) and not field.is_verbatim:
        return value.strip()
    if field.is_text and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


def _from_xml(struct: type[Struct], body: bytes, max_bytes: int) -> dict[str, Any]:
    try:
        element = parse(body, max_bytes=max_bytes, max_depth=MAX_DEPTH)
    except XMLRefusedError as error:
        raise ApiError(
            400, "Bad Request", f"The body is not valid XML: {error.reason}", f"line {error.line}"
        ) from None
    root = element_name(struct)
    if element.tag != root:
        raise ApiError(400, "Bad Request", f"The body must be a {root} element", element.tag)
    return _object(struct, element)


def _object(struct: type[Struct], element: Element) -> dict[str, Any]:
    found = {}
    for field in fields(struct):
        value = _value(field, element)
        if value is not None or (field.is_never_left_out and _has(element, field.name)):
            found[field.name] = (
                value  # an empty element takes away what an empty element stands for
            )
    return found


def _has(element: Element, name: str) -> bool:
    return any(child.tag == name for child in element)


def _value(field: Field, parent: Element) -> Any:
    """What an element has for a field; None where it has nothing."""
    if field.is_attribute:
        return parent.get(field.name)
    children = [child for child in parent if child.tag == field.name]
    if not children:
        return None
    if not field.is_list:
        return _one(field, children[-1])
    if field.entry:
        children = [child for child in children[-1] if child.tag == field.entry]
    return [one for child in children if (one := _one(field, child)) is not None]


def _one(field: Field, element: Element) -> Any:
    if field.struct is not None:
        return _object(field.struct, element)
    text = element.text or ""
    if not field.is_verbatim:
        text = text.strip()
    return text if text or field.is_text else None


def _refusal(message: str, found: Mapping[str, Any]) -> ApiError:
    """What the client is told instead of msgspec's sentence."""
    if lacking := _LACKING.match(message):
        return missing(lacking["name"])
    place = _PLACE.search(message)
    names = _NAMES.findall(place["path"]) if place else []
    if not names:
        return ApiError(400, "Bad Request", "The body is not what it must be")
    if _EMPTY in message and found.get(names[0]) == "":
        return missing(names[-1])
    return invalid(names[-1])
