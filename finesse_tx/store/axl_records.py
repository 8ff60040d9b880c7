"""What the AXL server asks of the store."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from zope.interface import implementer

from finesse_tx.directory.core.axl.records import ObjectEdit
from finesse_tx.interfaces import IAXLRecords
from finesse_tx.store.records import Transactions
from finesse_tx.store.repositories.axl import apply_edit
from finesse_tx.webservices.core.administration.changes import AuditEntry

__all__ = ["AXLRecords"]


@implementer(IAXLRecords)
class AXLRecords:
    """AXL's objects beside people, as the store keeps them.

    Args:
        store: Runs the transactions.
    """

    def __init__(self, store: Transactions) -> None:
        self._store = store

    def apply(self, edit: ObjectEdit, entry: AuditEntry) -> Deferred[None]:
        """See `IAXLRecords`."""
        return self._store.transact(lambda session: apply_edit(session, edit, entry))
