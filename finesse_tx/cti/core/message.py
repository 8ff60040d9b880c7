"""What every GED-188 message is: one frozen dataclass each, which is its table.

`message` makes a class one and enters it into the catalogue; `group` does it for the entries of a list. What the
annotations mean is told in `finesse_tx.cti.core.wire`. The messages themselves are in
`finesse_tx.cti.core.messages`, their bytes are the business of `finesse_tx.cti.core.layout`.

Spec: ``cti.md`` §6 (directions), §9.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, ClassVar, Final, NamedTuple, Protocol, TypeVar

from typing_extensions import dataclass_transform

from finesse_tx.cti.core.enums import MessageType
from finesse_tx.cti.core.wire import AUTO, UINT, Count, Numbered, marks_of

__all__ = [
    "CATALOGUE",
    "Confirmation",
    "Direction",
    "Event",
    "Message",
    "OpaqueMessage",
    "RawField",
    "Request",
    "group",
    "message",
]


class Direction(Enum):
    """Who sends a message."""

    TO_SERVER = "client-to-server"
    TO_CLIENT = "server-to-client"
    BOTH = "both"


class RawField(NamedTuple):
    """A floating field as it came.

    Attributes:
        tag: FieldDataID.
        data: Its bytes, without tag and length.
    """

    tag: int
    data: bytes


class Origin(Protocol):
    """The layout that decoded a message."""

    def floating(self, message: Message) -> tuple[RawField, ...]:
        """Every floating field, in the order of the wire."""

    def unread(self, message: Message) -> tuple[RawField, ...]:
        """The floating fields that no attribute holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The root of all messages.

    A message that was decoded remembers its bytes: it is encoded to the very same ones again, with whatever order,
    unknown tags and oddities they have. `dataclasses.replace` makes a message that no longer does.

    Attributes:
        MESSAGE_TYPE: Its number.
        DIRECTION: Who sends it.
    """

    MESSAGE_TYPE: ClassVar[MessageType]
    DIRECTION: ClassVar[Direction]

    _origin: tuple[Any, bytes] | None = dataclasses.field(
        init=False, default=None, repr=False, compare=False
    )

    @staticmethod
    def canonical(body: bytes, version: int) -> bytes:  # noqa: ARG004  # others look at it
        """Rewrite a body that deviates from the table in a known way, so that the table fits."""
        return body

    @property
    def raw_fields(self) -> tuple[RawField, ...]:
        """The floating fields as they came, in that order; empty for a message that was not decoded."""
        if self._origin is None:
            return ()
        layout: Origin = self._origin[0]
        return layout.floating(self)

    @property
    def unread_fields(self) -> tuple[RawField, ...]:
        """Those of `raw_fields` that no attribute holds: unknown tags, and data of a length that is not the tag's."""
        if self._origin is None:
            return ()
        layout: Origin = self._origin[0]
        return layout.unread(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Message):
    """A message that the server sends unasked, or without naming a request."""

    DIRECTION = Direction.TO_CLIENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation(Message):
    """The one answer to a request.

    Attributes:
        invoke_id: The request's InvokeID.
    """

    DIRECTION = Direction.TO_CLIENT

    invoke_id: UINT


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Message):
    """A message that asks for exactly one confirmation or failure.

    Attributes:
        CONFIRMATION: The confirmation's class.
        invoke_id: Told back in the answer; whoever sends the request fills it in.
    """

    DIRECTION = Direction.TO_SERVER
    CONFIRMATION: ClassVar[type[Message]]

    invoke_id: UINT = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueMessage(Message):
    """A message whose layout is not published, or that is newer than this module.

    Attributes:
        message_type: Its number.
        body: Everything after the header.
    """

    DIRECTION = Direction.BOTH

    message_type: int
    body: bytes


_catalogue: Final[dict[int, type[Message]]] = {}

CATALOGUE: Final[Mapping[int, type[Message]]] = MappingProxyType(_catalogue)
"""Every message class by number; complete once `finesse_tx.cti.core.messages` is imported."""

M = TypeVar("M", bound=Message)
G = TypeVar("G")


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(dataclasses.field,)
)
def message(number: MessageType) -> Callable[[type[M]], type[M]]:
    """Make a class the message of that number: a frozen dataclass with slots, its fields by keyword."""

    def declare(cls: type[M]) -> type[M]:
        cls.MESSAGE_TYPE = number
        made = _frozen(cls)
        if _catalogue.setdefault(number, made) is not made:
            raise TypeError(f"{number!r} is {_catalogue[number].__name__} already")
        return made

    return declare


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(dataclasses.field,)
)
def group(cls: type[G]) -> type[G]:
    """Make a class the entry of a list: floating fields that repeat together, in this order (§4.3)."""
    return _frozen(cls)


def _frozen(cls: type[G]) -> type[G]:
    marks = {name: marks_of(hint) for name, hint in cls.__annotations__.items()}
    counts = tuple(
        (name, mark) for name, found in marks.items() for mark in found if isinstance(mark, Count)
    )
    numbered = tuple(
        name for name, found in marks.items() if any(isinstance(mark, Numbered) for mark in found)
    )
    if counts or numbered:

        def settle(self: Any) -> None:
            for name, count in counts:
                if getattr(self, name) == AUTO:
                    number = len(getattr(self, count.field))
                    settled = None if count.optional and not number else number
                    object.__setattr__(self, name, settled)
            for name in numbered:
                entries = getattr(self, name)
                while entries and entries[-1] is None:
                    entries = entries[:-1]
                object.__setattr__(self, name, tuple(entries))

        cls.__post_init__ = settle  # type: ignore[attr-defined]  # dataclass looks for it
    slotted = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    # The class itself adds no slots to that: see `finesse_tx.cti.core.compiler.blank_of`.
    names = {"__slots__": (), "__module__": cls.__module__, "__qualname__": cls.__qualname__}
    return type(cls.__name__, (slotted,), {**names, "__doc__": cls.__doc__})
