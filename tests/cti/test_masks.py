"""Every bit of every mask, against everything that it may let through, on whole sessions.

The tables here are written down from §8.1 to §8.4 of the CTI reference, not taken from the code.
"""

from __future__ import annotations

from dataclasses import MISSING, replace
from typing import Any

from finesse_tx.config import CTIServerConfig
from finesse_tx.cti.core.filters import CALL_EVENTS, CONFIG_EVENTS, NEVER, SERVICE_EVENTS
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import CATALOGUE, Event, Message, Request
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    BeginCallEvent,
    ConfigBeginEvent,
    ConfigEndEvent,
    ConfigRequestEvent,
    ControlFailureConf,
    DeviceCall,
    FailureConf,
    FailureEvent,
    OpenReq,
    QueryAgentStateConf,
    QueryAgentStateReq,
    SnapshotCallConf,
    SnapshotCallReq,
    SnapshotDeviceConf,
    SnapshotDeviceReq,
    SystemEvent,
    TeamConfigConf,
)
from finesse_tx.cti.core.table import table_of
from tests.cti.test_server import ServerTestCase
from tests.support.cti import CTIPeer, bridge_request, ucce_request

CALL_BITS = (
    "CALL_DELIVERED_EVENT",
    "CALL_QUEUED_EVENT",
    "CALL_ESTABLISHED_EVENT",
    "CALL_HELD_EVENT",
    "CALL_RETRIEVED_EVENT",
    "CALL_CLEARED_EVENT",
    "CALL_CONNECTION_CLEARED_EVENT",
    "CALL_ORIGINATED_EVENT",
    "CALL_CONFERENCED_EVENT",
    "CALL_TRANSFERRED_EVENT",
    "CALL_DIVERTED_EVENT",
    "CALL_SERVICE_INITIATED_EVENT",
    "CALL_TRANSLATION_ROUTE_EVENT",
    "BEGIN_CALL_EVENT",
    "END_CALL_EVENT",
    "CALL_DATA_UPDATE_EVENT",
    "CALL_FAILED_EVENT",
    "CALL_REACHED_NETWORK_EVENT",
    "CALL_DEQUEUED_EVENT",
    "AGENT_PRE_CALL_EVENT",
    "AGENT_PRE_CALL_ABORT_EVENT",
    "RTP_STARTED_EVENT",
    "RTP_STOPPED_EVENT",
    "AGENT_TEAM_CONFIG_EVENT",
    "AGENT_LEGACY_PRE_CALL_EVENT",
    "CALL_ATTRIBUTE_CHANGE_EVENT",
    "CALL_TERMINATION_EVENT",
    "CALL_AGENT_GREETING_EVENT",
    "NETWORK_RECORDING_STARTED_EVENT",
    "NETWORK_RECORDING_ENDED_EVENT",
    "NETWORK_RECORDING_FAILED_EVENT",
    "NETWORK_RECORDING_TARGET_INFO_EVENT",
)
"""The events of CallMsgMask, bit 0 first; two of them have no published layout."""

NOT_IN_UCCX = {12, 17, 23, 24, 25, 26, 27, 28, 29, 30, 31}
"""The bits whose events UCCX has not; of 19 and 20 nothing is said there, and our engine sends none."""

STATE_BITS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14)
"""The states of AgentStateMask, bit 0 first: UNKNOWN (9) has none."""

KIND_BITS = {
    Dialect.UCCX: {0x01: 235, 0x02: 236, 0x04: 237, 0x08: 238, 0x10: 276},
    Dialect.UCCE: {0x01: 235, 0x02: 236, 0x04: 237, 0x08: 238, 0x100: 276},
}
"""The records of each kind."""

CONTROL = (
    "ALTERNATE_CALL",
    "ANSWER_CALL",
    "CLEAR_CALL",
    "CLEAR_CONNECTION",
    "CONFERENCE_CALL",
    "CONSULTATION_CALL",
    "DEFLECT_CALL",
    "EMERGENCY_CALL",
    "HOLD_CALL",
    "MAKE_CALL",
    "MAKE_PREDICTIVE_CALL",
    "RECONNECT_CALL",
    "RETRIEVE_CALL",
    "SEND_DTMF_SIGNAL",
    "SET_AGENT_STATE",
    "SUPERVISOR_ASSIST",
    "TRANSFER_CALL",
)

NEEDS = {
    **dict.fromkeys(CONTROL, 0x04),
    "SUPERVISE_CALL": 0x80,
    "LIST_AGENT_TEAM": 0x80,
    "MONITOR_AGENT_TEAM_START": 0x80,
    "MONITOR_AGENT_TEAM_STOP": 0x80,
    "SET_CALL_DATA": 0x02,
    "RELEASE_CALL": 0x02,
    "TEAM_CONFIG": 0x40000,
    "MONITOR_START": 0x20,
    "MONITOR_STOP": 0x20,
    "CHANGE_MONITOR_MASK": 0x20,
    "SESSION_MONITOR_START": 0x40,
    "SESSION_MONITOR_STOP": 0x40,
    "REGISTER_SERVICE": 0x100,
    "UNREGISTER_SERVICE": 0x100,
}
"""The service that a request needs; the others need none."""


def example(cls: type[Message], **values: Any) -> Any:
    """A message of a class, about call 1 and the phone 2006 where it says so."""
    table = table_of(cls)
    fixed = {field.attribute: 1 for field in table.fixed if field.default is MISSING}
    names = {field.attribute for field in table.floating}
    phones = {"connection_device_id", "agent_instrument", "primary_device_id"}
    about = dict.fromkeys(phones & names, "2006")
    return cls(**{**fixed, **about, **values})


CALLS = {
    bit: example(cls)
    for bit, name in enumerate(CALL_BITS)
    for cls in CATALOGUE.values()
    if cls.MESSAGE_TYPE.name == name
}
"""An event for each bit of CallMsgMask that has a layout."""


class MasksTestCase(ServerTestCase):
    """Sessions with a mask."""

    config = CTIServerConfig(dialect="ucce", max_sessions=1_000)

    def session(self, request: OpenReq) -> CTIPeer:
        """Open a session, in agent mode for the agent on 2006."""
        self.peripheral.script[QueryAgentStateReq] = lambda asked: [
            QueryAgentStateConf(
                invoke_id=asked.invoke_id,  # type: ignore[attr-defined]
                agent_state=3,
                agent_id_long="asmith",
                agent_extension="2006",
                agent_instrument="2006",
            )
        ]
        self.peripheral.script[SnapshotDeviceReq] = lambda asked: [
            SnapshotDeviceConf(invoke_id=asked.invoke_id)  # type: ignore[attr-defined]
        ]
        peer = self.opened(request)
        peer.received()
        return peer

    def requests(self) -> list[OpenReq]:
        """What sessions are opened with: both dialects, bridge and agent mode."""
        agent = {"agent_extension": "2006", "client_id": ""}
        bridge = [
            replace(ucce_request(25), client_id=""),
            replace(bridge_request(18), client_id=""),
        ]
        return [
            *bridge,
            replace(bridge[0], services_requested=0x87, peripheral_id=1, **agent),  # type: ignore[arg-type]
            replace(bridge[1], services_requested=0x87, **agent),  # type: ignore[arg-type]
        ]

    def published(self, peer: CTIPeer, *events: Message) -> list[int]:
        """The numbers of those that come, in order."""
        for event in events:
            self.peripheral.publish(event)
        return [message.MESSAGE_TYPE for message in peer.received()]


class CallMaskTests(MasksTestCase):
    """CallMsgMask."""

    def test_every_bit(self) -> None:
        """With one bit alone one event comes, and with all but that bit all the others; in each dialect and mode."""
        self.assertEqual(sorted(set(range(32)) - set(CALLS)), [24, 26])
        for request in self.requests():
            uccx = request.version_number == 18
            there = [
                bit
                for bit in CALLS
                if not (uccx and bit in NOT_IN_UCCX)
                # Nothing of these says whose it is, so it is nobody's in agent mode.
                and (request.services_requested & 0x10 or bit not in {12, 23})
            ]
            for bit in range(32):
                for mask in (1 << bit, 0xFFFFFFFF & ~(1 << bit)):
                    peer = self.session(replace(request, call_msg_mask=mask))
                    found = self.published(peer, *CALLS.values())
                    expected = [CALLS[each].MESSAGE_TYPE for each in there if mask & 1 << each]
                    self.assertEqual(found, expected, f"{request.version_number}, bit {bit}")
                    self.gone(peer)

    def test_no_bit(self) -> None:
        """Without any bit no call event comes, not even a call's beginning and end."""
        for request in self.requests():
            peer = self.session(replace(request, call_msg_mask=0))
            self.assertEqual(self.published(peer, *CALLS.values()), [])

    def test_calls_in_progress(self) -> None:
        """In agent mode the calls that there are already come as BEGIN_CALL_EVENT if that bit is set, and only then."""
        for request in self.requests()[2:]:
            for mask, expected in ((0x2000, [23]), (0xFFFFFFFF & ~0x2000, [])):
                peer = self.session(replace(request, call_msg_mask=0))
                self.gone(peer)
                self.peripheral.script[SnapshotDeviceReq] = lambda asked: [
                    SnapshotDeviceConf(
                        invoke_id=asked.invoke_id,  # type: ignore[attr-defined]
                        calls=(DeviceCall(call_connection_call_id=1),),
                    )
                ]
                self.peripheral.script[SnapshotCallReq] = lambda asked: [
                    SnapshotCallConf(invoke_id=asked.invoke_id, call_type=1)  # type: ignore[attr-defined]
                ]
                peer = self.peer(request.version_number)
                peer.send(replace(request, call_msg_mask=mask))
                calls = [m.MESSAGE_TYPE for m in peer.received() if isinstance(m, BeginCallEvent)]
                self.assertEqual(calls, expected)
                self.gone(peer)


class StateMaskTests(MasksTestCase):
    """AgentStateMask."""

    def event(self, state: int) -> AgentStateEvent:
        """The agent is in a state."""
        return AgentStateEvent(
            agent_state=state,
            agent_id_long="asmith",
            agent_extension="2006",
            agent_instrument="2006",
        )

    def test_every_bit(self) -> None:
        """With one bit its state comes, with all but that bit all the others, and UNKNOWN with any bit."""
        for request in self.requests():
            ucce = request.version_number == 25
            for bit in range(len(STATE_BITS)):
                for mask in (1 << bit, 0x3FFF & ~(1 << bit)):
                    peer = self.session(replace(request, agent_state_mask=mask))
                    for state in range(15):
                        self.peripheral.publish(self.event(state))
                    found = [
                        m.agent_state for m in peer.received() if isinstance(m, AgentStateEvent)
                    ]
                    self.assertEqual(found, self.expected(mask, ucce=ucce), f"{mask:#x}")
                    self.gone(peer)

    def expected(self, mask: int, *, ucce: bool) -> list[int]:
        """The states that come, as the client sees them."""
        states = [4 if ucce and state in {6, 7} else state for state in range(15)]
        return [state for state in states if state == 9 or mask & 1 << STATE_BITS.index(state)]

    def test_no_bit(self) -> None:
        """Without any bit no state comes."""
        for request in self.requests():
            peer = self.session(replace(request, agent_state_mask=0))
            self.assertEqual(self.published(peer, *map(self.event, range(15))), [])


class ConfigMaskTests(MasksTestCase):
    """ConfigMsgMask."""

    def update(self, kind: int, number: int) -> list[Message]:
        """An update of one kind, as the engine tells it."""
        return [
            ConfigBeginEvent(config_type=2, config_information=kind),
            CATALOGUE[number](),
            ConfigEndEvent(),
        ]

    def test_every_bit(self) -> None:
        """With one bit its kind comes, between a beginning and an end; with all but that bit all the others."""
        ours = KIND_BITS[Dialect.UCCX]
        for request in self.requests():
            dialect = Dialect.UCCX if request.version_number == 18 else Dialect.UCCE
            services = request.services_requested | 0x40000
            for bit in range(12):
                for mask in (1 << bit, 0xFFF & ~(1 << bit)):
                    asked = replace(request, config_msg_mask=mask, services_requested=services)
                    peer = self.session(asked)
                    peer.send(ConfigRequestEvent(config_information=0))
                    updates = [
                        e for kind, number in ours.items() for e in self.update(kind, number)
                    ]
                    found = self.published(peer, *updates)
                    kinds = [n for wire, n in KIND_BITS[dialect].items() if mask & wire]
                    expected = [n for kind in kinds for n in (233, kind, 234)]
                    self.assertEqual(found, expected, f"{dialect}, {mask:#x}")
                    self.gone(peer)

    def test_upload(self) -> None:
        """What is asked for beyond the mask is not asked of the engine."""
        for request in self.requests()[:2]:
            dialect = Dialect.UCCX if request.version_number == 18 else Dialect.UCCE
            for wire, number in KIND_BITS[dialect].items():
                peer = self.session(replace(request, config_msg_mask=wire))
                del self.peripheral.requests[:]
                peer.send(ConfigRequestEvent(config_information=0xFFF))
                ((asked, _reply),) = self.peripheral.requests
                assert isinstance(asked, ConfigRequestEvent)
                ours = {n: kind for kind, n in KIND_BITS[Dialect.UCCX].items()}
                self.assertEqual(asked.config_information, ours[number])

    def test_without_the_service(self) -> None:
        """Without CONFIG_EVENTS no kind comes, whatever the mask."""
        for request in self.requests():
            services = request.services_requested & ~0x40000
            peer = self.session(
                replace(request, config_msg_mask=0xFFF, services_requested=services)
            )
            peer.send(ConfigRequestEvent(config_information=0))
            self.assertEqual(self.published(peer, *self.update(4, 237)), [])


class ServiceMaskTests(MasksTestCase):
    """ServicesRequested."""

    def test_events(self) -> None:
        """SYSTEM_EVENT and FAILURE_EVENT come whatever is masked, in bridge mode, agent mode and neither."""
        for request in self.requests():
            for services in (request.services_requested, 0):
                silent = replace(
                    request,
                    services_requested=services,
                    call_msg_mask=0,
                    agent_state_mask=0,
                    config_msg_mask=0,
                )
                peer = self.session(silent)
                events = (SystemEvent(pg_status=0x400, system_event_id=3), FailureEvent(status=96))
                self.assertEqual(self.published(peer, *events), [31, 2])

    def test_supervisors(self) -> None:
        """A call for help comes with the supervisor service alone, in either mode."""
        events = [example(CATALOGUE[number]) for number in (120, 123)]
        for request in self.requests():
            for services in (request.services_requested, request.services_requested & ~0x80):
                peer = self.session(replace(request, services_requested=services, call_msg_mask=0))
                told = [120] if request.version_number == 18 else [120, 123]
                expected = told if services & 0x80 else []
                self.assertEqual(self.published(peer, *events), expected)

    def test_every_request(self) -> None:
        """Each request passes with its service alone, and fails as it should with all the others."""
        layout = Layout.of(Dialect.UCCE, 25)
        every = 0x000400D6 & ~0x40
        for cls in CATALOGUE.values():
            name = cls.MESSAGE_TYPE.name.removesuffix("_REQ")
            if not issubclass(cls, Request) or name in {"OPEN", "HEARTBEAT", "CLOSE"}:
                continue
            need = NEEDS.get(name, 0)
            request = example(cls, invoke_id=5)
            for services in ({need} if need & every or not need else set()) | {every & ~need}:
                peer = self.session(replace(ucce_request(25, services), client_id=""))
                before = len(self.peripheral.requests)
                peer.send_bytes(layout.encode(request))
                passed = len(self.peripheral.requests) > before
                self.assertEqual(passed, services & need == need, f"{name}, {services:#x}")
                if not passed:
                    self.assertEqual(peer.received(), [self.refusal(name, 12)])
                self.gone(peer)

    def refusal(self, name: str, status: int) -> Message:
        """What a request without its service gets."""
        if name in CONTROL or name == "SUPERVISE_CALL":
            return ControlFailureConf(invoke_id=5, failure_code=71, peripheral_error_code=88018)
        if name == "TEAM_CONFIG":
            return TeamConfigConf(invoke_id=5, status=1)
        return FailureConf(invoke_id=5, status=status)

    def test_uccx(self) -> None:
        """In UCCX's dialect it is the same, but that it has no status for a service that is not granted: 17."""
        for name in ("ANSWER_CALL", "SET_CALL_DATA", "SUPERVISE_CALL"):
            (cls,) = [c for c in CATALOGUE.values() if c.MESSAGE_TYPE.name == f"{name}_REQ"]
            peer = self.session(replace(bridge_request(18, 0x10), client_id=""))
            peer.send(example(cls, invoke_id=5))
            self.assertEqual(peer.received(), [self.refusal(name, 17)])

    def test_every_event_is_governed(self) -> None:
        """Every event there is has one thing that lets it through: none comes by oversight."""
        governed = {
            **dict.fromkeys(CALL_EVENTS, "a call mask's bit"),
            **dict.fromkeys(CONFIG_EVENTS, "a kind"),
            **dict.fromkeys(SERVICE_EVENTS, "a service"),
            **dict.fromkeys(NEVER, "nothing"),
            **dict.fromkeys((233, 234), "a kind that is being told"),
            **dict.fromkeys((2, 31), "everything"),
            30: "a state mask's bit",
            243: "TEAM_CONFIG_REQ",
            109: "bridge mode",
        }
        events = {n for n, cls in CATALOGUE.items() if issubclass(cls, Event)}
        self.assertEqual(events - set(governed), set())
        self.assertEqual(set(governed) - events, {189, 247})
