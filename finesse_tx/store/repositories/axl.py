"""AXL's objects beside people."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from finesse_tx.directory.core.axl.records import ObjectEdit, ObjectKey, StoredObject
from finesse_tx.directory.core.axl.values import Value, Values
from finesse_tx.store.axl_tables import AXLObjectRow
from finesse_tx.store.repositories.changes import add_audit_entry
from finesse_tx.webservices.core.administration.changes import AuditEntry

__all__ = ["apply_edit", "read_objects"]


def read_objects(session: Session) -> tuple[StoredObject, ...]:
    """All that are kept, in the order in which they were made."""
    rows = session.scalars(select(AXLObjectRow).order_by(AXLObjectRow.id))
    return tuple(
        StoredObject(
            ObjectKey(row.kind, row.name, row.partition),
            row.uuid,
            {key: _value(value) for key, value in msgspec.json.decode(row.definition).items()},
        )
        for row in rows
    )


def apply_edit(session: Session, edit: ObjectEdit, entry: AuditEntry) -> None:
    """Carry out an edit, and write down who wanted it.

    Raises:
        IntegrityError: A uuid is another object's.
    """
    for key in (*edit.removes, *(put.key for put in edit.puts)):
        folded = key.folded
        session.execute(
            delete(AXLObjectRow).where(
                AXLObjectRow.kind == key.kind,
                AXLObjectRow.name_key == folded.name,
                AXLObjectRow.partition_key == folded.partition,
            )
        )
    for put in edit.puts:
        session.add(
            AXLObjectRow(
                uuid=put.uuid,
                kind=put.key.kind,
                name=put.key.name,
                partition=put.key.partition,
                name_key=put.key.folded.name,
                partition_key=put.key.folded.partition,
                definition=msgspec.json.encode(put.values).decode(),
            )
        )
    add_audit_entry(session, entry)


def _value(found: object) -> Value:
    """A value out of JSON, which has lists where we have tuples."""
    if isinstance(found, list):
        return tuple(map(_value, found))
    if isinstance(found, dict):
        values: Values = {str(key): _value(inner) for key, inner in found.items()}
        return values
    return str(found)
