"""Which events a session gets (§8.2 to §8.4, §10.1, §12.2 of the CTI reference)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import AgentState, ConfigMask, CTIService, MessageType
from finesse_tx.cti.core.filters import (
    CALL_EVENTS,
    CONFIG_EVENTS,
    MAX_CALLS,
    STATE_MASKS,
    EventFilter,
)
from finesse_tx.cti.core.framing import Frame
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import Event, Message, OpaqueMessage
from finesse_tx.cti.core.messages import (
    CATALOGUE,
    AgentStateEvent,
    AgentTeamConfigEvent,
    BeginCallEvent,
    CallConferencedEvent,
    CallConnectionClearedEvent,
    CallDataUpdateEvent,
    CallDeliveredEvent,
    ConfigAgentEvent,
    ConfigBeginEvent,
    ConfigEndEvent,
    ConfigSkillGroupEvent,
    ConnectedParty,
    EmergencyCallEvent,
    EndCallEvent,
    FailureEvent,
    RtpStartedEvent,
    SupervisorAssistEvent,
    SystemEvent,
    TeamConfigEvent,
    UserMessageEvent,
)
from finesse_tx.cti.core.opening import Agent, Grant, Mode

GRANT = Grant(
    layout=Layout.of(Dialect.UCCX, 14),
    mode=Mode.BRIDGE,
    agent=None,
    client_id="wallboard",
    services=CTIService(0x00040096),
    call_msg_mask=0xFFFFFFFF,
    agent_state_mask=0x3FFF,
    config_mask=ConfigMask(0x1F),
    idle_timeout_s=None,
)
UCCE = replace(GRANT, layout=Layout.of(Dialect.UCCE, 25))
"""The same in the dialect that knows every message."""

AGENT = replace(GRANT, mode=Mode.AGENT, agent=Agent("asmith", "2006", ""))


def event_of(number: int) -> Message:
    """Some message of that number."""
    if number not in CATALOGUE:
        return OpaqueMessage(message_type=number, body=b"")
    size = GRANT.layout.codec(CATALOGUE[number]).size
    return GRANT.layout.decode(Frame(number, bytes(size)))


def state(value: int, **about: str) -> AgentStateEvent:
    """An agent's state."""
    return AgentStateEvent(
        agent_state=value, agent_id_long=about.get("agent"), agent_instrument=about.get("phone")
    )


class MaskTests(SynchronousTestCase):
    """A bridge's masks."""

    def test_tables(self) -> None:
        """Every bit has its event or state; the bits are those of §8.2 to §8.4."""
        self.assertEqual(len(CALL_EVENTS), 32)
        self.assertEqual(CALL_EVENTS[MessageType.CALL_DELIVERED_EVENT], 1)
        self.assertEqual(CALL_EVENTS[MessageType.RTP_STOPPED_EVENT], 0x00400000)
        self.assertEqual(CALL_EVENTS[MessageType.NETWORK_RECORDING_TARGET_INFO_EVENT], 0x80000000)
        bits = {value: mask.bit_length() - 1 for value, mask in STATE_MASKS.items()}
        self.assertEqual(bits, {**{n: n for n in range(9)}, 10: 9, 11: 10, 12: 11, 13: 12, 14: 13})
        self.assertEqual(
            {number: int(kind) for number, kind in CONFIG_EVENTS.items()},
            {235: 1, 236: 2, 237: 4, 238: 8, 276: 16},
        )

    def test_each_call_event(self) -> None:
        """A call event passes with its own bit, and not with all the others."""
        for number, bit in CALL_EVENTS.items():
            event = event_of(number)
            for mask, expected in ((bit, True), (0xFFFFFFFF & ~bit, False)):
                found = EventFilter(replace(UCCE, call_msg_mask=mask)).passes(event)
                self.assertEqual(found, expected, number)

    def test_each_state(self) -> None:
        """An agent state passes with its own bit, and not with all the others."""
        for value, bit in STATE_MASKS.items():
            for mask, expected in ((bit, True), (0x3FFF & ~bit, False)):
                found = EventFilter(replace(GRANT, agent_state_mask=mask)).passes(state(value))
                self.assertEqual(found, expected, value)

    def test_state_without_bit(self) -> None:
        """A state that has no bit passes where any state is wanted."""
        for value in (AgentState.UNKNOWN, 99):
            self.assertTrue(EventFilter(replace(GRANT, agent_state_mask=1)).passes(state(value)))
            self.assertFalse(EventFilter(replace(GRANT, agent_state_mask=0)).passes(state(value)))

    @given(st.integers(0, 0xFFFFFFFF), st.sampled_from(sorted(CALL_EVENTS)))
    def test_any_mask(self, mask: int, number: int) -> None:
        """Whatever the mask, an event passes if and only if its bit is in it."""
        passes = EventFilter(replace(UCCE, call_msg_mask=mask)).passes(event_of(number))
        self.assertEqual(passes, bool(mask & CALL_EVENTS[number]))

    def test_never_masked(self) -> None:
        """SYSTEM_EVENT and FAILURE_EVENT pass always."""
        grant = replace(
            GRANT, mode=Mode.NOBODY, services=CTIService(0), call_msg_mask=0, agent_state_mask=0
        )
        for event in (SystemEvent(pg_status=0x400, system_event_id=3), FailureEvent(status=96)):
            self.assertTrue(EventFilter(grant).passes(event))

    def test_no_mode(self) -> None:
        """Without one of the two services there are no events of calls and agents."""
        found = EventFilter(replace(GRANT, mode=Mode.NOBODY))
        self.assertFalse(found.passes(state(3)))
        self.assertFalse(found.passes(CallDeliveredEvent(connection_call_id=1)))

    def test_supervisors(self) -> None:
        """An agent's call for help goes to sessions with the supervisor service."""
        event = SupervisorAssistEvent(connection_call_id=1)
        self.assertTrue(EventFilter(GRANT).passes(event))
        without = replace(GRANT, services=CTIService.CTI_SERVICE_ALL_EVENTS)
        self.assertFalse(EventFilter(without).passes(event))

    def test_emergency(self) -> None:
        """An emergency is told to UCCE's supervisors alone: UCCX has none."""
        event = EmergencyCallEvent(connection_call_id=1)
        self.assertFalse(EventFilter(GRANT).passes(event))
        ucce = replace(GRANT, layout=Layout.of(Dialect.UCCE, 14))
        self.assertTrue(EventFilter(ucce).passes(event))

    def test_teams(self) -> None:
        """UCCE's supervisors are told of teams unasked; others, and UCCX's, are not."""
        event = AgentTeamConfigEvent(team_id=1)
        ucce = replace(
            GRANT,
            layout=Layout.of(Dialect.UCCE, 14),
            services=GRANT.services | CTIService.CTI_SERVICE_SUPERVISOR,
        )
        self.assertTrue(EventFilter(ucce).passes(event))
        for grant in (
            GRANT,
            replace(ucce, services=ucce.services & ~CTIService.CTI_SERVICE_SUPERVISOR),
            replace(ucce, call_msg_mask=0xFFFFFFFF & ~0x800000),
        ):
            self.assertFalse(EventFilter(grant).passes(event))

    def test_without_a_mask(self) -> None:
        """An event that no mask governs goes to bridges alone."""
        event = UserMessageEvent(distribution=3, text="hello")
        self.assertTrue(EventFilter(GRANT).passes(event))
        self.assertFalse(EventFilter(AGENT).passes(event))

    def test_any_event(self) -> None:
        """Every event there is passes or does not, in every mode."""
        for number, cls in CATALOGUE.items():
            if issubclass(cls, Event):
                for grant in (GRANT, AGENT, replace(GRANT, mode=Mode.NOBODY)):
                    self.assertIsInstance(EventFilter(grant).passes(event_of(number)), bool)


class ConfigurationTests(SynchronousTestCase):
    """Configuration and teams."""

    UPDATE = (
        ConfigBeginEvent(config_type=2, config_information=4),
        ConfigAgentEvent(),
        ConfigEndEvent(),
    )

    def passed(self, found: EventFilter, *events: Message) -> list[bool]:
        """What passes."""
        return [found.passes(event) for event in events]

    def test_asked(self) -> None:
        """Updates come once CONFIG_REQUEST_EVENT has, and not before."""
        found = EventFilter(GRANT)
        self.assertEqual(self.passed(found, *self.UPDATE), [False, False, False])
        found.configuration_asked()
        self.assertEqual(self.passed(found, *self.UPDATE), [True, True, True])

    def test_kinds(self) -> None:
        """Of an update come the kinds that the mask has; its beginning and end come if one of them does."""
        both = (
            ConfigBeginEvent(config_type=2, config_information=6),
            ConfigSkillGroupEvent(),
            ConfigAgentEvent(),
            ConfigEndEvent(),
        )
        for mask, expected in (
            (0x06, [True, True, True, True]),
            (0x04, [True, False, True, True]),
            (0x08, [False, False, False, False]),
        ):
            found = EventFilter(replace(GRANT, config_mask=ConfigMask(mask)))
            found.configuration_asked()
            self.assertEqual(self.passed(found, *both), expected)

    def test_stray(self) -> None:
        """Records outside an update do not come."""
        found = EventFilter(GRANT)
        found.configuration_asked()
        self.assertEqual(self.passed(found, ConfigAgentEvent(), ConfigEndEvent()), [False, False])

    def test_teams(self) -> None:
        """Updates of teams come once TEAM_CONFIG_REQ has."""
        found, event = EventFilter(GRANT), TeamConfigEvent(team_id=1, operation=3)
        self.assertFalse(found.passes(event))
        found.teams_asked()
        self.assertTrue(found.passes(event))


class AgentModeTests(SynchronousTestCase):
    """Whose events a session in agent mode gets."""

    def setUp(self) -> None:
        """A session of agent asmith, extension 2006."""
        self.filter = EventFilter(AGENT)

    def begin(self, call_id: int, device: str = "2006") -> bool:
        """A call begins for a device."""
        return self.filter.passes(
            BeginCallEvent(connection_call_id=call_id, call_type=1, connection_device_id=device)
        )

    def test_states(self) -> None:
        """The agent's own states come; another's do not, nor another agent's on the same phone."""
        self.assertTrue(self.filter.passes(state(3, agent="asmith")))
        self.assertFalse(self.filter.passes(state(3, agent="bjones")))
        self.assertFalse(self.filter.passes(state(3, agent="bjones", phone="2006")))
        self.assertTrue(self.filter.passes(state(3, phone="2006")))
        self.assertFalse(self.filter.passes(state(3, phone="2007")))

    def test_by_phone(self) -> None:
        """A session that names a phone alone gets the states on that phone."""
        found = EventFilter(replace(AGENT, agent=Agent("", "2006", "")))
        self.assertTrue(found.passes(state(3, agent="asmith", phone="2006")))
        self.assertFalse(found.passes(state(3, agent="asmith", phone="2007")))

    def test_masked(self) -> None:
        """The masks hold in agent mode too."""
        found = EventFilter(replace(AGENT, agent_state_mask=8, call_msg_mask=1))
        self.assertTrue(found.passes(state(3, agent="asmith")))
        self.assertFalse(found.passes(state(2, agent="asmith")))

    def test_own_device(self) -> None:
        """Events of the phone's own connections come, those of other phones do not."""
        for device, expected in (
            ("2006", True),
            ("2006.3006", True),
            ("2007", False),
            ("3006", False),
        ):
            event = CallDeliveredEvent(connection_call_id=1, connection_device_id=device)
            self.assertEqual(self.filter.passes(event), expected)

    def test_own_call(self) -> None:
        """The other party's events come while the call concerns the agent."""
        gone = CallConnectionClearedEvent(connection_call_id=1, connection_device_id="2005")
        self.assertFalse(self.filter.passes(gone))
        self.assertTrue(self.begin(1))
        self.assertTrue(self.filter.passes(gone))
        end = EndCallEvent(connection_call_id=1, connection_device_id="2006")
        self.assertTrue(self.filter.passes(end))
        self.assertFalse(self.filter.passes(gone))

    def test_others_begin_and_end(self) -> None:
        """Another device's BEGIN_CALL and END_CALL do not come, even for the agent's call."""
        self.begin(1)
        self.assertFalse(self.begin(1, "2007"))
        end = EndCallEvent(connection_call_id=1, connection_device_id="2007")
        self.assertFalse(self.filter.passes(end))

    def test_call_id_changes(self) -> None:
        """The agent's call is followed through a change of its id."""
        self.begin(1)
        change = CallDataUpdateEvent(
            call_type=4, connection_call_id=1, new_connection_call_id=9, connection_device_id="2007"
        )
        self.assertTrue(self.filter.passes(change))
        gone = CallConnectionClearedEvent(connection_call_id=9, connection_device_id="2007")
        self.assertTrue(self.filter.passes(gone))

    def test_conference(self) -> None:
        """A conference that the phone is in comes, and its call concerns the agent from then on."""
        party = ConnectedParty(connected_party_call_id=5, connected_party_device_id="2006")
        other = ConnectedParty(connected_party_call_id=6, connected_party_device_id="2008")
        joined = CallConferencedEvent(
            primary_call_id=3,
            secondary_call_id=4,
            primary_device_id="2007",
            connected_parties=(other, party),
        )
        self.assertTrue(self.filter.passes(joined))
        for call_id, expected in ((5, True), (6, False)):
            gone = CallConnectionClearedEvent(
                connection_call_id=call_id, connection_device_id="2008"
            )
            self.assertEqual(self.filter.passes(gone), expected)
        self.assertFalse(self.filter.passes(replace(joined, connected_parties=(other,))))

    def test_media(self) -> None:
        """Media events come for the phone."""
        for phone, expected in (("2006", True), ("2007", False)):
            event = RtpStartedEvent(connection_call_id=8, direction=0, agent_instrument=phone)
            self.assertEqual(self.filter.passes(event), expected)

    def test_another_phone(self) -> None:
        """An agent who signs in on another phone takes the session along."""
        self.filter.passes(state(0, agent="asmith", phone="2009"))
        self.assertTrue(self.begin(1, "2009"))
        self.assertFalse(self.begin(2, "2006"))

    def test_no_device(self) -> None:
        """An event without any device concerns nobody."""
        self.assertFalse(self.filter.passes(CallDeliveredEvent(connection_call_id=1)))

    def test_bound(self) -> None:
        """As many calls are remembered as an agent can have; then the oldest is forgotten."""
        for call_id in range(MAX_CALLS + 1):
            self.begin(call_id)
        remembered = [
            self.filter.passes(
                CallConnectionClearedEvent(connection_call_id=call_id, connection_device_id="1")
            )
            for call_id in range(MAX_CALLS + 1)
        ]
        self.assertEqual(remembered, [False] + [True] * MAX_CALLS)
