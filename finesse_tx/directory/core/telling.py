"""What edits change, for people to read: a line for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from finesse_tx.directory.core.editing import Step
from finesse_tx.directory.core.edits import (
    KINDS,
    Add,
    Register,
    Remove,
    Replace,
    SetEnabled,
    SetHash,
    SetPassword,
    Thing,
)
from finesse_tx.directory.core.people_csv import row_of
from finesse_tx.directory.core.records import Person, Trigger

__all__ = ["differences"]


def differences(steps: Iterable[Step], after: Register) -> Iterator[str]:
    """Say what steps change.

    Args:
        steps: Of a `Plan`.
        after: The register that it leads to.

    Yields:
        ``+ ann: …`` for what is new, ``- ann`` for what goes, ``~ ann: extension 1001 -> 1002`` for what changes.
    """
    for step in steps:
        match step.edit:
            case Add(Person() as person):
                row = row_of(person, after)
                said = ", ".join(f"{name} {value}" for name, value in row.items() if value)
                yield f"+ {said.removeprefix('login_id ')}"
            case Add(value):
                yield f"+ {_called(value)}"
            case Replace(Person() as person) if isinstance(step.before, Person):
                old, new = row_of(step.before, after), row_of(person, after)
                changed = (
                    f"{name} {old[name] or '-'} -> {new[name] or '-'}"
                    for name in old
                    if old[name] != new[name] and name != "enabled"
                )
                yield f"~ {person.login_id}: {', '.join(changed) or 'nothing'}"
            case Replace(value):
                yield f"~ {_called(value)}"
            case Remove(kind, key):
                yield f"- {key}" if kind is Person else f"- {KINDS[kind]} {key}"
            case SetEnabled(login_id, enabled):
                yield f"~ {login_id}: {'enabled' if enabled else 'disabled'}"
            case SetPassword(login_id, None):
                yield f"~ {login_id}: no password"
            case SetPassword(login_id) | SetHash(login_id):
                yield f"~ {login_id}: another password"


def _called(thing: Thing) -> str:
    if isinstance(thing, Person):
        return thing.login_id
    name = thing.route_point if isinstance(thing, Trigger) else thing.name
    return f"{KINDS[type(thing)]} {name}"
