"""Supervisor services: help, joining calls, teams.

Spec: ``cti.md`` §9.9; AGENT_TEAM_CONFIG_REQ and CONF (126, 127) have no published layout, complete.
"""

from typing import Annotated

from finesse_tx.cti.core import enums, tags
from finesse_tx.cti.core.enums import NONE, NULL, MessageType
from finesse_tx.cti.core.message import Confirmation, Event, Request, message
from finesse_tx.cti.core.wire import (
    AUTO,
    BUSINESS,
    CONNECTION_ID_TYPE,
    LINE_TYPE,
    STATIC,
    UINT,
    USHORT,
    Count,
)

__all__ = [
    "BadCallConf",
    "BadCallReq",
    "EmergencyCallConf",
    "EmergencyCallEvent",
    "EmergencyCallReq",
    "ListAgentTeamConf",
    "ListAgentTeamReq",
    "MonitorAgentTeamStartConf",
    "MonitorAgentTeamStartReq",
    "MonitorAgentTeamStopConf",
    "MonitorAgentTeamStopReq",
    "SuperviseCallConf",
    "SuperviseCallReq",
    "SupervisorAssistConf",
    "SupervisorAssistEvent",
    "SupervisorAssistReq",
]


@message(MessageType.SUPERVISOR_ASSIST_CONF)
class SupervisorAssistConf(Confirmation):
    """119: calling: the new call."""

    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    connection_device_id: tags.CONNECTION_DEVID | None = None


@message(MessageType.SUPERVISOR_ASSIST_REQ)
class SupervisorAssistReq(Request):
    """118: an agent calls for a supervisor's help."""

    CONFIRMATION = SupervisorAssistConf

    peripheral_id: UINT = 1
    connection_call_id: UINT = NULL
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_device_id: tags.CONNECTION_DEVID | None = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    agent_id_long: tags.AGENT_ID_LONG | None = None


@message(MessageType.SUPERVISOR_ASSIST_EVENT)
class SupervisorAssistEvent(Event):
    """120: an agent calls for help (UCCE)."""

    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    session_id: UINT = 0
    connection_device_id: tags.CONNECTION_DEVID | None = None
    client_id: tags.CLIENT_ID | None = None
    client_address: tags.CLIENT_ADDRESS | None = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.EMERGENCY_CALL_CONF)
class EmergencyCallConf(Confirmation):
    """122: declared: the new call."""

    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    connection_device_id: tags.CONNECTION_DEVID | None = None


@message(MessageType.EMERGENCY_CALL_REQ)
class EmergencyCallReq(Request):
    """121: an agent declares an emergency (UCCE)."""

    CONFIRMATION = EmergencyCallConf

    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_device_id: tags.CONNECTION_DEVID | None = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.EMERGENCY_CALL_EVENT)
class EmergencyCallEvent(Event):
    """123: an agent declared an emergency (UCCE)."""

    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    session_id: UINT = 0
    connection_device_id: tags.CONNECTION_DEVID | None = None
    client_id: tags.CLIENT_ID | None = None
    client_address: tags.CLIENT_ADDRESS | None = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.SUPERVISE_CALL_CONF)
class SuperviseCallConf(Confirmation):
    """125: done: the supervisor's call."""

    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_device_id: tags.CONNECTION_DEVID | None = None


@message(MessageType.SUPERVISE_CALL_REQ)
class SuperviseCallReq(Request):
    """124: join, take over or leave an agent's call."""

    CONFIRMATION = SuperviseCallConf

    peripheral_id: UINT = 1
    agent_connection_call_id: UINT
    supervisor_connection_call_id: UINT = NULL
    agent_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    supervisor_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    supervisory_action: Annotated[USHORT, enums.SupervisoryAction]
    agent_connection_device_id: tags.AGENT_CONNECTION_DEVID | None = None
    supervisor_connection_device_id: tags.SUPERVISOR_CONNECTION_DEVID | None = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    agent_id_long: tags.AGENT_ID_LONG | None = None
    supervisor_instrument: tags.SUPERVISOR_INSTRUMENT | None = None


@message(MessageType.LIST_AGENT_TEAM_CONF)
class ListAgentTeamConf(Confirmation):
    """134: some or all of a supervisor's teams."""

    number_of_agent_teams: Annotated[USHORT, Count("team_ids")] = AUTO
    segment_number: USHORT = 0
    more: USHORT = 0
    team_ids: tuple[tags.LIST_TEAM_ID, ...] = ()


@message(MessageType.LIST_AGENT_TEAM_REQ)
class ListAgentTeamReq(Request):
    """133: ask for a supervisor's teams (UCCE)."""

    CONFIRMATION = ListAgentTeamConf

    supervisor_id: UINT


@message(MessageType.MONITOR_AGENT_TEAM_START_CONF)
class MonitorAgentTeamStartConf(Confirmation):
    """136: events of the team will come, with this MonitorID."""

    monitor_id: UINT


@message(MessageType.MONITOR_AGENT_TEAM_START_REQ)
class MonitorAgentTeamStartReq(Request):
    """135: ask for events of a team (UCCE)."""

    CONFIRMATION = MonitorAgentTeamStartConf

    team_id: UINT


@message(MessageType.MONITOR_AGENT_TEAM_STOP_CONF)
class MonitorAgentTeamStopConf(Confirmation):
    """138: no more events of the team will come."""


@message(MessageType.MONITOR_AGENT_TEAM_STOP_REQ)
class MonitorAgentTeamStopReq(Request):
    """137: no more events of a team (UCCE)."""

    CONFIRMATION = MonitorAgentTeamStopConf

    monitor_id: UINT


@message(MessageType.BAD_CALL_CONF)
class BadCallConf(Confirmation):
    """140: the bad call is reported."""


@message(MessageType.BAD_CALL_REQ)
class BadCallReq(Request):
    """139: report a call of bad quality (UCCE)."""

    CONFIRMATION = BadCallConf

    peripheral_id: UINT = 1
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    connection_device_id: tags.CONNECTION_DEVID | None = None
    agent_id: tags.AGENT_ID | None = None
