"""Why somebody was signed out: a record of every forced sign-out, the latest ones first to be asked for.

"Why was I logged out" is the question that support hears most (``engine.md`` §2.5).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from finesse_tx.notification.core.departure import Departure

__all__ = ["MAX_RECORDS", "Audit", "Outcome", "SignOut"]

MAX_RECORDS: Final = 1_000
"""How many sign-outs are remembered; the oldest is forgotten first. The log has them all."""


class Outcome(Enum):
    """What became of a sign-out."""

    DONE = "done"
    """The engine took it: the agent is signed out, or will be when the call is over."""
    TAKEN_BACK = "taken back"
    """The desktop came back before the call was over."""
    NEWER_SESSION = "newer session"
    """The agent has signed in anew meanwhile, here or elsewhere."""
    REFUSED = "refused"
    """The engine would not."""


@dataclass(frozen=True, slots=True)
class SignOut:
    """One forced sign-out.

    Attributes:
        login_id: Whose.
        session_id: Which session it was meant for; empty when it was not known.
        cause: Why the desktop was gone.
        lost_at: Since when, in UTC.
        decided_at: When it was to be signed out, in UTC.
        outcome: What became of it.
        detail: The engine's refusal, if that is it.
    """

    login_id: str
    session_id: str
    cause: Departure
    lost_at: datetime
    decided_at: datetime
    outcome: Outcome
    detail: str = ""


class Audit:
    """The latest sign-outs."""

    def __init__(self, most: int = MAX_RECORDS) -> None:
        self._records: deque[SignOut] = deque(maxlen=most)

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: SignOut) -> None:
        """Remember one."""
        self._records.append(record)

    def of(self, login_id: str = "") -> Iterator[SignOut]:
        """Those of a person, or everybody's, the latest first."""
        return (one for one in reversed(self._records) if not login_id or one.login_id == login_id)
