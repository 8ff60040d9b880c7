"""Which events a session gets: its masks, its mode, and what it has asked for.

Spec: ``cti.md`` §8.2 to §8.4, §10.1 (bridge and agent mode), §11.2, §12.2 (6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from finesse_tx.cti.core.dialects import knows
from finesse_tx.cti.core.enums import (
    NULL,
    AgentState,
    AgentStateMask,
    CallMsgMask,
    ConfigMask,
    CTIService,
    MessageType,
)
from finesse_tx.cti.core.message import Message, OpaqueMessage
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    BeginCallEvent,
    CallConferencedEvent,
    CallTransferredEvent,
    ConfigBeginEvent,
    ConfigEndEvent,
    EndCallEvent,
)
from finesse_tx.cti.core.opening import Agent, Grant, Mode

__all__ = [
    "CALL_EVENTS",
    "CONFIG_EVENTS",
    "MAX_CALLS",
    "NEVER",
    "SERVICE_EVENTS",
    "STATE_MASKS",
    "EventFilter",
]

CALL_EVENTS: Final[Mapping[int, int]] = {
    MessageType[mask.name.replace("_MASK", "_EVENT")]: mask.value
    for mask in CallMsgMask
    if mask.name is not None
}
"""The bit of CallMsgMask for each event that has one."""

STATE_MASKS: Final[Mapping[int, int]] = {
    state: AgentStateMask[f"AGENT_{state.name}_MASK"].value
    for state in AgentState
    if state is not AgentState.UNKNOWN
}
"""The bit of AgentStateMask for each state; UNKNOWN has none."""

CONFIG_EVENTS: Final[Mapping[int, int]] = {
    MessageType.CONFIG_SERVICE_EVENT: ConfigMask.APPLICATIONS.value,
    MessageType.CONFIG_SKILL_GROUP_EVENT: ConfigMask.CSQS.value,
    MessageType.CONFIG_AGENT_EVENT: ConfigMask.AGENTS.value,
    MessageType.CONFIG_DEVICE_EVENT: ConfigMask.DEVICES.value,
    MessageType.CONFIG_TERMINAL_EVENT: ConfigMask.TERMINALS.value,
}
"""The bit of ConfigMsgMask for each event that has one."""

_TALKING: Final = {AgentState.TALKING_PENDING_WORK, AgentState.TALKING_PENDING_NOT_READY}

_ALWAYS: Final = {MessageType.SYSTEM_EVENT, MessageType.FAILURE_EVENT}

SERVICE_EVENTS: Final[Mapping[int, CTIService]] = {
    MessageType.SUPERVISOR_ASSIST_EVENT: CTIService.CTI_SERVICE_SUPERVISOR,
    MessageType.EMERGENCY_CALL_EVENT: CTIService.CTI_SERVICE_SUPERVISOR,
    MessageType.CLIENT_SESSION_OPENED_EVENT: CTIService.CTI_SERVICE_CLIENT_MONITOR,
    MessageType.CLIENT_SESSION_CLOSED_EVENT: CTIService.CTI_SERVICE_CLIENT_MONITOR,
}
"""The service for each event that asks for one, whatever the masks."""

NEVER: Final = {
    # The server sends these itself, or as an answer:
    MessageType.CONFIG_KEY_EVENT,
    MessageType.STANDBY_ACTIVE_EVENT_MSG,
    MessageType.ACTIVE_MAINTENANCE_EVENT_MSG,
    # Kinds of configuration that a CCX engine has not, and nobody is granted:
    MessageType.CONFIG_CALL_TYPE_EVENT,
    MessageType.CONFIG_MRD_EVENT,
    MessageType.CONFIG_PERIPHERAL_EVENT,
    MessageType.CONFIG_AGENT_DESK_SETTINGS_EVENT,
    MessageType.CONFIG_AGENT_SERVICE_EVENT,
}
"""The events that no session gets from the peripheral."""

MAX_CALLS: Final = 16
"""How many calls an agent can be in (§3.1); beyond it the oldest is forgotten."""


class EventFilter:
    """What of the peripheral's events one session gets.

    It remembers: which calls concern the agent, whether configuration has been asked for, and whether the update
    that is being told is one for this session. So it must see every event, in order.
    """

    def __init__(self, grant: Grant) -> None:
        self._grant = grant
        self._calls = _AgentCalls(grant.agent) if grant.agent else None
        self._updates = self._teams = self._updating = False

    def configuration_asked(self) -> None:
        """CONFIG_REQUEST_EVENT came: updates are wanted from now on."""
        self._updates = True

    def teams_asked(self) -> None:
        """TEAM_CONFIG_REQ came: updates of teams are wanted from now on."""
        self._teams = True

    def passes(self, event: Message) -> bool:
        """Whether the session gets this event."""
        number = event.message_type if isinstance(event, OpaqueMessage) else event.MESSAGE_TYPE
        if number in _ALWAYS:
            return True
        layout = self._grant.layout
        if number in NEVER or not knows(layout.dialect, layout.version, number):
            return False
        if isinstance(event, ConfigBeginEvent):
            kinds = event.config_information & self._grant.config_mask.value
            self._updating = self._updates and kinds != 0
            return self._updating
        if isinstance(event, ConfigEndEvent):
            ended, self._updating = self._updating, False
            return ended
        if number in CONFIG_EVENTS:
            return self._updating and CONFIG_EVENTS[number] & self._grant.config_mask != 0
        if number == MessageType.TEAM_CONFIG_EVENT:
            return self._teams
        if number == MessageType.AGENT_TEAM_CONFIG_EVENT and not self._grant.wants_teams:
            return False
        if number in SERVICE_EVENTS:
            return SERVICE_EVENTS[number] in self._grant.services
        return self._concerns(event) and self._masked_in(event, number)

    def _concerns(self, event: Message) -> bool:
        match self._grant.mode:
            case Mode.BRIDGE:
                return True
            case Mode.AGENT:
                return self._calls is not None and self._calls.concerned_by(event)
            case Mode.NOBODY:
                return False

    def _masked_in(self, event: Message, number: int) -> bool:
        if isinstance(event, AgentStateEvent):
            state = event.agent_state
            if self._grant.ucce and state in _TALKING:  # that is what the client is told
                state = AgentState.TALKING
            # A state without a bit goes to whoever wants any state at all.
            return STATE_MASKS.get(state, 0xFFFFFFFF) & self._grant.agent_state_mask != 0
        if number in CALL_EVENTS:
            return CALL_EVENTS[number] & self._grant.call_msg_mask != 0
        return self._grant.mode is Mode.BRIDGE


class _AgentCalls:
    """Which calls concern one agent, learned from the events."""

    def __init__(self, agent: Agent) -> None:
        self._agent_id = agent.agent_id
        self._devices = {agent.extension, agent.instrument} - {""}
        self._calls: dict[int, None] = {}

    def concerned_by(self, event: Message) -> bool:
        if isinstance(event, AgentStateEvent):
            return self._agent(event)
        device = _first_half(getattr(event, "connection_device_id", None))
        mine = device in self._devices
        if isinstance(event, EndCallEvent):
            if mine:
                self._calls.pop(event.connection_call_id, None)
            return mine
        if isinstance(event, BeginCallEvent):
            if mine:
                self._add(event.connection_call_id)
            return mine
        found = mine or any(call in self._calls for call in _calls_of(event))
        found = found or not self._devices.isdisjoint(_devices_of(event))
        new = getattr(event, "new_connection_call_id", NULL)
        if found and new != NULL:
            self._add(new)
        for party in getattr(event, "connected_parties", ()):
            if _first_half(party.connected_party_device_id) in self._devices:
                self._add(party.connected_party_call_id)
        return found

    def _agent(self, event: AgentStateEvent) -> bool:
        devices = {event.agent_extension or "", event.agent_instrument or ""} - {""}
        if not self._agent_id or not event.agent_id_long:
            return not devices.isdisjoint(self._devices)
        if event.agent_id_long != self._agent_id:
            return False
        self._devices = devices or self._devices  # signed in, perhaps on another phone
        return True

    def _add(self, call_id: int | None) -> None:
        if call_id is None:
            return
        self._calls[call_id] = None
        if len(self._calls) > MAX_CALLS:
            del self._calls[next(iter(self._calls))]


def _first_half(device: str | None) -> str | None:
    """The ICD extension: of ``2006.3006`` that is ``2006`` (§10.4)."""
    return device.partition(".")[0] if device else device


def _calls_of(event: Message) -> Iterator[int]:
    for name in ("connection_call_id", "primary_call_id", "secondary_call_id"):
        if (call_id := getattr(event, name, NULL)) != NULL:
            yield call_id


def _devices_of(event: Message) -> set[str | None]:
    """The devices that a message without a connection of its own is about."""
    if not isinstance(event, CallConferencedEvent | CallTransferredEvent):
        return {_first_half(getattr(event, "agent_instrument", None))}
    devices = {event.primary_device_id, event.secondary_device_id}
    devices |= {party.connected_party_device_id for party in event.connected_parties}
    return {_first_half(device) for device in devices}
