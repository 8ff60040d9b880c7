"""What a script wants done.

Spec: ``engine.md`` §3.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from finesse_tx.engine.core.data import DataChange
from finesse_tx.telephony.core.media import DigitRules

__all__ = [
    "Attach",
    "CancelTimer",
    "CollectDigits",
    "Command",
    "End",
    "Fault",
    "Join",
    "Leave",
    "PlayPrompt",
    "SendTo",
    "SetPriority",
    "SetTimer",
    "Timer",
    "WantAgent",
]


class Timer(StrEnum):
    """What a time is set for; there is at most one of each."""

    STEP = "the step that the script is in"
    WAIT = "the wait for an agent"


@dataclass(frozen=True, slots=True)
class PlayPrompt:
    """Let the caller hear something; once, or until something else begins."""

    prompt: str
    repeat: bool


@dataclass(frozen=True, slots=True)
class CollectDigits:
    """Let the caller key digits."""

    rules: DigitRules


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Tell `Treatment.time_up` after so long."""

    timer: Timer
    seconds: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Do not."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class Join:
    """Let the contact wait in further queues, of these names."""

    csqs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """Take the contact out of queues; None: out of all."""

    csqs: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class WantAgent:
    """Let the contact wait for one agent."""

    agent_id: str


@dataclass(frozen=True, slots=True)
class SetPriority:
    """Give the contact another priority."""

    priority: int


@dataclass(frozen=True, slots=True)
class Attach:
    """Change what is attached to the call."""

    change: DataChange


@dataclass(frozen=True, slots=True)
class SendTo:
    """Send the contact to a number, which may ring for so long."""

    number: str
    seconds: float


@dataclass(frozen=True, slots=True)
class End:
    """Hang up."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The script cannot go on: hang up, and say why."""

    source: str
    line: int
    reason: str


Command = (
    PlayPrompt
    | CollectDigits
    | SetTimer
    | CancelTimer
    | Join
    | Leave
    | WantAgent
    | SetPriority
    | Attach
    | SendTo
    | End
    | Fault
)
