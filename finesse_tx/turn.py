"""What happens in one turn of the reactor leaves together, at its end.

A system call costs more than all else about a delivery; two events for one client in one turn are one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from twisted.internet.interfaces import IConsumer, IProducer, IReactorTime, ITransport
from twisted.logger import Logger
from zope.interface import implementer

from finesse_tx.direct import write_now

__all__ = ["MAX_TURN_BYTES", "Turn", "TurnOutput"]

MAX_TURN_BYTES: Final = 65_536
"""What one connection has to write by then is written before the turn ends."""


class Turn:
    """What is to be done at the end of this turn.

    Args:
        clock: The reactor.
    """

    log = Logger()

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._calls: list[Callable[[], None]] = []

    def at_end(self, call: Callable[[], None]) -> None:
        """Have it called, once for each time that it was asked for; one that raises is in the log, and harms no other."""
        if not self._calls:
            self._clock.callLater(0, self._end)
        self._calls.append(call)

    def _end(self) -> None:
        calls, self._calls = self._calls, []
        for call in calls:
            try:
                call()
            except Exception:  # of one client; the others must not wait for theirs
                self.log.failure("what was to be sent to a client could not be")


@implementer(IConsumer)
class TurnOutput:
    """What is written to one connection in a turn, in one piece: its transport, but for that.

    Args:
        turn: Says when it ends.
        transport: Where to.
    """

    __slots__ = ("_size", "_transport", "_turn", "_unsent")

    def __init__(self, turn: Turn, transport: ITransport) -> None:
        self._turn, self._transport = turn, transport
        self._unsent: list[bytes] | None = None
        self._size = 0

    def write(self, data: bytes) -> None:
        """Write, when the turn ends at the latest."""
        if self._unsent is None:
            self._unsent = [data]
            self._turn.at_end(self.flush)
        else:
            self._unsent.append(data)
        self._size += len(data)
        if self._size > MAX_TURN_BYTES:
            self.flush()

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """As the transport's."""
        IConsumer(self._transport).registerProducer(producer, streaming)

    def unregisterProducer(self) -> None:
        """As the transport's."""
        IConsumer(self._transport).unregisterProducer()

    def flush(self) -> None:
        """Write now what was not written yet."""
        unsent, self._unsent, self._size = self._unsent, None, 0
        if unsent is not None:
            write_now(self._transport, unsent[0] if len(unsent) == 1 else b"".join(unsent))
