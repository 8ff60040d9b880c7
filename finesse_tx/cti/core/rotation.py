"""Which side a client tries next, with which version, and when.

Spec: ``cti.md`` §5 (stepping down), §8.17 (what a client does on each status), §10.1 (6), §10.5, §12.3 (1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from finesse_tx.cti.core.enums import StatusCode
from finesse_tx.cti.core.wire import Dialect

__all__ = [
    "NEXT_SIDE_S",
    "OTHER_VERSION",
    "SUPERSEDED_S",
    "VERSIONS",
    "Attempt",
    "Rotation",
    "versions_from",
]

VERSIONS: Final[Mapping[Dialect, tuple[int, ...]]] = {
    Dialect.UCCX: (18, 16, 14, 12, 10),
    Dialect.UCCE: (25, 24, 23, 22, 21, 20, 19, 17, 16, 15, 14, 13, 9),
}
"""The highest versions that products know, the highest first: each accepts the lower ones too."""

NEXT_SIDE_S: Final = 1.0
"""The pause before the other side of the same round is tried."""

SUPERSEDED_S: Final = 60.0
"""The pause after another client with our name has taken our session: two that fight over it help nobody."""


OTHER_VERSION: Final = {
    StatusCode.E_CTI_INVALID_VERSION,
    # Not what the reference gives for a version, but what widths that are not the peer's look like to it (§4.2).
    StatusCode.E_CTI_INVALID_FIELD_TAG,
    StatusCode.E_CTI_REQUIRED_DATA_MISSING,
    StatusCode.E_CTI_BAD_MESSAGE_FORMAT,
}
"""The statuses after which a lower version may do."""


class Attempt(NamedTuple):
    """What to do next.

    Attributes:
        side: Which one, from 0.
        version: The version to ask for.
        delay: After how many seconds.
    """

    side: int
    version: int
    delay: float


def versions_from(highest: int, dialect: Dialect = Dialect.UCCX) -> tuple[int, ...]:
    """The versions to ask for, one after the other."""
    return (highest, *(version for version in VERSIONS[dialect] if version < highest))


class Rotation:
    """Goes round the sides until one opens a session.

    Args:
        sides: How many there are.
        highest: The version to ask for first.
        retry_s: The pause after all sides have been tried.
        dialect: Whose versions.
    """

    def __init__(
        self, sides: int, highest: int, retry_s: float, dialect: Dialect = Dialect.UCCX
    ) -> None:
        self._sides, self._retry_s = sides, retry_s
        self._versions = versions_from(highest, dialect)
        self._side = self._tried = self._step = 0
        self._short = False

    def first(self) -> Attempt:
        """Where to begin."""
        return Attempt(self._side, self._versions[self._step], 0.0)

    def opened(self) -> None:
        """A session is open: a new round begins when it ends."""
        self._tried = 0

    def refused(self, status: int) -> Attempt:
        """The side answered OPEN_REQ with that status."""
        if status in OTHER_VERSION and self._step + 1 < len(self._versions):
            self._step += 1
            return Attempt(self._side, self._versions[self._step], 0.0)
        return self.failed()

    def failed(self) -> Attempt:
        """The side could not be reached, or did not open a session."""
        self._tried += 1
        self._step = 0
        self._side = (self._side + 1) % self._sides
        if self._tried < self._sides:
            return Attempt(self._side, self._versions[0], NEXT_SIDE_S)
        self._tried = 0
        return Attempt(self._side, self._versions[0], self._retry_s)

    def lost(self, lasted_s: float, status: int = 0) -> Attempt:
        """An open session has ended.

        Args:
            lasted_s: For how long it was open. Of two short ones in a row the second counts as a failure: who
                opens sessions and drops them at once is not asked every second.
            status: That of the FAILURE_EVENT that ended it; 0 where there was none.
        """
        self._step = 0
        if status == StatusCode.E_CTI_NEW_SESSION_OPENED:
            return Attempt(self._side, self._versions[0], SUPERSEDED_S)
        again, self._short = self._short, lasted_s < self._retry_s
        if again and self._short:
            return self.failed()
        self._side = (self._side + 1) % self._sides
        return Attempt(self._side, self._versions[0], NEXT_SIDE_S)
