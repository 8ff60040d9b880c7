"""What may be added, changed and removed: limits, names that are taken, what is in use.

What a single object may be is in its declaration; here is what depends on the others.

Spec: ``rest.md`` §1.10 (limits), §1.6 and §12 (errors).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from finesse_tx.directory.core.records import ReasonCategory, ReasonCode
from finesse_tx.webservices.core.administration.changes import (
    KINDS,
    Add,
    AddContact,
    Assign,
    Change,
    Remove,
    Replace,
    ReplaceContacts,
)
from finesse_tx.webservices.core.administration.objects import (
    LayoutType,
    MediaPropertiesLayout,
    PhoneBook,
    Workflow,
    WorkflowAction,
    WrapUpReason,
)
from finesse_tx.webservices.core.administration.settings import Settings, is_for_all
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.reading import invalid

__all__ = [
    "MAX_CONTACTS",
    "MAX_CONTACTS_OF_BOOK",
    "MAX_GLOBAL",
    "MAX_OF_TEAM",
    "MAX_TEAM",
    "check",
    "duplicate",
    "in_use",
    "too_many",
]

MAX_GLOBAL: Final[Mapping[type, int]] = {
    ReasonCode: 100,
    WrapUpReason: 100,
    PhoneBook: 10,
    MediaPropertiesLayout: 1,
    Workflow: 0,
    WorkflowAction: 0,
}
"""How many there may be for everyone; of reason codes, in each category."""

MAX_TEAM: Final[Mapping[type, int]] = {
    ReasonCode: 100,
    WrapUpReason: 1_500,
    PhoneBook: 300,
    MediaPropertiesLayout: 199,
    Workflow: 100,
    WorkflowAction: 100,
}
"""How many there may be for teams, of those kinds that teams have."""

MAX_OF_TEAM: Final[Mapping[type, int]] = {WrapUpReason: 100, Workflow: 20}
"""How many one team may have of its own."""

MAX_CONTACTS_OF_BOOK: Final = 6_000
MAX_CONTACTS: Final = 50_000
"""In all phone books."""

MAX_LABEL_BYTES: Final = 39
"""Of a wrap-up reason, in UTF-8."""


def duplicate(kind: type, field: str) -> ApiError:
    """Another one has that name."""
    if kind is Workflow or kind is WorkflowAction:
        # Scripts match on this text: it was seen so.
        error_type, data = "Database constraint violation", f"Duplicate {_name(kind)} name."
        return ApiError(
            400,
            error_type,
            f"HTTP Status code: 400 (Bad Request)\n Api Error Type: {error_type}\n Error Message: {data}",
            data,
        )
    return ApiError(400, "Finesse API Error", f"Duplicate {_name(kind)} {field}", field)


def too_many(kind: type, most: int) -> ApiError:
    """There are as many as there may be."""
    return ApiError(
        400, "Maximum Exceeded", f"There may be at most {most} of {_name(kind)}", _name(kind)
    )


def in_use(kind: type, by: str) -> ApiError:
    """Something refers to it."""
    return ApiError(400, "In Use", f"The {_name(kind)} is used by {by}", by)


def check(settings: Settings, reasons: tuple[ReasonCode, ...], change: Change) -> None:
    """Check a change against what is there.

    Args:
        settings: Before the change.
        reasons: All reason codes.
        change: What is to be done; what it is about is there.

    Raises:
        ApiError: It may not be.
    """
    match change:
        case Add():
            _check_value(settings, reasons, change.value, None)
        case Replace():
            _check_value(settings, reasons, change.value, change.id)
        case Remove():
            _check_removal(settings, reasons, change)
        case Assign():
            most = MAX_OF_TEAM.get(change.kind)
            if most is not None and len(change.ids) > most:
                raise too_many(change.kind, most)
        case AddContact():
            _check_contacts(settings, change.book_id, 1, len(settings.contacts_of(change.book_id)))
        case ReplaceContacts():
            _check_contacts(settings, change.book_id, len(change.contacts), 0)


def _check_value(
    settings: Settings, reasons: tuple[ReasonCode, ...], value: Any, number: int | None
) -> None:
    kind = type(value)
    if kind is ReasonCode:
        same: Iterable[tuple[int, Any]] = (
            (one.id, one)
            for one in reasons
            if one.category is value.category and not one.system_code
        )
        everyone = [(one.id, one) for one in reasons if one.category is value.category]
    else:
        everyone = list(settings.objects.get(kind, {}).items())
        same = everyone
    others = [one for other, one in everyone if other != number]
    for field in _UNIQUE[kind]:
        if any(_key(getattr(one, field)) == _key(getattr(value, field)) for one in others):
            raise duplicate(kind, field)
    rivals = [
        one for other, one in same if other != number and is_for_all(one) == is_for_all(value)
    ]
    most = (MAX_GLOBAL if is_for_all(value) else MAX_TEAM)[kind]
    if len(rivals) >= most and not (isinstance(value, ReasonCode) and value.system_code):
        raise too_many(kind, most)
    if isinstance(value, WrapUpReason) and len(value.label.encode()) > MAX_LABEL_BYTES:
        raise invalid("label")
    if isinstance(value, Workflow):
        _check_actions(settings, value)


_UNIQUE: Final[Mapping[type, tuple[str, ...]]] = {
    ReasonCode: ("code", "label"),
    WrapUpReason: ("label",),
    PhoneBook: ("name",),
    MediaPropertiesLayout: ("name",),
    Workflow: ("name",),
    WorkflowAction: ("name",),
}


def _key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _check_actions(settings: Settings, workflow: Workflow) -> None:
    known = {action.uri for action in settings.all(WorkflowAction)}
    for action in workflow.workflow_actions:
        if action.uri not in known:
            raise ApiError(400, "Invalid Input", "There is no such WorkflowAction", action.uri)


def _check_removal(settings: Settings, reasons: tuple[ReasonCode, ...], change: Remove) -> None:
    look = _REMOVALS.get(change.kind)
    if look is not None:
        look(settings, change.id)
    for reason in reasons if change.kind is ReasonCode else ():
        if reason.id == change.id and reason.system_code:
            raise ApiError(
                400, "Invalid Input", "A system reason code cannot be deleted", "systemCode"
            )


def _check_book(settings: Settings, number: int) -> None:
    if teams := settings.teams_with(PhoneBook, number):
        raise in_use(PhoneBook, f"team {teams[0]}")


def _check_action(settings: Settings, number: int) -> None:
    action = settings.get(WorkflowAction, number)
    for workflow in settings.all(Workflow):
        if action is not None and any(one.uri == action.uri for one in workflow.workflow_actions):
            raise in_use(WorkflowAction, f"workflow {workflow.name}")


def _check_layout(settings: Settings, number: int) -> None:
    layout = settings.get(MediaPropertiesLayout, number)
    if layout is not None and layout.type is LayoutType.DEFAULT:
        raise ApiError(400, "Invalid Input", "The default layout cannot be deleted", "type")


_REMOVALS: Final[Mapping[type, Callable[[Settings, int], None]]] = {
    PhoneBook: _check_book,
    WorkflowAction: _check_action,
    MediaPropertiesLayout: _check_layout,
}


def _check_contacts(settings: Settings, book_id: int, more: int, there: int) -> None:
    if there + more > MAX_CONTACTS_OF_BOOK:
        raise ApiError(
            400,
            "Maximum Exceeded",
            f"A phone book has at most {MAX_CONTACTS_OF_BOOK} contacts",
            "contacts",
        )
    elsewhere = sum(len(found) for book, found in settings.contacts.items() if book != book_id)
    if elsewhere + there + more > MAX_CONTACTS:
        raise ApiError(
            400, "Maximum Exceeded", f"There may be at most {MAX_CONTACTS} contacts", "contacts"
        )


def _name(kind: type) -> str:
    return KINDS[kind]


def codes_of(category: ReasonCategory, personality: str) -> range:
    """The codes that an administrator may give a reason."""
    if personality == "ccx":
        return range(1, 1_000)
    return range(1, 65_533 if category is ReasonCategory.NOT_READY else 65_536)
