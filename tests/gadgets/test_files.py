"""`finesse_tx.gadgets.files`: the operator's folder, and nothing beside it."""

import os
from functools import partial
from pathlib import Path
from time import time_ns

from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource

from finesse_tx.gadgets import files
from finesse_tx.gadgets.core.errors import SourceError
from finesse_tx.gadgets.core.places import Places
from finesse_tx.gadgets.files import SETTLED_NS, Folder, FolderResource
from finesse_tx.gadgets.surroundings import Surroundings
from finesse_tx.site import BoundedSite


class FolderTests(SynchronousTestCase):
    """Reading."""

    def setUp(self) -> None:
        """A folder with a gadget in it."""
        self.above = Path(self.mktemp())
        self.path = self.above / "files"
        (self.path / "A").mkdir(parents=True)
        (self.path / "A" / "a b.js").write_text("x" * 2_000)
        (self.above / "secret.txt").write_text("secret")
        self.later_ns = 10 * SETTLED_NS
        self.folder = Folder(self.path, lambda: time_ns() + self.later_ns)

    def test_limit(self) -> None:
        """As large as the limit and no larger."""
        self.assertEqual(len(self.folder.read("A/a b.js", 2_000)), 2_000)
        error = self.assertRaises(SourceError, self.folder.read, "A/a b.js", 1_999)
        self.assertEqual(error.status, 502)

    def test_not_there(self) -> None:
        """What is outside, hidden, a folder, a pipe or nothing is not there."""
        (self.path / ".hidden").write_text("x")
        os.mkfifo(self.path / "pipe")
        for path in (
            "",
            "A",
            "A/",
            "a.js",
            "../secret.txt",
            "A/../../secret.txt",
            "/etc/passwd",
            "./A/a b.js",
            ".hidden",
            "pipe",
            "a\0b",
            "x" * 5_000,
        ):
            error = self.assertRaises(SourceError, self.folder.file, path)
            self.assertEqual(error.status, 404, path)

    def test_changed(self) -> None:
        """A file that was changed is served as it is now; one that was not is compressed once."""
        first = self.folder.file("A/a b.js")
        self.assertIs(self.folder.file("A/a b.js"), first)
        (self.path / "A" / "a b.js").write_text("changed")
        self.assertEqual(self.folder.file("A/a b.js").body, b"changed")

    def test_settling(self) -> None:
        """A file that was changed lately is read again, though it looks as before: clocks of file systems tick slowly."""
        place = self.path / "A" / "a b.js"
        before = place.stat()
        for later_ns, shown in ((-1, b"y"), (0, b"x")):
            place.write_bytes(b"x" * 2_000)
            os.utime(place, ns=(before.st_mtime_ns, before.st_mtime_ns))
            now_ns = before.st_mtime_ns + SETTLED_NS + later_ns
            folder = Folder(self.path, partial(int, now_ns))
            folder.read("A/a b.js", 2_000)
            place.write_bytes(b"y" * 2_000)
            os.utime(place, ns=(before.st_mtime_ns, before.st_mtime_ns))
            self.assertEqual(folder.read("A/a b.js", 2_000)[:1], shown)

    def test_bound(self) -> None:
        """No more is kept than the bound."""
        self.patch(files, "MAX_KEPT_BYTES", 10)
        for name in ("a", "b", "c"):
            (self.path / name).write_text("12345")
        one, two = self.folder.file("a"), self.folder.file("b")
        self.assertIs(self.folder.file("a"), one)
        self.folder.file("c")
        self.assertIs(self.folder.file("a"), one)
        self.assertIsNot(self.folder.file("b"), two)

    def ask(self, path: str, header: str = "") -> str:
        """Ask for a file."""
        third, root = Resource(), Resource()
        third.putChild(
            b"files",
            FolderResource(
                self.folder,
                Surroundings(lambda: ("https://crm.example.com",)),
                Places(["/3rdpartygadget/files/Apart/"]),
            ),
        )
        root.putChild(b"3rdpartygadget", third)
        channel = BoundedSite(root, 1_000, 60.0, clock := Clock()).buildProtocol(None)
        assert channel is not None
        transport = StringTransport()
        channel.makeConnection(transport)
        line = f"GET /3rdpartygadget/files/{path} HTTP/1.1\r\nHost: x\r\n{header}\r\n"
        channel.dataReceived(line.encode())
        clock.advance(0)
        return str(transport.value(), "latin-1")

    def test_served(self) -> None:
        """With its type, revalidated, compressed for who takes that, and for whose frame it is."""
        (self.path / "x.unknown").write_text("x")
        found = self.ask("A/a%20b.js")
        self.assertIn("HTTP/1.1 200 OK", found)
        lines = {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in found.split("\r\n")}  # fmt: skip
        self.assertEqual(lines["content-type"], "text/javascript; charset=utf-8")
        self.assertEqual(lines["cache-control"], "no-cache")
        self.assertEqual(
            lines["content-security-policy"], "frame-ancestors 'self' https://crm.example.com"
        )
        again = self.ask("A/a%20b.js", f"If-None-Match: {lines['etag']}\r\n")
        self.assertIn("304", again.split("\r\n")[0])
        self.assertIn("gzip", self.ask("A/a%20b.js", "Accept-Encoding: gzip\r\n"))
        self.assertIn("application/octet-stream", self.ask("x.unknown"))
        for path in ("..%2f..%2fsecret.txt", "%2e%2e/secret.txt", "A", ""):
            self.assertIn(" 404 ", self.ask(path).split("\r\n")[0], path)

    def test_isolated(self) -> None:
        """What isolated gadgets load is given to nobody here, however it is asked for."""
        (self.path / "Apart").mkdir()
        (self.path / "Apart" / "a.html").write_text("secret")
        for path in (
            "Apart/a.html",
            "Apart%2Fa.html",
            "apart/a.html",
            "%41part/a.html",
            "Apart/none",
        ):
            found = self.ask(path)
            self.assertIn("HTTP/1.1 403 ", found)
            self.assertNotIn("secret", found)
