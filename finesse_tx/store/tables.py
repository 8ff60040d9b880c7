"""The tables.

Rows never leave a transaction: repositories turn them into the values of `finesse_tx.directory.core.records`.
A change here needs a migration; a test compares the two. Ids that clients see are never used twice
(``sqlite_autoincrement``), so that an old URI cannot come to mean something new.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Enum,
    Float,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from finesse_tx.directory.core.queues import Criterion, CSQType
from finesse_tx.directory.core.records import ReasonCategory

__all__ = [
    "AgentConnectionDetailRow",
    "AgentStateDetailRow",
    "Base",
    "CSQRow",
    "CSQSkillRow",
    "ContactCallDetailRow",
    "ContactQueueDetailRow",
    "ContactRoutingDetailRow",
    "JournalRow",
    "PersonRow",
    "PersonSkillRow",
    "ReasonCodeRow",
    "ReasonCodeTeamRow",
    "ResourceGroupRow",
    "SampleRow",
    "ScramVerifierRow",
    "SkillRow",
    "TeamRow",
    "TeamSupervisorRow",
    "TriggerRow",
    "TriggerVariableRow",
    "login_key",
]


def login_key(login_name: str) -> str:
    """What makes two login names the same: they are compared without regard to case."""
    return login_name.casefold()


class Base(DeclarativeBase):
    """Every table."""

    # A migration can only change a constraint that has a name.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class TeamRow(Base):
    """`Team`."""

    __tablename__ = "teams"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)


class SkillRow(Base):
    """`Skill`."""

    __tablename__ = "skills"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)


class ResourceGroupRow(Base):
    """`ResourceGroup`."""

    __tablename__ = "resource_groups"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)


class PersonRow(Base):
    """`Person`, whose competences are in `PersonSkillRow`."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("is_agent OR is_supervisor OR is_administrator", name="has_role"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    login_id: Mapped[str] = mapped_column(String(64), unique=True)
    login_name: Mapped[str] = mapped_column(String(255))
    login_key: Mapped[str] = mapped_column(String(255), unique=True)
    """`login_key` of the login name: SQLite's own ``lower`` knows ASCII only."""
    first_name: Mapped[str] = mapped_column(String(128))
    last_name: Mapped[str] = mapped_column(String(128))
    extension: Mapped[str] = mapped_column(String(32), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    """argon2's encoded form; None for somebody who cannot sign in with a password of ours."""
    is_agent: Mapped[bool]
    is_supervisor: Mapped[bool]
    is_administrator: Mapped[bool]
    team_id: Mapped[int | None] = mapped_column(ForeignKey(TeamRow.id), index=True)
    automatic_available: Mapped[bool]
    enabled: Mapped[bool]
    """Whether this person may sign in; the directory does not know the others."""
    resource_group_id: Mapped[int | None] = mapped_column(
        ForeignKey(ResourceGroupRow.id, ondelete="SET NULL"), index=True
    )
    group_position: Mapped[int] = mapped_column(server_default="0")
    source: Mapped[str] = mapped_column(String(16), server_default=text("''"))
    """The directory provider that tells of this person; empty: the person is ours."""


class ScramVerifierRow(Base):
    """`ScramVerifier` of a person."""

    __tablename__ = "scram_verifiers"

    person_id: Mapped[int] = mapped_column(
        ForeignKey(PersonRow.id, ondelete="CASCADE"), primary_key=True
    )
    password_hash: Mapped[str] = mapped_column(String(255))
    """The hash of the password that it was made of: with another one it is not theirs any more."""
    verifier: Mapped[str] = mapped_column(String(255))
    """RFC 5803's encoded form."""


class PersonSkillRow(Base):
    """`Competence` of a person."""

    __tablename__ = "person_skills"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 10", name="level"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey(PersonRow.id, ondelete="CASCADE"), primary_key=True
    )
    skill_id: Mapped[int] = mapped_column(
        ForeignKey(SkillRow.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    level: Mapped[int]


class TeamSupervisorRow(Base):
    """Who supervises a team."""

    __tablename__ = "team_supervisors"
    __table_args__ = (CheckConstraint("position >= 0", name="position"),)

    team_id: Mapped[int] = mapped_column(
        ForeignKey(TeamRow.id, ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey(PersonRow.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]
    """0: the primary supervisor; from 1: the secondary ones, in order."""


class CSQRow(Base):
    """`CSQ`; a queue without a resource group has the skills of `CSQSkillRow`."""

    __tablename__ = "csqs"
    __table_args__ = (
        CheckConstraint("wrapup_time_s BETWEEN 0 AND 7200", name="wrapup_time_s"),
        CheckConstraint("service_level_s >= 0", name="service_level_s"),
        CheckConstraint("service_level_percent BETWEEN 1 AND 100", name="service_level_percent"),
        CheckConstraint("ring_no_answer_s > 0", name="ring_no_answer_s"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    auto_work: Mapped[bool]
    wrapup_time_s: Mapped[int]
    service_level_s: Mapped[int]
    service_level_percent: Mapped[int] = mapped_column(server_default="70")
    resource_group_id: Mapped[int | None] = mapped_column(
        ForeignKey(ResourceGroupRow.id), index=True
    )
    criterion: Mapped[Criterion] = mapped_column(
        Enum(Criterion, native_enum=False, length=32), server_default="LONGEST_AVAILABLE"
    )
    ring_no_answer_s: Mapped[float | None] = mapped_column(Float)
    prompt: Mapped[str] = mapped_column(String(128), server_default=text("''"))
    type: Mapped[CSQType] = mapped_column(
        Enum(CSQType, native_enum=False, length=8), server_default="VOICE"
    )


class CSQSkillRow(Base):
    """`RequiredSkill` of a queue."""

    __tablename__ = "csq_skills"
    __table_args__ = (
        CheckConstraint("minimum BETWEEN 1 AND 10", name="minimum"),
        CheckConstraint("weight BETWEEN 1 AND 100", name="weight"),
    )

    csq_id: Mapped[int] = mapped_column(ForeignKey(CSQRow.id, ondelete="CASCADE"), primary_key=True)
    # Not CASCADE: without one of its skills a queue would have more agents, or none.
    skill_id: Mapped[int] = mapped_column(ForeignKey(SkillRow.id), primary_key=True, index=True)
    position: Mapped[int]
    minimum: Mapped[int]
    weight: Mapped[int]


class TriggerRow(Base):
    """`Trigger`."""

    __tablename__ = "triggers"
    __table_args__ = (
        CheckConstraint("max_sessions >= 0", name="max_sessions"),
        CheckConstraint("csq_id IS NOT NULL OR script <> ''", name="has_treatment"),
    )

    route_point: Mapped[str] = mapped_column(String(32), primary_key=True)
    application_id: Mapped[int] = mapped_column(unique=True)
    application_name: Mapped[str] = mapped_column(String(64))
    csq_id: Mapped[int | None] = mapped_column(ForeignKey(CSQRow.id), index=True)
    script: Mapped[str] = mapped_column(String(64), server_default=text("''"))
    max_sessions: Mapped[int] = mapped_column(server_default="0")
    language: Mapped[str] = mapped_column(String(16), server_default=text("''"))


class TriggerVariableRow(Base):
    """One of a trigger's ``variables``."""

    __tablename__ = "trigger_variables"

    route_point: Mapped[str] = mapped_column(
        ForeignKey(TriggerRow.route_point, ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(255))


class ReasonCodeRow(Base):
    """`ReasonCode`, whose ``team_ids`` are in `ReasonCodeTeamRow`."""

    __tablename__ = "reason_codes"
    __table_args__ = (
        UniqueConstraint("category", "code"),
        UniqueConstraint("category", "label"),
        CheckConstraint("code BETWEEN 0 AND 65535", name="code"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[ReasonCategory] = mapped_column(
        Enum(ReasonCategory, native_enum=False, length=16)
    )
    code: Mapped[int]
    label: Mapped[str] = mapped_column(String(40))
    for_all: Mapped[bool]
    system_code: Mapped[bool]


class ReasonCodeTeamRow(Base):
    """A team that uses a reason code that is not for all."""

    __tablename__ = "reason_code_teams"

    reason_code_id: Mapped[int] = mapped_column(
        ForeignKey(ReasonCodeRow.id, ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(
        ForeignKey(TeamRow.id, ondelete="CASCADE"), primary_key=True, index=True
    )


class SampleRow(Base):
    """How much of some sample data has been put in, so that what was deleted is not put in again."""

    __tablename__ = "samples"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The configuration key that asks for it."""
    count: Mapped[int]


# The history. Tables and columns have the names of the vendor's schema in lower case, so that the SQL of known
# reports, which quotes no name, finds them in SQLite and in PostgreSQL. Times are UTC, durations whole seconds. Texts
# have no limit: what has happened is kept as it was.


class AgentStateDetailRow(Base):
    """`AgentStateDetail`."""

    __tablename__ = "agentstatedetail"

    agent_id: Mapped[str] = mapped_column("agentid", String(64), primary_key=True)
    event_date_time: Mapped[datetime] = mapped_column("eventdatetime", primary_key=True, index=True)
    gmt_offset: Mapped[int] = mapped_column("gmtoffset", primary_key=True)
    event_type: Mapped[int] = mapped_column("eventtype", primary_key=True)
    reason_code: Mapped[int] = mapped_column("reasoncode", primary_key=True)
    profile_id: Mapped[int] = mapped_column("profileid", primary_key=True)


class _LegRow(Base):
    """What the rows of a leg have in common."""

    __abstract__ = True

    session_id: Mapped[int] = mapped_column(
        "sessionid", BigInteger, primary_key=True, autoincrement=False, sort_order=-4
    )
    session_seq_num: Mapped[int] = mapped_column(
        "sessionseqnum", primary_key=True, autoincrement=False, sort_order=-3
    )
    node_id: Mapped[int] = mapped_column(
        "nodeid", primary_key=True, autoincrement=False, sort_order=-2
    )
    profile_id: Mapped[int] = mapped_column(
        "profileid", primary_key=True, autoincrement=False, sort_order=-1
    )


class ContactCallDetailRow(_LegRow):
    """`ContactCallDetail`."""

    __tablename__ = "contactcalldetail"

    contact_type: Mapped[int] = mapped_column("contacttype")
    contact_disposition: Mapped[int] = mapped_column("contactdisposition")
    disposition_reason: Mapped[str] = mapped_column("dispositionreason", Text)
    originator_type: Mapped[int] = mapped_column("originatortype")
    originator_id: Mapped[str] = mapped_column("originatorid", Text)
    originator_dn: Mapped[str] = mapped_column("originatordn", Text)
    destination_type: Mapped[int] = mapped_column("destinationtype")
    destination_id: Mapped[str] = mapped_column("destinationid", Text)
    destination_dn: Mapped[str] = mapped_column("destinationdn", Text)
    called_number: Mapped[str] = mapped_column("callednumber", Text)
    start_date_time: Mapped[datetime] = mapped_column("startdatetime", index=True)
    end_date_time: Mapped[datetime] = mapped_column("enddatetime")
    application_name: Mapped[str] = mapped_column("applicationname", Text)
    custom_variable1: Mapped[str] = mapped_column("customvariable1", Text)
    custom_variable2: Mapped[str] = mapped_column("customvariable2", Text)
    custom_variable3: Mapped[str] = mapped_column("customvariable3", Text)
    custom_variable4: Mapped[str] = mapped_column("customvariable4", Text)
    custom_variable5: Mapped[str] = mapped_column("customvariable5", Text)
    custom_variable6: Mapped[str] = mapped_column("customvariable6", Text)
    custom_variable7: Mapped[str] = mapped_column("customvariable7", Text)
    custom_variable8: Mapped[str] = mapped_column("customvariable8", Text)
    custom_variable9: Mapped[str] = mapped_column("customvariable9", Text)
    custom_variable10: Mapped[str] = mapped_column("customvariable10", Text)
    connect_time: Mapped[int] = mapped_column("connecttime")
    flowout: Mapped[int] = mapped_column("flowout")
    transfer: Mapped[int] = mapped_column("transfer")
    redirect: Mapped[int] = mapped_column("redirect")
    conference: Mapped[int] = mapped_column("conference")


class ContactQueueDetailRow(_LegRow):
    """`ContactQueueDetail`."""

    __tablename__ = "contactqueuedetail"

    target_type: Mapped[int] = mapped_column("targettype", primary_key=True)
    target_id: Mapped[int] = mapped_column("targetid", primary_key=True)
    q_index: Mapped[int] = mapped_column("qindex", primary_key=True)
    disposition: Mapped[int] = mapped_column("disposition")
    met_service_level: Mapped[int] = mapped_column("metservicelevel")
    queue_time: Mapped[int] = mapped_column("queuetime")
    target_agent_id: Mapped[str] = mapped_column("targetagentid", Text)


class ContactRoutingDetailRow(_LegRow):
    """`ContactRoutingDetail`."""

    __tablename__ = "contactroutingdetail"

    orig_priority: Mapped[int] = mapped_column("origpriority")
    final_priority: Mapped[int] = mapped_column("finalpriority")
    queue_time: Mapped[int] = mapped_column("queuetime")
    start_date_time: Mapped[datetime] = mapped_column("startdatetime")
    selection_reason: Mapped[str] = mapped_column("selectionreason", Text)


class AgentConnectionDetailRow(_LegRow):
    """`AgentConnectionDetail`."""

    __tablename__ = "agentconnectiondetail"
    __table_args__ = (Index(None, "resourceid", "startdatetime"),)

    resource_id: Mapped[str] = mapped_column("resourceid", String(64), primary_key=True)
    start_date_time: Mapped[datetime] = mapped_column("startdatetime", primary_key=True)
    end_date_time: Mapped[datetime] = mapped_column("enddatetime")
    q_index: Mapped[int] = mapped_column("qindex")
    ring_time: Mapped[int] = mapped_column("ringtime")
    talk_time: Mapped[int] = mapped_column("talktime")
    hold_time: Mapped[int] = mapped_column("holdtime")
    work_time: Mapped[int] = mapped_column("worktime")
    call_wrapup_data: Mapped[str] = mapped_column("callwrapupdata", Text)
    call_result: Mapped[int] = mapped_column("callresult")
    outcome: Mapped[int] = mapped_column("outcome")


class JournalRow(Base):
    """How much of a journal is in the history tables."""

    __tablename__ = "journals"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    """The number of the last record that is."""
