"""``/cfadmin/api``: what only the console asks."""

from datetime import UTC, datetime
from typing import Any

from treq.testing import StubTreq
from twisted.web.resource import Resource

from finesse_tx.origins import Origins
from finesse_tx.store.core.errors import StoreBusyError
from finesse_tx.webservices.core.administration.changes import AuditEntry
from finesse_tx.webservices.core.console import MAX_AUDIT
from finesse_tx.webservices.core.routing import Family
from finesse_tx.webservices.routes.api import ApiResource
from finesse_tx.webservices.routes.console import CONSOLE, ConsoleFacts
from finesse_tx.webservices.routes.gate import Gate
from tests.support.webservices import FakeAdministrationRecords, FakeDirectory
from tests.webservices.routes.test_api import MAX_BODY, ApiCase

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

LAYOUT = """<finesseLayout xmlns="http://www.cisco.com/vtg/finesse">
  <layout>
    <role>{}</role>
  </layout>
</finesseLayout>
"""


class ConsoleTests(ApiCase):
    """With one origin listed, and changes that administrators have made."""

    def setUp(self) -> None:
        """The routes under their path."""
        super().setUp()
        self.records = FakeAdministrationRecords(FakeDirectory(self.directory.snapshot()))
        origins = Origins("enable", ["https://crm.example.com"])
        gate = Gate(self.authenticator, self.service.in_service, MAX_BODY)
        root, console = Resource(), Resource()
        root.putChild(b"cfadmin", console)
        families = [Family(CONSOLE, ConsoleFacts(self.records, origins))]
        console.putChild(b"api", ApiResource(gate, families, is_described=False))
        self.console: Any = StubTreq(root)

    def say(self, method: str, path: str, who: str | None = "adm", body: bytes = b"") -> Any:
        """Ask, and return the status and what came as JSON."""
        response = self.successResultOf(
            self.console.request(
                method,
                f"http://x/cfadmin/api{path}",
                auth=(who, "finesse") if who else None,
                headers={"Accept": "application/json"},
                data=body,
            )
        )
        return response.code, self.successResultOf(self.console.json_content(response))

    def test_who(self) -> None:
        """Administrators, and nobody else."""
        for route in CONSOLE:
            answered = [
                self.say(route.method, route.path, who)[0] for who in (None, "ann", "sue", "adm")
            ]
            self.assertEqual(answered, [401, 401, 401, 200], route.path)

    def test_layout(self) -> None:
        """A layout's fault is named with its line; a good one has none, and one that is not UTF-8 is told so."""
        for body, told in (
            (LAYOUT.format("Agent").encode(), {}),
            (LAYOUT.format("Boss").encode(), {"line": 3, "fault": 'role must not be "Boss"'}),
            (LAYOUT.format("<a>").encode(), {"line": 3, "fault": "there is no element a"}),
            (b"<a>\n\n\xff</a>", {"line": 3, "fault": "this is not UTF-8"}),
        ):
            status, found = self.say("POST", "/layout/check", body=body)
            self.assertEqual(status, 200)
            self.assertEqual({"line": 0, "fault": ""} | told, found)
        _, found = self.say("POST", "/layout/check", body=b"<finesseLayout")
        self.assertEqual(found["line"], 1)
        self.assertTrue(found["fault"])

    def test_audit(self) -> None:
        """The newest first, by the beginning of the path, page by page."""
        for number in range(MAX_AUDIT + 5):
            uri = f"/finesse/api/{'PhoneBook' if number % 2 else 'ReasonCode'}/{number}"
            entry = AuditEntry(AT, "adm", "192.0.2.1", "PUT", uri, "", '{"a":1}')
            self.successResultOf(self.records.apply(object(), entry))  # type: ignore[arg-type]
        _, found = self.say("GET", "/audit")
        changes = found["AuditChange"]
        self.assertEqual((len(changes), changes[0]["id"]), (MAX_AUDIT, MAX_AUDIT + 5))
        self.assertEqual(
            changes[0],
            {
                "id": MAX_AUDIT + 5,
                "at": "2026-11-22T09:30:00+00:00",
                "loginId": "adm",
                "peer": "192.0.2.1",
                "action": "PUT",
                "uri": f"/finesse/api/ReasonCode/{MAX_AUDIT + 4}",
                "before": "",
                "after": '{"a":1}',
            },
        )
        _, found = self.say(
            "GET", f"/audit?about=/finesse/api/PhoneBook&before={changes[-1]['id']}"
        )
        self.assertEqual([one["id"] for one in found["AuditChange"]], [4, 2])
        self.assertEqual(self.say("GET", "/audit?before=x")[0], 400)

    def test_store_away(self) -> None:
        """A store that cannot answer is 503."""
        self.records.failing = StoreBusyError(9)
        self.assertEqual(self.say("GET", "/audit")[0], 503)

    def test_origin(self) -> None:
        """An origin is judged as browsers send it, with the reason."""
        for origin, allowed, reason in (
            ("https://crm.example.com", True, "https://crm.example.com is in web.cors_origins"),
            (
                "https://other.example.com",
                False,
                "https://other.example.com is not in web.cors_origins",
            ),
            (
                "HTTPS://CRM.example.com:443",
                True,
                "https://crm.example.com is in web.cors_origins; browsers send it as https://crm.example.com",
            ),
            ("https://crm.example.com/", False, "An origin is a scheme, a host"),
            ("crm.example.com", False, "An origin is a scheme, a host"),
        ):
            _, found = self.say("GET", f"/origin?origin={origin}")
            self.assertEqual(found["allowed"], allowed, origin)
            self.assertTrue(found["reason"].startswith(reason), found["reason"])
            self.assertEqual(found["mode"], "enable")
