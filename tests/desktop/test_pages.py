"""`finesse_tx.desktop.pages`: where the desktop's page is, and what it may do."""

import re
from typing import Any

from treq.testing import StubTreq
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource

from finesse_tx.desktop.pages import desktop_page, policy
from finesse_tx.static import StaticResource, page_tree


class PageTests(SynchronousTestCase):
    """The page."""

    def setUp(self) -> None:
        """Serve it."""
        self.around: tuple[str, ...] = ("https://crm.example",)
        tree = page_tree()
        root, page = (
            Resource(),
            desktop_page(
                tree,
                Resource(),
                ["fin2.example"],
                lambda: self.around,
            ),
        )
        root.putChild(b"", page)
        root.putChild(b"desktop", page)
        root.putChild(b"assets", StaticResource(tree))
        self.http: Any = StubTreq(root)

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, policy and body."""
        response = self.successResultOf(self.http.get(f"http://x{path}"))
        [found] = response.headers.getRawHeaders("content-security-policy", [""])
        return response.code, found, self.successResultOf(response.text())

    def test_addresses(self) -> None:
        """It is the same at each of its addresses, and nothing is below it that nobody put there."""
        pages = {
            self.get(path)
            for path in ("/", "/desktop", "/desktop/", "/desktop/container", "/desktop/container/")
        }
        [(status, _policy, body)] = pages
        self.assertEqual(status, 200)
        self.assertIn("<!doctype html>", body)
        for path in ("/desktop/nothing", "/desktop/container/nothing"):
            self.assertEqual(self.get(path)[0], 404)

    def test_files(self) -> None:
        """Whatever it names is there, for ever; it has neither script nor style of its own."""
        body = self.get("/")[2]
        named = re.findall(r'(?:href|src)="([^"]+)"', body)
        self.assertGreater(len(named), 3)
        for module in ("core/desk.js", "text/english/sign.js"):
            preloaded = rf'<link rel="modulepreload" href="/assets/\w+/desktop/page/{module}">'
            self.assertRegex(body, preloaded)
        for path in named:
            response = self.successResultOf(self.http.get(f"http://x{path}"))
            self.assertEqual(response.code, 200, path)
            [caching] = response.headers.getRawHeaders("cache-control")
            self.assertIn("immutable", caching)
        self.assertNotRegex(body, r"<style|style=|\son\w+=|<script[^>]*>[^<]")

    def test_policy(self) -> None:
        """Scripts and styles are our own, frames anybody's over TLS; it asks our server and the other node, and is framed by whom we trust."""
        rules = dict(rule.strip().split(" ", 1) for rule in self.get("/")[1].split(";"))
        for name in ("script-src", "style-src", "media-src", "font-src"):
            self.assertEqual(rules[name], "'self'")
        self.assertEqual(rules["frame-src"], "'self' https:")
        self.assertEqual(rules["default-src"], "'none'")
        self.assertEqual(rules["connect-src"], "'self' https://fin2.example:*")
        self.assertEqual(rules["frame-ancestors"], "'self' https://crm.example")
        self.around = ()  # an administrator has taken it away
        self.assertTrue(self.get("/")[1].endswith("frame-ancestors 'self'"))
        alone = policy().decode()
        self.assertIn("connect-src 'self';", alone)
        self.assertIn("frame-src 'self' https:;", alone)
        self.assertTrue(alone.endswith("frame-ancestors 'self'"))
