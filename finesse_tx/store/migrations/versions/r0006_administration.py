"""What administrators configure, what teams have of it, and who has changed what."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("login_id", sa.String(length=64), nullable=False),
        sa.Column("peer", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("uri", sa.String(length=255), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_uri"), "audit", ["uri"], unique=False)
    op.create_table(
        "media_properties_layouts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(length=128), nullable=False),
        sa.Column(
            "type",
            sa.Enum("DEFAULT", "CUSTOM", name="layouttype", native_enum=False, length=8),
            nullable=False,
        ),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_properties_layouts")),
        sa.UniqueConstraint("name", name=op.f("uq_media_properties_layouts_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "phone_books",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column(
            "type",
            sa.Enum("GLOBAL", "TEAM", name="booktype", native_enum=False, length=8),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_books")),
        sa.UniqueConstraint("name", name=op.f("uq_phone_books_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "workflow_actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column(
            "type",
            sa.Enum("BROWSER_POP", "HTTP_REQUEST", name="actiontype", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column(
            "handled_by",
            sa.Enum("FINESSE_DESKTOP", "OTHER", name="handledby", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_actions")),
        sa.UniqueConstraint("name", name=op.f("uq_workflow_actions_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "workflows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(length=128), nullable=False),
        sa.Column("media", sa.String(length=64), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflows")),
        sa.UniqueConstraint("name", name=op.f("uq_workflows_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "wrap_up_reasons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=39), nullable=False),
        sa.Column("for_all", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrap_up_reasons")),
        sa.UniqueConstraint("label", name=op.f("uq_wrap_up_reasons_label")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone_book_id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=128), nullable=False),
        sa.Column("last_name", sa.String(length=128), nullable=False),
        sa.Column("phone_number", sa.String(length=32), nullable=False),
        sa.Column("description", sa.String(length=128), nullable=False),
        sa.CheckConstraint("phone_number <> ''", name=op.f("ck_contacts_phone_number")),
        sa.ForeignKeyConstraint(
            ["phone_book_id"],
            ["phone_books.id"],
            name=op.f("fk_contacts_phone_book_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contacts_phone_book_id"), "contacts", ["phone_book_id"], unique=False)
    op.create_table(
        "media_properties_layout_teams",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["object_id"],
            ["media_properties_layouts.id"],
            name=op.f("fk_media_properties_layout_teams_object_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
            name=op.f("fk_media_properties_layout_teams_team_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "team_id", "position", name=op.f("pk_media_properties_layout_teams")
        ),
        sa.UniqueConstraint(
            "team_id", "object_id", name=op.f("uq_media_properties_layout_teams_team_id_object_id")
        ),
    )
    op.create_index(
        op.f("ix_media_properties_layout_teams_object_id"),
        "media_properties_layout_teams",
        ["object_id"],
        unique=False,
    )
    op.create_table(
        "phone_book_teams",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["object_id"], ["phone_books.id"], name=op.f("fk_phone_book_teams_object_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_phone_book_teams_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "position", name=op.f("pk_phone_book_teams")),
        sa.UniqueConstraint(
            "team_id", "object_id", name=op.f("uq_phone_book_teams_team_id_object_id")
        ),
    )
    op.create_index(
        op.f("ix_phone_book_teams_object_id"), "phone_book_teams", ["object_id"], unique=False
    )
    op.create_table(
        "team_layouts",
        sa.Column("team_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("layout_xml", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_layouts_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_team_layouts")),
    )
    op.create_table(
        "workflow_action_links",
        sa.Column("workflow_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("workflow_action_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_workflow_action_links_position")),
        sa.ForeignKeyConstraint(
            ["workflow_action_id"],
            ["workflow_actions.id"],
            name=op.f("fk_workflow_action_links_workflow_action_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workflow_id"],
            ["workflows.id"],
            name=op.f("fk_workflow_action_links_workflow_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workflow_id", "position", name=op.f("pk_workflow_action_links")),
    )
    op.create_index(
        op.f("ix_workflow_action_links_workflow_action_id"),
        "workflow_action_links",
        ["workflow_action_id"],
        unique=False,
    )
    op.create_table(
        "workflow_teams",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["object_id"],
            ["workflows.id"],
            name=op.f("fk_workflow_teams_object_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_workflow_teams_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "position", name=op.f("pk_workflow_teams")),
        sa.UniqueConstraint(
            "team_id", "object_id", name=op.f("uq_workflow_teams_team_id_object_id")
        ),
    )
    op.create_index(
        op.f("ix_workflow_teams_object_id"), "workflow_teams", ["object_id"], unique=False
    )
    op.create_table(
        "wrap_up_reason_teams",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["object_id"],
            ["wrap_up_reasons.id"],
            name=op.f("fk_wrap_up_reason_teams_object_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
            name=op.f("fk_wrap_up_reason_teams_team_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "position", name=op.f("pk_wrap_up_reason_teams")),
        sa.UniqueConstraint(
            "team_id", "object_id", name=op.f("uq_wrap_up_reason_teams_team_id_object_id")
        ),
    )
    op.create_index(
        op.f("ix_wrap_up_reason_teams_object_id"),
        "wrap_up_reason_teams",
        ["object_id"],
        unique=False,
    )
