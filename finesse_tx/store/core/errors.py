"""What may go wrong with a transaction, for callers who know nothing of SQL."""

from finesse_tx.errors import FinesseError

__all__ = [
    "StoreBusyError",
    "StoreConflictError",
    "StoreError",
    "StoreRefusedError",
    "StoreStoppedError",
    "StoreUnavailableError",
]


class StoreError(FinesseError):
    """The store did not do it; nothing has changed."""


class StoreBusyError(StoreError):
    """Too much waits for a thread already; try again later.

    Attributes:
        waiting: How much does.
    """

    def __init__(self, waiting: int) -> None:
        super().__init__(waiting)
        self.waiting = waiting

    def __str__(self) -> str:
        return f"the store is busy: {self.waiting} jobs are waiting"


class StoreStoppedError(StoreError):
    """The store is not running yet, or no longer."""

    def __str__(self) -> str:
        return "the store is not running"


class StoreUnavailableError(StoreError):
    """The database cannot do it now: it is gone, locked or full.

    Attributes:
        reason: The database's own words, without values.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the database cannot do it now: {self.reason}"


class StoreRefusedError(StoreError):
    """The database refuses what it was asked, and will refuse it again: a mistake of ours, or a value it cannot have.

    Attributes:
        reason: The database's own words, without values.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the database refuses it: {self.reason}"


class StoreConflictError(StoreError):
    """What was to be written contradicts what is there: a name twice, a reference to nothing.

    Attributes:
        reason: The database's own words, without values.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"it contradicts what is stored: {self.reason}"
