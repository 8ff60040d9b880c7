"""Statistics over GED-188."""

from __future__ import annotations

from finesse_tx.config import EngineConfig
from finesse_tx.cti.core.enums import AgentState, ControlFailureCode, PeripheralErrorCode
from finesse_tx.cti.core.messages import (
    AnswerCallReq,
    HoldCallReq,
    QueryAgentStatisticsConf,
    QueryAgentStatisticsReq,
    QuerySkillGroupStatisticsConf,
    QuerySkillGroupStatisticsReq,
)
from finesse_tx.engine.zones import zone_of
from finesse_tx.errors import ConfigError
from tests.support.centre import CALLER, sample
from tests.support.engine import EngineFloor, FloorCase

HOUR = 3600


class QueryCase(FloorCase):
    """A floor in a zone of no summer time, an hour after midnight."""

    def setUp(self) -> None:
        """Start it."""
        self.floor = EngineFloor(
            sample(auto_work=True, wrapup_time_s=30), EngineConfig(time_zone="UTC")
        )
        self.floor.pass_time(HOUR)

    def agent(self, **values: str) -> QueryAgentStatisticsConf:
        """Ask for an agent's, in another second than before."""
        self.floor.pass_time(1)
        (answer,) = self.floor.request(QueryAgentStatisticsReq, **values)
        assert isinstance(answer, QueryAgentStatisticsConf)
        return answer

    def csq(self, csq_id: int = 1) -> QuerySkillGroupStatisticsConf:
        """Ask for a queue's, in another second than before."""
        self.floor.pass_time(1)
        (answer,) = self.floor.request(QuerySkillGroupStatisticsReq, skill_group_number=csq_id)
        assert isinstance(answer, QuerySkillGroupStatisticsConf)
        return answer

    def talk(self, rings: float, talks: float, holds: float) -> None:
        """A customer calls; everything that may happen does."""
        call_id = self.call_in()
        connection = {"connection_call_id": call_id, "connection_device_id": "1001"}
        self.floor.pass_time(rings)
        self.floor.request(AnswerCallReq, **connection)
        self.floor.pass_time(talks)
        self.floor.request(HoldCallReq, **connection)
        self.floor.pass_time(holds)
        self.floor.simulator.hang_up_outside(call_id, CALLER)
        self.floor.pass_time()


class AgentTests(QueryCase):
    """QUERY_AGENT_STATISTICS."""

    def test_figures(self) -> None:
        """What an agent has done is in the session's figures and in today's, once after-call work is over."""
        self.ready()
        self.talk(2, 10, 5)
        before = self.agent(agent_id="agent1")
        self.assertEqual((before.handled_calls_session, before.logged_on_time_session), (0, 18))
        self.floor.pass_time(29)
        found = self.agent(agent_id="agent1")
        for suffix in ("session", "today"):
            self.assertEqual(
                [
                    getattr(found, f"{name}_{suffix}")
                    for name in (
                        "handled_calls",
                        "handled_calls_talk_time",
                        "incoming_calls_held",
                        "incoming_calls_held_time",
                        "handled_calls_after_call_time",
                        "handled_calls_time",
                        "logged_on_time",
                        "avail_time",
                        "not_ready_time",
                        "internal_calls",
                    )
                ],
                [1, 10, 1, 5, 30, 45, 48, 1, 0, 0],
            )
        self.assertEqual((found.agent_id, found.agent_extension), ("agent1", "1001"))

    def test_session(self) -> None:
        """After a new sign-in the session's figures begin anew."""
        self.sign_in()
        self.floor.pass_time(50)
        self.set_state(AgentState.LOGOUT)
        self.sign_in()
        found = self.agent(agent_instrument="1001")
        self.assertEqual((found.logged_on_time_session, found.logged_on_time_today), (1, 51))

    def test_never_signed_in(self) -> None:
        """Who has never been signed in has done nothing."""
        found = self.agent(agent_id="agent3")
        self.assertEqual((found.logged_on_time_today, found.agent_id), (0, "agent3"))

    def test_unknown(self) -> None:
        """There is no such agent, or nobody is signed in there."""
        for values, error in (
            ({"agent_id": "nobody"}, PeripheralErrorCode.AGENT_INVALID),
            ({"agent_instrument": "1001"}, PeripheralErrorCode.AGENT_MISSING),
            ({}, PeripheralErrorCode.AGENT_MISSING),
        ):
            self.assertEqual(
                self.refused(QueryAgentStatisticsReq, **values),
                (ControlFailureCode.CF_INVALID_AGENT_ID_SPECIFIED, error),
            )


class SkillGroupTests(QueryCase):
    """QUERY_SKILL_GROUP_STATISTICS."""

    def test_now(self) -> None:
        """Who is there, and who waits."""
        self.sign_in(1)
        self.ready(2)
        self.call_in()
        self.floor.pass_time(5)
        self.call_in()
        self.floor.pass_time(3)
        self.call_in("6002")
        found = self.csq()
        self.assertEqual(
            (found.agents_logged_on, found.agents_avail, found.agents_not_ready), (2, 0, 1)
        )
        self.assertEqual((found.agents_reserved, found.agents_ready), (1, 1))
        self.assertEqual(
            (found.calls_q_now, found.calls_q_time_now, found.longest_call_q_now), (1, 4, 4)
        )

    def test_figures(self) -> None:
        """What has been done in five minutes, the half hour and the day, each from its beginning on the clock."""
        self.ready()
        self.talk(2, 10, 5)
        self.floor.pass_time(30)
        call_id = self.call_in("6002")
        self.floor.pass_time(1)
        self.floor.simulator.hang_up_outside(call_id, CALLER)
        found = self.csq()
        for suffix, queue in (("to5", "5"), ("to_half", "_half"), ("today", "_today")):
            self.assertEqual(
                (
                    getattr(found, f"handled_calls_{suffix}"),
                    getattr(found, f"handled_calls_time_{suffix}"),
                    getattr(found, f"calls_q{queue}"),
                    getattr(found, f"calls_q_time{queue}"),
                    getattr(found, f"longest_call_q{queue}"),
                ),
                (1, 45, 1, 2, 2),
            )
        self.assertEqual(found.logged_on_time_today, 49)
        self.assertEqual(self.csq(2).calls_q_today, 1)
        self.floor.pass_time(300)
        found = self.csq()
        self.assertEqual((found.handled_calls_to5, found.handled_calls_to_half), (0, 1))
        self.floor.pass_time(1800)
        found = self.csq()
        self.assertEqual((found.handled_calls_to_half, found.handled_calls_today), (0, 1))
        self.floor.pass_time(24 * HOUR)
        self.assertEqual(self.csq().handled_calls_today, 0)

    def test_unknown(self) -> None:
        """There is no such queue."""
        self.assertEqual(
            self.refused(QuerySkillGroupStatisticsReq, skill_group_number=99),
            (
                ControlFailureCode.CF_INVALID_SKILL_GROUP_SPECIFIED,
                PeripheralErrorCode.INVALID_ARGUMENT,
            ),
        )


class RateTests(QueryCase):
    """Once a second."""

    def test_once_a_second(self) -> None:
        """Within a second of the first question everybody gets the same figures, of each object its own."""
        self.sign_in()
        self.assertEqual(self.csq().agents_logged_on, 1)
        self.sign_in(2)
        self.floor.pass_time(0.9)
        (answer,) = self.floor.request(QuerySkillGroupStatisticsReq, skill_group_number=1)
        assert isinstance(answer, QuerySkillGroupStatisticsConf)
        self.assertEqual(answer.agents_logged_on, 1)
        self.assertEqual(answer.invoke_id, self.floor.next_invoke_id - 1)
        (answer,) = self.floor.request(QuerySkillGroupStatisticsReq, skill_group_number=2)
        assert isinstance(answer, QuerySkillGroupStatisticsConf)
        self.assertEqual(answer.agents_logged_on, 2)
        self.floor.pass_time(0.1)
        (answer,) = self.floor.request(QuerySkillGroupStatisticsReq, skill_group_number=1)
        assert isinstance(answer, QuerySkillGroupStatisticsConf)
        self.assertEqual(answer.agents_logged_on, 2)


class ZoneTests(FloorCase):
    """The engine's zone."""

    def test_zones(self) -> None:
        """A zone is found by its name, the machine's without one; what there is not is refused in one line."""
        self.assertEqual(str(zone_of("Europe/Amsterdam")), "Europe/Amsterdam")
        self.assertIsNotNone(zone_of("").utcoffset(None))
        for name in ("Europe/Nowhere", "../etc/passwd", "/etc/passwd"):
            line = str(self.assertRaises(ConfigError, zone_of, name))
            self.assertIn("engine.time_zone", line)
            self.assertNotIn("\n", line)
