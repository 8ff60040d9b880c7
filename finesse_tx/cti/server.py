"""The GED-188 server: the engine's side of every CTI session.

It stands before a peripheral (`finesse_tx.interfaces.IPeripheral`) and adds what is the protocol's: who may open a
session, what each session gets, that each request has one answer, and that no client holds up another.

Spec: ``cti.md`` §10.1 to §10.6, §12.2. UCCX's dialect, versions 10 to 18; UCCE's, 9 to 17 and 19 to 25; bridge and
agent mode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IAddress, IReactorTime, ITransport
from twisted.internet.protocol import Factory, Protocol
from twisted.logger import Logger
from typing_extensions import override

from finesse_tx.config import CTIServerConfig
from finesse_tx.cti.core.counters import ServerCounters, ServerStatus
from finesse_tx.cti.core.enums import CCXStatus, StatusCode
from finesse_tx.cti.core.errors import EncodeError
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import FailureEvent
from finesse_tx.cti.core.opening import Terms
from finesse_tx.cti.core.translation import encode_for
from finesse_tx.cti.protocol import CTIProtocol
from finesse_tx.cti.server_session import ServerSession
from finesse_tx.interfaces import IAgentClients, IPeripheral

__all__ = ["CTIServer", "CTIServerFactory"]


class CTIServer(Service):
    """Every CTI session of one peripheral.

    Args:
        config: ``cti.server``.
        peripheral: Whose events are sent and who carries out requests.
        clock: For the timers.
        now: The time, in UTC.
        credentials: The password for each ClientID; None lets everyone in, whatever they send.
        cce: Whether the peripheral's agent states are a CCE's.

    Attributes:
        factory: Makes the protocols; listen with it on each address.
        counters: What it has done; `status` for how it is.
    """

    log = Logger()

    def __init__(
        self,
        config: CTIServerConfig,
        peripheral: IPeripheral,
        clock: IReactorTime,
        now: Callable[[], datetime],
        credentials: Mapping[str, str] | None = None,
        *,
        cce: bool = False,
    ) -> None:
        self.config, self.peripheral, self.clock, self.now = config, peripheral, clock, now
        self.terms = Terms(credentials=credentials, dialect=Dialect(config.dialect), cce=cce)
        self.factory = CTIServerFactory(self)
        self.counters = ServerCounters()
        self._connections: set[ServerSession] = set()
        self._maintenance_id = 0
        self._unsubscribe: Callable[[], None] | None = None
        self._drained: Deferred[None] | None = None

    @property
    def session_count(self) -> int:
        """How many sessions are open."""
        return sum(session.is_open for session in self._connections)

    def status(self) -> ServerStatus:
        """How it is now, for whoever shows it to an operator."""
        live = [session.traffic for session in self._connections]
        unanswered = sum(session.unanswered for session in self._connections)
        return ServerStatus.of(self.counters, live, unanswered)

    @override
    def startService(self) -> None:
        super().startService()
        self._unsubscribe = self.peripheral.subscribe(self._publish)

    @override
    def stopService(self) -> Deferred[None]:
        """Announce the end to every client, and close.

        Returns:
            Fires when every connection is gone: after `finesse_tx.cti.server_session.LINGER_S` at the latest.
        """
        super().stopService()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._end_all(CCXStatus.SHUTTING_DOWN, StatusCode.E_CTI_CTI_SERVER_OFFLINE)
        if not self._connections:
            return succeed(None)
        self._drained = Deferred()
        return self._drained

    def set_master(self, master: bool) -> None:
        """Say whether this node is the active one of its pair.

        The standby has no sessions but those of UCCE clients that have one on each side. Those are told when their
        side becomes the active one; when it ceases to be, they have
        `finesse_tx.cti.server_session.LEAVE_S` seconds to go over.
        """
        self.terms = replace(self.terms, master=master)
        for session in tuple(self._connections):
            if master:
                session.activate()
            else:
                session.demote(CCXStatus.OUT_OF_SERVICE, StatusCode.E_CTI_SERVER_NOT_MASTER)

    async def ask_maintenance(self) -> bool:
        """Ask the clients that know both sides whether this one, the active one, may stop for maintenance.

        Returns:
            Whether all agree within `finesse_tx.cti.server_session.LEAVE_S` seconds. They have been told so; what
            follows, such as `set_master`, is the caller's.
        """
        self._maintenance_id += 1
        answers = [session.ask_maintenance(self._maintenance_id) for session in self._connections]
        agreed = True
        for answer in answers:
            agreed = (answer is None or await answer) and agreed
        for session in tuple(self._connections):
            session.tell_maintenance(goes_on=agreed)
        return agreed

    def _end_all(self, engine: CCXStatus, status: StatusCode) -> None:
        for session in tuple(self._connections):
            session.end(engine, status)

    # What sessions ask ---------------------------------------------------------------------------------------

    def connect(self) -> ServerSession | None:
        """Take in a connection.

        Returns:
            None when there are ``max_sessions`` already, or the server has stopped.
        """
        if not self.running or len(self._connections) >= self.config.max_sessions:
            self.counters.turned_away += 1
            return None
        session = ServerSession(self)
        self._connections.add(session)
        return session

    def place(self, session: ServerSession) -> StatusCode | None:
        """Take in a session that is about to open; those that it replaces are ended.

        A session in bridge mode replaces one of the same, not empty, ClientID from the same host. In agent mode a
        phone has one session: the same client's replaces it, another client is refused.

        Returns:
            Why it cannot be taken in; None when it is.
        """
        mine = session.grant
        replaced = []
        for other in self._connections - {session}:
            grant = other.grant
            if not other.is_open or grant is None or mine is None:
                continue
            if mine.agent is None or grant.agent is None:
                same = mine.agent is None and grant.agent is None
                known = mine.client_id and mine.client_id == grant.client_id
                if same and known and session.host_name == other.host_name:
                    replaced.append(other)
            elif mine.agent.key == grant.agent.key:
                if mine.client_id != grant.client_id:
                    return StatusCode.E_CTI_DEVICE_IN_USE
                replaced.append(other)
        for other in replaced:
            other.supersede()
        return None

    def gone(self, session: ServerSession) -> None:
        """A connection is lost."""
        self._connections.discard(session)
        if session.left is not None and self.running:
            self._client_gone(session, session.left)
        if self._drained is not None and not self._connections:
            drained, self._drained = self._drained, None
            drained.callback(None)

    def _client_gone(self, session: ServerSession, closed: bool) -> None:
        """Tell the peripheral of an agent who has no client any more."""
        agent = session.grant.agent if session.grant else None
        if agent is None or not IAgentClients.providedBy(self.peripheral):
            return
        others = (other.grant.agent for other in self._connections if other.is_open and other.grant)
        if not any(other is not None and other.key == agent.key for other in others):
            self.peripheral.client_gone(agent.agent_id, agent.device, closed)

    # Events --------------------------------------------------------------------------------------------------

    def _publish(self, event: Message) -> None:
        """Send an event to whoever wants it: it is encoded once for each layout, not for each session."""
        encoded: dict[Layout, bytes] = {}
        for session in tuple(self._connections):
            if not session.wants(event) or session.grant is None:
                continue
            layout = session.grant.layout
            if layout not in encoded:
                try:
                    encoded[layout] = encode_for(layout, event, cce=self.terms.cce)
                except EncodeError:
                    self.log.failure(
                        "An event cannot be written: {event}", event=type(event).__name__
                    )
                    encoded[layout] = b""
            if data := encoded[layout]:
                session.transmit(data)


class CTIServerFactory(Factory):
    """Makes a protocol for each client."""

    noisy = False

    def __init__(self, server: CTIServer) -> None:
        self._server = server

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        session = self._server.connect()
        if session is None:
            return _Refusal()
        return CTIProtocol(session, self._server.config.max_pending_bytes)


class _Refusal(Protocol):
    """Says that there is no room, and closes."""

    log = Logger()
    transport: ITransport

    @override
    def connectionMade(self) -> None:
        self.log.warn("No room for a CTI client at {peer}", peer=self.transport.getPeer())
        full = FailureEvent(status=StatusCode.E_CTI_UNSPECIFIED_FAILURE)
        self.transport.write(Layout.of(Dialect.UCCX, 14).encode(full))
        self.transport.loseConnection()
