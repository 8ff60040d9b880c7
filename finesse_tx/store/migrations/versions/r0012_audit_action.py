"""Room in the audit log for the names of AXL's operations, which are longer than HTTP's methods."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Widen the column."""
    with op.batch_alter_table("audit", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column(
            "action",
            existing_type=sa.String(length=8),
            type_=sa.String(length=64),
            existing_nullable=False,
        )
