"""What taking in a document changes, for people to read: a unified diff of each thing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from finesse_tx.configuration.core.document import Document, name_of, plain
from finesse_tx.configuration.core.exporting import document_of
from finesse_tx.configuration.core.planning import Import
from finesse_tx.configuration.core.text import lines_of
from finesse_tx.webservices.core.administration.changes import Put

__all__ = ["Told", "differences", "told"]


@dataclass(frozen=True, slots=True)
class Told:
    """What changes, or has changed.

    Attributes:
        changes: How many there are.
        lines: As `differences` says them.
    """

    changes: int
    lines: tuple[str, ...]


def told(wanted: Import) -> Told:
    """Say what changes, all at once."""
    return Told(wanted.changes, tuple(differences(wanted)))


def differences(wanted: Import) -> Iterator[str]:
    """Say what changes, line by line; nothing where nothing does.

    Yields:
        Of each thing a header (``--- Team "Night"``, ``+++ Team "Night"``; ``/dev/null`` where it is not) and the
        lines of TOML that go and come.
    """
    before, after = _things(document_of(wanted.before)), _things(document_of(wanted.after))
    for key in sorted(before.keys() | after.keys(), key=_place):
        old, new = before.get(key), after.get(key)
        if old != new:
            name = " ".join([key[0], *([f'"{key[1]}"'] if key[1] else [])])
            yield from difflib.unified_diff(
                old or [],
                new or [],
                "/dev/null" if old is None else name,
                "/dev/null" if new is None else name,
                lineterm="",
            )
    for step in wanted.steps:
        match step.change:
            case Put(name, value) if value is not None:
                if getattr(value, "password", "") != getattr(step.before, "password", ""):
                    yield f"~ {name}: another password"


_KINDS = tuple(Document.__struct_encode_fields__)


def _place(key: tuple[str, str]) -> tuple[int, str, str]:
    return _KINDS.index(key[0]), key[1].casefold(), key[1]


def _things(document: Document) -> dict[tuple[str, str], list[str]]:
    """Every thing as lines, by kind and name."""
    found: dict[tuple[str, str], list[str]] = {}
    built: dict[str, Any] = plain(document)
    for kind, value in built.items():
        match value:
            case list():
                for entry in value:
                    found[kind, name_of(entry)] = lines_of(entry)
            case dict():
                found[kind, ""] = lines_of(value)
    return found
