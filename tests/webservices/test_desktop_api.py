"""`finesse_tx.webservices.desktop_api`: JSON for desktops, by a client that nobody here wrote (treq)."""

import json
import re
from importlib.resources import files
from typing import Any

from msgspec import structs
from treq.testing import StubTreq
from twisted.logger import capturedLogs
from twisted.web.resource import Resource

from finesse_tx.webservices.core.desktop import desktop_config
from finesse_tx.webservices.core.objects import Node, SystemInfo
from finesse_tx.webservices.desktop_api import DesktopApi
from tests.webservices.test_service import Case


class DesktopApiTests(Case):
    """Before anybody has signed in."""

    def setUp(self) -> None:
        """In service, with a banner."""
        super().setUp()
        self.serve()
        self.secondary = Node("")
        root, desktop = Resource(), Resource()
        root.putChild(b"desktop", desktop)
        desktop.putChild(b"api", DesktopApi(self.system_info, "Keep out", ["/tunnel/"]))
        self.http: Any = StubTreq(root)

    def system_info(self) -> SystemInfo:
        """As it is, at a port."""
        return structs.replace(
            self.service.system_info(),
            primary_node=Node("a.example", 8445),
            secondary_node=self.secondary,
        )

    def ask(self, path: str, method: str = "GET") -> tuple[int, str, str]:
        """Status, type and body."""
        response = self.successResultOf(self.http.request(method, f"http://x/desktop/api/{path}"))
        body = self.successResultOf(self.http.content(response)).decode()
        kind = response.headers.getRawHeaders("content-type", [""])[0]
        return response.code, kind, body

    def test_config(self) -> None:
        """The system, without a password; on a single node there is no other to go to."""
        status, kind, body = self.ask("DesktopConfig")
        self.assertEqual((status, kind), (200, "application/json"))
        self.assertEqual(
            json.loads(body),
            {
                "deploymentType": "UCCX",
                "securityBannerMessage": "Keep out",
                "systemStatus": "IN_SERVICE",
                "host": "a.example:8445",
                "isAlternateSystemAvailable": False,
                "desktopLicensed": True,
                "systemAuthMode": "NON_SSO",
                "enableMobileAgentLogin": "false",
                "isProxyRequest": False,
                "redirectToAlternateHost": False,
                "alternateHost": "",
            },
        )

    def test_secondary(self) -> None:
        """On the second of two nodes, the first is the other one."""
        self.secondary = Node("b.example", 8446)
        found = desktop_config(self.system_info(), "", is_secondary=True)
        self.assertEqual(
            (found.host, found.alternate_host, found.is_alternate_system_available),
            ("b.example:8446", "a.example:8445", True),
        )

    def test_alternate(self) -> None:
        """Another node is told with its port, or with ours where it has none of its own."""
        self.secondary = Node("b.example")
        found = json.loads(self.ask("DesktopConfig")[2])
        self.assertTrue(found["isAlternateSystemAvailable"])
        self.assertEqual(found["alternateHost"], "b.example:8445")

    def test_out_of_service(self) -> None:
        """It answers while there is no engine, and says so."""
        self.service.link_closed("cut")
        self.assertIn('"OUT_OF_SERVICE"', self.ask("DesktopConfig")[2])

    def test_languages(self) -> None:
        """The languages are those that the desktop's page speaks."""
        page = files("finesse_tx").joinpath("desktop/page/core/locale.js").read_text()
        spoken = re.findall(r'locale: "(\w+)", name:', page)
        self.assertEqual(json.loads(self.ask("languages")[2]), {"languages": spoken})
        self.assertIn("fr_FR", spoken)

    def test_resource_urls(self) -> None:
        """One path a line; of other people's files there are none."""
        self.assertEqual(
            self.ask("ResourceURLs?type=desktop"), (200, "text/plain;charset=UTF-8", "/tunnel/\n")
        )
        self.assertEqual(self.ask("ResourceURLs?type=3rdParty")[::2], (200, ""))

    def test_refused(self) -> None:
        """A refusal is JSON too: a wrong type, a wrong path, a wrong method."""
        for path, method, status in (
            ("ResourceURLs?type=x", "GET", 400),
            ("ResourceURLs", "GET", 400),
            ("SystemConfig", "GET", 404),
            ("", "GET", 404),
            ("DesktopConfig", "POST", 405),
        ):
            found, kind, body = self.ask(path, method)
            self.assertEqual((found, kind), (status, "application/json"), path)
            self.assertEqual(set(json.loads(body)), {"errorType", "errorMessage"})

    def test_other_methods(self) -> None:
        """HEAD has no body, and nothing to complain of in the log; OPTIONS says what may be asked."""
        with capturedLogs() as logs:
            self.assertEqual(self.ask("languages", "HEAD")[::2], (200, ""))
        self.assertNotIn("Warning", repr(list(logs)))
        self.assertEqual(self.ask("languages", "OPTIONS")[::2], (200, ""))
