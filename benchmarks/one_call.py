"""What a client hears and says in the life of one call: the mix of messages that the codec is measured with.

A customer calls a route point, waits in a queue, is answered by an agent who notes two call variables, and hangs up;
the agent wraps up and becomes ready again. So far this is what our engine sends to an agent-mode or bridge client for one
call, in this order. To that comes one heartbeat and its confirmation: more than there is on a busy link, where a
heartbeat every five seconds is one message in hundreds.
"""

from __future__ import annotations

from finesse_tx.cti.core import enums
from finesse_tx.cti.core.enums import AgentState, EventCause
from finesse_tx.cti.core.enums import LocalConnectionState as Connection
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentSkillGroup,
    AgentStateEvent,
    AnswerCallConf,
    AnswerCallReq,
    BeginCallEvent,
    CallClearedEvent,
    CallConnectionClearedEvent,
    CallDataUpdateEvent,
    CallDeliveredEvent,
    CallDequeuedEvent,
    CallEstablishedEvent,
    CallQueuedEvent,
    EndCallEvent,
    HeartbeatConf,
    HeartbeatReq,
    SetAgentStateConf,
    SetAgentStateReq,
    SetCallDataConf,
    SetCallDataReq,
    SkillGroup,
)
from finesse_tx.cti.core.variables import NamedVariable

__all__ = ["one_call"]

_CALL = 16_777_231
_CUSTOMER, _ROUTE_POINT, _PHONE = "2125550147", "6001", "1017"
_DEVICE, _STATIC = enums.DeviceIDType.DEVID_DEVICE_IDENTIFIER, enums.DeviceIDType.DEVID_EXTERNAL
_VARIABLES = ("gold", "English", "", "31415", "", "", "", "", "", "Sales")
_NAMED = (
    NamedVariable("user.layout", "OODefault"),
    NamedVariable("user.account", "A-0012345"),
)


def _state(state: AgentState, reason: int = 0) -> AgentStateEvent:
    return AgentStateEvent(
        skill_group_state=state,
        agent_state=state,
        event_reason_code=reason,
        icm_agent_id=17,
        agent_id="agent17",
        agent_extension=_PHONE,
        agent_instrument=_PHONE,
        agent_id_long="agent17",
        skill_groups=(
            AgentSkillGroup(
                skill_group_number=1,
                skill_group_id=1,
                skill_group_priority=0,
                skill_group_state=state,
            ),
        ),
    )


def _delivered(device: str, state: Connection, queue: int) -> CallDeliveredEvent:
    return CallDeliveredEvent(
        connection_call_id=_CALL,
        service_number=1,
        service_id=1,
        skill_group_number=queue,
        skill_group_id=queue,
        alerting_device_type=_DEVICE,
        calling_device_type=_STATIC,
        called_device_type=_DEVICE,
        last_redirect_device_type=_DEVICE,
        local_connection_state=state,
        event_cause=EventCause.CEC_NEW_CALL,
        connection_device_id=device,
        alerting_device_id=device,
        calling_device_id=_CUSTOMER,
        called_device_id=_ROUTE_POINT,
        last_redirect_device_id=_ROUTE_POINT,
        ani=_CUSTOMER,
        dnis=_ROUTE_POINT,
        dialed_number=_ROUTE_POINT,
        call_variables=_VARIABLES,
        named_variables=_NAMED,
    )


def _cleared(device: str) -> CallConnectionClearedEvent:
    return CallConnectionClearedEvent(
        connection_call_id=_CALL,
        releasing_device_type=_DEVICE,
        local_connection_state=Connection.LCS_NULL,
        event_cause=EventCause.CEC_NONE,
        connection_device_id=device,
        releasing_device_id=_CUSTOMER,
    )


def one_call() -> list[Message]:
    """The messages, in their order."""
    group = SkillGroup(skill_group_number=1, skill_group_id=1, skill_group_priority=0)
    return [
        BeginCallEvent(
            connection_call_id=_CALL,
            call_type=enums.CallType.CALLTYPE_ACD_IN,
            connection_device_id=_ROUTE_POINT,
            ani=_CUSTOMER,
            dnis=_ROUTE_POINT,
            dialed_number=_ROUTE_POINT,
            call_variables=_VARIABLES,
            named_variables=_NAMED,
        ),
        _delivered(_ROUTE_POINT, Connection.LCS_ALERTING, 0xFFFFFFFF),
        CallQueuedEvent(
            connection_call_id=_CALL,
            service_number=1,
            service_id=1,
            queue_device_type=_DEVICE,
            calling_device_type=_STATIC,
            called_device_type=_DEVICE,
            last_redirect_device_type=_DEVICE,
            num_queued=1,
            local_connection_state=Connection.LCS_QUEUED,
            event_cause=EventCause.CEC_NONE,
            connection_device_id=_ROUTE_POINT,
            queue_device_id=_ROUTE_POINT,
            calling_device_id=_CUSTOMER,
            called_device_id=_ROUTE_POINT,
            last_redirect_device_id=_ROUTE_POINT,
            skill_groups=(group,),
        ),
        _state(AgentState.RESERVED),
        CallDequeuedEvent(
            connection_call_id=_CALL,
            service_number=1,
            service_id=1,
            queue_device_type=_DEVICE,
            local_connection_state=Connection.LCS_CONNECT,
            event_cause=EventCause.CEC_NONE,
            connection_device_id=_ROUTE_POINT,
            skill_groups=(group,),
        ),
        _delivered(_PHONE, Connection.LCS_ALERTING, 1),
        AnswerCallReq(
            invoke_id=31,
            connection_call_id=_CALL,
            connection_device_id=_PHONE,
            agent_instrument=_PHONE,
        ),
        AnswerCallConf(invoke_id=31),
        CallEstablishedEvent(
            connection_call_id=_CALL,
            service_number=1,
            service_id=1,
            skill_group_number=1,
            skill_group_id=1,
            answering_device_type=_DEVICE,
            calling_device_type=_STATIC,
            called_device_type=_DEVICE,
            last_redirect_device_type=_DEVICE,
            local_connection_state=Connection.LCS_CONNECT,
            event_cause=EventCause.CEC_NONE,
            connection_device_id=_PHONE,
            answering_device_id=_PHONE,
            calling_device_id=_CUSTOMER,
            called_device_id=_ROUTE_POINT,
            last_redirect_device_id=_ROUTE_POINT,
        ),
        _state(AgentState.TALKING),
        SetCallDataReq(
            invoke_id=32,
            connection_call_id=_CALL,
            connection_device_id=_PHONE,
            call_variables=("gold", "wants a refund"),
        ),
        SetCallDataConf(invoke_id=32),
        CallDataUpdateEvent(
            connection_call_id=_CALL,
            call_type=enums.CallType.CALLTYPE_ACD_IN,
            new_connection_call_id=_CALL,
            connection_device_id=_PHONE,
            new_connection_device_id=_PHONE,
            ani=_CUSTOMER,
            dnis=_ROUTE_POINT,
            dialed_number=_ROUTE_POINT,
            call_variables=("gold", "wants a refund"),
            named_variables=_NAMED,
        ),
        _cleared(_CUSTOMER),
        _cleared(_PHONE),
        CallClearedEvent(
            connection_call_id=_CALL,
            local_connection_state=Connection.LCS_NULL,
            event_cause=EventCause.CEC_NONE,
            connection_device_id=_PHONE,
        ),
        EndCallEvent(connection_call_id=_CALL, connection_device_id=_PHONE),
        _state(AgentState.WORK_NOT_READY),
        SetAgentStateReq(
            invoke_id=33,
            agent_state=AgentState.AVAILABLE,
            agent_instrument=_PHONE,
            agent_id="agent17",
            agent_id_long="agent17",
        ),
        SetAgentStateConf(invoke_id=33),
        _state(AgentState.AVAILABLE),
        HeartbeatReq(invoke_id=34),
        HeartbeatConf(invoke_id=34),
    ]
