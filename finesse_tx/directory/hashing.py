"""Making of a password what is kept of it. Slow by design: never in the reactor's thread."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from finesse_tx.directory.core.edits import SetHash
from finesse_tx.directory.core.scram import SALT_BYTES
from finesse_tx.directory.core.scram import verifier as scram_verifier
from finesse_tx.directory.passwords import Passwords

__all__ = ["hashed", "verifier_of"]


def verifier_of(iterations: int) -> Callable[[str], str]:
    """What makes of a password what SCRAM is checked with, encoded, with a salt of its own."""
    return lambda password: (
        scram_verifier(password, secrets.token_bytes(SALT_BYTES), iterations).encoded
    )


def hashed(
    login_id: str, password: str, passwords: Passwords, verifier: Callable[[str], str] | None
) -> SetHash:
    """What is to be kept.

    Args:
        login_id: Whose password it is.
        password: As it was typed.
        passwords: Hashes it.
        verifier: Makes what SCRAM is checked with, encoded; None: nobody needs it.
    """
    return SetHash(
        login_id, passwords.hash(password), verifier(password) if verifier is not None else ""
    )
