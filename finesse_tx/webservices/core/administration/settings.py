"""The configuration as one value in memory: what requests are answered from, and what a change makes of it.

Spec: ``rest.md`` §12.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct

from finesse_tx.directory.core.records import ReasonCode
from finesse_tx.webservices.core.administration.changes import (
    Add,
    AddContact,
    Assign,
    Change,
    Put,
    PutTeamLayout,
    Remove,
    RemoveContact,
    Replace,
    ReplaceContact,
    ReplaceContacts,
    Stored,
    contact_uri,
    uri_of,
)
from finesse_tx.webservices.core.administration.objects import (
    ActionReference,
    BookType,
    Contact,
    LayoutType,
    MediaPropertiesLayout,
    PhoneBook,
    Workflow,
    WorkflowAction,
    WrapUpReason,
)

__all__ = ["Settings", "applied", "is_for_all", "numbered"]

T = TypeVar("T", bound=Struct)

EMPTY: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Settings:
    """All that administrators configure, but for reason codes: those are the directory's.

    Attributes:
        objects: Of each kind, by id.
        contacts: Of each phone book, by id.
        assigned: What a team has of its own of a kind: ids, in the team's order.
        singles: What there is one of each, by its resource.
        team_layouts: The layouts of the teams that have one of their own.
    """

    objects: Mapping[type[Stored], Mapping[int, Any]] = field(default_factory=lambda: EMPTY)
    contacts: Mapping[int, Mapping[int, Contact]] = field(default_factory=lambda: EMPTY)
    assigned: Mapping[tuple[int, type[Stored]], tuple[int, ...]] = field(
        default_factory=lambda: EMPTY
    )
    singles: Mapping[str, Struct] = field(default_factory=lambda: EMPTY)
    team_layouts: Mapping[int, str] = field(default_factory=lambda: EMPTY)

    def all(self, kind: type[T]) -> tuple[T, ...]:
        """Every object of a kind, in the order of the ids."""
        found: Mapping[int, T] = self.objects.get(cast("Any", kind), EMPTY)
        return tuple(found[number] for number in sorted(found))

    def get(self, kind: type[T], number: int) -> T | None:
        """One object."""
        found: Mapping[int, T] = self.objects.get(cast("Any", kind), EMPTY)
        return found.get(number)

    def contacts_of(self, book_id: int) -> tuple[Contact, ...]:
        """A phone book's contacts, in the order of the ids."""
        found = self.contacts.get(book_id, EMPTY)
        return tuple(found[number] for number in sorted(found))

    def single(self, kind: type[T]) -> T | None:
        """The one object of a kind."""
        found: Any = self.singles.get(kind.__name__)
        return cast("T | None", found)

    def assigned_to(self, team_id: int, kind: type[T]) -> tuple[T, ...]:
        """What a team has of its own."""
        found: Mapping[int, T] = self.objects.get(cast("Any", kind), EMPTY)
        ids = self.assigned.get((team_id, cast("Any", kind)), ())
        return tuple(found[number] for number in ids if number in found)

    def offered_to(self, team_id: int | None, kind: type[T]) -> tuple[T, ...]:
        """What the agents of a team have: what is for all, and then what is the team's own."""
        common = tuple(one for one in self.all(kind) if is_for_all(one))
        return common + (self.assigned_to(team_id, kind) if team_id is not None else ())

    def teams_with(self, kind: type[Stored], number: int) -> tuple[int, ...]:
        """The teams that have an object of their own."""
        return tuple(
            sorted(
                team_id
                for (team_id, of), ids in self.assigned.items()
                if of is kind and number in ids
            )
        )


def is_for_all(value: object) -> bool:
    """Whether every team has an object, so that it is assigned to none."""
    match value:
        case ReasonCode() | WrapUpReason():
            return value.for_all
        case PhoneBook():
            return value.type is BookType.GLOBAL
        case MediaPropertiesLayout():
            return value.type is LayoutType.DEFAULT
    return False


def numbered(value: T, number: int) -> T:
    """An object as it is kept in memory: with its path."""
    uri = uri_of(cast("Any", type(value)), number)
    if isinstance(value, PhoneBook):
        return cast("T", msgspec.structs.replace(value, uri=uri, contacts=f"{uri}/Contacts"))
    return msgspec.structs.replace(value, uri=uri)


def applied(settings: Settings, change: Change, ids: Iterable[int]) -> Settings:
    """What a change makes of the settings, once the store has made it.

    Args:
        settings: Before it.
        change: What has been done.
        ids: The ids that the store gave: one of an `Add` or `AddContact`, all of `ReplaceContacts`.
    """
    match change:
        case Add(value=ReasonCode()) | Replace(value=ReasonCode()):
            return settings
        case Assign() | Remove() if change.kind is ReasonCode:
            return settings
        case Add():
            return _with_object(settings, next(iter(ids)), change.value)
        case Replace(value=WorkflowAction() as action):
            return _with_action(settings, change.id, action)
        case Replace():
            found = _with_object(settings, change.id, change.value)
            if is_for_all(change.value):
                return _without_assignments(found, type(change.value), change.id)
            return found
        case Remove():
            return _removed(settings, change)
        case Assign():
            key = change.team_id, change.kind
            return replace(settings, assigned={**settings.assigned, key: change.ids})
        case AddContact():
            return _with_contacts(settings, change.book_id, {next(iter(ids)): change.contact})
        case ReplaceContact():
            return _with_contacts(settings, change.book_id, {change.id: change.contact})
        case RemoveContact():
            contacts = dict(settings.contacts.get(change.book_id, EMPTY))
            contacts.pop(change.id, None)
            return replace(settings, contacts={**settings.contacts, change.book_id: contacts})
        case ReplaceContacts():
            contacts = dict(zip(ids, change.contacts, strict=True))
            emptied = replace(settings, contacts={**settings.contacts, change.book_id: EMPTY})
            return _with_contacts(emptied, change.book_id, contacts)
        case Put():
            singles = {**settings.singles}
            singles.pop(change.name, None)
            if change.value is not None:
                singles[change.name] = change.value
            return replace(settings, singles=singles)
        case PutTeamLayout():
            layouts = {**settings.team_layouts}
            layouts.pop(change.team_id, None)
            if change.layout_xml is not None:
                layouts[change.team_id] = change.layout_xml
            return replace(settings, team_layouts=layouts)


def _with_object(settings: Settings, number: int, value: Any) -> Settings:
    kind = type(value)
    there = {**settings.objects.get(kind, EMPTY), number: numbered(value, number)}
    return replace(settings, objects={**settings.objects, kind: there})


def _with_action(settings: Settings, number: int, action: WorkflowAction) -> Settings:
    """A changed action is another one in every workflow that has it."""
    found = _with_object(settings, number, action)
    uri = uri_of(WorkflowAction, number)
    reference = ActionReference(name=action.name, uri=uri, type=action.type.value)
    workflows = {
        workflow_id: msgspec.structs.replace(
            workflow,
            workflow_actions=tuple(
                reference if one.uri == uri else one for one in workflow.workflow_actions
            ),
        )
        for workflow_id, workflow in found.objects.get(Workflow, EMPTY).items()
    }
    return replace(found, objects={**found.objects, Workflow: workflows})


def _without_assignments(settings: Settings, kind: type[Stored], number: int) -> Settings:
    assigned = {
        key: tuple(one for one in ids if one != number) if key[1] is kind else ids
        for key, ids in settings.assigned.items()
    }
    return replace(settings, assigned=assigned)


def _removed(settings: Settings, change: Remove) -> Settings:
    there = dict(settings.objects.get(change.kind, EMPTY))
    there.pop(change.id, None)
    contacts = settings.contacts
    if change.kind is PhoneBook:
        contacts = {book: found for book, found in contacts.items() if book != change.id}
    found = replace(settings, objects={**settings.objects, change.kind: there}, contacts=contacts)
    return _without_assignments(found, change.kind, change.id)


def _with_contacts(settings: Settings, book_id: int, more: Mapping[int, Contact]) -> Settings:
    contacts = {
        **settings.contacts.get(book_id, EMPTY),
        **{
            number: msgspec.structs.replace(one, uri=contact_uri(book_id, number))
            for number, one in more.items()
        },
    }
    return replace(settings, contacts={**settings.contacts, book_id: contacts})
