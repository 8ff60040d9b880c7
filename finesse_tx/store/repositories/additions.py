"""Adding to the directory what is not there yet, without touching what is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from finesse_tx.directory.core.queues import ResourceGroup, ResourceGroupPool, Skill, SkillPool
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
    Base,
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
    login_key,
)

__all__ = ["add_snapshot"]

Row = Mapping[str, object]


def add_snapshot(session: Session, wanted: Snapshot, password_hash: str | None) -> None:
    """Add what is not there yet; what is there stays as it is.

    Teams, queues, skills and resource groups are known by their names, people by their login ids and names, route points by their
    numbers, reason codes by category and code, or category and label. The snapshot's ids only tie its own
    records together: the database gives its own. A new team gets its supervisors, a new person a team, skills
    and a group, a new queue its pool; nobody else's change.

    Args:
        session: In a transaction.
        wanted: What should be there. Whatever its records refer to is among them.
        password_hash: Everybody's, encoded; None for nobody.
    """
    old_teams = _ids(session, TeamRow.name, TeamRow.id)
    team_ids = _add_teams(session, wanted.teams, old_teams)
    skill_ids = _add_named(session, SkillRow, wanted.skills)
    group_ids = _add_named(session, ResourceGroupRow, wanted.resource_groups)
    csq_ids = _add_csqs(session, wanted.csqs, skill_ids, group_ids)
    _add_people(session, wanted.people, team_ids, skill_ids, group_ids, password_hash)
    new_teams = [team for team in wanted.teams if team.name not in old_teams]
    _add_supervisors(session, new_teams, team_ids)
    _add_triggers(session, wanted.triggers, csq_ids)
    _add_codes(session, wanted.reason_codes, team_ids)


def _add_teams(session: Session, teams: Iterable[Team], there: Mapping[str, int]) -> dict[int, int]:
    _insert(session, TeamRow, ({"name": team.name} for team in teams if team.name not in there))
    ids = _ids(session, TeamRow.name, TeamRow.id)
    return {team.id: ids[team.name] for team in teams}


def _add_named(
    session: Session,
    table: type[SkillRow | ResourceGroupRow],
    wanted: Iterable[Skill | ResourceGroup],
) -> dict[int, int]:
    there = _ids(session, table.name, table.id)
    _insert(session, table, ({"name": one.name} for one in wanted if one.name not in there))
    ids = _ids(session, table.name, table.id)
    return {one.id: ids[one.name] for one in wanted}


def _add_csqs(
    session: Session,
    csqs: Iterable[CSQ],
    skill_ids: Mapping[int, int],
    group_ids: Mapping[int, int],
) -> dict[int, int]:
    there = _ids(session, CSQRow.name, CSQRow.id)
    new = [csq for csq in csqs if csq.name not in there]
    _insert(
        session,
        CSQRow,
        (
            {
                "name": csq.name,
                "auto_work": csq.auto_work,
                "wrapup_time_s": csq.wrapup_time_s,
                "service_level_s": csq.service_level_s,
                "service_level_percent": csq.service_level_percent,
                "resource_group_id": group_ids[csq.pool.resource_group_id]
                if isinstance(csq.pool, ResourceGroupPool)
                else None,
                "criterion": csq.criterion,
                "ring_no_answer_s": csq.ring_no_answer_s,
                "prompt": csq.prompt,
                "type": csq.type,
            }
            for csq in new
        ),
    )
    ids = _ids(session, CSQRow.name, CSQRow.id)
    _insert(
        session,
        CSQSkillRow,
        (
            {
                "csq_id": ids[csq.name],
                "skill_id": skill_ids[skill.skill_id],
                "position": position,
                "minimum": skill.minimum,
                "weight": skill.weight,
            }
            for csq in new
            if isinstance(csq.pool, SkillPool)
            for position, skill in enumerate(csq.pool.skills)
        ),
    )
    return {csq.id: ids[csq.name] for csq in csqs}


def _add_people(
    session: Session,
    people: Iterable[Person],
    team_ids: Mapping[int, int],
    skill_ids: Mapping[int, int],
    group_ids: Mapping[int, int],
    password_hash: str | None,
) -> None:
    taken_ids = set(session.scalars(select(PersonRow.login_id)))
    taken_keys = set(session.scalars(select(PersonRow.login_key)))
    new = [
        person
        for person in people
        if person.login_id not in taken_ids and login_key(person.login_name) not in taken_keys
    ]
    _insert(
        session,
        PersonRow,
        (
            {
                "login_id": person.login_id,
                "login_name": person.login_name,
                "login_key": login_key(person.login_name),
                "first_name": person.first_name,
                "last_name": person.last_name,
                "extension": person.extension,
                "password_hash": password_hash,
                "is_agent": Role.AGENT in person.roles,
                "is_supervisor": Role.SUPERVISOR in person.roles,
                "is_administrator": Role.ADMINISTRATOR in person.roles,
                "team_id": None if person.team_id is None else team_ids[person.team_id],
                "automatic_available": person.automatic_available,
                "enabled": True,
                "resource_group_id": None
                if person.resource_group_id is None
                else group_ids[person.resource_group_id],
                "group_position": person.group_position,
                "source": person.source,
            }
            for person in new
        ),
    )
    person_ids = _ids(session, PersonRow.login_id, PersonRow.id)
    _insert(
        session,
        PersonSkillRow,
        (
            {
                "person_id": person_ids[person.login_id],
                "skill_id": skill_ids[skill_id],
                "level": level,
            }
            for person in new
            for skill_id, level in person.competences
        ),
    )


def _add_supervisors(session: Session, teams: Iterable[Team], team_ids: Mapping[int, int]) -> None:
    person_ids = _ids(session, PersonRow.login_id, PersonRow.id)
    _insert(
        session,
        TeamSupervisorRow,
        (
            {
                "team_id": team_ids[team.id],
                "person_id": person_ids[login_id],
                "position": position,
            }
            for team in teams
            for position, login_id in enumerate(
                (team.primary_supervisor, *team.secondary_supervisors)
            )
            if login_id in person_ids
        ),
    )


def _add_triggers(
    session: Session, triggers: Iterable[Trigger], csq_ids: Mapping[int, int]
) -> None:
    numbers = set(session.scalars(select(TriggerRow.route_point)))
    applications = set(session.scalars(select(TriggerRow.application_id)))
    new = [
        trigger
        for trigger in triggers
        if trigger.route_point not in numbers and trigger.application_id not in applications
    ]
    _insert(
        session,
        TriggerRow,
        (
            {
                "route_point": trigger.route_point,
                "application_id": trigger.application_id,
                "application_name": trigger.application_name,
                "csq_id": None if trigger.csq_id is None else csq_ids[trigger.csq_id],
                "script": trigger.script,
                "max_sessions": trigger.max_sessions,
                "language": trigger.language,
            }
            for trigger in new
        ),
    )
    _insert(
        session,
        TriggerVariableRow,
        (
            {"route_point": trigger.route_point, "name": name, "value": value}
            for trigger in new
            for name, value in trigger.variables
        ),
    )


def _add_codes(session: Session, codes: Iterable[ReasonCode], team_ids: Mapping[int, int]) -> None:
    there = session.execute(
        select(ReasonCodeRow.category, ReasonCodeRow.code, ReasonCodeRow.label)
    ).all()
    taken = {
        key for category, code, label in there for key in ((category, code), (category, label))
    }
    new = [
        code
        for code in codes
        if not {(code.category, code.code), (code.category, code.label)} & taken
    ]
    _insert(
        session,
        ReasonCodeRow,
        (
            {
                "category": code.category,
                "code": code.code,
                "label": code.label,
                "for_all": code.for_all,
                "system_code": code.system_code,
            }
            for code in new
        ),
    )
    code_ids = {
        (category, code): code_id
        for category, code, code_id in session.execute(
            select(ReasonCodeRow.category, ReasonCodeRow.code, ReasonCodeRow.id)
        )
    }
    _insert(
        session,
        ReasonCodeTeamRow,
        (
            {"reason_code_id": code_ids[code.category, code.code], "team_id": team_ids[team_id]}
            for code in new
            for team_id in sorted(code.team_ids)
        ),
    )


def _insert(session: Session, table: type[Base], rows: Iterable[Row]) -> None:
    if found := list(rows):
        session.execute(insert(table), found)


def _ids(
    session: Session, name: InstrumentedAttribute[str], number: InstrumentedAttribute[int]
) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(select(name, number))}
