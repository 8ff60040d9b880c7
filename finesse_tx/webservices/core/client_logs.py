"""What browsers write down and send here: what is taken, how it is called on the disk, what has to go.

A text is added to the user's ``client.log``; when that is full it gets the time as its name, and a new one is begun.
A compressed log is kept as it came, after a look at what would come out of it. Of all that, the oldest goes when
the user's share of the disk is full.

Spec: ``rest.md`` §9; APPNOTE.TXT 6.3 (ZIP).
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Annotated, Final
from urllib.parse import quote

from msgspec import Meta, Struct

from finesse_tx.webservices.core.declaration import item
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.reading import invalid, missing

__all__ = [
    "CURRENT",
    "MAX_COMPRESSED_BYTES",
    "MAX_FILES",
    "MAX_TEXT_BYTES",
    "MAX_UNPACKED_BYTES",
    "MAX_ZIP_ENTRIES",
    "ROTATED_AT",
    "ClientLog",
    "check_zip",
    "folder_name",
    "old_name",
    "surplus",
    "text_entry",
]

MAX_TEXT_BYTES: Final = 1_048_576
"""The largest ``logData``, in UTF-8."""

MAX_COMPRESSED_BYTES: Final = 1_048_576
"""The largest compressed log."""

MAX_UNPACKED_BYTES: Final = 16_777_216
"""What may come out of a compressed log, of all its entries together."""

MAX_ZIP_ENTRIES: Final = 16
"""How many files a compressed log may have."""

ROTATED_AT: Final = 1_048_576
"""At this size ``client.log`` is full."""

CURRENT: Final = "client.log"
"""The file that texts are added to."""

MAX_FILES: Final = 100
"""How many files a user's folder may have."""

MAX_FOLDER_NAME: Final = 120
"""A longer name is replaced by its digest: a file system takes 255 bytes."""

_CHUNK: Final = 65_536


class ClientLog(Struct, frozen=True, rename="camel", kw_only=True):
    """What a browser has written down: lines, as one text."""

    log_data: Annotated[str, item(verbatim=True), Meta(min_length=1, max_length=MAX_TEXT_BYTES)]


def folder_name(login_id: str) -> str:
    """The name of a user's folder: always one segment, and no other user's."""
    name = quote(login_id, safe="")
    if len(name) > MAX_FOLDER_NAME:
        return "digest-" + hashlib.sha256(login_id.encode()).hexdigest()
    return "user-" + name


def old_name(now: datetime, number: int, ending: str) -> str:
    """The name of a file that is not added to any more; later ones sort behind earlier ones.

    Args:
        now: When it got that name.
        number: Tells those of one moment apart.
        ending: ``log`` or ``zip``.
    """
    return f"client-{now.astimezone(UTC):%Y%m%dT%H%M%S.%f}Z-{number:06}.{ending}"


def text_entry(text: str, peer: str, now: datetime) -> bytes:
    """A text as it is added to the log, under a line that says when it came and from where.

    Raises:
        ApiError: 400: it is too large.
    """
    data = text.encode()
    if len(data) > MAX_TEXT_BYTES:
        raise invalid("logData")
    head = f"==== {now.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ} {peer or '-'} {len(data)} bytes\n"
    return head.encode() + data + (b"" if data.endswith(b"\n") else b"\n")


def surplus(files: Collection[tuple[str, int]], quota: int) -> Iterator[str]:
    """Which files have to go, the oldest first.

    Args:
        files: Name and size of everything in the user's folder.
        quota: What may stay; the current file always does, and is counted.
    """
    old = sorted((name, size) for name, size in files if name != CURRENT)
    excess = sum(size for _, size in files) - quota
    for place, (name, size) in enumerate(old):
        if excess <= 0 and len(old) - place < MAX_FILES:
            return
        excess -= size
        yield name


def check_zip(data: bytes) -> None:
    """Look whether a compressed log can do no harm to whoever unpacks it.

    It is unpacked on the way, a little at a time, and nothing is kept: what an archive says of the sizes in it need not
    be true.

    Raises:
        ApiError: 400: nothing there, no archive, or one that unpacks into too much, or into places outside.
    """
    if not data:
        raise missing("CompressedClientLog")
    if len(data) > MAX_COMPRESSED_BYTES:
        raise _refused(f"larger than {MAX_COMPRESSED_BYTES} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_entries(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        raise _refused(f"not a zip file that can be read: {error}") from None


def _check_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ZIP_ENTRIES:
        raise _refused(f"more than {MAX_ZIP_ENTRIES} files")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise _refused(f"more than {MAX_UNPACKED_BYTES} bytes unpacked")
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in entry.filename:
            raise _refused("the name of a file points outside")
        if entry.flag_bits & 1 or entry.compress_type not in {
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        }:
            raise _refused("files must be stored or deflated, and not encrypted")
        if not _is_plain(entry):
            raise _refused("only plain files")
        with archive.open(entry) as unpacked:
            # Never more than the entry says; at the end its checksum is compared.
            while unpacked.read(_CHUNK):
                pass


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """Whether it is neither a link nor a device, where its maker says what it is."""
    kind = entry.external_attr >> 16 & 0o170000
    return kind in {0, 0o100000, 0o040000}


def _refused(why: str) -> ApiError:
    return ApiError(400, "Invalid Input", f"Invalid CompressedClientLog: {why}", "file")
