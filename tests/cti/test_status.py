"""What a server and a link tell an operator: their counters, and a line at each session's end."""

from __future__ import annotations

from dataclasses import replace

from twisted.internet.error import ConnectError
from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import CTIClientConfig, CTIServerConfig
from finesse_tx.cti.client import CTIClient, Side
from finesse_tx.cti.core.counters import Ended, SessionKind
from finesse_tx.cti.core.errors import RequestTimeoutError
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    AnswerCallReq,
    BeginCallEvent,
    CloseReq,
    FailureConf,
    HeartbeatReq,
    QueryAgentStateConf,
    QueryAgentStateReq,
)
from finesse_tx.cti.server import CTIServer
from tests.cti.test_server import ServerTestCase
from tests.support.cti import (
    LinkRecorder,
    PumpedEndpoint,
    ScriptedPeripheral,
    bridge_request,
    now,
    ucce_request,
)

BRIDGE = SessionKind("bridge", "uccx", 14)


class ServerStatusTests(ServerTestCase):
    """The server's."""

    config = CTIServerConfig(max_sessions=4, max_pending_bytes=1_024)

    def test_sessions(self) -> None:
        """Sessions are counted by mode, dialect and version; refusals by status; who finds no room, too."""
        self.opened()
        self.opened(ucce_request(25))
        nobody = self.opened(bridge_request(18, services=4))
        self.peer().ask(replace(bridge_request(), idle_timeout=1))
        self.peer()
        status = self.server.status()
        kinds = [BRIDGE, SessionKind("bridge", "ucce", 25), SessionKind("nobody", "uccx", 18)]
        self.assertEqual(status.counters.opened, dict.fromkeys(kinds, 1))
        self.assertEqual(status.counters.open_now, dict.fromkeys(kinds, 1))
        self.assertEqual(status.counters.refused, {"E_CTI_INVALID_TIMEOUT": 1})
        self.assertEqual((status.connections, status.counters.turned_away), (4, 1))
        self.gone(nobody)
        status = self.server.status()
        self.assertEqual(status.counters.open_now, dict.fromkeys(kinds[:2], 1))
        self.assertEqual(status.counters.opened.total(), 3)

    def test_requests(self) -> None:
        """Requests are counted by message, failures by status, and those that wait as they are now."""
        self.peripheral.script[QueryAgentStateReq] = lambda asked: [
            FailureConf(invoke_id=asked.invoke_id, status=8)  # type: ignore[attr-defined]
        ]
        peer = self.opened()
        peer.ask(QueryAgentStateReq(invoke_id=1))
        peer.ask(AnswerCallReq(invoke_id=2, connection_call_id=1))
        peer.ask(HeartbeatReq(invoke_id=3))
        status = self.server.status()
        self.assertEqual(
            status.counters.requests, {"QUERY_AGENT_STATE_REQ": 1, "ANSWER_CALL_REQ": 1}
        )
        self.assertEqual(status.counters.failures, {"E_CTI_INVALID_AGENT_DATA": 1})
        self.assertEqual(status.unanswered, 1)
        self.clock.advance(10)
        status = self.server.status()
        self.assertEqual(status.counters.control_failures, {"CF_REQUEST_TIMEOUT_REJECTION": 1})
        self.assertEqual(status.unanswered, 0)

    def test_bytes(self) -> None:
        """Bytes are those that came and went, on connections that are and on those that were."""
        peer = self.peer()
        request = peer.layout.encode(bridge_request())
        peer.send_bytes(request)
        sent = len(peer.transport.value())
        for _ in range(2):
            counters = self.server.status().counters
            self.assertEqual((counters.received, counters.sent), (len(request), sent))
            if peer in self.peers:
                self.gone(peer)

    def test_queue(self) -> None:
        """What waits for a client that does not read is seen before it is dropped for it."""
        slow, _quick = self.opened(), self.opened(bridge_request(client_id="quick"))
        slow.protocol.pauseProducing()  # type: ignore[attr-defined]
        event = BeginCallEvent(connection_call_id=1, call_type=1)
        size = len(slow.layout.encode(event))
        for _ in range(3):
            self.peripheral.publish(event)
        status = self.server.status()
        self.assertEqual((status.waiting_bytes, status.longest_queue), (3 * size, 3 * size))
        self.assertEqual(status.counters.events, 6)

    def test_causes(self) -> None:
        """Each way to end has its cause."""
        closed, idle, slow, garbage = (
            self.opened(bridge_request(client_id=str(n))) for n in range(4)
        )
        closed.ask(CloseReq(invoke_id=1))
        slow.protocol.pauseProducing()  # type: ignore[attr-defined]
        while not slow.is_closed:
            self.peripheral.publish(BeginCallEvent(connection_call_id=1, call_type=1))
        garbage.send_bytes(b"\xff" * 8)
        for peer in (closed, slow, garbage):
            self.gone(peer)
        self.clock.advance(100)
        self.gone(idle)
        first, second, silent = self.opened(), self.opened(), self.peer()
        self.clock.advance(30)
        lost = self.opened(bridge_request(client_id="lost"))
        for peer in (first, silent, lost):
            self.gone(peer)
        self.server.set_master(False)
        self.gone(second)
        self.assertEqual(
            self.server.status().counters.ended,
            dict.fromkeys(
                (
                    Ended.CLOSED,
                    Ended.IDLE,
                    Ended.SLOW,
                    Ended.GARBAGE,
                    Ended.SUPERSEDED,
                    Ended.NOT_OPENED,
                    Ended.LOST,
                    Ended.SHUTDOWN,
                ),
                1,
            ),
        )

    def test_summary(self) -> None:
        """At its end a session has one line that says what it was, with numbers as fields and no password."""
        peer = self.opened(replace(bridge_request(), client_password=b"s3cret\0"))
        peer.ask(AnswerCallReq(invoke_id=2, peripheral_id=9, connection_call_id=1))
        self.peripheral.publish(AgentStateEvent(agent_state=3))
        self.clock.advance(7)
        peer.ask(CloseReq(invoke_id=1))
        with capturedLogs() as logs:
            self.gone(peer)
        (event,) = logs
        self.assertEqual(event["log_level"].name, "info")
        fields = {name: event[name] for name in ("cause", "seconds", "requests", "failures")}
        self.assertEqual(
            fields, {"cause": Ended.CLOSED.value, "seconds": 7.0, "requests": 1, "failures": 1}
        )
        self.assertEqual(event["events"], 1)
        self.assertGreater(event["received"], 0)
        self.assertNotIn("s3cret", repr(logs))

    def test_no_summary(self) -> None:
        """A connection that had no session has no such line."""
        peer = self.peer()
        with capturedLogs() as logs:
            self.gone(peer)
        self.assertEqual(logs, [])


class LinkStatusTests(SynchronousTestCase):
    """The link's."""

    def setUp(self) -> None:
        """A link to a server that does not run yet."""
        self.clock, self.peripheral = Clock(), ScriptedPeripheral()
        self.recorder = LinkRecorder()
        self.server = CTIServer(CTIServerConfig(), self.peripheral, self.clock, now)
        self.server.startService()
        self.endpoint = PumpedEndpoint(self.server.factory)
        self.link = CTIClient(
            CTIClientConfig(),
            [lambda: Side("A:12028", self.endpoint)],
            self.clock,
            now,
            self.recorder,
        )

    def tearDown(self) -> None:
        """Everything stops."""
        stopped = [self.link.stopService()]
        self.endpoint.flush()
        stopped.append(self.server.stopService())
        self.advance(6)
        for each in stopped:
            self.successResultOf(each)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def advance(self, seconds: float) -> None:
        """Let time pass, and carry the bytes."""
        for _ in range(round(seconds * 10)):
            self.clock.advance(0.1)
            self.endpoint.flush()

    def start(self) -> None:
        """Start the link."""
        self.link.startService()
        self.advance(0.1)

    def test_before(self) -> None:
        """A link that was not started has done nothing."""
        status = self.link.status()
        self.assertEqual((status.state, status.side, status.kind), ("CLOSED", "", None))
        self.assertEqual(status.counters.attempts, 0)

    def test_open(self) -> None:
        """An open one tells its side and version, and counts what is asked and what comes."""
        self.peripheral.script[QueryAgentStateReq] = lambda asked: [
            QueryAgentStateConf(invoke_id=asked.invoke_id, agent_state=3)  # type: ignore[attr-defined]
        ]
        self.start()
        self.link.request(QueryAgentStateReq(agent_id_long="asmith"))
        waiting = self.link.request(AnswerCallReq(connection_call_id=1, peripheral_id=9))
        silent = self.link.request(AnswerCallReq(connection_call_id=2))
        self.assertEqual(self.link.status().unanswered, 3)
        self.endpoint.flush()
        self.failureResultOf(waiting)
        status = self.link.status()
        self.assertEqual((status.state, status.side), ("OPEN", "A:12028"))
        self.assertEqual(status.kind, SessionKind("bridge", "uccx", 16))
        counters = status.counters
        self.assertEqual(counters.requests, {"QUERY_AGENT_STATE_REQ": 1, "ANSWER_CALL_REQ": 2})
        self.assertEqual(counters.failures, {"E_CTI_INVALID_PERIPHERAL_ID": 1})
        self.assertEqual((counters.events, counters.reconnects), (1, 0))
        self.assertEqual(counters.sent, self.server.status().counters.received)
        self.assertEqual(counters.received, self.server.status().counters.sent)
        self.clock.advance(9.9)
        self.assertEqual(self.link.status().counters.timeouts, 0)
        self.clock.advance(0.1)
        self.failureResultOf(silent, RequestTimeoutError)
        self.assertEqual(self.link.status().counters.timeouts, 1)
        self.assertEqual(self.link.version, 16)
        self.endpoint.flush()  # the server has waited for so long too, and says so
        counters = self.link.status().counters
        self.assertEqual(counters.late_answers, 1)
        self.assertEqual(counters.control_failures, {"CF_REQUEST_TIMEOUT_REJECTION": 1})

    def test_heartbeats(self) -> None:
        """Heartbeats are counted, and those that were missed; after three the link is made anew."""
        self.start()
        self.advance(5.1)
        counters = self.link.status().counters
        self.assertEqual((counters.heartbeats, counters.heartbeats_missed), (1, 0))
        pump = self.endpoint.pumps.pop()
        with capturedLogs() as logs:
            for _ in range(220):
                self.clock.advance(0.1)
        pump.flush()
        counters = self.link.status().counters
        self.assertEqual(counters.heartbeats_missed, 3)
        self.assertEqual(counters.ended, {Ended.HEARTBEATS: 1})
        self.advance(0.1)
        self.assertEqual(self.link.status().counters.reconnects, 1)
        (ended,) = [log for log in logs if "has ended" in log["log_format"]]
        self.assertEqual((ended["missed"], ended["cause"]), (3, Ended.HEARTBEATS.value))

    def test_refused_and_unreachable(self) -> None:
        """Refusals are counted by status, and so are attempts that came to nothing."""
        self.server.set_master(False)
        self.start()
        self.endpoint.refusing = ConnectError()
        self.advance(11)
        counters = self.link.status().counters
        self.assertEqual(counters.refused, {"E_CTI_SERVER_NOT_MASTER": 1})
        self.assertEqual((counters.attempts, counters.unreachable), (2, 1))
