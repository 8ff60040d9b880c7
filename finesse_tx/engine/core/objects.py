"""What the engine keeps: queues, agents, calls and contacts, and how they refer to each other.

Who changes what: `finesse_tx.engine.core.roster` the agents, `…router` contacts and queues, `…calls` the calls.

Spec: ``engine.md`` §1, §3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from finesse_tx.cti.core.enums import CallType
from finesse_tx.directory.core.records import CSQ, Person, Trigger
from finesse_tx.engine.core.agenda import Deadline
from finesse_tx.engine.core.data import CallData, DataChange
from finesse_tx.engine.core.ranking import Line, Ranking
from finesse_tx.engine.core.scripts.commands import Timer
from finesse_tx.engine.core.scripts.interpreter import Treatment
from finesse_tx.engine.core.states import AgentState
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.objects import Call as TelephonyCall

if TYPE_CHECKING:  # it has some of these
    from finesse_tx.engine.core.outbound.assignment import Assignment, Preview

__all__ = [
    "Agent",
    "Call",
    "Contact",
    "Dialling",
    "Engagement",
    "Figures",
    "Party",
    "Pending",
    "Place",
    "Queue",
    "Sending",
    "Station",
    "Treated",
    "Wrapup",
]


@dataclass(slots=True)
class Figures:
    """What somebody, or a queue, has done today.

    Attributes:
        handled: How many contacts.
        seconds: How long they took altogether.
    """

    handled: int = 0
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.handled += 1
        self.seconds += seconds

    def take_in(self, more: Figures) -> None:
        """What somebody else has counted for the same."""
        self.handled += more.handled
        self.seconds += more.seconds

    @property
    def mean_s(self) -> float:
        """How long one took on average; 0 without any."""
        return self.seconds / self.handled if self.handled else 0.0


@dataclass(eq=False, slots=True)
class Queue:
    """A contact service queue at work, or the queue of those who want one agent and no other.

    Attributes:
        csq: Its configuration; an agent's own queue has no id that means anything.
        skill_names: The names of the skills that it asks for, or of its resource group.
        is_personal: Whether it is an agent's own.
        ready: The agents that it can select, the one to be selected first.
        waiting: The contacts that wait in it, in the order of all queues: highest priority, then first come.
        turn: Of a circular queue: the lap, and the place of the agent who was selected last.
        busy: How many of its agents have a call, or wrap one up.
        today: The contacts that it has delivered: from the reservation to the end of wrap-up.
    """

    csq: CSQ
    skill_names: tuple[str, ...] = ()
    is_personal: bool = False
    ready: Ranking[Agent] = field(default_factory=Ranking)
    waiting: Line[Contact] = field(default_factory=Line)
    turn: tuple[int, tuple[int, str]] = (0, (-1, ""))
    busy: int = 0
    today: Figures = field(default_factory=Figures)

    @property
    def csq_id(self) -> int | None:
        """Its id, as clients know it; None for an agent's own."""
        return None if self.is_personal else self.csq.id


@dataclass(slots=True)
class Engagement:
    """An agent's work for a queue, from the reservation to the end of wrap-up.

    Attributes:
        queue: The queue.
        reserved_at: When the agent was reserved.
        answered_at: When he answered; None for not yet.
    """

    queue: Queue
    reserved_at: float
    answered_at: float | None = None


class Station(NamedTuple):
    """Where an agent is signed in.

    Attributes:
        extension: The number.
        terminal: The device.
    """

    extension: str
    terminal: str


class Pending(NamedTuple):
    """What an agent asked for during a call.

    Attributes:
        state: The state after the call.
        reason: Its reason.
    """

    state: AgentState
    reason: int


class Dialling(NamedTuple):
    """A call that an agent has asked for and that has not begun.

    Attributes:
        digits: What is dialled.
        change: What is attached to it.
        consults_for: The call that the agent consults for; 0 for none.
        purpose: ASSIST or EMERGENCY; None for any other.
    """

    digits: str
    change: DataChange
    consults_for: int = 0
    purpose: CallType | None = None

    def is_for(self, called: str, consults_for: int) -> bool:
        """Whether a call that has begun is the one that was asked for."""
        return (self.digits, self.consults_for) == (called, consults_for)


@dataclass(eq=False, slots=True)
class Wrapup:
    """The call that an agent in WORK is finishing.

    Attributes:
        call: The call, which has ended.
        deadline: When its time is over; None when the agent ends it.
    """

    call: Call
    deadline: Deadline | None = None


@dataclass(eq=False, slots=True)
class Agent:
    """Someone who can take calls.

    Attributes:
        person: The configuration.
        queues: The queues that can select this agent.
        csq_ids: Their ids.
        own: The queue of those who want this agent and no other; None while nobody ever has.
        engagement: What he does for a queue.
        today: The contacts that he has handled: from the answer to the end of wrap-up.
        station: Where the agent is signed in; None exactly in LOGOUT.
        state: The state.
        reason: Its reason.
        since: When the state, or its reason, began.
        idle_since: Since when the agent has been available, with no call in between.
        pending: What follows the call; only while there is a call, or wrap-up.
        contact: The contact that is reserved for the agent or connected to him.
        outbound: The customer of a campaign who has been given to the agent, until his phone has dialled.
        wrapup: Exactly in WORK and WORK_READY.
        passed_over: While READY without being selectable: until when.
        dialling: The call that the agent has asked for, until it begins.
        returns_to: What the agent goes back to when his phone is free; None: to nothing but what he is.
        leaving: While the agent's own CTI client is gone: until when it may come back.
        missed: How many calls in a row the agent has not answered.
        was_not_ready: Whether the agent was NOT_READY, and not for this call's sake, when the contact became his.
        session_id: What the agent's client called its session when it signed in; empty for nothing.
    """

    person: Person
    queues: tuple[Queue, ...] = ()
    csq_ids: tuple[int, ...] = ()
    own: Queue | None = None
    engagement: Engagement | None = None
    today: Figures = field(default_factory=Figures)
    station: Station | None = None
    state: AgentState = AgentState.LOGOUT
    reason: int = 0
    since: float = 0.0
    idle_since: float = 0.0
    pending: Pending | None = None
    contact: Contact | None = None
    outbound: Preview | None = None
    wrapup: Wrapup | None = None
    passed_over: Deadline | None = None
    dialling: Dialling | None = None
    returns_to: Pending | None = None
    leaving: Deadline | None = None
    missed: int = 0
    was_not_ready: bool = False
    session_id: str = ""

    @property
    def id(self) -> str:
        """The login id."""
        return self.person.login_id

    @property
    def pools(self) -> tuple[Queue, ...]:
        """All queues that can select the agent, his own too."""
        return self.queues if self.own is None else (*self.queues, self.own)

    @property
    def is_engaged(self) -> bool:
        """Whether the agent has a contact, or a customer of a campaign."""
        return self.contact is not None or self.outbound is not None

    @property
    def extension(self) -> str:
        """Where the agent is signed in; empty when he is not."""
        return self.station.extension if self.station else ""


class Place(StrEnum):
    """Where a contact is; it is in exactly one place."""

    OFFERED = "on its way from the route point to a port"
    TREATED = "at its port, in no queue"
    WAITING = "waiting at its port"
    RESERVED = "reserved for an agent, whose phone is offered it"
    CONNECTED = "with an agent"
    SENT = "sent on by its script, to a number that is offered it"
    GONE = "gone"


class Dated(Protocol):
    """Something that is told the time before it is asked."""

    now: float


@dataclass(eq=False, slots=True)
class Treated:
    """A contact's script at work.

    Attributes:
        treatment: The script.
        facts: What it asks.
        awaited: How many wishes to play or collect have not begun at the port.
        timers: What the script waits for.
    """

    treatment: Treatment
    facts: Dated
    awaited: int = 0
    timers: dict[Timer, Deadline] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Sending:
    """A contact on its way to the number that its script has sent it to.

    Attributes:
        number: The number.
        deadline: When it has rung long enough.
    """

    number: str
    deadline: Deadline


@dataclass(eq=False, slots=True)
class Contact:
    """A caller who came through a trigger.

    Attributes:
        call: The call.
        trigger: What it came through.
        since: When it took its place among those of its priority.
        turn: Which of those who did so at that moment it was.
        port: The CTI port at which the caller is; empty before and after.
        place: Where the contact is.
        queues: Where the contact waits, in the order in which they are asked for an agent; of one that has an
            agent, where it waited.
        priority: 1 to 10, 10 first.
        enqueued_at: When it was queued first; None for never.
        agent: In RESERVED and CONNECTED: whose it is.
        others: In CONNECTED: further agents in its conference, in the order in which they came.
        queue: The queue that selected the agent; the last one, afterwards.
        ringing: In RESERVED: when the agent has rung long enough.
        told_queued: Whether clients know that it waits.
        treated: Its script, from the port until an agent answers.
        sending: Exactly in SENT.
        hops: How often its script has sent it to another trigger.
    """

    call: Call
    trigger: Trigger
    port: str = ""
    place: Place = Place.OFFERED
    queues: tuple[Queue, ...] = ()
    priority: int = 1
    since: float = 0.0
    turn: int = 0
    enqueued_at: float | None = None
    agent: Agent | None = None
    queue: Queue | None = None
    ringing: Deadline | None = None
    told_queued: bool = False
    treated: Treated | None = None
    sending: Sending | None = None
    hops: int = 0
    others: list[Agent] = field(default_factory=list)

    @property
    def csq_ids(self) -> tuple[int, ...]:
        """The queues that clients are told of: the one that selected the agent, before that all where it waits."""
        queue = self.queue
        if queue is not None:
            return () if queue.is_personal else (queue.csq.id,)
        return tuple([queue.csq.id for queue in self.queues if not queue.is_personal])

    @property
    def rank(self) -> tuple[int, float, int]:
        """Its place among all that wait, in whatever queue."""
        return -self.priority, self.since, self.turn


@dataclass(eq=False, slots=True)
class Party:
    """A number in a call.

    Attributes:
        number: The number.
        kind: What it stands for.
        monitored: Whether clients are told of it: route points, ports, and phones whose agent was signed in when
            the call came there.
        call_type: What the call is to it.
        was_offered: Whether the call came there, rather than from there.
        is_held: Whether its device has put the call on hold.
        is_diverted: Of a port: whether clients have been told that the call went on to an agent.
    """

    number: str
    kind: AddressKind
    monitored: bool
    call_type: CallType
    was_offered: bool = False
    is_held: bool = False
    is_diverted: bool = False


@dataclass(eq=False, slots=True)
class Call:
    """A call, from its first event to its last END_CALL.

    Attributes:
        model: What the telephone system says of it, also after its end.
        parties: Those that are in it, by number, in the order in which they joined.
        begun: The numbers that were told BEGIN_CALL and not END_CALL.
        data: What is attached to it.
        contact: Its contact, if a trigger took it.
        purpose: ASSIST or EMERGENCY, when an agent calls for help; else None.
        outbound: The customer of a campaign, if it is about one.
        is_over: Whether its last party has gone; what is left is wrap-up.
        id: The provider's id, and CTI's CallID.
    """

    model: TelephonyCall
    parties: dict[str, Party] = field(default_factory=dict)
    begun: dict[str, CallType] = field(default_factory=dict)
    data: CallData = field(default_factory=CallData)
    contact: Contact | None = None
    purpose: CallType | None = None
    outbound: Assignment | None = None
    is_over: bool = False
    id: int = field(init=False)

    def __post_init__(self) -> None:
        """It keeps its id."""
        self.id = self.model.id
