"""``/desktop/api``, for who is signed in: what our own desktop shows and Finesse's interface does not tell.

Spec: ``desktop.md`` §13 (an agent of the team), §14 (History). Paths and forms are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from finesse_tx.webservices.agent_history import AgentHistory
from finesse_tx.webservices.core.agent_history import AgentCalls, AgentStates, Colleagues
from finesse_tx.webservices.core.routing import Asker, Call, Route
from finesse_tx.webservices.operations.teams import TeamOperations

__all__ = ["DESKTOP", "DesktopFacts"]


@dataclass(frozen=True, slots=True)
class DesktopFacts:
    """What stands behind these routes.

    Attributes:
        history: What agents have done.
        teams: Who is there.
    """

    history: AgentHistory
    teams: TeamOperations


async def get_calls(facts: DesktopFacts, call: Call[None]) -> AgentCalls:
    """The calls that an agent had something to do with, the latest first; without ``since`` those of the last 24 hours."""
    return await facts.history.calls(call.person, call.path["id"], call.query)


async def get_states(facts: DesktopFacts, call: Call[None]) -> AgentStates:
    """The states that an agent was in, the latest first; without ``since`` those of the last 24 hours."""
    return await facts.history.states(call.person, call.path["id"], call.query)


async def get_colleagues(facts: DesktopFacts, call: Call[None]) -> Colleagues:
    """The others of one's own team who are signed in, with name, extension and state."""
    return facts.teams.colleagues(call.person)


_WHO: Final = (Asker.SELF, Asker.SUPERVISOR, Asker.ADMINISTRATOR)
_TIME: Final = ("since", "until", "limit")

DESKTOP: Final[tuple[Route[DesktopFacts, Any], ...]] = (
    Route(
        "GET",
        "/history/{id}/calls",
        _WHO,
        get_calls,
        response=AgentCalls,
        refusals=(400, 404, 501),
        query=_TIME,
        needs_service=False,
    ),
    Route(
        "GET",
        "/history/{id}/states",
        _WHO,
        get_states,
        response=AgentStates,
        refusals=(400, 404, 501),
        query=_TIME,
        needs_service=False,
    ),
    Route("GET", "/colleagues", (Asker.EVERYONE,), get_colleagues, response=Colleagues),
)
"""The table."""
