"""How many calls there have been since the start, as the engine's events tell of them.

Each is counted once, by its id: an engine that tells of a call again, as after an outage, tells of the same one until it
has ended.

Spec: ``rest.md`` §13 (``Running Totals``); ``cti.md`` §9 (BEGIN_CALL_EVENT, CALL_FAILED_EVENT, END_CALL_EVENT).
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.message import Message

__all__ = ["MAX_KNOWN", "CallTotals"]

MAX_KNOWN: Final = 100_000
"""So many calls are known by their ids; with more, the oldest is forgotten, and counted again should it be told of again."""


class CallTotals:
    """The totals.

    Attributes:
        begun: Calls that were received or initiated.
        failed: Those of them that came to nothing: busy, unreachable, refused.
    """

    def __init__(self) -> None:
        self.begun = self.failed = 0
        self._has_failed: dict[int, bool] = {}

    def take(self, message: Message) -> None:
        """Count what an event tells of; most tell of nothing here."""
        match message:
            case messages.BeginCallEvent(connection_call_id=number):
                if number not in self._has_failed:
                    self.begun += 1
                    self._know(number, False)
            case messages.CallFailedEvent(connection_call_id=number):
                if not self._has_failed.get(number, False):
                    self.failed += 1
                    self._know(number, True)
            case messages.EndCallEvent(connection_call_id=number):
                self._has_failed.pop(number, None)

    def keep(self, numbers: Container[int]) -> None:
        """Forget calls that are no more: their end came while nobody listened."""
        self._has_failed = {
            number: has for number, has in self._has_failed.items() if number in numbers
        }

    def _know(self, number: int, has_failed: bool) -> None:  # the value, not a switch
        self._has_failed[number] = has_failed
        if len(self._has_failed) > MAX_KNOWN:
            del self._has_failed[next(iter(self._has_failed))]
