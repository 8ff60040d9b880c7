"""How two calls of one phone become one, and how a call goes on without the phone that passes it on.

The first call survives, with its id; each connection of the other goes on in it as it was (CALL_CHANGED), between the
events that begin and end it. When a transfer is completed before its destination has answered, and nobody does, whoever
transferred it rings again.

Spec: ``telephony.md`` §1.4 (consult, conference, transfer), §1.5 (brackets, call-changed), §4.4.
"""

from __future__ import annotations

from typing import Final

from finesse_tx.telephony.core.change import Change
from finesse_tx.telephony.core.errors import InvalidStateError, ProviderError
from finesse_tx.telephony.core.events import Cause, EventID, MetaCode
from finesse_tx.telephony.core.objects import Call, TerminalConnection
from finesse_tx.telephony.core.parties import Batches, Parties
from finesse_tx.telephony.core.states import (
    CallControlConnectionState,
    CallControlTerminalConnectionState,
    ConnectionState,
)

__all__ = ["MAX_PARTIES", "Merging"]

MAX_PARTIES: Final = 16
"""So many are in one call at most: GED-188's MAX_NUM_PARTIES."""

_CC: Final = CallControlConnectionState
_TC: Final = CallControlTerminalConnectionState
_IN_CALL: Final = (_TC.TALKING, _TC.HELD)


class Merging:
    """Transfers and conferences."""

    def __init__(self, parties: Parties) -> None:
        self._parties, self._model = parties, parties.model

    def transfer(self, call_id: int, other_call_id: int, terminal: str) -> Batches:
        """Bring those in the other call into the first one, and leave both.

        Raises:
            ProviderError: The device is not in both, nobody can be reached in one of them, or one is in both.
        """
        mine, other = self._both(call_id, other_call_id, terminal)
        self._require_room(mine, other, -2)
        if not any(
            self._parties.talking(part.connection.call, part.connection.address.number)
            for part in (mine, other)
        ):
            raise ProviderError(Cause.UNKNOWN, "nobody would be in conversation")
        change = Change(self._model, MetaCode.CALL_TRANSFERRING)
        controller = mine.connection.address.number
        change.tell(
            EventID.TRANSFER_STARTED,
            Cause.TRANSFER,
            call_id,
            controller,
            other_call_id=other_call_id,
        )
        pending = self._ringing(other.connection.call)
        change.leave(other_call_id, other.connection.address.number, Cause.TRANSFER)
        self._move(change, call_id, other_call_id, Cause.TRANSFER)
        change.leave(call_id, controller, Cause.TRANSFER)
        if pending:
            self._parties.transfers[call_id] = (controller, pending)
        change.tell(
            EventID.TRANSFER_ENDED, Cause.TRANSFER, call_id, controller, other_call_id=other_call_id
        )
        return (change.batch(),)

    def conference(self, call_id: int, other_call_id: int, terminal: str) -> Batches:
        """Bring those in the other call into the first one, and talk there.

        Raises:
            ProviderError: The device is not in both, nobody can be reached in one of them, one is in both, or they
                would be more than `MAX_PARTIES`.
        """
        mine, other = self._both(call_id, other_call_id, terminal)
        self._require_room(mine, other, -1)
        change = Change(self._model, MetaCode.CALL_MERGING)
        controller = mine.connection.address.number
        change.tell(
            EventID.CONFERENCE_STARTED,
            Cause.CONFERENCE,
            call_id,
            controller,
            other_call_id=other_call_id,
        )
        change.leave(other_call_id, other.connection.address.number, Cause.CONFERENCE)
        if mine.call_control_state is _TC.HELD:
            change.move_terminal(call_id, controller, terminal, _TC.TALKING, Cause.CONFERENCE)
        self._move(change, call_id, other_call_id, Cause.CONFERENCE)
        change.tell(
            EventID.CONFERENCE_ENDED,
            Cause.CONFERENCE,
            call_id,
            controller,
            other_call_id=other_call_id,
        )
        return (change.batch(),)

    def transfer_to(self, call_id: int, address: str, digits: str) -> Batches:
        """Send whoever is in a call to another number, and leave.

        Raises:
            ProviderError: That number is not in conversation there, or the other one cannot take a call.
        """
        call = self._model.calls.get(call_id)
        connection = call.connections.get(address) if call else None
        if call is None or connection is None:
            raise ProviderError(Cause.CALL_CANCELLED, f"{address} is not in call {call_id}")
        if connection.call_control_state is not _CC.ESTABLISHED:
            raise InvalidStateError(str(connection), connection.call_control_state, _CC.ESTABLISHED)
        if self._parties.talking(call, address) != 1 or len(call.connections) != 2:
            raise ProviderError(Cause.UNKNOWN, f"call {call_id} is no conversation of two")
        if call_id in self._parties.redirects or call_id in self._parties.transfers:
            raise ProviderError(Cause.LOCKOUT, f"call {call_id} is on its way already")
        if digits in call.connections:
            raise ProviderError(Cause.INCOMPATIBLE_DESTINATION, f"{digits} is in the call already")
        if obstacle := self._parties.obstacle(digits):
            raise ProviderError(obstacle, f"{digits} cannot take a call")
        change = Change(self._model, MetaCode.CALL_TRANSFERRING)
        change.tell(EventID.TRANSFER_STARTED, Cause.TRANSFER, call_id, address)
        change.leave(call_id, address, Cause.TRANSFER)
        self._parties.offer(change, call_id, digits, Cause.TRANSFER)
        self._parties.transfers[call_id] = (address, digits)
        change.tell(EventID.TRANSFER_ENDED, Cause.TRANSFER, call_id, address)
        return (change.batch(),)

    def add_party(self, call_id: int, number: str) -> Batches:
        """Offer a call to one more number; those in conversation go on.

        Raises:
            ProviderError: Fewer than two are in conversation, it is full, or that number cannot take it.
        """
        call = self._model.calls.get(call_id)
        if call is None:
            raise ProviderError(Cause.CALL_CANCELLED, f"call {call_id} is gone")
        if self._parties.talking(call, "") < 2:
            raise ProviderError(Cause.UNKNOWN, f"there is no conversation in call {call_id}")
        if len(call.connections) >= MAX_PARTIES:
            raise ProviderError(Cause.RESOURCES_NOT_AVAILABLE, f"call {call_id} is full")
        if number in call.connections:
            raise ProviderError(Cause.INCOMPATIBLE_DESTINATION, f"{number} is in the call already")
        if obstacle := self._parties.obstacle(number):
            raise ProviderError(obstacle, f"{number} cannot take a call")
        change = Change(self._model, MetaCode.CALL_ADDITIONAL_PARTY)
        self._parties.offer(change, call_id, number, Cause.CONFERENCE)
        return (change.batch(),)

    def _move(self, change: Change, call_id: int, other_call_id: int, cause: Cause) -> None:
        """Let all that are left in the other call go on in this one, and end the other."""
        for number in list(self._model.call(other_call_id).connections):
            change.tell(EventID.CALL_CHANGED, cause, call_id, number, other_call_id=other_call_id)
        for underway in (self._parties.redirects, self._parties.transfers):
            if other_call_id in underway:
                underway[call_id] = underway.pop(other_call_id)
        change.tell(EventID.CALL_INVALID, cause, other_call_id)

    def _both(
        self, call_id: int, other_call_id: int, terminal: str
    ) -> tuple[TerminalConnection, TerminalConnection]:
        if call_id == other_call_id:
            raise ProviderError(Cause.INCOMPATIBLE_DESTINATION, "these are one call")
        mine, other = self._part(call_id, terminal), self._part(other_call_id, terminal)
        for part in (mine, other):
            self._require_others(part.connection.call, part.connection.address.number)
        if any(call_id in u for u in (self._parties.redirects, self._parties.transfers)):
            raise ProviderError(Cause.LOCKOUT, f"call {call_id} is on its way already")
        return mine, other

    def _part(self, call_id: int, terminal: str) -> TerminalConnection:
        call = self._model.calls.get(call_id)
        for connection in call.connections.values() if call else ():
            if part := connection.terminal_connections.get(terminal):
                if part.call_control_state not in _IN_CALL:
                    raise InvalidStateError(str(part), part.call_control_state, _TC.TALKING)
                return part
        raise ProviderError(Cause.CALL_CANCELLED, f"{terminal} is not in call {call_id}")

    @staticmethod
    def _ringing(call: Call) -> str:
        """The number that has not answered, when nobody but the caller has."""
        waiting = [
            number
            for number, connection in call.connections.items()
            if connection.state is not ConnectionState.CONNECTED
            or connection.call_control_state is _CC.NETWORK_ALERTING
        ]
        return waiting[0] if len(waiting) == 1 and len(call.connections) == 2 else ""

    @staticmethod
    def _require_others(call: Call, but: str) -> None:
        """Without that number there must be somebody who can be reached."""
        failed = ConnectionState.FAILED
        if all(c.state is failed for n, c in call.connections.items() if n != but):
            raise ProviderError(Cause.UNKNOWN, f"there is nobody else in call {call.id}")

    @staticmethod
    def _require_room(mine: TerminalConnection, other: TerminalConnection, fewer: int) -> None:
        """They must be no more than a call can hold, and each but the controller in one of them only."""
        here, there = mine.connection.call.connections, other.connection.call.connections
        if len(here) + len(there) + fewer > MAX_PARTIES:
            raise ProviderError(Cause.RESOURCES_NOT_AVAILABLE, "they are too many for one call")
        if both := here.keys() & there.keys() - {other.connection.address.number}:
            raise ProviderError(Cause.INCOMPATIBLE_DESTINATION, f"{min(both)} is in both calls")
