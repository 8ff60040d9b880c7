"""Contact service queues, and which agents they take.

A queue's agents are a resource group, or everyone who has certain skills well enough. Nobody is listed: who is in
which queue follows from the two (`memberships`).

Spec: ``engine.md`` §1 (fields), §3.2 (pools and selection criteria).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final, NamedTuple, Protocol

__all__ = [
    "CSQ",
    "MAX_COMPETENCE",
    "MAX_WEIGHT",
    "CSQType",
    "Competence",
    "Criterion",
    "Member",
    "Pool",
    "RequiredSkill",
    "ResourceGroup",
    "ResourceGroupPool",
    "Skill",
    "SkillPool",
    "is_competent",
    "memberships",
]

MAX_COMPETENCE: Final = 10
"""Competence is 1 to this; 10 is the best."""

MAX_WEIGHT: Final = 100
"""A skill's weight in a queue is 1 to this."""


class CSQType(IntEnum):
    """What waits in a queue; the engine routes calls only."""

    VOICE = 0
    EMAIL = 1
    CHAT = 2


class Criterion(Enum):
    """Which of the agents who could take a contact is selected."""

    LONGEST_AVAILABLE = "longest available"
    MOST_HANDLED = "most handled contacts"
    SHORTEST_HANDLE_TIME = "shortest average handle time"
    LINEAR = "linear"
    CIRCULAR = "circular"
    MOST_SKILLED = "most skilled"
    LEAST_SKILLED = "least skilled"
    MOST_SKILLED_BY_WEIGHT = "most skilled by weight"
    LEAST_SKILLED_BY_WEIGHT = "least skilled by weight"
    MOST_SKILLED_BY_ORDER = "most skilled by order"
    LEAST_SKILLED_BY_ORDER = "least skilled by order"


@dataclass(frozen=True, slots=True)
class Skill:
    """Something that agents can do more or less well.

    Attributes:
        id: Unique.
        name: 1 to 50 characters, unique.
    """

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ResourceGroup:
    """Agents who are as good as each other; an agent is in one at most.

    Attributes:
        id: Unique.
        name: 1 to 50 characters, unique.
    """

    id: int
    name: str


class Competence(NamedTuple):
    """How well an agent has a skill.

    Attributes:
        skill_id: The skill.
        level: 1 to `MAX_COMPETENCE`.
    """

    skill_id: int
    level: int


class RequiredSkill(NamedTuple):
    """A skill that a queue asks for.

    Attributes:
        skill_id: The skill.
        minimum: The least competence that will do, 1 to `MAX_COMPETENCE`.
        weight: What it counts for in the criteria by weight, 1 to `MAX_WEIGHT`.
    """

    skill_id: int
    minimum: int = 1
    weight: int = 1


@dataclass(frozen=True, slots=True)
class ResourceGroupPool:
    """A queue's agents are the members of a resource group.

    Attributes:
        resource_group_id: The group.
    """

    resource_group_id: int


@dataclass(frozen=True, slots=True)
class SkillPool:
    """A queue's agents are those who have every skill at its minimum or better.

    Attributes:
        skills: The skills, in the order that counts for the criteria by order; without any, nobody is in the queue.
    """

    skills: tuple[RequiredSkill, ...] = ()


Pool = ResourceGroupPool | SkillPool


@dataclass(frozen=True, slots=True)
class CSQ:
    """A contact service queue.

    Attributes:
        id: Unique.
        name: 1 to 50 characters, unique.
        auto_work: Whether an agent goes to WORK after each of its calls.
        wrapup_time_s: How long WORK lasts, 0 to 7200; 0: until the agent ends it.
        service_level_s: A call answered within this time counts as within the service level.
        service_level_percent: How many should be, 1 to 100.
        pool: Its agents.
        criterion: Which of them is selected; not every criterion goes with each kind of pool.
        ring_no_answer_s: How long an agent's phone rings; None: as long as the engine's settings say.
        prompt: What callers hear while they wait, where no script says it; empty: nothing.
        type: What waits in it.
    """

    id: int
    name: str
    auto_work: bool = False
    wrapup_time_s: int = 0
    service_level_s: int = 5
    service_level_percent: int = 70
    pool: Pool = SkillPool()
    criterion: Criterion = Criterion.LONGEST_AVAILABLE
    ring_no_answer_s: float | None = None
    prompt: str = ""
    type: CSQType = CSQType.VOICE


class Member(Protocol):
    """What decides about somebody's queues."""

    @property
    def login_id(self) -> str:
        """Who it is."""

    @property
    def is_agent(self) -> bool:
        """Whether this is an agent at all."""

    @property
    def competences(self) -> tuple[Competence, ...]:
        """What the agent can do."""

    @property
    def resource_group_id(self) -> int | None:
        """The group that the agent is in."""


def is_competent(levels: Mapping[int, int], required: Iterable[RequiredSkill]) -> bool:
    """Whether somebody has every skill at its minimum or better.

    Args:
        levels: The competence by skill id.
        required: The skills.
    """
    return all(levels.get(skill.skill_id, 0) >= skill.minimum for skill in required)


def memberships(members: Iterable[Member], csqs: Iterable[CSQ]) -> dict[str, tuple[int, ...]]:
    """Every agent's queues: by login id, in the order of ``csqs``.

    A queue is looked at only for agents who have its first skill, or are in its group.
    """
    by_group: dict[int, list[CSQ]] = {}
    by_skill: dict[int, list[CSQ]] = {}
    place: dict[int, int] = {}
    for csq in csqs:
        place[csq.id] = len(place)
        match csq.pool:
            case ResourceGroupPool(group_id):
                by_group.setdefault(group_id, []).append(csq)
            case SkillPool((first, *_)):
                by_skill.setdefault(first.skill_id, []).append(csq)
    found: dict[str, tuple[int, ...]] = {}
    for member in members:
        if not member.is_agent:
            continue
        levels = dict(member.competences)
        mine = list(by_group.get(member.resource_group_id or 0, ()))
        for skill_id in levels:
            mine += [
                csq
                for csq in by_skill.get(skill_id, ())
                if isinstance(csq.pool, SkillPool) and is_competent(levels, csq.pool.skills)
            ]
        found[member.login_id] = tuple(sorted((csq.id for csq in mine), key=place.__getitem__))
    return found
