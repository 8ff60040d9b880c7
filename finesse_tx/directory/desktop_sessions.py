"""Who is signed in at a desktop: a secret stands for the password there, so that the browser never keeps that.

A session ends with the sign-out, after its time, when the password changes, and when the person is disabled or gone. All
else that it is checked with is in the secret, so that it outlives a restart; what is remembered is which of them were
ended before their time. A secret is no guess: a wrong one is not counted as a bad password, and somebody who is locked out
goes on with the work that is begun, or else five wrong passwords would put anybody off the phone.

Spec: ``desktop.md`` §3.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final, Protocol

from twisted.internet.defer import Deferred, DeferredLock, fail, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from finesse_tx.directory.core.auth_modes import AuthModes
from finesse_tx.directory.core.errors import BadCredentialsError, SignInError
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.directory.core.tokens import Claims, Revocations, Signer, is_secret
from finesse_tx.interfaces import IAuthenticator, IDesktopSessions, IWorkers

__all__ = ["DesktopSessions", "SessionAuthenticator", "revocations"]

_FAMILY_BYTES: Final = 6

_log = Logger()


class People(Protocol):
    """The directory, as far as sessions need it."""

    def snapshot(self) -> Snapshot:
        """Who there is."""

    def password_hash(self, login_id: str) -> str | None:
        """Somebody's encoded password hash; None for one who has none."""


def revocations(kept: bytes | None, now_s: int) -> Revocations:
    """Read which sessions were ended; where that cannot be read, all are.

    Args:
        kept: What was written down; None for nothing.
        now_s: As of now.
    """
    try:
        return Revocations(kept or b"")
    except ValueError:
        found = Revocations()
        found.end_before(now_s)
        _log.warn("which desktops were left cannot be read: everybody signs in again")
        return found


@implementer(IDesktopSessions)
class DesktopSessions:
    """Begins sessions, knows them and ends them.

    Args:
        people: Who there is.
        modes: Who has single sign-on.
        signer: Has the key.
        ended: Which were ended before.
        lasts_s: How long one lasts.
        now: The wall time, in UTC.
        random: So many random bytes.
        workers: For the disk.
        keep: Writes `Revocations.encoded` down; called in a thread, once at a time.
    """

    log = Logger()

    def __init__(
        self,
        people: People,
        modes: AuthModes,
        signer: Signer,
        ended: Revocations,
        lasts_s: int,
        now: Callable[[], datetime],
        random: Callable[[int], bytes],
        workers: IWorkers,
        keep: Callable[[bytes], None],
    ) -> None:
        self._people, self._modes, self._signer = people, modes, signer
        self._ended, self._lasts_s = ended, lasts_s
        self._now, self._random, self._workers, self._keep = now, random, workers, keep
        self._keeping = DeferredLock()
        self._followers: list[Callable[[str, str], object]] = []

    def follow(self, ended: Callable[[str, str], object]) -> None:
        """Tell somebody of sessions that are ended; see `IDesktopSessions`."""
        self._followers.append(ended)

    def begin(self, person: Person) -> tuple[str, int]:
        """Begin one; see `IDesktopSessions`."""
        family = self._random(_FAMILY_BYTES).hex()
        stamp = self._stamp(person.login_id)
        secret = self._signer.secret(person.login_id, stamp, family, self._seconds())
        self.log.info("{user} has signed in at a desktop", user=person.login_id)
        return secret, self._lasts_s

    def person(self, username: str, secret: str) -> Person:
        """Whose it is; see `IDesktopSessions`."""
        person = self._people.snapshot().person(username)
        if person is None:
            raise BadCredentialsError
        self._claims(person, secret)
        return person

    def auth_mode(self, person: Person) -> str:
        """How gadgets show who asks; see `IDesktopSessions`."""
        return self._modes.of(person)

    def end(self, person: Person, secret: str) -> Deferred[None]:
        """End one; see `IDesktopSessions`."""
        try:
            claims = self._claims(person, secret)
        except BadCredentialsError:
            return succeed(None)
        self._ended.add(claims, claims.until_s, self._seconds())
        self.log.info("{user} has left a desktop", user=person.login_id)
        for follower in self._followers:
            follower(claims.login_id, claims.family)
        keeping: Deferred[None] = self._keeping.run(self._keep_now)
        return keeping.addErrback(self._not_kept)

    def _claims(self, person: Person, secret: str) -> Claims:
        stamp = self._stamp(person.login_id)
        claims = self._signer.read_secret(secret, person.login_id, stamp, self._lasts_s)
        if self._seconds() >= claims.until_s or self._ended.holds(claims):
            raise BadCredentialsError
        return claims

    def _keep_now(self) -> Deferred[None]:
        return self._workers.run(partial(self._keep, self._ended.encoded))

    def _not_kept(self, failure: Failure) -> None:
        self.log.failure("which desktops were left is known until the next start only", failure)

    def _stamp(self, login_id: str) -> str:
        return self._signer.stamp(self._people.password_hash(login_id) or "")

    def _seconds(self) -> int:
        return int(self._now().timestamp())


@implementer(IAuthenticator)
class SessionAuthenticator:
    """Takes a desktop's secret where its person's password is taken: REST, XMPP, gadgets, the engine.

    Args:
        passwords: Checks everything else.
        sessions: Checks secrets.
    """

    def __init__(self, passwords: IAuthenticator, sessions: IDesktopSessions) -> None:
        self._passwords, self._sessions = passwords, sessions

    def authenticate(self, username: str, password: str) -> Deferred[Person]:
        """Check a password or a secret; see `IAuthenticator`."""
        if not is_secret(password):
            return self._passwords.authenticate(username, password)
        try:
            return succeed(self._sessions.person(username, password))
        except SignInError as error:
            return fail(error)
