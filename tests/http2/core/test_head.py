"""`finesse_tx.http2.core.head`."""

from hpack import NeverIndexedHeaderTuple
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.http2.core.head import Head, answer_head, read_head


class RequestTests(SynchronousTestCase):
    """The head of a request."""

    def test_host(self) -> None:
        """``:authority`` is the host, unless the client says ``host`` too, which is the same then."""
        pseudo = [
            (b":method", b"GET"),
            (b":scheme", b"https"),
            (b":authority", b"a"),
            (b":path", b"/b?c"),
        ]
        expected = Head(b"GET", b"/b?c", [(b"host", b"a"), (b"d", b"e")])
        self.assertEqual(read_head([*pseudo, (b"d", b"e")]), expected)
        self.assertEqual(read_head([*pseudo, (b"host", b"a"), (b"d", b"e")]), expected)

    def test_connect(self) -> None:
        """CONNECT has no path."""
        self.assertEqual(
            read_head([(b":method", b"CONNECT"), (b":authority", b"a:1")]),
            Head(b"CONNECT", b"", [(b"host", b"a:1")]),
        )

    def test_length(self) -> None:
        """A Content-Length is a number, or none."""
        for text, length in (
            (b"12", 12),
            (b"0", 0),
            (b"-1", None),
            (b"x", None),
            (b"9" * 19, None),
        ):
            self.assertEqual(Head(b"HEAD", b"/", [(b"content-length", text)]).length, length)
        self.assertIsNone(Head(b"GET", b"/", []).length)

    def test_continue(self) -> None:
        """100-continue may be written in any case; nothing else is expected."""
        for text, is_so in ((b"100-Continue", True), (b"200-ok", False)):
            self.assertEqual(Head(b"PUT", b"/", [(b"expect", text)]).expects_continue, is_so)
        self.assertFalse(Head(b"PUT", b"/", []).expects_continue)

    def test_sizes(self) -> None:
        """Lines are as long as they would be in HTTP/1.1."""
        head = Head(b"GET", b"/a", [(b"host", b"b"), (b"c", b"")])
        self.assertEqual(head.sizes(), [len("GET /a HTTP/1.1"), len("host: b"), len("c: ")])


class AnswerTests(SynchronousTestCase):
    """The head of an answer."""

    def test_fields(self) -> None:
        """Names are in lower case, what is about a connection is left out, and what is said once is not kept."""
        made = answer_head(
            200,
            [
                (b"Server", b" x\t"),
                (b"Connection", b"close"),
                (b"Upgrade", b"y"),
                (b"Set-Cookie", b"z"),
            ],
        )
        self.assertEqual(made, [(b":status", b"200"), (b"server", b"x"), (b"set-cookie", b"z")])
        self.assertIsInstance(made[2], NeverIndexedHeaderTuple)
        self.assertNotIsInstance(made[1], NeverIndexedHeaderTuple)
