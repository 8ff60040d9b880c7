"""What waits for a server that is away: bounded, and what has waited longest is dropped first.

Events are about states, and the latest one says most: with the newest kept, whoever reads on ends where the truth is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

__all__ = ["Backlog"]


class Backlog:
    """Stanzas, oldest first.

    Args:
        max_bytes: How much may wait; a single stanza that is larger does not wait at all.

    Attributes:
        waiting_bytes: How much does.
        dropped: How many stanzas were dropped since the start.
    """

    __slots__ = ("_max_bytes", "_stanzas", "dropped", "waiting_bytes")

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._stanzas: deque[bytes] = deque()
        self.waiting_bytes = self.dropped = 0

    def __len__(self) -> int:
        """How many wait."""
        return len(self._stanzas)

    def add(self, stanza: bytes) -> None:
        """Let a stanza wait; others make room for it."""
        self._stanzas.append(stanza)
        self.waiting_bytes += len(stanza)
        while self.waiting_bytes > self._max_bytes:
            self.waiting_bytes -= len(self._stanzas.popleft())
            self.dropped += 1

    def take(self) -> Iterator[bytes]:
        """Take everything out, oldest first."""
        while self._stanzas:
            stanza = self._stanzas.popleft()
            self.waiting_bytes -= len(stanza)
            yield stanza
