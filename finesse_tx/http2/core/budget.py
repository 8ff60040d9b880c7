"""What a client may do for nothing: so much at once, and so much a second."""

from __future__ import annotations

__all__ = ["Budget"]


class Budget:
    """A bucket of tokens, full at the beginning.

    Args:
        at_once: How many it holds.
        per_s: How many come each second.
        now: In seconds.
    """

    __slots__ = ("_at_once", "_at_s", "_left", "_per_s")

    def __init__(self, at_once: float, per_s: float, now: float) -> None:
        self._at_once, self._per_s = at_once, per_s
        self._left, self._at_s = at_once, now

    def spend(self, tokens: float, now: float) -> bool:
        """Take some.

        Returns:
            Whether they were there; where they were not, none are taken.
        """
        self._left = min(self._at_once, self._left + (now - self._at_s) * self._per_s)
        self._at_s = now
        if tokens > self._left:
            return False
        self._left -= tokens
        return True

    def give(self, tokens: float) -> None:
        """Put some in that were earned."""
        self._left = min(self._at_once, self._left + tokens)
