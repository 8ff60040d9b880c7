"""A supervisor's teams, as UCCE's clients ask for them: LIST_AGENT_TEAM and MONITOR_AGENT_TEAM.

Everybody who may see a team's agents gets their events anyway; so a MonitorID is the team's own number, and a monitor
is nothing that has to be kept. UCCX's clients have TEAM_CONFIG_REQ instead.

Spec: ``cti.md`` §9.5 (128), §9.9 (133 to 138), §11.2, §11.10. AGENT_TEAM_CONFIG_REQ has no published layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from finesse_tx.cti.core.enums import (
    NULL,
    AgentFlags,
    AgentState,
    ConfigOperation,
    StatusCode,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentTeamConfigEvent,
    ListAgentTeamConf,
    ListAgentTeamReq,
    MonitorAgentTeamStartConf,
    MonitorAgentTeamStartReq,
    MonitorAgentTeamStopConf,
    MonitorAgentTeamStopReq,
)
from finesse_tx.cti.core.messages.groups import TeamAgent
from finesse_tx.directory.core.records import Person, Team
from finesse_tx.engine.core.messages import wire_state
from finesse_tx.engine.runner import Commands, Reply, Runner, failure

__all__ = ["MAX_AGENTS", "MAX_TEAMS", "TeamRequests"]

MAX_TEAMS: Final = 64
"""Teams in one LIST_AGENT_TEAM_CONF."""

MAX_AGENTS: Final = 64
"""Agents in one AGENT_TEAM_CONFIG_EVENT."""

MAX_AGENT_ID: Final = 11
"""AtcAgentID has so many bytes; whoever has a longer one cannot be named."""

MAX_TEAM_NAME: Final = 31
"""AgentTeamName has so many bytes; a longer one is cut."""


class TeamRequests:
    """What is asked of teams.

    Attributes:
        commands: What carries out each request.
    """

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self.commands: Commands = {
            ListAgentTeamReq: self._list,
            MonitorAgentTeamStartReq: self._start,
            MonitorAgentTeamStopReq: self._stop,
        }

    def _list(self, request: ListAgentTeamReq, reply: Reply) -> None:
        snapshot = self._runner.engine.floor.snapshot
        supervisor = snapshot.person(str(request.supervisor_id))
        if supervisor is None or request.supervisor_id == NULL:
            reply(failure(request, StatusCode.E_CTI_INVALID_AGENT_DATA))
            return
        teams = sorted(snapshot.supervised_by(supervisor.login_id))
        starts = range(0, max(1, len(teams)), MAX_TEAMS)
        for segment, start in enumerate(starts, 1):
            reply(
                ListAgentTeamConf(
                    invoke_id=request.invoke_id,
                    segment_number=segment,
                    more=int(segment < len(starts)),
                    team_ids=tuple(teams[start : start + MAX_TEAMS]),
                )
            )

    def _start(self, request: MonitorAgentTeamStartReq, reply: Reply) -> None:
        team = self._runner.engine.floor.snapshot.team(request.team_id)
        if team is None:
            reply(failure(request, StatusCode.E_CTI_TEAM_NOT_FOUND))
            return
        for event in self._events(team):
            reply(event)
        reply(MonitorAgentTeamStartConf(invoke_id=request.invoke_id, monitor_id=team.id))

    def _stop(self, request: MonitorAgentTeamStopReq, reply: Reply) -> None:
        if self._runner.engine.floor.snapshot.team(request.monitor_id) is None:
            reply(failure(request, StatusCode.E_CTI_INVALID_MONITORID))
        else:
            reply(MonitorAgentTeamStopConf(invoke_id=request.invoke_id))

    def changed(self, team_id: int) -> Iterator[Message]:
        """What is told unasked when a team has changed, or is gone."""
        team = self._runner.engine.floor.snapshot.team(team_id)
        if team is None:
            yield AgentTeamConfigEvent(team_id=team_id, config_operation=ConfigOperation.REMOVE)
        else:
            yield from self._events(team)

    def all(self) -> Iterator[Message]:
        """All teams as they are now, in the order of their numbers."""
        snapshot = self._runner.engine.floor.snapshot
        members: dict[int | None, list[Person]] = {}
        for person in snapshot.people:
            teams = {person.team_id, *snapshot.supervised_by(person.login_id)}
            for team_id in teams:
                members.setdefault(team_id, []).append(person)
        for team in sorted(snapshot.teams, key=lambda team: team.id):
            yield from self._told(team, members.get(team.id, ()))

    def _events(self, team: Team) -> Iterator[Message]:
        """A team's agents and their states: one event, or several for a large team."""
        people = self._runner.engine.floor.snapshot.people
        members = (p for p in people if p.team_id == team.id or p.login_id in team.supervisors)
        return self._told(team, members)

    def _told(self, team: Team, members: Iterable[Person]) -> Iterator[Message]:
        people = [
            person
            for person in members
            if person.is_agent and len(person.login_id.encode()) <= MAX_AGENT_ID
        ]
        name = team.name.encode()[:MAX_TEAM_NAME].decode(errors="ignore")
        for start in range(0, max(1, len(people)), MAX_AGENTS):
            yield AgentTeamConfigEvent(
                team_id=team.id,
                config_operation=ConfigOperation.ADD
                if start
                else ConfigOperation.RESTORE_PERMANENT,
                agent_team_name=name,
                agents=tuple(
                    self._agent(person, team) for person in people[start : start + MAX_AGENTS]
                ),
            )

    def _agent(self, person: Person, team: Team) -> TeamAgent:
        flags = AgentFlags(0)
        if person.login_id == team.primary_supervisor:
            flags = AgentFlags.PRIMARY_SUPERVISOR
        elif person.login_id in team.secondary_supervisors:
            flags = AgentFlags.SUPERVISOR
        agent = self._runner.engine.roster.agents.get(person.login_id)
        state: int = AgentState.LOGOUT
        since = self._runner.now()
        if agent is not None and agent.station is not None:
            pending = agent.pending.state if agent.pending else None
            personality = self._runner.engine.floor.policy.personality
            state, since = wire_state(agent.state, pending, personality), agent.since
        return TeamAgent(
            atc_agent_id=person.login_id,
            agent_flags=flags,
            atc_agent_state=state,
            atc_state_duration=int(self._runner.now() - since),
        )
