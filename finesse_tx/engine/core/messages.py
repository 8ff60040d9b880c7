"""The engine's events as GED-188 messages.

Spec: ``cti.md`` §9.4, §9.5 (fields and the constants UCCX sends), §11.4 to §11.7 (values). What the reference leaves
open is decided in ``docs/engine.rst``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypedDict

from finesse_tx.cti.core import enums
from finesse_tx.cti.core.enums import NULL, CCXStatus, DeviceIDType, SystemEventID
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    BeginCallEvent,
    CallClearedEvent,
    CallConferencedEvent,
    CallConnectionClearedEvent,
    CallDataUpdateEvent,
    CallDeliveredEvent,
    CallDequeuedEvent,
    CallDivertedEvent,
    CallEstablishedEvent,
    CallFailedEvent,
    CallHeldEvent,
    CallOriginatedEvent,
    CallQueuedEvent,
    CallRetrievedEvent,
    CallServiceInitiatedEvent,
    CallTransferredEvent,
    EmergencyCallEvent,
    EndCallEvent,
    RtpStartedEvent,
    RtpStoppedEvent,
    SupervisorAssistEvent,
    SystemEvent,
)
from finesse_tx.cti.core.messages.groups import AgentSkillGroup, ConnectedParty, SkillGroup
from finesse_tx.cti.core.translation import MAX_AGENT_ID
from finesse_tx.cti.core.variables import NamedArray, NamedVariable
from finesse_tx.engine.core.contact_events import ContactEvent
from finesse_tx.engine.core.data import VARIABLES, CallData, NamedKey
from finesse_tx.engine.core.events import (
    AgentStateChanged,
    CallEvent,
    CallEventKind,
    Device,
    Event,
    HelpWanted,
    PhoneServiceChanged,
    ServiceChanged,
)
from finesse_tx.engine.core.states import AgentState, Personality

__all__ = [
    "MAX_EVENT_CSQS",
    "MAX_QUEUED_CSQS",
    "data_fields",
    "messages",
    "wire_state",
]

MAX_EVENT_CSQS: Final = 99
"""AGENT_STATE_EVENT has at most so many queues; the others come in further messages."""

MAX_QUEUED_CSQS: Final = 20
"""CALL_QUEUED_EVENT has at most so many."""

MAX_PARTIES: Final = 16
"""CALL_TRANSFERRED_EVENT and CALL_CONFERENCED_EVENT have at most so many: MAX_NUM_PARTIES."""

PENDING_STATES: Final[Mapping[AgentState, enums.AgentState]] = MappingProxyType(
    {
        AgentState.NOT_READY: enums.AgentState.TALKING_PENDING_NOT_READY,
        AgentState.WORK: enums.AgentState.TALKING_PENDING_WORK,
    }
)
"""In CCX personality TALKING with one of these pending has an AgentState of its own."""


_WIRE_STATES: Final = {state: enums.AgentState(int(state)) for state in AgentState}


def wire_state(
    state: AgentState, pending: AgentState | None, personality: Personality = Personality.CCX
) -> enums.AgentState:
    """AgentState as UCCX, or UCCE, sends it."""
    if state is AgentState.TALKING and pending is not None and personality is Personality.CCX:
        return PENDING_STATES.get(pending, enums.AgentState.TALKING)
    return _WIRE_STATES[state]


def messages(event: Event, personality: Personality = Personality.CCX) -> Sequence[Message]:
    """What clients are sent for an event: one message, for an agent in very many queues several."""
    match event:
        case CallEvent():
            if (make := _CALL_EVENTS.get(event.kind)) is not None:
                return (make(event),)
            stream = RtpStartedEvent if event.kind is CallEventKind.RTP_STARTED else RtpStoppedEvent
            return [stream(direction=each, **_stream(event)) for each in _DIRECTIONS]
        case AgentStateChanged():
            return _agent_state(event, personality)
        case ContactEvent():
            return ()  # clients are told of devices and calls
        case PhoneServiceChanged():
            return (_phone_service(event),)
        case HelpWanted():
            return (_help(event),)
        case ServiceChanged(in_service):
            return (_service_changed(in_service),)


def _service_changed(in_service: bool) -> Message:
    online, offline = SystemEventID.SYS_PERIPHERAL_ONLINE, SystemEventID.SYS_PERIPHERAL_OFFLINE
    return SystemEvent(
        pg_status=CCXStatus.IN_SERVICE if in_service else CCXStatus.OUT_OF_SERVICE,
        system_event_id=online if in_service else offline,
        system_event_arg1=1,
        system_event_arg2=enums.PeripheralType.PT_ACMI_CRS,
    )


def _phone_service(event: PhoneServiceChanged) -> Message:
    number = event.device.id
    return SystemEvent(
        pg_status=CCXStatus.IN_SERVICE,
        system_event_id=SystemEventID.SYS_INSTRUMENT_BACK_IN_SERVICE
        if event.in_service
        else SystemEventID.SYS_INSTRUMENT_OUT_OF_SERVICE,
        system_event_arg1=1,
        system_event_arg2=int(number) if number.isdecimal() and int(number) < NULL else 0,
        event_device_type=event.device.type,
        event_device_id=number,
    )


def _help(event: HelpWanted) -> Message:
    is_emergency = event.kind is enums.CallType.CALLTYPE_EMERGENCY
    told = EmergencyCallEvent if is_emergency else SupervisorAssistEvent
    return told(
        connection_call_id=event.call_id,
        connection_device_id=event.extension,
        agent_extension=event.extension,
        agent_id=event.agent_id if len(event.agent_id.encode()) <= MAX_AGENT_ID else None,
        agent_instrument=event.extension,
    )


def _agent_state(event: AgentStateChanged, personality: Personality) -> list[Message]:
    state = wire_state(event.state, event.pending, personality)
    return [
        AgentStateEvent(
            # One event for all of an agent's queues has no queue of its own, but for a routed call's.
            skill_group_state=0 if event.csq_id is None else state,
            skill_group_number=NULL if event.csq_id is None else event.csq_id,
            state_duration=event.duration_s,
            agent_state=state,
            event_reason_code=event.reason,
            agent_extension=event.extension,
            agent_instrument=event.extension,
            agent_id_long=event.agent_id,
            next_agent_state=None if event.pending is None else _WIRE_STATES[event.pending],
            active_terminal=event.terminal,
            skill_groups=_skill_groups(event.csq_ids[start : start + MAX_EVENT_CSQS], state),
        )
        for start in range(0, max(1, len(event.csq_ids)), MAX_EVENT_CSQS)
    ]


@lru_cache(maxsize=1_000)
def _skill_groups(csq_ids: tuple[int, ...], state: enums.AgentState) -> tuple[AgentSkillGroup, ...]:
    """An agent's queues; many agents have the same, and come into the same states all day."""
    return tuple(
        AgentSkillGroup(skill_group_number=csq_id, skill_group_state=state) for csq_id in csq_ids
    )


# Parts that several messages share --------------------------------------------------------------------------------


class _Connection(TypedDict):
    connection_call_id: int
    connection_device_id: str | None


class _Stand(_Connection):
    local_connection_state: int
    event_cause: int


class _Route(_Stand):
    line_type: int
    service_number: int
    skill_group_number: int


class _Parties(TypedDict):
    calling_device_type: int
    calling_device_id: str | None
    called_device_type: int
    called_device_id: str | None
    last_redirect_device_type: int
    last_redirect_device_id: str | None


class _Data(TypedDict, total=False):
    ani: str
    dnis: str
    dialed_number: str
    caller_entered_digits: str
    call_variables: tuple[str | None, ...]
    call_wrapup_data: str
    named_variables: tuple[NamedVariable, ...]
    named_arrays: tuple[NamedArray, ...]


def _id(device: Device) -> str | None:
    return device.id or None  # it is empty of NO_DEVICE only


def _connection(event: CallEvent) -> _Connection:
    return {"connection_call_id": event.call_id, "connection_device_id": event.device.id}


def _stand(event: CallEvent) -> _Stand:
    """Where a connection stands."""
    return {
        "connection_call_id": event.call_id,
        "connection_device_id": event.device.id,
        "local_connection_state": event.state,
        "event_cause": event.cause,
    }


def _route(event: CallEvent) -> _Route:
    """The same, and how the call came there."""
    return {
        "connection_call_id": event.call_id,
        "connection_device_id": event.device.id,
        "local_connection_state": event.state,
        "event_cause": event.cause,
        "line_type": _line_type(event),
        "service_number": _service(event),
        "skill_group_number": _queue(event),
    }


def _line_type(event: CallEvent) -> int:
    """A business line, or another line of an agent's phone."""
    is_other = event.device.type is DeviceIDType.DEVID_NON_ACD_DEVICE_IDENTIFIER
    return enums.LineType.LINETYPE_NON_ACD_IN if is_other else enums.LineType.LINETYPE_UNKNOWN


def _service(event: CallEvent) -> int:
    return NULL if event.application_id is None else event.application_id


def _queue(event: CallEvent) -> int:
    return event.csq_ids[0] if event.csq_ids else NULL


def _parties(event: CallEvent) -> _Parties:
    calling, called, last = event.calling, event.called, event.last_redirect
    return {
        "calling_device_type": calling.type,
        "calling_device_id": calling.id or None,
        "called_device_type": called.type,
        "called_device_id": called.id or None,
        "last_redirect_device_type": last.type,
        "last_redirect_device_id": last.id or None,
    }


def _named(
    named: Mapping[NamedKey, str],
) -> tuple[tuple[NamedVariable, ...], tuple[NamedArray, ...]]:
    if not named:
        return (), ()
    scalars, arrays = [], []
    for key, value in named.items():
        if isinstance(key, str):
            scalars.append(NamedVariable(key, value))
        else:
            name, index = key
            arrays.append(NamedArray(index, name, value))
    return tuple(scalars), tuple(arrays)


def data_fields(data: CallData) -> _Data:
    """All of a call's data as a message has it; what is empty is left out."""
    fields: _Data = {}
    if data.ani:
        fields["ani"] = data.ani
    if data.dnis:
        fields["dnis"] = data.dnis
    if data.dialed_number:
        fields["dialed_number"] = data.dialed_number
    if data.caller_entered_digits:
        fields["caller_entered_digits"] = data.caller_entered_digits
    if any(data.variables):
        fields["call_variables"] = tuple([value or None for value in data.variables])
    if data.wrapup:
        fields["call_wrapup_data"] = data.wrapup
    if data.named:
        fields["named_variables"], fields["named_arrays"] = _named(data.named)
    return fields


class _Stream(TypedDict):
    connection_call_id: int
    connection_device_id: str | None
    agent_id_long: str | None
    agent_extension: str | None
    agent_instrument: str | None


_DIRECTIONS: Final = (enums.RTPDirection.INPUT, enums.RTPDirection.OUTPUT)


def _stream(event: CallEvent) -> _Stream:
    extension = event.device.id if event.agent_id else None
    return {
        "connection_call_id": event.call_id,
        "connection_device_id": event.device.id,
        "agent_id_long": event.agent_id or None,
        "agent_extension": extension,
        "agent_instrument": extension,
    }


# Call events ------------------------------------------------------------------------------------------------------


def _begin(event: CallEvent) -> Message:
    return BeginCallEvent(
        call_type=event.call_type, **_connection(event), **data_fields(event.data)
    )


def _end(event: CallEvent) -> Message:
    return EndCallEvent(**_connection(event))


def _data_update(event: CallEvent) -> Message:
    """What changed, and nothing else; what was cleared is there, and empty. Of a call that goes on in another: all."""
    was = event.call_id if event.other_call_id is None else event.other_call_id
    change = event.change
    if change is None:
        return CallDataUpdateEvent(
            call_type=event.call_type,
            connection_call_id=was,
            connection_device_id=event.device.id,
            new_connection_call_id=event.call_id,
            new_connection_device_id=event.device.id,
            **data_fields(event.data),
        )
    scalars, arrays = _named(change.named)
    return CallDataUpdateEvent(
        call_type=event.call_type,
        connection_call_id=was,
        connection_device_id=event.device.id,
        new_connection_call_id=event.call_id,
        new_connection_device_id=event.device.id,
        ani=change.ani,
        caller_entered_digits=change.caller_entered_digits,
        call_variables=tuple(change.variables.get(index) for index in range(VARIABLES)),
        call_wrapup_data=change.wrapup,
        named_variables=scalars,
        named_arrays=arrays,
    )


def _service_initiated(event: CallEvent) -> Message:
    return CallServiceInitiatedEvent(
        **_route(event),
        calling_device_type=event.calling.type,
        calling_device_id=_id(event.calling),
    )


def _originated(event: CallEvent) -> Message:
    return CallOriginatedEvent(
        **_route(event),
        calling_device_type=event.calling.type,
        calling_device_id=_id(event.calling),
        called_device_type=event.called.type,
        called_device_id=_id(event.called),
    )


def _delivered(event: CallEvent) -> Message:
    return CallDeliveredEvent(
        **_route(event),
        alerting_device_type=event.subject.type,
        alerting_device_id=_id(event.subject),
        **_parties(event),
        **data_fields(event.data),
    )


def _established(event: CallEvent) -> Message:
    return CallEstablishedEvent(
        **_route(event),
        answering_device_type=event.subject.type,
        answering_device_id=_id(event.subject),
        **_parties(event),
    )


def _held(event: CallEvent) -> Message:
    return CallHeldEvent(
        **_stand(event),
        holding_device_type=event.subject.type,
        holding_device_id=_id(event.subject),
    )


def _retrieved(event: CallEvent) -> Message:
    return CallRetrievedEvent(
        **_stand(event),
        retrieving_device_type=event.subject.type,
        retrieving_device_id=_id(event.subject),
    )


def _failed(event: CallEvent) -> Message:
    return CallFailedEvent(
        **_stand(event),
        failing_device_type=event.subject.type,
        failing_device_id=_id(event.subject),
        called_device_type=event.called.type,
        called_device_id=_id(event.called),
    )


def _diverted(event: CallEvent) -> Message:
    return CallDivertedEvent(
        **_stand(event),
        service_number=_service(event),
        diverting_device_type=event.subject.type,
        diverting_device_id=_id(event.subject),
        called_device_type=event.called.type,
        called_device_id=_id(event.called),
    )


def _queued(event: CallEvent) -> Message:
    return CallQueuedEvent(
        **_stand(event),
        service_number=_service(event),
        **_parties(event),
        skill_groups=tuple(
            SkillGroup(skill_group_number=csq_id) for csq_id in event.csq_ids[:MAX_QUEUED_CSQS]
        ),
    )


def _dequeued(event: CallEvent) -> Message:
    return CallDequeuedEvent(
        **_stand(event),
        service_number=_service(event),
        skill_groups=tuple(
            SkillGroup(skill_group_number=csq_id) for csq_id in event.csq_ids[:MAX_QUEUED_CSQS]
        ),
    )


class _Joined(TypedDict):
    line_type: int
    skill_group_number: int
    primary_call_id: int
    secondary_call_id: int
    primary_device_id: str | None
    secondary_device_id: str | None
    connected_parties: tuple[ConnectedParty, ...]


def _joined(event: CallEvent, secondary: Device) -> _Joined:
    alone = event.other_call_id is None
    return {
        "primary_call_id": event.call_id,
        "secondary_call_id": NULL if event.other_call_id is None else event.other_call_id,
        "primary_device_id": event.device.id,
        "secondary_device_id": None if alone else secondary.id,
        "connected_parties": tuple(
            ConnectedParty(
                connected_party_call_id=event.call_id, connected_party_device_id=device.id
            )
            for device in event.parties[:MAX_PARTIES]
        ),
        "skill_group_number": _queue(event),
        "line_type": _line_type(event),
    }


def _transferred(event: CallEvent) -> Message:
    return CallTransferredEvent(
        **_joined(event, event.subject),
        transferring_device_type=event.subject.type,
        transferring_device_id=_id(event.subject),
        transferred_device_type=event.called.type,
        transferred_device_id=_id(event.called),
        local_connection_state=event.state,
        event_cause=event.cause,
    )


def _conferenced(event: CallEvent) -> Message:
    return CallConferencedEvent(
        **_joined(event, event.called),
        controller_device_type=event.subject.type,
        controller_device_id=_id(event.subject),
        added_party_device_type=event.called.type,
        added_party_device_id=_id(event.called),
        local_connection_state=event.state,
        event_cause=event.cause,
    )


def _connection_cleared(event: CallEvent) -> Message:
    return CallConnectionClearedEvent(
        **_stand(event),
        releasing_device_type=event.subject.type,
        releasing_device_id=_id(event.subject),
    )


def _cleared(event: CallEvent) -> Message:
    return CallClearedEvent(**_stand(event))


_K: Final = CallEventKind

_CALL_EVENTS: Final = MappingProxyType(
    {
        _K.BEGIN: _begin,
        _K.DATA_UPDATE: _data_update,
        _K.SERVICE_INITIATED: _service_initiated,
        _K.ORIGINATED: _originated,
        _K.DELIVERED: _delivered,
        _K.ESTABLISHED: _established,
        _K.HELD: _held,
        _K.RETRIEVED: _retrieved,
        _K.FAILED: _failed,
        _K.DIVERTED: _diverted,
        _K.QUEUED: _queued,
        _K.DEQUEUED: _dequeued,
        _K.TRANSFERRED: _transferred,
        _K.CONFERENCED: _conferenced,
        _K.CONNECTION_CLEARED: _connection_cleared,
        _K.CLEARED: _cleared,
        _K.END: _end,
    }
)
"""The message for each kind of call event."""
