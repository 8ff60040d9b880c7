"""What clients are told when they ask how things are.

Spec: ``cti.md`` §9.7 (QUERY_AGENT_STATE_CONF), §9.8 (snapshots, QUERY_DEVICE_INFO_CONF), §11.3.
"""

from __future__ import annotations

from typing import Final

from finesse_tx.cti.core.enums import (
    AgentStateMask,
    ControlFailureCode,
    DeviceIDType,
    LocalConnectionState,
    PeripheralErrorCode,
    SilentMonitorStatus,
)
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.cti.core.messages import (
    QueryAgentStateConf,
    QueryDeviceInfoConf,
    SnapshotCallConf,
    SnapshotDeviceConf,
)
from finesse_tx.cti.core.messages.groups import AgentSkillGroup, CallDevice, DeviceCall, Line
from finesse_tx.engine.core.engine import Engine
from finesse_tx.engine.core.messages import data_fields, wire_state
from finesse_tx.engine.core.objects import Agent, Call, Place
from finesse_tx.engine.core.states import Personality
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.objects import Address

__all__ = ["MAX_CALLS", "agent_state", "call_snapshot", "device_info", "device_snapshot"]

MAX_CALLS: Final = 16
"""MAX_NUM_CALLS and MAX_NUM_DEVICES."""

MAX_AGENT_CSQS: Final = 20
"""Queues in QUERY_AGENT_STATE_CONF."""


def agent_state(agent: Agent, invoke_id: int, personality: Personality) -> QueryAgentStateConf:
    """An agent's state; of one who is not signed in, LOGOUT."""
    state = wire_state(agent.state, agent.pending.state if agent.pending else None, personality)
    return QueryAgentStateConf(
        invoke_id=invoke_id,
        agent_state=state,
        agent_extension=agent.extension or None,
        agent_instrument=agent.extension or None,
        agent_id_long=agent.id,
        skill_groups=tuple(
            AgentSkillGroup(skill_group_number=queue.csq.id, skill_group_state=state)
            for queue in agent.queues[:MAX_AGENT_CSQS]
        ),
    )


def _phone(engine: Engine, extension: str) -> Address:
    address = engine.floor.model.addresses.get(extension)
    if address is None or address.kind is not AddressKind.PHONE:
        raise ControlFailureError(
            ControlFailureCode.CF_INVALID_CSTA_DEVICE_IDENTIFIER,
            PeripheralErrorCode.NUMBER_NOT_ASSIGNED,
        )
    return address


def device_snapshot(engine: Engine, extension: str, invoke_id: int) -> SnapshotDeviceConf:
    """The calls at a phone: those that its agent has been told the beginning of, and not the end.

    The call that the agent wraps up is one of them, with LCS_NULL: nobody is connected any more. Where nobody is
    signed in, all calls count.

    Raises:
        ControlFailureError: There is no such phone.
    """
    phone = _phone(engine, extension)
    agent = engine.floor.stations.get(extension)
    states: dict[int, LocalConnectionState] = {}
    for connection in phone.connections.values():
        call = engine.calls.by_id.get(connection.call.id)
        if agent is None:
            states[connection.call.id] = engine.calls.state_of(connection)
        elif call is not None and extension in call.begun:
            states[call.id] = _states(engine, call).get(extension, LocalConnectionState.LCS_NULL)
    if agent is not None and agent.wrapup is not None:
        states.setdefault(agent.wrapup.call.id, LocalConnectionState.LCS_NULL)
    return SnapshotDeviceConf(
        invoke_id=invoke_id,
        calls=tuple(
            DeviceCall(
                call_connection_call_id=call_id,
                call_connection_device_id=engine.calls.device(extension).id,
                call_state=state,
                silent_monitor_status=_monitor_status(engine, call_id, extension),
            )
            for call_id, state in list(states.items())[:MAX_CALLS]
        ),
    )


def _states(engine: Engine, call: Call) -> dict[str, LocalConnectionState]:
    """Where each number of a call stands, as its events have told it."""
    contact = call.contact
    diverted = contact.port if contact and contact.place is Place.RESERVED else ""
    states = {}
    for number, connection in call.model.connections.items():
        state, party = engine.calls.state_of(connection), call.parties.get(number)
        if party is not None and not (number == diverted and party.is_diverted):
            states[number] = state
        elif party is None and state is LocalConnectionState.LCS_FAIL:
            # Whom nobody reached is no party; that is told of the phone that tried.
            calling = call.model.calling
            device = calling if calling in call.begun else number
            if states.get(device) is not LocalConnectionState.LCS_HOLD:
                states[device] = LocalConnectionState.LCS_FAIL
    return states


def _type(engine: Engine, call: Call, number: str) -> DeviceIDType:
    """What a number is in a call: an agent's phone only if its part in the call is told."""
    kind = engine.calls.device(number).type
    is_agent = kind is DeviceIDType.DEVID_AGENT_DEVICE
    return DeviceIDType.DEVID_DEVICE_IDENTIFIER if is_agent and number not in call.begun else kind


def _monitor_status(engine: Engine, call_id: int, number: str) -> SilentMonitorStatus | None:
    """Whether somebody listens in here, or is listened in on; None for neither."""
    call = engine.floor.model.calls.get(call_id)
    if call is not None and call.monitors is not None:
        return SilentMonitorStatus.INITIATOR
    monitored = engine.supervision.is_monitored(call_id, number)
    return SilentMonitorStatus.TARGET if monitored else None


def call_snapshot(engine: Engine, call_id: int, invoke_id: int) -> SnapshotCallConf:
    """A call's parties and data, as its events have told them.

    The port that a ringing agent's caller still listens to has been diverted, and is no party. Of a call that is
    being wrapped up there are the devices that have not been told its end, with LCS_NULL.

    Raises:
        ControlFailureError: There is no such call.
    """
    call = engine.call(call_id)
    states = _states(engine, call)
    if call.is_over:
        states |= dict.fromkeys(call.begun, LocalConnectionState.LCS_NULL)
    return SnapshotCallConf(
        invoke_id=invoke_id,
        call_devices=tuple(
            CallDevice(
                call_connection_call_id=call.id,
                call_connection_device_id=engine.calls.device(number).id,
                call_device_type=_type(engine, call, number),
                call_device_id=engine.calls.device(number).id,
                call_device_connection_state=state,
            )
            for number, state in list(states.items())[:MAX_CALLS]
        ),
        **data_fields(call.data),
    )


def device_info(engine: Engine, extension: str, invoke_id: int) -> QueryDeviceInfoConf:
    """What a phone can do.

    Raises:
        ControlFailureError: There is no such phone.
    """
    _phone(engine, extension)
    return QueryDeviceInfoConf(
        invoke_id=invoke_id,
        max_active_calls=1,
        max_held_calls=MAX_CALLS - 1,
        max_devices_in_conference=MAX_CALLS,
        make_call_setup=AgentStateMask.AGENT_NOT_READY_MASK | AgentStateMask.AGENT_AVAILABLE_MASK,
        lines=(Line(),),
    )
