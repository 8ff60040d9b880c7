"""Counting bad passwords: so many in a row, and nothing is accepted for a while.

Spec: ``rest.md`` §1.2: five consecutive bad passwords, five minutes, for that user, the right password too.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["LockOut", "LockOuts"]


@dataclass(frozen=True, slots=True)
class _Count:
    """A user with bad passwords behind it; locked out until ``until_s``, where that is in the future."""

    bad: int = 0
    until_s: float = float("-inf")


class LockOut:
    """Who has typed how many bad passwords in a row.

    Args:
        attempts: How many lock a user out.
        duration_s: For how long, from the last of them.
        capacity: How many users are remembered; beyond it, whoever failed longest ago is forgotten.
    """

    def __init__(self, attempts: int, duration_s: float, capacity: int) -> None:
        self._attempts, self._duration_s, self._capacity = attempts, duration_s, capacity
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counts)

    def locked_until(self, user: str, now: float) -> float | None:
        """When this user's lock-out ends; None for one who is not locked out now."""
        count = self._counts.get(user)
        return count.until_s if count is not None and count.until_s > now else None

    def left(self, user: str, now: float) -> int:
        """How many bad passwords this user may still type before being locked out."""
        if self.locked_until(user, now) is not None:
            return 0
        count = self._counts.get(user)
        return self._attempts - (count.bad if count is not None else 0)

    def failed(self, user: str, now: float) -> None:
        """This user typed a bad password; while locked out, that changes nothing."""
        if self.locked_until(user, now) is not None:
            return
        bad = self._attempts - self.left(user, now) + 1
        if bad < self._attempts:
            self._counts[user] = _Count(bad)
        else:
            self._counts[user] = _Count(until_s=now + self._duration_s)
        self._counts.move_to_end(user)
        if len(self._counts) > self._capacity:
            self._counts.popitem(last=False)

    def succeeded(self, user: str) -> None:
        """This user typed the right password: the next bad one is the first again."""
        self._counts.pop(user, None)


class LockOuts(NamedTuple):
    """Those of all ways to sign in together.

    Attributes:
        people: By login id.
        strangers: By the names that nobody has, which must not push people out.
    """

    people: LockOut
    strangers: LockOut
