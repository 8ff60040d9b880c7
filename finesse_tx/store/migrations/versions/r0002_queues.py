"""Skills, resource groups, and queues that choose their agents by them.

Until now each queue had a list of its agents. Each becomes a skill of the queue's name, which those agents have at 5
and the queue asks for at 1 or better: every agent keeps exactly the queues he had.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_CRITERIA = (
    "LONGEST_AVAILABLE",
    "MOST_HANDLED",
    "SHORTEST_HANDLE_TIME",
    "LINEAR",
    "CIRCULAR",
    "MOST_SKILLED",
    "LEAST_SKILLED",
    "MOST_SKILLED_BY_WEIGHT",
    "LEAST_SKILLED_BY_WEIGHT",
    "MOST_SKILLED_BY_ORDER",
    "LEAST_SKILLED_BY_ORDER",
)


def upgrade() -> None:
    """Add them, and turn lists of agents into skills."""
    _make_skills_and_groups()
    _change_queues()
    _change_people()
    _change_triggers()
    _turn_members_into_skills()
    op.drop_table("csq_members")


def _make_skills_and_groups() -> None:
    for table in ("skills", "resource_groups"):
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("name", sa.String(length=50), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("name", name=op.f(f"uq_{table}_name")),
            sqlite_autoincrement=True,
        )


def _change_queues() -> None:
    kept = (
        sa.CheckConstraint("service_level_s >= 0", name=op.f("ck_csqs_service_level_s")),
        sa.CheckConstraint("wrapup_time_s BETWEEN 0 AND 7200", name=op.f("ck_csqs_wrapup_time_s")),
    )
    with op.batch_alter_table(
        "csqs", table_args=kept, table_kwargs={"sqlite_autoincrement": True}
    ) as batch:
        batch.add_column(
            sa.Column("service_level_percent", sa.Integer(), nullable=False, server_default="70")
        )
        batch.add_column(sa.Column("resource_group_id", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column(
                "criterion",
                sa.Enum(*_CRITERIA, name="criterion", native_enum=False, length=32),
                nullable=False,
                server_default="LONGEST_AVAILABLE",
            )
        )
        batch.add_column(sa.Column("ring_no_answer_s", sa.Float(), nullable=True))
        batch.add_column(
            sa.Column("prompt", sa.String(length=128), nullable=False, server_default=sa.text("''"))
        )
        batch.add_column(
            sa.Column(
                "type",
                sa.Enum("VOICE", "EMAIL", "CHAT", name="csqtype", native_enum=False, length=8),
                nullable=False,
                server_default="VOICE",
            )
        )
        batch.create_check_constraint(
            op.f("ck_csqs_service_level_percent"), "service_level_percent BETWEEN 1 AND 100"
        )
        batch.create_check_constraint(op.f("ck_csqs_ring_no_answer_s"), "ring_no_answer_s > 0")
        batch.create_foreign_key(
            op.f("fk_csqs_resource_group_id"), "resource_groups", ["resource_group_id"], ["id"]
        )
    op.create_index(op.f("ix_csqs_resource_group_id"), "csqs", ["resource_group_id"], unique=False)
    op.create_table(
        "csq_skills",
        sa.Column("csq_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.CheckConstraint("minimum BETWEEN 1 AND 10", name=op.f("ck_csq_skills_minimum")),
        sa.CheckConstraint("weight BETWEEN 1 AND 100", name=op.f("ck_csq_skills_weight")),
        sa.ForeignKeyConstraint(
            ["csq_id"], ["csqs.id"], name=op.f("fk_csq_skills_csq_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_csq_skills_skill_id")),
        sa.PrimaryKeyConstraint("csq_id", "skill_id", name=op.f("pk_csq_skills")),
    )
    op.create_index(op.f("ix_csq_skills_skill_id"), "csq_skills", ["skill_id"], unique=False)


def _change_people() -> None:
    kept = (
        sa.CheckConstraint(
            "is_agent OR is_supervisor OR is_administrator", name=op.f("ck_people_has_role")
        ),
    )
    with op.batch_alter_table(
        "people", table_args=kept, table_kwargs={"sqlite_autoincrement": True}
    ) as batch:
        batch.add_column(sa.Column("resource_group_id", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("group_position", sa.Integer(), nullable=False, server_default="0")
        )
        batch.create_foreign_key(
            op.f("fk_people_resource_group_id"),
            "resource_groups",
            ["resource_group_id"],
            ["id"],
            ondelete="SET NULL",
        )
    op.create_index(
        op.f("ix_people_resource_group_id"), "people", ["resource_group_id"], unique=False
    )
    op.create_table(
        "person_skills",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 10", name=op.f("ck_person_skills_level")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_person_skills_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_person_skills_skill_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "skill_id", name=op.f("pk_person_skills")),
    )
    op.create_index(op.f("ix_person_skills_skill_id"), "person_skills", ["skill_id"], unique=False)


def _change_triggers() -> None:
    with op.batch_alter_table("triggers") as batch:
        batch.alter_column("csq_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(
            sa.Column("script", sa.String(length=64), nullable=False, server_default=sa.text("''"))
        )
        batch.add_column(
            sa.Column("max_sessions", sa.Integer(), nullable=False, server_default="0")
        )
        batch.add_column(
            sa.Column(
                "language", sa.String(length=16), nullable=False, server_default=sa.text("''")
            )
        )
        batch.create_check_constraint(op.f("ck_triggers_max_sessions"), "max_sessions >= 0")
        batch.create_check_constraint(
            op.f("ck_triggers_has_treatment"), "csq_id IS NOT NULL OR script <> ''"
        )
    op.create_table(
        "trigger_variables",
        sa.Column("route_point", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["route_point"],
            ["triggers.route_point"],
            name=op.f("fk_trigger_variables_route_point"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("route_point", "name", name=op.f("pk_trigger_variables")),
    )


def _turn_members_into_skills() -> None:
    op.execute("INSERT INTO skills (name) SELECT name FROM csqs ORDER BY id")
    op.execute(
        "INSERT INTO csq_skills (csq_id, skill_id, position, minimum, weight) "
        "SELECT csqs.id, skills.id, 0, 1, 1 FROM csqs JOIN skills ON skills.name = csqs.name"
    )
    op.execute(
        "INSERT INTO person_skills (person_id, skill_id, level) "
        "SELECT csq_members.person_id, csq_skills.skill_id, 5 "
        "FROM csq_members JOIN csq_skills ON csq_skills.csq_id = csq_members.csq_id"
    )
