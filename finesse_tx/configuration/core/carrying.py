"""Carrying out what a document wants of all that is not the directory: with the store's ids, and as it is audited.

Spec: ``rest.md`` §12.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from finesse_tx.directory.core.records import Team
from finesse_tx.webservices.core.administration.changes import (
    KINDS,
    Add,
    Assign,
    Change,
    Put,
    PutTeamLayout,
    Remove,
    Replace,
    ReplaceContacts,
    single_uri,
    uri_of,
)
from finesse_tx.webservices.core.administration.objects import PhoneBook, Workflow, WorkflowAction

__all__ = ["Ids", "audited", "resolved"]

Ids = Mapping[tuple[type, int], int]
"""The store's ids, by kind and stand-in."""


def resolved(change: Change, ids: Ids) -> Change:
    """The same change, with the store's ids in place of those below 0."""

    def real(kind: type, number: int) -> int:
        return ids.get((kind, number), number)

    match change:
        case Add(Workflow() as workflow):
            return Add(_with_actions(workflow, ids))
        case Replace(number, Workflow() as workflow):
            return Replace(number, _with_actions(workflow, ids))
        case Assign(team_id, kind, numbers):
            return Assign(real(Team, team_id), kind, tuple(real(kind, one) for one in numbers))
        case ReplaceContacts(book_id, contacts):
            return ReplaceContacts(real(PhoneBook, book_id), contacts)
        case PutTeamLayout(team_id, layout):
            return PutTeamLayout(real(Team, team_id), layout)
        case _:
            return change


def _with_actions(workflow: Workflow, ids: Ids) -> Workflow:
    references = []
    for one in workflow.workflow_actions:
        number = int(one.uri.rpartition("/")[2])
        uri = uri_of(WorkflowAction, ids.get((WorkflowAction, number), number))
        references.append(msgspec.structs.replace(one, uri=uri))
    return msgspec.structs.replace(workflow, workflow_actions=tuple(references))


def audited(change: Change) -> tuple[str, str, object]:
    """What the audit log says of a change: as a request's method, path and body; ids are the store's."""
    match change:
        case Add(value):
            return "POST", f"/finesse/api/{KINDS[type(value)]}", value
        case Replace(number, value):
            return "PUT", uri_of(type(value), number), value
        case Remove(kind, number):
            return "DELETE", uri_of(kind, number), None
        case Assign(team_id, kind, ids):
            return "PUT", f"/finesse/api/Team/{team_id}/{KINDS[kind]}s", ids
        case ReplaceContacts(book_id, contacts):
            return "PUT", f"{uri_of(PhoneBook, book_id)}/Contacts", contacts
        case PutTeamLayout(team_id, layout):
            return "PUT", f"/finesse/api/Team/{team_id}/LayoutConfig", layout
        case Put(name, value):
            return "PUT" if value is not None else "DELETE", single_uri(name), value
    raise TypeError(f"no document asks for {change}")
