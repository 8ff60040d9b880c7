"""The web services: follow the engine, publish what changes, say whether they serve.

Spec: ``notifications.md`` §5.1, §7.9, §9; ``rest.md`` §1.7, §8.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
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
from finesse_tx.cti.core.enums import StatusCode, SystemEventID
from finesse_tx.cti.core.errors import LinkDownError
from finesse_tx.cti.core.message import Message
from finesse_tx.errors import FinesseError
from finesse_tx.interfaces import ICTILink, ICTILinkListener, IDirectory, IPublisher
from finesse_tx.webservices.core.call_totals import CallTotals
from finesse_tx.webservices.core.changes import Announcement, UserChange
from finesse_tx.webservices.core.configuration import Configuration
from finesse_tx.webservices.core.correlation import Correlation
from finesse_tx.webservices.core.counters import ServiceCounters
from finesse_tx.webservices.core.differences import differences
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import SystemInfo
from finesse_tx.webservices.core.system_info import NO_MAINTENANCE, NodeFacts, system_info
from finesse_tx.webservices.core.vocabulary import WORDS, Words
from finesse_tx.webservices.figures import QueueFigures
from finesse_tx.webservices.notifications import Notifications
from finesse_tx.webservices.operations import Operations
from finesse_tx.webservices.operations.devices import PhonesAt, no_phones
from finesse_tx.webservices.operations.dispatch import Dispatch
from finesse_tx.webservices.operations.people import People
from finesse_tx.webservices.sessions import Sessions
from finesse_tx.webservices.synchronisation import Synchronisation

__all__ = ["ANNOUNCED_AT_ONCE", "MAX_HELD", "RETRY_S", "WebServices"]

RETRY_S: Final = 5.0
"""The pause before an engine that could not be read is asked again."""

ANNOUNCED_AT_ONCE: Final = 100
"""How many changes are published in one turn of the reactor after an outage: some 20 ms of work."""

MAX_HELD: Final = 10_000
"""How many events may wait while changes are announced; at that, the rest is announced at once."""


@dataclass(frozen=True, slots=True)
class _Coming:
    """A model that is being filled."""

    model: Model
    synchronisation: Synchronisation


@implementer(ICTILinkListener)
class WebServices(Service):
    """The model of one engine, and what is told of it.

    Args:
        directory: People, teams, reason codes.
        publisher: Where notifications go.
        facts: Tells what SystemInfo says of this node.
        clock: For timers and correlation.
        now: The wall time, in UTC.
        words: The engine's words for states and reasons.
        new_session_id: Names agents' sessions; None where the engine would not understand that.
        replay: Whether everyone gets the last state again after an outage, or only what has changed.
        queue_statistics_s: How often queues' figures are asked for; 0: never.
        phones_at: The phones that have a line of a number; None where nobody knows of any.

    Attributes:
        operations: What the REST API does; there once `use` was called.
        sessions: What agents' sessions are called; there once `use` was called.
        figures: Queues' figures; there once `use` was called.
        counters: What has happened since the start.
        call_totals: How many calls there have been since then.
    """

    log = Logger()
    operations: Operations
    sessions: Sessions
    figures: QueueFigures

    def __init__(
        self,
        directory: IDirectory,
        publisher: IPublisher,
        facts: Callable[[], NodeFacts],
        clock: IReactorTime,
        now: Callable[[], datetime],
        *,
        words: Words = WORDS["ccx"],
        new_session_id: Callable[[], str] | None = None,
        replay: bool = True,
        queue_statistics_s: float = 0.0,
        phones_at: PhonesAt | None = None,
    ) -> None:
        self._directory, self._publisher, self._facts = directory, publisher, facts
        self._clock, self._now, self._replay = clock, now, replay
        self._words, self._new_session_id = words, new_session_id
        self._queue_statistics_s, self._phones_at = queue_statistics_s, phones_at or no_phones
        self.counters, self.call_totals = ServiceCounters(), CallTotals()
        # What the engine was last known to be configured with: it outlives the sessions.
        self._configuration = Configuration()
        self._model = Model(directory.snapshot, words=words)
        self._correlation = Correlation()
        self._reason = "There is no link to an engine"
        self._outage = ""  # why there are no notifications
        self._connected_since: datetime | None = None
        # At most one of these: a model that comes, what is announced of it, the one in use being brought up to date.
        self._coming: _Coming | None = None
        self._announcement: Announcement | None = None
        self._refresh: Synchronisation | None = None
        self._later: IDelayedCall | None = (
            None  # the next try, or the next part of the announcement
        )
        self._waiting: list[Deferred[None]] = []
        self._followers: list[Callable[[UserChange], None]] = []
        self._maintenance: Callable[[], tuple[str, int]] = lambda: NO_MAINTENANCE

    def use(self, link: ICTILink) -> None:
        """Follow this link; called once, before the start."""
        self._link = link
        self.sessions = Sessions(self.model, link, self.in_service, self._new_session_id)
        dispatch = Dispatch(link, self._publisher, self._correlation, self._clock.seconds)
        people = People(self.model, self._directory)
        self.figures = QueueFigures(
            self.model,
            link,
            self._clock,
            self._now,
            self._queue_statistics_s,
            self._queue_changed,
        )
        self.operations = Operations.on(
            self.model,
            people,
            dispatch,
            self.sessions,
            self._words,
            self.figures,
            self._phones_at,
            self.system_info,
        )
        self._notifications = Notifications(
            self._publisher,
            self._correlation,
            self._clock.seconds,
            self.operations.queues.find,
            self._followers,
        )

    def follow_users(self, follower: Callable[[UserChange], None]) -> None:
        """Tell this one, too, when a user has changed, right after it is published."""
        self._followers.append(follower)

    def _queue_changed(self, csq_id: int) -> None:
        self._notifications.queue(csq_id)

    def model(self) -> Model:
        """Agents and calls as of now; replaced when the link comes back."""
        return self._model

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
        """Whether there is an engine, we know all it does, and clients learn of it."""
        return not self._reason and not self._outage

    def set_outage(self, reason: str) -> None:
        """There are no notifications, and why; or, with nothing, there are.

        The model stays as true as it was: only clients cannot be told of it.
        """
        was_in_service, self._outage = self.in_service(), reason
        if was_in_service and reason:
            self.counters.outages += 1
            self.log.warn("out of service: {reason}", reason=reason)
            self._notifications.system_info(self.system_info())
        elif not was_in_service and self.in_service():
            self.log.info("in service: there are notifications again")
            self._notifications.system_info(self.system_info())
            self._serve()

    def _serve(self) -> None:
        waiting, self._waiting = self._waiting, []
        for deferred in waiting:
            deferred.callback(None)

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
            self._facts(),
            self._reason or self._outage,
            side=self._link.side,
            version=self._link.version,
            connected_since=self._connected_since,
            last_heartbeat=self._link.last_heartbeat,
            heartbeat_missed=self._link.heartbeat_missed,
            now=self._now(),
            maintenance=self._maintenance(),
        )

    def show_maintenance(self, maintenance: Callable[[], tuple[str, int]]) -> None:
        """Let SystemInfo tell of this node's maintenance: how far it is, and for how many seconds."""
        self._maintenance = maintenance

    def tell_system_info(self) -> None:
        """SystemInfo is another one, and everybody is to know."""
        self._notifications.system_info(self.system_info())

    def _enter_service(self, coming: _Coming) -> None:
        was, model = self._model, coming.model
        model.complete(was, self._now())
        self.call_totals.keep(model.calls)
        self._model, self._coming, self._reason = model, None, ""
        self._count(coming.synchronisation)
        self.counters.synchronisations += 1
        self.counters.synchronisation_s = self._clock.seconds() - coming.synchronisation.began
        self.log.info(
            "in service: {agents} agents, {calls} calls, version {version}, engine at {side}, read in {seconds:.3f} s",
            agents=len(model.agents),
            calls=len(model.calls),
            version=self._link.version,
            side=self._link.side,
            seconds=self.counters.synchronisation_s,
        )
        self._notifications.system_info(self.system_info())
        changes = differences(was, model, replay=self._replay)
        self._announcement = Announcement(changes, deque())
        if self.in_service():
            self._serve()
        self._announce()
        self.figures.begin()

    def _count(self, synchronisation: Synchronisation) -> None:
        self.counters.questions += synchronisation.plan.asked
        self.counters.questions_skipped += len(synchronisation.plan.skipped)

    def _announce(self, at_once: int | None = ANNOUNCED_AT_ONCE) -> None:
        """Tell some of what was found, and the rest in later turns; then what has happened meanwhile."""
        self._later = None
        announcement = self._announcement
        if announcement is None:
            return
        part = list(islice(announcement.changes, at_once))
        self.counters.announced += len(part)
        self._notifications.changes(part, answers=False)
        if len(part) == at_once:
            self._later = self._clock.callLater(0, self._announce)
            return
        self._announcement = None
        while announcement.held:
            self._dispatch(announcement.held.popleft())

    def _leave_service(self, reason: str) -> None:
        self.figures.end()
        if self._later is not None:
            later, self._later = self._later, None
            later.cancel()
        if self._coming is not None:
            coming, self._coming = self._coming, None
            self._count(coming.synchronisation)
            coming.synchronisation.done.cancel()
        if self._refresh is not None:
            refresh, self._refresh = self._refresh, None
            refresh.done.cancel()
        if self._announcement is not None:
            # What clients have been told must be what the model says: the next comparison begins with it.
            self._announcement.held.clear()
            self._announce(None)
        self._correlation.forget()
        was_in_service, self._reason = self.in_service(), reason
        if was_in_service:
            self.counters.outages += 1
            self.log.warn("out of service: {reason}", reason=reason)
            self._notifications.system_info(self.system_info())

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
        self.counters.events += 1
        self.call_totals.take(message)
        self._dispatch(message)

    def _dispatch(self, message: Message) -> None:
        if isinstance(message, messages.SystemEvent):
            self._system_event(message)
        elif self._coming is not None:
            coming = self._coming
            coming.model.apply(message, self._now())
            coming.synchronisation.message(message)
        elif self._announcement is not None:
            self._announcement.held.append(message)
            if len(self._announcement.held) >= MAX_HELD:
                self._cancel_later()
                self._announce(None)
        elif not self._reason:
            self._take_in(message)

    def _cancel_later(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None

    def _take_in(self, message: Message) -> None:
        """Take in an event, in service."""
        self._notifications.changes(self._model.apply(message, self._now()))
        if self._refresh is not None:
            self._refresh.message(message)
        elif self._model.configuration.fault:
            self._bring_up_to_date(self._model.configuration.fault)
        elif (
            isinstance(message, messages.FailureEvent)
            and message.status == StatusCode.E_CTI_AUTO_CONFIG_RESET
        ):
            self._bring_up_to_date("the configuration was reset")

    def link_closed(self, reason: str) -> None:
        """Nothing that we know is sure any more."""
        self._connected_since = None
        self._leave_service(reason)

    def _system_event(self, event: messages.SystemEvent) -> None:
        if event.system_event_id == SystemEventID.SYS_PERIPHERAL_OFFLINE:
            self._leave_service("The engine is offline")
            return
        online = event.system_event_id == SystemEventID.SYS_PERIPHERAL_ONLINE
        if online and self._reason and self._coming is None:
            self._synchronise()

    def _synchronise(self) -> None:
        self._leave_service("The states of the agents are being read")
        model = Model(
            self._directory.snapshot, self._configuration, words=self._words, filling=True
        )
        # What answers change is compared with what clients know when all of them are there.
        synchronisation = Synchronisation(
            self._link, model, self._clock, self._now, lambda _changes: None
        )
        coming = self._coming = _Coming(model, synchronisation)
        synchronisation.done.addCallbacks(
            lambda _done: self._enter_service(coming), self._not_synchronised
        )
        synchronisation.done.addErrback(
            lambda failure: self.log.failure("going into service failed", failure)
        )
        synchronisation.begin()

    def _not_synchronised(self, failure: Failure) -> None:
        if failure.check(CancelledError, LinkDownError):
            return  # the link tells its end itself, and then this one is left
        if self._coming is not None:
            self._count(self._coming.synchronisation)
        self._coming = None
        self.counters.synchronisations_failed += 1
        self._reason = "The engine cannot be read"
        if failure.check(FinesseError, defer.TimeoutError):
            self._reason += f": {failure.value}"
            self.log.warn(
                "{reason}; engine at {side}, again in {pause} s",
                reason=self._reason,
                side=self._link.side,
                pause=RETRY_S,
            )
        else:
            self.log.failure("the engine cannot be read", failure)
        if self._link.side:
            self._later = self._clock.callLater(RETRY_S, self._try_again)

    def _try_again(self) -> None:
        self._later = None
        self._synchronise()

    def _bring_up_to_date(self, reason: str) -> None:
        """Ask for the configuration anew; agents and calls are as they are, and service goes on."""
        self.log.info("{reason}: the engine's configuration is asked for", reason=reason)
        self.counters.refreshes += 1
        self._model.configuration.fault = ""
        refresh = self._refresh = Synchronisation(
            self._link,
            self._model,
            self._clock,
            self._now,
            self._notifications.changes,
            everyone=False,
        )
        refresh.done.addCallbacks(lambda _done: self._is_up_to_date(), self._not_up_to_date)
        refresh.done.addErrback(
            lambda failure: self.log.failure("the configuration cannot be read", failure)
        )
        refresh.begin()

    def _is_up_to_date(self) -> None:
        if self._refresh is not None:
            self._count(self._refresh)
        self._refresh = None

    def _not_up_to_date(self, failure: Failure) -> None:
        """An engine that does not say how it is configured cannot be shown: begin again with everything."""
        if failure.check(CancelledError, LinkDownError):
            return
        self._is_up_to_date()
        failure.trap(FinesseError)
        self.log.warn("the configuration cannot be read: {error}", error=failure.value)
        if self._link.side:
            self._synchronise()
