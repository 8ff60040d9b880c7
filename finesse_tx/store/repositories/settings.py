"""What administrators configure, as one value.

Spec: ``rest.md`` §12.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from finesse_tx.store.administration_tables import (
    ContactRow,
    MediaPropertiesLayoutRow,
    PhoneBookRow,
    SettingRow,
    TeamLayoutRow,
    WorkflowActionLinkRow,
    WorkflowActionRow,
    WorkflowRow,
    WrapUpReasonRow,
)
from finesse_tx.store.core.sealing import SEALED
from finesse_tx.store.repositories.kinds import (
    LINKS,
    LayoutDefinition,
    WorkflowActionDefinition,
    WorkflowDefinition,
)
from finesse_tx.webservices.core.administration import objects
from finesse_tx.webservices.core.administration.changes import Stored, contact_uri, uri_of
from finesse_tx.webservices.core.administration.settings import Settings, numbered
from finesse_tx.webservices.core.administration.system import SINGLES

__all__ = ["PASSWORD", "Text", "as_it_is", "read_settings", "seal_settings"]

PASSWORD: Final = "password"  # noqa: S105  # a field's name
"""The field of a setting that nobody may read in the database."""


Text = Callable[[str, str], str]
"""Makes another text of a password: of the object of that name, that text."""


def as_it_is(_name: str, text: str) -> str:
    """The same text."""
    return text


def read_settings(session: Session, opened: Text = as_it_is) -> Settings:
    """Everything but reason codes, which are the directory's.

    Args:
        session: In a transaction.
        opened: Opens passwords.
    """
    found: Mapping[type[Stored], Mapping[int, Any]] = {
        objects.WrapUpReason: {
            row.id: objects.WrapUpReason(label=row.label, for_all=row.for_all)
            for row in session.scalars(select(WrapUpReasonRow))
        },
        objects.MediaPropertiesLayout: dict(
            map(_layout, session.scalars(select(MediaPropertiesLayoutRow)))
        ),
        objects.PhoneBook: {
            row.id: objects.PhoneBook(name=row.name, type=row.type)
            for row in session.scalars(select(PhoneBookRow))
        },
        objects.WorkflowAction: dict(map(_action, session.scalars(select(WorkflowActionRow)))),
        objects.Workflow: _workflows(session),
    }
    return Settings(
        {
            kind: {number: numbered(value, number) for number, value in of.items()}
            for kind, of in found.items()
        },
        _contacts(session),
        {
            (team_id, kind): ids
            for kind, table in LINKS.items()
            for team_id, ids in _assigned(session, table).items()
        },
        {
            row.name: msgspec.convert(_with_password(row, opened), SINGLES[row.name])
            for row in session.scalars(select(SettingRow))
            if row.name in SINGLES
        },
        {row.team_id: row.layout_xml for row in session.scalars(select(TeamLayoutRow))},
    )


def seal_settings(session: Session, sealed: Text) -> None:
    """Seal the passwords that an earlier version has kept as they were given."""
    for row in session.scalars(select(SettingRow)):
        password = msgspec.json.decode(row.definition).get(PASSWORD)
        if password and not password.startswith(SEALED):
            row.definition = msgspec.json.encode(_with_password(row, sealed)).decode()


def _with_password(row: SettingRow, changed: Text) -> dict[str, Any]:
    """A setting's definition, with another text for its password."""
    definition: dict[str, Any] = msgspec.json.decode(row.definition)
    if password := definition.get(PASSWORD):
        definition[PASSWORD] = changed(row.name, password)
    return definition


def _layout(row: MediaPropertiesLayoutRow) -> tuple[int, objects.MediaPropertiesLayout]:
    rest = msgspec.json.decode(row.definition, type=LayoutDefinition)
    return row.id, objects.MediaPropertiesLayout(
        name=row.name,
        description=row.description,
        type=row.type,
        header=rest.header,
        columns=rest.columns,
    )


def _action(row: WorkflowActionRow) -> tuple[int, objects.WorkflowAction]:
    rest = msgspec.json.decode(row.definition, type=WorkflowActionDefinition)
    return row.id, objects.WorkflowAction(
        name=row.name,
        type=row.type,
        handled_by=row.handled_by,
        params=rest.params,
        action_variables=rest.action_variables,
    )


def _workflows(session: Session) -> dict[int, objects.Workflow]:
    actions: dict[int, list[objects.ActionReference]] = defaultdict(list)
    for workflow_id, number, name, type_ in session.execute(
        select(
            WorkflowActionLinkRow.workflow_id,
            WorkflowActionRow.id,
            WorkflowActionRow.name,
            WorkflowActionRow.type,
        )
        .join(WorkflowActionRow, WorkflowActionRow.id == WorkflowActionLinkRow.workflow_action_id)
        .order_by(WorkflowActionLinkRow.position)
    ):
        uri = uri_of(objects.WorkflowAction, number)
        actions[workflow_id].append(objects.ActionReference(name=name, uri=uri, type=type_.value))
    found = {}
    for row in session.scalars(select(WorkflowRow)):
        rest = msgspec.json.decode(row.definition, type=WorkflowDefinition)
        found[row.id] = objects.Workflow(
            name=row.name,
            description=row.description,
            media=row.media,
            trigger_set=rest.trigger_set,
            condition_set=rest.condition_set,
            workflow_actions=tuple(actions[row.id]),
        )
    return found


def _contacts(session: Session) -> dict[int, dict[int, objects.Contact]]:
    found: dict[int, dict[int, objects.Contact]] = defaultdict(dict)
    # Columns, not rows: there may be fifty thousand.
    for number, book_id, first, last, phone, description in session.execute(
        select(
            ContactRow.id,
            ContactRow.phone_book_id,
            ContactRow.first_name,
            ContactRow.last_name,
            ContactRow.phone_number,
            ContactRow.description,
        )
    ):
        found[book_id][number] = objects.Contact(
            first_name=first,
            last_name=last,
            phone_number=phone,
            description=description,
            uri=contact_uri(book_id, number),
        )
    return dict(found)


def _assigned(session: Session, table: Any) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for row in session.scalars(select(table).order_by(table.position)):
        found[row.team_id].append(row.object_id)
    return {team_id: tuple(ids) for team_id, ids in found.items()}
