"""Every change to the configuration, as a value: what the store writes, what memory becomes, what the audit log says.

Spec: ``rest.md`` §12.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from finesse_tx.directory.core.records import ReasonCode
from finesse_tx.webservices.core.administration import objects

__all__ = [
    "ASSIGNABLE",
    "KINDS",
    "MAX_AUDITED",
    "Add",
    "AddContact",
    "Assign",
    "AuditEntry",
    "Change",
    "Put",
    "PutTeamLayout",
    "Remove",
    "RemoveContact",
    "Replace",
    "ReplaceContact",
    "ReplaceContacts",
    "Stored",
    "completed",
    "contact_uri",
    "shown",
    "single_uri",
    "uri_of",
]

Stored = (
    ReasonCode
    | objects.WrapUpReason
    | objects.MediaPropertiesLayout
    | objects.PhoneBook
    | objects.Workflow
    | objects.WorkflowAction
)
"""Whatever there are many of, each with an id."""

KINDS: Final[Mapping[type[Stored], str]] = {
    ReasonCode: "ReasonCode",
    objects.WrapUpReason: "WrapUpReason",
    objects.MediaPropertiesLayout: "MediaPropertiesLayout",
    objects.PhoneBook: "PhoneBook",
    objects.Workflow: "Workflow",
    objects.WorkflowAction: "WorkflowAction",
}
"""The resource of each kind."""

ASSIGNABLE: Final[tuple[type[Stored], ...]] = tuple(
    kind for kind in KINDS if kind is not objects.WorkflowAction
)
"""What a team may have of its own."""


MAX_AUDITED: Final = 65_536
"""How much of an object the audit log keeps, in characters: a whole phone book would be too much."""


def uri_of(kind: type[Stored], number: int) -> str:
    """The path of an object."""
    return f"/finesse/api/{KINDS[kind]}/{number}"


def single_uri(name: str) -> str:
    """The path of what there is one of."""
    return _SINGLE_URIS.get(name, f"/finesse/api/{name}")


_SINGLE_URIS: Final = {
    "LayoutConfig": "/finesse/api/LayoutConfig/default",
    "CORSConfig": "/cfadmin/api/origins",
}
"""Of those whose path is not their name's."""


def completed(change: Change, uri: str, ids: Sequence[int]) -> str:
    """The path of what a change is about: that of something new is known with its id."""
    return f"{uri}/{ids[0]}" if isinstance(change, Add | AddContact) else uri


def contact_uri(book_id: int, number: int) -> str:
    """The path of a contact."""
    return f"{uri_of(objects.PhoneBook, book_id)}/Contact/{number}"


@dataclass(frozen=True, slots=True)
class Add:
    """One more; the store gives it its id."""

    value: Stored


@dataclass(frozen=True, slots=True)
class Replace:
    """Another one in its place. What is for everyone now is no team's own any more."""

    id: int
    value: Stored


@dataclass(frozen=True, slots=True)
class Remove:
    """One less, also for the teams that have it."""

    kind: type[Stored]
    id: int


@dataclass(frozen=True, slots=True)
class Assign:
    """A team has these of a kind, in this order, and no others."""

    team_id: int
    kind: type[Stored]
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AddContact:
    """One more contact in a phone book."""

    book_id: int
    contact: objects.Contact


@dataclass(frozen=True, slots=True)
class ReplaceContact:
    """Another contact in its place."""

    book_id: int
    id: int
    contact: objects.Contact


@dataclass(frozen=True, slots=True)
class RemoveContact:
    """One contact less."""

    book_id: int
    id: int


@dataclass(frozen=True, slots=True)
class ReplaceContacts:
    """A phone book has these contacts, and no others."""

    book_id: int
    contacts: tuple[objects.Contact, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """The one object of its class; None: there is none any more.

    Attributes:
        name: Its resource, such as ``SystemConfig``.
        value: It.
    """

    name: str
    value: Struct | None


@dataclass(frozen=True, slots=True)
class PutTeamLayout:
    """A team's layout; None: it has the default one."""

    team_id: int
    layout_xml: str | None


Change = (
    Add
    | Replace
    | Remove
    | Assign
    | AddContact
    | ReplaceContact
    | RemoveContact
    | ReplaceContacts
    | Put
    | PutTeamLayout
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who has changed what.

    Attributes:
        at: When, in UTC.
        login_id: Who.
        peer: From which address.
        action: The method of the request.
        uri: Of what; of a new object the store completes it with its id.
        before: What it was, as JSON; empty for what was not there. Passwords are left out.
        after: What it is now, likewise.
    """

    at: datetime
    login_id: str
    peer: str
    action: str
    uri: str
    before: str = ""
    after: str = ""


def shown(value: object) -> str:
    """A value for the audit log: as JSON, without passwords, and not without end; None: empty."""
    if value is None:
        return ""
    built = msgspec.to_builtins(value, str_keys=True)
    if isinstance(built, dict) and built.get("password"):
        built["password"] = "****"  # noqa: S105  # what stands for one
    return msgspec.json.encode(built).decode()[:MAX_AUDITED]
