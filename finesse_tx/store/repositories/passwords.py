"""Hashed passwords."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from finesse_tx.store.tables import PersonRow

__all__ = ["read_password_hashes", "replace_password_hash"]


def read_password_hashes(session: Session) -> dict[str, str]:
    """The encoded hash of everyone who may sign in with a password of ours, by login id."""
    found = session.execute(
        select(PersonRow.login_id, PersonRow.password_hash).where(
            PersonRow.enabled, PersonRow.password_hash.is_not(None)
        )
    )
    return {login_id: encoded for login_id, encoded in found if encoded is not None}


def replace_password_hash(session: Session, login_id: str, was: str, now: str) -> None:
    """Replace somebody's hash by another one of the same password, unless the password has changed since."""
    session.execute(
        update(PersonRow)
        .where(PersonRow.login_id == login_id, PersonRow.password_hash == was)
        .values(password_hash=now)
    )
