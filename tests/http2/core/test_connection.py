"""`finesse_tx.http2.core.connection`: what clients do in an order that nobody foresaw, and what they may cost."""

from collections.abc import Callable, Iterable
from struct import pack
from typing import Any

from h2.errors import ErrorCodes
from h2.events import DataReceived, RequestReceived, StreamEnded, StreamReset
from h2.settings import SettingCodes
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    ExtensionFrame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.http2.core import connection as connection_module
from finesse_tx.http2.core.connection import (
    EARNING_BYTES,
    FRAMES_AT_ONCE,
    FRAMES_PER_S,
    MAX_STREAMS,
    MAX_TABLE_BYTES,
    RESETS_AT_ONCE,
    RESETS_PER_S,
    SMALL_DATA_BYTES,
    Connection,
)
from finesse_tx.http2.core.errors import BrokenError
from finesse_tx.http2.core.families import Counters
from finesse_tx.http2.core.frames import MAX_FRAME_BYTES, PREFACE, Kind
from finesse_tx.http2.core.head import answer_head
from tests.support.http2 import Client, frame_bytes

MAX_HEAD = 4_000
PATIENCE_S, LINGER_S = 60.0, 5.0

STREAM = st.integers(0, 9)
FRAME = st.one_of(
    st.builds(
        lambda i, d, f: frame_bytes(DataFrame(i or 1, d), *f),
        STREAM,
        st.binary(max_size=9),
        st.sets(st.sampled_from(["END_STREAM"])),
    ),
    st.builds(lambda i, c: frame_bytes(RstStreamFrame(i or 1, c)), STREAM, st.integers(0, 20)),
    st.builds(lambda i, n: frame_bytes(WindowUpdateFrame(i, n)), STREAM, st.integers(1, 2**31 - 1)),
    st.builds(
        lambda s: frame_bytes(SettingsFrame(0, s)),
        st.dictionaries(st.integers(0, 12), st.integers(0, 2**32 - 1), max_size=3),
    ),
    st.builds(lambda: frame_bytes(SettingsFrame(0), "ACK")),
    st.builds(lambda d: frame_bytes(PingFrame(0, d)), st.binary(min_size=8, max_size=8)),
    st.builds(lambda i, d: frame_bytes(PriorityFrame(i or 1, depends_on=d)), STREAM, STREAM),
    st.builds(
        lambda i, d: frame_bytes(ContinuationFrame(i or 1, d)), STREAM, st.binary(max_size=9)
    ),
    st.builds(
        lambda i, d, f: frame_bytes(HeadersFrame(i or 1, d), *f),
        STREAM,
        st.binary(max_size=9),
        st.sets(st.sampled_from(["END_HEADERS", "END_STREAM"])),
    ),
    st.builds(lambda t, i: frame_bytes(ExtensionFrame(t, i)), st.integers(10, 255), STREAM),
    st.builds(lambda: frame_bytes(GoAwayFrame(0))),
    st.binary(min_size=1, max_size=20),
)
"""What comes, most of it out of order."""

ASK, BODY, CANCEL = "ask", "body", "cancel"
STEP = st.one_of(FRAME, st.sampled_from([ASK, ASK, ASK, BODY, CANCEL]))
OURS = st.sampled_from(["answer", "large", "reset", "send", "wait", "leave"])


def raw(kind: int, body: bytes) -> bytes:
    """A frame about the connection that hyperframe does not make."""
    return len(body).to_bytes(3) + bytes([kind, 0, 0, 0, 0, 0]) + body


def unknown_settings(numbers: Iterable[int]) -> bytes:
    """Settings of those numbers."""
    return raw(Kind.SETTINGS, b"".join(pack(">HL", number, 1) for number in numbers))


class Case(SynchronousTestCase):
    """A client that has said hello."""

    def setUp(self) -> None:
        """Say it."""
        self.counters, self.now = Counters(), 0.0
        self.connection, self.client = self.connected()
        self.hear()
        self.hear()

    def connected(self) -> tuple[Connection, Client]:
        """One more."""
        connection = Connection(self.now, MAX_HEAD, PATIENCE_S, LINGER_S, self.counters)
        client = Client()
        list(connection.receive(client.to_send(), self.now))
        return connection, client

    def hear(self, data: bytes | None = None) -> list[Any]:
        """Have the server hear the client, or other bytes; and the client what it says."""
        said = self.client.to_send() if data is None else data
        events = list(self.connection.receive(said, self.now))
        self.connection.send(1 << 20, self.now)
        self.client.hear(self.connection.data_to_send())
        return events

    def broken(self, say: Callable[[], object]) -> BrokenError:
        """How it ends."""
        with self.assertRaises(BrokenError) as caught:
            say()
        error: BrokenError = caught.exception
        return error


class EventTests(Case):
    """What is told of streams."""

    def test_request(self) -> None:
        """A request is told, its body, and its end."""
        stream_id = self.client.ask("/", "PUT", b"abc")
        kinds = [type(event) for event in self.hear()]
        self.assertEqual(kinds, [RequestReceived, DataReceived, StreamEnded])
        self.assertIn(stream_id, self.connection.streams)

    def test_nothing_of_streams_that_are_gone(self) -> None:
        """Of a stream that we have reset nothing is told, whatever still comes of it; windows stay open."""
        stream_id = self.client.ask("/", "PUT", b"abc", end=False)
        self.hear()
        self.connection.reset(stream_id, ErrorCodes.CANCEL, 0.0)
        for _ in range(20):
            data = frame_bytes(DataFrame(stream_id, b"x" * MAX_FRAME_BYTES))
            self.assertEqual(list(self.connection.receive(data, 0.0)), [])
        self.connection.write(stream_id, b"late", 0.0)
        self.connection.begin_answer(stream_id, [], 0.0)
        self.connection.end_answer(stream_id, 0.0)
        self.connection.say_continue(stream_id)
        self.connection.reset(stream_id, ErrorCodes.CANCEL, 0.0)
        self.assertEqual(self.connection.waiting(stream_id), 0)
        self.assertTrue(self.connection.is_idle)

    def test_settings(self) -> None:
        """What we allow is said: streams, heads, no push, no tunnels, no priorities."""
        self.connection.send(0, 0.0)
        self.client.hear(self.connection.data_to_send())
        told = self.client.h2.remote_settings
        self.assertEqual(told.max_concurrent_streams, MAX_STREAMS)
        self.assertEqual(told.max_header_list_size, MAX_HEAD)
        self.assertEqual((told.enable_push, told.enable_connect_protocol), (0, 0))
        self.assertEqual(told[0x9], 1)

    @settings(deadline=None, max_examples=200)
    @given(
        steps=st.lists(st.one_of(STEP, OURS.map(lambda name: (name,))), max_size=25), data=st.data()
    )
    def test_any_order(self, steps: list[Any], data: st.DataObject) -> None:
        """Whatever comes, in whatever order, is told of streams that are there, or ends this connection cleanly."""
        self.counters = (
            Counters()
        )  # an example that hypothesis gives up half-way leaves streams behind
        connection, client = self.connected()
        begun: set[int] = set()
        now = 0.0
        for step in steps:
            match step:
                case (name,):
                    stream_id = data.draw(st.sampled_from(sorted(begun) or [1]))
                    now = self.act(connection, name, stream_id, now)
                    continue
                case "ask":
                    client.ask("/", "PUT", end=False)
                    said = client.to_send()
                case "body" | "cancel":
                    stream_id = data.draw(st.sampled_from(sorted(begun) or [1]))
                    frame = (
                        DataFrame(stream_id, b"xyz")
                        if step == BODY
                        else RstStreamFrame(stream_id, 8)
                    )
                    said = frame_bytes(frame)
                case _:
                    said = step
            try:
                for event in connection.receive(said, now):
                    match event:
                        case RequestReceived():
                            begun.add(event.stream_id)
                            self.assertIn(event.stream_id, connection.streams)
                        case DataReceived() | StreamEnded():
                            self.assertIn(event.stream_id, connection.streams)
                        case StreamReset():
                            self.assertNotIn(event.stream_id, connection.streams)
            except BrokenError:
                connection.data_to_send()
                connection.close()
                break
            self.assertGreaterEqual(connection.streams.waiting_bytes, 0)
        else:
            connection.send(1 << 30, now)
            connection.data_to_send()
            connection.close()
        self.assertEqual(self.counters.streams, 0)

    @staticmethod
    def act(connection: Connection, name: str, stream_id: int, now: float) -> float:
        """Do something on our side, at a time when it may not fit at all."""
        stream = connection.streams.get(stream_id)
        match name:
            case "answer" | "large" if stream is not None and not stream.is_answered:
                connection.begin_answer(stream_id, answer_head(200, []), now)
                connection.write(stream_id, b"x" * (100_000 if name == "large" else 10), now)
                connection.end_answer(stream_id, now)
            case "reset":
                connection.reset(stream_id, ErrorCodes.CANCEL, now)
            case "send":
                connection.send(50_000, now)
                connection.data_to_send()
            case "wait":
                for overdue, _stream in connection.streams.overdue(now + 30):
                    connection.reset(overdue, ErrorCodes.CANCEL, now + 30)
                return now + 30
            case "leave":
                connection.leave()
        return now


class PriceTests(Case):
    """What is paid for."""

    def price(self, said: bytes) -> float:
        """What these bytes cost."""
        before = self.connection._frames._left
        self.hear(said)
        return before - self.connection._frames._left

    def test_free(self) -> None:
        """Requests and their bodies are free, the last part of one too, however small."""
        self.client.ask("/", "PUT", b"x" * SMALL_DATA_BYTES)
        self.assertEqual(self.price(self.client.to_send()), 0)
        stream_id = self.client.ask("/", "PUT", b"x" * 20_000, end=False)
        self.client.h2.send_data(stream_id, b"x", end_stream=True)
        self.assertEqual(self.price(self.client.to_send()), 0)

    def test_paid(self) -> None:
        """Small parts of bodies, empty ones, trailers, and all that is about no request cost; by size, too."""
        stream_id = self.client.ask("/", "PUT", end=False)
        self.hear()
        for frame, price in (
            (DataFrame(stream_id, b"x" * (SMALL_DATA_BYTES - 1)), 1),
            (DataFrame(stream_id, b""), 1),
            (PingFrame(0), 1),
            (PriorityFrame(3), 1),
            (WindowUpdateFrame(0, 5), 1),
            (SettingsFrame(0), 1),
            (RstStreamFrame(99), 1),
        ):
            self.assertEqual(self.price(frame_bytes(frame)), price, frame)
        self.assertEqual(self.price(unknown_settings(range(20, 120))), 1 + 600 // 64)
        self.assertEqual(self.price(raw(200, b"x" * 6_400)), 101)
        self.client.h2.send_headers(stream_id, [("x", "y")], end_stream=True)
        self.assertEqual(self.price(self.client.to_send()), 1)

    def test_earned(self) -> None:
        """What is sent to a client earns it the frames to say that it has read it; dribbling earns next to nothing."""
        list(self.connection.receive(frame_bytes(PingFrame(0)) * 50, 0.0))
        stream_id = self.client.ask("/")
        self.hear()
        before = self.connection._frames._left
        self.connection.begin_answer(stream_id, answer_head(200, []), 0.0)
        for size, earned in ((20 * EARNING_BYTES, 20.0), (1, 20 + 1 / EARNING_BYTES)):
            self.connection.write(stream_id, b"x" * size, 0.0)
            self.connection.send(1 << 20, 0.0)
            self.assertAlmostEqual(self.connection._frames._left - before, earned)

    def test_frames(self) -> None:
        """So many at once, so many a second, and one more ends it: of every kind that asks for nothing."""
        for frame, name in (
            (SettingsFrame(0), "settings"),
            (DataFrame(1, b""), "empty parts of a body"),
            (PriorityFrame(1), "priorities"),
            (WindowUpdateFrame(0, 1), "windows"),
            (ExtensionFrame(99, 0), "frames that nobody knows"),
        ):
            self.connection, self.client = self.connected()
            self.client.ask("/", "PUT", end=False)
            self.hear()
            said = frame_bytes(frame)
            left = int(self.connection._frames._left)
            list(self.connection.receive(said * left, self.now))
            self.now += 1
            list(self.connection.receive(said * int(FRAMES_PER_S), self.now))
            error = self.broken(lambda: list(self.connection.receive(said, self.now)))  # noqa: B023
            self.assertEqual(error.code, ErrorCodes.ENHANCE_YOUR_CALM, name)
            self.assertLessEqual(left, FRAMES_AT_ONCE)

    def test_continuations(self) -> None:
        """A header block in pieces of nothing does not go on for ever."""
        said = (
            frame_bytes(HeadersFrame(1, b""))
            + frame_bytes(ContinuationFrame(1, b"")) * FRAMES_AT_ONCE
        )
        error = self.broken(lambda: self.hear(said))
        self.assertIn(error.code, (ErrorCodes.ENHANCE_YOUR_CALM, ErrorCodes.PROTOCOL_ERROR))

    def test_resets(self) -> None:
        """So many resets at once, so many a second, and one more ends it."""

        def reset(count: int) -> None:
            for _ in range(count):
                self.client.cancel(self.client.ask("/"))
                self.hear()

        reset(RESETS_AT_ONCE)
        self.now += 1
        reset(int(RESETS_PER_S))
        self.assertEqual(self.broken(lambda: reset(1)).code, ErrorCodes.ENHANCE_YOUR_CALM)

    def test_resets_that_we_are_made_to_send(self) -> None:
        """A stream that ends for the client's mistake counts as one that it has reset (CVE-2025-8671)."""

        def mistake(count: int) -> None:
            for _ in range(count):
                stream_id = self.client.ask("/")
                self.hear()
                list(
                    self.connection.receive(
                        frame_bytes(WindowUpdateFrame(stream_id, 2**31 - 1)), self.now
                    )
                )
                self.connection.data_to_send()
                self.assertNotIn(stream_id, self.connection.streams)
                self.client.cancel(stream_id)
                self.client.to_send()

        mistake(RESETS_AT_ONCE)
        self.assertEqual(self.broken(lambda: mistake(1)).code, ErrorCodes.ENHANCE_YOUR_CALM)

    def test_refused(self) -> None:
        """Opening streams beyond the number for ever ends it, too."""
        self.patch(connection_module, "MAX_STREAMS", 0)

        def ask(count: int) -> None:
            for _ in range(count):
                self.client.ask("/")
                self.assertEqual(self.hear(), [])

        ask(RESETS_AT_ONCE)
        self.assertEqual(self.counters.refused, RESETS_AT_ONCE)
        self.assertEqual(self.broken(lambda: ask(1)).code, ErrorCodes.ENHANCE_YOUR_CALM)

    def test_streams_before_the_settings(self) -> None:
        """Who opens twice as many as allowed in one breath is cut off."""
        client = Client()
        for _ in range(2 * MAX_STREAMS + 1):
            client.ask("/")
        connection = Connection(0.0, MAX_HEAD, PATIENCE_S, LINGER_S, self.counters)
        list(connection.receive(client.to_send(), 0.0))
        self.assertEqual(
            (len(connection.streams), self.counters.refused), (MAX_STREAMS, MAX_STREAMS + 1)
        )


class MemoryTests(Case):
    """What a client can have us keep."""

    def test_table(self) -> None:
        """Of our answers' heads so much is kept, whatever the client offers to keep; it is told so."""
        self.client.h2.update_settings({SettingCodes.HEADER_TABLE_SIZE: 1 << 30})
        self.client.h2.decoder.max_allowed_table_size = 1 << 30
        self.hear()
        for number in range(200):
            stream_id = self.client.ask("/")
            self.hear()
            fields = [(b"x-%d" % number, b"y" * 100)]
            self.connection.begin_answer(stream_id, answer_head(200, fields), 0.0)
            self.connection.end_answer(stream_id, 0.0)
            self.hear()
            self.assertEqual(self.client.answers[stream_id].status, 200)
        table = self.connection._h2.encoder.header_table
        self.assertEqual(table.maxsize, MAX_TABLE_BYTES)
        self.assertEqual(self.client.h2.decoder.header_table_size, MAX_TABLE_BYTES)

    def test_table_to_and_fro(self) -> None:
        """Changes of that size which nobody was told yet are kept as two at most: the smallest and the last."""
        for size in range(100):
            said = SettingsFrame(0, {SettingCodes.HEADER_TABLE_SIZE: 1_000 + size % 7})
            list(self.connection.receive(frame_bytes(said), 0.0))
        changes = self.connection._h2.encoder.table_size_changes
        self.assertEqual(changes, [1_000, 1_000 + 99 % 7])

    def test_settings_that_nobody_knows(self) -> None:
        """Settings that we do not know are not kept."""
        for start in range(100, 10_000, 100):
            self.now += 1
            said = unknown_settings(range(start, start + 100))
            list(self.connection.receive(said, self.now))
        self.assertLess(len(self.connection._h2.remote_settings), 10)

    def test_head(self) -> None:
        """A head of twice the limit is unpacked, a larger one is not."""
        for size, is_refused in ((2 * MAX_HEAD - 500, False), (2 * MAX_HEAD, True)):
            self.client.ask("/", headers=[("a", "x" * size)])
            if is_refused:
                self.assertEqual(self.broken(self.hear).code, ErrorCodes.ENHANCE_YOUR_CALM)
            else:
                self.hear()

    def test_preface(self) -> None:
        """What is no HTTP/2 is known from its first wrong byte, however it is cut."""
        for said in (b"GET", b"PRI * HTTP/1.1"):
            connection = Connection(0.0, MAX_HEAD, PATIENCE_S, LINGER_S, self.counters)
            with self.assertRaises(BrokenError):
                for byte in said:
                    list(connection.receive(bytes([byte]), 0.0))
        connection = Connection(0.0, MAX_HEAD, PATIENCE_S, LINGER_S, self.counters)
        for byte in PREFACE + frame_bytes(SettingsFrame(0)):
            list(connection.receive(bytes([byte]), 0.0))

    def test_bad_goaway(self) -> None:
        """A GOAWAY that is none is the client's error."""
        for said in ("000000 07 00 00000000", "000008 07 00 00000001 0000000000000000"):
            connection, _client = self.connected()
            self.broken(lambda: list(connection.receive(bytes.fromhex(said), 0.0)))  # noqa: B023
