"""`finesse_tx.xmltext`: what it reads, and above all what it refuses."""

import gc
import tracemalloc
from collections.abc import Mapping
from xml.etree import ElementTree
from xml.parsers import expat

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.xmltext import (
    MAX_DOCUMENT_ELEMENTS,
    MAX_ELEMENTS,
    MAX_NAME,
    MAX_NAMES_BYTES,
    MAX_NAMESPACE,
    MAX_PREFIXES,
    StreamReader,
    XMLRefusedError,
    escape,
    parse,
)

BOMB = b"""<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>"""


class Recorder:
    """Writes down what a reader said."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, ...]] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self.seen.append(("start", name, *(f"{k}={v}" for k, v in attributes.items())))

    def end(self, name: str) -> None:
        """An element ends."""
        self.seen.append(("end", name))

    def data(self, text: str) -> None:
        """Text, joined to the text before it."""
        if self.seen and self.seen[-1][0] == "data":
            text = self.seen.pop()[1] + text
        self.seen.append(("data", text))


class ParseTests(SynchronousTestCase):
    """A whole document."""

    def refused(self, document: bytes, **limits: int) -> XMLRefusedError:
        """Parse, and return the refusal."""
        limits = {"max_bytes": 10_000, **limits}
        error: XMLRefusedError = self.assertRaises(XMLRefusedError, parse, document, **limits)
        return error

    def test_tree(self) -> None:
        """Elements, attributes, text and namespaces arrive in ElementTree's form."""
        root = parse(b'<a xmlns="urn:x" y="1"><b>t&amp;u</b></a>', max_bytes=100)
        self.assertEqual((root.tag, root.get("y")), ("{urn:x}a", "1"))
        self.assertEqual(root.findtext("{urn:x}b"), "t&u")

    def test_entity_bomb(self) -> None:
        """A document type is refused before any entity in it is read."""
        self.assertIn("document type", self.refused(BOMB).reason)

    def test_external_entity(self) -> None:
        """So is one that would read a file."""
        self.refused(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>')

    def test_depth(self) -> None:
        """One level too deep is refused, the level before it is not."""
        self.assertEqual(parse(b"<a><a/></a>", max_bytes=100, max_depth=2).tag, "a")
        self.assertIn("nested", self.refused(b"<a><a><a/></a></a>", max_depth=2).reason)

    def test_size(self) -> None:
        """One byte too many is refused unread."""
        self.assertEqual(parse(b"<abc/>", max_bytes=6).tag, "abc")
        self.assertIn("larger than 5", self.refused(b"<abc/>", max_bytes=5).reason)

    def test_position(self) -> None:
        """A mistake is told with its line."""
        error = self.refused(b"<a>\n<b></a>")
        self.assertEqual((error.line, error.reason), (2, "mismatched tag"))
        self.assertEqual(str(error), "mismatched tag (line 2, column 5)")

    def test_not_xml(self) -> None:
        """Nothing, JSON and a half document are refused, each with a reason."""
        for text in (b"", b'{"state": "READY"}', b"<User><state>", b"<a/><b/>", b"\xff\xfe<a/>"):
            self.assertTrue(self.refused(text).reason, text)

    @given(st.binary(max_size=200))
    def test_any_bytes(self, document: bytes) -> None:
        """Whatever comes in, a tree or an `XMLRefusedError` comes out."""
        try:
            parse(document, max_bytes=1000)
        except XMLRefusedError as error:
            self.assertGreaterEqual(error.line, 1)


class EscapeTests(SynchronousTestCase):
    """Text on its way out."""

    @given(st.text(max_size=40))
    def test_round_trip(self, text: str) -> None:
        """What can be said in XML comes back unchanged; what cannot never breaks the document."""
        carried = ElementTree.fromstring(f'<a b="{escape(text)}">{escape(text)}</a>').text or ""
        expected = escape(text).replace("&quot;", '"').replace("&apos;", "'").replace("&gt;", ">")
        expected = expected.replace("&lt;", "<").replace("&amp;", "&")
        self.assertEqual(carried, expected.replace("\r\n", "\n").replace("\r", "\n"))

    def test_all_five(self) -> None:
        """All five entities are used."""
        self.assertEqual(escape("<a b='\"'>&\x00"), "&lt;a b=&apos;&quot;&apos;&gt;&amp;\ufffd")


class StreamReaderTests(SynchronousTestCase):
    """A stream, as it arrives."""

    DOCUMENT = b'<s xmlns="urn:s"><m id="1">h\xc3\xa9</m><n xmlns="urn:n"/></s>'

    @given(st.integers(1, 20))
    def test_any_split(self, step: int) -> None:
        """However the bytes are cut, even within a character, the same events come out."""
        recorder = Recorder()
        reader = StreamReader(recorder)
        for start in range(0, len(self.DOCUMENT), step):
            reader.feed(self.DOCUMENT[start : start + step])
        self.assertEqual(
            recorder.seen,
            [
                ("start", "urn:s s"),
                ("start", "urn:s m", "id=1"),
                ("data", "hé"),
                ("end", "urn:s m"),
                ("start", "urn:n n"),
                ("end", "urn:n n"),
                ("end", "urn:s s"),
            ],
        )

    def test_position(self) -> None:
        """Within an event, the reader says where that event begins, counted from the stream's first byte."""
        places: list[int] = []

        class Places(Recorder):
            def start(self, name: str, attributes: Mapping[str, str]) -> None:
                places.append(reader.position)

        reader = StreamReader(Places())
        for piece in (b"<s>", b"  <a", b"/><b>text</b>"):
            reader.feed(piece)
        self.assertEqual(places, [0, 5, 9])

    def test_restricted(self) -> None:
        """A stream may hold no comment, no processing instruction, no document type and no other encoding."""
        latin = b"<?xml version='1.0' encoding='latin-1'?><s/>"
        for text in (b"<s><!-- x --></s>", b"<s><?x y?></s>", b"<!DOCTYPE s><s/>", latin):
            self.assertRaises(XMLRefusedError, StreamReader(Recorder()).feed, text)

    def test_let_go(self) -> None:
        """A document that was read, or refused, leaves nothing for the collector of cycles: a parser is large."""
        for document in (b"<s><a b='c'>d</a></s>", b"<s>", b"<s><!-- x --></s>", b"", b"\xff"):
            gc.collect()
            for _ in range(10):
                try:
                    StreamReader(Recorder()).feed(document, final=True)
                except XMLRefusedError:
                    continue
            self.assertEqual(gc.collect(), 0, document)


class NamespaceTests(SynchronousTestCase):
    """Namespaces in XML 1.0, which are resolved here."""

    def seen(self, text: str) -> list[tuple[str, ...]]:
        """What the target is told."""
        recorder = Recorder()
        StreamReader(recorder).feed(text.encode(), final=True)
        return [event for event in recorder.seen if event[0] == "start"]

    def refused(self, text: str) -> str:
        """Why it is refused."""
        error: XMLRefusedError = self.assertRaises(XMLRefusedError, self.seen, text)
        return error.reason

    def test_scopes(self) -> None:
        """A declaration holds within its element, the default one not for attributes."""
        self.assertEqual(
            self.seen(
                "<a xmlns='urn:1' xmlns:p='urn:2' x='1' p:y='2' xml:lang='en'>"
                "<p:b xmlns:p='urn:3'/><c xmlns=''><d/></c><p:e xmlnsx='4'/></a>"
            ),
            [
                (
                    "start",
                    "urn:1 a",
                    "x=1",
                    "urn:2 y=2",
                    "http://www.w3.org/XML/1998/namespace lang=en",
                ),
                ("start", "urn:3 b"),
                ("start", "c"),
                ("start", "d"),
                ("start", "urn:2 e", "xmlnsx=4"),
            ],
        )

    def test_not_allowed(self) -> None:
        """What the recommendation forbids, and what could pass for another namespace."""
        for text, reason in (
            ("<p:a/>", "unbound prefix"),
            ("<a p:x='1'/>", "unbound prefix"),
            ("<a xmlns:p='urn:1'><b xmlns:p=''/></a>", "a prefix without a namespace"),
            ("<a xmlns:='urn:1'/>", "a prefix without a namespace"),
            ("<a xmlns:p:q='urn:1'/>", "a prefix without a namespace"),
            ("<a xmlns:p='urn:1' p:b:c=''/>", "not a name"),
            ("<a:b:c xmlns:a='urn:1'/>", "not a name"),
            ("<:a/>", "not a name"),
            ("<a xmlns:p='urn:1' xmlns:q='urn:1' p:x='' q:x=''/>", "duplicate attribute"),
            ("<a x='' x=''/>", "duplicate attribute"),
            ("<a xmlns:xml='urn:1'/>", "a namespace that is reserved"),
            ("<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "a namespace that is reserved"),
            ("<a xmlns:xmlns='urn:1'/>", "a namespace that is reserved"),
            ("<a xmlns='http://www.w3.org/2000/xmlns/'/>", "a namespace that is reserved"),
            ("<a xmlns='urn:1 b'/>", "a namespace with a blank in it"),
        ):
            self.assertEqual(self.refused(text), reason, text)
        self.assertEqual(
            self.seen("<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>"), [("start", "a")]
        )

    @given(
        st.lists(
            st.sampled_from(
                [
                    "<a>",
                    "<p:a>",
                    "<a xmlns='urn:1'>",
                    "<a xmlns=''>",
                    "<q:a xmlns:q='urn:2' q:x='1'>",
                    "</",
                ]
            ),
            max_size=12,
        )
    )
    def test_as_expat(self, tags: list[str]) -> None:
        """Whatever is nested, the names are those that expat itself would have found."""
        text, opened = "<r xmlns:p='urn:0'>", ["r"]
        for tag in tags:
            if tag != "</":
                opened.append(tag[1:].partition(" ")[0].rstrip(">"))
                text += tag
            elif len(opened) > 1:
                text += f"</{opened.pop()}>"
        text += "".join(f"</{name}>" for name in reversed(opened))
        theirs: list[str] = []
        parser = expat.ParserCreate("UTF-8", " ")
        parser.StartElementHandler = lambda name, _attributes: theirs.append(name)
        parser.Parse(text, True)
        self.assertEqual([event[1] for event in self.seen(text)], theirs)


class BoundTests(SynchronousTestCase):
    """Memory, counted: expat's is Python's too."""

    LIMIT = 8 << 20

    def peak(self, *pieces: str, final: bool = True) -> str:
        """Read; what it takes must be within the limit. Returns why it was refused."""
        reader = StreamReader(Recorder())
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        reason = ""
        try:
            for piece in pieces:
                reader.feed(piece.encode(), final=final)
        except XMLRefusedError as error:
            reason = error.reason
        self.assertLess(tracemalloc.get_traced_memory()[1], self.LIMIT)
        return reason

    def test_long_namespace(self) -> None:
        """A long namespace with many names in it: sixty kilobytes that would take hundreds of megabytes."""
        for uri in ("u" * 32_000, "u" * (MAX_NAMESPACE + 1)):
            many = " ".join(f"p:a{n}=''" for n in range(2_500))
            self.assertIn("longer than", self.peak(f"<a xmlns:p='{uri}' {many}/>"))
            many = "".join(f"<p:b{n}/>" for n in range(2_500))
            self.assertIn("longer than", self.peak(f"<a xmlns:p='{uri}'>{many}</a>"))
        self.assertEqual(self.peak(f"<a xmlns='{'u' * MAX_NAMESPACE}'/>"), "")

    def test_many_elements(self) -> None:
        """So many elements are read, and not one more; on a stream each child of the root has as many."""
        self.assertEqual(self.peak("<a>" + "<b/>" * (MAX_ELEMENTS - 1) + "</a>"), "")
        self.assertIn("more than", self.peak("<a>" + "<b/>" * MAX_ELEMENTS + "</a>"))
        stanza = "<s>" + "<b/>" * (MAX_ELEMENTS - 2) + "</s>"
        self.assertEqual(self.peak("<a>", stanza, stanza, final=False), "")
        one_more = stanza.replace("<s>", "<s><c/><d/>")
        self.assertIn("more than", self.peak("<a>", stanza, one_more, final=False))

    def test_many_elements_of_a_tree(self) -> None:
        """A document may have more of them, and not one more than that."""
        children = MAX_DOCUMENT_ELEMENTS - 1
        text = b"<a>" + b"<b/>" * children + b"</a>"
        self.assertEqual(len(parse(text, max_bytes=1 << 20)), children)
        one_more = text.replace(b"<a>", b"<a><b/>")
        self.assertRaises(XMLRefusedError, parse, one_more, max_bytes=1 << 20)

    def test_many_names(self) -> None:
        """A stream may live for ever, but not meet new names for ever: expat keeps them all."""
        pieces = (f"<x {'y' * 900}{n}='1'/>" for n in range(2_000))
        self.assertEqual(self.peak("<a>", *pieces, final=False), "too many different names")
        names = MAX_NAMES_BYTES // (64 + 4) - 10
        pieces = (f"<x{n:03x}/>" for n in range(0x1000))
        self.assertGreater(names, 0x1000)
        self.assertEqual(self.peak("<a>", *pieces, final=False), "")

    def test_nothing_is_kept(self) -> None:
        """Of a document that has been read nothing is left, whatever its names."""

        def read(first: int) -> int:
            for number in range(first, first + 500):
                name = f"{'x' * 900}{number}"
                for declared in ("", f"xmlns:{name}='urn:{name[:400]}'"):
                    parse(f"<{name} {name}='1' xml:lang='' {declared}/>".encode(), max_bytes=9_999)
            gc.collect()
            return tracemalloc.get_traced_memory()[0]

        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        before = read(0)
        self.assertLess(read(500) - before, 100_000)

    def test_long_name(self) -> None:
        """The longest name is read, a longer one is not."""
        self.assertEqual(self.peak(f"<{'a' * MAX_NAME}/>"), "")
        self.assertIn("longer than", self.peak(f"<{'a' * (MAX_NAME + 1)}/>"))

    def test_many_prefixes(self) -> None:
        """So many prefixes at one place, two of which are always there."""
        some = " ".join(f"xmlns:p{n}='urn:{n}'" for n in range(MAX_PREFIXES - 2))
        self.assertEqual(self.peak(f"<a {some}/>"), "")
        self.assertIn("more than", self.peak(f"<a {some} xmlns:q='urn:q'/>"))

    def test_huge_attribute(self) -> None:
        """A huge attribute takes a few times its size."""
        self.assertEqual(self.peak(f"<a x='{'y' * 500_000}'/>"), "")
