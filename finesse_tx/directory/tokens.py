"""The local issuer of single sign-on, and the check of what it has issued.

A sign-in gives a refresh token, which lasts a working day, and an access token, which is exchanged for another before it
expires. The access token goes wherever a password goes, and as ``Authorization: Bearer``. A user who is locked out is
locked out with a token as well; a bad token is not counted as a bad password: nobody guesses a signature, and a client
whose token has expired must not lock its user out.

Spec: ``rest.md`` §1.2, §11.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final, Protocol

from twisted.internet.defer import Deferred, DeferredLock, fail, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from finesse_tx.config import SSOConfig
from finesse_tx.directory.core.auth_modes import AuthModes
from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError, SignInError
from finesse_tx.directory.core.lockout import LockOut
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.directory.core.tokens import Claims, Issued, Revocations, Signer, Use, is_token
from finesse_tx.interfaces import IAuthenticator, ITokenIssuer, ITokens, IWorkers

__all__ = ["TICKET_S", "TokenAuthenticator", "Tokens"]

TICKET_S: Final = 60
"""How long a ticket lasts: as long as the engine may take to take it."""

_FAMILY_BYTES: Final = 12


class People(Protocol):
    """The directory, as far as tokens need it."""

    def snapshot(self) -> Snapshot:
        """Who there is."""

    def password_hash(self, login_id: str) -> str | None:
        """Somebody's encoded password hash; None for one who has none."""


@implementer(ITokens, ITokenIssuer)
class Tokens:
    """Issues tokens, checks them and takes them back.

    Args:
        people: Who there is.
        config: How long tokens last.
        modes: Who may have one.
        signer: Has the key.
        revocations: What was taken back before.
        lockout: Who is locked out.
        clock: The clock of ``lockout``.
        now: The wall time, in UTC.
        random: So many random bytes.
        workers: For the disk.
        keep: Writes `Revocations.encoded` down; called in a thread, once at a time.
        gives_tickets: Whether the engine asks us whether passwords are right.
    """

    log = Logger()

    def __init__(
        self,
        people: People,
        config: SSOConfig,
        modes: AuthModes,
        signer: Signer,
        revocations: Revocations,
        lockout: LockOut,
        clock: IReactorTime,
        now: Callable[[], datetime],
        random: Callable[[int], bytes],
        workers: IWorkers,
        keep: Callable[[bytes], None],
        *,
        gives_tickets: bool = True,
    ) -> None:
        self._people, self._config, self._modes = people, config, modes
        self._signer, self._revocations, self._lockout = signer, revocations, lockout
        self._clock, self._now, self._random = clock, now, random
        self._workers, self._keep, self._gives_tickets = workers, keep, gives_tickets
        self._keeping = DeferredLock()

    def issue(self, person: Person) -> Issued | None:
        """Give somebody who has just signed in tokens; see `ITokenIssuer`."""
        if self._modes.of(person) != "SSO":
            return None
        now_s = self._seconds()
        claims = Claims(
            person.login_id,
            Use.REFRESH,
            self._random(_FAMILY_BYTES).hex(),
            now_s,
            now_s + self._config.refresh_s,
            self._stamp(person.login_id),
        )
        self.log.info("{user} has signed in for a token", user=person.login_id)
        return self._issued(person, claims, self._signer.token(claims))

    def refresh(self, refresh: str, access: str = "") -> Issued:
        """Give another access token; see `ITokenIssuer`."""
        person, claims = self._checked(refresh, Use.REFRESH)
        if access and self._signer.read(access).family != claims.family:
            raise BadCredentialsError
        return self._issued(person, claims, refresh)

    def revoke(self, token: str) -> Deferred[None]:
        """Take a token back; see `ITokenIssuer`."""
        claims = self._signer.read(token)
        now_s = self._seconds()
        self._revocations.add(claims, claims.began_s + self._config.refresh_s, now_s)
        self.log.info("the tokens of {user} are taken back", user=claims.login_id)
        keeping: Deferred[None] = self._keeping.run(self._keep_now)
        return keeping.addErrback(self._not_kept)

    def _keep_now(self) -> Deferred[None]:
        return self._workers.run(partial(self._keep, self._revocations.encoded))

    def _not_kept(self, failure: Failure) -> None:
        self.log.failure("what was taken back is known until the next start only", failure)

    def person(self, token: str) -> Person:
        """Whose access token that is; see `ITokens`."""
        return self._checked(token, Use.ACCESS)[0]

    def ticket(self, person: Person) -> str:
        """A password for the engine; see `ITokens`."""
        if not self._gives_tickets:
            return ""
        stamp = self._stamp(person.login_id)
        return self._signer.ticket(person.login_id, stamp, self._seconds() + TICKET_S)

    def is_ticket(self, text: str, person: Person) -> bool:
        """Whether that is somebody's ticket."""
        stamp = self._stamp(person.login_id)
        return self._signer.is_ticket(text, person.login_id, stamp, self._seconds())

    def refuse_locked_out(self, person: Person) -> None:
        """Nobody gets past a lock-out.

        Raises:
            LockedOutError: This user is locked out.
        """
        until_s = self._lockout.locked_until(person.login_id, self._clock.seconds())
        if until_s is not None:
            raise LockedOutError(until_s)

    def _checked(self, token: str, use: Use) -> tuple[Person, Claims]:
        claims = self._signer.read(token)
        person = self._people.snapshot().person(claims.login_id)
        if (
            person is None
            or claims.use is not use
            or claims.login_id != person.login_id
            or self._seconds() >= claims.until_s
            or self._revocations.holds(claims)
            or claims.stamp != self._stamp(person.login_id)
            or self._modes.of(person) != "SSO"
        ):
            raise BadCredentialsError
        self.refuse_locked_out(person)
        return person, claims

    def _issued(self, person: Person, refresh: Claims, encoded: str) -> Issued:
        now_s = self._seconds()
        until_s = min(now_s + self._config.access_s, refresh.until_s)
        access = replace(refresh, use=Use.ACCESS, until_s=until_s)
        left_s = refresh.until_s - now_s
        return Issued(person, self._signer.token(access), encoded, until_s - now_s, left_s)

    def _stamp(self, login_id: str) -> str:
        return self._signer.stamp(self._people.password_hash(login_id) or "")

    def _seconds(self) -> int:
        return int(self._now().timestamp())


@implementer(IAuthenticator)
class TokenAuthenticator:
    """Takes a token wherever a password is taken: XMPP, BOSH, HTTP Basic, the engine.

    Args:
        passwords: Checks passwords.
        people: Who there is.
        tokens: Checks tokens.
    """

    def __init__(self, passwords: IAuthenticator, people: People, tokens: Tokens) -> None:
        self._passwords, self._people, self._tokens = passwords, people, tokens

    def authenticate(self, username: str, password: str) -> Deferred[Person]:
        """Check a password or a token; see `IAuthenticator`. A token must be the named user's own."""
        person = self._people.snapshot().person(username)
        try:
            if is_token(password):
                if person is None or self._tokens.person(password) != person:
                    return fail(BadCredentialsError())
                return succeed(person)
            if person is not None and self._tokens.is_ticket(password, person):
                self._tokens.refuse_locked_out(person)
                return succeed(person)
        except SignInError as error:
            return fail(error)
        return self._passwords.authenticate(username, password)
