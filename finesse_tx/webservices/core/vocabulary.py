"""GED-188's words in Finesse's: states, call types, device types, failures.

Spec: ``cti.md`` §8.5 (agent states), §8.7 (device types), §8.11 (call types), §11.13 (the mapping);
``rest.md`` §4.1 (callType), §4.3 (actions), ``notifications.md`` §5.2 (asynchronous errors).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from finesse_tx.cti.core.enums import (
    AgentState,
    CallType,
    ControlFailureCode,
    DeviceIDType,
    EventCause,
    LocalConnectionState,
)
from finesse_tx.webservices.core.objects import Action, DialogState, UserState

__all__ = [
    "ACTIONS",
    "CALL_TYPES",
    "DEVICE_TYPES",
    "ERROR_TYPES",
    "FAILURE_CAUSES",
    "OUTBOUND_STATUS",
    "PARTY_STATES",
    "RESPONSES",
    "WORDS",
    "Words",
    "actions",
]

_CCX_STATES: Final[Mapping[int, UserState]] = {
    AgentState.LOGIN: UserState.NOT_READY,
    AgentState.LOGOUT: UserState.LOGOUT,
    AgentState.NOT_READY: UserState.NOT_READY,
    AgentState.AVAILABLE: UserState.READY,
    AgentState.TALKING: UserState.TALKING,
    AgentState.WORK_NOT_READY: UserState.WORK,
    # On UCCX the next two are TALKING with a change that waits for the end of the call.
    AgentState.WORK_READY: UserState.TALKING,
    AgentState.BUSY_OTHER: UserState.TALKING,
    AgentState.RESERVED: UserState.RESERVED,
    AgentState.UNKNOWN: UserState.UNKNOWN,
    AgentState.HOLD: UserState.HOLD,
}


@dataclass(frozen=True, slots=True)
class Words:
    """What an engine's numbers mean.

    Attributes:
        user_states: AgentState.
        pending_states: What waits behind a state of its own, when the event does not say it otherwise.
        reserved_states: What RESERVED is with that EventReasonCode.
        supervisor_reasons: EventReasonCode for a state that a supervisor sets (``engine.md`` §2.4).
    """

    user_states: Mapping[int, UserState]
    pending_states: Mapping[int, UserState]
    supervisor_reasons: Mapping[UserState, int]
    reserved_states: Mapping[int, UserState] = field(default_factory=dict)


WORDS: Final[Mapping[str, Words]] = {
    "ccx": Words(
        _CCX_STATES,
        {AgentState.WORK_READY: UserState.WORK, AgentState.BUSY_OTHER: UserState.NOT_READY},
        {UserState.READY: 33, UserState.NOT_READY: 33, UserState.LOGOUT: 22},
        {32746: UserState.RESERVED_OUTBOUND_PREVIEW, 32747: UserState.RESERVED_OUTBOUND},
    ),
    "cce": Words(
        {**_CCX_STATES, AgentState.WORK_READY: UserState.WORK_READY},
        {},
        dict.fromkeys((UserState.READY, UserState.NOT_READY, UserState.LOGOUT), 999),
    ),
}
"""By the value of ``engine.personality``."""

CALL_TYPES: Final[Mapping[int, str]] = {
    CallType.CALLTYPE_ACD_IN: "ACD_IN",
    CallType.CALLTYPE_TRANSFER_IN: "TRANSFER",
    CallType.CALLTYPE_OTHER_IN: "OTHER_IN",
    CallType.CALLTYPE_OUT: "OUT",
    CallType.CALLTYPE_AGENT_INSIDE: "AGENT_INSIDE",
    CallType.CALLTYPE_OFFERED: "OFFERED",
    CallType.CALLTYPE_CONSULT: "CONSULT",
    CallType.CALLTYPE_CONFERENCE: "CONFERENCE",
    CallType.CALLTYPE_PREVIEW: "OUTBOUND",
    CallType.CALLTYPE_RESERVATION: "OUTBOUND_DIRECT_PREVIEW",
    CallType.CALLTYPE_ASSIST: "ASSIST_CALL",
    CallType.CALLTYPE_EMERGENCY: "EMERGENCY",
    CallType.CALLTYPE_SUPERVISOR_MONITOR: "SUPERVISOR_MONITOR",
    CallType.CALLTYPE_SUPERVISOR_BARGEIN: "SUPERVISOR_BARGE",
    CallType.CALLTYPE_SUPERVISOR_INTERCEPT: "SUPERVISOR_INTERCEPT",
    CallType.CALLTYPE_CUSTOMER_PREDICTIVE: "OUTBOUND",
}
"""``callType``; a type that is not here is shown as an empty text."""

DEVICE_TYPES: Final[Mapping[int, str]] = {
    DeviceIDType.DEVID_AGENT_DEVICE: "AGENT_DEVICE",
    DeviceIDType.DEVID_CTI_PORT: "CTI_PORT",
    DeviceIDType.DEVID_ROUTE_POINT: "ROUTE_POINT",
}
"""``mediaAddressType``; empty for everybody outside."""

PARTY_STATES: Final[Mapping[int, DialogState]] = {
    LocalConnectionState.LCS_INITIATE: DialogState.INITIATED,
    LocalConnectionState.LCS_ALERTING: DialogState.ALERTING,
    LocalConnectionState.LCS_CONNECT: DialogState.ACTIVE,
    LocalConnectionState.LCS_HOLD: DialogState.HELD,
    LocalConnectionState.LCS_QUEUED: DialogState.ACTIVE,
    LocalConnectionState.LCS_FAIL: DialogState.FAILED,
    LocalConnectionState.LCS_NULL: DialogState.DROPPED,
}
"""A party's state from a snapshot's LocalConnectionState."""

FAILURE_CAUSES: Final[Mapping[int, str]] = {
    EventCause.CEC_BUSY: "BUSY",
    EventCause.CEC_DEST_NOT_OBTAINABLE: "BAD_DESTINATION",
    EventCause.CEC_INCOMPATIBLE_DESTINATION: "BAD_DESTINATION",
    EventCause.CEC_RESOURCES_NOT_AVAILABLE: "DEVICE_RESOURCE_NOT_AVAILABLE",
}
"""``stateCause`` of a failed party; OTHER for everything else."""

ACTIONS: Final[Mapping[DialogState, tuple[Action, ...]]] = {
    DialogState.INITIATING: (Action.DROP,),
    DialogState.INITIATED: (Action.DROP,),
    DialogState.ALERTING: (Action.ANSWER,),
    DialogState.ACTIVE: (Action.HOLD, Action.DROP),
    DialogState.HELD: (Action.RETRIEVE, Action.DROP),
    DialogState.FAILED: (Action.DROP,),
    DialogState.DROPPED: (),
    DialogState.WRAP_UP: (),
}
"""What an agent may do with a call in which it has that state."""

RESPONSES: Final[Mapping[Action, str]] = {
    Action.ACCEPT: "Accept",
    Action.REJECT: "Reject",
    Action.CLOSE: "Reject-Close",
}
"""What an agent may do with the preview of a customer instead, and the BAResponse that it is (``cti.md`` §11.12)."""

OUTBOUND_STATUS: Final[Mapping[str, str]] = {
    "DO": "DIRECT_PREVIEW_OUTBOUND_RESERVATION",
    "CO": "DIRECT_PREVIEW_OUTBOUND",
}
"""BAStatus as dialogs show it (``rest.md`` §4.4); anything else is shown as it is."""


def actions(call_type: int, state: DialogState) -> tuple[Action, ...]:
    """What an agent may do with a call of that type in which it has that state."""
    is_preview = call_type == CallType.CALLTYPE_RESERVATION and state is DialogState.ALERTING
    return tuple(RESPONSES) if is_preview else ACTIONS[state]


ERROR_TYPES: Final[Mapping[int, str]] = {
    ControlFailureCode.CF_INVALID_AGENT_ID_SPECIFIED: "Invalid State",
    ControlFailureCode.CF_INVALID_PASSWORD_SPECIFIED: "Invalid State",
    ControlFailureCode.CF_INVALID_AGENT_ID_OR_PASSWORD_SPECIFIED: "Invalid State",
    ControlFailureCode.CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON: "Invalid State",
    ControlFailureCode.CF_INVALID_LOGON_DEVICE_SPECIFIED: "Invalid Device",
    ControlFailureCode.CF_SPECIFIED_EXTENSION_ALREADY_IN_USE: "Invalid Device",
    ControlFailureCode.CF_EXTENSION_NOT_UNIQUE: "Invalid Device",
    ControlFailureCode.CF_INVALID_OBJECT_STATE: "Invalid State",
    ControlFailureCode.CF_INVALID_AGENT_WORKMODE: "Invalid State",
    ControlFailureCode.CF_INVALID_PARAMETER: "Invalid State",
    ControlFailureCode.CF_RESOURCE_BUSY: "Invalid State",
}
"""``errorType`` of a refused sign-in or state change; ``Generic Error`` for everything else."""
