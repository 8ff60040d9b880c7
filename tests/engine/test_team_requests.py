"""`finesse_tx.engine.team_requests`: UCCE's way to a supervisor's teams."""

from dataclasses import replace

from zope.interface.verify import verifyObject

from finesse_tx.cti.core.enums import AgentState, ConfigOperation, StatusCode
from finesse_tx.cti.core.messages import (
    AgentTeamConfigEvent,
    FailureConf,
    ListAgentTeamConf,
    ListAgentTeamReq,
    MonitorAgentTeamStartConf,
    MonitorAgentTeamStartReq,
    MonitorAgentTeamStopConf,
    MonitorAgentTeamStopReq,
)
from finesse_tx.directory.core.records import Person, Role, Team
from finesse_tx.engine.team_requests import MAX_AGENTS, MAX_TEAMS
from finesse_tx.interfaces import ITeams
from tests.support.centre import people, sample
from tests.support.engine import FloorCase

BOSS = Person("4711", "4711", "The", "Boss", "2001", frozenset({Role.SUPERVISOR}), 1)


class TeamRequestTests(FloorCase):
    """133 to 138, 128."""

    def use(self, agents: int, teams: int) -> None:
        """Some agents in team 1, and some teams of the supervisor 4711."""
        self.floor.directory.current = replace(
            sample(),
            people=(*people(agents), BOSS),
            teams=tuple(Team(n, f"Team {n}", "4711") for n in range(1, teams + 1)),
        )
        self.floor.service.reload()
        self.floor.seen.clear()

    def listed(self, supervisor: int) -> list[tuple[int, int, tuple[int, ...]]]:
        """Segment, whether there are more, and the teams."""
        answers = self.floor.request(ListAgentTeamReq, supervisor_id=supervisor)
        found = []
        for answer in answers:
            assert isinstance(answer, ListAgentTeamConf)
            found.append((answer.segment_number, answer.more, answer.team_ids))
        return found

    def test_list(self) -> None:
        """All in one confirmation, with one team more in two."""
        for count in (0, 1, MAX_TEAMS):
            self.use(1, count)
            self.assertEqual(self.listed(4711), [(1, 0, tuple(range(1, count + 1)))])
        self.use(1, MAX_TEAMS + 1)
        self.assertEqual(
            self.listed(4711), [(1, 1, tuple(range(1, MAX_TEAMS + 1))), (2, 0, (MAX_TEAMS + 1,))]
        )

    def test_nobody(self) -> None:
        """A supervisor whom nobody knows."""
        for supervisor in (1, 0xFFFFFFFF):
            (answer,) = self.floor.request(ListAgentTeamReq, supervisor_id=supervisor)
            assert isinstance(answer, FailureConf)
            self.assertEqual(answer.status, StatusCode.E_CTI_INVALID_AGENT_DATA)

    def test_monitor(self) -> None:
        """The team's agents and their states come before the confirmation, which has the MonitorID to stop with."""
        self.use(2, 1)
        self.sign_in(1)
        self.floor.pass_time(7)
        event, started = self.floor.request(MonitorAgentTeamStartReq, team_id=1)
        assert isinstance(event, AgentTeamConfigEvent)
        assert isinstance(started, MonitorAgentTeamStartConf)
        self.assertEqual(event.agent_team_name, "Team 1")
        self.assertEqual(
            [
                (a.atc_agent_id, a.agent_flags, a.atc_agent_state, a.atc_state_duration)
                for a in event.agents
            ],
            [
                ("agent1", 0, AgentState.NOT_READY, 7),
                ("agent2", 0, AgentState.LOGOUT, 0),
                ("4711", 1, AgentState.LOGOUT, 0),
            ],
        )
        (stopped,) = self.floor.request(MonitorAgentTeamStopReq, monitor_id=started.monitor_id)
        self.assertIsInstance(stopped, MonitorAgentTeamStopConf)

    def test_all(self) -> None:
        """All teams at once are the teams one by one; and who supervises whom goes by the agent at the phone."""
        self.use(2, 3)
        self.sign_in(1)
        one_by_one = [
            message
            for team_id in (1, 2, 3)
            for message in self.floor.request(MonitorAgentTeamStartReq, team_id=team_id)[:-1]
        ]
        peripheral = self.floor.peripheral
        verifyObject(ITeams, peripheral)
        self.assertEqual(peripheral.teams(), one_by_one)
        self.assertTrue(peripheral.supervises("4711", "1001"))
        self.assertFalse(peripheral.supervises("agent2", "1001"))
        self.assertFalse(peripheral.supervises("4711", "1002"))

    def test_changed(self) -> None:
        """A team that has changed is told unasked, as it is now, and that one is gone; the others are not."""
        self.use(1, 3)
        snapshot = self.floor.directory.current
        kept, renamed, _ = snapshot.teams
        self.floor.directory.current = replace(
            snapshot, teams=(kept, replace(renamed, name="Night"))
        )
        self.floor.service.reload()
        told = [m for m in self.floor.take() if isinstance(m, AgentTeamConfigEvent)]
        self.assertEqual(
            [(m.team_id, m.config_operation, m.agent_team_name) for m in told],
            [
                (2, ConfigOperation.RESTORE_PERMANENT, "Night"),
                (3, ConfigOperation.REMOVE, None),
            ],
        )
        self.assertEqual([a.atc_agent_id for a in told[0].agents], ["4711"])
        self.floor.service.reload()
        self.assertEqual(self.floor.take(), [])

    def test_new_member(self) -> None:
        """Who has come into a team is told with the state that he has in the engine."""
        self.use(1, 1)
        snapshot = self.floor.directory.current
        self.floor.directory.current = replace(snapshot, people=(*people(2), BOSS))
        self.floor.service.reload()
        (told,) = [m for m in self.floor.take() if isinstance(m, AgentTeamConfigEvent)]
        self.assertEqual(
            [(a.atc_agent_id, a.atc_agent_state) for a in told.agents],
            [(name, AgentState.LOGOUT) for name in ("agent1", "agent2", "4711")],
        )

    def test_unknown(self) -> None:
        """A team, or a monitor, that is not there."""
        for request, status in (
            (MonitorAgentTeamStartReq(invoke_id=1, team_id=9), StatusCode.E_CTI_TEAM_NOT_FOUND),
            (
                MonitorAgentTeamStopReq(invoke_id=1, monitor_id=9),
                StatusCode.E_CTI_INVALID_MONITORID,
            ),
        ):
            self.assertEqual(self.floor.ask(request), [FailureConf(invoke_id=1, status=status)])

    def test_large(self) -> None:
        """A large team comes in several events, the first of which restores; a long name is cut."""
        self.use(MAX_AGENTS, 1)
        snapshot = self.floor.directory.current
        long = Team(1, "Ü" * 20, "4711")
        self.floor.directory.current = replace(snapshot, teams=(long,))
        self.floor.service.reload()
        self.floor.seen.clear()
        first, second, _ = self.floor.request(MonitorAgentTeamStartReq, team_id=1)
        assert isinstance(first, AgentTeamConfigEvent)
        assert isinstance(second, AgentTeamConfigEvent)
        self.assertEqual((len(first.agents), len(second.agents)), (MAX_AGENTS, 1))
        self.assertEqual(
            (first.config_operation, second.config_operation),
            (ConfigOperation.RESTORE_PERMANENT, ConfigOperation.ADD),
        )
        self.assertEqual(first.agent_team_name, "Ü" * 15)

    def test_long_id(self) -> None:
        """Whoever has an id that AtcAgentID has no room for is left out."""
        self.use(1, 1)
        snapshot = self.floor.directory.current
        someone = replace(people(1)[0], login_id="x" * 12)
        self.floor.directory.current = replace(snapshot, people=(someone, BOSS))
        self.floor.service.reload()
        event, _ = self.floor.request(MonitorAgentTeamStartReq, team_id=1)
        assert isinstance(event, AgentTeamConfigEvent)
        self.assertEqual([a.atc_agent_id for a in event.agents], ["4711"])
