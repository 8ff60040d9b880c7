"""The whole configuration as one value of plain values: what a text of it may say.

Kinds and fields are called as REST and the audit log call them. Everything refers to everything else by what people
know it by: a login id, a name, a route point, a label; no id of the database is in it, and no password. What is left
out of an entry is as in a new one; what is at its default is left out when a document is written.

Spec: ``rest.md`` §12 (names and limits).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import NODEFAULT, Meta, Struct

from finesse_tx.directory.core.edits import Register
from finesse_tx.directory.core.queues import Criterion
from finesse_tx.directory.core.records import ReasonCategory, ReasonCode, Role
from finesse_tx.engine.core.outbound.records import MAX_NAME, Campaign, DialingMode
from finesse_tx.errors import FinesseError
from finesse_tx.toml_lines import Path
from finesse_tx.webservices.core.administration.objects import (
    BookType,
    ConditionSet,
    Contact,
    MediaPropertiesLayout,
    TriggerSet,
    WorkflowAction,
    WrapUpReason,
)
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.administration.system import (
    ChatConfig,
    CloudConnectConfig,
    ClusterConfig,
    CORSConfig,
    ECCVariableConfig,
    EnterpriseDatabaseConfig,
    LayoutConfig,
    SystemConfig,
)

__all__ = [
    "FORMAT",
    "CampaignEntry",
    "Configuration",
    "Document",
    "DocumentRefusedError",
    "Fault",
    "PhoneBookEntry",
    "QueueEntry",
    "ReasonCodeEntry",
    "RequiredSkillEntry",
    "ResourceGroupEntry",
    "SkillEntry",
    "TeamEntry",
    "TriggerEntry",
    "UserEntry",
    "WorkflowEntry",
    "name_of",
    "plain",
    "unknown_keys",
]

FORMAT: Final = 1
"""Which shape of a document this is."""

MAX_FAULTS: Final = 50
"""So many faults are told of."""

_UNTOLD: Final = frozenset({"uri"})
"""Not in a document: a path has an id of the database in it, or nothing that the kind does not say."""

_SECRET: Final = frozenset({"password"})
"""In a document that is taken in, but never in one that is written."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that is configured, as the server has it.

    Attributes:
        register: People, teams, queues and reason codes.
        settings: All the rest, but for campaigns.
        campaigns: By id.
        called: The ids of those that have customers.
    """

    register: Register = field(default_factory=Register)
    settings: Settings = field(default_factory=Settings)
    campaigns: tuple[Campaign, ...] = ()
    called: frozenset[int] = frozenset()

    def with_reasons(self, reasons: Sequence[ReasonCode]) -> Configuration:
        """The same, with these reason codes."""
        snapshot = replace(self.register.snapshot, reason_codes=tuple(reasons))
        return replace(self, register=replace(self.register, snapshot=snapshot))


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a document cannot be taken in.

    Attributes:
        where: What it is about, for people to read, such as ``Team "Night": primarySupervisor``; may be empty.
        reason: What is wrong with it.
        line: Where that is, from 1; 0 where it is not known, as in JSON.
    """

    where: str
    reason: str
    line: int = 0

    def __str__(self) -> str:
        said = f"{self.where}: {self.reason}" if self.where else self.reason
        return f"line {self.line}: {said}" if self.line else said


class DocumentRefusedError(FinesseError):
    """A document cannot be taken in, and nothing was changed.

    Attributes:
        faults: All that is wrong, in the order of the lines.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(*faults)
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))

    def __str__(self) -> str:
        lines = [str(fault) for fault in self.faults[:MAX_FAULTS]]
        if len(self.faults) > MAX_FAULTS:
            lines.append(f"and {len(self.faults) - MAX_FAULTS} more")
        return "\n".join(lines)


class _Entry(Struct, frozen=True, rename="camel", kw_only=True):
    """What there are many of."""


class SkillEntry(_Entry, frozen=True, kw_only=True):
    """A `Skill`."""

    name: str


class ResourceGroupEntry(_Entry, frozen=True, kw_only=True):
    """A `ResourceGroup`."""

    name: str


class TeamEntry(_Entry, frozen=True, kw_only=True):
    """A `Team`, and what it has of its own, in its order."""

    name: str
    primary_supervisor: str = ""
    secondary_supervisors: tuple[str, ...] = ()
    not_ready_reasons: tuple[str, ...] = ()
    logout_reasons: tuple[str, ...] = ()
    wrap_up_reasons: tuple[str, ...] = ()
    media_properties_layouts: tuple[str, ...] = ()
    phone_books: tuple[str, ...] = ()
    workflows: tuple[str, ...] = ()
    layoutxml: str = ""


class UserEntry(_Entry, frozen=True, kw_only=True):
    """A `Person`; without a name for signing in that is the login id."""

    login_id: str
    login_name: str = ""
    first_name: str = ""
    last_name: str = ""
    extension: str = ""
    roles: tuple[Role, ...]
    team: str = ""
    automatic_available: bool = True
    skills: dict[str, int] = {}
    resource_group: str = ""
    group_position: int = 0
    enabled: bool = True
    source: str = ""


class RequiredSkillEntry(_Entry, frozen=True, kw_only=True):
    """What a queue asks for."""

    skill: str
    minimum: int = 1
    weight: int = 1


class QueueEntry(_Entry, frozen=True, kw_only=True):
    """A `CSQ`; its agents are a resource group, or have skills."""

    name: str
    type: Literal["VOICE", "EMAIL", "CHAT"] = "VOICE"
    auto_work: bool = False
    wrapup_time_s: int = 0
    service_level_s: int = 5
    service_level_percent: int = 70
    resource_group: str = ""
    skills: tuple[RequiredSkillEntry, ...] = ()
    criterion: Criterion = Criterion.LONGEST_AVAILABLE
    ring_no_answer_s: float | None = None
    prompt: str = ""


class TriggerEntry(_Entry, frozen=True, kw_only=True):
    """A `Trigger`."""

    route_point: str
    application_id: int
    application_name: str
    queue: str = ""
    script: str = ""
    max_sessions: int = 0
    language: str = ""
    variables: dict[str, str] = {}


class CampaignEntry(_Entry, frozen=True, kw_only=True):
    """A `Campaign`, but for whether it runs, and for whom it calls."""

    name: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
    mode: DialingMode = DialingMode.DIRECT_PREVIEW
    queue: str
    windows: str = ""
    time_zone: str = "UTC"
    max_attempts: int = 3
    busy_retry_s: int = 900
    no_answer_retry_s: int = 3600
    machine_retry_s: int = 3600
    declined_retry_s: int = 300
    lines_per_agent: int = 1
    reservation_s: int = 30


class ReasonCodeEntry(_Entry, frozen=True, kw_only=True):
    """A `ReasonCode`; it is known by its category and its code."""

    category: ReasonCategory
    code: Annotated[int, Meta(ge=0, le=65_535)]
    label: Annotated[str, Meta(min_length=1, max_length=40)]
    for_all: bool = True
    system_code: bool = False


class PhoneBookEntry(_Entry, frozen=True, kw_only=True):
    """A `PhoneBook` with its contacts, in their order."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    type: BookType
    contacts: tuple[Contact, ...] = ()


class WorkflowEntry(_Entry, frozen=True, kw_only=True):
    """A `Workflow`; its actions by name, in their order."""

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    description: Annotated[str, Meta(max_length=128)] = ""
    media: Annotated[str, Meta(min_length=1, max_length=64)] = "Voice"
    trigger_set: TriggerSet
    condition_set: ConditionSet = ConditionSet()
    workflow_actions: Annotated[tuple[str, ...], Meta(max_length=5)] = ()


class Document(Struct, frozen=True, rename="pascal", kw_only=True):
    """The configuration. What there is one of each and is None is as the server's own configuration says."""

    format: Literal[1] = msgspec.field(name="format")
    skills: tuple[SkillEntry, ...] = msgspec.field(name="Skill", default=())
    groups: tuple[ResourceGroupEntry, ...] = msgspec.field(name="ResourceGroup", default=())
    teams: tuple[TeamEntry, ...] = msgspec.field(name="Team", default=())
    people: tuple[UserEntry, ...] = msgspec.field(name="User", default=())
    queues: tuple[QueueEntry, ...] = msgspec.field(name="Queue", default=())
    triggers: tuple[TriggerEntry, ...] = msgspec.field(name="Trigger", default=())
    campaigns: tuple[CampaignEntry, ...] = msgspec.field(name="Campaign", default=())
    reasons: tuple[ReasonCodeEntry, ...] = msgspec.field(name="ReasonCode", default=())
    wrap_up_reasons: tuple[WrapUpReason, ...] = msgspec.field(name="WrapUpReason", default=())
    call_layouts: tuple[MediaPropertiesLayout, ...] = msgspec.field(
        name="MediaPropertiesLayout", default=()
    )
    phone_books: tuple[PhoneBookEntry, ...] = msgspec.field(name="PhoneBook", default=())
    actions: tuple[WorkflowAction, ...] = msgspec.field(name="WorkflowAction", default=())
    workflows: tuple[WorkflowEntry, ...] = msgspec.field(name="Workflow", default=())
    system_config: SystemConfig | None = None
    cluster_config: ClusterConfig | None = None
    enterprise_database_config: EnterpriseDatabaseConfig | None = None
    ecc_variable_config: ECCVariableConfig | None = msgspec.field(
        name="ECCVariableConfig", default=None
    )
    chat_config: ChatConfig | None = None
    cloud_connect_config: CloudConnectConfig | None = None
    cors_config: CORSConfig | None = msgspec.field(name="CORSConfig", default=None)
    layout_config: LayoutConfig | None = None

    @property
    def singles(self) -> dict[str, Struct]:
        """What there is one of each, by its resource."""
        found = (
            self.system_config,
            self.cluster_config,
            self.enterprise_database_config,
            self.ecc_variable_config,
            self.chat_config,
            self.cloud_connect_config,
            self.cors_config,
            self.layout_config,
        )
        return {type(one).__name__: one for one in found if one is not None}


def plain(value: object) -> Any:
    """A document, or a part of one, as dictionaries, lists and scalars; without what is at its default."""
    match value:
        case Struct():
            return {
                one.encode_name: plain(found)
                for one in msgspec.structs.fields(value)
                if one.encode_name not in _UNTOLD | _SECRET
                and (found := getattr(value, one.name)) is not None
                and not _is_default(one, found)
            }
        case dict():
            return {key: plain(value[key]) for key in sorted(value)}
        case tuple():
            return [plain(one) for one in value]
        case _:
            return msgspec.to_builtins(value)


def _is_default(one: msgspec.structs.FieldInfo, found: object) -> bool:
    if one.default is not NODEFAULT:
        return bool(found == one.default)
    return one.default_factory is not NODEFAULT and not found


def unknown_keys(raw: object, value: object, path: Path = ()) -> list[Path]:
    """Where a document says something that a document does not say.

    Args:
        raw: What was read.
        value: What became of it.
        path: Where that is.
    """
    match raw, value:
        case dict(), Struct():
            fields = {one.encode_name: one.name for one in msgspec.structs.fields(value)}
            known = fields.keys() - _UNTOLD
            found = [(*path, key) for key in raw if key not in known]
            for key in known & raw.keys():
                found += unknown_keys(raw[key], getattr(value, fields[key]), (*path, key))
            return found
        case list(), tuple():
            return [
                where
                for index, (inner, one) in enumerate(zip(raw, value, strict=True))
                for where in unknown_keys(inner, one, (*path, index))
            ]
        case _:
            return []


def name_of(entry: Mapping[str, Any]) -> str:
    """What an entry is known by, for people to read."""
    if "category" in entry:
        return f"{entry['category']} {entry.get('code', '')}".strip()
    for key in ("loginId", "routePoint", "name", "label"):
        if key in entry:
            return str(entry[key])
    return ""
