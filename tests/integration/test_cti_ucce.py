"""The CTI link in UCCE's dialect over real sockets, both ways, and old servers that refuse new versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet import reactor as _reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import IProtocolFactory, ITCPTransport
from twisted.internet.protocol import Factory, Protocol
from twisted.trial.unittest import TestCase

from finesse_tx.config import CTIClientConfig, CTIServerConfig
from finesse_tx.cti.client import CTIClient, Side
from finesse_tx.cti.core.framing import frames
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    CloseConf,
    CloseReq,
    ConfigBeginEvent,
    ConfigRequestEvent,
    FailureConf,
    OpenConf,
    OpenReq,
    QueryAgentStateConf,
    QueryAgentStateReq,
    SystemEvent,
)
from finesse_tx.cti.server import CTIServer
from tests.support.cti import LinkRecorder, ScriptedPeripheral, now, ucce_request

reactor: Any = _reactor

WAIT_S = 60.0


class OldServer(Protocol):
    """A UCCE server that knows no version above its own, and has two peripherals."""

    transport: ITCPTransport

    def __init__(self, highest: int, asked: list[int]) -> None:
        self._layout, self._asked = Layout.of(Dialect.UCCE, highest), asked
        self._buffer = bytearray()

    def dataReceived(self, data: bytes) -> None:
        """Answer OPEN_REQ, and whatever is asked about an agent."""
        self._buffer += data
        for frame in frames(self._buffer):
            if frame.message_type == 3:
                version = int.from_bytes(frame.body[4:8], "big")
                self._asked.append(version)
                if version > self._layout.version:
                    self._send(FailureConf(invoke_id=1, status=1))
                    continue
            match self._layout.decode(frame):
                case OpenReq(invoke_id=invoke_id):
                    self._send(
                        OpenConf(
                            invoke_id=invoke_id,
                            services_granted=0x40096,
                            peripheral_online=True,
                            peripheral_type=17,
                            agent_state=9,
                            flt_peripheral_ids=(5000, 5001),
                        ),
                        SystemEvent(pg_status=4, system_event_id=3, system_event_arg1=5000),
                        SystemEvent(pg_status=4, system_event_id=4, system_event_arg1=5001),
                    )
                case CloseReq(invoke_id=invoke_id):
                    self._send(CloseConf(invoke_id=invoke_id))
                case QueryAgentStateReq(invoke_id=invoke_id, peripheral_id=5000, agent_id=agent):
                    self._send(
                        QueryAgentStateConf(invoke_id=invoke_id, agent_state=6, agent_id=agent)
                    )

    def _send(self, *messages: Message) -> None:
        self.transport.write(b"".join(map(self._layout.encode, messages)))


class RawClient(Protocol):
    """A socket that speaks UCCE's version 25."""

    transport: ITCPTransport
    layout = Layout.of(Dialect.UCCE, 25)

    def __init__(self) -> None:
        self._buffer, self._messages = bytearray(), list[Message]()
        self._waiting: tuple[int, Deferred[list[Message]]] | None = None

    def send(self, message: Message) -> None:
        """Send a message."""
        self.transport.write(self.layout.encode(message))

    def received(self, count: int) -> Deferred[list[Message]]:
        """Wait for so many messages."""
        done: Deferred[list[Message]] = Deferred()
        self._waiting = count, done
        self._tell()
        return done.addTimeout(WAIT_S, reactor)

    def dataReceived(self, data: bytes) -> None:
        """Decode, and tell who waits."""
        self._buffer += data
        self._messages += map(self.layout.decode, frames(self._buffer))
        self._tell()

    def _tell(self) -> None:
        if self._waiting is not None and len(self._messages) >= self._waiting[0]:
            (count, done), self._waiting = self._waiting, None
            found, self._messages = self._messages[:count], self._messages[count:]
            done.callback(found)


class UCCETests(TestCase):
    """Sockets on loopback."""

    async def listen(self, factory: IProtocolFactory) -> int:
        """Listen on a free port."""
        listening = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(factory)
        self.addCleanup(listening.stopListening)
        return int(listening.getHost().port)

    async def serve(self) -> int:
        """Our server, in UCCE's dialect."""
        self.peripheral = ScriptedPeripheral()
        self.peripheral.script[QueryAgentStateReq] = lambda request: [
            QueryAgentStateConf(
                invoke_id=request.invoke_id,  # type: ignore[attr-defined]
                agent_state=3,
                agent_id_long=request.agent_id_long,  # type: ignore[attr-defined]
            )
        ]
        self.peripheral.script[ConfigRequestEvent] = lambda request: [
            ConfigBeginEvent(
                config_type=1,
                config_information=request.config_information,  # type: ignore[attr-defined]
            )
        ]
        server = CTIServer(CTIServerConfig(dialect="ucce"), self.peripheral, reactor, now)
        server.startService()
        self.addCleanup(server.stopService)
        return await self.listen(server.factory)

    async def link(self, port: int, version: int) -> LinkRecorder:
        """Our client, once its session is open."""
        recorder = LinkRecorder()
        endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", port)
        self.client = CTIClient(
            CTIClientConfig(dialect="ucce", version=version, side_a=f"127.0.0.1:{port}"),
            [lambda: Side(f"127.0.0.1:{port}", endpoint)],
            reactor,
            now,
            recorder,
        )
        self.client.startService()
        self.addCleanup(self.client.stopService)
        await self.when(recorder, lambda: recorder.count("opened") == 1)
        return recorder

    def when(self, recorder: LinkRecorder, condition: Callable[[], bool]) -> Deferred[None]:
        """Wait for something that the link tells."""
        return recorder.when(condition).addTimeout(WAIT_S, reactor)

    async def test_both_ours(self) -> None:
        """Our client and our server understand each other in UCCE's dialect, in versions of both widths."""
        for version in (15, 19, 25):
            port = await self.serve()
            recorder = await self.link(port, version)
            answer = await self.client.request(QueryAgentStateReq(agent_id_long="asmith"))
            assert isinstance(answer, QueryAgentStateConf)
            self.assertEqual((answer.agent_state, answer.agent_id_long), (3, "asmith"))
            self.client.send(ConfigRequestEvent(config_information=0x0F))
            await self.when(recorder, lambda found=recorder: len(found.messages) == 2)  # type: ignore[misc]
            self.peripheral.publish(AgentStateEvent(agent_state=6, agent_id_long="a" * 30))
            await self.when(recorder, lambda found=recorder: len(found.messages) == 3)  # type: ignore[misc]
            status, begin, state = recorder.messages
            assert isinstance(status, SystemEvent)
            self.assertEqual((status.pg_status, status.system_event_id), (0x400, 3))
            assert isinstance(begin, ConfigBeginEvent)
            self.assertEqual(begin.config_information, 0x0F)
            self.assertEqual(state, AgentStateEvent(agent_state=4, agent_id_long="a" * 30))
            await self.client.stopService()

    async def test_raw_client(self) -> None:
        """A UCCE client of another make opens, asks and is told, in UCCE's terms alone."""
        port = await self.serve()
        client = RawClient()
        factory = Factory.forProtocol(lambda: client)
        factory.noisy = False
        await TCP4ClientEndpoint(reactor, "127.0.0.1", port).connect(factory)
        client.send(ucce_request(25))
        (opened, status) = await client.received(2)
        assert isinstance(opened, OpenConf)
        self.assertEqual((opened.session_type, opened.flt_peripheral_ids), (1, (1,)))
        assert isinstance(status, SystemEvent)
        self.assertEqual((status.pg_status, status.system_event_id), (0, 3))
        client.send(QueryAgentStateReq(invoke_id=2, agent_id="asmith"))
        (answer,) = await client.received(1)
        self.assertEqual(answer, QueryAgentStateConf(invoke_id=2, agent_state=3, agent_id="asmith"))
        self.peripheral.publish(AgentStateEvent(agent_state=7, agent_id_long="asmith"))
        (event,) = await client.received(1)
        self.assertEqual(event, AgentStateEvent(agent_state=4, agent_id="asmith"))
        client.transport.abortConnection()

    async def test_old_server(self) -> None:
        """Our client steps down to what an old server knows, and asks for the peripheral that it names."""
        for highest in (19, 13):
            asked: list[int] = []
            factory = Factory.forProtocol(
                lambda highest=highest, asked=asked: OldServer(highest, asked)  # type: ignore[misc]
            )
            factory.noisy = False
            recorder = await self.link(await self.listen(factory), 25)
            self.assertEqual(asked[0], 25)
            self.assertEqual(asked[-1], highest)
            self.assertEqual(asked, sorted(set(asked) - {18}, reverse=True))
            answer = await self.client.request(QueryAgentStateReq(agent_id_long="asmith"))
            assert isinstance(answer, QueryAgentStateConf)
            self.assertEqual((answer.agent_state, answer.agent_id_long), (5, "asmith"))
            events = [m.system_event_arg1 for m in recorder.messages if isinstance(m, SystemEvent)]
            self.assertEqual(events, [5000])
            await self.client.stopService()
