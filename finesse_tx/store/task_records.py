"""What task routing asks of the store."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from zope.interface import implementer

from finesse_tx.interfaces import ITaskRecords
from finesse_tx.store.records import Transactions
from finesse_tx.store.repositories.tasks import keep_changes
from finesse_tx.tasks.core.events import Changes

__all__ = ["TaskRecords"]


@implementer(ITaskRecords)
class TaskRecords:
    """Tasks and agents' media, as the store keeps them.

    Args:
        store: Runs the transactions.
    """

    def __init__(self, store: Transactions) -> None:
        self._store = store

    def keep(self, changes: Changes) -> Deferred[None]:
        """See `ITaskRecords`."""
        return self._store.transact(lambda session: keep_changes(session, changes))
