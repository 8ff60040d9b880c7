"""Watches the folder of gadgets for those who write them, as long as a desktop wants to know.

By looking, not by the kernel's word: that works on every system and file system, through links, and costs nothing while
nobody listens. A look is a thread's work.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Final

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.gadgets.core.changes import Changes, Snapshot

__all__ = ["LOOK_S", "MAX_DEPTH", "MAX_ENTRIES", "FolderWatch", "look"]

LOOK_S: Final = 0.5
"""How long from the end of one look to the next."""

MAX_ENTRIES: Final = 20_000
"""So many files and folders are watched; the others are not."""

MAX_DEPTH: Final = 16
"""So deep below the folder."""

_LEFT_OUT: Final = frozenset({"node_modules", "__pycache__"})
"""What tools fill by the thousand, and nobody edits."""

Listener = Callable[[tuple[str, ...]], None]


def look(folder: Path) -> Snapshot:
    """Look at all files of a folder, through links; those whose names begin with a dot are not there.

    For a thread: it takes as long as the disk does.
    """
    found: dict[str, tuple[int, int, int]] = {}
    nobody: frozenset[tuple[int, int]] = frozenset()
    waiting = [(str(folder), "", 0, nobody)]
    entries = 0
    while waiting:
        place, above, depth, outer = waiting.pop()
        try:
            names = sorted(os.listdir(place))
        except OSError:
            continue
        for name in names:
            if name.startswith(".") or name in _LEFT_OUT:
                continue
            entries += 1
            if entries > MAX_ENTRIES:
                return found
            path = os.path.join(place, name)
            try:
                state = os.stat(path)
            except (OSError, ValueError):
                continue
            key = (state.st_dev, state.st_ino)
            if S_ISREG(state.st_mode):
                found[above + name] = (state.st_mtime_ns, state.st_size, state.st_ino)
            elif S_ISDIR(state.st_mode) and depth < MAX_DEPTH and key not in outer:
                waiting.append((path, f"{above}{name}/", depth + 1, outer | {key}))
    return found


class FolderWatch:
    """Tells who listens which folders have changed.

    Args:
        look: Takes a look, elsewhere.
        clock: Says when to take the next.

    Attributes:
        changes: What was seen; it is kept while nobody listens, so that what happens meanwhile is told afterwards.
    """

    log = Logger()

    def __init__(self, look: Callable[[], Deferred[Snapshot]], clock: IReactorTime) -> None:
        self._look, self._clock = look, clock
        self.changes = Changes()
        self._listeners: list[Listener] = []
        self._is_looking = False
        self._next: IDelayedCall | None = None

    def listen(self, listener: Listener) -> None:
        """Call somebody with the folders whenever some have changed."""
        self._listeners.append(listener)
        if not self._is_looking and self._next is None:
            self._begin()

    def leave(self, listener: Listener) -> None:
        """Call somebody no more; who has left already may leave again."""
        if listener in self._listeners:
            self._listeners.remove(listener)
        if not self._listeners and self._next is not None:
            self._next.cancel()
            self._next = None

    def _begin(self) -> None:
        self._next, self._is_looking = None, True
        self._look().addCallbacks(self._seen, self._failed).addErrback(self._failed)

    def _seen(self, now: Snapshot) -> None:
        self._is_looking = False
        if self._listeners:
            self._next = self._clock.callLater(LOOK_S, self._begin)
        if folders := self.changes.look(now):
            self.log.info("gadgets have changed in {folders}", folders=", ".join(folders))
            for listener in tuple(self._listeners):
                listener(folders)

    def _failed(self, failure: Failure) -> None:
        self._is_looking = False
        self.log.failure("the folder of gadgets cannot be watched", failure)
