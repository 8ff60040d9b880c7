"""Recording, by a recording server or in the network (UCCE).

Spec: ``cti.md`` §9.11 (147 to 150, 267 to 274); the definitions there are headed one number higher, complete.
"""

from typing import Annotated

from finesse_tx.cti.core import enums, tags
from finesse_tx.cti.core.enums import NONE, MessageType
from finesse_tx.cti.core.message import Confirmation, Direction, Event, Request, message
from finesse_tx.cti.core.wire import CONNECTION_ID_TYPE, DEVICE_TYPE, STATIC, UINT, USHORT, Since

__all__ = [
    "NetworkRecordingEndedEvent",
    "NetworkRecordingFailedEvent",
    "NetworkRecordingStartedEvent",
    "NetworkRecordingTargetInfoEvent",
    "StartNetworkRecordingConf",
    "StartNetworkRecordingReq",
    "StartRecordingConf",
    "StartRecordingReq",
    "StopNetworkRecordingConf",
    "StopNetworkRecordingReq",
    "StopRecordingConf",
    "StopRecordingReq",
]


@message(MessageType.START_RECORDING_CONF)
class StartRecordingConf(Confirmation):
    """148: the recording server records."""

    DIRECTION = Direction.BOTH

    session_id: UINT
    server_data: UINT = 0
    client_id: tags.CLIENT_ID | None = None
    client_address: tags.CLIENT_ADDRESS | None = None
    client_address_ipv6: Annotated[tags.CLIENT_ADDRESS_IPV6 | None, Since(14)] = None


@message(MessageType.START_RECORDING_REQ)
class StartRecordingReq(Request):
    """147: record a call; the server relays it to a recording server."""

    DIRECTION = Direction.BOTH
    CONFIRMATION = StartRecordingConf

    peripheral_id: UINT = 1
    connection_call_id: UINT
    client_port: UINT = 0
    bit_rate: UINT = 0
    packet_size: UINT = 0
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    direction: Annotated[USHORT, enums.RTPDirection]
    rtp_type: Annotated[USHORT, enums.RTPType] = 0
    echo_cancellation: USHORT = 0
    payload_type: USHORT = 0
    connection_device_id: tags.CONNECTION_DEVID | None = None
    client_id: tags.CLIENT_ID | None = None
    client_address: tags.CLIENT_ADDRESS | None = None
    client_address_ipv6: Annotated[tags.CLIENT_ADDRESS_IPV6 | None, Since(14)] = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.STOP_RECORDING_CONF)
class StopRecordingConf(Confirmation):
    """150: the recording server has stopped."""

    DIRECTION = Direction.BOTH

    client_id: tags.CLIENT_ID | None = None
    client_address: tags.CLIENT_ADDRESS | None = None
    client_address_ipv6: Annotated[tags.CLIENT_ADDRESS_IPV6 | None, Since(14)] = None


@message(MessageType.STOP_RECORDING_REQ)
class StopRecordingReq(Request):
    """149: stop recording; the server relays it."""

    DIRECTION = Direction.BOTH
    CONFIRMATION = StopRecordingConf

    peripheral_id: UINT = 1
    connection_call_id: UINT
    client_port: UINT = 0
    session_id: UINT
    server_data: UINT = 0
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    direction: Annotated[USHORT, enums.RTPDirection]
    connection_device_id: tags.CONNECTION_DEVID | None = None
    client_id: tags.CLIENT_ID | None = None
    client_address: tags.CLIENT_ADDRESS | None = None
    client_address_ipv6: Annotated[tags.CLIENT_ADDRESS_IPV6 | None, Since(14)] = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.START_NETWORK_RECORDING_CONF)
class StartNetworkRecordingConf(Confirmation):
    """268: recording is asked for; an event tells more."""


@message(MessageType.START_NETWORK_RECORDING_REQ)
class StartNetworkRecordingReq(Request):
    """267: record a call in the network (version 23)."""

    CONFIRMATION = StartNetworkRecordingConf

    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    play_tone_direction: tags.PLAY_TONE_DIRECTION | None = None
    invocation_type: tags.INVOCATION_TYPE | None = None
    connection_device_id: tags.CONNECTION_DEVID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.STOP_NETWORK_RECORDING_CONF)
class StopNetworkRecordingConf(Confirmation):
    """270: the stop is asked for; an event tells more."""


@message(MessageType.STOP_NETWORK_RECORDING_REQ)
class StopNetworkRecordingReq(Request):
    """269: stop recording in the network (version 23)."""

    CONFIRMATION = StopNetworkRecordingConf

    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    invocation_type: tags.INVOCATION_TYPE | None = None
    connection_device_id: tags.CONNECTION_DEVID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.NETWORK_RECORDING_STARTED_EVENT)
class NetworkRecordingStartedEvent(Event):
    """271: network recording began."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    recording_device_type: DEVICE_TYPE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    recording_device_id: tags.RECORDING_DEVICE_ID | None = None


@message(MessageType.NETWORK_RECORDING_ENDED_EVENT)
class NetworkRecordingEndedEvent(Event):
    """272: network recording ended."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    recording_device_type: DEVICE_TYPE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    recording_device_id: tags.RECORDING_DEVICE_ID | None = None


@message(MessageType.NETWORK_RECORDING_FAILED_EVENT)
class NetworkRecordingFailedEvent(Event):
    """273: network recording failed."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    recording_device_type: DEVICE_TYPE = NONE
    record_failure_cause: USHORT = 0
    connection_device_id: tags.CONNECTION_DEVID | None = None
    recording_device_id: tags.RECORDING_DEVICE_ID | None = None


@message(MessageType.NETWORK_RECORDING_TARGET_INFO_EVENT)
class NetworkRecordingTargetInfoEvent(Event):
    """274: where network recording goes."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    recording_device_type: DEVICE_TYPE = NONE
    recording_type: USHORT = 0
    media_forking_device_type: DEVICE_TYPE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    recording_device_id: tags.RECORDING_DEVICE_ID | None = None
    recorder_address: tags.RECORDER_ADDRESS | None = None
    terminal_name: tags.TERMINAL_NAME | None = None
    media_forking_device_name: tags.MEDIA_FORKING_DEVICE_NAME | None = None
    protocol_reference_guid: tags.PROTOCOL_REFERENCE_GUID | None = None
    media_forking_cluster_id: tags.MEDIA_FORKING_CLUSTER_ID | None = None
    recorder_uri: tags.RECORDER_URI | None = None
    recorder_error_msg: tags.RECORDER_ERROR_MSG | None = None
    recorder_type: tags.RECORDER_TYPE | None = None
    recorder_status: tags.RECORDER_STATUS | None = None
