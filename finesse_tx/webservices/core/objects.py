"""The REST objects of an agent's day, as structs whose fields stand in wire order.

Absent values are empty texts and are written; ``None`` is really absent (`finesse_tx.webservices.core.xmlbinding`).
Element names are the field's, in camel case, or the name given with the field.

Spec: ``rest.md`` §2.1 (User), §4.1 (Dialog), §6 (Queue), §7.1 (Team), §8 (SystemInfo).
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

from msgspec import Struct, field

from finesse_tx.webservices.core.declaration import item
from finesse_tx.webservices.core.task_words import TaskAction, TaskDialogState

__all__ = [
    "Action",
    "CallVariable",
    "CallVariables",
    "Device",
    "Devices",
    "Dialog",
    "DialogState",
    "Dialogs",
    "MediaProperties",
    "Node",
    "Participant",
    "Queue",
    "QueueStatistics",
    "Queues",
    "ReasonCode",
    "ReasonCodes",
    "ScheduledCallback",
    "Settings",
    "SystemInfo",
    "SystemStatus",
    "Team",
    "TeamReference",
    "TeamUser",
    "Teams",
    "User",
    "UserState",
    "Users",
]


class UserState(Enum):
    """An agent's state, as Finesse names it."""

    LOGOUT = "LOGOUT"
    NOT_READY = "NOT_READY"
    READY = "READY"
    RESERVED = "RESERVED"
    RESERVED_OUTBOUND = "RESERVED_OUTBOUND"
    RESERVED_OUTBOUND_PREVIEW = "RESERVED_OUTBOUND_PREVIEW"
    TALKING = "TALKING"
    HOLD = "HOLD"
    WORK = "WORK"
    WORK_READY = "WORK_READY"
    UNKNOWN = "UNKNOWN"


class DialogState(Enum):
    """The state of a voice dialog, or of one participant in it (which alone may be HELD or in WRAP_UP)."""

    INITIATING = "INITIATING"
    INITIATED = "INITIATED"
    ALERTING = "ALERTING"
    ACCEPTED = "ACCEPTED"
    ACTIVE = "ACTIVE"
    HELD = "HELD"
    FAILED = "FAILED"
    DROPPED = "DROPPED"
    WRAP_UP = "WRAP_UP"


class Action(Enum):
    """What a participant may do with a dialog, or a user may start one with."""

    ACCEPT = "ACCEPT"
    ANSWER = "ANSWER"
    BARGE_CALL = "BARGE_CALL"
    CANCEL_SCHEDULED_CALLBACK = "CANCEL_SCHEDULED_CALLBACK"
    CLOSE = "CLOSE"
    CONFERENCE = "CONFERENCE"
    CONSULT_CALL = "CONSULT_CALL"
    DROP = "DROP"
    HOLD = "HOLD"
    MAKE_CALL = "MAKE_CALL"
    PARTICIPANT_DROP = "PARTICIPANT_DROP"
    RECLASSIFY = "RECLASSIFY"
    REJECT = "REJECT"
    RETRIEVE = "RETRIEVE"
    SEND_DTMF = "SEND_DTMF"
    SILENT_MONITOR = "SILENT_MONITOR"
    START_RECORDING = "START_RECORDING"
    TRANSFER = "TRANSFER"
    TRANSFER_SST = "TRANSFER_SST"
    UPDATE_CALL_DATA = "UPDATE_CALL_DATA"
    UPDATE_SCHEDULED_CALLBACK = "UPDATE_SCHEDULED_CALLBACK"


class SystemStatus(Enum):
    """Whether the web services can serve."""

    IN_SERVICE = "IN_SERVICE"
    OUT_OF_SERVICE = "OUT_OF_SERVICE"


class QueueStatistics(Struct, frozen=True, rename="camel"):
    """A queue's figures, now; -1 for what nobody knows. The time is without milliseconds; empty when nobody waits."""

    agents_busy_other: int
    agents_logged_on: int
    agents_not_ready: int
    agents_ready: int
    agents_talking_inbound: int
    agents_talking_internal: int
    agents_talking_outbound: int
    agents_wrap_up_not_ready: int
    agents_wrap_up_ready: int
    calls_in_queue: int
    start_time_of_longest_call_in_queue: str


class Queue(Struct, frozen=True):
    """A queue; of one that is gone there is only the path."""

    name: str | None
    statistics: QueueStatistics | None
    uri: str


class Queues(Struct, frozen=True):
    """Somebody's queues."""

    queues: Annotated[tuple[Queue, ...], item("")] = field(name="Queue")


class ReasonCode(Struct, frozen=True, rename="camel"):
    """A reason code, alone or within a user. ``id`` is the database's, ``code`` the engine's."""

    uri: str
    id: int
    category: str
    code: int
    label: str
    for_all: bool
    system_code: bool


class ReasonCodes(Struct, frozen=True):
    """The reason codes of one category."""

    category: Annotated[str, item("", attribute=True)]
    reason_codes: Annotated[tuple[ReasonCode, ...], item("")] = field(name="ReasonCode")


class Settings(Struct, frozen=True, rename="camel"):
    """What the queues of a user ask of it; ``wrapUpOnOutgoing`` is a CCE's."""

    wrap_up_on_incoming: str
    wrap_up_on_outgoing: str | None = None


class Device(Struct, frozen=True, rename="camel"):
    """A phone that somebody may sign in on; its type is its model."""

    device_id: str
    device_type: int
    device_type_name: str


class Devices(Struct, frozen=True):
    """The phones of an extension."""

    devices: Annotated[tuple[Device, ...], item("")] = field(name="Device")


class TeamReference(Struct, frozen=True):
    """A team, by name."""

    id: int
    name: str
    uri: str


class User(Struct, frozen=True, rename="camel", cache_hash=True):
    """A person, as the person, its supervisors and the administrators see it."""

    active_device_id: str | None
    devices: Annotated[tuple[Device, ...] | None, item("device")]
    dialogs: str
    extension: str
    first_name: str
    last_name: str
    login_id: str
    login_name: str
    media_type: str
    pending_state: str
    reason_code: ReasonCode | None
    reason_code_id: str | None
    roles: Annotated[tuple[str, ...], item("role")]
    settings: Settings
    state: UserState
    state_change_time: datetime | str
    team_id: str
    team_name: str
    teams: Annotated[tuple[TeamReference, ...] | None, item("Team")]
    uri: str
    wrap_up_timer: int


class Users(Struct, frozen=True):
    """Everyone who can sign in to a phone."""

    users: Annotated[tuple[User, ...], item("")] = field(name="User")


class TeamUser(Struct, frozen=True, rename="camel"):
    """A person, as one of a team. ``mediaState`` is a CCX's, and only ``GET /Team`` has it."""

    dialogs: str
    extension: str
    first_name: str
    last_name: str
    login_id: str
    media_state: str | None
    media_type: str
    pending_state: str
    reason_code: ReasonCode | None
    state: UserState
    state_change_time: datetime | str
    uri: str


class Teams(Struct, frozen=True):
    """Teams, by name."""

    teams: Annotated[tuple[TeamReference, ...], item("")] = field(name="Team")


class Team(Struct, frozen=True, rename="camel"):
    """A team and its members."""

    uri: str
    id: int
    name: str
    users: Annotated[tuple[TeamUser, ...], item("User")]


class CallVariable(Struct, frozen=True):
    """``callVariable1`` to ``callVariable10``, or a named (ECC) variable such as ``user.layout``."""

    name: str
    value: str


class CallVariables(Struct, frozen=True):
    """All of a call's variables; the first ten are always there."""

    variables: Annotated[tuple[CallVariable, ...], item("")] = field(name="CallVariable")


class MediaProperties(Struct, frozen=True, rename="camel"):
    """What is known of a call or a task besides who is in it.

    The three parts of the key are a CCE's and a task's; ``dispositionCode`` says why a task has ended.
    """

    dnis: str = field(name="DNIS")
    call_key_call_id: str | None
    call_key_prefix: str | None
    call_key_sequence_num: str | None
    call_type: str
    dialed_number: str
    disposition_code: str | None
    media_id: str
    outbound_classification: str
    queue_name: str | None
    queue_number: str | None
    wrap_up_items: Annotated[tuple[str, ...] | None, item("wrapUpItem")]
    wrap_up_reason: str | None
    callvariables: CallVariables


class Participant(Struct, frozen=True, rename="camel"):
    """One party's place in a dialog, and what it may do there now."""

    actions: Annotated[tuple[Action | TaskAction, ...], item("action")]
    media_address: str
    media_address_type: str
    start_time: datetime | str
    state: DialogState | TaskDialogState
    state_cause: str
    state_change_time: datetime | str


class ScheduledCallback(Struct, frozen=True, rename="camel"):
    """When a customer is to be called again, by the customer's clock (``YYYY-MM-DDThh:mm``), and where."""

    callback_number: str
    callback_time: str


class Dialog(Struct, frozen=True, rename="camel"):
    """A call, or a task. ``secondaryId`` is that of the call that has become part of it."""

    associated_dialog_uri: str
    from_address: str
    id: str
    media_properties: MediaProperties
    media_type: str
    participants: Annotated[tuple[Participant, ...], item("Participant")]
    scheduled_callback_info: ScheduledCallback | None
    secondary_id: str | None
    state: DialogState | TaskDialogState
    to_address: str
    uri: str


class Dialogs(Struct, frozen=True):
    """A user's calls, or tasks."""

    dialogs: Annotated[tuple[Dialog, ...], item("")] = field(name="Dialog")


class Node(Struct, frozen=True, rename="camel"):
    """One of the two servers. ``host`` stands first, for clients that read only that."""

    host: str
    https_port: int | None = None
    xmpp_port: int | None = None
    xmpp_secure_port: int | None = None


class CTIServer(Struct, frozen=True, rename="camel"):
    """One side of the link to the engine."""

    host: str
    connected_duration: int
    active: bool


class SystemInfo(Struct, frozen=True, rename="camel"):
    """Whether and how this node serves. The engine does not tell of its own maintenance: ``ctiMMode`` is empty."""

    cti_heartbeat_interval: int
    cti_mmode: str = field(name="ctiMMode")
    cti_servers: Annotated[tuple[CTIServer, ...], item("ctiServer")]
    cti_time_in_mmode: int = field(name="ctiTimeInMMode")
    cti_version: int
    current_timestamp: datetime
    deployment_type: str
    finesse_mmode: str = field(name="finesseMMode")
    finesse_time_in_mmode: int = field(name="finesseTimeInMMode")
    last_cti_heartbeat_status: str = field(name="lastCTIHeartbeatStatus")
    last_success_cti_heartbeat_time: str = field(name="lastSuccessCTIHeartbeatTime")
    license: str
    peripheral_id: str
    primary_node: Node
    secondary_node: Node
    status: SystemStatus
    status_reason: str
    system_auth_mode: str
    timezone_offset: int
    uri: str
    xmpp_domain: str
    xmpp_pub_sub_domain: str
