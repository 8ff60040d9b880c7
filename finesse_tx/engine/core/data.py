"""What is attached to a call: who calls whom, and the variables.

Spec: ``cti.md`` §4.4 (call variables, named variables, limits), §11.11.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct, field

__all__ = [
    "MAX_NAMED_BYTES",
    "VARIABLES",
    "CallData",
    "DataChange",
    "DataTooLargeError",
    "NamedKey",
]

VARIABLES: Final = 10
"""CallVariable1 to CallVariable10."""

MAX_NAMED_BYTES: Final = 2000
"""All names and values of a call together, each with its NUL, and an array element with its index."""

NamedKey = str | tuple[str, int]
"""A scalar's name, or an array's name and the index of one element."""


class DataTooLargeError(ValueError):
    """The named variables of a call would exceed `MAX_NAMED_BYTES`."""


class CallData(Struct, frozen=True, gc=False):
    """Everything attached to a call; a change makes a new value.

    Attributes:
        ani: Who calls.
        dnis: The number at which the call arrived.
        dialed_number: The number that was dialled.
        caller_entered_digits: What the caller keyed in.
        variables: CallVariable1 to CallVariable10.
        wrapup: CallWrapupData.
        named: Named (ECC) variables.
    """

    ani: str = ""
    dnis: str = ""
    dialed_number: str = ""
    caller_entered_digits: str = ""
    variables: tuple[str, ...] = ("",) * VARIABLES
    wrapup: str = ""
    named: Mapping[NamedKey, str] = field(default_factory=lambda: MappingProxyType({}))

    def changed_by(self, change: DataChange) -> CallData:
        """Apply a change.

        Raises:
            DataTooLargeError: The named variables would be too large.
        """
        variables = list(self.variables)
        for index, value in change.variables.items():
            variables[index] = value
        named = {**self.named, **change.named}
        if sum(map(_size, named.items())) > MAX_NAMED_BYTES:
            raise DataTooLargeError
        return CallData(
            self.ani if change.ani is None else change.ani,
            self.dnis,
            self.dialed_number,
            self.caller_entered_digits
            if change.caller_entered_digits is None
            else change.caller_entered_digits,
            tuple(variables),
            self.wrapup if change.wrapup is None else change.wrapup,
            MappingProxyType(named),
        )


def _size(entry: tuple[NamedKey, str]) -> int:
    key, value = entry
    name = key if isinstance(key, str) else key[0]
    return len(name.encode()) + len(value.encode()) + 2 + (not isinstance(key, str))


class DataChange(Struct, frozen=True, gc=False):
    """What a client wants changed; whatever is not mentioned stays.

    Attributes:
        ani: A new ANI; None: as it is.
        caller_entered_digits: New digits; None: as they are.
        variables: New values by index, 0 for CallVariable1; an empty one clears it.
        wrapup: New CallWrapupData; None: as it is.
        named: New named variables.
    """

    ani: str | None = None
    caller_entered_digits: str | None = None
    variables: Mapping[int, str] = field(default_factory=dict)
    wrapup: str | None = None
    named: Mapping[NamedKey, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        values = self.ani, self.caller_entered_digits, self.wrapup
        return bool(self.variables or self.named) or any(value is not None for value in values)

    def then(self, later: DataChange) -> DataChange:
        """This change, and on top of it a later one."""
        digits = later.caller_entered_digits
        return DataChange(
            self.ani if later.ani is None else later.ani,
            self.caller_entered_digits if digits is None else digits,
            {**self.variables, **later.variables},
            self.wrapup if later.wrapup is None else later.wrapup,
            {**self.named, **later.named},
        )
