"""Whether people are who they say: the cache, the lock-out and the slow check, in that order.

Spec: ``rest.md`` §1.2. A name that nobody has is treated like any other, at every step and at the same cost.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple, Protocol

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from zope.interface import implementer

from finesse_tx.config import SecurityConfig
from finesse_tx.directory.checks import Checks, Question, Verdict
from finesse_tx.directory.core.credentials import CredentialCache
from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError
from finesse_tx.directory.core.lockout import LockOut, LockOuts
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.directory.core.scram import SALT_BYTES, ScramVerifier, verifier
from finesse_tx.directory.passwords import MAX_PASSWORD, Passwords
from finesse_tx.interfaces import IAuthenticator

__all__ = ["MAX_CACHED", "MAX_NAME", "MAX_PEOPLE", "MAX_STRANGERS", "Authenticator", "People"]

MAX_NAME: Final = 255
"""A name of more characters is nobody's, and its check costs nothing."""

MAX_CACHED: Final = 50_000
"""How many verified credentials are remembered."""

MAX_PEOPLE: Final = 50_000
"""How many people's bad passwords are counted."""

MAX_STRANGERS: Final = 10_000
"""How many made-up names' are; apart from the people's, which they must not push out."""


class People(Protocol):
    """The directory, as far as passwords need it."""

    def snapshot(self) -> Snapshot:
        """Who there is."""

    def password_hash(self, login_id: str) -> str | None:
        """Somebody's encoded password hash; None for one who has none."""

    def renew_password_hash(self, login_id: str, was: str, now: str) -> None:
        """Keep another hash of the same password."""

    def scram_verifier(self, login_id: str) -> ScramVerifier | None:
        """What SCRAM is checked with for somebody; None for one who has nothing yet."""

    def keep_verifier(self, login_id: str, password_hash: str, verifier: ScramVerifier) -> None:
        """Keep what was made of somebody's password, whose hash that is."""


@implementer(IAuthenticator)
class Authenticator:
    """Checks passwords, for REST, XMPP and the engine together.

    Args:
        people: Who there is.
        checks: Where the slow check is made.
        config: How passwords are hashed, for how long one is believed, and what locks a user out.
        clock: Tells the time; `LockedOutError.until_s` is one of its.
        random: So many random bytes, for secrets that live as long as the process, and for salts.
        makes_verifiers: Whether a password that turns out right is also made into what SCRAM is checked with,
            where there is nothing of it yet.

    Attributes:
        lockouts: Who has typed bad passwords, or proved wrongly that they know theirs.
    """

    log = Logger()

    def __init__(
        self,
        people: People,
        checks: Checks,
        config: SecurityConfig,
        clock: IReactorTime,
        random: Callable[[int], bytes],
        *,
        makes_verifiers: bool = False,
    ) -> None:
        self._people, self._checks, self._clock = people, checks, clock
        self._passwords = Passwords(config)
        self._nobodys_hash = self._passwords.nobodys(random(48))
        self._cache = CredentialCache(random(32), config.credential_cache_s, MAX_CACHED)
        self.lockouts = LockOuts(
            LockOut(config.lockout_attempts, config.lockout_s, MAX_PEOPLE),
            LockOut(config.lockout_attempts, config.lockout_s, MAX_STRANGERS),
        )
        self._random = random
        self._iterations = config.scram_iterations if makes_verifiers else 0

    def authenticate(self, username: str, password: str) -> Deferred[Person]:
        """Check a password; see `IAuthenticator`."""
        if len(username) > MAX_NAME or len(password) > MAX_PASSWORD:
            return fail(BadCredentialsError())
        now = self._clock.seconds()
        person = self._people.snapshot().person(username)
        if person is not None:
            user, lockout = person.login_id, self.lockouts.people
            encoded = self._people.password_hash(user) or self._nobodys_hash
        else:
            user, lockout, encoded = (
                username.casefold(),
                self.lockouts.strangers,
                self._nobodys_hash,
            )
        if (until_s := lockout.locked_until(user, now)) is not None:
            return fail(LockedOutError(until_s))
        digest = self._cache.digest(user, encoded, password)
        if person is not None and self._cache.holds(digest, now):
            lockout.succeeded(user)
            return succeed(person)
        question = Question(
            digest,
            user,
            person is None,
            partial(_check, self._passwords, encoded, password, self._missing(user)),
            partial(self._settle, person is None, user, encoded, digest),
        )
        # Not more guesses at once than would lock the user out: none of them is free.
        return self._checks.ask(question, lockout.left(user, now))

    def _settle(
        self, stranger: bool, user: str, encoded: str, digest: bytes, verdict: Verdict
    ) -> Person:
        now = self._clock.seconds()
        lockout = self.lockouts.strangers if stranger else self.lockouts.people
        # Anew: the directory may have been reloaded while the check ran.
        person = None if stranger else self._people.snapshot().person(user)
        if person is None or not verdict.right:
            lockout.failed(user, now)
            if not stranger and lockout.locked_until(user, now) is not None:
                self.log.warn("{user} is locked out after too many bad passwords", user=user)
            raise BadCredentialsError
        lockout.succeeded(user)
        self._cache.add(digest, now)
        if verdict.renewed:
            self._people.renew_password_hash(user, encoded, verdict.renewed)
        if verdict.verifier is not None:
            self._people.keep_verifier(user, verdict.renewed or encoded, verdict.verifier)
        return person

    def _missing(self, user: str) -> _Parameters | None:
        """What to make a verifier with, for somebody who has none or one of other parameters."""
        if not self._iterations:
            return None
        kept = self._people.scram_verifier(user)
        if kept is not None and kept.iterations == self._iterations:
            return None
        return _Parameters(self._random(SALT_BYTES), self._iterations)


class _Parameters(NamedTuple):
    """Of a verifier."""

    salt: bytes
    iterations: int


def _check(
    passwords: Passwords, encoded: str, password: str, missing: _Parameters | None
) -> Verdict:
    """Check a password, in a thread."""
    if not passwords.verify(encoded, password):
        return Verdict(right=False)
    return Verdict(
        right=True,
        renewed=passwords.hash(password) if passwords.outdated(encoded) else "",
        verifier=verifier(password, *missing) if missing is not None else None,
    )
