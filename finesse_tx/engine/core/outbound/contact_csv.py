"""Reading the customers of a campaign from a CSV file.

The first line names the columns, in any order: ``phone``, and as far as there are any ``account_number``,
``first_name``, ``last_name`` and ``time_zone``. A customer is known by the account number, or without one by the phone.

Spec: issue 4, point 4 (import of contacts by CSV with clear line errors).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["COLUMNS", "MAX_CONTACTS", "Fault", "ImportedContact", "Parsed", "read_contacts"]

MAX_CONTACTS: Final = 100_000
"""So many customers are read of one file."""

COLUMNS: Final[Mapping[str, int]] = MappingProxyType(
    {"account_number": 30, "phone": 31, "first_name": 50, "last_name": 50, "time_zone": 64}
)
"""The columns, and how long their values may be."""

_PHONE: Final = re.compile(r"\+?[0-9]{3,30}")
_FILLERS: Final = str.maketrans("", "", " -./()")


@dataclass(frozen=True, slots=True)
class ImportedContact:
    """A customer, as the file has him.

    Attributes:
        account_number: Empty for none.
        phone: Digits, perhaps with a plus in front.
        first_name: For people to read.
        last_name: For people to read.
        time_zone: An IANA name; empty for the campaign's.
    """

    account_number: str
    phone: str
    first_name: str = ""
    last_name: str = ""
    time_zone: str = ""

    @property
    def key(self) -> str:
        """What makes two of them the same customer."""
        return f"a:{self.account_number}" if self.account_number else f"p:{self.phone}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line cannot be taken.

    Attributes:
        line: Its number in the file, from 1.
        column: The column; empty for the whole line.
        reason: Why.
    """

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        where = f", column {self.column}" if self.column else ""
        return f"line {self.line}{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file has.

    Attributes:
        contacts: The customers of the good lines, in their order.
        faults: One or more for each bad line, in their order.
        is_readable: Whether the lines could be told apart at all; if not, there are no contacts, only faults.
    """

    contacts: tuple[ImportedContact, ...] = ()
    faults: tuple[Fault, ...] = ()
    is_readable: bool = True


def read_contacts(data: bytes, is_zone: Callable[[str], bool]) -> Parsed:
    """Read a file.

    Args:
        data: UTF-8, with or without a byte order mark.
        is_zone: Whether there is a time zone of that name.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Parsed((), (Fault(line, "", "this is not UTF-8"),), is_readable=False)
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    contacts: list[ImportedContact] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if wrong := _header_faults(header):
            return Parsed((), wrong, is_readable=False)
        for row in reader:
            line = reader.line_num
            if not any(value.strip() for value in row):
                continue
            if len(contacts) >= MAX_CONTACTS:
                faults.append(Fault(line, "", f"a file has at most {MAX_CONTACTS} contacts"))
                return Parsed((), tuple(faults), is_readable=False)
            contact, wrong = _read_row(line, header, row, is_zone)
            if contact is not None and contact.key in seen:
                column = "account_number" if contact.account_number else "phone"
                wrong = (Fault(line, column, f"the same as in line {seen[contact.key]}"),)
            faults += wrong
            if contact is not None and not wrong:
                seen[contact.key] = line
                contacts.append(contact)
    except csv.Error as error:
        return Parsed((), (Fault(reader.line_num, "", f"this is not CSV: {error}"),), False)
    return Parsed(tuple(contacts), tuple(faults))


def _header_faults(header: list[str]) -> tuple[Fault, ...]:
    known = ", ".join(COLUMNS)
    faults = [
        Fault(1, name, f"there is no such column; there are {known}")
        for name in header
        if name not in COLUMNS
    ]
    twice = sorted({name for name in header if header.count(name) > 1})
    faults += [Fault(1, name, "the column is there twice") for name in twice]
    if "phone" not in header:
        faults.append(Fault(1, "phone", "the column is missing"))
    return tuple(faults)


def _read_row(
    line: int, header: list[str], row: list[str], is_zone: Callable[[str], bool]
) -> tuple[ImportedContact | None, tuple[Fault, ...]]:
    if len(row) != len(header):
        reason = f"{len(row)} values for {len(header)} columns"
        return None, (Fault(line, "", reason),)
    values = {name: value.strip() for name, value in zip(header, row, strict=True)}
    faults = [
        Fault(line, name, f"{len(value)} characters; at most {COLUMNS[name]} are possible")
        for name, value in values.items()
        if len(value) > COLUMNS[name]
    ]
    phone = values["phone"] = values["phone"].translate(_FILLERS)
    if not phone:
        faults.append(Fault(line, "phone", "this is missing"))
    elif not _PHONE.fullmatch(phone):
        faults.append(Fault(line, "phone", f'"{phone}" is not 3 to 30 digits'))
    zone = values.get("time_zone", "")
    if zone and not is_zone(zone):
        faults.append(Fault(line, "time_zone", f'there is no time zone "{zone}"'))
    return (None, tuple(faults)) if faults else (ImportedContact(**_complete(values)), ())


def _complete(values: Mapping[str, str]) -> dict[str, str]:
    return {"account_number": "", **values}
