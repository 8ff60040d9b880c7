"""Carrying out the edits of the directory, and keeping who wanted them: all of it or nothing.

What may be is decided within the transaction, upon what is there then: of two editors at once, on one node or on two,
the later one is checked against what the earlier one has done, as a database of ours has one writer at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from finesse_tx.directory.core.editing import MAX_EDITS, NO_PASSWORD, Step, plan, vet
from finesse_tx.directory.core.edits import (
    Add,
    Author,
    Edit,
    EditsRefusedError,
    Fault,
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
from finesse_tx.store.outbound_tables import CampaignRow
from finesse_tx.store.repositories.changes import add_audit_entries
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
    judge: Callable[[Snapshot], object] | None = None,
    most: int = MAX_EDITS,
) -> tuple[Key, ...]:
    """Carry out a list of edits.

    Args:
        session: In a transaction that may write.
        edits: What to do; passwords are hashed already.
        author: Who wants it.
        at: When, in UTC.
        judge: Looks at what the directory would be; see `vet`.
        most: So many edits there may be.

    Returns:
        What each edit is about: the login id, the route point, the id, of what is new too.

    Raises:
        EditsRefusedError: Something may not be; nothing was changed.
        IntegrityError: It contradicts what is there.
    """
    planned = plan(read_register(session), edits, most)
    vet(planned, judge)
    _spare_campaigns(session, planned.steps)
    ids: dict[tuple[type[Thing], int], int] = {}
    done = [_carry_out(session, step, ids) for step in planned.steps]
    add_audit_entries(
        session,
        [
            AuditEntry(
                at,
                author.login_id,
                author.peer,
                one.action,
                path_of(one.kind, one.key),
                _shown(step.before),
                _shown(one.after),
            )
            for step, one in zip(planned.steps, done, strict=True)
        ],
    )
    return tuple(one.key for one in done)


def _spare_campaigns(session: Session, steps: Sequence[Step]) -> None:
    """A queue for which customers are called stays."""
    removed = {
        step.edit.key: index
        for index, step in enumerate(steps)
        if isinstance(step.edit, Remove) and step.edit.kind is CSQ
    }
    if not removed:
        return
    found = session.execute(
        select(CampaignRow.csq_id, CampaignRow.name).where(CampaignRow.csq_id.in_(removed))
    )
    if faults := [
        Fault(removed[csq_id], f"Queue {csq_id}", "", f'the campaign "{name}" calls for it')
        for csq_id, name in found
    ]:
        raise EditsRefusedError(faults)


class _Done(NamedTuple):
    """An edit that was carried out: how REST would call it, what it was about, and what there is now."""

    action: str
    kind: type[Thing]
    key: Key
    after: object


def _carry_out(session: Session, step: Step, ids: dict[tuple[type[Thing], int], int]) -> _Done:
    match step.edit:
        case Add(value):
            value = resolved(value, ids)
            kind, key = type(value), _add(session, value)
            if not isinstance(value, Person | Trigger):
                ids[kind, value.id] = int(key)
            return _Done("POST", kind, key, resolved(value, ids))
        case Replace(value):
            value = resolved(value, ids)
            _replace(session, value)
            return _Done("PUT", type(value), key_of(value), value)
        case Remove(kind, key):
            key = ids.get((kind, key), key) if isinstance(key, int) else key
            column: Any = _KEYS[kind]
            session.execute(delete(_ROWS[kind]).where(column == key))
            return _Done("DELETE", kind, key, None)
        case SetEnabled(login_id, enabled):
            whose = PersonRow.login_id == login_id
            session.execute(update(PersonRow).where(whose).values(enabled=enabled))
        case SetPassword(login_id):
            _set_hash(session, login_id, None, step.before)
        case SetHash(login_id, password_hash, verifier):
            _set_hash(session, login_id, password_hash, step.before)
            if verifier:
                keep_verifier(session, password_hash, verifier, login_id)
    return _Done("PUT", Person, login_id, step.after)


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

_BLIND: Final = {"synchronize_session": False}
"""The session has read no object that a statement could change."""

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
        session.execute(insert(row), columns)
        _tie(session, value, value.route_point, is_new=True)
        return value.route_point
    table: Any = row.__table__  # many people may be new, and an ORM's insert takes twice as long
    number: int = session.execute(insert(table).returning(table.c.id), columns).scalar_one()
    _tie(session, value, number, is_new=True)
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


def _tie(session: Session, value: Thing, key: Any, *, is_new: bool = False) -> None:
    """Write what hangs on a row: skills, supervisors, variables; instead of what was there.

    Args:
        session: In the transaction.
        value: What the row is of.
        key: The row's own.
        is_new: Whether nothing can hang on it yet.
    """
    table: type[Any]
    rows: list[dict[str, Any]]
    match value:
        case Person():
            table, owner = PersonSkillRow, "person_id"
            rows = [{"skill_id": skill_id, "level": level} for skill_id, level in value.competences]
        case Team():
            table, owner = TeamSupervisorRow, "team_id"
            rows = _supervisors(session, value)
        case CSQ():
            table, owner = CSQSkillRow, "csq_id"
            skills = value.pool.skills if isinstance(value.pool, SkillPool) else ()
            rows = [
                {
                    "skill_id": skill.skill_id,
                    "position": position,
                    "minimum": skill.minimum,
                    "weight": skill.weight,
                }
                for position, skill in enumerate(skills)
            ]
        case Trigger():
            table, owner = TriggerVariableRow, "route_point"
            rows = [{"name": name, "value": variable} for name, variable in value.variables]
        case _:
            return
    if not is_new:
        session.execute(delete(table).where(getattr(table, owner) == key), execution_options=_BLIND)
    if rows:
        bare: Any = table.__table__
        session.execute(insert(bare), [{owner: key, **row} for row in rows])


def _supervisors(session: Session, team: Team) -> list[dict[str, Any]]:
    """Position 0 is the primary supervisor's, also where there is none."""
    found = session.execute(
        select(PersonRow.login_id, PersonRow.id).where(PersonRow.login_id.in_(team.supervisors))
    )
    person_ids: dict[str, int] = {row.login_id: row.id for row in found}
    return [
        {"person_id": person_ids[login_id], "position": position}
        for position, login_id in enumerate((team.primary_supervisor, *team.secondary_supervisors))
        if login_id
    ]


def _set_hash(session: Session, login_id: str, password_hash: str | None, had: object) -> None:
    whose = PersonRow.login_id == login_id
    session.execute(
        update(PersonRow).where(whose).values(password_hash=password_hash), execution_options=_BLIND
    )
    if had != NO_PASSWORD:
        person = select(PersonRow.id).where(whose)
        gone = delete(ScramVerifierRow).where(ScramVerifierRow.person_id.in_(person))
        session.execute(gone, execution_options=_BLIND)
