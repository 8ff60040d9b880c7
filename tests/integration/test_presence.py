"""Agents whose desktop goes, through a real server: XMPP by slixmpp, BOSH and REST by requests.

A supervisor watches by XMPP: every wait is for what is published.
"""

import asyncio
from contextlib import closing

from twisted.trial.unittest import SynchronousTestCase

from tests.integration.test_road import Told, read
from tests.support.browser import Browser
from tests.support.rest import Rest
from tests.support.slix import Agent, run
from tests.support.twistd import Shared, finesse_tx

SHARED = Shared(
    "presence.detect_s=0.2", "presence.grace_s=6", "bosh.inactivity_s=5", "demo.talk_s=600"
)

DOMAIN = "finesse.local"


class PresenceTests(SynchronousTestCase):
    """One server, one supervisor, an agent of team 1 for each test."""

    def setUp(self) -> None:
        """The server."""
        self.server = SHARED.get()

    async def watch(self, login_id: str) -> Agent:
        """The supervisor sees an agent's node."""
        boss = Agent(f"supervisor1@{DOMAIN}/{login_id}")
        await boss.sign_in(self.server.port("xmpp"))
        node = f"/finesse/api/User/{login_id}"
        await boss["xep_0060"].subscribe(f"pubsub.{DOMAIN}", node, bare=False)
        return boss

    async def state(self, boss: Agent, login_id: str) -> Told:
        """The agent's next state."""
        while True:
            node, _name, payload = await boss.next_event()
            if node.endswith(f"/User/{login_id}"):
                return read(node, payload)

    def sign_in(self, login_id: str, extension: str) -> Rest:
        """By REST."""
        rest = Rest(self.server, login_id)
        self.assertEqual(rest.put_state("LOGIN", extension=extension), 202)
        return rest

    def test_closed(self) -> None:
        """An agent who closes the desktop is signed out with 255, and the log says why; REST alone stays."""

        async def scenario() -> None:
            boss = await self.watch("agent1")
            only_rest = self.sign_in("agent5", "1005")
            desktop = Agent(f"agent1@{DOMAIN}")
            await desktop.sign_in(self.server.port("xmpp"))
            self.sign_in("agent1", "1001")
            self.assertEqual((await self.state(boss, "agent1")).what, "user NOT_READY")
            await desktop.leave()
            gone = await self.state(boss, "agent1")
            self.assertEqual(gone.what, "user LOGOUT")
            self.assertEqual(gone.body.findtext("user/reasonCode/code"), "255")
            self.assertEqual(only_rest.get("/User/agent5").findtext("state"), "NOT_READY")
            self.assertEqual(only_rest.put_state("LOGOUT"), 202)
            await boss.leave()

        run(scenario)
        asked = finesse_tx("sign-outs", "agent1", "--home", str(self.server.home))
        self.assertRegex(asked.stdout, r"^\S+ agent1: done \(desktop closed at \S+\)\n$")
        self.assertRegex(
            self.server.log, r"forced sign-out of agent1, whose desktop is gone .*\(closed\): done"
        )

    def test_page(self) -> None:
        """A BOSH page that vanishes and is loaded anew stays; once it stays away it is signed out as timed out."""

        async def scenario() -> None:
            boss = await self.watch("agent3")
            url = f"http://{self.server.endpoints['bosh']}/http-bind"
            first = Browser(url).sign_in("agent3")
            rest = self.sign_in("agent3", "1003")
            self.assertEqual((await self.state(boss, "agent3")).what, "user NOT_READY")
            first.send("", "type='terminate'")
            first.close()
            with closing(Browser(url).sign_in("agent3")):
                self.assertEqual(rest.put_state("READY"), 202)
                self.assertEqual((await self.state(boss, "agent3")).what, "user READY")
            self.assertEqual((await self.state(boss, "agent3")).what, "user LOGOUT")
            await boss.leave()

        run(scenario)
        self.assertRegex(
            self.server.log, r"forced sign-out of agent3, whose desktop .*\(timed out\): done"
        )

    def test_signs_in_elsewhere(self) -> None:
        """Whoever loses the desktop and signs in anew by REST is left alone, and the log says so."""

        async def scenario() -> None:
            boss = await self.watch("agent7")
            desktop = Agent(f"agent7@{DOMAIN}")
            await desktop.sign_in(self.server.port("xmpp"))
            rest = self.sign_in("agent7", "1007")
            await self.state(boss, "agent7")
            await desktop.leave()
            self.sign_in("agent7", "1007")
            self.assertEqual((await self.state(boss, "agent7")).what, "user NOT_READY")
            error = await self.logged("forced sign-out of agent7")
            self.assertIn("newer session", error)
            self.assertEqual(rest.put_state("READY"), 202)
            self.assertEqual((await self.state(boss, "agent7")).what, "user READY")
            self.assertEqual(rest.put_state("LOGOUT"), 202)
            await boss.leave()

        run(scenario)

    async def logged(self, words: str) -> str:
        """Wait for a line of the log."""
        while True:
            found = [line for line in self.server.log.splitlines() if words in line]
            if found:
                return found[0]
            await asyncio.sleep(0.05)
