"""``/3rdpartygadget/files``: the operator's folder of gadgets, with the scripts, styles and pictures beside them.

A file is looked at each time it is asked for, and read when it looks changed, so that one that was changed shows at once.
Names that begin with a dot are not there; what a symbolic link leads to is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from stat import S_ISREG
from time import time_ns
from typing import Final

from twisted.web.resource import Resource
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.gadgets.core.errors import SourceError
from finesse_tx.gadgets.core.places import Places
from finesse_tx.gadgets.surroundings import Surroundings
from finesse_tx.static import TYPES, StaticFile, answer, typed_file

__all__ = ["MAX_FILE_BYTES", "MAX_KEPT_BYTES", "Folder", "FolderResource"]

MAX_FILE_BYTES: Final = 16 << 20
"""The largest file that is served."""

MAX_KEPT_BYTES: Final = 32 << 20
"""So much is kept of files as they were read and compressed."""

SETTLED_NS: Final = 2_000_000_000
"""A file that was changed so lately may be changed again within the same tick of its file system's clock: it is not kept."""

_MORE_TYPES: Final[Mapping[str, bytes]] = {
    **TYPES,
    "gif": b"image/gif",
    "htm": TYPES["html"],
    "jpeg": b"image/jpeg",
    "jpg": b"image/jpeg",
    "map": b"application/json",
    "mp4": b"video/mp4",
    "otf": b"font/otf",
    "pdf": b"application/pdf",
    "properties": TYPES["txt"],
    "ttf": b"font/ttf",
    "webp": b"image/webp",
    "woff": b"font/woff",
}
_TEXTS: Final = ("text/", "application/json", "image/svg", "application/manifest")


class Folder:
    """The operator's gadgets.

    Args:
        path: The folder; it need not be there.
        now_ns: Nanoseconds since the epoch.

    Attributes:
        path: As given.
    """

    def __init__(self, path: Path, now_ns: Callable[[], int] = time_ns) -> None:
        self.path, self._now_ns = path, now_ns
        self._kept: OrderedDict[tuple[str, int, int, int], StaticFile] = OrderedDict()
        self._size = 0

    def read(self, path: str, max_bytes: int) -> bytes:
        """Read a file.

        Args:
            path: Below the folder, with slashes, not percent-encoded.
            max_bytes: The largest.

        Raises:
            SourceError: There is none, or it is too large.
        """
        return self._read(path, max_bytes).body

    def look(self, path: str) -> None:
        """Look whether there is a file that would be sent.

        Raises:
            SourceError: There is none, or it is too large.
        """
        self._find(path, MAX_FILE_BYTES)

    def file(self, path: str) -> StaticFile:
        """Read a file to be sent.

        Raises:
            SourceError: There is none, or it is too large.
        """
        return self._read(path, MAX_FILE_BYTES)

    def _read(self, path: str, max_bytes: int) -> StaticFile:
        place, version = self._find(path, max_bytes)
        key = (path, *version)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        kind = _MORE_TYPES.get(path.rpartition(".")[2].lower(), b"application/octet-stream")
        body = _content(place, path, max_bytes)
        made = typed_file(kind, body, is_text=kind.decode().startswith(_TEXTS))
        if self._now_ns() - version[0] < SETTLED_NS:
            return made
        self._kept[key] = made
        self._size += _length(made)
        while self._size > MAX_KEPT_BYTES:
            self._size -= _length(self._kept.popitem(last=False)[1])
        return made

    def _find(self, path: str, max_bytes: int) -> tuple[Path, tuple[int, int, int]]:
        segments = path.split("/")
        if any(not one or one.startswith(".") or "\0" in one for one in segments):
            raise _missing(path)
        place = self.path / path
        try:
            found = place.stat()
        except (OSError, ValueError):
            raise _missing(path) from None
        if not S_ISREG(found.st_mode):
            raise _missing(path)
        if found.st_size > max_bytes:
            raise _too_large(path, max_bytes)
        return place, (found.st_mtime_ns, found.st_size, found.st_ino)


def _content(place: Path, path: str, max_bytes: int) -> bytes:
    try:
        with place.open("rb") as file:
            content = file.read(max_bytes + 1)
    except OSError:
        raise _missing(path) from None
    if len(content) > max_bytes:
        raise _too_large(path, max_bytes)
    return content


def _missing(path: str) -> SourceError:
    return SourceError(404, f'there is no file "{path[:200]}" in the folder of gadgets')


def _too_large(path: str, max_bytes: int) -> SourceError:
    return SourceError(502, f'the file "{path[:200]}" has more than {max_bytes} bytes')


def _length(file: StaticFile) -> int:
    return len(file.body) + len(file.gzipped)


class FolderResource(Resource):
    """``/3rdpartygadget/files``.

    Args:
        folder: The files.
        surroundings: Whose pages may have them in a frame.
        isolated: Whose files are not given here; None: there are none.
    """

    isLeaf = True

    def __init__(
        self, folder: Folder, surroundings: Surroundings, isolated: Places | None = None
    ) -> None:
        super().__init__()
        self._folder, self._surroundings = folder, surroundings
        self._isolated = isolated or Places(())

    @override
    def render(self, request: Request) -> bytes:
        path = b"/".join(request.postpath or ()).decode("utf-8", "replace")
        request.setHeader(b"content-security-policy", self._surroundings.file_policy(request))
        try:
            if self._isolated.has_file(path):
                raise SourceError(403, "what isolated gadgets load is not given to others")
            file = self._folder.file(path)
        except SourceError as error:
            request.setResponseCode(error.status)
            request.setHeader(b"content-type", TYPES["txt"])
            request.setHeader(b"cache-control", b"no-cache")
            return f"{error}\n".encode()
        request.setHeader(b"cache-control", b"no-cache")
        return answer(request, file)
