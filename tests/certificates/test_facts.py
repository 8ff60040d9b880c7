"""`finesse_tx.certificates.facts`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificate
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.certificates.authority import own_identity
from finesse_tx.certificates.facts import told
from finesse_tx.home import Home


class FactsTests(SynchronousTestCase):
    """A certificate of our own."""

    def test_told(self) -> None:
        """The server's comes first: its names, until when, its key; then those behind it."""
        home = Home(Path(self.mktemp()).absolute())
        home.lock()
        self.addCleanup(home.unlock)
        now = datetime(2026, 11, 22, tzinfo=UTC)
        own = own_identity(home, ["fin1.example.com", "192.0.2.1"], now)
        authority = load_pem_x509_certificate((home.path / "tls" / "ca.pem").read_bytes())
        server, behind = told(replace(own, chain=(authority,)))
        self.assertLessEqual({"fin1.example.com", "192.0.2.1"}, set(server.names))
        self.assertEqual((server.issuer, server.key), (behind.subject, "ECDSA secp256r1"))
        self.assertEqual(behind.names, ())
        self.assertGreater(datetime.fromisoformat(server.not_after), now + timedelta(days=30))
        self.assertLessEqual(datetime.fromisoformat(server.not_before), now)
        self.assertRegex(server.fingerprint, "^([0-9a-f]{2}:){31}[0-9a-f]{2}$")
