"""How often something may happen: a bucket that fills at a steady pace.

Time is passed in, as a number of seconds that only grows.
"""

from __future__ import annotations

__all__ = ["Pace"]


class Pace:
    """So many a second, and as many at once as two seconds bring.

    Args:
        per_s: How many.
    """

    __slots__ = ("_left", "_per_s", "_since")

    def __init__(self, per_s: float) -> None:
        self._per_s = per_s
        self._left, self._since = 2 * per_s, 0.0

    def admits(self, now: float) -> bool:
        """Whether one more may happen now; then it counts."""
        self._left = min(2 * self._per_s, self._left + (now - self._since) * self._per_s)
        self._since = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
