"""What becomes of our people when another directory tells who there is.

The other directory says who works here, under which name and at which extension. Teams, skills, roles and all the rest
are ours, and stay. Only people whom that directory has told of are changed by it: a person of ours who has the same
login id stays ours, and is named among those who are left out.

Who is not told of any more is disabled, not removed: nothing of hers is lost by a directory's bad day. Nobody is enabled
by a directory: whoever has disabled somebody here meant it. A synchronisation that would disable too many stops.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace

from finesse_tx.directory.core.editing import Plan, plan
from finesse_tx.directory.core.edits import (
    Add,
    Edit,
    EditsRefusedError,
    Register,
    Replace,
    SetEnabled,
)
from finesse_tx.directory.core.records import Person, Role, Team
from finesse_tx.errors import FinesseError

__all__ = [
    "ALWAYS",
    "FoundPerson",
    "NoSuchTeamError",
    "Policy",
    "Synchronisation",
    "TooManyGoneError",
    "synchronised",
]

ALWAYS = 3
"""So many may go at once, however small the percentage is."""

_NEW_TEAM = "Default"
"""The team of new people, where there is no team at all."""


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody as another directory tells.

    Attributes:
        login_id: What is typed to sign in.
        first_name: For people to read.
        last_name: For people to read.
        extension: The number that ICD calls are sent to; empty: no agent.
        devices: The names of the devices with that number, as far as they are known.
    """

    login_id: str
    first_name: str
    last_name: str
    extension: str
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """How people are taken in.

    Attributes:
        source: The provider's name.
        team: The name of the team that new people are in; empty: the first there is.
        max_gone_percent: No more of those who may sign in are disabled at once.
    """

    source: str
    team: str = ""
    max_gone_percent: float = 10.0


@dataclass(frozen=True, slots=True)
class Synchronisation:
    """What is to be done.

    Attributes:
        edits: The changes.
        plan: What becomes of them.
        left_out: Who is not taken in, and why, a line each.
    """

    edits: tuple[Edit, ...]
    plan: Plan
    left_out: tuple[str, ...] = field(default=())


class TooManyGoneError(FinesseError):
    """Another directory does not tell of too many any more; that may be its fault, and nothing was changed.

    Attributes:
        gone: Of how many.
        of: Of how many who may sign in.
        percent: How many percent may go.
    """

    def __init__(self, gone: int, of: int, percent: float) -> None:
        super().__init__(gone, of, percent)
        self.gone, self.of, self.percent = gone, of, percent

    def __str__(self) -> str:
        return (
            f"the directory does not tell of {self.gone} of {self.of} people any more, over {self.percent:g} %; nothing "
            "was changed: look what is wrong there, or raise directory.max_gone_percent"
        )


class NoSuchTeamError(FinesseError):
    """The team of new people is none of ours.

    Attributes:
        name: The team.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f'directory.team: there is no team "{self.name}"'


def synchronised(
    register: Register, found: Sequence[FoundPerson], policy: Policy
) -> Synchronisation:
    """Say what becomes of our people.

    Raises:
        TooManyGoneError: More would be disabled than may be.
        NoSuchTeamError: There is no team for new people.
    """
    ours = {person.login_id: person for person in register.snapshot.people}
    left_out: list[str] = []
    told: dict[str, FoundPerson] = {}
    for one in _unambiguous(found, left_out):
        was = ours.get(one.login_id)
        if was is not None and was.source != policy.source:
            left_out.append(f"{one.login_id}: is here already, and not of {policy.source}")
        elif was is not None and one.login_id in register.disabled:
            left_out.append(f"{one.login_id}: is disabled here; finesse-tx user enable lets her in")
            if one.extension:
                told[one.login_id] = one
        elif one.extension:  # others are no agents
            told[one.login_id] = one
    # Who is mixed up with somebody is not gone; who has no extension is no agent any more.
    gone = _gone(register, {one.login_id for one in found if one.extension}, policy)
    team_id, edits = _team(register, policy, needed=any(one not in ours for one in told))
    edits += [SetEnabled(login_id, False) for login_id in gone]
    for one in told.values():
        edits += _edits(one, ours.get(one.login_id), team_id, policy.source)
    return _without_faults(register, edits, left_out)


def _unambiguous(found: Iterable[FoundPerson], left_out: list[str]) -> list[FoundPerson]:
    """Those whom nobody else is mixed up with: by name, or by a number on two devices."""
    found = list(found)
    names = Counter(one.login_id.casefold() for one in found)
    clear: list[FoundPerson] = []
    for one in found:
        if names[one.login_id.casefold()] > 1:
            left_out.append(f"{one.login_id}: is told of twice")
        elif one.extension and len(one.devices) > 1:
            devices = " and ".join(one.devices)
            left_out.append(f"{one.login_id}: extension {one.extension} is on {devices}; leave one")
        else:
            clear.append(one)
    return clear


def _gone(register: Register, told: Set[str], policy: Policy) -> list[str]:
    """Who is not told of any more."""
    there = [
        person.login_id
        for person in register.snapshot.people
        if person.source == policy.source and person.login_id not in register.disabled
    ]
    gone = [login_id for login_id in there if login_id not in told]
    if len(gone) > ALWAYS and len(gone) * 100 > policy.max_gone_percent * len(there):
        raise TooManyGoneError(len(gone), len(there), policy.max_gone_percent)
    return gone


def _team(register: Register, policy: Policy, *, needed: bool) -> tuple[int, list[Edit]]:
    """The team of new people, and what makes it if need be."""
    teams = register.snapshot.teams
    if policy.team:
        for team in teams:
            if team.name.casefold() == policy.team.casefold():
                return team.id, []
        raise NoSuchTeamError(policy.team)
    if teams:
        return teams[0].id, []
    return -1, [Add(Team(-1, _NEW_TEAM))] if needed else []


def _edits(one: FoundPerson, was: Person | None, team_id: int, source: str) -> list[Edit]:
    if was is None:
        person = Person(
            one.login_id,
            one.login_id,
            one.first_name,
            one.last_name or one.login_id,
            one.extension,
            frozenset({Role.AGENT}),
            team_id,
            source=source,
        )
        return [Add(person)]
    changed = replace(
        was,
        first_name=one.first_name,
        last_name=one.last_name or one.login_id,
        extension=one.extension,
    )
    return [Replace(changed)] if changed != was else []


def _without_faults(register: Register, edits: list[Edit], left_out: list[str]) -> Synchronisation:
    """Leave out, with the reason, what may not be, until the rest may: one bad name must not keep everyone else out."""
    while True:
        try:
            planned = plan(register, edits)
        except EditsRefusedError as error:
            left_out += [str(fault) for fault in error.faults]
            bad = {fault.index for fault in error.faults}
            edits = [edit for index, edit in enumerate(edits) if index not in bad]
        else:
            return Synchronisation(tuple(edits), planned, tuple(left_out))
