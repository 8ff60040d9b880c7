"""`finesse_tx.notification.core.plain`: what is read without a parser is what a parser reads."""

from hypothesis import example, given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.body import BodyError, read
from finesse_tx.notification.core.plain import Publication, plain_body, plain_publication
from finesse_tx.notification.plain_requests import publication
from finesse_tx.notification.stanzas import ElementBuilder, element
from finesse_tx.xmltext import (
    MAX_ELEMENTS,
    MAX_NAME,
    MAX_NAMESPACE,
    XMLRefusedError,
    escape,
)

BOSH = "http://jabber.org/protocol/httpbind"
PUBSUB = "http://jabber.org/protocol/pubsub"

POLL = f"<body xmlns='{BOSH}' rid='7' sid='s'/>"


def request(
    iq: str = "xmlns='jabber:client' type='set' id='p' to='pubsub.d'",
    item: str = " id='1'",
    payload: str = "<notification xmlns='urn:n'>&lt;Update/&gt;</notification>",
    node: str = "n",
) -> str:
    """A publish."""
    return (
        f"<iq {iq}><pubsub xmlns='{PUBSUB}'><publish node='{node}'><item{item}>{payload}"
        "</item></publish></pubsub></iq>"
    )


def body(*payload: str, attributes: str = "rid='7' sid='s'") -> str:
    """A request of BOSH."""
    return f"<body xmlns='{BOSH}' {attributes}>{''.join(payload)}</body>"


def parsed(document: bytes) -> tuple[dict[str, str], list[Publication | None]] | None:
    """What expat and domish make of it; None for what is refused."""
    builder = ElementBuilder()
    try:
        attributes = read(document, builder)
    except (BodyError, XMLRefusedError):
        return None
    return dict(attributes), [publication(one) for one in builder.elements]


SNIPPETS = st.sampled_from(
    [
        *("'", '"', "<", ">", "&", "/", "=", " ", "\n", "\t", "\r", "\0", "\x7f", "]]>", "\ufffe", "é", "𐀀"),
        *("&lt;", "&amp;", "&#10;", "&#0;", "&foo;", "&lt", "<!-- -->", "<?x?>", "<![CDATA[x]]>", "\ufeff"),
        *("xmlns='urn:x'", "xmlns=''", "xmlns:a='urn:a'", "a:", "xml:lang='en'", "type='get'", "id='2'", "rid='8'"),
        *("<a/>", "</item>", "<item>", "</body>", "<body>", "<!DOCTYPE body>", "jabber:client", "jabber:component:accept"),
        *("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/", "a b", BOSH, PUBSUB),
    ]
)  # fmt: skip
TEXT = st.lists(st.one_of(SNIPPETS, st.text(max_size=8)), max_size=5).map("".join)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Plain requests, some of which are not so plain in a place or two."""
    attributes = [f"{name}='{escape(draw(TEXT))}'" for name in ("id", "to")]
    names = ["xmlns='jabber:client'", "type='set'", *attributes]
    iq = " ".join(draw(st.permutations(names)))
    text = draw(st.one_of(TEXT, TEXT.map(escape)))
    namespace = draw(st.one_of(st.just("urn:n"), SNIPPETS))
    payload = f"<notification xmlns='{namespace}'>{text}</notification>"
    requests = draw(
        st.lists(
            st.sampled_from([request(), request(iq, "", payload), request(iq, payload=payload)]),
            max_size=3,
        )
    )
    text = draw(st.sampled_from([POLL, body(*requests)]))
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 3)))
        text = text[:start] + draw(SNIPPETS) + text[end:]
    return text.encode()


class PlainTests(SynchronousTestCase):
    """Beside the parser."""

    def check(self, document: bytes) -> bool:
        """What is taken as plain must be what expat and domish read; whether it is taken."""
        plain = plain_body(document)
        if plain is None:
            return False
        attributes, published = plain
        unwritten = [one._replace(written="") for one in published]
        self.assertEqual((attributes, unwritten), parsed(document))
        self.assertEqual([publication(element(one.written)) for one in published], unwritten)
        messages = [plain_publication(one.written.encode()) for one in published]
        self.assertEqual(messages, published)
        return True

    @given(documents())
    @example(body(request(payload="<x xmlns='jabber:client'>y</x>")).encode())
    @example(body(request(payload="<x xmlns='jabber:component:accept'>y</x>")).encode())
    @example(body(request(payload="<x xmlns='http://www.w3.org/2000/xmlns/'>y</x>")).encode())
    @example(body(request(payload="<x xmlns='a b'>y</x>")).encode())
    @example(body(request(payload="<x xmlns='urn:x'>]]></x>")).encode())
    def test_same_as_parsed(self, document: bytes) -> None:
        """Whatever is taken as plain is well-formed, and means the same to a parser."""
        self.check(document)

    @given(documents(), st.binary(min_size=1, max_size=3), st.integers(0, 400))
    def test_bytes(self, document: bytes, noise: bytes, at: int) -> None:
        """So it is when the bytes are not even text."""
        self.check(document[:at] + noise + document[at + 1 :])

    @given(
        text=st.text(
            st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=99
        ),
        quote=st.sampled_from("'\""),
        count=st.integers(0, 5),
    )
    def test_taken(self, text: str, quote: str, count: int) -> None:
        """What clients write all day is taken, whatever the quotes and the text, as long as it is escaped."""
        payload = f"<notification xmlns='urn:n'>{escape(text)}</notification>"
        document = body(*[request(payload=payload)] * count).replace("'", quote).encode()
        self.assertTrue(self.check(document))
        plain = plain_body(document)
        assert plain is not None
        self.assertEqual(plain[0], {"rid": "7", "sid": "s"})
        written = f'<notification xmlns="urn:n">{escape(text)}</notification>'
        if not text:
            written = '<notification xmlns="urn:n"/>'
        self.assertEqual(
            [one._replace(written="") for one in plain[1]],
            [Publication("pubsub.d", "p", "n", "1", written, "urn:n")] * count,
        )

    def test_poll(self) -> None:
        """An empty poll is taken, with every attribute that has no prefix."""
        self.assertTrue(self.check(POLL.encode()))
        self.assertEqual(plain_body(POLL.encode()), ({"rid": "7", "sid": "s"}, []))
        document = body(attributes="rid='8' sid='s' ack='6' key='k' newkey='n' type='terminate'")
        found = plain_body(document.encode())
        assert found is not None
        self.assertEqual(found[0]["ack"] + found[0]["type"], "6terminate")

    def test_not_taken(self) -> None:
        """What needs a parser, or an error that only the parser knows how to tell."""
        for document in (
            "",
            POLL + "\n",
            f"<?xml version='1.0'?>{POLL}",
            POLL.replace(BOSH, "urn:x"),
            POLL.replace("rid", "xml:lang"),
            POLL.replace("sid='s'", "rid='8'"),
            body("<presence xmlns='jabber:client'/>"),
            body(request(), "<presence xmlns='jabber:client'/>"),
            body(request(iq="type='set' id='p' to='pubsub.d'")),
            body(request(iq="xmlns='jabber:client' type='get' id='p' to='pubsub.d'")),
            body(request(iq="xmlns='jabber:client' type='set' to='pubsub.d'")),
            body(request(iq="xmlns='jabber:client' type='set' id='p'")),
            body(request(iq="xmlns='jabber:client' type='set' id='p' to='d' x='y'")),
            body(request(node="")),
            body(request(item=" publisher='x'")),
            body(request(payload="")),
            body(request(payload="text")),
            body(request(payload="<x xmlns='urn:x'/><x xmlns='urn:x'/>")),
            body(request(payload="<x xmlns='urn:x'><y/></x>")),
            body(request(payload="<x xmlns='urn:x'>a > b</x>")),
            body(request(payload="<x>no namespace of its own</x>")),
            body(request(payload="<x xmlns='urn:x'>&#65;</x>")),
        ):
            self.assertIsNone(plain_body(document.encode()), document)

    def test_message(self) -> None:
        """One publish and nothing else is a plain message of a WebSocket."""
        self.assertIsNotNone(plain_publication(request().encode()))
        for text in (
            request() + "\n",
            " " + request(),
            request() * 2,
            "<iq xmlns='jabber:client'/>",
        ):
            self.assertIsNone(plain_publication(text.encode()))
        self.assertIsNone(plain_publication(request().encode() + b"\xff"))

    def test_limits(self) -> None:
        """What a parser would refuse as too much is left to it: elements, and what names may take."""
        for count, is_plain in ((MAX_ELEMENTS // 5 - 1, True), (MAX_ELEMENTS // 5, False)):
            document = body(*[request()] * count).encode()
            self.assertEqual(self.check(document), is_plain)
        for length in (64, 65, MAX_NAME + 1):
            name = "x" * length
            document = body(request(payload=f"<{name} xmlns='u'>y</{name}>")).encode()
            self.assertEqual(self.check(document), length == 64)
        for length in (256, 257, MAX_NAMESPACE + 1):
            document = body(request(payload=f"<x xmlns='{'u' * length}'>y</x>")).encode()
            self.assertEqual(self.check(document), length == 256)
        self.assertFalse(self.check(body(attributes=f"rid='7' {'x' * 21}='y'").encode()))

    def test_long(self) -> None:
        """Nothing in a document makes reading it take longer than its length: no step back is ever taken."""
        attributes = " a='" + "x" * 50_000
        self.assertIsNone(plain_body(f"<body{attributes}".encode()))
        self.assertIsNone(plain_body(("<body" + " a='x'" * 20_000).encode()))
        text = "&lt;" * 20_000
        self.assertIsNone(plain_body(body(request(payload=f"<x xmlns='u'>{text}")).encode()))
