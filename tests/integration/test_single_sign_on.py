"""Single sign-on through a real server: one token for REST, XMPP and the engine, and its end."""

import asyncio
from pathlib import Path

import requests
from twisted.trial.unittest import SynchronousTestCase

from tests.support.slix import Agent, run
from tests.support.twistd import LIMIT_S, QUIET, Twistd

DOMAIN = "finesse.local"


def ask(
    server: Twistd, method: str, path: str, token: str = "", **more: object
) -> requests.Response:
    """Send a request, with a token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.request(
        method,
        f"http://{server.endpoints['http']}{path}",
        headers=headers,
        timeout=LIMIT_S,
        **more,  # type: ignore[arg-type]
    )


class SingleSignOnTests(SynchronousTestCase):
    """agent1, with a password once and then with a token."""

    def server(self, home: Path) -> Twistd:
        """Start a server."""
        server = Twistd((*QUIET, "sso.mode=SSO"), home).wait_ready()
        self.addCleanup(server.stop)
        return server

    def test_one_token(self) -> None:
        """A token signs in by REST, in the engine and by XMPP; taken back, it does none of it, nor after a restart."""
        home = Path(self.mktemp()).absolute()
        server = self.server(home)
        mode = ask(server, "GET", "/finesse/api/UserAuthMode/agent1")
        self.assertIn("<authMode>SSO</authMode>", mode.text)
        info = ask(server, "GET", "/finesse/api/SystemInfo")
        self.assertIn("<systemAuthMode>SSO</systemAuthMode>", info.text)

        path = "/desktop/sso/token?return_refresh_token=true"
        issued = ask(server, "GET", path, auth=("agent1", "finesse")).json()
        token = issued["token"]
        body = "<User><state>LOGIN</state><extension>1001</extension></User>"
        put = ask(server, "PUT", "/finesse/api/User/agent1", token, data=body)
        self.assertEqual(put.status_code, 202)

        async def signed_in() -> None:
            agent = Agent(f"agent1@{DOMAIN}", token)
            await agent.sign_in(server.port("xmpp"))
            while True:  # the engine has taken the ticket
                user = ask(server, "GET", "/finesse/api/User/agent1", token)
                if "<state>NOT_READY</state>" in user.text:
                    break
                await agent.next_event()
            await agent.leave()

        run(signed_in)

        form = {"token": token, "refresh-token": issued["refresh_token"]}
        again = ask(server, "POST", "/desktop/sso/token", data=form).json()["token"]
        self.assertEqual(
            ask(server, "POST", "/desktop/sso/revoke", data={"token": token}).status_code, 200
        )
        for revoked in (token, again):
            self.assertEqual(
                ask(server, "GET", "/finesse/api/User/agent1", revoked).status_code, 401
            )
        other = ask(server, "GET", "/desktop/sso/token", auth=("agent1", "finesse")).json()["token"]

        self.assertEqual(server.stop(), 0)
        server = self.server(home)
        self.assertEqual(ask(server, "GET", "/finesse/api/User/agent1", again).status_code, 401)
        self.assertEqual(ask(server, "GET", "/finesse/api/User/agent1", other).status_code, 200)

    def test_locked_out(self) -> None:
        """Five bad passwords lock a user out of all ways in at once, with the right password or a token; nobody else."""
        server = self.server(Path(self.mktemp()).absolute())
        issued = ask(server, "GET", "/desktop/sso/token", auth=("agent1", "finesse")).json()
        user = "/finesse/api/User/agent1"
        for _ in range(5):
            self.assertEqual(ask(server, "GET", user, auth=("agent1", "wrong")).status_code, 401)
        self.assertEqual(ask(server, "GET", user, auth=("agent1", "finesse")).status_code, 401)
        self.assertEqual(ask(server, "GET", user, issued["token"]).status_code, 401)
        other = "/finesse/api/User/agent2"
        self.assertEqual(ask(server, "GET", other, auth=("agent2", "finesse")).status_code, 200)

        async def refused() -> None:
            for password in ("finesse", issued["token"]):
                agent = Agent(f"agent1@{DOMAIN}", password)
                agent.enable_plaintext, agent.enable_starttls = True, False
                agent.connect("127.0.0.1", server.port("xmpp"))
                said = await asyncio.wait_for(agent.failures.get(), LIMIT_S)
                self.assertEqual(said, "account-disabled")
                await agent.leave()

        run(refused)
