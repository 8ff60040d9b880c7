"""Reason codes, as administrators write them.

Spec: ``rest.md`` §12.4.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from finesse_tx.directory.core.records import ReasonCategory, ReasonCode
from finesse_tx.webservices.core.administration.rules import codes_of
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.reading import Draft, invalid

__all__ = ["CATEGORIES", "ReasonCodeBody", "category_of", "changed", "made"]

CATEGORIES = {category.value: (category,) for category in ReasonCategory} | {
    "ALL": tuple(ReasonCategory)
}
"""What a query may ask for."""


class ReasonCodeBody(Struct, frozen=True, rename="camel", kw_only=True):
    """The body of ``POST`` and ``PUT``."""

    ELEMENT: ClassVar[str] = "ReasonCode"

    category: ReasonCategory
    code: Annotated[int, Meta(ge=1, le=65_535)]
    label: Annotated[str, Meta(min_length=1, max_length=40)]
    for_all: bool


def category_of(text: str, *, all_too: bool = True) -> tuple[ReasonCategory, ...]:
    """The categories that a query names.

    Raises:
        ApiError: 400: it names none.
    """
    found = CATEGORIES.get(text) if all_too or text != "ALL" else None
    if found is None:
        raise ApiError(400, "Invalid Input", "The category is NOT_READY or LOGOUT", "category")
    return found


def made(draft: Draft[ReasonCodeBody], personality: str) -> ReasonCode:
    """A new reason code.

    Raises:
        ApiError: 400, naming the field.
    """
    body = draft.made()
    _check_code(body, personality)
    return ReasonCode(0, body.category, body.code, body.label, body.for_all)


def changed(draft: Draft[ReasonCodeBody], before: ReasonCode, personality: str) -> ReasonCode:
    """A reason code with what a body changes of it: never the category, and of the engine's own only the label.

    Raises:
        ApiError: 400, naming the field.
    """
    found = {name: value for name, value in draft.found.items() if name != "category"}
    was = ReasonCodeBody(
        category=before.category, code=before.code, label=before.label, for_all=before.for_all
    )
    body = Draft(ReasonCodeBody, found).onto(was)
    if before.system_code:
        for name, is_same in (
            ("code", body.code == before.code),
            ("forAll", body.for_all == before.for_all),
        ):
            if not is_same:
                raise invalid(name)
    elif body.code != before.code:
        _check_code(body, personality)
    teams = frozenset() if body.for_all else before.team_ids
    return replace(before, code=body.code, label=body.label, for_all=body.for_all, team_ids=teams)


def _check_code(body: ReasonCodeBody, personality: str) -> None:
    if body.code not in codes_of(body.category, personality):
        raise invalid("code")
