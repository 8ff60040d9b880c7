"""`finesse_tx.certificates.desk` and what it keeps under HOME/tls: a certificate that is taken, and ones that are not."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from twisted.internet.defer import Deferred, fail
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.certificates import CertificateDesk, InstalledCertificates, ServerTLS, own_identity
from finesse_tx.certificates.desk import MAX_WAITING
from finesse_tx.certificates.identity import Identity
from finesse_tx.certificates.installed import POINTER, Choice
from finesse_tx.directory.core.edits import Author
from finesse_tx.home import Home
from finesse_tx.interfaces import IAdministrationRecords, ICertificates
from finesse_tx.store.core.errors import StoreUnavailableError
from finesse_tx.webservices.core.administration.changes import AuditEntry
from finesse_tx.webservices.core.console import CertificateBundle, Certificates
from finesse_tx.webservices.core.errors import ApiError
from tests.support.certificates import Issued, issued, key_pem, root
from tests.support.webservices import FakeAdministrationRecords, FakeDirectory
from tests.support.workers import AtOnce
from tests.webservices.core import events

HOST = "cc.example.org"
AUTHOR = Author("adm", "192.0.2.7")
FIRST, SECOND = (issued(name, (HOST,), root()) for name in ("first", "second"))
PASSPHRASE = "open sesame"


def bundle(one: Issued, key: str = "", **more: str) -> CertificateBundle:
    """As an administrator brings it."""
    return CertificateBundle(certificate=one.pem + root().pem, key=key or one.key_pem, **more)


class DeskCase(SynchronousTestCase):
    """A server with a certificate of its own.

    Attributes:
        operator_file: Where the operator's is; empty for none.
    """

    operator_file = ""

    def setUp(self) -> None:
        """As composition makes it."""
        self.home = Home(Path(self.mktemp()).absolute())
        self.home.lock()
        self.addCleanup(self.home.unlock)
        self.installed = InstalledCertificates(self.home)
        self.tls = ServerTLS(self.load)
        self.records = FakeAdministrationRecords(FakeDirectory(events.DIRECTORY))
        self.desk = self.made()
        verifyObject(ICertificates, self.desk)
        verifyObject(IAdministrationRecords, self.records)

    def load(self) -> Identity:
        """What counts."""
        own: Callable[[], Identity] = lambda: own_identity(self.home, (HOST,), datetime.now(UTC))  # noqa: E731
        return self.installed.current() or own()

    def made(self) -> CertificateDesk:
        """The desk, as a start makes it."""
        return CertificateDesk(
            self.tls,
            self.installed,
            self.operator_file,
            HOST,
            ("finesse.local",),
            self.records,
            AtOnce(),
            lambda: datetime.now(UTC),
        )

    def install(self, brought: CertificateBundle) -> Certificates:
        """Install one that is good."""
        return self.successResultOf(self.desk.install(brought, AUTHOR))

    def refusal(self, asked: Deferred[Certificates]) -> ApiError:
        """Why it is not done."""
        error: ApiError = self.failureResultOf(asked, ApiError).value
        return error

    def files(self) -> dict[str, bytes]:
        """All that is under HOME/tls."""
        return {path.name: path.read_bytes() for path in (self.home.path / "tls").iterdir()}

    def subject(self) -> str:
        """Whose certificate connections are shown now."""
        return self.tls.identity.certificate.subject.rfc4514_string()


class CertificateDeskTests(DeskCase):
    """Where the server keeps its certificate itself."""

    def test_installed(self) -> None:
        """It is shown at once and after a restart, its key is nobody else's to read, and who did it is kept without the key."""
        own = self.subject()
        self.assertEqual((self.desk.shown().source, self.desk.shown().previous), ("own", ""))
        with capturedLogs() as logged:
            told = self.install(
                bundle(FIRST, key_pem(FIRST.key, PASSPHRASE), passphrase=PASSPHRASE)
            )
        self.assertEqual((told.source, told.previous, told.host), ("installed", "own", HOST))
        self.assertEqual([one.subject for one in told.of], ["CN=first", "CN=Example Root"])
        self.assertIn("finesse.local is not among its names", told.doubts[0])
        self.assertEqual(self.subject(), "CN=first")
        (path,) = (self.home.path / "tls").glob("installed-*.pem")
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        again = ServerTLS(self.load)
        self.assertEqual(again.identity.certificate, FIRST.certificate)
        self.assertEqual(self.made().shown().previous, "own")
        (entry,) = self.records.entries
        self.assertEqual(
            (entry.login_id, entry.peer, entry.action, entry.uri),
            ("adm", "192.0.2.7", "POST", "/cfadmin/api/certificates"),
        )
        self.assertEqual(json.loads(entry.before)["subject"], own)
        self.assertEqual(json.loads(entry.after)["names"], [HOST])
        for secret in (PASSPHRASE, "PRIVATE KEY", FIRST.key_pem[40:80]):
            self.assertNotIn(secret, repr(self.records.entries) + repr(logged))

    def test_no_key_in_repr(self) -> None:
        """Whatever is logged of a request that fails has no key in it."""
        self.assertEqual(repr(bundle(FIRST)), "CertificateBundle(…)")

    def test_put_back(self) -> None:
        """The one before is put back, its own as well; and once more, the newer one. No more than these two are kept."""
        self.install(bundle(FIRST))
        told = self.install(bundle(SECOND))
        self.assertEqual((told.previous, self.subject()), ("CN=first", "CN=second"))
        told = self.successResultOf(self.desk.put_back(AUTHOR))
        self.assertEqual((told.previous, self.subject()), ("CN=second", "CN=first"))
        told = self.successResultOf(self.desk.put_back(AUTHOR))
        self.assertEqual((told.previous, self.subject()), ("CN=first", "CN=second"))
        third = issued("third", (HOST,), root())
        self.install(bundle(third))
        self.assertEqual(len([*(self.home.path / "tls").glob("installed-*.pem")]), 2)
        self.assertEqual(
            [one.uri.rpartition("/")[2] for one in self.records.entries],
            ["certificates", "certificates", "previous", "previous", "certificates"],
        )

    def test_own_is_put_back(self) -> None:
        """The server's own certificate is one, too."""
        own = self.tls.identity.certificate
        self.install(bundle(FIRST))
        told = self.successResultOf(self.desk.put_back(AUTHOR))
        self.assertEqual((told.source, told.previous), ("own", "CN=first"))
        self.assertEqual(self.tls.identity.certificate, own)
        self.assertEqual(json.loads(self.records.entries[1].after), {"source": "own"})

    def test_nothing_to_put_back(self) -> None:
        """Where nothing was installed there is nothing; what is damaged, or has expired, is not put back."""
        self.assertEqual(self.refusal(self.desk.put_back(AUTHOR)).status, 404)
        self.install(bundle(FIRST))
        old = issued("old", (HOST,), root(), end=datetime(2099, 1, 1, tzinfo=UTC))
        self.install(bundle(old))
        for path in (self.home.path / "tls").glob("installed-*.pem"):
            path.write_bytes(b"-----BEGIN")
        with capturedLogs():
            error = self.refusal(self.desk.put_back(AUTHOR))
        self.assertEqual((error.status, self.subject()), (404, "CN=old"))

    def test_same_again(self) -> None:
        """The same certificate is no change; with other certificates behind it, it is."""
        self.install(bundle(FIRST))
        self.install(bundle(FIRST))
        self.assertEqual(len(self.records.entries), 1)
        alone = CertificateBundle(certificate=FIRST.pem, key=FIRST.key_pem)
        self.assertEqual(self.install(alone).previous, "CN=first")
        self.assertEqual(len(self.records.entries), 2)

    def test_pkcs12(self) -> None:
        """One file with everything, sent in Base64."""
        data = serialize_key_and_certificates(
            b"x",
            FIRST.key,
            FIRST.certificate,
            [root().certificate],
            BestAvailableEncryption(PASSPHRASE.encode()),
        )
        brought = CertificateBundle(pkcs12=base64.b64encode(data).decode(), passphrase=PASSPHRASE)
        self.assertEqual(len(self.install(brought).of), 2)
        wrong = CertificateBundle(pkcs12="not in Base64!")
        self.assertEqual(self.refusal(self.desk.install(wrong, AUTHOR)).error_data, "pkcs12")

    def test_refused(self) -> None:
        """What is not taken changes nothing on disk, and nothing that is shown; every reason is told."""
        before, shown = self.files(), self.subject()
        for brought, field, said in (
            (CertificateBundle(), "certificate", "no certificate in PEM"),
            (bundle(FIRST, SECOND.key_pem), "key", "not the key of the certificate"),
            (bundle(FIRST, key_pem(FIRST.key, PASSPHRASE)), "passphrase", "has a passphrase"),
            (bundle(issued("x", ("other.org",), root())), "certificate", f"not for {HOST}"),
            (
                CertificateBundle(certificate=FIRST.pem[:-80], key=FIRST.key_pem),
                "certificate",
                "PEM",
            ),
        ):
            for asked in (self.desk.install(brought, AUTHOR), self.desk.check(brought)):
                error = self.refusal(asked)
                self.assertEqual((error.status, error.error_data), (400, field))
                self.assertIn(said, error.error_message)
        self.assertEqual((self.files(), self.subject()), (before, shown))
        self.assertEqual(self.records.entries, [])

    def test_checked_only(self) -> None:
        """A dry run says what would be shown, and changes nothing."""
        before = self.files()
        told = self.successResultOf(self.desk.check(bundle(FIRST)))
        self.assertEqual((told.source, told.of[0].subject), ("own", "CN=first"))
        self.assertEqual((self.files(), self.records.entries), (before, []))

    def test_store_away(self) -> None:
        """What cannot be audited is not done."""
        self.records.failing = StoreUnavailableError("away")
        with capturedLogs():
            self.assertEqual(self.refusal(self.desk.install(bundle(FIRST), AUTHOR)).status, 503)
        self.assertEqual(self.installed.choice(), Choice())
        self.assertNotEqual(self.subject(), "CN=first")

    def test_not_committed(self) -> None:
        """A commit that fails after the files were written puts them back as they were."""
        self.install(bundle(FIRST))

        class Failing(FakeAdministrationRecords):
            def note(self, _entry: AuditEntry, deed: Callable[[], None]) -> Deferred[None]:
                deed()
                return fail(StoreUnavailableError("away"))

        self.records = Failing(FakeDirectory(events.DIRECTORY))
        desk = self.made()
        with capturedLogs():
            self.assertEqual(self.refusal(desk.install(bundle(SECOND), AUTHOR)).status, 503)
        self.assertEqual(ServerTLS(self.load).identity.certificate, FIRST.certificate)
        self.assertEqual((self.subject(), desk.shown().previous), ("CN=first", "own"))

    def test_disk_full(self) -> None:
        """Files that cannot be written leave those that are."""
        folder = self.home.path / "tls"
        folder.rename(self.home.path / "other")
        folder.write_bytes(b"")  # no folder any more: nothing can be written in it
        with capturedLogs():
            error = self.refusal(self.desk.install(bundle(FIRST), AUTHOR))
        self.assertEqual(error.status, 503)
        self.assertIn("HOME", error.error_message.replace(str(self.home.path), "HOME"))
        self.assertNotEqual(self.subject(), "CN=first")

    def test_so_many_at_once(self) -> None:
        """A few wait for each other; one more is told to come later."""
        holding: list[Deferred[None]] = []

        class Slow(FakeAdministrationRecords):
            def note(self, entry: AuditEntry, deed: Callable[[], None]) -> Deferred[None]:
                held: Deferred[None] = Deferred()
                holding.append(held)
                return held.addCallback(lambda _: super(Slow, self).note(entry, deed))

        self.records = Slow(FakeDirectory(events.DIRECTORY))
        desk = self.made()
        asked = [desk.install(bundle(one), AUTHOR) for one in (FIRST, SECOND, FIRST, SECOND, FIRST)]
        self.assertEqual(len(asked), MAX_WAITING + 1)
        self.assertEqual(self.refusal(desk.install(bundle(FIRST), AUTHOR)).status, 503)
        asked[0].cancel()  # whoever asked is gone; it is done all the same
        self.failureResultOf(asked[0])
        while holding:
            holding.pop(0).callback(None)
        self.assertEqual(self.subject(), "CN=first")
        for one in asked[1:]:
            self.successResultOf(one)

    def test_damaged(self) -> None:
        """A start finds its own certificate where what was installed is gone or damaged, and the log says so."""
        self.install(bundle(FIRST))
        (path,) = (self.home.path / "tls").glob("installed-*.pem")
        pointer = (self.home.path / POINTER).read_bytes()
        for spoil in (
            path.unlink,
            lambda: path.write_bytes(SECOND.key_pem.encode() + SECOND.pem.encode()),
            lambda: (self.home.path / POINTER).write_bytes(b'{"current": "../../server"}'),
            lambda: (self.home.path / POINTER).write_bytes(b"{"),
        ):
            (self.home.path / POINTER).write_bytes(pointer)
            spoil()
            with capturedLogs() as logged:
                self.assertEqual(
                    ServerTLS(self.load).identity.certificate.issuer.rfc4514_string()[:13],
                    "CN=finesse_tx",
                )
                self.made()
                self.assertTrue(self.desk.reload())
                self.assertEqual(self.desk.shown().source, "own")
            self.assertTrue([one for one in logged if one["log_level"].name == "error"])


class OperatorsFilesTests(DeskCase):
    """Where the operator's files name the certificate."""

    operator_file = "/etc/ssl/cc.pem"

    def test_left_alone(self) -> None:
        """They stay, and what to do is said; a certificate can be looked at all the same, and the files read anew."""
        for asked in (self.desk.install(bundle(FIRST), AUTHOR), self.desk.put_back(AUTHOR)):
            error = self.refusal(asked)
            self.assertEqual((error.status, error.error_data), (400, "tls.certificate_file"))
            self.assertIn("/etc/ssl/cc.pem: replace that file", error.error_message)
        told = self.successResultOf(self.desk.check(bundle(FIRST)))
        self.assertEqual((told.source, told.file), ("file", self.operator_file))
        self.assertTrue(self.desk.reload())
        self.assertEqual([*(self.home.path / "tls").glob("installed*")], [])
