"""The tables of messages to teams."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Double, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from finesse_tx.store.tables import Base, TeamRow

__all__ = ["TeamMessageRow", "TeamMessageTeamRow"]


class TeamMessageRow(Base):
    """`Message`; whoever has sent it may be gone."""

    __tablename__ = "team_messages"
    __table_args__ = (
        CheckConstraint("duration_s > 0", name="duration_s"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    created_by: Mapped[str] = mapped_column(String(64))
    first_name: Mapped[str] = mapped_column(String(128))
    last_name: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[float] = mapped_column(Double)
    """Seconds since 1970."""
    duration_s: Mapped[int]
    content: Mapped[str] = mapped_column(String(255))


class TeamMessageTeamRow(Base):
    """One of a message's teams."""

    __tablename__ = "team_message_teams"

    message_id: Mapped[int] = mapped_column(
        ForeignKey(TeamMessageRow.id, ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(
        ForeignKey(TeamRow.id, ondelete="CASCADE"), primary_key=True, index=True
    )
