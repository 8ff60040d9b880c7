"""People, teams, queues, triggers, reason codes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "csqs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("auto_work", sa.Boolean(), nullable=False),
        sa.Column("wrapup_time_s", sa.Integer(), nullable=False),
        sa.Column("service_level_s", sa.Integer(), nullable=False),
        sa.CheckConstraint("service_level_s >= 0", name=op.f("ck_csqs_service_level_s")),
        sa.CheckConstraint("wrapup_time_s BETWEEN 0 AND 7200", name=op.f("ck_csqs_wrapup_time_s")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_csqs")),
        sa.UniqueConstraint("name", name=op.f("uq_csqs_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reason_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "category",
            sa.Enum("NOT_READY", "LOGOUT", name="reasoncategory", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("for_all", sa.Boolean(), nullable=False),
        sa.Column("system_code", sa.Boolean(), nullable=False),
        sa.CheckConstraint("code BETWEEN 0 AND 65535", name=op.f("ck_reason_codes_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_codes")),
        sa.UniqueConstraint("category", "code", name=op.f("uq_reason_codes_category_code")),
        sa.UniqueConstraint("category", "label", name=op.f("uq_reason_codes_category_label")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "samples",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_samples")),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login_id", sa.String(length=64), nullable=False),
        sa.Column("login_name", sa.String(length=255), nullable=False),
        sa.Column("login_key", sa.String(length=255), nullable=False),
        sa.Column("first_name", sa.String(length=128), nullable=False),
        sa.Column("last_name", sa.String(length=128), nullable=False),
        sa.Column("extension", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("is_agent", sa.Boolean(), nullable=False),
        sa.Column("is_supervisor", sa.Boolean(), nullable=False),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("automatic_available", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "is_agent OR is_supervisor OR is_administrator", name=op.f("ck_people_has_role")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_people_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("login_id", name=op.f("uq_people_login_id")),
        sa.UniqueConstraint("login_key", name=op.f("uq_people_login_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_people_extension"), "people", ["extension"], unique=False)
    op.create_index(op.f("ix_people_team_id"), "people", ["team_id"], unique=False)
    op.create_table(
        "reason_code_teams",
        sa.Column("reason_code_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reason_code_id"],
            ["reason_codes.id"],
            name=op.f("fk_reason_code_teams_reason_code_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_reason_code_teams_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reason_code_id", "team_id", name=op.f("pk_reason_code_teams")),
    )
    op.create_index(
        op.f("ix_reason_code_teams_team_id"), "reason_code_teams", ["team_id"], unique=False
    )
    op.create_table(
        "triggers",
        sa.Column("route_point", sa.String(length=32), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("application_name", sa.String(length=64), nullable=False),
        sa.Column("csq_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["csq_id"], ["csqs.id"], name=op.f("fk_triggers_csq_id")),
        sa.PrimaryKeyConstraint("route_point", name=op.f("pk_triggers")),
        sa.UniqueConstraint("application_id", name=op.f("uq_triggers_application_id")),
    )
    op.create_index(op.f("ix_triggers_csq_id"), "triggers", ["csq_id"], unique=False)
    op.create_table(
        "csq_members",
        sa.Column("csq_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["csq_id"], ["csqs.id"], name=op.f("fk_csq_members_csq_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_csq_members_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("csq_id", "person_id", name=op.f("pk_csq_members")),
    )
    op.create_index(op.f("ix_csq_members_person_id"), "csq_members", ["person_id"], unique=False)
    op.create_table(
        "team_supervisors",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_team_supervisors_position")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_team_supervisors_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_supervisors_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "person_id", name=op.f("pk_team_supervisors")),
    )
    op.create_index(
        op.f("ix_team_supervisors_person_id"), "team_supervisors", ["person_id"], unique=False
    )
