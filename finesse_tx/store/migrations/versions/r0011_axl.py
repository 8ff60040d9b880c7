"""AXL's objects: phones, lines, application users, and what AXL knows more of a person."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "axl_objects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("partition", sa.String(length=64), nullable=False),
        sa.Column("name_key", sa.String(length=128), nullable=False),
        sa.Column("partition_key", sa.String(length=64), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_axl_objects")),
        sa.UniqueConstraint(
            "kind",
            "name_key",
            "partition_key",
            name=op.f("uq_axl_objects_kind_name_key_partition_key"),
        ),
        sa.UniqueConstraint("uuid", name=op.f("uq_axl_objects_uuid")),
        sqlite_autoincrement=True,
    )
