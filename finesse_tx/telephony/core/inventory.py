"""What a telephone system has: numbers and devices, as values.

Spec: JTAPI's ``Provider.getAddresses()`` and ``getTerminals()``; ``telephony.md`` §1.5 for the kinds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["AddressKind", "AddressRecord", "Inventory", "TerminalRecord"]


class AddressKind(StrEnum):
    """What a number stands for."""

    PHONE = "phone"
    """A line of a phone that we may observe and control."""
    ROUTE_POINT = "route point"
    """A CTI route point: many calls at once, no media; where the callers of a trigger arrive."""
    CTI_PORT = "CTI port"
    """A CTI port: one call at a time, with media; where callers wait."""
    EXTERNAL = "external"
    """A remote party: it has connections, never terminal connections."""


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """A number of ours.

    Attributes:
        number: As it is dialled.
        kind: Anything but EXTERNAL.
    """

    number: str
    kind: AddressKind


@dataclass(frozen=True, slots=True)
class TerminalRecord:
    """A device.

    Attributes:
        name: Unique, such as ``SEP0000000003E9``.
        type_name: The model, for people to read.
        addresses: The numbers of its lines, the first one first.
    """

    name: str
    type_name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """All of it.

    Attributes:
        addresses: Every number.
        terminals: Every device; each of its numbers is in ``addresses``.
    """

    addresses: tuple[AddressRecord, ...] = ()
    terminals: tuple[TerminalRecord, ...] = ()

    def with_more(self, other: Inventory) -> Inventory:
        """Both together; no number and no device may be in both."""
        return Inventory(self.addresses + other.addresses, self.terminals + other.terminals)
