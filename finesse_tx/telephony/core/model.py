"""JTAPI's Provider: all objects of a telephone system, changed by events and along the published tables only.

A provider makes its changes with `finesse_tx.telephony.core.change.Change`, which changes the
provider's own model before anyone hears of it. An observer that wants a model keeps one of its own and applies what
it hears: at any moment it knows what it was told, and no more.

Spec: ``telephony.md`` §1, §1.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from finesse_tx.telephony.core.errors import InvalidStateError, UnknownObjectError
from finesse_tx.telephony.core.events import (
    CALL_CONTROL_EVENTS,
    CALL_CONTROL_TERMINAL_EVENTS,
    CONNECTION_EVENTS,
    MEDIA_EVENTS,
    PROVIDER_EVENTS,
    TERMINAL_CONNECTION_EVENTS,
    Event,
    EventID,
)
from finesse_tx.telephony.core.inventory import AddressKind, Inventory
from finesse_tx.telephony.core.moves import before, take_out
from finesse_tx.telephony.core.objects import (
    Address,
    Call,
    Connection,
    Monitored,
    Terminal,
    TerminalConnection,
)
from finesse_tx.telephony.core.states import (
    CALL,
    CALL_CONTROL_CONNECTION,
    CALL_CONTROL_TERMINAL_CONNECTION,
    CONNECTION,
    CORE_CONNECTION,
    CORE_TERMINAL_CONNECTION,
    MEDIA,
    PROVIDER,
    TERMINAL_CONNECTION,
    CallControlConnectionState,
    CallControlTerminalConnectionState,
    CallState,
    ConnectionState,
    MediaState,
    ProviderState,
    S,
    TerminalConnectionState,
    Transitions,
)

__all__ = ["Provider"]

_CALL_ACTIVE: Final = EventID.CALL_ACTIVE


def _checked(table: Transitions[S], name: object, state: S, wanted: S) -> S:
    if wanted not in table[state]:
        raise InvalidStateError(str(name), state, wanted)
    return wanted


class Provider:
    """A telephone system's objects.

    Attributes:
        state: Whether the system can be reached.
        addresses: Our own numbers, by number.
        terminals: Our own devices, by name.
        calls: Those that are not INVALID, by id.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.state = ProviderState.OUT_OF_SERVICE
        self.addresses: dict[str, Address] = {}
        self.terminals: dict[str, Terminal] = {}
        self.calls: dict[int, Call] = {}
        self.add(inventory)

    def add(self, inventory: Inventory) -> None:
        """Take in numbers and devices; those that are there already stay as they are."""
        for record in inventory.addresses:
            self.addresses.setdefault(record.number, Address(record.number, record.kind))
        for device in inventory.terminals:
            if device.name not in self.terminals:
                terminal = Terminal(device.name, device.type_name, device.addresses)
                self.terminals[device.name] = terminal
                for number in device.addresses:
                    self.addresses[number].terminals[device.name] = terminal

    def apply(self, event: Event) -> None:
        """Change one state, as an event says.

        Raises:
            InvalidStateError: The tables forbid it, or a call-control event comes without the core event that
                it refines, or a call ends that still has parties; nothing was changed.
            UnknownObjectError: There is no such object.
        """
        _STEPS[event.id](self, event)

    def take_in(self, events: Iterable[Event], begins: Callable[[Call], object]) -> None:
        """Change what a whole batch changes, event by event.

        Args:
            events: The batch's.
            begins: Is told each call that begins, before the next event.

        Raises:
            InvalidStateError: As `apply`; what came before that event was changed.
            UnknownObjectError: There is no such object; the same.
        """
        for event in events:
            _STEPS[event.id](self, event)
            if event.id is _CALL_ACTIVE:
                begins(self.calls[event.call_id])

    def kind(self, number: str) -> AddressKind:
        """What a number stands for; whatever is not ours is external."""
        address = self.addresses.get(number)
        return address.kind if address is not None else AddressKind.EXTERNAL

    def call(self, call_id: int) -> Call:
        """Find a call.

        Raises:
            UnknownObjectError: It is not there, or not any more.
        """
        try:
            return self.calls[call_id]
        except KeyError:
            raise UnknownObjectError(f"call {call_id}") from None

    def connection(self, call_id: int, number: str) -> Connection:
        """Find a connection.

        Raises:
            UnknownObjectError: It is not there, or not any more.
        """
        try:
            return self.calls[call_id].connections[number]
        except KeyError:
            raise UnknownObjectError(f"connection {call_id}/{number}") from None

    def terminal_connection(self, call_id: int, number: str, terminal: str) -> TerminalConnection:
        """Find a device's part in a call.

        Raises:
            UnknownObjectError: It is not there, or not any more.
        """
        try:
            return self.calls[call_id].connections[number].terminal_connections[terminal]
        except KeyError:
            raise UnknownObjectError(f"terminal connection {call_id}/{number}/{terminal}") from None


Step = Callable[[Provider, Event], None]


def _call_active(provider: Provider, event: Event) -> None:
    call = provider.calls.get(event.call_id) or Call(event.call_id)
    call.state = _checked(CALL, call.id, call.state, CallState.ACTIVE)
    call.consults_for = event.other_call_id
    provider.calls[call.id] = call


def _call_invalid(provider: Provider, event: Event) -> None:
    call = provider.call(event.call_id)
    if call.connections:
        raise InvalidStateError(
            f"{call.id} with {len(call.connections)} parties", call.state, CallState.INVALID
        )
    call.state = _checked(CALL, call.id, call.state, CallState.INVALID)
    del provider.calls[call.id]


def _connection_created(provider: Provider, event: Event) -> None:
    call = provider.call(event.call_id)
    number = event.address
    if number in call.connections:
        raise InvalidStateError(
            f"{call.id}/{number}", call.connections[number].state, ConnectionState.IDLE
        )
    address = provider.addresses.get(number) or Address(number, AddressKind.EXTERNAL, True)
    connection = Connection(call, address)
    call.connections[number] = address.connections[call.id] = connection
    if not call.calling:
        call.calling = number
    elif not call.called:
        call.called = number


def _call_changed(provider: Provider, event: Event) -> None:
    """A connection goes on in another call, as it is; the old one is DISCONNECTED for whoever still has it."""
    call = provider.call(event.call_id)
    old = provider.connection(event.other_call_id, event.address)
    if present := call.connections.get(event.address):
        raise InvalidStateError(str(present), present.state, ConnectionState.IDLE)
    new = Connection(
        call,
        old.address,
        old.state,
        old.call_control_state,
        media=old.media,
        is_recorded=old.is_recorded,
    )
    for name, part in old.terminal_connections.items():
        new.terminal_connections[name] = TerminalConnection(
            new, part.terminal, part.state, part.call_control_state
        )
        part.state = TerminalConnectionState.DROPPED
        part.call_control_state = CallControlTerminalConnectionState.DROPPED
    old.state = ConnectionState.DISCONNECTED
    old.call_control_state = CallControlConnectionState.DISCONNECTED
    del old.call.connections[event.address], old.address.connections[event.other_call_id]
    call.connections[event.address] = new.address.connections[call.id] = new


def _terminal_connection_created(provider: Provider, event: Event) -> None:
    connection = provider.connection(event.call_id, event.address)
    terminal = connection.address.terminals.get(event.terminal)
    if terminal is None:
        raise UnknownObjectError(f"device {event.terminal} of {event.address}")
    if present := connection.terminal_connections.get(terminal.name):
        raise InvalidStateError(str(present), present.state, TerminalConnectionState.IDLE)
    connection.terminal_connections[terminal.name] = TerminalConnection(connection, terminal)


def _in_service(provider: Provider, event: Event) -> None:
    try:
        address = provider.addresses[event.address]
    except KeyError:
        raise UnknownObjectError(f"address {event.address}") from None
    address.in_service = event.id is EventID.ADDR_IN_SERVICE


def _provider_step(wanted: ProviderState) -> Step:
    """A system that cannot be reached tells nothing: what was known of its calls and numbers is void."""

    def step(provider: Provider, _event: Event) -> None:
        provider.state = _checked(PROVIDER, "provider", provider.state, wanted)
        if wanted is not ProviderState.IN_SERVICE:
            provider.calls.clear()
            for address in provider.addresses.values():
                address.in_service = False
                address.connections.clear()

    return step


def _connection_step(wanted: ConnectionState) -> Step:
    allowed = before(CONNECTION, wanted)

    def step(provider: Provider, event: Event) -> None:
        connection = provider.connection(event.call_id, event.address)
        if connection.state not in allowed:
            raise InvalidStateError(str(connection), connection.state, wanted)
        connection.state = wanted

    return step


def _call_control_step(wanted: CallControlConnectionState) -> Step:
    core, allowed = CORE_CONNECTION[wanted], before(CALL_CONTROL_CONNECTION, wanted)

    def step(provider: Provider, event: Event) -> None:
        connection = provider.connection(event.call_id, event.address)
        if connection.state is not core:
            raise InvalidStateError(str(connection), connection.state, wanted)
        if connection.call_control_state not in allowed:
            raise InvalidStateError(str(connection), connection.call_control_state, wanted)
        connection.call_control_state = wanted
        if core is ConnectionState.DISCONNECTED:
            take_out(connection, event.cause)

    return step


def _terminal_connection_step(wanted: TerminalConnectionState) -> Step:
    allowed = before(TERMINAL_CONNECTION, wanted)

    def step(provider: Provider, event: Event) -> None:
        part = provider.terminal_connection(event.call_id, event.address, event.terminal)
        if part.state not in allowed:
            raise InvalidStateError(str(part), part.state, wanted)
        part.state = wanted

    return step


def _call_control_terminal_step(wanted: CallControlTerminalConnectionState) -> Step:
    core = CORE_TERMINAL_CONNECTION[wanted]
    allowed = before(CALL_CONTROL_TERMINAL_CONNECTION, wanted)

    def step(provider: Provider, event: Event) -> None:
        part = provider.terminal_connection(event.call_id, event.address, event.terminal)
        if part.state is not core:
            raise InvalidStateError(str(part), part.state, wanted)
        if part.call_control_state not in allowed:
            raise InvalidStateError(str(part), part.call_control_state, wanted)
        part.call_control_state = wanted
        if core is TerminalConnectionState.DROPPED:
            del part.connection.terminal_connections[event.terminal]

    return step


def _media_step(wanted: MediaState) -> Step:
    def step(provider: Provider, event: Event) -> None:
        connection = provider.connection(event.call_id, event.address)
        connection.media = _checked(MEDIA, connection, connection.media, wanted)

    return step


def _keyed(provider: Provider, event: Event) -> None:
    provider.connection(event.call_id, event.address)


def _monitoring(provider: Provider, event: Event) -> None:
    call = provider.call(event.call_id)
    call.monitors = Monitored(event.other_call_id, event.address, event.text)


def _recording(provider: Provider, event: Event) -> None:
    connection = provider.connection(event.call_id, event.address)
    connection.is_recorded = event.id is EventID.RECORDING_STARTED


def _bracket(provider: Provider, event: Event) -> None:
    provider.call(event.call_id)


_STEPS: Final[Mapping[EventID, Step]] = {
    EventID.CALL_ACTIVE: _call_active,
    EventID.CALL_INVALID: _call_invalid,
    EventID.CONN_CREATED: _connection_created,
    EventID.TERM_CONN_CREATED: _terminal_connection_created,
    EventID.ADDR_IN_SERVICE: _in_service,
    EventID.ADDR_OUT_OF_SERVICE: _in_service,
    EventID.MEDIA_DTMF: _keyed,
    EventID.CALL_CHANGED: _call_changed,
    EventID.MONITORING_STARTED: _monitoring,
    EventID.MONITORING_UPDATED: _monitoring,
    EventID.RECORDING_STARTED: _recording,
    EventID.RECORDING_ENDED: _recording,
    EventID.TRANSFER_STARTED: _bracket,
    EventID.TRANSFER_ENDED: _bracket,
    EventID.CONFERENCE_STARTED: _bracket,
    EventID.CONFERENCE_ENDED: _bracket,
    **{MEDIA_EVENTS[s]: _media_step(s) for s in MEDIA_EVENTS},
    **{PROVIDER_EVENTS[s]: _provider_step(s) for s in PROVIDER_EVENTS},
    **{CONNECTION_EVENTS[s]: _connection_step(s) for s in CONNECTION_EVENTS},
    **{
        TERMINAL_CONNECTION_EVENTS[s]: _terminal_connection_step(s)
        for s in TERMINAL_CONNECTION_EVENTS
    },
    **{CALL_CONTROL_EVENTS[s]: _call_control_step(s) for s in CALL_CONTROL_EVENTS},
    **{
        CALL_CONTROL_TERMINAL_EVENTS[s]: _call_control_terminal_step(s)
        for s in CALL_CONTROL_TERMINAL_EVENTS
    },
}
"""What each event does; one for every member of `EventID`."""
