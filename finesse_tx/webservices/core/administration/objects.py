"""The configuration's objects, as they are written, read and kept.

Each stands in wire order, and its limits are in its declaration, so that reading a body checks them. What is kept is
the object itself, with the URI of its row.

Spec: ``rest.md`` §12.5 to §12.8, §2.8 to §2.11 (the forms that agents read), §1.10 (limits).
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, ClassVar

from msgspec import Meta, Struct, field

from finesse_tx.webservices.core.declaration import item

__all__ = [
    "ActionReference",
    "ActionType",
    "ActionVariable",
    "ApplyMethod",
    "BookType",
    "Column",
    "Comparator",
    "Condition",
    "ConditionSet",
    "Contact",
    "Contacts",
    "Entry",
    "HandledBy",
    "Header",
    "LayoutType",
    "MediaPropertiesLayout",
    "MediaPropertiesLayouts",
    "Param",
    "PhoneBook",
    "PhoneBooks",
    "Trigger",
    "TriggerSet",
    "UserPhoneBook",
    "UserPhoneBooks",
    "Variable",
    "VariableType",
    "Workflow",
    "WorkflowAction",
    "WorkflowActions",
    "Workflows",
    "WrapUpReason",
    "WrapUpReasons",
]

Text128 = Annotated[str, Meta(max_length=128)]


class WrapUpReason(Struct, frozen=True, rename="camel", kw_only=True):
    """How a call went, for an agent to choose."""

    uri: str = ""
    label: Annotated[str, Meta(min_length=1, max_length=39)]
    for_all: bool


class WrapUpReasons(Struct, frozen=True):
    """Wrap-up reasons."""

    of: Annotated[tuple[WrapUpReason, ...], item()] = field(name="WrapUpReason", default=())


# Call-variable layouts ------------------------------------------------------------------------------------------


class LayoutType(Enum):
    """Whether it is the one that always is."""

    DEFAULT = "DEFAULT"
    CUSTOM = "CUSTOM"


class Entry(Struct, frozen=True, rename="camel", kw_only=True):
    """One variable of a call, and what it is called on the screen."""

    display_name: Annotated[str, Meta(max_length=50)]
    media_property: Annotated[str, Meta(min_length=1, max_length=32)]
    show_in_pop_over: bool | None = None
    ui_editable: bool | None = None


class Header(Struct, frozen=True):
    """What stands above the columns."""

    entries: Annotated[tuple[Entry, ...], item(), Meta(min_length=1, max_length=1)] = field(
        name="entry"
    )


class Column(Struct, frozen=True):
    """One of the columns."""

    entries: Annotated[tuple[Entry, ...], item(), Meta(max_length=10)] = field(
        name="entry", default=()
    )


class MediaPropertiesLayout(Struct, frozen=True, rename="camel", kw_only=True):
    """Which variables of a call an agent sees, and where."""

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    description: Text128 = ""
    type: LayoutType = LayoutType.CUSTOM
    header: Header
    columns: Annotated[tuple[Column, ...], item(), Meta(max_length=2)] = field(
        name="column", default=()
    )
    uri: str = ""


class MediaPropertiesLayouts(Struct, frozen=True):
    """Call-variable layouts."""

    of: Annotated[tuple[MediaPropertiesLayout, ...], item()] = field(
        name="MediaPropertiesLayout", default=()
    )


# Phone books ----------------------------------------------------------------------------------------------------


class BookType(Enum):
    """Whose phone book it is."""

    GLOBAL = "GLOBAL"
    TEAM = "TEAM"


class Contact(Struct, frozen=True, rename="camel", kw_only=True):
    """Somebody to call."""

    first_name: Text128 = ""
    last_name: Text128 = ""
    phone_number: Annotated[str, Meta(min_length=1, max_length=32)]
    description: Text128 = ""
    uri: str = ""


class Contacts(Struct, frozen=True):
    """The contacts of a phone book."""

    of: Annotated[tuple[Contact, ...], item()] = field(name="Contact", default=())


class PhoneBook(Struct, frozen=True, rename="camel", kw_only=True):
    """A phone book, as administrators see it: its contacts are elsewhere."""

    uri: str = ""
    name: Annotated[str, Meta(min_length=1, max_length=64)]
    type: BookType
    contacts: str = ""


class PhoneBooks(Struct, frozen=True):
    """Phone books, as administrators see them."""

    of: Annotated[tuple[PhoneBook, ...], item()] = field(name="PhoneBook", default=())


class UserPhoneBook(Struct, frozen=True, rename="camel", kw_only=True):
    """A phone book, as agents see it: with its contacts."""

    ELEMENT: ClassVar[str] = "PhoneBook"

    name: str
    type: BookType
    uri: str
    contacts: Annotated[tuple[Contact, ...], item("Contact")]


class UserPhoneBooks(Struct, frozen=True):
    """Phone books, as agents see them."""

    ELEMENT: ClassVar[str] = "PhoneBooks"

    of: Annotated[tuple[UserPhoneBook, ...], item()] = field(name="PhoneBook", default=())


# Workflows ------------------------------------------------------------------------------------------------------


class VariableType(Enum):
    """Who has defined a variable."""

    SYSTEM = "SYSTEM"
    CUSTOM = "CUSTOM"


class Comparator(Enum):
    """How a variable is compared with a value."""

    CONTAINS = "CONTAINS"
    DOES_NOT_CONTAIN = "DOES_NOT_CONTAIN"
    IS_EQUAL = "IS_EQUAL"
    IS_NOT_EQUAL = "IS_NOT_EQUAL"
    BEGINS_WITH = "BEGINS_WITH"
    ENDS_WITH = "ENDS_WITH"
    IS_EMPTY = "IS_EMPTY"
    IS_NOT_EMPTY = "IS_NOT_EMPTY"
    IS_IN_LIST = "IS_IN_LIST"


class ApplyMethod(Enum):
    """How many of the conditions must hold."""

    ALL = "ALL"
    ANY = "ANY"


class ActionType(Enum):
    """What a workflow does."""

    BROWSER_POP = "BROWSER_POP"
    HTTP_REQUEST = "HTTP_REQUEST"


class HandledBy(Enum):
    """Who does it."""

    FINESSE_DESKTOP = "FINESSE_DESKTOP"
    OTHER = "OTHER"


class Variable(Struct, frozen=True, kw_only=True):
    """A value in a dialog; ``node`` is the XPath to it."""

    name: Annotated[str, Meta(min_length=1, max_length=32)]
    node: Annotated[str, Meta(max_length=500)] = ""
    type: VariableType = VariableType.SYSTEM


class Trigger(Struct, frozen=True, kw_only=True):
    """One comparison of a trigger."""

    variable: Variable = field(name="Variable")
    comparator: Comparator
    value: str = ""


class TriggerSet(Struct, frozen=True, rename="camel", kw_only=True):
    """When a workflow is looked at."""

    type: VariableType = VariableType.SYSTEM
    name: Annotated[str, Meta(min_length=1, max_length=64)]
    allow_overlapping_call_workflow: bool = False
    triggers: Annotated[tuple[Trigger, ...], item("Trigger"), Meta(max_length=5)] = ()


class Condition(Struct, frozen=True, kw_only=True):
    """One comparison of a workflow."""

    variable: Variable = field(name="Variable")
    comparator: Comparator
    value: str = ""


class ConditionSet(Struct, frozen=True, rename="camel", kw_only=True):
    """Whether a workflow runs."""

    apply_method: ApplyMethod = ApplyMethod.ALL
    conditions: Annotated[tuple[Condition, ...], item("Condition"), Meta(max_length=5)] = ()


class ActionReference(Struct, frozen=True, kw_only=True):
    """An action, as a workflow names it."""

    ELEMENT: ClassVar[str] = "WorkflowAction"

    name: str = ""
    uri: Annotated[str, Meta(min_length=1)]
    type: str = ""


class Workflow(Struct, frozen=True, rename="camel", kw_only=True):
    """What the browser does by itself when a call comes, is answered, or ends."""

    uri: str = ""
    name: Annotated[str, Meta(min_length=1, max_length=40)]
    description: Text128 = ""
    media: Annotated[str, Meta(min_length=1, max_length=64)] = "Voice"
    trigger_set: TriggerSet = field(name="TriggerSet")
    condition_set: ConditionSet = field(name="ConditionSet", default=ConditionSet())
    workflow_actions: Annotated[
        tuple[ActionReference, ...], item("WorkflowAction"), Meta(max_length=5)
    ] = ()


class Workflows(Struct, frozen=True):
    """Workflows."""

    of: Annotated[tuple[Workflow, ...], item()] = field(name="Workflow", default=())


class Param(Struct, frozen=True, kw_only=True):
    """A parameter of an action."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    value: str = ""


class ActionVariable(Struct, frozen=True, rename="camel", kw_only=True):
    """A value of the dialog that an action's parameters refer to as ``${name}``."""

    name: Annotated[str, Meta(min_length=1, max_length=32)]
    node: Annotated[str, Meta(max_length=500)] = ""
    type: VariableType = VariableType.SYSTEM
    test_value: Text128 = ""


class WorkflowAction(Struct, frozen=True, rename="camel", kw_only=True):
    """Something that a workflow does."""

    uri: str = ""
    name: Annotated[str, Meta(min_length=1, max_length=64)]
    type: ActionType
    handled_by: HandledBy = HandledBy.FINESSE_DESKTOP
    params: Annotated[tuple[Param, ...], item("Param"), Meta(max_length=10)] = ()
    action_variables: Annotated[
        tuple[ActionVariable, ...], item("ActionVariable"), Meta(max_length=5)
    ] = ()


class WorkflowActions(Struct, frozen=True):
    """The actions of workflows."""

    of: Annotated[tuple[WorkflowAction, ...], item()] = field(name="WorkflowAction", default=())
