"""Configuration as CTI clients get it: keys, records, teams, updates (``cti.md`` §11.2)."""

from __future__ import annotations

from dataclasses import replace

from finesse_tx.cti.core.enums import (
    AgentFlags,
    ConfigDeviceType,
    ConfigMask,
    ConfigType,
    MemberType,
    RecordType,
    SystemEventID,
    TeamConfigParam,
    TeamOperation,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    ConfigAgentEvent,
    ConfigBeginEvent,
    ConfigDeviceEvent,
    ConfigEndEvent,
    ConfigKeyEvent,
    ConfigRequestEvent,
    ConfigRequestKeyEvent,
    ConfigServiceEvent,
    ConfigSkillGroupEvent,
    ConfigTerminalEvent,
    SystemEvent,
    TeamConfigConf,
    TeamConfigEvent,
    TeamConfigReq,
)
from finesse_tx.cti.core.messages.groups import TeamMember
from finesse_tx.directory.core.records import Snapshot, Team, Trigger
from tests.support.centre import csq, people, sample
from tests.support.engine import EngineFloor, FloorCase


class ConfigurationTests(FloorCase):
    """``cti.md`` §11.2."""

    def keys(self) -> ConfigKeyEvent:
        """Ask for the keys."""
        (answer,) = self.floor.ask(ConfigRequestKeyEvent())
        assert isinstance(answer, ConfigKeyEvent)
        return answer

    def upload(self, mask: int) -> list[Message]:
        """Ask for records."""
        self.floor.seen.clear()
        return self.floor.ask(ConfigRequestEvent(config_information=mask))

    def test_keys(self) -> None:
        """The same content has the same keys, in another engine too; other content has others."""
        keys, same = self.keys(), EngineFloor(sample())
        again = same.ask(ConfigRequestKeyEvent())
        self.successResultOf(same.service.stopService())
        self.assertEqual([keys], again)
        self.assertEqual(len(keys.agent_config_key or b""), 8)
        snapshot = sample()
        self.floor.directory.current = replace(snapshot, csqs=(csq(1, "Sales"), csq(2, "Other")))
        self.floor.service.reload()
        changed = self.keys()
        self.assertNotEqual(changed.skill_group_config_key, keys.skill_group_config_key)
        self.assertEqual(changed.agent_config_key, keys.agent_config_key)

    def test_upload(self) -> None:
        """Each kind that is asked for: begin with its key, records of ten at most, end."""
        keys = self.keys()
        for mask, kind, count, key in (
            (ConfigMask.APPLICATIONS, ConfigServiceEvent, 2, "service_config_key"),
            (ConfigMask.CSQS, ConfigSkillGroupEvent, 2, "skill_group_config_key"),
            (ConfigMask.AGENTS, ConfigAgentEvent, 4, "agent_config_key"),
            (ConfigMask.DEVICES, ConfigDeviceEvent, 4 + 99 + 4, "device_config_key"),
            (ConfigMask.TERMINALS, ConfigTerminalEvent, 21 + 4, ""),
        ):
            begin, *records, end = self.upload(mask)
            values = {key: getattr(keys, key)} if key else {}
            self.assertEqual(
                begin,
                ConfigBeginEvent(
                    config_type=ConfigType.SOLICITED, config_information=mask, **values
                ),
            )
            self.assertEqual(end, ConfigEndEvent())
            self.assertEqual({type(event) for event in records}, {kind})
            sizes = [len(event.records) for event in records if isinstance(event, kind)]
            self.assertEqual(sum(sizes), count)
            self.assertLessEqual(max(sizes), 10)
        self.assertEqual(self.upload(0), [])
        both = self.upload(ConfigMask.CSQS | ConfigMask.APPLICATIONS)
        self.assertEqual(sum(isinstance(event, ConfigBeginEvent) for event in both), 2)

    def test_records(self) -> None:
        """What the records say."""
        (_, agents, _) = self.upload(ConfigMask.AGENTS)
        assert isinstance(agents, ConfigAgentEvent)
        first, boss = agents.records[0], agents.records[-1]
        self.assertEqual(
            (first.login_id, first.first_name, first.last_name, first.extension, first.agent_type),
            ("agent1", "Agent", "1", "1001", 1),
        )
        self.assertEqual([skill.skill_group_number for skill in first.skills], [1, 2])
        self.assertEqual((boss.login_id, boss.agent_type), ("boss", 2))
        (_, services, _) = self.upload(ConfigMask.APPLICATIONS)
        assert isinstance(services, ConfigServiceEvent)
        self.assertEqual(
            [(r.peripheral_number, r.peripheral_name) for r in services.records],
            [(101, "Sales"), (102, "Support")],
        )
        (_, csqs, _) = self.upload(ConfigMask.CSQS)
        assert isinstance(csqs, ConfigSkillGroupEvent)
        self.assertEqual(
            [(r.peripheral_number, r.peripheral_name, r.auto_work) for r in csqs.records],
            [(1, "Sales", False), (2, "Support", False)],
        )
        devices = [
            record
            for event in self.upload(ConfigMask.DEVICES)
            if isinstance(event, ConfigDeviceEvent)
            for record in event.records
        ]
        self.assertEqual(
            [
                (r.device_type, r.dialed_number, r.extension)
                for r in (devices[0], devices[4], devices[-1])
            ],
            [
                (ConfigDeviceType.AGENT, "agent1", "1001"),
                (ConfigDeviceType.ROUTE_POINT, "", "6001"),
                (ConfigDeviceType.CTI_PORT, "", "70004"),
            ],
        )
        terminals = self.upload(ConfigMask.TERMINALS)[1]
        assert isinstance(terminals, ConfigTerminalEvent)
        self.assertEqual(
            (terminals.records[0].terminal_device_name, terminals.records[0].instruments),
            ("SEP0000000003E9", ("1001",)),
        )

    def test_teams(self) -> None:
        """Each team with its supervisors, agents and queues, then the confirmation."""
        event, confirmation = self.floor.request(TeamConfigReq)
        self.assertEqual(confirmation, TeamConfigConf(invoke_id=1))
        self.assertEqual(
            event,
            TeamConfigEvent(
                team_id=1,
                operation=TeamOperation.ADD,
                team_name="Team 1",
                members=(
                    TeamMember(agent_id_long="boss", agent_flags=AgentFlags.PRIMARY_SUPERVISOR),
                    *(TeamMember(agent_id_long=f"agent{n}") for n in (1, 2, 3)),
                    *(TeamMember(agent_id_long=str(n), member_type=MemberType.CSQ) for n in (1, 2)),
                ),
            ),
        )
        self.assertEqual(
            self.floor.request(TeamConfigReq, config_param=TeamConfigParam.UPDATES_ONLY),
            [TeamConfigConf(invoke_id=2)],
        )

    def test_large(self) -> None:
        """Long names and large teams are cut into messages that every version can carry."""
        members = tuple(
            replace(person, login_id=f"{person.login_id:x<120}", last_name="é" * 15)
            for person in people(200, tuple(range(1, 26)))
        )
        csqs = tuple(csq(n, "q" * 49 + str(n % 10)) for n in range(1, 26))
        self.floor.directory.current = Snapshot(members, (Team(1, "t" * 49),), csqs)
        self.floor.service.reload()
        agents = [e for e in self.upload(ConfigMask.AGENTS) if isinstance(e, ConfigAgentEvent)]
        self.assertEqual(sum(len(event.records) for event in agents), 200)
        self.assertGreater(len(agents), 20)
        teams = self.floor.request(TeamConfigReq)[:-1]
        sizes = [len(event.members) for event in teams if isinstance(event, TeamConfigEvent)]
        self.assertEqual(sum(sizes), 225)
        self.assertLess(max(sizes), 64)

    def test_updates(self) -> None:
        """A changed directory is told without being asked for: only what is new, changed or gone."""
        snapshot = sample()
        self.floor.seen.clear()
        self.floor.service.reload()
        self.assertEqual(self.floor.take(), [])
        self.floor.directory.current = replace(
            snapshot,
            people=(
                replace(snapshot.people[0], first_name="New"),
                *snapshot.people[2:],
                *people(4)[3:],
            ),
            csqs=snapshot.csqs,
            triggers=(*snapshot.triggers, Trigger("6003", 103, "Third", 1)),
            teams=(replace(snapshot.teams[0], name="First"), Team(2, "Team 2")),
        )
        self.floor.service.reload()
        seen = self.floor.take()
        begun = [e for e in seen if isinstance(e, ConfigBeginEvent)]
        self.assertEqual(
            [(e.config_type, e.config_information) for e in begun],
            [
                (ConfigType.UNSOLICITED, mask)
                for mask in (ConfigMask.APPLICATIONS, ConfigMask.AGENTS, ConfigMask.DEVICES)
            ],
        )
        (agents,) = [e for e in seen if isinstance(e, ConfigAgentEvent)]
        self.assertEqual(
            [(r.login_id, r.record_type) for r in agents.records],
            [
                ("agent1", RecordType.CHANGE),
                ("agent4", RecordType.ADD),
                ("agent2", RecordType.DELETE),
            ],
        )
        teams = [e for e in seen if isinstance(e, TeamConfigEvent)]
        self.assertEqual(
            [(e.team_id, e.operation, e.team_name) for e in teams],
            [(1, TeamOperation.CHANGE, "First"), (2, TeamOperation.ADD, "Team 2")],
        )
        self.floor.directory.current = replace(self.floor.directory.current, teams=())
        self.floor.service.reload()
        self.assertEqual(
            [(e.team_id, e.operation) for e in self.floor.take() if isinstance(e, TeamConfigEvent)],
            [(1, TeamOperation.REMOVE), (2, TeamOperation.REMOVE)],
        )

    def test_phones(self) -> None:
        """A phone that is lost or found is told as an instrument out of service, or back."""
        self.sign_in()
        for operation, event_id in (
            (self.floor.simulator.unregister, SystemEventID.SYS_INSTRUMENT_OUT_OF_SERVICE),
            (self.floor.simulator.register, SystemEventID.SYS_INSTRUMENT_BACK_IN_SERVICE),
        ):
            self.floor.seen.clear()
            operation("SEP0000000003E9")
            self.floor.pass_time()
            event = self.floor.take()[0]
            assert isinstance(event, SystemEvent)
            self.assertEqual(
                (event.system_event_id, event.system_event_arg2, event.event_device_id),
                (event_id, 1001, "1001"),
            )
