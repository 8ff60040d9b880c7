"""The configuration as agents read it: what is for all and what is their team's, in the forms that their desktops know.

Spec: ``rest.md`` §2.7 to §2.11, §7.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from msgspec import Struct, field

from finesse_tx.webservices.core.administration.default_desktop import DEFAULT_DESKTOP
from finesse_tx.webservices.core.administration.objects import (
    BookType,
    ConditionSet,
    Contact,
    LayoutType,
    MediaPropertiesLayout,
    MediaPropertiesLayouts,
    PhoneBook,
    TriggerSet,
    UserPhoneBook,
    Workflow,
    WorkflowAction,
    WrapUpReason,
)
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.administration.system import LayoutConfig, TeamLayoutConfig
from finesse_tx.webservices.core.declaration import item
from finesse_tx.webservices.core.paging import Page

__all__ = [
    "TeamPhoneBook",
    "TeamPhoneBooks",
    "UserWorkflow",
    "UserWorkflows",
    "UserWrapUpReason",
    "UserWrapUpReasons",
    "books_of",
    "contact_count",
    "default_layout",
    "layouts",
    "team_books",
    "user_books",
    "workflows",
    "wrap_up_reasons",
]


class UserWrapUpReason(Struct, frozen=True, rename="camel"):
    """A wrap-up reason, whose path is below the user's."""

    ELEMENT: ClassVar[str] = "WrapUpReason"

    label: str
    for_all: bool
    uri: str


class UserWrapUpReasons(Struct, frozen=True):
    """The wrap-up reasons that a user may choose from."""

    ELEMENT: ClassVar[str] = "WrapUpReasons"

    of: Annotated[tuple[UserWrapUpReason, ...], item()] = field(name="WrapUpReason", default=())


class TeamContacts(Struct, frozen=True):
    """The contacts of a team's phone book."""

    ELEMENT: ClassVar[str] = "Contacts"

    of: Annotated[tuple[Contact, ...], item()] = field(name="Contact", default=())


class TeamPhoneBook(Struct, frozen=True, kw_only=True):
    """A phone book of a team: its contacts are in ``Contacts``."""

    ELEMENT: ClassVar[str] = "PhoneBook"

    name: str
    type: BookType
    uri: str
    contacts: TeamContacts = field(name="Contacts")


class TeamPhoneBooks(Struct, frozen=True):
    """The phone books of a team."""

    ELEMENT: ClassVar[str] = "PhoneBooks"

    of: Annotated[tuple[TeamPhoneBook, ...], item()] = field(name="PhoneBook", default=())


class UserWorkflow(Struct, frozen=True, rename="camel", kw_only=True):
    """A workflow, with its actions in full."""

    ELEMENT: ClassVar[str] = "Workflow"

    name: str
    description: str
    media: str
    trigger_set: TriggerSet = field(name="TriggerSet")
    condition_set: ConditionSet = field(name="ConditionSet")
    workflow_actions: Annotated[tuple[WorkflowAction, ...], item("WorkflowAction")]
    uri: str


class UserWorkflows(Struct, frozen=True):
    """The workflows of a team, in its order."""

    ELEMENT: ClassVar[str] = "Workflows"

    of: Annotated[tuple[UserWorkflow, ...], item()] = field(name="Workflow", default=())


def wrap_up_reasons(
    settings: Settings, team_id: int | None, prefix: str
) -> tuple[UserWrapUpReason, ...]:
    """What an agent of the team may choose from.

    Args:
        settings: The configuration.
        team_id: The team.
        prefix: What the paths begin with: ``/finesse/api``, and the user where they are a user's.
    """
    return tuple(
        UserWrapUpReason(one.label, one.for_all, f"{prefix}/WrapUpReason/{_number(one.uri)}")
        for one in settings.offered_to(team_id, WrapUpReason)
    )


def _number(uri: str) -> str:
    return uri.rpartition("/")[2]


def default_desktop(settings: Settings) -> LayoutConfig:
    """The desktop's layout for every team that has none of its own."""
    return settings.single(LayoutConfig) or LayoutConfig(layoutxml=DEFAULT_DESKTOP)


def desktop_layout(settings: Settings, team_id: int | None) -> TeamLayoutConfig:
    """A team's layout of the desktop; the default one where it has none of its own."""
    own = settings.team_layouts.get(team_id) if team_id is not None else None
    if own is None:
        default = default_desktop(settings)
        return TeamLayoutConfig(use_default=True, layoutxml=default.layoutxml)
    return TeamLayoutConfig(use_default=False, layoutxml=own)


def default_layout(settings: Settings) -> MediaPropertiesLayout | None:
    """The call-variable layout that always is."""
    return next(
        (one for one in settings.all(MediaPropertiesLayout) if one.type is LayoutType.DEFAULT),
        None,
    )


def layouts(settings: Settings, team_id: int | None) -> MediaPropertiesLayouts:
    """The default layout, and the team's own; a team that has none of its own has them all."""
    own = settings.offered_to(team_id, MediaPropertiesLayout)
    if all(one.type is LayoutType.DEFAULT for one in own):
        own = tuple(
            sorted(
                settings.all(MediaPropertiesLayout), key=lambda one: one.type is LayoutType.CUSTOM
            )
        )
    return MediaPropertiesLayouts(own)


Book = tuple[PhoneBook, tuple[Contact, ...]]


def books_of(settings: Settings, team_id: int | None) -> tuple[Book, ...]:
    """A team's phone books, those for everyone first, and their contacts."""
    return tuple(
        (book, settings.contacts_of(int(_number(book.uri))))
        for book in settings.offered_to(team_id, PhoneBook)
    )


def contact_count(books: Iterable[Book]) -> int:
    """How many contacts they have."""
    return sum(len(contacts) for _, contacts in books)


def _pages(books: Iterable[Book], page: Page) -> Iterable[Book]:
    """The books that have contacts on a page, with these; those that have none at all are on the first."""
    begin = 0
    for book, contacts in books:
        part = contacts[max(page.start - begin, 0) : max(page.stop - begin, 0)]
        begin += len(contacts)
        if part or (not contacts and page.start == 0):
            yield book, part


def user_books(books: Iterable[Book], page: Page) -> tuple[UserPhoneBook, ...]:
    """A page of phone books, as a user reads them."""
    return tuple(
        UserPhoneBook(name=book.name, type=book.type, uri=book.uri, contacts=part)
        for book, part in _pages(books, page)
    )


def team_books(books: Iterable[Book], page: Page) -> TeamPhoneBooks:
    """A page of phone books, as a team's are read."""
    return TeamPhoneBooks(
        tuple(
            TeamPhoneBook(name=book.name, type=book.type, uri=book.uri, contacts=TeamContacts(part))
            for book, part in _pages(books, page)
        )
    )


def workflows(settings: Settings, team_id: int | None) -> UserWorkflows:
    """A team's workflows, with their actions in full."""
    actions = {one.uri: one for one in settings.all(WorkflowAction)}
    return UserWorkflows(
        tuple(
            UserWorkflow(
                name=one.name,
                description=one.description,
                media=one.media,
                trigger_set=one.trigger_set,
                condition_set=one.condition_set,
                workflow_actions=tuple(actions[action.uri] for action in one.workflow_actions),
                uri=one.uri,
            )
            for one in (settings.assigned_to(team_id, Workflow) if team_id is not None else ())
        )
    )
