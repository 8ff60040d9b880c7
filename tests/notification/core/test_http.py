"""`finesse_tx.notification.core.http`: a strict reader of requests."""

import gzip
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.http import (
    MAX_HEAD_BYTES,
    MAX_HEADERS,
    HTTPRequest,
    RefusedError,
    RequestReader,
    accepts_gzip,
    gzipped,
    response,
)

MAX_BODY = 100
POST = b"POST /http-bind/ HTTP/1.1\r\nHost: x\r\n"
TOKENS = st.text("abcXYZ-!_9", min_size=1, max_size=9).map(str.encode)
VALUES = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=20
).map(lambda text: "".join(c for c in text if not 0x7F <= ord(c) < 0xA0).encode("latin-1").strip())


def read(*pieces: bytes) -> list[HTTPRequest]:
    """Every request of a connection that sends these pieces."""
    reader, found = RequestReader(MAX_BODY), []
    for piece in pieces:
        reader.feed(piece)
        while (request := reader.take()) is not None:
            found.append(request)
    return found


class ReaderTests(SynchronousTestCase):
    """RFC 9112."""

    def refused(self, text: bytes) -> int:
        """The code with which that is refused."""
        error: RefusedError = self.assertRaises(RefusedError, read, text)
        return error.code

    def test_request(self) -> None:
        """Method, path without query, headers by their lower-case name without blanks around, body."""
        (request,) = read(
            b"POST /http-bind/?a=b HTTP/1.1\r\nHost: x\r\nCONTENT-Length:\t3 \r\nX: a\r\nx: b\r\n\r\nabc"
        )
        self.assertEqual((request.head.method, request.head.path), (b"POST", b"/http-bind/"))
        self.assertEqual(
            request.head.headers, {b"host": b"x", b"content-length": b"3", b"x": b"a, b"}
        )
        self.assertEqual((request.body, request.head.keeps_alive), (b"abc", True))

    def test_several(self) -> None:
        """Requests one after another, with line ends between them, which some clients send (§2.2)."""
        one = POST + b"Content-Length: 1\r\n\r\n"
        found = read(one + b"a" + b"\r\n" + one + b"b" + b"OPTIONS /http-bind HTTP/1.0\r\n\r\n")
        self.assertEqual([request.body for request in found], [b"a", b"b", b""])
        self.assertEqual([request.head.keeps_alive for request in found], [True, True, False])

    @given(
        st.lists(
            st.sampled_from(
                [
                    *(
                        POST,
                        b"GET / HTTP/1.1\r\n",
                        b"\r\n",
                        b"ab",
                        b"x",
                        b"Expect: 100-continue\r\n",
                    ),
                    *(b"Content-Length: 2\r\n", b"Content-Length: 101\r\n"),
                    b"Transfer-Encoding: chunked\r\n",
                ]
            ),
            max_size=6,
        ).map(b"".join)
    )
    @example(POST + b"Content-Length: 2\r\n\r\nab")
    @example(POST + b"Content-Length: 2\r\n\r\nab\r\n")
    @example(b"\r\n" + POST + b"Content-Length: 2\r\n\r\nab")
    @example(b"\r\n" + POST + b"Content-Length: 101\r\n\r\nab")
    @example(POST + b"X: " + bytes(2_000) + b"\r\nContent-Length: 2\r\n\r\nab")
    def test_whole(self, data: bytes) -> None:
        """What is taken as one whole request is what piecewise reading finds; what is refused is left to that."""
        reader = RequestReader(MAX_BODY)
        whole = reader.whole(data)
        if whole is not None:
            self.assertEqual(read(data), [whole])
        self.assertTrue(reader.is_between)

    def test_whole_only_between(self) -> None:
        """A piece of a request is never taken for a whole one."""
        poll = POST + b"Content-Length: 2\r\n\r\nab"
        reader = RequestReader(MAX_BODY)
        self.assertEqual(reader.whole(poll), read(poll)[0])
        reader.feed(POST)
        self.assertIsNone(reader.whole(poll))
        other = RequestReader(MAX_BODY)
        other.feed(POST + b"Content-Length: 90\r\n\r\n")
        self.assertIsNone(other.take())
        self.assertIsNone(other.whole(poll))

    @given(
        st.lists(
            st.tuples(
                st.lists(st.tuples(TOKENS, VALUES), max_size=4), st.binary(max_size=MAX_BODY)
            ),
            min_size=1,
            max_size=3,
        ),
        st.data(),
    )
    def test_splits(
        self, requests: list[tuple[list[tuple[bytes, bytes]], bytes]], data: st.DataObject
    ) -> None:
        """However the bytes are cut, the same requests come out."""
        stream = b"".join(
            b"POST /http-bind HTTP/1.1\r\n"
            + b"".join(b"x%s: %s\r\n" % header for header in headers)
            + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            for headers, body in requests
        )
        cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
        pieces = [stream[a:b] for a, b in pairwise([0, *cuts, len(stream)])]
        found = read(*pieces)
        self.assertEqual(found, read(stream))
        self.assertEqual([request.body for request in found], [body for _, body in requests])

    @given(st.binary(max_size=300))
    def test_anything(self, text: bytes) -> None:
        """Whatever comes, it is requests or a refusal."""
        for begin in (b"", POST, b"GET / HTTP/1.1\r\n"):
            try:
                read(begin + text)
            except RefusedError as error:
                self.assertIn(error.code, {400, 411, 413, 431, 505})

    def test_two_ways(self) -> None:
        """Whatever two readers could understand in two ways is refused: request smuggling's alphabet."""
        for lines in (
            b"Content-Length: 3\r\nContent-Length: 3",
            b"Content-Length: 3, 3",
            b"Content-Length: +3",
            b"Content-Length: 0x3",
            b"Content-Length: -1",
            b"Content-Length: 3\r\n 4",
            b"Content-Length : 3",
            b"Content-Length: 3\nX: y",
            b"Content-Length: 3\rX: y",
            b"Content-Length: \xb3",
            b"X: a\x00b\r\nContent-Length: 3",
            b": 3",
            b"X",
            b"Host: y\r\nContent-Length: 3",
        ):
            self.assertEqual(self.refused(POST + lines + b"\r\n\r\nabc"), 400, lines)
        for coding in (b"chunked", b"identity", b"xchunked", b" chunked"):
            lines = b"Transfer-Encoding: " + coding + b"\r\nContent-Length: 3"
            self.assertEqual(self.refused(POST + lines + b"\r\n\r\nabc"), 411)

    def test_no_request_line(self) -> None:
        """What is no request line of HTTP/1."""
        for line in (
            b"POST",
            b"post / HTTP/1.1",
            b"POST  / HTTP/1.1",
            b"POST / HTTP/1.1 ",
            b"POST http://x/ HTTP/1.1",
            b"POST /a b HTTP/1.1",
            b"POST / HTTP/1.2",
            b"PRI * HTTP/2",
            b"\x16\x03\x01",
        ):
            self.assertIn(self.refused(line + b"\r\n\r\n"), {400, 505}, line)
        self.assertEqual(self.refused(b"PRI * HTTP/2.0\r\n\r\n"), 505)

    def test_early(self) -> None:
        """What cannot become a request is refused before an empty line comes."""
        self.assertEqual(self.refused(b"\x16\x03\x01\x02\x00\x01\x00\r\n"), 400)
        self.assertEqual(read(b"GET / HTTP/1.1\r\nHost:"), [])

    def test_lengths(self) -> None:
        """The largest body is read, one byte more is refused from its length; a POST says its length."""
        body = b"x" * MAX_BODY
        (request,) = read(POST + b"Content-Length: %d\r\n\r\n" % MAX_BODY + body)
        self.assertEqual(request.body, body)
        self.assertEqual(self.refused(POST + b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 1)), 413)
        self.assertEqual(self.refused(POST + b"\r\n"), 411)

    def test_head_edges(self) -> None:
        """The longest head and the most lines are read, one more of each is refused."""
        for size, code in ((MAX_HEAD_BYTES, 0), (MAX_HEAD_BYTES + 1, 431)):
            begin = b"GET / HTTP/1.1\r\nX: "
            text = begin + b"y" * (size - len(begin)) + b"\r\n\r\n"
            if code:
                self.assertEqual(self.refused(text), code)
                self.assertEqual(self.refused(text[:-4]), code)
            else:
                self.assertEqual(len(read(text)), 1)
        lines = b"".join(b"X%d: y\r\n" % number for number in range(MAX_HEADERS))
        self.assertEqual(len(read(b"GET / HTTP/1.1\r\n" + lines + b"\r\n")), 1)
        self.assertEqual(self.refused(b"GET / HTTP/1.1\r\n" + lines + b"Y: y\r\n\r\n"), 431)

    def test_persistence(self) -> None:
        """§9.3: 1.1 goes on unless it says close, 1.0 ends unless it says keep-alive."""
        for version, connection, expected in (
            (b"1", b"close", False),
            (b"1", b"foo, Close", False),
            (b"1", b"upgrade", True),
            (b"0", b"", False),
            (b"0", b"Keep-Alive", True),
        ):
            (request,) = read(
                b"GET / HTTP/1." + version + b"\r\nConnection: " + connection + b"\r\n\r\n"
            )
            self.assertEqual(request.head.keeps_alive, expected, (version, connection))

    def test_expectation(self) -> None:
        """RFC 9110 §10.1.1: told once, while the body is not there."""
        reader = RequestReader(MAX_BODY)
        reader.feed(POST + b"Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n")
        self.assertIsNone(reader.take())
        self.assertTrue(reader.take_expectation())
        self.assertFalse(reader.take_expectation())

    def test_rest(self) -> None:
        """What came after a request can be handed to who reads on."""
        reader = RequestReader(MAX_BODY)
        self.assertTrue(reader.is_between)
        reader.feed(b"GET /ws HTTP/1.1\r\n\r\n\x81\x00")
        request = reader.take()
        assert request is not None
        self.assertEqual(request.raw, b"GET /ws HTTP/1.1\r\n\r\n")
        self.assertFalse(reader.is_between)
        self.assertEqual((reader.rest(), reader.is_between), (b"\x81\x00", True))


class AnswerTests(SynchronousTestCase):
    """What goes out."""

    def test_response(self) -> None:
        """One write: status, headers, length, body."""
        self.assertEqual(
            response(200, b"A: b\r\n", b"cd", keeps_alive=True),
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: b\r\n\r\ncd",
        )
        self.assertIn(b"\r\nConnection: close\r\n", response(404, b"", b"", keeps_alive=False))

    def test_accept_encoding(self) -> None:
        """RFC 9110 §12.5.3: gzip by name, unless its weight is nothing."""
        for header, expected in (
            (b"gzip", True),
            (b"deflate, GZIP;q=0.5", True),
            (b"gzip;q=0", False),
            (b"gzip; q=0.000", False),
            (b"x-gzip, br", False),
            (b"", False),
        ):
            self.assertEqual(accepts_gzip(header), expected, header)

    @given(st.binary(max_size=500))
    def test_gzip(self, body: bytes) -> None:
        """Python's own gzip reads it, and the same body gives the same bytes."""
        self.assertEqual(gzip.decompress(gzipped(body)), body)
        self.assertEqual(gzipped(body), gzipped(body))
