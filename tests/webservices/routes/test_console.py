"""``/cfadmin/api``: what only the console asks."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from treq.testing import StubTreq
from twisted.internet.defer import Deferred, fail, maybeDeferred, succeed
from twisted.web.resource import Resource
from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx.configuration.core.document import Configuration
from finesse_tx.configuration.core.exporting import document_of
from finesse_tx.configuration.core.planning import planned
from finesse_tx.configuration.core.telling import Told
from finesse_tx.configuration.core.telling import told as told_of
from finesse_tx.configuration.core.text import Format, read, written
from finesse_tx.directory.core.axl.records import ObjectWrite
from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.editing import Plan, plan
from finesse_tx.directory.core.edits import Author, Edit, Key, Register
from finesse_tx.interfaces import IConfigurationText, IDirectoryEditing
from finesse_tx.store.core.errors import StoreBusyError, StoreConflictError
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


@implementer(IDirectoryEditing)
class FakeEditing:
    """Plans edits as the real one does, in memory.

    Attributes:
        failing: What it fails with; None while it works.
        authors: Who has wanted what was done.
    """

    def __init__(self) -> None:
        self.now = Register(demo(2))
        self.failing: Exception | None = None
        self.authors: list[Author] = []

    def register(self) -> Deferred[Register]:
        """Tell it."""
        return fail(self.failing) if self.failing else succeed(self.now)

    def refresh(self) -> Deferred[int]:
        """Nothing else changes it."""
        return succeed(len(self.now.snapshot.people))

    def check(self, edits: Sequence[Edit]) -> Deferred[Plan]:
        """Plan them."""
        return maybeDeferred(plan, self.now, edits)

    def apply(
        self, edits: Sequence[Edit], author: Author, beside: ObjectWrite | None = None
    ) -> Deferred[tuple[Key, ...]]:
        """Do them."""
        return fail(self.failing) if self.failing else maybeDeferred(self._apply, edits, author)

    def _apply(self, edits: Sequence[Edit], author: Author) -> tuple[Key, ...]:
        self.now = plan(self.now, edits).register
        self.authors.append(author)
        return tuple(range(len(edits)))


@implementer(IConfigurationText)
class FakeConfigurationText:
    """Plans as the real one does, in memory.

    Attributes:
        failing: What it fails with; None while it works.
        authors: Who has wanted what was done.
    """

    def __init__(self) -> None:
        self.now = Configuration()
        self.failing: Exception | None = None
        self.authors: list[Author] = []

    def text(self, as_: Format) -> Deferred[bytes]:
        """Tell it."""
        return fail(self.failing) if self.failing else succeed(written(document_of(self.now), as_))

    def check(self, data: bytes, *, prune: bool) -> Deferred[Told]:
        """Plan it."""
        return maybeDeferred(lambda: told_of(planned(read(data), self.now, prune=prune)))

    def take(self, data: bytes, author: Author, *, prune: bool) -> Deferred[Told]:
        """Do it."""
        return (
            fail(self.failing) if self.failing else maybeDeferred(self._take, data, author, prune)
        )

    def _take(self, data: bytes, author: Author, prune: bool) -> Told:
        wanted = planned(read(data), self.now, prune=prune)
        self.now = wanted.after
        self.authors.append(author)
        return told_of(wanted)

    def refresh(self) -> Deferred[int]:
        """Nothing else changes it."""
        return succeed(0)


class ConsoleTests(ApiCase):
    """With changes that administrators have made."""

    def setUp(self) -> None:
        """The routes under their path."""
        super().setUp()
        self.records = FakeAdministrationRecords(FakeDirectory(self.directory.snapshot()))
        gate = Gate(self.authenticator, self.service.in_service, MAX_BODY)
        root, console = Resource(), Resource()
        root.putChild(b"cfadmin", console)
        self.editing, self.configuration = FakeEditing(), FakeConfigurationText()
        facts = ConsoleFacts(
            self.records,
            self.editing,
            self.configuration,
        )
        families = [Family(CONSOLE, facts)]
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
        verifyObject(IDirectoryEditing, self.editing)
        verifyObject(IConfigurationText, self.configuration)
        for route in CONSOLE:
            is_text = route.path == "/configuration"
            path, body = f"{route.path}?format=json", b"format = 1" if is_text else b"[]"
            answered = [
                self.say(route.method, path if is_text else route.path, who, body)[0]
                for who in (None, "ann", "sue", "adm")
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

    def test_gadget(self) -> None:
        """What is said of a gadget, with its lines; of what is none, why."""
        gadget = b"<Module>\n<ModulePrefs title='One'>\n<Require feature='caja'/></ModulePrefs><Content/></Module>"
        _, found = self.say("POST", "/gadget/check", body=gadget)
        findings = found["GadgetFinding"]
        self.assertIn({"kind": "note", "line": 0, "text": 'title "One"'}, findings)
        (wrong,) = [one for one in findings if one["kind"] == "error"]
        self.assertEqual(wrong["line"], 3)
        _, found = self.say("POST", "/gadget/check", body=b"<Module>")
        (wrong,) = found["GadgetFinding"]
        self.assertEqual((wrong["kind"], wrong["line"]), ("error", 1))

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

    def edit(self, *edits: object, query: str = "") -> tuple[int, Any]:
        """Ask for edits of the directory."""
        status, found = self.say("POST", f"/directory{query}", body=json.dumps(edits).encode())
        return status, found

    def test_directory(self) -> None:
        """Edits are carried out for whoever asks, and told afterwards."""
        team = {"do": "add", "value": {"kind": "Team", "name": "Night"}}
        status, found = self.edit(team, query="?dryRun=true")
        self.assertEqual((status, len(found["changes"])), (200, 1))
        self.assertEqual(self.editing.authors, [])
        self.assertEqual(self.edit(team), (200, {"keys": [0]}))
        self.assertEqual([author.login_id for author in self.editing.authors], ["adm"])
        _, found = self.say("GET", "/directory")
        self.assertIn("Night", [one["name"] for one in found["Team"]])

    def test_edits_refused(self) -> None:
        """All that is wrong is told by edit and field, or why it is no list of edits; then nothing is done."""
        status, found = self.edit(
            {"do": "add", "value": {"kind": "Team", "name": "Night"}},
            {"do": "add", "value": {"kind": "Skill", "name": ""}},
        )
        self.assertEqual(status, 400)
        self.assertEqual([(one["index"], one["field"]) for one in found["faults"]], [(1, "name")])
        status, found = self.edit({"do": "burn"})
        self.assertEqual(status, 400)
        self.assertIn("burn", found["ApiError"]["ErrorMessage"])
        self.assertEqual(self.editing.authors, [])

    def test_directory_away(self) -> None:
        """A store that is away is 503; somebody who was quicker is 409."""
        team = {"do": "add", "value": {"kind": "Team", "name": "Night"}}
        self.editing.failing = StoreBusyError(9)
        self.assertEqual((self.edit(team)[0], self.say("GET", "/directory")[0]), (503, 503))
        self.editing.failing = StoreConflictError("twice")
        self.assertEqual(self.edit(team)[0], 409)

    def test_configuration(self) -> None:
        """A text is compared, then taken in, then told again; with ``prune`` what it does not have goes."""
        text = b'format = 1\nSkill = [{ name = "Sales" }]'
        lines = ["--- /dev/null", '+++ Skill "Sales"', "@@ -0,0 +1 @@", '+name = "Sales"']
        answer = {"changes": 1, "lines": lines}
        self.assertEqual(self.say("POST", "/configuration?dryRun=true", body=text), (200, answer))
        self.assertEqual(self.configuration.authors, [])
        self.assertEqual(self.say("POST", "/configuration", body=text), (200, answer))
        self.assertEqual(self.configuration.authors[0].login_id, "adm")
        told = {"format": 1, "Skill": [{"name": "Sales"}]}
        self.assertEqual(self.say("GET", "/configuration?format=json"), (200, told))
        response = self.successResultOf(
            self.console.request(
                "GET", "http://x/cfadmin/api/configuration", auth=("adm", "finesse")
            )
        )
        body = self.successResultOf(self.console.content(response))
        self.assertEqual(body, b'format = 1\n\n[[Skill]]\nname = "Sales"\n')

    def test_configuration_refused(self) -> None:
        """Every fault of a text is told with its line; what the store cannot do now, as for the directory."""
        status, answer = self.say("POST", "/configuration", body=b"format = 1\nx = 1")
        self.assertEqual(status, 400)
        fault = {"where": "x", "reason": "there is no such key", "line": 2}
        self.assertEqual(answer["faults"], [fault])
        for error, expected in ((StoreBusyError(1), 503), (StoreConflictError("x"), 409)):
            self.configuration.failing = error
            self.assertEqual(self.say("POST", "/configuration", body=b"format = 1")[0], expected)
        self.configuration.failing = StoreBusyError(1)
        self.assertEqual(self.say("GET", "/configuration")[0], 503)
