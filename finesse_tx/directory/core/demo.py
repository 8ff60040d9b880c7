"""The demo's people: the same at every start, as many as are asked for.

Spec: ``design.md`` §4, the table of demo people.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from finesse_tx.directory.core.queues import Competence, RequiredSkill, Skill, SkillPool
from finesse_tx.directory.core.records import (
    CSQ,
    Person,
    ReasonCategory,
    ReasonCode,
    Role,
    Snapshot,
    Team,
    Trigger,
)

__all__ = ["PASSWORD", "TEAM_SIZE", "demo"]

PASSWORD: Final = "finesse"  # noqa: S105 (which is why the demo listens on loopback only)
"""Everybody's."""

TEAM_SIZE: Final = 20
"""How many agents a team has; with fewer than two teams' worth, two teams share them."""

_FIRST_AGENT: Final = 1_001
_FIRST_SUPERVISOR: Final = 2_001

_SKILLS: Final = (Skill(1, "Sales"), Skill(2, "Support"))
_CSQS: Final = (
    CSQ(1, "Sales", pool=SkillPool((RequiredSkill(1),))),
    CSQ(2, "Support", auto_work=True, wrapup_time_s=15, pool=SkillPool((RequiredSkill(2),))),
)
_TRIGGERS: Final = (
    Trigger("6001", 1, "Sales", 1, "sales"),
    Trigger("6002", 2, "Support", 2, "support"),
)
_REASON_CODES: Final = tuple(
    ReasonCode(code, ReasonCategory.NOT_READY, code, label)
    for code, label in enumerate(("Break", "Lunch", "Meeting", "Training", "Paperwork"), 1)
)

# The lengths have no common divisor: a pair of names comes again only after all pairs have been.
_FIRST_NAMES: Final = (
    "Amara", "Liam", "Zoë", "Mateo", "Aisha", "Jonas", "Mei", "Omar", "Clara", "Ravi", "Ingrid",
    "Kofi", "Sofia", "Daniel", "Yuki", "Tomás", "Leila", "Erik", "Priya", "Lucas", "Hannah", "Farid",
    "Nina", "Victor", "Grace", "Andrei", "Chloé", "Samuel", "Elif", "Marco", "Ruth", "Hugo", "Fatima",
    "Oskar", "Lucía", "Kwame", "Emma", "Stefan", "Nadia", "Joel", "Akiko", "Bruno", "Maja", "Idris",
    "Anna", "Felix", "Sana", "Pavel", "Irene", "Noah", "Jana", "Diego", "Rosa", "Emil", "Layla",
    "Simon", "Carmen", "Arjun", "Birgit",
)  # fmt: skip
_LAST_NAMES: Final = (
    "Okafor", "Murphy", "Bauer", "Herrera", "Rahman", "Lindqvist", "Chen", "Haddad", "Fontaine",
    "Iyer", "Solberg", "Mensah", "Rossi", "Kowalski", "Tanaka", "Silva", "Farsi", "Andersson", "Nair",
    "Moreau", "Weiss", "Karimi", "Petrov", "Lange", "Whitfield", "Ionescu", "Dubois", "Adeyemi",
    "Yilmaz", "Conti", "Goldberg", "Laurent", "Saleh", "Nyström", "García", "Boateng", "Clarke",
    "Novak", "Benali", "Jansen", "Mori", "Costa", "Horvat", "Bello", "Keller", "Schmidt", "Malik",
    "Dvorak", "Papas", "Walker", "Nowak", "Ramos", "Marino", "Dahl", "Aziz", "Hughes", "Vega", "Patel",
    "Krause", "Kim", "Ortiz",
)  # fmt: skip


def demo(agents: int, taken: Set[str] = frozenset()) -> Snapshot:
    """The demo's directory.

    Args:
        agents: How many agents.
        taken: Telephone numbers that somebody else has; whoever would get one gets it with a 9 in front.
            So does a supervisor, with so many agents that one of them has that number.
    """
    teams = max(2, -(-agents // TEAM_SIZE))
    numbers = {*taken, *(trigger.route_point for trigger in _TRIGGERS)}
    people = [
        Person(
            login_id=f"agent{number}",
            login_name=f"agent{number}",
            first_name=_FIRST_NAMES[number % len(_FIRST_NAMES)],
            last_name=_LAST_NAMES[number % len(_LAST_NAMES)],
            extension=_extension(_FIRST_AGENT - 1 + number, numbers),
            roles=frozenset({Role.AGENT}),
            team_id=_team_of(number, teams),
            competences=_competences(number),
        )
        for number in range(1, agents + 1)
    ]
    people += [
        Person(
            login_id=f"supervisor{number}",
            login_name=f"supervisor{number}",
            first_name=_FIRST_NAMES[-number % len(_FIRST_NAMES)],
            last_name=_LAST_NAMES[-2 * number % len(_LAST_NAMES)],
            extension=_extension(_FIRST_SUPERVISOR - 1 + number, numbers),
            roles=frozenset({Role.AGENT, Role.SUPERVISOR}),
            team_id=number,
        )
        for number in range(1, teams + 1)
    ]
    people.append(
        Person("admin", "admin", "System", "Administrator", "", frozenset({Role.ADMINISTRATOR}))
    )
    return Snapshot(
        tuple(people),
        tuple(
            Team(number, f"Team {number}", f"supervisor{number}") for number in range(1, teams + 1)
        ),
        _CSQS,
        _TRIGGERS,
        _REASON_CODES,
        _SKILLS,
    )


def _team_of(agent: int, teams: int) -> int:
    """Odd agents in team 1 and even ones in team 2, while two teams are enough; then twenty by twenty."""
    if teams == 2:
        return 2 - agent % 2
    return (agent - 1) // TEAM_SIZE + 1


def _competences(agent: int) -> tuple[Competence, ...]:
    """Everybody can do everything; one is better at selling, the next at helping."""
    sales = 5 + agent % 6
    return (Competence(1, sales), Competence(2, 15 - sales))


def _extension(number: int, taken: set[str]) -> str:
    """Take that number, or the nearest thing to it that is free."""
    extension = str(number)
    while extension in taken:
        extension = f"9{extension}"
    taken.add(extension)
    return extension
