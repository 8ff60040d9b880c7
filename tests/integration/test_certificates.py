"""A certificate that an administrator installs, on a real server, as clients of its TLS ports see it."""

import socket
import ssl
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from twisted.trial.unittest import SynchronousTestCase

from tests.support.certificates import issued, root
from tests.support.twistd import LIMIT_S, QUIET, Twistd

HOST = "cc.example.org"
SETTINGS = (*QUIET, f'server.host="{HOST}"')
PORTS = ("https", "boshs", "xmpps", "axl")
PATH = "/cfadmin/api/certificates"


class CertificateTests(SynchronousTestCase):
    """One server, stopped and started again."""

    def shaken(self, server: Twistd, name: str, authority: str) -> ssl.SSLSocket:
        """A connection to a port, by a client that trusts one authority, and looks at names."""
        context = ssl.create_default_context(cadata=authority)
        plain = socket.create_connection(("127.0.0.1", server.port(name)), LIMIT_S)
        self.addCleanup(plain.close)
        connection = context.wrap_socket(plain, server_hostname=HOST)
        self.addCleanup(connection.close)
        return connection

    def ask(
        self, server: Twistd, path: str = "", who: str = "admin", **more: object
    ) -> requests.Response:
        """POST."""
        return requests.post(
            f"http://{server.endpoints['http']}{PATH}{path}",
            auth=(who, "finesse"),
            headers={"Accept": "application/json"},
            timeout=LIMIT_S,
            **more,  # type: ignore[arg-type]
        )

    def test_whole_life(self) -> None:
        """Installed, shown at every TLS port without a restart and after one, and put back; what is open stays open."""
        one = issued("cc", (HOST,), root())
        brought = {"certificate": one.pem + root().pem, "key": one.key_pem}
        with TemporaryDirectory(prefix="finesse-") as home:
            server = Twistd(SETTINGS, Path(home)).wait_ready()
            self.addCleanup(server.clean)
            own = server.authority.read_text()
            opened = self.shaken(server, "https", own)
            for who in ("agent1", "supervisor1"):
                self.assertEqual(self.ask(server, who=who, json=brought).status_code, 401)
            wrong = {"certificate": one.pem, "key": issued("x", (HOST,)).key_pem}
            refused = self.ask(server, json=wrong)
            self.assertEqual(refused.status_code, 400, refused.text)
            self.assertIn("This is not the key of the certificate", refused.text)
            self.assertNotIn("PRIVATE KEY", refused.text)
            self.shaken(server, "https", own).close()
            done = self.ask(server, json=brought)
            self.assertEqual(done.status_code, 200, done.text)
            self.assertEqual(done.json()["previous"], "own")
            for name in PORTS:
                self.shaken(server, name, root().pem).close()
            opened.sendall(b"GET /health HTTP/1.1\r\nHost: cc\r\nConnection: close\r\n\r\n")
            self.assertTrue(opened.recv(4_096).startswith(b"HTTP/1.1 200"))
            self.assertEqual(server.stop(), 0)
            again = Twistd(SETTINGS, Path(home)).wait_ready()
            self.addCleanup(again.clean)
            self.shaken(again, "https", root().pem).close()
            self.assertEqual(self.ask(again, "/previous").json()["source"], "own")
            self.shaken(again, "https", own).close()
            self.assertRaises(ssl.SSLCertVerificationError, self.shaken, again, "https", root().pem)
            self.assertEqual(again.stop(), 0)
            log = server.log + again.log
        self.assertNotIn("PRIVATE KEY", log)
        self.assertIn("admin at 127.0.0.1 has changed the certificate: cc.example.org", log)
