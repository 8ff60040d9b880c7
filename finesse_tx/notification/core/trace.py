"""Whose stanzas are written into the log, and how: readable, and without what is a secret.

What people sign in with never gets here: a stream has nobody's name before that.
"""

from __future__ import annotations

import re
from typing import Final

from finesse_tx.errors import FinesseError

__all__ = ["MAX_CHARACTERS", "MAX_TRACED", "Trace", "TraceError", "readable"]

MAX_TRACED: Final = 16
"""How many people may be traced at once: each of their stanzas is a line of the log."""

MAX_CHARACTERS: Final = 4_096
"""How much of one stanza is written."""

_SECRET: Final = re.compile(
    r"(?P<begin>(?:&lt;|<)(?P<name>value|password|apiKey)(?:&gt;|>))(?:(?!&lt;|<).)*(?=&lt;/(?P=name)&gt;|</(?P=name)>)",
    re.DOTALL | re.IGNORECASE,
)
"""What customers have typed or said (values of call variables), and passwords; escaped or not."""


class TraceError(FinesseError):
    """Nobody else can be traced now."""

    def __str__(self) -> str:
        return f"{MAX_TRACED} people are traced already: end one with --off first"


class Trace:
    """Whose stanzas are written into the log."""

    def __init__(self) -> None:
        self._people: dict[str, None] = {}

    def __bool__(self) -> bool:
        """Whether anybody's are."""
        return bool(self._people)

    def __contains__(self, login_id: str) -> bool:
        """Whether this person's are."""
        return login_id in self._people

    @property
    def people(self) -> list[str]:
        """Everybody whose are, the first one first."""
        return list(self._people)

    def switch(self, login_id: str, *, on: bool) -> None:
        """Begin or end.

        Raises:
            TraceError: There are too many.
        """
        if not on:
            self._people.pop(login_id, None)
        elif login_id not in self._people and len(self._people) >= MAX_TRACED:
            raise TraceError
        else:
            self._people[login_id] = None


def readable(stanza: bytes) -> str:
    """A stanza for the log: secrets as ``…``, and no more than `MAX_CHARACTERS`."""
    text = _SECRET.sub(r"\g<begin>…", stanza.decode())
    return (
        text
        if len(text) <= MAX_CHARACTERS
        else f"{text[:MAX_CHARACTERS]}… ({len(text)} characters)"
    )
