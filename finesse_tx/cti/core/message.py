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
    "blank_of",
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


def blank_of(cls: type[Any]) -> type[Any]:
    """A class in which an instance of ``cls`` is filled in: where a store is a store.

    It is a sister of ``cls``, and neither adds a slot to their common base: so the assignment of ``__class__`` has
    nothing to compare, and costs as much as one more field.
    """
    thawed = {
        "__slots__": (),
        "__init__": object.__init__,
        "__setattr__": object.__setattr__,
        "__delattr__": object.__delattr__,
    }
    return type(f"{cls.__name__}Blank", cls.__bases__, thawed)


def _frozen(cls: type[G]) -> type[G]:
    slotted = dataclass(frozen=True, slots=True, kw_only=True, init=False)(cls)
    # The class itself adds no slots to that: see `blank_of`.
    names = {"__slots__": (), "__module__": cls.__module__, "__qualname__": cls.__qualname__}
    made: type[G] = type(cls.__name__, (slotted,), {**names, "__doc__": cls.__doc__})
    made.__init__ = _initialiser(made)  # type: ignore[method-assign]
    return made


def _initialiser(cls: type[Any]) -> Callable[..., None]:
    """What `dataclasses` would generate, and settles counts and numbered fields; a third of its cost.

    A frozen dataclass sets each field by a call of ``object.__setattr__``, and a message has up to 60 of them: here it is
    a blank meanwhile.
    """
    names: dict[str, Any] = {"blank": blank_of(cls), "set_class": object.__setattr__}
    parameters, settling, filling = [], list[str](), []
    for field in dataclasses.fields(cls):
        name, default = field.name, f"default_{field.name}"
        names[default] = field.default
        has_default = field.default is not dataclasses.MISSING
        if not field.init:
            filling.append(f"    self.{name} = {default}")
            continue
        parameters.append(f"{name}={default}" if has_default else name)
        filling.append(f"    self.{name} = {name}")
        settling += _settling(name, marks_of(field.type))
    source = [
        f"def __init__(self, *, {', '.join(parameters)}):" if parameters else "def __init__(self):",
        "    final = self.__class__",
        "    set_class(self, '__class__', blank)",
        *settling,
        *filling,
        "    self.__class__ = final",
    ]
    # Only attribute names of our own classes go into the source.
    exec(compile("\n".join(source), f"<finesse_tx.cti {cls.__name__}>", "exec"), names)  # noqa: S102
    initialiser: Callable[..., None] = names["__init__"]
    initialiser.__qualname__ = f"{cls.__qualname__}.__init__"
    return initialiser


def _settling(name: str, marks: tuple[Any, ...]) -> list[str]:
    """The lines that fill in a count which is `AUTO`, and leave out what is None at the end of a numbered field."""
    lines = []
    for mark in marks:
        if isinstance(mark, Count):
            absent = " or None" if mark.optional else ""
            lines += [f"    if {name} == {AUTO}:", f"        {name} = len({mark.field}){absent}"]
        elif isinstance(mark, Numbered):
            lines += [
                f"    while {name} and {name}[-1] is None:",
                f"        {name} = {name}[:-1]",
                f"    {name} = tuple({name})",
            ]
    return lines
