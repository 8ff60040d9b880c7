"""The GED-188 client: the web services' link to whichever engine is active.

Spec: ``cti.md`` §5, §10, §12.3. Either dialect, bridge mode; in UCCE's a session with one side at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Final, NamedTuple

from twisted.application.service import Service
from twisted.internet import defer, error
from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.interfaces import IAddress, IReactorTime, IStreamClientEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.config import CTIClientConfig
from finesse_tx.cti.client_session import ClientSession, End, open_request
from finesse_tx.cti.core.counters import LinkCounters, LinkStatus, Traffic, status_name
from finesse_tx.cti.core.errors import LinkDownError, RequestFailedError
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.cti.core.rotation import Attempt, Rotation
from finesse_tx.cti.core.session import ClientState
from finesse_tx.cti.core.wire import Dialect
from finesse_tx.cti.protocol import CTIProtocol
from finesse_tx.interfaces import ICTILink, ICTILinkListener

__all__ = ["CONNECT_S", "CTIClient", "Side"]

CONNECT_S: Final = 10.0
"""How long a side may take to accept a connection."""


class Side(NamedTuple):
    """An engine.

    Attributes:
        name: ``host:port``, for people.
        endpoint: Connects to it.
    """

    name: str
    endpoint: IStreamClientEndpoint


class _OneSession(Factory):
    """Connects one session."""

    noisy = False

    def __init__(self, session: ClientSession, max_pending: int) -> None:
        self._session, self._max_pending = session, max_pending

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        return CTIProtocol(self._session, self._max_pending)


@implementer(ICTILink)
class CTIClient(Service):
    """The link: it is kept open while the service runs.

    It is a loop, not a `twisted.application.internet.ClientService`: which side comes next, with which version and
    when, depends on what the last one answered.

    Args:
        config: ``cti.client``.
        sides: Each makes the `Side` to connect to, at every attempt anew; at least one.
        clock: For the timers.
        now: The time, in UTC.
        listener: Is told what happens.
        password: ClientPassword.
        cce: Whether the engine's agent states are a CCE's.

    Attributes:
        side: ``host:port`` of the open session; empty while there is none.
        version: The protocol version of the open session; 0 while there is none.
        counters: What it has done; `status` for how it is.
    """

    log = Logger()

    def __init__(
        self,
        config: CTIClientConfig,
        sides: Sequence[Callable[[], Side]],
        clock: IReactorTime,
        now: Callable[[], datetime],
        listener: ICTILinkListener,
        *,
        password: str = "",
        cce: bool = False,
    ) -> None:
        self._config, self._sides, self._clock = config, sides, clock
        self._now, self._listener, self._password = now, listener, password
        self._cce = cce
        dialect = Dialect(config.dialect)
        self._rotation = Rotation(len(sides), config.version, config.retry_s, dialect)
        self._session: ClientSession | None = None
        self.counters = LinkCounters()
        self._loop: Deferred[None] | None = None
        self.side, self.version = "", 0

    def status(self) -> LinkStatus:
        """How it is now, for whoever shows it to an operator."""
        session, counters = self._session, deepcopy(self.counters)
        traffic = session.traffic if session else Traffic()
        counters.received += traffic.received
        counters.sent += traffic.sent
        return LinkStatus(
            counters=counters,
            state=(session.state if session else ClientState.CLOSED).name,
            side=self.side,
            kind=session.kind if session else None,
            unanswered=session.unanswered if session else 0,
            waiting_bytes=traffic.waiting,
            heartbeat_missed=self.heartbeat_missed,
        )

    # ICTILink ------------------------------------------------------------------------------------------------

    @property
    def last_heartbeat(self) -> datetime | None:
        """When the engine last answered a heartbeat, in UTC."""
        return self._session.last_heartbeat if self._session else None

    @property
    def heartbeat_missed(self) -> bool:
        """Whether the latest heartbeat is overdue."""
        return self._session.heartbeats.missed if self._session else False

    def request(self, request: Request) -> Deferred[Message]:
        """Send a request; its InvokeID is filled in.

        Returns:
            Fires with the confirmation, or fails with `ControlFailureError`, `RequestFailedError`,
            `RequestTimeoutError`, `LinkDownError`, `EncodeError` or `TooManyRequestsError`.
        """
        if self._session is None:
            return fail(LinkDownError("there is no session with an engine"))
        return self._session.request(request)

    def send(self, message: Message) -> None:
        """Send what has no confirmation.

        Raises:
            LinkDownError: There is no session.
            EncodeError: The message cannot be written.
        """
        if self._session is None:
            raise LinkDownError("there is no session with an engine")
        self._session.send(message)

    # The service ---------------------------------------------------------------------------------------------

    @override
    def startService(self) -> None:
        super().startService()
        self._loop = Deferred.fromCoroutine(self._keep_open()).addErrback(self._stopped)

    @override
    def stopService(self) -> Deferred[None]:
        """End the session with CLOSE_REQ.

        Returns:
            Fires when it has ended: after `finesse_tx.cti.client_session.CLOSE_S` at the latest.
        """
        super().stopService()
        loop, self._loop = self._loop, None
        if loop is None:
            return succeed(None)
        if self._session is None:
            loop.cancel()
        else:
            self._session.close()
        return loop

    def _stopped(self, failure: Failure) -> None:
        if not failure.check(CancelledError):
            self.log.failure("The link to the engine has stopped", failure)

    async def _keep_open(self) -> None:
        attempt = self._rotation.first()
        while self.running:
            await deferLater(self._clock, attempt.delay)
            attempt = await self._try(attempt)

    async def _try(self, attempt: Attempt) -> Attempt:
        """Open a session and stay until it ends; say what to do next."""
        side = self._sides[attempt.side]()
        request = open_request(self._config, attempt.version, self._password)
        session = ClientSession(
            self._config,
            request,
            self._clock,
            self._now,
            self._listener.link_message,
            counters=self.counters,
            cce=self._cce,
        )
        self.counters.attempts += 1
        try:
            connecting = side.endpoint.connect(_OneSession(session, self._config.max_pending_bytes))
            await connecting.addTimeout(CONNECT_S, self._clock)
            answer = await session.opened
        except RequestFailedError as refusal:
            self.counters.refused[status_name(refusal.status)] += 1
            self.log.warn("{side} refuses: {refusal}", side=side.name, refusal=refusal)
            return self._rotation.refused(refusal.status)
        except (
            error.ConnectError,
            error.ConnectingCancelledError,
            defer.TimeoutError,
            OSError,
            LinkDownError,
        ) as fault:
            self.counters.unreachable += 1
            self.log.warn("{side} cannot be reached: {fault}", side=side.name, fault=fault)
            return self._rotation.failed()
        return await self._stay(side, session, online=answer.peripheral_online)

    async def _stay(self, side: Side, session: ClientSession, *, online: bool) -> Attempt:
        opened_at = self._clock.seconds()
        self._rotation.opened()
        self._session, self.side = session, side.name
        kind = session.kind
        self.version = kind.version
        self.counters.opened[kind] += 1
        self.log.info(
            "A session is open with {side}: {dialect}, version {version}",
            side=side.name,
            dialect=kind.dialect,
            version=kind.version,
        )
        end = End("given up")
        try:
            self._listener.link_opened(side.name, online)
            end = await session.ended
        finally:
            session.ended.cancel()  # unless it has ended: nobody else would end it
            self._session, self.side, self.version = None, "", 0
            self.counters.ended[session.cause] += 1
            self.log.info(
                "The session with {side} has ended: {end}; {seconds:.1f} s, {cause}; since the start"
                " {reconnects} reconnects, {missed} heartbeats missed",
                side=side.name,
                end=end.reason,
                seconds=self._clock.seconds() - opened_at,
                cause=session.cause.value,
                reconnects=self.counters.reconnects,
                missed=self.counters.heartbeats_missed,
            )
            self._listener.link_closed(end.reason)
        return self._rotation.lost(self._clock.seconds() - opened_at, end.status)
