"""What changes, with the object as it is then: what `finesse_tx.webservices.core.model` returns.

Spec: ``notifications.md`` §5.1.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from finesse_tx.cti.core.message import Message
from finesse_tx.webservices.core.objects import Dialog, TeamUser, User
from finesse_tx.webservices.core.updates import Event

__all__ = [
    "Announcement",
    "Change",
    "DialogChange",
    "MemberChange",
    "QueueChange",
    "QueuesChange",
    "UserChange",
    "queues_change",
]


@dataclass(frozen=True, slots=True)
class UserChange:
    """A user is now like this.

    Attributes:
        login_id: Whose.
        event: PUT for changed, POST for configured, DELETE for removed.
        user: As it is now, for the user's own node.
        member: As it is now, for its team's node.
        team_id: That team; None for a user without one, or when the team's node is told by a `MemberChange`.
    """

    login_id: str
    event: Event
    user: User
    member: TeamUser
    team_id: int | None


@dataclass(frozen=True, slots=True)
class DialogChange:
    """A dialog of a user is now like this.

    Attributes:
        login_id: Whose.
        event: POST for a new one, PUT for changed, DELETE for gone.
        dialog: As it is now; for DELETE, as it was last.
        is_own: Whether the user made the call.
    """

    login_id: str
    event: Event
    dialog: Dialog
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A user has come to a team, or left it.

    Attributes:
        login_id: Whose.
        event: POST for come, DELETE for left.
        member: As it is now.
        team_id: That team.
    """

    login_id: str
    event: Event
    member: TeamUser
    team_id: int


@dataclass(frozen=True, slots=True)
class QueueChange:
    """A queue is another one now.

    Attributes:
        csq_id: Which.
        event: PUT for changed, DELETE for gone.
    """

    csq_id: int
    event: Event


@dataclass(frozen=True, slots=True)
class QueuesChange:
    """A user has other queues now.

    Attributes:
        login_id: Whose.
        event: POST for more, DELETE for fewer.
        csq_ids: Which have come, or gone.
    """

    login_id: str
    event: Event
    csq_ids: tuple[int, ...]


Change = UserChange | DialogChange | MemberChange | QueueChange | QueuesChange


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is told after an outage, some in each turn.

    Attributes:
        changes: What is still to be told.
        held: The events that came meanwhile: they are about what clients have not been told yet.
    """

    changes: Iterator[Change]
    held: deque[Message]


def queues_change(login_id: str, was: Iterable[int], now: Iterable[int]) -> Iterator[QueuesChange]:
    """What it is to have other queues: first those that have gone, then those that have come."""
    before, after = frozenset(was), frozenset(now)
    if gone := before - after:
        yield QueuesChange(login_id, "DELETE", tuple(sorted(gone)))
    if come := after - before:
        yield QueuesChange(login_id, "POST", tuple(sorted(come)))
