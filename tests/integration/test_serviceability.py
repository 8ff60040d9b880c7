"""Browsers' logs, monitors and desktops before the sign-in, through a real server and a real disk, by requests."""

import io
import zipfile
from xml.etree import ElementTree

import requests
from twisted.trial.unittest import SynchronousTestCase

from tests.support.rest import Rest
from tests.support.twistd import LIMIT_S, Shared


class ServiceabilityTests(SynchronousTestCase):
    """What is asked beside calls and states.

    Attributes:
        shared: The server.
    """

    shared = Shared("demo.calls_per_minute=0", "web.security_banner_message='Keep out'")

    def get(self, path: str, user: str = "") -> requests.Response:
        """Ask outside of /finesse/api."""
        url = f"http://{self.shared.get().endpoints['http']}{path}"
        auth = (user, "finesse") if user else None
        return requests.get(url, auth=auth, timeout=LIMIT_S)

    def test_client_logs(self) -> None:
        """A text and a zip file in a form, as requests writes one, are on the disk when they are answered."""
        server = self.shared.get()
        agent = Rest(server, "agent1")
        body = "<ClientLog><logData>loaded\n</logData></ClientLog>"
        self.assertEqual(agent.ask("POST", "/User/agent1/ClientLog", body).status_code, 202)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("Desktop.log", "loaded\n" * 1000)
        answer = requests.post(
            f"http://{server.endpoints['http']}/finesse/api/User/agent1/CompressedClientLog",
            files={"file": ("Desktop.zip", buffer.getvalue())},
            auth=("agent1", "finesse"),
            timeout=LIMIT_S,
        )
        self.assertEqual(answer.status_code, 202, answer.text)
        folder = server.home / "clientlogs" / "user-agent1"
        self.assertTrue((folder / "client.log").read_text().endswith("\nloaded\n"))
        (kept,) = folder.glob("*.zip")
        self.assertEqual(kept.read_bytes(), buffer.getvalue())

    def test_connected(self) -> None:
        """Who is signed in is connected."""
        agent, admin = Rest(self.shared.get(), "agent2"), Rest(self.shared.get(), "admin")
        self.assertEqual(agent.put_state("LOGIN", extension="1002"), 202)
        for _ in range(100):  # each a round trip: the event comes behind the 202
            found = admin.get("/ConnectedUsersInfo")
            if found.find("users/User") is not None:
                break
        self.assertEqual(found.findtext("users/User/loginId"), "agent2")
        self.assertEqual(found.findtext("userSummary/thirdPartyUsers"), "1")
        self.assertEqual(admin.get("/RuntimeConfigInfo").findtext("agentsOnNode"), "1")

    def test_portal(self) -> None:
        """A monitor finds this server's process."""
        path = "/finesse-dp/rest/DiagnosticPortal/ListProcesses"
        self.assertIn(f'ProcessId="{self.shared.get().process.pid}"', self.get(path, "admin").text)
        self.assertEqual(self.get(path, "agent1").status_code, 401)

    def test_desktop(self) -> None:
        """A page learns what it needs before anybody signs in."""
        found = self.get("/desktop/api/DesktopConfig").json()
        self.assertEqual(found["securityBannerMessage"], "Keep out")
        self.assertEqual(found["systemStatus"], "IN_SERVICE")
        server = self.shared.get()
        self.assertTrue(found["host"].endswith(f":{server.port('https')}"), found)
        info = ElementTree.fromstring(self.get("/finesse/api/SystemInfo").text)
        for element, name in (
            ("httpsPort", "https"),
            ("xmppPort", "xmpp"),
            ("xmppSecurePort", "xmpps"),
        ):
            told = info.findtext(f"primaryNode/{element}")
            self.assertEqual(told, str(server.port(name)))  # which the system has chosen
        self.assertEqual(self.get("/desktop/api/ResourceURLs?type=desktop").text, "/tunnel/\n")
