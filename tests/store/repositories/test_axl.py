"""`finesse_tx.store.repositories.axl`, and what the AXL server asks of the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.directory.core.axl.operations import OPERATIONS
from finesse_tx.directory.core.axl.records import ObjectEdit, ObjectKey, StoredObject
from finesse_tx.directory.core.axl.values import Values
from finesse_tx.interfaces import IAXLRecords
from finesse_tx.store.axl_records import AXLRecords
from finesse_tx.store.repositories.axl import apply_edit, read_objects
from finesse_tx.store.repositories.changes import read_audit
from finesse_tx.webservices.core.administration.changes import AuditEntry
from tests.support.database import OnPostgreSQL, empty_url, inside

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
T = TypeVar("T")

ENTRY = AuditEntry(AT, "admin", "192.0.2.1", "addPhone", "/axl/Phone/SEPA", "", "{}")
UUID = "00000000-0000-4000-8000-00000000000"


class _AtOnce:
    """A store whose transactions are done at once."""

    def __init__(self, url: URL) -> None:
        self._url = url

    def transact(self, work: Callable[[Session], T]) -> Deferred[T]:
        """Do it."""
        return succeed(inside(self._url, work))

    read = transact


def phone(name: str, number: int, description: str = "") -> StoredObject:
    """A phone with a button."""
    lines: Values = {"line": ({"index": "1", "dirn": {"pattern": "77"}},)}
    values: Values = {"description": description, "lines": lines, "empty": (), "none": {}}
    return StoredObject(ObjectKey("phone", name), f"{UUID}{number}", values)


class AXLTests(SynchronousTestCase):
    """An empty database."""

    def setUp(self) -> None:
        """Make it."""
        self.url = empty_url(self)

    def do(self, *puts: StoredObject, removes: tuple[ObjectKey, ...] = ()) -> None:
        """Carry out an edit."""
        inside(self.url, lambda session: apply_edit(session, ObjectEdit(removes, puts), ENTRY))

    def kept(self) -> tuple[StoredObject, ...]:
        """All that is kept."""
        return inside(self.url, read_objects)

    def test_kept(self) -> None:
        """Objects come back as they were, nested as they were."""
        line = StoredObject(ObjectKey("line", "77", "PT é"), f"{UUID}3", {})
        self.do(phone("SEPA", 1, "é"), phone("SEPB", 2), line)
        self.assertEqual(self.kept(), (phone("SEPA", 1, "é"), phone("SEPB", 2), line))

    def test_replaced(self) -> None:
        """An object takes the place of the one with its key, whatever the case; one that is removed is gone."""
        self.do(phone("SEPA", 1), phone("SEPB", 2))
        self.do(phone("sepa", 1, "new"))
        self.assertEqual(self.kept(), (phone("SEPB", 2), phone("sepa", 1, "new")))
        self.do(removes=(ObjectKey("phone", "SEPA"), ObjectKey("phone", "nothing")))
        self.assertEqual(self.kept(), (phone("SEPB", 2),))

    def test_renamed(self) -> None:
        """An object may take another name and keep its uuid, in one edit."""
        self.do(phone("SEPA", 1))
        self.do(phone("SEPC", 1), removes=(ObjectKey("phone", "SEPA"),))
        self.assertEqual(self.kept(), (phone("SEPC", 1),))

    def test_uuid_is_one(self) -> None:
        """Two objects cannot have one uuid, and then nothing is kept, nor audited."""
        self.do(phone("SEPA", 1))
        self.assertRaises(IntegrityError, self.do, phone("SEPB", 1))
        self.assertEqual(self.kept(), (phone("SEPA", 1),))
        self.assertEqual(len(self.audit()), 1)

    def audit(self) -> list[dict[str, object]]:
        """The audit log."""
        return inside(
            self.url,
            lambda session: list(
                read_audit(session, "/axl/", AT, datetime.max.replace(tzinfo=UTC))
            ),
        )

    def test_audit(self) -> None:
        """Who wanted it is in the audit log, beside what administrators do elsewhere."""
        self.do(phone("SEPA", 1))
        (entry,) = self.audit()
        self.assertEqual(
            (entry["login_id"], entry["action"], entry["uri"]),
            ("admin", "addPhone", "/axl/Phone/SEPA"),
        )

    def test_every_operation(self) -> None:
        """The longest name of an operation, of the largest object, has room in the audit log."""
        operation = max(OPERATIONS, key=len)
        entry = replace(ENTRY, action=operation, uri=f"/axl/{'x' * 250}")
        inside(self.url, lambda session: apply_edit(session, ObjectEdit(), entry))
        (found,) = self.audit()
        self.assertEqual(found["action"], operation)

    def test_records(self) -> None:
        """The server is given the same through its interface."""
        records = AXLRecords(_AtOnce(self.url))
        verifyObject(IAXLRecords, records)
        self.successResultOf(records.apply(ObjectEdit(puts=(phone("SEPA", 1),)), ENTRY))
        self.assertEqual(self.kept(), (phone("SEPA", 1),))


class AXLOnPostgreSQLTests(OnPostgreSQL, AXLTests):
    """The same on PostgreSQL."""
