"""Configuration records: the entries of the CONFIG events, each starting at its RecordType.

The defaults are what UCCX sends in its reserved fields; a field that was not on the wire is None.

Spec: ``cti.md`` §9.10.
"""

from typing import Annotated

from finesse_tx.cti.core import enums, tags
from finesse_tx.cti.core.message import group
from finesse_tx.cti.core.messages.groups import AgentSkill
from finesse_tx.cti.core.wire import AUTO, Count, Since

__all__ = [
    "AgentDeskSettingsRecord",
    "AgentRecord",
    "AgentServiceRecord",
    "CallTypeRecord",
    "DeviceRecord",
    "MrdRecord",
    "PeripheralRecord",
    "ServiceRecord",
    "SkillGroupRecord",
    "TerminalRecord",
]


@group
class ServiceRecord:
    """A service; in UCCX an application.

    Attributes:
        peripheral_number: ApplicationID.
        service_skill_target_id: PrevApplicationID.
        peripheral_name: ApplicationName.
    """

    record_type: tags.RECORD_TYPE | None = enums.RecordType.ADD
    flt_peripheral_id: Annotated[tags.PERIPHERAL_ID | None, Since(11)] = 0
    peripheral_number: tags.PERIPHERAL_NUMBER | None = None
    old_peripheral_number: Annotated[tags.OLD_PERIPHERAL_NUMBER | None, Since(11)] = 0
    max_queued: tags.MAX_QUEUED | None = 0
    extension: tags.EXTENSION | None = ""
    service_skill_target_id: tags.SERVICE_SKILL_TARGET_ID | None = 0
    peripheral_name: tags.PERIPHERAL_NAME | None = None
    description: tags.DESCRIPTION | None = ""
    service_level_threshold: tags.SERVICE_LEVEL_THRESHOLD | None = 0
    service_level_type: tags.SERVICE_LEVEL_TYPE | None = 0
    config_param: tags.CONFIG_PARAM | None = ""
    flt_mr_domain_id: Annotated[tags.MR_DOMAIN_ID | None, Since(11)] = 0
    num_service_members: Annotated[
        tags.NUM_SERVICE_MEMBERS | None, Count("service_members", optional=True)
    ] = AUTO
    service_members: tuple[tags.SERVICE_MEMBER, ...] = ()
    service_priorities: tuple[tags.SERVICE_PRIORITY, ...] = ()


@group
class SkillGroupRecord:
    """A skill group; in UCCX a contact service queue.

    Attributes:
        peripheral_number: CSQID.
        peripheral_name: CSQName.
        flt_mr_domain_id: In UCCX 0 for voice, 1 for e-mail.
    """

    record_type: tags.RECORD_TYPE | None = enums.RecordType.ADD
    flt_peripheral_id: Annotated[tags.PERIPHERAL_ID | None, Since(11)] = 0
    peripheral_number: tags.PERIPHERAL_NUMBER | None = None
    old_peripheral_number: Annotated[tags.OLD_PERIPHERAL_NUMBER | None, Since(11)] = 0
    skill_group_priorities: tuple[tags.SKILL_GROUP_PRIORITY, ...] = (0,)
    skill_group_skill_target_id: tags.SKILL_GROUP_SKILL_TARGET_ID | None = 0
    auto_work: tags.AUTO_WORK | None = False
    extension: tags.EXTENSION | None = ""
    peripheral_name: tags.PERIPHERAL_NAME | None = None
    description: tags.DESCRIPTION | None = ""
    flt_mr_domain_id: Annotated[tags.MR_DOMAIN_ID | None, Since(11)] = 0
    flt_precision_queue_id: tags.FLT_PRECISION_QUEUE_ID | None = None
    flt_precision_queue_name: tags.FLT_PRECISION_QUEUE_NAME | None = None
    config_param: tags.CONFIG_PARAM | None = ""


@group
class AgentRecord:
    """An agent.

    Attributes:
        num_skills: In UCCX at most 25.
    """

    record_type: tags.RECORD_TYPE | None = enums.RecordType.ADD
    flt_peripheral_id: Annotated[tags.PERIPHERAL_ID | None, Since(11)] = 0
    agent_type: tags.AGENT_TYPE | None = enums.AgentType.AGENT
    agent_desk_settings_id: tags.AGENT_DESK_SETTINGS_ID | None = None
    login_id: tags.LOGIN_ID | None = None
    old_login_id: tags.CUR_LOGIN_ID | None = ""
    login_name: tags.LOGIN_NAME | None = ""
    last_name: tags.LAST_NAME | None = None
    first_name: tags.FIRST_NAME | None = None
    extension: tags.EXTENSION | None = ""
    description: tags.DESCRIPTION | None = ""
    agent_skill_target_id: tags.AGENT_SKILL_TARGET_ID | None = 0
    num_skills: Annotated[tags.NUM_SKILLS | None, Count("skills")] = AUTO
    sso_enabled: tags.SSO_ENABLED | None = None
    num_mrds: Annotated[tags.NUM_MRDS | None, Count("flt_agent_mrd_ids", optional=True)] = AUTO
    skills: tuple[AgentSkill, ...] = ()
    flt_agent_mrd_ids: tuple[tags.FLT_AGENT_MRD_ID, ...] = ()
    flt_agent_mrd_states: tuple[tags.FLT_AGENT_MRD_STATE, ...] = ()
    active_terminal: Annotated[tags.FLT_TERM_DEVICE_NAME | None, Since(18)] = None


@group
class DeviceRecord:
    """A device.

    Attributes:
        device_type: What it is; in UCCX an agent, a route point or a CTI port.
        peripheral_number: Of an agent its numeric id.
        flt_service_id: Of a route point its call control group.
        dialed_number: Of an agent its login id.
        extension: The number of the agent's phone, the route point or the port.
    """

    record_type: tags.RECORD_TYPE | None = enums.RecordType.ADD
    flt_peripheral_id: Annotated[tags.PERIPHERAL_ID | None, Since(11)] = 0
    peripheral_number: tags.PERIPHERAL_NUMBER | None = 0
    device_type: tags.DEVICE_TYPE | None = None
    max_queued: tags.MAX_QUEUED | None = 0
    flt_service_id: tags.SERVICE_ID | None = 0
    dialed_number: tags.DEVICE_FIELD_2 | None = ""
    dnis: tags.DNIS | None = ""
    extension: tags.EXTENSION | None = None
    description: tags.DESCRIPTION | None = ""


@group
class TerminalRecord:
    """A terminal and the numbers of its lines, at most 10."""

    record_type: tags.RECORD_TYPE | None = enums.RecordType.ADD
    terminal_type: tags.FLT_TERM_TYPE | None = None
    terminal_device_name: tags.FLT_TERM_DEVICE_NAME | None = None
    terminal_type_name: tags.FLT_TERM_TYPE_NAME | None = None
    num_instruments: Annotated[tags.FLT_NUM_INSTRUMENTS | None, Count("instruments")] = AUTO
    instruments: tuple[tags.AGENT_INSTRUMENT, ...] = ()


@group
class CallTypeRecord:
    """A call type (UCCE)."""

    record_type: tags.RECORD_TYPE | None = enums.RecordType.ADD
    flt_call_type_id: tags.CALL_TYPE_ID | None = None
    customer_definition_id: tags.CUSTOMER_DEFINITION_ID | None = None
    enterprise_name: tags.ENTERPRISE_NAME | None = None
    description: tags.DESCRIPTION | None = None
    service_level_threshold: tags.SERVICE_LEVEL_THRESHOLD | None = None
    service_level_type: tags.SERVICE_LEVEL_TYPE | None = None


@group
class MrdRecord:
    """A media routing domain (UCCE)."""

    record_type: tags.RECORD_TYPE | None = enums.RecordType.ADD
    flt_mr_domain_id: tags.MR_DOMAIN_ID | None = None
    flt_enterprise_name: tags.ENTERPRISE_NAME | None = None
    flt_description: tags.DESCRIPTION | None = None
    flt_max_task_duration: tags.MAX_TASK_DURATION | None = None
    flt_interruptible: tags.INTERRUPTIBLE | None = None


@group
class PeripheralRecord:
    """A peripheral (UCCE)."""

    record_type: tags.RECORD_TYPE | None = enums.RecordType.ADD
    config_peripheral_id: tags.CONFIG_PERIPHERAL_ID | None = None
    default_agent_desk_settings_id: tags.DEFAULT_AGENT_DESK_SETTINGS_ID | None = None


@group
class AgentDeskSettingsRecord:
    """Agent desk settings (UCCE); times in seconds."""

    record_type: tags.RECORD_TYPE | None = enums.RecordType.ADD
    agent_desk_settings_id: tags.AGENT_DESK_SETTINGS_ID | None = None
    flt_desk_settings_mask: tags.FLT_DESK_SETTINGS_MASK | None = None
    flt_wrap_up_data_incoming_mode: tags.FLT_WRAP_UP_DATA_INCOMING_MODE | None = None
    flt_wrap_up_data_outgoing_mode: tags.FLT_WRAP_UP_DATA_OUTGOING_MODE | None = None
    flt_logout_non_activity_time: tags.FLT_LOGOUT_NON_ACTIVITY_TIME | None = None
    flt_quality_recording_rate: tags.FLT_QUALITY_RECORDING_RATE | None = None
    flt_ring_no_answer_time: tags.FLT_RING_NO_ANSWER_TIME | None = None
    flt_silent_monitor_warning_message: tags.FLT_SILENT_MONITOR_WARNING_MESSAGE | None = None
    flt_silent_monitor_audible_indication: tags.FLT_SILENT_MONITOR_AUDIBLE_INDICATION | None = None
    flt_supervisor_assist_call_method: tags.FLT_SUPERVISOR_ASSIST_CALL_METHOD | None = None
    flt_emergency_call_method: tags.FLT_EMERGENCY_CALL_METHOD | None = None
    flt_auto_record_on_emergency: tags.FLT_AUTO_RECORD_ON_EMERGENCY | None = None
    flt_recording_mode: tags.FLT_RECORDING_MODE | None = None
    flt_work_mode_timer: tags.FLT_WORK_MODE_TIMER | None = None
    flt_ring_no_answer_dn_id: tags.FLT_RING_NO_ANSWER_DN_ID | None = None
    flt_default_device_port_address: tags.FLT_DEFAULT_DEVICE_PORT_ADDRESS | None = None
    play_zip_tone: tags.PLAY_ZIP_TONE | None = None
    acd_shared_line_usage: tags.ACD_SHARED_LINE_USAGE | None = None


@group
class AgentServiceRecord:
    """The services enabled for an agent (UCCE, version 24); its RecordType comes last."""

    agent_skill_target_id: tags.AGENT_SKILL_TARGET_ID | None = None
    num_of_enabled_services: Annotated[
        tags.NUM_OF_ENABLED_SERVICES | None, Count("enabled_services", optional=True)
    ] = AUTO
    enabled_services: tuple[tags.FLT_ENABLED_SERVICES, ...] = ()
    record_type: tags.RECORD_TYPE | None = enums.RecordType.ADD
