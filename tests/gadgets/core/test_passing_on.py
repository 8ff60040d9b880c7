"""`finesse_tx.gadgets.core.passing_on`."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.passing_on import (
    MAX_PARTS,
    Part,
    attached,
    css_with_absolute,
    joined,
    mime,
    parts_of,
    passed_on,
)
from finesse_tx.gadgets.core.proxied import AskedError

BASE = "http://a.example/css/a.css?b"


class PassingOnTests(SynchronousTestCase):
    """Each rule."""

    def test_headers(self) -> None:
        """What would act on our origin, or is ours to say, stays here."""
        dropped = (
            "set-cookie", "cache-control", "expires", "pragma", "etag", "last-modified", "www-authenticate", "location",
            "content-length", "transfer-encoding", "content-encoding", "accept-ranges", "vary", "clear-site-data",
            "refresh", "link", "access-control-allow-origin", "service-worker-allowed", "strict-transport-security",
        )  # fmt: skip
        pairs = (*((name, "x") for name in dropped), ("x-a", "1"), ("content-language", "fr"))
        self.assertEqual(passed_on(pairs), (("x-a", "1"), ("content-language", "fr")))

    def test_attached(self) -> None:
        """Always an attachment; with the server's own name, where it gives one."""
        ours = "attachment;filename=p.txt"
        for given_, told in (
            ("", ours),
            ("inline; filename=a.html", ours),
            ("attachment", ours),
            ("attachment; filename=a b.pdf", "attachment; filename=a b.pdf"),
            ('attachment; filename="a.pdf"', 'attachment; filename="a.pdf"'),
            ("attachment; filename=a.html; x=inline", ours),
        ):
            self.assertEqual(attached((("content-disposition", given_),)), told, given_)

    def test_mime(self) -> None:
        """The wanted type is told if it matches, or if the server does not know."""
        for upstream, wanted, told in (
            ("", "", "application/octet-stream"),
            ("image/png", "", "image/png"),
            ("text/html; charset=x", "", "text/html; charset=x"),
            ("nonsense", "", "application/octet-stream"),
            ("", "text/css", "text/css"),
            ("application/octet-stream", "text/css", "text/css"),
            ("text/css; charset=x", "text/css", "text/css"),
            ("text/html", "text/css", "text/html"),
            ("image/png", "image/*", "image/png"),
            ("", "image/*", "application/octet-stream"),
            ("text/css", "no type\r\nX: y", "text/css"),
        ):
            self.assertEqual(mime(upstream, wanted), told, (upstream, wanted))

    def test_css(self) -> None:
        """References are made absolute against the style sheet; others, and broken ones, stay as they are."""
        for text, told in (
            ("a{b:url(c.png)}", "a{b:url(http://a.example/css/c.png)}"),
            ("url( '../c.png' )", "url( 'http://a.example/c.png' )"),
            ('URL("/c.png")', 'URL("http://a.example/c.png")'),
            ("@import 'x.css';", "@import 'http://a.example/css/x.css';"),
            ('@import url("x.css");', '@import url("http://a.example/css/x.css");'),
            ("url(http://b.example/c)", "url(http://b.example/c)"),
            ("url(data:image/png;base64,aa)", "url(data:image/png;base64,aa)"),
            ("url(#a)", "url(#a)"),
            ("url(http://[x)", "url(http://[x)"),
            ("url('a)", "url('a)"),
        ):
            self.assertEqual(css_with_absolute(text, BASE), told, text)

    @given(text=st.text(alphabet="url('\")@import /.:[]x\n", max_size=60))
    @settings(deadline=None)
    def test_any_css(self, text: str) -> None:
        """Whatever is in it, it stays text, and once made absolute it stays as it is."""
        once = css_with_absolute(text, BASE)
        self.assertEqual(css_with_absolute(once, BASE), once)

    def test_parts(self) -> None:
        """One to 64 resources of a type, and a plain name; all else is refused."""
        most = {str(number): "u" for number in range(1, MAX_PARTS + 1)}
        self.assertEqual(parts_of({"type": "js", "1": "a", "2": "b", "4": "d"}), ("a", "b"))
        self.assertEqual(len(parts_of({"type": "css", **most})), MAX_PARTS)
        for wrong in (
            {"1": "a"},
            {"type": "html", "1": "a"},
            {"type": "js"},
            {"type": "js", **most, str(MAX_PARTS + 1): "u"},
            {"type": "js", "1": "a", "json": "a.b"},
            {"type": "js", "1": "a", "json": "alert(1)//"},
            {"type": "css", "1": "a", "json": "a"},
        ):
            self.assertRaises(AskedError, parts_of, wrong)

    def test_joined(self) -> None:
        """Each part says whose it is, or why it is not there, and none ends its comment early."""
        parts = (Part("http://a/*/x", "a();", is_there=True), Part("b", "404\n", is_there=False))
        self.assertEqual(
            joined(parts),
            "/* ---- Start http://a/*%2Fx ---- */\na();\n/* ---- End http://a/*%2Fx ---- */\n"
            "/* ---- Error: b: 404 ---- */\n",
        )
        self.assertEqual(
            joined(parts, "all"),
            '/* ---- Error: b: 404 ---- */\nall={"http://a/*/x":"a();"};\n',
        )
