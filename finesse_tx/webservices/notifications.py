"""Which notification each change becomes, and on which node it is published.

Spec: ``notifications.md`` §5.1 (nodes, sources), §6 (request ids).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from twisted.logger import Logger

from finesse_tx.interfaces import IPublisher
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.changes import (
    Change,
    DialogChange,
    MemberChange,
    QueueChange,
    QueuesChange,
    UserChange,
)
from finesse_tx.webservices.core.correlation import Correlation, traced
from finesse_tx.webservices.core.objects import Dialogs, Queue, Queues, SystemInfo

__all__ = ["Notifications"]


class Notifications:
    """Publishes what changes.

    Args:
        publisher: Where notifications go.
        correlation: Which request an event answers.
        seconds: The clock of `Correlation`.
        queue: A queue as REST shows it; None for one that is gone.
        followers: Are told of users too.
    """

    log = Logger()

    def __init__(
        self,
        publisher: IPublisher,
        correlation: Correlation,
        seconds: Callable[[], float],
        queue: Callable[[int], Queue | None],
        followers: Sequence[Callable[[UserChange], None]] = (),
    ) -> None:
        self._publisher, self._correlation, self._seconds = publisher, correlation, seconds
        self._queue, self._followers = queue, followers

    def _publish(self, node: str, payload: str, event: str, request_id: str) -> None:
        """Publish, and write down which request that answers."""
        self._publisher.publish(node, payload)
        if request_id:
            self.log.info(
                "request {request_id}: {event} on {node}",
                request_id=traced(request_id),
                event=event,
                node=node,
            )

    def system_info(self, info: SystemInfo) -> None:
        """SystemInfo is now like this."""
        payload = updates.update("PUT", updates.SYSTEM_INFO, info, "systemInfo")
        self._publisher.publish(updates.SYSTEM_INFO, payload)

    def changes(self, changes: Iterable[Change], *, answers: bool = True) -> None:
        """Publish changes, in order.

        Args:
            changes: What has changed.
            answers: Whether a request may have caused them; what is told after an outage answers none.
        """
        for change in changes:
            match change:
                case DialogChange():
                    self._dialog(change, answers)
                case UserChange():
                    self._user(change, answers)
                case MemberChange():
                    self._member(change)
                case QueueChange():
                    self.queue(change.csq_id)
                case QueuesChange():
                    self._queues(change)

    def queue(self, csq_id: int) -> None:
        """A queue is like this now, or gone."""
        uri, queue = updates.queue_uri(csq_id), self._queue(csq_id)
        event: updates.Event = "DELETE" if queue is None else "PUT"
        payload = updates.update(event, uri, queue or Queue(None, None, uri), "queue")
        self._publisher.publish(uri, payload)

    def _queues(self, change: QueuesChange) -> None:
        node = updates.queues_uri(change.login_id)
        gone = change.event == "DELETE"
        found = (
            (None if gone else self._queue(csq_id)) or Queue(None, None, updates.queue_uri(csq_id))
            for csq_id in change.csq_ids
        )
        queues = Queues(tuple(found))
        self._publisher.publish(node, updates.update(change.event, node, queues, "queues"))

    def _request_id(self, about: Hashable, answers: bool) -> str:
        return self._correlation.take(about, self._seconds()) if answers else ""

    def _user(self, change: UserChange, answers: bool) -> None:
        uri = updates.user_uri(change.login_id)
        request_id = self._request_id(uri, answers)
        user = None if change.event == "DELETE" else change.user  # the data is empty then
        payload = updates.update(change.event, uri, user, "user", request_id)
        self._publish(uri, payload, change.event, request_id)
        if change.team_id is not None:
            self._publisher.publish(
                updates.team_users_uri(change.team_id),
                updates.update(change.event, uri, change.member, "user", request_id),
            )
        for follower in self._followers:
            follower(change)

    def _member(self, change: MemberChange) -> None:
        uri = updates.user_uri(change.login_id)
        self._publisher.publish(
            updates.team_users_uri(change.team_id),
            updates.update(change.event, uri, change.member, "user"),
        )

    def _dialog(self, change: DialogChange, answers: bool) -> None:
        node = updates.dialogs_uri(change.login_id)
        request_id = self._request_id((change.login_id, int(change.dialog.id)), answers)
        if change.event == "PUT":
            source = updates.dialog_uri(change.dialog.id)
            payload = updates.update("PUT", source, change.dialog, "dialog", request_id)
        else:
            if change.event == "POST" and change.is_own:
                request_id = self._request_id(node, answers)
            dialogs = Dialogs((change.dialog,))
            payload = updates.update(change.event, node, dialogs, "dialogs", request_id)
        self._publish(node, payload, change.event, request_id)
