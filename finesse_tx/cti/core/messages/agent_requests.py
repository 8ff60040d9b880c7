"""Agent requests: states, desk settings, greetings.

Spec: ``cti.md`` §9.7, but for the statistics, complete.
"""

from dataclasses import field
from typing import Annotated

from finesse_tx.cti.core import enums, tags
from finesse_tx.cti.core.enums import MessageType
from finesse_tx.cti.core.message import Confirmation, Request, message
from finesse_tx.cti.core.messages.groups import AgentSkill, AgentSkillGroup
from finesse_tx.cti.core.wire import AGENT_STATE, AUTO, INT, UCHAR, UINT, USHORT, Count, Since

__all__ = [
    "AgentDeskSettingsConf",
    "AgentDeskSettingsReq",
    "AgentGreetingControlConf",
    "AgentGreetingControlReq",
    "QueryAgentStateConf",
    "QueryAgentStateReq",
    "SetAgentStateConf",
    "SetAgentStateReq",
]


@message(MessageType.QUERY_AGENT_STATE_CONF)
class QueryAgentStateConf(Confirmation):
    """37: an agent's state and queues."""

    agent_state: AGENT_STATE
    num_skill_groups: Annotated[USHORT, Count("skill_groups")] = AUTO
    mrd_id: INT = 1
    num_tasks: UINT = 0
    agent_mode: Annotated[USHORT, enums.AgentMode] = 0
    max_task_limit: UINT = 0
    icm_agent_id: INT = 0
    agent_availability_status: Annotated[UINT, enums.AgentAvailabilityStatus] = 1
    department_id: Annotated[INT, Since(19)] = 0
    agent_id: tags.AGENT_ID | None = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    agent_id_long: tags.AGENT_ID_LONG | None = None
    skill_groups: tuple[AgentSkillGroup, ...] = ()
    internal_agent_state: tags.INTERNAL_AGENT_STATE | None = None
    max_beyond_task_limit: tags.MAX_BEYOND_TASK_LIMIT | None = None


@message(MessageType.QUERY_AGENT_STATE_REQ)
class QueryAgentStateReq(Request):
    """36: ask for an agent's state."""

    CONFIRMATION = QueryAgentStateConf

    peripheral_id: UINT = 1
    mrd_id: INT = 1
    icm_agent_id: INT = 0
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    agent_id_long: tags.AGENT_ID_LONG | None = None


@message(MessageType.SET_AGENT_STATE_CONF)
class SetAgentStateConf(Confirmation):
    """39: accepted; the new state comes as an event, before or after."""


@message(MessageType.SET_AGENT_STATE_REQ)
class SetAgentStateReq(Request):
    """38: change an agent's state; sign in or out."""

    CONFIRMATION = SetAgentStateConf

    peripheral_id: UINT = 1
    agent_state: AGENT_STATE
    agent_work_mode: Annotated[USHORT, enums.AgentWorkMode] = 0
    num_skill_groups: Annotated[USHORT, Count("skill_groups")] = AUTO
    event_reason_code: USHORT = 0
    forced_flag: Annotated[UCHAR, enums.ForcedFlag, Since(10, uccx=12)] = 0
    agent_service_req: Annotated[UINT, enums.AgentService, Since(10, uccx=12)] = 0
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_password: tags.AGENT_PASSWORD | None = field(default=None, repr=False)
    agent_id_long: tags.AGENT_ID_LONG | None = None
    active_terminal: Annotated[tags.FLT_TERM_DEVICE_NAME | None, Since(18)] = None
    position_id: tags.POSITION_ID | None = None
    supervisor_id: tags.SUPERVISOR_ID | None = None
    sso_enabled: tags.SSO_ENABLED | None = None
    skill_groups: tuple[AgentSkill, ...] = ()


@message(MessageType.AGENT_DESK_SETTINGS_CONF)
class AgentDeskSettingsConf(Confirmation):
    """132: an agent's desk settings."""

    peripheral_id: UINT = 1
    desk_settings_mask: Annotated[UINT, enums.DeskSettingsMask] = 0
    wrapup_data_incoming_mode: Annotated[UINT, enums.WrapupDataMode] = 0
    wrapup_data_outgoing_mode: Annotated[UINT, enums.WrapupDataMode] = 0
    logout_non_activity_time: UINT = 0
    quality_recording_rate: UINT = 0
    ring_no_answer_time: UINT = 0
    silent_monitor_warning_message: UINT = 0
    silent_monitor_audible_indication: UINT = 0
    supervisor_assist_call_method: UINT = 0
    emergency_call_method: UINT = 0
    auto_record_on_emergency: UINT = 0
    recording_mode: UINT = 0
    work_mode_timer: UINT = 0
    ring_no_answer_dn: UINT = 0
    default_device_port_address: tags.DEFAULT_DEVICE_PORT_ADDRESS | None = None
    play_zip_tone: tags.PLAY_ZIP_TONE | None = None
    acd_shared_line_usage: tags.ACD_SHARED_LINE_USAGE | None = None


@message(MessageType.AGENT_DESK_SETTINGS_REQ)
class AgentDeskSettingsReq(Request):
    """131: ask for an agent's desk settings (UCCE)."""

    CONFIRMATION = AgentDeskSettingsConf

    peripheral_id: UINT = 1
    agent_id: tags.AGENT_ID | None = None


@message(MessageType.AGENT_GREETING_CONTROL_CONF)
class AgentGreetingControlConf(Confirmation):
    """250: the greeting is controlled."""


@message(MessageType.AGENT_GREETING_CONTROL_REQ)
class AgentGreetingControlReq(Request):
    """249: control an agent's greeting (UCCE, version 15)."""

    CONFIRMATION = AgentGreetingControlConf

    peripheral_id: UINT = 1
    agent_action: Annotated[USHORT, enums.GreetingAction]
    agent_id: tags.AGENT_ID | None = None
