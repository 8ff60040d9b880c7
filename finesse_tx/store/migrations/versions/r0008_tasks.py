"""Tasks, and agents' media."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "tasks",
        sa.Column("contact_id", sa.String(length=64), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_tasks")),
    )
    op.create_table(
        "task_media",
        sa.Column("login_id", sa.String(length=64), nullable=False),
        sa.Column("domain_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("login_id", "domain_id", name=op.f("pk_task_media")),
    )
