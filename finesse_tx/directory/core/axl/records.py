"""What is kept of AXL's objects beside people: phones, lines, application users, and what AXL knows more of a person.

Spec: ``axl.md`` §5 (uuids), §7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from finesse_tx.directory.core.axl.fields import Kind
from finesse_tx.directory.core.axl.values import Values
from finesse_tx.webservices.core.administration.changes import AuditEntry

__all__ = [
    "MAX_DEFINITION",
    "ObjectEdit",
    "ObjectKey",
    "ObjectWrite",
    "StoredObject",
    "shown_uuid",
    "uuid_of",
]

MAX_DEFINITION: Final = 65_536
"""How large an object may be, as it is kept, in characters."""

_SPACE: Final = UUID("6f2c3f6e-5d0a-4b62-9d3b-0f3a1c7d9e42")
"""Of all uuids that are made of names."""


@dataclass(frozen=True, slots=True, order=True)
class ObjectKey:
    """What no other object of its kind has.

    Attributes:
        kind: The `Kind`'s value.
        name: A user id, the name of a phone, the pattern of a line.
        partition: A line's; else empty.
    """

    kind: str
    name: str
    partition: str = ""

    @property
    def folded(self) -> ObjectKey:
        """The same for two names that differ in their case alone."""
        return ObjectKey(self.kind, self.name.casefold(), self.partition.casefold())


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object that somebody made or changed.

    Attributes:
        key: Which.
        uuid: In lower case, without braces.
        values: What was given; names in it are in the object's key too.
    """

    key: ObjectKey
    uuid: str
    values: Values


@dataclass(frozen=True, slots=True)
class ObjectEdit:
    """What is to change of them, all or nothing.

    Attributes:
        removes: Those that go first.
        puts: Those that are there then, in the place of those with the same key.
    """

    removes: tuple[ObjectKey, ...] = ()
    puts: tuple[StoredObject, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is to change."""
        return bool(self.removes or self.puts)


@dataclass(frozen=True, slots=True)
class ObjectWrite:
    """A change of them, for whoever writes it in one transaction with something else.

    Attributes:
        edit: What changes.
        entry: Who wants it.
    """

    edit: ObjectEdit
    entry: AuditEntry


def uuid_of(kind: Kind | str, name: str, partition: str = "") -> str:
    """The uuid of what has none of its own: always the same one.

    Args:
        kind: A kind of object, or of what objects refer to.
        name: Its name.
        partition: A line's.
    """
    kind = kind.value if isinstance(kind, Kind) else kind
    return str(uuid5(_SPACE, f"{kind}\n{name.casefold()}\n{partition.casefold()}"))


def shown_uuid(uuid: str) -> str:
    """As AXL writes it, and SQL does not."""
    return f"{{{uuid.upper()}}}"
