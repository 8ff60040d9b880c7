"""What clients are told when they ask how things are.

Spec: ``cti.md`` §9.7 (QUERY_AGENT_STATE_CONF), §9.8 (snapshots, QUERY_DEVICE_INFO_CONF), §11.3.
"""

from __future__ import annotations

from typing import Final

from finesse_tx.cti.core.enums import AgentStateMask, ControlFailureCode, PeripheralErrorCode
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
from finesse_tx.engine.core.objects import Agent
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.objects import Address

__all__ = ["MAX_CALLS", "agent_state", "call_snapshot", "device_info", "device_snapshot"]

MAX_CALLS: Final = 16
"""MAX_NUM_CALLS and MAX_NUM_DEVICES."""

MAX_AGENT_CSQS: Final = 20
"""Queues in QUERY_AGENT_STATE_CONF."""


def agent_state(agent: Agent, invoke_id: int) -> QueryAgentStateConf:
    """An agent's state; of one who is not signed in, LOGOUT."""
    state = wire_state(agent.state, agent.pending.state if agent.pending else None)
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
    """The calls at a phone.

    Raises:
        ControlFailureError: There is no such phone.
    """
    connections = list(_phone(engine, extension).connections.values())
    return SnapshotDeviceConf(
        invoke_id=invoke_id,
        calls=tuple(
            DeviceCall(
                call_connection_call_id=connection.call.id,
                call_connection_device_id=extension,
                call_state=engine.calls.state_of(connection),
            )
            for connection in connections[:MAX_CALLS]
        ),
    )


def call_snapshot(engine: Engine, call_id: int, invoke_id: int) -> SnapshotCallConf:
    """A call's parties and data; one that is being wrapped up has no parties any more.

    Raises:
        ControlFailureError: There is no such call.
    """
    call = engine.call(call_id)
    devices = []
    for number, connection in list(call.model.connections.items())[:MAX_CALLS]:
        device = engine.calls.device(number)
        devices.append(
            CallDevice(
                call_connection_call_id=call_id,
                call_connection_device_id=number,
                call_device_type=device.type,
                call_device_id=number,
                call_device_connection_state=engine.calls.state_of(connection),
            )
        )
    return SnapshotCallConf(
        invoke_id=invoke_id, call_devices=tuple(devices), **data_fields(call.data)
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
