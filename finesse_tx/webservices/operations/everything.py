"""All operations, for the routes: each object's under its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from finesse_tx.webservices.core.objects import SystemInfo
from finesse_tx.webservices.operations.dialogs import DialogOperations
from finesse_tx.webservices.operations.queues import QueueOperations
from finesse_tx.webservices.operations.supervision import SupervisionOperations
from finesse_tx.webservices.operations.teams import TeamOperations
from finesse_tx.webservices.operations.users import UserOperations

__all__ = ["Operations"]


@dataclass(frozen=True, slots=True)
class Operations:
    """The operations behind the routes.

    Attributes:
        users: People, their states and reasons.
        dialogs: Their calls.
        supervision: What supervisors do in them.
        queues: Where their callers wait.
        teams: Whom they work with.
        system_info: The SystemInfo object as of now.
    """

    users: UserOperations
    dialogs: DialogOperations
    supervision: SupervisionOperations
    queues: QueueOperations
    teams: TeamOperations
    system_info: Callable[[], SystemInfo]
