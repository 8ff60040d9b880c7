"""`finesse_tx.static`: files for browsers, what they are told to keep, and pages that name them."""

import gzip
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource

from finesse_tx.site import BoundedSite
from finesse_tx.static import (
    PageResource,
    StaticFile,
    StaticResource,
    StaticTree,
    imported,
    page_tree,
)

SCRIPT = b"export const answer = 42;\n" * 100

FILES = {
    "main.js": b"import './core/store.js';\n",
    "core/store.js": SCRIPT,
    "core/notes.md": b"for who writes it",
    "sounds/ring.ogg": b"OggS" * 1_000,
    "index.html": b"<!DOCTYPE html><script type='module' src='{{assets}}/main.js'></script>",
}


class Case(SynchronousTestCase):
    """A tree of files, at ``/assets``, and a page at ``/``."""

    def setUp(self) -> None:
        """Write them."""
        self.folder = Path(self.mktemp())
        for name, body in FILES.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        self.tree = StaticTree({"": self.folder})
        self.root = Resource()
        self.root.putChild(b"assets", StaticResource(self.tree))
        page: StaticFile = self.tree[b"index.html"]
        prefix = f"/assets/{self.tree.digest}"
        self.root.putChild(b"", PageResource(page, prefix, b"default-src 'none'"))

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
        """Ask for something."""
        clock = Clock()
        channel = BoundedSite(self.root, 1_000, 60.0, clock).buildProtocol(None)
        assert channel is not None
        transport = StringTransport()
        channel.makeConnection(transport)
        lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()]
        asked = f"{method} {path} HTTP/1.1\r\nHost: x\r\n{''.join(lines)}\r\n"
        channel.dataReceived(asked.encode())
        clock.advance(0)
        head, _, body = transport.value().partition(b"\r\n\r\n")
        status, _, rest = head.partition(b"\r\n")
        return int(status.split()[1]), BytesParser().parsebytes(rest), body


class FileTests(Case):
    """The files."""

    def test_kept(self) -> None:
        """What is named below the digest may be kept for ever."""
        status, headers, body = self.ask(f"/assets/{self.tree.digest}/core/store.js")
        self.assertEqual((status, body), (200, SCRIPT))
        self.assertEqual(headers["Content-Type"], "text/javascript; charset=utf-8")
        self.assertEqual(headers["Cache-Control"], "public, max-age=31536000, immutable")
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")

    def test_revalidated(self) -> None:
        """Without the digest the same file is asked for each time, and not sent to who has it."""
        status, headers, body = self.ask("/assets/main.js")
        self.assertEqual((status, body), (200, FILES["main.js"]))
        self.assertEqual(headers["Cache-Control"], "no-cache")
        tag = headers["ETag"]
        for known in (tag, f'"other", W/{tag}'):
            status, headers, body = self.ask("/assets/main.js", If_None_Match=known)
            self.assertEqual((status, body, headers["ETag"]), (304, b"", tag), known)
        self.assertEqual(self.ask("/assets/main.js", If_None_Match='"other"')[0], 200)

    def test_gzip(self) -> None:
        """Text is compressed for who takes that; a sound, a short file and a refusal of gzip are left alone."""
        _, headers, body = self.ask("/assets/core/store.js", Accept_Encoding="br, gzip")
        self.assertEqual((headers["Content-Encoding"], gzip.decompress(body)), ("gzip", SCRIPT))
        self.assertEqual(headers["Content-Length"], str(len(body)))
        for path, accepted in (
            ("/assets/core/store.js", "gzip;q=0"),
            ("/assets/sounds/ring.ogg", "gzip"),
            ("/assets/main.js", "gzip"),
        ):
            _, headers, body = self.ask(path, Accept_Encoding=accepted)
            self.assertNotIn("Content-Encoding", headers, path)
            self.assertEqual((headers["Vary"], body), ("Accept-Encoding", FILES[path[8:]]))

    def test_head(self) -> None:
        """HEAD says what GET would, and sends nothing."""
        status, headers, body = self.ask("/assets/core/store.js", "HEAD")
        self.assertEqual((status, headers["Content-Length"], body), (200, str(len(SCRIPT)), b""))

    def test_not_there(self) -> None:
        """No file that is not served, no folder, nothing outside, and nothing of another version."""
        (self.folder.parent / "secret.js").write_bytes(b"secret")
        for path in (
            "/assets",
            "/assets/",
            "/assets/core",
            "/assets/core/notes.md",
            "/assets/../secret.js",
            "/assets/%2e%2e/secret.js",
            "/assets/core%2Fstore.js/x",
            "/assets/0123456789abcdef/main.js",
            f"/assets/{self.tree.digest}",
            f"/assets/{self.tree.digest}/{self.tree.digest}/main.js",
        ):
            self.assertEqual(self.ask(path)[0], 404, path)

    def test_other_methods(self) -> None:
        """A file takes nothing."""
        status, headers, _ = self.ask("/assets/main.js", "DELETE")
        self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"))

    def test_folders(self) -> None:
        """Several folders are one tree, each where it is said to be."""
        tree = StaticTree({"": self.folder, "also/core/": self.folder / "core"})
        self.assertEqual(tree[b"also/core/store.js"], tree[b"core/store.js"])
        self.assertNotEqual(tree.digest, self.tree.digest)

    def test_digest(self) -> None:
        """Whatever file is changed, added or renamed, the digest is another; what is not served does not count."""
        was = self.tree.digest
        self.assertEqual(StaticTree({"": self.folder}).digest, was)
        (self.folder / "core/notes.md").write_bytes(b"more")
        self.assertEqual(StaticTree({"": self.folder}).digest, was)
        (self.folder / "main.js").rename(self.folder / "core/main.js")
        renamed = StaticTree({"": self.folder}).digest
        (self.folder / "core/main.js").write_bytes(b"")
        changed = StaticTree({"": self.folder}).digest
        self.assertEqual(len({was, renamed, changed}), 3)


class PageTests(Case):
    """A page."""

    def test_page(self) -> None:
        """It names its files below the digest, says what it may run, and is asked for each time."""
        status, headers, body = self.ask("/")
        self.assertEqual(status, 200)
        self.assertIn(f"src='/assets/{self.tree.digest}/main.js'".encode(), body)
        self.assertEqual(headers["Content-Security-Policy"], "default-src 'none'")
        self.assertEqual(headers["Cache-Control"], "no-cache")
        self.assertEqual(self.ask("/", If_None_Match=headers["ETag"])[0], 304)

    def test_modules(self) -> None:
        """All that its script imports, and what that imports, is named, each once; not what is only asked for later, or is nowhere."""
        modules = {
            "main.js": """/** Not this: import "./ui/comment.js"; */
import { a } from "./core/a.js";
import "./ui/b.js";
import {
  c,
  d,
} from "./ui/b.js";
export * from "./core/all.js";
import * as gone from "./gone.js";
const later = () => import("./later.js");
export class E extends F { name = "from"; }
""",
            "core/a.js": """import { b } from "../ui/b.js";
import "../main.js";
""",
            "ui/b.js": "export const b = 1;\n",
            "core/all.js": "export function x() { return 'x' }\n",
            "later.js": "",
            "ui/comment.js": "",
        }
        for name, text in modules.items():
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_text(text)
        tree = StaticTree({"": self.folder})
        found = imported(tree, "main.js")
        self.assertEqual(found, ("core/a.js", "ui/b.js", "core/all.js"))
        html = StaticFile(b"text/html", b"<head>{{modules}}</head>", b"", b"")
        self.root.putChild(b"", PageResource(html, "/assets/1", b"", found))
        links = [f'<link rel="modulepreload" href="/assets/1/{name}">' for name in found]
        body = self.ask("/")[2].decode()
        self.assertEqual([one.strip() for one in body[6:-7].splitlines()], links)
        self.root.putChild(b"", PageResource(html, "/assets/1", b""))
        self.assertEqual(self.ask("/")[2], b"<head></head>")

    def test_ours(self) -> None:
        """Each page of ours names the modules that it needs from the first moment, and its element's own among them."""
        tree = page_tree()
        for main, needed in (
            ("admin/console/main.js", "browser/core/rest.js"),
            ("desktop/page/main.js", "desktop/page/core/desk.js"),
        ):
            found = imported(tree, main)
            self.assertIn(needed, found)
            self.assertEqual(len(found), len(set(found)))

    def test_new_version(self) -> None:
        """A page whose files have changed is another page."""
        was = self.ask("/")[1]["ETag"]
        (self.folder / "main.js").write_bytes(b"")
        self.start_again()
        self.assertEqual(self.ask("/", If_None_Match=was)[0], 200)

    def start_again(self) -> None:
        """Start anew with what is in the folder now."""
        tree = StaticTree({"": self.folder})
        self.root.putChild(
            b"", PageResource(tree[b"index.html"], f"/assets/{tree.digest}", b"default-src 'none'")
        )
