"""Both ends of a CTI link, for tests: a peripheral that follows a script, a listener that remembers, raw peers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.protocol import Factory
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.test import iosim
from zope.interface import implementer

from finesse_tx.cti.core.dialects import dialect_of
from finesse_tx.cti.core.framing import frames
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.cti.core.messages import OpenReq
from finesse_tx.interfaces import IAgentClients, ICTILinkListener, IPeripheral

__all__ = [
    "NOW",
    "CTIPeer",
    "LinkRecorder",
    "PumpedEndpoint",
    "ScriptedPeripheral",
    "bridge_request",
    "now",
    "ucce_request",
]

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)

BRIDGE = 0x00040096
"""ALL_EVENTS, CALL_DATA_UPDATE, CLIENT_CONTROL, SUPERVISOR, CONFIG_EVENTS."""


def now() -> datetime:
    """A wall clock that stands still."""
    return NOW


Reply = Callable[[Message], None]


@implementer(IPeripheral, IAgentClients)
class ScriptedPeripheral:
    """Answers requests as its script says; a request without one stays unanswered.

    Attributes:
        script: For a class of request, what makes its answers.
        requests: What was asked, in order, and how to answer it.
        clients: The agents' own clients that came (None) and went (whether they were closed).
    """

    def __init__(self) -> None:
        self.is_online = True
        self.clients: list[tuple[str, str, bool | None]] = []
        self.script: dict[type[Message], Callable[[Message], Iterable[Message]]] = {}
        self.requests: list[tuple[Message, Reply]] = []
        self._listeners: list[Callable[[Message], None]] = []

    def online(self) -> bool:
        """Whether it can serve."""
        return self.is_online

    def subscribe(self, listener: Callable[[Message], None]) -> Callable[[], None]:
        """Tell ``listener`` what is published."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def request(self, request: Message, reply: Reply) -> None:
        """Follow the script."""
        self.requests.append((request, reply))
        for answer in self.script.get(type(request), lambda _: ())(request):
            reply(answer)

    def client_came(self, agent_id: str, device: str) -> None:
        """Write it down."""
        self.clients.append((agent_id, device, None))

    def client_gone(self, agent_id: str, device: str, closed: bool) -> None:
        """Write it down."""
        self.clients.append((agent_id, device, closed))

    def publish(self, event: Message) -> None:
        """Something happened."""
        for listener in tuple(self._listeners):
            listener(event)

    @property
    def is_watched(self) -> bool:
        """Whether anyone is subscribed."""
        return bool(self._listeners)


@implementer(ICTILinkListener)
class LinkRecorder:
    """Remembers what the client tells, and fires when something waited for has come.

    Attributes:
        faults: What the next messages raise.
    """

    def __init__(self) -> None:
        self.faults: list[Exception] = []
        self.told: list[tuple[object, ...]] = []
        self.messages: list[Message] = []
        self._waiters: list[tuple[Callable[[], bool], Deferred[None]]] = []

    def link_opened(self, side: str, online: bool) -> None:
        """A session is open."""
        self._note("opened", side, online)

    def link_message(self, message: Message) -> None:
        """An event."""
        if self.faults:
            raise self.faults.pop()
        self.messages.append(message)
        self._note("message", type(message).__name__)

    def link_closed(self, reason: str) -> None:
        """The session is gone."""
        self._note("closed", reason)

    def count(self, what: str) -> int:
        """How often that was told."""
        return sum(entry[0] == what for entry in self.told)

    def when(self, condition: Callable[[], bool]) -> Deferred[None]:
        """Fires once the condition holds."""
        waiter: Deferred[None] = Deferred()
        self._waiters.append((condition, waiter))
        self._check()
        return waiter

    def _note(self, *entry: object) -> None:
        self.told.append(entry)
        self._check()

    def _check(self) -> None:
        for condition, waiter in tuple(self._waiters):
            if condition():
                self._waiters.remove((condition, waiter))
                waiter.callback(None)


def bridge_request(
    version: int = 14, services: int = BRIDGE, client_id: str = "wallboard"
) -> OpenReq:
    """The OPEN_REQ of a client that wants everything."""
    return OpenReq(
        invoke_id=17,
        version_number=version,
        idle_timeout=100,
        services_requested=services,
        call_msg_mask=0x7FFFFF,
        agent_state_mask=0x3FFF,
        config_msg_mask=0x1F,
        client_id=client_id,
        client_password=b"\0",
    )


def ucce_request(version: int = 24, services: int = BRIDGE, client_id: str = "ctios") -> OpenReq:
    """The OPEN_REQ of a client of UCCE's dialect that wants everything."""
    return replace(
        bridge_request(version, services, client_id),
        peripheral_id=0xFFFFFFFF,
        call_msg_mask=0x0FFFFFFF,
        config_msg_mask=0x10F,
    )


class RecordingTransport(StringTransport):
    """Keeps what is written in pieces too."""

    def __init__(self, address: IPv4Address) -> None:
        super().__init__(peerAddress=address)
        self.writes: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Write."""
        self.writes.append(data)
        super().write(data)


class CTIPeer:
    """The raw other end of a protocol of ours: sends messages, and reads what came.

    Attributes:
        transport: What the protocol writes to.
    """

    def __init__(
        self,
        factory: IProtocolFactory,
        version: int = 14,
        host: str = "10.0.0.1",
        dialect: Dialect = Dialect.UCCX,
    ) -> None:
        self.layout = Layout.of(dialect_of(version, dialect) or dialect, version)
        address = IPv4Address("TCP", host, 40_000)
        self.transport = RecordingTransport(address)
        protocol = factory.buildProtocol(address)
        assert protocol is not None
        self.protocol = protocol
        self._buffer = bytearray()
        protocol.makeConnection(self.transport)

    def send(self, *messages: Message) -> None:
        """Send messages."""
        self.send_bytes(b"".join(map(self.layout.encode, messages)))

    def send_bytes(self, data: bytes) -> None:
        """Send anything."""
        self.protocol.dataReceived(data)

    def received(self) -> list[Message]:
        """What has come since the last time."""
        self._buffer += self.transport.value()
        self.transport.clear()
        return [self.layout.decode(frame) for frame in frames(self._buffer)]

    def ask(self, request: Request) -> list[Message]:
        """Send a request, and read what came."""
        self.send(request)
        return self.received()

    def lose(self, reason: Exception | None = None) -> None:
        """Lose the connection."""
        self.protocol.connectionLost(Failure(reason or ConnectionDone()))

    @property
    def is_closed(self) -> bool:
        """Whether the protocol has closed or reset the connection."""
        return bool(self.transport.disconnecting or self.transport.disconnected)


@implementer(IStreamClientEndpoint)
class PumpedEndpoint:
    """Connects in memory to a server's factory.

    Attributes:
        pumps: One for each connection; flush it to carry the bytes.
        refusing: What every attempt fails with; None to connect.
    """

    def __init__(self, server: Factory) -> None:
        self._server = server
        self.pumps: list[iosim.IOPump] = []
        self.refusing: Exception | None = None

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect."""
        if self.refusing is not None:
            return fail(self.refusing)
        address = IPv4Address("TCP", "127.0.0.1", 12_028)
        client, server = protocolFactory.buildProtocol(address), self._server.buildProtocol(address)
        self.pumps.append(
            iosim.connect(
                server,
                iosim.FakeTransport(server, isServer=True, peerAddress=address),
                client,
                iosim.FakeTransport(client, isServer=False, peerAddress=address),
                greet=False,
            )
        )
        assert client is not None
        return succeed(client)

    def flush(self) -> None:
        """Carry everything that waits, both ways."""
        for pump in self.pumps:
            pump.flush()
