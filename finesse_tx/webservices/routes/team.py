"""``/Team``: a team and the states of its members.

Spec: ``rest.md`` §7.1.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.core.objects import Team, Teams
from finesse_tx.webservices.core.routing import Asker, Call, Route
from finesse_tx.webservices.operations import Operations

__all__ = ["TEAM"]


async def get_team(operations: Operations, call: Call[None]) -> Team:
    """The team, for its supervisors and administrators."""
    include = call.query.get("includeLoggedOutAgents", "true") != "false"
    return operations.teams.team(call.person, call.path["id"], include_logged_out=include)


async def get_teams(operations: Operations, call: Call[None]) -> Teams:
    """All teams, by name; a supervisor's own for a supervisor."""
    return operations.teams.teams(call.person)


TEAM: Final[tuple[Route[Operations, Any], ...]] = (
    Route(
        "GET",
        "/Team/{id}",
        (Asker.SUPERVISOR, Asker.ADMINISTRATOR),
        get_team,
        response=Team,
        refusals=(404,),
        query=("includeLoggedOutAgents",),
    ),
    Route("GET", "/Teams", (Asker.SUPERVISOR, Asker.ADMINISTRATOR), get_teams, response=Teams),
)
"""The table."""
