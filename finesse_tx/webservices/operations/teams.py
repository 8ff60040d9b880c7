"""Teams and their members.

Spec: ``rest.md`` §7.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from finesse_tx.directory.core.records import Person, Role, Snapshot
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.agent_history import Colleague, Colleagues
from finesse_tx.webservices.core.agents import Agent
from finesse_tx.webservices.core.calls import GONE
from finesse_tx.webservices.core.errors import authorization_failure
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import (
    Team,
    TeamReference,
    Teams,
    TeamUser,
    UserState,
)
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
            self._member(agent, snapshot)
            for agent in self._model().agents.values()
            if agent.member_of(snapshot) == team.id and (include_logged_out or agent.is_signed_in)
        )
        return Team(updates.team_uri(team.id), team.id, team.name, members)

    def teams(self, viewer: Person) -> Teams:
        """All teams for an administrator, a supervisor's own for a supervisor."""
        snapshot = self._people.snapshot()
        own = snapshot.supervised_by(viewer.login_id)
        if not viewer.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR}:
            raise authorization_failure(viewer.login_id)
        return Teams(
            tuple(
                TeamReference(team.id, team.name, updates.team_uri(team.id))
                for team in snapshot.teams
                if team.id in own or Role.ADMINISTRATOR in viewer.roles
            )
        )

    def colleagues(self, viewer: Person) -> Colleagues:
        """The others of one's own team who are signed in; for who is in none, nobody."""
        snapshot = self._people.snapshot()
        return Colleagues(
            tuple(
                Colleague(
                    agent.login_id,
                    agent.first_name,
                    agent.last_name,
                    agent.extension,
                    agent.user_state.value,
                )
                for agent in self._model().agents.values()
                if viewer.team_id is not None
                and agent.member_of(snapshot) == viewer.team_id
                and agent.is_signed_in
                and agent.login_id != viewer.login_id
            )
        )

    def _member(self, agent: Agent, snapshot: Snapshot) -> TeamUser:
        """A member, with what only a CCX's team tells: whether he is on a call that is no state of his."""
        member = agent.team_user(snapshot)
        if agent.words.is_cce:
            return member
        is_not_ready = agent.user_state is UserState.NOT_READY
        parts = self._model().switchboard.parts(agent) if is_not_ready else ()
        busy = any(party.state not in GONE for _, party in parts)
        return structs.replace(member, media_state="BUSY" if busy else "IDLE")
