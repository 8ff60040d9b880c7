"""What the dialects say differently (§8.3 to §8.5, §8.14, §8.15, §10.4, §11.3 of the CTI reference)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import AgentState, CCXStatus, DeviceIDType
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import CATALOGUE
from finesse_tx.cti.core.messages import (
    AgentSkillGroup,
    AgentStateEvent,
    AgentTeamConfigEvent,
    CallDeliveredEvent,
    ConfigBeginEvent,
    ConfigRequestEvent,
    OpenConf,
    QueryAgentStateConf,
    QueryAgentStateReq,
    SetAgentStateReq,
    SystemEvent,
)
from finesse_tx.cti.core.messages.groups import TeamAgent
from finesse_tx.cti.core.translation import MAX_AGENT_ID, from_ucce, to_ucce
from tests.support.cti_messages import messages

UCCE = Layout.of(Dialect.UCCE, 25)


class AgentTests(SynchronousTestCase):
    """Who an agent is, and how."""

    def test_id(self) -> None:
        """A login id goes into AgentID, and comes back from there."""
        ours = QueryAgentStateReq(agent_id_long="asmith")
        theirs = QueryAgentStateReq(agent_id="asmith")
        self.assertEqual(to_ucce(ours), theirs)
        self.assertEqual(from_ucce(theirs, 25), ours)

    def test_long_id(self) -> None:
        """A login id that AgentID can just hold goes there; a longer one stays whole in AgentIDLong."""
        for length, short in ((MAX_AGENT_ID, True), (MAX_AGENT_ID + 1, False)):
            name = "a" * length
            event = to_ucce(AgentStateEvent(agent_state=3, agent_id_long=name))
            found = event.agent_id if short else event.agent_id_long
            self.assertEqual(found, name)
            self.assertIsNone(event.agent_id_long if short else event.agent_id)
        # The limit counts bytes: this one would be cut in the middle of a name.
        self.assertIsNone(to_ucce(QueryAgentStateReq(agent_id_long="ä" * 6)).agent_id)

    def test_both_ids(self) -> None:
        """Where a peer sends both, AgentIDLong is believed."""
        both = QueryAgentStateReq(agent_id="short", agent_id_long="long")
        self.assertEqual(from_ucce(both, 25), both)

    def test_states(self) -> None:
        """TALKING with a change to come is TALKING; UCCE's own states are the nearest that CCX has."""
        for state in range(15):
            group = AgentSkillGroup(skill_group_number=1, skill_group_state=state)
            ours = AgentStateEvent(
                agent_state=state, skill_group_state=state, skill_groups=(group,)
            )
            for found, table in (
                (to_ucce(ours), {6: 4, 7: 4}),
                (from_ucce(ours, 25), {6: 5, 7: 4, 10: 4}),
            ):
                (entry,) = found.skill_groups
                states = (found.agent_state, found.skill_group_state, entry.skill_group_state)
                self.assertEqual(states, (table.get(state, state),) * 3)

    def test_team(self) -> None:
        """The states of a team's members are told the same way, one by one."""
        states = (6, 3, None, 7)
        event = AgentTeamConfigEvent(
            team_id=1,
            config_operation=1,
            agents=tuple(TeamAgent(atc_agent_state=state) for state in states),
        )
        for cce, expected in ((False, (4, 3, None, 4)), (True, states)):
            told = to_ucce(event, cce=cce)
            self.assertEqual(tuple(agent.atc_agent_state for agent in told.agents), expected)

    def test_cce(self) -> None:
        """An engine in CCE personality has UCCE's states: they stay, both ways, asked for or told."""
        for state in range(15):
            event = AgentStateEvent(agent_state=state, skill_group_state=state)
            request = SetAgentStateReq(agent_state=state)
            for message in (event, request):
                self.assertEqual(to_ucce(message, cce=True), message)
                self.assertEqual(from_ucce(message, 25, cce=True), message)

    def test_confirmation(self) -> None:
        """An agent's state that was asked for is told the same way."""
        pending = QueryAgentStateConf(invoke_id=1, agent_state=AgentState.TALKING_PENDING_NOT_READY)
        self.assertEqual(to_ucce(pending).agent_state, AgentState.TALKING)

    def test_request(self) -> None:
        """A client's WORK_READY is WORK; what we ask for goes as it is."""
        ready = SetAgentStateReq(agent_state=AgentState.WORK_READY)
        self.assertEqual(from_ucce(ready, 25).agent_state, AgentState.WORK)
        self.assertEqual(to_ucce(ready), ready)


class EngineTests(SynchronousTestCase):
    """The engine's state, its configuration, its devices."""

    def test_status(self) -> None:
        """CCXStatus and PGStatus: in service is 0, whatever is not served is an offline peripheral."""
        for ours, theirs, back in (
            (CCXStatus.IN_SERVICE, 0, CCXStatus.IN_SERVICE),
            (CCXStatus.PARTIAL_SERVICE, 0, CCXStatus.IN_SERVICE),
            (CCXStatus.OUT_OF_SERVICE, 4, CCXStatus.OUT_OF_SERVICE),
            (CCXStatus.SHUTTING_DOWN, 4, CCXStatus.OUT_OF_SERVICE),
            (CCXStatus.SHUT_DOWN, 4, CCXStatus.OUT_OF_SERVICE),
            (CCXStatus.INITIALIZING, 4, CCXStatus.OUT_OF_SERVICE),
        ):
            event = to_ucce(SystemEvent(pg_status=ours, system_event_id=3))
            self.assertEqual(event.pg_status, theirs)
            self.assertEqual(from_ucce(event, 25).pg_status, back)
        for status, expected in ((1, 0x600), (2, 0x500), (8, 0x500), (16, 0x500), (6, 0x600)):
            event = SystemEvent(pg_status=status, system_event_id=3)
            self.assertEqual(from_ucce(event, 25).pg_status, expected)

    def test_kinds(self) -> None:
        """The terminals' bit is translated, in what is asked for and in what begins."""
        for ours, theirs in (
            (ConfigRequestEvent(config_information=0x1F), 0x10F),
            (ConfigBeginEvent(config_type=1, config_information=0x10), 0x100),
        ):
            sent = to_ucce(ours)
            self.assertEqual(sent.config_information, theirs)
            self.assertEqual(from_ucce(sent, 24), ours)

    def test_devices(self) -> None:
        """A secondary line is told as such, without the agent's other extension."""
        event = to_ucce(
            CallDeliveredEvent(
                connection_call_id=1,
                connection_device_id="2006.3006",
                alerting_device_type=DeviceIDType.DEVID_NON_ACD_DEVICE_IDENTIFIER,
                alerting_device_id="2006.3006",
                line_type=10,
            )
        )
        self.assertEqual((event.connection_device_id, event.alerting_device_id), ("3006", "3006"))
        self.assertEqual((event.alerting_device_type, event.line_type), (78, 10))

    def test_untouched(self) -> None:
        """What means the same is the very same message."""
        for message in (OpenConf(invoke_id=1, services_granted=0, peripheral_online=True),):
            self.assertIs(to_ucce(message), message)
            self.assertIs(from_ucce(message, 25), message)

    @settings(deadline=None, max_examples=200)
    @given(st.data())
    def test_any_message(self, data: st.DataObject) -> None:
        """Every message can be translated, and what comes of it can be written, both ways."""
        cls = data.draw(st.sampled_from(list(CATALOGUE.values())))
        theirs = to_ucce(data.draw(messages(cls, UCCE)))
        self.assertTrue(UCCE.encode(theirs))
        self.assertTrue(UCCE.encode(from_ucce(theirs, 25)))
