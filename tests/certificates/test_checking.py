"""`finesse_tx.certificates.checking`: what is wrong with a certificate, said in words."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.certificates.checking import (
    MAX_CHAIN,
    CertificateRefusedError,
    doubts,
    from_pem,
    from_pkcs12,
    refuse_unfit,
)
from finesse_tx.certificates.identity import Identity
from tests.support.certificates import Issued, issued, key_pem, root

HOST = "cc.example.org"
NOW = datetime.now(UTC)
MIDDLE = issued("Example Issuing", (), root(), is_authority=True)
SERVER = issued("cc", (HOST, "192.0.2.7"), MIDDLE)


def identity(*chain: Issued, key: Any = None) -> Identity:
    """As it comes out of a file."""
    first, *rest = chain
    return Identity(first.certificate, tuple(one.certificate for one in rest), key or first.key)


WEAK = x509.load_pem_x509_certificate(
    b"""\
-----BEGIN CERTIFICATE-----
MIIBXTCCAQWgAwIBAgIUQDYxfil4pJgMnsXXk9Eeun2/0GUwCQYHKoZIzj0EATAT
MREwDwYDVQQDDAhPbGQgUm9vdDAgFw0yNjExMjIyMDUzMTZaGA8yMTI2MTAyOTIw
NTMxNlowDTELMAkGA1UEAwwCY2MwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATg
UjTXWYgpSq7GL3djOpFozrGKpA0f3XbPcrW3lljHuUu3nxfU4gqRPH7Jjt9k/yJD
qcgE3O9B8nQawOVO2IvjozwwOjAZBgNVHREEEjAQgg5jYy5leGFtcGxlLm9yZzAd
BgNVHQ4EFgQUYTEKWcRkdAbLmho1hvRrzjj0oIkwCQYHKoZIzj0EAQNHADBEAiA0
4fwxE7ET8JDoT/k3jLCMWOQmmH/Hej2PZroDbRo60AIgGxC78rTsA1nJg09d+b6U
Xv58HFKYo+MNOJmdkrCKQ34=
-----END CERTIFICATE-----
"""
)
"""For cc.example.org, for a hundred years, signed with SHA-1: which nothing of today signs with."""


class ReadingTests(SynchronousTestCase):
    """Files."""

    def refused(self, *wanted: tuple[str, str], read: Any, about: tuple[bytes, ...]) -> None:
        """What is said, field by field."""
        error = self.assertRaises(CertificateRefusedError, read, *about)
        self.assertEqual([fault.field for fault in error.faults], [field for field, _ in wanted])
        for fault, (_, text) in zip(error.faults, wanted, strict=True):
            self.assertIn(text, fault.reason)
            self.assertNotIn("secret", str(error))

    def test_pem(self) -> None:
        """A chain and a key; with a passphrase that is needed, or that is not; both in one file."""
        chain = (SERVER.pem + MIDDLE.pem).encode()
        for key, passphrase in (
            (SERVER.key_pem, b""),
            (SERVER.key_pem, b"needless"),
            (key_pem(SERVER.key, "secret"), b"secret"),
        ):
            found = from_pem(chain, key.encode(), passphrase)
            self.assertEqual(
                (found.certificate, found.chain), (SERVER.certificate, (MIDDLE.certificate,))
            )
            self.assertTrue(found.matches)
        for whole in (SERVER.key_pem.encode() + chain, chain + SERVER.key_pem.encode()):
            self.assertTrue(from_pem(whole, whole, b"").matches)

    def test_pem_refused(self) -> None:
        """What is no certificate, what is no key, and what a passphrase does not open; two faults are told together."""
        good, key, locked = (
            SERVER.pem.encode(),
            SERVER.key_pem.encode(),
            key_pem(SERVER.key, "secret"),
        )
        for about, wanted in (
            ((b"", key, b""), [("certificate", "no certificate in PEM")]),
            ((key, key, b""), [("certificate", "no certificate in PEM")]),
            ((good, b"", b""), [("key", "no private key in PEM")]),
            ((good, good, b""), [("key", "no private key in PEM")]),
            ((good[:-60], key[:-60], b""), [("certificate", "no cert"), ("key", "no private key")]),
            ((good, locked.encode(), b""), [("passphrase", "The key has a passphrase")]),
            ((good, locked.encode(), b"secrets"), [("passphrase", "does not open the key")]),
            (
                (good, key_pem(ed25519.Ed25519PrivateKey.generate()).encode(), b""),
                [("key", "neither RSA nor EC")],
            ),
        ):
            self.refused(*wanted, read=from_pem, about=about)

    def bundle(self, passphrase: bytes = b"secret", *, has_key: bool = True) -> bytes:
        """PKCS #12, its certificates in no order, and one that has nothing to do with it."""
        encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        others = [root().certificate, issued("Other", ()).certificate, MIDDLE.certificate]
        key = SERVER.key if has_key else None
        return serialize_key_and_certificates(b"cc", key, SERVER.certificate, others, encryption)

    def test_pkcs12(self) -> None:
        """The chain is put in order, and what does not belong to it is left out."""
        for passphrase in (b"secret", b""):
            found = from_pkcs12(self.bundle(passphrase), passphrase)
            self.assertEqual(found.certificate, SERVER.certificate)
            self.assertEqual(found.chain, (MIDDLE.certificate, root().certificate))
            self.assertTrue(found.matches)

    def test_pkcs12_refused(self) -> None:
        """A wrong passphrase, something else, and one without a key."""
        for about, wanted in (
            ((self.bundle(), b"secrets"), ("passphrase", "does not open this file")),
            ((self.bundle(), b""), ("passphrase", "does not open this file")),
            ((b"junk", b"secret"), ("pkcs12", "no PKCS #12 file")),
            ((self.bundle()[:-9], b"secret"), ("pkcs12", "no PKCS #12 file")),
            ((self.bundle(has_key=False), b"secret"), ("pkcs12", "no key in this file")),
        ):
            self.refused(wanted, read=from_pkcs12, about=about)


class LookingTests(SynchronousTestCase):
    """Whether clients can take it."""

    def reasons(self, *chain: Issued, key: Any = None, host: str = HOST) -> str:
        """All that is wrong; empty for nothing."""
        try:
            refuse_unfit(identity(*chain, key=key), host, NOW)
        except CertificateRefusedError as error:
            return str(error)
        return ""

    def test_good(self) -> None:
        """Chains with their root or without it; names, addresses and wildcards; the keys that browsers take."""
        for chain in ((SERVER,), (SERVER, MIDDLE), (SERVER, MIDDLE, root())):
            self.assertEqual(self.reasons(*chain), "")
        for host, name in (
            (HOST.upper(), HOST),
            ("192.0.2.7", "192.0.2.7"),
            ("cc.a.org", "*.A.org"),
        ):
            self.assertEqual(self.reasons(issued("x", (name,)), host=host), "", host)
        for key in (
            ec.generate_private_key(ec.SECP384R1()),
            rsa.generate_private_key(65_537, 2_048),
        ):
            self.assertEqual(self.reasons(issued("x", (HOST,), root(), key=key)), "")

    def test_key(self) -> None:
        """Another's key, the right one at the wrong place, and keys that are too weak or that not all take."""
        other = ec.generate_private_key(ec.SECP256R1())
        for reasons, said in (
            (self.reasons(SERVER, key=other), "This is not the key of the certificate"),
            (
                self.reasons(MIDDLE, SERVER, key=SERVER.key),
                "put the server's certificate first",
            ),
            (
                self.reasons(issued("x", (HOST,), key=rsa.generate_private_key(65_537, 1_024))),
                "The key has 1024 bits",
            ),
            (
                self.reasons(issued("x", (HOST,), key=ec.generate_private_key(ec.SECP521R1()))),
                "curve is secp521r1",
            ),
        ):
            self.assertIn(said, reasons)

    def test_names(self) -> None:
        """Names of other hosts, none at all, and a wildcard for more than one label."""
        for names, said in (
            (
                ("fin1.example.org", "192.0.2.9"),
                f"for fin1.example.org, 192.0.2.9, and not for {HOST}",
            ),
            ((), "names no hosts"),
            (("*.org",), "and not for"),
            (("*.cc.example.org",), "and not for"),
        ):
            self.assertIn(said, self.reasons(issued(HOST, names)), names)
        self.assertIn("and not for 192.0.2.8", self.reasons(SERVER, host="192.0.2.8"))

    def test_purposes(self) -> None:
        """One that is for clients alone, and one whose key may not sign."""
        purposes, usage = (
            x509.ExtendedKeyUsage,
            {
                "content_commitment": False,
                "key_encipherment": True,
                "data_encipherment": False,
                "key_agreement": False,
                "key_cert_sign": False,
                "crl_sign": False,
                "encipher_only": False,
                "decipher_only": False,
            },
        )
        for extension, said in (
            (purposes([ExtendedKeyUsageOID.CLIENT_AUTH]), "has no serverAuth"),
            (purposes([ExtendedKeyUsageOID.SERVER_AUTH]), ""),
            (purposes([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]), ""),
            (x509.KeyUsage(digital_signature=False, **usage), "has no digitalSignature"),
            (x509.KeyUsage(digital_signature=True, **usage), ""),
        ):
            reasons = self.reasons(issued("x", (HOST,), extensions=[extension]))
            self.assertEqual(bool(reasons), bool(said), reasons)
            self.assertIn(said, reasons)

    def test_time(self) -> None:
        """To the second: not yet valid, expired; those behind it as well."""
        second = timedelta(seconds=1)
        now = NOW.replace(microsecond=0)
        for begin, end, said in (
            (now - second, now + second, ""),
            (now, now + second, ""),
            (now + second, now + second * 2, "The certificate is not valid before"),
            (now - second * 2, now, "The certificate expired at"),
        ):
            try:
                refuse_unfit(identity(issued("x", (HOST,), begin=begin, end=end)), HOST, now)
            except CertificateRefusedError as error:
                self.assertIn(said, str(error))
                self.assertTrue(said)
            else:
                self.assertEqual(said, "")
        old = issued("Old", (), is_authority=True, end=NOW - second)
        self.assertIn("CN=Old expired at", self.reasons(issued("x", (HOST,), old), old))

    def test_chain(self) -> None:
        """In order, each signed by the next; no more than there may be; nothing signed with what clients refuse."""
        self.assertIn(
            "CN=cc is followed by CN=Example Root, which has not signed it: put the chain in order",
            self.reasons(SERVER, root(), MIDDLE),
        )
        self.assertIn("signed with sha1", self.reasons(Issued(WEAK, SERVER.key)))
        chain = [issued("0", (), is_authority=True)]
        for number in range(MAX_CHAIN):
            chain.append(issued(str(number + 1), (HOST,), chain[-1], is_authority=True))
        self.assertEqual(self.reasons(*chain[::-1]), "")
        chain.append(issued("last", (HOST,), chain[-1]))
        self.assertIn("10 at most", self.reasons(*chain[::-1]))

    def test_all_at_once(self) -> None:
        """Whoever has to mend it is told everything."""
        bad = issued("x", ("other",), end=NOW - timedelta(minutes=1))
        said = self.reasons(bad, key=rsa.generate_private_key(65_537, 1_024)).splitlines()
        self.assertEqual(len(said), 4, said)

    def test_doubts(self) -> None:
        """It soon expires, is signed by itself, lacks its issuer, or has not all names."""
        self.assertEqual(doubts(identity(SERVER, MIDDLE), (HOST,), NOW), ())
        for chain, names, said in (
            (
                [issued("x", (HOST,), end=NOW + timedelta(days=9, minutes=1))],
                (),
                "good for 9 more days",
            ),
            ([issued("x", (HOST,))], (), "signed by nobody but itself"),
            ([SERVER], (), "No certificate of its issuer"),
            ([SERVER, MIDDLE], ("finesse.local",), "finesse.local is not among its names"),
        ):
            self.assertIn(said, " ".join(doubts(identity(*chain), names, NOW)))
        soon = issued("Soon", (), root(), is_authority=True, end=NOW + timedelta(days=9, minutes=1))
        (said,) = doubts(identity(issued("x", (HOST,), soon), soon), (), NOW)
        self.assertIn("CN=Soon is good for 9 more days", said)

    def test_encoding(self) -> None:
        """DER is not PEM, and that is said."""
        der = SERVER.certificate.public_bytes(Encoding.DER)
        error = self.assertRaises(
            CertificateRefusedError, from_pem, der, SERVER.key_pem.encode(), b""
        )
        self.assertIn("no certificate in PEM", str(error))
