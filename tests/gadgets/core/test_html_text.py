"""`finesse_tx.gadgets.core.html_text` and `finesse_tx.gadgets.core.rewriting`: a text is cut where a browser cuts it."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.html_text import PieceKind, pieces
from finesse_tx.gadgets.core.rewriting import rewritten

TEXTS = st.lists(
    st.sampled_from(
        ["<", ">", "/", "!", "--", "a", "script", "=", '"', "'", " ", "\n", "DOCTYPE", "?", "é", "</",
         "<script>", "</script>", "<!--", "-->", "<p class='x'>"]
    ),
    max_size=40,
).map("".join)  # fmt: skip

BASE = "https://crm.example.com/gadgets/a/gadget.xml"


def cut(text: str) -> list[tuple[str, str]]:
    """What kind of piece, and what stands in it."""
    return [(piece.kind.name, text[piece.start : piece.end]) for piece in pieces(text)]


def whole(text: str, base: str = BASE) -> str:
    """A text with its references resolved."""
    return "".join(rewritten(text, piece, base) for piece in pieces(text))


class PieceTests(SynchronousTestCase):
    """Cutting."""

    def test_cut(self) -> None:
        """Tags, comments, raw text and document types are where HTML says they are."""
        for text, expected in (
            ("a<b>c</b>", [("TEXT", "a"), ("START", "<b>"), ("TEXT", "c"), ("END", "</b>")]),
            ("1 < 2 </>", [("TEXT", "1 < 2 </>")]),
            ("<!doctype html> x", [("DOCTYPE", "<!doctype html>"), ("TEXT", " x")]),
            ("<!-- <b> -->x", [("COMMENT", "<!-- <b> -->"), ("TEXT", "x")]),
            ("<!-->x<!--->y", [("COMMENT", "<!-->"), ("TEXT", "x"), ("COMMENT", "<!--->"), ("TEXT", "y")]),
            ("<!--a--!>b", [("COMMENT", "<!--a--!>"), ("TEXT", "b")]),
            ("<?php ?>x</ b>", [("COMMENT", "<?php ?>"), ("TEXT", "x"), ("COMMENT", "</ b>")]),
            ("<script>a<b></SCRIPT >c", [("START", "<script>"), ("RAW", "a<b>"), ("END", "</SCRIPT >"), ("TEXT", "c")]),
            ("<script></scripts></script>", [("START", "<script>"), ("RAW", "</scripts>"), ("END", "</script>")]),
            ("<a title='>'>x", [("START", "<a title='>'>"), ("TEXT", "x")]),
            ("<a b\"c>x", [("START", '<a b"c>'), ("TEXT", "x")]),
        ):  # fmt: skip
            self.assertEqual(cut(text), expected, text)

    def test_unfinished(self) -> None:
        """What the text leaves open is told; a tag that never ends is nobody's."""
        for text, missing in (
            ("<script>a", "</script>"),
            ("<title>", "</title>"),
            ("<!-- a", "-->"),
            ("<!doctype", ">"),
            ("<p>a", ""),
        ):
            self.assertEqual([*pieces(text)][-1].missing, missing, text)
        for text in ("<a", "<a b", "<a b=", "<a b='>", '<a b="c', "<a b=c", "</a"):
            self.assertEqual(cut(f"x{text}"), [("TEXT", "x")], text)

    def test_attributes(self) -> None:
        """Names in lower case, values as written, of one name the first."""
        text = "<IMG SRC=a alt='b c' src=x checked data-x = \"y\"/>"
        (piece,) = pieces(text)
        self.assertEqual(piece.kind, PieceKind.START)
        self.assertEqual(
            [(one.name, one.value, text[one.start : one.end]) for one in piece.attributes],
            [("src", "a", "a"), ("alt", "b c", "'b c'"), ("data-x", "y", '"y"')],
        )

    @settings(deadline=None)
    @given(TEXTS)
    def test_nothing_lost(self, text: str) -> None:
        """The pieces are the text, but for a tag that never ends; without references nothing changes."""
        found = [*pieces(text)]
        end = 0
        for piece in found:
            self.assertEqual(piece.start, end)
            end = piece.end
        self.assertTrue(end == len(text) or text[end] == "<")
        self.assertEqual(whole(text), text[:end])

    def test_long(self) -> None:
        """A long text that would be slow to read if anything in it were looked for again and again is read."""
        for part in (
            "<a ",
            "<a b='",
            "<!--",
            "<script>",
            "<a b=c ",
            "url(",
            "</",
            "<style>url(",
            "<img srcset='",
        ):
            self.assertEqual(whole("x" + part * (1_048_576 // len(part)))[0], "x")


class RewritingTests(SynchronousTestCase):
    """References."""

    def test_references(self) -> None:
        """What is relative to the specification becomes absolute; everything else stays as it was."""
        for text, expected in (
            ("<script src='a.js'>", '<script src="https://crm.example.com/gadgets/a/a.js">'),
            ("<img SRC=../b.png>", '<img SRC="https://crm.example.com/gadgets/b.png">'),
            ('<link href="/desktop/x.css">', '<link href="https://crm.example.com/desktop/x.css">'),
            ('<img src="?a=1&amp;b=&quot;">', '<img src="https://crm.example.com/gadgets/a/gadget.xml?a=1&amp;b=&quot;">'),
            ('<img srcset="a.png 1x,b,c.png, /d.png 2x ">',
             '<img srcset="https://crm.example.com/gadgets/a/a.png 1x,https://crm.example.com/gadgets/a/b,c.png, https://crm.example.com/d.png 2x ">'),
            ("<source srcset=a.png>", '<source srcset="https://crm.example.com/gadgets/a/a.png">'),
            ("<link rel=preload as=image imagesrcset='a.png 2x'>",
             '<link rel=preload as=image imagesrcset="https://crm.example.com/gadgets/a/a.png 2x">'),
            ("<svg><image xlink:href=a.png /><use href='i.svg#a'/></svg>",
             '<svg><image xlink:href="https://crm.example.com/gadgets/a/a.png" /><use href="https://crm.example.com/gadgets/a/i.svg#a"/></svg>'),
            ("<svg><feImage HREF=a.png></feImage></svg>",
             '<svg><feImage HREF="https://crm.example.com/gadgets/a/a.png"></feImage></svg>'),
            ("<video poster=a.png><th background=a.png>",
             '<video poster="https://crm.example.com/gadgets/a/a.png"><th background="https://crm.example.com/gadgets/a/a.png">'),
            ("<base href='app/' target=_top>", '<base href="https://crm.example.com/gadgets/a/app/" target=_top>'),
            ("<p style='background:url(a.png)'>", '<p style="background:url(https://crm.example.com/gadgets/a/a.png)">'),
            ("<style>@import 'b.css'; p { background: URL( \"c.png\" ) }</style>",
             "<style>@import 'https://crm.example.com/gadgets/a/b.css'; p { background: URL( \"https://crm.example.com/gadgets/a/c.png\" ) }</style>"),
        ):  # fmt: skip
            self.assertEqual(whole(text), expected)
        for text in (
            '<a href="x.html">',
            '<svg><use href="#a"/></svg>',
            '<a href="#">',
            '<img src="">',
            "<img src='#a'>",
            '<script src="//cdn.example.com/a.js">',
            "<img src=data:image/png;base64,AA==>",
            "<img src='javascript:x'>",
            '<script>"<img src=a.png>"</script>',
            "<!--[if IE]><script src=a.js></script><![endif]-->",
            "<p style='background:url(#a)'>",
            '<img srcset="data:image/png;base64,AA== 1x, //cdn.example.com/a.png 480w">',
            '<img srcset=" , ,, ">',
            '<p srcset="a.png">',
            '<script src="https://[/a.js">',
        ):
            self.assertEqual(whole(text), text)

    def test_own(self) -> None:
        """Of our own gadgets references stay ours, by whatever name we are reached."""
        text = '<script src="a.js"></script><img src="/desktop/b.png">'
        self.assertEqual(
            whole(text, "/3rdpartygadget/files/A/a.xml"),
            '<script src="/3rdpartygadget/files/A/a.js"></script><img src="/desktop/b.png">',
        )
