"""`finesse_tx.certificates.authority`: our own certificate, and when it is made anew."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.certificates.authority import (
    AUTHORITY_LIFETIME,
    BACKDATE,
    SERVER_LIFETIME,
    own_identity,
)
from finesse_tx.certificates.identity import RENEW_BEFORE, Identity
from finesse_tx.errors import ConfigError
from finesse_tx.home import Home

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
NAMES = ("cc.example.org", "finesse.local", "pubsub.finesse.local")
SECOND = timedelta(seconds=1)


class OwnIdentityTests(SynchronousTestCase):
    """`own_identity`."""

    def setUp(self) -> None:
        """Lock a home."""
        self.home = Home(Path(self.mktemp()).absolute())
        self.home.lock()
        self.addCleanup(self.home.unlock)

    def make(self, now: datetime = NOW, names: tuple[str, ...] = NAMES) -> Identity:
        """Ask for the certificate at some time."""
        return own_identity(self.home, names, now)

    def authority(self) -> x509.Certificate:
        """The authority, as clients import it."""
        return x509.load_pem_x509_certificate((self.home.path / "tls/ca.pem").read_bytes())

    def test_names(self) -> None:
        """The certificate is for every name that clients dial, and for loopback, each once."""
        names = self.make(names=(*NAMES, "localhost", "10.0.0.5", "::1"))
        found = names.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        self.assertEqual(
            [name.value for name in found.value],
            [
                *NAMES,
                "localhost",
                ipaddress.ip_address("10.0.0.5"),
                ipaddress.ip_address("::1"),
                ipaddress.ip_address("127.0.0.1"),
            ],
        )

    def test_profile(self) -> None:
        """It is an ECDSA P-256 server's, of an authority that signs servers only."""
        server = self.make()
        key = server.certificate.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        self.assertEqual(key.curve.name, "secp256r1")
        self.assertTrue(server.matches)
        extensions = server.certificate.extensions
        self.assertFalse(extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
        self.assertEqual(
            list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value),
            [ExtendedKeyUsageOID.SERVER_AUTH],
        )
        limits = self.authority().extensions.get_extension_for_class(x509.BasicConstraints).value
        self.assertEqual((limits.ca, limits.path_length), (True, 0))
        server.certificate.verify_directly_issued_by(self.authority())

    def test_validity(self) -> None:
        """It is valid since yesterday and for no longer than clients accept."""
        server = self.make().certificate
        self.assertEqual(server.not_valid_before_utc, NOW - BACKDATE)
        self.assertEqual(server.not_valid_after_utc, NOW - BACKDATE + SERVER_LIFETIME)
        self.assertLess(SERVER_LIFETIME, timedelta(days=398))

    def test_private(self) -> None:
        """Both keys are for their owner alone."""
        self.make()
        for name in ("ca.key", "server.key"):
            self.assertEqual((self.home.path / "tls" / name).stat().st_mode & 0o777, 0o600)

    def test_kept(self) -> None:
        """The next start finds it again."""
        first = self.make()
        self.assertEqual(self.make(NOW + timedelta(days=300)).certificate, first.certificate)

    def test_renewed(self) -> None:
        """It is made anew once it has no more than ``RENEW_BEFORE`` left; the authority stays."""
        first, authority = self.make(), self.authority()
        edge = first.certificate.not_valid_after_utc - RENEW_BEFORE
        self.assertEqual(self.make(edge - SECOND).certificate, first.certificate)
        second = self.make(edge)
        self.assertEqual(second.certificate.not_valid_before_utc, edge - BACKDATE)
        self.assertEqual(self.authority(), authority)

    def test_constraints(self) -> None:
        """The authority is for our names, what is below them, and loopback; each is said once."""
        self.make(names=("cc.example.org", "finesse.local", "pubsub.finesse.local", "10.0.0.5"))
        found = self.authority().extensions.get_extension_for_class(x509.NameConstraints)
        self.assertTrue(found.critical)
        self.assertEqual(
            [str(tree.value) for tree in found.value.permitted_subtrees or []],
            [
                "127.0.0.0/8",
                "::1/128",
                "cc.example.org",
                "finesse.local",
                "10.0.0.5/32",
                "localhost",
            ],
        )

    def test_names_changed(self) -> None:
        """New names below the old ones make a new certificate; the authority stays."""
        first, authority = self.make(), self.authority()
        second = self.make(names=("cc.example.org", "a.finesse.local"))
        self.assertNotEqual(first.certificate, second.certificate)
        self.assertEqual(self.authority(), authority)

    def test_authority_constrained(self) -> None:
        """Names that the authority may not sign for make a new authority, and the log says so."""
        self.make()
        for names in (("other.example.org",), ("xcc.example.org",), ("10.0.0.5",)):
            before = self.authority()
            server = self.make(names=names)
            self.assertNotEqual(self.authority(), before)
            server.certificate.verify_directly_issued_by(self.authority())

    def test_authority_ends(self) -> None:
        """A certificate does not outlive its authority, which is replaced before its own end."""
        self.make()
        first = self.authority()
        self.assertEqual(first.not_valid_after_utc, NOW - BACKDATE + AUTHORITY_LIFETIME)
        edge = first.not_valid_after_utc - RENEW_BEFORE
        late = self.make(edge - SECOND).certificate
        self.assertEqual(late.not_valid_after_utc, first.not_valid_after_utc)
        self.assertEqual(self.authority(), first)
        self.make(edge)
        self.assertNotEqual(self.authority(), first)

    def test_clock_set_back(self) -> None:
        """One that is not valid yet is made anew, too."""
        first = self.make().certificate.not_valid_before_utc
        self.assertEqual(self.make(first).certificate.not_valid_before_utc, first)
        earlier = first - SECOND
        self.assertEqual(self.make(earlier).certificate.not_valid_before_utc, earlier - BACKDATE)

    def test_damaged(self) -> None:
        """A damaged, missing or mismatched file of ours is replaced, and no other."""
        other = Home(Path(self.mktemp()).absolute())
        other.lock()
        self.addCleanup(other.unlock)
        own_identity(other, NAMES, NOW)
        for name in ("server.pem", "server.key"):
            for damage in (b"", b"-----BEGIN CERTIFICATE-----\n", other.read(f"tls/{name}")):
                self.make()
                authority = self.authority()
                assert damage is not None
                (self.home.path / "tls" / name).write_bytes(damage)
                self.assertTrue(self.make().matches)
                self.assertEqual(self.authority(), authority)
            (self.home.path / "tls" / name).unlink()
            self.assertTrue(self.make().matches)
        wrong_kind = ed25519.Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        (self.home.path / "tls/ca.key").write_bytes(wrong_kind)
        self.make().certificate.verify_directly_issued_by(self.authority())

    def test_long_name(self) -> None:
        """A name longer than a common name may be is still a name."""
        name = ".".join(["a" * 60] * 4)
        self.assertTrue(self.make(names=(name,)).matches)

    def test_impossible_name(self) -> None:
        """A host that no certificate can name is told with its key."""
        for name in ("", "a b", "köln.example", "a..b", "*.example.org", "a" * 64):
            error = self.assertRaises(ConfigError, self.make, names=(name,))
            self.assertEqual(error.key, "server.host")
