"""Call events: what happens to calls.

Spec: ``cti.md`` §9.4, complete.
"""

from typing import Annotated

from finesse_tx.cti.core import enums, tags
from finesse_tx.cti.core.enums import NONE, NULL, MessageType
from finesse_tx.cti.core.message import Event, message
from finesse_tx.cti.core.messages.groups import ConnectedParty, CTIClient, SkillGroup
from finesse_tx.cti.core.wire import (
    AUTO,
    BUSINESS,
    CALL_TYPE,
    CONNECTION_ID_TYPE,
    CONNECTION_STATE,
    CRS,
    DEVICE_TYPE,
    DISPOSITION,
    EVENT_CAUSE,
    LINE_TYPE,
    PERIPHERAL_TYPE,
    STATIC,
    UINT,
    USHORT,
    After,
    Count,
    Dialect,
)

__all__ = [
    "BeginCallEvent",
    "CallAgentGreetingEvent",
    "CallAttributeChangeEvent",
    "CallClearedEvent",
    "CallConferencedEvent",
    "CallConnectionClearedEvent",
    "CallDataUpdateEvent",
    "CallDeliveredEvent",
    "CallDequeuedEvent",
    "CallDivertedEvent",
    "CallEstablishedEvent",
    "CallFailedEvent",
    "CallHeldEvent",
    "CallOriginatedEvent",
    "CallQueuedEvent",
    "CallReachedNetworkEvent",
    "CallRetrievedEvent",
    "CallServiceInitiatedEvent",
    "CallTransferredEvent",
    "CallTranslationRouteEvent",
    "EndCallEvent",
]


@message(MessageType.BEGIN_CALL_EVENT)
class BeginCallEvent(Event):
    """23: a call concerns the client from now on: its type and data."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    num_cti_clients: Annotated[USHORT, Count("cti_clients")] = AUTO
    num_named_variables: Annotated[USHORT, Count("named_variables")] = AUTO
    num_named_arrays: Annotated[USHORT, Count("named_arrays")] = AUTO
    call_type: CALL_TYPE
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    called_party_disposition: DISPOSITION = 0
    connection_device_id: tags.CONNECTION_DEVID | None = None
    ani: tags.ANI | None = None
    user_to_user_info: tags.UUI | None = None
    dnis: tags.DNIS | None = None
    dialed_number: tags.DIALED_NUMBER | None = None
    caller_entered_digits: tags.CED | None = None
    router_call_key_day: tags.ROUTER_CALL_KEY_DAY | None = None
    router_call_key_call_id: tags.ROUTER_CALL_KEY_CALLID | None = None
    router_call_key_sequence_number: tags.ROUTER_CALL_KEY_SEQUENCE_NUM | None = None
    call_variables: tags.CALL_VARIABLES = ()
    call_wrapup_data: tags.CALL_WRAPUP_DATA | None = None
    named_variables: tuple[tags.NAMED_VARIABLE, ...] = ()
    named_arrays: tuple[tags.NAMED_ARRAY, ...] = ()
    cti_clients: tuple[CTIClient, ...] = ()
    call_reference_id: tags.CALL_REFERENCE_ID | None = None


@message(MessageType.END_CALL_EVENT)
class EndCallEvent(Event):
    """24: a call no longer concerns the client."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    connection_device_id: tags.CONNECTION_DEVID | None = None


@message(MessageType.CALL_DATA_UPDATE_EVENT)
class CallDataUpdateEvent(Event):
    """25: a call's data or ids changed."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    num_cti_clients: Annotated[USHORT, Count("cti_clients")] = AUTO
    num_named_variables: Annotated[USHORT, Count("named_variables")] = AUTO
    num_named_arrays: Annotated[USHORT, Count("named_arrays")] = AUTO
    call_type: CALL_TYPE
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    new_connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    new_connection_call_id: UINT
    called_party_disposition: DISPOSITION = 0
    campaign_id: UINT = 0
    query_rule_id: UINT = 0
    connection_device_id: tags.CONNECTION_DEVID | None = None
    new_connection_device_id: tags.NEW_CONNECTION_DEVID | None = None
    ani: tags.ANI | None = None
    user_to_user_info: tags.UUI | None = None
    dnis: tags.DNIS | None = None
    dialed_number: tags.DIALED_NUMBER | None = None
    caller_entered_digits: tags.CED | None = None
    router_call_key_day: tags.ROUTER_CALL_KEY_DAY | None = None
    router_call_key_call_id: tags.ROUTER_CALL_KEY_CALLID | None = None
    router_call_key_sequence_number: tags.ROUTER_CALL_KEY_SEQUENCE_NUM | None = None
    call_variables: tags.CALL_VARIABLES = ()
    call_wrapup_data: tags.CALL_WRAPUP_DATA | None = None
    named_variables: tuple[tags.NAMED_VARIABLE, ...] = ()
    named_arrays: tuple[tags.NAMED_ARRAY, ...] = ()
    customer_phone_number: tags.CUSTOMER_PHONE_NUMBER | None = None
    customer_account_number: tags.CUSTOMER_ACCOUNT_NUMBER | None = None
    cti_clients: tuple[CTIClient, ...] = ()
    call_reference_id: tags.CALL_REFERENCE_ID | None = None


@message(MessageType.CALL_DELIVERED_EVENT)
class CallDeliveredEvent(Event):
    """9: a call arrives at a device."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    service_number: UINT = NULL
    service_id: UINT = NULL
    skill_group_number: UINT = NULL
    skill_group_id: UINT = NULL
    skill_group_priority: USHORT = 0
    alerting_device_type: DEVICE_TYPE = NONE
    calling_device_type: DEVICE_TYPE = NONE
    called_device_type: DEVICE_TYPE = NONE
    last_redirect_device_type: DEVICE_TYPE = NONE
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    num_named_variables: Annotated[USHORT, Count("named_variables")] = AUTO
    num_named_arrays: Annotated[USHORT, Count("named_arrays")] = AUTO
    connection_device_id: tags.CONNECTION_DEVID | None = None
    alerting_device_id: tags.ALERTING_DEVID | None = None
    calling_device_id: tags.CALLING_DEVID | None = None
    called_device_id: tags.CALLED_DEVID | None = None
    last_redirect_device_id: tags.LAST_REDIRECT_DEVID | None = None
    trunk_number: tags.TRUNK_NUMBER | None = None
    trunk_group_number: tags.TRUNK_GROUP_NUMBER | None = None
    secondary_connection_call_id: tags.SECONDARY_CONNECTION_CALL_ID | None = None
    ani: tags.ANI | None = None
    ani_ii: tags.ANI_II | None = None
    user_to_user_info: tags.UUI | None = None
    dnis: tags.DNIS | None = None
    dialed_number: tags.DIALED_NUMBER | None = None
    caller_entered_digits: tags.CED | None = None
    call_variables: tags.CALL_VARIABLES = ()
    call_wrapup_data: tags.CALL_WRAPUP_DATA | None = None
    named_variables: tuple[tags.NAMED_VARIABLE, ...] = ()
    named_arrays: tuple[tags.NAMED_ARRAY, ...] = ()


@message(MessageType.CALL_ESTABLISHED_EVENT)
class CallEstablishedEvent(Event):
    """10: a call is answered, or connected."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    service_number: UINT = NULL
    service_id: UINT = NULL
    skill_group_number: UINT = NULL
    skill_group_id: UINT = NULL
    skill_group_priority: USHORT = 0
    answering_device_type: DEVICE_TYPE = NONE
    calling_device_type: DEVICE_TYPE = NONE
    called_device_type: DEVICE_TYPE = NONE
    last_redirect_device_type: DEVICE_TYPE = NONE
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    answering_device_id: tags.ANSWERING_DEVID | None = None
    calling_device_id: tags.CALLING_DEVID | None = None
    called_device_id: tags.CALLED_DEVID | None = None
    last_redirect_device_id: tags.LAST_REDIRECT_DEVID | None = None
    trunk_number: tags.TRUNK_NUMBER | None = None
    trunk_group_number: tags.TRUNK_GROUP_NUMBER | None = None


@message(MessageType.CALL_HELD_EVENT)
class CallHeldEvent(Event):
    """11: a call is put on hold."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    holding_device_type: DEVICE_TYPE = NONE
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    holding_device_id: tags.HOLDING_DEVID | None = None


@message(MessageType.CALL_RETRIEVED_EVENT)
class CallRetrievedEvent(Event):
    """12: a held call is retrieved."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    retrieving_device_type: DEVICE_TYPE = NONE
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    retrieving_device_id: tags.RETRIEVING_DEVID | None = None


@message(MessageType.CALL_CLEARED_EVENT)
class CallClearedEvent(Event):
    """13: a call is over for all its parties."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None


@message(MessageType.CALL_CONNECTION_CLEARED_EVENT)
class CallConnectionClearedEvent(Event):
    """14: a party leaves a call."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    releasing_device_type: DEVICE_TYPE = NONE
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    releasing_device_id: tags.RELEASING_DEVID | None = None


@message(MessageType.CALL_ORIGINATED_EVENT)
class CallOriginatedEvent(Event):
    """15: a call is on its way from a device."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    service_number: UINT = NULL
    service_id: UINT = NULL
    skill_group_number: UINT = NULL
    skill_group_id: UINT = NULL
    skill_group_priority: USHORT = 0
    calling_device_type: DEVICE_TYPE = NONE
    called_device_type: DEVICE_TYPE = NONE
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    calling_device_id: tags.CALLING_DEVID | None = None
    called_device_id: tags.CALLED_DEVID | None = None


@message(MessageType.CALL_FAILED_EVENT)
class CallFailedEvent(Event):
    """16: a call cannot be completed."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    failing_device_type: DEVICE_TYPE = NONE
    called_device_type: DEVICE_TYPE = NONE
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    failing_device_id: tags.FAILING_DEVID | None = None
    called_device_id: tags.CALLED_DEVID | None = None


@message(MessageType.CALL_CONFERENCED_EVENT)
class CallConferencedEvent(Event):
    """17: calls are joined into a conference."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    primary_device_id_type: CONNECTION_ID_TYPE = STATIC
    primary_call_id: UINT
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    skill_group_number: UINT = NULL
    skill_group_id: UINT = NULL
    skill_group_priority: USHORT = 0
    num_parties: Annotated[USHORT, Count("connected_parties")] = AUTO
    secondary_device_id_type: CONNECTION_ID_TYPE = STATIC
    secondary_call_id: UINT
    controller_device_type: DEVICE_TYPE = NONE
    added_party_device_type: DEVICE_TYPE = NONE
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    primary_device_id: tags.PRIMARY_DEVID | None = None
    secondary_device_id: tags.SECONDARY_DEVID | None = None
    controller_device_id: tags.CONTROLLER_DEVID | None = None
    added_party_device_id: tags.ADDED_PARTY_DEVID | None = None
    connected_parties: tuple[ConnectedParty, ...] = ()


@message(MessageType.CALL_TRANSFERRED_EVENT)
class CallTransferredEvent(Event):
    """18: a call is transferred."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    primary_device_id_type: CONNECTION_ID_TYPE = STATIC
    primary_call_id: UINT
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    skill_group_number: UINT = NULL
    skill_group_id: UINT = NULL
    skill_group_priority: USHORT = 0
    num_parties: Annotated[USHORT, Count("connected_parties")] = AUTO
    secondary_device_id_type: CONNECTION_ID_TYPE = STATIC
    secondary_call_id: UINT
    transferring_device_type: DEVICE_TYPE = NONE
    transferred_device_type: DEVICE_TYPE = NONE
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    primary_device_id: tags.PRIMARY_DEVID | None = None
    secondary_device_id: tags.SECONDARY_DEVID | None = None
    transferring_device_id: tags.TRANSFERRING_DEVID | None = None
    transferred_device_id: tags.TRANSFERRED_DEVID | None = None
    connected_parties: tuple[ConnectedParty, ...] = ()


@message(MessageType.CALL_DIVERTED_EVENT)
class CallDivertedEvent(Event):
    """19: a call moves on from a device."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    service_number: UINT = NULL
    service_id: UINT = NULL
    diverting_device_type: DEVICE_TYPE = NONE
    called_device_type: DEVICE_TYPE = NONE
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    diverting_device_id: tags.DIVERTING_DEVID | None = None
    called_device_id: tags.CALLED_DEVID | None = None


@message(MessageType.CALL_SERVICE_INITIATED_EVENT)
class CallServiceInitiatedEvent(Event):
    """20: a device goes off hook, or starts a call."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    service_number: UINT = NULL
    service_id: UINT = NULL
    skill_group_number: UINT = NULL
    skill_group_id: UINT = NULL
    skill_group_priority: USHORT = 0
    calling_device_type: DEVICE_TYPE = NONE
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    calling_device_id: tags.CALLING_DEVID | None = None
    call_reference_id: tags.CALL_REFERENCE_ID | None = None
    coc_connection_call_id: tags.COC_CONNECTION_CALL_ID | None = None
    coc_call_connection_device_id_type: tags.COC_CONNECTION_DEVICE_ID_TYPE | None = None
    coc_call_connection_device_id: tags.COC_CONNECTION_DEVICE_ID | None = None


@message(MessageType.CALL_QUEUED_EVENT)
class CallQueuedEvent(Event):
    """21: a call waits in queues."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    service_number: UINT = NULL
    service_id: UINT = NULL
    queue_device_type: DEVICE_TYPE = NONE
    calling_device_type: DEVICE_TYPE = NONE
    called_device_type: DEVICE_TYPE = NONE
    last_redirect_device_type: DEVICE_TYPE = NONE
    num_queued: USHORT = 0
    num_skill_groups: Annotated[USHORT, Count("skill_groups")] = AUTO
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    queue_device_id: tags.QUEUE_DEVID | None = None
    calling_device_id: tags.CALLING_DEVID | None = None
    called_device_id: tags.CALLED_DEVID | None = None
    last_redirect_device_id: tags.LAST_REDIRECT_DEVID | None = None
    skill_groups: tuple[SkillGroup, ...] = ()


@message(MessageType.CALL_DEQUEUED_EVENT)
class CallDequeuedEvent(Event):
    """86: a call no longer waits in queues."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    queue_device_type: Annotated[DEVICE_TYPE, After("service_id", Dialect.UCCX)] = NONE
    service_number: UINT = NULL
    service_id: UINT = NULL
    num_queued: USHORT = 0
    num_skill_groups: Annotated[USHORT, Count("skill_groups")] = AUTO
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    skill_groups: tuple[SkillGroup, ...] = ()


@message(MessageType.CALL_TRANSLATION_ROUTE_EVENT)
class CallTranslationRouteEvent(Event):
    """22: a routing client's call data (UCCE)."""

    num_named_variables: Annotated[USHORT, Count("named_variables")] = AUTO
    num_named_arrays: Annotated[USHORT, Count("named_arrays")] = AUTO
    ani: tags.ANI | None = None
    user_to_user_info: tags.UUI | None = None
    dnis: tags.DNIS | None = None
    dialed_number: tags.DIALED_NUMBER | None = None
    caller_entered_digits: tags.CED | None = None
    router_call_key_day: tags.ROUTER_CALL_KEY_DAY | None = None
    router_call_key_call_id: tags.ROUTER_CALL_KEY_CALLID | None = None
    router_call_key_sequence_number: tags.ROUTER_CALL_KEY_SEQUENCE_NUM | None = None
    call_variables: tags.CALL_VARIABLES = ()
    named_variables: tuple[tags.NAMED_VARIABLE, ...] = ()
    named_arrays: tuple[tags.NAMED_ARRAY, ...] = ()


@message(MessageType.CALL_REACHED_NETWORK_EVENT)
class CallReachedNetworkEvent(Event):
    """34: a call leaves on a trunk (UCCE)."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    line_handle: USHORT = NONE
    line_type: LINE_TYPE = BUSINESS
    trunk_used_device_type: DEVICE_TYPE = NONE
    called_device_type: DEVICE_TYPE = NONE
    local_connection_state: CONNECTION_STATE = NONE
    event_cause: EVENT_CAUSE = NONE
    connection_device_id: tags.CONNECTION_DEVID | None = None
    trunk_used_device_id: tags.TRUNK_USED_DEVID | None = None
    called_device_id: tags.CALLED_DEVID | None = None
    trunk_number: tags.TRUNK_NUMBER | None = None
    trunk_group_number: tags.TRUNK_GROUP_NUMBER | None = None


@message(MessageType.CALL_ATTRIBUTE_CHANGE_EVENT)
class CallAttributeChangeEvent(Event):
    """240: a call's type or service changed (UCCE)."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    peripheral_type: PERIPHERAL_TYPE = CRS
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    call_type_id: UINT = 0
    service_number: UINT = NULL
    connection_device_id: tags.CONNECTION_DEVID | None = None


@message(MessageType.CALL_AGENT_GREETING_EVENT)
class CallAgentGreetingEvent(Event):
    """248: an agent greeting starts, ends or fails (UCCE, version 15)."""

    monitor_id: UINT = 0
    peripheral_id: UINT = 1
    connection_device_id_type: CONNECTION_ID_TYPE = STATIC
    connection_call_id: UINT
    event_code: Annotated[USHORT, enums.GreetingEventCode]
    peripheral_error_code: UINT = 0
    connection_device_id: tags.CONNECTION_DEVID | None = None
    agent_id: tags.AGENT_ID | None = None
