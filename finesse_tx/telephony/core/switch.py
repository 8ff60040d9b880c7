"""A simulated switch without time: what each operation does, decided at once.

Each operation checks, changes the model and returns the batches that tell of it; when it cannot be done it raises
and has changed nothing. Latency, Deferreds and delivery are `finesse_tx.telephony.simulator`'s.

A line that has as many calls as its busy trigger says, held ones too, is busy for the next caller. Busy tone lasts
until the caller hangs up; an outside caller does so at once, as the network does.

Spec: ``telephony.md`` §1.4, §1.5 (redirect in normal mode), §4.1 to §4.4, §5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from finesse_tx.telephony.core.change import Change
from finesse_tx.telephony.core.errors import InvalidStateError, ProviderError, UnknownNumberError
from finesse_tx.telephony.core.events import Batch, Cause, EventID, MetaCode
from finesse_tx.telephony.core.inventory import AddressKind, Inventory
from finesse_tx.telephony.core.media import Media
from finesse_tx.telephony.core.merging import Merging
from finesse_tx.telephony.core.model import Provider
from finesse_tx.telephony.core.monitoring import Monitoring
from finesse_tx.telephony.core.objects import Connection, Terminal, TerminalConnection
from finesse_tx.telephony.core.parties import Batches, Parties
from finesse_tx.telephony.core.states import (
    CallControlConnectionState,
    CallControlTerminalConnectionState,
    ConnectionState,
    ProviderState,
)

__all__ = ["FIRST_CALL_ID", "LAST_CALL_ID", "Switch"]

FIRST_CALL_ID: Final = 2**24 + 1
LAST_CALL_ID: Final = 2**32 - 2
"""One less than NULL_CALL_ID."""

_CC: Final = CallControlConnectionState
_TC: Final = CallControlTerminalConnectionState
_OFFERS: Final = (_CC.OFFERED, _CC.ALERTING)


class Switch:
    """The simulated switch.

    Attributes:
        model: Everything as it is now; whoever listens is told later.
        media: What its ports play and collect.
        merging: Its transfers and conferences.
        monitoring: Who listens in on whom, and what is recorded.
    """

    def __init__(
        self,
        inventory: Inventory,
        is_outside: Callable[[str], bool],
        last: int = LAST_CALL_ID,
        busy_trigger: int = 1,
    ) -> None:
        self.model = Provider(inventory)
        self._next_call_id, self._last_call_id = FIRST_CALL_ID, last
        self._away: set[str] = set()  # devices that are not registered
        self.media = Media(self.model)
        self._parties = Parties(self.model, is_outside, busy_trigger)
        self.merging = Merging(self._parties)
        self.monitoring = Monitoring(self.model)

    def allocate(self) -> int:
        """The id of the next call.

        Raises:
            ProviderError: All 32-bit ids are used up.
        """
        call_id = self._next_call_id
        if call_id > self._last_call_id:
            raise ProviderError(Cause.RESOURCES_NOT_AVAILABLE, "there are no call ids left")
        self._next_call_id += 1
        return call_id

    # The system and its phones --------------------------------------------------------------------------------

    def start(self) -> Batches:
        """Come into service, for the first time or again, with every number whose device is there."""
        if self.model.state is ProviderState.IN_SERVICE:
            return ()
        change = Change(self.model, MetaCode.SNAPSHOT)
        change.tell(EventID.PROV_IN_SERVICE)
        for number, address in self.model.addresses.items():
            if not address.terminals or not self._away.issuperset(address.terminals):
                change.tell(EventID.ADDR_IN_SERVICE, Cause.SNAPSHOT, address=number)
        return (change.batch(),)

    def add(self, inventory: Inventory) -> Batches:
        """Have more numbers and devices; those that are there already stay as they are."""
        known = set(self.model.addresses)
        self.model.add(inventory)
        if self.model.state is not ProviderState.IN_SERVICE:
            return ()
        change = Change(self.model, MetaCode.UNKNOWN)
        for number in self.model.addresses.keys() - known:
            change.tell(EventID.ADDR_IN_SERVICE, address=number)
        return (change.batch(),) if self.model.addresses.keys() - known else ()

    def lose(self) -> Batches:
        """Go out of service: every call is over, without a word of it."""
        if self.model.state is not ProviderState.IN_SERVICE:
            return ()
        change = Change(self.model, MetaCode.UNKNOWN)
        change.tell(EventID.PROV_OUT_OF_SERVICE, Cause.CTI_MANAGER_FAILURE)
        self._parties.redirects.clear()
        self._parties.transfers.clear()
        return (change.batch(),)

    def unregister(self, terminal: str, cause: Cause = Cause.DEVICE_UNREGISTERED) -> Batches:
        """A device loses its connection to the switch, and its calls with it.

        Args:
            terminal: The device.
            cause: Why: DEVICE_UNREGISTERED, DEVICE_RESTRICTED, LINE_RESTRICTED or another that makes it unusable.

        Raises:
            UnknownNumberError: There is no such device.
        """
        batches: list[Batch] = []
        device = self._device(terminal)
        self._away.add(terminal)
        for number in device.addresses:
            address = self.model.addresses[number]
            if not address.in_service:
                continue
            change = Change(self.model, MetaCode.UNKNOWN)
            change.tell(EventID.ADDR_OUT_OF_SERVICE, cause, address=number)
            batches.append(change.batch())
            for call_id in list(address.connections):
                batches += self._parties.vanish(call_id, number)
        return tuple(batches)

    def register(self, terminal: str) -> Batches:
        """The device is back.

        Raises:
            UnknownNumberError: There is no such device.
        """
        change = Change(self.model, MetaCode.UNKNOWN)
        device = self._device(terminal)
        self._away.discard(terminal)
        if self.model.state is not ProviderState.IN_SERVICE:
            return ()
        numbers = [
            number for number in device.addresses if not self.model.addresses[number].in_service
        ]
        for number in numbers:
            change.tell(EventID.ADDR_IN_SERVICE, address=number)
        return (change.batch(),) if numbers else ()

    # Beginning a call -----------------------------------------------------------------------------------------

    def start_monitoring(
        self,
        new_id: int,
        terminal: str,
        address: str,
        call_id: int,
        number: str,
        whisper: bool,
    ) -> Batches:
        """A phone of ours begins to listen in on another.

        Raises:
            ProviderError: It is out of service or in a call, or the other one cannot be monitored.
        """
        self._require_idle(terminal, address)
        return self.monitoring.start(new_id, terminal, address, call_id, number, whisper)

    def connect(self, call_id: int, terminal: str, address: str, digits: str) -> Batches:
        """A phone of ours dials.

        Raises:
            ProviderError: The phone is out of service or in a call, or dials itself.
        """
        self._require_idle(terminal, address)
        if digits == address:
            raise ProviderError(Cause.INCOMPATIBLE_DESTINATION, f"{address} is itself")
        return (self._dial(call_id, terminal, address, digits),)

    def _require_idle(self, terminal: str, address: str) -> None:
        device = self.model.terminals.get(terminal)
        if device is None or address not in device.addresses:
            raise ProviderError(Cause.RESOURCES_NOT_AVAILABLE, f"{address} is not on {terminal}")
        if not self.model.addresses[address].in_service:
            raise ProviderError(Cause.RESOURCES_NOT_AVAILABLE, f"{address} is out of service")
        self._require_no_active_call(device)

    def consult(
        self, call_id: int, held_call_id: int, address: str, terminal: str, digits: str
    ) -> Batches:
        """A phone of ours puts its call on hold and dials.

        Raises:
            ProviderError: It has no such call, or has another active one, or dials itself.
        """
        part = self._part(held_call_id, address, terminal)
        if part.call_control_state not in {_TC.TALKING, _TC.HELD}:
            raise InvalidStateError(str(part), part.call_control_state, _TC.HELD)
        if digits == address:
            raise ProviderError(Cause.INCOMPATIBLE_DESTINATION, f"{address} is itself")
        if part.call_control_state is _TC.HELD:
            self._require_no_active_call(part.terminal)
        held = self._set_held(held_call_id, address, terminal, _TC.TALKING, _TC.HELD)
        return (*held, self._dial(call_id, terminal, address, digits, held_call_id))

    def _dial(
        self, call_id: int, terminal: str, address: str, digits: str, consults_for: int = 0
    ) -> Batch:
        change = Change(self.model, MetaCode.CALL_STARTING)
        change.tell(EventID.CALL_ACTIVE, Cause.NEW_CALL, call_id, other_call_id=consults_for)
        change.join(call_id, address, Cause.NEW_CALL)
        change.move(call_id, address, _CC.INITIATED, cause=Cause.NEW_CALL)
        change.move_terminal(call_id, address, terminal, _TC.TALKING, Cause.NEW_CALL)
        change.move(call_id, address, _CC.DIALING, _CC.ESTABLISHED, cause=Cause.NEW_CALL)
        if obstacle := self._parties.obstacle(digits):
            self._parties.fail(change, call_id, digits, obstacle)
        else:
            self._parties.offer(change, call_id, digits, Cause.NEW_CALL)
        return change.batch()

    def check_number(self, number: str) -> None:
        """Whether an outside caller can dial it.

        Raises:
            UnknownNumberError: It is neither a route point nor a phone.
        """
        if self.model.kind(number) not in {AddressKind.ROUTE_POINT, AddressKind.PHONE}:
            raise UnknownNumberError(number, "there is no such route point or phone")

    def call_from_outside(self, call_id: int, from_: str, to: str) -> Batches:
        """An outside caller dials.

        Raises:
            ProviderError: The switch is out of service.
        """
        self.require_service()
        change = Change(self.model, MetaCode.CALL_STARTING)
        change.tell(EventID.CALL_ACTIVE, Cause.NEW_CALL, call_id)
        change.join(call_id, from_, Cause.NEW_CALL)
        change.move(call_id, from_, _CC.ESTABLISHED, cause=Cause.NEW_CALL)
        if obstacle := self._parties.obstacle(to):
            self._parties.fail(change, call_id, to, obstacle)
            change.end(call_id, obstacle)
        else:
            self._parties.offer(change, call_id, to, Cause.NEW_CALL)
        return (change.batch(),)

    # What becomes of it ---------------------------------------------------------------------------------------

    def accept(self, call_id: int, address: str) -> Batches:
        """Let an offered call ring.

        Raises:
            ProviderError: It is not offered there.
        """
        connection = self._connection(call_id, address)
        if connection.call_control_state is not _CC.OFFERED:
            raise InvalidStateError(str(connection), connection.call_control_state, _CC.ALERTING)
        change = Change(self.model, MetaCode.CALL_PROGRESS)
        self._parties.ring(change, connection, Cause.NORMAL)
        return (change.batch(),)

    def reject(self, call_id: int, address: str, cause: Cause) -> Batches:
        """Refuse a call that is offered or ringing; outside, end its ringing there.

        Raises:
            ProviderError: It is neither.
        """
        connection = self._connection(call_id, address)
        if connection.call_control_state not in {*_OFFERS, _CC.NETWORK_ALERTING}:
            raise InvalidStateError(str(connection), connection.call_control_state, _CC.FAILED)
        return self._parties.refuse(connection, cause)

    def redirect(self, call_id: int, address: str, destination: str) -> Batches:
        """Send a call on, keeping it where it is until it is answered.

        Raises:
            ProviderError: The destination cannot take it, or the call is not there, or is being redirected.
        """
        connection = self._connection(call_id, address)
        if connection.call_control_state not in {*_OFFERS, _CC.ESTABLISHED}:
            raise InvalidStateError(
                str(connection), connection.call_control_state, _CC.DISCONNECTED
            )
        holder, ringing = self._parties.redirects.get(call_id, ("", ""))
        if holder and ringing != address:
            raise ProviderError(Cause.LOCKOUT, f"call {call_id} is being redirected")
        if destination in connection.call.connections:
            raise ProviderError(Cause.INCOMPATIBLE_DESTINATION, f"{destination} is in the call")
        if obstacle := self._parties.obstacle(destination):
            raise ProviderError(obstacle, f"{destination} cannot take a call")
        change = Change(self.model, MetaCode.CALL_ADDITIONAL_PARTY)
        self._parties.offer(change, call_id, destination, Cause.REDIRECTED)
        if connection.state is ConnectionState.CONNECTED:
            self._parties.redirects[call_id] = (address, destination)
        else:
            change.leave(call_id, address, Cause.REDIRECTED)
            self._parties.goes_on(call_id, address, destination)
        return (change.batch(),)

    def answer(self, call_id: int, address: str, terminal: str) -> Batches:
        """Answer at a device.

        Raises:
            ProviderError: It does not ring there, or the device has an active call.
        """
        part = self._part(call_id, address, terminal)
        if part.call_control_state is not _TC.RINGING:
            raise InvalidStateError(str(part), part.call_control_state, _TC.TALKING)
        self._require_no_active_call(part.terminal)
        change = Change(self.model, MetaCode.CALL_PROGRESS)
        change.move(call_id, address, _CC.ESTABLISHED)
        for name in list(part.connection.terminal_connections):
            wanted = _TC.TALKING if name == terminal else _TC.INUSE
            change.move_terminal(call_id, address, name, wanted)
        self._parties.answered(change, call_id, address)
        return (change.batch(),)

    def answer_outside(self, call_id: int, number: str) -> Batches:
        """An outside party answers.

        Raises:
            ProviderError: It does not ring there.
        """
        connection = self._connection(call_id, number)
        if connection.call_control_state is not _CC.NETWORK_ALERTING:
            raise InvalidStateError(str(connection), connection.call_control_state, _CC.ESTABLISHED)
        change = Change(self.model, MetaCode.CALL_PROGRESS)
        change.move(call_id, number, _CC.ESTABLISHED)
        self._parties.answered(change, call_id, number)
        return (change.batch(),)

    def refuse_outside(self, call_id: int, number: str, cause: Cause) -> Batches:
        """An outside party is busy, or does not answer.

        Raises:
            ProviderError: It does not ring there.
        """
        connection = self._connection(call_id, number)
        if connection.call_control_state is not _CC.NETWORK_ALERTING:
            raise InvalidStateError(str(connection), connection.call_control_state, _CC.FAILED)
        return self._parties.refuse(connection, cause)

    def hold(self, call_id: int, address: str, terminal: str) -> Batches:
        """Put a device's part on hold.

        Raises:
            ProviderError: It is not in conversation.
        """
        return self._set_held(call_id, address, terminal, _TC.TALKING, _TC.HELD)

    def unhold(self, call_id: int, address: str, terminal: str) -> Batches:
        """Take it off hold.

        Raises:
            ProviderError: It is not on hold, or the device has another active call.
        """
        return self._set_held(call_id, address, terminal, _TC.HELD, _TC.TALKING)

    def alternate(self, call_id: int, other_call_id: int, terminal: str) -> Batches:
        """Put one call of a device on hold and go on with the other, which is on hold or rings.

        Raises:
            ProviderError: The device is not in conversation in the first one, or not held or ringing in the other.
        """
        mine, other = self._at(call_id, terminal), self._at(other_call_id, terminal)
        if mine.call_control_state is not _TC.TALKING:
            raise InvalidStateError(str(mine), mine.call_control_state, _TC.HELD)
        if other.call_control_state not in {_TC.HELD, _TC.RINGING}:
            raise InvalidStateError(str(other), other.call_control_state, _TC.TALKING)
        change = Change(self.model, MetaCode.CALL_PROGRESS)
        number = mine.connection.address.number
        change.move_terminal(call_id, number, terminal, _TC.HELD, Cause.ALTERNATE)
        number = other.connection.address.number
        if other.call_control_state is _TC.RINGING:
            return (change.batch(), *self.answer(other_call_id, number, terminal))
        change.move_terminal(other_call_id, number, terminal, _TC.TALKING, Cause.ALTERNATE)
        return (change.batch(),)

    def disconnect(self, call_id: int, address: str) -> Batches:
        """Take a number out of a call.

        Raises:
            ProviderError: It is not in it.
        """
        self._connection(call_id, address)
        return self._parties.leave(call_id, address, Cause.NORMAL)

    def drop(self, call_id: int) -> Batches:
        """End a call.

        Raises:
            ProviderError: There is no such call.
        """
        if call_id not in self.model.calls:
            raise ProviderError(Cause.CALL_CANCELLED, f"call {call_id} is gone")
        change = Change(self.model, MetaCode.CALL_ENDING)
        self._parties.end(change, call_id, Cause.NORMAL)
        return (change.batch(),)

    def send_dtmf(self, call_id: int, address: str, digits: str) -> Batches:
        """Somebody keys digits.

        Raises:
            ProviderError: He is in no conversation in that call, or these are no digits.
        """
        return self.media.key(self._connection(call_id, address), digits)

    # How it is done -------------------------------------------------------------------------------------------

    def _device(self, name: str) -> Terminal:
        try:
            return self.model.terminals[name]
        except KeyError:
            raise UnknownNumberError(name, "there is no such device") from None

    def require_service(self) -> None:
        """Check that it is in service.

        Raises:
            ProviderError: It is not.
        """
        if self.model.state is not ProviderState.IN_SERVICE:
            raise ProviderError(Cause.RESOURCES_NOT_AVAILABLE, "the switch is out of service")

    def _connection(self, call_id: int, number: str) -> Connection:
        self.require_service()
        call = self.model.calls.get(call_id)
        connection = call.connections.get(number) if call else None
        if connection is None:
            raise ProviderError(Cause.CALL_CANCELLED, f"{number} is not in call {call_id}")
        return connection

    def _part(self, call_id: int, number: str, terminal: str) -> TerminalConnection:
        part = self._connection(call_id, number).terminal_connections.get(terminal)
        if part is None:
            raise ProviderError(Cause.CALL_CANCELLED, f"{terminal} is not in call {call_id}")
        return part

    def _at(self, call_id: int, terminal: str) -> TerminalConnection:
        call = self.model.calls.get(call_id)
        for connection in call.connections.values() if call else ():
            if part := connection.terminal_connections.get(terminal):
                return part
        raise ProviderError(Cause.CALL_CANCELLED, f"{terminal} is not in call {call_id}")

    def _require_no_active_call(self, device: Terminal) -> None:
        for number in device.addresses:
            for connection in self.model.addresses[number].connections.values():
                part = connection.terminal_connections.get(device.name)
                if part is not None and part.call_control_state is _TC.TALKING:
                    raise ProviderError(Cause.BUSY, f"{device.name} has an active call")

    def _set_held(
        self,
        call_id: int,
        address: str,
        terminal: str,
        was: CallControlTerminalConnectionState,
        wanted: CallControlTerminalConnectionState,
    ) -> Batches:
        part = self._part(call_id, address, terminal)
        if part.call_control_state is wanted:
            return ()
        if part.call_control_state is not was:
            raise InvalidStateError(str(part), part.call_control_state, wanted)
        if wanted is _TC.TALKING:
            self._require_no_active_call(part.terminal)
        cause = Cause.UNHOLD if wanted is _TC.TALKING else Cause.NORMAL
        change = Change(self.model, MetaCode.CALL_PROGRESS)
        change.move_terminal(call_id, address, terminal, wanted, cause)
        return (change.batch(),)
