"""Monitors of calls, devices and sessions, and server applications (UCCE).

Spec: ``cti.md`` §9.11 (93 to 104, 129 to 146), complete.
"""

from typing import Annotated

from finesse_tx.cti.core import enums, tags
from finesse_tx.cti.core.enums import NONE, NULL, MessageType
from finesse_tx.cti.core.message import Confirmation, Event, Request, message
from finesse_tx.cti.core.wire import (
    CALL_TYPE,
    CONNECTION_ID_TYPE,
    DEVICE_TYPE,
    STATIC,
    STATUS,
    UINT,
    USHORT,
    Since,
)

__all__ = [
    "ChangeMonitorMaskConf",
    "ChangeMonitorMaskReq",
    "ClientSessionClosedEvent",
    "ClientSessionOpenedEvent",
    "MonitorStartConf",
    "MonitorStartReq",
    "MonitorStopConf",
    "MonitorStopReq",
    "RegisterServiceConf",
    "RegisterServiceReq",
    "SessionMonitorStartConf",
    "SessionMonitorStartReq",
    "SessionMonitorStopConf",
    "SessionMonitorStopReq",
    "SetAppDataConf",
    "SetAppDataReq",
    "SetDeviceAttributesConf",
    "SetDeviceAttributesReq",
    "UnregisterServiceConf",
    "UnregisterServiceReq",
]


@message(MessageType.MONITOR_START_CONF)
class MonitorStartConf(Confirmation):
    """94: events will come, with this MonitorID."""

    monitor_id: UINT


@message(MessageType.MONITOR_START_REQ)
class MonitorStartReq(Request):
    """93: ask for the events of a call or a device."""

    CONFIRMATION = MonitorStartConf

    peripheral_id: UINT = 1
    connection_call_id: UINT
    call_msg_mask: Annotated[UINT, enums.CallMsgMask] = 0
    agent_state_mask: Annotated[UINT, enums.AgentStateMask] = 0
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    monitored_device_type: DEVICE_TYPE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    monitored_device_id: tags.MONITORED_DEVID | None = None


@message(MessageType.MONITOR_STOP_CONF)
class MonitorStopConf(Confirmation):
    """96: no more events will come."""


@message(MessageType.MONITOR_STOP_REQ)
class MonitorStopReq(Request):
    """95: no more of a monitor's events."""

    CONFIRMATION = MonitorStopConf

    monitor_id: UINT


@message(MessageType.CHANGE_MONITOR_MASK_CONF)
class ChangeMonitorMaskConf(Confirmation):
    """98: the mask is changed."""


@message(MessageType.CHANGE_MONITOR_MASK_REQ)
class ChangeMonitorMaskReq(Request):
    """97: change which events a monitor sends."""

    CONFIRMATION = ChangeMonitorMaskConf

    monitor_id: UINT
    call_msg_mask: Annotated[UINT, enums.CallMsgMask] = 0
    agent_state_mask: Annotated[UINT, enums.AgentStateMask] = 0


@message(MessageType.CLIENT_SESSION_OPENED_EVENT)
class ClientSessionOpenedEvent(Event):
    """99: another client opened a session."""

    session_id: UINT
    peripheral_id: UINT = 1
    services_granted: Annotated[UINT, enums.CTIService]
    call_msg_mask: Annotated[UINT, enums.CallMsgMask] = 0
    agent_state_mask: Annotated[UINT, enums.AgentStateMask] = 0
    client_port: UINT = 0
    client_address: tags.CLIENT_ADDRESS | None = None
    client_address_ipv6: Annotated[tags.CLIENT_ADDRESS_IPV6 | None, Since(14)] = None
    client_id: tags.CLIENT_ID | None = None
    client_signature: tags.CLIENT_SIGNATURE | None = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.CLIENT_SESSION_CLOSED_EVENT)
class ClientSessionClosedEvent(Event):
    """100: another client's session ended."""

    session_id: UINT
    peripheral_id: UINT = 1
    status: STATUS
    client_port: UINT = 0
    client_address: tags.CLIENT_ADDRESS | None = None
    client_address_ipv6: Annotated[tags.CLIENT_ADDRESS_IPV6 | None, Since(14)] = None
    client_id: tags.CLIENT_ID | None = None
    client_signature: tags.CLIENT_SIGNATURE | None = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.SESSION_MONITOR_START_CONF)
class SessionMonitorStartConf(Confirmation):
    """102: events of the session will come, with this MonitorID."""

    monitor_id: UINT


@message(MessageType.SESSION_MONITOR_START_REQ)
class SessionMonitorStartReq(Request):
    """101: ask for the events of another client's session."""

    CONFIRMATION = SessionMonitorStartConf

    session_id: UINT


@message(MessageType.SESSION_MONITOR_STOP_CONF)
class SessionMonitorStopConf(Confirmation):
    """104: no more events of the session will come."""


@message(MessageType.SESSION_MONITOR_STOP_REQ)
class SessionMonitorStopReq(Request):
    """103: no more of another client's session."""

    CONFIRMATION = SessionMonitorStopConf

    monitor_id: UINT


@message(MessageType.SET_APP_DATA_CONF)
class SetAppDataConf(Confirmation):
    """130: the call's data is changed."""


@message(MessageType.SET_APP_DATA_REQ)
class SetAppDataReq(Request):
    """129: a server application changes a call's data."""

    CONFIRMATION = SetAppDataConf

    application_path_id: tags.APP_PATH_ID | None = None
    call_variables: tags.CALL_VARIABLES = ()
    flt_call_type_id: tags.CALL_TYPE_ID | None = None
    pre_call_invoke_id: tags.PRE_CALL_INVOKE_ID | None = None


@message(MessageType.SET_DEVICE_ATTRIBUTES_CONF)
class SetDeviceAttributesConf(Confirmation):
    """142: the attributes are noted."""


@message(MessageType.SET_DEVICE_ATTRIBUTES_REQ)
class SetDeviceAttributesReq(Request):
    """141: say what a device's calls are."""

    CONFIRMATION = SetDeviceAttributesConf

    peripheral_id: UINT = 1
    service_number: UINT = NULL
    service_id: UINT = NULL
    skill_group_number: UINT = NULL
    skill_group_id: UINT = NULL
    skill_group_priority: USHORT = 0
    call_type: CALL_TYPE = NONE
    calling_device_type: DEVICE_TYPE = NONE
    calling_device_id: tags.CALLING_DEVID | None = None


@message(MessageType.REGISTER_SERVICE_CONF)
class RegisterServiceConf(Confirmation):
    """144: the service is offered."""

    registered_service_id: UINT


@message(MessageType.REGISTER_SERVICE_REQ)
class RegisterServiceReq(Request):
    """143: offer a service to the CTI server."""

    CONFIRMATION = RegisterServiceConf

    server_mode: Annotated[USHORT, enums.ServerMode]
    service_name: tags.SERVICE_NAME | None = None


@message(MessageType.UNREGISTER_SERVICE_CONF)
class UnregisterServiceConf(Confirmation):
    """146: the service is no longer offered."""


@message(MessageType.UNREGISTER_SERVICE_REQ)
class UnregisterServiceReq(Request):
    """145: offer a service no longer."""

    CONFIRMATION = UnregisterServiceConf

    registered_service_id: UINT
