"""Which numbers a simulated switch has: ranges, as an operator writes them, into an inventory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from finesse_tx.telephony.core.inventory import (
    AddressKind,
    AddressRecord,
    Inventory,
    TerminalRecord,
)

__all__ = [
    "MAX_NUMBERS",
    "NumberingError",
    "additional",
    "expand",
    "inventory",
    "is_outside",
    "ranges",
]

MAX_NUMBERS: Final = 100_000
"""How many numbers a simulated switch has at most."""

OUTSIDE_DIGITS: Final = range(7, 16)
"""How many digits a number of the public network has (E.164: at most 15)."""


class NumberingError(ValueError):
    """A range cannot be used.

    Attributes:
        kind: The kind of numbers whose ranges are at fault.
    """

    def __init__(self, kind: AddressKind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


def expand(ranges: Sequence[str]) -> Iterator[str]:
    """Every number of ``"1001"`` or ``"1001-1999"``, in the order given.

    Raises:
        ValueError: One of them is neither.
    """
    for text in ranges:
        first, dash, last = text.partition("-")
        last = last if dash else first
        if not (first + last).isascii() or not (first.isdigit() and last.isdigit()):
            raise ValueError(f'"{text}" is neither a number nor a range such as "1001-1999"')
        if len(first) != len(last) or first > last:
            raise ValueError(f'"{text}" does not go upward within one length')
        if int(last) - int(first) >= MAX_NUMBERS:
            raise ValueError(f'"{text}" has more than {MAX_NUMBERS} numbers')
        for number in range(int(first), int(last) + 1):
            yield str(number).zfill(len(first))


def ranges(numbers: Iterable[str]) -> tuple[str, ...]:
    """The shortest list that `expand` makes these numbers of, in the order of their length and value.

    Args:
        numbers: Of digits only; others are passed on as they are.
    """
    found: list[list[str]] = []
    for number in sorted(set(numbers), key=lambda n: (len(n), n)):
        last = found[-1][-1] if found else ""
        # Equal length: 9999 and 10000 are neighbours, but no range of `expand` holds both.
        alike = last.isdecimal() and len(last) == len(number)
        follows = alike and str(int(last) + 1).zfill(len(last)) == number
        if follows:
            found[-1] = [found[-1][0], number]
        else:
            found.append([number])
    return tuple("-".join(ends) for ends in found)


def is_outside(number: str) -> bool:
    """Whether a number that is none of ours is one of the public network's."""
    digits = number.removeprefix("+")
    return len(digits) in OUTSIDE_DIGITS and digits.isascii() and digits.isdigit()


def _devices(ranges: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The lines of each device.

    Raises:
        ValueError: A range is none, or those that are joined differ in size.
    """
    for text in ranges:
        lines = [list(expand([part])) for part in text.split("+")]
        if len({len(numbers) for numbers in lines}) > 1:
            raise ValueError(f'the ranges of "{text}" differ in size')
        yield from zip(*lines, strict=True)


def inventory(
    phones: Sequence[str], route_points: Sequence[str], first_port: str, ports: int
) -> Inventory:
    """Number a switch.

    Args:
        phones: Ranges; one phone for each number. Ranges of equal size joined by ``+`` are the lines of the same phones:
            ``"1001-1020+3001-3020"`` are twenty phones with two lines each.
        route_points: Ranges.
        first_port: The first CTI port's number; the others follow it.
        ports: How many CTI ports.

    Raises:
        NumberingError: A range is none, a number is given twice, or there are more than `MAX_NUMBERS`.
    """
    kinds: dict[str, AddressKind] = {}
    terminals: list[TerminalRecord] = []
    last_port = str(int(first_port) + ports - 1) if first_port.isdigit() else ""
    for kind, ranges in (
        (AddressKind.PHONE, phones),
        (AddressKind.ROUTE_POINT, route_points),
        (AddressKind.CTI_PORT, [f"{first_port}-{last_port}"] if ports else []),
    ):
        try:
            for lines in _devices(ranges):
                for number in lines:
                    if number in kinds:
                        raise ValueError(f"{number} is given twice")
                    if len(kinds) >= MAX_NUMBERS:
                        raise ValueError(f"there are more than {MAX_NUMBERS} numbers")
                    kinds[number] = kind
                if kind is AddressKind.PHONE:
                    name = f"SEP{int(lines[0]):012X}"
                    terminals.append(TerminalRecord(name, "Simulated phone", lines))
                elif kind is AddressKind.CTI_PORT:
                    terminals.append(TerminalRecord(f"CTIP{lines[0]}", "CTI port", lines))
        except ValueError as error:
            raise NumberingError(kind, str(error)) from None
    return Inventory(
        tuple(AddressRecord(number, kind) for number, kind in kinds.items()), tuple(terminals)
    )


def additional(there: Inventory, phones: Iterable[str], route_points: Iterable[str]) -> Inventory:
    """What a numbered switch lacks of these; numbers beyond `MAX_NUMBERS` are left out.

    Args:
        there: What it has.
        phones: Numbers that each want a phone.
        route_points: Numbers.

    Raises:
        NumberingError: One of them is no number.
    """
    known = {record.number for record in there.addresses}
    room = max(0, MAX_NUMBERS - len(known))
    new_phones = sorted(set(phones) - known)[:room]
    new_points = sorted(set(route_points) - known - set(new_phones))[: room - len(new_phones)]
    return inventory(new_phones, new_points, "", 0)
