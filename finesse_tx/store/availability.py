"""Whether the database is there: what each transaction says, and a probe where none is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.store.core.errors import (
    StoreBusyError,
    StoreStoppedError,
    StoreUnavailableError,
)
from finesse_tx.store.core.status import StoreStatus

__all__ = ["ANSWER_S", "PROBE_S", "Availability"]

T = TypeVar("T")

PROBE_S: Final = 5.0
"""How often the database is asked something, whether there is work for it or not."""

ANSWER_S: Final = 15.0
"""A database that has not answered the probe for so long is away: it hangs."""


class Availability:
    """What is known of the database; an outage begins and ends with a line in the log.

    A database that cannot be written (its disk is full, it is a standby) is away too, and comes back with a write.

    Args:
        probe: Asks the database something: reads, or, if it is given True, writes. As `Store.transact` fires.
        clock: For the probe.
        jobs: How much runs and waits now.

    Attributes:
        outages: How many there were.
    """

    log = Logger()

    def __init__(
        self,
        probe: Callable[[bool], Deferred[None]],
        clock: IReactorTime,
        jobs: Callable[[], int],
    ) -> None:
        self._probe, self._clock, self._jobs = probe, clock, jobs
        self._since: float | None = None
        self._writes = False
        self._asking: Deferred[None] | None = None
        self.outages = 0
        self._looping = LoopingCall(self._look)
        self._looping.clock = clock

    def start(self) -> None:
        """Begin to probe."""
        self._looping.start(PROBE_S, now=False)

    def stop(self) -> None:
        """Probe no more."""
        if self._looping.running:
            self._looping.stop()
        if self._asking is not None:
            self._asking.cancel()

    @property
    def is_away(self) -> bool:
        """Whether the database is away."""
        return self._since is not None

    def status(self) -> StoreStatus:
        """How it is now."""
        away_s = None if self._since is None else self._clock.seconds() - self._since
        return StoreStatus(away_s, self.outages, self._jobs())

    def watch(self, answer: Deferred[T], *, writes: bool) -> None:
        """Learn from a transaction, whose result stays what it is."""

        def succeeded(result: T) -> T:
            self._succeeded(writes=writes)
            return result

        def failed(failure: Failure) -> Failure:
            if isinstance(failure.value, StoreUnavailableError):
                self._failed(failure.value, writes=writes)
            elif not failure.check(CancelledError, StoreBusyError, StoreStoppedError):
                # The database has said no, or has been asked what made no sense: it is there.
                self._succeeded(writes=False)
            return failure

        answer.addCallbacks(succeeded, failed)

    def _look(self) -> Deferred[None]:
        silent = StoreUnavailableError(f"it has not answered for {ANSWER_S:.0f} s")
        waiting = self._clock.callLater(ANSWER_S, self._failed, silent, writes=False)

        def answered(_result: object) -> None:
            if waiting.active():
                waiting.cancel()

        # Failures are told by `watch`; the next look comes when this one has ended.
        asking = self._asking = self._probe(self._writes)
        return asking.addBoth(answered)

    def _failed(self, error: StoreUnavailableError, *, writes: bool) -> None:
        self._writes |= writes
        if self._since is not None:
            return
        self._since = self._clock.seconds()
        self.outages += 1
        self.log.error(
            "The database is away: {reason}. Calls and sign-ins go on; what nobody waits for is kept on disk, and "
            "changes of the configuration are refused",
            reason=error.reason,
        )

    def _succeeded(self, *, writes: bool) -> None:
        if self._since is None or (self._writes and not writes):
            return
        seconds, self._since, self._writes = self._clock.seconds() - self._since, None, False
        self.log.info("The database is back, after {seconds} s", seconds=round(seconds, 1))
