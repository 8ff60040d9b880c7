"""`finesse_tx.engine.core.statistics`: who does what now, and what has been done."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.records import CSQ
from finesse_tx.engine.core.calendar import Calendar, Period
from finesse_tx.engine.core.control import CallRequest
from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.events import AgentStateChanged
from finesse_tx.engine.core.figures import (
    AgentFigures,
    CSQFigures,
    CSQLongest,
    ServiceLevel,
    SystemFigures,
)
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.records import ContactDisposition, QueueDisposition
from finesse_tx.engine.core.states import AgentState, Personality, Request
from finesse_tx.engine.core.statistics import Statistics
from finesse_tx.engine.core.tallies import Levels
from tests.engine.core.test_chronicle import HistoryMachine
from tests.support.centre import CALLER, sample
from tests.support.history import RecordedCentre

TODAY = Period.TODAY

BUCKETS = (
    "available_time",
    "not_ready_time",
    "reserved_time",
    "talking_time",
    "working_time",
)


class FloorCase(SynchronousTestCase):
    """A floor with wrap-up of 30 seconds, whose queues' service level is 5 seconds."""

    def setUp(self) -> None:
        """Start it."""
        self.centre = RecordedCentre(sample(auto_work=True, wrapup_time_s=30))
        self.statistics = self.centre.statistics

    def agent(self, number: int = 1, period: Period = TODAY) -> AgentFigures:
        """An agent's figures."""
        return self.statistics.agents[f"agent{number}"].figures(period, self.centre.wall)

    def csq(self, csq_id: int = 1, period: Period = TODAY) -> CSQFigures:
        """A queue's figures."""
        return self.statistics.csqs[csq_id].figures(period, self.centre.wall)

    def talk(self, rings: float, talks: float, to: str = "6001") -> None:
        """A customer calls, an agent answers, and somebody hangs up; after-call work goes on."""
        call_id = self.centre.call_in(to)
        self.centre.wait(rings)
        self.centre.answer(call_id)
        self.centre.wait(talks)
        self.centre.hang_up(call_id)


class NowTests(FloorCase):
    """What is now."""

    def levels(self) -> Levels:
        """The levels of queue, team and system, which are the same here."""
        found = self.statistics.system.levels
        self.assertEqual(self.statistics.csqs[1].levels, found)
        self.assertEqual(self.statistics.csqs[2].levels, found)
        self.assertEqual(self.statistics.team(1), found)
        return found

    def test_levels(self) -> None:
        """An agent is in one state, in his queues, his team and the system."""
        self.centre.sign_in(1)
        self.centre.sign_in(2, ready=False)
        self.assertEqual(self.levels(), Levels(2, 1, 1, 0, 0, 0))
        call_id = self.centre.call_in()
        self.assertEqual(self.levels(), Levels(2, 0, 1, 1, 0, 0))
        self.centre.answer(call_id)
        self.assertEqual(self.levels(), Levels(2, 0, 1, 0, 1, 0))
        self.centre.hang_up(call_id)
        self.assertEqual(self.levels(), Levels(2, 0, 1, 0, 0, 1))
        self.centre.request(Request.NOT_READY)
        self.centre.request(Request.LOGOUT)
        self.centre.request(Request.LOGOUT, 2)
        self.assertEqual(self.levels(), Levels())

    def test_waiting(self) -> None:
        """A contact waits in its queue until an agent is reserved, and again, since when it came, when he does not answer."""
        csq = self.statistics.csqs[1]
        self.centre.call_in()
        self.centre.wait(10)
        self.centre.call_in()
        self.assertEqual(csq.by_priority(), (2, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        self.assertEqual(self.statistics.waiting(), csq.by_priority())
        self.assertEqual(csq.oldest(self.centre.wall), 10)
        self.centre.sign_in(1)
        self.assertEqual((sum(csq.by_priority()), csq.oldest(self.centre.wall)), (1, 1))
        self.centre.wait(19)
        self.assertEqual((sum(csq.by_priority()), csq.oldest(self.centre.wall)), (2, 30))
        self.assertEqual(sum(self.statistics.csqs[2].by_priority()), 0)

    def test_longest_in_state(self) -> None:
        """A team knows how long somebody has been in each state."""
        self.centre.sign_in(1, 2)
        self.centre.sign_in(3, ready=False)
        self.centre.wait(10)
        self.assertEqual(
            self.statistics.longest_in_state(1, self.centre.wall),
            {AgentState.READY: 13, AgentState.NOT_READY: 11},
        )


class CountTests(FloorCase):
    """What has been done."""

    def test_handled(self) -> None:
        """A call counts when after-call work is complete, and not before; then for its agent, its queue and all."""
        self.centre.sign_in(1)
        self.talk(3, 20)
        self.centre.wait(29)
        self.assertEqual((self.csq().contacts, self.agent().calls_presented), (0, 0))
        self.centre.wait(1)
        csq, agent = self.csq(), self.agent()
        self.assertEqual(
            (csq.contacts, csq.handled, csq.handled_within_sl, csq.abandoned), (1, 1, 1, 0)
        )
        self.assertEqual(
            (csq.wait_time, csq.talk_time, csq.work_time, csq.handle_time), (3, 20, 30, 50)
        )
        self.assertEqual(
            self.statistics.csqs[1].longest(TODAY, self.centre.wall),
            CSQLongest(talk=20, hold=0, work=30, handle=50, wait=3),
        )
        self.assertEqual(
            (agent.calls_presented, agent.calls_handled, agent.calls_not_answered), (1, 1, 0)
        )
        self.assertEqual(
            (agent.ring_time, agent.talk_time, agent.hold_time, agent.work_time), (3, 20, 0, 30)
        )
        self.assertEqual(
            self.statistics.system.figures(TODAY, self.centre.wall),
            SystemFigures(contacts=1, handled=1),
        )
        self.assertEqual(self.statistics.team_figures(1, TODAY, self.centre.wall), (1, 0))
        self.assertEqual(self.csq(2).contacts, 0)

    def test_not_answered(self) -> None:
        """An agent who does not answer was presented a call and has not handled it; a caller who gives up is no fault of his."""
        self.centre.sign_in(1, 2)
        call_id = self.centre.call_in()
        self.centre.wait(20)
        self.centre.hang_up(call_id)
        first, second = self.agent(1), self.agent(2)
        for figures, missed in ((first, 1), (second, 0)):
            self.assertEqual(
                (figures.calls_presented, figures.calls_handled, figures.calls_not_answered),
                (1, 0, missed),
            )

    def test_held(self) -> None:
        """Hold is not talk."""
        self.centre.sign_in(1)
        call_id = self.centre.call_in()
        self.centre.answer(call_id)
        self.centre.wait(5)
        self.centre.do(lambda: self.centre.engine.control(CallRequest.HOLD, call_id, "1001"))
        self.centre.wait(7)
        self.centre.hang_up(call_id)
        self.centre.wait(30)
        agent = self.agent()
        self.assertEqual((agent.talk_time, agent.hold_time, agent.held), (5, 7, 1))
        self.assertEqual((self.csq().hold_time, self.csq().held), (7, 1))

    def test_cce_states(self) -> None:
        """UCCE's HOLD counts, and is recorded, as talking, its WORK_READY as after-call work."""
        self.centre = RecordedCentre(
            sample(auto_work=True, wrapup_time_s=30), Policy(personality=Personality.CCE)
        )
        self.statistics = self.centre.statistics
        self.test_held()
        agent = self.agent()
        self.assertEqual((agent.talking_time, agent.working_time), (12, 30))
        self.assertEqual([state.event_type for state in self.centre.states], [1, 2, 3, 4, 5, 6, 3])

    def test_other_calls(self) -> None:
        """A call to the outside is outbound, one between agents internal for the one and received for the other."""
        self.centre.sign_in(1, 2, ready=False)
        engine, switch = self.centre.engine, self.centre.switch
        self.centre.do(lambda: engine.make_call("1001", CALLER, DataChange(), self.centre.now))
        (outside,) = switch.model.calls
        self.centre.wait(5)
        self.centre.hear(switch.answer_outside(outside, CALLER))
        self.centre.wait(8)
        self.centre.hang_up(outside, "1001")
        self.centre.do(lambda: engine.make_call("1001", "1002", DataChange(), self.centre.now))
        (inside,) = switch.model.calls
        self.centre.wait(2)
        self.centre.answer(inside, "1002")
        self.centre.wait(4)
        self.centre.hang_up(inside, "1001")
        first, second = self.agent(1), self.agent(2)
        self.assertEqual(
            (first.outbound, first.outbound_talk_time, first.outbound_time), (1, 8, 13)
        )
        self.assertEqual((first.internal, first.internal_time), (1, 6))
        self.assertEqual((second.internal_received, second.internal_received_time), (1, 4))
        self.assertEqual((first.calls_presented, second.calls_presented), (0, 0))

    def test_service_level(self) -> None:
        """The three formulas, on a call in time, one too late, and two abandoned, one of them in time."""
        self.centre.sign_in(1)
        for rings in (5, 6):
            self.talk(rings, 1)
            self.centre.wait(30)
        self.centre.request(Request.NOT_READY)
        for waits in (5, 6):
            call_id = self.centre.call_in()
            self.centre.wait(waits)
            self.centre.hang_up(call_id)
        figures = self.csq()
        self.assertEqual([figures.service_level(kind) for kind in ServiceLevel], [50, 50, 25])
        self.assertEqual(self.statistics.service_level(1, TODAY, self.centre.wall), 50)
        self.assertIsNone(self.csq(2).service_level())

    def test_reasons(self) -> None:
        """Time in NOT_READY is known by its reason."""
        self.centre.sign_in(1, ready=False)
        self.centre.request(Request.NOT_READY, reason=7)
        self.centre.wait(10)
        self.centre.request(Request.NOT_READY, reason=8)
        self.centre.wait(5)
        self.assertEqual(self.agent().not_ready_time, 16)
        self.assertEqual(self.statistics.agents["agent1"].reasons, {32760: 1, 7: 10, 8: 5})
        self.assertEqual(self.agent().not_ready_entries, 1)

    def test_session(self) -> None:
        """The session's figures begin with the sign-in, today's do not."""
        self.centre.sign_in(1, ready=False)
        self.centre.wait(9)
        self.centre.request(Request.LOGOUT)
        self.centre.wait(100)
        self.centre.sign_in(1, ready=False)
        self.assertEqual(self.agent(period=Period.SESSION).logged_on_time, 1)
        self.assertEqual(self.agent().logged_on_time, 11)

    def test_interval(self) -> None:
        """An interval's figures are its own; the one before stays to be asked for."""
        self.centre.wait(1800 - self.centre.wall % 1800)
        self.centre.sign_in(1)
        self.talk(1, 10)
        self.centre.wait(1800)
        self.assertEqual(self.csq(period=Period.HALF_HOUR).handled, 0)
        last, longest = self.statistics.csqs[1].last(Period.HALF_HOUR, self.centre.wall)
        self.assertEqual((last.handled, longest.talk), (1, 10))
        self.assertEqual(self.csq().handled, 1)


class MidnightTests(SynchronousTestCase):
    """A new day."""

    def agent_of(self, zone: str, signed_in: str, asked: str) -> AgentFigures:
        """What an agent who signed in at one time has today at another."""
        start, now = (
            datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()
            for text in (signed_in, asked)
        )
        statistics = Statistics(Calendar(ZoneInfo(zone)), Period.QUARTER_HOUR, start)
        statistics.configure(sample(), start)
        event = AgentStateChanged(
            "agent1", "1001", "", AgentState.NOT_READY, 0, None, 0, None, (1,)
        )
        statistics.apply([event], None, start)
        return statistics.agents["agent1"].figures(TODAY, now)

    def test_midnight(self) -> None:
        """At midnight today begins anew, in the engine's zone, on days of 23 and 25 hours too."""
        for zone, signed_in, asked, hours in (
            ("UTC", "2026-11-21T22:00", "2026-11-22T00:00", 0),
            ("Europe/Amsterdam", "2026-11-21T22:00", "2026-11-22T01:30", 1.5),
            ("Europe/Amsterdam", "2026-03-28T22:00", "2026-03-29T04:00", 3),
            ("Europe/Amsterdam", "2026-10-24T22:00", "2026-10-25T04:00", 5),
            ("America/Sao_Paulo", "2018-11-03T22:00", "2018-11-04T04:00", 3),
            ("Asia/Kathmandu", "2026-11-20T22:00", "2026-11-22T00:15", 0.25),
        ):
            found = self.agent_of(zone, signed_in, asked)
            self.assertEqual(found.logged_on_time, hours * 3600, (zone, asked))
            self.assertEqual(found.not_ready_time, hours * 3600)

    def test_call_over_midnight(self) -> None:
        """A call belongs to the day on which its after-call work was complete."""
        centre = RecordedCentre(sample(auto_work=True, wrapup_time_s=30))
        meter = centre.statistics.csqs[1]
        centre.wait(86_400 - centre.wall % 86_400 - 40)
        centre.sign_in(1)
        call_id = centre.call_in()
        centre.answer(call_id)
        centre.wait(20)
        centre.hang_up(call_id)
        centre.wait(18)
        self.assertEqual(meter.figures(TODAY, centre.wall).handled, 0)
        centre.wait(12)
        self.assertEqual(meter.figures(TODAY, centre.wall).handled, 1)
        self.assertEqual(meter.last(TODAY, centre.wall)[0].handled, 0)
        self.assertEqual(centre.statistics.agents["agent1"].reasons, {})


class BoundTests(SynchronousTestCase):
    """What it costs."""

    def test_touches(self) -> None:
        """A change of an agent's state touches his queues, and no other of however many there are."""
        snapshot = replace(sample(), csqs=tuple(CSQ(n, f"Q{n}") for n in range(1, 1001)))
        statistics = Statistics(Calendar(ZoneInfo("UTC")), Period.HALF_HOUR, 0.0)
        statistics.configure(snapshot, 0.0)
        for at, state in ((10.0, AgentState.NOT_READY), (20.0, AgentState.READY)):
            event = AgentStateChanged("agent1", "1001", "", state, 0, None, 0, None, (3, 7))
            statistics.apply([event], None, at)
            touched = [i for i, meter in statistics.csqs.items() if meter._at == at]
            self.assertEqual(touched, [3, 7])

    def test_directory(self) -> None:
        """What is gone from the directory is forgotten, and who is left is counted in the queues that are left."""
        centre = RecordedCentre()
        statistics = centre.statistics
        centre.sign_in(1, 2)
        centre.request(Request.LOGOUT, 2)
        snapshot = sample(1)
        smaller = replace(snapshot, csqs=snapshot.csqs[1:])
        centre.engine.configure(smaller, centre.now)
        statistics.configure(smaller, centre.wall)
        self.assertEqual((set(statistics.agents), set(statistics.csqs)), ({"agent1"}, {2}))
        centre.request(Request.NOT_READY)
        self.assertEqual(statistics.csqs[2].levels, Levels(1, 0, 1))
        self.assertEqual(statistics.team(1), Levels(1, 0, 1))


class StatisticsMachine(HistoryMachine):
    """Anything in any order, counted."""

    @rule(minutes=st.sampled_from([1, 10, 600]))
    def long_wait(self, minutes: int) -> None:
        """A long time passes."""
        self.wait(minutes * 60.0)

    @invariant()
    def levels_are_so(self) -> None:
        """What is now is what one finds by looking at everybody."""
        statistics = self.centre.statistics
        signed_in = [agent for agent in self.agents if agent.state is not AgentState.LOGOUT]
        found = [(statistics.system.levels, signed_in), (statistics.team(1), signed_in)]
        for csq_id, csq in statistics.csqs.items():
            members = [a for a in signed_in if csq_id in statistics.agents[a.id].csq_ids]
            found.append((csq.levels, members))
        for levels, agents in found:
            states = Counter(agent.state for agent in agents)
            assert levels == Levels(
                len(agents),
                states[AgentState.READY],
                states[AgentState.NOT_READY],
                states[AgentState.RESERVED],
                states[AgentState.TALKING] + states[AgentState.HOLD],
                states[AgentState.WORK] + states[AgentState.WORK_READY],
            )
        for csq_id, queue in self.engine.router.queues.items():
            assert len(statistics.csqs[csq_id].waiting) == len(queue.waiting)

    @invariant()
    def buckets_add_up(self) -> None:
        """An agent's times in his states are the time for which he was signed in, in every period."""
        for meter in self.centre.statistics.agents.values():
            for period in (Period.SESSION, TODAY, Period.HALF_HOUR):
                figures = meter.figures(period, self.centre.wall)
                parts = sum(getattr(figures, name) for name in BUCKETS)
                assert abs(parts - figures.logged_on_time) < 1e-3
            figures = meter.figures(TODAY, self.centre.wall)
            assert abs(sum(meter.reasons.values()) - figures.not_ready_time) < 1e-3

    @invariant()
    def figures_are_the_history(self) -> None:
        """What has been counted since the beginning is what the history has."""
        statistics, finished = self.centre.statistics, self.centre.finished
        for csq_id, csq in statistics.csqs.items():
            rows = [row for record in finished for row in record.queues if row.target_id == csq_id]
            dispositions = Counter(row.disposition for row in rows)
            total = csq.total
            assert total.contacts == len(rows) == total.handled + total.abandoned + total.dequeued
            assert total.handled == dispositions[QueueDisposition.HANDLED]
            assert total.abandoned == dispositions[QueueDisposition.ABANDONED]
            assert total.handled_within_sl == sum(row.met_service_level for row in rows)
        system = statistics.system.total
        ends = Counter(
            record.call.contact_disposition
            for record in finished
            if record.call.application_name
            or record.call.contact_disposition >= ContactDisposition.ABORTED
        )
        assert system.contacts == ends.total()
        assert system.handled == ends[ContactDisposition.HANDLED]
        for name, meter in statistics.agents.items():
            rows_of = [row for r in finished for row in r.agents if row.resource_id == name]
            assert meter.total.calls_presented == sum(bool(row.q_index) for row in rows_of)


class CCEStatisticsMachine(StatisticsMachine):
    """The same in CCE personality."""

    policy = Policy(ring_no_answer_s=10, personality=Personality.CCE)


class AnyOrderTests(SynchronousTestCase):
    """`StatisticsMachine`, run."""

    def test_any_order(self) -> None:
        """Whatever happens, the figures are what is and what has been."""
        run_state_machine_as_test(
            StatisticsMachine, settings=settings(max_examples=60, stateful_step_count=40)
        )

    def test_any_order_cce(self) -> None:
        """The same, and the history, in CCE personality."""
        run_state_machine_as_test(
            CCEStatisticsMachine, settings=settings(max_examples=40, stateful_step_count=40)
        )
