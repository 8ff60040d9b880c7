"""Which of a queue's agents is selected, and why: the selection criteria as keys.

An agent's key is made when he becomes READY, and holds for as long as he is: what it is made of (figures of the day,
competences, places) does not change meanwhile, but at midnight and with the directory. The smallest key is selected.

Spec: ``engine.md`` §3.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from finesse_tx.directory.core.queues import Criterion, ResourceGroupPool, SkillPool
from finesse_tx.engine.core.objects import Agent, Queue

__all__ = ["OF_TODAY", "offer", "reason", "selected"]

OF_TODAY: Final = frozenset({Criterion.MOST_HANDLED, Criterion.SHORTEST_HANDLE_TIME})
"""The criteria that compare what has been done today, and begin anew at midnight."""


def offer(queue: Queue, agent: Agent) -> None:
    """Let a queue select an agent."""
    key = _KEYS[queue.csq.criterion](queue, agent)
    queue.ready.add(agent, (key, agent.idle_since, agent.id))


def selected(queue: Queue, agent: Agent) -> None:
    """A queue has selected an agent: a circular one goes on after him."""
    if queue.csq.criterion is Criterion.CIRCULAR:
        queue.turn = _turn(queue, agent)


def _levels(queue: Queue, agent: Agent) -> tuple[int, ...]:
    """The agent's competences in the skills that the queue names, in its order."""
    pool = queue.csq.pool
    if not isinstance(pool, SkillPool):
        return ()
    levels = dict(agent.person.competences)
    return tuple(levels.get(skill.skill_id, 0) for skill in pool.skills)


def _weighted(queue: Queue, agent: Agent) -> int:
    pool = queue.csq.pool
    skills = pool.skills if isinstance(pool, SkillPool) else ()
    return sum(
        level * skill.weight for level, skill in zip(_levels(queue, agent), skills, strict=True)
    )


def _place(agent: Agent) -> tuple[int, str]:
    return agent.person.group_position, agent.id


def _turn(queue: Queue, agent: Agent) -> tuple[int, tuple[int, str]]:
    """When it is the agent's turn: in this lap, or the next if the queue has gone past him.

    So everybody's turn is later than the last one, and the smallest is next; nobody's changes while others are selected.
    """
    lap, last = queue.turn
    place = _place(agent)
    return (lap if place > last else lap + 1), place


_C: Final = Criterion

_KEYS: Final[Mapping[Criterion, Callable[[Queue, Agent], Any]]] = MappingProxyType(
    {
        _C.LONGEST_AVAILABLE: lambda _queue, agent: agent.idle_since,
        _C.MOST_HANDLED: lambda _queue, agent: -agent.today.handled,
        _C.SHORTEST_HANDLE_TIME: lambda _queue, agent: agent.today.mean_s,
        _C.LINEAR: lambda _queue, agent: agent.person.group_position,
        _C.CIRCULAR: _turn,
        _C.MOST_SKILLED: lambda queue, agent: -sum(_levels(queue, agent)),
        _C.LEAST_SKILLED: lambda queue, agent: sum(_levels(queue, agent)),
        _C.MOST_SKILLED_BY_WEIGHT: lambda queue, agent: -_weighted(queue, agent),
        _C.LEAST_SKILLED_BY_WEIGHT: _weighted,
        _C.MOST_SKILLED_BY_ORDER: lambda queue, agent: [-n for n in _levels(queue, agent)],
        _C.LEAST_SKILLED_BY_ORDER: _levels,
    }
)
"""What each criterion compares; the smallest is selected, of equals the longest available, then the lowest id."""


def reason(queue: Queue, agent: Agent, now: float) -> str:
    """Why a queue selects an agent, such as ``longest available: 312 s, skill Sales 8``."""
    if queue.is_personal:
        return f"the caller wants {agent.id}"
    criterion = queue.csq.criterion
    levels = _levels(queue, agent)
    match criterion:
        case _C.LONGEST_AVAILABLE:
            value = f"{max(0, round(now - agent.idle_since))} s"
        case _C.MOST_HANDLED:
            value = str(agent.today.handled)
        case _C.SHORTEST_HANDLE_TIME:
            value = f"{round(agent.today.mean_s)} s"
        case _C.LINEAR | _C.CIRCULAR:
            value = f"position {agent.person.group_position}"
        case _C.MOST_SKILLED | _C.LEAST_SKILLED:
            value = str(sum(levels))
        case _C.MOST_SKILLED_BY_WEIGHT | _C.LEAST_SKILLED_BY_WEIGHT:
            value = str(_weighted(queue, agent))
        case _C.MOST_SKILLED_BY_ORDER | _C.LEAST_SKILLED_BY_ORDER:
            value = " then ".join(map(str, levels))
    words = [f"{criterion.value}: {value}"]
    if isinstance(queue.csq.pool, ResourceGroupPool):
        words += [f"group {name}" for name in queue.skill_names]
    else:
        words += [f"skill {name} {n}" for name, n in zip(queue.skill_names, levels, strict=False)]
    return ", ".join(words)
