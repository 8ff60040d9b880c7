"""What agents and queues have done today, as far as routing needs it: selection criteria and the expected wait.

Counts move when after-call work is complete, never while a call runs.

Spec: ``engine.md`` §3.2, §3.4, §5.
"""

from __future__ import annotations

from typing import Final

from finesse_tx.engine.core.objects import Agent, Contact, Engagement, Figures, Queue
from finesse_tx.engine.core.states import AgentState

__all__ = ["answered", "assign", "expected_wait_s", "forget", "moved", "reserved"]

_AT_REST: Final = {AgentState.LOGOUT, AgentState.NOT_READY, AgentState.READY}


def assign(agent: Agent, queues: tuple[Queue, ...]) -> None:
    """Give an agent other queues."""
    if agent.state not in _AT_REST:
        _count(agent.queues, -1)
        _count(queues, +1)
    agent.queues, agent.csq_ids = queues, tuple([queue.csq.id for queue in queues])


def _count(queues: tuple[Queue, ...], step: int) -> None:
    for queue in queues:
        queue.busy += step


def reserved(agent: Agent, queue: Queue, now: float) -> None:
    """An agent is reserved for a queue's contact."""
    agent.engagement = Engagement(queue, now)


def answered(agent: Agent, queue: Queue, now: float) -> None:
    """He has answered; that his phone was out of service meanwhile does not count."""
    if agent.engagement is None:
        reserved(agent, queue, now)
    if agent.engagement is not None:
        agent.engagement.answered_at = now


def moved(agent: Agent, to: AgentState, now: float) -> None:
    """An agent is about to enter a state: when he is at rest then, what he has done counts."""
    was_at_rest, is_at_rest = agent.state in _AT_REST, to in _AT_REST
    if was_at_rest == is_at_rest:
        return
    _count(agent.queues, -1 if is_at_rest else +1)
    if is_at_rest and agent.engagement is not None:
        done, agent.engagement = agent.engagement, None
        if done.answered_at is not None:
            agent.today.add(now - done.answered_at)
            done.queue.today.add(now - done.reserved_at)


def forget(agent: Agent) -> None:
    """Another day begins."""
    agent.today = Figures()


def expected_wait_s(contact: Contact, queue: Queue) -> float | None:
    """How long a contact that waits in a queue will wait in it; None when the queue has no history today.

    Its position, times the mean duration of a contact, divided by the number of busy agents.
    """
    if not queue.today.handled or contact not in queue.waiting:
        return None
    return queue.waiting.position(contact) * queue.today.mean_s / max(1, queue.busy)
