"""What the engine tells, and what it wants of the telephone system: values, in causal order.

They are made dozens of times for each call, so they are structs: a frozen dataclass costs fifteen times as much to make. They
refer to nothing that could refer back, so the collector of cycles need not look at them. Which of them something is, the engine asks with
``type(…) is`` where that is asked of each: of a struct, ``isinstance`` takes ten times as long to say no.

Spec: ``telephony.md`` §2 (which CTI message an event becomes), §1.4 (operations).
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from finesse_tx.cti.core.enums import CallType, DeviceIDType, EventCause, LocalConnectionState
from finesse_tx.engine.core.contact_events import ContactEvent
from finesse_tx.engine.core.data import CallData, DataChange
from finesse_tx.engine.core.states import AgentState
from finesse_tx.telephony.core.events import Cause
from finesse_tx.telephony.core.media import DigitRules

__all__ = [
    "NO_DEVICE",
    "Accept",
    "AddParty",
    "AgentStateChanged",
    "Alternate",
    "Answer",
    "CallEvent",
    "CallEventKind",
    "Collect",
    "Conference",
    "Connect",
    "Consult",
    "Device",
    "Disconnect",
    "Drop",
    "Effect",
    "Event",
    "HelpWanted",
    "Hold",
    "Operation",
    "Order",
    "PhoneServiceChanged",
    "Play",
    "Redirect",
    "Reject",
    "SendDTMF",
    "ServiceChanged",
    "StartMonitoring",
    "StartRecording",
    "StopMedia",
    "StopRecording",
    "Transfer",
    "TransferTo",
    "Unhold",
    "UpdateMonitoring",
]


class Device(Struct, frozen=True, gc=False):
    """A number and what it is to CTI clients.

    Attributes:
        id: The number; empty for none.
        type: DEVID_NONE for none.
    """

    id: str
    type: DeviceIDType


NO_DEVICE = Device("", DeviceIDType.DEVID_NONE)


class AgentStateChanged(Struct, frozen=True, gc=False):
    """An agent's state, reason or pending state is a new one, or is told again.

    Attributes:
        agent_id: The login id.
        extension: Where the agent is signed in; after LOGOUT, where he was.
        terminal: The device there.
        state: The state.
        reason: Its reason; while something is pending, that one's.
        pending: What follows the call; None for nothing in particular.
        duration_s: How long the agent has been in the state; 0 for a new one.
        csq_id: The queue of the routed call that this is about; None without one.
        csq_ids: The agent's queues.
    """

    agent_id: str
    extension: str
    terminal: str
    state: AgentState
    reason: int
    pending: AgentState | None
    duration_s: int
    csq_id: int | None
    csq_ids: tuple[int, ...]


class HelpWanted(Struct, frozen=True, gc=False):
    """An agent calls for a supervisor's help.

    Attributes:
        kind: ASSIST or EMERGENCY.
        call_id: The call to the supervisor.
        agent_id: The login id.
        extension: The number that he calls from.
    """

    kind: CallType
    call_id: int
    agent_id: str
    extension: str


class CallEventKind(StrEnum):
    """Which CTI call event it is."""

    BEGIN = "BEGIN_CALL"
    DATA_UPDATE = "CALL_DATA_UPDATE"
    SERVICE_INITIATED = "CALL_SERVICE_INITIATED"
    ORIGINATED = "CALL_ORIGINATED"
    DELIVERED = "CALL_DELIVERED"
    ESTABLISHED = "CALL_ESTABLISHED"
    HELD = "CALL_HELD"
    RETRIEVED = "CALL_RETRIEVED"
    FAILED = "CALL_FAILED"
    DIVERTED = "CALL_DIVERTED"
    QUEUED = "CALL_QUEUED"
    DEQUEUED = "CALL_DEQUEUED"
    TRANSFERRED = "CALL_TRANSFERRED"
    CONFERENCED = "CALL_CONFERENCED"
    RTP_STARTED = "RTP_STARTED"
    RTP_STOPPED = "RTP_STOPPED"
    CONNECTION_CLEARED = "CALL_CONNECTION_CLEARED"
    CLEARED = "CALL_CLEARED"
    END = "END_CALL"


class CallEvent(Struct, frozen=True, gc=False):
    """Something happened in a call.

    Attributes:
        kind: What.
        call_id: The call.
        device: The device of the connection that it is about.
        call_type: What the call is to that device.
        data: What is attached to the call.
        subject: Who did it: the alerting, answering, holding, retrieving, failing, diverting, transferring, releasing
            device, or the conference's controller.
        calling: Who called.
        called: Who was called; of CALL_DIVERTED, where it goes; of CALL_TRANSFERRED and CALL_CONFERENCED, who was
            brought in.
        last_redirect: Where it was redirected last.
        state: Where the connection stands now.
        cause: Why.
        application_id: The trigger's application; None for a call that no trigger took.
        csq_ids: The queues it waits in; once delivered, the one that delivered it.
        change: Of an update, what changed; None for all of ``data``.
        other_call_id: Of CALL_TRANSFERRED and CALL_CONFERENCED, the call that ended; of an update, the one that the
            device's connection was in before; None for none.
        parties: Of CALL_TRANSFERRED and CALL_CONFERENCED: who is in the call now.
        agent_id: Of RTP_STARTED and RTP_STOPPED: who is signed in at the device; empty for nobody.
    """

    kind: CallEventKind
    call_id: int
    device: Device
    call_type: CallType
    data: CallData
    subject: Device = NO_DEVICE
    calling: Device = NO_DEVICE
    called: Device = NO_DEVICE
    last_redirect: Device = NO_DEVICE
    state: LocalConnectionState = LocalConnectionState.LCS_NONE
    cause: EventCause = EventCause.CEC_NONE
    application_id: int | None = None
    csq_ids: tuple[int, ...] = ()
    change: DataChange | None = None
    other_call_id: int | None = None
    parties: tuple[Device, ...] = ()
    agent_id: str = ""


class PhoneServiceChanged(Struct, frozen=True, gc=False):
    """A number of ours went out of service, or came back.

    Attributes:
        device: The number.
        in_service: Which.
    """

    device: Device
    in_service: bool


class ServiceChanged(Struct, frozen=True, gc=False):
    """The telephone system was reached or lost.

    Attributes:
        in_service: Which.
    """

    in_service: bool


Event = (
    AgentStateChanged | CallEvent | HelpWanted | PhoneServiceChanged | ServiceChanged | ContactEvent
)


class Order(Struct, frozen=True, gc=False):
    """The root of every `Operation`: whether an effect is one is then a single question."""


class Connect(Order, frozen=True, gc=False):
    """Make a call from a phone."""

    terminal: str
    address: str
    digits: str


class Accept(Order, frozen=True, gc=False):
    """Let an offered call ring."""

    call_id: int
    address: str


class Reject(Order, frozen=True, gc=False):
    """Refuse a call that is offered or ringing."""

    call_id: int
    address: str
    cause: Cause


class Redirect(Order, frozen=True, gc=False):
    """Send a call on."""

    call_id: int
    address: str
    destination: str


class Answer(Order, frozen=True, gc=False):
    """Answer a ringing call."""

    call_id: int
    address: str
    terminal: str


class Hold(Order, frozen=True, gc=False):
    """Put it on hold."""

    call_id: int
    address: str
    terminal: str


class Unhold(Order, frozen=True, gc=False):
    """Take it off hold."""

    call_id: int
    address: str
    terminal: str


class Disconnect(Order, frozen=True, gc=False):
    """Take a number out of a call."""

    call_id: int
    address: str


class Drop(Order, frozen=True, gc=False):
    """End a call."""

    call_id: int


class Consult(Order, frozen=True, gc=False):
    """Put a call on hold and make another one."""

    call_id: int
    address: str
    terminal: str
    digits: str


class Alternate(Order, frozen=True, gc=False):
    """Put one call on hold and go on with another."""

    call_id: int
    other_call_id: int
    terminal: str


class Transfer(Order, frozen=True, gc=False):
    """Bring two calls of a device together, without it."""

    call_id: int
    other_call_id: int
    terminal: str


class TransferTo(Order, frozen=True, gc=False):
    """Send a call on to another number, without one's own."""

    call_id: int
    address: str
    digits: str


class Conference(Order, frozen=True, gc=False):
    """Bring two calls of a device together, with it."""

    call_id: int
    other_call_id: int
    terminal: str


class AddParty(Order, frozen=True, gc=False):
    """Offer a call to one more number."""

    call_id: int
    number: str


class StartMonitoring(Order, frozen=True, gc=False):
    """Listen in on a number in a call."""

    terminal: str
    address: str
    call_id: int
    number: str
    whisper: bool


class UpdateMonitoring(Order, frozen=True, gc=False):
    """Whisper, or be silent again."""

    call_id: int
    whisper: bool


class StartRecording(Order, frozen=True, gc=False):
    """Record what a number says and hears."""

    call_id: int
    address: str


class StopRecording(Order, frozen=True, gc=False):
    """Record it no more."""

    call_id: int
    address: str


class Play(Order, frozen=True, gc=False):
    """Let the caller at a port hear something."""

    call_id: int
    address: str
    prompt: str
    repeat: bool = False


class Collect(Order, frozen=True, gc=False):
    """Collect digits from the caller at a port."""

    call_id: int
    address: str
    rules: DigitRules


class StopMedia(Order, frozen=True, gc=False):
    """Play and collect nothing at a port any more."""

    call_id: int
    address: str


class SendDTMF(Order, frozen=True, gc=False):
    """Key digits."""

    call_id: int
    address: str
    digits: str


Operation = (
    Connect
    | Accept
    | Reject
    | Redirect
    | Answer
    | Hold
    | Unhold
    | Disconnect
    | Drop
    | Consult
    | Alternate
    | Transfer
    | TransferTo
    | Conference
    | AddParty
    | StartMonitoring
    | UpdateMonitoring
    | StartRecording
    | StopRecording
    | Play
    | Collect
    | StopMedia
    | SendDTMF
)
"""What `finesse_tx.interfaces.IProvider` is asked for; each has the method's arguments as its fields, in order."""

Effect = Event | Operation
