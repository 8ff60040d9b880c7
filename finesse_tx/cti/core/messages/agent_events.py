"""Agent events: states, teams, media.

Spec: ``cti.md`` §9.5, complete.
"""

from typing import Annotated

from finesse_tx.cti.core import enums, tags
from finesse_tx.cti.core.enums import NULL, MessageType
from finesse_tx.cti.core.message import Event, message
from finesse_tx.cti.core.messages.groups import AgentSkillGroup, TeamAgent
from finesse_tx.cti.core.wire import (
    AGENT_STATE,
    AUTO,
    CONNECTION_ID_TYPE,
    CRS,
    INT,
    PERIPHERAL_TYPE,
    STATIC,
    UINT,
    USHORT,
    Count,
    Since,
)

__all__ = [
    "AgentPreCallAbortEvent",
    "AgentPreCallEvent",
    "AgentStateEvent",
    "AgentTeamConfigEvent",
    "RtpStartedEvent",
    "RtpStoppedEvent",
]


@message(MessageType.AGENT_STATE_EVENT)
class AgentStateEvent(Event):
    """30: an agent's state."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    session_id: UINT = 0
    peripheral_type: PERIPHERAL_TYPE = CRS
    skill_group_state: AGENT_STATE = 0
    state_duration: UINT = 0
    skill_group_number: UINT = NULL
    skill_group_id: UINT = NULL
    skill_group_priority: USHORT = 0
    agent_state: AGENT_STATE
    event_reason_code: USHORT = 0
    mrd_id: INT = 1
    num_tasks: UINT = 0
    agent_mode: Annotated[USHORT, enums.AgentMode] = 0
    max_task_limit: UINT = 0
    icm_agent_id: INT = 0
    agent_availability_status: Annotated[UINT, enums.AgentAvailabilityStatus] = 1
    num_flt_skill_groups: Annotated[USHORT, Count("skill_groups"), Since(10)] = AUTO
    department_id: Annotated[INT, Since(19)] = 0
    cti_client_signature: tags.CLIENT_SIGNATURE | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    agent_id_long: tags.AGENT_ID_LONG | None = None
    duration: tags.DURATION | None = None
    next_agent_state: tags.NEXT_AGENT_STATE | None = None
    direction: tags.DIRECTION | None = None
    active_terminal: Annotated[tags.FLT_TERM_DEVICE_NAME | None, Since(18)] = None
    skill_groups: Annotated[tuple[AgentSkillGroup, ...], Since(10)] = ()
    max_beyond_task_limit: tags.MAX_BEYOND_TASK_LIMIT | None = None


@message(MessageType.AGENT_PRE_CALL_EVENT)
class AgentPreCallEvent(Event):
    """105: a call was routed to an agent and will arrive (UCCE)."""

    monitor_id: UINT = 0
    num_named_variables: Annotated[USHORT, Count("named_variables")] = AUTO
    num_named_arrays: Annotated[USHORT, Count("named_arrays")] = AUTO
    service_number: UINT = NULL
    service_id: UINT = NULL
    skill_group_number: UINT = NULL
    skill_group_id: UINT = NULL
    skill_group_priority: USHORT = 0
    mrd_id: INT = 1
    agent_skill_target_id: Annotated[UINT, Since(20)] = 0
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    router_call_key_day: tags.ROUTER_CALL_KEY_DAY | None = None
    router_call_key_call_id: tags.ROUTER_CALL_KEY_CALLID | None = None
    router_call_key_sequence_number: tags.ROUTER_CALL_KEY_SEQUENCE_NUM | None = None
    ani: tags.ANI | None = None
    user_to_user_info: tags.UUI | None = None
    dialed_number: tags.DIALED_NUMBER | None = None
    caller_entered_digits: tags.CED | None = None
    flt_call_type_id: tags.CALL_TYPE_ID | None = None
    pre_call_invoke_id: tags.PRE_CALL_INVOKE_ID | None = None
    call_variables: tags.CALL_VARIABLES = ()
    named_variables: tuple[tags.NAMED_VARIABLE, ...] = ()
    named_arrays: tuple[tags.NAMED_ARRAY, ...] = ()
    agent_id: tags.AGENT_ID | None = None
    protocol_reference_guid: tags.PROTOCOL_REFERENCE_GUID | None = None
    num_of_enabled_services: Annotated[
        tags.NUM_OF_ENABLED_SERVICES | None, Count("enabled_services", optional=True)
    ] = AUTO
    enabled_services: tuple[tags.FLT_ENABLED_SERVICES, ...] = ()
    ccai_config_id: tags.CCAI_CONFIG_ID | None = None


@message(MessageType.AGENT_PRE_CALL_ABORT_EVENT)
class AgentPreCallAbortEvent(Event):
    """106: the routed call will not arrive (UCCE)."""

    monitor_id: UINT = 0
    mrd_id: INT = 1
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    router_call_key_day: tags.ROUTER_CALL_KEY_DAY | None = None
    router_call_key_call_id: tags.ROUTER_CALL_KEY_CALLID | None = None
    router_call_key_sequence_number: tags.ROUTER_CALL_KEY_SEQUENCE_NUM | None = None


@message(MessageType.AGENT_TEAM_CONFIG_EVENT)
class AgentTeamConfigEvent(Event):
    """128: the agents of a team (UCCE)."""

    peripheral_id: UINT = 1
    team_id: UINT
    number_of_agents: Annotated[USHORT, Count("agents")] = AUTO
    config_operation: Annotated[USHORT, enums.ConfigOperation] = 0
    department_id: Annotated[INT, Since(19)] = 0
    agent_team_name: Annotated[tags.AGENT_TEAM_NAME | None, Since(16)] = None
    agents: tuple[TeamAgent, ...] = ()


@message(MessageType.RTP_STARTED_EVENT)
class RtpStartedEvent(Event):
    """116: media flows."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    client_port: UINT = 0
    direction: Annotated[USHORT, enums.RTPDirection]
    rtp_type: Annotated[USHORT, enums.RTPType] = 0
    bit_rate: UINT = 0
    echo_cancellation: USHORT = 0
    packet_size: UINT = 0
    payload_type: USHORT = 0
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    connection_device_id: tags.CONNECTION_DEVID | None = None
    client_address: tags.CLIENT_ADDRESS | None = None
    client_address_ipv6: Annotated[tags.CLIENT_ADDRESS_IPV6 | None, Since(14)] = None
    agent_id: tags.AGENT_ID | None = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    agent_id_long: tags.AGENT_ID_LONG | None = None
    sending_address: tags.SENDING_ADDRESS | None = None
    sending_port: tags.SENDING_PORT | None = None
    sending_address_ipv6: Annotated[tags.SENDING_ADDRESS_IPV6 | None, Since(14)] = None


@message(MessageType.RTP_STOPPED_EVENT)
class RtpStoppedEvent(Event):
    """117: media no longer flows."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    client_port: UINT = 0
    direction: Annotated[USHORT, enums.RTPDirection]
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    connection_device_id: tags.CONNECTION_DEVID | None = None
    client_address: tags.CLIENT_ADDRESS | None = None
    client_address_ipv6: Annotated[tags.CLIENT_ADDRESS_IPV6 | None, Since(14)] = None
    agent_id: tags.AGENT_ID | None = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    agent_id_long: tags.AGENT_ID_LONG | None = None
    sending_address: tags.SENDING_ADDRESS | None = None
    sending_port: tags.SENDING_PORT | None = None
    sending_address_ipv6: Annotated[tags.SENDING_ADDRESS_IPV6 | None, Since(14)] = None
