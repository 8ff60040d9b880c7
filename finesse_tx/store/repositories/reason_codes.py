"""Reason codes."""

from collections.abc import Iterable

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from finesse_tx.directory.core.reason_codes import SYSTEM_CODES
from finesse_tx.directory.core.records import ReasonCategory
from finesse_tx.store.tables import ReasonCodeRow

__all__ = ["add_system_codes"]


def add_system_codes(
    session: Session, codes: Iterable[tuple[ReasonCategory, int, str]] = SYSTEM_CODES
) -> None:
    """Add those of the engine's reason codes that are not there; the others stay what they are."""
    there = {
        (category, code)
        for category, code in session.execute(select(ReasonCodeRow.category, ReasonCodeRow.code))
    }
    missing = [
        {"category": category, "code": code, "label": label, "for_all": True, "system_code": True}
        for category, code, label in codes
        if (category, code) not in there
    ]
    if missing:
        session.execute(insert(ReasonCodeRow), missing)
