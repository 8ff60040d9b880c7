"""`finesse_tx.notification.bosh_http`: what its connections do, without a network."""

from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import ITCPTransport
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import alsoProvides

from finesse_tx.notification.bosh_http import BOSH_TIMEOUT_S, MAX_PIPELINED, BOSHProtocol
from finesse_tx.notification.core.namespaces import BOSH
from finesse_tx.site import LINGER_S
from tests.support.bosh import attributes_of
from tests.support.notification import notification_service

CREATE = f'<body xmlns="{BOSH}" rid="1" to="x" wait="30" hold="1" ver="1.6"/>'


class Transport(StringTransport):
    """A TCP transport."""

    def __init__(self) -> None:
        super().__init__()
        alsoProvides(self, ITCPTransport)
        self.is_aborted = False

    def setTcpNoDelay(self, enabled: bool) -> None:
        """There is no network."""

    def abortConnection(self) -> None:
        """Cut."""
        self.is_aborted = self.disconnecting = True


class BOSHProtocolTests(SynchronousTestCase):
    """One connection."""

    def setUp(self) -> None:
        """Connect."""
        self.clock = Clock()
        self.service = notification_service(self.clock)
        self.factory = self.service.bosh_factory
        self.transport, self.protocol = self.connect()

    def connect(self) -> tuple[Transport, BOSHProtocol]:
        """Make one more connection."""
        transport, protocol = Transport(), self.factory.buildProtocol(None)
        assert isinstance(protocol, BOSHProtocol)
        protocol.makeConnection(transport)
        return transport, protocol

    def say(self, data: bytes) -> bytes:
        """Send, and return what comes back at once."""
        self.transport.clear()
        self.protocol.dataReceived(data)
        self.clock.advance(0)
        value: bytes = self.transport.value()
        return value

    def post(self, body: str, headers: bytes = b"") -> bytes:
        """A request."""
        text = body.encode()
        return b"POST /http-bind HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n%s" % (
            headers,
            len(text),
            text,
        )

    def open(self) -> str:
        """Make a session, and return its sid."""
        answer = self.say(self.post(CREATE))
        return attributes_of(answer.partition(b"\r\n\r\n")[2])["sid"]

    def poll(self, sid: str, rid: int, attributes: str = "") -> bytes:
        """An empty request."""
        return self.post(f'<body xmlns="{BOSH}" rid="{rid}" sid="{sid}"{attributes}/>')

    def lose(self) -> None:
        """The connection is gone."""
        self.protocol.connectionLost(Failure(ConnectionDone()))

    def test_line_end_before(self) -> None:
        """RFC 9112 §2.2: a line end before a request is no part of it, though both come in one piece."""
        head = b"POST /http-bind HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(CREATE)
        self.assertIn(b"HTTP/1.1 200", self.say(b"\r\n" + head + CREATE.encode()))

    def test_pipelined(self) -> None:
        """A request behind a held one is handed on at once; the answers come in order, in one write."""
        sid = self.open()
        self.assertEqual(self.say(self.poll(sid, 2)), b"")
        answer = self.say(self.poll(sid, 3, ' type="terminate"'))
        self.assertEqual(answer.count(b"HTTP/1.1 200 OK\r\n"), 2)
        self.assertIn(b'type="terminate"', answer)

    def test_waits_for_the_first(self) -> None:
        """An answer that is ready waits for the one before it."""
        sid = self.open()
        self.assertEqual(self.say(self.poll(sid, 2) + b"GET / HTTP/1.1\r\n\r\n"), b"")
        self.transport.clear()
        self.clock.advance(30)
        answer = self.transport.value()
        self.assertLess(answer.index(b"200 OK"), answer.index(b"404 Not Found"))

    def test_too_many(self) -> None:
        """So many may wait, at one more the connection is cut, and the session hears of it."""
        sid = self.open()
        extra = b"GET / HTTP/1.1\r\n\r\n"
        self.say(self.poll(sid, 2) + extra * (MAX_PIPELINED - 1))
        self.assertFalse(self.transport.is_aborted)
        self.say(extra)
        self.assertTrue(self.transport.is_aborted)

    def test_close(self) -> None:
        """The connection is closed after an answer where the client wants that; what follows is not read."""
        answer = self.say(self.post("x", b"Connection: close\r\n") + self.post("y"))
        self.assertEqual(answer.count(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"), 1)
        self.assertTrue(self.transport.disconnecting)

    def test_refused_behind_a_held_one(self) -> None:
        """What is no request cannot be answered before the one that is held: the connection is cut."""
        sid = self.open()
        self.say(self.poll(sid, 2))
        self.assertEqual(self.say(b"rubbish\r\n\r\n"), b"")
        self.assertTrue(self.transport.is_aborted)

    def test_refused(self) -> None:
        """What is no request is answered, and the connection closed."""
        self.assertIn(b"HTTP/1.1 400 Bad Request\r\n", self.say(b"rubbish\r\n\r\n"))
        self.assertTrue(self.transport.disconnecting)
        self.assertEqual(self.say(self.post(CREATE)), b"")

    def test_linger(self) -> None:
        """A body that is too long is refused before it comes; the client may go on sending for a while."""
        self.assertIn(
            b"HTTP/1.1 413 ", self.say(b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n")
        )
        self.assertEqual(self.say(b"x" * 10_000), b"")
        self.assertFalse(self.transport.disconnecting)
        self.clock.advance(LINGER_S)
        self.assertTrue(self.transport.is_aborted)

    def test_continue(self) -> None:
        """A client that waits with its body is asked for it, once."""
        text = CREATE.encode()
        head = b"POST /http-bind HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
        self.assertEqual(self.say(head % len(text)), b"HTTP/1.1 100 Continue\r\n\r\n")
        self.assertEqual(self.say(text[:10]), b"")
        self.assertIn(b"200 OK", self.say(text[10:]))

    def test_no_wait_for_continue(self) -> None:
        """A client that sends its body with the head is not asked."""
        self.assertNotIn(b"100 Continue", self.say(self.post(CREATE, b"Expect: 100-continue\r\n")))

    def test_idle(self) -> None:
        """A connection without a request is closed after its time, and cut when that does not help."""
        self.open()
        self.clock.advance(BOSH_TIMEOUT_S - 1)
        self.assertFalse(self.transport.disconnecting)
        self.clock.advance(1)
        self.assertTrue(self.transport.disconnecting)
        self.clock.advance(LINGER_S)
        self.assertTrue(self.transport.is_aborted)

    def test_slow_request(self) -> None:
        """A request must be whole in that time, however its bytes drip in."""
        self.clock.advance(BOSH_TIMEOUT_S / 2)
        self.say(b"POST /http-bind HTTP/1.1\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(int(BOSH_TIMEOUT_S) - 1):
            self.clock.advance(1)
            self.say(b"x")
        self.assertFalse(self.transport.disconnecting)
        self.clock.advance(1)
        self.assertTrue(self.transport.disconnecting)

    def test_held(self) -> None:
        """A request that is held is no silence; after its answer the time begins again."""
        sid = self.open()
        self.clock.advance(BOSH_TIMEOUT_S - 35)
        self.say(self.poll(sid, 2))
        self.clock.advance(30)
        self.assertIn(b"200 OK", self.transport.value())
        self.clock.advance(BOSH_TIMEOUT_S - 1)
        self.assertFalse(self.transport.disconnecting)

    def test_slow_reader(self) -> None:
        """Who does not read is not read from."""
        self.protocol.pauseProducing()
        self.assertEqual(self.transport.producerState, "paused")
        self.protocol.resumeProducing()
        self.assertEqual(self.transport.producerState, "producing")

    def test_drain(self) -> None:
        """A connection that waits for nothing is closed, one with a held request after its answer."""
        idle, idle_protocol = self.connect()
        sid = self.open()
        self.say(self.poll(sid, 2))
        drained = self.factory.drain()
        self.assertEqual((idle.disconnecting, self.transport.disconnecting), (True, False))
        self.clock.advance(30)
        self.assertTrue(self.transport.disconnecting)
        idle_protocol.connectionLost(Failure(ConnectionDone()))
        self.assertNoResult(drained)
        self.lose()
        self.successResultOf(drained)

    def test_nothing_is_left(self) -> None:
        """A lost connection leaves no timer, and its session knows that nobody waits."""
        sid = self.open()
        self.say(self.poll(sid, 2))
        self.lose()
        (carrier,) = self.service._manager
        self.assertFalse(carrier._session._live())
        self.assertEqual(self.factory.connections, set())
        carrier.shut_down()
        self.clock.advance(100)
        self.assertEqual(self.clock.getDelayedCalls(), [])
