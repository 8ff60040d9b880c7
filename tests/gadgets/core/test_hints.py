"""What is said of a gadget's text."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.hints import hints

FINESSE = "<script src='/desktop/assets/js/finesse.js'></script>"


class HintsTests(SynchronousTestCase):
    """Hints, by words of them."""

    def said(self, text: str) -> list[str]:
        """What is said of it."""
        return list(hints(text))

    def test_types(self) -> None:
        """A script that no browser runs, though it was meant to be run, is told; what others read is their own affair."""
        for kind in ("test/javascript", "javascript", "text/js", "JS"):
            (told,) = self.said(f"<script type='{kind}' src='lib/finn.js'></script>")
            self.assertIn(f'"lib/finn.js": browsers run nothing of the type "{kind.lower()}"', told)
        (told,) = self.said("<script type=test/javascript>x</script>")
        self.assertIn("its text", told)
        for kind in (
            "", "text/javascript", "TEXT/JavaScript; charset=utf-8", "application/x-javascript", "text/javascript1.5",
            "module", "importmap", "text/template", "text/x-handlebars", "application/json", "text/babel",
        ):  # fmt: skip
            self.assertEqual(self.said(f"<script type='{kind}'>x</script>"), [], kind)

    def test_plain(self) -> None:
        """What browsers block on a page by HTTPS is told, once; pictures, links to follow and the agent's own machine are not."""
        for tag in (
            "<iframe src=URL>",
            "<script src=URL></script>",
            "<link href=' URL '>",
            "<object data=URL>",
        ):
            plain = tag.replace("URL", "HTTP://www.example.com/a")
            (told,) = self.said(plain * 2)
            self.assertIn("plain HTTP", told)
            for url in (
                "https://x.example",
                "//x.example",
                "http://localhost:8081/",
                "http://127.0.0.1",
                "a.html",
            ):
                self.assertEqual(self.said(tag.replace("URL", url)), [], url)
            self.assertTrue(self.said(tag.replace("URL", "http://localhost.example.com")))
        self.assertEqual(self.said("<img src=http://x.example/a.png><a href=http://x.example>"), [])

    def test_finesse(self) -> None:
        """Scripts that use finesse have it from somewhere."""
        uses = "<script>finesse.modules.Gadget.init();</script>"
        (told,) = self.said(f"<!-- {FINESSE} -->{uses}")
        self.assertIn("/desktop/assets/js/finesse.js", told)
        for loads in (
            FINESSE,
            "<script src=finesse-10.5.1.js></script>",
            "<script>jQuery.ajax({url: '/desktop/assets/js/finesse.js'})</script>",
        ):
            self.assertEqual((self.said(loads + uses), self.said(uses + loads)), ([], []), loads)
        self.assertEqual(self.said("<p>finesse.modules</p><script>gadgets.Hub</script>"), [])

    @given(st.text(alphabet="<>/=' \"!-scriptype:hf.jn", max_size=80))
    def test_anything(self, text: str) -> None:
        """Whatever a gadget has in it, it is looked through."""
        self.said(text)
