"""How parties come into a simulated call, and how they leave it.

Spec: ``telephony.md`` §1.5 (redirect in normal mode), §4.2, §4.4 point 5 (ring back).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from finesse_tx.telephony.core.change import Change
from finesse_tx.telephony.core.events import Batch, Cause, EventID, MetaCode
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.model import Provider
from finesse_tx.telephony.core.objects import Call, Connection
from finesse_tx.telephony.core.states import (
    CallControlConnectionState,
    CallControlTerminalConnectionState,
    ConnectionState,
)

__all__ = ["Batches", "Parties"]

Batches = tuple[Batch, ...]

_CC: Final = CallControlConnectionState
_TC: Final = CallControlTerminalConnectionState


class Parties:
    """The parties of all calls.

    Attributes:
        model: The calls.
        redirects: For each call that is being redirected and still held: the number that holds it, and the number
            that is offered it.
        transfers: For each call that was transferred to a number which has not answered: who transferred it, and that
            number.
    """

    def __init__(
        self, model: Provider, is_outside: Callable[[str], bool], busy_trigger: int = 1
    ) -> None:
        self.model = model
        self.redirects: dict[int, tuple[str, str]] = {}
        self.transfers: dict[int, tuple[str, str]] = {}
        self._is_outside, self._busy_trigger = is_outside, busy_trigger

    def obstacle(self, number: str) -> Cause | None:
        """Why a call cannot go there; None when it can."""
        address = self.model.addresses.get(number)
        if address is None:
            return None if self._is_outside(number) else Cause.DEST_NOT_OBTAINABLE
        if not address.in_service:
            return Cause.DEST_NOT_OBTAINABLE
        room = {AddressKind.PHONE: self._busy_trigger, AddressKind.CTI_PORT: 1}.get(address.kind)
        if room is not None and address.calls >= room:
            return Cause.BUSY
        return None

    def offer(self, change: Change, call_id: int, number: str, cause: Cause) -> None:
        """Offer a call to a number without obstacle; a phone rings at once, an outside one in its network."""
        change.join(call_id, number, cause)
        change.move(call_id, number, _CC.OFFERED, cause=cause)
        kind = self.model.kind(number)
        if kind is AddressKind.PHONE:
            self.ring(change, self.model.connection(call_id, number), cause)
        elif kind is AddressKind.EXTERNAL:
            change.move(call_id, number, _CC.NETWORK_REACHED, _CC.NETWORK_ALERTING, cause=cause)

    @staticmethod
    def ring(change: Change, connection: Connection, cause: Cause) -> None:
        """Let all devices of a number ring."""
        call_id, number = connection.call.id, connection.address.number
        change.move(call_id, number, _CC.ALERTING, cause=cause)
        for terminal in connection.terminal_connections:
            change.move_terminal(call_id, number, terminal, _TC.RINGING, cause)

    @staticmethod
    def fail(change: Change, call_id: int, number: str, cause: Cause) -> None:
        """Tell the caller that nobody can be reached there; the devices, if any, hear nothing of it."""
        change.tell(EventID.CONN_CREATED, cause, call_id, number)
        change.move(call_id, number, _CC.FAILED, cause=cause)

    def answered(self, change: Change, call_id: int, number: str) -> None:
        """A number has answered: who held the call for it leaves, and who transferred it is not called back."""
        source, destination = self.redirects.get(call_id, ("", ""))
        if destination == number:
            del self.redirects[call_id]
            change.leave(call_id, source, Cause.REDIRECTED)
        if self.transfers.get(call_id, ("", ""))[1] == number:
            del self.transfers[call_id]

    def goes_on(self, call_id: int, number: str, destination: str) -> None:
        """A number that has not answered has sent the call on: who holds the call waits for the other one now."""
        source, was = self.redirects.get(call_id, ("", ""))
        if was == number:
            self.redirects[call_id] = (source, destination)
        if self.transfers.get(call_id, ("", ""))[1] == number:
            del self.transfers[call_id]

    def refuse(self, connection: Connection, cause: Cause) -> Batches:
        """A number does not take a call that is offered to it, or rings there; it has not answered.

        Those in conversation without it go on. Who transferred it there rings again, if he can; else whoever called
        hears why, and an outside caller is released.
        """
        call, number = connection.call, connection.address.number
        if self.talking(call, number) >= 2:
            return self.leave(call.id, number, cause)
        change = Change(self.model, MetaCode.CALL_PROGRESS)
        controller, destination = self.transfers.get(call.id, ("", ""))
        if destination == number and self.obstacle(controller) is None:
            del self.transfers[call.id]
            change.leave(call.id, number, cause)
            self.offer(change, call.id, controller, Cause.TRANSFER)
            return (change.batch(),)
        for terminal in list(connection.terminal_connections):
            change.move_terminal(call.id, number, terminal, _TC.DROPPED, cause)
        change.move(call.id, number, _CC.FAILED, cause=cause)
        if all(self.model.kind(n) is AddressKind.EXTERNAL for n in call.connections if n != number):
            self.end(change, call.id, cause)
        return (change.batch(),)

    def vanish(self, call_id: int, number: str) -> Batches:
        """A number's device loses the switch: whoever transferred a call there is called back, if it still rang."""
        cause = Cause.DEST_NOT_OBTAINABLE
        connection = self.model.connection(call_id, number)
        if self.transfers.get(call_id, ("", ""))[1] == number:
            return self.refuse(connection, cause)
        return self.leave(call_id, number, cause)

    def leave(self, call_id: int, address: str, cause: Cause) -> Batches:
        """One party leaves; the call ends when fewer than two are left in conversation."""
        call = self.model.call(call_id)
        source, destination = self.redirects.get(call_id, ("", ""))
        change = Change(self.model, MetaCode.CALL_ENDING)
        if self.talking(call, address) < 2 or address == source:
            change.leave(call_id, address, cause)
            self.end(change, call_id, Cause.NORMAL)
        else:
            change = Change(self.model, MetaCode.CALL_REMOVING_PARTY)
            change.leave(call_id, address, cause)
            if address == destination:
                del self.redirects[call_id]
            if self.transfers.get(call_id, ("", ""))[1] == address:
                del self.transfers[call_id]
        return (change.batch(),)

    @staticmethod
    def talking(call: Call, but: str) -> int:
        """How many are in conversation, or hear that it rings far away, without one of them."""
        return sum(
            connection.state is ConnectionState.CONNECTED and number != but
            for number, connection in call.connections.items()
        )

    def end(self, change: Change, call_id: int, cause: Cause) -> None:
        """Take out everyone who is left."""
        self.redirects.pop(call_id, None)
        self.transfers.pop(call_id, None)
        change.end(call_id, cause)
