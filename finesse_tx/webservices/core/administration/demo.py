"""What the demo has configured: enough for a desktop to show something.

Spec: ``design.md`` §4.
"""

from typing import Final

from finesse_tx.webservices.core.administration.objects import (
    BookType,
    Contact,
    PhoneBook,
    WrapUpReason,
)

__all__ = ["CONTACTS", "PHONE_BOOK", "WRAP_UP_REASONS"]

WRAP_UP_REASONS: Final = tuple(
    WrapUpReason(label=label, for_all=True)
    for label in ("Sale", "Information", "Complaint", "Will call again", "Wrong number")
)

PHONE_BOOK: Final = PhoneBook(name="Colleagues", type=BookType.GLOBAL)

CONTACTS: Final = (
    Contact(
        first_name="Sales", last_name="Queue", phone_number="6001", description="Waits in the queue"
    ),
    Contact(
        first_name="Support",
        last_name="Queue",
        phone_number="6002",
        description="Waits in the queue",
    ),
    Contact(first_name="Supervisor", last_name="1", phone_number="2001", description="Of team 1"),
    Contact(first_name="Supervisor", last_name="2", phone_number="2002", description="Of team 2"),
)
"""Of the phone book."""
