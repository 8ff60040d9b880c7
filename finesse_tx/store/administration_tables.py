"""The tables of what administrators configure, and of who has changed what.

What has a shape of its own and is never asked for in part (a layout's columns, a workflow's conditions) is kept as
JSON, in the form that REST clients see.

Spec: ``rest.md`` §12.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Enum, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from finesse_tx.store.tables import Base, TeamRow
from finesse_tx.webservices.core.administration.objects import (
    ActionType,
    BookType,
    HandledBy,
    LayoutType,
)

__all__ = [
    "AuditRow",
    "ContactRow",
    "LayoutTeamRow",
    "MediaPropertiesLayoutRow",
    "PhoneBookRow",
    "PhoneBookTeamRow",
    "SettingRow",
    "TeamLayoutRow",
    "TeamLink",
    "WorkflowActionLinkRow",
    "WorkflowActionRow",
    "WorkflowRow",
    "WorkflowTeamRow",
    "WrapUpReasonRow",
    "WrapUpReasonTeamRow",
]

_AUTO = {"sqlite_autoincrement": True}


class WrapUpReasonRow(Base):
    """`WrapUpReason`."""

    __tablename__ = "wrap_up_reasons"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(39), unique=True)
    for_all: Mapped[bool]


class MediaPropertiesLayoutRow(Base):
    """`MediaPropertiesLayout`; ``definition`` has its header and its columns."""

    __tablename__ = "media_properties_layouts"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    description: Mapped[str] = mapped_column(String(128))
    type: Mapped[LayoutType] = mapped_column(Enum(LayoutType, native_enum=False, length=8))
    definition: Mapped[str] = mapped_column(Text)


class PhoneBookRow(Base):
    """`PhoneBook`."""

    __tablename__ = "phone_books"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    type: Mapped[BookType] = mapped_column(Enum(BookType, native_enum=False, length=8))


class ContactRow(Base):
    """`Contact`."""

    __tablename__ = "contacts"
    __table_args__ = (CheckConstraint("phone_number <> ''", name="phone_number"), _AUTO)

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_book_id: Mapped[int] = mapped_column(
        ForeignKey(PhoneBookRow.id, ondelete="CASCADE"), index=True
    )
    first_name: Mapped[str] = mapped_column(String(128))
    last_name: Mapped[str] = mapped_column(String(128))
    phone_number: Mapped[str] = mapped_column(String(32))
    description: Mapped[str] = mapped_column(String(128))


class WorkflowActionRow(Base):
    """`WorkflowAction`; ``definition`` has its parameters and its variables."""

    __tablename__ = "workflow_actions"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    type: Mapped[ActionType] = mapped_column(Enum(ActionType, native_enum=False, length=16))
    handled_by: Mapped[HandledBy] = mapped_column(Enum(HandledBy, native_enum=False, length=16))
    definition: Mapped[str] = mapped_column(Text)


class WorkflowRow(Base):
    """`Workflow`; ``definition`` has its triggers and its conditions, `WorkflowActionLinkRow` its actions."""

    __tablename__ = "workflows"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    description: Mapped[str] = mapped_column(String(128))
    media: Mapped[str] = mapped_column(String(64))
    definition: Mapped[str] = mapped_column(Text)


class WorkflowActionLinkRow(Base):
    """An action of a workflow, in its place."""

    __tablename__ = "workflow_action_links"
    __table_args__ = (CheckConstraint("position >= 0", name="position"),)

    workflow_id: Mapped[int] = mapped_column(
        ForeignKey(WorkflowRow.id, ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    # Not CASCADE: a workflow must not lose an action unnoticed.
    workflow_action_id: Mapped[int] = mapped_column(ForeignKey(WorkflowActionRow.id), index=True)


class TeamLink(Base):
    """What the tables have in common that say what a team has of its own."""

    __abstract__ = True

    team_id: Mapped[int] = mapped_column(
        ForeignKey(TeamRow.id, ondelete="CASCADE"), primary_key=True, sort_order=-2
    )
    position: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


class WrapUpReasonTeamRow(TeamLink):
    """A team's wrap-up reason."""

    __tablename__ = "wrap_up_reason_teams"
    __table_args__ = (UniqueConstraint("team_id", "object_id"),)

    object_id: Mapped[int] = mapped_column(
        ForeignKey(WrapUpReasonRow.id, ondelete="CASCADE"), index=True
    )


class LayoutTeamRow(TeamLink):
    """A team's call-variable layout."""

    __tablename__ = "media_properties_layout_teams"
    __table_args__ = (UniqueConstraint("team_id", "object_id"),)

    object_id: Mapped[int] = mapped_column(
        ForeignKey(MediaPropertiesLayoutRow.id, ondelete="CASCADE"), index=True
    )


class PhoneBookTeamRow(TeamLink):
    """A team's phone book."""

    __tablename__ = "phone_book_teams"
    __table_args__ = (UniqueConstraint("team_id", "object_id"),)

    # Not CASCADE: a book that a team uses is not deleted.
    object_id: Mapped[int] = mapped_column(ForeignKey(PhoneBookRow.id), index=True)


class WorkflowTeamRow(TeamLink):
    """A team's workflow; the first that matches runs."""

    __tablename__ = "workflow_teams"
    __table_args__ = (UniqueConstraint("team_id", "object_id"),)

    object_id: Mapped[int] = mapped_column(
        ForeignKey(WorkflowRow.id, ondelete="CASCADE"), index=True
    )


class TeamLayoutRow(Base):
    """The desktop layout of a team that has one of its own."""

    __tablename__ = "team_layouts"

    team_id: Mapped[int] = mapped_column(
        ForeignKey(TeamRow.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    layout_xml: Mapped[str] = mapped_column(Text)


class SettingRow(Base):
    """What there is one of: ``SystemConfig``, ``LayoutConfig`` and the like."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    definition: Mapped[str] = mapped_column(Text)


class AuditRow(Base):
    """`AuditEntry`."""

    __tablename__ = "audit"
    __table_args__ = (_AUTO,)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    """In UTC."""
    login_id: Mapped[str] = mapped_column(String(64))
    peer: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    """The method of a request, or the name of an operation of AXL."""
    uri: Mapped[str] = mapped_column(String(255), index=True)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
