"""GED-188's words in Finesse's: states, call types, device types, failures.

Spec: ``cti.md`` §8.5 (agent states), §8.7 (device types), §8.11 (call types), §11.13 (the mapping);
``rest.md`` §4.1 (callType), §4.4 (outbound), ``notifications.md`` §5.2 (asynchronous errors).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from finesse_tx.cti.core.enums import (
    AgentState,
    CallType,
    ControlFailureCode,
    DeviceIDType,
    EventCause,
    LocalConnectionState,
)
from finesse_tx.webservices.core.objects import DialogState, UserState

__all__ = [
    "CLASSIFICATIONS",
    "DEVICE_TYPES",
    "ERROR_TYPES",
    "FAILURE_CAUSES",
    "OUTBOUND_STATUS",
    "PARTY_STATES",
    "WORDS",
    "DropPolicy",
    "Words",
]

DropPolicy = Literal["supervisor_only", "conference_controller_and_supervisor", "all"]
"""Who may take others out of a conference: the original's property ``enableDropParticipantFor``."""

_CALL_TYPES: Final[Mapping[int, str]] = {
    CallType.CALLTYPE_ACD_IN: "ACD_IN",
    CallType.CALLTYPE_PREROUTE_ACD_IN: "PREROUTE_ACD_IN",
    CallType.CALLTYPE_PREROUTE_DIRECT_AGENT: "PREROUTE_DIRECT_AGENT",
    CallType.CALLTYPE_TRANSFER_IN: "TRANSFER",
    CallType.CALLTYPE_OVERFLOW_IN: "OVERFLOW_IN",
    CallType.CALLTYPE_OTHER_IN: "OTHER_IN",
    CallType.CALLTYPE_AUTO_OUT: "AUTO_OUT",
    CallType.CALLTYPE_AGENT_OUT: "AGENT_OUT",
    CallType.CALLTYPE_OUT: "OUT",
    CallType.CALLTYPE_AGENT_INSIDE: "AGENT_INSIDE",
    CallType.CALLTYPE_OFFERED: "OFFERED",
    CallType.CALLTYPE_CONSULT: "CONSULT",
    CallType.CALLTYPE_CONSULT_OFFERRED: "CONSULT_OFFERED",
    CallType.CALLTYPE_CONSULT_CONFERENCE: "CONSULT_CONFERENCE",
    CallType.CALLTYPE_CONFERENCE: "CONFERENCE",
    CallType.CALLTYPE_UNMONITORED: "UNMONITORED",
    CallType.CALLTYPE_PREVIEW: "OUTBOUND",
    CallType.CALLTYPE_RESERVATION: "OUTBOUND_DIRECT_PREVIEW",
    CallType.CALLTYPE_ASSIST: "ASSIST_CALL",
    CallType.CALLTYPE_EMERGENCY: "EMERGENCY",
    CallType.CALLTYPE_SUPERVISOR_MONITOR: "SUPERVISOR_MONITOR",
    CallType.CALLTYPE_SUPERVISOR_WHISPER: "SUPERVISOR_WHISPER",
    CallType.CALLTYPE_SUPERVISOR_BARGEIN: "SUPERVISOR_BARGE",
    CallType.CALLTYPE_SUPERVISOR_INTERCEPT: "SUPERVISOR_INTERCEPT",
    CallType.CALLTYPE_TASK_ROUTED_BY_ICM: "TASK_ROUTED_BY_ICM",
    CallType.CALLTYPE_TASK_ROUTED_BY_APPLICATION: "TASK_ROUTED_BY_APPLICATION",
    CallType.CALLTYPE_RESERVATION_PREVIEW: "OUTBOUND_PREVIEW",
    CallType.CALLTYPE_RESERVATION_PREVIEW_DIRECT: "OUTBOUND_DIRECT_PREVIEW",
    CallType.CALLTYPE_RESERVATION_CALLBACK: "OUTBOUND_CALLBACK_PREVIEW",
    CallType.CALLTYPE_RESERVATION_PERSONAL_CALLBACK: "OUTBOUND_PERSONAL_CALLBACK_PREVIEW",
    CallType.CALLTYPE_CUSTOMER_PREVIEW: "OUTBOUND",
    CallType.CALLTYPE_CUSTOMER_PREVIEW_DIRECT: "OUTBOUND",
    CallType.CALLTYPE_CUSTOMER_PREDICTIVE: "OUTBOUND",
    CallType.CALLTYPE_CUSTOMER_CALLBACK: "OUTBOUND",
    CallType.CALLTYPE_CUSTOMER_PERSONAL: "OUTBOUND",
    CallType.CALLTYPE_CUSTOMER_IVR: "OUTBOUND",
    CallType.CALLTYPE_NON_ACD: "NON_ACD",
    CallType.CALLTYPE_VOICE_CALL_BACK: "VOICE_CALL_BACK",
}

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
    """What an engine's numbers mean, and what its agents can do.

    Attributes:
        user_states: AgentState.
        pending_states: What waits behind a state of its own, when the event does not say it otherwise.
        reserved_states: What RESERVED is with that EventReasonCode.
        supervisor_reasons: EventReasonCode for a state that a supervisor sets (``engine.md`` §2.4).
        call_types: ``callType``; a type that is not here is shown as an empty text.
        consulted: ``callType`` of a consultation to whoever is consulted.
        records: Whether agents can have their calls recorded.
        drop_policy: Who may take others out of a conference; None: nobody can.
        has_wrap_up_items: Whether a call may be wrapped up for several reasons.
        dtmf: What can be keyed in a call.
        calls_with_data: Whether a call can be made with data.
        unmonitored: The number behind an agent who cannot be monitored now.
        is_cce: Whether it is a CCE: users then have ``wrapUpOnOutgoing``, may ask for WORK while they talk, and have no
            ``mediaState`` in their team.
    """

    user_states: Mapping[int, UserState]
    pending_states: Mapping[int, UserState]
    supervisor_reasons: Mapping[UserState, int]
    reserved_states: Mapping[int, UserState] = field(default_factory=dict)
    call_types: Mapping[int, str] = field(default_factory=lambda: _CALL_TYPES)
    consulted: str = "TRANSFER"
    records: bool = True
    drop_policy: DropPolicy | None = None
    has_wrap_up_items: bool = True
    dtmf: str = "0123456789*#"
    calls_with_data: bool = False
    unmonitored: str = "88049"
    is_cce: bool = False


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
        call_types={**_CALL_TYPES, CallType.CALLTYPE_OFFERED: "TRANSFER"},
        consulted="CONSULT_OFFERED",
        records=False,
        drop_policy="supervisor_only",
        has_wrap_up_items=False,
        dtmf="0123456789*#ABCD",
        calls_with_data=True,
        unmonitored="13145",
        is_cce=True,
    ),
}
"""By the value of ``engine.personality``."""

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

CLASSIFICATIONS: Final[Mapping[str, str]] = {
    "VOICE": "REX_VOICE",
    "FAX": "REX_FAX",
    "ANS_MACHINE": "REX_ANS_MACHINE",
    "INVALID": "REX_INVALID",
    "BUSY": "BUSY",
    "DO_NOT_CALL": "DO_NOT_CALL",
}
"""``outboundClassification``, and the BAResponse that it is (``engine.md`` §4)."""

OUTBOUND_STATUS: Final[Mapping[str, str]] = {
    "DO": "DIRECT_PREVIEW_OUTBOUND_RESERVATION",
    "CO": "DIRECT_PREVIEW_OUTBOUND",
}
"""BAStatus as dialogs show it (``rest.md`` §4.4); anything else is shown as it is."""


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
