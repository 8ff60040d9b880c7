"""A supervisor's message on the wire, and after a restart, through real servers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from shutil import rmtree
from xml.etree import ElementTree

from twisted.trial.unittest import SynchronousTestCase

from tests.support.rest import Rest
from tests.support.slix import Agent, run
from tests.support.twistd import QUIET, Twistd

NODE = "/finesse/api/Team/1/TeamMessage"


class TeamMessageTests(SynchronousTestCase):
    """supervisor1 and agent1, of team 1."""

    def test_road(self) -> None:
        """Sent, told to whoever subscribes, there after a restart, taken back."""
        home = Path(tempfile.mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, home, ignore_errors=True)
        server = Twistd(QUIET, home).wait_ready()
        self.addCleanup(server.clean)

        async def sent() -> str:
            watcher = Agent("agent1@finesse.local/desk")
            await watcher.sign_in(server.port("xmpp"))
            await watcher["xep_0060"].subscribe(
                "pubsub.finesse.local", NODE, bare=True, subscribee="agent1@finesse.local"
            )
            body = (
                "<TeamMessage><duration>600</duration><content>Tea &amp; cake</content>"
                "<teams><team>1</team></teams></TeamMessage>"
            )
            boss = Rest(server, "supervisor1")
            self.assertEqual(
                Rest(server, "agent1").ask("POST", "/TeamMessage", body).status_code, 401
            )
            answer = boss.ask("POST", "/TeamMessage", body, "r1")
            self.assertEqual((answer.status_code, answer.text), (200, ""))
            node, _, payload = await watcher.next_event()
            while node != NODE:
                node, _, payload = await watcher.next_event()
            update = ElementTree.fromstring(payload)
            self.assertEqual(
                [update.findtext(name) for name in ("event", "requestId")], ["POST", "r1"]
            )
            self.assertEqual(update.findtext("data/TeamMessage/content"), "Tea & cake")
            self.assertEqual(update.findtext("data/TeamMessage/createdBy/id"), "supervisor1")
            await watcher.leave()
            return answer.headers["Location"].rpartition("/")[2]

        number = run(sent)
        self.assertEqual(server.stop(), 0)
        server = Twistd(QUIET, home).wait_ready()
        self.addCleanup(server.clean)
        agent, boss = Rest(server, "agent1"), Rest(server, "supervisor1")
        messages = agent.get("/Team/1/TeamMessages").findall("TeamMessage")
        self.assertEqual([one.findtext("id") for one in messages], [number])
        self.assertEqual(agent.ask("DELETE", f"/TeamMessage/{number}").status_code, 401)
        self.assertEqual(boss.ask("DELETE", f"/TeamMessage/{number}").status_code, 200)
        self.assertEqual(agent.ask("GET", f"/TeamMessage/{number}").status_code, 404)
