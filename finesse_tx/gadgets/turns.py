"""Turns: so many at once for each key, so many more wait, and the next is turned away."""

from __future__ import annotations

from collections import deque

from twisted.internet.defer import Deferred, succeed

__all__ = ["Turns"]


class Turns:
    """Who may do something now, in the order of asking.

    Args:
        at_once: How many for one key.
        waiting: How many more may wait for one key.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        self._at_once, self._most_waiting = at_once, waiting
        self._running: dict[str, int] = {}
        self._waiting: dict[str, deque[Deferred[None]]] = {}
        self._given_back: deque[str] = deque()

    @property
    def running(self) -> int:
        """How many have their turn."""
        return sum(self._running.values())

    @property
    def waiting(self) -> int:
        """How many wait for it."""
        return sum(map(len, self._waiting.values()))

    def take(self, key: str) -> Deferred[None] | None:
        """Ask for a turn: a Deferred that fires with it, and may be cancelled until then; None: too many wait.

        Who got one gives it back with `give_back`.
        """
        running = self._running.get(key, 0)
        if running < self._at_once:
            self._running[key] = running + 1
            return succeed(None)
        queue = self._waiting.setdefault(key, deque())
        if len(queue) >= self._most_waiting:
            self._tidy(key)
            return None
        turn: Deferred[None] = Deferred(lambda turn: self._leave(key, turn))
        queue.append(turn)
        return turn

    def give_back(self, key: str) -> None:
        """Let the next one have it."""
        self._given_back.append(key)
        if len(self._given_back) > 1:
            return  # whoever just got one gave it back at once: the loop below, further out, goes on
        while self._given_back:
            self._hand_on(self._given_back[0])
            self._given_back.popleft()

    def _hand_on(self, key: str) -> None:
        if queue := self._waiting.get(key):
            turn = queue.popleft()
            self._tidy(key)
            turn.callback(None)
            return
        self._running[key] -= 1
        if not self._running[key]:
            del self._running[key]

    def _leave(self, key: str, turn: Deferred[None]) -> None:
        self._waiting[key].remove(turn)
        self._tidy(key)

    def _tidy(self, key: str) -> None:
        if not self._waiting[key]:
            del self._waiting[key]
