"""What the directory and the engine's history ask of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session
from twisted.internet.defer import Deferred
from zope.interface import implementer

from finesse_tx.directory.core.axl.records import ObjectWrite
from finesse_tx.directory.core.edits import Author, Edit, Key, Register
from finesse_tx.directory.core.records import ReasonCode, Snapshot
from finesse_tx.engine.core.records import AgentStateDetail, CallRecord, Entry
from finesse_tx.interfaces import (
    IDirectoryEditRecords,
    IDirectoryRecords,
    IHistoryRecords,
    IOutbox,
)
from finesse_tx.store.core.pending import KeepVerifier, Pending, ReplacePasswordHash
from finesse_tx.store.repositories.axl import apply_edit
from finesse_tx.store.repositories.day import read_legs, read_states
from finesse_tx.store.repositories.editing import edit_directory
from finesse_tx.store.repositories.history import add_entries, purge
from finesse_tx.store.repositories.passwords import read_password_hashes, read_verifiers
from finesse_tx.store.repositories.pending import add_pending
from finesse_tx.store.repositories.snapshots import (
    read_reason_codes,
    read_register,
    read_snapshot,
)

__all__ = ["DirectoryEditRecords", "DirectoryRecords", "HistoryRecords", "PendingRecords"]

T = TypeVar("T")


class Transactions(Protocol):
    """The store, to whoever brings the work."""

    def transact(self, work: Callable[[Session], T]) -> Deferred[T]:
        """Run ``work`` in a transaction."""

    def read(self, work: Callable[[Session], T]) -> Deferred[T]:
        """Run ``work`` in a transaction that does not write."""


@implementer(IDirectoryRecords)
class DirectoryRecords:
    """The directory's records, as the store keeps them.

    Args:
        store: Runs the transactions.
        outbox: Keeps what nobody waits for, as `PENDING` has it.
    """

    def __init__(self, store: Transactions, outbox: IOutbox) -> None:
        self._store, self._outbox = store, outbox

    def load(self) -> Deferred[tuple[Snapshot, Mapping[str, str], Mapping[str, str]]]:
        """Everything, as of one moment; see `IDirectoryRecords`."""

        def work(session: Session) -> tuple[Snapshot, Mapping[str, str], Mapping[str, str]]:
            return read_snapshot(session), read_password_hashes(session), read_verifiers(session)

        # What is pending holds already: whoever read the older hash would take it for another password.
        flushed: Deferred[None] = self._outbox.flush()
        return flushed.addCallback(lambda _: self._store.read(work))

    def load_reason_codes(self) -> Deferred[tuple[ReasonCode, ...]]:
        """The reason codes alone; see `IDirectoryRecords`."""
        return self._store.read(read_reason_codes)

    def replace_password_hash(self, login_id: str, was: str, now: str) -> None:
        """Keep another hash of the same password; see `IDirectoryRecords`."""
        self._outbox.keep(ReplacePasswordHash(login_id, was, now))

    def keep_verifier(self, login_id: str, password_hash: str, verifier: str) -> None:
        """Keep what SCRAM is checked with; see `IDirectoryRecords`."""
        self._outbox.keep(KeepVerifier(login_id, password_hash, verifier))


@implementer(IDirectoryEditRecords)
class DirectoryEditRecords:
    """The directory's records, for whoever changes them.

    Args:
        store: Runs the transactions.
    """

    def __init__(self, store: Transactions) -> None:
        self._store = store

    def register(self) -> Deferred[Register]:
        """Everyone; see `IDirectoryEditRecords`."""
        return self._store.read(read_register)

    def edit(
        self,
        edits: Sequence[Edit],
        author: Author,
        at: datetime,
        judge: Callable[[Snapshot], object] | None,
        beside: ObjectWrite | None = None,
    ) -> Deferred[tuple[Key, ...]]:
        """Carry out edits; see `IDirectoryEditRecords`."""

        def work(session: Session) -> tuple[Key, ...]:
            keys = edit_directory(session, edits, author, at, judge)
            if beside is not None:
                apply_edit(session, beside.edit, beside.entry)
            return keys

        return self._store.transact(work)


@implementer(IHistoryRecords)
class HistoryRecords:
    """The history, as the store keeps it.

    Args:
        store: Runs the transactions.
    """

    def __init__(self, store: Transactions) -> None:
        self._store = store

    def add(self, journal: str, after: int, last: int, entries: Sequence[Entry]) -> Deferred[int]:
        """Take in records of a journal; see `IHistoryRecords`."""
        return self._store.transact(
            lambda session: add_entries(session, journal, after, last, entries)
        )

    def fold(
        self,
        since: datetime,
        until: datetime,
        next_session: int,
        work: Callable[[Iterable[AgentStateDetail], Iterable[CallRecord]], T],
    ) -> Deferred[T]:
        """Make something of a time's records, in a thread; see `IHistoryRecords`."""
        return self._store.read(
            lambda session: work(
                read_states(session, since, until),
                read_legs(session, since, until, next_session),
            )
        )

    def purge(self, before: datetime) -> Deferred[int]:
        """Remove some of what is older; see `IHistoryRecords`."""
        return self._store.transact(lambda session: purge(session, before))


class PendingRecords:
    """What nobody waits for, as the store carries it out.

    Args:
        store: Runs the transactions.
    """

    def __init__(self, store: Transactions) -> None:
        self._store = store

    def add(self, journal: str, after: int, last: int, records: Sequence[Pending]) -> Deferred[int]:
        """Carry out records of a journal; as `IHistoryRecords.add` has it."""
        return self._store.transact(
            lambda session: add_pending(session, journal, after, last, records)
        )
