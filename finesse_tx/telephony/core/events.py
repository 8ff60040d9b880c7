"""What a provider tells its observers: events, in batches.

Spec: ``telephony.md`` §1.3. The numbers are JTAPI's and appear as such in the log; those from 901 on are ours, for
the vendor's events (addresses, transfer, conference, monitoring, recording) and JTAPI's media events, whose numbers the reference does not give.

Events are structs: they are made by the dozen for each call, and so cost a fifteenth of what a frozen dataclass does.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from finesse_tx.telephony.core.states import (
    CallControlConnectionState,
    CallControlTerminalConnectionState,
    ConnectionState,
    MediaState,
    ProviderState,
    TerminalConnectionState,
)

__all__ = [
    "CALL_CONTROL_EVENTS",
    "CALL_CONTROL_TERMINAL_EVENTS",
    "CONNECTION_EVENTS",
    "MEDIA_EVENTS",
    "PROVIDER_EVENTS",
    "SILENT",
    "TERMINAL_CONNECTION_EVENTS",
    "WHISPER",
    "Batch",
    "Cause",
    "Event",
    "EventID",
    "MetaCode",
]


class EventID(IntEnum):
    """Which change an event tells of."""

    CALL_ACTIVE = 101
    CALL_INVALID = 102
    CONN_ALERTING = 104
    CONN_CONNECTED = 105
    CONN_CREATED = 106
    CONN_DISCONNECTED = 107
    CONN_FAILED = 108
    CONN_IN_PROGRESS = 109
    CONN_UNKNOWN = 110
    PROV_IN_SERVICE = 111
    PROV_OUT_OF_SERVICE = 113
    PROV_SHUTDOWN = 114
    TERM_CONN_ACTIVE = 115
    TERM_CONN_CREATED = 116
    TERM_CONN_DROPPED = 117
    TERM_CONN_PASSIVE = 118
    TERM_CONN_RINGING = 119
    TERM_CONN_UNKNOWN = 120
    CALL_CTL_CONN_ALERTING = 203
    CALL_CTL_CONN_DIALING = 204
    CALL_CTL_CONN_DISCONNECTED = 205
    CALL_CTL_CONN_ESTABLISHED = 206
    CALL_CTL_CONN_FAILED = 207
    CALL_CTL_CONN_INITIATED = 208
    CALL_CTL_CONN_NETWORK_ALERTING = 209
    CALL_CTL_CONN_NETWORK_REACHED = 210
    CALL_CTL_CONN_OFFERED = 211
    CALL_CTL_CONN_QUEUED = 212
    CALL_CTL_CONN_UNKNOWN = 213
    CALL_CTL_TERM_CONN_BRIDGED = 214
    CALL_CTL_TERM_CONN_DROPPED = 215
    CALL_CTL_TERM_CONN_HELD = 216
    CALL_CTL_TERM_CONN_IN_USE = 217
    CALL_CTL_TERM_CONN_RINGING = 218
    CALL_CTL_TERM_CONN_TALKING = 219
    CALL_CTL_TERM_CONN_UNKNOWN = 220
    ADDR_IN_SERVICE = 901
    ADDR_OUT_OF_SERVICE = 902
    MEDIA_IDLE = 911
    MEDIA_PROMPT = 912
    MEDIA_MUSIC = 913
    MEDIA_COLLECTING = 914
    MEDIA_DTMF = 915
    TRANSFER_STARTED = 921
    TRANSFER_ENDED = 922
    CONFERENCE_STARTED = 923
    CONFERENCE_ENDED = 924
    CALL_CHANGED = 925
    MONITORING_STARTED = 931
    MONITORING_UPDATED = 932
    RECORDING_STARTED = 941
    RECORDING_ENDED = 942


PROVIDER_EVENTS: Final[Mapping[ProviderState, EventID]] = MappingProxyType(
    {
        ProviderState.IN_SERVICE: EventID.PROV_IN_SERVICE,
        ProviderState.OUT_OF_SERVICE: EventID.PROV_OUT_OF_SERVICE,
        ProviderState.SHUTDOWN: EventID.PROV_SHUTDOWN,
    }
)
"""Which event tells that the provider reached a state."""

CONNECTION_EVENTS: Final[Mapping[ConnectionState, EventID]] = MappingProxyType(
    {
        ConnectionState.INPROGRESS: EventID.CONN_IN_PROGRESS,
        ConnectionState.ALERTING: EventID.CONN_ALERTING,
        ConnectionState.CONNECTED: EventID.CONN_CONNECTED,
        ConnectionState.DISCONNECTED: EventID.CONN_DISCONNECTED,
        ConnectionState.FAILED: EventID.CONN_FAILED,
        ConnectionState.UNKNOWN: EventID.CONN_UNKNOWN,
    }
)
"""Which event tells that a connection reached a core state."""

TERMINAL_CONNECTION_EVENTS: Final[Mapping[TerminalConnectionState, EventID]] = MappingProxyType(
    {
        TerminalConnectionState.RINGING: EventID.TERM_CONN_RINGING,
        TerminalConnectionState.ACTIVE: EventID.TERM_CONN_ACTIVE,
        TerminalConnectionState.PASSIVE: EventID.TERM_CONN_PASSIVE,
        TerminalConnectionState.DROPPED: EventID.TERM_CONN_DROPPED,
        TerminalConnectionState.UNKNOWN: EventID.TERM_CONN_UNKNOWN,
    }
)
"""Which event tells that a terminal connection reached a core state."""

CALL_CONTROL_EVENTS: Final[Mapping[CallControlConnectionState, EventID]] = MappingProxyType(
    {
        state: EventID[f"CALL_CTL_CONN_{state.name}"]
        for state in CallControlConnectionState
        if state is not CallControlConnectionState.IDLE
    }
)
"""Which event tells that a connection reached a call-control state."""

CALL_CONTROL_TERMINAL_EVENTS: Final[Mapping[CallControlTerminalConnectionState, EventID]] = (
    MappingProxyType(
        {
            CallControlTerminalConnectionState.RINGING: EventID.CALL_CTL_TERM_CONN_RINGING,
            CallControlTerminalConnectionState.TALKING: EventID.CALL_CTL_TERM_CONN_TALKING,
            CallControlTerminalConnectionState.HELD: EventID.CALL_CTL_TERM_CONN_HELD,
            CallControlTerminalConnectionState.BRIDGED: EventID.CALL_CTL_TERM_CONN_BRIDGED,
            CallControlTerminalConnectionState.INUSE: EventID.CALL_CTL_TERM_CONN_IN_USE,
            CallControlTerminalConnectionState.DROPPED: EventID.CALL_CTL_TERM_CONN_DROPPED,
            CallControlTerminalConnectionState.UNKNOWN: EventID.CALL_CTL_TERM_CONN_UNKNOWN,
        }
    )
)
"""Which event tells that a terminal connection reached a call-control state."""


SILENT: Final = "silent"
WHISPER: Final = "whisper"
"""Whether who monitors a phone is heard there: the text of MONITORING_STARTED and MONITORING_UPDATED."""

MEDIA_EVENTS: Final[Mapping[MediaState, EventID]] = MappingProxyType(
    {state: EventID[f"MEDIA_{state.name}"] for state in MediaState}
)
"""Which event tells that a CTI port reached a media state."""


class Cause(IntEnum):
    """Why it happened. 100 to 110 are JTAPI's core, 202 to 214 call control, 1001 to 1009 the vendor's."""

    NORMAL = 100
    UNKNOWN = 101
    CALL_CANCELLED = 102
    DEST_NOT_OBTAINABLE = 103
    INCOMPATIBLE_DESTINATION = 104
    LOCKOUT = 105
    NEW_CALL = 106
    RESOURCES_NOT_AVAILABLE = 107
    NETWORK_CONGESTION = 108
    NETWORK_NOT_OBTAINABLE = 109
    SNAPSHOT = 110
    ALTERNATE = 202
    BUSY = 203
    CALL_BACK = 204
    CALL_NOT_ANSWERED = 205
    CALL_PICKUP = 206
    CONFERENCE = 207
    DO_NOT_DISTURB = 208
    PARK = 209
    REDIRECTED = 210
    REORDER_TONE = 211
    TRANSFER = 212
    TRUNKS_BUSY = 213
    UNHOLD = 214
    CALL_MANAGER_FAILURE = 1001
    REHOME = 1002
    NO_CALL_MANAGER = 1003
    DEVICE_FAILURE = 1004
    DEVICE_UNREGISTERED = 1005
    REHOMING_FAILURE = 1006
    CTI_MANAGER_FAILURE = 1007
    DEVICE_RESTRICTED = 1008
    LINE_RESTRICTED = 1009


class MetaCode(IntEnum):
    """What a whole batch means to a person who watches."""

    CALL_STARTING = 128
    CALL_PROGRESS = 129
    CALL_ADDITIONAL_PARTY = 130
    CALL_REMOVING_PARTY = 131
    CALL_ENDING = 132
    CALL_MERGING = 133
    CALL_TRANSFERRING = 134
    SNAPSHOT = 135
    UNKNOWN = 136


class Event(Struct, frozen=True, gc=False):
    """One change of one object.

    Attributes:
        id: Which change.
        cause: Why.
        call_id: The call of a call, connection or terminal connection event; else 0.
        address: The number of a connection, terminal connection or address event; else empty.
        terminal: The device of a terminal connection event; else empty.
        text: Of MEDIA_PROMPT and MEDIA_MUSIC, what is played; of MEDIA_DTMF, what was keyed there; of MEDIA_IDLE, the
            digits that were collected; of the monitoring events, `SILENT` or `WHISPER`; else empty.
        other_call_id: Of CALL_ACTIVE, the call that a consultation was begun from; of CALL_CHANGED, the call that the
            connection was in before; of the transfer and conference events, the call that ends; of the monitoring events,
            the call in which the address is monitored; else 0.
    """

    id: EventID
    cause: Cause = Cause.NORMAL
    call_id: int = 0
    address: str = ""
    terminal: str = ""
    text: str = ""
    other_call_id: int = 0

    def __str__(self) -> str:
        where = "/".join(filter(None, (str(self.call_id or ""), self.address, self.terminal)))
        words = f"{self.id.name}({self.id:d})", where, f"{self.cause.name}({self.cause:d})"
        return " ".join(filter(None, words))


class Batch(Struct, frozen=True, gc=False):
    """One thing that a person would notice: its events in causal order, at least one.

    Attributes:
        meta: What the events mean together.
        events: At least one.
    """

    meta: MetaCode
    events: tuple[Event, ...]

    def __str__(self) -> str:
        return f"{self.meta.name}: {', '.join(map(str, self.events))}"
