"""Taking people in from another directory: now and then, and when somebody asks.

Spec: ``axl.md`` §6 (never on the way of a call; back-off), issue 7, point 2 (a dry run that prints the difference).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.directory.core.edits import Author, Edit
from finesse_tx.directory.core.metrics import synchroniser_families
from finesse_tx.directory.core.synchronising import Policy, synchronised
from finesse_tx.directory.core.telling import differences
from finesse_tx.errors import FinesseError
from finesse_tx.interfaces import IDirectoryEditing, IDirectorySource, ISynchroniser
from finesse_tx.metrics.core.families import Family

__all__ = ["FIRST_S", "LOGGED", "PIECE", "RETRY_S", "Synchroniser"]

FIRST_S: Final = 5.0
"""So long after the start comes the first."""

RETRY_S: Final = 60.0
"""So long after one that failed comes the next; twice as long after each more, up to ``directory.sync_s``."""

PIECE: Final = 1_000
"""So many edits are made in one transaction."""

LOGGED: Final = 100
"""So many differences are logged of one."""


@implementer(ISynchroniser)
class Synchroniser(Service):
    """Takes people in.

    Args:
        source: Who tells of them.
        editing: Changes ours.
        policy: How.
        sync_s: How often.
        clock: For that.
        chance: A number from 0 to 1, for pauses that differ: nodes of one directory do not ask all at once.

    Attributes:
        outcomes: How often it was ``done``, and how often it ``failed``, but for dry runs.
    """

    log = Logger()
    name = "synchroniser"

    def __init__(
        self,
        source: IDirectorySource,
        editing: IDirectoryEditing,
        policy: Policy,
        sync_s: float,
        clock: IReactorTime,
        chance: Callable[[], float],
    ) -> None:
        self._source, self._editing, self._policy = source, editing, policy
        self._sync_s, self._clock, self._chance = sync_s, clock, chance
        self._lock = DeferredLock()
        self._timer: IDelayedCall | None = None
        self._failures = 0
        self.outcomes: Counter[str] = Counter()
        self._left_out = 0
        self._done_at: float | None = None

    def families(self) -> Iterator[Family]:
        """What is told of it on ``/metrics``."""
        at = self._done_at
        age_s = None if at is None else self._clock.seconds() - at
        yield from synchroniser_families(self.outcomes, self._left_out, age_s)

    @override
    def startService(self) -> None:
        super().startService()
        self._plan(FIRST_S)

    @override
    def stopService(self) -> Deferred[None]:
        super().stopService()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        return self._source.close()

    def synchronise(self, dry_run: bool) -> Deferred[tuple[str, ...]]:
        """Do it now, or say what it would do; see `ISynchroniser`."""
        done: Deferred[tuple[str, ...]] = self._lock.run(
            lambda: Deferred.fromCoroutine(self._synchronise(dry_run))
        )
        if not dry_run:
            done.addErrback(self._count_failure)
        return done

    def _count_failure(self, failure: Failure) -> Failure:
        self.outcomes["failed"] += 1
        return failure

    async def _synchronise(self, dry_run: bool) -> tuple[str, ...]:
        found = await self._source.people()
        register = await self._editing.register()
        wanted = synchronised(register, found, self._policy)
        lines = (
            *differences(wanted.plan.steps, wanted.plan.register),
            *(f"! {reason}" for reason in wanted.left_out),
        )
        if not dry_run:
            await self._make(wanted.edits)
            self.outcomes["done"] += 1
            self._left_out, self._done_at = len(wanted.left_out), self._clock.seconds()
        return lines

    async def _make(self, edits: tuple[Edit, ...]) -> None:
        author = Author(self._policy.source, "synchronisation")
        for start in range(0, len(edits), PIECE):
            await self._editing.apply(edits[start : start + PIECE], author)

    # Now and then -----------------------------------------------------------------------------------------------

    def _plan(self, pause_s: float) -> None:
        if self.running:
            jitter = 0.9 + 0.2 * self._chance()
            self._timer = self._clock.callLater(pause_s * jitter, self._now)

    def _now(self) -> None:
        self._timer = None
        running = Deferred.fromCoroutine(self._run())
        running.addErrback(lambda failure: self.log.failure("people cannot be taken in", failure))

    async def _run(self) -> None:
        pause_s = self._sync_s
        try:
            lines = await self.synchronise(False)
        except FinesseError as error:
            pause_s = min(self._sync_s, RETRY_S * 2**self._failures)
            self._failures = min(self._failures + 1, 20)
            self.log.error(
                "people of {source} are not taken in: {error}; again in {pause_s} s",
                source=self._policy.source,
                error=error,
                pause_s=round(pause_s),
            )
        else:
            self._failures = 0
            self._tell(lines)
        finally:
            self._plan(pause_s)

    def _tell(self, lines: tuple[str, ...]) -> None:
        for line in lines[:LOGGED]:
            self.log.info("{source}: {line}", source=self._policy.source, line=line)
        if len(lines) > LOGGED:
            more = len(lines) - LOGGED
            self.log.info("{source}: and {more} more", source=self._policy.source, more=more)
