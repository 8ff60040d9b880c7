"""Messages of supervisors to their teams."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "team_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("first_name", sa.String(length=128), nullable=False),
        sa.Column("last_name", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(length=255), nullable=False),
        sa.CheckConstraint("duration_s > 0", name=op.f("ck_team_messages_duration_s")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_messages")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "team_message_teams",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["team_messages.id"],
            name=op.f("fk_team_message_teams_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
            name=op.f("fk_team_message_teams_team_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", "team_id", name=op.f("pk_team_message_teams")),
    )
    op.create_index(
        op.f("ix_team_message_teams_team_id"), "team_message_teams", ["team_id"], unique=False
    )
