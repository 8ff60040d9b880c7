"""Deciding what becomes of a list of edits: all of it, or, with every reason why not, nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from finesse_tx.directory.core.draft import Draft
from finesse_tx.directory.core.edits import (
    KINDS,
    Add,
    Edit,
    EditsRefusedError,
    Fault,
    Key,
    Register,
    Remove,
    Replace,
    SetEnabled,
    SetHash,
    SetPassword,
    Thing,
    key_of,
)
from finesse_tx.directory.core.queues import ResourceGroup, Skill
from finesse_tx.directory.core.records import CSQ, Person, Role, Snapshot, Team, Trigger
from finesse_tx.directory.core.rules import (
    Complaint,
    complaints,
    extension_complaint,
    password_complaints,
    removal_complaints,
)
from finesse_tx.errors import ConfigError

__all__ = ["MAX_EDITS", "NO_PASSWORD", "Plan", "Step", "plan", "vet"]

MAX_EDITS: Final = 10_000
"""So many edits in one list, unless whoever hands it in says otherwise."""


_ABOUT: Final = (SetEnabled, SetPassword, SetHash)
"""What is said of a person besides who it is."""


_PASSWORD: Final[Mapping[str, str | None]] = {"password": "****"}

NO_PASSWORD: Final[Mapping[str, str | None]] = {"password": None}
"""What stands for no password in a `Step`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One edit that may be.

    Attributes:
        edit: It; what is new has an id below 0.
        before: What there was, or a sign of it; None for nothing.
        after: What there will be, likewise.
    """

    edit: Edit
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a list of edits.

    Attributes:
        steps: One for each, in their order.
        register: What the directory will be.
    """

    steps: tuple[Step, ...]
    register: Register


def plan(register: Register, edits: Sequence[Edit], most: int = MAX_EDITS) -> Plan:
    """Decide about a list of edits, each made upon those before it.

    An extension may be two people's on the way, but not at the end. Somebody who could administrate before must be
    there at the end.

    Args:
        register: What there is.
        edits: What is wanted.
        most: So many there may be.

    Raises:
        EditsRefusedError: Something may not be.
    """
    if len(edits) > most:
        raise EditsRefusedError([Fault(most, "the list", "", "too long", f"at most {most} edits")])
    draft, faults = Draft(register), list[Fault]()
    had_administrator = draft.has_administrator()
    steps: list[Step] = []
    not_added: set[Key] = set()
    numbered = (thing for edit in edits if (thing := _numbered(edit)) is not None)
    lowest = min([0, *(thing.id for thing in numbered)])
    for index, edit in enumerate(edits):
        wanted = _sourced(edit, draft)
        if (thing := _numbered(edit)) is not None and thing.id >= 0:
            lowest -= 1
            wanted = Add(replace(thing, id=lowest))
        found = list(_refusals(wanted, draft, not_added))
        faults += [Fault(index, _what(edit, draft), *complaint) for complaint in found]
        if found and isinstance(edit, Add):
            not_added.add(key_of(edit.value))
        elif not found and not (isinstance(edit, _ABOUT) and edit.login_id in not_added):
            steps.append(_made(wanted, draft))
    faults += _at_the_end(edits, draft)
    if had_administrator and not draft.has_administrator() and not faults:
        last = max(i for i, edit in enumerate(edits) if _takes_an_administrator(edit, register))
        reason = "nobody could administrate any more"
        faults.append(Fault(last, _what(edits[last], draft), "", reason))
    if faults:
        raise EditsRefusedError(sorted(faults, key=lambda fault: fault.index))
    return Plan(tuple(steps), draft.register())


def _sourced(edit: Edit, draft: Draft) -> Edit:
    """Who tells of a person stays so, also where an edit does not know of it."""
    if isinstance(edit, Replace) and isinstance(edit.value, Person):
        was = draft.people.get(edit.value.login_id)
        if was is not None and edit.value.source != was.source:
            return Replace(replace(edit.value, source=was.source))
    return edit


def vet(planned: Plan, judge: Callable[[Snapshot], object] | None) -> None:
    """Let somebody else look at what the directory would be, such as the engine, whose scripts name queues.

    Args:
        planned: What would become of it.
        judge: Raises `ConfigError` for what cannot be; None: nobody looks.

    Raises:
        EditsRefusedError: It cannot be.
    """
    if judge is None:
        return
    try:
        judge(planned.register.shown)
    except ConfigError as error:
        what = f"{error.source}: {error.key}"
        fault = Fault(max(0, len(planned.steps) - 1), what, "", error.reason, error.fix)
        raise EditsRefusedError([fault]) from error


def _numbered(edit: Edit) -> Team | Skill | ResourceGroup | CSQ | None:
    """What an edit adds, if that gets its id from the store."""
    if isinstance(edit, Add) and not isinstance(edit.value, Person | Trigger):
        return edit.value
    return None


def _refusals(edit: Edit, draft: Draft, not_added: Set[Key]) -> Iterator[Complaint]:
    """Why an edit may not be made upon the draft, from which some are missing that were refused before."""
    match edit:
        case Add(value):
            kind, key = type(value), key_of(value)
            if not isinstance(value, Person) and draft.find(kind, key) is not None:
                yield Complaint("", "is there already")
            else:
                yield from complaints(value, draft, None)
        case Replace(value):
            was = draft.find(type(value), key_of(value))
            if was is None:
                yield Complaint("", "is not there")
            else:
                yield from complaints(value, draft, was)
        case Remove(kind, key):
            was = draft.find(kind, key)
            if was is None:
                yield Complaint("", "is not there")
            else:
                yield from removal_complaints(was, draft)
        case SetEnabled(login_id) | SetPassword(login_id) | SetHash(login_id):
            if login_id not in draft.people and login_id not in not_added:
                yield Complaint("", "is not there")
            elif login_id in draft.people and draft.people[login_id].source:
                if not isinstance(edit, SetEnabled):
                    source = draft.people[login_id].source
                    yield Complaint(
                        "password", f"it is the directory's ({source})", "change it there"
                    )
            elif isinstance(edit, SetPassword):
                yield from password_complaints(edit.password, login_id)


def _made(edit: Edit, draft: Draft) -> Step:
    """Make an edit upon the draft."""
    match edit:
        case Add(value):
            draft.put(value)
            return Step(edit, None, value)
        case Replace(value):
            was = draft.find(type(value), key_of(value))
            draft.put(value)
            return Step(edit, was, value)
        case Remove(kind, key):
            was = draft.find(kind, key)
            draft.remove(kind, key)
            return Step(edit, was, None)
        case SetEnabled(login_id, enabled):
            before = login_id not in draft.disabled
            draft.enable(login_id, enabled)
            return Step(edit, {"enabled": before}, {"enabled": enabled})
        case SetPassword(login_id) | SetHash(login_id):
            before, after = login_id in draft.passwords, _has_password(edit)
            (draft.passwords.add if after else draft.passwords.discard)(login_id)
            return Step(edit, _sign(before), _sign(after))


def _has_password(edit: Edit) -> bool:
    return not (isinstance(edit, SetPassword) and edit.password is None)


def _sign(has_password: bool) -> Mapping[str, str | None]:
    """What stands for a password, or for none, where everyone may read it."""
    return _PASSWORD if has_password else NO_PASSWORD


def _at_the_end(edits: Sequence[Edit], draft: Draft) -> Iterator[Fault]:
    """Whose extension is somebody else's now."""
    touched: dict[str, int] = {}
    for index, edit in enumerate(edits):
        match edit:
            case Add(Person() as person) | Replace(Person() as person):
                touched[person.login_id] = index
            case SetEnabled(login_id):
                touched[login_id] = index
    told: set[str] = set()
    for login_id, index in reversed(touched.items()):  # of two that are new, the later one is told
        someone = draft.people.get(login_id)
        if someone is None or someone.extension in told:
            continue
        if (complaint := extension_complaint(someone, draft)) is not None:
            told.add(someone.extension)
            yield Fault(index, login_id, *complaint)


def _takes_an_administrator(edit: Edit, before: Register) -> bool:
    administrators = {p.login_id for p in before.snapshot.people if Role.ADMINISTRATOR in p.roles}
    match edit:
        case Replace(Person() as person):
            return person.login_id in administrators and Role.ADMINISTRATOR not in person.roles
        case Remove(kind, key):
            return kind is Person and key in administrators
        case SetEnabled(login_id, enabled):
            return login_id in administrators and not enabled
    return False


def _what(edit: Edit, draft: Draft) -> str:
    """What an edit is about, for people to read."""
    match edit:
        case Add(value) | Replace(value):
            return _called(value)
        case Remove(kind, key):
            found = draft.find(kind, key)
            return _called(found) if found is not None else f"{KINDS[kind]} {key}"
        case SetEnabled(login_id) | SetPassword(login_id) | SetHash(login_id):
            return login_id


def _called(thing: Thing) -> str:
    match thing:
        case Person():
            return thing.login_id
        case Trigger():
            return f"trigger {thing.route_point}"
        case _:
            return f'{KINDS[type(thing)]} "{thing.name}"'
