"""`finesse_tx.gadgets.core.fetch_headers`: what goes out and what comes back."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.fetch_headers import (
    HOP_BY_HOP,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    OWN,
    accepts,
    answer_headers,
    request_headers,
    without_secrets,
)
from finesse_tx.gadgets.core.outbound import Refusal, Why


class RequestTests(SynchronousTestCase):
    """What a gadget may send."""

    def refused(self, *given: tuple[str, str]) -> None:
        """It is refused for its headers."""
        found = request_headers(given)
        assert isinstance(found, Refusal), found
        self.assertEqual(found.why, Why.HEADER)

    def test_kept(self) -> None:
        """Its own headers go out, its own Authorization among them."""
        given = (("Accept", " text/xml "), ("X-A", "1"), ("x-a", "2"), ("Authorization", "Basic x"))
        self.assertEqual(
            request_headers(given),
            (("accept", "text/xml"), ("x-a", "1"), ("x-a", "2"), ("authorization", "Basic x")),
        )

    def test_dropped(self) -> None:
        """Nothing of the connection, of cookies, or of what is ours to say."""
        for name in (*HOP_BY_HOP, *OWN, "Proxy-Anything", "Sec-Fetch-Site"):
            self.assertEqual(request_headers([(name.upper(), "x")]), (), name)
        self.assertEqual(request_headers([("X-A", "1"), ("Connection", "close, X-A")]), ())

    def test_injection(self) -> None:
        """A header that would be two, or none, is refused."""
        for name, value in (("a", "b\r\nc: d"), ("a", "b\n"), ("a\r", "b"), ("a b", "c"), ("", "")):
            self.refused((name, value))
        for value in ("\0", "\u0100"):
            self.refused(("a", value))

    def test_bounds(self) -> None:
        """So many headers, so many bytes, and not one more."""
        self.assertEqual(len(request_headers([("a", "b")] * MAX_HEADERS)), MAX_HEADERS)
        self.refused(*[("a", "b")] * (MAX_HEADERS + 1))
        self.assertEqual(len(request_headers([("a", "b" * (MAX_HEADER_BYTES - 1))])), 1)
        self.refused(("a", "b" * MAX_HEADER_BYTES))

    def test_secrets(self) -> None:
        """Another origin does not get the Authorization."""
        self.assertEqual(without_secrets((("authorization", "x"), ("a", "b"))), (("a", "b"),))


class AnswerTests(SynchronousTestCase):
    """What comes back."""

    def test_dropped(self) -> None:
        """No cookies, nothing of the connection."""
        given = (("Content-Type", "text/xml"), ("requestId", "1"))
        bad = ("Set-Cookie", "SET-COOKIE2", "Content-Length", "Content-Encoding", *HOP_BY_HOP)
        more = ((name, "x-gone") for name in bad)
        self.assertEqual(
            answer_headers((*given, *more, ("X-Gone", "1"))),
            (("content-type", "text/xml"), ("requestid", "1")),
        )

    def test_types(self) -> None:
        """A type is compared without its parameters; with none asked for, all are right."""
        for found, accepted, right in (
            ("text/xml; charset=x", ("text/xml",), True),
            ("TEXT/XML", ("text/*",), True),
            ("textual/xml", ("text/*",), False),
            ("text/html", ("text/xml", "application/xml"), False),
            ("", ("text/xml",), False),
            ("", (), True),
        ):
            self.assertEqual(accepts(found, accepted), right, found)
