"""One client's session, as the server keeps it.

The table of `finesse_tx.cti.core.session` decides what follows from what; here are the timers, the requests that
are on their way through the peripheral, and the messages that go out.

Inside everything is UCCX's dialect; a session of UCCE's translates what comes in and what goes out.

Spec: ``cti.md`` §10.1 to §10.3, §10.6, §12.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final
from typing import Protocol as Shape

from twisted.internet import defer
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.config import CTIServerConfig
from finesse_tx.cti.agent_mode import asking, calls_of, find_agent
from finesse_tx.cti.core.announcements import open_conf, status_event
from finesse_tx.cti.core.counters import Ended, ServerCounters, SessionKind, Tally, Traffic
from finesse_tx.cti.core.enums import (
    AgentState,
    CCXStatus,
    ConfigKeyStatus,
    CTIService,
    StatusCode,
    TeamConfigStatus,
)
from finesse_tx.cti.core.errors import EncodeError, OpenRefusedError
from finesse_tx.cti.core.filters import EventFilter
from finesse_tx.cti.core.framing import Frame
from finesse_tx.cti.core.incoming import invoke_id, understand
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import Confirmation, Message, Request
from finesse_tx.cti.core.messages import (
    ActiveMaintenanceEventMsg,
    ActiveMaintenanceReqMsg,
    ActiveMaintenanceRespMsg,
    CloseConf,
    ConfigKeyEvent,
    ConfigRequestEvent,
    ConfigRequestKeyEvent,
    EmergencyCallEvent,
    FailureEvent,
    HeartbeatConf,
    OpenReq,
    StandbyActiveEventMsg,
    SupervisorAssistEvent,
    TeamConfigConf,
    TeamConfigReq,
)
from finesse_tx.cti.core.opening import Grant, Mode, Terms, judge
from finesse_tx.cti.core.requests import admit, failure, too_many
from finesse_tx.cti.core.session import ServerAction, ServerInput, ServerState, server_step
from finesse_tx.cti.core.translation import encode_for, from_ucce
from finesse_tx.cti.exchange import Exchange
from finesse_tx.cti.maintenance import MaintenanceQuestion
from finesse_tx.cti.protocol import CTIProtocol
from finesse_tx.interfaces import IAgentClients, IPeripheral, ITeams

__all__ = ["LEAVE_S", "LINGER_S", "Host", "ServerSession"]

LINGER_S: Final = 2.0
"""How long a client may take to read what was sent before the connection is reset."""

LEAVE_S: Final = 5.0
"""How long a client may take to go over to the other side, and to agree to maintenance (§10.6)."""

_SESSIONS: Final = {ServerState.OPEN, ServerState.STANDBY, ServerState.LEAVING}

_BEFORE_OPEN: Final = Layout.of(Dialect.UCCX, 14)
"""FAILURE_CONF and FAILURE_EVENT are the same bytes in all layouts."""


class Host(Shape):
    """The server, as its sessions see it."""

    config: CTIServerConfig
    peripheral: IPeripheral
    clock: IReactorTime
    now: Callable[[], datetime]
    terms: Terms
    counters: ServerCounters

    def place(self, session: ServerSession) -> StatusCode | None:
        """Take in a session that is about to open; those it replaces are ended.

        Returns:
            Why it cannot be taken in; None when it is.
        """

    def gone(self, session: ServerSession) -> None:
        """The session's connection is lost."""


class ServerSession:
    """A connection, and the session on it.

    Attributes:
        grant: What the session may do; None before it is open.
        left: How the client has left a session of the active side: whether it was closed; None while it has not.
        host_name: Where the client is.
    """

    log = Logger()

    def __init__(self, host: Host) -> None:
        self._host = host
        self._ask = asking(host.peripheral, host.clock)
        self._state = ServerState.WAITING
        self._timer: IDelayedCall | None = None
        self._last_received = 0.0
        self._exchanges: set[Exchange] = set()
        self._task: Deferred[None] | None = None
        self._question: MaintenanceQuestion | None = None
        self._tally = Tally(host.counters)
        self.grant: Grant | None = None
        self.left: bool | None = None
        self.host_name = ""

    @property
    def is_open(self) -> bool:
        """Whether there is a session, be this side the active one or not."""
        return self._state in _SESSIONS

    @property
    def is_active(self) -> bool:
        """Whether there is a session that gets events and may ask."""
        return self._state is ServerState.OPEN

    @property
    def traffic(self) -> Traffic:
        """What its connection has carried."""
        return self._wire.traffic

    @property
    def unanswered(self) -> int:
        """How many requests wait for the peripheral."""
        return len(self._exchanges)

    def __str__(self) -> str:
        where = f"the client at {self._wire.peer}"
        if self.grant is None:
            return where
        who = self.grant.agent.key if self.grant.agent else self.grant.client_id
        return f'{where} ("{who}", version {self.grant.layout.version})'

    def _step(self, event: ServerInput) -> ServerAction:
        self._state, action = server_step(self._state, event)
        return action

    def _wait(self, seconds: float, call: Callable[[], object]) -> None:
        """Start the one timer: in each state there is one thing to wait for."""
        self._cancel_timer()
        self._timer = self._host.clock.callLater(seconds, call)

    def _cancel_timer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    # The connection ------------------------------------------------------------------------------------------

    def connection_made(self, wire: CTIProtocol) -> None:
        """The client is there; it has ``open_timeout_s`` to open a session."""
        self._wire, self.host_name = wire, wire.host
        self._wait(self._host.config.open_timeout_s, self._overdue)

    def connection_lost(self, reason: str) -> None:
        """The connection is gone."""
        if self._wire.fault is not None:
            self._tally.ending(self._wire.fault)
        traffic = self._wire.traffic
        self._summarise(self._tally.ended(traffic), reason, traffic)
        if self.is_active:
            self.left = False
        self._step(ServerInput.LOST)
        self._cancel_timer()
        for exchange in tuple(self._exchanges):
            exchange.end()
        self._cancel_task()
        self._withdraw_question()
        self._host.gone(self)

    def _summarise(self, cause: Ended, reason: str, traffic: Traffic) -> None:
        if self._tally.kind is None:
            return
        self.log.info(
            "The session of {session} has ended: {cause}; {seconds:.1f} s, {requests} requests, {failures} of them"
            " failed, {events} events, {received} bytes in, {sent} out ({reason})",
            session=self,
            cause=cause.value,
            seconds=self._host.clock.seconds() - self._tally.opened_at,
            requests=self._tally.requests,
            failures=self._tally.failures,
            events=self._tally.events,
            received=traffic.received,
            sent=traffic.sent,
            reason=reason,
        )

    def _cancel_task(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _overdue(self) -> None:
        self._step(ServerInput.OPEN_OVERDUE)
        self._tally.ending(Ended.NOT_OPENED)
        self._cancel_task()
        self.log.warn("{session} has opened no session in time: dropped", session=self)
        self._wire.abort()

    def _watch(self, idle_timeout_s: int) -> None:
        """End the session once nothing has come for so long."""
        left = self._last_received + idle_timeout_s - self._host.clock.seconds()
        if left > 0:
            self._wait(left, lambda: self._watch(idle_timeout_s))
            return
        if self.is_active:
            self.left = False
        self._step(ServerInput.IDLE)
        self._tally.ending(Ended.IDLE)
        self.log.warn("{session} has sent nothing in time: dropped", session=self)
        self._wire.abort()

    def _close(self) -> None:
        self._wire.close()
        self._wait(LINGER_S, self._wire.abort)

    # Messages in ---------------------------------------------------------------------------------------------

    def frame_received(self, frame: Frame) -> None:
        """The client sent a message."""
        self._last_received = self._host.clock.seconds()
        event, message, status, fault = understand(frame, self.grant)
        if fault:
            self.log.warn("{session}: {fault}", session=self, fault=fault)
        was_active = self.is_active
        match self._step(event):
            case ServerAction.JUDGE:
                opening = Deferred.fromCoroutine(self._open(frame))
                self._task = opening.addErrback(self._broken)
            case ServerAction.FORWARD if message is not None and self.grant is not None:
                self._tally.asked(message)
                self._forward(message, self.grant)
            case ServerAction.CONFIRM_HEARTBEAT:
                self._send(HeartbeatConf(invoke_id=invoke_id(frame)))
            case ServerAction.CONFIRM_CLOSE:
                self._tally.ending(Ended.CLOSED)
                self.left = True if was_active else None
                self._send(CloseConf(invoke_id=invoke_id(frame)))
                self._close()
            case ServerAction.FAIL_NOT_OPEN:
                self._fail(frame, StatusCode.E_CTI_SESSION_NOT_OPEN)
            case ServerAction.FAIL_ALREADY_OPEN:
                self._fail(frame, StatusCode.E_CTI_SESSION_ALREADY_OPEN)
            case ServerAction.FAIL_OFFLINE:
                self._fail(frame, StatusCode.E_CTI_CTI_SERVER_OFFLINE)
            case ServerAction.FAIL_UNKNOWN | ServerAction.FAIL_MALFORMED:
                self._fail(frame, status)
            case ServerAction.NOTE_MAINTENANCE:
                if self._question is not None and isinstance(message, ActiveMaintenanceRespMsg):
                    self._question.answered(message)
            case ServerAction.CLOSE:
                self._tally.ending(Ended.WENT_OVER)
                self._close()

    # Opening -------------------------------------------------------------------------------------------------

    async def _open(self, frame: Frame) -> None:
        try:
            request, grant = judge(frame, self._host.terms)
            state: int = AgentState.LOGIN
            if grant.agent is not None:
                agent, state = await find_agent(self._ask, grant.agent)
                grant = replace(grant, agent=agent)
            # The sides may have changed while the peripheral was asked.
            self.grant = grant = replace(grant, standby=not self._host.terms.master)
            if (status := self._host.place(self)) is not None:
                raise OpenRefusedError(status, "the phone has another client's session")
        except OpenRefusedError as error:
            self.grant = None
            self._step(ServerInput.REFUSED)
            self._tally.refused(error.status)
            self.log.warn("Refused {session}: {error}", session=self, error=error)
            self._fail(frame, error.status)
            return
        self._filter = EventFilter(grant)
        self._step(ServerInput.ACCEPTED_STANDBY if grant.standby else ServerInput.ACCEPTED)
        layout = grant.layout
        kind = SessionKind(grant.mode.name.lower(), layout.dialect.value, layout.version)
        self._tally.opened(kind, self._host.clock.seconds())
        self.log.info(
            "Opened {session}: {mode} mode, {dialect}",
            session=self,
            mode=kind.mode,
            dialect=kind.dialect,
        )
        self._confirm(request, grant, state)
        if grant.agent is not None and IAgentClients.providedBy(self._host.peripheral):
            self._host.peripheral.client_came(grant.agent.agent_id, grant.agent.device)
        if self.is_active and ITeams.providedBy(self._host.peripheral):
            self._tell_teams(self._host.peripheral)
        if grant.agent is not None and grant.agent.device and self.is_active:
            await self._tell_calls(grant.agent.device)

    def _tell_teams(self, peripheral: ITeams) -> None:
        """Tell a session of UCCE's that has asked for it of all teams (§11.2)."""
        if self.grant is not None and self.grant.wants_teams:
            for event in peripheral.teams():
                if self.wants(event):
                    self._send(event)

    async def _tell_calls(self, device: str) -> None:
        """Tell which calls the agent's phone has."""
        try:
            calls = await calls_of(self._ask, device)
        except defer.TimeoutError:
            self.log.warn(
                "{session} is not told of the calls of {device}", session=self, device=device
            )
            return
        for event in calls:
            if self.wants(event):
                self._send(event)

    def _confirm(self, request: OpenReq, grant: Grant, state: int) -> None:
        if grant.idle_timeout_s is None:
            self._cancel_timer()
        else:
            self._watch(grant.idle_timeout_s)
        online = self._host.peripheral.online()
        time = int(self._host.now().timestamp())
        self._send(open_conf(request.invoke_id, grant, state, online=online, time=time))
        # UCCE tells each peripheral's state to sessions for all events; in UCCX it is recommended to all (§10.1).
        if not grant.ucce or grant.mode is Mode.BRIDGE:
            self._tell_status(CCXStatus.IN_SERVICE if online else CCXStatus.OUT_OF_SERVICE)

    def _tell_status(self, status: CCXStatus) -> None:
        self._send(status_event(status, int(self._host.now().timestamp())))

    def _broken(self, failure: Failure) -> None:
        """Opening has failed: the client is gone, or we or the peripheral have a bug."""
        if not failure.check(CancelledError):
            self.log.failure("Opening a session", failure)
            self._tally.ending(Ended.FAULT)
            self._wire.abort()

    # Requests ------------------------------------------------------------------------------------------------

    def _forward(self, message: Message, grant: Grant) -> None:
        if isinstance(message, Request):
            admitted = admit(message, grant)
            if not isinstance(admitted, Request):
                self._send(admitted)
            elif len(self._exchanges) >= self._host.config.max_requests:
                self._send(too_many(admitted))
            else:
                self._request(admitted, grant)
            return
        if grant.ucce:
            message = from_ucce(message, grant.layout.version, cce=grant.cce)
        if not grant.config_mask:
            if isinstance(message, ConfigRequestKeyEvent):
                self._send(ConfigKeyEvent(config_key_status=ConfigKeyStatus.NOT_SUPPORTED))
        else:
            if isinstance(message, ConfigRequestEvent):
                self._filter.configuration_asked()
                wanted = message.config_information & grant.config_mask.value
                message = replace(message, config_information=wanted)
            self._pass_on(message, self._send)

    def _request(self, request: Request, grant: Grant) -> None:
        if isinstance(request, TeamConfigReq):
            if CTIService.CTI_SERVICE_CONFIG_EVENTS not in grant.services:
                status = TeamConfigStatus.FAILURE
                self._send(TeamConfigConf(invoke_id=request.invoke_id, status=status))
                return
            self._filter.teams_asked()
        exchange = Exchange(request, self._send, self._exchanges, self._host.clock)
        if not self._pass_on(request, exchange.reply):
            exchange.reply(failure(request.invoke_id, StatusCode.E_CTI_UNSPECIFIED_FAILURE))

    def _pass_on(self, message: Message, reply: Callable[[Message], None]) -> bool:
        """Let the peripheral carry out what the client asks for; False when it fails to."""
        try:
            self._host.peripheral.request(message, reply)
        except Exception:
            self.log.failure("The peripheral failed on {request}", request=type(message).__name__)
            return False
        return True

    # Messages out --------------------------------------------------------------------------------------------

    def wants(self, event: Message) -> bool:
        """Whether this session gets ``event``; it must be asked about every event, in order."""
        return self.is_active and self._filter.passes(event) and self._may_know(event)

    def _may_know(self, event: Message) -> bool:
        """Whether a call for help is one of the supervisor's own agents; a bridge is told of all."""
        agent, peripheral = self.grant.agent if self.grant else None, self._host.peripheral
        if not isinstance(event, SupervisorAssistEvent | EmergencyCallEvent) or agent is None:
            return True
        if not ITeams.providedBy(peripheral):
            return True
        return peripheral.supervises(agent.agent_id, event.agent_instrument or "")

    def transmit(self, data: bytes) -> None:
        """Send an event that is encoded in this session's layout."""
        self._tally.told()
        self._wire.send(data)

    def end(self, engine: CCXStatus, status: StatusCode) -> None:
        """End the session: say how the engine is, and why the session ends."""
        match self._step(ServerInput.SHUTDOWN):
            case ServerAction.ANNOUNCE_END:
                self._announce_end(engine, status)
            case ServerAction.CLOSE:
                self._tally.ending(Ended.SHUTDOWN)
                self._cancel_task()
                self._close()

    def _announce_end(self, engine: CCXStatus, status: StatusCode) -> None:
        self._tally.ending(Ended.SHUTDOWN)
        if self.grant is not None and self.grant.ucce:
            # The peripheral is well, and 92 is UCCX's: it is this side of the CTI server that goes (§10.3, §10.6).
            status = StatusCode.E_CTI_CTI_SERVER_OFFLINE
        else:
            self._tell_status(engine)
        self._send(FailureEvent(status=status))
        self._close()

    # Active and standby, UCCE's ------------------------------------------------------------------------------

    def activate(self) -> None:
        """This side is the active one now: a session on the standby gets events, and may ask."""
        if self._state is not ServerState.STANDBY:
            return
        self._step(ServerInput.ACTIVATED)
        self._send(StandbyActiveEventMsg())

    def demote(self, engine: CCXStatus, status: StatusCode) -> None:
        """This side is no longer the active one: a client that knows both may go over, another's session ends."""
        if self.is_active and self.grant is not None and self.grant.active_standby:
            self._step(ServerInput.DEMOTED)
            self._wait(LEAVE_S, lambda: self._leaving_overdue(engine, status))
        elif self._state is not ServerState.STANDBY:
            self.end(engine, status)

    def _leaving_overdue(self, engine: CCXStatus, status: StatusCode) -> None:
        self._step(ServerInput.LEAVING_OVERDUE)
        self.log.warn("{session} has not gone over to the other side in time", session=self)
        self._announce_end(engine, status)

    def ask_maintenance(self, number: int) -> Deferred[bool] | None:
        """Ask the client, with that InvokeID, whether this side may stop for maintenance.

        Returns:
            Fires with what it says: False as well when it says nothing in time, or goes. None for a client that
            need not be asked: it knows no other side.
        """
        if not self.is_active or self.grant is None or not self.grant.active_standby:
            return None
        self._withdraw_question()
        self._question = MaintenanceQuestion(number, LEAVE_S, self._host.clock)
        self._send(ActiveMaintenanceReqMsg(invoke_id=number))
        return self._question.agreed

    def tell_maintenance(self, *, goes_on: bool) -> None:
        """Tell the client whether this side stops for maintenance."""
        if self.is_active and self.grant is not None and self.grant.active_standby:
            self._send(ActiveMaintenanceEventMsg(maintenance_mode_status=goes_on))

    def _withdraw_question(self) -> None:
        if self._question is not None:
            self._question.withdraw()

    def supersede(self) -> None:
        """End the session: the same client has opened another one."""
        self._step(ServerInput.SUPERSEDED)
        self._tally.ending(Ended.SUPERSEDED)
        self.log.warn("{session} has opened another session: this one ends", session=self)
        self._send(FailureEvent(status=StatusCode.E_CTI_NEW_SESSION_OPENED))
        self._close()

    def _fail(self, frame: Frame, status: StatusCode) -> None:
        self._send(failure(invoke_id(frame), status))

    def _send(self, message: Message) -> None:
        layout = self.grant.layout if self.grant else _BEFORE_OPEN
        self._tally.answered(message)
        try:
            self._wire.send(encode_for(layout, message, cce=self._host.terms.cce))
        except EncodeError:
            self.log.failure("A message for {session} cannot be written", session=self)
            if isinstance(message, Confirmation):
                answer = failure(message.invoke_id, StatusCode.E_CTI_UNSPECIFIED_FAILURE)
                self._tally.answered(answer)
                self._wire.send(layout.encode(answer))
