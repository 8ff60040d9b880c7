"""`finesse_tx.notification.stanzas` and ``reader``: elements in, bytes out."""

from collections.abc import Mapping
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase
from twisted.words.xish.domish import Element

from finesse_tx.notification.core.errors import SASLError, StreamError
from finesse_tx.notification.reader import StanzaReader
from finesse_tx.notification.stanzas import (
    ElementBuilder,
    child,
    error,
    result,
    sasl_failure,
    stanza_bytes,
    stream_error,
)
from finesse_tx.notification.wokkel_names import pubsub
from finesse_tx.xmltext import StreamReader

HEADER = b"<s:s xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams'>"


def element(text: str) -> Element:
    """Read one element."""
    builder = ElementBuilder()
    StreamReader(builder).feed(text.encode(), final=True)
    (found,) = builder.elements
    return found


TEXTS = st.text("abc<>&'\" \u00e9\U0001f600", max_size=20)
NAMES = st.sampled_from(["a", "b-c", "_d"])
SPACES = st.sampled_from(["jabber:client", "urn:x", "urn:y"])


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> ElementTree.Element:
    """Any element in those namespaces."""
    made = ElementTree.Element(f"{{{draw(SPACES)}}}{draw(NAMES)}")
    for name in draw(st.lists(st.sampled_from(["k", "l", "{urn:z}m"]), unique=True)):
        made.set(name, draw(TEXTS))
    made.text = draw(TEXTS)
    if depth:
        made.extend(draw(st.lists(trees(depth=depth - 1), max_size=2)))
    return made


class BytesTests(SynchronousTestCase):
    """The form that clients rely on."""

    def test_double_quotes(self) -> None:
        """Attributes stand in double quotes, whatever the sender used."""
        self.assertEqual(
            stanza_bytes(element("<iq xmlns='jabber:client' type='result' id='1'/>")),
            b'<iq xmlns="jabber:client" type="result" id="1"/>',
        )

    def test_namespaces(self) -> None:
        """Each namespace is declared where it begins, without prefixes; the stanza's own is always there."""
        self.assertEqual(
            stanza_bytes(
                element(
                    "<c:iq xmlns:c='jabber:client' xml:lang='en'><p:a xmlns:p='urn:p'><p:b/><c:d/></p:a><c:e/></c:iq>"
                )
            ),
            b'<iq xmlns="jabber:client" xml:lang="en"><a xmlns="urn:p"><b/><d xmlns="jabber:client"/></a><e/></iq>',
        )

    def test_component_namespace(self) -> None:
        """What came from a component is a client's stanza on the way to a client."""
        self.assertEqual(
            stanza_bytes(
                element("<message xmlns='jabber:component:accept'><body>x</body></message>")
            ),
            b'<message xmlns="jabber:client"><body>x</body></message>',
        )

    def test_wokkel(self) -> None:
        """What wokkel makes, with namespaces left open, comes out whole, and ``item`` has no prefix."""
        message = Element((None, "message"))
        event = message.addElement((pubsub.NS_PUBSUB_EVENT, "event"))
        event.addElement("items").addChild(pubsub.Item("1", Element(("urn:x", "payload"))))
        self.assertEqual(
            stanza_bytes(message),
            b'<message xmlns="jabber:client"><event xmlns="http://jabber.org/protocol/pubsub#event"><items>'
            b'<item id="1"><payload xmlns="urn:x"/></item></items></event></message>',
        )

    @given(trees())
    def test_round_trip(self, tree: ElementTree.Element) -> None:
        """Any element, read and written, is the same element."""
        tree.tag = "{jabber:client}iq"
        text = ElementTree.tostring(tree, "unicode")
        written = stanza_bytes(element(text)).decode()
        self.assertEqual(
            ElementTree.canonicalize(written, rewrite_prefixes=True),
            ElementTree.canonicalize(text, rewrite_prefixes=True),
        )


class AnswerTests(SynchronousTestCase):
    """Results and errors."""

    IQ = "<iq xmlns='jabber:client' type='get' id='&lt;1' from='a@d/r' to='d'><q xmlns='urn:q'/></iq>"

    def test_result(self) -> None:
        """Addresses are swapped, the id is kept and escaped."""
        self.assertEqual(
            result(element(self.IQ), "<x/>"),
            b'<iq xmlns="jabber:client" type="result" id="&lt;1" from="d" to="a@d/r"><x/></iq>',
        )

    def test_error(self) -> None:
        """An error has its type, its condition, and perhaps a text."""
        self.assertEqual(
            error(element(self.IQ), "not-allowed", "a & b", source="me"),
            b'<iq xmlns="jabber:client" type="error" id="&lt;1" from="me" to="a@d/r"><error type="cancel">'
            b'<not-allowed xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>'
            b'<text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">a &amp; b</text></error></iq>',
        )

    def test_child(self) -> None:
        """What an iq is about is its first child."""
        about = child(element(self.IQ))
        assert about is not None
        self.assertEqual((about.uri, about.name), ("urn:q", "q"))
        self.assertIs(child(element("<iq>text</iq>")), None)

    def test_stream_error(self) -> None:
        """It declares its own prefix: BOSH has no stream around it."""
        self.assertEqual(
            stream_error(StreamError("conflict", "<replaced>")),
            b'<stream:error xmlns:stream="http://etherx.jabber.org/streams">'
            b'<conflict xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>'
            b'<text xmlns="urn:ietf:params:xml:ns:xmpp-streams">&lt;replaced&gt;</text></stream:error>',
        )

    def test_sasl_failure(self) -> None:
        """The condition is an element."""
        self.assertEqual(
            sasl_failure(SASLError("not-authorized")),
            b'<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><not-authorized/></failure>',
        )


class Target:
    """Writes down what a reader tells."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def header_received(self, name: str, attributes: Mapping[str, str]) -> None:
        """The stream begins."""
        self.seen.append(name)

    def element_received(self, element: Element) -> None:
        """A stanza."""
        self.seen.append(stanza_bytes(element).decode())

    def footer_received(self) -> None:
        """The stream ends."""
        self.seen.append("end")


class ReaderTests(SynchronousTestCase):
    """A stream, cut into stanzas."""

    def refused(self, *pieces: bytes, max_bytes: int = 1_000) -> str:
        """Read a stream, and return why it was refused."""
        reader = StanzaReader(Target(), max_bytes)
        try:
            for piece in pieces:
                reader.feed(piece)
        except StreamError as error:
            return error.condition
        return "it was read"

    @given(st.integers(1, 50))
    def test_any_split(self, step: int) -> None:
        """However it is cut, the same stanzas come out; white space before and between them does not matter."""
        wire = (
            b"\n<?xml version='1.0'?>"
            + HEADER
            + b" <iq id='1'><a/></iq>\n\n<message>h\xc3\xa9</message></s:s>"
        )
        target = Target()
        reader = StanzaReader(target, 1_000)
        for start in range(0, len(wire), step):
            reader.feed(wire[start : start + step])
        self.assertEqual(
            target.seen,
            [
                "http://etherx.jabber.org/streams s",
                '<iq xmlns="jabber:client" id="1"><a/></iq>',
                '<message xmlns="jabber:client">hé</message>',
                "end",
            ],
        )

    @given(st.integers(1, 200), st.integers(0, 40))
    def test_size(self, step: int, spare: int) -> None:
        """A stanza of the largest size is read however it comes; one that is larger by its end tag never is."""
        stanza = b"<iq><a>" + b"x" * spare + b"</a></iq>"
        reader = StanzaReader(Target(), max(len(stanza), len(HEADER)))
        stream = HEADER + stanza * 3
        for start in range(0, len(stream), step):
            reader.feed(stream[start : start + step])
        large = b"<iq><a>" + b"x" * 200 + b"</a></iq>"
        pieces = [large[start : start + step] for start in range(0, len(large), step)]
        self.assertEqual(
            self.refused(HEADER, *pieces, max_bytes=len(large) - len(b"</iq>") - 1),
            "policy-violation",
        )

    def test_endless_tag(self) -> None:
        """A tag that never ends is refused too, in the header and after it."""
        self.assertEqual(self.refused(b"<" + b"a" * 1_001), "policy-violation")
        self.assertEqual(self.refused(HEADER, b"<iq a='", *[b"x" * 100] * 11), "policy-violation")

    def test_white_space_is_free(self) -> None:
        """A client may send white space for ever."""
        reader = StanzaReader(Target(), 100)
        reader.feed(HEADER)
        for _ in range(1_000):
            reader.feed(b" ")
        reader.feed(b"<iq/>")

    def test_forbidden(self) -> None:
        """What a stream may not hold is refused with RFC 6120's condition."""
        for text, condition in (
            (b"<!DOCTYPE s><s:s>", "restricted-xml"),
            (HEADER + b"<!-- c -->", "restricted-xml"),
            (HEADER + b"<?p?>", "restricted-xml"),
            (HEADER + b"<iq></message>", "not-well-formed"),
            (HEADER + b"text", "bad-format"),
            (HEADER + b"<a>" * 64, "policy-violation"),
            (b"GET / HTTP/1.1\r\n", "not-well-formed"),
            (b"\x16\x03\x01\x02\x00", "not-well-formed"),
        ):
            self.assertEqual(self.refused(text), condition, text)

    def test_over(self) -> None:
        """A reader whose place another has taken accepts no more elements."""
        reader = StanzaReader(Target(), 1_000)
        reader.feed(HEADER)
        reader.over = True
        reader.feed(b"\n")
        self.assertRaises(StreamError, reader.feed, b"<iq/>")
