"""Which table keeps what of the configuration, and what is kept as JSON within a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from finesse_tx.directory.core.records import ReasonCode
from finesse_tx.store.administration_tables import (
    LayoutTeamRow,
    MediaPropertiesLayoutRow,
    PhoneBookRow,
    PhoneBookTeamRow,
    WorkflowActionRow,
    WorkflowRow,
    WorkflowTeamRow,
    WrapUpReasonRow,
    WrapUpReasonTeamRow,
)
from finesse_tx.store.tables import Base, ReasonCodeRow
from finesse_tx.webservices.core.administration import objects

__all__ = ["LINKS", "ROWS", "LayoutDefinition", "WorkflowActionDefinition", "WorkflowDefinition"]

ROWS: Final[Mapping[type, type[Base]]] = {
    ReasonCode: ReasonCodeRow,
    objects.WrapUpReason: WrapUpReasonRow,
    objects.MediaPropertiesLayout: MediaPropertiesLayoutRow,
    objects.PhoneBook: PhoneBookRow,
    objects.Workflow: WorkflowRow,
    objects.WorkflowAction: WorkflowActionRow,
}
"""The table of each kind."""

LINKS: Final[Mapping[type, Any]] = {
    objects.WrapUpReason: WrapUpReasonTeamRow,
    objects.MediaPropertiesLayout: LayoutTeamRow,
    objects.PhoneBook: PhoneBookTeamRow,
    objects.Workflow: WorkflowTeamRow,
}
"""Which table says what a team has of its own; reason codes have `ReasonCodeTeamRow`, without an order."""


class LayoutDefinition(Struct):
    """Of a call-variable layout."""

    header: objects.Header
    columns: tuple[objects.Column, ...]


class WorkflowDefinition(Struct):
    """Of a workflow."""

    trigger_set: objects.TriggerSet
    condition_set: objects.ConditionSet


class WorkflowActionDefinition(Struct):
    """Of an action."""

    params: tuple[objects.Param, ...]
    action_variables: tuple[objects.ActionVariable, ...]
