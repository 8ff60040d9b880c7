"""``/ReasonCode``: why agents are not ready, or leave.

Spec: ``rest.md`` §12.4.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.directory.core.records import ReasonCode
from finesse_tx.webservices.administration import Administration, Step
from finesse_tx.webservices.core import objects
from finesse_tx.webservices.core.administration.changes import Add, Remove, Replace, uri_of
from finesse_tx.webservices.core.administration.reasons import (
    ReasonCodeBody,
    category_of,
    changed,
    made,
)
from finesse_tx.webservices.core.agents import reason_code
from finesse_tx.webservices.core.reading import Draft
from finesse_tx.webservices.core.routing import Asker, Call, Reply, Route, number_of
from finesse_tx.webservices.routes.configuration.crud import (
    ADMINISTRATOR,
    created,
    not_found,
)

__all__ = ["REASON_CODE"]


def _reason(administration: Administration, text: str) -> ReasonCode:
    number = number_of(text)
    for reason in administration.reasons:
        if reason.id == number:
            return reason
    raise not_found("ReasonCode", text)


async def get_all(administration: Administration, call: Call[None]) -> objects.ReasonCodes:
    """Every reason code of a category, or of both; the engine's own too."""
    text = call.query.get("category", "")
    categories = category_of(text)
    found = (reason for reason in administration.reasons if reason.category in categories)
    return objects.ReasonCodes(text, tuple(map(reason_code, found)))


async def get_one(administration: Administration, call: Call[None]) -> objects.ReasonCode:
    """One reason code."""
    return reason_code(_reason(administration, call.path["id"]))


async def post(administration: Administration, call: Call[Draft[ReasonCodeBody]]) -> Reply:
    """A new reason code; ``Location`` has its URI."""

    def decide() -> Step:
        reason = made(call.body, administration.personality)
        return Step("POST", "/finesse/api/ReasonCode", Add(reason), None, reason)

    (number,) = await administration.change(call, decide)
    return created(call, uri_of(ReasonCode, number))


async def put(administration: Administration, call: Call[Draft[ReasonCodeBody]]) -> None:
    """Change a reason code, but not its category; of the engine's own only the label."""

    def decide() -> Step:
        before = _reason(administration, call.path["id"])
        reason = changed(call.body, before, administration.personality)
        return Step(
            "PUT", uri_of(ReasonCode, before.id), Replace(before.id, reason), before, reason
        )

    await administration.change(call, decide)


async def delete(administration: Administration, call: Call[None]) -> None:
    """Delete a reason code; the engine's own stay."""

    def decide() -> Step:
        before = _reason(administration, call.path["id"])
        return Step("DELETE", uri_of(ReasonCode, before.id), Remove(ReasonCode, before.id), before)

    await administration.change(call, decide)


_ONE: Final = "/ReasonCode/{id}"
_COMMON: Final[dict[str, Any]] = {"needs_service": False}

REASON_CODE: Final[tuple[Route[Administration, Any], ...]] = (
    Route(
        "GET",
        "/ReasonCodes",
        ADMINISTRATOR,
        get_all,
        response=objects.ReasonCodes,
        refusals=(400,),
        query=("category",),
        **_COMMON,
    ),
    Route("POST", "/ReasonCode", ADMINISTRATOR, post, changes=ReasonCodeBody, **_COMMON),
    Route(
        "GET",
        _ONE,
        (Asker.EVERYONE,),
        get_one,
        response=objects.ReasonCode,
        refusals=(404,),
        **_COMMON,
    ),
    Route("PUT", _ONE, ADMINISTRATOR, put, changes=ReasonCodeBody, refusals=(404,), **_COMMON),
    Route("DELETE", _ONE, ADMINISTRATOR, delete, refusals=(400, 404), **_COMMON),
)
"""The table."""
