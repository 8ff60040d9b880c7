"""Threads, and what waits for the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from zope.interface import Attribute, Interface

from finesse_tx.store.core.outbox import OutboxStatus

__all__ = ["IOutbox", "IWorkers"]

T = TypeVar("T")


class IWorkers(Interface):
    """The one pool of threads, for what would block the reactor."""

    def run(work: Callable[[], T]) -> Deferred[T]:
        """Run ``work`` in another thread.

        Returns:
            Fires with what it returned, or fails with what it raised, or with `StoreBusyError` (too much
            waits already) or `StoreStoppedError`. Cancelled before its turn, it never runs.
        """


class IOutbox(Interface):
    """What the database is to have, and nobody waits for."""

    floor: int = Attribute("The highest number of its kind that is remembered with the records.")

    def start() -> None:
        """Bring what an earlier run has left into the database."""

    def stop() -> Deferred[None]:
        """Bring what there is into the database, if it takes it. Fires when that is tried."""

    def keep(*records: Any) -> None:
        """Keep records, in this order: the end of the process does not lose them, and the database has each once."""

    def caught_up() -> Deferred[None]:
        """Wait until the database has all that earlier processes have left."""

    def flush() -> Deferred[None]:
        """Bring what there is into the database now, for whoever is going to read it.

        Returns:
            Fires when it is there, or fails with a `StoreError`.
        """

    def status() -> OutboxStatus:
        """How it is now."""
