"""After a start: what had been counted of the day before it, out of the history.

It is read and counted in another thread, once the database has all that earlier processes have left in the journal;
calls are taken meanwhile, and counted from the start on.

Spec: ``engine.md`` §5.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core.calendar import Calendar, Period
from finesse_tx.engine.core.recount import BEFORE_S, Day, absorb, recount
from finesse_tx.engine.core.router import Router
from finesse_tx.engine.core.statistics import Statistics
from finesse_tx.engine.history import History
from finesse_tx.store.core.errors import StoreError

__all__ = ["Today"]


class Today:
    """One engine's.

    Args:
        history: Has what was recorded.
        calendar: When days begin; used in another thread, and by nobody else.
        statistics: What is to have counted the whole day.
        router: Selects agents by what they have done today.
        wall_s: The time, in seconds since 1970.
    """

    log = Logger()

    def __init__(
        self,
        history: History,
        calendar: Calendar,
        statistics: Statistics,
        router: Router,
        wall_s: Callable[[], float],
    ) -> None:
        self._history, self._calendar, self._wall_s = history, calendar, wall_s
        self._statistics, self._router = statistics, router
        self._reading: Deferred[Day] | None = None

    def begin(self, snapshot: Snapshot) -> None:
        """Find out; nothing has been counted yet.

        Args:
            snapshot: Who there is.
        """
        until = self._wall_s()
        begin = self._calendar.span(Period.TODAY, until).start
        work = partial(recount, self._calendar, snapshot, until)
        reading = self._reading = self._history.earlier(begin - BEFORE_S, until, work)
        reading.addCallback(self._counted).addErrback(self._failed)

    def end(self) -> None:
        """Whatever has not been found out stays so."""
        if self._reading is not None:
            self._reading.cancel()

    def _counted(self, day: Day) -> None:
        self._reading = None
        at = self._wall_s()
        if self._calendar.span(Period.TODAY, at).start != day.begin:
            return
        absorb(self._statistics, day, at)
        self._router.remember(day.handled_by_csq, day.handled_by_agent)
        if day.system.contacts:
            self.log.info(
                "today until now: {contacts} contacts, {handled} of them handled",
                contacts=day.system.contacts,
                handled=day.system.handled,
            )

    def _failed(self, failure: Failure) -> None:
        self._reading = None
        if failure.check(StoreError):
            self.log.error(
                "today's figures begin anew, the history cannot be read: {reason}",
                reason=failure.getErrorMessage(),
            )
        elif not failure.check(CancelledError):
            self.log.failure("today's figures begin anew", failure)
