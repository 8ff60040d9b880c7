"""The database and its threads, and what waits for it while it is away."""

from __future__ import annotations

import uuid
from typing import Final, NamedTuple

from finesse_tx.composition.given import Given
from finesse_tx.composition.preparing import PENDING_FOLDER
from finesse_tx.store.core.pending import PENDING, Pending
from finesse_tx.store.journal import Journal
from finesse_tx.store.outbox import Outbox
from finesse_tx.store.records import PendingRecords
from finesse_tx.store.service import Store

__all__ = ["PENDING_FILE_BYTES", "Storage", "build_storage"]

PENDING_FILE_BYTES: Final = 1 << 16
"""A file of what is pending is no longer than that: hashes do not stay there for long once the database has them."""


class Storage(NamedTuple):
    """Where everything is kept.

    Attributes:
        store: The database; its threads are also where passwords are hashed.
        pending: Small writes that nobody waits for.
    """

    store: Store
    pending: Outbox[Pending]


def build_storage(given: Given) -> Storage:
    """The one thread pool with the database behind it."""
    store = Store(given.reactor, given.ready.url, given.config.store.threads)
    return Storage(store, _pending(given, store))


def _pending(given: Given, store: Store) -> Outbox[Pending]:
    taken = given.ready.history.taken
    journal = Journal(
        given.home.path / PENDING_FOLDER,
        PENDING,
        uuid.uuid4().hex,
        given.config.store.journal_max_bytes,
        PENDING_FILE_BYTES,
        taken,
    )
    return Outbox(
        "what is pending",
        journal,
        PendingRecords(store).add,
        store,
        given.reactor,
        taken.get(journal.name, 0),
    )
