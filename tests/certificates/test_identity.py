"""`finesse_tx.certificates.identity`: an operator's files, and how a mistake in them is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.certificates.identity import RENEW_BEFORE, operator_identity
from finesse_tx.config import TLSConfig
from finesse_tx.errors import ConfigError

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
BEGIN, END = NOW - timedelta(days=1), NOW + timedelta(days=90)
SECOND = timedelta(seconds=1)
KEY = rsa.generate_private_key(65_537, 2_048)
OTHER_KEY = rsa.generate_private_key(65_537, 2_048)


def certificate(key: rsa.RSAPrivateKey) -> bytes:
    """A self-signed certificate, as PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cc.example.org")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )


def pem(key: rsa.RSAPrivateKey, passphrase: bytes = b"") -> bytes:
    """A private key, as PEM."""
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


class OperatorIdentityTests(SynchronousTestCase):
    """`operator_identity`."""

    def setUp(self) -> None:
        """Write a good pair."""
        self.folder = Path(self.mktemp()).absolute()
        self.folder.mkdir()
        self.config = TLSConfig(str(self.folder / "server.pem"), str(self.folder / "server.key"))
        self.write(certificate(KEY), pem(KEY))

    def write(self, certificates: bytes, key: bytes) -> None:
        """Write both files."""
        Path(self.config.certificate_file).write_bytes(certificates)
        Path(self.config.key_file).write_bytes(key)

    def refused(self, key: str, reason: str, now: datetime = NOW) -> None:
        """The refusal is one line, and names the key, the file and the reason."""
        error = self.assertRaises(ConfigError, operator_identity, self.config, now)
        self.assertEqual(error.key, f"tls.{key}")
        self.assertEqual(error.reason, f"{getattr(self.config, key)} {reason}")
        self.assertTrue(error.fix)
        self.assertNotIn("\n", str(error))

    def test_good(self) -> None:
        """A certificate, its chain and its key are read."""
        self.write(certificate(KEY) + certificate(OTHER_KEY), pem(KEY))
        found = operator_identity(self.config, NOW)
        self.assertTrue(found.matches)
        self.assertEqual(len(found.chain), 1)

    def test_unreadable(self) -> None:
        """A file that is not there is told."""
        Path(self.config.key_file).unlink()
        self.refused("key_file", "cannot be read: No such file or directory")
        Path(self.config.certificate_file).unlink()
        self.refused("certificate_file", "cannot be read: No such file or directory")

    def test_not_pem(self) -> None:
        """So is one that holds something else, and the two in each other's place."""
        for other in (b"", b"hello", b"\xff\x00", pem(KEY)):
            self.write(other, pem(KEY))
            self.refused("certificate_file", "holds no PEM certificate")
        for other in (b"", b"hello", b"\xff\x00", certificate(KEY)):
            self.write(certificate(KEY), other)
            self.refused("key_file", "holds no PEM private key")

    def test_passphrase(self) -> None:
        """A key that nobody can type a passphrase for is told."""
        self.write(certificate(KEY), pem(KEY, b"secret"))
        self.refused("key_file", "has a passphrase")

    def test_other_kind(self) -> None:
        """A key that no browser could use is told."""
        key = ed25519.Ed25519PrivateKey.generate()
        other = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.write(certificate(KEY), other)
        self.refused("key_file", "is neither an EC nor an RSA key")

    def test_mismatch(self) -> None:
        """A key of another certificate is told; one of a later certificate with the way out."""
        reason = "is not the key of the first certificate in tls.certificate_file"
        self.write(certificate(KEY), pem(OTHER_KEY))
        self.refused("key_file", reason)
        self.write(certificate(OTHER_KEY) + certificate(KEY), pem(KEY))
        self.refused("key_file", reason)
        error = self.assertRaises(ConfigError, operator_identity, self.config, NOW)
        self.assertEqual(error.fix, "put the server's certificate first")

    def test_expired(self) -> None:
        """It is taken until its last second, and not after it."""
        operator_identity(self.config, END - SECOND)
        self.refused("certificate_file", f"expired at {END:%Y-%m-%d %H:%M} UTC", END)

    def test_not_valid_yet(self) -> None:
        """It is taken from its first second, and not before it."""
        operator_identity(self.config, BEGIN)
        reason = f"is not valid before {BEGIN:%Y-%m-%d %H:%M} UTC"
        self.refused("certificate_file", reason, BEGIN - SECOND)

    def test_about_to_expire(self) -> None:
        """From ``RENEW_BEFORE`` before its end, the log warns."""
        with capturedLogs() as events:
            operator_identity(self.config, END - RENEW_BEFORE - SECOND)
            self.assertEqual(events, [])
            operator_identity(self.config, END - RENEW_BEFORE)
        self.assertEqual([event["log_level"].name for event in events], ["warn"])
