"""A journal of what the database is to have: append-only files in a folder of their own, on disk before anybody is told.

    HOME/history/
      00000000000000000001.journal   named for the number of its first record
      00000000000000004711.journal   the next; records are appended to the last one only
      00000000000000000815.damaged   what was cut off a file because it was not what we had written

The first record of each file is a `Header`, each other one what `Records` says, as `finesse_tx.store.core.journal_lines`
writes them. A record is appended with one ``write``: when that has returned, a killed process loses nothing. `sync`
makes it safe against a power cut, and whoever owns the journal decides how often. `read_batch` and `sync_file` are
for any thread, all else for one.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import Struct, field
from twisted.logger import Logger

from finesse_tx.errors import FinesseError, StartError
from finesse_tx.store.core.journal_lines import line, scan
from finesse_tx.store.core.outbox import Records

__all__ = [
    "BATCH_BYTES",
    "FILE_BYTES",
    "Batch",
    "Journal",
    "JournalError",
    "look_at",
    "read_batch",
    "sync_file",
]

FILE_BYTES: Final = 4 << 20
"""A file that has so many bytes is full, and the next one begins."""

BATCH_BYTES: Final = 256 << 10
"""How much is read for one transaction, at least one record."""

T = TypeVar("T")

_SUFFIX: Final = ".journal"

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class JournalError(FinesseError):
    """A record could not be appended; the journal is as it was.

    Attributes:
        path: The file or folder.
        reason: Why, and what to do.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class Header(Struct, frozen=True):
    """The first record of a file.

    Attributes:
        journal: Which journal this is; a new one, after somebody has removed the folder, has another name.
        floor: That of all records before the file; the history was the first to have one.
    """

    journal: str
    floor: int = field(name="next_session")


@dataclass(eq=False, slots=True)
class _File:
    """One file.

    Attributes:
        path: Where.
        first: The number of its first record.
        next: The number after its last.
        size: In bytes.
    """

    path: Path
    first: int
    next: int
    size: int


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """Some records, in order.

    Attributes:
        entries: What they hold, each by its number; headers are not among them.
        last: The number of the last record, header or not.
        offset: Where in its file the next one begins.
        unknown: How many records this version cannot read.
    """

    entries: Mapping[int, T]
    last: int
    offset: int
    unknown: int


class Journal(Generic[T]):
    """One journal of one server.

    Args:
        folder: Where the files are; made if need be.
        records: What it holds.
        name: What to call the journal if it is new.
        max_bytes: How large all files together may grow.
        file_bytes: How large one file may grow.
        taken: By journal, the last record that the database has: no number is used twice, whatever became of the files.
        floor: What the database knows of `Records.floor`.

    Attributes:
        name: What it is called.
        next_sequence: The number of the next record.
        floor: The highest `Records.floor` so far.

    Raises:
        StartError: The folder cannot be used.
    """

    log = Logger()

    def __init__(
        self,
        folder: Path,
        records: Records[T],
        name: str,
        max_bytes: int,
        file_bytes: int = FILE_BYTES,
        taken: Mapping[str, int] = MappingProxyType({}),
        floor: int = 1,
    ) -> None:
        self._folder, self._max_bytes, self._file_bytes = folder, max_bytes, file_bytes
        self.records = records
        self.name, self.next_sequence, self.floor = "", 1, floor
        self._files: list[_File] = []
        self._size = 0
        self._descriptor = -1
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            for path in sorted(folder.glob(f"*{_SUFFIX}")):
                self._recover(path)
            self.name = self.name or name
            if self._files and self.next_sequence > taken.get(self.name, 0):
                self._descriptor = os.open(self._files[-1].path, os.O_WRONLY | os.O_APPEND)
            else:
                self.next_sequence = taken.get(self.name, 0) + 1
                self._begin_file()
        except OSError as error:
            raise StartError(f"{folder}: {_why(error)}") from None

    # Opening ------------------------------------------------------------------------------------------------------

    def _recover(self, path: Path) -> None:
        """Take in a file as far as it is good, and cut off what is not."""
        data = path.read_bytes()
        if not data:  # killed before its first record
            path.unlink()
            return
        first = int(path.stem) if path.stem.isdecimal() else -1
        payloads, good = scan(data, first)
        header = _decode(payloads[0], Header) if payloads else None
        if header is None:
            self._set_aside(path, data, 0, "is not a file of this journal")
            path.unlink()
            return
        if self._files and first != self.next_sequence:
            self.log.critical(
                "{path} begins with record {first}, and {missing} is the last before it: what was between is lost",
                path=str(path),
                first=first,
                missing=self.next_sequence - 1,
            )
        if good < len(data):
            self._set_aside(path, data, good, "ends with what is not a whole record")
            os.truncate(path, good)
        self.name = header.journal
        self.floor = max(self.floor, header.floor)
        last: T | None = _decode(payloads[-1], self.records.type) if len(payloads) > 1 else None
        if last is not None:
            self.floor = max(self.floor, self.records.floor(last))
        self.next_sequence = first + len(payloads)
        self._files.append(_File(path, first, self.next_sequence, good))
        self._size += good

    def _set_aside(self, path: Path, data: bytes, good: int, what: str) -> None:
        """Keep what is not good: of a killed server a part of one record, else something to be looked into."""
        aside = path.with_suffix(".damaged")
        aside.write_bytes(data[good:])
        self.log.warn(
            "{path} {what} from byte {good} on; {count} bytes are set aside in {aside}",
            path=str(path),
            what=what,
            good=good,
            count=len(data) - good,
            aside=aside.name,
        )

    # Appending ----------------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """All files together, in bytes."""
        return self._size

    def append(self, entry: T) -> None:
        """Append a record: when this returns, the end of the process does not lose it.

        Raises:
            JournalError: It cannot be; nothing was appended.
        """
        try:
            if self._files[-1].size >= self._file_bytes:
                self._begin_file()
            self._write(msgspec.json.encode(entry))
        except OSError as error:
            raise JournalError(self._files[-1].path, _why(error)) from None
        self.floor = max(self.floor, self.records.floor(entry))

    def _begin_file(self) -> None:
        path = self._folder / f"{self.next_sequence:020d}{_SUFFIX}"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC
        descriptor = os.open(path, flags, 0o600)
        before, file = self._descriptor, _File(path, self.next_sequence, self.next_sequence, 0)
        self._descriptor = descriptor
        self._files.append(file)
        try:
            self._write(msgspec.json.encode(Header(self.name, self.floor)))
            if before >= 0:
                os.fdatasync(before)
            _sync_folder(self._folder)
        except (OSError, JournalError):
            self.next_sequence = file.first
            self._size -= file.size
            self._files.pop()
            self._descriptor = before
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise
        if before >= 0:
            os.close(before)

    def _write(self, payload: bytes) -> None:
        file = self._files[-1]
        data = line(self.next_sequence, payload)
        if self.size + len(data) > self._max_bytes:
            raise JournalError(
                self._folder,
                f"has reached {self.records.bound_key}, {self._max_bytes}; "
                "let the database take what waits in it",
            )
        written = 0
        try:
            written = os.write(self._descriptor, data)
        finally:
            if written < len(data):  # the disk is full: no half of a record stays
                os.ftruncate(self._descriptor, file.size)
        if written < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        file.size += len(data)
        self._size += len(data)
        self.next_sequence += 1
        file.next = self.next_sequence

    # Keeping ------------------------------------------------------------------------------------------------------

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self._folder

    @property
    def max_bytes(self) -> int:
        """How large all files together may grow."""
        return self._max_bytes

    @property
    def last_file(self) -> Path:
        """The file that records are appended to."""
        return self._files[-1].path

    def sync(self) -> None:
        """Make what was appended safe against a power cut.

        Raises:
            JournalError: It cannot be.
        """
        try:
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise JournalError(self._files[-1].path, _why(error)) from None

    def file_of(self, sequence: int) -> Path | None:
        """The file of a record, or of the first one after it that there is; None when there is none."""
        for file in self._files:
            if sequence < file.next:
                return file.path
        return None

    def last_of(self, path: Path) -> int:
        """The number of the last record that was written into a file."""
        return next(file.next - 1 for file in self._files if file.path == path)

    def forget(self, sequence: int) -> None:
        """Remove the files whose records are all up to ``sequence``; the last file stays."""
        while len(self._files) > 1 and self._files[0].next - 1 <= sequence:
            try:
                self._files[0].path.unlink(missing_ok=True)
            except OSError as error:
                self.log.warn("{path}: {why}", path=str(self._files[0].path), why=_why(error))
                return
            self._size -= self._files[0].size
            del self._files[0]

    def close(self) -> None:
        """Write no more."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def look_at(folder: Path) -> tuple[str, int] | None:
    """A journal's name and the number of its last record, without a touch: somebody may be writing it.

    Raises:
        OSError: It cannot be read.
    """
    for path in sorted(folder.glob(f"*{_SUFFIX}"), reverse=True):
        payloads, _ = scan(path.read_bytes(), int(path.stem) if path.stem.isdecimal() else -1)
        header = _decode(payloads[0], Header) if payloads else None
        if header is not None:
            return header.journal, int(path.stem) + len(payloads) - 1
    return None


def sync_file(path: Path) -> None:
    """Make a file safe against a power cut, in any thread; one that is gone needs it no more.

    Raises:
        OSError: It cannot be.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


def read_batch(path: Path, records: Records[T], after: int, offset: int, limit: int) -> Batch[T]:
    """Read records for a transaction, in any thread.

    Args:
        path: The file; its name says which record is its first.
        records: What it holds.
        after: The last record that was read before.
        offset: Where the one after it begins; 0 when it is not known, or in another file.
        limit: The last record that has been appended whole.

    Returns:
        Up to `BATCH_BYTES`; none when there is no more in this file.
    """
    first = int(path.stem)
    start, number = (offset, after + 1) if offset and first <= after else (0, first)
    entries: dict[int, T] = {}
    unknown = 0
    with path.open("rb") as file:
        file.seek(start)
        taken = 0
        while number <= limit and taken < BATCH_BYTES:
            text = file.readline()
            payloads, good = scan(text, number)
            if not payloads:
                break
            if number > max(after, first):  # the first is the header
                taken += good
                entry: T | None = _decode(payloads[0], records.type)
                if entry is not None:
                    entries[number] = entry
                else:
                    unknown += 1
            start += good
            number += 1
    return Batch(entries, max(after, number - 1), start, unknown)


def _decode(payload: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _why(error: OSError) -> str:
    reason = error.strerror or str(error)
    fix = "free some space" if error.errno in _FULL else "let this user write there"
    return f"{reason}; {fix}"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
