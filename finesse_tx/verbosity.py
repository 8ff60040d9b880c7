"""Whether anybody reads the lines of the log that nobody reads as a rule.

Making a line costs more than most of what it tells of. Whoever has one for each event of a telephone call asks here first.
"""

from __future__ import annotations

__all__ = ["VERBOSITY", "Verbosity"]


class Verbosity:
    """How much is read.

    Attributes:
        debug: Whether lines of level debug are; so they are until somebody says otherwise.
    """

    __slots__ = ("debug",)

    def __init__(self) -> None:
        self.debug = True


VERBOSITY = Verbosity()
"""The process's: its one log has one level."""
