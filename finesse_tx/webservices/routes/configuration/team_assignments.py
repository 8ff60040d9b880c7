"""``/Team/{id}/ReasonCodes`` and the like: what a team has of its own.

Spec: ``rest.md`` §12.9, §12.3 (a team's layout).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from finesse_tx.directory.core.records import ReasonCategory, ReasonCode
from finesse_tx.webservices.administration import Administration, Step
from finesse_tx.webservices.core import objects
from finesse_tx.webservices.core.administration.assignments import (
    LayoutReferences,
    PhoneBookReferences,
    ReasonCodeReferences,
    WorkflowReferences,
    WrapUpReasonReferences,
    ids_of,
    no_such_team,
)
from finesse_tx.webservices.core.administration.changes import Assign, Stored
from finesse_tx.webservices.core.administration.objects import (
    MediaPropertiesLayout,
    MediaPropertiesLayouts,
    PhoneBook,
    PhoneBooks,
    Workflow,
    Workflows,
    WrapUpReason,
    WrapUpReasons,
)
from finesse_tx.webservices.core.administration.reasons import category_of
from finesse_tx.webservices.core.agents import reason_code
from finesse_tx.webservices.core.routing import Call, Route, number_of
from finesse_tx.webservices.routes.configuration.crud import ADMINISTRATOR

__all__ = ["TEAM_ASSIGNMENTS", "team_of"]


def team_of(administration: Administration, call: Call[Any]) -> int:
    """The team in a path.

    Raises:
        ApiError: 404: there is no such team.
    """
    text = call.path["id"]
    if not administration.has_team(number_of(text)):
        raise no_such_team(text)
    return number_of(text)


def _uri(call: Call[Any], name: str) -> str:
    return f"/finesse/api/Team/{call.path['id']}/{name}"


def _assigned(
    administration: Administration, team_id: int, category: ReasonCategory | None = None
) -> tuple[ReasonCode, ...]:
    return tuple(
        reason
        for reason in administration.reasons
        if team_id in reason.team_ids and category in {None, reason.category}
    )


async def get_reason_codes(administration: Administration, call: Call[None]) -> objects.ReasonCodes:
    """The reason codes of one category that are the team's own."""
    (category,) = category_of(call.query.get("category", ""), all_too=False)
    found = _assigned(administration, team_of(administration, call), category)
    return objects.ReasonCodes(category.value, tuple(map(reason_code, found)))


async def put_reason_codes(
    administration: Administration, call: Call[ReasonCodeReferences]
) -> None:
    """Give the team these reason codes of one category, and no others."""
    (category,) = category_of(call.query.get("category", ""), all_too=False)

    def decide() -> Step:
        team_id = team_of(administration, call)
        before = _assigned(administration, team_id)
        candidates = tuple(one for one in administration.reasons if one.category is category)
        ids = ids_of(ReasonCode, call.body.of, administration.settings, candidates)
        kept = tuple(one.id for one in before if one.category is not category)
        change = Assign(team_id, ReasonCode, kept + ids)
        was = tuple(one.id for one in before if one.category is category)
        return Step("PUT", _uri(call, "ReasonCodes"), change, was, ids)

    await administration.change(call, decide)


Operation = Callable[[Administration, Call[Any]], Any]


def _routes(
    name: str, kind: type[Stored], listed: type[Struct], references: type[Struct]
) -> tuple[Route[Administration, Any], ...]:
    many: Any = listed

    async def get(administration: Administration, call: Call[None]) -> Struct:
        of: Any = kind
        team_id = team_of(administration, call)
        found: Struct = many(administration.settings.assigned_to(team_id, of))
        return found

    async def put(administration: Administration, call: Call[Any]) -> None:
        def decide() -> Step:
            team_id = team_of(administration, call)
            ids = ids_of(kind, call.body.of, administration.settings, ())
            before = administration.settings.assigned.get((team_id, kind), ())
            return Step("PUT", _uri(call, name), Assign(team_id, kind, ids), before, ids)

        await administration.change(call, decide)

    get.__doc__ = f"The {name} that are the team's own, in their order."
    put.__doc__ = f"Give the team these {name}, in this order, and no others."
    path = f"/Team/{{id}}/{name}"
    return (
        Route("GET", path, ADMINISTRATOR, get, response=listed, **_COMMON),
        Route("PUT", path, ADMINISTRATOR, put, request=references, **_COMMON),
    )


_COMMON: Final[dict[str, Any]] = {"refusals": (404,), "needs_service": False}
_CODES: Final[dict[str, Any]] = {
    "refusals": (400, 404),
    "needs_service": False,
    "query": ("category",),
}

TEAM_ASSIGNMENTS: Final[tuple[Route[Administration, Any], ...]] = (
    Route(
        "GET",
        "/Team/{id}/ReasonCodes",
        ADMINISTRATOR,
        get_reason_codes,
        response=objects.ReasonCodes,
        **_CODES,
    ),
    Route(
        "PUT",
        "/Team/{id}/ReasonCodes",
        ADMINISTRATOR,
        put_reason_codes,
        request=ReasonCodeReferences,
        **_CODES,
    ),
    *_routes("WrapUpReasons", WrapUpReason, WrapUpReasons, WrapUpReasonReferences),
    *_routes(
        "MediaPropertiesLayouts",
        MediaPropertiesLayout,
        MediaPropertiesLayouts,
        LayoutReferences,
    ),
    *_routes("PhoneBooks", PhoneBook, PhoneBooks, PhoneBookReferences),
    *_routes("Workflows", Workflow, Workflows, WorkflowReferences),
)
"""The table."""
