"""Who may come in: passwords, SCRAM, the tokens of single sign-on, and the secrets of desktops."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Final, NamedTuple

from twisted.logger import Logger

from finesse_tx.composition.given import Given, now
from finesse_tx.composition.preparing import has_scram
from finesse_tx.composition.storage import Storage
from finesse_tx.directory.authenticator import Authenticator
from finesse_tx.directory.checks import Checks
from finesse_tx.directory.core.auth_modes import AuthModes
from finesse_tx.directory.core.tokens import Revocations, Signer
from finesse_tx.directory.desktop_sessions import (
    DesktopSessions,
    SessionAuthenticator,
    revocations,
)
from finesse_tx.directory.scram import ScramAuthenticator
from finesse_tx.directory.service import Directory
from finesse_tx.directory.source_authenticator import SourceAuthenticator
from finesse_tx.directory.tokens import TokenAuthenticator, Tokens
from finesse_tx.interfaces import IAuthenticator, IDirectorySource
from finesse_tx.store.service import Store

__all__ = ["LEFT_DESKTOPS", "REVOKED", "SCRAM_KEY", "TOKEN_KEY", "Entrance", "build_entrance"]

_log = Logger()

SCRAM_KEY: Final = "scram.key"
"""The file in the home folder with what verifiers are made up from; nodes of one directory need the same."""

TOKEN_KEY: Final = "tokens.key"  # noqa: S105  # a file's name
"""The file there with what tokens are signed with; nodes of one directory need the same. A new one voids all tokens."""

LEFT_DESKTOPS: Final = "desktops.left"
"""The file there with the sessions at desktops that ended before their time."""

REVOKED: Final = "tokens.revoked"
"""The file there with the tokens that were taken back before they had expired."""


class Entrance(NamedTuple):
    """Who may come in.

    Attributes:
        known: Takes passwords and tokens: at the console, AXL and the like a desktop's secret is worth nothing.
        authenticator: Takes a desktop's secret as well.
        outside: Asks the directory's source about its people's passwords; None where we have them all.
        modes: How each user signs in.
        tokens: The issuer of single sign-on; None where nobody has any.
        scram: Takes a proof instead of a password; None where nobody could give one.
        sessions: Who is signed in at a desktop.
    """

    known: IAuthenticator
    authenticator: IAuthenticator
    outside: SourceAuthenticator | None
    modes: AuthModes
    tokens: Tokens | None
    scram: ScramAuthenticator | None
    sessions: DesktopSessions


def build_entrance(
    given: Given, storage: Storage, directory: Directory, source: IDirectorySource
) -> Entrance:
    """All ways of signing in, each around the one before: passwords, the source's, tokens, desktops' secrets."""
    passwords = _passwords(given, storage.store, directory)
    known: IAuthenticator = passwords
    outside = _outside(given, directory, source, passwords)
    if outside is not None:
        known = outside
    modes = AuthModes(given.config.sso.mode, given.config.sso.users)
    tokens = _tokens(given, storage.store, directory, modes, passwords)
    if tokens is not None:
        known = TokenAuthenticator(known, directory, tokens)
    scram = _scram(given, directory, passwords)
    sessions = _desktop_sessions(given, storage.store, directory, modes)
    authenticator = SessionAuthenticator(known, sessions)
    return Entrance(known, authenticator, outside, modes, tokens, scram, sessions)


def _passwords(given: Given, store: Store, directory: Directory) -> Authenticator:
    return Authenticator(
        directory,
        Checks(store, at_once=max(1, given.config.store.threads // 2)),
        given.config.security,
        given.reactor,
        secrets.token_bytes,
        makes_verifiers=has_scram(given.config),
    )


def _outside(
    given: Given, directory: Directory, source: IDirectorySource, passwords: Authenticator
) -> SourceAuthenticator | None:
    """Asks the source about its own people, and us about everybody else."""
    if not source.authenticates:
        return None
    return SourceAuthenticator(
        passwords,
        source,
        given.config.directory.provider,
        directory,
        given.config.security,
        passwords.lockouts.people,
        given.reactor,
        secrets.token_bytes,
    )


def _tokens(
    given: Given, store: Store, directory: Directory, modes: AuthModes, passwords: Authenticator
) -> Tokens | None:
    config, home = given.config, given.home
    if config.sso.mode == "NON_SSO":
        return None
    try:
        revocations = Revocations(home.read(REVOKED) or b"")
    except ValueError:
        revocations = Revocations()
        revocations.end_before(int(now().timestamp()))
        _log.warn("{file} cannot be read: everyone signs in for a new token", file=REVOKED)
    return Tokens(
        directory,
        config.sso,
        modes,
        _signer(given),
        revocations,
        passwords.lockouts.people,
        given.reactor,
        now,
        secrets.token_bytes,
        store,
        partial(home.write, REVOKED),
        gives_tickets=not config.cti.client.side_a,
    )


def _scram(
    given: Given, directory: Directory, passwords: Authenticator
) -> ScramAuthenticator | None:
    if not has_scram(given.config):
        return None
    if directory.without_verifier:
        _log.info(
            "SCRAM is offered to XMPP clients once everyone has signed in with a password: {missing} have not yet",
            missing=directory.without_verifier,
        )
    return ScramAuthenticator(
        directory,
        passwords.lockouts,
        given.config.security.scram_iterations,
        given.reactor,
        given.home.secret(SCRAM_KEY).encode(),
    )


def _desktop_sessions(
    given: Given, store: Store, directory: Directory, modes: AuthModes
) -> DesktopSessions:
    """Who is signed in at a desktop. The key is that of tokens: nodes of one directory have the same."""
    return DesktopSessions(
        directory,
        modes,
        _signer(given),
        revocations(given.home.read(LEFT_DESKTOPS), int(now().timestamp())),
        given.config.security.desktop_session_s,
        now,
        secrets.token_bytes,
        store,
        partial(given.home.write, LEFT_DESKTOPS),
    )


def _signer(given: Given) -> Signer:
    return Signer(given.home.secret(TOKEN_KEY).encode(), given.config.notification.domain)
