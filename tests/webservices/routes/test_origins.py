"""``/cfadmin/api/origins``: whose pages may, told, added, removed and tested."""

from typing import Any
from urllib.parse import quote

import msgspec
from treq.testing import StubTreq
from twisted.internet.defer import Deferred
from twisted.web.resource import Resource

from finesse_tx.origins import Origins
from finesse_tx.store.core.errors import StoreUnavailableError
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.administration.system import MAX_ORIGINS, CORSConfig
from finesse_tx.webservices.core.nodes import SecondaryNode
from finesse_tx.webservices.core.routing import Family
from finesse_tx.webservices.routes.api import ApiResource
from finesse_tx.webservices.routes.gate import Gate
from finesse_tx.webservices.routes.origins import ORIGINS, following
from tests.webservices.routes.test_api import MAX_BODY, ApiCase

CRM = "https://crm.example.com"
PORTAL = "https://portal.example.com:8445"


class OriginsCase(ApiCase):
    """With one origin in the operator's file."""

    def setUp(self) -> None:
        """The routes under their path."""
        super().setUp()
        self.origins = Origins("enable", [CRM])
        behind = following(self.origins, self.administration)
        gate = Gate(self.authenticator, self.service.in_service, MAX_BODY, secondary=self.secondary)
        root, console = Resource(), Resource()
        root.putChild(b"cfadmin", console)
        console.putChild(b"api", ApiResource(gate, [Family(ORIGINS, behind)], is_described=False))
        self.console: Any = StubTreq(root)

    def say(
        self, method: str, path: str, who: str | None = "adm", body: object = None
    ) -> tuple[int, Any]:
        """Ask, and return the status and what came as JSON."""
        asked: Deferred[Any] = self.console.request(
            method,
            f"http://x/cfadmin/api{path}",
            auth=(who, "finesse") if who else None,
            headers={"Accept": "application/json", "Content-Type": "application/json"},
            data=msgspec.json.encode(body),
        )
        response = self.successResultOf(asked)
        return response.code, self.successResultOf(self.console.json_content(response))

    def add(self, origin: str) -> tuple[int, Any]:
        """Add one."""
        return self.say("POST", "/origins", body={"origin": origin})

    def remove(self, origin: str) -> tuple[int, Any]:
        """Remove one."""
        return self.say("DELETE", f"/origins?origin={quote(origin, safe='')}")

    def reason(self, answer: tuple[int, Any]) -> tuple[int, str]:
        """Status and sentence of a refusal, which is about the origin."""
        status, found = answer
        self.assertEqual(found["ApiError"]["ErrorData"], "origin")
        return status, found["ApiError"]["ErrorMessage"]


class OriginsTests(OriginsCase):
    """Administrators change them."""

    def test_who(self) -> None:
        """Administrators, and nobody else."""
        for method, path, body in (
            ("GET", "/origins", None),
            ("POST", "/origins", {"origin": PORTAL}),
            ("DELETE", f"/origins?origin={quote(PORTAL)}", None),
            ("GET", "/origin?origin=x", None),
        ):
            answered = [self.say(method, path, who, body)[0] for who in (None, "ann", "sue", "adm")]
            self.assertEqual(answered, [401, 401, 401, 200], path)

    def test_added_and_removed(self) -> None:
        """In force at once, kept, and audited with what was before; the last one that goes leaves no list behind."""
        fixed = {"origin": CRM, "fixed": True}
        listed = {"mode": "enable", "maximum": MAX_ORIGINS, "AllowedOrigin": [fixed]}
        self.assertEqual(self.say("GET", "/origins"), (200, listed))
        self.assertNotIn(PORTAL.encode(), self.origins)
        added = [fixed, {"origin": PORTAL, "fixed": False}]
        answer = self.add("HTTPS://Portal.example.com:8445 ")
        self.assertEqual(answer, (200, {**listed, "AllowedOrigin": added}))
        self.assertIn(PORTAL.encode(), self.origins)
        kept = self.administration.settings.single(CORSConfig)
        self.assertEqual(kept, CORSConfig(allowed_origins=(PORTAL,)))
        self.assertEqual(self.remove(PORTAL), (200, listed))
        self.assertNotIn(PORTAL.encode(), self.origins)
        self.assertIsNone(self.administration.settings.single(CORSConfig))
        text = msgspec.json.encode({"allowedOrigins": [PORTAL]}).decode()
        self.assertEqual(
            [(one.action, one.uri, one.before, one.after) for one in self.records.entries],
            [
                ("POST", "/cfadmin/api/origins", "", text),
                ("DELETE", "/cfadmin/api/origins", text, ""),
            ],
        )

    def test_refused(self) -> None:
        """What is no origin, what is there already, what is not there, and what only the file can take away."""
        self.assertEqual(self.add(PORTAL)[0], 200)
        for answer, status, why in (
            (self.add("null"), 400, "no origin of its own"),
            (self.add("https://*.example.com"), 400, "with * is not taken"),
            (self.add(f"{PORTAL}/crm"), 400, "leave /crm out"),
            (self.add(PORTAL.upper()), 400, f"{PORTAL} is in the list already"),
            (self.add(CRM), 400, f"{CRM} is in web.cors_origins already"),
            (self.remove(CRM), 400, f"{CRM} is in web.cors_origins, in the server's own file"),
            (self.remove("https://other.example"), 404, "https://other.example is not in the list"),
            (self.remove(""), 400, "a scheme, a host"),
        ):
            found, reason = self.reason(answer)
            self.assertEqual(found, status, reason)
            self.assertIn(why, reason)
        self.assertEqual(len(self.records.entries), 1)

    def test_so_many(self) -> None:
        """As many as there may be, and not one more."""
        most = tuple(f"https://n{number}.example" for number in range(MAX_ORIGINS - 1))
        self.records.kept = Settings(singles={"CORSConfig": CORSConfig(allowed_origins=most)})
        self.successResultOf(Deferred.fromCoroutine(self.administration.refresh()))
        self.assertEqual(self.add(PORTAL)[0], 200)
        status, reason = self.reason(self.add("https://one.more"))
        self.assertEqual((status, reason), (400, "There may be 100 origins; remove one first"))
        self.assertEqual(self.remove(PORTAL)[0], 200)
        self.assertEqual(self.add("https://one.more")[0], 200)

    def test_two_at_once(self) -> None:
        """Two administrators who add one each at the same time both get theirs."""
        self.records.holding = []
        asked = [
            self.console.request(
                "POST",
                "http://x/cfadmin/api/origins",
                auth=("adm", "finesse"),
                headers={"Content-Type": "application/json"},
                data=msgspec.json.encode({"origin": origin}),
            )
            for origin in (PORTAL, "https://other.example")
        ]
        for _ in asked:
            self.records.holding.pop(0).callback(None)
            self.console.flush()
        self.assertEqual([self.successResultOf(one).code for one in asked], [200, 200])
        self.assertEqual(self.origins.added, (PORTAL, "https://other.example"))

    def test_store_away(self) -> None:
        """What cannot be kept is not in force."""
        self.records.failing = StoreUnavailableError("away")
        self.assertEqual(self.add(PORTAL)[0], 503)
        self.assertNotIn(PORTAL.encode(), self.origins)
        self.flushLoggedErrors()

    def test_followed(self) -> None:
        """What an import, or another node with the same database, has changed is in force when it is read."""
        self.records.kept = Settings(singles={"CORSConfig": CORSConfig(allowed_origins=(PORTAL,))})
        self.successResultOf(Deferred.fromCoroutine(self.administration.refresh()))
        self.assertIn(PORTAL.encode(), self.origins)

    def test_tested(self) -> None:
        """An origin is judged as browsers send it, with the reason."""
        for origin, allowed, reason in (
            (CRM, True, f"{CRM} is in web.cors_origins"),
            (PORTAL, False, f"{PORTAL} is none of those listed"),
            (f"{CRM}:443", True, f"{CRM} is in web.cors_origins; browsers send it as {CRM}"),
            ("crm.example.com", False, "An origin is a scheme"),
        ):
            status, found = self.say("GET", f"/origin?origin={quote(origin)}")
            self.assertEqual((status, found["allowed"]), (200, allowed), origin)
            self.assertTrue(found["reason"].startswith(reason), found["reason"])
            self.assertEqual(found["mode"], "enable")


class SecondaryOriginsTests(OriginsCase):
    """On the secondary one of two nodes."""

    secondary = SecondaryNode("fin1.example.com", is_cce=False)

    def test_left_to_the_primary(self) -> None:
        """They are told and tested here, and changed there."""
        self.assertEqual(self.say("GET", "/origins")[0], 200)
        for status, found in (self.add(PORTAL), self.remove(PORTAL)):
            self.assertEqual((status, found["ApiError"]["ErrorData"]), (403, "fin1.example.com"))
        self.assertEqual(self.say("GET", f"/origin?origin={CRM}")[0], 200)
