"""`finesse_tx.webservices.core.queue_statistics`: figures of GED-188 as REST's.

Spec: ``rest.md`` §6.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import structs
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import NULL
from finesse_tx.cti.core.messages import QuerySkillGroupStatisticsConf
from finesse_tx.webservices.core.objects import QueueStatistics
from finesse_tx.webservices.core.queue_statistics import UNKNOWN, queue_statistics

NOW = datetime(2026, 11, 22, 12, 0, 30, 500_000, tzinfo=UTC)


def conf(**values: int) -> QuerySkillGroupStatisticsConf:
    """An answer."""
    return QuerySkillGroupStatisticsConf(invoke_id=0, **values)


class QueueStatisticsTests(SynchronousTestCase):
    """The figures."""

    def test_each(self) -> None:
        """Each figure has its place."""
        found = queue_statistics(
            conf(
                agents_logged_on=20,
                agents_avail=1,
                agents_ready=12,
                agents_not_ready=2,
                agents_talking_in=3,
                agents_talking_out=4,
                agents_talking_auto_out=1,
                agents_talking_preview=1,
                agents_talking_reservation=1,
                agents_talking_other=5,
                agents_work_not_ready=6,
                agents_work_ready=7,
                agents_busy_other=8,
                calls_q_now=9,
                longest_call_q_now=30,
            ),
            UNKNOWN,
            NOW,
        )
        self.assertEqual(
            structs.astuple(found), (8, 20, 2, 1, 3, 5, 7, 6, 7, 9, "2026-11-22T12:00:00Z")
        )

    def test_nobody_waits(self) -> None:
        """Without a call there is no time, whatever the engine says of it."""
        found = queue_statistics(conf(longest_call_q_now=30), UNKNOWN, NOW)
        self.assertEqual((found.calls_in_queue, found.start_time_of_longest_call_in_queue), (0, ""))

    def test_not_known(self) -> None:
        """What the engine does not know is -1; of a sum, only what it knows counts."""
        found = queue_statistics(
            conf(calls_q_now=NULL, agents_talking_out=NULL, agents_talking_auto_out=2),
            UNKNOWN,
            NOW,
        )
        self.assertEqual((found.calls_in_queue, found.agents_talking_outbound), (-1, 2))
        self.assertEqual(found.start_time_of_longest_call_in_queue, "")
        found = queue_statistics(conf(calls_q_now=1, longest_call_q_now=NULL), UNKNOWN, NOW)
        self.assertEqual(found.start_time_of_longest_call_in_queue, "")

    def test_same_call(self) -> None:
        """A second more or less is the same call; more is another one."""

        def since(was: QueueStatistics, after: float, longest_s: int) -> str:
            later = NOW + timedelta(seconds=after)
            found = queue_statistics(conf(calls_q_now=1, longest_call_q_now=longest_s), was, later)
            return found.start_time_of_longest_call_in_queue

        was = queue_statistics(conf(calls_q_now=1, longest_call_q_now=30), UNKNOWN, NOW)
        self.assertEqual(since(was, 10.4, 39), "2026-11-22T12:00:00Z")
        self.assertEqual(since(was, 10.0, 39), "2026-11-22T12:00:00Z")
        self.assertEqual(since(was, 10.0, 37), "2026-11-22T12:00:03Z")
