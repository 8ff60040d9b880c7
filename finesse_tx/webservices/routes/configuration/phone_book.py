"""``/PhoneBook`` and its contacts, one by one, as a list and as CSV.

Spec: ``rest.md`` §12.7.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from finesse_tx.webservices.administration import Administration, Step
from finesse_tx.webservices.core.administration.changes import (
    AddContact,
    RemoveContact,
    ReplaceContact,
    ReplaceContacts,
    contact_uri,
    uri_of,
)
from finesse_tx.webservices.core.administration.contact_csv import (
    contacts_csv,
    read_contacts,
    uploaded,
)
from finesse_tx.webservices.core.administration.objects import (
    Contact,
    Contacts,
    PhoneBook,
    PhoneBooks,
)
from finesse_tx.webservices.core.administration.rules import MAX_CONTACTS_OF_BOOK
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.reading import Draft
from finesse_tx.webservices.core.routing import Call, Reply, Route, number_of
from finesse_tx.webservices.routes.configuration.crud import (
    ADMINISTRATOR,
    Kind,
    created,
    crud,
    not_found,
)

__all__ = ["PHONE_BOOK"]

_KIND: Final = Kind(PhoneBook, PhoneBooks)


def _book(administration: Administration, call: Call[Any]) -> int:
    return _KIND.id_of(administration, call.path["id"])


def _contact(administration: Administration, call: Call[Any]) -> tuple[int, int, Contact]:
    """The ids of a book and of a contact in it, and the contact."""
    book_id, text = _book(administration, call), call.path["contact_id"]
    contact = administration.settings.contacts.get(book_id, {}).get(number_of(text))
    if contact is None:
        raise not_found("Contact", text)
    return book_id, number_of(text), contact


async def get_contacts(administration: Administration, call: Call[None]) -> Contacts:
    """Every contact of a phone book."""
    return Contacts(administration.settings.contacts_of(_book(administration, call)))


async def get_contact(administration: Administration, call: Call[None]) -> Contact:
    """One contact."""
    return _contact(administration, call)[2]


async def post_contact(administration: Administration, call: Call[Draft[Contact]]) -> Reply:
    """A new contact; ``Location`` has its URI."""

    def decide() -> Step:
        book_id, contact = _book(administration, call), call.body.made()
        uri = f"{uri_of(PhoneBook, book_id)}/Contact"
        return Step("POST", uri, AddContact(book_id, contact), None, contact)

    (number,) = await administration.change(call, decide)
    return created(call, contact_uri(_book(administration, call), number))


async def put_contact(administration: Administration, call: Call[Draft[Contact]]) -> None:
    """Change a contact: what is not in the body stays."""

    def decide() -> Step:
        book_id, number, before = _contact(administration, call)
        contact = call.body.onto(before)
        change = ReplaceContact(book_id, number, contact)
        return Step("PUT", contact_uri(book_id, number), change, before, contact)

    await administration.change(call, decide)


async def delete_contact(administration: Administration, call: Call[None]) -> None:
    """Delete a contact."""

    def decide() -> Step:
        book_id, number, before = _contact(administration, call)
        return Step("DELETE", contact_uri(book_id, number), RemoveContact(book_id, number), before)

    await administration.change(call, decide)


async def put_contacts(administration: Administration, call: Call[Draft[Contacts]]) -> None:
    """Replace every contact of a phone book; those that are none are skipped."""
    given = call.body.found.get("Contact", ())
    if not isinstance(given, list | tuple):
        raise ApiError(400, "Invalid Input", "Invalid Contact specified", "Contact")
    if len(given) > MAX_CONTACTS_OF_BOOK:
        raise ApiError(
            400,
            "Maximum Exceeded",
            f"A phone book has at most {MAX_CONTACTS_OF_BOOK} contacts",
            "contacts",
        )
    contacts = []
    for one in given:
        try:
            contacts.append(msgspec.convert(one, Contact, strict=False))
        except msgspec.ValidationError:
            continue
    await _replace(administration, call, tuple(contacts))


async def post_csv(administration: Administration, call: Call[None]) -> Reply:
    """Replace every contact of a phone book by those in a CSV file; field ``datafile`` of a form."""
    await _replace(administration, call, read_contacts(uploaded(call.content_type, call.raw)))
    return Reply(b"", content_type="text/plain")


async def get_csv(administration: Administration, call: Call[None]) -> Reply:
    """Every contact of a phone book, as a CSV file."""
    contacts = administration.settings.contacts_of(_book(administration, call))
    return Reply(
        contacts_csv(contacts),
        content_type="text/csv;charset=ISO-8859-1",
        headers={"Content-Disposition": 'attachment; filename="contacts.csv"'},
    )


async def _replace(
    administration: Administration, call: Call[Any], contacts: tuple[Contact, ...]
) -> None:
    def decide() -> Step:
        book_id = _book(administration, call)
        before = administration.settings.contacts_of(book_id)
        return Step(
            call.method,
            f"{uri_of(PhoneBook, book_id)}/Contacts",
            ReplaceContacts(book_id, contacts),
            before,
            contacts,
        )

    await administration.change(call, decide)


_CONTACTS: Final = "/PhoneBook/{id}/Contacts"
_CONTACT: Final = "/PhoneBook/{id}/Contact/{contact_id}"
_COMMON: Final[dict[str, Any]] = {"refusals": (404,), "needs_service": False}
_CSV: Final[dict[str, Any]] = {"media_type": "text/csv", "needs_service": False}

PHONE_BOOK: Final[tuple[Route[Administration, Any], ...]] = (
    *crud(_KIND),
    Route("GET", _CONTACTS, ADMINISTRATOR, get_contacts, response=Contacts, **_COMMON),
    Route("PUT", _CONTACTS, ADMINISTRATOR, put_contacts, changes=Contacts, **_COMMON),
    Route(
        "POST", "/PhoneBook/{id}/Contact", ADMINISTRATOR, post_contact, changes=Contact, **_COMMON
    ),
    Route("GET", _CONTACT, ADMINISTRATOR, get_contact, response=Contact, **_COMMON),
    Route("PUT", _CONTACT, ADMINISTRATOR, put_contact, changes=Contact, **_COMMON),
    Route("DELETE", _CONTACT, ADMINISTRATOR, delete_contact, **_COMMON),
    Route(
        "POST",
        f"{_CONTACTS}/csvFileContent",
        ADMINISTRATOR,
        post_csv,
        status=202,
        refusals=(400, 404),
        **_CSV,
    ),
    Route("GET", f"{_CONTACTS}/csvFileContent", ADMINISTRATOR, get_csv, refusals=(404,), **_CSV),
)
"""The table."""
