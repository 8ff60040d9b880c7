"""The figures of agents, queues and the whole system, as they are counted.

All times are seconds. Counts and times of calls move when after-call work is complete, never while a call runs; times in
a state run.

Spec: ``engine.md`` §5.1 to §5.3 (names and definitions); ``livedata.md`` §3, §5.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = [
    "AgentFigures",
    "AgentLongest",
    "CSQFigures",
    "CSQLongest",
    "NothingLongest",
    "ServiceLevel",
    "SystemFigures",
]


class ServiceLevel(Enum):
    """What abandoned contacts are to the service level."""

    IGNORED = "ignored"
    """Handled within it, of those handled: the reference's default."""
    POSITIVE = "positive"
    """Handled or abandoned within it, of those handled or abandoned."""
    NEGATIVE = "negative"
    """Handled within it, of those handled or abandoned."""


@dataclass(slots=True)
class AgentFigures:
    """An agent's.

    Attributes:
        logged_on_time: Signed in; the five after it are its parts.
        available_time: In READY.
        not_ready_time: In NOT_READY.
        reserved_time: In RESERVED.
        talking_time: In TALKING, held calls too, and in HOLD.
        working_time: In WORK or WORK_READY.
        ready_entries: How often he came into READY.
        not_ready_entries: How often he came into NOT_READY.
        calls_presented: Routed calls that rang at his phone.
        calls_handled: Those that he answered.
        calls_not_answered: Those that he did not take although the caller was there.
        ring_time: How long those that he answered rang.
        talk_time: Of those, without hold.
        hold_time: Of those.
        work_time: After those.
        held: Those of them that were held.
        outbound: Calls to the outside that he made and that were answered.
        outbound_talk_time: Of those, without hold.
        outbound_time: Of those, from the beginning.
        outbound_held: Those of them that were held.
        outbound_held_time: Of those.
        internal: Calls within the house that he made.
        internal_time: Of those, from the beginning.
        internal_received: Calls past the queues that he answered.
        internal_received_time: Of those, from the answer.
        internal_held: Calls of the last two kinds that were held.
        internal_held_time: Of those.
        transfers_in: Calls that came to him by a transfer.
        transfers_out: Calls that he transferred.
        conferences: Conferences that he was in.
    """

    logged_on_time: float = 0.0
    available_time: float = 0.0
    not_ready_time: float = 0.0
    reserved_time: float = 0.0
    talking_time: float = 0.0
    working_time: float = 0.0
    ready_entries: int = 0
    not_ready_entries: int = 0
    calls_presented: int = 0
    calls_handled: int = 0
    calls_not_answered: int = 0
    ring_time: int = 0
    talk_time: int = 0
    hold_time: int = 0
    work_time: int = 0
    held: int = 0
    outbound: int = 0
    outbound_talk_time: int = 0
    outbound_time: int = 0
    outbound_held: int = 0
    outbound_held_time: int = 0
    internal: int = 0
    internal_time: int = 0
    internal_received: int = 0
    internal_received_time: int = 0
    internal_held: int = 0
    internal_held_time: int = 0
    transfers_in: int = 0
    transfers_out: int = 0
    conferences: int = 0

    @property
    def handle_time(self) -> int:
        """Talk, hold and work."""
        return self.talk_time + self.hold_time + self.work_time


@dataclass(slots=True)
class AgentLongest:
    """An agent's longest.

    Attributes:
        ready: Time in READY.
        not_ready: Time in NOT_READY.
        talk: Talk time of a routed call.
        hold: Hold time of one.
        work: Work time after one.
    """

    ready: float = 0.0
    not_ready: float = 0.0
    talk: float = 0.0
    hold: float = 0.0
    work: float = 0.0


@dataclass(slots=True)
class CSQFigures:
    """A queue's: ``contacts`` is the sum of ``handled``, ``abandoned`` and ``dequeued``.

    Attributes:
        contacts: Contacts that were in it.
        handled: Those that its agents answered.
        abandoned: Those whose callers hung up, or whom we lost.
        dequeued: Those that a script took out or handled, or another queue's agent answered.
        handled_within_sl: Those answered within the service level.
        abandoned_within_sl: Those abandoned within it.
        wait_time: Until those handled were answered.
        abandon_time: Until those abandoned were.
        dequeue_time: Until those dequeued were.
        talk_time: Of those handled, without hold; of all agents who talked in them.
        hold_time: Of those.
        work_time: After those.
        held: Those that were held.
        logged_on_time: Of its agents: signed in.
        available_time: Of its agents: in READY.
        not_ready_time: Of its agents: in NOT_READY.
    """

    contacts: int = 0
    handled: int = 0
    abandoned: int = 0
    dequeued: int = 0
    handled_within_sl: int = 0
    abandoned_within_sl: int = 0
    wait_time: int = 0
    abandon_time: int = 0
    dequeue_time: int = 0
    talk_time: int = 0
    hold_time: int = 0
    work_time: int = 0
    held: int = 0
    logged_on_time: float = 0.0
    available_time: float = 0.0
    not_ready_time: float = 0.0

    @property
    def handle_time(self) -> int:
        """Talk, hold and work."""
        return self.talk_time + self.hold_time + self.work_time

    def service_level(self, kind: ServiceLevel = ServiceLevel.IGNORED) -> float | None:
        """The service level in percent; None where there was nothing to measure."""
        good, all_ = self.handled_within_sl, self.handled
        if kind is not ServiceLevel.IGNORED:
            all_ += self.abandoned
        if kind is ServiceLevel.POSITIVE:
            good += self.abandoned_within_sl
        return 100 * good / all_ if all_ else None


@dataclass(slots=True)
class CSQLongest:
    """A queue's longest.

    Attributes:
        talk: Talk time.
        hold: Hold time.
        work: Work time.
        handle: Talk, hold and work together.
        wait: Until an answer.
        abandon: Until a caller hung up.
        dequeue: Until it was taken out.
    """

    talk: float = 0.0
    hold: float = 0.0
    work: float = 0.0
    handle: float = 0.0
    wait: float = 0.0
    abandon: float = 0.0
    dequeue: float = 0.0


@dataclass(slots=True)
class SystemFigures:
    """The whole system's contacts: ``contacts`` is the sum of the others.

    Attributes:
        contacts: Callers at a route point.
        handled: Those whom an agent or a script has served.
        abandoned: Those who hung up.
        aborted: Those whom we lost.
        rejected: Those for whom no port or application was there.
    """

    contacts: int = 0
    handled: int = 0
    abandoned: int = 0
    aborted: int = 0
    rejected: int = 0


@dataclass(slots=True)
class NothingLongest:
    """Of what has no longest."""
