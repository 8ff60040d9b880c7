"""Who tells of a person: a directory provider, or nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Everyone who is there is ours."""
    op.add_column(
        "people",
        sa.Column("source", sa.String(length=16), server_default=sa.text("''"), nullable=False),
    )
