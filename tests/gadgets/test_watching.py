"""`finesse_tx.gadgets.watching` and ``/gadgets/changes``: what desktops are told while gadgets are written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource

from finesse_tx.gadgets import watching
from finesse_tx.gadgets.changes import BEAT_S, MAX_LISTENERS, ChangesResource
from finesse_tx.gadgets.core.changes import Snapshot
from finesse_tx.gadgets.watching import LOOK_S, MAX_DEPTH, FolderWatch, look
from finesse_tx.site import BoundedSite

FILES = "/3rdpartygadget/files/"


class LookTests(SynchronousTestCase):
    """One look at a folder."""

    def setUp(self) -> None:
        """Make it."""
        self.folder = Path(self.mktemp())
        self.folder.mkdir()

    def put(self, *names: str) -> None:
        """Have files there."""
        for name in names:
            place = self.folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("x")

    def test_files(self) -> None:
        """All files, through links and however often one leads there, but for hidden ones and what tools fill."""
        self.put("a.xml", "A/b.js", "A/deep/c.css", ".git/x", "A/.x.swp", "A/node_modules/x/y.js")
        elsewhere = Path(self.mktemp())
        elsewhere.mkdir()
        (elsewhere / "d.xml").write_text("x")
        for name in ("L", "M"):
            (self.folder / name).symlink_to(elsewhere.absolute())
        (self.folder / "A" / "loop").symlink_to(self.folder.absolute())
        (self.folder / "broken").symlink_to("nowhere")
        found = look(self.folder)
        names = {name for name in found if "loop" not in name}
        self.assertEqual(names, {"a.xml", "A/b.js", "A/deep/c.css", "L/d.xml", "M/d.xml"})
        self.assertLess(len(found), 20)

    def test_changed(self) -> None:
        """What was written looks another, also when it is as long and as old as before."""
        self.put("A/a")
        before = look(self.folder)["A/a"]
        other = self.folder / "A" / "new"
        other.write_text("y")
        os.utime(other, ns=(before[0], before[0]))
        other.rename(self.folder / "A" / "a")
        self.assertNotEqual(look(self.folder)["A/a"], before)

    def test_nothing(self) -> None:
        """A folder that is not there is empty."""
        self.assertEqual(look(self.folder / "none"), {})

    def test_bounds(self) -> None:
        """No more is looked at than the bound, nor deeper."""
        self.put("a", "b", "c")
        self.patch(watching, "MAX_ENTRIES", 2)
        self.assertEqual(len(look(self.folder)), 2)
        self.patch(watching, "MAX_ENTRIES", 100)
        self.put("/".join(["d"] * MAX_DEPTH) + "/in", "/".join(["d"] * MAX_DEPTH) + "/d/out")
        names = [name.rpartition("/")[2] for name in look(self.folder)]
        self.assertEqual(("in" in names, "out" in names), (True, False))


class WatchTests(SynchronousTestCase):
    """Looking again and again."""

    def setUp(self) -> None:
        """A watch whose looks the test answers."""
        self.clock = Clock()
        self.now: Snapshot = {"A/a": (1, 0, 0)}
        self.looks = 0
        self.watch = FolderWatch(self.look, self.clock)
        self.heard: list[tuple[str, ...]] = []

    def look(self) -> Deferred[Snapshot]:
        """Stand in for the thread."""
        self.looks += 1
        return succeed(self.now)

    def test_heard(self) -> None:
        """A change is heard within two looks, by those who listen; without them there are no looks."""
        self.assertEqual((self.looks, self.clock.getDelayedCalls()), (0, []))
        self.watch.listen(self.heard.append)
        self.now = {"A/a": (2, 0, 0)}
        self.clock.advance(LOOK_S)
        self.assertEqual(self.heard, [])
        self.clock.advance(LOOK_S)
        self.assertEqual(self.heard, [(f"{FILES}A/",)])
        self.watch.leave(self.heard.append)
        self.watch.leave(self.heard.append)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_meanwhile(self) -> None:
        """What changes while nobody listens is told when somebody does."""
        self.watch.listen(self.heard.append)
        self.watch.leave(self.heard.append)
        self.now = {"B/b": (2, 0, 0)}
        self.watch.listen(self.heard.append)
        self.clock.advance(LOOK_S)
        self.assertEqual(self.heard, [(f"{FILES}A/", f"{FILES}B/")])

    def test_slow(self) -> None:
        """There is one look at a time, however long it takes and whoever comes and goes."""
        waiting: list[Deferred[Snapshot]] = []

        def slow() -> Deferred[Snapshot]:
            waiting.append(Deferred())
            return waiting[-1]

        watch = FolderWatch(slow, self.clock)
        watch.listen(self.heard.append)
        watch.leave(self.heard.append)
        watch.listen(self.heard.append)
        self.assertEqual(len(waiting), 1)
        waiting[0].callback(self.now)
        self.clock.advance(LOOK_S)
        self.assertEqual(len(waiting), 2)
        watch.leave(self.heard.append)
        waiting[1].callback(self.now)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_failed(self) -> None:
        """A look that fails is on the log, and who listens next looks again."""
        watch = FolderWatch(lambda: fail(OSError()), self.clock)
        watch.listen(self.heard.append)
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 1)
        watch.listen(self.heard.append)
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 1)


class ChangesTests(SynchronousTestCase):
    """The stream, on a site of its own."""

    def setUp(self) -> None:
        """Serve it."""
        self.clock = Clock()
        self.now: Snapshot = {"A/a": (1, 0, 0)}
        self.looks = 0
        self.watch = FolderWatch(self.look, self.clock)
        self.changes = ChangesResource(self.watch, "run", self.clock)
        root = Resource()
        root.putChild(b"changes", self.changes)
        self.site = BoundedSite(root, 1_000, 60.0, self.clock)
        self.channels: list[Any] = []

    def look(self) -> Deferred[Snapshot]:
        """Stand in for the thread."""
        self.looks += 1
        return succeed(self.now)

    def open(self, header: str = "") -> StringTransport:
        """Ask for it."""
        channel: Any = self.site.buildProtocol(None)
        transport = StringTransport()
        channel.makeConnection(transport)
        channel.dataReceived(f"GET /changes HTTP/1.1\r\nHost: x\r\n{header}\r\n".encode())
        self.clock.advance(0)
        self.channels.append(channel)
        return transport

    def change(self) -> None:
        """Have somebody write a file, and let it be noticed."""
        self.now = {"A/a": (self.now["A/a"][0] + 1, 0, 0)}
        self.clock.advance(LOOK_S)
        self.clock.advance(LOOK_S)
        self.clock.advance(0)

    def leave(self) -> None:
        """All pages are closed."""
        for channel in self.channels:
            channel.connectionLost(Failure(ConnectionDone()))
        self.channels.clear()

    def test_stream(self) -> None:
        """Each change is an event with its folders, and a beat between them shows that all is well; nobody looks afterwards."""
        transport = self.open()
        head, _, body = transport.value().decode().partition("\r\n\r\n")
        self.assertIn("content-type: text/event-stream", head.lower())
        self.assertIn("cache-control: no-store", head.lower())
        self.assertIn("retry: 1000\nid: run-0\n", body)
        transport.clear()
        self.change()
        event = 'id: run-1\nevent: changed\ndata: {"folders": ["/3rdpartygadget/files/A/"]}\n\n'
        self.assertIn(event, transport.value().decode())
        transport.clear()
        self.clock.pump([1.0] * int(BEAT_S))
        self.assertIn(b":\n\n", transport.value())
        self.leave()
        looks = self.looks
        self.clock.advance(LOOK_S)
        self.assertEqual(self.looks, looks)

    def test_return(self) -> None:
        """Who heard the last is told nothing; who missed something, or another run of the server, that all has changed."""
        self.open()
        self.change()
        everything = b'data: {"folders": ["/3rdpartygadget/files/"]}'
        for heard, is_told in (("run-1", False), ("run-0", True), ("other-1", True), ("", False)):
            header = f"Last-Event-ID: {heard}\r\n" if heard else ""
            self.assertEqual(everything in self.open(header).value(), is_told, heard)
        self.leave()

    def test_refused(self) -> None:
        """Other origins' pages may not listen, nor more than so many at once."""
        for site in ("same-site", "cross-site"):
            self.assertIn(b" 403 ", self.open(f"Sec-Fetch-Site: {site}\r\n").value())
        for _ in range(MAX_LISTENERS):
            self.assertIn(b" 200 ", self.open("Sec-Fetch-Site: same-origin\r\n").value())
        self.assertIn(b" 503 ", self.open().value())
        self.leave()
        self.assertIn(b" 200 ", self.open().value())
        self.leave()

    def test_behind(self) -> None:
        """A page that takes nothing is left when there is something for it; one that has caught up is not."""
        slow, quick = self.open(), self.open()
        slow_producer: Any = slow.producer
        quick_producer: Any = quick.producer
        slow_producer.pauseProducing()
        quick_producer.pauseProducing()
        quick_producer.resumeProducing()
        self.change()
        self.assertNotIn(b"run-1", slow.value())
        self.assertIn(b"0\r\n\r\n", slow.value())
        self.assertIn(b"run-1", quick.value())
        self.leave()

    def test_close(self) -> None:
        """When the server stops, streams end, and no other begins."""
        transport = self.open()
        self.changes.close()
        self.clock.advance(0)
        self.assertIn(b"0\r\n\r\n", transport.value())
        self.assertIn(b" 503 ", self.open().value())
        self.leave()
