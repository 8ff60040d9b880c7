"""What the configuration's text asks of the store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from twisted.internet.defer import Deferred
from zope.interface import implementer

from finesse_tx.configuration.core.document import Configuration
from finesse_tx.configuration.core.planning import Import
from finesse_tx.configuration.core.text import Source
from finesse_tx.directory.core.edits import Author
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.interfaces import IConfigurationRecords
from finesse_tx.store.core.sealing import Sealer
from finesse_tx.store.records import Transactions
from finesse_tx.store.repositories.configuration import import_configuration, read_configuration

__all__ = ["ConfigurationRecords"]


@implementer(IConfigurationRecords)
class ConfigurationRecords:
    """All that is configured, as the store keeps it.

    Args:
        store: Runs the transactions.
        sealer: Opens and seals passwords of other systems.
    """

    def __init__(self, store: Transactions, sealer: Sealer) -> None:
        self._store, self._sealer = store, sealer

    def read(self) -> Deferred[Configuration]:
        """See `IConfigurationRecords`."""
        return self._store.read(lambda session: read_configuration(session, self._sealer.opened))

    def take(
        self,
        source: Source,
        author: Author,
        at: datetime,
        prune: bool,
        personality: str,
        vet: Callable[[Snapshot], object] | None,
    ) -> Deferred[Import]:
        """See `IConfigurationRecords`."""
        return self._store.transact(
            lambda session: import_configuration(
                session,
                source,
                author,
                at,
                prune=prune,
                personality=personality,
                judge=vet,
                opened=self._sealer.opened,
                sealed=self._sealer.seal,
            )
        )
