"""Who may have a password checked, while checks are scarce."""

from __future__ import annotations

from collections import Counter

__all__ = ["Admission"]


class Admission:
    """Counts the checks that wait or run: by user, and those of names that were made up.

    Args:
        max_strangers: How many checks of made-up names there may be.
    """

    def __init__(self, max_strangers: int) -> None:
        self._max_strangers = max_strangers
        self._strangers = 0
        # A made-up name is not the same user as a login id of the same spelling.
        self._guesses: Counter[tuple[str, bool]] = Counter()

    def admit(self, user: str, stranger: bool, allowance: int) -> bool:
        """Let another check in, or not.

        Args:
            user: A login id, or the name that was made up.
            stranger: Whether it was made up.
            allowance: How many checks of this user there may be at once.
        """
        if stranger and self._strangers >= self._max_strangers:
            return False
        if self._guesses[user, stranger] >= allowance:
            return False
        self._guesses[user, stranger] += 1
        self._strangers += stranger
        return True

    def release(self, user: str, stranger: bool) -> None:
        """A check that was let in is over."""
        self._strangers -= stranger
        self._guesses[user, stranger] -= 1
        if not self._guesses[user, stranger]:
            del self._guesses[user, stranger]
