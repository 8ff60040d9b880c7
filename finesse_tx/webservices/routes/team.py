"""``/Team``: a team and the states of its members.

Spec: ``rest.md`` §7.1.
"""

from __future__ import annotations

from klein import Klein

from finesse_tx.webservices.core.objects import Team
from finesse_tx.webservices.operations import Operations
from finesse_tx.webservices.routes.gate import Call, Gate, route

__all__ = ["TeamRoutes"]


class TeamRoutes:
    """The routes below ``/finesse/api/Team``."""

    app = Klein()

    def __init__(self, gate: Gate, operations: Operations) -> None:
        self.gate, self._operations = gate, operations

    @app.route("/<team_id>", methods=["GET"])
    @route
    async def get_team(self, call: Call, team_id: str) -> Team:
        """The team, for its supervisors and administrators."""
        include = call.query.get("includeLoggedOutAgents", "true") != "false"
        return self._operations.team(call.person, team_id, include_logged_out=include)
