"""The entries of the lists in messages: fields that repeat together.

Spec: ``cti.md`` §4.3 and the floating parts of §9.4 to §9.10.
"""

from finesse_tx.cti.core import enums, tags
from finesse_tx.cti.core.enums import NONE, NULL
from finesse_tx.cti.core.message import group
from finesse_tx.cti.core.wire import BUSINESS, STATIC

__all__ = [
    "AgentSkill",
    "AgentSkillGroup",
    "CTIClient",
    "CallDevice",
    "ConnectedParty",
    "DeviceCall",
    "Line",
    "SkillGroup",
    "TeamAgent",
    "TeamMember",
]


@group
class CTIClient:
    """A client that is associated with a call; counted by NumCTIClients."""

    cti_client_signature: tags.CTI_CLIENT_SIGNATURE | None = None
    cti_client_timestamp: tags.CTI_CLIENT_TIMESTAMP | None = None


@group
class ConnectedParty:
    """A party of a conferenced or transferred call; counted by NumParties."""

    connected_party_call_id: tags.PARTY_CALLID | None = None
    connected_party_device_id_type: tags.PARTY_DEVID_TYPE | None = STATIC
    connected_party_device_id: tags.PARTY_DEVID | None = None


@group
class CallDevice:
    """A device of a call; counted by NumCallDevices.

    A device that has no connection of its own has no ``call_connection_…`` fields.
    """

    call_connection_call_id: tags.CALL_CONN_CALLID | None = None
    call_connection_device_id_type: tags.CALL_CONN_DEVID_TYPE | None = STATIC
    call_connection_device_id: tags.CALL_CONN_DEVID | None = None
    call_device_type: tags.CALL_DEVID_TYPE | None = None
    call_device_id: tags.CALL_DEVID | None = None
    call_device_connection_state: tags.CALL_DEV_CONN_STATE | None = None


@group
class DeviceCall:
    """A call of a device; counted by NumCalls."""

    call_connection_call_id: tags.CALL_CONN_CALLID | None = None
    call_connection_device_id_type: tags.CALL_CONN_DEVID_TYPE | None = STATIC
    call_connection_device_id: tags.CALL_CONN_DEVID | None = None
    call_state: tags.CALL_STATE | None = None
    silent_monitor_status: tags.SILENT_MONITOR_STATUS | None = None


@group
class SkillGroup:
    """A queue that a call waits in; counted by NumSkillGroups."""

    skill_group_number: tags.SKILL_GROUP_NUMBER | None = None
    skill_group_id: tags.SKILL_GROUP_ID | None = NULL
    skill_group_priority: tags.SKILL_GROUP_PRIORITY | None = 0


@group
class AgentSkillGroup:
    """A queue of an agent, and the agent's state in it; counted by NumFltSkillGroups or NumSkillGroups."""

    skill_group_number: tags.SKILL_GROUP_NUMBER | None = None
    skill_group_id: tags.SKILL_GROUP_ID | None = NULL
    skill_group_priority: tags.SKILL_GROUP_PRIORITY | None = 0
    skill_group_state: tags.SKILL_GROUP_STATE | None = None


@group
class AgentSkill:
    """A queue that an agent belongs to; counted by NumSkills, or NumSkillGroups in SET_AGENT_STATE_REQ."""

    skill_group_number: tags.SKILL_GROUP_NUMBER | None = None
    skill_group_priority: tags.SKILL_GROUP_PRIORITY | None = 0


@group
class Line:
    """A line of a device; counted by NumLines in UCCE. UCCX sends one, and a NumLines of 0."""

    line_handle: tags.LINE_HANDLE | None = NONE
    line_type: tags.LINE_TYPE | None = BUSINESS


@group
class TeamAgent:
    """An agent of a UCCE team; counted by NumberOfAgents."""

    atc_agent_id: tags.ATC_AGENT_ID | None = None
    agent_flags: tags.AGENT_FLAGS | None = None
    atc_agent_state: tags.ATC_AGENT_STATE | None = None
    atc_state_duration: tags.ATC_STATE_DURATION | None = None


@group
class TeamMember:
    """A member of a UCCX team; counted by NumRecords.

    Attributes:
        agent_id_long: A login id; of a CSQ its id, as text.
    """

    agent_id_long: tags.AGENT_ID_LONG | None = None
    agent_flags: tags.AGENT_FLAGS | None = enums.AgentFlags(0)
    record_type: tags.RECORD_TYPE | None = enums.RecordType.ADD
    member_type: tags.MEMBER_TYPE | None = enums.MemberType.AGENT
