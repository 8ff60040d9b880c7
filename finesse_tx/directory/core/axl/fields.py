"""How an AXL request, an object and an answer are described: as data, from which everything else is made.

The reader and the writer of XML (`finesse_tx.directory.core.axl.values`), the WSDL and the schema
(`finesse_tx.directory.core.axl.schema`) and the tables of ``docs/axl.rst`` all come of these.

Spec: ``axl.md`` §2 (names are unqualified), §7.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, Flag, auto
from functools import cached_property

__all__ = ["EXACT", "KEPT", "LISTED", "SHOWN", "WRITTEN", "Field", "In", "Kind", "Thing", "Type"]


class Type(Enum):
    """What a field's text is; the value is the schema's type."""

    TEXT = "xsd:string"
    BOOLEAN = "axlapi:boolean"
    INTEGER = "axlapi:XInteger"
    COUNT = "xsd:unsignedLong"
    REFERENCE = "axlapi:XFkType"
    """The name of another object, with its ``uuid`` as an attribute."""
    UUID = "axlapi:XUUID"
    ANY = "xsd:anyType"


class In(Flag):
    """Where a field of an object may stand."""

    ADD = auto()
    UPDATE = auto()
    GET = auto()
    LIST = auto()


EXACT = In.ADD | In.GET | In.LIST
"""Set once."""
KEPT = In.ADD | In.UPDATE | In.GET
"""Of one object at a time: lists do not show it."""
LISTED = KEPT | In.LIST
"""The ordinary field."""
SHOWN = In.GET | In.LIST
"""Ours to say."""
WRITTEN = In.ADD | In.UPDATE
"""A secret."""


@dataclass(frozen=True, slots=True)
class Field:
    """A child element.

    Attributes:
        name: The element's.
        type: What its text is; of no meaning where it has children.
        where: In which requests and answers it may stand.
        required: Whether it must be there.
        many: Whether it may come more than once.
        fields: Its children, in the schema's order; empty for a text.
        attributes: The names of its attributes; that of a `Type.REFERENCE` goes without saying.
    """

    name: str
    type: Type = Type.TEXT
    where: In = LISTED
    required: bool = False
    many: bool = False
    fields: tuple[Field, ...] = ()
    attributes: tuple[str, ...] = ()


class Kind(Enum):
    """The kinds of objects; the value is the element's name, and that of the type with a capital."""

    USER = "user"
    PHONE = "phone"
    LINE = "line"
    APP_USER = "appUser"
    CTI_ROUTE_POINT = "ctiRoutePoint"

    @property
    def title(self) -> str:
        """As it stands in names of operations and types: ``AppUser``."""
        return self.value[0].upper() + self.value[1:]


@dataclass(frozen=True)
class Thing:
    """A kind of object, as the schema describes it.

    Attributes:
        kind: Which.
        fields: In the schema's order.
        key: What names one of them, besides its uuid; the first is needed, the others may be left out.
        criteria: By what `list` finds it.
        renames: Which element of an update gives a key another value.
        deltas: Elements of an update that add to a wrapper, or take away from it: their name, the wrapper's, and
            whether it is adding.
        attributes: Of what is shown of one.
    """

    kind: Kind
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    criteria: tuple[str, ...]
    renames: tuple[tuple[str, str], ...] = ()
    deltas: tuple[tuple[str, str, bool], ...] = ()
    attributes: tuple[str, ...] = ("uuid",)

    def fields_in(self, where: In) -> tuple[Field, ...]:
        """Those that may stand there, in order."""
        return within(self.fields, where)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Its own fields, not theirs."""
        return {field.name: field for field in self.fields}


def within(fields: Iterable[Field], where: In) -> tuple[Field, ...]:
    """The fields that may stand there, in order."""
    return tuple(field for field in fields if field.where & where)
