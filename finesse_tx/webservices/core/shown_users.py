"""Users as they were shown last: a desktop asks for its user far more often than anything of it changes.

What a user shows is a function of the agent, its queues and the directory; when all three are what they were, so is the
user, and the object is the same one: whoever has written it need not write it again. Nobody has to tell of a change.

Spec: ``rest.md`` §2.1.
"""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Final

from finesse_tx.directory.core.records import Snapshot
from finesse_tx.webservices.core.agents import Agent, Queue
from finesse_tx.webservices.core.objects import User

__all__ = ["ShownUsers"]

_STATE: Final = attrgetter(*(one.name for one in fields(Agent)))
"""All that an agent has of its own."""


class ShownUsers:
    """The users of one model; those of agents that are gone are forgotten with the next change of the directory."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None
        self._shown: dict[str, tuple[tuple[object, ...], User]] = {}

    def __len__(self) -> int:
        return len(self._shown)

    def user(self, agent: Agent, snapshot: Snapshot, queues: dict[int, Queue]) -> User:
        """The user that an agent is shown as.

        Args:
            agent: The agent as it is now.
            snapshot: The directory, likewise.
            queues: The model's.
        """
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._shown.clear()
        own = (*_STATE(agent), *map(queues.get, agent.csq_ids))
        shown = self._shown.get(agent.login_id)
        if shown is not None and shown[0] == own:
            return shown[1]
        user = agent.user(snapshot, queues)
        self._shown[agent.login_id] = own, user
        return user
