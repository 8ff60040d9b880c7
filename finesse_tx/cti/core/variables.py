"""Expanded call context (ECC): named variables and arrays.

Spec: ``cti.md`` §4.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["MAX_NAME", "MAX_VALUE", "NamedArray", "NamedVariable"]

MAX_NAME: Final = 33
"""The most bytes of a name, its NUL included."""

MAX_VALUE: Final = 211
"""The most bytes of a value, its NUL included."""


@dataclass(frozen=True, slots=True)
class NamedVariable:
    """A scalar ECC variable.

    Attributes:
        name: Case-sensitive; user-defined ones start with ``user.``, UCCX's outbound ones with ``BA``.
        value: At most 210 bytes of UTF-8.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class NamedArray:
    """One element of an ECC array; elements that were never set are not sent.

    Attributes:
        index: From 0 to 255.
        name: The array's name.
        value: At most 210 bytes of UTF-8.
    """

    index: int
    name: str
    value: str
