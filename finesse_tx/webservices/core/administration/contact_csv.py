"""Contacts as CSV: as administrators exchange them with a spreadsheet.

The first line has the names of the columns; the file is Latin-1, quotes are optional where they are not needed, and
are always written. What Latin-1 or a contact cannot have becomes a question mark.

Spec: ``rest.md`` §12.7; RFC 4180; RFC 7578 (multipart/form-data).
"""

from __future__ import annotations

import csv
import io
from typing import Final

import msgspec

from finesse_tx.webservices.core.administration.objects import Contact
from finesse_tx.webservices.core.administration.rules import MAX_CONTACTS_OF_BOOK
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.forms import is_form, parts

__all__ = ["FIELD", "HEADER", "contacts_csv", "read_contacts", "uploaded"]

HEADER: Final = ("First Name", "Last Name", "Phone Number", "Notes")

FIELD: Final = "datafile"
"""The form's field."""

MAX_TOLD: Final = 20
"""How many bad lines are named."""


def contacts_csv(contacts: tuple[Contact, ...]) -> bytes:
    """Write contacts."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(
        (one.first_name, one.last_name, one.phone_number, one.description) for one in contacts
    )
    return text.getvalue().encode("latin-1", errors="replace")


def read_contacts(data: bytes) -> tuple[Contact, ...]:
    """Read contacts: all of them, or none.

    Raises:
        ApiError: 400: it is no CSV, has too many rows, or bad ones; ErrorData has their lines.
    """
    reader = csv.reader(io.StringIO(_legal(data.decode("latin-1")), newline=""), strict=True)
    found: list[Contact] = []
    bad: list[int] = []
    try:
        header = tuple(cell.strip() for cell in next(reader, ()))
        if header != HEADER:
            raise ApiError(400, "Invalid Input", f"The first line must be {','.join(HEADER)}", "1")
        for row in reader:
            if not any(row):
                continue
            if len(found) + len(bad) >= MAX_CONTACTS_OF_BOOK:
                raise ApiError(
                    400,
                    "Maximum Exceeded",
                    f"A phone book has at most {MAX_CONTACTS_OF_BOOK} contacts",
                    "contacts",
                )
            contact = _contact(row)
            if contact is None:
                bad.append(reader.line_num)
            else:
                found.append(contact)
    except csv.Error as error:
        raise ApiError(
            400, "Invalid Input", f"The file is not CSV: {error}", f"{reader.line_num}"
        ) from None
    if bad:
        raise ApiError(
            400,
            "Invalid Input",
            "These lines are not contacts; nothing was imported",
            ",".join(map(str, bad[:MAX_TOLD])),
        )
    return tuple(found)


def _legal(text: str) -> str:
    return "".join(
        character
        if character in "\r\n\t" or (character >= " " and not "\x7f" <= character <= "\x9f")
        else "?"
        for character in text
    )


def _contact(row: list[str]) -> Contact | None:
    cells = [cell.strip() for cell in row]
    if len(cells) not in {3, 4}:
        return None
    first, last, phone, notes = (*cells, "")[:4]
    try:
        return msgspec.convert(
            {"firstName": first, "lastName": last, "phoneNumber": phone, "description": notes},
            Contact,
        )
    except msgspec.ValidationError:
        return None


def uploaded(content_type: str, body: bytes) -> bytes:
    """The file in a form, or the body itself where that is the file.

    Raises:
        ApiError: 400: the form cannot be read, or has no such field.
    """
    if not is_form(content_type):
        return body
    for name, content in parts(content_type, body):
        if name == FIELD:
            return content
    raise ApiError(400, "Parameter Missing", f"{FIELD} Parameter missing", FIELD)
