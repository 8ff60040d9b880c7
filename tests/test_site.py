"""`finesse_tx.site`: what every web port refuses, leaves out and finishes, without a network."""

import re

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web import http
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from finesse_tx import bounded_request
from finesse_tx.site import FAREWELL_S, LINGER_S, MAX_HEAD_BYTES, MAX_HEAD_LINES, BoundedSite

TIMEOUT_S = 60
MAX_BODY = 2_000

HELD = b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n"


class Echo(Resource):
    """Answers with the body; ``/held`` is answered when the test says so."""

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.held: list[Request] = []

    def render(self, request: Request) -> int | bytes:
        """Answer."""
        if request.path == b"/held":
            self.held.append(request)
            return NOT_DONE_YET
        body: bytes = request.content.read() if request.content else b""
        return b"<" + body + b">"


class Case(SynchronousTestCase):
    """A connection to a site."""

    def setUp(self) -> None:
        """Connect."""
        self.clock, self.root = Clock(), Echo()
        self.site = BoundedSite(self.root, MAX_BODY, TIMEOUT_S, self.clock)
        self.transport, self.channel = self.connect()

    def connect(self) -> tuple[StringTransport, http.HTTPChannel]:
        """Make one more connection."""
        transport = StringTransport()
        channel = self.site.buildProtocol(None)
        assert isinstance(channel, http.HTTPChannel)
        channel.makeConnection(transport)
        return transport, channel

    def say(self, text: bytes) -> bytes:
        """Send, and return what has come back by then."""
        self.channel.dataReceived(text)
        self.clock.advance(0)
        return bytes(self.transport.value())

    def hang_up(self) -> None:
        """The network closes the connection that the server has closed."""
        self.assertTrue(self.transport.disconnecting)
        self.channel.connectionLost(Failure(ConnectionDone()))


class BodyTests(Case):
    """Bodies that are too large."""

    def test_largest(self) -> None:
        """A body of the limit is read, one byte more is not."""
        self.assertIn(
            b"200 OK",
            self.say(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000),
        )
        self.assertIn(
            b"413", self.say(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2001\r\n\r\n")
        )

    def test_refused_body_is_not_kept(self) -> None:
        """A body that is refused is thrown away as it comes, for a moment; then the connection is closed."""
        self.say(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n")
        self.say(b"x" * 500_000)
        (request,) = self.channel.requests
        self.assertEqual(request.content.tell(), 0)
        self.clock.advance(LINGER_S - 0.1)
        self.assertFalse(self.transport.disconnecting)
        self.clock.advance(0.1)
        self.hang_up()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_chunked(self) -> None:
        """A client that does not say how much it sends is read up to the limit, and no further."""
        head = b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunk = b"3e8\r\n" + b"x" * 1000 + b"\r\n"
        self.assertIn(b"200 OK", self.say(head + chunk + chunk + b"0\r\n\r\n"))
        self.assertNotIn(b"413", self.say(head + chunk + chunk))
        self.assertIn(b"413", self.say(b"1\r\nx\r\n"))


class UnderwayTests(Case):
    """Bodies that have begun and not come whole."""

    HEAD = b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n"

    def test_all_together(self) -> None:
        """They take so much and no more, whoever sends them: one more byte gets 503, and others go on."""
        self.patch(bounded_request, "MAX_UNDERWAY_BYTES", 4_000)
        slow = [self.connect() for _ in range(4)]
        for _transport, channel in slow:
            channel.dataReceived(self.HEAD + b"x" * 1_000)
        self.assertEqual(self.site.underway_bytes, 4_000)
        answer = self.say(self.HEAD + b"x")
        self.assertIn(b"503", answer)
        self.assertIn(b"Retry-After: 5", answer)
        (first, channel), (_, gone), (_, other), *_ = slow
        gone.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(self.site.underway_bytes, 3_000)
        channel.dataReceived(b"x" * 1_000)
        self.clock.advance(0)
        self.assertIn(b"200 OK", first.value())
        self.assertEqual(self.site.underway_bytes, 2_000)
        other.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(self.site.underway_bytes, 1_000)

    def test_refused(self) -> None:
        """A body that is refused as too large takes nothing."""
        self.say(
            b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + b"x" * 2_000
        )
        self.assertEqual(self.site.underway_bytes, 2_000)
        self.assertIn(b"413", self.say(b"\r\n1\r\nx"))
        self.assertEqual(self.site.underway_bytes, 0)
        (request,) = self.channel.requests
        self.assertEqual(request.content.getvalue(), b"")


class Pieces(StringTransport):
    """Remembers what it was given, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> None:
        """One more."""
        self.pieces.append(data)
        super().write(data)


class PieceTests(Case):
    """In how many pieces an answer goes out."""

    def setUp(self) -> None:
        """Ask for what is answered later."""
        super().setUp()
        self.pieces = Pieces()
        self.channel = self.site.buildProtocol(None)
        self.channel.makeConnection(self.pieces)
        self.channel.dataReceived(HELD)
        self.request = self.root.held[0]

    def test_together(self) -> None:
        """The head goes out with the first of the body, so that an answer is one piece."""
        self.request.setHeader(b"content-length", b"8")
        self.request.write(b"some")
        self.assertEqual(self.pieces.pieces, [])
        self.clock.advance(0)
        self.assertEqual(len(self.pieces.pieces), 1)
        self.assertTrue(self.pieces.pieces[0].endswith(b"\r\n\r\nsome"))
        self.request.write(b"more")
        self.request.finish()
        self.clock.advance(0)
        self.assertEqual(self.pieces.pieces[1:], [b"more"])

    def test_chunked(self) -> None:
        """So does that of a body of unknown length."""
        self.request.write(b"some")
        self.clock.advance(0)
        self.assertTrue(self.pieces.pieces[0].endswith(b"\r\n\r\n4\r\nsome\r\n"))

    def test_alone(self) -> None:
        """A head that no body follows goes out at the end of the request, or of the connection."""
        for end in ("finish", "loseConnection"):
            del self.pieces.pieces[:]
            request = self.root.held[-1]
            request.setResponseCode(304)
            request.write(b"")
            self.clock.advance(0)
            self.assertEqual(self.pieces.pieces, [])
            getattr(request, end)()
            self.clock.advance(0)
            self.assertIn(b" 304 ", b"".join(self.pieces.pieces))
            self.channel.dataReceived(HELD)

    def test_in_their_order(self) -> None:
        """What Twisted says by itself to the next request comes after the answer to the one before."""
        first = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        for second, said in (
            (b"nonsense\r\n\r\n", b"400 Bad Request"),
            (
                b"PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
                b"100 Continue",
            ),
        ):
            transport, channel = self.connect()
            channel.dataReceived(first + second)
            self.clock.advance(0)
            answers = re.findall(rb"HTTP/1.1 ([^\r]*)", transport.value())
            self.assertEqual(answers, [b"200 OK", said])
        transport, channel = self.connect()
        channel.dataReceived(HELD + first)
        channel.dataReceived(b"nonsense\r\n\r\n")
        self.root.held[-1].write(b"held")
        self.root.held[-1].finish()
        answers = re.findall(rb"HTTP/1.1 ([^\r]*)", transport.value())
        self.assertEqual(answers, [b"200 OK", b"200 OK", b"400 Bad Request"])

    def test_handed_over(self) -> None:
        """Whoever takes the connection over finds everything written, and nobody watching."""
        self.request.write(b"some")
        before = len(self.clock.getDelayedCalls())
        self.site.hand_over(self.channel)
        self.assertIn(b"some", self.pieces.value())
        self.assertEqual(len(self.clock.getDelayedCalls()), before - 1)


class PatienceTests(Case):
    """How the clock is asked to watch a connection."""

    def test_one_call(self) -> None:
        """However many requests come, one call is enough, and patience begins with the last of them."""
        for _ in range(10):
            self.clock.advance(TIMEOUT_S - 1)
            self.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.clock.advance(TIMEOUT_S - 0.5)
        self.assertFalse(self.transport.disconnecting)
        self.clock.advance(0.5)
        self.hang_up()

    def test_under_way(self) -> None:
        """A request that takes its time is not given up; when it is answered, patience begins anew."""
        self.say(HELD)
        self.clock.pump([TIMEOUT_S] * 5)
        self.assertFalse(self.transport.disconnecting)
        self.root.held[0].finish()
        self.clock.advance(TIMEOUT_S - 0.5)
        self.assertFalse(self.transport.disconnecting)
        self.clock.advance(0.5)
        self.hang_up()

    def test_gone(self) -> None:
        """Of a connection that is gone nothing is left."""
        self.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        self.channel.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(self.clock.getDelayedCalls(), [])


class HeadTests(Case):
    """Heads that are too long."""

    def test_largest(self) -> None:
        """A head of the limit is read, one byte more gets 431; a line alone may have half of it."""
        first = b"GET / HTTP/1.1"
        lines = [b"Host: x", b"A: " + b"x" * 16_000, b"A: " + b"x" * 16_000]
        room = MAX_HEAD_BYTES - len(first) - sum(map(len, lines))
        lines.append(b"B: " + b"x" * (room - 3))
        self.assertIn(b"200 OK", self.say(b"\r\n".join([first, *lines, b"", b""])))
        self.assertIn(b"200 OK", self.say(b"\r\n".join([first, *lines, b"", b""])))
        lines[-1] += b"x"
        self.transport.clear()
        self.assertIn(b"431", self.say(b"\r\n".join([first, *lines, b"", b""])))
        self.assertTrue(self.transport.disconnecting)

    def test_most(self) -> None:
        """200 lines are read, one more is not."""
        head = b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * (MAX_HEAD_LINES - 2)
        self.assertIn(b"200 OK", self.say(head + b"\r\n"))
        self.transport.clear()
        self.assertIn(b"431", self.say(head + b"A: b\r\n\r\n"))

    def test_line(self) -> None:
        """A line without an end is a header that is too long, or the URI."""
        self.say(b"GET / HTTP/1.1\r\nA: " + b"x" * 20_000)
        self.assertIn(b"431", self.transport.value())
        transport, channel = self.connect()
        channel.dataReceived(b"GET /" + b"x" * 20_000)
        self.assertIn(b"414", transport.value())


class TimeTests(Case):
    """Connections that take their time."""

    def test_slow_body(self) -> None:
        """A byte now and then buys no time: a request that is not whole in time is dropped."""
        self.say(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n")
        for _ in range(TIMEOUT_S - 1):
            self.clock.advance(1)
            self.say(b"x")
        self.assertFalse(self.transport.disconnecting)
        self.clock.advance(1)
        self.assertTrue(self.transport.disconnecting)

    def test_slow_headers(self) -> None:
        """Nor do headers."""
        self.say(b"POST / HTTP/1.1\r\n")
        for number in range(TIMEOUT_S - 1):
            self.clock.advance(1)
            self.say(b"X-%d: y\r\n" % number)
        self.assertFalse(self.transport.disconnecting)
        self.clock.advance(1)
        self.assertTrue(self.transport.disconnecting)

    def test_idle(self) -> None:
        """A connection without a request is closed after a while, and each request begins anew."""
        self.clock.advance(TIMEOUT_S - 1)
        self.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        self.clock.advance(TIMEOUT_S - 1)
        self.assertFalse(self.transport.disconnecting)
        self.clock.advance(1)
        self.assertTrue(self.transport.disconnecting)

    def test_held(self) -> None:
        """A request that waits for its answer may wait as long as it is held."""
        self.say(HELD)
        self.clock.advance(TIMEOUT_S * 10)
        self.assertFalse(self.transport.disconnecting)


class CostTests(Case):
    """What a request does not pay for."""

    def test_no_form_parsing(self) -> None:
        """Twisted's parser of Content-Type, half of the cost of a POST, is not asked."""
        asked: list[bytes] = []

        def parse(line: bytes) -> bytes:
            asked.append(line)
            return line

        self.patch(http, "_parseContentType", parse)
        post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 1\r\n\r\nx"
        self.assertIn(b"<x>", self.say(post))
        self.assertEqual(asked, [])
        plain = Site(Resource()).buildProtocol(None)
        assert plain is not None
        plain.makeConnection(StringTransport())
        plain.dataReceived(post)
        self.assertEqual(asked, [b"text/xml"])  # where it is asked, this test would see it
        plain.connectionLost(Failure(ConnectionDone()))

    def test_no_access_log(self) -> None:
        """No line is made for a request, and no clock ticks for its time."""
        self.site.startFactory()
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)  # the connection's own time limit
        self.site.stopFactory()

    def test_http_1(self) -> None:
        """Only HTTP/1.1 is offered to TLS clients that ask, where the site has nothing else; nobody gets HTTP/2 unasked."""
        self.assertEqual(self.site.acceptableProtocols(), [b"http/1.1"])
        self.assertIn(b"400 Bad Request", self.say(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
        self.assertTrue(self.transport.disconnecting)


class DrainTests(Case):
    """The end of the server."""

    def test_nothing_to_do(self) -> None:
        """Without connections, at once; an idle one is closed."""
        self.hung_up = self.site.drain()
        self.assertNoResult(self.hung_up)
        self.hang_up()
        self.successResultOf(self.hung_up)
        self.successResultOf(self.site.drain())

    def test_farewell(self) -> None:
        """A client that waits for nothing and does not close its side is cut off in a while; one that is asking is not."""
        self.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        other, coming = self.connect()
        coming.dataReceived(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na")
        self.site.drain()
        self.clock.advance(FAREWELL_S - 0.01)
        self.assertFalse(self.transport.disconnected)
        self.clock.advance(0.01)
        self.assertTrue(self.transport.disconnected)
        self.assertFalse(other.disconnected)
        self.hang_up()
        coming.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_in_flight(self) -> None:
        """A request that is being served is answered first, and so is one that is still coming."""
        other, coming = self.connect()
        coming.dataReceived(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na")
        self.say(HELD)
        drained: Deferred[None] = self.site.drain()
        self.assertFalse(self.transport.disconnecting)
        self.assertFalse(other.disconnecting)
        self.root.held[0].write(b"done")
        self.root.held[0].finish()
        self.clock.advance(0)
        self.assertIn(b"done", self.transport.value())
        self.hang_up()
        self.assertNoResult(drained)
        coming.dataReceived(b"bc")
        self.assertIn(b"<abc>", other.value())
        self.assertTrue(other.disconnecting)
        coming.connectionLost(Failure(ConnectionDone()))
        self.successResultOf(drained)
