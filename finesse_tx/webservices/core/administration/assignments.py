"""What a team has of its own: lists of references, as administrators write them.

Spec: ``rest.md`` §12.9.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from msgspec import Meta, Struct, field

from finesse_tx.directory.core.records import ReasonCode
from finesse_tx.webservices.core.administration.changes import Stored, uri_of
from finesse_tx.webservices.core.administration.settings import Settings, is_for_all
from finesse_tx.webservices.core.declaration import item
from finesse_tx.webservices.core.errors import ApiError

__all__ = [
    "LayoutReferences",
    "PhoneBookReferences",
    "ReasonCodeReferences",
    "Reference",
    "WorkflowReferences",
    "WrapUpReasonReferences",
    "ids_of",
    "no_such_team",
]


class Reference(Struct, frozen=True):
    """An object, by its path."""

    uri: Annotated[str, Meta(min_length=1, max_length=255)]


References = Annotated[tuple[Reference, ...], item(), Meta(max_length=2_000)]


class ReasonCodeReferences(Struct, frozen=True):
    """The body of ``PUT /Team/{id}/ReasonCodes``."""

    ELEMENT: ClassVar[str] = "ReasonCodes"

    of: References = field(name="ReasonCode", default=())


class WrapUpReasonReferences(Struct, frozen=True):
    """The body of ``PUT /Team/{id}/WrapUpReasons``."""

    ELEMENT: ClassVar[str] = "WrapUpReasons"

    of: References = field(name="WrapUpReason", default=())


class LayoutReferences(Struct, frozen=True):
    """The body of ``PUT /Team/{id}/MediaPropertiesLayouts``."""

    ELEMENT: ClassVar[str] = "MediaPropertiesLayouts"

    of: References = field(name="MediaPropertiesLayout", default=())


class PhoneBookReferences(Struct, frozen=True):
    """The body of ``PUT /Team/{id}/PhoneBooks``."""

    ELEMENT: ClassVar[str] = "PhoneBooks"

    of: References = field(name="PhoneBook", default=())


class WorkflowReferences(Struct, frozen=True):
    """The body of ``PUT /Team/{id}/Workflows``; the first that matches runs."""

    ELEMENT: ClassVar[str] = "Workflows"

    of: References = field(name="Workflow", default=())


def no_such_team(text: str) -> ApiError:
    """The team of an assignment is none; scripts match on this text."""
    error_type = "finesse.api.team.team_assignment_invalid_team"
    return ApiError(
        404,
        error_type,
        f"HTTP Status code: 404 (Not Found)\nApi Error Type: {error_type}\n"
        "Error Message: This is not a valid team",
        text,
    )


def ids_of(
    kind: type[Stored],
    references: Iterable[Reference],
    settings: Settings,
    reasons: tuple[ReasonCode, ...],
) -> tuple[int, ...]:
    """The ids behind references, each once, in their order.

    Raises:
        ApiError: 400: there is no such object, or everybody has it.
    """
    there: dict[str, tuple[int, object]] = {}
    if kind is ReasonCode:
        there = {
            uri_of(kind, reason.id): (reason.id, reason)
            for reason in reasons
            if not reason.system_code
        }
    else:
        there = {
            uri_of(kind, number): (number, value)
            for number, value in settings.objects.get(kind, {}).items()
        }
    found: dict[int, None] = {}
    for reference in references:
        number, value = there.get(reference.uri.rstrip("/"), (0, None))
        if value is None:
            raise ApiError(400, "Invalid Input", "There is no such object", reference.uri)
        if is_for_all(value):
            raise ApiError(400, "Invalid Input", "Every team has it", reference.uri)
        found[number] = None
    return tuple(found)
