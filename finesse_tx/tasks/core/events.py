"""What task routing tells: each event with the values as they are at that moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from finesse_tx.tasks.core.records import Media, Task
from finesse_tx.tasks.core.states import MediaState

__all__ = ["Changes", "Event", "MediaEvent", "TaskEvent"]


@dataclass(frozen=True, slots=True)
class MediaEvent:
    """An agent's state in a domain is another one.

    Attributes:
        media: As it is now; with the state LOGOUT, as it was at the end.
    """

    media: Media

    @property
    def is_over(self) -> bool:
        """Whether the agent is signed out."""
        return self.media.state is MediaState.LOGOUT


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """An agent's task has come, changed, or gone.

    Attributes:
        kind: ``POST``, ``PUT`` or ``DELETE``.
        login_id: Whose.
        task: As it is now; as that agent had it last, closed, where it is gone.
    """

    kind: Literal["POST", "PUT", "DELETE"]
    login_id: str
    task: Task


Event = MediaEvent | TaskEvent


@dataclass(frozen=True, slots=True)
class Changes:
    """What must be kept, since the last time that this was asked.

    Attributes:
        tasks: By contact id; None: keep it no longer.
        media: By login id and domain; None: keep it no longer.
    """

    tasks: dict[str, Task | None] = field(default_factory=dict)
    media: dict[tuple[str, int], Media | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.tasks or self.media)
