"""One session with an engine, as the client keeps it.

The table of `finesse_tx.cti.core.session` decides what follows from what; here are the heartbeats and the requests
that wait for their answers.

Whoever uses it speaks UCCX's dialect: to a server of UCCE's it translates what goes out and what comes in.

Spec: ``cti.md`` §8.1 to §8.4, §10.1 to §10.3, §12.3. Bridge mode.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.config import CTIClientConfig
from finesse_tx.cti.core.counters import Ended, LinkCounters, SessionKind, Traffic
from finesse_tx.cti.core.enums import (
    NULL,
    AgentStateMask,
    CallMsgMask,
    CCXStatus,
    ConfigMask,
    CTIService,
    StatusCode,
    SystemEventID,
)
from finesse_tx.cti.core.errors import (
    BadMessageError,
    EncodeError,
    LinkDownError,
    RequestFailedError,
    RequestTimeoutError,
    TooManyRequestsError,
    UnexpectedMessageError,
)
from finesse_tx.cti.core.framing import Frame
from finesse_tx.cti.core.heartbeats import Heartbeats
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import Confirmation, Message, Request
from finesse_tx.cti.core.messages import (
    CloseConf,
    CloseReq,
    ConfigRequestEvent,
    FailureConf,
    FailureEvent,
    HeartbeatConf,
    HeartbeatReq,
    OpenConf,
    OpenReq,
    SystemEvent,
)
from finesse_tx.cti.core.opening import MIN_IDLE_TIMEOUT_S, PERIPHERAL_ID
from finesse_tx.cti.core.session import ClientAction, ClientInput, ClientState, client_step
from finesse_tx.cti.core.translation import from_ucce, to_ucce
from finesse_tx.cti.outstanding import Outstanding
from finesse_tx.cti.protocol import CTIProtocol

__all__ = [
    "CLOSE_S",
    "INPUTS",
    "OPEN_S",
    "SOMETIMES",
    "ClientSession",
    "End",
    "open_request",
]

OPEN_S: Final = 30.0
"""How long the server may take to answer OPEN_REQ (§10.1)."""

CLOSE_S: Final = 5.0
"""How long the server may take to answer CLOSE_REQ (§10.3)."""

SERVICES: Final = (
    CTIService.CTI_SERVICE_ALL_EVENTS
    | CTIService.CTI_SERVICE_CALL_DATA_UPDATE
    | CTIService.CTI_SERVICE_CLIENT_CONTROL
    | CTIService.CTI_SERVICE_SUPERVISOR
    | CTIService.CTI_SERVICE_CONFIG_EVENTS
)
"""What a bridge like Finesse asks for (§8.1): 0x00040096."""

CALL_EVENTS: Final = {
    Dialect.UCCX: CallMsgMask(0x007F_FFFF),
    Dialect.UCCE: CallMsgMask(0x0FFF_FFFF),
}
"""All call events that an engine may have; of UCCE's those of every version, as a recorded client asks for."""

AGENT_STATES: Final = {Dialect.UCCX: AgentStateMask(0x1FF), Dialect.UCCE: AgentStateMask(0x3FFF)}
"""All agent states."""

HOLD: Final = AgentStateMask.AGENT_HOLD_MASK

_GOING: Final = {CCXStatus.SHUTTING_DOWN, CCXStatus.SHUT_DOWN}

INPUTS: Final[Mapping[type[Message], ClientInput]] = {
    HeartbeatConf: ClientInput.HEARTBEAT_CONF,
    CloseConf: ClientInput.CLOSE_CONF,
    OpenConf: ClientInput.OPEN_CONF,
}
"""The messages that are always the link's own business."""

SOMETIMES: Final = (FailureConf, FailureEvent, SystemEvent)
"""Those that may be, by what they say: a heartbeat or OPEN_REQ that failed, an end. Else they are as others."""

_RESERVED: Final = {0, PERIPHERAL_ID}
"""What UCCX has where UCCE has a PeripheralID: 0 in requests for configuration, else 1."""

_ABOUT_A_PERIPHERAL: Final = {
    SystemEventID.SYS_PERIPHERAL_ONLINE,
    SystemEventID.SYS_PERIPHERAL_OFFLINE,
}


_CAUSES: Final = {
    ClientInput.OPEN_OVERDUE: Ended.NOT_OPENED,
    ClientInput.OPEN_REFUSED: Ended.REFUSED,
    ClientInput.BEATS_MISSED: Ended.HEARTBEATS,
    ClientInput.HEARTBEAT_REFUSED: Ended.SHUTDOWN,
    ClientInput.ENDED: Ended.SHUTDOWN,
    ClientInput.CLOSE_CONF: Ended.CLOSED,
    ClientInput.CLOSE_OVERDUE: Ended.CLOSED,
}
"""Why a session ends, by what ends it; the first counts."""


class End(NamedTuple):
    """How a session ended.

    Attributes:
        reason: For people to read.
        status: That of the FAILURE_EVENT that ended it; 0 where there was none.
    """

    reason: str
    status: int = 0


def open_request(config: CTIClientConfig, version: int, password: str) -> OpenReq:
    """The OPEN_REQ of a bridge that wants to know everything."""
    dialect = Dialect(config.dialect)
    kinds = ConfigMask.APPLICATIONS | ConfigMask.CSQS | ConfigMask.AGENTS | ConfigMask.DEVICES
    if dialect is Dialect.UCCX and version >= 18:
        kinds |= ConfigMask.TERMINALS
    return OpenReq(
        version_number=version,
        idle_timeout=max(MIN_IDLE_TIMEOUT_S, math.ceil(4 * config.heartbeat_s)),
        peripheral_id=0 if dialect is Dialect.UCCX else NULL,
        services_requested=SERVICES,
        call_msg_mask=CALL_EVENTS[dialect],
        # The embedded engine may have a CCE's personality; a CCX of somebody else's knows no HOLD.
        agent_state_mask=AGENT_STATES[dialect] | (HOLD if not config.side_a else 0),
        config_msg_mask=kinds,
        client_id=config.client_id,
        client_password=password.encode() + b"\0",
    )


class ClientSession:
    """A session from the connection to its end; there is another for the next one.

    Args:
        config: Heartbeats, timeouts and names.
        request: The OPEN_REQ; its version is what the session speaks.
        clock: For the timers.
        now: The time, in UTC.
        deliver: Called with each event, and with each answer that nobody waits for. If it raises, the connection is
            lost: who has half understood an event had better be told everything anew.
        layout: What the session speaks, where that is not what ``config`` says in its usual widths. Nothing is
            translated then: messages are handed on, and sent, as they are.
        counters: What the link has done; the session adds what it does.
        cce: Whether the engine's agent states are a CCE's.

    Attributes:
        opened: Fires with OPEN_CONF; or fails with `RequestFailedError` (the server refuses) or `LinkDownError`.
        ended: Fires once the session that was open is at its end, and every request has failed.
        heartbeats: When they are due, and whether one is overdue.
        last_heartbeat: When the server last answered one.
    """

    log = Logger()

    def __init__(
        self,
        config: CTIClientConfig,
        request: OpenReq,
        clock: IReactorTime,
        now: Callable[[], datetime],
        deliver: Callable[[Message], None],
        layout: Layout | None = None,
        counters: LinkCounters | None = None,
        *,
        cce: bool = False,
    ) -> None:
        self._counters = LinkCounters() if counters is None else counters
        self._cause: Ended | None = None
        self._config, self._clock, self._now, self._deliver = config, clock, now, deliver
        self._request = request
        dialect = Dialect(config.dialect)
        self._ucce, self._cce = layout is None and dialect is Dialect.UCCE, cce
        self._layout = layout or Layout.of(dialect, request.version_number)
        self._peripheral_id: int | None = None  # UCCE's, as the server tells it
        self._state = ClientState.CLOSED
        self._timer: IDelayedCall | None = None
        self._outstanding = Outstanding(config.request_timeout_s, clock, config.max_requests)
        self.heartbeats = Heartbeats(config.heartbeat_s, config.heartbeat_misses, clock.seconds())
        self.opened: Deferred[OpenConf] = Deferred(lambda _: self._abandon())
        self.ended: Deferred[End] = Deferred(lambda _: self._abandon())
        self.last_heartbeat: datetime | None = None

    @property
    def state(self) -> ClientState:
        """Where the connection is."""
        return self._state

    @property
    def cause(self) -> Ended:
        """Why it has ended, once it has."""
        return self._cause or Ended.LOST

    @property
    def kind(self) -> SessionKind:
        """What is spoken."""
        return SessionKind("bridge", self._layout.dialect.value, self._layout.version)

    @property
    def traffic(self) -> Traffic:
        """What its connection carries; nothing once it is lost, when the counters have it."""
        return self._wire.traffic if self._state is not ClientState.CLOSED else Traffic()

    @property
    def unanswered(self) -> int:
        """How many requests wait for their answers."""
        return len(self._outstanding)

    # What the link asks --------------------------------------------------------------------------------------

    def request(self, request: Request) -> Deferred[Message]:
        """Send a request; its InvokeID is filled in.

        Returns:
            As `finesse_tx.interfaces.ICTILink.request`; fails with `TooManyRequestsError` as well.
        """
        if self._state is not ClientState.OPEN:
            return fail(LinkDownError("the session is closing"))
        try:
            answer = self._outstanding.send(request, self._send)
            self._counters.requests[request.MESSAGE_TYPE.name] += 1
            return answer.addErrback(self._note_timeout)
        except (EncodeError, TooManyRequestsError):
            return fail(Failure())

    def _note_timeout(self, failure: Failure) -> Failure:
        if failure.check(RequestTimeoutError):
            self._counters.timeouts += 1
            self.log.warn("{peer}: {error}", peer=self._wire.peer, error=failure.value)
        return failure

    def send(self, message: Message) -> None:
        """Send what has no confirmation.

        Raises:
            LinkDownError: The session is closing.
            EncodeError: The message cannot be written.
        """
        if self._state is not ClientState.OPEN:
            raise LinkDownError("the session is closing")
        self._send(message)

    def close(self) -> None:
        """End the session in order; `ended` tells when it is."""
        action = self._step(ClientInput.CLOSE)
        if action is ClientAction.DROP:
            self._drop(End("closed"))
        elif action is ClientAction.SEND_CLOSE_REQ:
            self._send(CloseReq(invoke_id=self._outstanding.invoke_id()))
            self._wait(
                CLOSE_S,
                lambda: self._happen(ClientInput.CLOSE_OVERDUE, "CLOSE_REQ was not answered"),
            )

    def _abandon(self) -> None:
        """Nobody waits for this session any more."""
        if self._state is not ClientState.CLOSED:
            self._state = ClientState.CLOSED
            self._cause = Ended.CLOSED
            self._drop(End("given up"))

    # What the wire says --------------------------------------------------------------------------------------

    def connection_made(self, wire: CTIProtocol) -> None:
        """The server is there."""
        self._wire = wire
        self._step(ClientInput.CONNECTED)
        self._request = replace(self._request, invoke_id=self._outstanding.invoke_id())
        self._send(self._request)
        self._wait(
            OPEN_S, lambda: self._happen(ClientInput.OPEN_OVERDUE, "OPEN_REQ was not answered")
        )

    def frame_received(self, frame: Frame) -> None:
        """The server sent a message."""
        self.heartbeats.received(self._clock.seconds())
        try:
            message = self._layout.decode(frame)
        except BadMessageError as error:
            self.log.warn("{peer} sent a wrong message: {error}", peer=self._wire.peer, error=error)
            return
        if self._ucce:
            message = from_ucce(message, self._layout.version, cce=self._cce)
        if self._state is ClientState.OPEN:
            self._counters.came(message)
        event, reason = self._understand(message)
        self._cause = self._cause or _CAUSES.get(event)
        try:
            action = self._step(event)
        except UnexpectedMessageError as error:
            self.log.warn("{peer}: {error}", peer=self._wire.peer, error=error)
            self._state, self._cause = ClientState.CLOSED, Ended.FAULT
            self._drop(End(str(error)))
            return
        match action, message:
            case ClientAction.ANNOUNCE, OpenConf():
                self._announce(message)
            case ClientAction.DELIVER, SystemEvent() if self._ucce:
                self._system_event(message)
            case ClientAction.DELIVER, _:
                self._dispatch(message)
            case ClientAction.NOTE_BEAT, _:
                self.heartbeats.confirmed()
                self.last_heartbeat = self._now()
            case ClientAction.DROP, FailureConf() if not self.opened.called:
                self._refused(message)
            case ClientAction.DROP, CloseConf():
                self._wire.close()
                self._forget(End(reason))
            case ClientAction.DROP, FailureEvent():
                self._drop(End(reason, message.status))
            case ClientAction.DROP, _:
                self._drop(End(reason))

    def connection_lost(self, reason: str) -> None:
        """The connection is gone."""
        traffic = self._wire.traffic
        self._counters.received += traffic.received
        self._counters.sent += traffic.sent
        self._cause = self._cause or self._wire.fault
        self._step(ClientInput.LOST)
        self._forget(End(reason))

    def _understand(self, message: Message) -> tuple[ClientInput, str]:
        """What a message is to this session, and why it ends if it does."""
        if (event := INPUTS.get(type(message))) is not None:
            return event, "closed" if event is ClientInput.CLOSE_CONF else ""
        match message:
            case FailureConf() if self._state is ClientState.OPENING:
                return ClientInput.OPEN_REFUSED, "refused"
            case FailureConf() if self.heartbeats.is_beat(message.invoke_id):
                return ClientInput.HEARTBEAT_REFUSED, "the server has gone offline"
            case FailureEvent() if message.status != StatusCode.E_CTI_AUTO_CONFIG_RESET:
                error = RequestFailedError(message.status, message.text or "")
                return ClientInput.ENDED, f"the server ends the session: {error}"
            case SystemEvent() if message.pg_status in _GOING:
                return ClientInput.ENDED, "the engine shuts down"
            case SystemEvent(system_event_id=SystemEventID.SYS_CTI_SERVER_OFFLINE):
                return ClientInput.ENDED, "the CTI server goes offline"
            case _:
                return ClientInput.MESSAGE, ""

    # What follows --------------------------------------------------------------------------------------------

    def _step(self, event: ClientInput) -> ClientAction:
        self._state, action = client_step(self._state, event)
        return action

    def _happen(self, event: ClientInput, reason: str) -> None:
        """Something on our side ends the session."""
        self._cause = self._cause or _CAUSES.get(event)
        self._step(event)
        self._drop(End(reason))

    def _announce(self, answer: OpenConf) -> None:
        now = self._clock.seconds()
        self.heartbeats = Heartbeats(self._config.heartbeat_s, self._config.heartbeat_misses, now)
        self._watch()
        if self._ucce and answer.flt_peripheral_ids:
            self._peripheral_id = answer.flt_peripheral_ids[0]
        self.opened.callback(answer)

    def _refused(self, answer: FailureConf) -> None:
        self._cancel_timer()
        self._wire.abort()
        self.opened.errback(RequestFailedError(answer.status, answer.text or ""))

    def _system_event(self, event: SystemEvent) -> None:
        """Of UCCE's peripherals, one is ours: the first that the server told of. Others' states are not."""
        if event.system_event_id in _ABOUT_A_PERIPHERAL:
            if self._peripheral_id is None:
                self._peripheral_id = event.system_event_arg1
            if event.system_event_arg1 != self._peripheral_id:
                return
        self._counters.events += 1
        self._deliver(event)

    def _dispatch(self, message: Message) -> None:
        if not isinstance(message, Confirmation):
            self._counters.events += 1
        elif self._outstanding.answered(message):
            return
        else:
            self._counters.late_answers += 1
            self.log.info(
                "{peer} sent {message}, which nobody waits for",
                peer=self._wire.peer,
                message=type(message).__name__,
            )
        self._deliver(message)

    def _watch(self) -> None:
        """Send a heartbeat when one is due, and come back when the next one is."""
        now = self._clock.seconds()
        if now >= self.heartbeats.due:
            if self.heartbeats.dead:
                self._counters.heartbeats_missed += 1
                misses = self._config.heartbeat_misses
                self._happen(ClientInput.BEATS_MISSED, f"{misses} heartbeats were not answered")
                return
            self._step(ClientInput.BEAT_DUE)
            invoke_id = self._outstanding.invoke_id()
            self._send(HeartbeatReq(invoke_id=invoke_id))
            self.heartbeats.beat(invoke_id, now)
            self._counters.heartbeats += 1
            self._counters.heartbeats_missed += self.heartbeats.missed
        self._wait(self.heartbeats.due - now, self._watch)

    def _send(self, message: Message) -> None:
        if self._ucce:
            message = self._addressed(to_ucce(message, cce=self._cce))
        self._wire.send(self._layout.encode(message))
        self.heartbeats.sent(self._clock.seconds())

    def _addressed(self, message: Message) -> Message:
        """A message of UCCE's dialect, for the peripheral that is ours."""
        changes: dict[str, Any] = {}
        if self._peripheral_id and getattr(message, "peripheral_id", None) in _RESERVED:
            changes["peripheral_id"] = self._peripheral_id
        if isinstance(
            message, ConfigRequestEvent
        ):  # from version 24 on it says again what OPEN_REQ has said
            changes["config_msg_mask"] = self._request.config_msg_mask
        return replace(message, **changes) if changes else message

    def _wait(self, seconds: float, call: Callable[[], object]) -> None:
        """Start the one timer: in each state there is one thing to wait for."""
        self._cancel_timer()
        self._timer = self._clock.callLater(seconds, call)

    def _cancel_timer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def _drop(self, end: End) -> None:
        self._wire.abort()
        self._forget(end)

    def _forget(self, end: End) -> None:
        """Free what the session held, and tell how it ended; the first time counts."""
        self._cancel_timer()
        self._outstanding.fail_all(end.reason)
        if not self.opened.called:
            self.opened.errback(LinkDownError(end.reason))
        elif not self.ended.called:
            self.ended.callback(end)
