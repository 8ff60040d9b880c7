"""The tables of outbound: campaigns, their dialing lists, each call that was made, and whom nobody calls."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Double, Enum, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from finesse_tx.engine.core.outbound.records import (
    CampaignState,
    DialingMode,
    RecordState,
    Result,
)
from finesse_tx.store.tables import Base, CSQRow

__all__ = ["CampaignRow", "DialingAttemptRow", "DialingRecordRow", "DoNotCallRow"]

_RESULTS = Enum(Result, native_enum=False, length=16)


class CampaignRow(Base):
    """`Campaign`."""

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("max_attempts >= 1", name="max_attempts"),
        CheckConstraint("lines_per_agent BETWEEN 1 AND 3", name="lines_per_agent"),
        CheckConstraint("reservation_s BETWEEN 1 AND 3600", name="reservation_s"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    mode: Mapped[DialingMode] = mapped_column(Enum(DialingMode, native_enum=False, length=16))
    csq_id: Mapped[int] = mapped_column(ForeignKey(CSQRow.id), index=True)
    windows: Mapped[str] = mapped_column(String(500))
    """As an operator writes them; empty for any time."""
    time_zone: Mapped[str] = mapped_column(String(64))
    max_attempts: Mapped[int]
    busy_retry_s: Mapped[int]
    no_answer_retry_s: Mapped[int]
    machine_retry_s: Mapped[int]
    declined_retry_s: Mapped[int]
    lines_per_agent: Mapped[int]
    reservation_s: Mapped[int]
    state: Mapped[CampaignState] = mapped_column(Enum(CampaignState, native_enum=False, length=16))


class DialingRecordRow(Base):
    """`DialingRecord`."""

    __tablename__ = "dialing_records"
    __table_args__ = (
        UniqueConstraint("campaign_id", "key"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(None, "campaign_id", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey(CampaignRow.id, ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    """What an import knows the customer by."""
    account_number: Mapped[str] = mapped_column(String(30))
    phone: Mapped[str] = mapped_column(String(31))
    first_name: Mapped[str] = mapped_column(String(50))
    last_name: Mapped[str] = mapped_column(String(50))
    time_zone: Mapped[str] = mapped_column(String(64))
    state: Mapped[RecordState] = mapped_column(Enum(RecordState, native_enum=False, length=16))
    attempts: Mapped[int]
    due: Mapped[float] = mapped_column(Double)
    agent_id: Mapped[str] = mapped_column(String(64))
    callback_phone: Mapped[str] = mapped_column(String(31))
    result: Mapped[Result | None] = mapped_column(_RESULTS)


class DialingAttemptRow(Base):
    """`DialingAttempt`: written before the call is made, and its result when the call is over."""

    __tablename__ = "dialing_attempts"

    record_id: Mapped[int] = mapped_column(
        ForeignKey(DialingRecordRow.id, ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[float] = mapped_column(Double)
    result: Mapped[Result | None] = mapped_column(_RESULTS)


class DoNotCallRow(Base):
    """A number that no campaign calls."""

    __tablename__ = "do_not_call"

    phone: Mapped[str] = mapped_column(String(31), primary_key=True)
