"""Sessions: a cookie in the place of a password, for as long as it is used.

Spec: ``axl.md`` §3.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

__all__ = ["COOKIE", "IDLE_S", "MAX_SESSIONS", "Sessions"]

COOKIE: Final = "JSESSIONIDSSO"

IDLE_S: Final = 1_800.0
"""How long a session lasts that nobody uses."""

MAX_SESSIONS: Final = 10_000
"""How many there may be; beyond it, the one that was used longest ago ends."""


class Sessions:
    """Who has shown a password not long ago.

    Args:
        idle_s: `IDLE_S` but for tests.
        most: `MAX_SESSIONS` but for tests.
    """

    def __init__(self, idle_s: float = IDLE_S, most: int = MAX_SESSIONS) -> None:
        self._idle_s, self._most = idle_s, most
        self._sessions: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def begin(self, name: str, login_id: str, now: float) -> None:
        """A session begins.

        Args:
            name: The cookie: nobody can guess it.
            login_id: Whose.
            now: In seconds.
        """
        self._sessions[name] = login_id, now
        if len(self._sessions) > self._most:
            self._sessions.popitem(last=False)

    def login_id(self, name: str, now: float) -> str:
        """Whose session that is, which lasts for another while then; empty: nobody's any more."""
        login_id, used = self._sessions.get(name, ("", now))
        if not login_id:
            return ""
        if now - used >= self._idle_s:
            del self._sessions[name]
            return ""
        self._sessions[name] = login_id, now
        self._sessions.move_to_end(name)
        return login_id
