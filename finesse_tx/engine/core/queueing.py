"""Queues at work: who waits where, and which agent goes to whom.

Agents and contacts meet when one of them comes, never by a scan: an agent who becomes available looks at the first
contact of each of his queues, a contact that begins to wait at the first agent of each of its queues.

Spec: ``engine.md`` §3.1, §3.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count

from finesse_tx.cti.core.enums import NULL
from finesse_tx.directory.core.queues import CSQ, ResourceGroupPool
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core import selection
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.contact_events import ContactEvent, ContactStep
from finesse_tx.engine.core.events import CallEventKind
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Agent, Contact, Place, Queue
from finesse_tx.engine.core.ranking import Ranking
from finesse_tx.engine.core.states import AgentState

__all__ = ["Queueing", "note"]


def note(floor: Floor, contact: Contact, step: ContactStep, reason: str = "") -> None:
    """Keep a step for the records."""
    csq_ids, wanted = [], ""
    for queue in contact.queues:
        if not queue.is_personal:
            csq_ids.append(queue.csq.id)
        elif not wanted:
            wanted = queue.csq.name
    floor.effects.append(
        ContactEvent(
            step,
            contact.call.id,
            tuple(csq_ids),
            contact.queue.csq_id if contact.queue else None,
            contact.agent.id if contact.agent else "",
            contact.priority,
            reason,
            wanted,
        )
    )


class Queueing:
    """All queues.

    Args:
        floor: What the engine's parts share.
        calls: Tells clients that a call waits.
        give: Called with an agent, the contact that he gets, the queue that selected him, and the time.

    Attributes:
        by_id: The queues, by CSQ id.
    """

    def __init__(
        self, floor: Floor, calls: Calls, give: Callable[[Agent, Contact, Queue, float], None]
    ) -> None:
        self._floor, self._calls, self._give = floor, calls, give
        self.by_id: dict[int, Queue] = {}
        self._by_name: dict[str, Queue] = {}
        self._turns = count(1)

    def configure(self, snapshot: Snapshot) -> None:
        """Take in the directory's queues; contacts stay where they are."""
        skills = {skill.id: skill.name for skill in snapshot.skills}
        groups = {group.id: group.name for group in snapshot.resource_groups}
        for csq in snapshot.csqs:
            queue = self.by_id.setdefault(csq.id, Queue(csq))
            if queue.csq != csq:
                _reorder(queue, csq)
            if isinstance(csq.pool, ResourceGroupPool):
                queue.skill_names = (groups.get(csq.pool.resource_group_id, ""),)
            else:
                queue.skill_names = tuple(skills.get(s.skill_id, "") for s in csq.pool.skills)
        self._by_name = {csq.name: self.by_id[csq.id] for csq in snapshot.csqs}

    def queue(self, name: str) -> Queue | None:
        """Find a queue by its name."""
        return self._by_name.get(name)

    def new_day(self) -> None:
        """It is midnight: today's figures begin anew, and with them the order of those whom they rank."""
        for queue in self.by_id.values():
            queue.today.handled, queue.today.seconds = 0, 0.0
        self.reorder()

    def reorder(self) -> None:
        """The figures have changed by which agents are ranked."""
        for queue in self.by_id.values():
            if queue.csq.criterion in selection.OF_TODAY:
                _reorder(queue, queue.csq)

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
        note(self._floor, contact, ContactStep.QUEUED)
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
            note(self._floor, contact, ContactStep.DEQUEUED)
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
            priority: 1 to 10, 10 first.
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

    def wait_again(self, contact: Contact, now: float) -> None:
        """Let a contact wait on, whose agent has not answered; in its old place, unless it is configured otherwise."""
        if self._floor.policy.requeue_at_tail:
            self._go_to_tail(contact, now)
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
            self._give(agent, contact, queue, now)

    def _match_contact(self, contact: Contact, now: float) -> None:
        """Give a contact the agent of the first of its queues that has one."""
        for queue in contact.queues:
            if (first := queue.ready.first()) is not None:
                self._give(first[1], contact, queue, now)
                return
        if not contact.told_queued:
            self.tell_queued(contact)

    def tell_queued(self, contact: Contact) -> None:
        """Tell clients that a contact waits."""
        contact.told_queued = True
        contact.call.parties[contact.port].is_diverted = False
        self._calls.tell(contact.call, CallEventKind.QUEUED, contact.port)

    def leave(self, contact: Contact) -> None:
        """A contact waits nowhere any more; that it has waited in its queues is remembered."""
        for queue in contact.queues:
            queue.waiting.discard(contact)


def _reorder(queue: Queue, csq: CSQ) -> None:
    """Rank a queue's agents anew; keys of two kinds cannot be compared, so none of the old ones may stay."""
    agents, queue.ready = list(queue.ready), Ranking()
    queue.csq = csq
    for agent in agents:
        selection.offer(queue, agent)
