"""Who does what now, and what has been done since midnight, since sign-in and by interval.

Fed with what the engine tells and with the records that become of it, so the figures and the history cannot
disagree. An event costs the same whatever has gone before and however many objects there are: an agent's touches his
queues (at most 50), a contact's the queues that it waits in. What is kept is bounded by the directory and by the contacts that
wait.

Spec: ``engine.md`` §5; ``docs/engine.rst``, Statistics.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core.calendar import Calendar, Period
from finesse_tx.engine.core.contact_events import ContactEvent, ContactStep
from finesse_tx.engine.core.events import AgentStateChanged, Effect
from finesse_tx.engine.core.figures import (
    AgentFigures,
    AgentLongest,
    CSQFigures,
    CSQLongest,
    NothingLongest,
    ServiceLevel,
    SystemFigures,
)
from finesse_tx.engine.core.meters import Meter
from finesse_tx.engine.core.records import (
    AgentConnectionDetail,
    CallRecord,
    ContactDisposition,
    ContactQueueDetail,
    ContactType,
    Entry,
    PartOutcome,
    QueueDisposition,
    TargetType,
)
from finesse_tx.engine.core.states import AgentState

__all__ = ["AgentMeter", "CSQMeter", "Levels", "Statistics"]

_S: Final = AgentState
_D: Final = ContactDisposition

PRIORITIES: Final = 10


@dataclass(slots=True)
class Levels:
    """How many agents are in which state.

    Attributes:
        logged_in: All that are signed in; the sum of the others.
        available: In READY.
        unavailable: In NOT_READY.
        selected: In RESERVED.
        in_session: In TALKING.
        in_work: In WORK.
    """

    logged_in: int = 0
    available: int = 0
    unavailable: int = 0
    selected: int = 0
    in_session: int = 0
    in_work: int = 0

    def change(self, state: AgentState | None, by: int) -> None:
        """So many more are in a state; None: signed out."""
        if state is not None:
            name = _LEVELS[state]
            setattr(self, name, getattr(self, name) + by)
            self.logged_in += by


_LEVELS: Final[Mapping[AgentState, str]] = MappingProxyType(
    {
        _S.LOGIN: "unavailable",  # for no time
        _S.NOT_READY: "unavailable",
        _S.READY: "available",
        _S.RESERVED: "selected",
        _S.TALKING: "in_session",
        _S.WORK: "in_work",
    }
)

_TIMES: Final[Mapping[AgentState, str]] = MappingProxyType(
    {
        _S.LOGIN: "not_ready_time",
        _S.NOT_READY: "not_ready_time",
        _S.READY: "available_time",
        _S.RESERVED: "reserved_time",
        _S.TALKING: "talking_time",
        _S.WORK: "working_time",
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
        if answered:
            total.transfers_out += bool(detail.transfer)
            total.transfers_in += detail.contact_type == ContactType.TRANSFER_IN
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

    def change(self, state: AgentState | None, by: int, at: float) -> None:
        """So many more of its agents are in a state."""
        self.advance(at)
        self.levels.change(state, by)

    def by_priority(self) -> tuple[int, ...]:
        """How many wait now, of priority 1 to 10."""
        return _by_priority(priority for _, priority in self.waiting.values())

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


@dataclass(eq=False, slots=True)
class _Waiting:
    """A contact that waits, or is offered to an agent."""

    since: dict[int, float] = field(default_factory=dict)
    priority: int = 1
    is_waiting: bool = True


class Statistics:
    """All figures.

    Args:
        calendar: When days and intervals begin.
        interval: How long an interval of the reports is.
        at: The time, in seconds since 1970; it never goes back.
        abandons: What abandoned contacts are to the service level.

    Attributes:
        agents: By login id; those who have ever been signed in.
        csqs: By CSQ id.
        system: Of all together.
        interval: As given.
    """

    def __init__(
        self,
        calendar: Calendar,
        interval: Period,
        at: float,
        abandons: ServiceLevel = ServiceLevel.IGNORED,
    ) -> None:
        self._calendar, self.interval, self._abandons = calendar, interval, abandons
        self.agents: dict[str, AgentMeter] = {}
        self.csqs: dict[int, CSQMeter] = {}
        self.system = SystemMeter(calendar, interval, at)
        self._contacts: dict[int, _Waiting] = {}
        self._teams: dict[str, int | None] = {}
        self._team_levels: dict[int, Levels] = {}

    def configure(self, snapshot: Snapshot, at: float) -> None:
        """Take in who there is; the figures of what is gone go with it."""
        wanted = {csq.id: csq.service_level_s for csq in snapshot.csqs}
        self.csqs = {i: meter for i, meter in self.csqs.items() if i in wanted}
        for csq_id, seconds in wanted.items():
            if csq_id not in self.csqs:
                self.csqs[csq_id] = CSQMeter(self._calendar, self.interval, at)
            self.csqs[csq_id].service_level_s = seconds
        self._teams = {person.login_id: person.team_id for person in snapshot.people}
        self.agents = {
            agent_id: meter
            for agent_id, meter in self.agents.items()
            if agent_id in self._teams or meter.state is not None
        }
        self._team_levels = {team.id: Levels() for team in snapshot.teams}
        for agent_id, meter in self.agents.items():
            self._change_team(agent_id, meter.state, 1)

    # What happens -------------------------------------------------------------------------------------------------

    def apply(self, effects: Iterable[Effect], entry: Entry | None, at: float) -> None:
        """Take in a turn of the engine.

        Args:
            effects: What it told.
            entry: What was recorded of it.
            at: When.
        """
        for effect in effects:
            match effect:
                case AgentStateChanged():
                    self._agent(effect, at)
                case ContactEvent():
                    self._contact(effect, at)
        if entry is not None:
            for call in entry.calls:
                if call.is_complete:
                    self._count(call, at)

    def _agent(self, event: AgentStateChanged, at: float) -> None:
        meter = self.agents.get(event.agent_id)
        if meter is None:
            meter = self.agents[event.agent_id] = AgentMeter(self._calendar, self.interval, at)
        state = None if event.state is _S.LOGOUT else event.state
        reason = event.reason if event.pending is None else meter.reason
        if state is meter.state and reason == meter.reason and event.csq_ids == meter.csq_ids:
            return
        before, queues = meter.state, meter.csq_ids
        if state is not before or reason != meter.reason:
            meter.enter(state, reason, at)
        meter.csq_ids = event.csq_ids
        for csq_id in queues:
            if before is not None and (csq := self.csqs.get(csq_id)) is not None:
                csq.change(before, -1, at)
        for csq_id in event.csq_ids:
            if state is not None and (csq := self.csqs.get(csq_id)) is not None:
                csq.change(state, 1, at)
        for by, which in ((-1, before), (1, state)):
            self.system.levels.change(which, by)
            self._change_team(event.agent_id, which, by)

    def _change_team(self, agent_id: str, state: AgentState | None, by: int) -> None:
        levels = self._team_levels.get(self._teams.get(agent_id) or 0)
        if levels is not None:
            levels.change(state, by)

    def _contact(self, event: ContactEvent, at: float) -> None:
        contact = self._contacts.get(event.call_id)
        match event.step:
            case ContactStep.QUEUED | ContactStep.RETURNED:
                if contact is None:
                    contact = self._contacts[event.call_id] = _Waiting()
                contact.is_waiting, contact.priority = True, event.priority
                for csq_id in event.csq_ids:
                    contact.since.setdefault(csq_id, at)
                self._wait(event.call_id, contact)
            case ContactStep.DEQUEUED if contact is not None:
                for csq_id in event.csq_ids:
                    contact.since.pop(csq_id, None)
                    self._stop_waiting(event.call_id, csq_id)
            case ContactStep.SELECTED if contact is not None:
                contact.is_waiting = False
                for csq_id in contact.since:
                    self._stop_waiting(event.call_id, csq_id)
            case ContactStep.REJECTED:
                pass
            case _ if contact is not None:
                for csq_id in contact.since:
                    self._stop_waiting(event.call_id, csq_id)
                del self._contacts[event.call_id]

    def _wait(self, call_id: int, contact: _Waiting) -> None:
        for csq_id, since in contact.since.items():
            if (csq := self.csqs.get(csq_id)) is not None:
                csq.waiting[call_id] = since, contact.priority

    def _stop_waiting(self, call_id: int, csq_id: int) -> None:
        if (csq := self.csqs.get(csq_id)) is not None:
            csq.waiting.pop(call_id, None)

    def _count(self, call: CallRecord, at: float) -> None:
        is_contact = call.queues or call.call.application_name
        if is_contact or call.call.contact_disposition >= _D.ABORTED:
            self.system.count(call.call.contact_disposition, at)
        for queue in call.queues:
            if queue.target_type == TargetType.CSQ and queue.target_id in self.csqs:
                self.csqs[queue.target_id].count(queue, call.agents, at)
        for row in call.agents:
            if (agent := self.agents.get(row.resource_id)) is not None:
                agent.count(row, call, at)

    # What is asked ------------------------------------------------------------------------------------------------

    def service_level(self, csq_id: int, period: Period, at: float) -> float | None:
        """A queue's service level in percent; None where there was nothing to measure.

        Raises:
            KeyError: There is no such queue.
        """
        return self.csqs[csq_id].figures(period, at).service_level(self._abandons)

    def waiting(self) -> tuple[int, ...]:
        """How many contacts wait now, of priority 1 to 10, each once. Looks at all that wait."""
        return _by_priority(c.priority for c in self._contacts.values() if c.is_waiting)

    def team(self, team_id: int) -> Levels:
        """A team's agents now.

        Raises:
            KeyError: There is no such team.
        """
        return self._team_levels[team_id]

    def longest_in_state(self, team_id: int, at: float) -> Mapping[AgentState, float]:
        """How long a team's agents have been in their states, the longest of each state. Looks at all agents."""
        found: dict[AgentState, float] = {}
        for agent_id, meter in self.agents.items():
            if meter.state is not None and self._teams.get(agent_id) == team_id:
                found[meter.state] = max(found.get(meter.state, 0.0), at - meter.since)
        return found

    def team_figures(self, team_id: int, period: Period, at: float) -> tuple[int, int]:
        """Contacts handled and abandoned, of all queues that a team's agents take calls from."""
        csq_ids = {
            csq_id
            for agent_id, meter in self.agents.items()
            if self._teams.get(agent_id) == team_id
            for csq_id in meter.csq_ids
            if csq_id in self.csqs
        }
        figures = [self.csqs[csq_id].figures(period, at) for csq_id in csq_ids]
        return sum(f.handled for f in figures), sum(f.abandoned for f in figures)


def _by_priority(priorities: Iterable[int]) -> tuple[int, ...]:
    counts = [0] * PRIORITIES
    for priority in priorities:
        counts[priority - 1] += 1
    return tuple(counts)
