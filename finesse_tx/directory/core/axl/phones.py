"""The phones of an extension, as those who sign in there may choose between them.

A phone's type is its model: the number that ``typemodel`` has for it, as a CUCM's own database.

Spec: ``rest.md`` §2.13; ``axl.md`` (phones, lines, ``typemodel``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from finesse_tx.directory.core.axl.model import AXLObject, Model
from finesse_tx.directory.core.axl.values import text

__all__ = ["MODELS", "UNKNOWN_MODEL", "Phone", "phones_at"]

MODELS: Final = {"CTI Route Point": 73, "Cisco 7941": 115, "Cisco 8861": 684}
"""The number of each model that we know."""

UNKNOWN_MODEL: Final = 0


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone.

    Attributes:
        name: Such as ``SEP000000001001``.
        model: The number of its model; 0 for one that we do not know.
        model_name: Such as ``Cisco 8861``.
    """

    name: str
    model: int
    model_name: str


def phones_at(model: Model, extension: str) -> tuple[Phone, ...]:
    """The phones that have a line of that number, in the order of their names; whatever partition it is in.

    Args:
        model: What is configured.
        extension: It.
    """
    found = {
        phone.key.name: _phone(phone)
        for line in model.lines_at(extension)
        for phone in model.phones_of(line)
    }
    return tuple(found[name] for name in sorted(found))


def _phone(phone: AXLObject) -> Phone:
    name = text(phone.values.get("product"))
    return Phone(phone.key.name, MODELS.get(name, UNKNOWN_MODEL), name)
