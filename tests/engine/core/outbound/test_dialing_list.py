"""Which customer is next, and what becomes of a record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.outbound.dialing_list import PERSONAL_S, DialingList
from finesse_tx.engine.core.outbound.figures import CampaignStatistics
from finesse_tx.engine.core.outbound.records import (
    Campaign,
    DialingRecord,
    RecordState,
    Result,
    after,
    declined,
)
from finesse_tx.engine.core.outbound.windows import is_open, parse

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()
"""A Monday: 13:00 in Amsterdam, 07:00 in New York."""

CAMPAIGN = Campaign(1, "Renewals", csq_id=1, windows=parse("mon-sun 09:00-20:00"))


def record(number: int, **values: object) -> DialingRecord:
    """A record."""
    return replace(DialingRecord(number, 1, f"A{number}", f"06000000{number:02d}"), **values)  # type: ignore[arg-type]


def listing(*records: DialingRecord, campaign: Campaign = CAMPAIGN) -> DialingList:
    """A list of them."""
    made = DialingList(campaign, ZoneInfo)
    for one in records:
        made.add(one)
    return made


class OrderTests(SynchronousTestCase):
    """Who is next."""

    def order(self, made: DialingList, agent_id: str = "") -> list[int]:
        """The ids in the order in which they are called."""
        ids = []
        while (found := made.next(NOON, agent_id)) is not None:
            made.remove(found.id)
            ids.append(found.id)
        return ids

    def test_list_order(self) -> None:
        """Records that were never called come in the order of the list; who is not due, not at all."""
        made = listing(record(2), record(1), record(3, due=NOON + 1), record(4, due=NOON))
        self.assertEqual(self.order(made), [1, 2, 4])

    def test_callbacks_first(self) -> None:
        """Callbacks that are due come first, one's own before the others, the oldest first."""
        back = RecordState.CALLBACK
        made = listing(
            record(1),
            record(2, state=back, due=NOON - 10),
            record(3, state=back, due=NOON - 20),
            record(4, state=back, due=NOON, agent_id="agent1"),
            record(5, state=back, due=NOON + 1),
        )
        self.assertEqual(self.order(made, "agent1"), [4, 3, 2, 1])

    def test_personal(self) -> None:
        """A personal callback is for its agent, and after an hour for anybody."""
        one = record(1, state=RecordState.CALLBACK, due=NOON, agent_id="agent1")
        made = listing(one)
        self.assertIsNone(made.next(NOON, "agent2"))
        self.assertEqual(made.next(NOON, "agent1"), one)
        self.assertIsNone(made.next(NOON + PERSONAL_S - 1, "agent2"))
        self.assertEqual(made.next(NOON + PERSONAL_S, "agent2"), one)

    def test_windows(self) -> None:
        """Whoever may not be called now by his own clock is passed over, and comes when he may."""
        made = listing(
            record(1, time_zone="America/New_York"), record(2, time_zone="Europe/Amsterdam")
        )
        self.assertEqual(self.order(made), [2])
        self.assertEqual(made.next_at(NOON), NOON + 2 * 3600)
        found = made.next(NOON + 2 * 3600)
        self.assertEqual(found.id if found else 0, 1)

    def test_nobody(self) -> None:
        """An empty list, and one of closed records, has nobody."""
        made = listing(record(1, state=RecordState.CLOSED), record(2, state=RecordState.MAX_CALLS))
        self.assertEqual((len(made), made.next(NOON), made.next_at(NOON)), (0, None, None))

    def test_changed(self) -> None:
        """A record that has changed has one place, its new one."""
        made = listing(record(1))
        made.add(record(1, due=NOON + 60))
        self.assertIsNone(made.next(NOON))
        self.assertEqual(made.next_at(NOON), NOON + 60)

    @settings(deadline=None, max_examples=100)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(RecordState),
                st.integers(-5, 5),
                st.sampled_from(["", "agent1", "agent2"]),
                st.sampled_from(["", "America/New_York", "Asia/Tokyo"]),
            ),
            max_size=12,
        )
    )
    def test_oracle(self, rows: list[tuple[RecordState, int, str, str]]) -> None:
        """Who is next is the first of all by the rule, whatever is in the list."""
        records = [
            record(n, state=state, due=NOON + hours * 600, agent_id=agent, time_zone=zone)
            for n, (state, hours, agent, zone) in enumerate(rows, 1)
        ]
        ranked = []
        for one in records:
            if not is_open(CAMPAIGN.windows, ZoneInfo(one.time_zone or "UTC"), NOON):
                continue
            if one.state is RecordState.PENDING and one.due <= NOON:
                ranked.append((2, one.due, one.id))
            elif one.state is RecordState.CALLBACK and one.due <= NOON:
                if one.agent_id == "agent1":
                    ranked.append((0, one.due, one.id))
                elif not one.agent_id:
                    ranked.append((1, one.due, one.id))
        found = listing(*records).next(NOON, "agent1")
        self.assertEqual(found.id if found else None, min(ranked)[2] if ranked else None)


class AfterTests(SynchronousTestCase):
    """What becomes of a record."""

    def test_every_result(self) -> None:
        """Each result closes the record or lets it be called again, until it has been called often enough."""
        again = {
            Result.BUSY: 900,
            Result.NO_ANSWER: 3600,
            Result.UNKNOWN: 3600,
            Result.ANS_MACHINE: 3600,
        }
        for result, attempts in product(Result, (2, 3)):
            found = after(record(1, attempts=attempts), CAMPAIGN, result, NOON)
            if result is Result.CALLBACK:
                expected, due = RecordState.CALLBACK, 0.0
            elif result not in again:
                expected, due = RecordState.CLOSED, 0.0
            elif attempts < CAMPAIGN.max_attempts:
                expected, due = RecordState.PENDING, NOON + again[result]
            else:
                expected, due = RecordState.MAX_CALLS, 0.0
            self.assertEqual((found.state, found.due, found.result), (expected, due, result))

    def test_callback_over(self) -> None:
        """After a callback that was busy the record is anybody's again, at its own number."""
        one = record(1, state=RecordState.ACTIVE, agent_id="agent1", callback_phone="123")
        found = after(one, CAMPAIGN, Result.BUSY, NOON)
        self.assertEqual((found.agent_id, found.number), ("", one.phone))

    def test_declined(self) -> None:
        """Whom an agent did not want is offered again after a while, as often as before."""
        found = declined(record(1, attempts=1), CAMPAIGN, NOON)
        self.assertEqual((found.due, found.attempts), (NOON + 300, 1))

    def test_counted(self) -> None:
        """Each result has one count, and can be taken back."""
        figures = CampaignStatistics()
        for result in Result:
            figures.count(result)
        self.assertEqual(
            (figures.answered, figures.machine, figures.closed, figures.preview), (1, 1, 1, 0)
        )
        figures.count(Result.VOICE, -1)
        self.assertEqual(figures.answered, 0)
