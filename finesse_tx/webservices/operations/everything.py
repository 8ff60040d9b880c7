"""All operations, for the routes: each object's under its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import SystemInfo
from finesse_tx.webservices.core.vocabulary import Words
from finesse_tx.webservices.figures import QueueFigures
from finesse_tx.webservices.operations.devices import DeviceOperations, PhonesAt
from finesse_tx.webservices.operations.dialogs import DialogOperations
from finesse_tx.webservices.operations.dispatch import Dispatch
from finesse_tx.webservices.operations.people import People
from finesse_tx.webservices.operations.queues import QueueOperations
from finesse_tx.webservices.operations.supervision import SupervisionOperations
from finesse_tx.webservices.operations.teams import TeamOperations
from finesse_tx.webservices.operations.users import UserOperations
from finesse_tx.webservices.sessions import Sessions

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
        devices: Their phones.
        system_info: The SystemInfo object as of now.
    """

    users: UserOperations
    dialogs: DialogOperations
    supervision: SupervisionOperations
    queues: QueueOperations
    teams: TeamOperations
    devices: DeviceOperations
    system_info: Callable[[], SystemInfo]

    @classmethod
    def on(
        cls,
        model: Callable[[], Model],
        people: People,
        dispatch: Dispatch,
        sessions: Sessions,
        words: Words,
        figures: QueueFigures,
        phones_at: PhonesAt,
        system_info: Callable[[], SystemInfo],
    ) -> Operations:
        """Make them, on what all of them need."""
        return cls(
            UserOperations(model, people, dispatch, sessions, words),
            DialogOperations(model, people, dispatch, words),
            SupervisionOperations(model, people, dispatch, words),
            QueueOperations(model, people, figures.of),
            TeamOperations(model, people),
            DeviceOperations(phones_at),
            system_info,
        )
