"""`finesse_tx.store.records`: the store, as the directory sees it."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select
from twisted.internet import reactor
from twisted.internet.interfaces import IReactorFromThreads
from twisted.trial.unittest import TestCase
from zope.interface.verify import verifyObject

from finesse_tx.directory.core.axl.records import (
    ObjectEdit,
    ObjectKey,
    ObjectWrite,
    StoredObject,
)
from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.edits import Author, EditsRefusedError, Remove, SetEnabled
from finesse_tx.directory.core.records import Team
from finesse_tx.errors import StartError
from finesse_tx.interfaces import (
    IAdministrationRecords,
    IDirectoryEditRecords,
    IDirectoryRecords,
)
from finesse_tx.store.administration_records import AdministrationRecords
from finesse_tx.store.administration_tables import SettingRow
from finesse_tx.store.core.errors import StoreConflictError
from finesse_tx.store.core.sealing import Sealer
from finesse_tx.store.records import DirectoryEditRecords, DirectoryRecords, PendingRecords
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.axl import read_objects
from finesse_tx.store.repositories.changes import latest_audit
from finesse_tx.store.repositories.settings import read_settings
from finesse_tx.store.repositories.snapshots import read_register
from finesse_tx.store.service import Store
from finesse_tx.webservices.core.administration.changes import Add, AuditEntry, Put
from finesse_tx.webservices.core.administration.objects import WrapUpReason
from finesse_tx.webservices.core.administration.system import CloudConnectConfig
from tests.support.database import OnPostgreSQL, empty_url, inside
from tests.support.outbox import NotedOutbox

REACTOR = IReactorFromThreads(reactor)


class DirectoryRecordsTests(TestCase):
    """`DirectoryRecords`."""

    async def test_records(self) -> None:
        """People, hashes and verifiers are read, a hash is replaced, a verifier is kept."""
        url = empty_url(self)
        inside(url, lambda session: add_snapshot(session, demo(1), "old"))
        store = Store(REACTOR, url, 1)
        store.startService()
        self.addCleanup(store.stopService)
        outbox = NotedOutbox()
        records = DirectoryRecords(store, outbox)
        verifyObject(IDirectoryRecords, records)
        snapshot, hashes, _ = await records.load().addTimeout(60, reactor)
        self.assertEqual((snapshot, hashes["agent1"]), (demo(1), "old"))
        codes = await records.load_reason_codes().addTimeout(60, reactor)
        self.assertEqual(codes, snapshot.reason_codes)
        records.replace_password_hash("agent1", "old", "new")
        records.keep_verifier("agent1", "new", "made")
        pending = PendingRecords(store)
        for _ in range(2):  # the second time it is there already
            added = pending.add("j", 0, 3, outbox.records)
            self.assertEqual(await added.addTimeout(60, reactor), 3)
        _, hashes, verifiers = await records.load().addTimeout(60, reactor)
        self.assertEqual((hashes["agent1"], verifiers), ("new", {"agent1": "made"}))
        self.assertEqual(outbox.flushes, 2)


class DirectoryEditRecordsTests(TestCase):
    """`DirectoryEditRecords`."""

    async def test_records(self) -> None:
        """Edits are made in a thread, and what may not be is told."""
        url = empty_url(self)
        inside(url, lambda session: add_snapshot(session, demo(1), "old"))
        store = Store(REACTOR, url, 1)
        store.startService()
        self.addCleanup(store.stopService)
        records = DirectoryEditRecords(store)
        verifyObject(IDirectoryEditRecords, records)
        author, at = Author("admin", "192.0.2.7"), datetime(2026, 3, 1, tzinfo=UTC)
        edits = [SetEnabled("agent1", False)]
        keys = await records.edit(edits, author, at, None).addTimeout(60, reactor)
        self.assertEqual(keys, ("agent1",))
        register = await records.register().addTimeout(60, reactor)
        self.assertEqual(register.disabled, {"agent1"})
        with self.assertRaises(EditsRefusedError):
            await records.edit([Remove(Team, 1)], author, at, None).addTimeout(60, reactor)

    async def test_beside(self) -> None:
        """What AXL keeps of a change is in its transaction: when one of the two cannot be, neither is."""
        url = empty_url(self)
        inside(url, lambda session: add_snapshot(session, demo(1), "old"))
        store = Store(REACTOR, url, 1)
        store.startService()
        self.addCleanup(store.stopService)
        records = DirectoryEditRecords(store)
        author, at = Author("admin", "192.0.2.7"), datetime(2026, 3, 1, tzinfo=UTC)

        def write(name: str) -> ObjectWrite:
            phone = StoredObject(ObjectKey("phone", name), "one uuid for two", {})
            entry = AuditEntry(at, "admin", "192.0.2.7", "updateUser", "/axl/User/agent1")
            return ObjectWrite(ObjectEdit(puts=(phone,)), entry)

        def kept() -> tuple[frozenset[str], list[str], list[str]]:
            return inside(
                url,
                lambda session: (
                    read_register(session).disabled,
                    [found.key.name for found in read_objects(session)],
                    [entry.uri for _number, entry in latest_audit(session, "", None, 9)],
                ),
            )

        off, on = [SetEnabled("agent1", False)], [SetEnabled("agent1", True)]
        await records.edit(off, author, at, None, write("SEPA")).addTimeout(30, reactor)
        both = ["/axl/User/agent1", "/finesse/api/User/agent1"]
        self.assertEqual(kept(), ({"agent1"}, ["SEPA"], both))
        with self.assertRaises(StoreConflictError):
            await records.edit(on, author, at, None, write("SEPB")).addTimeout(30, reactor)
        with self.assertRaises(EditsRefusedError):
            refused = [Remove(Team, 1)]
            await records.edit(refused, author, at, None, write("SEPA")).addTimeout(30, reactor)
        self.assertEqual(kept(), ({"agent1"}, ["SEPA"], both))


class DirectoryEditRecordsOnPostgreSQLTests(OnPostgreSQL, DirectoryEditRecordsTests):
    """The same on PostgreSQL."""


class AdministrationRecordsTests(TestCase):
    """`AdministrationRecords`."""

    async def test_records(self) -> None:
        """A change is made in a thread, and a contradiction is told as one."""
        url = empty_url(self)
        store = Store(REACTOR, url, 1)
        store.startService()
        self.addCleanup(store.stopService)
        sealer = Sealer(b"k" * 43, secrets.token_bytes)
        records = AdministrationRecords(store, sealer)
        verifyObject(IAdministrationRecords, records)
        change = Add(WrapUpReason(label="Sale", for_all=True))
        entry = AuditEntry(datetime(2026, 3, 1, tzinfo=UTC), "adm", "192.0.2.7", "POST", "/x")
        (number,) = await records.apply(change, entry).addTimeout(60, reactor)
        self.assertEqual(
            inside(url, read_settings).all(WrapUpReason)[0].uri,
            f"/finesse/api/WrapUpReason/{number}",
        )
        with self.assertRaises(StoreConflictError):
            await records.apply(change, entry).addTimeout(60, reactor)
        cloud = CloudConnectConfig(host="h", username="u", password="p" * 128)
        await records.apply(Put("CloudConnectConfig", cloud), entry).addTimeout(60, reactor)
        (row,) = inside(url, lambda session: session.scalars(select(SettingRow.definition)).all())
        self.assertNotIn("pppp", row)
        self.assertEqual(
            inside(url, lambda session: read_settings(session, sealer.open)).single(
                CloudConnectConfig
            ),
            cloud,
        )

    async def test_noted(self) -> None:
        """What is done outside the store is noted with who has done it; what is not done is not."""
        url = empty_url(self)
        store = Store(REACTOR, url, 1)
        store.startService()
        self.addCleanup(store.stopService)
        records = AdministrationRecords(store, Sealer(b"k" * 43, secrets.token_bytes))
        entry = AuditEntry(datetime(2026, 3, 1, tzinfo=UTC), "adm", "192.0.2.7", "POST", "/done")
        done: list[str] = []
        await records.note(entry, lambda: done.append("done")).addTimeout(60, reactor)

        def fails() -> None:
            raise StartError("no")

        with self.assertRaises(StartError):
            await records.note(replace(entry, uri="/not"), fails).addTimeout(60, reactor)
        found = await records.latest("", None, 9).addTimeout(60, reactor)
        self.assertEqual(([one.uri for _, one in found], done), (["/done"], ["done"]))


class DirectoryRecordsOnPostgreSQLTests(OnPostgreSQL, DirectoryRecordsTests):
    """The same on PostgreSQL."""


class AdministrationRecordsOnPostgreSQLTests(OnPostgreSQL, AdministrationRecordsTests):
    """The same on PostgreSQL."""
