"""The calls, and how what happens in them is told to CTI clients.

A device is told BEGIN_CALL once and END_CALL once for each call; a call is forgotten after its last END_CALL.

Spec: ``telephony.md`` §2 (states and causes of each event), ``cti.md`` §8.7, §8.9 to §8.11, §11.5 (values).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from finesse_tx.cti.core.enums import CallType, EventCause, LocalConnectionState
from finesse_tx.engine.core.data import CallData, DataChange
from finesse_tx.engine.core.events import (
    CallEvent,
    CallEventKind,
    Connect,
    Device,
    Operation,
)
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Call, Party, Place
from finesse_tx.telephony.core.events import Cause
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.objects import Call as TelephonyCall
from finesse_tx.telephony.core.objects import Connection
from finesse_tx.telephony.core.states import (
    CallControlConnectionState,
    CallControlTerminalConnectionState,
)

__all__ = ["CAUSES", "CONNECTION_STATES", "MAX_MERGED", "STATES", "Calls"]

MAX_MERGED: Final = 10_000
"""So many ids of calls that have become part of another are kept: no id is ever used again, and clients may be late."""

_K: Final = CallEventKind
_LCS: Final = LocalConnectionState

STATES: Final[Mapping[CallEventKind, LocalConnectionState]] = MappingProxyType(
    {
        _K.SERVICE_INITIATED: _LCS.LCS_INITIATE,
        _K.ORIGINATED: _LCS.LCS_INITIATE,
        _K.DELIVERED: _LCS.LCS_ALERTING,
        _K.ESTABLISHED: _LCS.LCS_CONNECT,
        _K.HELD: _LCS.LCS_HOLD,
        _K.RETRIEVED: _LCS.LCS_CONNECT,
        _K.FAILED: _LCS.LCS_FAIL,
        _K.DIVERTED: _LCS.LCS_NULL,
        _K.QUEUED: _LCS.LCS_QUEUED,
        _K.DEQUEUED: _LCS.LCS_QUEUED,
        _K.TRANSFERRED: _LCS.LCS_CONNECT,
        _K.CONFERENCED: _LCS.LCS_CONNECT,
        _K.CONNECTION_CLEARED: _LCS.LCS_NULL,
        _K.CLEARED: _LCS.LCS_NULL,
    }
)
"""LocalConnectionState of each event that has one."""

CAUSES: Final[Mapping[Cause, EventCause]] = MappingProxyType(
    {
        Cause.NEW_CALL: EventCause.CEC_NEW_CALL,
        Cause.ALTERNATE: EventCause.CEC_ALTERNATE,
        Cause.TRANSFER: EventCause.CEC_TRANSFER,
        Cause.CONFERENCE: EventCause.CEC_KEY_CONFERENCE,
        Cause.BUSY: EventCause.CEC_BUSY,
        Cause.CALL_CANCELLED: EventCause.CEC_CALL_CANCELLED,
        Cause.CALL_NOT_ANSWERED: EventCause.CEC_CALL_NOT_ANSWERED,
        Cause.DEST_NOT_OBTAINABLE: EventCause.CEC_DEST_NOT_OBTAINABLE,
        Cause.INCOMPATIBLE_DESTINATION: EventCause.CEC_INCOMPATIBLE_DESTINATION,
        Cause.NETWORK_CONGESTION: EventCause.CEC_NETWORK_CONGESTION,
        Cause.NETWORK_NOT_OBTAINABLE: EventCause.CEC_NETWORK_NOT_OBTAINABLE,
        Cause.RESOURCES_NOT_AVAILABLE: EventCause.CEC_RESOURCES_NOT_AVAILABLE,
        Cause.REDIRECTED: EventCause.CEC_REDIRECTED,
        Cause.TRUNKS_BUSY: EventCause.CEC_TRUNKS_BUSY,
    }
)
"""EventCause for JTAPI's causes; CEC_NONE for the others."""

CONNECTION_STATES: Final[Mapping[CallControlConnectionState, LocalConnectionState]] = (
    MappingProxyType(
        {
            CallControlConnectionState.IDLE: _LCS.LCS_NULL,
            CallControlConnectionState.OFFERED: _LCS.LCS_ALERTING,
            CallControlConnectionState.QUEUED: _LCS.LCS_QUEUED,
            CallControlConnectionState.ALERTING: _LCS.LCS_ALERTING,
            CallControlConnectionState.INITIATED: _LCS.LCS_INITIATE,
            CallControlConnectionState.DIALING: _LCS.LCS_INITIATE,
            CallControlConnectionState.NETWORK_REACHED: _LCS.LCS_INITIATE,
            CallControlConnectionState.NETWORK_ALERTING: _LCS.LCS_ALERTING,
            CallControlConnectionState.ESTABLISHED: _LCS.LCS_CONNECT,
            CallControlConnectionState.DISCONNECTED: _LCS.LCS_NULL,
            CallControlConnectionState.FAILED: _LCS.LCS_FAIL,
            CallControlConnectionState.UNKNOWN: _LCS.LCS_NONE,
        }
    )
)
"""LocalConnectionState of a connection, for snapshots; HOLD and QUEUED refine ESTABLISHED."""

_NO_TYPE: Final = CallType.CALLTYPE_NOT_SET
_NO_STATE: Final = LocalConnectionState.LCS_NONE


class Calls:
    """Every call that some device has not been told the end of.

    Attributes:
        by_id: The calls, by id.
        merged: For each of the latest `MAX_MERGED` calls that have become part of another: that one's id.
    """

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.by_id: dict[int, Call] = {}
        self.merged: dict[int, int] = {}

    def current(self, call_id: int) -> int:
        """The id under which a call goes on, be it its own."""
        while call_id in self.merged:
            call_id = self.merged[call_id]
        return call_id

    def elsewhere(self, operation: Operation) -> Operation | None:
        """An operation that came too late, in the call that its own has become part of; None when that has not."""
        call_id = getattr(operation, "call_id", 0)
        current = self.current(call_id)
        if current == call_id or isinstance(operation, Connect):
            return None
        return replace(operation, call_id=current)

    def merge(self, call_id: int, into: int) -> None:
        """A call has become part of another: clients that are late may go on calling it by its old id."""
        self.merged[call_id] = into
        if len(self.merged) > MAX_MERGED:
            del self.merged[next(iter(self.merged))]

    def device(self, number: str) -> Device:
        """What a number is to CTI clients now."""
        return self._floor.device(number)

    def create(self, model: TelephonyCall) -> Call:
        """Take in a call that has just begun."""
        call = Call(model)
        self.by_id[call.id] = call
        return call

    def join(self, call: Call, number: str) -> Party:
        """Take in a party."""
        kind = self._floor.model.kind(number)
        is_phone = kind is AddressKind.PHONE
        monitored = self._floor.agent_at(number) is not None if is_phone else True
        party = Party(
            number,
            kind,
            monitored and kind is not AddressKind.EXTERNAL,
            self._call_type(call, number, kind),
        )
        call.parties[number] = party
        return party

    def _call_type(self, call: Call, number: str, kind: AddressKind) -> CallType:
        """What a call is to a party: routed, or from or to whom."""
        calling, called = call.model.calling, call.model.called
        if call.outbound is not None and not call.model.consults_for:
            return call.outbound.call_type
        if call.purpose is not None:
            return call.purpose
        consults = call.model.consults_for and kind is AddressKind.PHONE and call.contact is None
        if consults and number in {calling, called}:
            return CallType.CALLTYPE_CONSULT
        if number == calling:
            inside = self._floor.model.kind(called) is AddressKind.PHONE
            return CallType.CALLTYPE_AGENT_INSIDE if inside else CallType.CALLTYPE_OUT
        if kind is not AddressKind.PHONE or call.contact is not None:
            return CallType.CALLTYPE_ACD_IN
        if self._floor.model.kind(calling) is AddressKind.PHONE:
            return CallType.CALLTYPE_AGENT_INSIDE
        return CallType.CALLTYPE_OTHER_IN

    def monitored(self, call: Call, number: str) -> bool:
        """Whether clients are told of that number's part in the call."""
        party = call.parties.get(number)
        return party is not None and party.monitored

    def show_ringing(self, number: str) -> None:
        """Somebody has signed in at a phone: tell him of the calls that ring there already."""
        for call_id, connection in self._floor.model.addresses[number].connections.items():
            call = self.by_id[call_id]
            party = call.parties.get(number)
            rings = self.state_of(connection) is _LCS.LCS_ALERTING
            if party is not None and rings and not party.monitored:
                party.monitored = True
                self.begin(party, call)
                self.tell(call, _K.DELIVERED, number, cause=EventCause.CEC_NEW_CALL)

    def begin(self, party: Party, call: Call) -> None:
        """Tell a device that it has something to do with the call."""
        if party.number not in call.begun:
            call.begun[party.number] = party.call_type
            self.tell(call, _K.BEGIN, party.number)

    def end(self, call: Call, number: str) -> None:
        """Tell a device that it has nothing to do with the call any more; forget the call after the last one."""
        if number in call.parties:  # it has come back meanwhile
            return
        if number in call.begun:
            self.tell(call, _K.END, number)
            del call.begun[number]
        self.forget_if_over(call)

    def forget_if_over(self, call: Call) -> None:
        """Forget a call that is over and that nobody finishes."""
        if call.is_over and not call.begun:
            self.by_id.pop(call.id, None)

    def tell(
        self,
        call: Call,
        kind: CallEventKind,
        number: str,
        *,
        subject: str = "",
        called: str | None = None,
        cause: EventCause = EventCause.CEC_NONE,
        state: LocalConnectionState | None = None,
        change: DataChange | None = None,
        other_call_id: int | None = None,
        parties: tuple[Device, ...] = (),
        agent_id: str = "",
    ) -> None:
        """Tell something of a call.

        Args:
            call: The call.
            kind: What happened.
            number: The connection that it is about.
            subject: Who did it; empty: that number.
            called: Who is called; None: whoever was dialled.
            cause: Why.
            state: The connection's state, where it is not the event's own.
            change: What changed, of an update; None for all there is.
            other_call_id: The call that the connection was in before, or that ended in this one.
            parties: Who is in the call, where that is told.
            agent_id: Who is signed in at the device, where that is told.
        """
        party, contact, model = call.parties.get(number), call.contact, call.model
        call_type = party.call_type if party else call.begun.get(number, _NO_TYPE)
        floor = self._floor
        device_of = floor.device
        device = device_of(number)
        floor.effects.append(
            CallEvent(
                kind,
                model.id,
                device,
                call_type,
                call.data,
                device_of(subject) if subject else device,
                device_of(model.calling),
                device_of(model.called if called is None else called),
                device_of(model.last_redirected),
                STATES.get(kind, _NO_STATE) if state is None else state,
                cause,
                None if contact is None or call.outbound else contact.trigger.application_id,
                () if contact is None else contact.csq_ids,
                change,
                other_call_id,
                parties,
                agent_id,
            )
        )

    def state_of(self, connection: Connection) -> LocalConnectionState:
        """Where a connection stands now."""
        state = CONNECTION_STATES[connection.call_control_state]
        if state is not _LCS.LCS_CONNECT:
            return state
        parts = connection.terminal_connections.values()
        if any(p.call_control_state is CallControlTerminalConnectionState.HELD for p in parts):
            return _LCS.LCS_HOLD
        call = self.by_id.get(connection.call.id)
        contact = call.contact if call else None
        waits = contact is not None and contact.place is Place.WAITING
        if waits and connection.address.kind is AddressKind.CTI_PORT:
            return _LCS.LCS_QUEUED
        return state

    def attach(self, call: Call, change: DataChange) -> None:
        """Change what is attached to a call, and tell every device that has to do with it.

        Raises:
            DataTooLargeError: The named variables would be too large; nothing was changed.
        """
        call.data = call.data.changed_by(change)
        for number in call.begun:
            self.tell(call, _K.DATA_UPDATE, number, change=change)

    def address(self, call: Call, change: DataChange | None) -> None:
        """Fill in who calls whom, and what was attached when it was dialled; a consultation begins with its call's."""
        calling, called = call.model.calling, call.model.called
        calling, called = self.device(calling).id, self.device(called).id
        call.data = CallData(calling, called, called)
        if (consulted := self.by_id.get(call.model.consults_for)) is not None:
            data = consulted.data
            call.data = replace(call.data, variables=data.variables, named=data.named)
        if change is not None:
            call.data = call.data.changed_by(change)
