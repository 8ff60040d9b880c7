"""`finesse_tx.xmltext`: what it reads, and above all what it refuses."""

from collections.abc import Mapping
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.xmltext import StreamReader, XMLRefusedError, escape, parse

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
