"""What the database is to have, and nobody waits for: on disk before anybody is told, in the database soon after.

`Outbox.keep` appends to a journal and returns; nothing here waits for the database. At most ``sync_s`` later, and for all
that has come meanwhile, other threads make the journal safe against a power cut and put its records into the database,
with the position in the same transaction: however it is interrupted, each record is there once, in its order. While the
database is away the journal grows, up to its bound; while the disk is full, records wait in memory, up to
`MAX_UNWRITTEN`. Only then is something lost, and the log says how much. Calls go on in any case.

A record that the database will never have (it contradicts what is there, or cannot be represented) is set aside in a
``.refused`` file beside the journal, and holds up no other.

Spec: ``design.md`` §5 (bounds), §7 (database gone, disk full).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec
from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.interfaces import IOutbox, IWorkers
from finesse_tx.store.core.errors import (
    StoreConflictError,
    StoreError,
    StoreRefusedError,
    StoreStoppedError,
    StoreUnavailableError,
)
from finesse_tx.store.core.outbox import OutboxStatus
from finesse_tx.store.journal import Batch, Journal, JournalError, read_batch, sync_file

__all__ = ["MAX_RETRY_S", "MAX_UNWRITTEN", "MIN_RETRY_S", "REMIND_S", "Outbox", "OutboxService"]

T = TypeVar("T")

Add = Callable[[str, int, int, Sequence[T]], Deferred[int]]
"""As `IHistoryRecords.add` has it: the journal, the position before, the one after, and what is between."""

MAX_UNWRITTEN: Final = 10_000
"""Records that wait in memory while the journal takes none; at that, the latest are lost."""

MIN_RETRY_S: Final = 1.0
MAX_RETRY_S: Final = 60.0
"""The database is asked again after the first, and after twice as long each time, up to the second."""

REMIND_S: Final = 600.0
"""While something is wrong, the log says so again after so long."""


@implementer(IOutbox)
class Outbox(Generic[T]):
    """One outbox.

    Args:
        what: How the log calls its records, such as "the history".
        journal: On this machine's disk.
        add: The database.
        workers: Threads for the disk.
        clock: For what is done later.
        stored: The journal's last record that the database has.
        sync_s: How much a power cut may cost; 0: nothing, and each `keep` waits for the disk.

    Attributes:
        lost: How many records nobody could keep.
        refused: How many the database would not have.
    """

    log = Logger()

    def __init__(
        self,
        what: str,
        journal: Journal[T],
        add: Add[T],
        workers: IWorkers,
        clock: IReactorTime,
        stored: int = 0,
        sync_s: float = 1.0,
    ) -> None:
        self._what, self._journal, self._add = what, journal, add
        self._workers, self._clock, self._sync_s = workers, clock, sync_s
        self._stored = self._stored_before = stored
        self._earlier = journal.next_sequence - 1
        self._caught_up: list[Deferred[None]] = []
        self._flushing: list[tuple[int, Deferred[None]]] = []
        self._at: tuple[Path | None, int] = None, 0
        self._unwritten: deque[T] = deque()
        self.lost = self.refused = 0
        self._running = False
        self._storing: Deferred[None] | None = None
        self._timer: IDelayedCall | None = None
        self._retry_s = MIN_RETRY_S
        self._disk = _Trouble()
        self._database = _Trouble()

    @property
    def floor(self) -> int:
        """The highest `Records.floor` so far."""
        return self._journal.floor

    @property
    def waiting(self) -> int:
        """How many records the database does not have."""
        return self._journal.next_sequence - 1 - self._stored + len(self._unwritten)

    @property
    def trouble(self) -> str:
        """What is wrong, in one line; empty when nothing is."""
        return self._disk.what or self._database.what

    def status(self) -> OutboxStatus:
        """How it is now."""
        return OutboxStatus(
            self._stored - self._stored_before,
            self.waiting,
            self.lost,
            self.refused,
            self._journal.size,
            bool(self._disk.what),
            bool(self._database.what),
        )

    def start(self) -> None:
        """Bring what an earlier run has left into the database."""
        self._running = True
        self._store_in(0.0)

    def caught_up(self) -> Deferred[None]:
        """Wait for what earlier processes have left.

        Returns:
            Fires when the database has all of it.
        """
        waiting: Deferred[None] = Deferred()
        self._caught_up.append(waiting)
        self._look_whether_caught_up()
        return waiting

    def _look_whether_caught_up(self) -> None:
        if self._stored >= self._earlier:
            waiting, self._caught_up = self._caught_up, []
            for one in waiting:
                if not one.called:
                    one.callback(None)

    def flush(self) -> Deferred[None]:
        """Bring what there is into the database now; see `IOutbox`."""
        if not self.waiting:
            return succeed(None)
        done: Deferred[None] = Deferred()
        self._flushing.append((self._journal.next_sequence - 1 + len(self._unwritten), done))
        if self._storing is None:
            self._begin()
        return done

    def _flushed(self, error: Exception | None) -> None:
        """Answer those whose records are there; or everyone, that they are not."""
        waiting = self._flushing
        self._flushing = [] if error else [one for one in waiting if one[0] > self._stored]
        for sequence, done in waiting:
            if done.called:  # cancelled
                continue
            if sequence <= self._stored:
                done.callback(None)
            elif error is not None:
                done.errback(error)

    def stop(self) -> Deferred[None]:
        """Bring what there is into the database, if it takes it; the journal has it in any case."""
        if not self._running:
            return succeed(None)
        self._running = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        self._write()
        try:
            if self._storing is not None:
                await self._storing
            await self._store()
        except StoreError as error:
            self._database_failed(error)
        finally:
            self._flushed(StoreStoppedError())
            self._journal.close()

    # To the journal -----------------------------------------------------------------------------------------------

    def keep(self, *records: T) -> None:
        """Keep records: when this returns, the end of the process does not lose them, unless the disk is full."""
        for record in records:
            if len(self._unwritten) < MAX_UNWRITTEN:
                self._unwritten.append(record)
            else:
                self.lost += 1
        self._write()

    def _write(self) -> None:
        try:
            while self._unwritten:
                self._append(self._unwritten[0])
                self._unwritten.popleft()
            if not self._sync_s:
                self._journal.sync()
        except JournalError as error:
            self._disk_failed(error)
            self._store_in(MIN_RETRY_S)
            return
        if self._disk.ends():
            self.log.info(
                "The journal of {what} can be written again; {lost} were lost",
                what=self._what,
                lost=self.lost,
            )
        self._store_in(self._sync_s or MIN_RETRY_S)

    def _append(self, record: T) -> None:
        try:
            self._journal.append(record)
        except (
            ValueError
        ):  # it cannot be written at all: a bug of ours, and no reason to keep the others from it
            self.lost += 1
            self.log.failure("A record of {what} is lost: it is no line", what=self._what)

    def _disk_failed(self, error: JournalError) -> None:
        if self._disk.begins(str(error), self._clock.seconds()):
            self.log.critical(
                "{what} cannot be written: {error}. {waiting} of {limit} records wait in memory, {lost} are "
                "lost; calls go on",
                what=self._what.capitalize(),
                error=error,
                waiting=len(self._unwritten),
                limit=MAX_UNWRITTEN,
                lost=self.lost,
            )

    # To the database ----------------------------------------------------------------------------------------------

    def _store_in(self, seconds: float) -> None:
        """Bring what there is into the database, so soon; unless that is planned or being done already."""
        if self._running and self._timer is None and self._storing is None:
            self._timer = self._clock.callLater(seconds, self._begin)

    def _begin(self) -> None:
        if self._unwritten:
            self._write()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        self._storing = Deferred.fromCoroutine(self._store())
        self._storing.addCallbacks(self._stored_all, self._not_stored)

    async def _store(self) -> None:
        """Put what the journal has now into the database, batch by batch."""
        journal = self._journal
        limit = journal.next_sequence - 1
        if limit > self._stored:
            await self._workers.run(partial(sync_file, journal.last_file))
        while self._stored < limit and (path := journal.file_of(self._stored + 1)) is not None:
            offset = self._at[1] if self._at[0] == path else 0
            read = partial(read_batch, path, journal.records, self._stored, offset, limit)
            batch: Batch[T] = await self._workers.run(read)
            if batch.unknown or batch.last == self._stored:
                self._damaged(path, batch.unknown)
            last = batch.last
            if last == self._stored:  # the rest of this file is of no use
                last = min(limit, journal.last_of(path))
            position = await self._add_all(batch, last)
            self._at = (path, batch.offset) if position == batch.last else (None, 0)
            self._stored = position
            journal.forget(position)

    async def _add_all(self, batch: Batch[T], last: int) -> int:
        name = self._journal.name
        try:
            return await self._add(name, self._stored, last, tuple(batch.entries.values()))
        except (StoreConflictError, StoreRefusedError) as error:
            if not batch.entries:
                raise
            self.log.warn("{what}: {error}; record by record", what=self._what, error=error)
        after = self._stored
        self._at = None, 0  # it goes on within the batch
        for number, record in batch.entries.items():
            try:
                position = await self._add(name, after, number, (record,))
            except (StoreConflictError, StoreRefusedError) as error:
                await self._workers.run(partial(self._set_aside, number, record))
                self._was_refused(number, error)
                position = await self._add(name, after, number, ())
            if position != number:
                return position
            self._stored = after = number
        return after if after == last else await self._add(name, after, last, ())

    def _set_aside(self, number: int, record: T) -> None:
        """In another thread."""
        path = self._journal.folder / f"{number:020d}.refused"
        path.touch(0o600)
        path.write_bytes(msgspec.json.encode(record))

    def _was_refused(self, number: int, error: StoreError) -> None:
        self.refused += 1
        self.log.critical(
            "{what}: the database will not have record {number}: {error}; it is set aside in {folder}",
            what=self._what,
            number=number,
            error=error,
            folder=str(self._journal.folder),
        )

    def _damaged(self, path: Path, unknown: int) -> None:
        self.log.critical(
            "{path} has {unknown} records of another version, or is damaged after record {last}: those are not in "
            "the database",
            path=str(path),
            unknown=unknown,
            last=self._stored,
        )

    def _stored_all(self, _: None) -> None:
        self._storing = None
        self._retry_s = MIN_RETRY_S
        if self._database.ends():
            self.log.info("The database takes {what} again", what=self._what)
        self._look_whether_caught_up()
        unwritten = StoreUnavailableError(self._disk.what) if self._unwritten else None
        self._flushed(unwritten)
        if self._flushing:  # for what has come meanwhile
            self._begin()
        elif self.waiting:
            self._store_in(self._sync_s or MIN_RETRY_S)

    def _not_stored(self, failure: Failure) -> None:
        self._storing = None
        error = failure.value
        self._flushed(error if isinstance(error, StoreError) else StoreUnavailableError(str(error)))
        if isinstance(error, StoreStoppedError) and not self._running:
            return
        if isinstance(error, StoreError | OSError):
            self._database_failed(error)
        else:
            self.log.failure("{what} could not be stored", failure, what=self._what)
        self._store_in(self._retry_s)
        self._retry_s = min(MAX_RETRY_S, 2 * self._retry_s)

    def _database_failed(self, error: Exception) -> None:
        if self._database.begins(str(error), self._clock.seconds()):
            self.log.error(
                "The database does not take {what}: {error}. {waiting} records wait in {folder}, {size} of "
                "{limit} bytes; calls go on",
                what=self._what,
                error=error,
                waiting=self.waiting,
                folder=str(self._journal.folder),
                size=self._journal.size,
                limit=self._journal.max_bytes,
            )


class OutboxService(Service):
    """An outbox that belongs to nobody else, as a part of the server.

    Args:
        outbox: It.
    """

    def __init__(self, outbox: IOutbox) -> None:
        self._outbox = outbox

    @override
    def startService(self) -> None:
        super().startService()
        self._outbox.start()

    @override
    def stopService(self) -> Deferred[None]:
        super().stopService()
        stopping: Deferred[None] = self._outbox.stop()
        return stopping


class _Trouble:
    """Something that is wrong for a time, and what is logged of it.

    Attributes:
        what: What is wrong; empty while nothing is.
    """

    def __init__(self) -> None:
        self.what = ""
        self._said_at = 0.0

    def begins(self, what: str, now: float) -> bool:
        """It is so, or still so; say whether that is to be told."""
        is_new = not self.what or now - self._said_at >= REMIND_S
        self.what = what
        if is_new:
            self._said_at = now
        return is_new

    def ends(self) -> bool:
        """It is so no more; say whether it was."""
        was, self.what = self.what, ""
        return bool(was)
