"""Hashed passwords, and what SCRAM is checked with."""

from __future__ import annotations

from sqlalchemy import and_, delete, insert, literal, select, update
from sqlalchemy.orm import Session

from finesse_tx.store.tables import PersonRow, ScramVerifierRow

__all__ = [
    "keep_verifier",
    "read_password_hashes",
    "read_verifiers",
    "replace_password_hash",
]


def read_password_hashes(session: Session) -> dict[str, str]:
    """The encoded hash of everyone who may sign in with a password of ours, by login id."""
    found = session.execute(
        select(PersonRow.login_id, PersonRow.password_hash).where(
            PersonRow.enabled, PersonRow.password_hash.is_not(None)
        )
    )
    return {login_id: encoded for login_id, encoded in found if encoded is not None}


def read_verifiers(session: Session) -> dict[str, str]:
    """The encoded verifiers, by login id; none that was made of an earlier password."""
    is_theirs = and_(
        ScramVerifierRow.person_id == PersonRow.id,
        ScramVerifierRow.password_hash == PersonRow.password_hash,
    )
    found = session.execute(
        select(PersonRow.login_id, ScramVerifierRow.verifier)
        .join(ScramVerifierRow, is_theirs)
        .where(PersonRow.enabled)
    )
    return {row.login_id: row.verifier for row in found}


def replace_password_hash(session: Session, login_id: str, was: str, now: str) -> None:
    """Replace somebody's hash by another one of the same password, unless the password has changed since."""
    whose = (PersonRow.login_id == login_id, PersonRow.password_hash == was)
    session.execute(
        update(ScramVerifierRow)
        .where(
            ScramVerifierRow.person_id.in_(select(PersonRow.id).where(*whose)),
            ScramVerifierRow.password_hash == was,
        )
        .values(password_hash=now)
    )
    session.execute(update(PersonRow).where(*whose).values(password_hash=now))


def keep_verifier(
    session: Session, password_hash: str, verifier: str, login_id: str | None = None
) -> None:
    """Keep what was made of a password, unless the password has changed since.

    Args:
        session: In a transaction.
        password_hash: The hash of that password.
        verifier: Encoded.
        login_id: Whose; None: everyone's who has that hash.
    """
    whose = PersonRow.password_hash == password_hash
    if login_id is not None:
        whose = and_(whose, PersonRow.login_id == login_id)
    session.execute(
        delete(ScramVerifierRow).where(
            ScramVerifierRow.person_id.in_(select(PersonRow.id).where(whose))
        )
    )
    session.execute(
        insert(ScramVerifierRow).from_select(
            ["person_id", "password_hash", "verifier"],
            select(PersonRow.id, PersonRow.password_hash, literal(verifier)).where(whose),
        )
    )
