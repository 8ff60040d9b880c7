"""Contacts: from the route point over a port to an agent, and back to the queue.

A contact is in exactly one `Place`. Who goes to whom, `finesse_tx.engine.core.queueing` decides, what happens at the
port, its script.

Spec: ``engine.md`` §3.3, §3.5; ``telephony.md`` §4.1, §4.2.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from finesse_tx.directory.core.records import Snapshot, Trigger
from finesse_tx.engine.core import selection, workload
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.contact_events import ContactEvent, ContactStep
from finesse_tx.engine.core.events import (
    Accept,
    Answer,
    Collect,
    Drop,
    Operation,
    Play,
    Redirect,
    Reject,
)
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Agent, Call, Contact, Figures, Place, Queue, Sending
from finesse_tx.engine.core.ports import Ports
from finesse_tx.engine.core.queueing import Queueing, note
from finesse_tx.engine.core.roster import Roster
from finesse_tx.engine.core.routing_record import MAX_RECORDS, RoutingRecord
from finesse_tx.engine.core.scripts.reading import DEFAULT, default_script
from finesse_tx.engine.core.scripts.steps import Script
from finesse_tx.engine.core.states import AgentState, Input
from finesse_tx.engine.core.treatments import Treatments
from finesse_tx.telephony.core.events import Cause

__all__ = ["MAX_HOPS", "RETRY_S", "Router", "Tally"]

RETRY_S: Final = 1.0
"""When the switch could not end a ringing in time, it is asked again after so long."""

HIGHEST: Final = 10
"""The priority of customers whom we have called."""

MAX_HOPS: Final = 20
"""So often scripts may send a caller to another trigger; beyond it, they send him in circles, and he is given up."""


@dataclass(slots=True)
class Tally:
    """What has become of the contacts, since the engine's start.

    Attributes:
        arrived: Callers at a trigger.
        rejected: Those for whom no port or session was free, or whose route point has no trigger.
        abandoned: Those who hung up before an agent answered.
        handled: Those whom an agent answered.
        by_script: Those whom their script sent on, or hung up on.
        aborted: Those whom we lost: the switch failed, a port did, or a script.
        not_answered: How often an agent did not answer.
    """

    arrived: int = 0
    rejected: int = 0
    abandoned: int = 0
    handled: int = 0
    by_script: int = 0
    aborted: int = 0
    not_answered: int = 0


class Router:
    """All contacts.

    Attributes:
        queueing: The queues at work.
        queues: They themselves, by CSQ id.
        contacts: Those that are not GONE, by call id.
        ports: Where they wait.
        tally: The counts.
        routed: Who was given whom, and why; the latest `MAX_RECORDS`.
    """

    def __init__(
        self,
        floor: Floor,
        roster: Roster,
        calls: Calls,
        scripts: Mapping[str, Script] = MappingProxyType({}),
    ) -> None:
        self._floor, self._roster = floor, roster
        self.use_scripts(scripts)
        self.queueing = Queueing(floor, calls, self._reserve)
        self.queues = self.queueing.by_id
        self._treatments = Treatments(floor, roster, calls, self.queueing, self)
        self.contacts: dict[int, Contact] = {}
        self.ports = Ports(floor.model)
        self.tally = Tally()
        self.routed: deque[RoutingRecord] = deque(maxlen=MAX_RECORDS)
        self._triggers: dict[str, Trigger] = {}

    def configure(self, snapshot: Snapshot) -> None:
        """Take in the directory's queues and triggers; contacts stay where they are."""
        self.queueing.configure(snapshot)
        self._triggers = {
            trigger.route_point: trigger
            for trigger in snapshot.triggers
            if (trigger.script or DEFAULT) in self._scripts
            and (trigger.script or trigger.csq_id in self.queues)
        }

    def use_scripts(self, scripts: Mapping[str, Script]) -> None:
        """Take other scripts, for contacts that come from now on; `configure` follows."""
        self._scripts = {DEFAULT: default_script(), **scripts}

    def new_day(self) -> None:
        """It is midnight: today's figures begin anew, and with them the order of those whom they rank."""
        for agent in self._roster.agents.values():
            workload.forget(agent)
        self.queueing.new_day()

    def remember(self, by_csq: Mapping[int, Figures], by_agent: Mapping[str, Figures]) -> None:
        """Take in what agents and queues have done today before the engine's start."""
        for csq_id, done in by_csq.items():
            if (queue := self.queues.get(csq_id)) is not None:
                queue.today.take_in(done)
        for agent_id, done in by_agent.items():
            if (agent := self._roster.agents.get(agent_id)) is not None:
                agent.today.take_in(done)
        self.queueing.reorder()

    # From the route point to a port ---------------------------------------------------------------------------

    def arrived(self, call: Call, route_point: str) -> None:
        """A caller is offered to a route point: send him to a port, or let him hear busy."""
        self.tally.arrived += 1
        trigger = self._triggers.get(route_point)
        if trigger is None:
            self._turn_away(call, route_point, "no application")
            return
        if not self.ports.has_session(trigger):
            self._turn_away(call, route_point, "no free session")
            return
        if (port := self.ports.take()) is None:
            self._turn_away(call, route_point, "no free port")
            return
        call.contact = self.contacts[call.id] = contact = Contact(call, trigger, port)
        self.ports.expect(contact)
        self._floor.effects.append(Redirect(call.id, route_point, port))

    def take_in(self, call: Call, trigger: Trigger, port: str, queue: Queue, now: float) -> None:
        """A customer whom a port has called has answered: he is next, for any of the queue's agents."""
        self.tally.arrived += 1
        contact = Contact(call, trigger, port, Place.TREATED, priority=HIGHEST)
        call.contact = self.contacts[call.id] = contact
        self.queueing.enqueue(contact, (queue,), now)

    def connect(self, call: Call, trigger: Trigger, queue: Queue, agent: Agent) -> None:
        """An agent's own phone has called a customer: he has him from the beginning."""
        contact = Contact(call, trigger, "", Place.CONNECTED, (queue,), agent=agent, queue=queue)
        call.contact = agent.contact = self.contacts[call.id] = contact

    def answer_for(self, contact: Contact) -> None:
        """Let the phone of a contact's agent be answered, whom somebody is waiting for."""
        agent = contact.agent
        if agent is not None and agent.station is not None:
            self._floor.effects.append(Answer(contact.call.id, *agent.station))

    def _turn_away(self, call: Call, route_point: str, why: str) -> None:
        self.tally.rejected += 1
        self._floor.effects.append(ContactEvent(ContactStep.REJECTED, call.id, reason=why))
        self._floor.effects.append(Reject(call.id, route_point, Cause.BUSY))

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

    def port_answered(self, call: Call, port: str, now: float) -> None:
        """A port has answered: let the script of the caller begin who was sent there.

        Nobody was where the call has become one with another meanwhile, whose contact somebody has.
        """
        contact = call.contact
        if contact is not None and contact.place is Place.OFFERED and contact.port == port:
            self.ports.has_come(contact)
            contact.place = Place.TREATED
            self._treat(contact, now)

    def _treat(self, contact: Contact, now: float) -> None:
        trigger = contact.trigger
        if (trigger.script or DEFAULT) not in self._scripts:  # while the caller was on his way
            trigger = self._triggers.get(trigger.route_point, trigger)
            if (trigger.script or DEFAULT) not in self._scripts:
                self.finish(contact, f'there is no script "{trigger.script}" any more')
                return
            self.ports.change_trigger(contact, trigger)
        queue = None if trigger.csq_id is None else self.queues.get(trigger.csq_id)
        self._treatments.begin(contact, self._scripts[trigger.script or DEFAULT], queue, now)

    def media_began(self, call: Call, port: str) -> None:
        """A port plays or collects something."""
        if call.contact is not None and call.contact.port == port:
            self._treatments.media_began(call.contact)

    def media_ended(self, call: Call, port: str, cause: Cause, digits: str, now: float) -> None:
        """A port does so no more."""
        if call.contact is not None and call.contact.port == port:
            self._treatments.media_ended(call.contact, cause, digits, now)

    # Away from the port ---------------------------------------------------------------------------------------

    def send(self, contact: Contact, number: str, seconds: float, now: float) -> None:
        """Send a contact on: to one of our triggers, whose script then begins at the same port, or to a phone.

        Args:
            contact: TREATED.
            number: Where to.
            seconds: How long it may ring there.
            now: The time.
        """
        if (trigger := self._triggers.get(number)) is not None:
            contact.hops += 1
            if contact.hops > MAX_HOPS:
                self.finish(contact, f"sent from trigger to trigger more than {MAX_HOPS} times")
                return
            if self.ports.has_session(trigger):
                self.ports.change_trigger(contact, trigger)
                self._treat(contact, now)
            else:
                self._treatments.not_sent(contact, now)
            return
        contact.place = Place.SENT
        self._floor.effects.append(Redirect(contact.call.id, contact.port, number))
        self._send_until(contact, number, now + seconds)

    def _send_until(self, contact: Contact, number: str, due: float) -> None:
        deadline = self._floor.agenda.set(due, lambda now: self._sent_enough(contact, now))
        contact.sending = Sending(number, deadline)

    def _sent_enough(self, contact: Contact, now: float) -> None:
        """Ask the switch to end the ringing, as for an agent."""
        if contact.sending is not None:
            number = contact.sending.number
            self._floor.effects.append(Reject(contact.call.id, number, Cause.CALL_NOT_ANSWERED))
            self._send_until(contact, number, now + RETRY_S)

    def left(self, call: Call, number: str, now: float) -> None:
        """A number is out of a call that goes on, or cannot be reached in it."""
        contact = call.contact
        if contact is None or contact.place is not Place.SENT or contact.sending is None:
            return
        if contact.sending.number == number:
            self._not_sent(contact, now)
        elif contact.port == number:
            self._end(contact, ContactStep.SENT_ON)

    def _not_sent(self, contact: Contact, now: float) -> None:
        self._stop_sending(contact)
        contact.place = Place.TREATED
        self._treatments.not_sent(contact, now)

    def _stop_sending(self, contact: Contact) -> None:
        if contact.sending is not None:
            self._floor.agenda.cancel(contact.sending.deadline)
            contact.sending = None

    def finish(self, contact: Contact, fault: str = "") -> None:
        """Hang up on a contact.

        Args:
            contact: TREATED or WAITING.
            fault: What went wrong with its script; empty: it says so.
        """
        if contact.place is not Place.GONE:
            self._end(contact, ContactStep.ABORTED if fault else ContactStep.ENDED, fault)
            self._floor.effects.append(Drop(contact.call.id))

    def _end(self, contact: Contact, step: ContactStep, reason: str = "") -> None:
        """A contact is no longer the engine's, although its call goes on."""
        if step is ContactStep.ABORTED:
            self.tally.aborted += 1
        else:
            self.tally.by_script += 1
        note(self._floor, contact, step, reason)
        del self.contacts[contact.call.id]
        self.gone(contact)

    # With an agent -------------------------------------------------------------------------------------------

    def match(self, now: float) -> None:
        """Give contacts to agents, for everyone who came since the last time."""
        if self._floor.unmatched:
            self.queueing.match(now)

    def _reserve(self, agent: Agent, contact: Contact, queue: Queue, now: float) -> None:
        record = self._record(agent, contact, queue, now)
        self.routed.append(record)
        self.queueing.leave(contact)
        selection.selected(queue, agent)
        contact.queue = queue
        contact.place, contact.agent, agent.contact = Place.RESERVED, agent, contact
        workload.reserved(agent, queue, now)
        note(self._floor, contact, ContactStep.SELECTED, record.reason)
        self._treatments.suspend(contact, now)
        outbound = contact.call.outbound is not None
        self._roster.happen(agent, Input.OUTBOUND_SELECTED if outbound else Input.SELECTED, now)
        self._floor.effects.append(Redirect(contact.call.id, contact.port, agent.extension))
        rings_s = queue.csq.ring_no_answer_s or self._floor.policy.ring_no_answer_s
        self._ring_until(contact, now + rings_s)

    @staticmethod
    def _record(agent: Agent, contact: Contact, queue: Queue, now: float) -> RoutingRecord:
        since = now if contact.enqueued_at is None else contact.enqueued_at
        return RoutingRecord(
            now,
            contact.call.id,
            contact.trigger.route_point,
            queue.csq_id,
            "" if queue.is_personal else queue.csq.name,
            agent.id,
            selection.reason(queue, agent, now),
            contact.priority,
            now - since,
            queue.waiting.position(contact),
            len(queue.ready),
        )

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
            self._treatments.end(contact)
            self.ports.has_left(contact)
            self.tally.handled += 1
            note(self._floor, contact, ContactStep.ANSWERED)
            if contact.queue is not None:
                workload.answered(contact.agent, contact.queue, now)
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
        note(self._floor, contact, ContactStep.RETURNED)
        contact.agent = agent.contact = contact.queue = None
        if agent.state is AgentState.RESERVED:
            self._roster.happen(agent, happening, now)
        else:
            self._roster.phone_is_free(agent, now)
        was_diverted = contact.call.parties[contact.port].is_diverted
        self.queueing.wait_again(contact, now)
        if was_diverted:
            self.queueing.tell_queued(contact)
        self._treatments.returned(contact, now)

    # The end --------------------------------------------------------------------------------------------------

    def gone(self, contact: Contact, *, is_port_there: bool = False) -> Place:
        """The caller's call is over, or goes on without being a contact; say where he was.

        Args:
            contact: Which.
            is_port_there: Whether his port is in the call by now, and is free when it has left.
        """
        place = contact.place
        self.queueing.leave(contact)
        self._stop_ringing(contact)
        self._stop_sending(contact)
        self._treatments.end(contact)
        if place is not Place.CONNECTED and contact.call.id in self.contacts:
            self.tally.abandoned += 1
            note(self._floor, contact, ContactStep.ABANDONED)
        if place is Place.OFFERED:  # he may never have come to his port
            self.ports.has_come(contact)
            if not is_port_there:
                self.ports.is_free(contact.port)
        self.ports.has_left(contact)
        contact.place = Place.GONE
        self.contacts.pop(contact.call.id, None)
        return place

    def lose_all(self) -> None:
        """The switch is lost, and with it every caller."""
        for contact in list(self.contacts.values()):
            if contact.place is not Place.CONNECTED:
                self.tally.aborted += 1
                note(self._floor, contact, ContactStep.ABORTED, "the telephone system was lost")
            del self.contacts[contact.call.id]
            self.gone(contact)
            if contact.agent is not None:
                contact.agent.contact = None
        self.ports.free.clear()

    def operation_failed(self, operation: Operation, cause: Cause, now: float) -> None:
        """The switch could not do what the router wanted.

        Args:
            operation: What was wanted.
            cause: Why not; CALL_CANCELLED: the call is gone, and its end will be told.
            now: The time.
        """
        if cause is Cause.CALL_CANCELLED:
            return
        if not isinstance(operation, Redirect | Accept | Answer | Play | Collect):
            return
        contact = self.contacts.get(operation.call_id)
        if contact is None:
            return
        if isinstance(operation, Play | Collect):
            self._treatments.media_failed(contact, now)
        elif contact.place is Place.OFFERED and isinstance(operation, Redirect):
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
        elif (
            contact.sending is not None
            and isinstance(operation, Redirect)
            and contact.sending.number == operation.destination
        ):
            self._not_sent(contact, now)

    def _lose(self, contact: Contact) -> None:
        """Give up a contact that never came to its port."""
        self.tally.aborted += 1
        note(
            self._floor,
            contact,
            ContactStep.ABORTED,
            "the switch did not bring the caller to a port",
        )
        del self.contacts[contact.call.id]
        self.ports.has_come(contact)
        self.ports.has_left(contact)
        self.ports.is_free(contact.port)
