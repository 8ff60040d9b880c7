"""Triggers as an operator writes them beside the scripts: the directory's changed, and others added.

Spec: ``engine.md`` §1 (Trigger); the language is ``docs/scripts.rst``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, TypeVar

from msgspec import Meta, Struct

from finesse_tx.directory.core.records import Snapshot, Trigger
from finesse_tx.engine.core.scripts.steps import Name, Script, Text, Variable

__all__ = ["CallTreatment", "Entry", "TriggerEntry", "with_triggers"]

T = TypeVar("T")


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """A trigger's keys; what is left out is as in the directory."""

    application: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    """ApplicationID; a trigger that is not in the directory needs one of its own."""
    name: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    """The application's name; that of a new one is its number, unless it is given."""
    queue: Annotated[str, Meta(min_length=1, max_length=50)] | None = None
    """The queue's name."""
    script: Name | None = None
    max_sessions: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    language: Annotated[str, Meta(max_length=16)] | None = None
    variables: dict[Variable, Text] | None = None


@dataclass(frozen=True, slots=True)
class TriggerEntry:
    """A trigger as it is written, and where.

    Attributes:
        route_point: Its number.
        source: The file.
        line: The line in it.
        entry: What is written.
    """

    route_point: str
    source: str
    line: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class CallTreatment:
    """All that is written of how callers are treated.

    Attributes:
        scripts: The scripts, by name.
        triggers: The triggers.
    """

    scripts: Mapping[str, Script] = field(default_factory=dict)
    triggers: tuple[TriggerEntry, ...] = ()


def with_triggers(snapshot: Snapshot, entries: Iterable[TriggerEntry]) -> Snapshot:
    """The directory with these triggers; one whose queue is not there (any more) has none."""
    csq_ids = {csq.name: csq.id for csq in snapshot.csqs}
    triggers = {trigger.route_point: trigger for trigger in snapshot.triggers}
    for written in entries:
        number, entry = written.route_point, written.entry
        known = triggers.get(number)
        if known is None:
            if entry.application is None:
                continue
            known = Trigger(number, entry.application, number, None)
        triggers[number] = replace(
            known,
            application_id=_or(entry.application, known.application_id),
            application_name=_or(entry.name, known.application_name),
            csq_id=known.csq_id if entry.queue is None else csq_ids.get(entry.queue),
            script=_or(entry.script, known.script),
            max_sessions=_or(entry.max_sessions, known.max_sessions),
            language=_or(entry.language, known.language),
            variables=known.variables
            if entry.variables is None
            else tuple(sorted(entry.variables.items())),
        )
    return replace(snapshot, triggers=tuple(triggers[number] for number in sorted(triggers)))


def _or(written: T | None, known: T) -> T:
    return known if written is None else written
