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
from typing import Final

from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core.calendar import Calendar, Period
from finesse_tx.engine.core.contact_events import ContactEvent, ContactStep
from finesse_tx.engine.core.events import AgentStateChanged, CallEvent, Event
from finesse_tx.engine.core.figures import (
    ServiceLevel,
)
from finesse_tx.engine.core.records import (
    CallRecord,
    ContactDisposition,
    Entry,
    TargetType,
)
from finesse_tx.engine.core.states import AgentState
from finesse_tx.engine.core.tallies import (
    AgentMeter,
    CSQMeter,
    Levels,
    SystemMeter,
    by_priority_counts,
)

__all__ = ["Statistics"]

_S: Final = AgentState
_D: Final = ContactDisposition


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
            if (team := self._team_levels_of(agent_id)) is not None:
                team.move(None, meter.state)

    # What happens -------------------------------------------------------------------------------------------------

    def apply(self, events: Iterable[Event], entry: Entry | None, at: float) -> None:
        """Take in a turn of the engine.

        Args:
            events: What it told.
            entry: What was recorded of it.
            at: When.
        """
        joined: dict[int, int] = {}
        for event in events:
            if type(event) is CallEvent:
                other_id = event.other_call_id
                if other_id is not None and self._merge(event.call_id, other_id):
                    joined[other_id] = event.call_id
            elif type(event) is AgentStateChanged:
                self._agent(event, at)
            elif type(event) is ContactEvent:
                self._contact(event, joined.get(event.call_id, event.call_id), at)
        if entry is not None:
            for call in entry.calls:
                if call.is_complete:
                    self.count(call, at)

    def _agent(self, event: AgentStateChanged, at: float) -> None:
        reason = event.reason if event.pending is None else self.meter_of(event.agent_id, at).reason
        self.agent_is(event.agent_id, event.state, reason, event.csq_ids, at)

    def meter_of(self, agent_id: str, at: float) -> AgentMeter:
        """What is counted of an agent; it is made if need be."""
        meter = self.agents.get(agent_id)
        if meter is None:
            meter = self.agents[agent_id] = AgentMeter(self._calendar, self.interval, at)
        return meter

    def agent_is(
        self,
        agent_id: str,
        now_in: AgentState,
        reason: int,
        csq_ids: tuple[int, ...],
        at: float,
    ) -> None:
        """Take in an agent's state, its reason, and the queues."""
        meter = self.meter_of(agent_id, at)
        state = None if now_in is _S.LOGOUT else now_in
        if state is meter.state and reason == meter.reason and csq_ids == meter.csq_ids:
            return
        before, queues = meter.state, meter.csq_ids
        if state is not before or reason != meter.reason:
            meter.enter(state, reason, at)
        meter.csq_ids = csq_ids
        for csq_id in queues:
            if (csq := self.csqs.get(csq_id)) is not None:
                csq.move(before, state if csq_id in csq_ids else None, at)
        for csq_id in csq_ids:
            if csq_id not in queues and (csq := self.csqs.get(csq_id)) is not None:
                csq.move(None, state, at)
        self.system.levels.move(before, state)
        if (team := self._team_levels_of(agent_id)) is not None:
            team.move(before, state)

    def _team_levels_of(self, agent_id: str) -> Levels | None:
        return self._team_levels.get(self._teams.get(agent_id) or 0)

    def _contact(self, event: ContactEvent, call_id: int, at: float) -> None:
        contact = self._contacts.get(call_id)
        match event.step:
            case ContactStep.QUEUED | ContactStep.RETURNED:
                if contact is None:
                    contact = self._contacts[call_id] = _Waiting()
                contact.is_waiting, contact.priority = True, event.priority
                for csq_id in event.csq_ids:
                    contact.since.setdefault(csq_id, at)
                self._wait(call_id, contact)
            case ContactStep.DEQUEUED if contact is not None:
                for csq_id in event.csq_ids:
                    contact.since.pop(csq_id, None)
                    self._stop_waiting(call_id, csq_id)
            case ContactStep.SELECTED if contact is not None:
                contact.is_waiting = False
                for csq_id in contact.since:
                    self._stop_waiting(call_id, csq_id)
            case ContactStep.REJECTED:
                pass
            case _ if contact is not None:
                for csq_id in contact.since:
                    self._stop_waiting(call_id, csq_id)
                del self._contacts[call_id]

    def _merge(self, call_id: int, other_id: int) -> bool:
        """Whoever waited in a call that has become part of another waits there, unless somebody does already."""
        contact = self._contacts.get(other_id)
        if contact is None or call_id in self._contacts:
            return False
        self._contacts[call_id] = self._contacts.pop(other_id)
        for csq_id in contact.since:
            self._stop_waiting(other_id, csq_id)
        if contact.is_waiting:
            self._wait(call_id, contact)
        return True

    def _wait(self, call_id: int, contact: _Waiting) -> None:
        for csq_id, since in contact.since.items():
            if (csq := self.csqs.get(csq_id)) is not None:
                csq.waiting[call_id] = since, contact.priority

    def _stop_waiting(self, call_id: int, csq_id: int) -> None:
        if (csq := self.csqs.get(csq_id)) is not None:
            csq.waiting.pop(call_id, None)

    def count(self, call: CallRecord, at: float) -> None:
        """Take in a leg that is complete."""
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
        return by_priority_counts(c.priority for c in self._contacts.values() if c.is_waiting)

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
