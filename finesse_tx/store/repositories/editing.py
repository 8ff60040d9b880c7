"""Carrying out the edits of the directory, and keeping who wanted them: all of it or nothing.

What may be is decided within the transaction, upon what is there then: of two editors at once, on one node or on two,
the later one is checked against what the earlier one has done, as a database of ours has one writer at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from finesse_tx.directory.core.editing import Step, plan
from finesse_tx.directory.core.edits import (
    Add,
    Author,
    Edit,
    Key,
    Remove,
    Replace,
    SetEnabled,
    SetHash,
    SetPassword,
    Thing,
    key_of,
    path_of,
    resolved,
)
from finesse_tx.directory.core.queues import ResourceGroup, ResourceGroupPool, Skill, SkillPool
from finesse_tx.directory.core.records import CSQ, Person, Role, Snapshot, Team, Trigger
from finesse_tx.store.repositories.changes import add_audit_entry
from finesse_tx.store.repositories.passwords import keep_verifier
from finesse_tx.store.repositories.snapshots import read_register
from finesse_tx.store.tables import (
    CSQRow,
    CSQSkillRow,
    PersonRow,
    PersonSkillRow,
    ResourceGroupRow,
    ScramVerifierRow,
    SkillRow,
    TeamRow,
    TeamSupervisorRow,
    TriggerRow,
    TriggerVariableRow,
    login_key,
)
from finesse_tx.webservices.core.administration.changes import AuditEntry

__all__ = ["edit_directory"]


def edit_directory(
    session: Session,
    edits: Sequence[Edit],
    author: Author,
    at: datetime,
    vet: Callable[[Snapshot], object] | None = None,
) -> tuple[Key, ...]:
    """Carry out a list of edits.

    Args:
        session: In a transaction that may write.
        edits: What to do; passwords are hashed already.
        author: Who wants it.
        at: When, in UTC.
        vet: Looks at what the directory would be, and raises what the caller is to get.

    Returns:
        What each edit is about: the login id, the route point, the id, of what is new too.

    Raises:
        EditsRefusedError: Something may not be; nothing was changed.
        IntegrityError: It contradicts what is there.
    """
    planned = plan(read_register(session), edits)
    if vet is not None:
        vet(planned.register.shown)
    ids: dict[tuple[type[Thing], int], int] = {}
    return tuple(_carry_out(session, step, ids, author, at) for step in planned.steps)


def _carry_out(
    session: Session,
    step: Step,
    ids: dict[tuple[type[Thing], int], int],
    author: Author,
    at: datetime,
) -> Key:
    after, action = step.after, "PUT"
    kind: type[Thing] = Person
    key: Key
    match step.edit:
        case Add(value):
            value = resolved(value, ids)
            key, kind, action, after = _add(session, value), type(value), "POST", value
            if not isinstance(value, Person | Trigger):
                ids[kind, value.id] = int(key)
                after = resolved(value, ids)
        case Replace(value):
            after = value = resolved(value, ids)
            key, kind = key_of(value), type(value)
            _replace(session, value)
        case Remove(kind, key):
            action, key = "DELETE", ids.get((kind, key), key) if isinstance(key, int) else key
            column: Any = _KEYS[kind]
            session.execute(delete(_ROWS[kind]).where(column == key))
        case SetEnabled(key, enabled):
            session.execute(
                update(PersonRow).where(PersonRow.login_id == key).values(enabled=enabled)
            )
        case SetPassword(key):
            _set_hash(session, str(key), None)
        case SetHash(key, password_hash, verifier):
            _set_hash(session, str(key), password_hash)
            if verifier:
                keep_verifier(session, password_hash, verifier, str(key))
    entry = AuditEntry(
        at,
        author.login_id,
        author.peer,
        action,
        path_of(kind, key),
        _shown(step.before),
        _shown(after),
    )
    add_audit_entry(session, entry)
    return key


def _shown(value: object) -> str:
    """A value for the audit log, as JSON; the same value is always written in the same way."""
    if value is None:
        return ""
    built = msgspec.to_builtins(value)
    if isinstance(value, Person):
        built["roles"] = sorted(built["roles"])
    return msgspec.json.encode(built).decode()


_ROWS: Final[Mapping[type[Thing], type[Any]]] = {
    Person: PersonRow,
    Team: TeamRow,
    Skill: SkillRow,
    ResourceGroup: ResourceGroupRow,
    CSQ: CSQRow,
    Trigger: TriggerRow,
}

_KEYS: Final[Mapping[type[Thing], object]] = {
    Person: PersonRow.login_id,
    Team: TeamRow.id,
    Skill: SkillRow.id,
    ResourceGroup: ResourceGroupRow.id,
    CSQ: CSQRow.id,
    Trigger: TriggerRow.route_point,
}


def _add(session: Session, value: Thing) -> Key:
    row = _ROWS[type(value)]
    columns = _columns(value)
    if isinstance(value, Person):
        columns |= {"enabled": True, "password_hash": None}
    if isinstance(value, Trigger):
        session.execute(insert(row).values(columns))
        _tie(session, value, value.route_point)
        return value.route_point
    number: int = session.execute(insert(row).values(columns).returning(row.id)).scalar_one()
    _tie(session, value, number)
    return value.login_id if isinstance(value, Person) else number


def _replace(session: Session, value: Thing) -> None:
    row, column = _ROWS[type(value)], _KEYS[type(value)]
    key: Any = key_of(value)
    session.execute(update(row).where(column == key).values(_columns(value)))
    if isinstance(value, Person):
        key = session.execute(select(PersonRow.id).where(PersonRow.login_id == key)).scalar_one()
    _tie(session, value, key)


def _columns(value: Thing) -> dict[str, Any]:
    match value:
        case Person():
            return {
                "login_id": value.login_id,
                "login_name": value.login_name,
                "login_key": login_key(value.login_name),
                "first_name": value.first_name,
                "last_name": value.last_name,
                "extension": value.extension,
                "is_agent": Role.AGENT in value.roles,
                "is_supervisor": Role.SUPERVISOR in value.roles,
                "is_administrator": Role.ADMINISTRATOR in value.roles,
                "team_id": value.team_id,
                "automatic_available": value.automatic_available,
                "resource_group_id": value.resource_group_id,
                "group_position": value.group_position,
                "source": value.source,
            }
        case CSQ():
            pool = value.pool
            return {
                "name": value.name,
                "auto_work": value.auto_work,
                "wrapup_time_s": value.wrapup_time_s,
                "service_level_s": value.service_level_s,
                "service_level_percent": value.service_level_percent,
                "resource_group_id": pool.resource_group_id
                if isinstance(pool, ResourceGroupPool)
                else None,
                "criterion": value.criterion,
                "ring_no_answer_s": value.ring_no_answer_s,
                "prompt": value.prompt,
                "type": value.type,
            }
        case Trigger():
            return {
                "route_point": value.route_point,
                "application_id": value.application_id,
                "application_name": value.application_name,
                "csq_id": value.csq_id,
                "script": value.script,
                "max_sessions": value.max_sessions,
                "language": value.language,
            }
        case _:
            return {"name": value.name}


def _tie(session: Session, value: Thing, key: Any) -> None:
    """Write what hangs on a row: skills, supervisors, variables; instead of what was there.

    Args:
        session: In the transaction.
        value: What the row is of.
        key: The row's own.
    """
    match value:
        case Person():
            rows = [{"person_id": key, "skill_id": s, "level": n} for s, n in value.competences]
            _rewrite(session, PersonSkillRow, PersonSkillRow.person_id == key, rows)
        case Team():
            _rewrite(
                session,
                TeamSupervisorRow,
                TeamSupervisorRow.team_id == key,
                _supervisors(session, value, key),
            )
        case CSQ(pool=SkillPool(skills)):
            rows = [
                {
                    "csq_id": key,
                    "skill_id": skill.skill_id,
                    "position": position,
                    "minimum": skill.minimum,
                    "weight": skill.weight,
                }
                for position, skill in enumerate(skills)
            ]
            _rewrite(session, CSQSkillRow, CSQSkillRow.csq_id == key, rows)
        case CSQ():
            _rewrite(session, CSQSkillRow, CSQSkillRow.csq_id == key, [])
        case Trigger():
            rows = [
                {"route_point": key, "name": name, "value": variable}
                for name, variable in value.variables
            ]
            _rewrite(session, TriggerVariableRow, TriggerVariableRow.route_point == key, rows)


def _supervisors(session: Session, team: Team, team_id: int) -> list[dict[str, Any]]:
    """Position 0 is the primary supervisor's, also where there is none."""
    found = session.execute(
        select(PersonRow.login_id, PersonRow.id).where(PersonRow.login_id.in_(team.supervisors))
    )
    person_ids: dict[str, int] = {row.login_id: row.id for row in found}
    return [
        {"team_id": team_id, "person_id": person_ids[login_id], "position": position}
        for position, login_id in enumerate((team.primary_supervisor, *team.secondary_supervisors))
        if login_id
    ]


def _rewrite(
    session: Session, table: type[Any], whose: Any, rows: Iterable[Mapping[str, Any]]
) -> None:
    session.execute(delete(table).where(whose))
    if found := list(rows):
        session.execute(insert(table), found)


def _set_hash(session: Session, login_id: str, password_hash: str | None) -> None:
    session.execute(
        update(PersonRow).where(PersonRow.login_id == login_id).values(password_hash=password_hash)
    )
    person = select(PersonRow.id).where(PersonRow.login_id == login_id)
    session.execute(delete(ScramVerifierRow).where(ScramVerifierRow.person_id.in_(person)))
