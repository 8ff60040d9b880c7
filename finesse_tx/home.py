"""The home folder: what one server keeps on disk, and the lock that makes it one server's.

    HOME/                0700
      lock               the running server's process id; held with flock(2) for as long as it runs
      endpoints.json     where each service listens, from "everything listens" to a clean stop
      finesse.db         the store, unless ``store.url`` names another
      tls/               certificates and their keys
      history/           the embedded engine's journal (docs/history.rst)
      pending/           small writes that wait for the database (docs/store.rst)
      clientlogs/        what browsers have written down (docs/rest.rst)
      3rdpartygadget/    the operator's gadgets, in files/ (docs/gadgets.rst); made and filled by him
      NAME               a secret: made once, random

Every file is 0600 and is written beside its place and then renamed, so that no reader ever sees half of one and
a full disk costs only the new version.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from finesse_tx.errors import StartError

__all__ = ["DEFAULT_HOME", "ENDPOINTS", "LOCK", "Home"]

DEFAULT_HOME: Final = Path(os.path.expanduser("~/.finesse_tx"))
"""Where it is when nobody says."""

LOCK: Final = "lock"
"""The file that a running server holds locked; its text is the process id."""

ENDPOINTS: Final = "endpoints.json"
"""``{"service": "host:port", …}``, while the server listens."""

_TEMPORARY: Final = ".new-"
"""How a file is called while it is being written."""


class Home:
    """A home folder.

    Everything but `read` and `endpoints` is for the server itself, after `lock`.

    Args:
        path: The folder; it need not exist yet.

    Attributes:
        path: The same, absolute.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: int | None = None

    # The lock ---------------------------------------------------------------------------------------------------

    def lock(self) -> None:
        """Make the folder if need be, take its lock, and clear away what a killed server left.

        Call it before the reactor runs. The lock belongs to the open file: it outlives the forks with which
        ``twistd`` becomes a daemon, and the system drops it when the process ends, however it ends.

        Raises:
            StartError: Another process holds it, or the folder cannot be made or written.
        """
        self._create()
        path = self.path / LOCK
        with _told(path):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise StartError(
                f"{self.path} is in use by process {holder or '(starting)'}; "
                "stop that one first, or give --home another folder"
            ) from None
        except OSError as error:
            os.close(descriptor)
            raise StartError(
                f"{path}: cannot be locked: {error.strerror}; give --home a folder on a local disk"
            ) from None
        self._lock = descriptor
        self._tidy()
        self.claim()

    def claim(self) -> None:
        """Write this process's id into the lock: once more after ``twistd`` forked, when the service starts.

        Raises:
            StartError: It cannot be written.
        """
        if self._lock is None:
            return
        with _told(self.path / LOCK):
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, b"%d\n" % os.getpid(), 0)

    def unlock(self) -> None:
        """Give the folder free; the last thing of a clean stop."""
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.close(self._lock)  # not LOCK_UN: that would free it for a parent or a child as well
            self._lock = None

    def _create(self) -> None:
        with _told(self.path):
            with suppress(FileExistsError):
                self.path.mkdir(mode=0o700, parents=True)
            status = self.path.stat()
            if not stat.S_ISDIR(status.st_mode):
                raise NotADirectoryError(errno.ENOTDIR, "there is a file of that name")
            ours = (self.path / LOCK).exists() or not any(self.path.iterdir())
            # An operator may have made it with mkdir; but a folder in use for something else, such as a
            # mistyped ``--home /tmp``, stays as it is: our files in it are 0600 all the same.
            if ours and status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) != 0o700:
                self.path.chmod(0o700)

    def _tidy(self) -> None:
        self.remove_endpoints()
        with _told(self.path):
            for folder in (self.path, self.path / "tls"):
                for left_over in folder.glob(f"{_TEMPORARY}*"):
                    left_over.unlink(missing_ok=True)

    # Files ------------------------------------------------------------------------------------------------------

    def read(self, name: str) -> bytes | None:
        """What the file ``name`` holds; None when there is none.

        Raises:
            StartError: It is there but cannot be read.
        """
        path = self.path / name
        with _told(path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def write(self, name: str, data: bytes) -> None:
        """Make or replace the file ``name``, whole or not at all, safe on disk when this returns.

        Args:
            name: May name a folder first, such as ``tls/ca.pem``; that folder is made, 0700.
            data: All of it.

        Raises:
            StartError: It cannot be written; what was there before still is.
        """
        path = self.path / name
        new = path.with_name(_TEMPORARY + path.name)
        with _told(path):
            if path.parent != self.path:
                path.parent.mkdir(mode=0o700, exist_ok=True)
            new.unlink(missing_ok=True)
            try:
                with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                new.replace(path)
            except OSError:
                new.unlink(missing_ok=True)
                raise
            folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def secret(self, name: str) -> str:
        """The secret of that name: 43 random characters, made at the first call and kept from then on.

        Raises:
            StartError: It can be neither read nor made.
        """
        if kept := (self.read(name) or b"").decode("utf-8", "replace").strip():
            with _told(self.path / name):
                (self.path / name).chmod(0o600)
            return kept
        made = secrets.token_urlsafe(32)
        self.write(name, made.encode() + b"\n")
        return made

    def write_endpoints(self, endpoints: Mapping[str, str]) -> None:
        """Tell other programs where each service listens.

        Args:
            endpoints: Service to ``host:port``.

        Raises:
            StartError: It cannot be written.
        """
        self.write(ENDPOINTS, json.dumps(endpoints, indent=1).encode() + b"\n")

    def remove_endpoints(self) -> None:
        """Tell other programs that nothing listens any more.

        Raises:
            StartError: The file is there and cannot be removed.
        """
        path = self.path / ENDPOINTS
        with _told(path):
            path.unlink(missing_ok=True)

    def endpoints(self) -> dict[str, str]:
        """Where the server of this home listens; empty when none does.

        Any process may ask. A server that was killed leaves its file until the next start.

        Raises:
            StartError: The file is there but cannot be read, or is not what a server writes.
        """
        try:
            found: dict[str, str] = json.loads(self.read(ENDPOINTS) or b"{}")
        except ValueError:
            raise StartError(
                f"{self.path / ENDPOINTS} is not what a server writes; remove it"
            ) from None
        return found


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn an OSError into one clear line."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            fix = "free some space"
        else:
            fix = "give --home a folder that this user may write"
        raise StartError(f"{path}: {error.strerror}; {fix}") from None
