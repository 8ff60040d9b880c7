"""Finding the route of a path: one step down a tree for each segment, without an expression to match.

Spec: ``rest.md`` §1.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from finesse_tx.webservices.core.routing import parameters

__all__ = ["Found", "RouteTable"]

T = TypeVar("T")


class _Place(Generic[T]):
    """A path, or the beginning of one: what follows, and by which methods it may be asked itself."""

    __slots__ = ("entries", "named", "variable")

    def __init__(self) -> None:
        self.named: dict[str, _Place[T]] = {}
        self.variable: _Place[T] | None = None
        self.entries: dict[str, tuple[T, tuple[str, ...]]] = {}


class Found(Generic[T]):
    """A path that there is.

    Args:
        place: Where it ends.
        values: Its variable parts, in order.
    """

    __slots__ = ("_place", "_values")

    def __init__(self, place: _Place[T], values: Sequence[str]) -> None:
        self._place, self._values = place, values

    @property
    def methods(self) -> tuple[str, ...]:
        """How it may be asked."""
        return tuple(self._place.entries)

    def entry(self, method: str) -> tuple[T, dict[str, str]] | None:
        """What is there for a method, and the path's variable parts by their names; None for another method."""
        entry = self._place.entries.get(method)
        if entry is None:
            return None
        return entry[0], dict(zip(entry[1], self._values, strict=True))


class RouteTable(Generic[T]):
    """What there is, by path and method."""

    def __init__(self) -> None:
        self._root: _Place[T] = _Place()

    def add(self, method: str, path: str, entry: T) -> None:
        """Put something there.

        Args:
            method: Such as ``GET``.
            path: A template such as ``/User/{id}/Dialogs``.
            entry: What is to be found.

        Raises:
            ValueError: There is something already.
        """
        place = self._root
        for segment in filter(None, path.split("/")):
            if segment.startswith("{"):
                if place.variable is None:
                    place.variable = _Place()
                place = place.variable
            else:
                place = place.named.setdefault(segment, _Place())
        if method in place.entries:
            raise ValueError(f"{method} {path} is there already")
        place.entries[method] = entry, parameters(path)

    def find(self, segments: Sequence[str]) -> Found[T] | None:
        """Find a path; None where there is none. What a template names comes before what it leaves open."""
        values: list[str] = []
        place = _find(self._root, segments, 0, values)
        return Found(place, values) if place is not None else None


def _find(
    place: _Place[T], segments: Sequence[str], at: int, values: list[str]
) -> _Place[T] | None:
    if at == len(segments):
        return place if place.entries else None
    named = place.named.get(segments[at])
    if named is not None and (found := _find(named, segments, at + 1, values)) is not None:
        return found
    if place.variable is None:
        return None
    values.append(segments[at])
    found = _find(place.variable, segments, at + 1, values)
    if found is None:
        values.pop()
    return found
