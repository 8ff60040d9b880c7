"""The whole directory as one value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from finesse_tx.directory.core.edits import Register
from finesse_tx.directory.core.queues import (
    Competence,
    Pool,
    RequiredSkill,
    ResourceGroup,
    ResourceGroupPool,
    Skill,
    SkillPool,
)
from finesse_tx.directory.core.records import (
    CSQ,
    Person,
    ReasonCode,
    Role,
    Snapshot,
    Team,
    Trigger,
)
from finesse_tx.store.tables import (
    CSQRow,
    CSQSkillRow,
    PersonRow,
    PersonSkillRow,
    ReasonCodeRow,
    ReasonCodeTeamRow,
    ResourceGroupRow,
    SkillRow,
    TeamRow,
    TeamSupervisorRow,
    TriggerRow,
    TriggerVariableRow,
)

__all__ = ["read_reason_codes", "read_register", "read_snapshot"]

Named = TypeVar("Named", SkillRow, ResourceGroupRow)


def read_snapshot(session: Session) -> Snapshot:
    """Everything the directory knows: everyone who may sign in, and all the rest, in the order of the ids."""
    return _snapshot(session, PersonRow.enabled.is_(True))


def read_register(session: Session) -> Register:
    """The same with everyone in it, and who may sign in, and with a password of ours."""
    disabled = session.scalars(select(PersonRow.login_id).where(PersonRow.enabled.is_(False)))
    passwords = session.scalars(
        select(PersonRow.login_id).where(PersonRow.password_hash.is_not(None))
    )
    return Register(_snapshot(session, true()), frozenset(disabled), frozenset(passwords))


def _snapshot(session: Session, whom: ColumnElement[bool]) -> Snapshot:
    return Snapshot(
        _people(session, whom),
        _teams(session, whom),
        _csqs(session),
        _triggers(session),
        read_reason_codes(session),
        tuple(Skill(row.id, row.name) for row in _all(session, SkillRow)),
        tuple(ResourceGroup(row.id, row.name) for row in _all(session, ResourceGroupRow)),
    )


def _all(session: Session, table: type[Named]) -> Iterable[Named]:
    return session.scalars(select(table).order_by(table.id))


def _people(session: Session, whom: ColumnElement[bool]) -> tuple[Person, ...]:
    competences: dict[int, list[Competence]] = defaultdict(list)
    for person_id, skill_id, level in session.execute(
        select(PersonSkillRow.person_id, PersonSkillRow.skill_id, PersonSkillRow.level).order_by(
            PersonSkillRow.skill_id
        )
    ):
        competences[person_id].append(Competence(skill_id, level))
    # Columns, not rows: ten thousand people are read on every start.
    found = session.execute(
        select(
            PersonRow.id,
            PersonRow.login_id,
            PersonRow.login_name,
            PersonRow.first_name,
            PersonRow.last_name,
            PersonRow.extension,
            PersonRow.is_agent,
            PersonRow.is_supervisor,
            PersonRow.is_administrator,
            PersonRow.team_id,
            PersonRow.automatic_available,
            PersonRow.resource_group_id,
            PersonRow.group_position,
            PersonRow.source,
        )
        .where(whom)
        .order_by(PersonRow.id)
    )
    return tuple(
        Person(
            row.login_id,
            row.login_name,
            row.first_name,
            row.last_name,
            row.extension,
            _ROLES[row.is_agent, row.is_supervisor, row.is_administrator],
            row.team_id,
            row.automatic_available,
            tuple(competences.get(row.id, ())),
            row.resource_group_id,
            row.group_position,
            row.source,
        )
        for row in found
    )


_FLAGS = (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR)
_ROLES = {
    tuple(role in roles for role in _FLAGS): frozenset(roles)
    for roles in (
        [role for bit, role in enumerate(_FLAGS) if mask & 1 << bit] for mask in range(1, 8)
    )
}
"""The set of roles for each row's three flags: the same object for everyone who has the same."""


def _teams(session: Session, whom: ColumnElement[bool]) -> tuple[Team, ...]:
    primary: dict[int, str] = {}
    secondary: dict[int, list[str]] = defaultdict(list)
    for team_id, position, login_id in session.execute(
        select(TeamSupervisorRow.team_id, TeamSupervisorRow.position, PersonRow.login_id)
        .join(PersonRow, PersonRow.id == TeamSupervisorRow.person_id)
        .where(whom)
        .order_by(TeamSupervisorRow.position)
    ):
        if position == 0:
            primary[team_id] = login_id
        else:
            secondary[team_id].append(login_id)
    return tuple(
        Team(row.id, row.name, primary.get(row.id, ""), tuple(secondary.get(row.id, ())))
        for row in session.scalars(select(TeamRow).order_by(TeamRow.id))
    )


def _csqs(session: Session) -> tuple[CSQ, ...]:
    skills: dict[int, list[RequiredSkill]] = defaultdict(list)
    for skill in session.scalars(select(CSQSkillRow).order_by(CSQSkillRow.position)):
        skills[skill.csq_id].append(RequiredSkill(skill.skill_id, skill.minimum, skill.weight))

    def pool(row: CSQRow) -> Pool:
        if row.resource_group_id is not None:
            return ResourceGroupPool(row.resource_group_id)
        return SkillPool(tuple(skills.get(row.id, ())))

    return tuple(
        CSQ(
            row.id,
            row.name,
            row.auto_work,
            row.wrapup_time_s,
            row.service_level_s,
            row.service_level_percent,
            pool(row),
            row.criterion,
            row.ring_no_answer_s,
            row.prompt,
            row.type,
        )
        for row in session.scalars(select(CSQRow).order_by(CSQRow.id))
    )


def _triggers(session: Session) -> tuple[Trigger, ...]:
    variables: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for variable in session.scalars(select(TriggerVariableRow).order_by(TriggerVariableRow.name)):
        variables[variable.route_point].append((variable.name, variable.value))
    return tuple(
        Trigger(
            row.route_point,
            row.application_id,
            row.application_name,
            row.csq_id,
            row.script,
            row.max_sessions,
            row.language,
            tuple(variables.get(row.route_point, ())),
        )
        for row in session.scalars(select(TriggerRow).order_by(TriggerRow.route_point))
    )


def read_reason_codes(session: Session) -> tuple[ReasonCode, ...]:
    """All reason codes, the engine's own too, in the order of the ids."""
    teams: dict[int, set[int]] = defaultdict(set)
    for row in session.scalars(select(ReasonCodeTeamRow)):
        teams[row.reason_code_id].add(row.team_id)
    return tuple(
        ReasonCode(
            row.id,
            row.category,
            row.code,
            row.label,
            row.for_all,
            frozenset(teams.get(row.id, ())),
            row.system_code,
        )
        for row in session.scalars(select(ReasonCodeRow).order_by(ReasonCodeRow.id))
    )
