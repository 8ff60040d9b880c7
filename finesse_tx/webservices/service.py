"""The web services: follow the engine, publish what changes, say whether they serve.

Spec: ``notifications.md`` §5.1, §7.9, §9; ``rest.md`` §1.7, §8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from twisted.application.service import Service
from twisted.internet import defer
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import SystemEventID
from finesse_tx.cti.core.message import Message
from finesse_tx.errors import FinesseError
from finesse_tx.interfaces import ICTILink, ICTILinkListener, IDirectory, IPublisher
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.correlation import Correlation
from finesse_tx.webservices.core.model import Change, DialogChange, Model, UserChange
from finesse_tx.webservices.core.objects import Dialogs, SystemInfo
from finesse_tx.webservices.core.system_info import NodeFacts, system_info
from finesse_tx.webservices.operations import Operations
from finesse_tx.webservices.synchronisation import Synchronisation

__all__ = ["WebServices"]

RETRY_S: Final = 5.0
"""The pause before an engine that could not be read is asked again."""


@dataclass(frozen=True, slots=True)
class _Coming:
    """A model that is being filled."""

    model: Model
    synchronisation: Synchronisation
    running: Deferred[None]


@implementer(ICTILinkListener)
class WebServices(Service):
    """The model of one engine, and what is told of it.

    Args:
        directory: People, teams, reason codes.
        publisher: Where notifications go.
        facts: What SystemInfo says of this node.
        clock: For timers and correlation.
        now: The wall time, in UTC.
    """

    log = Logger()
    operations: Operations

    def __init__(
        self,
        directory: IDirectory,
        publisher: IPublisher,
        facts: NodeFacts,
        clock: IReactorTime,
        now: Callable[[], datetime],
    ) -> None:
        self._directory, self._publisher, self._facts = directory, publisher, facts
        self._clock, self._now = clock, now
        self._model = Model(directory.snapshot)
        self._correlation = Correlation()
        self._reason = "There is no link to an engine"
        self._connected_since: datetime | None = None
        self._coming: _Coming | None = None
        self._retry: IDelayedCall | None = None
        self._waiting: list[Deferred[None]] = []

    def use(self, link: ICTILink) -> None:
        """Follow this link; called once, before the start."""
        self._link = link
        self.operations = Operations(
            lambda: self._model,
            link,
            self._directory,
            self._publisher,
            self._correlation,
            self.system_info,
            self._clock.seconds,
        )

    @override
    def startService(self) -> None:
        super().startService()
        self._publisher.set_available(True)

    @override
    def stopService(self) -> None:
        self._leave_service("The server is stopping")
        self._publisher.set_available(False)
        super().stopService()

    # In service or not ------------------------------------------------------------------------------------------

    def in_service(self) -> bool:
        """Whether there is an engine, and we know all it does."""
        return not self._reason

    def when_in_service(self) -> Deferred[None]:
        """Fires when the system is in service; at once if it is."""
        waiting: Deferred[None] = Deferred()
        if self.in_service():
            waiting.callback(None)
        else:
            self._waiting.append(waiting)
        return waiting

    def system_info(self) -> SystemInfo:
        """The SystemInfo object as of now."""
        return system_info(
            self._facts,
            self._reason,
            side=self._link.side,
            connected_since=self._connected_since,
            last_heartbeat=self._link.last_heartbeat,
            heartbeat_missed=self._link.heartbeat_missed,
            now=self._now(),
        )

    def _enter_service(self, model: Model) -> None:
        was, self._model = self._model, model
        self._coming, self._reason = None, ""
        self.log.info(
            "in service: {agents} agents, engine at {side}",
            agents=len(model.agents),
            side=self._link.side,
        )
        self._publish_system_info()
        # What ended while nobody could see it ends for our clients too; then everyone gets the last state again.
        for login_id in was.agents:
            self._publish(was.lost(login_id, model))
        self._publish(model.everything())
        waiting, self._waiting = self._waiting, []
        for deferred in waiting:
            deferred.callback(None)

    def _leave_service(self, reason: str) -> None:
        if self._retry is not None:
            retry, self._retry = self._retry, None
            retry.cancel()
        if self._coming is not None:
            coming, self._coming = self._coming, None
            coming.running.cancel()
        self._correlation.forget()
        was_in_service, self._reason = self.in_service(), reason
        if was_in_service:
            self.log.warn("out of service: {reason}", reason=reason)
            self._publish_system_info()

    # ICTILinkListener -------------------------------------------------------------------------------------------

    def link_opened(self, side: str, online: bool) -> None:
        """Learn everything anew, unless the engine is not online yet: it will tell when it is."""
        self._connected_since = self._now()
        if online:
            self._synchronise()
        else:
            self._leave_service(f"The engine at {side} is not online")

    def link_message(self, message: Message) -> None:
        """Take in an event."""
        if isinstance(message, messages.SystemEvent):
            self._system_event(message)
        elif self._coming is not None:
            self._coming.model.apply(message, self._now())
            self._coming.synchronisation.message(message)
        elif self.in_service():
            self._publish(self._model.apply(message, self._now()))

    def link_closed(self, reason: str) -> None:
        """Nothing that we know is sure any more."""
        self._connected_since = None
        self._leave_service(reason)

    def _system_event(self, event: messages.SystemEvent) -> None:
        if event.system_event_id == SystemEventID.SYS_PERIPHERAL_OFFLINE:
            self._leave_service("The engine is offline")
            return
        online = event.system_event_id == SystemEventID.SYS_PERIPHERAL_ONLINE
        if online and not self.in_service() and self._coming is None:
            self._synchronise()

    def _synchronise(self) -> None:
        self._leave_service("The states of the agents are being read")
        model = Model(self._directory.snapshot)
        synchronisation = Synchronisation(self._link, model, self._clock, self._now)
        running = Deferred.fromCoroutine(synchronisation.run())
        self._coming = _Coming(model, synchronisation, running)
        running.addCallbacks(lambda _done: self._enter_service(model), self._not_synchronised)
        running.addErrback(lambda failure: self.log.failure("going into service failed", failure))

    def _not_synchronised(self, failure: Failure) -> None:
        if failure.check(CancelledError):
            return
        self._coming = None
        self._reason = "The engine cannot be read"
        if failure.check(FinesseError, defer.TimeoutError):
            self._reason += f": {failure.value}"
            self.log.warn("{reason}; again in {pause} s", reason=self._reason, pause=RETRY_S)
        else:
            self.log.failure("the engine cannot be read", failure)
        if self._link.side:
            self._retry = self._clock.callLater(RETRY_S, self._try_again)

    def _try_again(self) -> None:
        self._retry = None
        self._synchronise()

    # Publishing -------------------------------------------------------------------------------------------------

    def _publish_system_info(self) -> None:
        payload = updates.update("PUT", updates.SYSTEM_INFO, self.system_info(), "systemInfo")
        self._publisher.publish(updates.SYSTEM_INFO, payload)

    def _publish(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if isinstance(change, DialogChange):
                self._publish_dialog(change)
            else:
                self._publish_user(change)

    def _publish_user(self, change: UserChange) -> None:
        uri = updates.user_uri(change.login_id)
        request_id = self._correlation.take(uri, self._clock.seconds())
        self._publisher.publish(
            uri, updates.update(change.event, uri, change.user, "user", request_id)
        )
        if change.team_id is not None:
            self._publisher.publish(
                updates.team_users_uri(change.team_id),
                updates.update(change.event, uri, change.member, "user", request_id),
            )

    def _publish_dialog(self, change: DialogChange) -> None:
        node = updates.dialogs_uri(change.login_id)
        about = (change.login_id, int(change.dialog.id))
        request_id = self._correlation.take(about, self._clock.seconds())
        if change.event == "PUT":
            source = updates.dialog_uri(change.dialog.id)
            payload = updates.update("PUT", source, change.dialog, "dialog", request_id)
        else:
            if change.event == "POST" and change.is_own:
                request_id = self._correlation.take(node, self._clock.seconds())
            dialogs = Dialogs((change.dialog,))
            payload = updates.update(change.event, node, dialogs, "dialogs", request_id)
        self._publisher.publish(node, payload)
