"""A small centre in the tables of each released schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from finesse_tx.store.migrations import REVISIONS

__all__ = ["rows_of"]

_FILE = Path(__file__).parent.parent / "vectors" / "store" / "rows.sql"


def rows_of(revision: str) -> Iterator[str]:
    """The statements that fill the tables of that revision, each of them with at least one row."""
    at, is_there = REVISIONS.index(revision), False
    for line in _FILE.read_text().splitlines():
        if line.startswith("--- "):
            first, *last = line.split()[1:]
            is_there = first in REVISIONS[: at + 1] and not (last and last[0] in REVISIONS[:at])
        elif is_there and line:
            yield line
