"""`finesse_tx.store.journal`: files that survive whatever happens to their writer."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.records import Entry
from finesse_tx.engine.history import HISTORY
from finesse_tx.errors import StartError
from finesse_tx.store.journal import (
    BATCH_BYTES,
    Batch,
    Journal,
    JournalError,
    read_batch,
    sync_file,
)
from tests.support.history import call_entry

MAX = 1 << 20


class JournalCase(SynchronousTestCase):
    """A folder for a journal."""

    def setUp(self) -> None:
        """Name it."""
        self.folder = Path(self.mktemp())

    def open(self, max_bytes: int = MAX, file_bytes: int = 4096) -> Journal[Entry]:
        """Open it, as a start does."""
        journal = Journal(self.folder, HISTORY, "first", max_bytes, file_bytes)
        self.addCleanup(journal.close)
        return journal

    def append(self, journal: Journal[Entry], *sessions: int) -> None:
        """Append legs."""
        for session in sessions:
            journal.append(call_entry(session))

    def read(self, journal: Journal[Entry], after: int = 0) -> list[int]:
        """The sessions of everything after a record."""
        found: list[int] = []
        offset = 0
        while (path := journal.file_of(after + 1)) is not None:
            batch = read_batch(path, HISTORY, after, offset, journal.next_sequence - 1)
            found += [
                call.call.session_id for entry in batch.entries.values() for call in entry.calls
            ]
            if batch.last == after:
                break
            is_same = journal.file_of(batch.last + 1) == path
            after, offset = batch.last, batch.offset if is_same else 0
        return found

    @property
    def files(self) -> list[Path]:
        """What there is."""
        return sorted(self.folder.iterdir())


class AppendTests(JournalCase):
    """Writing and reading."""

    def test_read(self) -> None:
        """What was appended is read, from wherever one wants to begin."""
        journal = self.open()
        self.append(journal, 1, 2, 3)
        self.assertEqual(journal.next_sequence, 5)  # the header is the first
        for after, wanted in ((0, [1, 2, 3]), (1, [1, 2, 3]), (2, [2, 3]), (4, [])):
            self.assertEqual(self.read(journal, after), wanted)

    def test_reopened(self) -> None:
        """The next start goes on where this one ended; no session id comes again."""
        self.append(self.open(), 1, 2)
        journal = self.open()
        self.assertEqual((journal.name, journal.next_sequence, journal.floor), ("first", 4, 3))
        self.append(journal, 3)
        self.assertEqual(self.read(self.open()), [1, 2, 3])

    def test_name(self) -> None:
        """A journal keeps its name, whatever a later start would call it."""
        self.open().close()
        again = Journal(self.folder, HISTORY, "second", MAX)
        self.addCleanup(again.close)
        self.assertEqual(again.name, "first")

    def test_private(self) -> None:
        """Nobody else may read who called whom."""
        self.open()
        self.assertEqual([path.stat().st_mode & 0o777 for path in self.files], [0o600])
        self.assertEqual(self.folder.stat().st_mode & 0o777, 0o700)

    def test_sync(self) -> None:
        """A file can be made safe from here and from another thread, also one that is gone."""
        journal = self.open()
        self.append(journal, 1)
        journal.sync()
        sync_file(journal.last_file)
        sync_file(self.folder / "gone")

    def test_limit(self) -> None:
        """Nobody reads beyond what he was told is whole."""
        journal = self.open()
        self.append(journal, 1, 2)
        path = journal.file_of(1)
        assert path is not None
        self.assertEqual(
            read_batch(path, HISTORY, 0, 0, 1),
            Batch({}, 1, read_batch(path, HISTORY, 0, 0, 1).offset, 0),
        )
        self.assertEqual(len(read_batch(path, HISTORY, 0, 0, 2).entries), 1)

    def test_batches(self) -> None:
        """A batch ends at `BATCH_BYTES`, after at least one record; the next one begins there."""
        journal = self.open(file_bytes=1 << 20)
        sessions = range(1, 600)
        self.append(journal, *sessions)
        path = journal.file_of(1)
        assert path is not None
        batch = read_batch(path, HISTORY, 0, 0, 600)
        self.assertTrue(BATCH_BYTES <= batch.offset < BATCH_BYTES + 2000)
        self.assertEqual(self.read(journal), list(sessions))


class RotationTests(JournalCase):
    """Many files."""

    def test_rotate(self) -> None:
        """A file that is full is followed by another; each knows the journal and the sessions."""
        journal = self.open(file_bytes=2000)
        self.append(journal, *range(1, 21))
        self.assertGreater(len(self.files), 3)
        self.assertEqual(self.read(journal), list(range(1, 21)))
        again = self.open(file_bytes=2000)
        self.assertEqual(again.next_sequence, journal.next_sequence)
        self.assertEqual(again.size, sum(path.stat().st_size for path in self.files))

    def test_forget(self) -> None:
        """Files go when all they hold is in the database; the last one stays, and with it all that is known."""
        journal = self.open(file_bytes=2000)
        self.append(journal, *range(1, 21))
        files = self.files
        second = int(files[1].stem)
        journal.forget(second - 2)
        self.assertEqual(self.files, files)
        journal.forget(second - 1)
        self.assertEqual(self.files, files[1:])
        journal.forget(journal.next_sequence)
        self.assertEqual(self.files, files[-1:])
        self.assertEqual(journal.size, files[-1].stat().st_size)
        again = self.open()
        self.assertEqual((again.floor, again.next_sequence), (21, journal.next_sequence))

    def test_bound(self) -> None:
        """At its bound it takes nothing more, says which key that is, and takes again when files have gone."""
        size = 2000
        journal = self.open(max_bytes=10_000, file_bytes=size)
        session = 1
        with self.assertRaises(JournalError) as caught:
            for session in range(1, 100):
                self.append(journal, session)
        self.assertIn("history.journal_max_bytes, 10000", str(caught.exception))
        self.assertLessEqual(journal.size, 10_000)
        self.assertEqual(self.read(journal), list(range(1, session)))
        journal.forget(journal.next_sequence)
        self.append(journal, session)
        self.assertEqual(self.read(journal)[-1], session)


class DamageTests(JournalCase):
    """What a start finds after the worst."""

    def damage(self, path: Path, at: int, data: bytes = b"?") -> None:
        """Write something into a file."""
        with path.open("r+b") as file:
            file.seek(at)
            file.write(data)

    def test_torn(self) -> None:
        """Half a record at the end is cut off and set aside, and the next one takes its place."""
        journal = self.open()
        self.append(journal, 1, 2)
        (path,) = self.files
        os.truncate(path, path.stat().st_size - 5)
        again = self.open()
        self.assertEqual(again.next_sequence, 3)
        self.append(again, 7)
        self.assertEqual(self.read(self.open()), [1, 7])
        self.assertEqual([found.suffix for found in self.files], [".damaged", ".journal"])

    @settings(max_examples=40, deadline=None)
    @given(cut=st.integers(0, 5000), junk=st.binary(max_size=50))
    def test_any_tail(self, cut: int, junk: bytes) -> None:
        """Wherever the last file is torn and whatever follows, a start finds some of the first records, and works."""
        self.folder = Path(self.mktemp())
        journal = self.open(file_bytes=2500)
        self.append(journal, *range(1, 6))
        path = self.files[-1]
        os.truncate(path, min(cut, path.stat().st_size))
        with path.open("ab") as file:
            file.write(junk)
        again = self.open()
        found = self.read(again)
        self.assertEqual(found, list(range(1, len(found) + 1)))
        self.append(again, 9)
        self.assertEqual(self.read(again), [*found, 9])

    def test_taken(self) -> None:
        """No number that the database has is used again, although the file that had it is damaged or gone."""
        self.append(self.open(), 1, 2, 3)
        os.truncate(self.files[0], 200)
        for taken, wanted in ((0, 2), (1, 2), (2, 4), (9, 11)):
            marks = {"first": taken, "other": 99}
            journal = Journal(self.folder, HISTORY, "", MAX, taken=marks, floor=50)
            self.assertEqual((journal.next_sequence, journal.floor), (wanted, 50))
            journal.close()

    def test_middle(self) -> None:
        """Damage in an older file costs what follows in that file, and nothing of the others."""
        journal = self.open(file_bytes=2000)
        self.append(journal, *range(1, 13))
        sessions = self.read(journal)
        first, second = self.files[:2]
        self.damage(first, first.stat().st_size - 10)
        again = self.open(file_bytes=2000)
        lost = int(second.stem) - 2
        self.assertEqual(self.read(again), [n for n in sessions if n != lost])
        self.assertEqual(again.floor, 13)

    def test_header(self) -> None:
        """A file without a good header is none of ours, and is set aside."""
        journal = self.open(file_bytes=2000)
        self.append(journal, *range(1, 7))
        self.damage(self.files[0], 3)
        found = self.read(self.open(file_bytes=2000))
        self.assertTrue(found)
        self.assertEqual(found, list(range(found[0], 7)))

    def test_empty_file(self) -> None:
        """A file that was made and not written, because the server was killed, is nothing."""
        journal = self.open()
        self.append(journal, 1)
        (self.folder / f"{3:020d}.journal").touch()
        again = self.open()
        self.append(again, 2)
        self.assertEqual(self.read(again), [1, 2])

    def test_disk_full(self) -> None:
        """A write that the disk has no room for leaves no half of a record, and the next one works."""
        journal = self.open()
        self.append(journal, 1)
        size = journal.size
        old = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, old[1]))
            error = self.assertRaises(JournalError, self.append, journal, 2)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old)
            signal.signal(signal.SIGXFSZ, ignored)
        self.assertIn("free some space", str(error))
        self.assertEqual((journal.size, self.files[0].stat().st_size), (size, size))
        self.append(journal, 3)
        self.assertEqual(self.read(self.open()), [1, 3])

    def test_no_folder(self) -> None:
        """Where no folder can be, there is no start, and one line says why."""
        self.folder.write_text("")
        line = str(self.assertRaises(StartError, self.open))
        self.assertIn(str(self.folder), line)
        self.assertNotIn("\n", line)

    def test_unknown(self) -> None:
        """A good line that this version cannot read is counted, and holds up nobody."""
        journal = self.open()
        self.append(journal, 1)
        journal._write(b'{"a later version": "knows"}')
        self.append(journal, 2)
        path = journal.file_of(1)
        assert path is not None
        batch = read_batch(path, HISTORY, 0, 0, 4)
        self.assertEqual((len(batch.entries), batch.unknown, batch.last), (2, 1, 4))

    def test_states_only(self) -> None:
        """An entry without a call is kept, too."""
        journal = self.open()
        journal.append(Entry(1))
        path = journal.file_of(1)
        assert path is not None
        self.assertEqual(read_batch(path, HISTORY, 0, 0, 2).entries, {2: Entry(1)})
