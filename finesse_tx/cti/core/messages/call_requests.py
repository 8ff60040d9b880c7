"""Call control requests and their confirmations.

Spec: ``cti.md`` §9.8, complete.
"""

from typing import Annotated

from finesse_tx.cti.core import enums, tags
from finesse_tx.cti.core.enums import NONE, NULL, MessageType
from finesse_tx.cti.core.message import Confirmation, Request, message
from finesse_tx.cti.core.messages.groups import (
    CallDevice,
    ConnectedParty,
    CTIClient,
    DeviceCall,
    Line,
)
from finesse_tx.cti.core.wire import (
    AUTO,
    BOOL,
    BUSINESS,
    CALL_TYPE,
    CONNECTION_ID_TYPE,
    DEVICE_TYPE,
    DISPOSITION,
    INT,
    LINE_TYPE,
    PERIPHERAL_TYPE,
    STATIC,
    UINT,
    USHORT,
    Before,
    Count,
    Dialect,
    Since,
)

__all__ = [
    "AlternateCallConf",
    "AlternateCallReq",
    "AnswerCallConf",
    "AnswerCallReq",
    "ClearCallConf",
    "ClearCallReq",
    "ClearConnectionConf",
    "ClearConnectionReq",
    "ConferenceCallConf",
    "ConferenceCallReq",
    "ConsultationCallConf",
    "ConsultationCallReq",
    "DeflectCallConf",
    "DeflectCallReq",
    "HoldCallConf",
    "HoldCallReq",
    "MakeCallConf",
    "MakeCallReq",
    "MakePredictiveCallConf",
    "MakePredictiveCallReq",
    "QueryDeviceInfoConf",
    "QueryDeviceInfoReq",
    "ReconnectCallConf",
    "ReconnectCallReq",
    "RetrieveCallConf",
    "RetrieveCallReq",
    "SendDtmfSignalConf",
    "SendDtmfSignalReq",
    "SnapshotCallConf",
    "SnapshotCallReq",
    "SnapshotDeviceConf",
    "SnapshotDeviceReq",
    "TransferCallConf",
    "TransferCallReq",
]


@message(MessageType.ALTERNATE_CALL_CONF)
class AlternateCallConf(Confirmation):
    """41: the other call is the active one."""


@message(MessageType.ALTERNATE_CALL_REQ)
class AlternateCallReq(Request):
    """40: hold the active call and go to the other."""

    CONFIRMATION = AlternateCallConf

    peripheral_id: UINT = 1
    active_connection_call_id: UINT
    other_connection_call_id: UINT
    active_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    other_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    active_connection_device_id: tags.ACTIVE_CONN_DEVID | None = None
    other_connection_device_id: tags.OTHER_CONN_DEVID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.ANSWER_CALL_CONF)
class AnswerCallConf(Confirmation):
    """43: the call is being answered."""


@message(MessageType.ANSWER_CALL_REQ)
class AnswerCallReq(Request):
    """42: answer an alerting call."""

    CONFIRMATION = AnswerCallConf

    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_device_id: tags.CONNECTION_DEVID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.CLEAR_CALL_CONF)
class ClearCallConf(Confirmation):
    """45: the call is being ended."""


@message(MessageType.CLEAR_CALL_REQ)
class ClearCallReq(Request):
    """44: end a call for all its parties."""

    CONFIRMATION = ClearCallConf

    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_device_id: tags.CONNECTION_DEVID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.CLEAR_CONNECTION_CONF)
class ClearConnectionConf(Confirmation):
    """47: the party is leaving the call."""


@message(MessageType.CLEAR_CONNECTION_REQ)
class ClearConnectionReq(Request):
    """46: leave a call."""

    CONFIRMATION = ClearConnectionConf

    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_device_id: tags.CONNECTION_DEVID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    requesting_device_id: tags.REQUESTING_DEVICE_ID | None = None
    requesting_device_id_type: tags.REQUESTING_DEVICE_ID_TYPE | None = None


@message(MessageType.CONFERENCE_CALL_CONF)
class ConferenceCallConf(Confirmation):
    """49: joined: the new call and its parties."""

    new_connection_call_id: UINT
    new_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    num_parties: Annotated[USHORT, Count("connected_parties")] = AUTO
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    new_connection_device_id: tags.NEW_CONNECTION_DEVID | None = None
    connected_parties: tuple[ConnectedParty, ...] = ()


@message(MessageType.CONFERENCE_CALL_REQ)
class ConferenceCallReq(Request):
    """48: join a held and an active call into a conference; or, with DialedNumber, a third party at once."""

    CONFIRMATION = ConferenceCallConf

    peripheral_id: UINT = 1
    held_connection_call_id: UINT
    active_connection_call_id: UINT
    held_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    active_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    call_placement_type: Annotated[USHORT, enums.CallPlacementType] = 0
    call_manner_type: Annotated[USHORT, enums.CallMannerType] = 0
    alert_rings: USHORT = 0
    call_option: Annotated[USHORT, enums.CallOption] = 0
    facility_type: Annotated[USHORT, enums.FacilityType] = 0
    answering_machine: Annotated[USHORT, enums.AnsweringMachine] = 0
    priority: BOOL = False
    post_route: BOOL = False
    num_named_variables: Annotated[USHORT, Count("named_variables")] = AUTO
    num_named_arrays: Annotated[USHORT, Count("named_arrays")] = AUTO
    active_connection_device_id: tags.ACTIVE_CONN_DEVID | None = None
    held_connection_device_id: tags.HELD_CONN_DEVID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    dialed_number: tags.DIALED_NUMBER | None = None
    user_to_user_info: tags.UUI | None = None
    call_variables: tags.CALL_VARIABLES = ()
    call_wrapup_data: tags.CALL_WRAPUP_DATA | None = None
    named_variables: tuple[tags.NAMED_VARIABLE, ...] = ()
    named_arrays: tuple[tags.NAMED_ARRAY, ...] = ()
    facility_code: tags.FACILITY_CODE | None = None
    authorization_code: tags.AUTHORIZATION_CODE | None = None
    account_code: tags.ACCOUNT_CODE | None = None


@message(MessageType.CONSULTATION_CALL_CONF)
class ConsultationCallConf(Confirmation):
    """51: calling: the consultation call."""

    new_connection_call_id: UINT
    new_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    new_connection_device_id: tags.NEW_CONNECTION_DEVID | None = None


@message(MessageType.CONSULTATION_CALL_REQ)
class ConsultationCallReq(Request):
    """50: hold the active call and call someone about it."""

    CONFIRMATION = ConsultationCallConf

    peripheral_id: UINT = 1
    active_connection_call_id: UINT
    active_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    call_placement_type: Annotated[USHORT, enums.CallPlacementType] = 0
    call_manner_type: Annotated[USHORT, enums.CallMannerType] = 0
    consult_type: Annotated[USHORT, enums.ConsultType] = 0
    alert_rings: USHORT = 0
    call_option: Annotated[USHORT, enums.CallOption] = 0
    facility_type: Annotated[USHORT, enums.FacilityType] = 0
    answering_machine: Annotated[USHORT, enums.AnsweringMachine] = 0
    priority: BOOL = False
    post_route: BOOL = False
    num_named_variables: Annotated[USHORT, Count("named_variables")] = AUTO
    num_named_arrays: Annotated[USHORT, Count("named_arrays")] = AUTO
    active_connection_device_id: tags.ACTIVE_CONN_DEVID | None = None
    dialed_number: tags.DIALED_NUMBER | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    user_to_user_info: tags.UUI | None = None
    call_variables: tags.CALL_VARIABLES = ()
    call_wrapup_data: tags.CALL_WRAPUP_DATA | None = None
    named_variables: tuple[tags.NAMED_VARIABLE, ...] = ()
    named_arrays: tuple[tags.NAMED_ARRAY, ...] = ()
    facility_code: tags.FACILITY_CODE | None = None
    authorization_code: tags.AUTHORIZATION_CODE | None = None
    account_code: tags.ACCOUNT_CODE | None = None


@message(MessageType.DEFLECT_CALL_CONF)
class DeflectCallConf(Confirmation):
    """53: the call is sent on."""


@message(MessageType.DEFLECT_CALL_REQ)
class DeflectCallReq(Request):
    """52: send an alerting call to another device (UCCE)."""

    CONFIRMATION = DeflectCallConf

    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    called_device_type: DEVICE_TYPE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    called_device_id: tags.CALLED_DEVID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.HOLD_CALL_CONF)
class HoldCallConf(Confirmation):
    """55: the call is being held."""


@message(MessageType.HOLD_CALL_REQ)
class HoldCallReq(Request):
    """54: hold a call."""

    CONFIRMATION = HoldCallConf

    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    reservation: BOOL = False
    connection_device_id: tags.CONNECTION_DEVID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.MAKE_CALL_CONF)
class MakeCallConf(Confirmation):
    """57: made: the new call."""

    new_connection_call_id: UINT
    new_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    new_connection_device_id: tags.NEW_CONNECTION_DEVID | None = None


@message(MessageType.MAKE_CALL_REQ)
class MakeCallReq(Request):
    """56: make a call."""

    CONFIRMATION = MakeCallConf

    peripheral_id: UINT = 1
    call_placement_type: Annotated[USHORT, enums.CallPlacementType] = 0
    call_manner_type: Annotated[USHORT, enums.CallMannerType] = 0
    alert_rings: USHORT = 0
    call_option: Annotated[USHORT, enums.CallOption] = 0
    facility_type: Annotated[USHORT, enums.FacilityType] = 0
    answering_machine: Annotated[USHORT, enums.AnsweringMachine] = 0
    priority: BOOL = False
    post_route: BOOL = False
    num_named_variables: Annotated[USHORT, Count("named_variables")] = AUTO
    num_named_arrays: Annotated[USHORT, Count("named_arrays")] = AUTO
    skill_group_number: Annotated[UINT, Since(14)] = NULL
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    dialed_number: tags.DIALED_NUMBER | None = None
    user_to_user_info: tags.UUI | None = None
    call_variables: tags.CALL_VARIABLES = ()
    call_wrapup_data: tags.CALL_WRAPUP_DATA | None = None
    named_variables: tuple[tags.NAMED_VARIABLE, ...] = ()
    named_arrays: tuple[tags.NAMED_ARRAY, ...] = ()
    facility_code: tags.FACILITY_CODE | None = None
    authorization_code: tags.AUTHORIZATION_CODE | None = None
    account_code: tags.ACCOUNT_CODE | None = None
    cct: tags.CALL_CONTROL_TABLE | None = None


@message(MessageType.MAKE_PREDICTIVE_CALL_CONF)
class MakePredictiveCallConf(Confirmation):
    """59: made: the new call."""

    new_connection_call_id: UINT
    new_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    new_connection_device_id: tags.NEW_CONNECTION_DEVID | None = None


@message(MessageType.MAKE_PREDICTIVE_CALL_REQ)
class MakePredictiveCallReq(Request):
    """58: make a call and give it to an agent once answered (UCCE)."""

    CONFIRMATION = MakePredictiveCallConf

    peripheral_id: UINT = 1
    call_placement_type: Annotated[USHORT, enums.CallPlacementType] = 0
    call_manner_type: Annotated[USHORT, enums.CallMannerType] = 0
    alert_rings: USHORT = 0
    call_option: Annotated[USHORT, enums.CallOption] = 0
    facility_type: Annotated[USHORT, enums.FacilityType] = 0
    answering_machine: Annotated[USHORT, enums.AnsweringMachine] = 0
    priority: BOOL = False
    allocation_state: Annotated[USHORT, enums.AllocationState] = 0
    destination_country: Annotated[USHORT, enums.DestinationCountry] = 0
    answer_detect_mode: Annotated[USHORT, enums.AnswerDetectMode] = 0
    answer_detect_time: USHORT = 0
    answer_detect_control1: UINT = 0
    answer_detect_control2: UINT = 0
    num_named_variables: Annotated[USHORT, Count("named_variables")] = AUTO
    num_named_arrays: Annotated[USHORT, Count("named_arrays")] = AUTO
    originating_device_id: tags.ORIGINATING_DEVID | None = None
    dialed_number: tags.DIALED_NUMBER | None = None
    user_to_user_info: tags.UUI | None = None
    call_variables: tags.CALL_VARIABLES = ()
    call_wrapup_data: tags.CALL_WRAPUP_DATA | None = None
    named_variables: tuple[tags.NAMED_VARIABLE, ...] = ()
    named_arrays: tuple[tags.NAMED_ARRAY, ...] = ()
    facility_code: tags.FACILITY_CODE | None = None
    authorization_code: tags.AUTHORIZATION_CODE | None = None
    account_code: tags.ACCOUNT_CODE | None = None
    originating_line_id: tags.ORIGINATING_LINE_ID | None = None
    cct: tags.CALL_CONTROL_TABLE | None = None


@message(MessageType.RECONNECT_CALL_CONF)
class ReconnectCallConf(Confirmation):
    """61: the held call is the active one."""


@message(MessageType.RECONNECT_CALL_REQ)
class ReconnectCallReq(Request):
    """60: leave the active call and go back to the held one."""

    CONFIRMATION = ReconnectCallConf

    peripheral_id: UINT = 1
    active_connection_call_id: UINT
    held_connection_call_id: UINT
    active_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    held_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    active_connection_device_id: tags.ACTIVE_CONN_DEVID | None = None
    held_connection_device_id: tags.HELD_CONN_DEVID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.RETRIEVE_CALL_CONF)
class RetrieveCallConf(Confirmation):
    """63: the call is being retrieved."""


@message(MessageType.RETRIEVE_CALL_REQ)
class RetrieveCallReq(Request):
    """62: go back to a held call."""

    CONFIRMATION = RetrieveCallConf

    peripheral_id: UINT = 1
    held_connection_call_id: UINT
    held_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    held_connection_device_id: tags.HELD_CONN_DEVID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.TRANSFER_CALL_CONF)
class TransferCallConf(Confirmation):
    """65: transferred: the new call and its parties."""

    new_connection_call_id: UINT
    new_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    num_parties: Annotated[USHORT, Count("connected_parties")] = AUTO
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    new_connection_device_id: tags.NEW_CONNECTION_DEVID | None = None
    connected_parties: tuple[ConnectedParty, ...] = ()


@message(MessageType.TRANSFER_CALL_REQ)
class TransferCallReq(Request):
    """64: join the other parties of a held and an active call, and leave; or, with DialedNumber, send the active call there."""

    CONFIRMATION = TransferCallConf

    peripheral_id: UINT = 1
    active_connection_call_id: UINT
    held_connection_call_id: UINT
    active_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    held_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    call_placement_type: Annotated[USHORT, enums.CallPlacementType] = 0
    call_manner_type: Annotated[USHORT, enums.CallMannerType] = 0
    alert_rings: USHORT = 0
    call_option: Annotated[USHORT, enums.CallOption] = 0
    facility_type: Annotated[USHORT, enums.FacilityType] = 0
    answering_machine: Annotated[USHORT, enums.AnsweringMachine] = 0
    priority: BOOL = False
    post_route: BOOL = False
    num_named_variables: Annotated[USHORT, Count("named_variables")] = AUTO
    num_named_arrays: Annotated[USHORT, Count("named_arrays")] = AUTO
    active_connection_device_id: tags.ACTIVE_CONN_DEVID | None = None
    held_connection_device_id: tags.HELD_CONN_DEVID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    dialed_number: tags.DIALED_NUMBER | None = None
    user_to_user_info: tags.UUI | None = None
    call_variables: tags.CALL_VARIABLES = ()
    call_wrapup_data: tags.CALL_WRAPUP_DATA | None = None
    named_variables: tuple[tags.NAMED_VARIABLE, ...] = ()
    named_arrays: tuple[tags.NAMED_ARRAY, ...] = ()
    facility_code: tags.FACILITY_CODE | None = None
    authorization_code: tags.AUTHORIZATION_CODE | None = None
    account_code: tags.ACCOUNT_CODE | None = None


@message(MessageType.QUERY_DEVICE_INFO_CONF)
class QueryDeviceInfoConf(Confirmation):
    """79: what the device can do."""

    peripheral_type: PERIPHERAL_TYPE = NONE
    type_of_device: Annotated[USHORT, enums.TypeOfDevice] = NONE
    class_of_device: Annotated[USHORT, enums.ClassOfDevice] = NONE
    num_lines: USHORT = 0
    reserved: USHORT = 0
    max_active_calls: USHORT
    max_held_calls: USHORT
    max_devices_in_conference: USHORT
    make_call_setup: Annotated[UINT, enums.AgentStateMask]
    transfer_conference_setup: Annotated[UINT, enums.TransferConferenceSetup] = 0
    call_events_supported: Annotated[UINT, enums.CallMsgMask] = 0
    call_control_supported: Annotated[UINT, enums.CallControlMask] = 0
    other_features_supported: Annotated[UINT, enums.OtherFeatures] = 0
    lines: tuple[Line, ...] = ()


@message(MessageType.QUERY_DEVICE_INFO_REQ)
class QueryDeviceInfoReq(Request):
    """78: ask what a device can do."""

    CONFIRMATION = QueryDeviceInfoConf

    peripheral_id: UINT = 1
    reserved: USHORT = 0
    agent_instrument: tags.AGENT_INSTRUMENT | None = None

    @staticmethod
    def canonical(body: bytes, version: int) -> bytes:  # noqa: ARG004
        """Read a Reserved of four bytes, which one client sends: there is no tag 0 that could follow two."""
        return body[:10] + body[12:] if body[10:12] == b"\0\0" else body


@message(MessageType.SNAPSHOT_CALL_CONF)
class SnapshotCallConf(Confirmation):
    """83: a call's parties and data."""

    call_type: CALL_TYPE = 0
    num_cti_clients: Annotated[USHORT, Count("cti_clients")] = AUTO
    num_call_devices: Annotated[USHORT, Count("call_devices")] = AUTO
    num_named_variables: Annotated[USHORT, Count("named_variables")] = AUTO
    num_named_arrays: Annotated[USHORT, Count("named_arrays")] = AUTO
    called_party_disposition: DISPOSITION = 0
    reserved: Annotated[INT, Since(11, Dialect.UCCX)] = 0
    ani: tags.ANI | None = None
    user_to_user_info: tags.UUI | None = None
    dnis: tags.DNIS | None = None
    dialed_number: tags.DIALED_NUMBER | None = None
    caller_entered_digits: tags.CED | None = None
    router_call_key_day: tags.ROUTER_CALL_KEY_DAY | None = None
    router_call_key_call_id: tags.ROUTER_CALL_KEY_CALLID | None = None
    call_variables: tags.CALL_VARIABLES = ()
    call_wrapup_data: tags.CALL_WRAPUP_DATA | None = None
    named_variables: tuple[tags.NAMED_VARIABLE, ...] = ()
    named_arrays: tuple[tags.NAMED_ARRAY, ...] = ()
    cti_clients: tuple[CTIClient, ...] = ()
    call_devices: tuple[CallDevice, ...] = ()
    call_reference_id: tags.CALL_REFERENCE_ID | None = None
    coc_connection_call_id: tags.COC_CONNECTION_CALL_ID | None = None
    coc_call_connection_device_id_type: tags.COC_CONNECTION_DEVICE_ID_TYPE | None = None
    coc_call_connection_device_id: tags.COC_CONNECTION_DEVICE_ID | None = None
    protocol_reference_guid: tags.PROTOCOL_REFERENCE_GUID | None = None
    ccai_config_id: tags.CCAI_CONFIG_ID | None = None
    num_of_enabled_services: Annotated[
        tags.NUM_OF_ENABLED_SERVICES | None, Count("enabled_services", optional=True)
    ] = AUTO
    enabled_services: tuple[tags.FLT_ENABLED_SERVICES, ...] = ()


@message(MessageType.SNAPSHOT_CALL_REQ)
class SnapshotCallReq(Request):
    """82: ask for a call's parties and data."""

    CONFIRMATION = SnapshotCallConf

    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: Annotated[CONNECTION_ID_TYPE, Since(10)] = STATIC
    connection_device_id: tags.CONNECTION_DEVID | None = None


@message(MessageType.SNAPSHOT_DEVICE_CONF)
class SnapshotDeviceConf(Confirmation):
    """85: a device's calls."""

    num_calls: Annotated[USHORT, Count("calls")] = AUTO
    calls: tuple[DeviceCall, ...] = ()


@message(MessageType.SNAPSHOT_DEVICE_REQ)
class SnapshotDeviceReq(Request):
    """84: ask for a device's calls."""

    CONFIRMATION = SnapshotDeviceConf

    peripheral_id: UINT = 1
    snapshot_device_type: DEVICE_TYPE = 0
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.SEND_DTMF_SIGNAL_CONF)
class SendDtmfSignalConf(Confirmation):
    """92: the tones are sent."""


@message(MessageType.SEND_DTMF_SIGNAL_REQ)
class SendDtmfSignalReq(Request):
    """91: send digits as tones."""

    CONFIRMATION = SendDtmfSignalConf

    peripheral_id: UINT = 1
    connection_call_id: UINT
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    tone_duration: USHORT = 0
    pause_duration: Annotated[UINT, Before(10, USHORT)] = 0
    connection_device_id: tags.CONNECTION_DEVID | None = None
    dtmf_string: tags.DTMF_STRING | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
