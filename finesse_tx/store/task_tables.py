"""The tables of task routing.

A task, and an agent's sign-in to a medium, are never asked for in part, and are read once, at the start: each is kept
as JSON, in the form of `finesse_tx.tasks.core.records`.
"""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from finesse_tx.store.tables import Base

__all__ = ["TaskMediaRow", "TaskRow"]


class TaskRow(Base):
    """`Task`."""

    __tablename__ = "tasks"

    contact_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    definition: Mapped[str] = mapped_column(Text)


class TaskMediaRow(Base):
    """`Media`; whoever it is about may be gone."""

    __tablename__ = "task_media"

    login_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    domain_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    definition: Mapped[str] = mapped_column(Text)
