"""Campaigns, dialing lists, the calls made, and the do-not-call list."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_RESULTS = (
    "VOICE",
    "ANS_MACHINE",
    "FAX",
    "INVALID",
    "BUSY",
    "NO_ANSWER",
    "DO_NOT_CALL",
    "CALLBACK",
    "CLOSED",
    "UNKNOWN",
)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=16)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("mode", _words("dialingmode", "DIRECT_PREVIEW", "PROGRESSIVE"), nullable=False),
        sa.Column("csq_id", sa.Integer(), nullable=False),
        sa.Column("windows", sa.String(length=500), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("busy_retry_s", sa.Integer(), nullable=False),
        sa.Column("no_answer_retry_s", sa.Integer(), nullable=False),
        sa.Column("machine_retry_s", sa.Integer(), nullable=False),
        sa.Column("declined_retry_s", sa.Integer(), nullable=False),
        sa.Column("lines_per_agent", sa.Integer(), nullable=False),
        sa.Column("reservation_s", sa.Integer(), nullable=False),
        sa.Column("state", _words("campaignstate", "STOPPED", "PAUSED", "RUNNING"), nullable=False),
        sa.CheckConstraint("max_attempts >= 1", name=op.f("ck_campaigns_max_attempts")),
        sa.CheckConstraint(
            "lines_per_agent BETWEEN 1 AND 3", name=op.f("ck_campaigns_lines_per_agent")
        ),
        sa.CheckConstraint(
            "reservation_s BETWEEN 1 AND 3600", name=op.f("ck_campaigns_reservation_s")
        ),
        sa.ForeignKeyConstraint(["csq_id"], ["csqs.id"], name=op.f("fk_campaigns_csq_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("name", name=op.f("uq_campaigns_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_campaigns_csq_id"), "campaigns", ["csq_id"], unique=False)
    op.create_table(
        "do_not_call",
        sa.Column("phone", sa.String(length=31), nullable=False),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_do_not_call")),
    )
    op.create_table(
        "dialing_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("account_number", sa.String(length=30), nullable=False),
        sa.Column("phone", sa.String(length=31), nullable=False),
        sa.Column("first_name", sa.String(length=50), nullable=False),
        sa.Column("last_name", sa.String(length=50), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            _words("recordstate", "PENDING", "ACTIVE", "CALLBACK", "CLOSED", "MAX_CALLS"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("agent_id", sa.String(length=64), nullable=False),
        sa.Column("callback_phone", sa.String(length=31), nullable=False),
        sa.Column("result", _words("result", *_RESULTS), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_dialing_records_attempts")),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_dialing_records_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialing_records")),
        sa.UniqueConstraint("campaign_id", "key", name=op.f("uq_dialing_records_campaign_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_dialing_records_campaign_id_state"),
        "dialing_records",
        ["campaign_id", "state"],
        unique=False,
    )
    op.create_table(
        "dialing_attempts",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("result", _words("result", *_RESULTS), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["dialing_records.id"],
            name=op.f("fk_dialing_attempts_record_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("record_id", "number", name=op.f("pk_dialing_attempts")),
    )
