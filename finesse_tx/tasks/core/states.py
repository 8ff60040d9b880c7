"""The states of a task and of an agent in a medium, and what leads from one to another.

Spec: ``rest.md`` §4.3 (non-voice dialogs), §10.1 (Media); the public REST guide, "Agent States for Nonvoice Media" (the
order in which several tasks make one state).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

__all__ = [
    "BEGUN",
    "STEP",
    "Action",
    "Disposition",
    "InterruptAction",
    "LogoutAction",
    "MediaState",
    "TaskState",
    "actions",
    "media_state",
]


class TaskState(Enum):
    """Where a task is; what has an agent is named as its dialog's state is."""

    QUEUED = "QUEUED"
    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    WRAPPING_UP = "WRAPPING_UP"
    CLOSED = "CLOSED"


BEGUN: Final = frozenset(
    {TaskState.ACCEPTED, TaskState.ACTIVE, TaskState.PAUSED, TaskState.WRAPPING_UP}
)
"""An agent has accepted it, and not yet closed it."""


class Action(Enum):
    """What an agent does with a task."""

    ACCEPT = "ACCEPT"
    START = "START"
    PAUSE = "PAUSE"
    RESUME = "RESUME"
    WRAP_UP = "WRAP_UP"
    CLOSE = "CLOSE"
    TRANSFER = "TRANSFER"


STEP: Final[Mapping[tuple[TaskState, Action], TaskState]] = MappingProxyType(
    {
        (TaskState.OFFERED, Action.ACCEPT): TaskState.ACCEPTED,
        (TaskState.ACCEPTED, Action.START): TaskState.ACTIVE,
        (TaskState.ACCEPTED, Action.CLOSE): TaskState.CLOSED,
        (TaskState.ACCEPTED, Action.TRANSFER): TaskState.QUEUED,
        (TaskState.ACTIVE, Action.PAUSE): TaskState.PAUSED,
        (TaskState.ACTIVE, Action.WRAP_UP): TaskState.WRAPPING_UP,
        (TaskState.ACTIVE, Action.CLOSE): TaskState.CLOSED,
        (TaskState.ACTIVE, Action.TRANSFER): TaskState.QUEUED,
        (TaskState.PAUSED, Action.RESUME): TaskState.ACTIVE,
        (TaskState.PAUSED, Action.WRAP_UP): TaskState.WRAPPING_UP,
        (TaskState.PAUSED, Action.CLOSE): TaskState.CLOSED,
        (TaskState.PAUSED, Action.TRANSFER): TaskState.QUEUED,
        (TaskState.WRAPPING_UP, Action.CLOSE): TaskState.CLOSED,
    }
)
"""What an agent may do; nothing else is possible."""


def actions(state: TaskState) -> tuple[Action, ...]:
    """What may be done with a task in that state, in the order of `Action`."""
    return tuple(action for action in Action if (state, action) in STEP)


class Disposition(Enum):
    """Why a dialog has ended; the value is ``dispositionCode``."""

    NORMAL = "CD_NORMAL_END_TASK"
    TRANSFERRED = "CD_TASK_TRANSFER"
    TRANSFERRED_ON_SIGN_OUT = "CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT"
    NOT_ACCEPTED = "CD_RING_NO_ANSWER"
    TOO_LONG = "CD_MAX_DIALOG_LIFETIME_EXCEEDED"
    ABANDONED = "CD_TASK_ABANDONED_WHILE_OFFERED"
    SIGNED_OUT = "CD_AGENT_LOGGED_OUT_DURING_DIALOG"


class InterruptAction(Enum):
    """What an agent wants when a call, or a task that cannot be interrupted, comes between."""

    ACCEPT = "ACCEPT"
    IGNORE = "IGNORE"


class LogoutAction(Enum):
    """What becomes of an agent's tasks when the agent signs out."""

    CLOSE = "CLOSE"
    TRANSFER = "TRANSFER"


class MediaState(Enum):
    """An agent's state in a medium."""

    LOGOUT = "LOGOUT"
    NOT_READY = "NOT_READY"
    READY = "READY"
    INTERRUPTED = "INTERRUPTED"
    ACTIVE = "ACTIVE"
    WORK_READY = "WORK_READY"
    PAUSED = "PAUSED"
    RESERVED = "RESERVED"


def media_state(*, ready: bool, interrupted: bool, tasks: Collection[TaskState]) -> MediaState:
    """The one state that an agent's tasks make in a medium that the agent is signed in to.

    Args:
        ready: Whether the agent has asked for tasks.
        interrupted: Whether something else comes first.
        tasks: The states of what the agent has there.
    """
    if not ready:
        return MediaState.NOT_READY
    if not tasks:
        return MediaState.READY
    if interrupted:
        return MediaState.INTERRUPTED
    if TaskState.ACTIVE in tasks or TaskState.ACCEPTED in tasks:
        return MediaState.ACTIVE
    if TaskState.WRAPPING_UP in tasks:
        return MediaState.WORK_READY
    return MediaState.PAUSED if TaskState.PAUSED in tasks else MediaState.RESERVED
