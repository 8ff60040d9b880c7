"""When a client sends heartbeats, and when it takes the server for dead.

A heartbeat is due when nothing was sent for the interval; and when nothing came for it, so that a client that is
busy sending notices too. One that is not answered is followed by another an interval later.

Spec: ``cti.md`` §10.2.
"""

from __future__ import annotations

__all__ = ["Heartbeats"]


class Heartbeats:
    """The heartbeats of one session.

    Args:
        interval: Seconds.
        misses: How many unanswered ones mean that the server is dead.
        now: The time, in seconds, on whichever clock.

    Attributes:
        missed: Whether one was not answered before the next one was due.
    """

    def __init__(self, interval: float, misses: int, now: float) -> None:
        self._interval, self._misses = interval, misses
        self._sent = self._received = now
        self._beat_due = now + interval
        self._unanswered: set[int] = set()
        self.missed = False

    @property
    def due(self) -> float:
        """When the next one is to be sent."""
        return max(min(self._sent, self._received) + self._interval, self._beat_due)

    @property
    def dead(self) -> bool:
        """Whether the server is dead, now that the next one is due."""
        return len(self._unanswered) >= self._misses

    def sent(self, now: float) -> None:
        """Something was sent."""
        self._sent = now

    def received(self, now: float) -> None:
        """Something came."""
        self._received = now

    def beat(self, invoke_id: int, now: float) -> None:
        """A heartbeat was sent."""
        self.missed = bool(self._unanswered)
        self._unanswered.add(invoke_id)
        self._sent, self._beat_due = now, now + self._interval

    def is_beat(self, invoke_id: int) -> bool:
        """Whether a heartbeat with that InvokeID waits for its answer."""
        return invoke_id in self._unanswered

    def confirmed(self) -> None:
        """A heartbeat was answered: the server lives, whatever became of those before."""
        self._unanswered.clear()
        self.missed = False
