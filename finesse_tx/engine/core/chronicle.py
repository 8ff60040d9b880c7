"""What the engine tells, as history: changes of agents' states, and legs of calls that are over.

A leg begins with the first BEGIN_CALL of its call and is complete with the last END_CALL. Its rows are written when
its last party has gone and, where somebody still does after-call work, once more when that is over: so whoever has
been told END_CALL of a call finds it in the history, whatever happens next. What is kept here is bounded by the
engine's own calls and agents.

Spec: ``engine.md`` §6; ``docs/history.rst`` for what the reference leaves open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from finesse_tx.cti.core.enums import CallType, DeviceIDType
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core.contact_events import ContactEvent, ContactStep
from finesse_tx.engine.core.events import AgentStateChanged, CallEvent, CallEventKind, Event
from finesse_tx.engine.core.leg_rows import call_record, milliseconds
from finesse_tx.engine.core.legs import (
    Leg,
    Part,
    is_waiting,
    leave,
    queue,
    take_out,
    unhold,
    wait_there,
    waits_in,
)
from finesse_tx.engine.core.records import (
    EVENT_TYPES,
    AgentStateDetail,
    CallRecord,
    ContactDisposition,
    ContactType,
    Entry,
    PartyType,
    QueueDisposition,
)
from finesse_tx.engine.core.states import AgentState
from finesse_tx.telephony.core.inventory import AddressKind

__all__ = ["Chronicle"]

_K: Final = CallEventKind
_S: Final = ContactStep
_D: Final = ContactDisposition

_CONTACT_TYPES: Final[Mapping[CallType, ContactType]] = MappingProxyType(
    {
        CallType.CALLTYPE_OUT: ContactType.OUTGOING,
        CallType.CALLTYPE_AGENT_INSIDE: ContactType.INTERNAL,
        CallType.CALLTYPE_TRANSFER_IN: ContactType.TRANSFER_IN,
        CallType.CALLTYPE_PREVIEW: ContactType.PREVIEW,
        CallType.CALLTYPE_CUSTOMER_PREDICTIVE: ContactType.OUTGOING,
    }
)
"""``contactType`` of what a call is to its first device; INCOMING for the others."""

_ON_THE_WAY: Final = frozenset({DeviceIDType.DEVID_CTI_PORT, DeviceIDType.DEVID_ROUTE_POINT})
"""Devices at which nobody speaks to the caller."""

_SETTING: Final = frozenset(
    {
        AgentState.LOGIN,
        AgentState.LOGOUT,
        AgentState.NOT_READY,
        AgentState.READY,
    }
)
"""The states whose reason is their own; that of the others belongs to what is pending."""


@dataclass(eq=False, slots=True)
class _Station:
    """Who is signed in at a phone, and the state that was recorded last."""

    agent_id: str
    state: AgentState
    reason: int


class Chronicle:
    """Writes history.

    Args:
        kind: What a number stands for now.
        next_session: The first session id that no call has, after whatever was recorded before.
        node_id: This node.
    """

    def __init__(
        self, kind: Callable[[str], AddressKind], next_session: int = 1, node_id: int = 1
    ) -> None:
        self._kind, self._node_id = kind, node_id
        self._next_session = next_session
        self._stations: dict[str, _Station] = {}
        self._last_change: dict[
            str, int
        ] = {}  # by agent: of two changes in a millisecond, one is later
        self._legs: dict[int, Leg] = {}
        self._applications: dict[int, str] = {}
        self._service_levels: dict[int, int] = {}
        self._states: list[AgentStateDetail] = []
        self._calls: list[CallRecord] = []
        self._over: dict[int, Leg] = {}
        self._reactions: Mapping[CallEventKind, Callable[[Leg, CallEvent, float], None]] = {
            _K.BEGIN: self._begun,
            _K.DATA_UPDATE: self._move,
            _K.TRANSFERRED: self._merge,
            _K.CONFERENCED: self._merge,
            _K.ESTABLISHED: self._established,
            _K.HELD: self._held,
            _K.RETRIEVED: self._retrieved,
            _K.CONNECTION_CLEARED: self._left,
            _K.CLEARED: self._clear,
            _K.END: self._ended,
        }
        self._joined: dict[int, int] = {}  # in this turn: whose wait goes on in which other call

    def __len__(self) -> int:
        """How many legs are under way."""
        return len(self._legs)

    def configure(self, snapshot: Snapshot) -> None:
        """Take in the names of applications, the queues' service levels, and who there is."""
        self._applications = {t.application_id: t.application_name for t in snapshot.triggers}
        self._service_levels = {csq.id: csq.service_level_s for csq in snapshot.csqs}
        known = {person.login_id for person in snapshot.people}
        self._last_change = {a: at for a, at in self._last_change.items() if a in known}

    def record(self, events: Iterable[Event], at: float) -> Entry | None:
        """Take in what one turn of the engine told.

        Args:
            events: All of it, in causal order.
            at: When, in seconds since 1970; never earlier than before.

        Returns:
            What is to be kept of it; None when it is nothing.
        """
        early: dict[int, ContactEvent] = {}
        for event in events:
            if type(event) is CallEvent:
                self._call(event, at)
                if early and event.call_id in early and event.call_id in self._legs:
                    self._contact(early.pop(event.call_id), self._legs[event.call_id], at)
            elif type(event) is AgentStateChanged:
                self._agent(event, at)
            elif type(event) is ContactEvent:
                call_id = self._joined.get(event.call_id, event.call_id)
                if (leg := self._legs.get(call_id)) is not None:
                    self._contact(event, leg, at)
                else:  # rejected as soon as it came: BEGIN_CALL follows
                    early[event.call_id] = event
        if self._over:
            for leg in self._over.values():
                self._write(leg, is_complete=False)
            self._over.clear()
        if self._joined:
            self._joined.clear()
        if not self._states and not self._calls:
            return None
        states, calls = self._states, self._calls
        self._states, self._calls = [], []
        return Entry(self._next_session, tuple(states), tuple(calls))

    def close(self, at: float) -> Entry | None:
        """The engine stops: whatever is under way has been aborted.

        Returns:
            As `record`.
        """
        for call_id, leg in list(self._legs.items()):
            if leg.fate is None and leg.answered_by is None:
                leg.fate = _D.ABORTED, "the engine was stopped"
            for number in list(leg.begun):
                self._end(leg, call_id, number, at)
        return self.record((), at)

    # Agents ---------------------------------------------------------------------------------------------------

    def _agent(self, event: AgentStateChanged, at: float) -> None:
        state, reason = event.state, event.reason
        if state not in _SETTING:
            reason = 0
        station = self._stations.get(event.extension)
        if (
            station is not None
            and station.agent_id == event.agent_id
            and EVENT_TYPES[station.state] == EVENT_TYPES[state]
            and (event.pending is not None or station.reason == reason)
        ):
            return
        if state is AgentState.LOGOUT:
            self._stations.pop(event.extension, None)
        else:
            self._stations[event.extension] = _Station(event.agent_id, state, reason)
        when = max(milliseconds(at), self._last_change.get(event.agent_id, 0) + 1)
        self._last_change[event.agent_id] = when
        self._states.append(AgentStateDetail(event.agent_id, when, 0, EVENT_TYPES[state], reason))

    # Contacts -------------------------------------------------------------------------------------------------

    def _contact(self, event: ContactEvent, leg: Leg, at: float) -> None:
        match event.step:
            case _S.QUEUED:
                if not leg.targets:
                    leg.priorities = event.priority, event.priority
                queue(leg, event, at)
            case _S.DEQUEUED:
                for target in leg.targets:
                    if target.csq_id in event.csq_ids:
                        take_out(target, QueueDisposition.DEQUEUED, at)
            case _S.SELECTED:
                queue(leg, event, at)
                leg.selected = waits_in(leg, event.csq_id)
                leg.selection_reason = event.reason
            case _S.RETURNED:
                for part in reversed(leg.parts):
                    if part.agent_id == event.agent_id and part.q_index:
                        part.returned = True
                        break
                leg.selected = None
            case _S.ANSWERED:
                if leg.selected is not None:
                    take_out(leg.selected, QueueDisposition.HANDLED, at)
                self._settle(leg, (_D.HANDLED, ""), QueueDisposition.HANDLED_BY_OTHER_CSQ, at)
            case _S.ABANDONED:
                self._settle(leg, (_D.ABANDONED, ""), QueueDisposition.ABANDONED, at)
            case _S.ABORTED:
                self._settle(leg, (_D.ABORTED, event.reason), QueueDisposition.ABANDONED, at)
            case _S.SENT_ON | _S.ENDED:
                self._settle(leg, (_D.HANDLED, ""), QueueDisposition.HANDLED_BY_SCRIPT, at)
            case _S.REJECTED:
                leg.fate = _D.REJECTED, event.reason
        leg.priorities = leg.priorities[0], event.priority

    @staticmethod
    def _settle(
        leg: Leg, fate: tuple[ContactDisposition, str], others: QueueDisposition, at: float
    ) -> None:
        """It waits no more, whatever it still waited in."""
        if leg.fate is None or leg.fate[0] is not _D.HANDLED:
            leg.fate = fate
        leg.left_queue = at
        for target in leg.targets:
            take_out(target, others, at)

    # Calls ----------------------------------------------------------------------------------------------------

    def _call(self, event: CallEvent, at: float) -> None:
        leg = self._legs.get(event.call_id)
        if leg is None:
            if event.kind is not _K.BEGIN and event.other_call_id not in self._legs:
                return
            if event.call_type is CallType.CALLTYPE_RESERVATION:  # nobody calls anybody yet
                return
            leg = self._legs[event.call_id] = self._new(event, at)
        leg.data = event.data
        if event.application_id is not None:
            leg.application_id = event.application_id
        if (reaction := self._reactions.get(event.kind)) is not None:
            reaction(leg, event, at)

    def _begun(self, leg: Leg, event: CallEvent, at: float) -> None:
        leg.begun[event.device.id] = self._join(leg, event.device.id, at)

    @staticmethod
    def _held(leg: Leg, event: CallEvent, at: float) -> None:
        part = leg.begun.get(event.device.id)
        if part is not None and part.held_since is None:
            part.held_since = at

    @staticmethod
    def _retrieved(leg: Leg, event: CallEvent, at: float) -> None:
        unhold(leg.begun.get(event.device.id), at)

    @staticmethod
    def _left(leg: Leg, event: CallEvent, at: float) -> None:
        leave(leg.begun.get(event.device.id), at)

    def _ended(self, leg: Leg, event: CallEvent, at: float) -> None:
        self._end(leg, event.call_id, event.device.id, at)

    def _new(self, event: CallEvent, at: float) -> Leg:
        session = self._next_session
        self._next_session += 1
        calling, called = event.calling.id, event.called.id
        return Leg(
            session,
            0,
            at,
            self._contact_type(event.call_type, called),
            calling,
            called,
            self._party(calling),
            self._party(called),
            event.data,
        )

    def _contact_type(self, call_type: CallType, called: str) -> ContactType:
        if call_type is CallType.CALLTYPE_CONSULT:
            goes_out = self._kind(called) is AddressKind.EXTERNAL
            return ContactType.OUTGOING if goes_out else ContactType.INTERNAL
        return _CONTACT_TYPES.get(call_type, ContactType.INCOMING)

    def _party(self, number: str) -> tuple[PartyType, str]:
        if (station := self._stations.get(number)) is not None:
            return PartyType.AGENT, station.agent_id
        outside = not number or self._kind(number) is AddressKind.EXTERNAL
        return (PartyType.UNKNOWN if outside else PartyType.DEVICE), ""

    def _join(self, leg: Leg, number: str, at: float) -> Part | None:
        station = self._stations.get(number)
        if station is None:
            return None
        part = Part(station.agent_id, at)
        if leg.selected is not None and number != leg.calling:
            part.q_index = leg.targets.index(leg.selected) + 1
        leg.parts.append(part)
        return part

    def _merge(self, leg: Leg, event: CallEvent, at: float) -> None:
        """Another leg becomes part of this one, and a leg of the same session; who waited there waits here."""
        is_transfer = event.kind is _K.TRANSFERRED
        unhold(leg.begun.get(event.device.id), at)
        other = self._legs.get(event.other_call_id or 0)
        for each in (leg,) if other is None else (leg, other):
            each.is_transfer |= is_transfer
            each.is_conference |= not is_transfer
        if other is None or other is leg:
            return
        leg.last_sequence += 1
        other.session, other.sequence = leg.session, leg.last_sequence
        if is_waiting(other) and not is_waiting(leg):
            self._joined[event.other_call_id or 0] = event.call_id
            wait_there(other, leg)

    def _move(self, leg: Leg, event: CallEvent, at: float) -> None:
        """Perhaps a device goes on in this leg; until now it was in another one."""
        other_id, number = event.other_call_id, event.device.id
        other = None if other_id is None else self._legs.get(other_id)
        if other_id is None or other is None or number not in other.begun:
            return
        part = other.begun[number]
        new = leg.begun[number] = self._join(leg, number, at)
        if part is not None and new is not None and part.answered is not None:
            new.answered = at
        self._end(other, other_id, number, at)

    def _established(self, leg: Leg, event: CallEvent, at: float) -> None:
        """Somebody answered: that device, or a far end that has none of its own."""
        if event.device.type in _ON_THE_WAY:
            return
        part = leg.begun.get(event.device.id)
        if part is not None and part.answered is None:
            part.answered = at
        caller = leg.begun.get(leg.calling)
        if caller is not None and caller.answered is None:
            caller.answered = at
        if leg.answered_by is None:
            number = event.subject.id or event.device.id
            leg.answered_by = (*self._party(number), number)

    def _clear(self, leg: Leg, event: CallEvent, at: float) -> None:
        if leg.ended is None:
            leg.ended = at
            for part in leg.begun.values():
                leave(part, at)
            self._over[event.call_id] = leg

    def _end(self, leg: Leg, call_id: int, number: str, at: float) -> None:
        part = leg.begun.pop(number, None)
        if part is not None:
            was_ended = part.ended
            leave(part, at)
            if part.answered is not None:
                part.wrapup = leg.data.wrapup
                if was_ended is not None:
                    part.worked = at - was_ended
        if not leg.begun:
            if leg.ended is None:
                leg.ended = at
            self._over.pop(call_id, None)
            del self._legs[call_id]
            self._write(leg, is_complete=True)

    def _write(self, leg: Leg, *, is_complete: bool) -> None:
        application = self._applications.get(leg.application_id or 0, "")
        self._calls.append(
            call_record(leg, self._node_id, application, self._service_levels, is_complete)
        )
