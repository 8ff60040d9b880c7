"""Keeps the history: in an outbox before anybody is told, in the database soon after, and no longer than is wanted.

Spec: ``engine.md`` §6 (writes never block call handling, retention); ``design.md`` §7.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Final, TypeVar

from msgspec.structs import replace
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger

from finesse_tx.config import HistoryConfig
from finesse_tx.engine.core.records import AgentStateDetail, CallRecord, Entry
from finesse_tx.interfaces import IHistoryRecords, IOutbox
from finesse_tx.store.core.outbox import OutboxStatus, Records

__all__ = ["HISTORY", "MAX_CALLS", "PURGE_S", "History", "months_before"]

T = TypeVar("T")

HISTORY: Final[Records[Entry]] = Records(
    Entry, "history.journal_max_bytes", lambda entry: entry.next_session
)
"""What the history's journal holds; it remembers the first session id that no call has."""

MAX_CALLS: Final = 100
"""Legs in one record; an entry with more becomes several."""

PURGE_S: Final = 3_600.0
"""How often what is too old is removed."""

PURGE_PAUSE_S: Final = 0.2
"""Between two transactions that remove something, so that others get at the database."""


class History:
    """The history of one engine.

    Args:
        outbox: Where it is kept first.
        records: The database.
        clock: For what is done later.
        now: The time, in UTC.
        config: The operator's settings.
    """

    log = Logger()

    def __init__(
        self,
        outbox: IOutbox,
        records: IHistoryRecords,
        clock: IReactorTime,
        now: Callable[[], datetime],
        config: HistoryConfig,
    ) -> None:
        self._outbox, self._records = outbox, records
        self._clock, self._now, self._config = clock, now, config
        self._earlier_session = self.next_session
        self._running = False
        self._purge_timer: IDelayedCall | None = None
        self._purging: Deferred[None] | None = None

    @property
    def next_session(self) -> int:
        """The first session id that no recorded call has."""
        return int(self._outbox.floor)

    def status(self) -> OutboxStatus:
        """How it is now."""
        found: OutboxStatus = self._outbox.status()
        return found

    def start(self) -> None:
        """Bring what an earlier run has left into the database, and begin to remove what is too old."""
        self._running = True
        self._outbox.start()
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
        caught_up: Deferred[None] = self._outbox.caught_up()
        return caught_up.addCallback(
            lambda _: self._records.fold(*moments, self._earlier_session, work)
        )

    def stop(self) -> Deferred[None]:
        """Bring what there is into the database, if it takes it; the journal has it in any case."""
        if not self._running:
            return succeed(None)
        self._running = False
        if self._purge_timer is not None and self._purge_timer.active():
            self._purge_timer.cancel()
        if self._purging is not None:
            self._purging.cancel()
        stopping: Deferred[None] = self._outbox.stop()
        return stopping

    def keep(self, entry: Entry) -> None:
        """Keep an entry: when this returns, the end of the process does not lose it, unless the disk is full."""
        self._outbox.keep(*_parts(entry))

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
