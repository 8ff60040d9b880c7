"""Who is signed in at the console, and how a request shows that it comes from there.

A browser sends the cookie of a session by itself, also for a page that means harm; so each request shows a second
secret, which only pages of our own origin can read: its token, in a header.

Spec: OWASP's Session Management and Cross-Site Request Forgery Prevention cheat sheets (synchroniser token pattern).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from typing import Final

__all__ = [
    "ABSOLUTE_S",
    "COOKIE",
    "IDLE_S",
    "MAX_OF_ONE",
    "MAX_SESSIONS",
    "TOKEN_HEADER",
    "ConsoleSessions",
    "Session",
]

COOKIE: Final = b"cfadmin"
"""Names the session."""

TOKEN_HEADER: Final = b"X-CSRF-Token"
"""Shows its token."""

IDLE_S: Final = 1_800.0
"""A session that nobody has used for so long is over."""

ABSOLUTE_S: Final = 43_200.0
"""Whatever happens, a session is over after so long: a working day."""

MAX_OF_ONE: Final = 10
"""The most sessions of one person; one more ends the one that has not been used for longest."""

MAX_SESSIONS: Final = 1_000
"""The same for all together."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody's session.

    Attributes:
        id: The cookie's value; a secret.
        token: What each request shows as well; a secret that pages of ours read.
        login_id: Whose.
        begun_s: When.
    """

    id: str
    token: str
    login_id: str
    begun_s: float


class ConsoleSessions:
    """All of them; in memory, so they end with the process.

    Args:
        new_secret: Makes a text that nobody guesses.
    """

    def __init__(self, new_secret: Callable[[], str]) -> None:
        self._new_secret = new_secret
        self._sessions: dict[str, Session] = {}
        self._used: dict[str, float] = {}  # the one used last is the last: dicts keep the order

    def __len__(self) -> int:
        """How many there are, with those that are over and were not asked for since."""
        return len(self._sessions)

    def begin(self, login_id: str, now_s: float) -> Session:
        """Begin one.

        Args:
            login_id: Whose; his password has been checked.
            now_s: The clock.
        """
        own = [name for name in self._used if self._sessions[name].login_id == login_id]
        if len(own) >= MAX_OF_ONE:
            self.end(own[0])
        elif len(self._used) >= MAX_SESSIONS:
            self.end(next(iter(self._used)))
        session = Session(self._new_secret(), self._new_secret(), login_id, now_s)
        self._sessions[session.id] = session
        self._used[session.id] = now_s
        return session

    def find(self, name: str, now_s: float) -> Session | None:
        """The session of that cookie; None where it is over or never was. It counts as used.

        Args:
            name: The cookie's value.
            now_s: The clock.
        """
        session = self._sessions.get(name)
        if session is None:
            return None
        if now_s - self._used[name] >= IDLE_S or now_s - session.begun_s >= ABSOLUTE_S:
            self.end(name)
            return None
        del self._used[name]
        self._used[name] = now_s
        return session

    def shown(self, name: str, token: str, now_s: float) -> Session | None:
        """The session of a request that shows both its secrets; None where one is wrong.

        Args:
            name: The cookie's value.
            token: The header's.
            now_s: The clock.
        """
        session = self.find(name, now_s)
        if session is None or not compare_digest(session.token.encode(), token.encode()):
            return None
        return session

    def end(self, name: str) -> None:
        """End one, if it is there."""
        self._sessions.pop(name, None)
        self._used.pop(name, None)

    def end_all_of(self, login_id: str) -> None:
        """End all of somebody's: the password is another, or the person is gone."""
        for name in [one.id for one in self._sessions.values() if one.login_id == login_id]:
            self.end(name)
