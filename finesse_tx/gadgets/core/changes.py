"""What has changed in the folder of gadgets, from one look at it to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from finesse_tx.gadgets.core.places import FILES

__all__ = ["MAX_FOLDERS", "MAX_PENDING", "Changes", "Snapshot", "changed"]

Snapshot = Mapping[str, tuple[int, int, int]]
"""By a file's path below the folder: what differs when it was changed, such as its time, its size and its number."""

MAX_FOLDERS: Final = 32
"""So many folders are told of at once; more are all of them."""

MAX_PENDING: Final = 4
"""So many looks may each find another change before what has changed is told all the same."""


def changed(before: Snapshot, after: Snapshot) -> frozenset[str]:
    """The folders of gadgets in which a file is new, gone or another, as addresses of ours.

    What lies in the folder itself may be anybody's: it is in all of them.
    """
    names = before.keys() ^ after.keys()
    names |= {name for name in before.keys() & after.keys() if before[name] != after[name]}
    return frozenset(_folder(name) for name in names)


def _folder(name: str) -> str:
    first, slash, _ = name.partition("/")
    return f"{FILES}{first}/" if slash else FILES


def told(folders: Iterable[str]) -> tuple[str, ...]:
    """The folders in order, or the one that holds them all."""
    found = tuple(sorted(set(folders)))
    return (FILES,) if FILES in found or len(found) > MAX_FOLDERS else found


class Changes:
    """Looks that follow each other: editors and builds write more than once, and what they leave is told once.

    Attributes:
        version: Grows whenever something is told.
    """

    def __init__(self) -> None:
        self.version = 0
        self._last: Snapshot | None = None
        self._pending: frozenset[str] = frozenset()
        self._looks = 0

    def look(self, now: Snapshot) -> tuple[str, ...]:
        """Take a look.

        Args:
            now: What is there.

        Returns:
            The folders in which something has changed, once nothing more does; mostly none.
        """
        before, self._last = self._last, now
        new = changed(before, now) if before is not None else frozenset()
        self._pending |= new
        self._looks = self._looks + 1 if self._pending else 0
        if not self._pending or (new and self._looks < MAX_PENDING):
            return ()
        found = told(self._pending)
        self._pending, self._looks = frozenset(), 0
        self.version += 1
        return found
