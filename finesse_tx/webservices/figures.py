"""Queues' figures: asked of the engine in rounds, and told when they have changed.

GED-188 pushes none of them, so they are asked for; one round begins a period after the one before, and a few questions
are under way at once, so that an engine with many queues is not asked faster than it answers. An engine that refuses
all of them, as UCCX does, is left alone for a while.

Spec: ``rest.md`` §6, §1.10 (every 10 s at most, only if changed); ``notifications.md`` §7.9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from twisted.internet.defer import CancelledError, Deferred, gatherResults
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.cti.core.errors import LinkDownError
from finesse_tx.cti.core.messages import (
    QuerySkillGroupStatisticsConf,
    QuerySkillGroupStatisticsReq,
)
from finesse_tx.errors import FinesseError
from finesse_tx.interfaces import ICTILink
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import QueueStatistics
from finesse_tx.webservices.core.queue_statistics import UNKNOWN, queue_statistics

__all__ = ["AT_ONCE", "REFUSED_S", "QueueFigures"]

AT_ONCE: Final = 4
"""How many questions are under way together."""

REFUSED_S: Final = 600.0
"""The pause after a round in which every question was refused."""


class QueueFigures:
    """The figures of all queues that somebody is in.

    Args:
        model: Agents and queues as of now.
        link: The engine.
        clock: For the rounds.
        now: The wall time, in UTC.
        period_s: From the beginning of a round to that of the next; 0: they are never asked for.
        changed: Is told which queue has other figures now.
    """

    log = Logger()

    def __init__(
        self,
        model: Callable[[], Model],
        link: ICTILink,
        clock: IReactorTime,
        now: Callable[[], datetime],
        period_s: float,
        changed: Callable[[int], None],
    ) -> None:
        self._model, self._link, self._clock, self._now = model, link, clock, now
        self._period_s, self._changed = period_s, changed
        self._figures: dict[int, QueueStatistics] = {}
        self._refused = 0
        self._later: IDelayedCall | None = None
        self._round: Deferred[list[None]] | None = None

    def of(self, csq_id: int) -> QueueStatistics:
        """A queue's figures, as they were told last."""
        return self._figures.get(csq_id, UNKNOWN)

    def begin(self) -> None:
        """Ask from now on; what was known before an outage is not known any more."""
        self.end()
        self._figures.clear()
        if self._period_s:
            self._ask_all()

    def end(self) -> None:
        """Ask no more."""
        if self._later is not None:
            later, self._later = self._later, None
            later.cancel()
        if self._round is not None:
            asking, self._round = self._round, None
            asking.cancel()

    def _ask_all(self) -> None:
        self._later = None
        began, self._refused = self._clock.seconds(), 0
        wanted = self._model().staffed_queues()
        for csq_id in [csq_id for csq_id in self._figures if csq_id not in wanted]:
            self._put(csq_id, UNKNOWN)
            del self._figures[csq_id]
        queues = iter(sorted(wanted))
        workers = [Deferred.fromCoroutine(self._ask_some(queues)) for _ in range(AT_ONCE)]
        asking = self._round = gatherResults(workers, consumeErrors=True)

        def over(result: list[None] | Failure) -> None:
            if self._round is not asking:
                return  # ended meanwhile
            self._round = None
            if isinstance(result, Failure):
                self.log.failure("queues' figures cannot be had", result)
            took = self._clock.seconds() - began
            refused = bool(wanted) and self._refused == len(wanted)
            pause = REFUSED_S if refused else max(0.0, self._period_s - took)
            self._later = self._clock.callLater(pause, self._ask_all)

        asking.addBoth(over)

    async def _ask_some(self, queues: Iterator[int]) -> None:
        for csq_id in queues:
            try:
                answer = await self._link.request(
                    QuerySkillGroupStatisticsReq(skill_group_number=csq_id)
                )
            except (LinkDownError, CancelledError):
                return
            except FinesseError as error:
                self._refused += 1
                self.log.debug(
                    "the figures of queue {queue} are not told: {error}",
                    queue=csq_id,
                    error=error,
                )
                self._put(csq_id, UNKNOWN)
            else:
                if isinstance(answer, QuerySkillGroupStatisticsConf):
                    self._put(csq_id, queue_statistics(answer, self.of(csq_id), self._now()))

    def _put(self, csq_id: int, figures: QueueStatistics) -> None:
        was = self.of(csq_id)
        self._figures[csq_id] = figures
        if figures != was:
            self._changed(csq_id)
