"""One step of a connection, or of a device's part in it, along the published tables.

A step into a call-control state is at most two events: of the core state, if that changes, and of its refinement. Here
they are one, for whoever has the objects in his hands; `finesse_tx.telephony.core.model.Provider.apply` takes them one
by one, as they are told.

Spec: ``telephony.md`` §1.2 (transitions, core-to-call-control correspondence).
"""

from __future__ import annotations

from typing import Final

from finesse_tx.telephony.core.errors import InvalidStateError
from finesse_tx.telephony.core.events import Cause
from finesse_tx.telephony.core.objects import Connection, TerminalConnection
from finesse_tx.telephony.core.states import (
    CALL_CONTROL_CONNECTION,
    CALL_CONTROL_TERMINAL_CONNECTION,
    CONNECTION,
    CORE_CONNECTION,
    CORE_TERMINAL_CONNECTION,
    TERMINAL_CONNECTION,
    CallControlConnectionState,
    CallControlTerminalConnectionState,
    ConnectionState,
    S,
    TerminalConnectionState,
    Transitions,
)

__all__ = ["before", "move", "move_terminal", "take_out"]

_DISCONNECTED: Final = ConnectionState.DISCONNECTED
_DROPPED: Final = TerminalConnectionState.DROPPED


def before(table: Transitions[S], wanted: S) -> frozenset[S]:
    """The states that a state may follow: a table is looked at from its end, once and not for each event."""
    return frozenset(state for state, following in table.items() if wanted in following)


_CONNECTION_MOVES: Final = {
    wanted: (
        core,
        frozenset(
            was
            for was in before(CALL_CONTROL_CONNECTION, wanted)
            if CORE_CONNECTION[was] is core or core in CONNECTION[CORE_CONNECTION[was]]
        ),
    )
    for wanted, core in CORE_CONNECTION.items()
}
"""For each call-control state of a connection: the core state that it refines, and the states that it may follow in
both tables."""

_TERMINAL_MOVES: Final = {
    wanted: (
        core,
        frozenset(
            was
            for was in before(CALL_CONTROL_TERMINAL_CONNECTION, wanted)
            if CORE_TERMINAL_CONNECTION[was] is core
            or core in TERMINAL_CONNECTION[CORE_TERMINAL_CONNECTION[was]]
        ),
    )
    for wanted, core in CORE_TERMINAL_CONNECTION.items()
}
"""The same of a terminal connection."""


def move(
    connection: Connection, wanted: CallControlConnectionState, cause: Cause = Cause.NORMAL
) -> bool:
    """Move a connection on by one call-control state, and to the core state which that refines.

    It is what the core event, if there is one, and the call-control event do that tell of it.

    Returns:
        Whether the core state is another one now.

    Raises:
        InvalidStateError: The tables forbid it; nothing was changed.
    """
    core, allowed = _CONNECTION_MOVES[wanted]
    if connection.call_control_state not in allowed:
        raise InvalidStateError(str(connection), connection.call_control_state, wanted)
    changed = connection.state is not core
    connection.state, connection.call_control_state = core, wanted
    if core is _DISCONNECTED:
        take_out(connection, cause)
    return changed


def move_terminal(part: TerminalConnection, wanted: CallControlTerminalConnectionState) -> bool:
    """The same for a device's part in a call.

    Returns:
        Whether the core state is another one now.

    Raises:
        InvalidStateError: The tables forbid it; nothing was changed.
    """
    core, allowed = _TERMINAL_MOVES[wanted]
    if part.call_control_state not in allowed:
        raise InvalidStateError(str(part), part.call_control_state, wanted)
    changed = part.state is not core
    part.state, part.call_control_state = core, wanted
    if core is _DROPPED:
        del part.connection.terminal_connections[part.terminal.name]
    return changed


def take_out(connection: Connection, cause: Cause) -> None:
    """Let a number that is DISCONNECTED be in the call no longer."""
    call, number = connection.call, connection.address.number
    del call.connections[number], connection.address.connections[call.id]
    if cause is Cause.REDIRECTED:
        call.last_redirected = number
