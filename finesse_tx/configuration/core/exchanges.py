"""Of two who exchange what only one of them may have, who must have something else in between."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping

__all__ = ["giving_way"]


def giving_way(
    held: Mapping[int, Hashable], wanted: Mapping[int, Collection[Hashable]]
) -> Iterator[int]:
    """Who has what somebody else is to have: in a swap, in a longer round, and in a row where one moves up.

    Args:
        held: What each entry of a document has now, by its place there; without those that are new.
        wanted: What each is to have.

    Yields:
        The places of those who are to have something else, and must not keep this one until then.
    """
    claimed = {key for keys in wanted.values() for key in keys}
    for place, key in held.items():
        if key not in wanted[place] and key in claimed:
            yield place
