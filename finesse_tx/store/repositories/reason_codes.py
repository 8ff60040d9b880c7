"""Reason codes."""

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from finesse_tx.directory.core.reason_codes import SYSTEM_CODES
from finesse_tx.store.tables import ReasonCodeRow

__all__ = ["add_system_codes"]


def add_system_codes(session: Session) -> None:
    """Add those of the engine's reason codes that are not there; the others keep the label they have."""
    there = {
        (category, code)
        for category, code in session.execute(select(ReasonCodeRow.category, ReasonCodeRow.code))
    }
    missing = [
        {"category": category, "code": code, "label": label, "for_all": True, "system_code": True}
        for category, code, label in SYSTEM_CODES
        if (category, code) not in there
    ]
    if missing:
        session.execute(insert(ReasonCodeRow), missing)
