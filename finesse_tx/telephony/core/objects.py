"""JTAPI's objects: Address, Terminal, Call, Connection, TerminalConnection.

Their links never change; their states do, only by `finesse_tx.telephony.core.model.Provider`.

Spec: ``telephony.md`` §1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.states import (
    CallControlConnectionState,
    CallControlTerminalConnectionState,
    CallState,
    ConnectionState,
    MediaState,
    TerminalConnectionState,
)

__all__ = ["Address", "Call", "Connection", "Monitored", "Terminal", "TerminalConnection"]


@dataclass(eq=False, slots=True)
class Address:
    """A number.

    Attributes:
        number: As it is dialled.
        kind: What it stands for.
        in_service: Whether calls can reach it.
        terminals: Its devices, by name.
        connections: Its connections that are not DISCONNECTED, by call id.
    """

    number: str
    kind: AddressKind
    in_service: bool = False
    terminals: dict[str, Terminal] = field(default_factory=dict)
    connections: dict[int, Connection] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """How many calls are at this number; those that failed to reach it do not count."""
        failed = ConnectionState.FAILED
        return sum(connection.state is not failed for connection in self.connections.values())

    @property
    def is_free(self) -> bool:
        """Whether no call is at this number."""
        return not self.calls


@dataclass(eq=False, slots=True)
class Terminal:
    """A device.

    Attributes:
        name: Unique.
        type_name: The model, for people to read.
        addresses: Its numbers.
    """

    name: str
    type_name: str
    addresses: tuple[str, ...]


@dataclass(eq=False, slots=True)
class TerminalConnection:
    """Where a device stands in a call.

    Attributes:
        connection: The connection it belongs to.
        terminal: The device.
        state: The core state.
        call_control_state: Its refinement.
    """

    connection: Connection
    terminal: Terminal
    state: TerminalConnectionState = TerminalConnectionState.IDLE
    call_control_state: CallControlTerminalConnectionState = CallControlTerminalConnectionState.IDLE

    def __str__(self) -> str:
        return f"{self.connection}/{self.terminal.name}"


@dataclass(eq=False, slots=True)
class Connection:
    """Where a number stands in a call.

    Attributes:
        call: The call.
        address: The number.
        state: The core state.
        call_control_state: Its refinement.
        terminal_connections: The devices' parts, by name; empty for a remote party.
        media: What a CTI port plays or collects in the call; IDLE for any other number.
        is_recorded: Whether what is heard there is being recorded.
    """

    call: Call
    address: Address
    state: ConnectionState = ConnectionState.IDLE
    call_control_state: CallControlConnectionState = CallControlConnectionState.IDLE
    terminal_connections: dict[str, TerminalConnection] = field(default_factory=dict)
    media: MediaState = MediaState.IDLE
    is_recorded: bool = False

    def __str__(self) -> str:
        return f"{self.call.id}/{self.address.number}"


class Monitored(NamedTuple):
    """Whom somebody listens in on.

    Attributes:
        call_id: The call.
        number: Who it is, in that call.
        kind: ``silent`` or ``whisper``.
    """

    call_id: int
    number: str
    kind: str


@dataclass(eq=False, slots=True)
class Call:
    """A call.

    Attributes:
        id: GED-188's CallID: 32 bits, never used again while the provider runs.
        state: IDLE until it is announced, INVALID when its last party has gone.
        connections: Those that are not DISCONNECTED, by number, in the order in which they joined.
        calling: The number that began it; empty before there is one.
        called: The number that was dialled.
        last_redirected: The number that the call was last redirected away from.
        monitors: Of a monitoring call, whom it monitors.
        consults_for: The id of the call that this consultation was begun from; 0 when it is none.
    """

    id: int
    state: CallState = CallState.IDLE
    connections: dict[str, Connection] = field(default_factory=dict)
    calling: str = ""
    called: str = ""
    last_redirected: str = ""
    consults_for: int = 0
    monitors: Monitored | None = None
