"""The schema's history, as alembic runs it; `finesse_tx.store.prepare` decides whether it must.

A new migration is a module in ``versions/`` and a line in `REVISIONS`; the test that compares the migrations with
`finesse_tx.store.tables` prints what alembic would put into it. A released migration is never changed.
"""

from typing import Final

__all__ = ["HEAD", "REVISIONS"]

REVISIONS: Final = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0011",
    "0012",
)
"""Every revision, oldest first: known without importing alembic."""

HEAD: Final = REVISIONS[-1]
"""The revision that this program works with."""
