"""What a client may do in a call: checked here, done by the telephone system.

Spec: ``cti.md`` §8.18 (typical mappings), §11.6, §11.7; ``telephony.md`` §4.3 (one active call on a device).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from finesse_tx.cti.core.enums import ControlFailureCode, LocalConnectionState, PeripheralErrorCode
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.data import CallData, DataChange, DataTooLargeError
from finesse_tx.engine.core.events import (
    Answer,
    Connect,
    Consult,
    Disconnect,
    Drop,
    Hold,
    Operation,
    Redirect,
    Reject,
    SendDTMF,
    StartRecording,
    StopRecording,
    Unhold,
)
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Agent, Dialling, Place
from finesse_tx.engine.core.roster import Roster
from finesse_tx.engine.core.states import AgentState, Input
from finesse_tx.telephony.core.events import Cause
from finesse_tx.telephony.core.media import DTMF, MAX_DIGITS
from finesse_tx.telephony.core.objects import Connection
from finesse_tx.telephony.core.states import CallControlTerminalConnectionState

__all__ = ["CAUSES", "REFUSALS", "CallRequest", "Control", "Refusal", "require_room"]

_CF: Final = ControlFailureCode
_PE: Final = PeripheralErrorCode
_LCS: Final = LocalConnectionState


class CallRequest(Enum):
    """What a client asks of a device's part in a call."""

    ANSWER = "ANSWER_CALL"
    HOLD = "HOLD_CALL"
    RETRIEVE = "RETRIEVE_CALL"
    CLEAR_CONNECTION = "CLEAR_CONNECTION"


Refusal = tuple[frozenset[LocalConnectionState], ControlFailureCode]
"""The states in which a request is possible, and what it is told in the others."""

REFUSALS: Final[Mapping[CallRequest, Refusal]] = MappingProxyType(
    {
        CallRequest.ANSWER: (frozenset({_LCS.LCS_ALERTING}), _CF.CF_NO_CALL_TO_ANSWER),
        CallRequest.HOLD: (frozenset({_LCS.LCS_CONNECT}), _CF.CF_NO_ACTIVE_CALL),
        CallRequest.RETRIEVE: (frozenset({_LCS.LCS_HOLD}), _CF.CF_NO_HELD_CALL),
        CallRequest.CLEAR_CONNECTION: (
            frozenset(_LCS) - {_LCS.LCS_NULL, _LCS.LCS_NONE},
            _CF.CF_NO_CONNECTION_TO_CLEAR,
        ),
    }
)
"""In which states of the connection each request is possible, and what it is told in the others."""

CAUSES: Final[Mapping[Cause, tuple[ControlFailureCode, PeripheralErrorCode]]] = MappingProxyType(
    {
        Cause.UNKNOWN: (_CF.CF_INVALID_OBJECT_STATE, _PE.JTAPI_EXCEPTION),
        Cause.CALL_CANCELLED: (_CF.CF_INVALID_CSTA_CALL_IDENTIFIER, _PE.CALL_MISSING),
        Cause.BUSY: (_CF.CF_RESOURCE_BUSY, _PE.DEVICE_BUSY),
        Cause.DEST_NOT_OBTAINABLE: (_CF.CF_INVALID_DESTINATION, _PE.JTAPI_EXCEPTION),
        Cause.INCOMPATIBLE_DESTINATION: (_CF.CF_INVALID_DESTINATION, _PE.JTAPI_EXCEPTION),
        Cause.RESOURCES_NOT_AVAILABLE: (_CF.CF_RESOURCE_OUT_OF_SERVICE, _PE.DEVICE_OFF),
        Cause.NETWORK_CONGESTION: (_CF.CF_NETWORK_BUSY, _PE.JTAPI_EXCEPTION),
    }
)
"""What a client is told when the telephone system refuses; CF_GENERIC_OPERATION for other causes."""


def require_room(data: CallData, change: DataChange) -> None:
    """Check that data can be attached to a call that has some.

    Raises:
        ControlFailureError: It would be too much.
    """
    try:
        data.changed_by(change)
    except DataTooLargeError:
        raise ControlFailureError(_CF.CF_VALUE_OUT_OF_RANGE, _PE.INVALID_ARGUMENT) from None


class Control:
    """Call control by agents."""

    def __init__(self, floor: Floor, roster: Roster, calls: Calls) -> None:
        self._floor, self._roster, self._calls = floor, roster, calls

    def request(self, request: CallRequest, call_id: int, extension: str) -> Operation:
        """Check a request; what the switch has to do for it comes back.

        Raises:
            ControlFailureError: It cannot be done; nothing changed.
        """
        call_id = self._calls.current(call_id)
        state = self.require(REFUSALS[request], call_id, extension)
        name = self.terminal(extension)
        if request in {CallRequest.ANSWER, CallRequest.RETRIEVE}:
            self.require_no_active_call(extension)
        match request:
            case CallRequest.ANSWER:
                return Answer(call_id, extension, name)
            case CallRequest.HOLD:
                return Hold(call_id, extension, name)
            case CallRequest.RETRIEVE:
                return Unhold(call_id, extension, name)
            case CallRequest.CLEAR_CONNECTION:
                if state is not _LCS.LCS_ALERTING:
                    return Disconnect(call_id, extension)
                is_routed = self._calls.by_id[call_id].contact is not None
                return Reject(
                    call_id, extension, Cause.CALL_NOT_ANSWERED if is_routed else Cause.BUSY
                )

    def send_dtmf(self, call_id: int, extension: str, digits: str) -> SendDTMF:
        """Check a request to key digits.

        Raises:
            ControlFailureError: It cannot be done.
        """
        call_id = self._calls.current(call_id)
        self.require((frozenset({_LCS.LCS_CONNECT}), _CF.CF_NO_ACTIVE_CALL), call_id, extension)
        if not 1 <= len(digits) <= MAX_DIGITS or not DTMF.issuperset(digits):
            raise ControlFailureError(_CF.CF_VALUE_OUT_OF_RANGE, _PE.INVALID_ARGUMENT)
        return SendDTMF(call_id, extension, digits)

    def deflect(self, call_id: int, extension: str, destination: str) -> Redirect:
        """Check a request to send a call that rings on to another number; one that the engine routed goes nowhere else.

        Raises:
            ControlFailureError: It cannot be done.
        """
        call_id = self._calls.current(call_id)
        self.require(REFUSALS[CallRequest.ANSWER], call_id, extension)
        self.require_destination(extension, destination)
        contact = self._calls.by_id[call_id].contact
        if contact is not None and contact.place is Place.RESERVED:
            raise ControlFailureError(_CF.CF_INVALID_OBJECT_STATE)
        return Redirect(call_id, extension, destination)

    def record(self, call_id: int, extension: str, on: bool) -> StartRecording | StopRecording:
        """Check a request to record a call at an agent's phone, or to do so no more.

        Raises:
            ControlFailureError: It cannot be done.
        """
        call_id = self._calls.current(call_id)
        possible = frozenset({_LCS.LCS_CONNECT, _LCS.LCS_HOLD})
        self.require((possible, _CF.CF_NO_ACTIVE_CALL), call_id, extension)
        return StartRecording(call_id, extension) if on else StopRecording(call_id, extension)

    def clear_call(self, call_id: int, extension: str) -> Operation:
        """Check a request to end a call for everyone.

        Raises:
            ControlFailureError: It cannot be done.
        """
        call_id = self._calls.current(call_id)
        self._connection(call_id, extension)
        return Drop(call_id)

    def make_call(self, extension: str, digits: str, change: DataChange, now: float) -> Connect:
        """Check a request to make a call; an agent who is READY is no longer from now on.

        Raises:
            ControlFailureError: It cannot be done; nothing changed.
        """
        agent = self._floor.agent_at(extension)
        if agent is None or agent.station is None:
            raise ControlFailureError(_CF.CF_INVALID_CALLING_DEVICE, _PE.NUMBER_NOT_ASSIGNED)
        self.require_destination(extension, digits)
        if agent.state not in {AgentState.NOT_READY, AgentState.READY}:
            raise ControlFailureError(_CF.CF_INVALID_OBJECT_STATE)
        if agent.dialling is not None:
            raise ControlFailureError(_CF.CF_RESOURCE_BUSY, _PE.DEVICE_BUSY)
        self.require_no_active_call(extension)
        require_room(CallData(), change)
        agent.dialling = Dialling(digits, change)
        self._roster.happen(agent, Input.DIALLED, now)
        return Connect(agent.station.terminal, extension, digits)

    def operation_failed(self, operation: Operation, now: float) -> None:
        """The switch could not do it; a call that was to be made will not be."""
        if isinstance(operation, Connect | Consult):
            agent = self._floor.agent_at(operation.address)
            if agent is not None and agent.dialling is not None:
                agent.dialling = None
                self._roster.phone_is_free(agent, now)

    @staticmethod
    def require_destination(extension: str, digits: str) -> None:
        """Check what is to be dialled.

        Raises:
            ControlFailureError: It is nothing, or whoever dials.
        """
        if not digits:
            raise ControlFailureError(_CF.CF_INVALID_DESTINATION, _PE.DIALED_NUMBER_MISSING)
        if digits == extension:
            raise ControlFailureError(_CF.CF_INVALID_DESTINATION, _PE.INVALID_ARGUMENT)

    def require(self, refusal: Refusal, call_id: int, extension: str) -> LocalConnectionState:
        """Check that a device's part in a call is in a state for a request; return that state.

        Raises:
            ControlFailureError: It is not, or there is no such part.
        """
        states, code = refusal
        state = self._calls.state_of(self._connection(call_id, extension))
        if state not in states:
            raise ControlFailureError(code, _PE.TERMINAL_CONNECTION_MISSING)
        return state

    def terminal(self, extension: str) -> str:
        """The device at which somebody is signed in, on that extension or on another line.

        Raises:
            ControlFailureError: Nobody is.
        """
        agent = self.agent(extension)
        return agent.station.terminal if agent.station else ""

    def agent(self, extension: str) -> Agent:
        """Who is signed in on that extension, or on another line of its device.

        Raises:
            ControlFailureError: Nobody is.
        """
        if (agent := self._floor.agent_at(extension)) is not None:
            return agent
        code = _CF.CF_INVALID_CSTA_DEVICE_IDENTIFIER
        raise ControlFailureError(code, _PE.NUMBER_NOT_ASSIGNED)

    def _connection(self, call_id: int, extension: str) -> Connection:
        self.terminal(extension)
        call = self._floor.model.calls.get(call_id)
        if call is None:
            raise ControlFailureError(_CF.CF_INVALID_CSTA_CALL_IDENTIFIER, _PE.CALL_MISSING)
        connection = call.connections.get(extension)
        if connection is None:
            raise ControlFailureError(
                _CF.CF_INVALID_CSTA_CONNECTION_IDENTIFIER, _PE.TERMINAL_CONNECTION_MISSING
            )
        return connection

    def require_no_active_call(self, extension: str) -> None:
        """Two active calls on one device are refused, on whichever of its lines."""
        model, terminal = self._floor.model, self.terminal(extension)
        device = model.terminals.get(terminal)
        for number in device.addresses if device else (extension,):
            for connection in model.addresses[number].connections.values():
                part = connection.terminal_connections.get(terminal)
                if part and part.call_control_state is CallControlTerminalConnectionState.TALKING:
                    raise ControlFailureError(_CF.CF_INVALID_OBJECT_STATE, _PE.DEVICE_BUSY)
