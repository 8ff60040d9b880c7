"""Sums in what a client sends: that counts are those of their lists, and that variables are not too much.

Spec: ``cti.md`` §3.1, §4.4, §8.17 (25, 39, 73, 74, 77, 78).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from finesse_tx.cti.core.enums import StatusCode
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.table import table_of
from finesse_tx.cti.core.variables import MAX_NAME, MAX_VALUE, NamedArray, NamedVariable

__all__ = ["MAX_NAMED_DATA", "wrong_sum"]

MAX_NAMED_DATA: Final = 2_000
"""How many bytes the data of all NamedVariable and NamedArray fields of a message may have."""

_NAMED_VARIABLE: Final = 82
_NAMED_ARRAY: Final = 83

_COUNTED: Final[Mapping[str, StatusCode]] = MappingProxyType(
    {
        "named_variables": StatusCode.E_CTI_INVALID_NUM_NAMED_VARIABLES,
        "named_arrays": StatusCode.E_CTI_INVALID_NUM_NAMED_ARRAYS,
        "skill_groups": StatusCode.E_CTI_INVALID_NUM_SKILL_GROUPS,
    }
)
"""What is wrong with a count, by its list; of others there is no status, but 25."""


def wrong_sum(message: Message) -> StatusCode | None:
    """What is wrong with a message that came; None when all is well.

    The sizes are looked at before the counts: a message that is too much is too much however it is counted.
    """
    named = [field for field in message.raw_fields if field.tag in {_NAMED_VARIABLE, _NAMED_ARRAY}]
    if sum(len(field.data) for field in named) > MAX_NAMED_DATA:
        return StatusCode.E_CTI_TOO_MUCH_DATA
    variables = (*getattr(message, "named_variables", ()), *getattr(message, "named_arrays", ()))
    if any(map(_too_long, variables)):
        return StatusCode.E_CTI_VALUE_TOO_LONG
    for counted in table_of(type(message)).counts:
        count = getattr(message, counted.attribute)
        # A count that is optional, and not there, promises nothing.
        if count is not None and count != len(getattr(message, counted.list)):
            return _COUNTED.get(counted.list, StatusCode.E_CTI_BAD_MESSAGE_FORMAT)
    return None


def _too_long(variable: NamedVariable | NamedArray) -> bool:
    return len(variable.name.encode()) >= MAX_NAME or len(variable.value.encode()) >= MAX_VALUE
