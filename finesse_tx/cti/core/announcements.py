"""What a server says of itself: OPEN_CONF, and SYSTEM_EVENT.

Spec: ``cti.md`` §9.2 (OPEN_CONF), §9.3 (SYSTEM_EVENT), §8.15, §8.16.
"""

from __future__ import annotations

from finesse_tx.cti.core.enums import CCXStatus, PeripheralType, SystemEventID
from finesse_tx.cti.core.messages import OpenConf, SystemEvent
from finesse_tx.cti.core.opening import Grant
from finesse_tx.cti.core.requests import PERIPHERAL_ID

__all__ = ["open_conf", "status_event"]


def open_conf(invoke_id: int, grant: Grant, agent_state: int, *, online: bool) -> OpenConf:
    """The answer to an OPEN_REQ that opens a session; in agent mode with who and where the agent is."""
    agent = grant.agent
    return OpenConf(
        invoke_id=invoke_id,
        services_granted=grant.services,
        peripheral_online=online,
        agent_state=agent_state,
        agent_extension=agent.extension if agent else None,
        agent_instrument=agent.instrument if agent else None,
        agent_id_long=agent.agent_id if agent else None,
        flt_peripheral_ids=(0,),
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
