"""The words of media other than voice, as Finesse has them.

Spec: ``rest.md`` §4.3 (non-voice), §5.1.
"""

from __future__ import annotations

from enum import Enum

__all__ = ["TaskAction", "TaskDialogState"]


class TaskDialogState(Enum):
    """The state of a dialog that is a task, and of the agent in it."""

    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    WRAPPING_UP = "WRAPPING_UP"
    INTERRUPTED = "INTERRUPTED"
    CLOSED = "CLOSED"


class TaskAction(Enum):
    """What an agent may do with a task."""

    ACCEPT = "ACCEPT"
    START = "START"
    PAUSE = "PAUSE"
    RESUME = "RESUME"
    WRAP_UP = "WRAP_UP"
    CLOSE = "CLOSE"
    TRANSFER = "TRANSFER"
