"""An outbox that only remembers."""

from typing import Any

from twisted.internet.defer import Deferred, succeed
from zope.interface import implementer

from finesse_tx.interfaces import IOutbox
from finesse_tx.store.core.outbox import OutboxStatus


@implementer(IOutbox)
class NotedOutbox:
    """Keeps records in memory.

    Attributes:
        records: What was kept.
        flushes: How often it was to be there.
    """

    floor = 1

    def __init__(self) -> None:
        self.records: list[Any] = []
        self.flushes = 0

    def start(self) -> None:
        """There is nothing left."""

    def stop(self) -> Deferred[None]:
        """There is nothing to do."""
        return succeed(None)

    def keep(self, *records: Any) -> None:
        """Remember them."""
        self.records += records

    def caught_up(self) -> Deferred[None]:
        """It is."""
        return succeed(None)

    def flush(self) -> Deferred[None]:
        """Count it."""
        self.flushes += 1
        return succeed(None)

    def status(self) -> OutboxStatus:
        """All is well."""
        return OutboxStatus(0, len(self.records), 0, 0, 0, False, False)
