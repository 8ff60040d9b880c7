"""``/cfadmin/api/certificates``: who may, what is asked of the desk, and what it answers."""

from typing import Any

import msgspec
from treq.testing import StubTreq
from twisted.internet.defer import Deferred, fail, succeed
from twisted.web.resource import Resource
from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx.directory.core.edits import Author
from finesse_tx.interfaces import ICertificates
from finesse_tx.store.core.errors import StoreBusyError
from finesse_tx.webservices.core.console import Certificate, CertificateBundle, Certificates
from finesse_tx.webservices.core.nodes import SecondaryNode
from finesse_tx.webservices.core.routing import Family
from finesse_tx.webservices.routes.api import ApiResource
from finesse_tx.webservices.routes.certificates import CERTIFICATES
from finesse_tx.webservices.routes.gate import Gate
from tests.webservices.routes.test_api import ApiCase

MAX_BODY = 1_048_576

CERTIFICATE = Certificate(
    subject="CN=fin1.example.com",
    issuer="CN=Example",
    names=("fin1.example.com", "192.0.2.1"),
    not_before="2026-01-01T00:00:00+00:00",
    not_after="2027-01-01T00:00:00+00:00",
    key="ECDSA secp256r1",
    fingerprint="00:ff",
)


@implementer(ICertificates)
class FakeCertificates:
    """A desk that remembers what was asked.

    Attributes:
        asked: What, by whom.
        failing: What it fails with; None while it works.
        is_taken: Whether files that are read anew will do.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, object]] = []
        self.failing: Exception | None = None
        self.is_taken = True

    def shown(self) -> Certificates:
        """One."""
        return Certificates(source="own", host="fin1.example.com", of=(CERTIFICATE,))

    def reload(self) -> bool:
        """Do as the test says."""
        return self.is_taken

    def check(self, bundle: CertificateBundle) -> Deferred[Certificates]:
        """Look at it."""
        return self._do("check", bundle.key)

    def install(self, bundle: CertificateBundle, author: Author) -> Deferred[Certificates]:
        """Remember it."""
        return self._do("install", (bundle.key, author))

    def put_back(self, author: Author) -> Deferred[Certificates]:
        """Remember it."""
        return self._do("put back", author)

    def _do(self, what: str, how: object) -> Deferred[Certificates]:
        self.asked.append((what, how))
        return succeed(self.shown()) if self.failing is None else fail(self.failing)


class CertificateRoutesTests(ApiCase):
    """On the secondary one of two nodes, whose certificate is its own as well."""

    secondary = SecondaryNode("fin1.example.com", is_cce=True)

    def setUp(self) -> None:
        """The routes under their path."""
        super().setUp()
        self.desk = FakeCertificates()
        gate = Gate(self.authenticator, self.service.in_service, MAX_BODY, secondary=self.secondary)
        root, console = Resource(), Resource()
        root.putChild(b"cfadmin", console)
        console.putChild(
            b"api", ApiResource(gate, [Family(CERTIFICATES, self.desk)], is_described=False)
        )
        self.console: Any = StubTreq(root)

    def say(self, method: str, path: str, body: object = None, who: str | None = "adm") -> Any:
        """Ask, and return the status and what came as JSON."""
        response = self.successResultOf(
            self.console.request(
                method,
                f"http://x/cfadmin/api/certificates{path}",
                auth=(who, "finesse") if who else None,
                headers={"Accept": "application/json", "Content-Type": "application/json"},
                data=msgspec.json.encode({} if body is None else body),
            )
        )
        return response.code, self.successResultOf(self.console.json_content(response))

    def test_who(self) -> None:
        """Administrators, and nobody else."""
        verifyObject(ICertificates, self.desk)
        for route in CERTIFICATES:
            path = route.path.removeprefix("/certificates")
            answered = [
                self.say(route.method, path, who=who)[0] for who in (None, "ann", "sue", "adm")
            ]
            self.assertEqual(answered, [401, 401, 401, 200], route.path)

    def test_told(self) -> None:
        """What is shown is told, also after files were read anew; what is not taken is refused."""
        _, found = self.say("GET", "")
        (told,) = found["Certificate"]
        self.assertEqual((found["source"], found["host"]), ("own", "fin1.example.com"))
        self.assertEqual(told["names"], ["fin1.example.com", "192.0.2.1"])
        self.assertEqual(self.say("POST", "/reload"), (200, found))
        self.desk.is_taken = False
        status, found = self.say("POST", "/reload")
        self.assertEqual(status, 400)
        self.assertIn("the old one stays", found["ApiError"]["ErrorMessage"])

    def test_asked(self) -> None:
        """The desk is asked for what the request says, by whom; a dry run only looks."""
        author = Author("adm", "127.0.0.1")
        bundle = {"certificate": "c", "key": "k"}
        for path, asked in (
            ("?dryRun=true", ("check", "k")),
            ("", ("install", ("k", author))),
            ("/previous", ("put back", author)),
        ):
            self.desk.asked.clear()
            self.assertEqual(self.say("POST", path, bundle)[0], 200)
            self.assertEqual(self.desk.asked, [asked])

    def test_too_much(self) -> None:
        """Nothing is read beyond what any certificate has."""
        for field, most in (
            ("certificate", 131_072),
            ("key", 32_768),
            ("passphrase", 1_024),
            ("pkcs12", 262_144),
        ):
            self.clock.advance(1)
            self.assertEqual(self.say("POST", "", {field: "x" * most})[0], 200, field)
            status, found = self.say("POST", "", {field: "x" * (most + 1)})
            self.assertEqual((status, found["ApiError"]["ErrorData"]), (400, field))

    def test_away(self) -> None:
        """A store that cannot answer is 503."""
        self.desk.failing = StoreBusyError(9)
        for path in ("", "/previous"):
            self.assertEqual(self.say("POST", path)[0], 503)
