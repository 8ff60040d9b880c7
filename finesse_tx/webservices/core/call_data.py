"""What a client attaches to a call: variables, wrap-up reasons, what came of a campaign's customer.

Spec: ``rest.md`` §5.5, §1.10 (limits); ``cti.md`` §4.4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, TypedDict

from msgspec import Struct

from finesse_tx.cti.core.variables import MAX_NAME, MAX_VALUE, NamedArray, NamedVariable
from finesse_tx.webservices.core.calls import BA_RESPONSE, CALL_VARIABLES
from finesse_tx.webservices.core.declaration import item
from finesse_tx.webservices.core.dialog_view import WRAP_UP_SEPARATOR
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.reading import invalid, missing
from finesse_tx.webservices.core.vocabulary import CLASSIFICATIONS

__all__ = ["CallData", "CallDataBody", "CallDataFields", "VariableBody"]

MAX_VARIABLE: Final = 40
"""Bytes of a callVariable."""

MAX_WRAP_UP: Final = 39
"""Bytes of the wrap-up reasons together: what GED-188 has for them."""

_ELEMENT: Final = re.compile(r"(?P<name>[^\[\]]+)\[(?P<index>[0-9]{1,3})\]")
_NAME: Final = re.compile(r"(user\.|BA)[^\[\]]+")
MAX_INDEX: Final = 255


class VariableBody(Struct, frozen=True):
    """One variable, as it may be written."""

    name: str = ""
    value: str = ""


class CallDataBody(Struct, frozen=True, rename="camel"):
    """``mediaProperties`` of a request, as it may be written."""

    wrap_up_reason: str | None = None
    wrap_up_items: Annotated[tuple[str, ...] | None, item("wrapUpItem")] = None
    outbound_classification: str = ""
    callvariables: Annotated[tuple[VariableBody, ...] | None, item("CallVariable")] = None


class CallDataFields(TypedDict):
    """What requests of GED-188 that carry data have in common."""

    call_variables: tuple[str | None, ...]
    call_wrapup_data: str | None
    named_variables: tuple[NamedVariable, ...]
    named_arrays: tuple[NamedArray, ...]


@dataclass(frozen=True, slots=True)
class CallData:
    """What is to be attached; an empty value clears.

    Attributes:
        variables: callVariable1 to callVariable10, by name.
        scalars: Named variables.
        arrays: Elements of named arrays, by name and index.
        wrap_up: The wrap-up reasons; None: as they are.
        has_items: Whether the reasons were given as several.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    scalars: Mapping[str, str] = field(default_factory=dict)
    arrays: Mapping[tuple[str, int], str] = field(default_factory=dict)
    wrap_up: str | None = None
    has_items: bool = False

    @classmethod
    def of(cls, body: CallDataBody) -> CallData:
        """Check it.

        Raises:
            ApiError: 400: nothing is said, or what cannot be.
        """
        variables: dict[str, str] = {}
        scalars: dict[str, str] = {}
        arrays: dict[tuple[str, int], str] = {}
        for variable in body.callvariables or ():
            name, value = variable.name, variable.value
            if not name:
                raise missing("name")
            if name in CALL_VARIABLES:
                if len(value.encode()) > MAX_VARIABLE:
                    raise _invalid(name)
                variables[name] = value
            elif element := _ELEMENT.fullmatch(name):
                arrays[_element(element["name"], int(element["index"]))] = _cut(value)
            else:
                scalars[_named(name)] = _cut(value)
        if {name for name, _ in arrays} & set(scalars):
            raise _invalid("name")  # a scalar and an array cannot have one name
        if body.outbound_classification:
            scalars[BA_RESPONSE] = classification(body.outbound_classification)
        items = body.wrap_up_items
        wrap_up = WRAP_UP_SEPARATOR.join(items) if items is not None else body.wrap_up_reason
        if wrap_up is not None and len(wrap_up.encode()) > MAX_WRAP_UP:
            raise invalid("wrapUpReason" if items is None else "wrapUpItems")
        found = cls(variables, scalars, arrays, wrap_up, items is not None)
        if not found:
            raise missing("mediaProperties")
        return found

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.variables or self.scalars or self.arrays) or self.wrap_up is not None

    def fields(self) -> CallDataFields:
        """As GED-188 has it."""
        return CallDataFields(
            call_variables=tuple(self.variables.get(name) for name in CALL_VARIABLES),
            call_wrapup_data=self.wrap_up,
            named_variables=tuple(
                NamedVariable(name, value) for name, value in self.scalars.items()
            ),
            named_arrays=tuple(
                NamedArray(index, name, value) for (name, index), value in self.arrays.items()
            ),
        )


def classification(name: str) -> str:
    """The BAResponse of an ``outboundClassification``.

    Raises:
        ApiError: 400: there is no such result.
    """
    if name not in CLASSIFICATIONS:
        raise invalid("outboundClassification")
    return CLASSIFICATIONS[name]


def _element(name: str, index: int) -> tuple[str, int]:
    if index > MAX_INDEX:
        raise _invalid(f"{name}[{index}]")
    return _named(name), index


def _named(name: str) -> str:
    # Whatever else is called a call variable is none: ``callVariable11``.
    if not _NAME.fullmatch(name) or len(name.encode()) >= MAX_NAME:
        raise _invalid(name)
    return name


def _cut(value: str) -> str:
    """An ECC value that is too long is cut without a word, as the original's engine does."""
    return value.encode()[: MAX_VALUE - 1].decode(errors="ignore")


def _invalid(name: str) -> ApiError:
    return ApiError(400, "Invalid Input", "Invalid call variable specified", name)
