"""Passwords and PINs: of people the directory's, of other users, and all PINs, those that are kept here.

Spec: ``axl.md`` §7 (``doAuthenticateUser``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from twisted.internet.interfaces import IReactorTime

from finesse_tx.config import SecurityConfig
from finesse_tx.directory.core.axl.edits import PASSWORD_HASH, PIN_HASH, AXLEdit
from finesse_tx.directory.core.axl.faults import RefusedError
from finesse_tx.directory.core.axl.fields import Kind
from finesse_tx.directory.core.axl.records import ObjectEdit, ObjectKey, StoredObject
from finesse_tx.directory.core.axl.values import text
from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError, TooBusyError
from finesse_tx.directory.core.lockout import LockOut
from finesse_tx.directory.passwords import MAX_PASSWORD, Passwords
from finesse_tx.interfaces import IAuthenticator, IDirectory, IWorkers

__all__ = ["LOCKED", "MAX_ATTEMPTS", "RIGHT", "WRONG", "Secrets", "with_secrets"]

RIGHT, WRONG, LOCKED = 0, 1, 2
"""The codes of ``doAuthenticateUser``."""

MAX_ATTEMPTS: Final = 10_000
"""How many users' bad PINs, and passwords that are kept here, are counted."""


class Secrets:
    """Checks them.

    Args:
        directory: Who works here.
        authenticator: Checks people's passwords.
        kept: What is kept here of a user, by userid.
        workers: Threads, for what takes long.
        passwords: Checks hashes.
        security: How many bad ones lock somebody out.
        clock: For lock-outs.
    """

    def __init__(
        self,
        directory: IDirectory,
        authenticator: IAuthenticator,
        kept: Callable[[str], StoredObject | None],
        workers: IWorkers,
        passwords: Passwords,
        security: SecurityConfig,
        clock: IReactorTime,
    ) -> None:
        self._directory, self._authenticator, self._kept = directory, authenticator, kept
        self._workers, self._passwords, self._clock = workers, passwords, clock
        self._attempts = LockOut(security.lockout_attempts, security.lockout_s, MAX_ATTEMPTS)

    async def check(self, userid: str, kind: str, secret: str) -> int:
        """Check a password or a PIN: one that is wrong takes as long as one of nobody.

        Args:
            userid: As given.
            kind: ``password`` or ``pin``.
            secret: As given.

        Returns:
            `RIGHT`, `WRONG` or `LOCKED`.

        Raises:
            RefusedError: Too many are being checked.
        """
        person = self._directory.snapshot().person(userid)
        kept = self._kept(person.login_id if person is not None else userid)
        if kind == "pin":
            return await self._check_kept(kept, PIN_HASH, secret)
        if person is None and kept is not None:
            return await self._check_kept(kept, PASSWORD_HASH, secret)
        return await self._check_password(userid, secret)

    async def _check_password(self, userid: str, password: str) -> int:
        try:
            await self._authenticator.authenticate(userid, password)
        except BadCredentialsError:
            return WRONG
        except LockedOutError:
            return LOCKED
        except TooBusyError:
            raise RefusedError(503, "Too many passwords are being checked") from None
        return RIGHT

    async def _check_kept(self, kept: StoredObject | None, name: str, secret: str) -> int:
        """Check what is kept here, as slowly where there is nothing: against a made-up hash."""
        encoded = text(kept.values.get(name)) if kept is not None else ""
        user = f"{name}{kept.key.folded.name}" if kept is not None else ""
        if encoded and self._attempts.locked_until(user, self._clock.seconds()) is not None:
            return LOCKED
        hashed = encoded or self._passwords.nobodys(bytes(48))
        is_right = len(secret) <= MAX_PASSWORD and await self._workers.run(
            lambda: self._passwords.verify(hashed, secret)
        )
        if encoded and is_right:
            self._attempts.succeeded(user)
            return RIGHT
        if encoded:
            self._attempts.failed(user, self._clock.seconds())
        return WRONG


def with_secrets(passwords: Passwords, edit: AXLEdit) -> AXLEdit:
    """The same, with the hashes of the secrets in what is kept of the user; in a thread."""
    key = ObjectKey(Kind.USER.value, edit.about.partition("/")[2])
    kept = {put.key.folded: put for put in edit.objects.puts}
    was = kept.get(key.folded) or StoredObject(key, edit.uuid, edit.before)
    hashes = {name: passwords.hash(secret) for name, secret in edit.secrets}
    kept[key.folded] = replace(was, values={**was.values, **hashes})
    return replace(edit, objects=ObjectEdit(edit.objects.removes, tuple(kept.values())), secrets=())
