"""How a provider makes a change: step by step, each in its own model first, then told as one batch of events.

Spec: ``telephony.md`` §1.2 (core-to-call-control correspondence) and §1.3 (batches, causal order). As in JTAPI, a
core event comes before the call-control event that refines it, and is left out when the core state stays.
"""

from __future__ import annotations

from typing import Final

from finesse_tx.telephony.core.events import (
    CALL_CONTROL_EVENTS,
    CALL_CONTROL_TERMINAL_EVENTS,
    CONNECTION_EVENTS,
    TERMINAL_CONNECTION_EVENTS,
    Batch,
    Cause,
    Event,
    EventID,
    MetaCode,
)
from finesse_tx.telephony.core.model import Provider
from finesse_tx.telephony.core.moves import move, move_terminal
from finesse_tx.telephony.core.states import (
    CORE_CONNECTION,
    CORE_TERMINAL_CONNECTION,
    CallControlConnectionState,
    CallControlTerminalConnectionState,
)

__all__ = ["Change"]

_CONNECTION: Final = {
    state: (CONNECTION_EVENTS[CORE_CONNECTION[state]], event)
    for state, event in CALL_CONTROL_EVENTS.items()
}
"""For each call-control state that a connection can come into: the core event, and the one that refines it."""

_TERMINAL_CONNECTION: Final = {
    state: (TERMINAL_CONNECTION_EVENTS[CORE_TERMINAL_CONNECTION[state]], event)
    for state, event in CALL_CONTROL_TERMINAL_EVENTS.items()
}
"""The same for a terminal connection."""


class Change:
    """One change of a provider's model, and the batch that tells of it."""

    def __init__(self, provider: Provider, meta: MetaCode) -> None:
        self._provider, self._meta = provider, meta
        self._events: list[Event] = []

    def batch(self) -> Batch:
        """What happened, for the observers."""
        return Batch(self._meta, tuple(self._events))

    def tell(
        self,
        id: EventID,  # noqa: A002
        cause: Cause = Cause.NORMAL,
        call_id: int = 0,
        address: str = "",
        terminal: str = "",
        text: str = "",
        other_call_id: int = 0,
    ) -> None:
        """Make one event and apply it.

        Raises:
            InvalidStateError: The tables forbid it.
            UnknownObjectError: There is no such object.
        """
        event = Event(id, cause, call_id, address, terminal, text, other_call_id)
        self._provider.apply(event)
        self._events.append(event)

    def join(self, call_id: int, address: str, cause: Cause = Cause.NORMAL) -> None:
        """Create a connection, and a terminal connection for each device of that number."""
        self.tell(EventID.CONN_CREATED, cause, call_id, address)
        connection = self._provider.connection(call_id, address)
        for terminal in connection.address.terminals:
            self.tell(EventID.TERM_CONN_CREATED, cause, call_id, address, terminal)

    def move(
        self,
        call_id: int,
        address: str,
        *states: CallControlConnectionState,
        cause: Cause = Cause.NORMAL,
    ) -> None:
        """Move a connection along, state by state.

        Raises:
            InvalidStateError: A step is not in the tables; the steps before it were made.
        """
        connection = self._provider.connection(call_id, address)
        for wanted in states:
            core_event, event = _CONNECTION[wanted]
            if move(connection, wanted, cause):
                self._events.append(Event(core_event, cause, call_id, address))
            self._events.append(Event(event, cause, call_id, address))

    def move_terminal(
        self,
        call_id: int,
        address: str,
        terminal: str,
        wanted: CallControlTerminalConnectionState,
        cause: Cause = Cause.NORMAL,
    ) -> None:
        """Move a device's part along by one state.

        Raises:
            InvalidStateError: The step is not in the tables.
        """
        part = self._provider.terminal_connection(call_id, address, terminal)
        core_event, event = _TERMINAL_CONNECTION[wanted]
        if move_terminal(part, wanted):
            self._events.append(Event(core_event, cause, call_id, address, terminal))
        self._events.append(Event(event, cause, call_id, address, terminal))

    def leave(self, call_id: int, address: str, cause: Cause = Cause.NORMAL) -> None:
        """Take a number out of a call, its devices first."""
        for terminal in list(self._provider.connection(call_id, address).terminal_connections):
            self.move_terminal(
                call_id, address, terminal, CallControlTerminalConnectionState.DROPPED, cause
            )
        self.move(call_id, address, CallControlConnectionState.DISCONNECTED, cause=cause)

    def end(self, call_id: int, cause: Cause = Cause.NORMAL) -> None:
        """Take everyone out who is still in the call, in the order in which they joined, and end it."""
        for address in list(self._provider.call(call_id).connections):
            self.leave(call_id, address, cause)
        self.tell(EventID.CALL_INVALID, cause, call_id)
