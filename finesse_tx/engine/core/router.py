"""Contacts and queues: from the route point over a port to an agent, and back to the queue.

A contact is in exactly one `Place`. Agents and contacts meet when one of them comes, never by a scan: an agent who
becomes available looks at the first contact of each of his queues, a contact that begins to wait at the first agent
of each of its queues.

Spec: ``engine.md`` §3.1 to §3.3; ``telephony.md`` §4.1, §4.2.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Final

from finesse_tx.directory.core.records import CSQ, Trigger
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.events import (
    Accept,
    Answer,
    CallEventKind,
    Drop,
    Operation,
    Redirect,
    Reject,
)
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Agent, Call, Contact, Place, Queue
from finesse_tx.engine.core.roster import Roster
from finesse_tx.engine.core.states import AgentState, Input
from finesse_tx.telephony.core.events import Cause

__all__ = ["RETRY_S", "Router", "Tally"]

RETRY_S: Final = 1.0
"""When the switch could not end a ringing in time, it is asked again after so long."""


@dataclass(slots=True)
class Tally:
    """What has become of the contacts, since the engine's start.

    Attributes:
        arrived: Callers at a trigger.
        rejected: Those for whom no port was free, or whose route point has no trigger.
        abandoned: Those who hung up before an agent answered.
        handled: Those whom an agent answered.
        aborted: Those whom we lost: the switch failed, or a port did.
        not_answered: How often an agent did not answer.
    """

    arrived: int = 0
    rejected: int = 0
    abandoned: int = 0
    handled: int = 0
    aborted: int = 0
    not_answered: int = 0


class Router:
    """All contacts.

    Attributes:
        queues: By CSQ id.
        contacts: Those that are not GONE, by call id.
        tally: The counts.
    """

    def __init__(self, floor: Floor, roster: Roster, calls: Calls) -> None:
        self._floor, self._roster, self._calls = floor, roster, calls
        self.queues: dict[int, Queue] = {}
        self.contacts: dict[int, Contact] = {}
        self.tally = Tally()
        self._triggers: dict[str, Trigger] = {}
        self._free_ports: OrderedDict[str, None] = OrderedDict()
        self._coming: dict[str, Contact] = {}  # by port, until the port has answered
        self._sequence = count(1)

    def configure(self, csqs: Iterable[CSQ], triggers: Iterable[Trigger]) -> None:
        """Take in the directory's queues and triggers; contacts stay where they are."""
        for csq in csqs:
            self.queues.setdefault(csq.id, Queue(csq)).csq = csq
        self._triggers = {t.route_point: t for t in triggers if t.csq_id in self.queues}

    # Ports: a call control group ------------------------------------------------------------------------------

    def port_in_service(self, number: str) -> None:
        """A port can be used."""
        self._free_ports[number] = None

    def port_is_free(self, number: str) -> None:
        """A port's call is over, or never came."""
        address = self._floor.model.addresses.get(number)
        if address is not None and address.in_service:
            self.port_in_service(number)

    def port_out_of_service(self, number: str) -> None:
        """A port cannot be used."""
        self._free_ports.pop(number, None)

    def _take_port(self) -> str | None:
        """The port that has been free longest; one that is not free after all comes back when its call is over."""
        while self._free_ports:
            number, _ = self._free_ports.popitem(last=False)
            if number not in self._coming and self._floor.model.addresses[number].is_free:
                return number
        return None

    # From the route point to a queue --------------------------------------------------------------------------

    def arrived(self, call: Call, route_point: str) -> None:
        """A caller is offered to a route point: send him to a port, or let him hear busy."""
        self.tally.arrived += 1
        trigger = self._triggers.get(route_point)
        port = self._take_port() if trigger is not None else None
        if trigger is None or port is None:
            self.tally.rejected += 1
            self._floor.effects.append(Reject(call.id, route_point, Cause.BUSY))
            return
        queues = tuple(self.queues[i] for i in (trigger.csq_id,) if i is not None)
        contact = Contact(call, trigger, queues, next(self._sequence), port)
        call.contact = self.contacts[call.id] = self._coming[port] = contact
        self._floor.effects.append(Redirect(call.id, route_point, port))

    def offered_at_port(self, call: Call, port: str) -> None:
        """A port is offered a call: ours is taken, someone's who dialled the port itself is not."""
        if call.contact is not None and call.contact.port == port:
            self._floor.effects.append(Accept(call.id, port))
        else:
            self._floor.effects.append(Reject(call.id, port, Cause.BUSY))

    def rings_at_port(self, call: Call, port: str) -> None:
        """A port rings: answer it."""
        terminal = next(iter(self._floor.model.addresses[port].terminals), "")
        self._floor.effects.append(Answer(call.id, port, terminal))

    def at_port(self, contact: Contact, now: float) -> None:
        """The caller is at the port: let him wait."""
        self._has_come(contact)
        contact.enqueued_at = now
        self._wait(contact)

    def _has_come(self, contact: Contact) -> None:
        if self._coming.get(contact.port) is contact:
            del self._coming[contact.port]

    def _wait(self, contact: Contact) -> None:
        contact.place = Place.WAITING
        for queue in contact.queues:
            queue.waiting.add(contact, contact.rank)
        self._floor.unmatched.append(contact)

    # From a queue to an agent ---------------------------------------------------------------------------------

    def match(self, now: float) -> None:
        """Give contacts to agents, for everyone who came since the last time."""
        while self._floor.unmatched:
            new = self._floor.unmatched.popleft()
            if isinstance(new, Agent):
                self._match_agent(new, now)
            elif new.place is Place.WAITING:
                self._match_contact(new, now)

    def _match_agent(self, agent: Agent, now: float) -> None:
        found = [
            first
            for queue in agent.queues
            if agent in queue.ready and (first := queue.waiting.first()) is not None
        ]
        if found:
            self._reserve(agent, min(found, key=lambda first: first[0])[1], now)

    def _match_contact(self, contact: Contact, now: float) -> None:
        found = [first for queue in contact.queues if (first := queue.ready.first()) is not None]
        if found:
            self._reserve(min(found, key=lambda first: first[0])[1], contact, now)
        elif not contact.told_queued:
            self._tell_queued(contact)

    def _tell_queued(self, contact: Contact) -> None:
        contact.told_queued = True
        contact.call.parties[contact.port].is_diverted = False
        self._calls.tell(contact.call, CallEventKind.QUEUED, contact.port)

    def _reserve(self, agent: Agent, contact: Contact, now: float) -> None:
        for queue in contact.queues:
            queue.waiting.discard(contact)
        contact.queue = next(queue for queue in contact.queues if agent in queue.ready)
        contact.place, contact.agent, agent.contact = Place.RESERVED, agent, contact
        self._roster.happen(agent, Input.SELECTED, now)
        self._floor.effects.append(Redirect(contact.call.id, contact.port, agent.extension))
        self._ring_until(contact, now + self._floor.policy.ring_no_answer_s)

    def _ring_until(self, contact: Contact, due: float) -> None:
        contact.ringing = self._floor.agenda.set(due, lambda now: self._rang_enough(contact, now))

    def _rang_enough(self, contact: Contact, now: float) -> None:
        """Ask the switch to end the ringing; whether it came in time, its events tell."""
        if contact.agent is not None:
            self._floor.effects.append(
                Reject(contact.call.id, contact.agent.extension, Cause.CALL_NOT_ANSWERED)
            )
            self._ring_until(contact, now + RETRY_S)

    def answered(self, contact: Contact, now: float) -> None:
        """The agent has answered."""
        if contact.place is Place.RESERVED and contact.agent is not None:
            self._stop_ringing(contact)
            contact.place = Place.CONNECTED
            self.tally.handled += 1
            self._roster.happen(contact.agent, Input.ANSWERED, now)

    def _stop_ringing(self, contact: Contact) -> None:
        if contact.ringing is not None:
            self._floor.agenda.cancel(contact.ringing)
            contact.ringing = None

    def not_answered(self, contact: Contact, happening: Input, now: float) -> None:
        """The agent's phone is out of the call, and the caller still at his port: let him wait on, in his old place.

        Args:
            contact: The contact, RESERVED.
            happening: NOT_ANSWERED, LINE_BUSY or PHONE_DOWN.
            now: The time.
        """
        agent = contact.agent
        if contact.place is not Place.RESERVED or agent is None:
            return
        self._stop_ringing(contact)
        if happening is Input.NOT_ANSWERED:
            self.tally.not_answered += 1
            if self._floor.policy.ready_after_ring_no_answer:
                happening = Input.PASSED_OVER
        contact.agent = agent.contact = contact.queue = None
        if agent.state is AgentState.RESERVED:
            self._roster.happen(agent, happening, now)
        else:
            self._roster.phone_is_free(agent, now)
        was_diverted = contact.call.parties[contact.port].is_diverted
        self._wait(contact)
        if was_diverted:
            self._tell_queued(contact)

    # The end --------------------------------------------------------------------------------------------------

    def gone(self, contact: Contact) -> Place:
        """The caller's call is over; say where he was."""
        place = contact.place
        for queue in contact.queues:
            queue.waiting.discard(contact)
        self._stop_ringing(contact)
        if place is not Place.CONNECTED and contact.call.id in self.contacts:
            self.tally.abandoned += 1
        if place is Place.OFFERED:  # he may never have come to his port
            self._has_come(contact)
            self.port_is_free(contact.port)
        contact.place = Place.GONE
        self.contacts.pop(contact.call.id, None)
        return place

    def lose_all(self) -> None:
        """The switch is lost, and with it every caller."""
        for contact in list(self.contacts.values()):
            if contact.place is not Place.CONNECTED:
                self.tally.aborted += 1
            del self.contacts[contact.call.id]
            self.gone(contact)
            if contact.agent is not None:
                contact.agent.contact = None
        self._free_ports.clear()

    def operation_failed(self, operation: Operation, cause: Cause, now: float) -> None:
        """The switch could not do what the router wanted.

        Args:
            operation: What was wanted.
            cause: Why not; CALL_CANCELLED: the call is gone, and its end will be told.
            now: The time.
        """
        if cause is Cause.CALL_CANCELLED or not isinstance(operation, Redirect | Accept | Answer):
            return
        contact = self.contacts.get(operation.call_id)
        if contact is None:
            return
        if contact.place is Place.OFFERED and isinstance(operation, Redirect):
            self._lose(contact)
            self._floor.effects.append(Reject(contact.call.id, operation.address, Cause.BUSY))
        elif contact.place is Place.OFFERED:
            self._lose(contact)
            self._floor.effects.append(Drop(contact.call.id))
        elif (
            contact.place is Place.RESERVED
            and isinstance(operation, Redirect)
            and contact.agent is not None
            and contact.agent.extension == operation.destination
        ):
            is_down = cause is Cause.DEST_NOT_OBTAINABLE
            self.not_answered(contact, Input.PHONE_DOWN if is_down else Input.LINE_BUSY, now)

    def _lose(self, contact: Contact) -> None:
        """Give up a contact that never came to its port."""
        self.tally.aborted += 1
        del self.contacts[contact.call.id]
        self._has_come(contact)
        self.port_is_free(contact.port)
