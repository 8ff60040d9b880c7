"""A desktop's session on a real server: what the secret is good for, what it is not, and its end."""

from pathlib import Path

import requests
from twisted.trial.unittest import SynchronousTestCase

from tests.support.slix import Agent, run
from tests.support.twistd import LIMIT_S, QUIET, Twistd

SESSION = "/desktop/session"


class DesktopSessionTests(SynchronousTestCase):
    """agent1, with the password once and then with the secret."""

    def started(self, home: Path, *overrides: str) -> Twistd:
        """A server."""
        server = Twistd((*QUIET, *overrides), home).wait_ready()
        self.addCleanup(server.clean)
        return server

    def ask(
        self, method: str, path: str, password: str, user: str = "agent1", **more: object
    ) -> requests.Response:
        """Send a request as somebody."""
        return requests.request(
            method,
            f"http://{self.server.endpoints['http']}{path}",
            auth=(user, password),
            timeout=LIMIT_S,
            **more,  # type: ignore[arg-type]
        )

    def test_one_session(self) -> None:
        """The secret signs in by REST, at the engine and by XMPP, after a restart too; and nowhere once it has ended."""
        home = Path(self.mktemp()).absolute()
        self.server = self.started(home, "security.lockout_attempts=3")
        refused = self.ask("POST", SESSION, "wrong", headers={"Accept": "application/json"})
        self.assertEqual(refused.status_code, 401)
        self.assertEqual(refused.json()["ApiError"]["ErrorMessage"], "UNAUTHORIZED")
        self.assertNotIn("Access-Control-Allow-Origin", refused.headers)
        begun = self.ask("POST", SESSION, "finesse", headers={"Accept": "application/json"})
        self.assertEqual(begun.status_code, 200)
        said = begun.json()
        secret = said["secret"]
        self.assertEqual((said["loginId"], said["expiresIn"]), ("agent1", 43_200))
        self.assertEqual(self.ask("POST", SESSION, secret).status_code, 401)
        self.assertEqual(self.ask("GET", "/cfadmin/api/audit", secret).status_code, 401)

        body = "<User><state>LOGIN</state><extension>1001</extension></User>"
        put = self.ask("PUT", "/finesse/api/User/agent1", secret, data=body)
        self.assertEqual(put.status_code, 202)

        async def signed_in() -> None:
            agent = Agent("agent1@finesse.local", secret)
            await agent.sign_in(self.server.port("xmpp"))
            while "<state>NOT_READY</state>" not in (
                self.ask("GET", "/finesse/api/User/agent1", secret).text
            ):
                await agent.next_event()
            await agent.leave()

        run(signed_in)

        for _ in range(3):
            self.assertEqual(self.ask("GET", "/finesse/api/User/agent1", "bad").status_code, 401)
        self.assertEqual(self.ask("POST", SESSION, "finesse").status_code, 401)  # locked out
        self.assertEqual(self.ask("GET", "/finesse/api/User/agent1", secret).status_code, 200)

        self.assertEqual(self.server.stop(), 0)
        self.server = self.started(home)
        self.assertEqual(self.ask("GET", "/finesse/api/User/agent1", secret).status_code, 200)
        self.assertEqual(self.ask("DELETE", SESSION, secret, "agent2").status_code, 401)

        async def put_out() -> None:
            agent = Agent("agent1@finesse.local", secret)
            await agent.sign_in(self.server.port("xmpp"))
            self.assertEqual(self.ask("DELETE", SESSION, secret).status_code, 204)
            self.assertEqual(await agent.failures.get(), "not-authorized")
            await agent.over.wait()

        run(put_out)
        self.assertEqual(self.ask("GET", "/finesse/api/User/agent1", secret).status_code, 401)
        self.assertEqual(self.ask("DELETE", SESSION, secret).status_code, 401)
