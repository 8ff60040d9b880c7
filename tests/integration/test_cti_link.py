"""The CTI link over real sockets, with a network between the sides that misbehaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet import reactor as _reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import IPushProducer, ITCPTransport
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure
from twisted.trial.unittest import TestCase

from finesse_tx.config import CTIClientConfig, CTIServerConfig
from finesse_tx.cti.client import CTIClient, Side
from finesse_tx.cti.core.counters import Ended
from finesse_tx.cti.core.enums import MessageType
from finesse_tx.cti.core.framing import MAX_BODY, Frame, frame_bytes, frames
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    AnswerCallConf,
    AnswerCallReq,
    BeginCallEvent,
    HeartbeatReq,
    QueryAgentStateConf,
    QueryAgentStateReq,
    SetCallDataConf,
    SetCallDataReq,
)
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.cti.server import CTIServer
from tests.support.cti import LinkRecorder, ScriptedPeripheral, bridge_request, now
from tests.support.proxy import Proxy

reactor: Any = _reactor

WAIT_S = 60.0

LAYOUT = Layout.of(Dialect.UCCX, 14)


class IStream(ITCPTransport, IPushProducer):
    """What a TCP connection provides."""


def states(messages: list[Message]) -> list[int]:
    """The numbers that the agent state events carry."""
    return [message.state_duration for message in messages if isinstance(message, AgentStateEvent)]


class LinkTestCase(TestCase):
    """A server, a proxy before it, and what a test adds."""

    config = CTIServerConfig()

    async def setUp(self) -> None:  # type: ignore[override]
        """Listen."""
        self.peripheral = ScriptedPeripheral()
        self.server = CTIServer(self.config, self.peripheral, reactor, now)
        self.server.startService()
        endpoint = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        self.listening = await endpoint.listen(self.server.factory)
        self.port = self.listening.getHost().port
        self.proxy = Proxy(reactor, self.port)
        self.proxy_port = await self.proxy.listen()

    async def tearDown(self) -> None:  # type: ignore[override]
        """Stop everything."""
        await self.listening.stopListening()
        await self.server.stopService()
        await self.proxy.stop()


class ProxiedTestCase(LinkTestCase):
    """The client and the server, with the proxy between them."""

    heartbeat_s, misses = WAIT_S, 1

    async def setUp(self) -> None:  # type: ignore[override]
        """Make a link, whose heartbeats are the test's business or too rare to be any."""
        await super().setUp()
        self.recorder = LinkRecorder()
        endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", self.proxy_port)
        self.link = CTIClient(
            CTIClientConfig(
                heartbeat_s=self.heartbeat_s, heartbeat_misses=self.misses, retry_s=0.5
            ),
            [lambda: Side(f"127.0.0.1:{self.proxy_port}", endpoint)],
            reactor,
            now,
            self.recorder,
        )

    async def tearDown(self) -> None:  # type: ignore[override]
        """Stop the link first."""
        await self.link.stopService()
        await super().tearDown()

    def when(self, condition: Callable[[], bool]) -> Deferred[None]:
        """Wait for something that the link tells."""
        return self.recorder.when(condition).addTimeout(WAIT_S, reactor)

    async def opened(self, times: int = 1) -> None:
        """Wait for the link to be open, for the so-manieth time."""
        await self.when(lambda: self.recorder.count("opened") == times)

    def publish(self, first: int, count: int) -> None:
        """Events with numbers."""
        for number in range(first, first + count):
            self.peripheral.publish(AgentStateEvent(agent_state=3, state_duration=number))

    async def all_come(self, count: int) -> None:
        """Wait for so many events, and see that each came once, in order."""
        await self.when(lambda: len(states(self.recorder.messages)) >= count)
        self.assertEqual(states(self.recorder.messages), list(range(count)))


class ProxiedTests(ProxiedTestCase):
    """What a network does to them."""

    async def test_split(self) -> None:
        """A network that splits everything into single bytes changes nothing."""
        self.proxy.piece = 1
        self.peripheral.script[QueryAgentStateReq] = lambda request: [
            QueryAgentStateConf(invoke_id=request.invoke_id, agent_state=3)  # type: ignore[attr-defined]
        ]
        self.link.startService()
        await self.opened()
        self.publish(0, 20)
        answers = [self.link.request(QueryAgentStateReq(agent_id_long=str(n))) for n in range(5)]
        for answer in answers:
            self.assertIsInstance(await answer, QueryAgentStateConf)
        await self.all_come(20)

    async def test_delay(self) -> None:
        """A network that is slow changes nothing either."""
        self.proxy.delay = 0.1
        self.link.startService()
        await self.opened()
        self.publish(0, 50)
        await self.all_come(50)
        self.assertEqual(self.recorder.count("closed"), 0)

    async def test_cut(self) -> None:
        """After a cut the link opens again; no event that follows is lost or doubled."""
        self.link.startService()
        await self.opened()
        self.publish(0, 5)
        await self.all_come(5)
        waiting = self.link.request(AnswerCallReq(connection_call_id=1))
        failed: list[Failure] = []
        waiting.addErrback(failed.append)
        self.proxy.cut()
        await self.when(lambda: self.recorder.count("closed") == 1)
        self.assertEqual(len(failed), 1)
        await self.opened(2)
        self.publish(5, 5)
        await self.all_come(10)
        self.assertEqual(self.server.session_count, 1)

    async def test_half_closed(self) -> None:
        """A connection that is closed in one direction is closed, and opened again."""
        self.link.startService()
        await self.opened()
        self.proxy.half_close()
        await self.opened(2)
        self.publish(0, 5)
        await self.all_come(5)

    async def test_half_closed_to_server(self) -> None:
        """So is one that is closed in the other; the server keeps no session of it."""
        self.link.startService()
        await self.opened()
        self.proxy.half_close(to_client=False)
        await self.opened(2)
        self.publish(0, 5)
        await self.all_come(5)
        self.assertEqual(self.server.session_count, 1)

    async def test_any_split(self) -> None:
        """However a slow network cuts the stream, both ways, long messages and short ones come whole and in order."""
        variables = tuple(NamedVariable(f"user.n{n}", "x" * 180) for n in range(10))
        long = BeginCallEvent(connection_call_id=1, call_type=1, named_variables=variables)
        self.peripheral.script[SetCallDataReq] = lambda request: [
            SetCallDataConf(invoke_id=request.invoke_id)  # type: ignore[attr-defined]
        ]
        self.proxy.delay = 0.01
        self.link.startService()
        await self.opened()
        for turn, piece in enumerate((2, 3, 7, 61)):
            self.proxy.piece = piece
            request = SetCallDataReq(connection_call_id=1, named_variables=variables)
            answers = [self.link.request(request) for _ in range(3)]
            self.publish(2 * turn, 1)
            self.peripheral.publish(long)
            self.publish(2 * turn + 1, 1)
            for answer in answers:
                self.assertIsInstance(await answer, SetCallDataConf)
            await self.all_come(2 * turn + 2)
        calls = [
            message for message in self.recorder.messages if isinstance(message, BeginCallEvent)
        ]
        self.assertEqual(calls, [long] * 4)
        asked = [request for request, _ in self.peripheral.requests]
        carried = [m.named_variables for m in asked if isinstance(m, SetCallDataReq)]
        self.assertEqual(carried, [variables] * 12)

    async def test_cut_in_a_message(self) -> None:
        """Of a message that is cut off nothing is taken; after it the link opens again."""
        self.link.startService()
        await self.opened()
        await self.when(lambda: len(self.recorder.messages) == 1)
        for times, length in ((2, 5), (3, 40)):
            self.proxy.to_client = lambda data, length=length: data[:length]  # type: ignore[misc]
            self.publish(9, 1)
            reactor.callLater(0.05, self.proxy.close)
            await self.when(lambda times=times: self.recorder.count("closed") == times - 1)  # type: ignore[misc]
            self.proxy.to_client = bytes
            await self.opened(times)
        self.publish(0, 5)
        await self.all_come(5)

    async def test_faulty_listener(self) -> None:
        """A listener that fails on an event is told everything anew."""
        self.link.startService()
        await self.opened()
        await self.when(lambda: len(self.recorder.messages) == 1)
        self.recorder.faults.append(ZeroDivisionError())
        self.publish(0, 1)
        await self.opened(2)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.publish(1, 1)
        await self.when(lambda: states(self.recorder.messages) == [1])

    async def test_restarted(self) -> None:
        """A server that stops says so; when it is back the link is too."""
        self.link.startService()
        await self.opened()
        await self.server.stopService()
        await self.when(lambda: self.recorder.count("closed") == 1)
        self.server.startService()
        await self.opened(2)


class Heartless:
    """Swallows heartbeats' confirmations on their way to the client, the first ones or all, and nothing else."""

    def __init__(self, most: int = 1_000) -> None:
        self._buffer, self._most, self.swallowed = bytearray(), most, 0

    def __call__(self, data: bytes) -> bytes:
        """What goes on."""
        self._buffer += data
        kept = b""
        for frame in frames(self._buffer):
            confirms = frame.message_type == MessageType.HEARTBEAT_CONF
            if confirms and self.swallowed < self._most:
                self.swallowed += 1
            else:
                kept += frame_bytes(frame)
        return kept


class HeartbeatTests(ProxiedTestCase):
    """Heartbeats, three of which may go unanswered."""

    heartbeat_s, misses = 0.25, 3

    async def test_unanswered(self) -> None:
        """A server that answers no heartbeat is left after three of them, though events still come; none is lost."""
        self.link.startService()
        await self.opened()
        self.proxy.to_client = swallow = Heartless()
        numbers = iter(range(1_000))
        chatter = LoopingCall(lambda: self.publish(next(numbers), 1))
        chatting = chatter.start(0.05)
        await self.when(lambda: self.recorder.count("closed") == 1)
        chatter.stop()
        await chatting
        counters = self.link.status().counters
        self.assertLessEqual(swallow.swallowed, 3)  # the last may still be on their way
        self.assertEqual((counters.heartbeats, counters.heartbeats_missed), (3, 3))
        self.assertEqual(counters.ended, {Ended.HEARTBEATS: 1})
        seen = states(self.recorder.messages)
        self.assertEqual(seen, list(range(len(seen))))
        self.assertGreater(len(seen), 0)
        self.proxy.to_client = bytes
        await self.opened(2)
        self.assertEqual(self.link.status().counters.reconnects, 1)

    async def test_deaf(self) -> None:
        """A server that hears nothing is left too; its old session makes way for the new one."""
        self.link.startService()
        await self.opened()
        self.proxy.to_server = lambda _: b""
        await self.when(lambda: self.recorder.count("closed") == 1)
        self.assertEqual(self.link.status().counters.heartbeats, 3)
        self.proxy.to_server = bytes
        await self.opened(2)
        self.publish(0, 5)
        await self.all_come(5)
        self.assertEqual(self.server.session_count, 1)


class SwallowedTests(ProxiedTestCase):
    """One heartbeat, which must be answered."""

    heartbeat_s = 1.0

    async def test_swallowed(self) -> None:
        """A peer that no longer says anything is noticed by its heartbeats, and left for a new session."""
        self.link.startService()
        await self.opened()
        self.proxy.to_client = lambda _: b""
        await self.when(lambda: self.recorder.count("closed") == 1)
        self.assertEqual(self.link.status().counters.heartbeats, 1)
        self.assertIn("heartbeats", str(self.recorder.told[-1][1]))
        self.proxy.to_client = bytes
        await self.opened(2)
        self.publish(0, 5)
        await self.all_come(5)


class AnsweredAgainTests(ProxiedTestCase):
    """Heartbeats, three of which may go unanswered, with time for the one that is answered."""

    heartbeat_s, misses = 1.0, 3

    async def test_answered_again(self) -> None:
        """One answer in three is enough: the link stays."""
        self.link.startService()
        await self.opened()
        self.proxy.to_client = swallow = Heartless(most=2)
        await self.heartbeats(4)
        self.assertEqual(swallow.swallowed, 2)
        self.assertEqual(self.recorder.count("closed"), 0)
        self.assertGreaterEqual(self.link.status().counters.heartbeats_missed, 2)

    def heartbeats(self, count: int) -> Deferred[None]:
        """Wait for the server to have been sent so many."""

        def look() -> None:
            if self.link.status().counters.heartbeats >= count:
                looking.stop()

        looking = LoopingCall(look)
        return looking.start(0.05).addCallback(lambda _: None).addTimeout(WAIT_S, reactor)


class RawClient(Protocol):
    """A socket that speaks version 14, or anything."""

    transport: IStream

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.closed: Deferred[None] = Deferred()
        self._buffer = bytearray()
        self._waiters: list[tuple[int, Deferred[list[Message]]]] = []

    def dataReceived(self, data: bytes) -> None:
        """Decode, and tell who waits."""
        self._buffer += data
        self.messages += [LAYOUT.decode(frame) for frame in frames(self._buffer)]
        for waiter in tuple(self._waiters):
            count, done = waiter
            if len(self.messages) >= count:
                self._waiters.remove(waiter)
                done.callback(self.messages)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell who waits for the end."""
        self.closed.callback(None)

    def received(self, count: int) -> Deferred[list[Message]]:
        """Wait for so many messages altogether."""
        done: Deferred[list[Message]] = Deferred()
        self._waiters.append((count, done))
        self.dataReceived(b"")
        return done.addTimeout(WAIT_S, reactor)

    def gone(self) -> Deferred[None]:
        """Wait for the end."""
        return self.closed.addTimeout(WAIT_S, reactor)

    def leave(self) -> Deferred[None]:
        """End it."""
        self.transport.loseConnection()
        return self.gone()


class RawClientTests(LinkTestCase):
    """Clients that misbehave, and one that must not notice."""

    config = CTIServerConfig(max_pending_bytes=1_024)

    async def connect(self) -> RawClient:
        """A connection to the server."""
        client = RawClient()
        factory = Factory.forProtocol(lambda: client)
        factory.noisy = False
        endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", self.port)
        await endpoint.connect(factory).addTimeout(WAIT_S, reactor)
        return client

    async def opened(self, client_id: str) -> RawClient:
        """A connection with a session."""
        client = await self.connect()
        client.transport.write(LAYOUT.encode(bridge_request(client_id=client_id)))
        await client.received(2)
        return client

    async def test_garbage(self) -> None:
        """Whoever sends garbage is dropped, before or in a session; another client's session goes on."""
        good = await self.opened("good")
        for place, offence in enumerate(
            (
                b"GET / HTTP/1.1\r\nHost: cti\r\n\r\n",
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                b"\xff" * 64,
                b"\0" * 64,
                b"\x00\x01\x00\x00\x00\x00\x00\x03",  # a byte more than the longest message
            )
        ):
            for bad in (await self.connect(), await self.opened(f"bad {place}")):
                bad.transport.write(offence)
                await bad.gone()
        self.peripheral.publish(AgentStateEvent(agent_state=3))
        self.assertIsInstance((await good.received(3))[2], AgentStateEvent)
        await good.leave()

    async def test_before_open(self) -> None:
        """A request before OPEN_REQ, and a second OPEN_REQ, have their answers."""
        client = await self.connect()
        for message in (HeartbeatReq(invoke_id=1), bridge_request(), bridge_request()):
            client.transport.write(LAYOUT.encode(message))
        found = await client.received(4)
        names = [type(message).__name__ for message in found]
        self.assertEqual(names, ["FailureConf", "OpenConf", "SystemEvent", "FailureConf"])
        await client.leave()

    async def test_slow(self) -> None:
        """A client that does not read is dropped at the bound; another one gets everything meanwhile."""
        slow, quick = await self.opened("slow"), await self.opened("quick")
        slow.transport.pauseProducing()
        event = BeginCallEvent(connection_call_id=1, call_type=1, call_variables=("x" * 40,) * 10)
        sent = 0
        while self.server.session_count == 2 and sent < 100_000:
            for _ in range(50):
                self.peripheral.publish(event)
            sent += 50
            await quick.received(2 + sent)
        self.assertEqual(self.server.session_count, 1)
        slow.transport.resumeProducing()
        await slow.gone()
        await quick.leave()

    async def test_longest(self) -> None:
        """A message of nearly the greatest length is read, and has its answer."""
        self.peripheral.script[AnswerCallReq] = lambda request: [
            AnswerCallConf(invoke_id=request.invoke_id)  # type: ignore[attr-defined]
        ]
        client = await self.opened("long")
        body = LAYOUT.encode(AnswerCallReq(invoke_id=5, connection_call_id=1))[8:]
        filler = b"\x63\xff" + b"x" * 255
        body += filler * ((MAX_BODY - len(body)) // len(filler))
        client.transport.write(frame_bytes(Frame(42, body)))
        self.assertEqual((await client.received(3))[2], AnswerCallConf(invoke_id=5))
        await client.leave()
