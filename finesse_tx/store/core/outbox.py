"""What an outbox keeps, and how it is: plain data, for whoever has one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from finesse_tx.metrics.core.families import Family, Kind, by_label, counter, gauge

__all__ = ["OutboxStatus", "Records", "outbox_families"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Records(Generic[T]):
    """The records of a journal.

    Attributes:
        type: What msgspec reads them as: a struct, or a union of tagged ones.
        bound_key: The configuration key that bounds their journal.
        floor: A record's own idea of a number that only grows, which the journal remembers beyond its files.
    """

    type: Any
    bound_key: str
    floor: Callable[[T], int] = lambda _: 1


class OutboxStatus(NamedTuple):
    """How an outbox is.

    Attributes:
        stored: Records that this process has brought into the database.
        waiting: Records that the database does not have yet.
        lost: Records that nobody could keep.
        refused: Records that the database would not have, which were set aside.
        journal_bytes: What the journal takes on disk.
        journal_fails: Whether the journal cannot be written now.
        database_fails: Whether the database does not take records now.
    """

    stored: int
    waiting: int
    lost: int
    refused: int
    journal_bytes: int
    journal_fails: bool
    database_fails: bool


def outbox_families(name: str, status: OutboxStatus) -> Iterator[Family]:
    """What an outbox says for ``/metrics``.

    Args:
        name: What its families begin with.
        status: How it is.
    """
    yield counter(f"{name}_records_stored", "Records put into the database.", status.stored)
    yield gauge(
        f"{name}_records_waiting", "Records that the database does not have yet.", status.waiting
    )
    yield counter(f"{name}_records_lost", "Records that nobody could keep.", status.lost)
    yield counter(
        f"{name}_records_refused", "Records that the database would not have.", status.refused
    )
    yield gauge(f"{name}_journal_bytes", "What the journal takes on disk.", status.journal_bytes)
    yield by_label(
        Kind.GAUGE,
        f"{name}_trouble",
        "Whether the journal cannot be written, or the database takes no records.",
        "where",
        {"journal": status.journal_fails, "database": status.database_fails},
    )
