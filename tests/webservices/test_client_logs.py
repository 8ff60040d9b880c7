"""`finesse_tx.webservices.client_logs`: on a real disk."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.client_logs import MAX_WAITING, ClientLogs
from finesse_tx.webservices.core.client_logs import CURRENT, MAX_TEXT_BYTES
from finesse_tx.webservices.core.errors import ApiError
from tests.support.webservices import FakeDirectory
from tests.webservices.core import events
from tests.webservices.core.test_client_logs import zipped

QUOTA = 2_097_152


class ClientLogsTests(SynchronousTestCase):
    """Ann's browser."""

    def setUp(self) -> None:
        """Nothing is there yet, not even the folder."""
        self.directory = FakeDirectory(events.DIRECTORY)
        self.folder = Path(self.mktemp())
        self.held: list[Deferred[None]] = []
        self.logs = self.make(maybeDeferred)
        person = events.DIRECTORY.person("ann")
        assert person is not None
        self.ann = person

    def make(self, elsewhere: Callable[[Callable[[], None]], Deferred[None]]) -> ClientLogs:
        """With a thread of the test's."""
        now = datetime(2026, 11, 22, tzinfo=UTC)
        return ClientLogs(self.directory, self.folder, QUOTA, lambda: now, elsewhere)

    def add(self, text: str) -> None:
        """Add a text."""
        adding = Deferred.fromCoroutine(self.logs.add(self.ann, "ann", text, "192.0.2.1"))
        self.successResultOf(adding)

    def names(self) -> list[str]:
        """Ann's files."""
        return sorted(path.name for path in (self.folder / "user-ann").iterdir())

    def test_added(self) -> None:
        """Texts are added to one file, which is the server's alone to read."""
        self.add("one")
        self.add("two")
        path = self.folder / "user-ann" / CURRENT
        self.assertEqual(path.read_text().split("\n")[1::2], ["one", "two"])
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(path.parent.stat().st_mode & 0o777, 0o700)

    def test_rotated(self) -> None:
        """A full file is put aside; the oldest goes when the user's share is full."""
        for _ in range(9):
            self.add("x" * (MAX_TEXT_BYTES // 2))
        self.assertEqual(len(self.names()), 3)
        self.assertEqual(self.names()[-1], CURRENT)
        sizes = [path.stat().st_size for path in (self.folder / "user-ann").iterdir()]
        self.assertLessEqual(sum(sizes), QUOTA)

    def test_compressed(self) -> None:
        """An archive is kept as it came, each one on its own."""
        data = zipped(("a.log", b"text"))
        for _ in range(2):
            adding = Deferred.fromCoroutine(self.logs.add_compressed(self.ann, "ann", data))
            self.successResultOf(adding)
        first, second = self.names()
        self.assertTrue(first.endswith("-000001.zip") and second.endswith("-000002.zip"))
        self.assertEqual((self.folder / "user-ann" / first).read_bytes(), data)

    def test_bad_archive(self) -> None:
        """What is refused leaves nothing behind."""
        adding = Deferred.fromCoroutine(self.logs.add_compressed(self.ann, "ann", b"x"))
        self.assertEqual(self.failureResultOf(adding, ApiError).value.status, 400)
        self.assertFalse(self.folder.exists())

    def test_no_disk(self) -> None:
        """What cannot be written is our fault, is said, and does not stand in the way of the next."""
        self.folder.write_text("in the way")
        adding = Deferred.fromCoroutine(self.logs.add(self.ann, "ann", "x", ""))
        self.assertEqual(self.failureResultOf(adding, ApiError).value.status, 500)
        self.folder.unlink()
        self.add("two")

    def test_no_link(self) -> None:
        """A link in the place of the file is not followed."""
        folder = self.folder / "user-ann"
        folder.mkdir(parents=True)
        (self.folder / "other").write_text("")
        (folder / CURRENT).symlink_to(self.folder / "other")
        adding = Deferred.fromCoroutine(self.logs.add(self.ann, "ann", "x", ""))
        self.assertEqual(self.failureResultOf(adding, ApiError).value.status, 500)
        self.assertEqual((self.folder / "other").read_text(), "")

    def later(self, work: Callable[[], None]) -> Deferred[None]:
        """A thread that has other things to do."""
        turn: Deferred[None] = Deferred()
        self.held.append(turn)
        return turn.addCallback(lambda _none: work())

    def test_gone(self) -> None:
        """A log whose client did not wait for the answer is written, and the next one after it."""
        self.logs = self.make(self.later)
        gone, other = (
            Deferred.fromCoroutine(self.logs.add(self.ann, "ann", text, "")) for text in "ab"
        )
        gone.cancel()
        self.failureResultOf(gone, CancelledError)
        self.assertEqual(len(self.held), 1)
        while self.held:
            self.held.pop().callback(None)
        self.successResultOf(other)
        lines = (self.folder / "user-ann" / CURRENT).read_text().split("\n")
        self.assertEqual(lines[1::2], ["a", "b"])

    def test_waiting(self) -> None:
        """So many may wait for the disk; one more is sent away, and the others are written in their turn."""
        self.logs = self.make(self.later)

        def add() -> Deferred[None]:
            return Deferred.fromCoroutine(self.logs.add(self.ann, "ann", "x", ""))

        waiting = [add() for _ in range(MAX_WAITING + 1)]
        self.assertEqual(self.failureResultOf(add(), ApiError).value.status, 503)
        while self.held:
            self.held.pop().callback(None)
        for one in waiting:
            self.successResultOf(one)
        text = (self.folder / "user-ann" / CURRENT).read_text()
        self.assertEqual(text.count("===="), MAX_WAITING + 1)
