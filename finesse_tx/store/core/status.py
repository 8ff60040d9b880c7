"""How the store is: plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from finesse_tx.metrics.core.families import Family, counter, gauge
from finesse_tx.store.core.outbox import OutboxStatus

__all__ = ["StoreStatus", "store_families", "troubles"]


class StoreStatus(NamedTuple):
    """How the database is.

    Attributes:
        away_s: For how long it has been away; None while it is there.
        outages: How often it was, since the start.
        jobs: How much runs in the store's threads and waits for one.
    """

    away_s: float | None
    outages: int
    jobs: int


def store_families(status: StoreStatus) -> Iterator[Family]:
    """What the store says for ``/metrics``."""
    yield gauge("store_available", "Whether the database is there.", status.away_s is None)
    yield gauge(
        "store_away_seconds", "For how long the database has been away.", status.away_s or 0.0
    )
    yield counter("store_outages", "How often the database was away.", status.outages)
    yield gauge("store_jobs", "What runs in the store's threads, and waits for one.", status.jobs)


def troubles(status: StoreStatus, outboxes: dict[str, OutboxStatus]) -> Iterator[str]:
    """What is wrong, for ``/health``: a line each, without anything that a stranger must not know.

    Args:
        status: How the database is.
        outboxes: What waits for it, by how it is called.
    """
    if status.away_s is not None:
        yield f"the database is away since {status.away_s:.0f} s"
    for name, outbox in outboxes.items():
        if outbox.database_fails:
            yield f"{name}: {outbox.waiting} records wait for the database"
        if outbox.journal_fails:
            yield f"{name}: the journal cannot be written, {outbox.lost} records are lost"
