"""Sessions: opening, heartbeats, closing, failures, the state of the engine.

Spec: ``cti.md`` §9.1, §9.2, §9.3 (SYSTEM_EVENT), complete.
"""

from dataclasses import field
from typing import Annotated

from finesse_tx.cti.core import enums, tags
from finesse_tx.cti.core.enums import NONE, MessageType
from finesse_tx.cti.core.message import Confirmation, Direction, Event, Message, Request, message
from finesse_tx.cti.core.wire import (
    AGENT_STATE,
    AUTO,
    BOOL,
    DEVICE_TYPE,
    INT,
    PERIPHERAL_TYPE,
    STATUS,
    TIME,
    UINT,
    USHORT,
    Count,
    Dialect,
    Since,
)

__all__ = [
    "ActiveMaintenanceEventMsg",
    "ActiveMaintenanceReqMsg",
    "ActiveMaintenanceRespMsg",
    "CloseConf",
    "CloseReq",
    "ControlFailureConf",
    "FailureConf",
    "FailureEvent",
    "HeartbeatConf",
    "HeartbeatReq",
    "OpenConf",
    "OpenReq",
    "StandbyActiveEventMsg",
    "StoppingRequestsToThisSideInd",
    "SystemEvent",
]


@message(MessageType.FAILURE_CONF)
class FailureConf(Confirmation):
    """1: a request, or a session, is refused."""

    status: STATUS
    text: tags.TEXT | None = None

    @staticmethod
    def canonical(body: bytes, version: int) -> bytes:
        """Read what the books of version 24 and 25 print: FailureCode, a USHORT, and PeripheralErrorCode."""
        return body[:4] + b"\0\0" + body[4:6] if version >= 24 and len(body) == 10 else body


@message(MessageType.FAILURE_EVENT)
class FailureEvent(Event):
    """2: something is wrong with the session; the server closes it next."""

    status: STATUS
    text: tags.TEXT | None = None


@message(MessageType.CONTROL_FAILURE_CONF)
class ControlFailureConf(Confirmation):
    """35: the peripheral refuses a call or agent control request."""

    failure_code: Annotated[USHORT, enums.ControlFailureCode]
    peripheral_error_code: UINT = 0


@message(MessageType.OPEN_CONF)
class OpenConf(Confirmation):
    """4: the session is open."""

    services_granted: Annotated[UINT, enums.CTIService]
    monitor_id: UINT = 0
    pg_status: UINT = 0
    icm_central_controller_time: TIME = 0
    peripheral_online: BOOL
    peripheral_type: PERIPHERAL_TYPE = 0
    agent_state: AGENT_STATE = 0
    department_id: Annotated[INT, Since(19)] = 0
    session_type: Annotated[USHORT, enums.SessionType, Since(24)] = 0
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    agent_id_long: tags.AGENT_ID_LONG | None = None
    num_peripherals: Annotated[
        tags.NUM_PERIPHERALS | None, Count("flt_peripheral_ids", optional=True)
    ] = AUTO
    flt_peripheral_ids: tuple[tags.PERIPHERAL_ID, ...] = ()
    multiline_agent_control: Annotated[tags.MULTI_LINE_AGENT_CONTROL | None, Since(14)] = None
    config_msg_mask_granted: Annotated[
        tags.CONFIG_MSG_MASK_GRANTED | None, Since(18, Dialect.UCCX)
    ] = None


@message(MessageType.OPEN_REQ)
class OpenReq(Request):
    """3: open a session."""

    CONFIRMATION = OpenConf

    version_number: UINT
    idle_timeout: UINT
    peripheral_id: UINT = 0
    services_requested: Annotated[UINT, enums.CTIService]
    call_msg_mask: Annotated[UINT, enums.CallMsgMask] = 0
    agent_state_mask: Annotated[UINT, enums.AgentStateMask] = 0
    config_msg_mask: UINT = 0
    reserved1: UINT = 0
    reserved2: UINT = 0
    reserved3: UINT = 0
    client_id: tags.CLIENT_ID | None = None
    client_password: tags.CLIENT_PASSWORD | None = field(default=None, repr=False)
    client_signature: tags.CLIENT_SIGNATURE | None = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    agent_id_long: tags.AGENT_ID_LONG | None = None
    application_path_id: tags.APP_PATH_ID | None = None


@message(MessageType.HEARTBEAT_CONF)
class HeartbeatConf(Confirmation):
    """6: I am here."""


@message(MessageType.HEARTBEAT_REQ)
class HeartbeatReq(Request):
    """5: are you there?"""

    CONFIRMATION = HeartbeatConf


@message(MessageType.CLOSE_CONF)
class CloseConf(Confirmation):
    """8: the session is ended; both sides close."""


@message(MessageType.CLOSE_REQ)
class CloseReq(Request):
    """7: end the session."""

    CONFIRMATION = CloseConf

    status: STATUS = 0


@message(MessageType.SYSTEM_EVENT)
class SystemEvent(Event):
    """31: the engine's, a peripheral's or an instrument's state."""

    pg_status: UINT
    icm_central_controller_time: TIME = 0
    system_event_id: Annotated[UINT, enums.SystemEventID]
    system_event_arg1: UINT = 0
    system_event_arg2: UINT = 0
    system_event_arg3: UINT = 0
    event_device_type: Annotated[DEVICE_TYPE, Since(10)] = NONE
    text: tags.TEXT | None = None
    event_device_id: tags.EVENT_DEVICE_ID | None = None


@message(MessageType.STANDBY_ACTIVE_EVENT_MSG)
class StandbyActiveEventMsg(Event):
    """277: this side, standby until now, is the active one (UCCE, version 24)."""


@message(MessageType.ACTIVE_MAINTENANCE_REQ_MSG)
class ActiveMaintenanceReqMsg(Message):
    """278: the server asks to stop for maintenance (UCCE, version 24)."""

    DIRECTION = Direction.TO_CLIENT

    invoke_id: UINT


@message(MessageType.ACTIVE_MAINTENANCE_RESP_MSG)
class ActiveMaintenanceRespMsg(Message):
    """279: whether the client agrees to 278."""

    DIRECTION = Direction.TO_SERVER

    invoke_id: UINT
    maintenance_mode_accepted: BOOL


@message(MessageType.ACTIVE_MAINTENANCE_EVENT_MSG)
class ActiveMaintenanceEventMsg(Event):
    """280: whether maintenance goes on."""

    maintenance_mode_status: BOOL


@message(MessageType.STOPPING_REQUESTS_TO_THIS_SIDE_IND)
class StoppingRequestsToThisSideInd(Message):
    """281: the client uses the other side from now on."""

    DIRECTION = Direction.TO_SERVER
