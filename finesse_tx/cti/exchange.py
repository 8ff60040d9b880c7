"""A request on its way through the peripheral.

Spec: ``cti.md`` §12.2 (5).
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IReactorTime

from finesse_tx.cti.agent_mode import ANSWER_S
from finesse_tx.cti.core.message import Confirmation, Message, Request
from finesse_tx.cti.core.requests import overdue

__all__ = ["Exchange"]


class Exchange:
    """One request, and its one answer: from the peripheral, or from us when that takes too long.

    Args:
        request: What was asked.
        send: Sends each answer to the client.
        ours: The session's exchanges; this one is in there until it has its answer.
        clock: For the time that the peripheral has.
    """

    def __init__(
        self,
        request: Request,
        send: Callable[[Message], None],
        ours: set[Exchange],
        clock: IReactorTime,
    ) -> None:
        self._request, self._send, self._ours = request, send, ours
        self._guard = clock.callLater(ANSWER_S, self._overdue)
        ours.add(self)

    def reply(self, message: Message) -> None:
        """Pass an answer on; whatever follows the final one is dropped."""
        if self not in self._ours:
            return
        # A list of teams that is long comes in several confirmations, all but the last with More set (§9.9).
        if isinstance(message, Confirmation) and not getattr(message, "more", 0):
            self.end()
        self._send(message)

    def end(self) -> None:
        """Wait for no answer any more."""
        self._ours.discard(self)
        if self._guard.active():
            self._guard.cancel()

    def _overdue(self) -> None:
        self.end()
        self._send(overdue(self._request))
