"""``/Queue``: a queue and its figures.

Spec: ``rest.md`` §6.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.core.objects import Queue, Queues
from finesse_tx.webservices.core.routing import Asker, Call, Route
from finesse_tx.webservices.operations import Operations

__all__ = ["QUEUE"]


async def get_queue(operations: Operations, call: Call[None]) -> Queue:
    """The queue, with its figures as of the last seconds."""
    return operations.queues.queue(call.path["id"])


async def get_queues(operations: Operations, call: Call[None]) -> Queues:
    """The user's queues; a supervisor's with those of everyone in the supervised teams."""
    return operations.queues.of_user(call.person, call.path["id"])


QUEUE: Final[tuple[Route[Operations, Any], ...]] = (
    Route("GET", "/Queue/{id}", (Asker.EVERYONE,), get_queue, response=Queue, refusals=(404,)),
    Route(
        "GET",
        "/User/{id}/Queues",
        (Asker.SELF, Asker.SUPERVISOR, Asker.ADMINISTRATOR),
        get_queues,
        response=Queues,
        refusals=(404,),
    ),
)
"""The table."""
