"""What the administration asks of the store."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from zope.interface import implementer

from finesse_tx.interfaces import IAdministrationRecords
from finesse_tx.store.records import Transactions
from finesse_tx.store.repositories.changes import apply_change, latest_audit
from finesse_tx.webservices.core.administration.changes import AuditEntry, Change

__all__ = ["AdministrationRecords"]


@implementer(IAdministrationRecords)
class AdministrationRecords:
    """What administrators configure, as the store keeps it.

    Args:
        store: Runs the transactions.
    """

    def __init__(self, store: Transactions) -> None:
        self._store = store

    def apply(self, change: Change, entry: AuditEntry) -> Deferred[tuple[int, ...]]:
        """See `IAdministrationRecords`."""
        return self._store.transact(lambda session: apply_change(session, change, entry))

    def latest(
        self, about: str, before: int | None, most: int
    ) -> Deferred[tuple[tuple[int, AuditEntry], ...]]:
        """See `IAdministrationRecords`."""
        return self._store.transact(lambda session: latest_audit(session, about, before, most))
