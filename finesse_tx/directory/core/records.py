"""The records of a contact centre's configuration, as every part reads them.

The store makes them, the engine routes by them, the web services show them. All are values: a change makes a
new `Snapshot`.

Spec: ``rest.md`` §2.1 and §12.4 (what Finesse shows of them), ``engine.md`` §1 (what the engine needs).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from finesse_tx.directory.core.queues import (
    CSQ,
    Competence,
    ResourceGroup,
    Skill,
    memberships,
)

__all__ = ["CSQ", "Person", "ReasonCategory", "ReasonCode", "Role", "Snapshot", "Team", "Trigger"]


class Role(Enum):
    """What a person may be; a supervisor is an agent too."""

    AGENT = "Agent"
    SUPERVISOR = "Supervisor"
    ADMINISTRATOR = "Administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can sign in.

    Attributes:
        login_id: The id in URIs, JIDs and CTI messages; unique.
        login_name: The name for signing in; compared without regard to case. Here often the same as the id.
        first_name: For people to read.
        last_name: For people to read.
        extension: The number of the phone that ICD calls are sent to; empty for an administrator.
        roles: At least one.
        team_id: The team this person works in; None for an administrator.
        automatic_available: Whether the engine makes the agent ready again after a call (``engine.md`` §2.3).
        competences: What an agent can do, in the order of the skills' ids.
        resource_group_id: The group the agent is in; None for none.
        group_position: The agent's place in it: lower ones first, equal ones by login id.
        source: The directory provider that tells of this person, such as ``axl``; empty: nobody, the person is ours.
    """

    login_id: str
    login_name: str
    first_name: str
    last_name: str
    extension: str
    roles: frozenset[Role]
    team_id: int | None = None
    automatic_available: bool = True
    competences: tuple[Competence, ...] = ()
    resource_group_id: int | None = None
    group_position: int = 0
    source: str = ""

    @property
    def is_agent(self) -> bool:
        """Whether this person can sign in to a phone."""
        return bool(self.roles & {Role.AGENT, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class Team:
    """A team of agents.

    Attributes:
        id: Unique.
        name: Unique.
        primary_supervisor: Login id; empty when there is none.
        secondary_supervisors: Login ids.
    """

    id: int
    name: str
    primary_supervisor: str = ""
    secondary_supervisors: tuple[str, ...] = ()

    @property
    def supervisors(self) -> tuple[str, ...]:
        """The login ids of all who supervise the team, the primary one first."""
        first = (self.primary_supervisor,) if self.primary_supervisor else ()
        return first + self.secondary_supervisors


@dataclass(frozen=True, slots=True)
class Trigger:
    """A route point and the application behind it.

    Attributes:
        route_point: The number that callers dial.
        application_id: GED-188's ApplicationID, unique.
        application_name: For people to read.
        csq_id: The queue its callers wait in, unless the script says another; None: the script says it.
        script: The script that treats its callers; empty: the one that only queues them.
        max_sessions: How many of its callers may be at ports at once; 0: as many as there are ports.
        language: What prompts are spoken in, such as ``en_US``; empty: the script's own.
        variables: The script's variables that begin with another value here: names and values.
    """

    route_point: str
    application_id: int
    application_name: str
    csq_id: int | None
    script: str = ""
    max_sessions: int = 0
    language: str = ""
    variables: tuple[tuple[str, str], ...] = ()


class ReasonCategory(Enum):
    """What a reason explains."""

    NOT_READY = "NOT_READY"
    LOGOUT = "LOGOUT"


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """Why an agent is not ready, or signed out.

    Attributes:
        id: The database's id, which REST clients send and see.
        category: What it explains.
        code: The number in CTI messages and reports; unique in its category.
        label: For people to read; unique in its category.
        for_all: Whether every team uses it.
        team_ids: The teams that use it when it is not for all.
        system_code: Whether the engine sets it, never an agent.
    """

    id: int
    category: ReasonCategory
    code: int
    label: str
    for_all: bool = True
    team_ids: frozenset[int] = frozenset()
    system_code: bool = False

    def offered_to(self, team_id: int | None) -> bool:
        """Whether an agent of that team may choose it."""
        return not self.system_code and (self.for_all or team_id in self.team_ids)


@dataclass(frozen=True)
class Snapshot:
    """The whole directory at one moment, each kind in the order of its ids.

    Attributes:
        people: Everyone who may sign in.
        teams: All teams.
        csqs: All queues.
        triggers: All route points.
        reason_codes: All reason codes, the engine's own too.
        skills: All skills.
        resource_groups: All resource groups.
    """

    people: tuple[Person, ...] = ()
    teams: tuple[Team, ...] = ()
    csqs: tuple[CSQ, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    reason_codes: tuple[ReasonCode, ...] = ()
    skills: tuple[Skill, ...] = ()
    resource_groups: tuple[ResourceGroup, ...] = ()

    @cached_property
    def _by_id(self) -> Mapping[str, Person]:
        return {person.login_id: person for person in self.people}

    @cached_property
    def _by_name(self) -> Mapping[str, Person]:
        return {person.login_name.casefold(): person for person in self.people}

    @cached_property
    def _teams(self) -> Mapping[int, Team]:
        return {team.id: team for team in self.teams}

    @cached_property
    def _supervised(self) -> Mapping[str, frozenset[int]]:
        found: dict[str, set[int]] = {}
        for team in self.teams:
            for login_id in team.supervisors:
                found.setdefault(login_id, set()).add(team.id)
        return {login_id: frozenset(ids) for login_id, ids in found.items()}

    def person(self, name: str) -> Person | None:
        """Find someone by login id or, without regard to case, by login name."""
        return self._by_id.get(name) or self._by_name.get(name.casefold())

    @cached_property
    def _csq_ids(self) -> Mapping[str, tuple[int, ...]]:
        return memberships(self.people, self.csqs)

    def csq_ids_of(self, login_id: str) -> tuple[int, ...]:
        """The queues that an agent takes calls from, in the order of their ids."""
        return self._csq_ids.get(login_id, ())

    def team(self, team_id: int) -> Team | None:
        """Find a team."""
        return self._teams.get(team_id)

    def supervised_by(self, login_id: str) -> frozenset[int]:
        """The ids of the teams that this person supervises."""
        return self._supervised.get(login_id, frozenset())

    @cached_property
    def _reasons(self) -> Mapping[tuple[ReasonCategory, int], ReasonCode]:
        return {(reason.category, reason.code): reason for reason in self.reason_codes}

    def reason_code(self, category: ReasonCategory, code: int) -> ReasonCode | None:
        """The reason behind a number in an event."""
        return self._reasons.get((category, code))

    def reason_codes_for(
        self, team_id: int | None, category: ReasonCategory
    ) -> tuple[ReasonCode, ...]:
        """The codes an agent of that team may choose from, in the order of their ids."""
        return tuple(
            code
            for code in self.reason_codes
            if code.category is category and code.offered_to(team_id)
        )
