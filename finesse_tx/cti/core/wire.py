"""How a message class says, field by field, what is on the wire.

A message is a dataclass whose annotations are its table. An annotation is an alias of this module, for the fixed
part, or of `finesse_tx.cti.core.tags`, for the floating part::

    @message(MessageType.SEND_DTMF_SIGNAL_REQ)
    class SendDtmfSignalReq(Request):
        peripheral_id: UINT = 1                                     # fixed, a UINT
        connection_call_id: UINT                                    # no constant that fits: must be given
        pause_duration: Annotated[UINT, Before(10, USHORT)] = 0     # narrower before version 10
        connection_device_id: tags.CONNECTION_DEVID | None = None   # floating, left out when None
        ...

``tuple[tags.X, ...]`` is a floating field that repeats, ``tuple[Party, ...]`` a list of groups (see
`finesse_tx.cti.core.message.group`). The defaults are what a UCCX engine sends: naming what matters is enough.

Spec: ``cti.md`` §3 (data types), §9.0 (how the tables are read).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, IntFlag
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_origin

from finesse_tx.cti.core import enums

__all__ = [
    "ALWAYS",
    "AUTO",
    "After",
    "Before",
    "Count",
    "Dialect",
    "Fixed",
    "Numbered",
    "Since",
    "Tag",
    "WireType",
    "marks_of",
]


class Dialect(Enum):
    """Who speaks: Unified CCX or Unified CCE."""

    UCCX = "uccx"
    UCCE = "ucce"


class WireType(Enum):
    """The data types (§3).

    Attributes:
        code: How `struct` writes it; empty for what has no fixed width.
        size: Its bytes; 0 for what has no fixed width.
    """

    UCHAR = ("UCHAR", "B", 1)
    USHORT = ("USHORT", "H", 2)
    UINT = ("UINT", "I", 4)
    INT = ("INT", "i", 4)
    BOOL = ("BOOL", "H", 2)
    TIME = ("TIME", "I", 4)
    UNSPEC8 = ("UNSPEC[8]", "8s", 8)
    STRING = ("STRING", "", 0)
    UNSPEC = ("UNSPEC", "", 0)
    NAMEDVAR = ("NAMEDVAR", "", 0)
    NAMEDARRAY = ("NAMEDARRAY", "", 0)

    def __init__(self, label: str, code: str, size: int) -> None:
        self.label, self.code, self.size = label, code, size


AUTO: Final = -1
"""The default of a count: filled in from the list it counts when a message is built."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A field of the fixed part."""

    type: WireType


@dataclass(frozen=True, slots=True)
class Tag:
    """A field of the floating part.

    Attributes:
        number: FieldDataID.
        name: The field's name in the reference.
        type: What its data is.
        limit: The most bytes of data, a STRING's terminating NUL included; 0 where the type says it.
        uccx_limit: The same in the UCCX dialect, where that differs.
    """

    number: int
    name: str
    type: WireType
    limit: int = 0
    uccx_limit: int = 0

    @property
    def array_size(self) -> int:
        """The size of the values where a peer may send several in one field, 0 where it cannot.

        A BOOL cannot: one of four bytes is a wide one (§7, tag 185).
        """
        return 0 if self.type is WireType.BOOL else self.type.size

    def most(self, dialect: Dialect) -> int:
        """The most bytes of data in ``dialect``."""
        return (dialect is Dialect.UCCX and self.uccx_limit) or self.limit or self.type.size


@dataclass(frozen=True, slots=True)
class Since:
    """The field is on the wire from a protocol version on.

    A fixed field that is absent has its default after decoding. A floating field is not sent, and accepted.

    Attributes:
        version: The first version that has it.
        dialect: The only dialect that has it; None for both.
        uccx: The first version in the UCCX dialect, where that differs.
    """

    version: int
    dialect: Dialect | None = None
    uccx: int = 0

    def holds(self, dialect: Dialect, version: int) -> bool:
        """Whether the field is there."""
        first = (dialect is Dialect.UCCX and self.uccx) or self.version
        return version >= first and self.dialect in {None, dialect}


ALWAYS: Final = Since(0)


@dataclass(frozen=True, slots=True)
class Before:
    """The fixed field had another type before this protocol version; ``type`` is an alias such as `USHORT`."""

    version: int
    type: Any


@dataclass(frozen=True, slots=True)
class After:
    """In this dialect the fixed field stands after that one, whatever its place in the class."""

    field: str
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class Count:
    """The field counts the entries of that list.

    Attributes:
        field: The list.
        optional: Whether the count of an empty list is left out.
    """

    field: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Numbered:
    """A tuple whose entries have a tag each: the first of ``tags`` for index 0, and so on."""

    tags: tuple[Tag, ...]


def marks_of(hint: Any) -> tuple[Any, ...]:
    """What an annotation says beside its Python type, ``X | None`` as ``X``; innermost first."""
    if get_origin(hint) is Annotated:
        return (*marks_of(hint.__origin__), *hint.__metadata__)
    if NoneType in (options := get_args(hint)):
        return marks_of(next(option for option in options if option is not NoneType))
    return ()


# The fixed part: plain types …
UCHAR = Annotated[int, Fixed(WireType.UCHAR)]
USHORT = Annotated[int, Fixed(WireType.USHORT)]
UINT = Annotated[int, Fixed(WireType.UINT)]
INT = Annotated[int, Fixed(WireType.INT)]
BOOL = Annotated[bool, Fixed(WireType.BOOL)]
TIME = Annotated[int, Fixed(WireType.TIME)]
UNSPEC8 = Annotated[bytes, Fixed(WireType.UNSPEC8)]

# … and enumerations: the member is the last word.
AGENT_STATE = Annotated[USHORT, enums.AgentState]
CALL_TYPE = Annotated[USHORT, enums.CallType]
CONNECTION_ID_TYPE = Annotated[USHORT, enums.ConnectionDeviceIDType]
CONNECTION_STATE = Annotated[USHORT, enums.LocalConnectionState]
DEVICE_TYPE = Annotated[USHORT, enums.DeviceIDType]
DISPOSITION = Annotated[USHORT, enums.Disposition]
EVENT_CAUSE = Annotated[USHORT, enums.EventCause]
LINE_TYPE = Annotated[USHORT, enums.LineType]
PERIPHERAL_TYPE = Annotated[USHORT, enums.PeripheralType]
STATUS = Annotated[UINT, enums.StatusCode]

# What a UCCX engine always says.
BUSINESS: Final = enums.LineType.LINETYPE_UNKNOWN
"""LineType of an agent's ICD line."""
CRS: Final = enums.PeripheralType.PT_ACMI_CRS
"""PeripheralType."""
STATIC: Final = enums.ConnectionDeviceIDType.CONNECTION_ID_STATIC
"""ConnectionDeviceIDType: the id is an extension."""

Enumeration = type[IntEnum] | type[IntFlag]
