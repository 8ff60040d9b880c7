"""`finesse_tx.desktop.libraries`: what gadgets load."""

from importlib.resources import files

from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource
from twisted.web.server import Site

from finesse_tx.desktop.libraries import PARTS, desktop_assets, finesse_js


class LibraryTests(SynchronousTestCase):
    """The library, and where it is."""

    def ask(self, path: str, header: str = "") -> bytes:
        """What a browser gets."""
        root, desktop = Resource(), Resource()
        root.putChild(b"desktop", desktop)
        desktop.putChild(b"assets", desktop_assets())
        channel, transport = Site(root).buildProtocol(None), StringTransport()
        assert channel is not None
        channel.makeConnection(transport)
        channel.dataReceived(f"GET {path} HTTP/1.0\r\n{header}\r\n".encode())
        sent: bytes = transport.value()
        return sent

    def test_whole(self) -> None:
        """Every file is a part, once; together they are what is served."""
        folder = files("finesse_tx.desktop").joinpath("finesse_js")
        self.assertEqual(
            sorted(f"{part}.js" for part in PARTS), sorted(x.name for x in folder.iterdir())
        )
        self.assertEqual(len(finesse_js().split(b'"use strict";')), len(PARTS) + 1)

    def test_addresses(self) -> None:
        """Both names are the same script, which is revalidated."""
        for name in ("finesse.js", "finesse.min.js"):
            head, _, body = self.ask(f"/desktop/assets/js/{name}").partition(b"\r\n\r\n")
            self.assertEqual(body, finesse_js())
            self.assertIn(b"text/javascript; charset=utf-8", head)
            self.assertIn(b"no-cache", head)
            (tag,) = [
                x.split(b": ")[1] for x in head.split(b"\r\n") if x.lower().startswith(b"etag")
            ]
            again = self.ask(f"/desktop/assets/js/{name}", f"If-None-Match: {tag.decode()}\r\n")
            self.assertTrue(again.startswith(b"HTTP/1.0 304 "), again)

    def test_page(self) -> None:
        """The page that says what there is, and what it loads, are beside the script."""
        for name, kind in (
            ("api.html", b"text/html"),
            ("api.js", b"text/javascript"),
            ("api.json", b"application/json"),
        ):
            head = self.ask(f"/desktop/assets/js/{name}").partition(b"\r\n\r\n")[0]
            self.assertTrue(head.startswith(b"HTTP/1.0 200 "), head)
            self.assertIn(kind, head)

    def test_nothing_else(self) -> None:
        """What is not ours is not there."""
        for path in ("js/jquery.min.js", "js", "", "js/../js/finesse.js"):
            self.assertTrue(self.ask(f"/desktop/assets/{path}").startswith(b"HTTP/1.0 404 "), path)
