"""Runs the engine: feeds it commands, telephony and time, and does what it wants done.

The core decides; here is its clock (exactly one timer, for the core's next deadline), its telephone system, and the
order of what it tells: first to the history, then to the peripheral's listeners, then to the telephone system, for
one command after the other.

Spec: ``engine.md``; ``design.md`` §2, §3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import astuple
from twisted.application.service import MultiService
from twisted.internet.defer import Deferred, fail, maybeDeferred, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.config import EngineConfig
from finesse_tx.cti.core.messages import TeamConfigEvent
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core.agenda import Deadline
from finesse_tx.engine.core.calendar import Calendar, Period
from finesse_tx.engine.core.chronicle import Chronicle
from finesse_tx.engine.core.configuration import Configuration
from finesse_tx.engine.core.contact_events import ContactEvent, ContactStep
from finesse_tx.engine.core.engine import Engine
from finesse_tx.engine.core.events import (
    Accept,
    AddParty,
    AgentStateChanged,
    Alternate,
    Answer,
    CallEvent,
    Collect,
    Conference,
    Connect,
    Consult,
    Disconnect,
    Drop,
    Event,
    Hold,
    Operation,
    Order,
    Play,
    Redirect,
    Reject,
    SendDTMF,
    StartMonitoring,
    StartRecording,
    StopMedia,
    StopRecording,
    Transfer,
    TransferTo,
    Unhold,
    UpdateMonitoring,
)
from finesse_tx.engine.core.figures import ServiceLevel
from finesse_tx.engine.core.metrics import engine_families
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.records import Entry
from finesse_tx.engine.core.scripts.checking import check_treatment
from finesse_tx.engine.core.scripts.triggers import CallTreatment, with_triggers
from finesse_tx.engine.core.states import Personality
from finesse_tx.engine.core.statistics import Statistics
from finesse_tx.engine.history import History
from finesse_tx.engine.peripheral import Peripheral
from finesse_tx.engine.today import Today
from finesse_tx.engine.zones import zone_of
from finesse_tx.interfaces import IAuthenticator, IDirectory, IProvider, IProviderListener
from finesse_tx.metrics.core.families import Family
from finesse_tx.store.core.outbox import outbox_families
from finesse_tx.telephony.core.errors import ProviderError
from finesse_tx.telephony.core.events import Batch, Cause, EventID
from finesse_tx.telephony.core.inventory import Inventory

__all__ = ["EngineService", "policy_of"]


def policy_of(config: EngineConfig) -> Policy:
    """The engine's settings, as the operator wrote them."""
    return Policy(
        config.ring_no_answer_s,
        config.ring_no_answer_state == "READY",
        config.ring_no_answer_skip_s,
        config.ready_after_other_call,
        requeue_at_tail=config.ring_no_answer_requeue == "TAIL",
        rtp_events=config.rtp_events,
        personality=Personality(config.personality),
        reason_required=config.reason_required,
        logout_on_disconnect=config.logout_on_disconnect,
        missed_calls=config.missed_calls,
        client_grace_s=config.client_grace_s,
    )


@implementer(IProviderListener)
class EngineService(MultiService):
    """The embedded engine.

    Args:
        directory: Who works here.
        authenticator: Checks agents' passwords.
        config: The operator's settings.
        clock: The clock.
        treatment: Call-treatment scripts, and their triggers.
        history: Keeps what is recorded; None: nobody does.
        wall: The time in UTC, for records; None: the clock tells it.

    Attributes:
        chronicle: Turns what happens into records.
        statistics: The figures.
        history: As given.
        engine: Its core.
        configuration: What CTI clients are configured with.
        peripheral: What a CTI server serves.
    """

    log = Logger()

    def __init__(
        self,
        directory: IDirectory,
        authenticator: IAuthenticator,
        config: EngineConfig,
        clock: IReactorTime,
        treatment: CallTreatment = CallTreatment(),  # noqa: B008  # a value
        history: History | None = None,
        wall: Callable[[], datetime] | None = None,
    ) -> None:
        super().__init__()
        self._directory, self._clock = directory, clock
        self._wall, self._last_wall = wall, 0.0
        self.engine = Engine(Snapshot(), policy_of(config), treatment.scripts)
        self._treatment = treatment
        self.history = history
        next_session = history.next_session if history is not None else 1
        self.chronicle = Chronicle(self.engine.floor.model.kind, next_session)
        self._calendar = Calendar(zone_of(config.time_zone))
        self._midnight: Deadline | None = None
        interval = Period(config.interval_min * 60)
        self.statistics = Statistics(
            self._calendar,
            interval,
            self.wall_s(),
            ServiceLevel(config.service_level_abandons),
        )
        self.configuration = Configuration(Snapshot(), Inventory())
        self.peripheral = Peripheral(self, authenticator)
        self._provider: IProvider | None = None
        self._operations: Mapping[type[Order], Callable[..., Deferred[Any]]] = {}
        self._timer: IDelayedCall | None = None
        self._is_settling = False
        self._log = self.log  # Logger makes a new one each time that it is asked for
        self._settled: Callable[[], None] = lambda: None
        self._today = (
            None
            if history is None
            else Today(
                history,
                Calendar(zone_of(config.time_zone)),
                self.statistics,
                self.engine.router,
                self.wall_s,
            )
        )

    def when_settled(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` each time after the engine has settled; one listener, before the start."""
        self._settled = listener

    def use(self, provider: IProvider) -> None:
        """Take the telephone system, which reports to this service; once, before the start."""
        self._provider, self._operations = provider, _operations(provider)
        provider.setServiceParent(self)

    @override
    def startService(self) -> None:
        if self.history is not None:
            self.history.start()
        self._await_midnight(self.wall_s())
        self.reload()
        if self._today is not None:
            self._today.begin(self.configuration.snapshot)
        super().startService()

    @override
    def stopService(self) -> Any:
        if self._today is not None:
            self._today.end()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._midnight is not None:
            self.engine.floor.agenda.cancel(self._midnight)
            self._midnight = None
        return maybeDeferred(super().stopService).addCallback(self._stop_history)

    def _stop_history(self, _: object) -> Deferred[None]:
        if (entry := self.chronicle.close(self.wall_s())) is not None:
            self._keep(entry)
        return succeed(None) if self.history is None else self.history.stop()

    def _keep(self, entry: Entry) -> None:
        if self.history is not None:
            self.history.keep(entry)

    def reload(self) -> None:
        """Take in the directory again, and tell clients what has changed."""
        snapshot = with_triggers(self._directory.snapshot(), self._treatment.triggers)
        changed_teams = self._configure(snapshot, self.configuration.inventory)
        self.engine.configure(self.configuration.snapshot, self.now())
        self.settle()
        for team_id in changed_teams:
            self.peripheral.team_changed(team_id)

    def vet(self, snapshot: Snapshot) -> None:
        """Look whether the engine could go by another directory; any thread may ask.

        Raises:
            ConfigError: A script or a trigger names what would not be there.
        """
        check_treatment(self._treatment, snapshot)

    def use_treatment(self, treatment: CallTreatment) -> None:
        """Treat callers who come from now on by other scripts and triggers; those who are there, by theirs.

        Raises:
            ConfigError: They do not fit the directory; nothing has changed.
        """
        check_treatment(treatment, self._directory.snapshot())
        self._treatment = treatment
        self.engine.router.use_scripts(treatment.scripts)
        self.reload()

    def _configure(self, snapshot: Snapshot, inventory: Inventory) -> list[int]:
        """Take in and tell what there is; return the teams that have changed."""
        self.chronicle.configure(snapshot)
        self.statistics.configure(snapshot, self.wall_s())
        old, self.configuration = self.configuration, Configuration(snapshot, inventory)
        teams: dict[int, None] = {}
        for message in self.configuration.update(old):
            self.peripheral.send(message)
            if isinstance(message, TeamConfigEvent):
                teams[message.team_id] = None
        return list(teams)

    # IProviderListener ----------------------------------------------------------------------------------------

    def provider_changed(self, batch: Batch) -> None:
        """See `IProviderListener`."""
        if self._provider is not None and self._tells_of_new_numbers(batch):
            inventory = self._provider.inventory()
            self.engine.add_inventory(inventory)
            self._configure(self.configuration.snapshot, inventory)
        try:
            self.engine.provider_changed(batch, self.now())
        except Exception:  # a provider's bug is not the end of the engine
            self.log.failure("what is told of {meta} cannot be", meta=batch.meta.name)
        self.settle()

    def _tells_of_new_numbers(self, batch: Batch) -> bool:
        event = batch.events[0]
        return event.id is EventID.PROV_IN_SERVICE or (
            event.id is EventID.ADDR_IN_SERVICE
            and event.address not in self.engine.floor.model.addresses
        )

    # Running the engine ---------------------------------------------------------------------------------------

    def now(self) -> float:
        """The time, for the engine."""
        return self._clock.seconds()

    def wall_s(self) -> float:
        """Seconds since 1970, for records; it never goes back."""
        wall = self._clock.seconds() if self._wall is None else self._wall().timestamp()
        self._last_wall = max(self._last_wall, wall)
        return self._last_wall

    def families(self) -> Iterator[Family]:
        """What the engine and its history say of themselves, for ``/metrics``."""
        yield from engine_families(self.statistics, self.engine.router.tally, self.wall_s())
        if self.history is not None:
            yield from outbox_families("history", self.history.status())

    def settle(self) -> None:
        """Tell and ask for everything that the engine's last command caused, and set the timer for its next."""
        if self._is_settling:  # an operation failed at once: the loop below sees what came of it
            return
        self._is_settling = True
        try:
            while effects := self.engine.take_effects():
                events: list[Event] = []
                orders: list[Operation] = []
                for effect in effects:
                    if type(effect) is CallEvent:  # as most are
                        events.append(effect)
                    elif isinstance(effect, Order):
                        orders.append(effect)
                    else:
                        events.append(effect)
                if events:
                    self._record(events)
                    for event in events:
                        self._tell(event)
                for order in orders:
                    self._perform(order).addErrback(self._order_failed, order)
        finally:
            self._is_settling = False
        self._set_timer()
        self._settled()

    def _record(self, events: list[Event]) -> None:
        """Keep and count what is about to be told; a bug of ours there is not the end of calls."""
        at = self.wall_s()
        try:
            entry = self.chronicle.record(events, at)
            if entry is not None:
                # On disk before anybody is told: whoever knows that a call has ended finds it in the history.
                self._keep(entry)
            self.statistics.apply(events, entry, at)
        except Exception:
            self.log.failure("what has happened could not be recorded")

    def _tell(self, event: Event) -> None:
        if type(event) is AgentStateChanged:
            self._log.info(
                "{agent} is {state}, reason {reason}",
                agent=event.agent_id,
                state=event.state.name,
                reason=event.reason,
            )
        elif type(event) is ContactEvent:
            if event.step is ContactStep.ABORTED:
                self._log.warn("call {call} is lost: {why}", call=event.call_id, why=event.reason)
            elif event.step is ContactStep.SELECTED:
                self._log.info(
                    "call {call} to {agent} from queue {csq}: {reason}",
                    call=event.call_id,
                    agent=event.agent_id,
                    csq=event.csq_id,
                    reason=event.reason,
                )
            return  # clients are told of devices and calls
        self.peripheral.tell(event)

    def _set_timer(self) -> None:
        due = self.engine.due_at()
        if self._timer is not None and (due is None or self._timer.getTime() != due):
            self._timer.cancel()
            self._timer = None
        if due is not None and self._timer is None and self.running:
            self._timer = self._clock.callLater(max(0.0, due - self.now()), self._advance)

    def _advance(self) -> None:
        self._timer = None
        self.engine.advance(self.now())
        self.settle()

    # The days -------------------------------------------------------------------------------------------------

    def _await_midnight(self, at: float) -> None:
        """Plan the end of the day in which a moment lies, on the clock of ``engine.time_zone``."""
        end = self._calendar.span(Period.TODAY, at).end
        self._midnight = self.engine.floor.agenda.set(
            self.now() + end - self.wall_s(), lambda _now: self._end_day(end)
        )

    def _end_day(self, end: float) -> None:
        at = self.wall_s()
        if at >= end:  # else the wall clock has been slower than ours
            self.engine.router.new_day()
        self._await_midnight(at)

    # The telephone system -------------------------------------------------------------------------------------

    def operate(self, operation: Operation) -> Deferred[Any]:
        """Let the telephone system do something; a failure is the engine's to know, too.

        Returns:
            Fires with what the provider's operation fires with, or fails as it does.
        """
        return self._perform(operation).addErrback(self._not_done, operation)

    def _not_done(self, failure: Failure, operation: Operation) -> Deferred[Any] | Failure:
        """When the call has become part of another meanwhile, it is done there; else it has failed."""
        error = failure.value
        if isinstance(error, ProviderError) and error.cause is Cause.CALL_CANCELLED:
            again = self.engine.calls.elsewhere(operation)
            if again is not None:
                return self._perform(again).addErrback(self._failed, operation)
        return self._failed(failure, operation)

    def _perform(self, operation: Operation) -> Deferred[Any]:
        return self._operations[type(operation)](*astuple(operation))

    def _failed(self, failure: Failure, operation: Operation) -> Failure:
        error = failure.value
        cause = error.cause if isinstance(error, ProviderError) else Cause.UNKNOWN
        self.engine.operation_failed(operation, cause, self.now())
        self.settle()
        return failure

    def _order_failed(self, failure: Failure, order: Operation) -> Deferred[None]:
        """What the engine wanted for itself is not done there."""
        again: Deferred[Any] = fail(failure)
        again.addErrback(self._not_done, order)
        return again.addErrback(self._refused, order)

    def _refused(self, failure: Failure, operation: Operation) -> None:
        """What the engine wanted for itself has failed; it knows already."""
        if failure.check(ProviderError):
            self.log.debug("{operation}: {error}", operation=operation, error=failure.value)
        else:
            self.log.failure("{operation} failed", failure, operation=operation)


def _operations(provider: IProvider) -> Mapping[type[Order], Callable[..., Deferred[Any]]]:
    """What a provider does for each of the engine's operations, whose fields are its arguments."""
    return {
        Connect: provider.connect,
        Accept: provider.accept,
        Reject: provider.reject,
        Redirect: provider.redirect,
        Answer: provider.answer,
        Hold: provider.hold,
        Unhold: provider.unhold,
        Disconnect: provider.disconnect,
        Drop: provider.drop,
        Consult: provider.consult,
        Alternate: provider.alternate,
        Transfer: provider.transfer,
        TransferTo: provider.transfer_to,
        Conference: provider.conference,
        AddParty: provider.add_party,
        StartMonitoring: provider.start_monitoring,
        UpdateMonitoring: provider.update_monitoring,
        StartRecording: provider.start_recording,
        StopRecording: provider.stop_recording,
        Play: provider.play,
        Collect: provider.collect,
        StopMedia: provider.stop_media,
        SendDTMF: provider.send_dtmf,
    }
