"""`finesse_tx.engine.core.recount`: a day that has been counted, counted again from what was written of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.calendar import Calendar, Period
from finesse_tx.engine.core.records import CallRecord
from finesse_tx.engine.core.recount import BEFORE_S, Day, absorb, ended_at, recount
from finesse_tx.engine.core.states import Request
from finesse_tx.engine.core.statistics import Statistics
from tests.support.centre import sample
from tests.support.history import EPOCH, RecordedCentre

TODAY = Period.TODAY
CALENDAR = Calendar(UTC)
MIDNIGHT = CALENDAR.span(TODAY, EPOCH).end


def rounded(figures: Any) -> dict[str, float]:
    """Figures to a tenth of a second: rows have milliseconds, and no two of an agent the same."""
    return {name: round(value, 1) for name, value in asdict(figures).items()}


class RecountCase(SynchronousTestCase):
    """A centre with wrap-up of 30 seconds, an hour and 47 minutes before midnight."""

    def setUp(self) -> None:
        """Start it."""
        self.snapshot = sample(auto_work=True, wrapup_time_s=30)
        self.centre = RecordedCentre(self.snapshot)

    def work(self) -> None:
        """Two agents: one call is handled, one is abandoned while it rings."""
        self.centre.sign_in(1, 2)
        call_id = self.centre.call_in()
        self.centre.wait(3)
        self.centre.answer(call_id)
        self.centre.wait(20)
        self.centre.hang_up(call_id)
        self.centre.wait(60)
        call_id = self.centre.call_in()
        self.centre.wait(9)
        self.centre.hang_up(call_id)

    def go_home(self) -> None:
        """Both sign out."""
        for number in (1, 2):
            self.centre.request(Request.LOGOUT, number)

    def legs(self) -> list[CallRecord]:
        """The legs, as they were written last."""
        found = {(c.call.session_id, c.call.session_seq_num): c for c in self.centre.calls}
        return list(found.values())

    def again(self) -> Day:
        """The day, counted again."""
        now = self.centre.wall
        return recount(CALENDAR, self.snapshot, now, self.centre.states, self.legs())

    def assert_same(self, day: Day) -> None:
        """What was counted then is what is counted now."""
        statistics, now = self.centre.statistics, self.centre.wall
        self.assertEqual(day.system, statistics.system.figures(TODAY, now))
        for csq_id, meter in statistics.csqs.items():
            for found, expected in zip(
                day.csqs[csq_id],
                (meter.figures(TODAY, now), meter.longest(TODAY, now)),
                strict=True,
            ):
                self.assertEqual(rounded(found), rounded(expected))
        for agent_id, agent in statistics.agents.items():
            figures, longest, reasons = day.agents[agent_id]
            self.assertEqual(rounded(figures), rounded(agent.figures(TODAY, now)))
            self.assertEqual(rounded(longest), rounded(agent.longest(TODAY, now)))
            spent = {reason: round(s, 1) for reason, s in reasons.items() if s > 0.05}
            self.assertEqual(spent, {r: round(s, 1) for r, s in agent.reasons.items() if s > 0.05})


class RecountTests(RecountCase):
    """The same figures."""

    def test_same(self) -> None:
        """Calls, time in states and the longest of everything are what they were."""
        self.work()
        self.go_home()
        self.assertEqual(self.again().system.contacts, 2)
        self.assert_same(self.again())

    def test_over_midnight(self) -> None:
        """Agents who were there at midnight, and a call that was wrapped up after it, count for the new day."""
        self.work()
        call_id = self.centre.call_in()
        reserved = next(a for a in self.centre.engine.roster.agents.values() if a.contact)
        self.centre.answer(call_id, reserved.extension)
        self.centre.wait(MIDNIGHT - 10 - self.centre.wall)
        self.centre.hang_up(call_id)
        self.centre.wait(60)
        self.go_home()
        day = self.again()
        self.assertEqual((day.begin, day.system.handled, day.system.abandoned), (MIDNIGHT, 1, 0))
        self.assert_same(day)

    def test_too_long_ago(self) -> None:
        """`ended_at` is the end of wrap-up, which decides about the day."""
        self.work()
        handled = next(leg for leg in self.legs() if leg.agents[0].work_time)
        self.assertEqual(ended_at(handled), handled.call.end_date_time / 1000 + 30)
        self.assertGreater(BEFORE_S, 0)

    def test_killed(self) -> None:
        """Who was there when everything stopped counts up to the last change of anybody's state."""
        self.work()
        day = self.again()
        last = self.centre.states[-1].event_date_time / 1000
        signed_in = self.centre.states[0].event_date_time / 1000
        self.assertAlmostEqual(day.agents["agent1"][0].logged_on_time, last - signed_in, 2)
        self.assertEqual(day.agents["agent1"][0].calls_handled, 1)

    def test_selection(self) -> None:
        """What agents and queues have done is what selection and the expected wait go by."""
        self.work()
        day = self.again()
        router, agents = self.centre.engine.router, self.centre.engine.roster.agents
        done = day.handled_by_agent["agent1"]
        self.assertEqual((done.handled, done.seconds), (1, 50))
        self.assertAlmostEqual(agents["agent1"].today.seconds, 50, 2)
        self.assertAlmostEqual(day.handled_by_csq[1].seconds, router.queues[1].today.seconds, 2)
        router.remember(day.handled_by_csq, day.handled_by_agent)
        self.assertEqual(agents["agent1"].today.handled, 2)
        self.assertEqual(router.queues[1].today.handled, 2)


class AbsorbTests(RecountCase):
    """Into the figures of another process."""

    def test_absorbed(self) -> None:
        """Today is all of it; what belongs to the session, and to the interval, is the new process's own."""
        self.work()
        self.go_home()
        day, now = self.again(), self.centre.wall + 1
        fresh = Statistics(CALENDAR, Period.HALF_HOUR, now)
        fresh.configure(self.snapshot, now)
        absorb(fresh, day, now)
        self.assertEqual(fresh.system.figures(TODAY, now), day.system)
        self.assertEqual(fresh.system.figures(Period.HALF_HOUR, now).contacts, 0)
        agent = fresh.agents["agent1"]
        self.assertEqual(agent.figures(TODAY, now), day.agents["agent1"][0])
        self.assertEqual(agent.figures(Period.SESSION, now).calls_handled, 0)
        self.assertEqual(fresh.csqs[1].figures(TODAY, now), day.csqs[1][0])
        self.assertEqual(fresh.csqs[1].longest(TODAY, now), day.csqs[1][1])
        self.assertEqual(fresh.system.figures(TODAY, MIDNIGHT + 1).contacts, 0)
