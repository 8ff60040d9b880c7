"""What has been counted today by earlier processes, found again in the history.

After a restart the figures since midnight are what they would be without it: those of calls to the second, since they
have always come from the same rows; those of agents' time up to the last change of anybody's state.

Spec: ``engine.md`` §5 ("today" starts at local midnight), §8.7 (nothing is counted twice).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core.calendar import Calendar, Period
from finesse_tx.engine.core.figures import (
    AgentFigures,
    AgentLongest,
    CSQFigures,
    CSQLongest,
    NothingLongest,
    SystemFigures,
)
from finesse_tx.engine.core.objects import Figures
from finesse_tx.engine.core.records import (
    AgentStateDetail,
    CallRecord,
    PartOutcome,
    TargetType,
)
from finesse_tx.engine.core.states import AgentState
from finesse_tx.engine.core.statistics import Statistics

__all__ = ["BEFORE_S", "Day", "absorb", "ended_at", "recount"]

BEFORE_S: Final = 6 * 3600.0
"""What began so long before midnight at most, and ended after it, counts today."""

_STATES: Final[Mapping[int, AgentState]] = MappingProxyType(
    {
        1: AgentState.LOGIN,
        2: AgentState.NOT_READY,
        3: AgentState.READY,
        4: AgentState.RESERVED,
        5: AgentState.TALKING,
        6: AgentState.WORK,
        7: AgentState.LOGOUT,
    }
)
"""By ``eventType``."""


@dataclass(slots=True)
class Day:
    """What was counted of a day, until a moment.

    Attributes:
        begin: When the day began, in seconds since 1970.
        system: The system's figures.
        csqs: Each queue's, by id.
        agents: Each agent's, by login id, and the time in NOT_READY by reason.
        handled_by_csq: What the queues have delivered, from the reservation to the end of wrap-up.
        handled_by_agent: What the agents have handled, from the answer to the end of wrap-up.
    """

    begin: float
    system: SystemFigures = field(default_factory=SystemFigures)
    csqs: dict[int, tuple[CSQFigures, CSQLongest]] = field(default_factory=dict)
    agents: dict[str, tuple[AgentFigures, AgentLongest, dict[int, float]]] = field(
        default_factory=dict
    )
    handled_by_csq: dict[int, Figures] = field(default_factory=dict)
    handled_by_agent: dict[str, Figures] = field(default_factory=dict)


def ended_at(leg: CallRecord) -> float:
    """When a leg was complete: the end of the last after-call work, in seconds since 1970."""
    works = [row.end_date_time / 1000 + row.work_time for row in leg.agents]
    return max(leg.call.end_date_time / 1000, *works) if works else leg.call.end_date_time / 1000


def recount(
    calendar: Calendar,
    snapshot: Snapshot,
    until: float,
    states: Iterable[AgentStateDetail],
    legs: Iterable[CallRecord],
) -> Day:
    """Count the day again in which a moment lies.

    Args:
        calendar: When days begin.
        snapshot: Who there is: whoever is gone is left out.
        until: That moment, in seconds since 1970: nothing is newer.
        states: Changes of states from `BEFORE_S` before the day on, in order.
        legs: The legs that began since then, in any order.
    """
    begin = calendar.span(Period.TODAY, until).start
    last = begin - BEFORE_S
    statistics = Statistics(calendar, Period.HALF_HOUR, last)
    statistics.configure(snapshot, last)
    day = Day(begin)
    queues = {person.login_id: snapshot.csq_ids_of(person.login_id) for person in snapshot.people}
    for row in states:
        if row.agent_id in queues:
            last = max(last, min(row.event_date_time / 1000, until))
            state, csq_ids = _STATES[row.event_type], tuple(queues[row.agent_id])
            statistics.agent_is(row.agent_id, state, row.reason_code, csq_ids, last)
    for agent_id, meter in statistics.agents.items():
        if meter.state is not None:  # how long it went on, nobody has written down
            statistics.agent_is(agent_id, AgentState.LOGOUT, 0, (), last)
    last = max(last, begin)
    for leg in legs:
        if begin <= ended_at(leg):
            statistics.count(leg, last)
            _work(day, leg)
    day.system = statistics.system.figures(Period.TODAY, last)
    for csq_id, csq in statistics.csqs.items():
        day.csqs[csq_id] = csq.figures(Period.TODAY, last), csq.longest(Period.TODAY, last)
    for agent_id, agent in statistics.agents.items():
        figures, longest = agent.figures(Period.TODAY, last), agent.longest(Period.TODAY, last)
        day.agents[agent_id] = figures, longest, dict(agent.reasons)
    return day


def absorb(statistics: Statistics, day: Day, at: float) -> None:
    """Let statistics have counted the day from its beginning.

    Args:
        statistics: They have counted since this process began, on that day.
        day: What earlier processes have counted.
        at: The time, in seconds since 1970.
    """
    statistics.system.absorb(day.system, NothingLongest(), at)
    for csq_id, csq_figures in day.csqs.items():
        if (csq := statistics.csqs.get(csq_id)) is not None:
            csq.absorb(*csq_figures, at)
    for agent_id, (figures, longest, reasons) in day.agents.items():
        agent = statistics.meter_of(agent_id, at)
        agent.absorb(figures, longest, at)
        for reason, seconds in reasons.items():
            agent.reasons[reason] = agent.reasons.get(reason, 0.0) + seconds


def _work(day: Day, leg: CallRecord) -> None:
    """What selection and the expected wait go by."""
    csq_ids = {
        row.q_index: row.target_id for row in leg.queues if row.target_type == TargetType.CSQ
    }
    for row in leg.agents:
        if row.q_index and row.outcome == PartOutcome.ANSWERED:
            handled_s = row.talk_time + row.hold_time + row.work_time
            day.handled_by_agent.setdefault(row.resource_id, Figures()).add(handled_s)
            if (csq_id := csq_ids.get(row.q_index)) is not None:
                day.handled_by_csq.setdefault(csq_id, Figures()).add(row.ring_time + handled_s)
