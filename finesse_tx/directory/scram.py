"""Signing in with SCRAM-SHA-256: whose verifier is shown, and what comes of a proof.

Nothing here is slow: the verifiers were made when the passwords were last checked. A name that nobody has, and a
person who has no verifier yet, get one that no password fits, so that nobody learns who exists. Two things still
tell: iterations that differ from today's, until the person's next sign-in by password, and a lost key file.

Spec: RFC 5802 §9 (what an attacker may learn), ``rest.md`` §1.2 (the lock-out, which counts all ways together).
"""

from __future__ import annotations

from typing import Protocol

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from zope.interface import implementer

from finesse_tx.directory.authenticator import MAX_NAME
from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError
from finesse_tx.directory.core.lockout import LockOut, LockOuts
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.directory.core.scram import ScramVerifier, made_up
from finesse_tx.interfaces import IScramAuthenticator

__all__ = ["ScramAuthenticator", "ScramPeople"]


class ScramPeople(Protocol):
    """The directory, as far as SCRAM needs it."""

    def snapshot(self) -> Snapshot:
        """Who there is."""

    @property
    def without_verifier(self) -> int:
        """How many people have a password of ours and could not sign in with SCRAM yet."""

    def scram_verifier(self, login_id: str) -> ScramVerifier | None:
        """What SCRAM is checked with for somebody; None for one who has nothing yet."""


@implementer(IScramAuthenticator)
class ScramAuthenticator:
    """Checks proofs.

    Args:
        people: Who there is.
        lockouts: Those of the passwords: a wrong proof is a bad password.
        iterations: What made-up verifiers have.
        clock: The one of the lock-outs.
        key: A secret that is the same at each start, and on each node of one directory.
    """

    log = Logger()

    def __init__(
        self,
        people: ScramPeople,
        lockouts: LockOuts,
        iterations: int,
        clock: IReactorTime,
        key: bytes,
    ) -> None:
        self._people, self._lockouts, self._clock = people, lockouts, clock
        self._iterations, self._key = iterations, key

    def is_ready(self) -> bool:
        """Whether everyone could come in like this; see `IScramAuthenticator`."""
        return not self._people.without_verifier

    def verifier(self, username: str) -> ScramVerifier:
        """What to check a proof with; see `IScramAuthenticator`."""
        if len(username) > MAX_NAME:
            raise BadCredentialsError
        person, user, lockout = self._who(username)
        self._refuse_locked_out(user, lockout)
        kept = self._people.scram_verifier(user) if person is not None else None
        return kept or made_up(user, self._key, self._iterations)

    def settle(self, username: str, verifier: ScramVerifier, proved: bool) -> Person:
        """Let somebody in, or count a failed attempt; see `IScramAuthenticator`."""
        person, user, lockout = self._who(username)
        # Anew, for both: others may have failed, or the password have changed, since the verifier was shown.
        self._refuse_locked_out(user, lockout)
        if not proved or person is None or self._people.scram_verifier(user) != verifier:
            now = self._clock.seconds()
            lockout.failed(user, now)
            if person is not None and lockout.locked_until(user, now) is not None:
                self.log.warn("{user} is locked out after too many bad passwords", user=user)
            raise BadCredentialsError
        lockout.succeeded(user)
        return person

    def _who(self, username: str) -> tuple[Person | None, str, LockOut]:
        person = self._people.snapshot().person(username)
        if person is None:
            return None, username.casefold(), self._lockouts.strangers
        return person, person.login_id, self._lockouts.people

    def _refuse_locked_out(self, user: str, lockout: LockOut) -> None:
        until_s = lockout.locked_until(user, self._clock.seconds())
        if until_s is not None:
            raise LockedOutError(until_s)
