"""How much of a journal the database has: kept in the same transaction as the rows, so that each record is there once."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from finesse_tx.store.tables import JournalRow

__all__ = ["advance", "read_positions"]


def advance(
    session: Session, journal: str, after: int, last: int, take: Callable[[], object]
) -> int:
    """Take in records of a journal, each exactly once.

    Args:
        session: In a transaction.
        journal: The journal's name.
        after: The last record before these.
        last: The last of these.
        take: Writes their rows; called only if the database has all up to ``after`` and no more.

    Returns:
        The position now: ``last``, or whatever is there if it is not ``after``; then nothing was taken in.
    """
    position = session.get(JournalRow, journal)
    if position is None:
        position = JournalRow(name=journal, sequence=0)
        session.add(position)
    if position.sequence != after:
        return position.sequence
    take()
    position.sequence = last
    return last


def read_positions(session: Session) -> dict[str, int]:
    """By journal, the last record that is there."""
    taken = session.execute(select(JournalRow.name, JournalRow.sequence))
    return {row.name: row.sequence for row in taken}
