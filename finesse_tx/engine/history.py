"""Keeps the history: on disk before anybody is told, in the database soon after.

`History.keep` appends to the journal and returns; nothing here waits for the database. At most ``sync_s`` later, and
for all that has come meanwhile, other threads make the journal safe against a power cut and put its records into the
database, with the position in the same transaction. While the database is away the journal grows, up to its bound;
while the disk is full, records wait in memory, up to `MAX_UNWRITTEN`. Only then is something lost, and the log says
how much. Calls go on in any case.

Spec: ``engine.md`` §6 (writes never block call handling, retention); ``design.md`` §7.
"""

from __future__ import annotations

from calendar import monthrange
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from msgspec.structs import replace
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.config import HistoryConfig
from finesse_tx.engine.core.metrics import HistoryStatus
from finesse_tx.engine.core.records import AgentStateDetail, CallRecord, Entry
from finesse_tx.engine.journal import Journal, JournalError, read_batch, sync_file
from finesse_tx.interfaces import IHistoryRecords, IWorkers
from finesse_tx.store.core.errors import StoreError, StoreStoppedError

__all__ = ["MAX_UNWRITTEN", "PURGE_S", "History", "months_before"]

T = TypeVar("T")

MAX_UNWRITTEN: Final = 10_000
"""Entries that wait in memory while the journal takes none; at that, the latest are lost."""

MAX_CALLS: Final = 100
"""Legs in one record; an entry with more becomes several."""

MIN_RETRY_S: Final = 1.0
MAX_RETRY_S: Final = 60.0
"""The database is asked again after the first, and after twice as long each time, up to the second."""

REMIND_S: Final = 600.0
"""While something is wrong, the log says so again after so long."""

PURGE_S: Final = 3_600.0
"""How often what is too old is removed."""

PURGE_PAUSE_S: Final = 0.2
"""Between two transactions that remove something, so that others get at the database."""


class History:
    """The history of one engine.

    Args:
        journal: On this machine's disk.
        records: The database.
        workers: Threads for the disk.
        clock: For what is done later.
        now: The time, in UTC.
        config: The operator's settings.
        stored: The journal's last record that the database has.

    Attributes:
        lost: How many entries nobody could keep.
    """

    log = Logger()

    def __init__(
        self,
        journal: Journal,
        records: IHistoryRecords,
        workers: IWorkers,
        clock: IReactorTime,
        now: Callable[[], datetime],
        config: HistoryConfig,
        stored: int = 0,
    ) -> None:
        self._journal, self._records, self._workers = journal, records, workers
        self._clock, self._now, self._config = clock, now, config
        self._stored = self._stored_before = stored
        self._earlier = journal.next_sequence - 1, journal.next_session
        self._caught_up: Deferred[None] | None = None
        self._at: tuple[Path | None, int] = None, 0
        self._unwritten: deque[Entry] = deque()
        self.lost = 0
        self._running = False
        self._storing: Deferred[None] | None = None
        self._timer: IDelayedCall | None = None
        self._purge_timer: IDelayedCall | None = None
        self._purging: Deferred[None] | None = None
        self._retry_s = MIN_RETRY_S
        self._disk = _Trouble()
        self._database = _Trouble()

    @property
    def next_session(self) -> int:
        """The first session id that no recorded call has."""
        return self._journal.next_session

    @property
    def waiting(self) -> int:
        """How many records the database does not have."""
        return self._journal.next_sequence - 1 - self._stored + len(self._unwritten)

    @property
    def trouble(self) -> str:
        """What is wrong, in one line; empty when nothing is."""
        return self._disk.what or self._database.what

    def status(self) -> HistoryStatus:
        """How it is now."""
        return HistoryStatus(
            self._stored - self._stored_before,
            self.waiting,
            self.lost,
            self._journal.size,
            bool(self._disk.what),
            bool(self._database.what),
        )

    def start(self) -> None:
        """Bring what an earlier run has left into the database, and begin to remove what is too old."""
        self._running = True
        self._store_in(0.0)
        if self._config.keep_months:
            self._purge_timer = self._clock.callLater(0.0, self._purge)

    def earlier(
        self,
        since: float,
        until: float,
        work: Callable[[Iterable[AgentStateDetail], Iterable[CallRecord]], T],
    ) -> Deferred[T]:
        """Make something of what earlier processes have left of a time, once, when the database has all of it.

        Args:
            since: Its first moment, in seconds since 1970.
            until: The first moment after it.
            work: As `IHistoryRecords.fold` has it.

        Returns:
            Fires with what ``work`` returned, or fails with a `StoreError`.
        """
        moments = datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC)
        caught_up = self._caught_up = Deferred()
        reading = caught_up.addCallback(
            lambda _: self._records.fold(*moments, self._earlier[1], work)
        )
        self._look_whether_caught_up()
        return reading

    def _look_whether_caught_up(self) -> None:
        caught_up = self._caught_up
        if caught_up is not None and self._stored >= self._earlier[0]:
            self._caught_up = None
            caught_up.callback(None)

    def stop(self) -> Deferred[None]:
        """Bring what there is into the database, if it takes it; the journal has it in any case."""
        if not self._running:
            return succeed(None)
        self._running = False
        for timer in (self._timer, self._purge_timer):
            if timer is not None and timer.active():
                timer.cancel()
        if self._purging is not None:
            self._purging.cancel()
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
            self._journal.close()

    # To the journal -----------------------------------------------------------------------------------------------

    def keep(self, entry: Entry) -> None:
        """Keep an entry: when this returns, the end of the process does not lose it, unless the disk is full."""
        for part in _parts(entry):
            if len(self._unwritten) < MAX_UNWRITTEN:
                self._unwritten.append(part)
            else:
                self.lost += 1
        self._write()

    def _write(self) -> None:
        try:
            while self._unwritten:
                self._append(self._unwritten[0])
                self._unwritten.popleft()
            if not self._config.sync_s:
                self._journal.sync()
        except JournalError as error:
            self._disk_failed(error)
            self._store_in(MIN_RETRY_S)
            return
        if self._disk.ends():
            self.log.info(
                "The journal of the history can be written again; {lost} were lost", lost=self.lost
            )
        self._store_in(self._config.sync_s or MIN_RETRY_S)

    def _append(self, entry: Entry) -> None:
        try:
            self._journal.append(entry)
        except (
            ValueError
        ):  # it cannot be written at all: a bug of ours, and no reason to keep the others from it
            self.lost += 1
            self.log.failure("A record of the history is lost: it is no line")

    def _disk_failed(self, error: JournalError) -> None:
        if self._disk.begins(str(error), self._clock.seconds()):
            self.log.critical(
                "The history cannot be written: {error}. {waiting} of {limit} records wait in memory, {lost} are "
                "lost; calls go on",
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
        self._timer = None
        self._write_again()
        self._storing = Deferred.fromCoroutine(self._store())
        self._storing.addCallbacks(self._stored_all, self._not_stored)

    def _write_again(self) -> None:
        if self._unwritten:
            self._write()

    async def _store(self) -> None:
        """Put what the journal has now into the database, batch by batch."""
        journal = self._journal
        limit = journal.next_sequence - 1
        if limit > self._stored:
            await self._workers.run(partial(sync_file, journal.last_file))
        while self._stored < limit and (path := journal.file_of(self._stored + 1)) is not None:
            offset = self._at[1] if self._at[0] == path else 0
            batch = await self._workers.run(partial(read_batch, path, self._stored, offset, limit))
            if batch.unknown or batch.last == self._stored:
                self._damaged(path, batch.unknown)
            last = batch.last
            if last == self._stored:  # the rest of this file is of no use
                last = min(limit, journal.last_of(path))
            position = await self._records.add(journal.name, self._stored, last, batch.entries)
            self._at = (path, batch.offset) if position == batch.last else (None, 0)
            self._stored = position
            journal.forget(position)

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
            self.log.info("The database takes the history again")
        self._look_whether_caught_up()
        if self.waiting:
            self._store_in(self._config.sync_s or MIN_RETRY_S)

    def _not_stored(self, failure: Failure) -> None:
        self._storing = None
        error = failure.value
        if isinstance(error, StoreStoppedError) and not self._running:
            return
        if isinstance(error, StoreError | OSError):
            self._database_failed(error)
        else:
            self.log.failure("The history could not be stored", failure)
        self._store_in(self._retry_s)
        self._retry_s = min(MAX_RETRY_S, 2 * self._retry_s)

    def _database_failed(self, error: Exception) -> None:
        if self._database.begins(str(error), self._clock.seconds()):
            self.log.error(
                "The database does not take the history: {error}. {waiting} records wait in {folder}, {size} of "
                "{limit} bytes; calls go on",
                error=error,
                waiting=self.waiting,
                folder=str(self._journal.folder),
                size=self._journal.size,
                limit=self._journal.max_bytes,
            )

    # Retention ----------------------------------------------------------------------------------------------------

    def _purge(self) -> None:
        self._purge_timer = self._clock.callLater(PURGE_S, self._purge)
        if self._purging is None:
            self._purging = Deferred.fromCoroutine(self._remove())
            self._purging.addBoth(self._purged)

    async def _remove(self) -> None:
        before = months_before(self._now(), self._config.keep_months)
        rows = 0
        while count := await self._records.purge(before):
            rows += count
            await deferLater(self._clock, PURGE_PAUSE_S)
        if rows:
            self.log.info(
                "Removed {rows} rows of history from before {before}", rows=rows, before=before
            )

    def _purged(self, result: object) -> None:
        self._purging = None
        if (error := getattr(result, "value", None)) is not None and self._running:
            self.log.warn("What is too old stays in the history for now: {error}", error=error)


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


def months_before(moment: datetime, months: int) -> datetime:
    """The same time of day so many months earlier; the last day of a month that is too short."""
    count = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(count, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _parts(entry: Entry) -> Iterator[Entry]:
    """The same in records that are not too long."""
    if len(entry.calls) <= MAX_CALLS and len(entry.states) <= MAX_CALLS * 10:
        yield entry
        return
    for start in range(0, len(entry.states), MAX_CALLS * 10):
        yield replace(entry, states=entry.states[start : start + MAX_CALLS * 10], calls=())
    for start in range(0, len(entry.calls), MAX_CALLS):
        yield replace(entry, states=(), calls=entry.calls[start : start + MAX_CALLS])
