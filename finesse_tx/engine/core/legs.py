"""A leg of a call while it is under way.

Spec: ``engine.md`` §6.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from finesse_tx.engine.core.contact_events import ContactEvent
from finesse_tx.engine.core.data import CallData
from finesse_tx.engine.core.records import (
    ContactDisposition,
    ContactType,
    PartyType,
    QueueDisposition,
)

__all__ = [
    "Leg",
    "Part",
    "Target",
    "is_waiting",
    "leave",
    "queue",
    "take_out",
    "unhold",
    "wait_there",
    "waits_in",
]


@dataclass(eq=False, slots=True)
class Part:
    """An agent in a leg.

    Attributes:
        agent_id: The login id.
        started: When it began to ring, or he to dial.
        q_index: Which of the leg's targets selected him, from 1; 0 for none.
        answered: When he answered, or was answered; None: not yet.
        held_since: Since when he holds the call; None: he does not.
        held: How long he has held it before.
        ended: When he left the call; None: he is in it.
        worked: How long he has done after-call work.
        returned: Whether the contact went back to its queue because he did not take it.
        wrapup: The wrap-up reasons.
    """

    agent_id: str
    started: float
    q_index: int = 0
    answered: float | None = None
    held_since: float | None = None
    held: float = 0.0
    ended: float | None = None
    worked: float = 0.0
    returned: bool = False
    wrapup: str = ""


@dataclass(eq=False, slots=True)
class Target:
    """A queue that a leg waits in, or has waited in; or the one agent whom it waits for.

    Attributes:
        csq_id: The queue; None: it is an agent.
        agent_id: That agent's login id; else empty.
        entered: Since when.
        left: Until when; None: it waits.
        disposition: What became of it there.
    """

    csq_id: int | None
    agent_id: str
    entered: float
    left: float | None = None
    disposition: QueueDisposition = QueueDisposition.ABANDONED


@dataclass(eq=False, slots=True)
class Leg:
    """A call that some device has been told the beginning of.

    Attributes:
        session: Its session id.
        sequence: Which of the session's legs it is.
        started: When it began.
        contact_type: What it is.
        calling: Who called.
        called: Who was called.
        originator: What he is, and an agent's login id.
        destination: The same of who was called.
        data: What is attached to it.
        application_id: The trigger's application; None for none.
        begun: The devices that were told its beginning and not its end, and the agents there.
        parts: Every agent's part, in order.
        answered_by: What the first one who answered is, an agent's login id, and the number; None: nobody has.
        ended: When its last party went; None: it goes on.
        last_sequence: The last leg that has become one of its session.
        is_transfer: Whether it was transferred.
        is_conference: Whether it was a conference.
        targets: What it waits in or has waited in, in order.
        left_queue: When it waited no more.
        selected: The target that has selected an agent.
        selection_reason: Why that one.
        priorities: The first and the last.
        fate: What became of the contact, and why; None: that is open.
    """

    session: int
    sequence: int
    started: float
    contact_type: ContactType
    calling: str
    called: str
    originator: tuple[PartyType, str]
    destination: tuple[PartyType, str]
    data: CallData
    application_id: int | None = None
    begun: dict[str, Part | None] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    answered_by: tuple[PartyType, str, str] | None = None
    ended: float | None = None
    last_sequence: int = 0
    is_transfer: bool = False
    is_conference: bool = False
    # As a contact:
    targets: list[Target] = field(default_factory=list)
    left_queue: float | None = None
    selected: Target | None = None
    selection_reason: str = ""
    priorities: tuple[int, int] = (1, 1)
    fate: tuple[ContactDisposition, str] | None = None


def queue(leg: Leg, event: ContactEvent, at: float) -> None:
    """It waits in these queues from now on, unless it does already; or for one agent."""
    if event.wanted_id and not event.csq_ids:
        if waits_in(leg, None) is None:
            leg.targets.append(Target(None, event.wanted_id, at))
        return
    for csq_id in event.csq_ids:
        if waits_in(leg, csq_id) is None:
            leg.targets.append(Target(csq_id, "", at))


def waits_in(leg: Leg, csq_id: int | None) -> Target | None:
    """What the leg still waits in."""
    for target in leg.targets:
        if target.csq_id == csq_id and target.left is None:
            return target
    return None


def wait_there(leg: Leg, other: Leg) -> None:
    """What a leg waits in, another one waits in from now on; what it has waited in stays its own."""
    before = leg.targets
    leg.targets = [target for target in before if target.left is not None]
    if not other.targets:
        other.priorities = leg.priorities
    other.targets += [target for target in before if target.left is None]
    for part in leg.parts:
        target = before[part.q_index - 1] if part.q_index else None
        part.q_index = leg.targets.index(target) + 1 if target in leg.targets else 0
    if leg.selected is not None and leg.selected.left is None:
        other.selected, leg.selected = leg.selected, None


def is_waiting(leg: Leg) -> bool:
    """Whether it waits in anything."""
    return any(target.left is None for target in leg.targets)


def take_out(target: Target, disposition: QueueDisposition, at: float) -> None:
    """The leg waits in it no more, if it still did."""
    if target.left is None:
        target.left, target.disposition = at, disposition


def unhold(part: Part | None, at: float) -> None:
    """An agent holds the call no more, if he did."""
    if part is not None and part.held_since is not None:
        if part.answered is not None:  # before that, it is a part of the ringing
            part.held += at - max(part.held_since, part.answered)
        part.held_since = None


def leave(part: Part | None, at: float) -> None:
    """An agent is out of the call."""
    if part is not None and part.ended is None:
        unhold(part, at)
        part.ended = at
