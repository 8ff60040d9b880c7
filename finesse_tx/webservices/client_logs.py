"""The logs of browsers on the disk: one folder for each user, one share of the disk for each.

    HOME/clientlogs/user-LOGINID/        0700
      client.log                         what is added to
      client-TIME.log                    texts, full
      client-TIME.zip                    compressed logs, as they came

Files are written away from the reactor's thread, one after the other.

Spec: ``rest.md`` §9.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final

from twisted.internet.defer import Deferred, DeferredLock
from twisted.logger import Logger

from finesse_tx.directory.core.records import Person
from finesse_tx.interfaces import IDirectory
from finesse_tx.webservices.core.access import Relation, relation
from finesse_tx.webservices.core.client_logs import (
    CURRENT,
    ROTATED_AT,
    check_zip,
    folder_name,
    old_name,
    surplus,
    text_entry,
)
from finesse_tx.webservices.core.errors import ApiError, wrong_user

__all__ = ["MAX_WAITING", "ClientLogs"]

MAX_WAITING: Final = 100
"""How many logs may wait to be written; one more is refused. At most so many bodies are kept for it."""

Elsewhere = Callable[[Callable[[], None]], Awaitable[None]]
"""Does something that blocks, in a thread, and tells how it ended."""


class ClientLogs:
    """What users' browsers have written down.

    Args:
        directory: Who there is.
        folder: Where the users' folders are; made when there is something to write.
        quota: What one user's files may take, in bytes; the oldest go first.
        now: The wall time, in UTC.
        elsewhere: Runs what blocks.
    """

    log = Logger()

    def __init__(
        self,
        directory: IDirectory,
        folder: Path,
        quota: int,
        now: Callable[[], datetime],
        elsewhere: Elsewhere,
    ) -> None:
        self._directory, self._folder, self._quota = directory, folder, quota
        self._now, self._elsewhere = now, elsewhere
        self._lock, self._numbers = DeferredLock(), count(1)

    async def add(self, viewer: Person, login_id: str, text: str, peer: str) -> None:
        """Keep a text.

        Raises:
            ApiError: 404 for nobody, 401 for somebody else, 400 for too much, 503 for too many at once, 500 when it
                cannot be written.
        """
        folder, now = self._of(viewer, login_id), self._now()
        entry = text_entry(text, peer, now)
        await self._write(lambda: self._append(folder, entry, now))

    async def add_compressed(self, viewer: Person, login_id: str, data: bytes) -> None:
        """Keep a compressed log; raises as `add` does."""
        folder, now = self._of(viewer, login_id), self._now()

        def keep() -> None:
            check_zip(data)
            self._store(folder, old_name(now, next(self._numbers), "zip"), data)

        await self._write(keep)

    def _of(self, viewer: Person, login_id: str) -> Path:
        snapshot = self._directory.snapshot()
        target = snapshot.person(login_id)
        if target is None or not target.is_agent:
            raise ApiError(404, "User Not Found", "UNKNOWN_USER", login_id)
        if relation(viewer, target, snapshot) is not Relation.SELF:
            raise wrong_user(login_id)
        return self._folder / folder_name(target.login_id)

    async def _write(self, work: Callable[[], None]) -> None:
        if len(self._lock.waiting) >= MAX_WAITING:
            raise ApiError(503, "Service Unavailable", "TOO_MANY_REQUESTS", "")
        # A client that is gone ends its waiting, and not what a thread is in the middle of.
        waiting: Deferred[None] = Deferred()
        Deferred.fromCoroutine(self._in_turn(work)).chainDeferred(waiting)
        await waiting

    async def _in_turn(self, work: Callable[[], None]) -> None:
        await self._lock.acquire()
        try:
            await self._elsewhere(work)
        except OSError as error:
            self.log.error("a client log is not kept: {reason}", reason=error.strerror)
            raise ApiError(500, "Internal Server Error", "RUNTIME_EXCEPTION") from error
        finally:
            self._lock.release()

    # In a thread ------------------------------------------------------------------------------------------------

    def _append(self, folder: Path, entry: bytes, now: datetime) -> None:
        current = folder / CURRENT
        try:
            is_full = current.stat().st_size + len(entry) > ROTATED_AT
        except FileNotFoundError:
            is_full = False
        if is_full:
            current.rename(folder / old_name(now, next(self._numbers), "log"))
        self._store(folder, CURRENT, entry)

    def _store(self, folder: Path, name: str, data: bytes) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        with open(os.open(folder / name, flags, 0o600), "ab") as file:
            file.write(data)
        files = [(path.name, path.stat().st_size) for path in folder.iterdir()]
        for surplus_name in surplus(files, self._quota):
            (folder / surplus_name).unlink(missing_ok=True)
