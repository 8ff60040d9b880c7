"""Queues, and whose they are.

Spec: ``rest.md`` §6.
"""

from __future__ import annotations

from collections.abc import Callable

from finesse_tx.directory.core.records import Person
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import Queue, Queues, QueueStatistics
from finesse_tx.webservices.operations.people import People

__all__ = ["QueueOperations"]


class QueueOperations:
    """The operations on queues.

    Args:
        model: Agents and queues as of now.
        people: The checks.
        figures: A queue's figures as of now.
    """

    def __init__(
        self,
        model: Callable[[], Model],
        people: People,
        figures: Callable[[int], QueueStatistics],
    ) -> None:
        self._model, self._people, self._figures = model, people, figures

    def queue(self, queue_id: str) -> Queue:
        """A queue, for everyone."""
        number = int(queue_id) if queue_id.isascii() and queue_id.isdigit() else -1
        found = self.find(number)
        if found is None:
            raise ApiError(404, "Not Found", "Invalid queueId specified for queue", queue_id)
        return found

    def find(self, csq_id: int) -> Queue | None:
        """A queue; None when there is none."""
        queue = self._model().queues.get(csq_id)
        if queue is None:
            return None
        return Queue(queue.name, self._figures(csq_id), updates.queue_uri(csq_id))

    def of_user(self, viewer: Person, login_id: str) -> Queues:
        """A user's own queues; a supervisor's are those of everyone in the supervised teams, too."""
        target = self._people.visible(viewer, login_id)
        model, snapshot = self._model(), self._people.snapshot()
        teams = snapshot.supervised_by(target.login_id)
        numbers = {
            csq_id
            for agent in model.agents.values()
            if agent.login_id == target.login_id or (teams and agent.member_of(snapshot) in teams)
            for csq_id in agent.csq_ids
        }
        found = (self.find(csq_id) for csq_id in sorted(numbers))
        return Queues(tuple(queue for queue in found if queue is not None))
