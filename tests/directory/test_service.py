"""`finesse_tx.directory.service`."""

from collections.abc import Mapping
from dataclasses import replace

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.directory.core.scram import verifier
from finesse_tx.directory.service import Directory
from finesse_tx.interfaces import IDirectory, IDirectoryRecords, IReasonCodes
from finesse_tx.store.core.errors import StoreUnavailableError
from tests.support.records import FixedRecords

VERIFIER = verifier("finesse", b"salt", 4_096)


class SlowRecords(FixedRecords):
    """Answers when it is told to."""

    def __init__(self) -> None:
        super().__init__(Snapshot(), {})
        self.loading: list[Deferred[tuple[Snapshot, Mapping[str, str], Mapping[str, str]]]] = []

    def load(self) -> Deferred[tuple[Snapshot, Mapping[str, str], Mapping[str, str]]]:
        """Begin."""
        self.loading.append(Deferred())
        return self.loading[-1]


class DirectoryTests(SynchronousTestCase):
    """`Directory`."""

    def setUp(self) -> None:
        """Load two agents."""
        self.records = FixedRecords(demo(2), {"agent1": "old"})
        self.directory = Directory(self.records)
        self.successResultOf(self.directory.reload())

    def test_interface(self) -> None:
        """It is a directory, and the fake records are records."""
        verifyObject(IDirectory, self.directory)
        verifyObject(IReasonCodes, self.directory)
        verifyObject(IDirectoryRecords, self.records)

    def test_reload(self) -> None:
        """It knows nobody before it is loaded, and then whom its records know."""
        self.assertEqual(Directory(self.records).snapshot(), Snapshot())
        self.assertEqual(self.directory.snapshot(), demo(2))
        self.records.snapshot, self.records.hashes = demo(3), {"agent1": "new"}
        self.assertEqual(self.directory.snapshot(), demo(2))
        self.successResultOf(self.directory.reload())
        self.assertEqual(self.directory.snapshot(), demo(3))
        self.assertEqual(self.directory.password_hash("agent1"), "new")
        self.assertIsNone(self.directory.password_hash("agent2"))

    def test_reload_reason_codes(self) -> None:
        """The reason codes are read anew, and nothing else is."""
        self.records.snapshot = replace(demo(3), reason_codes=demo(1).reason_codes[:1])
        self.successResultOf(self.directory.reload_reason_codes())
        expected = replace(demo(2), reason_codes=demo(1).reason_codes[:1])
        self.assertEqual(self.directory.snapshot(), expected)
        self.records.failing = StoreUnavailableError("disk I/O error")
        self.failureResultOf(self.directory.reload_reason_codes(), StoreUnavailableError)
        self.assertEqual(self.directory.snapshot(), expected)

    def test_failing(self) -> None:
        """When the records cannot be read, the old directory stays, and a later reload works."""
        self.records.failing = StoreUnavailableError("disk I/O error")
        self.failureResultOf(self.directory.reload(), StoreUnavailableError)
        self.assertEqual(self.directory.snapshot(), demo(2))
        self.records.failing = None
        self.successResultOf(self.directory.reload())

    def test_one_by_one(self) -> None:
        """Two reloads come one after the other, so that the later one's answer is the one that stays."""
        records = SlowRecords()
        directory = Directory(records)
        first, second = directory.reload(), directory.reload()
        self.assertEqual(len(records.loading), 1)
        records.loading[0].callback((demo(1), {}, {}))
        self.successResultOf(first)
        records.loading[1].callback((demo(2), {}, {}))
        self.successResultOf(second)
        self.assertEqual(directory.snapshot(), demo(2))

    def test_renew(self) -> None:
        """Another hash of the same password holds at once, and is kept."""
        self.directory.renew_password_hash("agent1", "old", "new")
        self.assertEqual(self.directory.password_hash("agent1"), "new")
        self.assertEqual(self.records.replaced, [("agent1", "old", "new")])

    def test_renew_late(self) -> None:
        """Not if the password has changed since."""
        self.directory.renew_password_hash("agent1", "older", "new")
        self.assertEqual(self.directory.password_hash("agent1"), "old")
        self.assertEqual(self.records.replaced, [])

    def test_verifiers(self) -> None:
        """What was made of a password holds at once, is kept, and is loaded again."""
        self.assertEqual(self.directory.without_verifier, 1)
        self.assertIsNone(self.directory.scram_verifier("agent1"))
        self.directory.keep_verifier("agent1", "old", VERIFIER)
        self.assertEqual(self.directory.scram_verifier("agent1"), VERIFIER)
        self.assertEqual(self.directory.without_verifier, 0)
        self.assertEqual(self.records.kept, [("agent1", "old", VERIFIER.encoded)])
        self.successResultOf(self.directory.reload())
        self.assertIsNone(self.directory.scram_verifier("agent1"))
        self.records.verifiers = {"agent1": VERIFIER.encoded}
        self.successResultOf(self.directory.reload())
        self.assertEqual(self.directory.scram_verifier("agent1"), VERIFIER)

    def test_verifier_late(self) -> None:
        """Not what was made of an earlier password, nor anything for who has none."""
        for login_id, password_hash in (("agent1", "older"), ("agent2", "old")):
            self.directory.keep_verifier(login_id, password_hash, VERIFIER)
        self.assertEqual((self.directory.without_verifier, self.records.kept), (1, []))

    def test_damaged_verifier(self) -> None:
        """What cannot be read is as if it were not there, but does not hold the others up."""
        directory = Directory(self.records, demo(1), {"agent1": "old"}, {"agent1": "?"})
        self.assertIsNone(directory.scram_verifier("agent1"))
        self.assertEqual(directory.without_verifier, 0)
