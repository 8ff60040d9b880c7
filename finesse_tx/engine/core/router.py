"""Contacts and queues: from a port to an agent, and back to the queue.

A contact is in exactly one `Place`. Agents and contacts meet when one of them comes, never by a scan: an agent who
becomes available looks at the first contact of each of his queues, a contact that begins to wait at the first agent
of each of its queues.

Spec: ``engine.md`` §3.1 to §3.3; ``telephony.md`` §4.2.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from types import MappingProxyType
from typing import Final

from finesse_tx.cti.core.enums import NULL
from finesse_tx.directory.core.queues import ResourceGroupPool
from finesse_tx.directory.core.records import CSQ, Snapshot, Trigger
from finesse_tx.engine.core import selection, workload
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.contact_events import ContactEvent, ContactStep
from finesse_tx.engine.core.events import (
    Accept,
    Answer,
    CallEventKind,
    Collect,
    Drop,
    Operation,
    Play,
    Redirect,
    Reject,
)
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Agent, Call, Contact, Place, Queue, Sending
from finesse_tx.engine.core.ports import Ports
from finesse_tx.engine.core.ranking import Ranking
from finesse_tx.engine.core.roster import Roster
from finesse_tx.engine.core.routing_record import MAX_RECORDS, RoutingRecord
from finesse_tx.engine.core.scripts.reading import DEFAULT, default_script
from finesse_tx.engine.core.scripts.steps import Script
from finesse_tx.engine.core.states import AgentState, Input
from finesse_tx.engine.core.treatments import Treatments
from finesse_tx.telephony.core.events import Cause

__all__ = ["HIGHEST", "LOWEST", "MAX_HOPS", "RETRY_S", "Router", "Tally"]

RETRY_S: Final = 1.0
"""When the switch could not end a ringing in time, it is asked again after so long."""

MAX_HOPS: Final = 20
"""So often scripts may send a caller to another trigger; beyond it, they send him in circles, and he is given up."""

LOWEST: Final = 1
HIGHEST: Final = 10
"""Priorities; every contact begins with the lowest."""


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
        queues: By CSQ id.
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
        self._floor, self._roster, self._calls = floor, roster, calls
        self._scripts = {DEFAULT: default_script(), **scripts}
        self._treatments = Treatments(floor, roster, calls, self)
        self.queues: dict[int, Queue] = {}
        self.contacts: dict[int, Contact] = {}
        self.ports = Ports(floor.model)
        self.tally = Tally()
        self.routed: deque[RoutingRecord] = deque(maxlen=MAX_RECORDS)
        self._triggers: dict[str, Trigger] = {}
        self._by_name: dict[str, Queue] = {}
        self._turns = count(1)

    def configure(self, snapshot: Snapshot) -> None:
        """Take in the directory's queues and triggers; contacts stay where they are."""
        skills = {skill.id: skill.name for skill in snapshot.skills}
        groups = {group.id: group.name for group in snapshot.resource_groups}
        for csq in snapshot.csqs:
            queue = self.queues.setdefault(csq.id, Queue(csq))
            if queue.csq != csq:
                self._reorder(queue, csq)
            if isinstance(csq.pool, ResourceGroupPool):
                queue.skill_names = (groups.get(csq.pool.resource_group_id, ""),)
            else:
                queue.skill_names = tuple(skills.get(s.skill_id, "") for s in csq.pool.skills)
        self._by_name = {csq.name: self.queues[csq.id] for csq in snapshot.csqs}
        self._triggers = {
            trigger.route_point: trigger
            for trigger in snapshot.triggers
            if (trigger.script or DEFAULT) in self._scripts
            and (trigger.script or trigger.csq_id in self.queues)
        }

    def queue(self, name: str) -> Queue | None:
        """Find a queue by its name."""
        return self._by_name.get(name)

    def new_day(self) -> None:
        """It is midnight: today's figures begin anew, and with them the order of those whom they rank."""
        for agent in self._roster.agents.values():
            workload.forget(agent)
        for queue in self.queues.values():
            queue.today.handled, queue.today.seconds = 0, 0.0
            if queue.csq.criterion in selection.OF_TODAY:
                self._reorder(queue, queue.csq)

    @staticmethod
    def _reorder(queue: Queue, csq: CSQ) -> None:
        """Rank a queue's agents anew; keys of two kinds cannot be compared, so none of the old ones may stay."""
        agents, queue.ready = list(queue.ready), Ranking()
        queue.csq = csq
        for agent in agents:
            selection.offer(queue, agent)

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

    def at_port(self, contact: Contact, now: float) -> None:
        """The caller is at the port: let his script begin."""
        self.ports.has_come(contact)
        contact.place = Place.TREATED
        self._treat(contact, now)

    def _treat(self, contact: Contact, now: float) -> None:
        trigger = contact.trigger
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
        self._note(contact, step, reason)
        del self.contacts[contact.call.id]
        self.gone(contact)

    # Into queues and out of them ------------------------------------------------------------------------------

    def enqueue(self, contact: Contact, queues: Iterable[Queue], now: float) -> None:
        """Let a contact wait in further queues; those that come first are asked first for an agent.

        Args:
            contact: TREATED or WAITING.
            queues: Where; one in which it waits already stays where it is.
            now: The time.
        """
        new = [queue for queue in dict.fromkeys(queues) if queue not in contact.queues]
        if not new:
            return
        if contact.place is Place.TREATED:
            contact.place = Place.WAITING
            self._go_to_tail(contact, now)
        if contact.enqueued_at is None:
            contact.enqueued_at = now
        contact.queues += tuple(new)
        for queue in new:
            queue.waiting.add(contact, contact.rank)
        self._note(contact, ContactStep.QUEUED)
        contact.told_queued = False
        self._floor.unmatched.append(contact)

    def want(self, contact: Contact, agent: Agent, now: float) -> None:
        """Let a contact wait for one agent, too: agent-based routing."""
        if agent.own is None:
            agent.own = Queue(CSQ(NULL, agent.id), is_personal=True)
            if agent.state is AgentState.READY and agent.passed_over is None:
                selection.offer(agent.own, agent)
        self.enqueue(contact, (agent.own,), now)

    def dequeue(self, contact: Contact, queues: Iterable[Queue] | None = None) -> None:
        """Take a contact out of queues.

        Args:
            contact: WAITING, or nothing happens.
            queues: Which; None for all.
        """
        if contact.place is not Place.WAITING:
            return
        leaving = contact.queues if queues is None else tuple(queues)
        kept = tuple(queue for queue in contact.queues if queue not in leaving)
        contact.queues = left = tuple(queue for queue in contact.queues if queue in leaving)
        if left:
            self._note(contact, ContactStep.DEQUEUED)
            if contact.told_queued:
                self._calls.tell(contact.call, CallEventKind.DEQUEUED, contact.port)
        for queue in left:
            queue.waiting.discard(contact)
        contact.queues = kept
        if not kept:
            contact.place = Place.TREATED

    def set_priority(self, contact: Contact, priority: int, now: float) -> None:
        """Give a contact another priority: it goes behind those who have it already.

        Args:
            contact: Any.
            priority: `LOWEST` to `HIGHEST`.
            now: The time.
        """
        if priority == contact.priority:
            return
        contact.priority = priority
        self._go_to_tail(contact, now)
        if contact.place is Place.WAITING:
            for queue in contact.queues:
                queue.waiting.add(contact, contact.rank)

    def _go_to_tail(self, contact: Contact, now: float) -> None:
        contact.since, contact.turn = now, next(self._turns)

    def _wait_again(self, contact: Contact) -> None:
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
        """Give an agent the first of all who wait for him, in whatever queue."""
        found = [
            first
            for queue in agent.pools
            if agent in queue.ready and (first := queue.waiting.first()) is not None
        ]
        if found:
            contact = min(found, key=lambda first: first[0])[1]
            queue = next(queue for queue in contact.queues if agent in queue.ready)
            self._reserve(agent, contact, queue, now)

    def _match_contact(self, contact: Contact, now: float) -> None:
        """Give a contact the agent of the first of its queues that has one."""
        for queue in contact.queues:
            if (first := queue.ready.first()) is not None:
                self._reserve(first[1], contact, queue, now)
                return
        if not contact.told_queued:
            self._tell_queued(contact)

    def _tell_queued(self, contact: Contact) -> None:
        contact.told_queued = True
        contact.call.parties[contact.port].is_diverted = False
        self._calls.tell(contact.call, CallEventKind.QUEUED, contact.port)

    def _reserve(self, agent: Agent, contact: Contact, queue: Queue, now: float) -> None:
        record = self._record(agent, contact, queue, now)
        self.routed.append(record)
        for other in contact.queues:
            other.waiting.discard(contact)
        selection.selected(queue, agent)
        contact.queue = queue
        contact.place, contact.agent, agent.contact = Place.RESERVED, agent, contact
        workload.reserved(agent, queue, now)
        self._note(contact, ContactStep.SELECTED, record.reason)
        self._treatments.suspend(contact, now)
        self._roster.happen(agent, Input.SELECTED, now)
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
            self._note(contact, ContactStep.ANSWERED)
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
        self._note(contact, ContactStep.RETURNED)
        contact.agent = agent.contact = contact.queue = None
        if agent.state is AgentState.RESERVED:
            self._roster.happen(agent, happening, now)
        else:
            self._roster.phone_is_free(agent, now)
        was_diverted = contact.call.parties[contact.port].is_diverted
        if self._floor.policy.requeue_at_tail:
            self._go_to_tail(contact, now)
        self._wait_again(contact)
        if was_diverted:
            self._tell_queued(contact)
        self._treatments.returned(contact, now)

    # The end --------------------------------------------------------------------------------------------------

    def gone(self, contact: Contact) -> Place:
        """The caller's call is over; say where he was."""
        place = contact.place
        for queue in contact.queues:
            queue.waiting.discard(contact)
        self._stop_ringing(contact)
        self._stop_sending(contact)
        self._treatments.end(contact)
        if place is not Place.CONNECTED and contact.call.id in self.contacts:
            self.tally.abandoned += 1
            self._note(contact, ContactStep.ABANDONED)
        if place is Place.OFFERED:  # he may never have come to his port
            self.ports.has_come(contact)
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
                self._note(contact, ContactStep.ABORTED, "the telephone system was lost")
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
        wanted = Redirect | Accept | Answer | Play | Collect
        if cause is Cause.CALL_CANCELLED or not isinstance(operation, wanted):
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
        self._note(contact, ContactStep.ABORTED, "the switch did not bring the caller to a port")
        del self.contacts[contact.call.id]
        self.ports.has_come(contact)
        self.ports.has_left(contact)
        self.ports.is_free(contact.port)

    def _note(self, contact: Contact, step: ContactStep, reason: str = "") -> None:
        """Keep a step for the records."""
        wanted = next((q.csq.name for q in contact.queues if q.is_personal), "")
        self._floor.effects.append(
            ContactEvent(
                step,
                contact.call.id,
                tuple(q.csq_id for q in contact.queues if q.csq_id is not None),
                contact.queue.csq_id if contact.queue else None,
                contact.agent.id if contact.agent else "",
                contact.priority,
                reason,
                wanted,
            )
        )
