"""The states of JTAPI's objects and the transitions between them, as published tables.

The core package says how far an address or a device has come; the call-control package refines that. Each
call-control state stands inside exactly one core state (`CORE_CONNECTION`, `CORE_TERMINAL_CONNECTION`).

Spec: ``telephony.md`` §1.1 (values) and §1.2 (transitions), complete. Added here, because the reference gives these
rows for Connection only: FAILED -> DISCONNECTED for its refinement, IDLE -> UNKNOWN and UNKNOWN -> any everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final, TypeVar

__all__ = [
    "CALL",
    "CALL_CONTROL_CONNECTION",
    "CALL_CONTROL_TERMINAL_CONNECTION",
    "CONNECTION",
    "CORE_CONNECTION",
    "CORE_TERMINAL_CONNECTION",
    "MEDIA",
    "PROVIDER",
    "TERMINAL_CONNECTION",
    "CallControlConnectionState",
    "CallControlTerminalConnectionState",
    "CallState",
    "ConnectionState",
    "MediaState",
    "ProviderState",
    "TerminalConnectionState",
    "Transitions",
]

S = TypeVar("S", bound=IntEnum)

Transitions = Mapping[S, frozenset[S]]
"""For each state, the states that may follow it; none for a final one."""


class ProviderState(IntEnum):
    """The link to the switch."""

    IN_SERVICE = 16
    OUT_OF_SERVICE = 17
    SHUTDOWN = 18


class CallState(IntEnum):
    """A call."""

    IDLE = 32
    ACTIVE = 33
    INVALID = 34


class ConnectionState(IntEnum):
    """Where an address stands in a call."""

    IDLE = 48
    INPROGRESS = 49
    ALERTING = 50
    CONNECTED = 51
    DISCONNECTED = 52
    FAILED = 53
    UNKNOWN = 54


class TerminalConnectionState(IntEnum):
    """Where a device stands in a call."""

    IDLE = 64
    RINGING = 65
    PASSIVE = 66
    ACTIVE = 67
    DROPPED = 68
    UNKNOWN = 69


class CallControlConnectionState(IntEnum):
    """Where an address stands in a call, in more detail."""

    IDLE = 80
    OFFERED = 81
    QUEUED = 82
    ALERTING = 83
    INITIATED = 84
    DIALING = 85
    NETWORK_REACHED = 86
    NETWORK_ALERTING = 87
    ESTABLISHED = 88
    DISCONNECTED = 89
    FAILED = 90
    UNKNOWN = 91


class CallControlTerminalConnectionState(IntEnum):
    """Where a device stands in a call, in more detail."""

    IDLE = 96
    RINGING = 97
    TALKING = 98
    HELD = 99
    BRIDGED = 100
    INUSE = 101
    DROPPED = 102
    UNKNOWN = 103


class MediaState(IntEnum):
    """What a CTI port lets its caller hear, or hears from him; the values are ours."""

    IDLE = 0
    PROMPT = 1
    MUSIC = 2
    COLLECTING = 3


def _table(states: type[S], rows: str) -> Transitions[S]:
    """Read a table in the reference's own notation; a state without a row is final."""
    found: dict[S, frozenset[S]] = dict.fromkeys(states, frozenset())
    for row in rows.strip().splitlines():
        was, _, following = row.partition(" -> ")
        names = [state.name for state in states] if following == "any" else following.split(" | ")
        found[states[was.strip()]] = frozenset(states[name] for name in names) - {
            states[was.strip()]
        }
    return MappingProxyType(found)


PROVIDER: Final = _table(
    ProviderState,
    """
    OUT_OF_SERVICE -> IN_SERVICE | SHUTDOWN
    IN_SERVICE -> OUT_OF_SERVICE | SHUTDOWN
    """,
)
"""SHUTDOWN is final."""

CALL: Final = _table(
    CallState,
    """
    IDLE -> ACTIVE
    ACTIVE -> INVALID
    """,
)
"""INVALID is final."""

CONNECTION: Final = _table(
    ConnectionState,
    """
    IDLE -> INPROGRESS | ALERTING | CONNECTED | FAILED | DISCONNECTED | UNKNOWN
    INPROGRESS -> ALERTING | CONNECTED | FAILED | DISCONNECTED
    ALERTING -> CONNECTED | FAILED | DISCONNECTED
    CONNECTED -> FAILED | DISCONNECTED
    FAILED -> DISCONNECTED
    UNKNOWN -> any
    """,
)
"""DISCONNECTED is final."""

TERMINAL_CONNECTION: Final = _table(
    TerminalConnectionState,
    """
    IDLE -> RINGING | ACTIVE | PASSIVE | DROPPED | UNKNOWN
    RINGING -> ACTIVE | PASSIVE | DROPPED
    ACTIVE -> PASSIVE | DROPPED
    PASSIVE -> ACTIVE | DROPPED
    UNKNOWN -> any
    """,
)
"""DROPPED is final."""

CALL_CONTROL_CONNECTION: Final = _table(
    CallControlConnectionState,
    """
    IDLE -> INITIATED | OFFERED | QUEUED | ALERTING | DIALING | ESTABLISHED | DISCONNECTED | FAILED | UNKNOWN
    INITIATED -> DIALING | ESTABLISHED | DISCONNECTED | FAILED
    DIALING -> ESTABLISHED | DISCONNECTED | FAILED
    OFFERED -> QUEUED | ALERTING | ESTABLISHED | DISCONNECTED | FAILED | NETWORK_REACHED
    QUEUED -> OFFERED | ALERTING | ESTABLISHED | DISCONNECTED | FAILED
    NETWORK_REACHED -> NETWORK_ALERTING | ESTABLISHED | DISCONNECTED | FAILED
    NETWORK_ALERTING -> ESTABLISHED | DISCONNECTED | FAILED
    ALERTING -> ESTABLISHED | QUEUED | DISCONNECTED | FAILED
    ESTABLISHED -> DISCONNECTED | FAILED
    FAILED -> DISCONNECTED
    UNKNOWN -> any
    """,
)
"""DISCONNECTED is final. ALERTING -> QUEUED is in the reference, but the core table forbids what it would mean
there (ALERTING -> INPROGRESS), so the model refuses it: see ``docs/telephony.rst``."""

CALL_CONTROL_TERMINAL_CONNECTION: Final = _table(
    CallControlTerminalConnectionState,
    """
    IDLE -> RINGING | TALKING | INUSE | DROPPED | UNKNOWN
    RINGING -> TALKING | INUSE | DROPPED
    TALKING -> HELD | BRIDGED | DROPPED
    HELD -> TALKING | BRIDGED | DROPPED
    INUSE -> BRIDGED | DROPPED
    BRIDGED -> TALKING | HELD | INUSE | DROPPED
    UNKNOWN -> any
    """,
)
"""DROPPED is final."""

MEDIA: Final = _table(
    MediaState,
    """
    IDLE -> PROMPT | MUSIC | COLLECTING
    PROMPT -> IDLE
    MUSIC -> IDLE
    COLLECTING -> IDLE
    """,
)
"""One thing at a time: whatever begins ends what was there before."""

CORE_CONNECTION: Final[Mapping[CallControlConnectionState, ConnectionState]] = MappingProxyType(
    {
        CallControlConnectionState.IDLE: ConnectionState.IDLE,
        CallControlConnectionState.OFFERED: ConnectionState.INPROGRESS,
        CallControlConnectionState.QUEUED: ConnectionState.INPROGRESS,
        CallControlConnectionState.ALERTING: ConnectionState.ALERTING,
        CallControlConnectionState.INITIATED: ConnectionState.CONNECTED,
        CallControlConnectionState.DIALING: ConnectionState.CONNECTED,
        CallControlConnectionState.NETWORK_REACHED: ConnectionState.CONNECTED,
        CallControlConnectionState.NETWORK_ALERTING: ConnectionState.CONNECTED,
        CallControlConnectionState.ESTABLISHED: ConnectionState.CONNECTED,
        CallControlConnectionState.DISCONNECTED: ConnectionState.DISCONNECTED,
        CallControlConnectionState.FAILED: ConnectionState.FAILED,
        CallControlConnectionState.UNKNOWN: ConnectionState.UNKNOWN,
    }
)
"""The core state that each call-control state of a connection refines."""

CORE_TERMINAL_CONNECTION: Final[
    Mapping[CallControlTerminalConnectionState, TerminalConnectionState]
] = MappingProxyType(
    {
        CallControlTerminalConnectionState.IDLE: TerminalConnectionState.IDLE,
        CallControlTerminalConnectionState.RINGING: TerminalConnectionState.RINGING,
        CallControlTerminalConnectionState.TALKING: TerminalConnectionState.ACTIVE,
        CallControlTerminalConnectionState.HELD: TerminalConnectionState.ACTIVE,
        CallControlTerminalConnectionState.BRIDGED: TerminalConnectionState.PASSIVE,
        CallControlTerminalConnectionState.INUSE: TerminalConnectionState.PASSIVE,
        CallControlTerminalConnectionState.DROPPED: TerminalConnectionState.DROPPED,
        CallControlTerminalConnectionState.UNKNOWN: TerminalConnectionState.UNKNOWN,
    }
)
"""The core state that each call-control state of a terminal connection refines."""
