"""Changes to the directory, as values: who and what there is to change, who wants it, and why it may not be.

Whatever there is many of has three: one more (`Add`), another one in its place (`Replace`), one less (`Remove`). What
`Snapshot` does not show of a person has its own: whether she may sign in (`SetEnabled`), and her password.

New objects get their ids from the store. Until then an id below 0 stands for one: whoever adds a team as number -1
may put people into team -1 further down in the same list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from finesse_tx.directory.core.queues import ResourceGroup, ResourceGroupPool, Skill, SkillPool
from finesse_tx.directory.core.records import CSQ, Person, Snapshot, Team, Trigger
from finesse_tx.errors import FinesseError

__all__ = [
    "KINDS",
    "Add",
    "Author",
    "Edit",
    "EditsRefusedError",
    "Fault",
    "Key",
    "Register",
    "Remove",
    "Replace",
    "SetEnabled",
    "SetHash",
    "SetPassword",
    "Thing",
    "key_of",
    "path_of",
    "resolved",
    "without_supervisors",
]

Thing = Person | Team | Skill | ResourceGroup | CSQ | Trigger
"""Whatever there is many of."""

Key = int | str
"""A person's login id, a trigger's route point; of all others the id."""

KINDS: Final[Mapping[type[Thing], str]] = {
    Person: "User",
    Team: "Team",
    Skill: "Skill",
    ResourceGroup: "ResourceGroup",
    CSQ: "Queue",
    Trigger: "Trigger",
}
"""What each kind is called where changes are audited: where REST clients see it, as they call it."""


@dataclass(frozen=True, slots=True)
class Add:
    """One more. A person can sign in at once, once there is a password.

    Attributes:
        value: It; an id of 0 is as good as none.
    """

    value: Thing


@dataclass(frozen=True, slots=True)
class Replace:
    """Another one in its place; what it replaces has the same login id, route point or id.

    Attributes:
        value: The whole of it: what is to stay as it is must be in it.
    """

    value: Thing


@dataclass(frozen=True, slots=True)
class Remove:
    """One less.

    Attributes:
        kind: Of what.
        key: Which.
    """

    kind: type[Thing]
    key: Key


@dataclass(frozen=True, slots=True)
class SetEnabled:
    """Whether somebody may sign in; who may not is signed out, and keeps all the rest.

    Attributes:
        login_id: Who.
        enabled: Whether.
    """

    login_id: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class SetPassword:
    """Another password.

    Attributes:
        login_id: Whose.
        password: As it is typed; None: somebody who cannot sign in with a password of ours.
    """

    login_id: str
    password: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetHash:
    """What becomes of a `SetPassword` once it is hashed.

    Attributes:
        login_id: Whose.
        password_hash: Encoded.
        verifier: What SCRAM is checked with, encoded; empty for nothing yet.
    """

    login_id: str
    password_hash: str = field(repr=False)
    verifier: str = field(default="", repr=False)


Edit = Add | Replace | Remove | SetEnabled | SetPassword | SetHash


@dataclass(frozen=True, slots=True)
class Author:
    """Who wants a change.

    Attributes:
        login_id: Who; for whoever has the machine's own rights, the name of that account.
        peer: From where: an address, or the program.
    """

    login_id: str
    peer: str


@dataclass(frozen=True, slots=True)
class Register:
    """Everyone, also who may not sign in now.

    Attributes:
        snapshot: As `IDirectory` shows it, but with everyone in it.
        disabled: The login ids of those who may not sign in.
        passwords: Of those who have a password of ours.
    """

    snapshot: Snapshot = field(default_factory=Snapshot)
    disabled: frozenset[str] = frozenset()
    passwords: frozenset[str] = frozenset()

    @property
    def shown(self) -> Snapshot:
        """The directory as `IDirectory` shows it."""
        if not self.disabled:
            return self.snapshot
        return replace(
            self.snapshot,
            people=tuple(p for p in self.snapshot.people if p.login_id not in self.disabled),
            teams=tuple(without_supervisors(t, self.disabled) for t in self.snapshot.teams),
        )


def without_supervisors(team: Team, login_ids: frozenset[str]) -> Team:
    """The team without those among its supervisors."""
    if not login_ids.intersection(team.supervisors):
        return team
    return replace(
        team,
        primary_supervisor="" if team.primary_supervisor in login_ids else team.primary_supervisor,
        secondary_supervisors=tuple(s for s in team.secondary_supervisors if s not in login_ids),
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an edit may not be.

    Attributes:
        index: Which edit of the list, from 0.
        what: What it is about, for people to read, such as ``agent9`` or ``team "Sales"``.
        field: What is wrong: an attribute's name; empty where it is the whole.
        reason: What is wrong with it.
        allowed: What would be right; may be empty.
    """

    index: int
    what: str
    field: str
    reason: str
    allowed: str = ""

    def __str__(self) -> str:
        where = f"{self.what}: {self.field}" if self.field else self.what
        return f"{where}: {self.reason}" + (f"; {self.allowed}" if self.allowed else "")


class EditsRefusedError(FinesseError):
    """Some of what was wanted may not be, and nothing was changed.

    Attributes:
        faults: All that is wrong, in the order of the edits.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(*faults)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


def key_of(value: Thing) -> Key:
    """By what it is known."""
    match value:
        case Person():
            return value.login_id
        case Trigger():
            return value.route_point
        case _:
            return value.id


def path_of(kind: type[Thing], key: Key) -> str:
    """What the audit log calls it."""
    return f"/finesse/api/{KINDS[kind]}/{key}"


def resolved(value: Thing, ids: Mapping[tuple[type[Thing], int], int]) -> Thing:
    """The same, with the store's ids in place of those below 0.

    Args:
        value: It.
        ids: The store's, by kind and stand-in.
    """

    def real(kind: type[Thing], number: int) -> int:
        return ids.get((kind, number), number)

    match value:
        case Person():
            team, group = value.team_id, value.resource_group_id
            return replace(
                value,
                team_id=None if team is None else real(Team, team),
                resource_group_id=None if group is None else real(ResourceGroup, group),
                competences=tuple(
                    c._replace(skill_id=real(Skill, c.skill_id)) for c in value.competences
                ),
            )
        case CSQ(pool=ResourceGroupPool(group_id)):
            pool = ResourceGroupPool(real(ResourceGroup, group_id))
            return replace(value, id=real(CSQ, value.id), pool=pool)
        case CSQ(pool=SkillPool(skills)):
            needed = tuple(s._replace(skill_id=real(Skill, s.skill_id)) for s in skills)
            return replace(value, id=real(CSQ, value.id), pool=SkillPool(needed))
        case Trigger():
            return replace(value, csq_id=None if value.csq_id is None else real(CSQ, value.csq_id))
        case _:
            return replace(value, id=real(type(value), value.id))
