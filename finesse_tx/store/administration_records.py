"""What the administration asks of the store."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs
from sqlalchemy.orm import Session
from twisted.internet.defer import Deferred
from zope.interface import implementer

from finesse_tx.interfaces import IAdministrationRecords
from finesse_tx.store.core.sealing import Sealer
from finesse_tx.store.records import Transactions
from finesse_tx.store.repositories.changes import (
    add_audit_entry,
    apply_change,
    latest_audit,
)
from finesse_tx.store.repositories.settings import PASSWORD, read_settings
from finesse_tx.webservices.core.administration.changes import AuditEntry, Change, Put
from finesse_tx.webservices.core.administration.settings import Settings

__all__ = ["AdministrationRecords"]


@implementer(IAdministrationRecords)
class AdministrationRecords:
    """What administrators configure, as the store keeps it.

    Args:
        store: Runs the transactions.
        sealer: Seals passwords, which nobody is to read in the database.
    """

    def __init__(self, store: Transactions, sealer: Sealer) -> None:
        self._store, self._sealer = store, sealer

    def apply(self, change: Change, entry: AuditEntry) -> Deferred[tuple[int, ...]]:
        """See `IAdministrationRecords`."""
        sealed = self._sealed(change)
        return self._store.transact(lambda session: apply_change(session, sealed, entry))

    def note(self, entry: AuditEntry, deed: Callable[[], None]) -> Deferred[None]:
        """See `IAdministrationRecords`."""

        def work(session: Session) -> None:
            add_audit_entry(session, entry)
            session.flush()
            deed()

        return self._store.transact(work)

    def _sealed(self, change: Change) -> Change:
        password = getattr(change.value, PASSWORD, "") if isinstance(change, Put) else ""
        if not password or not isinstance(change, Put) or change.value is None:
            return change
        sealed = self._sealer.seal(change.name, password)
        return Put(change.name, structs.replace(change.value, **{PASSWORD: sealed}))

    def load(self) -> Deferred[Settings]:
        """See `IAdministrationRecords`."""
        return self._store.read(lambda session: read_settings(session, self._sealer.opened))

    def latest(
        self, about: str, before: int | None, most: int
    ) -> Deferred[tuple[tuple[int, AuditEntry], ...]]:
        """See `IAdministrationRecords`."""
        return self._store.transact(lambda session: latest_audit(session, about, before, most))
