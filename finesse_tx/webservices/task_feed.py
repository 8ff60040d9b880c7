"""Where applications submit tasks, ask for them, and take them back.

The original lets anybody do that; here an application signs in, and sees what it has submitted itself.

Spec: the public Task Routing guide, "Task Submission API Commands".
"""

from __future__ import annotations

from collections.abc import Collection

from twisted.logger import Logger

from finesse_tx.directory.core.records import Person, Role
from finesse_tx.interfaces import ITaskRouting
from finesse_tx.store.core.errors import StoreError
from finesse_tx.tasks.core.errors import NoSuchTargetError, TooManyTasksError
from finesse_tx.tasks.core.records import Task
from finesse_tx.webservices.core.errors import ApiError, authorization_failure
from finesse_tx.webservices.core.task_feed import TaskBody, TaskStatus, submission, task_status

__all__ = ["TaskFeed"]


class TaskFeed:
    """The feed.

    Args:
        tasks: Task routing.
        feed_id: Its number, in its path.
        submitters: The login ids of those who may submit, besides administrators.
    """

    log = Logger()

    def __init__(self, tasks: ITaskRouting, feed_id: int, submitters: Collection[str]) -> None:
        self._tasks, self._feed_id = tasks, str(feed_id)
        self._submitters = frozenset(submitters)

    async def submit(self, viewer: Person, feed_id: str, body: TaskBody) -> str:
        """Take in a task, and return the id of its contact."""
        self._require_submitter(viewer)
        if feed_id != self._feed_id:
            raise ApiError(404, "Not Found", "There is no such feed", feed_id)
        wanted = submission(body, viewer.login_id)
        try:
            task = await self._tasks.submit(wanted)
        except NoSuchTargetError as error:
            raise ApiError(
                400, "Invalid Input", "NOTIFICATION_NO_SCRIPT", error.dialed_number
            ) from None
        except TooManyTasksError as error:
            raise ApiError(503, "Service Unavailable", "TOO_MANY_TASKS") from error
        except StoreError as error:
            raise ApiError(503, "Service Unavailable", "DB_UNAVAILABLE") from error
        self.log.info(
            "{person} has submitted task {contact} to {selector}",
            person=viewer.login_id,
            contact=task.contact_id,
            selector=wanted.selector,
        )
        return task.contact_id

    def status(self, viewer: Person, contact_id: str) -> TaskStatus:
        """What has become of a task."""
        return task_status(self._task(viewer, contact_id))

    def cancel(self, viewer: Person, contact_id: str) -> None:
        """Take a task back that nobody has accepted yet."""
        self._task(viewer, contact_id)
        if not self._tasks.cancel(contact_id):
            raise ApiError(400, "Invalid State", "The task has been accepted", contact_id)
        self.log.info(
            "{person} has cancelled task {contact}", person=viewer.login_id, contact=contact_id
        )

    def _require_submitter(self, viewer: Person) -> None:
        if viewer.login_id not in self._submitters and Role.ADMINISTRATOR not in viewer.roles:
            raise authorization_failure(viewer.login_id)

    def _task(self, viewer: Person, contact_id: str) -> Task:
        """A task, for who has submitted it, and administrators; whether there are others nobody is told."""
        self._require_submitter(viewer)
        task = self._tasks.status(contact_id)
        own = task is not None and task.submission.submitted_by == viewer.login_id
        if task is None or not (own or Role.ADMINISTRATOR in viewer.roles):
            raise ApiError(404, "Not Found", "There is no such task", contact_id)
        return task
