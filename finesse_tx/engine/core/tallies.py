"""What is counted of an agent, of a queue, and of the whole system.

Spec: ``engine.md`` §5.1 to §5.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from finesse_tx.engine.core.calendar import Calendar, Period
from finesse_tx.engine.core.figures import (
    AgentFigures,
    AgentLongest,
    CSQFigures,
    CSQLongest,
    NothingLongest,
    SystemFigures,
)
from finesse_tx.engine.core.meters import Meter
from finesse_tx.engine.core.records import (
    AgentConnectionDetail,
    CallRecord,
    ContactDisposition,
    ContactQueueDetail,
    ContactType,
    PartOutcome,
    QueueDisposition,
)
from finesse_tx.engine.core.states import AgentState

__all__ = ["PRIORITIES", "AgentMeter", "CSQMeter", "Levels", "SystemMeter", "by_priority_counts"]

PRIORITIES: Final = 10
"""A contact's priority is 1 to this."""


_S: Final = AgentState
_D: Final = ContactDisposition


@dataclass(slots=True)
class Levels:
    """How many agents are in which state.

    Attributes:
        logged_in: All that are signed in; the sum of the others.
        available: In READY.
        unavailable: In NOT_READY.
        selected: In RESERVED.
        in_session: In TALKING or HOLD.
        in_work: In WORK or WORK_READY.
    """

    logged_in: int = 0
    available: int = 0
    unavailable: int = 0
    selected: int = 0
    in_session: int = 0
    in_work: int = 0

    def move(self, before: AgentState | None, after: AgentState | None) -> None:
        """One agent goes from a state into another; None: is signed out."""
        if before is not None:
            name = _LEVELS[before]
            setattr(self, name, getattr(self, name) - 1)
        if after is not None:
            name = _LEVELS[after]
            setattr(self, name, getattr(self, name) + 1)
        self.logged_in += (after is not None) - (before is not None)


_LEVELS: Final[Mapping[AgentState, str]] = MappingProxyType(
    {
        _S.LOGIN: "unavailable",  # for no time
        _S.NOT_READY: "unavailable",
        _S.READY: "available",
        _S.RESERVED: "selected",
        _S.TALKING: "in_session",
        _S.HOLD: "in_session",
        _S.WORK: "in_work",
        _S.WORK_READY: "in_work",
    }
)


_TIMES: Final[Mapping[AgentState, str]] = MappingProxyType(
    {
        _S.LOGIN: "not_ready_time",
        _S.NOT_READY: "not_ready_time",
        _S.READY: "available_time",
        _S.RESERVED: "reserved_time",
        _S.TALKING: "talking_time",
        _S.HOLD: "talking_time",
        _S.WORK: "working_time",
        _S.WORK_READY: "working_time",
    }
)


class AgentMeter(Meter[AgentFigures, AgentLongest]):
    """What is counted of an agent.

    Attributes:
        state: The state; None: signed out.
        reason: Its reason.
        since: When the state began.
        csq_ids: The queues.
        reasons: Time in NOT_READY today, by reason.
    """

    def __init__(self, calendar: Calendar, interval: Period, at: float) -> None:
        self.state: AgentState | None = None
        self.reason, self.since = 0, at
        self.csq_ids: tuple[int, ...] = ()
        self.reasons: dict[int, float] = {}
        periods = (Period.SESSION, Period.TODAY, interval)
        super().__init__(calendar, periods, AgentFigures, AgentLongest, at)

    def accrue(self, seconds: float) -> None:
        """Time in the state."""
        if self.state is None:
            return
        name = _TIMES[self.state]
        setattr(self.total, name, getattr(self.total, name) + seconds)
        self.total.logged_on_time += seconds
        if name == "not_ready_time":
            self.reasons[self.reason] = self.reasons.get(self.reason, 0.0) + seconds

    def crossed(self, period: Period) -> None:
        """At midnight the reasons begin anew."""
        if period is Period.TODAY:
            self.reasons.clear()

    def enter(self, state: AgentState | None, reason: int, at: float) -> None:
        """Come into a state."""
        if self.state is None:
            self.restart(Period.SESSION, at)
        self.advance(at)
        if state is not self.state:
            if self.state is _S.READY:
                self.lasted("ready", at - self.since)
            elif self.state is _S.NOT_READY:
                self.lasted("not_ready", at - self.since)
            self.total.ready_entries += state is _S.READY
            self.total.not_ready_entries += state is _S.NOT_READY
        self.state, self.reason, self.since = state, reason, at

    def count(self, row: AgentConnectionDetail, call: CallRecord, at: float) -> None:
        """A leg that he was in is complete."""
        self.advance(at)
        total, answered = self.total, row.outcome == PartOutcome.ANSWERED
        detail = call.call
        if row.q_index:
            total.calls_presented += 1
            total.calls_not_answered += row.outcome == PartOutcome.NOT_ANSWERED
            if answered:
                total.calls_handled += 1
                total.ring_time += row.ring_time
                total.talk_time += row.talk_time
                total.hold_time += row.hold_time
                total.work_time += row.work_time
                total.held += row.hold_time > 0
                self.took("talk", row.talk_time)
                self.took("hold", row.hold_time)
                self.took("work", row.work_time)
        elif detail.originator_id == row.resource_id and answered:
            length = row.ring_time + row.talk_time + row.hold_time
            if detail.contact_type == ContactType.OUTGOING:
                total.outbound += 1
                total.outbound_talk_time += row.talk_time
                total.outbound_time += length
                total.outbound_held += row.hold_time > 0
                total.outbound_held_time += row.hold_time
            else:
                total.internal += 1
                total.internal_time += length
                self._internal_held(row)
        elif answered:
            total.internal_received += 1
            total.internal_received_time += row.talk_time + row.hold_time
            self._internal_held(row)
        if answered and not detail.session_seq_num:
            # Whoever leaves such a leg before its end has passed it on; all but the first have it from somebody.
            is_first = row is next(r for r in call.agents if r.outcome == PartOutcome.ANSWERED)
            total.transfers_in += bool(detail.transfer) and not is_first
            total.transfers_out += (
                bool(detail.transfer) and row.end_date_time < detail.end_date_time
            )
            total.conferences += bool(detail.conference)

    def _internal_held(self, row: AgentConnectionDetail) -> None:
        self.total.internal_held += row.hold_time > 0
        self.total.internal_held_time += row.hold_time


class CSQMeter(Meter[CSQFigures, CSQLongest]):
    """What is counted of a queue.

    Attributes:
        levels: Its agents now.
        waiting: Since when each contact waits, and with which priority, by call id.
        service_level_s: Its service level.
    """

    def __init__(self, calendar: Calendar, interval: Period, at: float) -> None:
        self.levels = Levels()
        self.waiting: dict[int, tuple[float, int]] = {}
        self.service_level_s = 0
        periods = {Period.TODAY, Period.FIVE_MINUTES, Period.HALF_HOUR, interval}
        super().__init__(calendar, periods, CSQFigures, CSQLongest, at)

    def accrue(self, seconds: float) -> None:
        """Its agents' times."""
        self.total.logged_on_time += seconds * self.levels.logged_in
        self.total.available_time += seconds * self.levels.available
        self.total.not_ready_time += seconds * self.levels.unavailable

    def move(self, before: AgentState | None, after: AgentState | None, at: float) -> None:
        """One of its agents goes from a state into another; None: is signed out, or none of its agents."""
        self.advance(at)
        self.levels.move(before, after)

    def by_priority(self) -> tuple[int, ...]:
        """How many wait now, of priority 1 to 10."""
        return by_priority_counts(priority for _, priority in self.waiting.values())

    def oldest(self, at: float) -> float:
        """How long the oldest contact has waited; 0 when there is none. Looks at all that wait."""
        return max((at - since for since, _ in self.waiting.values()), default=0.0)

    def count(
        self, row: ContactQueueDetail, agents: Iterable[AgentConnectionDetail], at: float
    ) -> None:
        """A leg that was in it is complete."""
        self.advance(at)
        total, time = self.total, row.queue_time
        total.contacts += 1
        if row.disposition == QueueDisposition.ABANDONED:
            total.abandoned += 1
            total.abandon_time += time
            total.abandoned_within_sl += time <= self.service_level_s
            self.took("abandon", time)
        elif row.disposition == QueueDisposition.HANDLED:
            talk = hold = work = 0
            for agent in agents:
                if agent.q_index == row.q_index and agent.outcome == PartOutcome.ANSWERED:
                    talk, hold = talk + agent.talk_time, hold + agent.hold_time
                    work += agent.work_time
            total.handled += 1
            total.handled_within_sl += row.met_service_level
            total.wait_time += time
            total.talk_time += talk
            total.hold_time += hold
            total.work_time += work
            total.held += hold > 0
            for name, seconds in (
                ("wait", time),
                ("talk", talk),
                ("hold", hold),
                ("work", work),
                ("handle", talk + hold + work),
            ):
                self.took(name, seconds)
        else:
            total.dequeued += 1
            total.dequeue_time += time
            self.took("dequeue", time)


class SystemMeter(Meter[SystemFigures, NothingLongest]):
    """What is counted of all contacts together.

    Attributes:
        levels: All agents now.
    """

    def __init__(self, calendar: Calendar, interval: Period, at: float) -> None:
        self.levels = Levels()
        periods = {Period.TODAY, Period.FIVE_MINUTES, Period.HALF_HOUR, interval}
        super().__init__(calendar, periods, SystemFigures, NothingLongest, at)

    def count(self, disposition: int, at: float) -> None:
        """A contact's first leg is complete."""
        self.advance(at)
        total = self.total
        total.contacts += 1
        total.abandoned += disposition == _D.ABANDONED
        total.handled += disposition == _D.HANDLED
        total.aborted += disposition == _D.ABORTED
        total.rejected += disposition >= _D.REJECTED


def by_priority_counts(priorities: Iterable[int]) -> tuple[int, ...]:
    """How many there are of each priority, 1 to 10."""
    counts = [0] * PRIORITIES
    for priority in priorities:
        counts[priority - 1] += 1
    return tuple(counts)
