"""The operations that we carry out: what each is asked with, what it answers, and who may.

Spec: ``axl.md`` §7; §3 for the roles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from finesse_tx.directory.core.axl.fields import Field, In, Thing, Type
from finesse_tx.directory.core.axl.objects import (
    APP_USER,
    CTI_ROUTE_POINT,
    LINE,
    PHONE,
    USER,
)

__all__ = ["OPERATIONS", "Access", "Operation", "Verb"]


class Access(Enum):
    """What an operation needs; the value is the role's name."""

    READ = "Standard AXL Read Only API Access"
    WRITE = "Standard AXL API Access"


class Verb(Enum):
    """What an operation does to its object; `DO` for those that have none."""

    GET = "get"
    LIST = "list"
    ADD = "add"
    UPDATE = "update"
    REMOVE = "remove"
    DO = "do"


@dataclass(frozen=True, slots=True)
class Operation:
    """One of them.

    Attributes:
        name: The element in the body.
        verb: What it does.
        thing: To what.
        request: What it is asked with, in order, after the key.
        result: What ``return`` holds; empty: a text.
        choice: Of these groups of fields exactly one must be there, of which the first field is needed.
        access: Who may.
        in_return: Whether the result stands within ``return``; else at its place.
    """

    name: str
    verb: Verb
    thing: Thing | None
    request: tuple[Field, ...] = ()
    result: tuple[Field, ...] = ()
    choice: tuple[tuple[str, ...], ...] = ()
    access: Access = Access.READ
    in_return: bool = True


_UUID: Final = Field("uuid", Type.UUID)


def _key(thing: Thing) -> tuple[Field, ...]:
    """What names one object: its uuid, or its key."""
    fields = [_UUID]
    fields += [Field(name, thing.by_name[name].type) for name in thing.key]
    return tuple(fields)


def _operation(verb: Verb, thing: Thing) -> Operation:
    name = verb.value + thing.kind.title
    choice = (("uuid",), thing.key)
    match verb:
        case Verb.GET:
            tags = Field("returnedTags", fields=thing.fields_in(In.GET))
            found = Field(
                thing.kind.value,
                required=True,
                fields=thing.fields_in(In.GET),
                attributes=thing.attributes,
            )
            return Operation(name, verb, thing, (*_key(thing), tags), (found,), choice)
        case Verb.LIST:
            criteria = tuple(Field(name) for name in thing.criteria)
            listed = thing.fields_in(In.LIST)
            request = (
                Field("searchCriteria", required=True, fields=criteria),
                Field("returnedTags", required=True, fields=listed, attributes=("uuid",)),
                Field("skip", Type.COUNT),
                Field("first", Type.COUNT),
            )
            found = Field(thing.kind.value, many=True, fields=listed, attributes=thing.attributes)
            return Operation(name, verb, thing, request, (found,))
        case Verb.ADD:
            given = Field(thing.kind.value, required=True, fields=thing.fields_in(In.ADD))
            return Operation(name, verb, thing, (given,), access=Access.WRITE)
        case Verb.UPDATE:
            renames = tuple(Field(new, thing.by_name[old].type) for old, new in thing.renames)
            deltas = tuple(
                Field(delta, fields=thing.by_name[wrapper].fields)
                for delta, wrapper, _ in thing.deltas
            )
            optional = tuple(
                Field(field.name, field.type, field.where, fields=field.fields, many=field.many)
                for field in thing.fields_in(In.UPDATE)
            )
            changes = (*_key(thing), *renames, *deltas, *optional)
            return Operation(name, verb, thing, changes, (), choice, Access.WRITE)
        case Verb.REMOVE:
            return Operation(name, verb, thing, _key(thing), (), choice, Access.WRITE)
        case Verb.DO:
            raise ValueError(f"{name} is not made of an object")


_ALL: Final = (Verb.GET, Verb.LIST, Verb.ADD, Verb.UPDATE, Verb.REMOVE)

_VERBS: Final = (
    (USER, _ALL),
    (PHONE, _ALL),
    (LINE, _ALL),
    (APP_USER, (Verb.GET, Verb.LIST, Verb.UPDATE)),
    (CTI_ROUTE_POINT, (Verb.GET, Verb.LIST)),
)

_CHANGE: Final = Field(
    "change",
    many=True,
    fields=(
        Field("id", Type.COUNT, required=True),
        Field("action", required=True),
        Field("doGet", Type.BOOLEAN, required=True),
        Field(
            "changedTags",
            required=True,
            fields=(Field("changedTag", many=True, attributes=("name",)),),
        ),
    ),
    attributes=("type", "uuid"),
)

_DOING: Final = (
    Operation(
        "getCCMVersion",
        Verb.DO,
        None,
        (Field("processNodeName"),),
        (Field("componentVersion", required=True, fields=(Field("version", required=True),)),),
    ),
    Operation(
        "doAuthenticateUser",
        Verb.DO,
        None,
        (Field("userid", required=True), Field("password"), Field("pin")),
        (
            Field("userAuthenticated", Type.BOOLEAN, required=True),
            Field("code", Type.INTEGER, required=True),
            Field("daysToExpiry", Type.INTEGER),
            Field("isWarningNeeded", Type.BOOLEAN),
        ),
        (("password",), ("pin",)),
    ),
    Operation(
        "executeSQLQuery",
        Verb.DO,
        None,
        (Field("sql", required=True),),
        (Field("row", Type.ANY, many=True),),
    ),
    Operation(
        "executeSQLUpdate",
        Verb.DO,
        None,
        (Field("sql", required=True),),
        (Field("rowsUpdated", Type.INTEGER, required=True),),
        access=Access.WRITE,
    ),
    Operation(
        "doChangeDNDStatus",
        Verb.DO,
        None,
        (Field("userID"), _UUID, Field("dndStatus", Type.BOOLEAN, required=True)),
        choice=(("userID",), ("uuid",)),
        access=Access.WRITE,
    ),
    Operation(
        "doDeviceLogin",
        Verb.DO,
        None,
        (
            Field("deviceName", Type.REFERENCE, required=True),
            Field("loginDuration", Type.COUNT, required=True),
            Field("profileName", Type.REFERENCE, required=True),
            Field("userId", required=True),
        ),
        access=Access.WRITE,
    ),
    Operation(
        "doDeviceLogout",
        Verb.DO,
        None,
        (Field("deviceName", Type.REFERENCE, required=True),),
        access=Access.WRITE,
    ),
    Operation(
        "listChange",
        Verb.DO,
        None,
        (
            Field("startChangeId", Type.COUNT, attributes=("queueId",)),
            Field("objectList", fields=(Field("object", many=True),)),
        ),
        (
            Field(
                "queueInfo",
                fields=(
                    Field("firstChangeId", Type.COUNT, required=True),
                    Field("lastChangeId", Type.COUNT, required=True),
                    Field("nextStartChangeId", Type.COUNT, required=True),
                    Field("queueId", required=True),
                ),
            ),
            Field("changes", required=True, fields=(_CHANGE,)),
        ),
        in_return=False,
    ),
)

OPERATIONS: Final[Mapping[str, Operation]] = {
    operation.name: operation
    for operation in (
        *_DOING[:2],
        *(_operation(verb, thing) for thing, verbs in _VERBS for verb in verbs),
        *_DOING[2:],
    )
}
"""By name."""
