"""Configuration: keys, downloads, teams.

Spec: ``cti.md`` §9.10, complete.
"""

from typing import Annotated

from finesse_tx.cti.core import enums, tags
from finesse_tx.cti.core.enums import MessageType
from finesse_tx.cti.core.message import Confirmation, Direction, Event, Message, Request, message
from finesse_tx.cti.core.messages.groups import TeamMember
from finesse_tx.cti.core.messages.records import (
    AgentDeskSettingsRecord,
    AgentRecord,
    AgentServiceRecord,
    CallTypeRecord,
    DeviceRecord,
    MrdRecord,
    PeripheralRecord,
    ServiceRecord,
    SkillGroupRecord,
    TerminalRecord,
)
from finesse_tx.cti.core.wire import AUTO, STATUS, UINT, UNSPEC8, USHORT, Count, Since

__all__ = [
    "ConfigAgentDeskSettingsEvent",
    "ConfigAgentEvent",
    "ConfigAgentServiceEvent",
    "ConfigBeginEvent",
    "ConfigCallTypeEvent",
    "ConfigDeviceEvent",
    "ConfigEndEvent",
    "ConfigKeyEvent",
    "ConfigMrdEvent",
    "ConfigPeripheralEvent",
    "ConfigRequestEvent",
    "ConfigRequestKeyEvent",
    "ConfigServiceEvent",
    "ConfigSkillGroupEvent",
    "ConfigTerminalEvent",
    "SetAgentServiceDataConf",
    "SetAgentServiceDataReq",
    "TeamConfigConf",
    "TeamConfigEvent",
    "TeamConfigReq",
]


@message(MessageType.CONFIG_REQUEST_KEY_EVENT)
class ConfigRequestKeyEvent(Message):
    """230: ask for the keys of the configuration; CONFIG_KEY_EVENT answers."""

    DIRECTION = Direction.TO_SERVER

    peripheral_id: Annotated[UINT, Since(11)] = 0
    customer_id: tags.CUSTOMER_ID | None = None


@message(MessageType.CONFIG_KEY_EVENT)
class ConfigKeyEvent(Event):
    """231: the keys of the configuration: whoever has the same ones is up to date."""

    config_key_status: Annotated[UINT, enums.ConfigKeyStatus] = 0
    service_config_key: tags.SERVICE_CONFIG_KEY | None = None
    skill_group_config_key: tags.SKILL_GROUP_CONFIG_KEY | None = None
    agent_config_key: tags.AGENT_CONFIG_KEY | None = None
    device_config_key: tags.DEVICE_CONFIG_KEY | None = None
    call_type_config_key: tags.CALL_TYPE_KEY_CONFIG | None = None
    peripheral_config_key: tags.PERIPHERAL_CONFIG_KEY | None = None
    agent_desk_settings_config_key: tags.AGENT_DESK_SETTINGS_CONFIG_KEY | None = None


@message(MessageType.CONFIG_REQUEST_EVENT)
class ConfigRequestEvent(Message):
    """232: ask for kinds of configuration, now and as they change; CONFIG_BEGIN_EVENT answers."""

    DIRECTION = Direction.TO_SERVER

    config_information: UINT
    config_msg_mask: Annotated[UINT, Since(24)] = 0
    peripheral_id: Annotated[UINT, Since(11)] = 0
    customer_id: tags.CUSTOMER_ID | None = None


@message(MessageType.CONFIG_BEGIN_EVENT)
class ConfigBeginEvent(Event):
    """233: configuration follows, up to CONFIG_END_EVENT."""

    config_type: Annotated[USHORT, enums.ConfigType]
    config_information: UINT
    service_config_key: tags.SERVICE_CONFIG_KEY | None = None
    skill_group_config_key: tags.SKILL_GROUP_CONFIG_KEY | None = None
    agent_config_key: tags.AGENT_CONFIG_KEY | None = None
    device_config_key: tags.DEVICE_CONFIG_KEY | None = None
    call_type_config_key: tags.CALL_TYPE_KEY_CONFIG | None = None
    peripheral_config_key: tags.PERIPHERAL_CONFIG_KEY | None = None
    agent_desk_settings_config_key: tags.AGENT_DESK_SETTINGS_CONFIG_KEY | None = None


@message(MessageType.CONFIG_END_EVENT)
class ConfigEndEvent(Event):
    """234: the configuration is complete, or failed."""

    config_end_status: Annotated[UINT, enums.ConfigEndStatus] = 0
    text: tags.TEXT | None = None


@message(MessageType.CONFIG_SERVICE_EVENT)
class ConfigServiceEvent(Event):
    """235: applications; in UCCE, services."""

    num_records: Annotated[USHORT, Count("records")] = AUTO
    records: tuple[ServiceRecord, ...] = ()


@message(MessageType.CONFIG_SKILL_GROUP_EVENT)
class ConfigSkillGroupEvent(Event):
    """236: contact service queues; in UCCE, skill groups."""

    num_records: Annotated[USHORT, Count("records")] = AUTO
    records: tuple[SkillGroupRecord, ...] = ()


@message(MessageType.CONFIG_AGENT_EVENT)
class ConfigAgentEvent(Event):
    """237: agents."""

    num_records: Annotated[USHORT, Count("records")] = AUTO
    records: tuple[AgentRecord, ...] = ()


@message(MessageType.CONFIG_DEVICE_EVENT)
class ConfigDeviceEvent(Event):
    """238: devices."""

    num_records: Annotated[USHORT, Count("records")] = AUTO
    records: tuple[DeviceRecord, ...] = ()


@message(MessageType.CONFIG_TERMINAL_EVENT)
class ConfigTerminalEvent(Event):
    """276: terminals and their lines (version 18; UCCE 24)."""

    num_records: Annotated[USHORT, Count("records")] = AUTO
    records: tuple[TerminalRecord, ...] = ()


@message(MessageType.TEAM_CONFIG_CONF)
class TeamConfigConf(Confirmation):
    """244: the teams have been told (UCCX)."""

    status: Annotated[UINT, enums.TeamConfigStatus] = 0
    text: tags.TEXT | None = None


@message(MessageType.TEAM_CONFIG_REQ)
class TeamConfigReq(Request):
    """242: ask for the teams, now and as they change (UCCX)."""

    CONFIRMATION = TeamConfigConf

    config_param: Annotated[USHORT, enums.TeamConfigParam] = enums.TeamConfigParam.LIST_AND_UPDATES
    reserved: UNSPEC8 = bytes(8)

    @staticmethod
    def canonical(body: bytes, version: int) -> bytes:  # noqa: ARG004
        """Read a body without the reserved bytes: whether they are always sent is not known."""
        return body + bytes(8) if len(body) == 6 else body


@message(MessageType.TEAM_CONFIG_EVENT)
class TeamConfigEvent(Event):
    """243: a team, or a change of it (UCCX)."""

    team_id: UINT
    num_records: Annotated[USHORT, Count("members")] = AUTO
    operation: Annotated[USHORT, enums.TeamOperation]
    reserved: UNSPEC8 = bytes(8)
    team_name: tags.TEAM_NAME | None = None
    members: tuple[TeamMember, ...] = ()

    @staticmethod
    def canonical(body: bytes, version: int) -> bytes:  # noqa: ARG004
        """Read a body without the reserved bytes: TeamName, tag 204, comes where they would be."""
        absent = len(body) == 8 or body[8:9] == b"\xcc" or body[8:10] == b"\0\xcc"
        return body[:8] + bytes(8) + body[8:] if absent else body


@message(MessageType.CONFIG_CALL_TYPE_EVENT)
class ConfigCallTypeEvent(Event):
    """245: call types (UCCE)."""

    num_records: Annotated[USHORT, Count("records")] = AUTO
    records: tuple[CallTypeRecord, ...] = ()


@message(MessageType.CONFIG_MRD_EVENT)
class ConfigMrdEvent(Event):
    """254: media routing domains (UCCE, version 20)."""

    num_records: Annotated[USHORT, Count("records")] = AUTO
    records: tuple[MrdRecord, ...] = ()


@message(MessageType.CONFIG_PERIPHERAL_EVENT)
class ConfigPeripheralEvent(Event):
    """260: peripherals (UCCE, version 22)."""

    num_records: Annotated[USHORT, Count("records")] = AUTO
    records: tuple[PeripheralRecord, ...] = ()


@message(MessageType.CONFIG_AGENT_DESK_SETTINGS_EVENT)
class ConfigAgentDeskSettingsEvent(Event):
    """261: agent desk settings (UCCE, version 22)."""

    num_records: Annotated[USHORT, Count("records")] = AUTO
    records: tuple[AgentDeskSettingsRecord, ...] = ()


@message(MessageType.CONFIG_AGENT_SERVICE_EVENT)
class ConfigAgentServiceEvent(Event):
    """282: the services enabled for agents (UCCE, version 24)."""

    num_records: Annotated[USHORT, Count("records")] = AUTO
    records: tuple[AgentServiceRecord, ...] = ()


@message(MessageType.SET_AGENT_SERVICE_DATA_CONF)
class SetAgentServiceDataConf(Confirmation):
    """284: the service data is taken."""

    status: STATUS = 0


@message(MessageType.SET_AGENT_SERVICE_DATA_REQ)
class SetAgentServiceDataReq(Request):
    """283: tell what an agent's services did (UCCE, version 24)."""

    CONFIRMATION = SetAgentServiceDataConf

    router_call_key_day: UINT = 0
    router_call_key: UINT = 0
    router_call_key_sequence_number: UINT = 0
    agent_skill_target_id: UINT = 0
    num_of_enabled_services: Annotated[
        tags.NUM_OF_ENABLED_SERVICES | None, Count("enabled_services", optional=True)
    ] = AUTO
    enabled_services: tuple[tags.FLT_ENABLED_SERVICES, ...] = ()
    num_positive_answers_suggestions: tags.NUM_POSITIVE_ANSWERS_SUGGESTIONS | None = None
    num_negative_answers_suggestions: tags.NUM_NEGATIVE_ANSWERS_SUGGESTIONS | None = None
