"""`finesse_tx.desktop.libraries`: what gadgets load."""

from importlib.resources import files
from pathlib import Path

from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource
from twisted.web.server import Site

from finesse_tx.desktop.libraries import PARTS, desktop_libraries, finesse_js
from tests.support.libraries import have_libraries
from tests.support.twistd import ROOT

VENDOR = ROOT / "finesse_tx" / "desktop" / "vendor"


class Case(SynchronousTestCase):
    """A site with the libraries."""

    vendor: Path | None = None

    def ask(self, path: str, header: str = "") -> bytes:
        """What a browser gets."""
        root, desktop = Resource(), Resource()
        root.putChild(b"desktop", desktop)
        for name, resource in desktop_libraries(self.vendor).items():
            desktop.putChild(name, resource)
        channel, transport = Site(root).buildProtocol(None), StringTransport()
        assert channel is not None
        channel.makeConnection(transport)
        channel.dataReceived(f"GET {path} HTTP/1.0\r\n{header}\r\n".encode())
        sent: bytes = transport.value()
        return sent

    def body(self, path: str) -> bytes:
        """What is there."""
        head, _, body = self.ask(path).partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.0 200 "), head)
        return body


class LibraryTests(Case):
    """The library of ours, and where it is."""

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

    def test_pictures(self) -> None:
        """The pictures that gadgets have for their notifications are where those look for them."""
        for name in ("incoming_call", "incoming_chat", "incoming_team_message"):
            found = self.body(f"/desktop/theme/finesse/images/modules/{name}.png")
            self.assertTrue(found.startswith(b"\x89PNG\r\n"), name)

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

    def test_message_display(self) -> None:
        """A part that some gadgets load for itself is at its own address, too."""
        script = self.body("/desktop/js/utilities/MessageDisplay.js")
        self.assertIn(b"showBannerError", script)
        self.assertIn(script, finesse_js())

    def test_nothing_else(self) -> None:
        """What is not there is 404, whatever the path is."""
        for path in (
            "assets/js",
            "assets/",
            "assets/js/../js/finesse.js",
            "js/utilities/",
            "scripts/js/other.js",
            "thirdparty/bootstrap/3.2.0/css/../css/bootstrap.css",
            "thirdparty/bootstrap/3.2.0/",
            "thirdparty/SHA256SUMS",
            "thirdparty/jquery/jquery.min.js",
        ):
            self.assertTrue(self.ask(f"/desktop/{path}").startswith(b"HTTP/1.0 404 "), path)


class ThirdPartyTests(Case):
    """The libraries that are not ours: ``tests/test_browser_libraries.py`` compares the files with the lock file's digests."""

    def setUp(self) -> None:
        """Have them."""
        have_libraries()

    def test_served(self) -> None:
        """Every file of the folder but its list is served, as it is, at the address that gadgets link."""
        for path in sorted(path for path in VENDOR.rglob("*") if path.is_file()):
            name = path.relative_to(VENDOR).as_posix()
            if name == "SHA256SUMS":
                continue
            if name.startswith("bootstrap/"):
                addresses = [f"thirdparty/{name}"]
            elif name == "licences.txt":
                addresses = [name]
            else:
                addresses = ["assets/js/jquery.min.js", "scripts/js/ccbu-third-party.min.js"]
            for address in addresses:
                self.assertEqual(self.body(f"/desktop/{address}"), path.read_bytes(), address)

    def test_linked(self) -> None:
        """What gadgets in the field link is there, of its type; what has a version in its address is kept for ever."""
        for path, kind, caching in (
            ("assets/js/jquery.min.js", b"text/javascript", b"no-cache"),
            ("thirdparty/bootstrap/3.2.0/css/bootstrap.css", b"text/css", b"immutable"),
            ("thirdparty/bootstrap/3.2.0/css/bootstrap.min.css", b"text/css", b"immutable"),
            ("thirdparty/bootstrap/3.2.0/js/bootstrap.min.js", b"text/javascript", b"immutable"),
            (
                "thirdparty/bootstrap/3.2.0/fonts/glyphicons-halflings-regular.woff",
                b"font/woff",
                b"immutable",
            ),
            ("thirdparty/bootstrap/5.3.1/css/bootstrap.css", b"text/css", b"immutable"),
            (
                "thirdparty/bootstrap/5.3.1/js/bootstrap.bundle.min.js",
                b"text/javascript",
                b"immutable",
            ),
            ("licences.txt", b"text/plain", b"no-cache"),
        ):
            head = self.ask(f"/desktop/{path}").partition(b"\r\n\r\n")[0].lower()
            self.assertTrue(head.startswith(b"http/1.0 200 "), path)
            self.assertIn(b"content-type: " + kind, head)
            self.assertRegex(head, b"cache-control: [^\r]*" + caching)

    def test_licences(self) -> None:
        """The licence of each is shown."""
        shown = self.body("/desktop/licences.txt").decode()
        for name in ("jquery 3.7.1 (MIT)", "bootstrap 3.2.0 (MIT)", "bootstrap 5.3.1 (MIT)"):
            self.assertIn(name, shown)

    def test_not_built(self) -> None:
        """Where they never came into the package, the answer says what to do; our own are there."""
        self.vendor = Path(self.mktemp())
        answered = self.ask("/desktop/assets/js/jquery.min.js")
        self.assertTrue(answered.startswith(b"HTTP/1.0 404 "), answered)
        self.assertIn(b"python setup.py browser_libraries", answered)
        self.assertNotIn(b"setup.py", self.ask("/desktop/thirdparty/other.js"))
        self.body("/desktop/assets/js/finesse.js")
