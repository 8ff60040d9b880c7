"""`finesse_tx.store.availability`: when the database is away, and when it is back."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.store.availability import ANSWER_S, PROBE_S, Availability
from finesse_tx.store.core.errors import (
    StoreBusyError,
    StoreConflictError,
    StoreError,
    StoreRefusedError,
    StoreStoppedError,
    StoreUnavailableError,
)

GONE = StoreUnavailableError("it is gone")


class AvailabilityTests(SynchronousTestCase):
    """`Availability`, beside a database of the test's making."""

    def setUp(self) -> None:
        """All is well."""
        self.clock = Clock()
        self.probes: list[bool] = []
        self.failing: StoreError | None = None
        self.probing: Deferred[None] | None = None
        self.availability = Availability(self.probe, self.clock, lambda: 7)

    def probe(self, is_write: bool) -> Deferred[None]:
        """Answer at once, unless the test says otherwise."""
        self.probes.append(is_write)
        asking = self.probing or self.answer()
        self.availability.watch(asking, writes=is_write)
        return asking

    def answer(self) -> Deferred[None]:
        """What the database says now."""
        return succeed(None) if self.failing is None else fail(self.failing)

    def tell(self, error: BaseException | None, *, writes: bool) -> None:
        """A transaction ends so."""
        answer: Deferred[Any] = succeed(5) if error is None else fail(error)
        self.availability.watch(answer, writes=writes)
        if error is None:
            self.assertEqual(self.successResultOf(answer), 5)
        else:
            self.assertIs(self.failureResultOf(answer).value, error)

    @property
    def is_away(self) -> bool:
        """Whether it is said to be."""
        return self.availability.status().away_s is not None

    def test_outage(self) -> None:
        """It begins with the first failure and ends with the next success, with a line each, and is counted."""
        with capturedLogs() as logs:
            self.tell(GONE, writes=False)
            self.clock.advance(3)
            self.tell(GONE, writes=False)
            status = self.availability.status()
            self.assertEqual((status.away_s, status.outages, status.jobs), (3, 1, 7))
            self.tell(None, writes=False)
        self.assertEqual([event["log_level"].name for event in logs], ["error", "info"])
        self.assertEqual((logs[0]["reason"], logs[1]["seconds"]), ("it is gone", 3))
        self.assertFalse(self.is_away)

    def test_writes(self) -> None:
        """One that cannot be written is away until it can, whoever reads meanwhile."""
        self.tell(GONE, writes=True)
        self.tell(None, writes=False)
        self.assertTrue(self.is_away)
        self.tell(None, writes=True)
        self.assertFalse(self.is_away)

    def test_no(self) -> None:
        """A database that says no is there; who was not asked says nothing."""
        for error in (StoreConflictError("twice"), StoreRefusedError("nonsense"), ValueError()):
            self.tell(GONE, writes=False)
            self.tell(error, writes=True)
            self.assertFalse(self.is_away)
        self.tell(GONE, writes=False)
        for silent in (StoreBusyError(3), StoreStoppedError(), CancelledError()):
            self.tell(silent, writes=True)
            self.assertTrue(self.is_away)

    def test_probe(self) -> None:
        """Nobody has to ask: the probe finds out, with a write where a write has failed, one at a time."""
        self.availability.start()
        self.clock.advance(PROBE_S)
        self.failing = GONE
        self.clock.advance(PROBE_S)
        self.assertEqual((self.probes, self.is_away), ([False, False], True))
        self.tell(GONE, writes=True)
        slow = self.probing = Deferred()
        self.clock.pump([PROBE_S] * 3)
        self.assertEqual(self.probes, [False, False, True])
        self.probing = self.failing = None
        slow.errback(GONE)
        self.clock.advance(PROBE_S)
        self.assertFalse(self.is_away)
        self.clock.advance(PROBE_S)
        self.assertEqual(self.probes[-2:], [True, False])
        self.availability.stop()
        self.availability.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_silent(self) -> None:
        """One that hangs is away, though it refuses nothing, and back with its answer; a stop does not wait for it."""
        slow = self.probing = Deferred()
        self.availability.start()
        self.clock.advance(PROBE_S)
        self.clock.advance(ANSWER_S - 0.1)
        self.assertFalse(self.is_away)
        self.clock.advance(0.1)
        self.assertTrue(self.is_away)
        self.probing = None
        slow.callback(None)
        self.assertFalse(self.is_away)
        self.probing = Deferred()
        self.clock.advance(PROBE_S)
        self.availability.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])
