"""How parties come into a simulated call, and how they leave it.

Spec: ``telephony.md`` §1.5 (redirect in normal mode), §4.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from finesse_tx.telephony.core.change import Change
from finesse_tx.telephony.core.events import Batch, Cause, EventID, MetaCode
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.model import Provider
from finesse_tx.telephony.core.objects import Connection
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
    """

    def __init__(self, model: Provider, is_outside: Callable[[str], bool]) -> None:
        self.model = model
        self.redirects: dict[int, tuple[str, str]] = {}
        self._is_outside = is_outside

    def obstacle(self, number: str) -> Cause | None:
        """Why a call cannot go there; None when it can."""
        address = self.model.addresses.get(number)
        if address is None:
            return None if self._is_outside(number) else Cause.DEST_NOT_OBTAINABLE
        if not address.in_service:
            return Cause.DEST_NOT_OBTAINABLE
        if address.kind is not AddressKind.ROUTE_POINT and not address.is_free:
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

    def leave(self, call_id: int, address: str, cause: Cause) -> Batches:
        """One party leaves; the call ends when fewer than two are left in conversation."""
        call = self.model.call(call_id)
        source, destination = self.redirects.get(call_id, ("", ""))
        talking = sum(
            connection.state is ConnectionState.CONNECTED and number != address
            for number, connection in call.connections.items()
        )
        if talking < 2 or address == source:
            change = Change(self.model, MetaCode.CALL_ENDING)
            change.leave(call_id, address, cause)
            self.end(change, call_id, Cause.NORMAL)
        else:
            change = Change(self.model, MetaCode.CALL_REMOVING_PARTY)
            change.leave(call_id, address, cause)
            if address == destination:
                del self.redirects[call_id]
        return (change.batch(),)

    def end(self, change: Change, call_id: int, cause: Cause) -> None:
        """Take out everyone who is left."""
        self.redirects.pop(call_id, None)
        change.end(call_id, cause)
