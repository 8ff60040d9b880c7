"""What a server says of itself: OPEN_CONF, and SYSTEM_EVENT.

Spec: ``cti.md`` §9.2 (OPEN_CONF), §9.3 (SYSTEM_EVENT), §8.15, §8.16.
"""

from __future__ import annotations

from finesse_tx.cti.core.enums import (
    AgentState,
    CCXStatus,
    PeripheralType,
    PGStatus,
    SessionType,
    SystemEventID,
)
from finesse_tx.cti.core.messages import OpenConf, SystemEvent
from finesse_tx.cti.core.opening import PERIPHERAL_ID, Grant, Mode

__all__ = ["open_conf", "status_event"]


def open_conf(
    invoke_id: int, grant: Grant, agent_state: int, *, online: bool, time: int
) -> OpenConf:
    """The answer to an OPEN_REQ that opens a session; in agent mode with who and where the agent is.

    Args:
        invoke_id: That of the OPEN_REQ.
        grant: What the session may do.
        agent_state: In agent mode, how the agent is.
        online: Whether the engine is in service.
        time: In seconds since 1970; UCCX's dialect has no place for it.
    """
    agent, ucce = grant.agent, grant.ucce
    return OpenConf(
        invoke_id=invoke_id,
        services_granted=grant.services,
        pg_status=PGStatus.PGS_PERIPHERAL_OFFLINE if ucce and not online else PGStatus(0),
        icm_central_controller_time=time if ucce else 0,
        peripheral_online=online,
        peripheral_type=PeripheralType.PT_ACMI_CRS if ucce else 0,
        # A recorded session for all events has 9 here (§9.2).
        agent_state=AgentState.UNKNOWN if ucce and grant.mode is not Mode.AGENT else agent_state,
        session_type=SessionType.STANDBY if grant.standby else SessionType.ACTIVE,
        agent_extension=agent.extension if agent else None,
        agent_instrument=agent.instrument if agent else None,
        agent_id_long=agent.agent_id if agent else None,
        flt_peripheral_ids=(PERIPHERAL_ID,) if ucce else (0,),
        multiline_agent_control=1,
        config_msg_mask_granted=grant.config_mask,
    )


def status_event(status: CCXStatus, time: int) -> SystemEvent:
    """How the engine is, at ``time``, in seconds since 1970."""
    online = status is CCXStatus.IN_SERVICE
    return SystemEvent(
        pg_status=status,
        icm_central_controller_time=time,
        system_event_id=(
            SystemEventID.SYS_PERIPHERAL_ONLINE if online else SystemEventID.SYS_PERIPHERAL_OFFLINE
        ),
        system_event_arg1=PERIPHERAL_ID,
        system_event_arg2=PeripheralType.PT_ACMI_CRS,
    )
