"""`finesse_tx.store.repositories.agent_history`: one agent's calls and states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.interfaces import IAgentHistory
from finesse_tx.store.agent_history_records import AgentHistoryRecords
from finesse_tx.store.repositories.history import add_entries
from finesse_tx.webservices.core.agent_history import (
    AgentCall,
    AgentStateChange,
    CallKind,
    CallOutcome,
    StateWord,
)
from tests.support.centre import CALLER
from tests.support.database import OnPostgreSQL, empty_url, inside
from tests.support.history import EPOCH, RecordedCentre

START = datetime.fromtimestamp(EPOCH, UTC)
END = START + timedelta(days=1)


class AgentHistoryTests(SynchronousTestCase):
    """A database with three customers' calls for the first agent, and none for the second."""

    def setUp(self) -> None:
        """Make it."""
        self.url = empty_url(self)
        centre = RecordedCentre()
        centre.sign_in(1)
        for answered in (True, False, True):
            call_id = centre.call_in()
            centre.wait(2)
            if answered:
                centre.answer(call_id)
            centre.wait(5)
            centre.hang_up(call_id)
            centre.wait(60)
        centre.sign_in(2, ready=False)
        entries = centre.entries
        inside(self.url, lambda session: add_entries(session, "j", 0, len(entries), entries))
        self.records = AgentHistoryRecords(self)
        self.agents = [f"agent{number}" for number in (1, 2)]

    def transact(self, work: Any) -> Deferred[Any]:
        """Nothing here writes."""
        raise AssertionError(work)

    def read(self, work: Any) -> Deferred[Any]:
        """In this thread."""
        return succeed(inside(self.url, work))

    def calls(
        self, number: int = 1, since: datetime = START, limit: int = 9
    ) -> tuple[AgentCall, ...]:
        """What is read."""
        login_id = self.agents[number - 1]
        return self.successResultOf(self.records.calls(login_id, since, END, limit))

    def states(self, number: int = 1, limit: int = 99) -> tuple[AgentStateChange, ...]:
        """What is read."""
        login_id = self.agents[number - 1]
        return self.successResultOf(self.records.states(login_id, START, END, limit))

    def test_provided(self) -> None:
        """The store provides it."""
        verifyObject(IAgentHistory, self.records)

    def test_calls(self) -> None:
        """The latest comes first, with the queue that selected the agent, and how long everything took."""
        third, second, first = self.calls()
        self.assertGreater(third.started, second.started)
        self.assertEqual(
            [call.outcome for call in (first, second, third)],
            [CallOutcome.ANSWERED, CallOutcome.CALLER_GONE, CallOutcome.ANSWERED],
        )
        self.assertEqual(
            (first.kind, first.from_number, first.to_number, first.csq_id, first.originator),
            (CallKind.INCOMING, CALLER, "6001", 1, ""),
        )
        self.assertEqual((first.ring_s, first.talk_s, second.ring_s, second.talk_s), (2, 5, 7, 0))
        self.assertEqual(first.ended - first.started, timedelta(seconds=7))
        self.assertEqual(len({call.id for call in (first, second, third)}), 3)

    def test_bounds(self) -> None:
        """No more than were asked for, none from before, and nobody else's."""
        third, second, _first = self.calls()
        self.assertEqual(self.calls(limit=2), (third, second))
        self.assertEqual(self.calls(since=second.started), (third, second))
        self.assertEqual(self.calls(since=second.started + timedelta(milliseconds=1)), (third,))
        self.assertEqual(self.calls(2), ())

    def test_states(self) -> None:
        """Each change, the latest first, in words."""
        found = self.states()
        self.assertEqual(
            [change.state for change in found[-3:]],
            [StateWord.READY, StateWord.NOT_READY, StateWord.LOGIN],
        )
        self.assertIn(StateWord.TALKING, {change.state for change in found})
        self.assertEqual(sorted(found, key=lambda change: change.at, reverse=True), list(found))
        self.assertEqual(self.states(limit=2), found[:2])
        self.assertLessEqual(
            {change.state for change in self.states(2)}, {StateWord.LOGIN, StateWord.NOT_READY}
        )


class AgentHistoryOnPostgreSQLTests(OnPostgreSQL, AgentHistoryTests):
    """The same on PostgreSQL."""
