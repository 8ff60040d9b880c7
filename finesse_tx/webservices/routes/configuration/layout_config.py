"""``/LayoutConfig``: the desktop's layout, and each team's own.

Spec: ``rest.md`` §12.3.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.administration import Administration, Step
from finesse_tx.webservices.core.administration.changes import Put, PutTeamLayout
from finesse_tx.webservices.core.administration.desktop_layout import check_layout
from finesse_tx.webservices.core.administration.offered import default_desktop, desktop_layout
from finesse_tx.webservices.core.administration.system import LayoutConfig, TeamLayoutConfig
from finesse_tx.webservices.core.reading import missing
from finesse_tx.webservices.core.routing import Call, Route
from finesse_tx.webservices.routes.configuration.crud import ADMINISTRATOR
from finesse_tx.webservices.routes.configuration.team_assignments import team_of

__all__ = ["LAYOUT_CONFIG"]


async def get_default(administration: Administration, _call: Call[None]) -> LayoutConfig:
    """The layout of every team that has none of its own."""
    return default_desktop(administration.settings)


async def put_default(administration: Administration, call: Call[LayoutConfig]) -> None:
    """Change the layout of every team that has none of its own."""
    value = LayoutConfig(layoutxml=call.body.layoutxml)

    def decide() -> Step:
        check_layout(value.layoutxml)
        before = default_desktop(administration.settings)
        return Step("PUT", value.uri, Put("LayoutConfig", value), before, value)

    await administration.change(call, decide)


async def get_team(administration: Administration, call: Call[None]) -> TeamLayoutConfig:
    """A team's layout; the default one where it has none of its own."""
    return desktop_layout(administration.settings, team_of(administration, call))


async def put_team(administration: Administration, call: Call[TeamLayoutConfig]) -> None:
    """Give a team a layout of its own, or, with ``useDefault``, the default one."""
    body = call.body

    def decide() -> Step:
        team_id = team_of(administration, call)
        before = administration.settings.team_layouts.get(team_id)
        after = None
        if not body.use_default:
            if not body.layoutxml.strip():
                raise missing("layoutxml")
            check_layout(body.layoutxml)
            after = body.layoutxml
        uri = f"/finesse/api/Team/{team_id}/LayoutConfig"
        return Step("PUT", uri, PutTeamLayout(team_id, after), before, after)

    await administration.change(call, decide)


_ONE: Final = "/LayoutConfig/default"
_TEAM: Final = "/Team/{id}/LayoutConfig"
_COMMON: Final[dict[str, Any]] = {"needs_service": False}

LAYOUT_CONFIG: Final[tuple[Route[Administration, Any], ...]] = (
    Route("GET", _ONE, ADMINISTRATOR, get_default, response=LayoutConfig, **_COMMON),
    Route("PUT", _ONE, ADMINISTRATOR, put_default, request=LayoutConfig, **_COMMON),
    Route(
        "GET",
        _TEAM,
        ADMINISTRATOR,
        get_team,
        response=TeamLayoutConfig,
        refusals=(404,),
        **_COMMON,
    ),
    Route(
        "PUT",
        _TEAM,
        ADMINISTRATOR,
        put_team,
        request=TeamLayoutConfig,
        refusals=(404,),
        **_COMMON,
    ),
)
"""The table."""
