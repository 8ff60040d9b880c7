"""The GED-188 client: one session, and the link that keeps one open."""

from __future__ import annotations

from dataclasses import replace

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectError, ConnectionLost
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.protocol import Factory
from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx.config import CTIClientConfig, CTIServerConfig
from finesse_tx.cti.client import CONNECT_S, CTIClient, Side
from finesse_tx.cti.client_session import CLOSE_S, OPEN_S, ClientSession, open_request
from finesse_tx.cti.core.enums import StatusCode
from finesse_tx.cti.core.errors import (
    EncodeError,
    LinkDownError,
    RequestFailedError,
    TooManyRequestsError,
)
from finesse_tx.cti.core.framing import Frame, frame_bytes
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    AnswerCallConf,
    AnswerCallReq,
    CloseConf,
    CloseReq,
    ConfigRequestEvent,
    ConfigRequestKeyEvent,
    FailureConf,
    FailureEvent,
    HeartbeatConf,
    HeartbeatReq,
    OpenConf,
    OpenReq,
    QueryAgentStateConf,
    QueryAgentStateReq,
    SystemEvent,
)
from finesse_tx.cti.core.rotation import NEXT_SIDE_S, SUPERSEDED_S
from finesse_tx.cti.protocol import CTIProtocol
from finesse_tx.cti.server import CTIServer
from finesse_tx.interfaces import ICTILink, ICTILinkListener
from tests.support.cti import (
    NOW,
    CTIPeer,
    LinkRecorder,
    PumpedEndpoint,
    ScriptedPeripheral,
    now,
)

CONFIG = CTIClientConfig(max_requests=100)
ANSWER = AnswerCallReq(connection_call_id=1)


class _Single(Factory):
    def __init__(self, session: ClientSession) -> None:
        self.session = session

    def buildProtocol(self, addr: object) -> CTIProtocol:
        return CTIProtocol(self.session, 1_000_000)


class OpenRequestTests(SynchronousTestCase):
    """What the client asks for."""

    def test_bridge(self) -> None:
        """A bridge's services, all call events, all states, all configuration, and four heartbeats of patience."""
        self.assertEqual(
            open_request(CONFIG, 16, "s3cret"),
            OpenReq(
                version_number=16,
                idle_timeout=20,
                services_requested=0x00040096,
                call_msg_mask=0x007FFFFF,
                agent_state_mask=0x3FF,
                config_msg_mask=0x0F,
                client_id="Finesse",
                client_password=b"s3cret\0",
            ),
        )

    def test_hold(self) -> None:
        """HOLD is asked of the embedded engine, which may be a CCE; another's may know no such bit."""
        other = CTIClientConfig(side_a="ccx.example.com:12028")
        self.assertEqual(open_request(other, 16, "").agent_state_mask, 0x1FF)

    def test_terminals(self) -> None:
        """Terminals come with version 18."""
        self.assertEqual(open_request(CONFIG, 18, "").config_msg_mask, 0x1F)

    def test_idle_timeout(self) -> None:
        """The idle timeout is four heartbeats, but never below what servers accept."""
        for heartbeat, expected in ((1.0, 20), (5.0, 20), (5.1, 21), (30.0, 120)):
            config = CTIClientConfig(heartbeat_s=heartbeat)
            self.assertEqual(open_request(config, 16, "").idle_timeout, expected)


class SessionTests(SynchronousTestCase):
    """One session, with a raw server."""

    def setUp(self) -> None:
        """Connect, and open a session."""
        self.clock, self.delivered = Clock(), list[Message]()
        request = open_request(CONFIG, 14, "")
        self.session = ClientSession(CONFIG, request, self.clock, now, self.delivered.append)
        self.server = CTIPeer(_Single(self.session))
        (self.open_req,) = self.server.received()

    def tearDown(self) -> None:
        """No timer is left once the connection is gone."""
        self.server.lose()
        self.session.opened.addErrback(lambda _: None)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def open(self) -> None:
        """The server opens the session."""
        assert isinstance(self.open_req, OpenReq)
        self.server.send(
            OpenConf(
                invoke_id=self.open_req.invoke_id, services_granted=0x40096, peripheral_online=True
            )
        )

    def ended(self) -> tuple[str, int]:
        """How the session ended."""
        return self.successResultOf(self.session.ended)

    def test_opened(self) -> None:
        """OPEN_REQ is the first message, and OPEN_CONF opens the session."""
        self.assertEqual(self.open_req, replace(open_request(CONFIG, 14, ""), invoke_id=1))
        self.assertNoResult(self.session.opened)
        self.open()
        self.assertTrue(self.successResultOf(self.session.opened).peripheral_online)

    def test_refused(self) -> None:
        """FAILURE_CONF instead of it fails, and drops the connection."""
        self.server.send(FailureConf(invoke_id=1, status=92, text="not master"))
        error = self.failureResultOf(self.session.opened, RequestFailedError).value
        self.assertEqual((error.status, error.text), (92, "not master"))
        self.assertTrue(self.server.is_closed)

    def test_no_answer(self) -> None:
        """A server that does not answer OPEN_REQ in time is dropped."""
        self.clock.advance(OPEN_S - 0.1)
        self.assertNoResult(self.session.opened)
        self.clock.advance(0.1)
        self.failureResultOf(self.session.opened, LinkDownError)
        self.assertTrue(self.server.is_closed)

    def test_lost_while_opening(self) -> None:
        """So is one whose connection is lost before."""
        self.server.lose(ConnectionLost())
        self.failureResultOf(self.session.opened, LinkDownError)

    def test_ended_while_opening(self) -> None:
        """So is one that says that it is going; other messages before OPEN_CONF are ignored."""
        self.server.send(AgentStateEvent(agent_state=3))
        self.assertNoResult(self.session.opened)
        self.server.send(FailureEvent(status=15))
        self.failureResultOf(self.session.opened, LinkDownError)
        self.assertEqual(self.delivered, [])

    def test_close_while_opening(self) -> None:
        """Closing a session that is not open yet drops it."""
        self.session.close()
        self.failureResultOf(self.session.opened, LinkDownError)
        self.assertTrue(self.server.is_closed)

    def test_request(self) -> None:
        """A request is sent with an InvokeID, and fires with its confirmation, which is not delivered."""
        self.open()
        answer = self.session.request(ANSWER)
        (request,) = self.server.received()
        assert isinstance(request, AnswerCallReq)
        self.assertEqual(request, replace(ANSWER, invoke_id=request.invoke_id))
        self.server.send(AnswerCallConf(invoke_id=request.invoke_id))
        self.assertEqual(self.successResultOf(answer), AnswerCallConf(invoke_id=request.invoke_id))
        self.assertEqual(self.delivered, [])

    def test_before_and_after(self) -> None:
        """Requests and messages need an open session."""
        self.failureResultOf(self.session.request(ANSWER), LinkDownError)
        self.assertRaises(LinkDownError, self.session.send, ConfigRequestKeyEvent())
        self.open()
        self.session.send(ConfigRequestKeyEvent())
        self.assertEqual(self.server.received(), [ConfigRequestKeyEvent()])
        self.server.lose()
        self.failureResultOf(self.session.request(ANSWER), LinkDownError)

    def test_cannot_be_written(self) -> None:
        """A request that cannot be written fails, and the session stays."""
        self.open()
        answer = self.session.request(AnswerCallReq(connection_call_id=-1))
        self.failureResultOf(answer, EncodeError)
        self.assertFalse(self.server.is_closed)

    def test_too_many(self) -> None:
        """As many requests as the setting says may wait; one more fails, and the session stays."""
        self.open()
        self.server.received()
        waiting = [self.session.request(ANSWER) for _ in range(CONFIG.max_requests)]
        self.failureResultOf(self.session.request(ANSWER), TooManyRequestsError)
        self.assertEqual(len(self.server.received()), CONFIG.max_requests)
        self.assertFalse(self.server.is_closed)
        for answer in waiting:
            self.assertNoResult(answer)
            answer.addErrback(lambda failure: failure.trap(LinkDownError))

    def test_delivered(self) -> None:
        """Events are delivered, and so are answers that nobody waits for."""
        self.open()
        messages = [AgentStateEvent(agent_state=3), AnswerCallConf(invoke_id=99)]
        self.server.send(*messages)
        self.assertEqual(self.delivered, messages)

    def test_wrong_message(self) -> None:
        """A message that cannot be read is logged and skipped."""
        self.open()
        with capturedLogs() as logs:
            self.server.send_bytes(frame_bytes(Frame(30, b"short")))
        self.assertEqual(logs[0]["log_level"].name, "warn")
        self.server.send(AgentStateEvent(agent_state=3))
        self.assertEqual(len(self.delivered), 1)

    def test_unexpected(self) -> None:
        """A message that the session's state does not allow ends it."""
        self.open()
        self.open()
        self.assertEqual(self.ended(), ("OPEN_CONF while OPEN", 0))
        self.assertTrue(self.server.is_closed)

    def test_garbage(self) -> None:
        """What cannot be understood ends the session."""
        self.open()
        self.server.send_bytes(b"\xff" * 8)
        self.assertTrue(self.server.is_closed)

    def test_failure_event(self) -> None:
        """FAILURE_EVENT ends the session, and its status is told."""
        self.open()
        answer = self.session.request(ANSWER)
        self.server.send(FailureEvent(status=11))
        reason, status = self.ended()
        self.assertEqual(status, 11)
        self.assertIn("E_CTI_NEW_SESSION_OPENED", reason)
        self.failureResultOf(answer, LinkDownError)

    def test_configuration_reset(self) -> None:
        """FAILURE_EVENT 96 does not end it: it asks for a new upload, and is delivered."""
        self.open()
        reset = FailureEvent(status=StatusCode.E_CTI_AUTO_CONFIG_RESET)
        self.server.send(reset)
        self.assertEqual(self.delivered, [reset])

    def test_shutting_down(self) -> None:
        """A SYSTEM_EVENT that says that the engine goes ends the session; out of service alone does not."""
        self.open()
        self.server.send(SystemEvent(pg_status=0x600, system_event_id=4))
        self.assertNoResult(self.session.ended)
        self.server.send(SystemEvent(pg_status=0x200, system_event_id=4))
        self.assertEqual(self.ended(), ("the engine shuts down", 0))

    def test_close(self) -> None:
        """Closing sends CLOSE_REQ, and CLOSE_CONF ends the session."""
        self.open()
        answer = self.session.request(ANSWER)
        self.server.received()
        self.session.close()
        self.session.close()
        (request,) = self.server.received()
        assert isinstance(request, CloseReq)
        self.server.send(AgentStateEvent(agent_state=3))
        self.assertEqual(self.delivered, [])
        self.server.send(CloseConf(invoke_id=request.invoke_id))
        self.assertEqual(self.ended(), ("closed", 0))
        self.failureResultOf(answer, LinkDownError)
        self.assertTrue(self.server.transport.disconnecting)
        self.assertFalse(self.server.transport.disconnected)

    def test_close_unanswered(self) -> None:
        """A server that does not answer CLOSE_REQ in time is dropped."""
        self.open()
        self.session.close()
        self.clock.advance(CLOSE_S - 0.1)
        self.assertFalse(self.server.is_closed)
        self.clock.advance(0.1)
        self.assertTrue(self.server.is_closed)
        self.ended()

    def test_heartbeat(self) -> None:
        """After five seconds without sending a heartbeat is sent; its answer is noted, and not delivered."""
        self.open()
        self.clock.advance(4.9)
        self.assertEqual(self.server.received(), [])
        self.clock.advance(0.1)
        (beat,) = self.server.received()
        assert isinstance(beat, HeartbeatReq)
        self.assertIsNone(self.session.last_heartbeat)
        self.server.send(HeartbeatConf(invoke_id=beat.invoke_id))
        self.assertEqual(self.session.last_heartbeat, NOW)
        self.assertEqual(self.delivered, [])

    def test_busy(self) -> None:
        """Other messages put the heartbeat off, as long as the server sends something too."""
        self.open()
        for _ in range(10):
            self.clock.advance(3)
            self.session.send(ConfigRequestKeyEvent())
            self.server.send(AgentStateEvent(agent_state=3))
        sent = {type(message) for message in self.server.received()}
        self.assertEqual(sent, {ConfigRequestKeyEvent})

    def test_dead_server(self) -> None:
        """Three heartbeats without an answer end the session, an interval after the third."""
        self.open()
        answer = self.session.request(ANSWER)
        answer.addErrback(lambda failure: failure.trap(Exception) and None)
        for _ in range(4):
            self.assertNoResult(self.session.ended)
            self.clock.advance(5)
        self.assertEqual(self.ended(), ("3 heartbeats were not answered", 0))
        self.assertTrue(self.server.is_closed)
        beats = [m for m in self.server.received() if isinstance(m, HeartbeatReq)]
        self.assertEqual(len(beats), 3)

    def test_dead_server_while_busy(self) -> None:
        """A client that keeps sending notices a dead server as soon."""
        self.open()
        for _ in range(20):
            self.assertNoResult(self.session.ended)
            self.session.send(ConfigRequestKeyEvent())
            self.clock.advance(1)
        self.assertEqual(self.ended()[0], "3 heartbeats were not answered")

    def test_heartbeat_refused(self) -> None:
        """FAILURE_CONF instead of an answer ends the session."""
        self.open()
        self.clock.advance(5)
        (beat,) = self.server.received()
        assert isinstance(beat, HeartbeatReq)
        self.server.send(FailureConf(invoke_id=beat.invoke_id, status=15))
        self.assertEqual(self.ended()[0], "the server has gone offline")

    def test_given_up(self) -> None:
        """Who gives a session up, open or not, ends it."""
        self.session.opened.cancel()
        self.assertTrue(self.server.is_closed)
        self.failureResultOf(self.session.opened)
        self.tearDown()
        self.setUp()
        self.open()
        self.session.ended.cancel()
        self.assertTrue(self.server.is_closed)
        self.assertEqual(self.ended()[0], "given up")


@implementer(IStreamClientEndpoint)
class _Silent:
    """An endpoint that neither connects nor fails."""

    def __init__(self) -> None:
        self.cancelled = 0

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Wait."""

        def cancel(_: object) -> None:
            self.cancelled += 1

        return Deferred(cancel)


class UCCESessionTests(SynchronousTestCase):
    """One session with a raw server that speaks UCCE's dialect."""

    config = CTIClientConfig(dialect="ucce", side_a="cce:42027")

    def setUp(self) -> None:
        """Connect."""
        self.clock, self.delivered = Clock(), list[Message]()

    def connect(self, version: int = 24) -> CTIPeer:
        """The server's end of a connection whose OPEN_REQ has come."""
        request = open_request(self.config, version, "")
        session = ClientSession(self.config, request, self.clock, now, self.delivered.append)
        self.session = session
        self.addCleanup(session.opened.addErrback, lambda _: None)
        server = CTIPeer(_Single(session), version, dialect=Dialect.UCCE)
        (self.open_req,) = server.received()
        self.addCleanup(server.lose)
        return server

    def open(self, server: CTIPeer, *peripherals: int) -> None:
        """The server opens the session."""
        server.send(
            OpenConf(
                invoke_id=1,
                services_granted=0x40096,
                peripheral_online=True,
                flt_peripheral_ids=peripherals,
            )
        )

    def status(self, peripheral: int, event: int = 3, pg_status: int = 0) -> SystemEvent:
        """How a peripheral is."""
        return SystemEvent(pg_status=pg_status, system_event_id=event, system_event_arg1=peripheral)

    def test_open_request(self) -> None:
        """OPEN_REQ names no peripheral, and asks for UCCE's events, states and kinds."""
        self.connect(24)
        self.assertEqual(
            self.open_req,
            OpenReq(
                invoke_id=1,
                version_number=24,
                idle_timeout=20,
                peripheral_id=0xFFFFFFFF,
                services_requested=0x00040096,
                call_msg_mask=0x0FFFFFFF,
                agent_state_mask=0x3FFF,
                config_msg_mask=0x0F,
                client_id="Finesse",
                client_password=b"\0",
            ),
        )

    def test_peripheral(self) -> None:
        """Requests name the peripheral that OPEN_CONF does, and agents by AgentID."""
        server = self.connect()
        self.open(server, 5000)
        answer = self.session.request(QueryAgentStateReq(agent_id_long="asmith"))
        (request,) = server.received()
        assert isinstance(request, QueryAgentStateReq)
        self.assertEqual((request.peripheral_id, request.agent_id), (5000, "asmith"))
        self.assertIsNone(request.agent_id_long)
        server.send(
            QueryAgentStateConf(invoke_id=request.invoke_id, agent_state=10, agent_id="asmith")
        )
        conf = self.successResultOf(answer)
        assert isinstance(conf, QueryAgentStateConf)
        self.assertEqual((conf.agent_state, conf.agent_id_long), (4, "asmith"))

    def test_configuration(self) -> None:
        """Configuration is asked for of that peripheral too, with UCCE's bits, and the kinds of OPEN_REQ."""
        for version, mask in ((23, 0), (24, 0x0F)):
            server = self.connect(version)
            self.open(server, 5000)
            self.session.send(ConfigRequestKeyEvent())
            self.session.send(ConfigRequestEvent(config_information=0x14))
            self.assertEqual(
                server.received(),
                [
                    ConfigRequestKeyEvent(peripheral_id=5000),
                    ConfigRequestEvent(
                        config_information=0x104, config_msg_mask=mask, peripheral_id=5000
                    ),
                ],
            )

    def test_peripheral_by_event(self) -> None:
        """Where OPEN_CONF names none, the first SYSTEM_EVENT about one does."""
        server = self.connect(13)
        self.open(server)
        server.send(SystemEvent(pg_status=0, system_event_id=1), self.status(5001))
        self.session.request(ANSWER).addErrback(lambda _: None)
        (request,) = server.received()
        assert isinstance(request, AnswerCallReq)
        self.assertEqual(request.peripheral_id, 5001)

    def test_several_peripherals(self) -> None:
        """Of the events after OPEN_CONF, one for each peripheral, ours is delivered, in UCCX's terms."""
        server = self.connect()
        self.open(server, 5000)
        server.send(self.status(5000), self.status(5001, 4, 4), self.status(5000, 4, 4))
        self.assertEqual(
            self.delivered,
            [self.status(5000, 3, 0x400), self.status(5000, 4, 0x600)],
        )
        server.send(SystemEvent(pg_status=0, system_event_id=9))
        self.assertEqual(len(self.delivered), 3)

    def test_as_it_is(self) -> None:
        """With a layout of its own a session translates nothing, either way."""
        layout = Layout.of(Dialect.UCCE, 25)
        session = ClientSession(
            CONFIG, open_request(CONFIG, 25, ""), self.clock, now, self.delivered.append, layout
        )
        server = CTIPeer(_Single(session), 25, dialect=Dialect.UCCE)
        self.addCleanup(server.lose)
        server.received()
        self.open(server, 5000)
        state = AgentStateEvent(agent_state=10, agent_id="asmith")
        server.send(state, self.status(5001, 4, 4))
        self.assertEqual(self.delivered, [state, self.status(5001, 4, 4)])
        session.send(ConfigRequestKeyEvent(peripheral_id=1))
        self.assertEqual(server.received(), [ConfigRequestKeyEvent(peripheral_id=1)])

    def test_server_offline(self) -> None:
        """A CTI server that says that it goes offline is left."""
        server = self.connect()
        self.open(server, 5000)
        server.send(SystemEvent(pg_status=0, system_event_id=7))
        reason, _status = self.successResultOf(self.session.ended)
        self.assertEqual(reason, "the CTI server goes offline")
        self.assertTrue(server.is_closed)


class LinkTests(SynchronousTestCase):
    """The link, to two servers in memory."""

    config = CTIClientConfig(retry_s=10.0)

    def setUp(self) -> None:
        """Start two servers: A is the master."""
        self.clock, self.recorder = Clock(), LinkRecorder()
        self.peripherals = [ScriptedPeripheral(), ScriptedPeripheral()]
        self.servers = [
            CTIServer(CTIServerConfig(), peripheral, self.clock, now)
            for peripheral in self.peripherals
        ]
        self.servers[1].set_master(False)
        for server in self.servers:
            server.startService()
        self.endpoints = [PumpedEndpoint(server.factory) for server in self.servers]
        self.link = self.make([0, 1])

    def make(self, sides: list[int]) -> CTIClient:
        """A link to these sides."""
        makers = [
            lambda index=index: Side("AB"[index] + ":12028", self.endpoints[index])
            for index in sides
        ]
        return CTIClient(self.config, makers, self.clock, now, self.recorder)

    def tearDown(self) -> None:
        """Everything stops, and no timer is left."""
        stopped = [self.link.stopService()]
        self.flush()
        stopped += [server.stopService() for server in self.servers]
        self.flush()
        for each in stopped:
            self.successResultOf(each)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def flush(self) -> None:
        """Carry all bytes, and what they lead to."""
        for _ in range(3):
            for endpoint in self.endpoints:
                endpoint.flush()

    def advance(self, seconds: float) -> None:
        """Let time pass, and carry the bytes."""
        self.clock.pump([0.1] * round(seconds * 10))
        self.flush()

    def start(self) -> None:
        """Start the link."""
        self.link.startService()
        self.clock.advance(0)
        self.flush()

    def test_interfaces(self) -> None:
        """The link is an `ICTILink`, and the recorder an `ICTILinkListener`."""
        verifyObject(ICTILink, self.link)
        verifyObject(ICTILinkListener, self.recorder)

    def test_opened(self) -> None:
        """The link opens to side A, tells so, and then what comes."""
        self.start()
        self.assertEqual(
            self.recorder.told, [("opened", "A:12028", True), ("message", "SystemEvent")]
        )
        self.assertEqual(self.link.side, "A:12028")
        self.assertIsNone(self.link.last_heartbeat)
        self.advance(5.1)
        self.assertEqual(self.link.last_heartbeat, NOW)
        self.assertFalse(self.link.heartbeat_missed)

    def test_not_read(self) -> None:
        """An engine that does not read is left at the bound, and not before."""
        self.link = CTIClient(
            CTIClientConfig(max_pending_bytes=1_024),
            [lambda: Side("A:12028", self.endpoints[0])],
            self.clock,
            now,
            self.recorder,
        )
        self.start()
        self.endpoints[0].pumps[0].client.pauseProducing()
        sent, size = 0, len(Layout.of(Dialect.UCCX, 16).encode(ConfigRequestKeyEvent()))
        while self.recorder.count("closed") == 0:
            self.link.send(ConfigRequestKeyEvent())
            self.flush()
            sent += 1
        self.assertEqual(sent, 1_024 // size + 1)

    def test_before(self) -> None:
        """Without a session everything fails with `LinkDownError`."""
        self.failureResultOf(self.link.request(ANSWER), LinkDownError)
        self.assertRaises(LinkDownError, self.link.send, ConfigRequestKeyEvent())
        self.assertEqual((self.link.side, self.link.last_heartbeat), ("", None))
        self.assertFalse(self.link.heartbeat_missed)

    def test_request(self) -> None:
        """A request goes to the peripheral and back."""
        self.peripherals[0].script[AnswerCallReq] = lambda request: [
            AnswerCallConf(invoke_id=request.invoke_id)  # type: ignore[attr-defined]
        ]
        self.start()
        answer = self.link.request(ANSWER)
        self.link.send(ConfigRequestKeyEvent())
        self.flush()
        self.assertIsInstance(self.successResultOf(answer), AnswerCallConf)
        self.assertEqual(len(self.peripherals[0].requests), 2)

    def test_standby_first(self) -> None:
        """A standby's 92 leads to the other side about a second later."""
        self.link = self.make([1, 0])
        self.start()
        self.assertEqual(self.recorder.told, [])
        self.advance(NEXT_SIDE_S - 0.2)
        self.assertEqual(self.recorder.told, [])
        self.advance(0.3)
        self.assertEqual(self.link.side, "A:12028")

    def test_nobody(self) -> None:
        """While nobody accepts, the sides are tried in turn, with a pause between rounds."""
        self.servers[0].set_master(False)
        self.endpoints[1].refusing = ConnectError()
        self.start()
        self.assertEqual(len(self.endpoints[0].pumps), 1)
        self.advance(NEXT_SIDE_S + 9.8)
        self.assertEqual(len(self.endpoints[0].pumps), 1)
        self.advance(0.4)
        self.assertEqual(len(self.endpoints[0].pumps), 2)
        self.assertEqual(self.recorder.told, [])

    def test_switch(self) -> None:
        """When mastership moves the link does too; requests that wait fail before the end is told."""
        self.start()
        answer = self.link.request(ANSWER)
        order: list[str] = []
        answer.addErrback(lambda failure: order.append(str(failure.type)))
        self.flush()
        self.servers[0].set_master(False)
        self.servers[1].set_master(True)
        self.flush()
        self.assertEqual(order, [str(LinkDownError)])
        self.assertEqual(self.recorder.told[-1][0], "closed")
        self.assertEqual(self.link.side, "")
        self.advance(NEXT_SIDE_S + 0.1)
        self.assertEqual(self.recorder.told[-2], ("opened", "B:12028", True))

    def test_cut(self) -> None:
        """When the connection is cut the link is open again soon."""
        self.link = self.make([0])
        self.start()
        self.endpoints[0].pumps[0].serverIO.loseConnection()
        self.flush()
        self.assertEqual(self.recorder.count("closed"), 1)
        self.advance(NEXT_SIDE_S + 0.1)
        self.assertEqual(self.recorder.count("opened"), 2)

    def test_superseded(self) -> None:
        """When another client takes the session, the link waits a minute."""
        self.link = self.make([0])
        self.start()
        other = self.make([0])
        other.startService()
        self.clock.advance(0)
        self.flush()
        self.assertEqual(self.recorder.count("closed"), 1)
        self.advance(SUPERSEDED_S - 1)
        self.assertEqual(self.recorder.count("opened"), 2)
        stopped = other.stopService()
        self.flush()
        self.successResultOf(stopped)
        self.advance(1.2)
        self.assertEqual(self.recorder.count("opened"), 3)

    def test_version_step_down(self) -> None:
        """A server that knows lower versions only is asked for them, one after the other, at once."""
        asked: list[int] = []

        class Old(Factory):
            def buildProtocol(_self, addr: object) -> CTIProtocol:  # noqa: N805
                return CTIProtocol(_OldEngine(asked), 1_000_000)

        endpoint = PumpedEndpoint(Old())
        self.endpoints.append(endpoint)
        self.link = CTIClient(
            CTIClientConfig(version=18),
            [lambda: Side("old:12028", endpoint)],
            self.clock,
            now,
            self.recorder,
        )
        self.start()
        for _ in range(4):
            self.clock.advance(0)
            self.flush()
        self.assertEqual(asked, [18, 16, 14])
        self.assertEqual(self.recorder.told[0], ("opened", "old:12028", False))

    def test_unreachable(self) -> None:
        """A side that neither accepts nor refuses is given up after ten seconds."""
        silent = _Silent()
        self.link = CTIClient(
            self.config,
            [lambda: Side("silent", silent), lambda: Side("A", self.endpoints[0])],
            self.clock,
            now,
            self.recorder,
        )
        self.start()
        self.clock.advance(CONNECT_S - 0.1)
        self.assertEqual(silent.cancelled, 0)
        self.clock.advance(0.1)
        self.assertEqual(silent.cancelled, 1)
        self.advance(NEXT_SIDE_S + 0.1)
        self.assertEqual(self.link.side, "A")

    def test_stop_while_connecting(self) -> None:
        """Stopping while a side is being tried gives the attempt up."""
        silent = _Silent()
        self.link = CTIClient(
            self.config, [lambda: Side("silent", silent)], self.clock, now, self.recorder
        )
        self.start()
        self.successResultOf(self.link.stopService())
        self.assertEqual(silent.cancelled, 1)

    def test_stop(self) -> None:
        """Stopping closes the session in order, and tells its end."""
        self.start()
        stopped = self.link.stopService()
        self.assertNoResult(stopped)
        self.flush()
        self.successResultOf(stopped)
        self.assertEqual(self.recorder.told[-1], ("closed", "closed"))
        self.assertEqual(self.servers[0].session_count, 0)
        self.successResultOf(self.link.stopService())

    def test_faulty_listener(self) -> None:
        """A listener that fails is logged; the session does not stay behind."""

        class Faulty(LinkRecorder):
            def link_opened(self, side: str, online: bool) -> None:
                raise ZeroDivisionError

        self.recorder = Faulty()
        self.link = self.make([0, 1])
        self.start()
        self.flush()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual(self.link.side, "")
        self.assertEqual(self.servers[0].session_count, 0)


class _OldEngine:
    """Knows version 14."""

    def __init__(self, asked: list[int]) -> None:
        self._asked = asked

    def connection_made(self, wire: CTIProtocol) -> None:
        self._wire = wire

    def frame_received(self, frame: Frame) -> None:
        version = int.from_bytes(frame.body[4:8], "big")
        if frame.message_type != 3:
            self._wire.close()
            return
        self._asked.append(version)
        if version > 14:
            self._wire.send(frame_bytes(Frame(1, frame.body[:4] + b"\0\0\0\1")))
        else:
            self._wire.send(frame_bytes(Frame(4, frame.body[:4] + bytes(22))))

    def connection_lost(self, reason: str) -> None:
        pass
