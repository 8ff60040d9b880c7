"""Members in some order, where they come and go: what makes routing free of scans.

`Ranking` knows who is first, `Line` also where everybody stands.

Spec: ``engine.md`` §3.2, structure.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Hashable, Iterator
from heapq import heapify, heappop, heappush
from typing import Any, Final, Generic, TypeVar

__all__ = ["Line", "Ranking"]

T = TypeVar("T", bound=Hashable)

SLACK: Final = 64
"""Entries of members who left are cleared away when they are more than the members, and than this."""


class Ranking(Generic[T]):
    """Members in the order of their keys, smallest first.

    Adding costs O(log n), leaving O(1), looking at the first O(log n) for each member that has left since.

    Attributes:
        examined: How many entries have been looked at so far: what a scan would let grow with the members.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[Any, int, T]] = []
        self._entry: dict[T, int] = {}
        self._sequence = 0
        self.examined = 0

    def __len__(self) -> int:
        return len(self._entry)

    def __contains__(self, member: T) -> bool:
        return member in self._entry

    def __iter__(self) -> Iterator[T]:
        """The members, in no order."""
        return iter(self._entry)

    def add(self, member: T, key: Any) -> None:
        """Take in a member, or give it another key.

        Args:
            member: The member.
            key: Comparable with the others'; equal keys keep the order in which they came.
        """
        self._sequence += 1
        self._entry[member] = self._sequence
        heappush(self._heap, (key, self._sequence, member))
        self._clear_away()

    def discard(self, member: T) -> None:
        """Let a member go, if it is one."""
        if self._entry.pop(member, None) is not None:
            self._clear_away()

    def first(self) -> tuple[Any, T] | None:
        """The smallest key and its member; None when there are no members."""
        while self._heap:
            self.examined += 1
            key, sequence, member = self._heap[0]
            if self._entry.get(member) == sequence:
                return key, member
            heappop(self._heap)
        return None

    def _clear_away(self) -> None:
        if len(self._heap) > 2 * len(self._entry) + SLACK:
            self._heap = [entry for entry in self._heap if self._entry.get(entry[2]) == entry[1]]
            heapify(self._heap)


class Line(Generic[T]):
    """Members in the order of their keys, smallest first, each of whom can be told his position.

    The order is a list that is always sorted: whatever is done costs O(log n) comparisons, and joining or leaving moves
    what is behind by one place, which for ten thousand is a matter of microseconds.

    Attributes:
        examined: How many entries have been looked at as the first so far.
    """

    def __init__(self) -> None:
        self._order: list[tuple[Any, int, T]] = []
        self._entry: dict[T, tuple[Any, int, T]] = {}
        self._sequence = 0
        self.examined = 0

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, member: T) -> bool:
        return member in self._entry

    def __iter__(self) -> Iterator[T]:
        """The members, in order."""
        return (member for _, _, member in self._order)

    def add(self, member: T, key: Any) -> None:
        """Let a member join, or move; equal keys keep the order in which they came."""
        self.discard(member)
        self._sequence += 1
        entry = (key, self._sequence, member)
        self._entry[member] = entry
        insort(self._order, entry)

    def discard(self, member: T) -> None:
        """Let a member go, if it is one."""
        entry = self._entry.pop(member, None)
        if entry is not None:
            del self._order[bisect_left(self._order, entry)]

    def first(self) -> tuple[Any, T] | None:
        """The smallest key and its member; None when there are no members."""
        if not self._order:
            return None
        self.examined += 1
        key, _, member = self._order[0]
        return key, member

    def position(self, member: T) -> int:
        """Where a member stands; 1 is the first.

        Raises:
            KeyError: It is no member.
        """
        return bisect_left(self._order, self._entry[member]) + 1
