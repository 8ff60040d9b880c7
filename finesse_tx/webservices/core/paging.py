"""``Range: objects=FIRST-LAST``: a part of a long list.

Spec: ``rest.md`` §7.2, §2.10.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from finesse_tx.webservices.core.errors import ApiError

__all__ = ["MAX_OBJECTS", "Page", "page"]

MAX_OBJECTS: Final = 6_000
"""How many objects are told at once."""

_RANGE: Final = re.compile(r"\s*objects\s*=\s*([0-9]{1,9})\s*-\s*([0-9]{1,9})\s*")


@dataclass(frozen=True, slots=True)
class Page:
    """Which objects are told.

    Attributes:
        start: The first one, from 0.
        stop: The one after the last.
        total: How many there are.
    """

    start: int
    stop: int
    total: int

    @property
    def is_whole(self) -> bool:
        """Whether it is all there is."""
        return (self.start, self.stop) == (0, self.total)

    @property
    def content_range(self) -> str:
        """The ``Content-Range`` header of a part."""
        return f"objects {self.start + 1}-{self.stop}/{self.total}"


def page(header: str, total: int) -> Page:
    """What a client asks for.

    Args:
        header: The ``Range`` header; empty for all that may be told at once.
        total: How many objects there are.

    Raises:
        ApiError: 416: it cannot be read, names too many, or begins after the end.
    """
    if not header:
        return Page(0, min(total, MAX_OBJECTS), total)
    match = _RANGE.fullmatch(header)
    first, last = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= first <= last or last - first >= MAX_OBJECTS or first > max(total, 1):
        raise ApiError(
            416,
            "Range Not Satisfiable",
            f"The range must be objects=1-{MAX_OBJECTS} or a part of it",
            header[:64],
        )
    return Page(first - 1, min(last, total), total)
