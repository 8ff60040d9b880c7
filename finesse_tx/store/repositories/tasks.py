"""Tasks, and agents' media."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from finesse_tx.store.task_tables import TaskMediaRow, TaskRow
from finesse_tx.tasks.core.events import Changes
from finesse_tx.tasks.core.records import Media, Task

__all__ = ["AT_ONCE", "keep_changes", "read_media", "read_tasks"]

AT_ONCE: Final = 500
"""How many rows one statement names, which is below every database's bound."""


def read_tasks(session: Session) -> tuple[Task, ...]:
    """All that are kept."""
    found = session.scalars(select(TaskRow.definition).order_by(TaskRow.contact_id))
    return tuple(msgspec.json.decode(text, type=Task) for text in found)


def read_media(session: Session) -> tuple[Media, ...]:
    """Everybody who was signed in to something."""
    order = TaskMediaRow.login_id, TaskMediaRow.domain_id
    found = session.scalars(select(TaskMediaRow.definition).order_by(*order))
    return tuple(msgspec.json.decode(text, type=Media) for text in found)


def keep_changes(session: Session, changes: Changes) -> None:
    """Keep what there is now of what has changed, and no longer what there is not."""
    for contact_ids in _parts(changes.tasks):
        session.execute(delete(TaskRow).where(TaskRow.contact_id.in_(contact_ids)))
    for login_id, domain_id in changes.media:
        session.execute(
            delete(TaskMediaRow).where(
                TaskMediaRow.login_id == login_id, TaskMediaRow.domain_id == domain_id
            )
        )
    session.add_all(
        TaskRow(contact_id=task.contact_id, definition=_json(task))
        for task in changes.tasks.values()
        if task is not None
    )
    session.add_all(
        TaskMediaRow(login_id=media.login_id, domain_id=media.domain_id, definition=_json(media))
        for media in changes.media.values()
        if media is not None
    )


def _json(value: Task | Media) -> str:
    return msgspec.json.encode(value).decode()


def _parts(names: Iterable[str]) -> Iterable[list[str]]:
    every = list(names)
    return (every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE))
