"""Who is told what happens on a telephone system.

Spec: ``telephony.md`` §1.3, the rules for observers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from twisted.logger import Logger

from finesse_tx.telephony.core.events import Batch
from finesse_tx.verbosity import VERBOSITY, Verbosity

__all__ = ["MAX_FAULTS", "MAX_IN_LINE", "Observers"]

MAX_FAULTS: Final = 3
"""So many times an observer may raise; then it is told nothing more."""

MAX_IN_LINE: Final = 50
"""A line of the debug log has at most so many events."""


class Observers:
    """Observers, in the order in which they came.

    Args:
        verbosity: Whether batches are logged: at level debug.
    """

    log = Logger()

    def __init__(self, verbosity: Verbosity = VERBOSITY) -> None:
        self._verbosity = verbosity
        self._faults: dict[Callable[[Batch], None], int] = {}

    def add(self, observer: Callable[[Batch], None]) -> Callable[[], None]:
        """Tell ``observer`` every batch from now on.

        Returns:
            Call it to end this; also from within the observer.
        """
        self._faults[observer] = 0

        def remove() -> None:
            self._faults.pop(observer, None)

        return remove

    def tell(self, batch: Batch) -> None:
        """Tell everyone; who raises is logged, the others are told all the same."""
        if self._verbosity.debug:
            self._log(batch)
        for observer in list(self._faults):
            if observer not in self._faults:
                continue
            try:
                observer(batch)
            except Exception:  # whatever an observer raises is its own affair
                self._faults[observer] = faults = self._faults.get(observer, 0) + 1
                self.log.failure(
                    "{observer} failed on {meta}, the {faults}. time",
                    observer=observer,
                    meta=batch.meta.name,
                    faults=faults,
                )
                if faults >= MAX_FAULTS:
                    del self._faults[observer]
                    self.log.error("{observer} is told nothing more", observer=observer)

    def _log(self, batch: Batch) -> None:
        for first in range(0, len(batch.events), MAX_IN_LINE):
            events = batch.events[first : first + MAX_IN_LINE]
            self.log.debug("{batch}", batch=Batch(batch.meta, events))
