"""The service and slixmpp, a client that we did not write: the clear, STARTTLS, and TLS from the first byte."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

from slixmpp import JID
from slixmpp.exceptions import IqError
from twisted.internet.defer import Deferred

from finesse_tx.notification.accounts import APPLICATION
from tests.support.notification import DOMAIN, PUBSUB, SYSTEM_INFO, dialogs, team_users, user
from tests.support.ports import PortsTestCase
from tests.support.slix import Agent, run

FINESSE = f"{APPLICATION}@{DOMAIN}"
NODE_CONFIG = "http://jabber.org/protocol/pubsub#node_config"


def entry(text: str) -> ElementTree.Element:
    """A payload."""
    found = ElementTree.Element("{urn:x}entry")
    found.text = text
    return found


class SlixmppTests(PortsTestCase):
    """Whole conversations."""

    def road(self, port: str, authority: Path | None, *, direct: bool = False) -> None:
        """Sign in, get an event, subscribe, get another, see the application come and go, leave."""

        async def scenario() -> None:
            agent = Agent(f"agent1@{DOMAIN}/slix")
            await agent.sign_in(self.ports[port], authority, direct=direct)
            self.assertEqual(agent.boundjid.full, f"agent1@{DOMAIN}/slix")
            self.assertIn(FINESSE, agent.client_roster)
            self.in_reactor(
                self.service.publish, dialogs("agent1"), "<Update>\n <a>é &amp;</a></Update>"
            )
            name = "{http://jabber.org/protocol/pubsub}notification"
            self.assertEqual(
                await agent.next_event(),
                (dialogs("agent1"), name, "<Update>\n <a>é &amp;</a></Update>"),
            )
            node = f"{user('agent1')}/Queues"
            pubsub = agent["xep_0060"]
            answer = await pubsub.subscribe(PUBSUB, node)
            self.assertEqual(answer["pubsub"]["subscription"]["subscription"], "subscribed")
            self.in_reactor(self.service.publish, node, "<Update/>")
            self.assertEqual((await agent.next_event())[0], node)
            await pubsub.unsubscribe(PUBSUB, node)
            self.in_reactor(self.service.publish, node, "<Update/>")
            self.in_reactor(self.service.publish, SYSTEM_INFO, "<Update/>")
            self.assertEqual((await agent.next_event())[0], SYSTEM_INFO)
            self.in_reactor(self.service.set_available, True)
            while await agent.presence_of(FINESSE) != "available":
                pass
            self.in_reactor(self.service.set_available, False)
            self.assertEqual(await agent.presence_of(FINESSE), "unavailable")
            await agent.leave()

        run(scenario)

    def own_node(self, port: str) -> None:
        """An administrator creates a node; an agent subscribes, gets the last item and the next, and asks for both."""

        async def scenario() -> None:
            admin, agent = Agent(f"admin@{DOMAIN}/slix"), Agent(f"agent1@{DOMAIN}/slix")
            await admin.sign_in(self.ports[port])
            await agent.sign_in(self.ports[port])
            owner, reader = admin["xep_0060"], agent["xep_0060"]
            config = admin["xep_0004"].make_form("submit")
            config.add_field("FORM_TYPE", "hidden", value=NODE_CONFIG)
            config.add_field("pubsub#title", value="Wallboard")
            config.add_field("pubsub#send_last_published_item", value="on_sub")
            await owner.create_node(PUBSUB, "wall", config=config)
            shown = await reader.get_nodes(PUBSUB)
            self.assertIn("wall", {node for _, node, _ in shown["disco_items"]["items"]})
            with self.assertRaises(IqError) as refused:
                await reader.publish(PUBSUB, "wall", payload=entry("mine"))
            self.assertEqual(refused.exception.condition, "forbidden")
            answer = await owner.publish(PUBSUB, "wall", id="1", payload=entry("one"))
            self.assertEqual(answer["pubsub"]["publish"]["item"]["id"], "1")
            await reader.subscribe(PUBSUB, "wall")
            self.assertEqual(await agent.next_event(), ("wall", "{urn:x}entry", "one"))
            await owner.publish(PUBSUB, "wall", id="2", payload=entry("two"))
            self.assertEqual(await agent.next_event(), ("wall", "{urn:x}entry", "two"))
            found = await reader.get_items(PUBSUB, "wall")
            self.assertEqual([item["id"] for item in found["pubsub"]["items"]], ["1", "2"])
            form = (await owner.get_node_config(PUBSUB, "wall"))["pubsub_owner"]["configure"][
                "form"
            ]
            self.assertEqual(form.get_values()["pubsub#title"], "Wallboard")
            listed = await owner.get_node_subscriptions(PUBSUB, "wall")
            (subscription,) = listed["pubsub_owner"]["subscriptions"]
            self.assertEqual(subscription["jid"], f"agent1@{DOMAIN}")
            await owner.modify_affiliations(
                PUBSUB, "wall", [(JID(f"agent1@{DOMAIN}"), "publisher")]
            )
            await reader.publish(PUBSUB, "wall", id="3", payload=entry("mine"))
            self.assertEqual((await agent.next_event())[2], "mine")
            await reader.retract(PUBSUB, "wall", "3")
            await owner.purge(PUBSUB, "wall")
            found = await reader.get_items(PUBSUB, "wall")
            self.assertEqual(list(found["pubsub"]["items"]), [])
            await owner.delete_node(PUBSUB, "wall")
            await admin.leave()
            await agent.leave()

        run(scenario)

    async def test_own_node(self) -> None:
        """The owner's use cases of XEP-0060, and a subscriber's."""
        await self.in_thread(self.own_node, "xmpp")

    async def test_clear(self) -> None:
        """5222, in the clear."""
        await self.in_thread(self.road, "xmpp", None)

    async def test_starttls(self) -> None:
        """5222, with STARTTLS and a certificate that is checked."""
        await self.in_thread(self.road, "xmpp", self.authority)

    async def test_direct_tls(self) -> None:
        """5223, TLS from the first byte."""
        await self.in_thread(self.road, "xmpps", self.authority, direct=True)

    async def test_discovery(self) -> None:
        """Its discovery, version and ping plugins get what they ask for."""

        async def scenario() -> None:
            agent = Agent(f"agent1@{DOMAIN}")
            await agent.sign_in(self.ports["xmpp"])
            info = await agent["xep_0030"].get_info(DOMAIN)
            self.assertIn(("server", "im", None, "finesse_tx"), info["disco_info"]["identities"])
            items = await agent["xep_0030"].get_items(DOMAIN)
            self.assertIn(PUBSUB, [item[0] for item in items["disco_items"]["items"]])
            node = await agent["xep_0030"].get_info(PUBSUB, node=user("agent1"))
            self.assertIn(("pubsub", "leaf", None, None), node["disco_info"]["identities"])
            version = await agent["xep_0092"].get_version(DOMAIN)
            self.assertEqual(version["software_version"]["name"], "finesse_tx")
            self.assertGreaterEqual(await agent["xep_0199"].ping(DOMAIN), 0)
            agent.register_plugin("xep_0202")
            told = await agent["xep_0202"].get_entity_time(DOMAIN)
            # Not by its own reading: it expects a time without its Z.
            utc = datetime.fromisoformat(told["entity_time"].xml.findtext("{urn:xmpp:time}utc"))
            self.assertLess(abs(datetime.now(UTC) - utc), timedelta(minutes=1))
            listed = await agent["xep_0060"].get_subscriptions(PUBSUB)
            self.assertEqual(len(list(listed["pubsub"]["subscriptions"])), 3)
            await agent.leave()

        await self.in_thread(run, scenario)

    async def test_forbidden(self) -> None:
        """A team's node is a supervisor's alone."""

        async def scenario() -> None:
            agent, supervisor = (Agent(f"{name}@{DOMAIN}") for name in ("agent1", "supervisor1"))
            for client in (agent, supervisor):
                await client.sign_in(self.ports["xmpp"])
            try:
                await agent["xep_0060"].subscribe(PUBSUB, team_users(1))
            except Exception as error:  # slixmpp's IqError
                self.assertEqual(error.iq["error"]["condition"], "forbidden")  # type: ignore[attr-defined]
            else:
                self.fail("it was allowed")
            await supervisor["xep_0060"].subscribe(PUBSUB, team_users(1), bare=False)
            self.in_reactor(self.service.publish, team_users(1), "<Update/>")
            self.assertEqual((await supervisor.next_event())[0], team_users(1))
            for client in (agent, supervisor):
                await client.leave()

        await self.in_thread(run, scenario)

    async def test_bad_password(self) -> None:
        """It is told that it may not."""

        async def scenario() -> str:
            agent = Agent(f"agent1@{DOMAIN}", "wrong")
            agent.enable_starttls = False
            agent.enable_plaintext = True
            agent.connect("127.0.0.1", self.ports["xmpp"])
            return await agent.failures.get()

        self.assertEqual(await self.in_thread(run, scenario), "not-authorized")

    async def test_conflict(self) -> None:
        """The session whose address is taken is told ``conflict``; the new one gets the events."""

        async def scenario() -> None:
            older, newer = (Agent(f"agent1@{DOMAIN}/same") for _ in range(2))
            await older.sign_in(self.ports["xmpp"])
            await newer.sign_in(self.ports["xmpp"])
            self.assertEqual(await older.failures.get(), "conflict")
            self.in_reactor(self.service.publish, user("agent1"), "<Update/>")
            self.assertEqual((await newer.next_event())[0], user("agent1"))
            await newer.leave()

        await self.in_thread(run, scenario)

    async def test_stop(self) -> None:
        """At the stop it sees the application leave, then its stream end with ``system-shutdown``."""

        async def scenario() -> list[str]:
            agent = Agent(f"agent1@{DOMAIN}")
            self.in_reactor(self.service.set_available, True)
            await agent.sign_in(self.ports["xmpp"])
            self.assertEqual(await agent.presence_of(FINESSE), "available")
            self.in_reactor(self.later, self.drain)
            seen = [await agent.presence_of(FINESSE), await agent.failures.get()]
            await agent.over.wait()
            return seen

        self.assertEqual(await self.in_thread(run, scenario), ["unavailable", "system-shutdown"])
        self.assertEqual(self.listener.seen, [("agent1", True), ("agent1", False)])

    def drain(self) -> None:
        """Begin to stop."""
        Deferred.fromCoroutine(self.service.drain())
