"""What UCCX's book calls the fields of fixed parts, where the tables have UCCE's names.

The layout is one, the vocabulary is two (``cti.md`` §0.2): *ServiceNumber* is ApplicationID, *SkillGroupNumber* CSQID, and
many fields are reserved. Where a field is reserved, its UCCE name stands in brackets, so that it can still be told.

Spec: ``cti.md`` §9, the column "UCCX" of each table; ``lineType`` and ``ConfigurationMask`` are the book's spelling.
"""

from __future__ import annotations

from typing import Final

from finesse_tx.cti.core.enums import MessageType

__all__ = ["uccx_name"]

_RENAMED: Final = {
    "ActiveConnectionCallID": "ActiveCallID",
    "AgentConnectionCallID": "AgentCallID",
    "AgentServiceReq": "AgentCapacity",
    "ConfigInformation": "ConfigurationMask",
    "ConnectionCallID": "CallID",
    "ConnectionDeviceIDType": "ConnectionDeviceType",
    "HeldConnectionCallID": "HeldCallID",
    "ICMCentralControllerTime": "CCXTime",
    "LineType": "lineType",
    "NewConnectionCallID": "NewCallID",
    "NumFltSkillGroups": "NumCSQs",
    "NumSkillGroups": "NumCSQs",
    "OtherConnectionCallID": "OtherCallID",
    "PGStatus": "CCXStatus",
    "PrimaryDeviceIDType": "PrimaryDeviceType",
    "SecondaryDeviceIDType": "SecondaryDeviceType",
    "ServiceNumber": "ApplicationID",
    "SkillGroupNumber": "CSQID",
    "SkillGroupState": "CSQState",
    "SupervisorConnectionCallID": "SupervisorCallID",
}
"""The same thing under another name."""

_RESERVED: Final = frozenset(
    {
        "AgentAvailabilityStatus",
        "AgentMode",
        "AgentWorkMode",
        "AlertRings",
        "AnsweringMachine",
        "CallControlSupported",
        "CallEventsSupported",
        "CallMannerType",
        "CallOption",
        "CallPlacementType",
        "ClassOfDevice",
        "FacilityType",
        "ICMAgentID",
        "LineHandle",
        "MRDID",
        "MaxTaskLimit",
        "MonitorID",
        "NumLines",
        "NumTasks",
        "OtherFeaturesSupported",
        "PeripheralID",
        "PeripheralType",
        "PostRoute",
        "Priority",
        "Reservation",
        "ServiceID",
        "SessionID",
        "SkillGroupID",
        "SkillGroupPriority",
        "TransferConferenceSetup",
        "TypeOfDevice",
    }
)
"""Reserved wherever UCCX has them."""

_RESERVED_HERE: Final = frozenset(
    {
        (MessageType.CALL_CLEARED_EVENT, "ConnectionDeviceIDType"),
        (MessageType.CALL_QUEUED_EVENT, "NumQueued"),
        (MessageType.MAKE_CALL_REQ, "SkillGroupNumber"),
        (MessageType.SET_AGENT_STATE_REQ, "NumSkillGroups"),
        (MessageType.SNAPSHOT_CALL_CONF, "CallType"),
        (MessageType.SNAPSHOT_CALL_CONF, "NumCTIClients"),
    }
)
"""Reserved in one message, and something elsewhere."""

_ALIKE: Final = frozenset(
    {MessageType.OPEN_REQ, MessageType.OPEN_CONF, MessageType.SET_CALL_DATA_REQ}
)
"""Messages whose fields have one name in both dialects' samples."""

_NAMELESS: Final = frozenset(
    {
        (MessageType.CONFIG_REQUEST_EVENT, "PeripheralID"),
        (MessageType.CONFIG_REQUEST_KEY_EVENT, "PeripheralID"),
        (MessageType.TEAM_CONFIG_EVENT, "Reserved"),
        (MessageType.TEAM_CONFIG_REQ, "Reserved"),
    }
)
"""The one reserved field of its message: it needs no name."""


def uccx_name(message_type: MessageType, name: str) -> str:
    """What UCCX calls a field of a fixed part.

    Args:
        message_type: The message.
        name: What UCCE calls it, as the tables do.
    """
    if message_type in _ALIKE:
        return name
    if (message_type, name) in _NAMELESS:
        return "reserved"
    if name in _RESERVED or (message_type, name) in _RESERVED_HERE:
        return f"reserved ({name})"
    return _RENAMED.get(name, name)
