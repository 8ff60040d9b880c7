"""What becomes of a contact, step by step: for records and statistics, not for CTI clients.

CTI clients are told of devices and calls; they cannot see that a contact that was answered at once has been in a queue
for no time, nor why a caller heard busy. These steps stand among the other effects, in causal order.

Spec: ``engine.md`` §3 (steps), §6 (what the records need of them).
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

__all__ = ["ContactEvent", "ContactStep"]


class ContactStep(StrEnum):
    """What has happened to a contact."""

    REJECTED = "no port, or no application, was there for the caller"
    QUEUED = "it begins to wait in a queue, or in further ones"
    DEQUEUED = "its script took it out of a queue"
    SELECTED = "an agent is reserved for it"
    RETURNED = "that agent did not take it, and it waits again"
    ANSWERED = "that agent has answered"
    ABANDONED = "the caller hung up before an agent answered"
    ABORTED = "we lost it: the switch failed, or a port did"
    SENT_ON = "its script sent it to another number, where it was answered"
    ENDED = "its script ended it"


class ContactEvent(Struct, frozen=True, gc=False):
    """One step of a contact.

    Attributes:
        step: What has happened.
        call_id: Its call.
        csq_ids: The queues that it waits in, or last waited in; DEQUEUED: those that it has left.
        csq_id: From SELECTED to the end: the queue that selected the agent.
        agent_id: SELECTED, RETURNED and ANSWERED: the agent's login id.
        priority: 1 to 10, 10 first.
        reason: REJECTED and ABORTED: why; SELECTED: why this agent. For people to read.
        wanted_id: The login id of the agent whom it waits for, and for no other; empty for none.
    """

    step: ContactStep
    call_id: int
    csq_ids: tuple[int, ...] = ()
    csq_id: int | None = None
    agent_id: str = ""
    priority: int = 1
    reason: str = ""
    wanted_id: str = ""
