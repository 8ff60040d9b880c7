"""The table of AXL's objects beside people: phones, lines, application users, and what AXL knows more of a person."""

from __future__ import annotations

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from finesse_tx.store.tables import Base

__all__ = ["AXLObjectRow"]


class AXLObjectRow(Base):
    """`StoredObject`; nothing refers to it but by name, as in AXL, and so may refer to nothing."""

    __tablename__ = "axl_objects"
    __table_args__ = (
        UniqueConstraint("kind", "name_key", "partition_key"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(128))
    partition: Mapped[str] = mapped_column(String(64))
    name_key: Mapped[str] = mapped_column(String(128))
    """The name without regard to case."""
    partition_key: Mapped[str] = mapped_column(String(64))
    definition: Mapped[str] = mapped_column(Text)
    """Its values, as JSON."""
