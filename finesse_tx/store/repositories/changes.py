"""Carrying out the changes of administrators, and keeping who made them.

Spec: ``rest.md`` §12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from finesse_tx.directory.core.records import ReasonCode
from finesse_tx.store.administration_tables import (
    AuditRow,
    ContactRow,
    MediaPropertiesLayoutRow,
    SettingRow,
    TeamLayoutRow,
    WorkflowActionLinkRow,
)
from finesse_tx.store.repositories.kinds import (
    LINKS,
    ROWS,
    LayoutDefinition,
    WorkflowActionDefinition,
    WorkflowDefinition,
)
from finesse_tx.store.tables import Base, ReasonCodeTeamRow
from finesse_tx.webservices.core.administration import objects
from finesse_tx.webservices.core.administration.changes import (
    Add,
    AddContact,
    Assign,
    AuditEntry,
    Change,
    Put,
    PutTeamLayout,
    Remove,
    RemoveContact,
    Replace,
    ReplaceContact,
    ReplaceContacts,
    Stored,
    completed,
)
from finesse_tx.webservices.core.administration.settings import is_for_all

__all__ = [
    "MAX_AUDITED",
    "add_audit_entries",
    "add_audit_entry",
    "add_contacts",
    "add_default_layout",
    "add_object",
    "apply_change",
    "latest_audit",
    "read_audit",
]


MAX_AUDITED: Final = 100_000
"""How many changes the audit table keeps; the oldest goes first. The log has them all."""


def apply_change(
    session: Session, change: Change, entry: AuditEntry, most: int = MAX_AUDITED
) -> tuple[int, ...]:
    """Carry out a change, and write down who wanted it.

    Args:
        session: In a transaction.
        change: What to do; what it refers to is there.
        entry: Who; the path of what is new is completed.
        most: `MAX_AUDITED` but for tests.

    Returns:
        The ids of what is new, in order.

    Raises:
        IntegrityError: It contradicts what is there.
    """
    ids = _DO[type(change)](session, change)
    add_audit_entry(session, replace(entry, uri=completed(change, entry.uri, ids)), most)
    return ids


def add_audit_entry(session: Session, entry: AuditEntry, most: int = MAX_AUDITED) -> None:
    """Write down who has changed what; see `add_audit_entries`."""
    add_audit_entries(session, [entry], most)


def add_audit_entries(
    session: Session, entries: Sequence[AuditEntry], most: int = MAX_AUDITED
) -> None:
    """Write down who has changed what, as it is in the entries.

    Args:
        session: In the transaction of the changes.
        entries: Who, what, in order.
        most: `MAX_AUDITED` but for tests.
    """
    if not entries:
        return
    rows = [
        {
            "at": entry.at.astimezone(UTC).replace(tzinfo=None),
            "login_id": entry.login_id,
            "peer": entry.peer,
            "action": entry.action,
            "uri": entry.uri,
            "before": entry.before,
            "after": entry.after,
        }
        for entry in entries
    ]
    session.execute(insert(AuditRow), rows)
    newest = select(func.max(AuditRow.id)).scalar_subquery()
    session.execute(delete(AuditRow).where(AuditRow.id <= newest - most))


def read_audit(
    session: Session, about: str, since: datetime, until: datetime
) -> Iterator[dict[str, Any]]:
    """Who has changed what, in order.

    Args:
        session: In a transaction; the rows come as they are asked for.
        about: What the paths begin with; empty for all.
        since: The first moment, with a time zone.
        until: The first moment after it, with a time zone.

    Yields:
        The fields of an `AuditEntry`, by name; the time is in UTC.
    """
    names = [field.name for field in fields(AuditEntry)]
    query = (
        select(*(getattr(AuditRow, name) for name in names))
        .where(
            AuditRow.at >= since.astimezone(UTC).replace(tzinfo=None),
            AuditRow.at < until.astimezone(UTC).replace(tzinfo=None),
            # Not LIKE, which minds the case in PostgreSQL and does not in SQLite.
            func.substr(AuditRow.uri, 1, len(about)) == about,
        )
        .order_by(AuditRow.id)
    )
    for found in session.execute(query.execution_options(yield_per=500)):
        entry = dict(zip(names, found, strict=True))
        yield entry | {"at": entry["at"].replace(tzinfo=UTC)}


def latest_audit(
    session: Session, about: str, before: int | None, most: int
) -> tuple[tuple[int, AuditEntry], ...]:
    """Who has changed what, the newest first.

    Args:
        session: In a transaction.
        about: What the paths begin with; empty for all.
        before: Only what has a lower id; None for all.
        most: How many.
    """
    query = select(AuditRow).where(AuditRow.uri.startswith(about, autoescape=True))
    if before is not None:
        query = query.where(AuditRow.id < before)
    return tuple(
        (
            row.id,
            AuditEntry(
                row.at.replace(tzinfo=UTC),
                row.login_id,
                row.peer,
                row.action,
                row.uri,
                row.before,
                row.after,
            ),
        )
        for row in session.scalars(query.order_by(AuditRow.id.desc()).limit(most))
    )


def add_default_layout(session: Session, layout: objects.MediaPropertiesLayout) -> None:
    """Add the call-variable layout that always is, where there is none yet."""
    there = select(MediaPropertiesLayoutRow.id).where(
        MediaPropertiesLayoutRow.type == objects.LayoutType.DEFAULT
    )
    if session.scalar(there) is None:
        add_object(session, layout)


def add_object(session: Session, value: Stored) -> int:
    """Add an object that nobody asked for: what a system begins with. Returns its id."""
    return _add(session, Add(value))[0]


def add_contacts(session: Session, book_id: int, contacts: tuple[objects.Contact, ...]) -> None:
    """Let a phone book have these contacts, likewise."""
    _replace_contacts(session, ReplaceContacts(book_id, contacts))


def _columns(value: Stored) -> dict[str, object]:
    match value:
        case ReasonCode():
            return {
                "category": value.category,
                "code": value.code,
                "label": value.label,
                "for_all": value.for_all,
                "system_code": value.system_code,
            }
        case objects.WrapUpReason():
            return {"label": value.label, "for_all": value.for_all}
        case objects.MediaPropertiesLayout():
            definition: Struct = LayoutDefinition(value.header, value.columns)
            return {
                "name": value.name,
                "description": value.description,
                "type": value.type,
                "definition": _json(definition),
            }
        case objects.PhoneBook():
            return {"name": value.name, "type": value.type}
        case objects.Workflow():
            definition = WorkflowDefinition(value.trigger_set, value.condition_set)
            return {
                "name": value.name,
                "description": value.description,
                "media": value.media,
                "definition": _json(definition),
            }
        case objects.WorkflowAction():
            definition = WorkflowActionDefinition(value.params, value.action_variables)
            return {
                "name": value.name,
                "type": value.type,
                "handled_by": value.handled_by,
                "definition": _json(definition),
            }


def _json(value: Struct) -> str:
    return msgspec.json.encode(value).decode()


def _insert(session: Session, table: Any, columns: Mapping[str, object]) -> int:
    number: int = session.execute(insert(table).values(columns).returning(table.id)).scalar_one()
    return number


def _add(session: Session, change: Add) -> tuple[int, ...]:
    number = _insert(session, ROWS[type(change.value)], _columns(change.value))
    _link_actions(session, number, change.value)
    return (number,)


def _replace(session: Session, change: Replace) -> tuple[int, ...]:
    kind = type(change.value)
    table: Any = ROWS[kind]
    session.execute(update(table).where(table.id == change.id).values(_columns(change.value)))
    if is_for_all(change.value):
        _unassign(session, kind, change.id)
    _link_actions(session, change.id, change.value)
    return ()


def _link_actions(session: Session, number: int, value: Stored) -> None:
    if not isinstance(value, objects.Workflow):
        return
    links = WorkflowActionLinkRow
    session.execute(delete(links).where(links.workflow_id == number))
    for position, action in enumerate(value.workflow_actions):
        action_id = int(action.uri.rpartition("/")[2])
        session.add(links(workflow_id=number, position=position, workflow_action_id=action_id))


def _unassign(session: Session, kind: type, number: int) -> None:
    if kind is ReasonCode:
        codes = ReasonCodeTeamRow
        session.execute(delete(codes).where(codes.reason_code_id == number))
    elif kind in LINKS:
        table = LINKS[kind]
        session.execute(delete(table).where(table.object_id == number))


def _remove(session: Session, change: Remove) -> tuple[int, ...]:
    table: Any = ROWS[change.kind]
    session.execute(delete(table).where(table.id == change.id))
    return ()


def _assign(session: Session, change: Assign) -> tuple[int, ...]:
    rows: list[Base]
    if change.kind is ReasonCode:
        codes = ReasonCodeTeamRow
        session.execute(delete(codes).where(codes.team_id == change.team_id))
        rows = [codes(team_id=change.team_id, reason_code_id=number) for number in change.ids]
    else:
        table = LINKS[change.kind]
        session.execute(delete(table).where(table.team_id == change.team_id))
        rows = [
            table(team_id=change.team_id, position=position, object_id=number)
            for position, number in enumerate(change.ids)
        ]
    session.add_all(rows)
    return ()


def _contact(book_id: int, contact: objects.Contact) -> dict[str, object]:
    return {
        "phone_book_id": book_id,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "phone_number": contact.phone_number,
        "description": contact.description,
    }


def _add_contact(session: Session, change: AddContact) -> tuple[int, ...]:
    return (_insert(session, ContactRow, _contact(change.book_id, change.contact)),)


def _replace_contact(session: Session, change: ReplaceContact) -> tuple[int, ...]:
    session.execute(
        update(ContactRow)
        .where(ContactRow.id == change.id)
        .values(_contact(change.book_id, change.contact))
    )
    return ()


def _remove_contact(session: Session, change: RemoveContact) -> tuple[int, ...]:
    session.execute(delete(ContactRow).where(ContactRow.id == change.id))
    return ()


def _replace_contacts(session: Session, change: ReplaceContacts) -> tuple[int, ...]:
    session.execute(delete(ContactRow).where(ContactRow.phone_book_id == change.book_id))
    rows = [_contact(change.book_id, contact) for contact in change.contacts]
    if not change.contacts:
        return ()
    made: Sequence[int] = session.scalars(
        insert(ContactRow).returning(ContactRow.id, sort_by_parameter_order=True), rows
    ).all()
    return tuple(made)


def _put(session: Session, change: Put) -> tuple[int, ...]:
    session.execute(delete(SettingRow).where(SettingRow.name == change.name))
    if change.value is not None:
        session.add(SettingRow(name=change.name, definition=_json(change.value)))
    return ()


def _put_team_layout(session: Session, change: PutTeamLayout) -> tuple[int, ...]:
    layouts = TeamLayoutRow
    session.execute(delete(layouts).where(layouts.team_id == change.team_id))
    if change.layout_xml is not None:
        session.add(layouts(team_id=change.team_id, layout_xml=change.layout_xml))
    return ()


_DO: Final[Mapping[type, Callable[[Session, Any], tuple[int, ...]]]] = {
    Add: _add,
    Replace: _replace,
    Remove: _remove,
    Assign: _assign,
    AddContact: _add_contact,
    ReplaceContact: _replace_contact,
    RemoveContact: _remove_contact,
    ReplaceContacts: _replace_contacts,
    Put: _put,
    PutTeamLayout: _put_team_layout,
}
