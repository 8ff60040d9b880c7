"""`finesse_tx.http2.channel`: requests of `twisted.web` over HTTP/2, without a network."""

from functools import partial
from itertools import repeat

from h2.errors import ErrorCodes
from h2.settings import SettingCodes
from hyperframe.frame import GoAwayFrame, PingFrame
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionAborted, ConnectionDone
from twisted.internet.interfaces import IConsumer, IHandshakeListener, IPushProducer
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import capturedLogs
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request
from typing_extensions import override
from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx import bounded_request
from finesse_tx.http2 import channel as channel_module
from finesse_tx.http2 import stream as stream_module
from finesse_tx.http2.channel import (
    CLOSE_S,
    MAX_CONTROL_BYTES,
    MAX_WAITING_BYTES,
    SLICE_BYTES,
    HTTP2Channel,
)
from finesse_tx.http2.core.connection import (
    FRAMES_AT_ONCE,
    MAX_STREAMS,
    RESETS_AT_ONCE,
)
from finesse_tx.http2.core.families import Counters
from finesse_tx.http2.stream import ENOUGH_BYTES
from finesse_tx.site import (
    LINGER_S,
    MAX_HEAD_BYTES,
    MAX_HEAD_LINES,
    MAX_LINE_BYTES,
    BoundedSite,
)
from tests.support.http2 import Answer, Client, frame_bytes

TIMEOUT_S = 60
MAX_BODY = 200_000


class Root(Resource):
    """Answers with the body; ``/held`` is answered when the test says so, ``/large/N`` with N bytes."""

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.held: list[Request] = []
        self.lost: list[Failure] = []
        self.seen: list[Request] = []

    @override
    def render(self, request: Request) -> int | bytes:
        self.seen.append(request)
        if request.path == b"/held":
            self.held.append(request)
            request.notifyFinish().addErrback(self.lost.append)
            return NOT_DONE_YET
        if request.path.startswith(b"/large/"):
            return b"x" * int(request.path[7:])
        if request.path == b"/empty":
            request.setResponseCode(202)
            request.setHeader("Connection", "close")
            request.setHeader("requestId", "7f1")
            return b""
        return b"<" + (request.content.read() if request.content else b"") + b">"


class Transport(StringTransport):
    """Says what it was told to do at its end."""

    is_aborted = False

    @override
    def abortConnection(self) -> None:
        self.is_aborted = self.disconnected = True


class Case(SynchronousTestCase):
    """A client that is connected to a site."""

    def setUp(self) -> None:
        """Connect."""
        self.clock, self.root, self.counters = Clock(), Root(), Counters()
        make = partial(HTTP2Channel, clock=self.clock, counters=self.counters)
        self.site = BoundedSite(self.root, MAX_BODY, TIMEOUT_S, self.clock, make)
        self.client, self.transport, self.channel = self.connect()

    def connect(self, client: Client | None = None) -> tuple[Client, Transport, HTTP2Channel]:
        """Make one more connection."""
        transport = Transport()
        channel = HTTP2Channel(self.site, self.clock, self.counters)
        channel.makeConnection(transport)
        client = client or Client()
        self.settle(client, transport, channel)
        return client, transport, channel

    def settle(self, client: Client, transport: Transport, channel: HTTP2Channel) -> None:
        """Carry bytes to and fro until nobody has anything to say."""
        while True:
            said = client.to_send()
            if said:
                channel.dataReceived(said)
            self.clock.advance(0)
            heard = transport.value()
            if heard:
                transport.clear()
                client.hear(heard)
            if not said and not heard:
                return

    def go(self) -> None:
        """The same, for the first connection."""
        self.settle(self.client, self.transport, self.channel)

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Answer:
        """Ask, and wait for what comes without a word from us."""
        fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
        stream_id = self.client.ask(path, method, body, fields)
        self.go()
        return self.client.answers[stream_id]

    def hang_up(self) -> None:
        """The network closes the connection that the server has closed."""
        self.assertTrue(self.transport.disconnecting)
        self.channel.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual((self.counters.connections, self.counters.streams), (0, 0))
        self.assertEqual(self.site.channels, set())


class AnswerTests(Case):
    """What a request gets."""

    def test_interfaces(self) -> None:
        """A connection is its transport's producer, a stream is what producers write to."""
        verifyObject(IPushProducer, self.channel)
        self.ask("/held")
        verifyObject(IConsumer, self.root.held[0].channel)

    def test_get(self) -> None:
        """A request has its headers, cookies, host and protocol; the answer has its headers in lower case."""
        answer = self.ask("/a?b=c", accept="text/xml", cookie="d=e")
        self.assertEqual((answer.status, answer.body, answer.is_whole), (200, b"<>", True))
        self.assertEqual(answer.headers["content-length"], "2")
        (request,) = self.root.seen
        self.assertEqual(
            (request.method, request.path, request.args), (b"GET", b"/a", {b"b": [b"c"]})
        )
        self.assertEqual(request.clientproto, b"HTTP/2")
        self.assertEqual(request.getHeader("host"), "cc.example.org")
        self.assertEqual(request.getCookie(b"d"), b"e")
        self.ask("/held")
        self.assertTrue(self.root.held[0].isSecure())
        self.assertEqual(request.getClientAddress(), self.transport.getPeer())
        self.assertEqual(request.getHost(), self.transport.getHost())

    def test_body(self) -> None:
        """A body comes in pieces, with or without its length."""
        self.assertEqual(self.ask("/", "PUT", b"abc").body, b"<abc>")
        self.assertEqual(self.ask("/", "PUT", b"abc", content_length="3").body, b"<abc>")
        long = b"x" * MAX_BODY
        body = self.client.ask("/", "PUT", long[:60_000], end=False)
        self.go()
        for start in range(60_000, MAX_BODY, 20_000):
            self.client.send(body, long[start : start + 20_000])
            self.go()
        self.client.send(body, b"", end=True)
        self.go()
        self.assertEqual(self.client.answers[body].body, b"<" + long + b">")

    def test_empty(self) -> None:
        """An answer without a body has none, and nothing that is about a connection of HTTP/1.1."""
        answer = self.ask("/empty", "PUT", b"")
        self.assertEqual((answer.status, answer.body, answer.is_whole), (202, b"", True))
        self.assertEqual(answer.headers["requestid"], "7f1")
        self.assertNotIn("connection", answer.headers)
        self.assertNotIn("transfer-encoding", answer.headers)

    def test_head(self) -> None:
        """HEAD is answered without a body."""
        answer = self.ask("/large/5", "HEAD")
        self.assertEqual((answer.status, answer.body, answer.is_whole), (200, b"", True))
        self.assertEqual(answer.headers["content-length"], "5")

    def test_continue(self) -> None:
        """Who waits for 100 gets it, unless the body is refused unread."""
        expects = ("expect", "100-continue")
        stream_id = self.client.ask(
            "/", "PUT", headers=[expects, ("content-length", "1")], end=False
        )
        self.go()
        self.assertEqual(self.client.answers[stream_id].informed, [100])
        self.client.send(stream_id, b"x", end=True)
        self.go()
        self.assertEqual(self.client.answers[stream_id].body, b"<x>")
        too_long = ("content-length", str(MAX_BODY + 1))
        stream_id = self.client.ask("/", "PUT", headers=[expects, too_long], end=False)
        self.go()
        answer = self.client.answers[stream_id]
        self.assertEqual((answer.informed, answer.status), ([], 413))

    def test_together(self) -> None:
        """Requests are answered in any order, each on its own stream."""
        first, second = self.client.ask("/held"), self.client.ask("/held")
        self.assertEqual(self.ask("/").body, b"<>")
        for stream_id, request in ((second, self.root.held[1]), (first, self.root.held[0])):
            request.write(b"%d" % stream_id)
            request.finish()
            self.go()
            answer = self.client.answers[stream_id]
            self.assertEqual((answer.body, answer.is_whole), (b"%d" % stream_id, True))

    def test_in_parts(self) -> None:
        """What is written of an answer goes out at the end of the turn, whether there is more or not."""
        stream_id = self.client.ask("/held")
        self.go()
        request = self.root.held[0]
        request.write(b"one ")
        request.write(b"two ")
        self.assertEqual(self.transport.value(), b"")
        self.go()
        answer = self.client.answers[stream_id]
        self.assertEqual((answer.status, answer.body, answer.is_whole), (200, b"one two ", False))
        request.write(b"three")
        request.finish()
        self.go()
        self.assertEqual((answer.body, answer.is_whole), (b"one two three", True))

    def test_trailers(self) -> None:
        """Trailers are read, and not looked at."""
        stream_id = self.client.ask("/", "PUT", b"x", end=False)
        self.client.h2.send_headers(stream_id, [("x-sum", "1")], end_stream=True)
        self.go()
        self.assertEqual(self.client.answers[stream_id].body, b"<x>")

    def test_given_up(self) -> None:
        """An answer that will not be whole ends with a reset, and the request hears of its end."""
        stream_id = self.client.ask("/held")
        self.go()
        self.root.held[0].write(b"half")
        self.go()
        self.root.held[0].loseConnection()
        self.go()
        answer = self.client.answers[stream_id]
        self.assertEqual((answer.is_whole, answer.reset), (False, ErrorCodes.INTERNAL_ERROR))
        self.assertEqual(len(self.root.lost), 1)

    def test_connect(self) -> None:
        """CONNECT, which has no path, opens no tunnel: it is a request as any other."""
        self.client.h2.send_headers(
            1, [(":method", "CONNECT"), (":authority", "x:1")], end_stream=True
        )
        self.client.answers[1] = Answer()
        self.go()
        self.assertEqual(self.client.answers[1].status, 200)  # this site answers everything
        self.assertEqual(self.root.seen[0].path, b"")


class RefusalTests(Case):
    """Requests that are not let in: each is answered, and the connection goes on."""

    def test_length(self) -> None:
        """A body that says it is too large gets 413, and what comes of it is thrown away."""
        stream_id = self.client.ask(
            "/", "PUT", b"x" * 5_000, [("content-length", str(MAX_BODY + 1))], end=False
        )
        self.go()
        answer = self.client.answers[stream_id]
        self.assertEqual((answer.status, answer.is_whole, answer.reset), (413, True, None))
        for _ in range(20):
            self.client.send(stream_id, b"x" * 20_000)
            self.go()
        self.assertEqual((self.site.underway_bytes, self.channel.underway_bytes), (0, 0))
        self.assertEqual(self.root.seen, [])
        self.assertEqual(self.ask("/").status, 200)

    def test_size(self) -> None:
        """A body of the limit is taken, one byte more gets 413."""
        for size, status in ((MAX_BODY, 200), (MAX_BODY + 1, 413)):
            stream_id = self.client.ask("/", "PUT", end=False)
            for start in range(0, size, 20_000):
                self.client.send(stream_id, b"x" * min(20_000, size - start))
                self.go()
            self.client.send(stream_id, b"", end=True)
            self.go()
            self.assertEqual(self.client.answers[stream_id].status, status)
        self.assertEqual(self.site.underway_bytes, 0)

    def test_linger(self) -> None:
        """A client that goes on sending is told to stop after a while; one that stops is not."""
        slow = self.client.ask("/", "PUT", b"x", [("content-length", "999999")], end=False)
        short = self.client.ask("/", "PUT", b"x", [("content-length", "999999")], end=False)
        self.go()
        self.client.send(short, b"x", end=True)
        self.go()
        self.clock.advance(LINGER_S - 0.1)
        self.go()
        self.assertIsNone(self.client.answers[slow].reset)
        self.clock.advance(0.1)
        self.go()
        self.assertEqual(self.client.answers[slow].reset, ErrorCodes.NO_ERROR)
        self.assertIsNone(self.client.answers[short].reset)
        self.assertEqual((self.counters.streams, self.counters.timeouts), (0, 0))

    def test_wrong_length(self) -> None:
        """A request whose body has another length than it said is reset (§8.1.1), and nothing else suffers."""
        for said in ("2", "4"):
            answer = self.ask("/", "PUT", b"abc", content_length=said)
            self.assertEqual((answer.status, answer.reset), (0, ErrorCodes.PROTOCOL_ERROR))
        self.assertEqual(self.ask("/", content_length="1").reset, ErrorCodes.PROTOCOL_ERROR)
        self.assertEqual(self.root.seen, [])
        self.assertEqual(self.ask("/").status, 200)
        self.assertEqual((self.counters.streams, self.site.underway_bytes), (0, 0))

    def test_head(self) -> None:
        """A head of the limit is read, one byte more gets 431; so with its lines, and the length of one."""
        line = len(b"GET / HTTP/1.1") + len(b"host: cc.example.org")
        room = MAX_HEAD_BYTES - line - 3 * len(b"a: ") - 2 * 16_000
        for more, status in ((0, 200), (1, 431)):
            headers = [("a", "x" * 16_000)] * 2 + [("b", "x" * (room + more))]
            stream_id = self.client.ask("/", headers=headers)
            self.go()
            self.assertEqual(self.client.answers[stream_id].status, status)
        for more, status in ((0, 200), (1, 431)):
            many = repeat(("a", "b"), MAX_HEAD_LINES - 2 + more)
            stream_id = self.client.ask("/", headers=many)
            self.go()
            self.assertEqual(self.client.answers[stream_id].status, status)
        for more, status in ((0, 200), (1, 431)):
            self.assertEqual(self.ask("/", a="x" * (MAX_LINE_BYTES - 3 + more)).status, status)

    def test_target(self) -> None:
        """A URI whose line is of the limit is read, one byte more gets 414."""
        room = MAX_LINE_BYTES - len(b"GET  HTTP/1.1")
        self.assertEqual(self.ask("/" + "a" * (room - 1)).status, 200)
        self.assertEqual(self.ask("/" + "a" * room).status, 414)

    def test_much_too_long_head(self) -> None:
        """A head that is twice as long as may be ends the connection: it is not even unpacked."""
        self.client.ask("/", headers=[(f"x{i}", "a" * 8_000) for i in range(9)])
        self.go()
        self.assertEqual(self.client.goaway, (ErrorCodes.ENHANCE_YOUR_CALM, 0))
        self.flushed()
        self.hang_up()

    def flushed(self) -> None:
        """Nothing of it is our bug."""
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_all_bodies_together(self) -> None:
        """Bodies that have begun take so much, of one connection and of all; one byte more gets 503."""
        self.patch(stream_module, "MAX_UNDERWAY_BYTES", 5_000)
        first = self.client.ask("/", "PUT", b"x" * 3_000, end=False)
        second = self.client.ask("/", "PUT", b"x" * 2_000, end=False)
        self.go()
        self.assertEqual((self.channel.underway_bytes, self.site.underway_bytes), (5_000, 5_000))
        answer = self.ask("/", "PUT", b"x")
        self.assertEqual((answer.status, answer.headers["retry-after"]), (503, "5"))
        self.client.send(first, b"", end=True)
        self.client.cancel(second)
        self.go()
        self.assertEqual((self.channel.underway_bytes, self.site.underway_bytes), (0, 0))
        self.assertEqual(len(self.client.answers[first].body), 3_002)
        self.patch(bounded_request, "MAX_UNDERWAY_BYTES", 0)
        self.assertEqual(self.ask("/", "PUT", b"x").status, 503)

    def test_streams(self) -> None:
        """A hundred requests may be under way; one more is refused, untouched, and may be sent again."""
        held = [self.client.ask("/held") for _ in range(MAX_STREAMS)]
        self.go()
        self.client.h2.remote_settings[SettingCodes.MAX_CONCURRENT_STREAMS] = MAX_STREAMS + 1
        self.client.h2.remote_settings.acknowledge()
        answer = self.ask("/")
        self.assertEqual((answer.status, answer.reset), (0, ErrorCodes.REFUSED_STREAM))
        self.assertEqual(len(self.root.seen), MAX_STREAMS)
        self.root.held[7].finish()
        self.go()
        self.assertTrue(self.client.answers[held[7]].is_whole)
        self.assertEqual(self.ask("/").status, 200)
        self.assertEqual(self.counters.refused, 1)


class TimeTests(Case):
    """Clients that take their time: each stream has its own."""

    def test_held(self) -> None:
        """A request that waits for its answer may wait as long as it is held, and the connection with it."""
        stream_id = self.client.ask("/held")
        self.go()
        self.clock.pump(repeat(TIMEOUT_S - 1, 10))
        self.go()
        self.root.held[0].finish()
        self.go()
        self.assertTrue(self.client.answers[stream_id].is_whole)

    def test_idle(self) -> None:
        """A connection without a request is told to go after a while; pings buy it nothing."""
        self.ask("/")
        for _ in range(TIMEOUT_S - 1):
            self.clock.advance(1)
            self.client.h2.ping(b"12345678")
            self.go()
        self.assertIsNone(self.client.goaway)
        self.clock.advance(1)
        self.go()
        self.assertEqual(self.client.goaway, (ErrorCodes.NO_ERROR, 1))
        self.hang_up()

    def test_nothing(self) -> None:
        """Who never says a word is told to go, too."""
        transport = Transport()
        self.ask("/held")
        HTTP2Channel(self.site, self.clock, self.counters).makeConnection(transport)
        self.clock.advance(TIMEOUT_S)
        self.assertTrue(transport.disconnecting)
        self.assertFalse(self.transport.disconnecting)

    def test_slow_body(self) -> None:
        """A request that is not whole in time gets 408, however it dribbles; others go on."""
        stream_id = self.client.ask("/", "PUT", b"x", end=False)
        self.go()
        for _ in range(TIMEOUT_S - 1):
            self.clock.advance(1)
            self.client.send(stream_id, b"x")
            self.go()
        other = self.client.ask("/", "PUT", b"x", end=False)
        self.go()
        self.clock.advance(1)
        self.go()
        self.assertEqual(self.client.answers[stream_id].status, 408)
        self.assertEqual(self.site.underway_bytes, 1)
        self.client.send(other, b"y", end=True)
        self.go()
        self.assertEqual(self.client.answers[other].body, b"<xy>")
        self.assertEqual(self.counters.timeouts, 1)

    def test_shut_window(self) -> None:
        """An answer that the client does not take in time is dropped; others go on."""
        self.client.takes = False
        stuck = self.client.ask("/large/100000")
        self.go()
        self.assertEqual(len(self.client.answers[stuck].body), 65_535)
        self.clock.advance(TIMEOUT_S - 1)
        self.go()
        self.assertIsNone(self.client.answers[stuck].reset)
        self.clock.advance(1)
        self.go()
        self.assertEqual(self.client.answers[stuck].reset, ErrorCodes.CANCEL)
        self.assertEqual((self.counters.timeouts, self.counters.streams), (1, 0))
        self.client.h2.increment_flow_control_window(65_535)
        self.assertEqual(self.ask("/").body, b"<>")

    def test_part_that_is_not_taken(self) -> None:
        """A request whose answer is not taken hears of its end."""
        self.client.takes = False
        stuck = self.client.ask("/held")
        self.go()
        self.root.held[0].write(b"x" * 70_000)
        self.go()
        self.clock.advance(TIMEOUT_S)
        self.go()
        self.assertEqual(self.client.answers[stuck].reset, ErrorCodes.CANCEL)
        self.assertEqual(len(self.root.lost), 1)

    def test_last_word_is_not_read(self) -> None:
        """A connection that is closed and does not go is cut."""
        self.clock.advance(TIMEOUT_S)
        self.assertTrue(self.transport.disconnecting)
        self.clock.advance(CLOSE_S - 0.1)
        self.assertFalse(self.transport.is_aborted)
        self.clock.advance(0.1)
        self.assertTrue(self.transport.is_aborted)
        self.hang_up()


class WindowTests(Case):
    """Answers that are larger than the client takes at once."""

    def test_fair(self) -> None:
        """Large answers share the connection frame by frame, and a small one does not wait for them."""
        self.client.takes = False
        first, second = self.client.ask("/large/50000"), self.client.ask("/large/50000")
        small = self.client.ask("/")
        self.go()
        sizes = [len(self.client.answers[number].body) for number in (first, second)]
        self.assertEqual(sum(sizes) + 2, 65_535)
        self.assertLessEqual(abs(sizes[0] - sizes[1]), 16_384)
        self.assertTrue(self.client.answers[small].is_whole)
        self.client.takes = True
        self.client.h2.increment_flow_control_window(100_000)
        self.go()
        for number in (first, second):
            self.assertEqual(len(self.client.answers[number].body), 50_000)
            self.assertTrue(self.client.answers[number].is_whole)

    def test_slices(self) -> None:
        """In one turn a connection gets so much, however wide its windows are: others have theirs then."""
        self.client.h2.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 1 << 24})
        self.client.h2.increment_flow_control_window(1 << 24)
        self.go()
        self.client.ask("/large/1000000")
        self.channel.dataReceived(self.client.to_send())
        sent = len(self.transport.value())
        self.assertTrue(SLICE_BYTES <= sent < SLICE_BYTES + 20_000, sent)
        self.clock.advance(0)
        self.assertGreaterEqual(len(self.transport.value()), 2 * SLICE_BYTES)

    def test_blocked_transport(self) -> None:
        """Nothing is taken out of answers while the network takes nothing; it goes on when that does."""
        self.channel.pauseProducing()
        stream_id = self.client.ask("/large/1000")
        self.go()
        self.assertEqual(self.client.answers[stream_id].status, 0)
        self.channel.resumeProducing()
        self.go()
        self.assertTrue(self.client.answers[stream_id].is_whole)

    def test_requests_wait(self) -> None:
        """With so much waiting for a client, its next request waits too; then it is its turn."""
        self.patch(channel_module, "MAX_WAITING_BYTES", 50_000)
        self.client.takes = False
        large = self.client.ask("/large/150000")
        self.go()
        self.client.ask("/")
        self.go()
        self.assertEqual(len(self.root.seen), 1)
        self.client.takes = True
        self.client.h2.acknowledge_received_data(65_535, large)
        self.go()
        self.assertTrue(self.client.answers[large].is_whole)
        self.assertEqual(len(self.root.seen), 2)

    def test_waiting_bound(self) -> None:
        """What waits for a client is not more than the bound and one answer."""
        self.client.takes = False
        for _ in range(10):
            self.client.ask(f"/large/{MAX_WAITING_BYTES // 4}")
        self.go()
        self.assertEqual(len(self.root.seen), 5)


@implementer(IPushProducer)
class Spring:
    """Produces as long as it may."""

    def __init__(self, request: Request, size: int) -> None:
        self.request, self.left, self.told = request, size, list[str]()

    def pauseProducing(self) -> None:
        """No more for now."""
        self.told.append("pause")

    def resumeProducing(self) -> None:
        """Go on."""
        self.told.append("resume")
        self.produce()

    def stopProducing(self) -> None:
        """Never more."""
        self.told.append("stop")

    def produce(self) -> None:
        """Write until told to stop, or all of it is written."""
        while self.left and self.told[-1:] not in (["pause"], ["stop"]):
            self.request.write(b"x" * 10_000)
            self.left -= 10_000
        if not self.left:
            self.request.unregisterProducer()
            self.request.finish()


class Pulled(Spring):
    """Writes when it is asked to, once each time."""

    def produce(self) -> None:
        """Write a part."""
        self.request.write(b"x" * 10_000)
        self.left -= 10_000
        if not self.left:
            self.request.unregisterProducer()
            self.request.finish()


class ProducerTests(Case):
    """Answers that are made while they are sent."""

    def test_push(self) -> None:
        """What produces an answer is paused while enough of it waits, and goes on when there is room."""
        self.client.takes = False
        stream_id = self.client.ask("/held")
        self.go()
        spring = Spring(self.root.held[0], 400_000)
        self.root.held[0].registerProducer(spring, True)
        spring.produce()
        self.assertEqual(spring.told, ["pause"])
        self.assertLess(400_000 - spring.left, ENOUGH_BYTES + 20_000)
        self.go()
        self.client.takes = True
        self.client.h2.acknowledge_received_data(65_535, stream_id)
        self.go()
        self.assertEqual(len(self.client.answers[stream_id].body), 400_000)
        self.assertTrue(self.client.answers[stream_id].is_whole)

    def test_pull(self) -> None:
        """What writes when asked to is asked as long as there is room."""
        self.client.takes = False
        stream_id = self.client.ask("/held")
        self.go()
        pulled = Pulled(self.root.held[0], 400_000)
        self.root.held[0].registerProducer(pulled, False)
        self.go()
        self.assertLess(400_000 - pulled.left, 65_535 + ENOUGH_BYTES + 20_000)
        self.client.takes = True
        self.client.h2.acknowledge_received_data(65_535, stream_id)
        self.go()
        self.assertEqual(len(self.client.answers[stream_id].body), 400_000)
        self.assertTrue(self.client.answers[stream_id].is_whole)

    def test_one(self) -> None:
        """There is one at a time."""
        self.ask("/held")
        stream = self.root.held[0].channel
        stream.registerProducer(Spring(self.root.held[0], 10), True)
        self.assertRaises(RuntimeError, stream.registerProducer, object(), True)

    def test_lost(self) -> None:
        """It is stopped when the client is gone."""
        stream_id = self.client.ask("/held")
        self.go()
        spring = Spring(self.root.held[0], 400_000)
        self.root.held[0].registerProducer(spring, True)
        self.client.cancel(stream_id)
        self.go()
        self.assertEqual(spring.told, ["stop"])


class CancelTests(Case):
    """Requests that clients take back."""

    def test_reset(self) -> None:
        """A request that is taken back hears of it, and others go on."""
        stream_id = self.client.ask("/held")
        self.client.ask("/held")
        self.go()
        self.client.cancel(stream_id)
        self.go()
        (reason,) = self.root.lost
        self.assertTrue(reason.check(ConnectionAborted))
        self.root.held[0].write(b"nobody hears this")
        self.root.held[1].finish()
        self.go()
        self.assertEqual((self.counters.streams, self.counters.resets), (0, 1))

    def test_reset_with_the_request(self) -> None:
        """A request that is taken back by the time it is read is not begun."""
        self.client.cancel(self.client.ask("/held"))
        self.go()
        self.assertEqual(self.root.seen, [])

    def test_reset_half_way(self) -> None:
        """A body that is taken back takes nothing any more."""
        stream_id = self.client.ask("/", "PUT", b"x" * 1_000, end=False)
        self.go()
        self.client.cancel(stream_id)
        self.go()
        self.assertEqual((self.site.underway_bytes, self.channel.underway_bytes), (0, 0))

    def test_reset_of_what_waits(self) -> None:
        """An answer that is taken back while it is sent takes nothing any more, and the next one goes out."""
        self.client.takes = False
        stream_id = self.client.ask("/large/100000")
        self.go()
        self.client.cancel(stream_id)
        self.client.h2.increment_flow_control_window(65_535)
        self.go()
        self.assertEqual(self.counters.streams, 0)
        self.assertEqual(self.ask("/").body, b"<>")

    def test_connection_lost(self) -> None:
        """When the connection breaks, every request hears of it."""
        for _ in range(3):
            self.client.ask("/held")
        self.client.ask("/", "PUT", b"x", end=False)
        self.go()
        self.channel.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(len(self.root.lost), 3)
        self.assertEqual(self.site.underway_bytes, 0)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual((self.counters.connections, self.counters.streams), (0, 0))


class DrainTests(Case):
    """The end of the server, and of the client."""

    def test_idle(self) -> None:
        """A connection without a request is told to go at once."""
        drained = self.site.drain()
        self.go()
        self.assertEqual(self.client.goaway, (ErrorCodes.NO_ERROR, 0))
        self.assertNoResult(drained)
        self.hang_up()
        self.successResultOf(drained)

    def test_in_flight(self) -> None:
        """What is under way is finished: requests that are served, and those that are still coming."""
        held = self.client.ask("/held")
        coming = self.client.ask("/", "PUT", b"a", end=False)
        self.go()
        drained: Deferred[None] = self.site.drain()
        self.clock.advance(0)
        said = self.transport.value()
        self.assertIn(frame_bytes(GoAwayFrame(0, last_stream_id=coming)), said)
        self.transport.clear()
        self.assertFalse(self.transport.disconnecting)
        late = Client()
        late.h2.encoder, late.h2.highest_outbound_stream_id = self.client.h2.encoder, coming
        late.ask("/")
        self.client.send(coming, b"b", end=True)
        self.channel.dataReceived(late.to_send()[len(Client().to_send()) :] + self.client.to_send())
        self.root.held[0].finish()
        self.go()
        self.assertEqual([request.path for request in self.root.seen], [b"/held", b"/"])
        self.assertEqual(self.client.answers[coming].body, b"<ab>")
        self.assertTrue(self.client.answers[held].is_whole)
        self.assertEqual(self.counters.refused, 1)
        self.hang_up()
        self.successResultOf(drained)

    def test_comes_late(self) -> None:
        """A connection whose handshake ends while the server does is told to go."""
        drained = self.site.drain()
        client, transport, channel = self.connect()
        self.assertEqual(client.goaway, (ErrorCodes.NO_ERROR, 0))
        self.assertTrue(transport.disconnecting)
        channel.connectionLost(Failure(ConnectionDone()))
        self.assertNoResult(drained)
        self.hang_up()
        self.successResultOf(drained)

    def test_client_leaves(self) -> None:
        """A client that says goodbye gets the answers that it waits for, and may even ask."""
        stream_id = self.client.ask("/held")
        self.go()
        self.channel.dataReceived(frame_bytes(GoAwayFrame(0)))
        self.assertEqual(self.ask("/").body, b"<>")
        self.root.held[0].finish()
        self.go()
        self.assertTrue(self.client.answers[stream_id].is_whole)
        self.assertFalse(self.transport.disconnecting)


class AbuseTests(Case):
    """Clients that ask for work which they do not want: only their own connection suffers."""

    def broken(self, reason: str) -> None:
        """The connection is at its end, and the log says why."""
        self.assertEqual(self.client.goaway and self.client.goaway[0], ErrorCodes.ENHANCE_YOUR_CALM)
        self.assertEqual(self.counters.broken, {ErrorCodes.ENHANCE_YOUR_CALM: 1})
        self.assertTrue(self.transport.disconnecting)
        (event,) = self.logged
        self.assertIn(reason, event["reason"])
        other, transport, _channel = self.connect()
        stream_id = other.ask("/")
        self.settle(other, transport, _channel)
        self.assertTrue(other.answers[stream_id].is_whole)
        _channel.connectionLost(Failure(ConnectionDone()))
        self.hang_up()

    def flood(self, said: bytes) -> None:
        """Say a lot, and hear what the server thinks of it."""
        with capturedLogs() as self.logged:
            self.channel.dataReceived(said)
            self.go()

    def test_rapid_reset(self) -> None:
        """So many requests may be taken back at once, one more ends the connection (CVE-2023-44487)."""
        for _ in range(RESETS_AT_ONCE):
            self.client.cancel(self.client.ask("/held"))
        self.flood(self.client.to_send())
        self.assertEqual(self.logged, [])
        self.assertEqual(self.ask("/").status, 200)
        self.clock.advance(0.001)
        self.client.cancel(self.client.ask("/held"))
        self.flood(self.client.to_send())
        self.broken("reset")
        self.assertEqual(len(self.root.seen), 2)

    def test_pings(self) -> None:
        """So many pings, one more ends the connection; with time there are more."""
        ping = frame_bytes(PingFrame(0))
        self.flood(ping * (FRAMES_AT_ONCE - 10))
        self.assertEqual(self.logged, [])
        self.clock.advance(1)
        self.flood(ping * 200)
        self.assertEqual(self.logged, [])
        self.flood(ping * 20)
        self.broken("frames")

    def test_does_not_read(self) -> None:
        """Who has us talk and does not read is cut off when so much waits."""
        ping = frame_bytes(PingFrame(0))
        self.channel.pauseProducing()
        with capturedLogs() as logged:
            for _ in range(10 * MAX_CONTROL_BYTES // len(ping) // 100):
                self.clock.advance(0.5)
                self.channel.dataReceived(ping * 100)
        self.assertTrue(self.transport.is_aborted)
        self.assertLess(len(self.transport.value()), MAX_CONTROL_BYTES + 100)
        self.assertEqual(len(logged), 1)
        self.hang_up()

    def test_no_http2(self) -> None:
        """What does not begin as HTTP/2 does is cut off."""
        transport = Transport()
        channel = HTTP2Channel(self.site, self.clock, self.counters)
        channel.makeConnection(transport)
        with capturedLogs() as logged:
            channel.dataReceived(b"GET / HTTP/1.1\r\n\r\n")
        self.assertTrue(transport.disconnecting)
        self.assertEqual(len(logged), 1)
        channel.dataReceived(b"more of it, which is not read")
        channel.connectionLost(Failure(ConnectionDone()))


class NegotiationTests(SynchronousTestCase):
    """Who gets HTTP/2."""

    def test_offered(self) -> None:
        """It is offered where the site has it, before HTTP/1.1."""
        self.assertEqual(BoundedSite(Root(), 1, 1, Clock()).acceptableProtocols(), [b"http/1.1"])
        make = partial(HTTP2Channel, clock=Clock(), counters=Counters())
        both = BoundedSite(Root(), 1, 1, Clock(), make)
        self.assertEqual(both.acceptableProtocols(), [b"h2", b"http/1.1"])

    def test_listens(self) -> None:
        """A connection begins as HTTP/1.1, and hears from TLS what it shall be."""
        channel = BoundedSite(Root(), 1, 1, Clock()).buildProtocol(None)
        verifyObject(IHandshakeListener, channel)
