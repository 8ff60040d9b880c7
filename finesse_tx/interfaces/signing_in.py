"""Who may come in: with a password, a token, a proof, or the secret of a desktop or the console."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred
from zope.interface import Interface

from finesse_tx.directory.core.records import Person
from finesse_tx.directory.core.scram import ScramVerifier
from finesse_tx.directory.core.tokens import Issued

__all__ = [
    "IAuthenticator",
    "IConsole",
    "IDesktopSessions",
    "IScramAuthenticator",
    "ITokenIssuer",
    "ITokens",
]


class IAuthenticator(Interface):
    """Checks passwords, for REST, XMPP and the engine together."""

    def authenticate(username: str, password: str) -> Deferred[Person]:
        """Check a password.

        Args:
            username: A login id or a login name.
            password: As it was typed.

        Returns:
            Fires with the person, or fails with `BadCredentialsError` (unknown name and wrong password alike),
            `LockedOutError` (whatever the password) or `TooBusyError` (try again later).
        """


class ITokens(Interface):
    """Checks access tokens, which single sign-on gives in the place of a password."""

    def person(token: str) -> Person:
        """Whose token that is.

        Raises:
            SignInError: `BadCredentialsError`: it is none, or expired, or was taken back; `LockedOutError`.
        """

    def ticket(person: Person) -> str:
        """What an engine takes as somebody's password, once and soon; empty where the engine asks somebody else."""


class ITokenIssuer(Interface):
    """Gives tokens to people who have signed in, and takes them back."""

    def issue(person: Person) -> Issued | None:
        """Give somebody who has just signed in tokens; None to one who has no single sign-on."""

    def refresh(refresh: str, access: str = "") -> Issued:
        """Give another access token.

        Args:
            refresh: The refresh token.
            access: The access token so far, which may have expired; empty for none.

        Raises:
            SignInError: They are not good, or do not belong together.
        """

    def revoke(token: str) -> Deferred[None]:
        """Take back a token, and all that came of the same sign-in.

        Returns:
            Fires when that is on disk, or cannot be. It holds at once, whatever becomes of the disk.

        Raises:
            BadCredentialsError: It is none of ours.
        """


class IDesktopSessions(Interface):
    """Knows who is signed in at a desktop, by a secret that stands for the password there."""

    def begin(person: Person) -> tuple[str, int]:
        """Begin a session of somebody whose password has been checked.

        Returns:
            The secret, and in how many seconds it ends.
        """

    def person(username: str, secret: str) -> Person:
        """Whose secret that is.

        Raises:
            BadCredentialsError: It is not that user's, or has ended.
        """

    def auth_mode(person: Person) -> str:
        """How gadgets at that person's desktop show who asks: ``SSO`` or ``NON_SSO``."""

    def end(person: Person, secret: str) -> Deferred[None]:
        """End a session; one that has ended is nothing to complain of.

        Returns:
            Fires when that is on disk, or cannot be. It holds at once, whatever becomes of the disk.
        """

    def follow(ended: Callable[[str, str], object]) -> None:
        """Tell somebody of each session that is ended before its time, once it holds no more.

        Args:
            ended: Called with the login id and with what `finesse_tx.directory.core.tokens.sign_in_of` finds in the secret;
                it must not raise.
        """


class IConsole(Interface):
    """Knows who is signed in at the administration console."""

    def person(cookie: str, token: str) -> Person | None:
        """Whose session both secrets of a request show; None for a request that is not from there.

        Args:
            cookie: The value of the cookie `finesse_tx.admin.core.sessions.COOKIE`.
            token: The value of the header ``X-CSRF-Token``; empty where there is none.
        """


class IScramAuthenticator(Interface):
    """Lets people in who prove that they know their password, without showing it: SCRAM-SHA-256."""

    def is_ready() -> bool:
        """Whether everyone who has a password of ours could come in like this."""

    def verifier(username: str) -> ScramVerifier:
        """What to check somebody's proof with; for a name that nobody has, or has no verifier, a made-up one.

        Args:
            username: A login id or a login name.

        Raises:
            SignInError: `LockedOutError`, or `BadCredentialsError` for a name that is too long.
        """

    def settle(username: str, verifier: ScramVerifier, proved: bool) -> Person:
        """Let somebody in, or count a failed attempt; called once for each proof.

        Args:
            username: As given before.
            verifier: What the proof was checked with.
            proved: Whether it was right.

        Raises:
            SignInError: `BadCredentialsError` or `LockedOutError`.
        """
