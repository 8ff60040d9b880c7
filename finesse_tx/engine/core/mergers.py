"""What transfers and conferences mean to agents, contacts and CTI clients.

Between the event that begins one and the event that ends it, connections leave and change calls; nothing of that is told
by itself. What is told is one story, when it is over: who is in the call that is left, under which id, and who is not
any more.

A contact goes with its call. Whoever passes it on has handled it, and whoever is in conversation with it then has it, with
the queue that delivered it; in a conference all agents have it, and the first of them who came is the one it is counted for.

Spec: ``telephony.md`` §2, §4.4; ``cti.md`` §11.8, §11.9; ``engine.md`` §2.3 (a transferred contact keeps its queue).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from finesse_tx.cti.core.enums import CallType, EventCause
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.events import CallEventKind, Disconnect, Reject
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Agent, Call, Contact, Place
from finesse_tx.engine.core.roster import Roster
from finesse_tx.engine.core.router import Router
from finesse_tx.engine.core.states import AgentState, Input
from finesse_tx.telephony.core.events import Cause, Event, EventID
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.objects import Connection
from finesse_tx.telephony.core.states import CallControlConnectionState

__all__ = ["Mergers"]

_K: Final = CallEventKind

_ROUTE_POINT: Final = AddressKind.ROUTE_POINT

_AT_PORT: Final = {Place.TREATED, Place.WAITING, Place.RESERVED, Place.SENT}

_CAN_JOIN: Final = {
    AgentState.NOT_READY,
    AgentState.RESERVED,
    AgentState.TALKING,
    AgentState.HOLD,
}
"""Whoever wraps up another call goes on doing so."""


@dataclass(slots=True)
class _Underway:
    """A transfer or conference that has begun and not ended.

    Attributes:
        call: The call that is left.
        other: The call that becomes part of it; None in a single-step transfer.
        controller: Who does it.
        is_conference: Whether he stays.
        handled: The contact that he has had.
        moved: The numbers that have come from the other call.
        left: The numbers that have left the other call: the controller's, on whichever line.
    """

    call: Call
    other: Call | None
    controller: str
    is_conference: bool
    handled: Contact | None
    moved: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


class Mergers:
    """Transfers and conferences, one at a time: each is within one batch."""

    def __init__(self, floor: Floor, roster: Roster, router: Router, calls: Calls) -> None:
        self._floor, self._roster = floor, roster
        self._router, self._calls = router, calls
        self._underway: _Underway | None = None

    # Within the brackets --------------------------------------------------------------------------------------

    def begins(self, event: Event, _now: float) -> None:
        """A transfer or a conference begins. A single-step transfer is told before the call is offered on."""
        call = self._calls.by_id[event.call_id]
        other = self._calls.by_id[event.other_call_id] if event.other_call_id else None
        is_conference = event.id is EventID.CONFERENCE_STARTED
        handled = None if is_conference else self._give_up(call, event.address)
        if other is not None and handled is None and not is_conference:
            handled = self._give_up(other, event.address)
        self._underway = underway = _Underway(call, other, event.address, is_conference, handled)
        if other is None:
            self._tell_transferred(underway, next(reversed(call.model.connections), ""))

    def takes(self, call_id: int) -> bool:
        """Whether what happens in a call now is part of a transfer or conference."""
        underway = self._underway
        if underway is None:
            return False
        return call_id == underway.call.id or (
            underway.other is not None and call_id == underway.other.id
        )

    def left(self, call: Call, number: str) -> None:
        """A party has left a call, perhaps as part of it."""
        underway = self._underway
        if underway is not None and call is underway.other:
            underway.left.append(number)

    def changed(self, event: Event, _now: float) -> None:
        """A connection goes on in the call that is left."""
        underway = self._underway
        if underway is not None and underway.other is not None:
            underway.call.parties[event.address] = underway.other.parties.pop(event.address)
            underway.moved.append(event.address)

    def ends(self, _event: Event, now: float) -> None:
        """It is over: tell it."""
        underway, self._underway = self._underway, None
        if underway is None:
            return
        other = underway.other
        if other is not None:
            other.is_over = True
            self._calls.merge(other.id, underway.call.id)
            if underway.is_conference:
                self._tell_conference(underway, other)
            else:
                self._tell_transferred(underway, next(iter(underway.moved), ""))
        if not underway.is_conference:
            self._tell_left(underway)
        if other is not None:
            if not underway.is_conference:
                self._rename(underway, other, CallType.CALLTYPE_TRANSFER_IN)
                self._is_no_consultation(underway)
            for number in underway.left:
                self._calls.end(other, number)
            self._join_contacts(underway, other, now)
        if not underway.is_conference:
            self._finish(underway.call, underway.controller, underway.handled, now)
        for number in list(underway.call.parties):
            self.joined(underway.call, number, now)
        if other is not None:
            self._calls.forget_if_over(other)

    # Who has a contact ----------------------------------------------------------------------------------------

    def joined(self, call: Call, number: str, now: float) -> None:
        """Somebody is in conversation: when the call is one that the engine delivered, he has its contact now."""
        agent, contact = self._floor.stations.get(number), call.contact
        if agent is None or contact is None or contact.queue is None or agent.contact is not None:
            return
        connection = call.model.connections.get(number)
        if not _is_talking(connection) or agent.state not in _CAN_JOIN:
            return
        if contact.place is Place.GONE and not call.is_over:
            contact.agent, contact.place = agent, Place.CONNECTED
            self._router.contacts[call.id] = contact
        elif contact.place is Place.CONNECTED:
            contact.others.append(agent)
        else:
            return
        agent.contact = contact
        self._roster.happen(agent, Input.ANSWERED, now)

    def agent_left(self, call: Call, number: str, now: float) -> None:
        """A number of ours has left a call that goes on; whoever has had its contact has handled it."""
        self._finish(call, number, self._give_up(call, number), now)

    def all_agents(self, contact: Contact) -> tuple[Agent, ...]:
        """Those who have a contact, while it is CONNECTED."""
        if contact.place is not Place.CONNECTED or contact.agent is None:
            return ()
        return contact.agent, *contact.others

    def lose_all(self) -> None:
        """The switch is lost, and with it all conferences."""
        for contact in self._router.contacts.values():
            for agent in contact.others:
                agent.contact = None
            contact.others.clear()

    def _give_up(self, call: Call, number: str) -> Contact | None:
        """Take a number's agent out of the call's contact, which the next one in its conference has then, or nobody."""
        agent, contact = self._floor.stations.get(number), call.contact
        if agent is None or contact is None or agent not in self.all_agents(contact):
            return None
        if agent in contact.others:
            contact.others.remove(agent)
        elif contact.others:
            contact.agent = contact.others.pop(0)
        else:
            contact.agent = None
            self._router.gone(contact)
        agent.contact = None
        return contact

    def _finish(self, call: Call, number: str, handled: Contact | None, now: float) -> None:
        """A number of ours has left the call; its agent wraps up what he has handled, or does what follows at once."""
        agent = self._floor.stations.get(number)
        queue = handled.queue if handled else None
        if agent is None or queue is None or not self._roster.call_is_over(agent, call, queue, now):
            self._calls.end(call, number)

    def _join_contacts(self, underway: _Underway, other: Call, now: float) -> None:
        """Two calls are one: the contact that agents have stays; without one, the other call's goes on here.

        So does the one that the transferring agent had in the other call: it is whose who has the customer now.
        """
        call = underway.call
        contact, other.contact = other.contact, None
        if other.outbound is not None and call.outbound is None:
            other.outbound.call = call
            call.outbound, other.outbound = other.outbound, None
        if contact is None:
            return
        is_gone = contact.place is Place.GONE
        if is_gone and contact is not underway.handled:
            return
        if call.contact is None or call.contact.place is Place.GONE:
            contact.call, call.contact = call, contact
            if not is_gone:
                del self._router.contacts[other.id]
                self._router.contacts[call.id] = contact
            return
        if is_gone:
            return
        for agent in self.all_agents(contact):
            agent.contact = None
        self._drop(call, contact, now)

    def port_left(self, call: Call, port: str, now: float) -> None:
        """A port has left a call that goes on without it: who waited there, in company, waits no more."""
        contact = call.contact
        if contact is not None and contact.port == port and contact.place in _AT_PORT:
            self._drop(call, contact, now)

    def _drop(self, call: Call, contact: Contact, now: float) -> None:
        """Take a contact out of a call that goes on: its port leaves, and the agent who is reserved is free again."""
        reserved = contact.agent
        contact.agent = None
        contact.others.clear()
        is_port_there = contact.port in call.parties
        place = self._router.gone(contact, is_port_there=is_port_there)
        if place is Place.RESERVED and reserved is not None:
            reserved.contact = None
            self._roster.happen(reserved, Input.CALLER_GONE, now)
            self._floor.effects.append(Reject(call.id, reserved.extension, Cause.CALL_NOT_ANSWERED))
        if is_port_there:
            self._floor.effects.append(Disconnect(call.id, contact.port))

    # How it is told -------------------------------------------------------------------------------------------

    def _tell_transferred(self, underway: _Underway, brought: str) -> None:
        self._tell_joined(underway, _K.TRANSFERRED, brought, EventCause.CEC_TRANSFER)

    def _tell_conference(self, underway: _Underway, other: Call) -> None:
        call = underway.call
        if (controller := call.parties.get(underway.controller)) is not None:
            controller.is_held = False
        for number in call.begun:
            call.begun[number] = CallType.CALLTYPE_CONFERENCE
            if (party := call.parties.get(number)) is not None:
                party.call_type = CallType.CALLTYPE_CONFERENCE
            self._calls.tell(call, _K.DATA_UPDATE, number)
        self._rename(underway, other, CallType.CALLTYPE_CONFERENCE)
        brought = next(iter(underway.moved), "")
        self._tell_joined(underway, _K.CONFERENCED, brought, EventCause.CEC_KEY_CONFERENCE)

    def _tell_joined(
        self, underway: _Underway, kind: CallEventKind, brought: str, cause: EventCause
    ) -> None:
        call, other = underway.call, underway.other
        self._calls.tell(
            call,
            kind,
            underway.controller,
            called=brought,
            cause=cause,
            other_call_id=None if other is None else other.id,
            parties=tuple(self._calls.device(number) for number in call.model.connections),
        )

    def _tell_left(self, underway: _Underway) -> None:
        """Whoever transferred the call is not in it any more."""
        if underway.call.begun:
            number, cause = underway.controller, EventCause.CEC_TRANSFER
            self._calls.tell(underway.call, _K.CONNECTION_CLEARED, number, cause=cause)

    def _is_no_consultation(self, underway: _Underway) -> None:
        """The call that is left was the consultation: to who was consulted it is a transferred one now."""
        call = underway.call
        for number, call_type in list(call.begun.items()):
            if call_type is CallType.CALLTYPE_CONSULT and number != underway.controller:
                call.begun[number] = CallType.CALLTYPE_TRANSFER_IN
                if (party := call.parties.get(number)) is not None:
                    party.call_type = CallType.CALLTYPE_TRANSFER_IN
                self._calls.tell(call, _K.DATA_UPDATE, number)

    def _rename(self, underway: _Underway, other: Call, call_type: CallType) -> None:
        """Each device that has to do with the other call has to do with this one, under its id."""
        call = underway.call
        for number in list(other.begun):
            goes_on = number in call.parties or self._floor.model.kind(number) is _ROUTE_POINT
            if number in underway.left or not goes_on:
                continue
            if number in call.begun:
                self._calls.end(other, number)
                continue
            del other.begun[number]
            call.begun[number] = call_type
            if (party := call.parties.get(number)) is not None:
                party.call_type = call_type
            self._calls.tell(call, _K.DATA_UPDATE, number, other_call_id=other.id)


def _is_talking(connection: Connection | None) -> bool:
    return (
        connection is not None
        and connection.call_control_state is CallControlConnectionState.ESTABLISHED
    )
