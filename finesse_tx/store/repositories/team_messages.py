"""Messages to teams."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from finesse_tx.store.team_message_tables import TeamMessageRow, TeamMessageTeamRow
from finesse_tx.webservices.core.team_messages import Draft, Message

__all__ = ["add_message", "read_messages", "remove_expired", "remove_message"]


def read_messages(session: Session) -> tuple[Message, ...]:
    """All that are kept, the oldest first."""
    teams: dict[int, list[int]] = {}
    links = select(TeamMessageTeamRow).order_by(TeamMessageTeamRow.team_id)
    for link in session.scalars(links):
        teams.setdefault(link.message_id, []).append(link.team_id)
    return tuple(
        Message(
            row.id,
            row.created_by,
            row.first_name,
            row.last_name,
            row.created_at,
            Draft(row.content, row.duration_s, tuple(teams.get(row.id, ()))),
        )
        for row in session.scalars(select(TeamMessageRow).order_by(TeamMessageRow.id))
    )


def add_message(session: Session, message: Message) -> Message:
    """Keep one; it comes back with its id."""
    row = TeamMessageRow(
        created_by=message.created_by,
        first_name=message.first_name,
        last_name=message.last_name,
        created_at=message.created_at,
        duration_s=message.draft.duration_s,
        content=message.draft.content,
    )
    session.add(row)
    session.flush()
    session.add_all(
        TeamMessageTeamRow(message_id=row.id, team_id=team_id) for team_id in message.draft.team_ids
    )
    return replace(message, id=row.id)


def remove_message(session: Session, message_id: int) -> None:
    """Keep one no longer."""
    session.execute(delete(TeamMessageRow).where(TeamMessageRow.id == message_id))


def remove_expired(session: Session, now: float) -> None:
    """Keep those no longer whose time is over."""
    over = TeamMessageRow.created_at + TeamMessageRow.duration_s <= now
    session.execute(delete(TeamMessageRow).where(over))
