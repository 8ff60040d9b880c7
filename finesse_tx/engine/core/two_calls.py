"""What a client may do with two calls of a device, or to get a second one: checked here, done by the telephone system.

Spec: ``cti.md`` §9.8, §11.7 to §11.9; ``telephony.md`` §4.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, NamedTuple

from finesse_tx.cti.core.enums import ControlFailureCode, LocalConnectionState, PeripheralErrorCode
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.control import Control, Refusal, require_room
from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.events import (
    Alternate,
    Conference,
    Consult,
    Disconnect,
    Operation,
    Transfer,
    TransferTo,
    Unhold,
)
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.messages import MAX_PARTIES
from finesse_tx.engine.core.objects import Dialling

__all__ = ["REFUSALS", "Joining", "Role", "TwoCalls"]

_CF: Final = ControlFailureCode
_PE: Final = PeripheralErrorCode
_LCS: Final = LocalConnectionState

_IN_CALL: Final = frozenset({_LCS.LCS_CONNECT, _LCS.LCS_HOLD})


class Role(Enum):
    """What a call is in a request."""

    CONSULTED_FOR = "CONSULTATION_CALL: the active call"
    LEFT = "ALTERNATE_CALL: the active call"
    TAKEN_UP = "ALTERNATE_CALL: the other call"
    GIVEN_UP = "RECONNECT_CALL: the active call"
    RECONNECTED = "RECONNECT_CALL: the held call"
    HELD = "TRANSFER_CALL, CONFERENCE_CALL: the held call"
    ACTIVE = "TRANSFER_CALL, CONFERENCE_CALL: the active call"


REFUSALS: Final[Mapping[Role, Refusal]] = MappingProxyType(
    {
        Role.CONSULTED_FOR: (_IN_CALL, _CF.CF_NO_ACTIVE_CALL),
        Role.LEFT: (frozenset({_LCS.LCS_CONNECT}), _CF.CF_NO_ACTIVE_CALL),
        Role.TAKEN_UP: (frozenset({_LCS.LCS_HOLD, _LCS.LCS_ALERTING}), _CF.CF_NO_HELD_CALL),
        Role.GIVEN_UP: (frozenset({_LCS.LCS_CONNECT}), _CF.CF_NO_ACTIVE_CALL),
        Role.RECONNECTED: (frozenset({_LCS.LCS_HOLD}), _CF.CF_NO_HELD_CALL),
        Role.HELD: (_IN_CALL, _CF.CF_NO_HELD_CALL),
        Role.ACTIVE: (_IN_CALL, _CF.CF_NO_ACTIVE_CALL),
    }
)
"""In which states of its connection each call can be what the request says, and what the request is told otherwise."""


class Joining(NamedTuple):
    """A transfer or a conference.

    Attributes:
        operation: What the telephone system has to do.
        call_id: The call that is left then.
        device: The device whose connection to it is new.
        parties: Who is in it then, at most 16.
        data: What comes with the other call.
    """

    operation: Operation
    call_id: int
    device: str
    parties: tuple[str, ...]
    data: DataChange = DataChange()


class TwoCalls:
    """Consultations and what follows them."""

    def __init__(self, floor: Floor, calls: Calls, control: Control) -> None:
        self._floor, self._calls, self._control = floor, calls, control

    def consult(self, call_id: int, extension: str, digits: str, change: DataChange) -> Consult:
        """Check a request to put a call on hold and make another one.

        Raises:
            ControlFailureError: It cannot be done; nothing changed.
        """
        call_id = self._calls.current(call_id)
        state = self._control.require(REFUSALS[Role.CONSULTED_FOR], call_id, extension)
        self._control.require_destination(extension, digits)
        agent = self._control.agent(extension)
        if agent.dialling is not None:
            raise ControlFailureError(_CF.CF_RESOURCE_BUSY, _PE.DEVICE_BUSY)
        if state is _LCS.LCS_HOLD:
            self._control.require_no_active_call(extension)
        require_room(self._calls.by_id[call_id].data, change)
        agent.dialling = Dialling(digits, change, call_id)
        return Consult(call_id, extension, self._control.terminal(extension), digits)

    def alternate(
        self, active_id: int, other_id: int, extension: str, other: str = ""
    ) -> Alternate:
        """Check a request to change from one call to another.

        Raises:
            ControlFailureError: It cannot be done.
        """
        lines = extension, other or extension
        active_id, other_id = self._two(Role.LEFT, active_id, Role.TAKEN_UP, other_id, lines)
        return Alternate(active_id, other_id, self._control.terminal(extension))

    def reconnect(
        self, active_id: int, held_id: int, extension: str, held: str = ""
    ) -> tuple[Disconnect, Unhold]:
        """Check a request to give up one call and go back to another; what is to be done, one after the other.

        Raises:
            ControlFailureError: It cannot be done.
        """
        lines = extension, held or extension
        active_id, held_id = self._two(Role.GIVEN_UP, active_id, Role.RECONNECTED, held_id, lines)
        terminal = self._control.terminal(extension)
        return Disconnect(active_id, extension), Unhold(held_id, lines[1], terminal)

    def transfer(self, active_id: int, held_id: int, extension: str, held: str = "") -> Joining:
        """Check a request to bring two calls together and leave; the held one is the one that is left.

        Raises:
            ControlFailureError: It cannot be done.
        """
        lines = extension, held or extension
        active_id, held_id = self._two(Role.ACTIVE, active_id, Role.HELD, held_id, lines)
        brought = self._others(active_id, extension)
        parties = (*self._others(held_id, lines[1]), *brought)[:MAX_PARTIES]
        transfer = Transfer(held_id, active_id, self._control.terminal(extension))
        return Joining(transfer, held_id, brought[0], parties, self._brought(held_id, active_id))

    def transfer_to(self, call_id: int, extension: str, digits: str) -> Joining:
        """Check a request to send a call on and leave: a single-step transfer.

        Raises:
            ControlFailureError: It cannot be done.
        """
        call_id = self._calls.current(call_id)
        self._control.require(REFUSALS[Role.ACTIVE], call_id, extension)
        self._control.require_destination(extension, digits)
        parties = [*self._others(call_id, extension), digits]
        return Joining(
            TransferTo(call_id, extension, digits), call_id, digits, tuple(parties[:MAX_PARTIES])
        )

    def conference(self, active_id: int, held_id: int, extension: str, held: str = "") -> Joining:
        """Check a request to bring two calls together and stay; the held one is the one that is left.

        Raises:
            ControlFailureError: It cannot be done.
        """
        lines = extension, held or extension
        active_id, held_id = self._two(Role.ACTIVE, active_id, Role.HELD, held_id, lines)
        brought = self._others(active_id, extension)
        parties = (*self._floor.model.call(held_id).connections, *brought)
        if len(parties) > MAX_PARTIES:
            raise ControlFailureError(_CF.CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED)
        conference = Conference(held_id, active_id, self._control.terminal(extension))
        return Joining(conference, held_id, lines[1], parties, self._brought(held_id, active_id))

    def _two(
        self, role: Role, call_id: int, other_role: Role, other_id: int, lines: tuple[str, str]
    ) -> tuple[int, int]:
        """Check two calls of a device, each on its line; by the ids that they have now."""
        call_id, other_id = self._calls.current(call_id), self._calls.current(other_id)
        if call_id == other_id:
            raise ControlFailureError(_CF.CF_INVALID_OBJECT_STATE, _PE.INVALID_ARGUMENT)
        self._control.require(REFUSALS[role], call_id, lines[0])
        self._control.require(REFUSALS[other_role], other_id, lines[1])
        if self._control.agent(lines[0]) is not self._control.agent(lines[1]):
            raise ControlFailureError(_CF.CF_INVALID_CSTA_DEVICE_IDENTIFIER)
        return call_id, other_id

    def _brought(self, held_id: int, active_id: int) -> DataChange:
        """What the other call brings: all of its data, when the one that is left is its consultation.

        So it is when the customer was talked to last; or else the call that is left is his.
        """
        left, other = self._calls.by_id[held_id], self._calls.by_id[active_id]
        if left.model.consults_for != active_id:
            return DataChange()
        was, data = left.data, other.data
        return DataChange(
            data.ani or None,
            data.caller_entered_digits or None,
            {i: new for i, new in enumerate(data.variables) if new != was.variables[i]},
            data.wrapup or None,
            {key: new for key, new in data.named.items() if new != was.named.get(key)},
        )

    def _others(self, call_id: int, extension: str) -> list[str]:
        """Who is in a call besides that extension; there must be somebody who can be reached.

        Raises:
            ControlFailureError: There is nobody.
        """
        found = []
        for number, connection in self._floor.model.call(call_id).connections.items():
            state = self._calls.state_of(connection)
            if number != extension and state is not _LCS.LCS_FAIL:
                found.append(number)
        if not found:
            raise ControlFailureError(_CF.CF_NO_CALL_TO_COMPLETE, _PE.TERMINAL_CONNECTION_MISSING)
        return found
