"""Queues' live figures on a CCX, over REST and XMPP, through a real server.

Spec: ``rest.md`` §6.
"""

from __future__ import annotations

from xml.etree import ElementTree

from twisted.trial.unittest import SynchronousTestCase

from tests.support.rest import Rest
from tests.support.slix import Agent, run
from tests.support.twistd import Shared

SHARED = Shared("demo.talk_s=600", "demo.patience_s=600", "web.queue_statistics_s=0.2")

QUEUE = "/finesse/api/Queue/1"


class QueueTests(SynchronousTestCase):
    """A caller waits, and is answered."""

    def test_figures(self) -> None:
        """Whoever subscribes hears of the caller, and of the agents; GET says the same."""

        async def scenario() -> None:
            server = SHARED.get()
            rest = Rest(server, "agent1")
            names = {
                queue.findtext("uri"): queue.findtext("name")
                for queue in rest.get("/User/agent1/Queues").findall("Queue")
            }
            self.assertEqual(set(names.values()), {"Sales", "Support"})
            self.assertEqual(rest.get("/Queue/1").findtext("name"), names[QUEUE])
            self.assertEqual(rest.ask("GET", "/Queue/99").status_code, 404)

            watcher = Agent("agent1@finesse.local/figures")
            await watcher.sign_in(server.port("xmpp"))
            await watcher["xep_0060"].subscribe(
                "pubsub.finesse.local", QUEUE, bare=True, subscribee="agent1@finesse.local"
            )

            async def until(name: str, value: str) -> ElementTree.Element:
                while True:
                    node, _, payload = await watcher.next_event()
                    queue = ElementTree.fromstring(payload).find("data/queue")
                    if node != QUEUE or queue is None:
                        continue
                    if queue.findtext(f"statistics/{name}") == value:
                        return queue

            self.assertEqual(rest.put_state("LOGIN", extension="1001"), 202)
            await until("agentsNotReady", "1")
            server.call("6001")
            waiting = await until("callsInQueue", "1")
            self.assertRegex(
                waiting.findtext("statistics/startTimeOfLongestCallInQueue", ""),
                r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$",
            )
            self.assertEqual(rest.put_state("READY"), 202)
            await until("callsInQueue", "0")  # it rings
            found = rest.get("/User/agent1/Dialogs").findtext("Dialog/id", "")
            self.assertEqual(rest.act(found, "ANSWER", "1001"), 202)
            await until("agentsTalkingInbound", "1")
            self.assertEqual(rest.get("/Queue/1").findtext("statistics/agentsTalkingInbound"), "1")
            rest.act(found, "DROP", "1001")
            await watcher.leave()

        run(scenario)
