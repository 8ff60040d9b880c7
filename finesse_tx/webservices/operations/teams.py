"""Teams and their members.

Spec: ``rest.md`` §7.
"""

from __future__ import annotations

from collections.abc import Callable

from finesse_tx.directory.core.records import Person
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import Team
from finesse_tx.webservices.operations.people import People

__all__ = ["TeamOperations"]


class TeamOperations:
    """The operations on teams.

    Args:
        model: Agents and calls as of now.
        people: The checks.
    """

    def __init__(self, model: Callable[[], Model], people: People) -> None:
        self._model, self._people = model, people

    def team(self, viewer: Person, team_id: str, *, include_logged_out: bool) -> Team:
        """A team and its members."""
        team, snapshot = self._people.supervised(viewer, team_id), self._people.snapshot()
        members = tuple(
            agent.team_user(snapshot)
            for agent in self._model().agents.values()
            if agent.member_of(snapshot) == team.id and (include_logged_out or agent.is_signed_in)
        )
        return Team(f"/finesse/api/Team/{team.id}", team.id, team.name, members)
