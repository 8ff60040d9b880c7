"""What a script wants done.

Spec: ``engine.md`` §3.5.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

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


class PlayPrompt(Struct, frozen=True, gc=False):
    """Let the caller hear something; once, or until something else begins."""

    prompt: str
    repeat: bool


class CollectDigits(Struct, frozen=True, gc=False):
    """Let the caller key digits."""

    rules: DigitRules


class SetTimer(Struct, frozen=True, gc=False):
    """Tell `Treatment.time_up` after so long."""

    timer: Timer
    seconds: float


class CancelTimer(Struct, frozen=True, gc=False):
    """Do not."""

    timer: Timer


class Join(Struct, frozen=True, gc=False):
    """Let the contact wait in further queues, of these names."""

    csqs: tuple[str, ...]


class Leave(Struct, frozen=True, gc=False):
    """Take the contact out of queues; None: out of all."""

    csqs: tuple[str, ...] | None


class WantAgent(Struct, frozen=True, gc=False):
    """Let the contact wait for one agent."""

    agent_id: str


class SetPriority(Struct, frozen=True, gc=False):
    """Give the contact another priority."""

    priority: int


class Attach(Struct, frozen=True, gc=False):
    """Change what is attached to the call."""

    change: DataChange


class SendTo(Struct, frozen=True, gc=False):
    """Send the contact to a number, which may ring for so long."""

    number: str
    seconds: float


class End(Struct, frozen=True, gc=False):
    """Hang up."""


class Fault(Struct, frozen=True, gc=False):
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
