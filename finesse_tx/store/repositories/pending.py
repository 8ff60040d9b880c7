"""Carrying out the small writes that nobody waits for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy.orm import Session

from finesse_tx.engine.core.outbound.records import CampaignState
from finesse_tx.store.core.pending import (
    PENDING,
    KeepVerifier,
    Pending,
    ReplacePasswordHash,
    SetCampaignState,
)
from finesse_tx.store.journal import Journal, read_batch
from finesse_tx.store.repositories.campaigns import set_campaign_state
from finesse_tx.store.repositories.journals import advance, read_positions
from finesse_tx.store.repositories.passwords import keep_verifier, replace_password_hash

__all__ = ["add_pending", "take_left_over"]


def add_pending(
    session: Session, journal: str, after: int, last: int, records: Iterable[Pending]
) -> int:
    """Carry out records of a journal, each once; as `advance` has it."""

    def take() -> None:
        for record in records:
            _carry_out(session, record)

    return advance(session, journal, after, last, take)


def _carry_out(session: Session, record: Pending) -> None:
    match record:
        case ReplacePasswordHash():
            replace_password_hash(session, record.login_id, record.was, record.now)
        case KeepVerifier():
            keep_verifier(session, record.password_hash, record.verifier, record.login_id)
        case SetCampaignState():
            set_campaign_state(session, record.campaign_id, CampaignState[record.state])


def take_left_over(session: Session, folder: Path, max_bytes: int) -> None:
    """Carry out what an earlier run has left, before anything is read; the files stay.

    Args:
        session: In a transaction.
        folder: The journal's.
        max_bytes: How large it may be.

    Raises:
        StartError: The folder cannot be used.
    """
    if not any(folder.glob("*.journal")):
        return
    taken = read_positions(session)
    journal = Journal(folder, PENDING, "", max_bytes, taken=taken)
    try:
        stored, limit = taken.get(journal.name, 0), journal.next_sequence - 1
        while stored < limit and (path := journal.file_of(stored + 1)) is not None:
            batch = read_batch(path, PENDING, stored, 0, limit)
            last = batch.last if batch.last > stored else min(limit, journal.last_of(path))
            records = batch.entries.values()
            stored = add_pending(session, journal.name, stored, last, records)
    finally:
        journal.close()
