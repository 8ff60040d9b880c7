"""Bytes on their way to a peer that may not read them: counted, and bounded.

The transport says when its own buffer is full; from then on we keep what is to be written, up to a bound. At the
bound the peer is given up: nobody else waits, and nothing grows.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IConsumer, IPushProducer
from zope.interface import implementer

__all__ = ["BoundedOutput"]


@implementer(IPushProducer)
class BoundedOutput:
    """What is to be written to one transport.

    Args:
        transport: Where to.
        max_bytes: How much may wait.
        overflowed: Called once when there would be more; must drop the connection.
    """

    __slots__ = ("_max_bytes", "_overflowed", "_transport", "_waiting", "_waiting_bytes")

    def __init__(
        self, transport: IConsumer, max_bytes: int, overflowed: Callable[[], None]
    ) -> None:
        self._transport, self._max_bytes, self._overflowed = transport, max_bytes, overflowed
        self._waiting: list[bytes] | None = None
        self._waiting_bytes = 0
        transport.registerProducer(self, True)

    def write(self, data: bytes) -> None:
        """Write now, or when the peer has read what was written before."""
        if self._waiting is None:
            self._transport.write(data)
        elif self._waiting_bytes <= self._max_bytes:
            self._waiting.append(data)
            self._waiting_bytes += len(data)
            if self._waiting_bytes > self._max_bytes:
                self._waiting.clear()
                self._overflowed()

    @property
    def waiting_bytes(self) -> int:
        """How much waits here; the transport's own buffer is not counted."""
        return self._waiting_bytes

    def pauseProducing(self) -> None:
        """The transport's buffer is full."""
        if self._waiting is None:
            self._waiting = []

    def resumeProducing(self) -> None:
        """It is empty again."""
        waiting, self._waiting, self._waiting_bytes = self._waiting or [], None, 0
        for data in waiting:
            self.write(data)  # which keeps the rest, if the buffer fills again

    def stopProducing(self) -> None:
        """The connection is gone."""
        self._waiting = None

    def close(self) -> None:
        """Write what waits, whatever the transport's buffer; the connection is closed after it."""
        waiting, self._waiting = self._waiting, None
        self._transport.unregisterProducer()
        if waiting:
            self._transport.write(b"".join(waiting))
