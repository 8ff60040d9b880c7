"""``/ccp/task``: where applications submit tasks; ``/ccp/rest/task`` is the same.

Spec: the public Task Routing guide, "Task Submission API Commands"; both paths occur in it.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.core.routing import Asker, Call, Reply, Route
from finesse_tx.webservices.core.task_feed import TaskBody, TaskStatus, contact_path
from finesse_tx.webservices.task_feed import TaskFeed

__all__ = ["TASK_FEED"]


async def post_task(feed: TaskFeed, call: Call[TaskBody]) -> Reply:
    """Submit a task; ``Location`` is where it can be asked for."""
    contact_id = await feed.submit(call.person, call.path["feed_id"], call.body)
    return Reply(headers={"Location": f"{call.origin.base}{contact_path(contact_id)}"})


async def get_task(feed: TaskFeed, call: Call[None]) -> TaskStatus:
    """What has become of a task."""
    return feed.status(call.person, call.path["id"])


async def delete_task(feed: TaskFeed, call: Call[None]) -> None:
    """Take a task back that nobody has accepted yet."""
    feed.cancel(call.person, call.path["id"])


_WHO: Final = (Asker.SUBMITTER, Asker.ADMINISTRATOR)

TASK_FEED: Final[tuple[Route[TaskFeed, Any], ...]] = tuple(
    route
    for base in ("/task", "/rest/task")
    for route in (
        Route(
            "POST",
            f"{base}/feed/{{feed_id}}",
            _WHO,
            post_task,
            request=TaskBody,
            status=201,
            refusals=(404,),
        ),
        Route(
            "GET",
            f"{base}/contact/{{id}}",
            _WHO,
            get_task,
            response=TaskStatus,
            refusals=(404,),
            needs_service=False,
        ),
        Route(
            "DELETE",
            f"{base}/contact/{{id}}",
            _WHO,
            delete_task,
            refusals=(400, 404),
            needs_service=False,
        ),
    )
)
"""The table."""
