"""The history: agent states, contact calls, queues, routing, agent connections; and the journals they come from."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables, which nothing else refers to."""
    op.create_table(
        "agentconnectiondetail",
        sa.Column("sessionid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sessionseqnum", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nodeid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("profileid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("resourceid", sa.String(length=64), nullable=False),
        sa.Column("startdatetime", sa.DateTime(), nullable=False),
        sa.Column("enddatetime", sa.DateTime(), nullable=False),
        sa.Column("qindex", sa.Integer(), nullable=False),
        sa.Column("ringtime", sa.Integer(), nullable=False),
        sa.Column("talktime", sa.Integer(), nullable=False),
        sa.Column("holdtime", sa.Integer(), nullable=False),
        sa.Column("worktime", sa.Integer(), nullable=False),
        sa.Column("callwrapupdata", sa.Text(), nullable=False),
        sa.Column("callresult", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "sessionid",
            "sessionseqnum",
            "nodeid",
            "profileid",
            "resourceid",
            "startdatetime",
            name=op.f("pk_agentconnectiondetail"),
        ),
    )
    op.create_index(
        op.f("ix_agentconnectiondetail_resourceid_startdatetime"),
        "agentconnectiondetail",
        ["resourceid", "startdatetime"],
        unique=False,
    )
    op.create_table(
        "agentstatedetail",
        sa.Column("agentid", sa.String(length=64), nullable=False),
        sa.Column("eventdatetime", sa.DateTime(), nullable=False),
        sa.Column("gmtoffset", sa.Integer(), nullable=False),
        sa.Column("eventtype", sa.Integer(), nullable=False),
        sa.Column("reasoncode", sa.Integer(), nullable=False),
        sa.Column("profileid", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "agentid",
            "eventdatetime",
            "gmtoffset",
            "eventtype",
            "reasoncode",
            "profileid",
            name=op.f("pk_agentstatedetail"),
        ),
    )
    op.create_index(
        op.f("ix_agentstatedetail_eventdatetime"),
        "agentstatedetail",
        ["eventdatetime"],
        unique=False,
    )
    op.create_table(
        "contactcalldetail",
        sa.Column("sessionid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sessionseqnum", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nodeid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("profileid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contacttype", sa.Integer(), nullable=False),
        sa.Column("contactdisposition", sa.Integer(), nullable=False),
        sa.Column("dispositionreason", sa.Text(), nullable=False),
        sa.Column("originatortype", sa.Integer(), nullable=False),
        sa.Column("originatorid", sa.Text(), nullable=False),
        sa.Column("originatordn", sa.Text(), nullable=False),
        sa.Column("destinationtype", sa.Integer(), nullable=False),
        sa.Column("destinationid", sa.Text(), nullable=False),
        sa.Column("destinationdn", sa.Text(), nullable=False),
        sa.Column("callednumber", sa.Text(), nullable=False),
        sa.Column("startdatetime", sa.DateTime(), nullable=False),
        sa.Column("enddatetime", sa.DateTime(), nullable=False),
        sa.Column("applicationname", sa.Text(), nullable=False),
        sa.Column("customvariable1", sa.Text(), nullable=False),
        sa.Column("customvariable2", sa.Text(), nullable=False),
        sa.Column("customvariable3", sa.Text(), nullable=False),
        sa.Column("customvariable4", sa.Text(), nullable=False),
        sa.Column("customvariable5", sa.Text(), nullable=False),
        sa.Column("customvariable6", sa.Text(), nullable=False),
        sa.Column("customvariable7", sa.Text(), nullable=False),
        sa.Column("customvariable8", sa.Text(), nullable=False),
        sa.Column("customvariable9", sa.Text(), nullable=False),
        sa.Column("customvariable10", sa.Text(), nullable=False),
        sa.Column("connecttime", sa.Integer(), nullable=False),
        sa.Column("flowout", sa.Integer(), nullable=False),
        sa.Column("transfer", sa.Integer(), nullable=False),
        sa.Column("redirect", sa.Integer(), nullable=False),
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "sessionid", "sessionseqnum", "nodeid", "profileid", name=op.f("pk_contactcalldetail")
        ),
    )
    op.create_index(
        op.f("ix_contactcalldetail_startdatetime"),
        "contactcalldetail",
        ["startdatetime"],
        unique=False,
    )
    op.create_table(
        "contactqueuedetail",
        sa.Column("sessionid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sessionseqnum", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nodeid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("profileid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("targettype", sa.Integer(), nullable=False),
        sa.Column("targetid", sa.Integer(), nullable=False),
        sa.Column("qindex", sa.Integer(), nullable=False),
        sa.Column("disposition", sa.Integer(), nullable=False),
        sa.Column("metservicelevel", sa.Integer(), nullable=False),
        sa.Column("queuetime", sa.Integer(), nullable=False),
        sa.Column("targetagentid", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "sessionid",
            "sessionseqnum",
            "nodeid",
            "profileid",
            "targettype",
            "targetid",
            "qindex",
            name=op.f("pk_contactqueuedetail"),
        ),
    )
    op.create_table(
        "contactroutingdetail",
        sa.Column("sessionid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sessionseqnum", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nodeid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("profileid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origpriority", sa.Integer(), nullable=False),
        sa.Column("finalpriority", sa.Integer(), nullable=False),
        sa.Column("queuetime", sa.Integer(), nullable=False),
        sa.Column("startdatetime", sa.DateTime(), nullable=False),
        sa.Column("selectionreason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "sessionid",
            "sessionseqnum",
            "nodeid",
            "profileid",
            name=op.f("pk_contactroutingdetail"),
        ),
    )
    op.create_table(
        "journals",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_journals")),
    )
