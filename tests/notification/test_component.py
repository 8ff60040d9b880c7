"""`finesse_tx.notification.component`: XEP-0114, with wokkel and slixmpp as the components."""

import asyncio
from hashlib import sha1

import slixmpp
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import NotificationConfig
from finesse_tx.notification.component import CLOSE_TIMEOUT_S, MAX_COMPONENTS
from finesse_tx.notification.core.counters import NotificationCounters
from finesse_tx.notification.core.event import EventForm
from finesse_tx.notification.core.sessions import Sessions
from finesse_tx.notification.core.subscriptions import Subscriptions
from finesse_tx.notification.created_nodes import CreatedNodes
from finesse_tx.notification.pubsub import NodeResource
from finesse_tx.notification.pubsub_protocol import pubsub_handlers
from finesse_tx.notification.wokkel_names import component
from tests.support.notification import DOMAIN, PUBSUB, Policy, notification_service, user
from tests.support.ports import PortsTestCase
from tests.support.slix import Agent, run
from tests.support.xmpp import Wire, pubsub

NAME = f"wall.{DOMAIN}"


class Component(Wire):
    """A component, by hand."""

    def open(self, name: str = NAME) -> str:
        """Open the stream."""
        return self.send(
            "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'"
            f" to='{name}'>"
        )

    def shake(self, opened: str, secret: str = "secret") -> str:
        """Prove that we know the secret."""
        sid = opened.partition("id='")[2].partition("'")[0]
        return self.send(f"<handshake>{sha1((sid + secret).encode()).hexdigest()}</handshake>")


class ComponentTests(SynchronousTestCase):
    """By hand."""

    def setUp(self) -> None:
        """A service, and an agent."""
        self.clock = Clock()
        self.service = notification_service(
            self.clock,
            config=NotificationConfig(
                domain=DOMAIN, login_timeout_s=10.0, max_stanza_bytes=2_000, max_pending_bytes=2_000
            ),
        )
        self.factory = self.service.component_factory("secret")
        self.agent = Wire(self.service.xmpp_factory)
        self.agent.sign_in()
        self.agent.said()

    def component(self, name: str = NAME) -> Component:
        """One that is connected."""
        made = Component(self.factory)
        self.assertEqual(made.shake(made.open(name)), "<handshake/>")
        return made

    def refused(self, text: str) -> str:
        """The condition of a stream error."""
        self.assertTrue(text.endswith("</stream:stream>"), text)
        return text.partition("<stream:error><")[2].partition(" ")[0]

    def test_both_ways(self) -> None:
        """An agent reaches it, and it reaches the agent; each sees stanzas of its own kind."""
        wall = self.component()
        self.agent.send(f"<iq type='get' id='1' to='{NAME}'><q xmlns='urn:q'/></iq>")
        asked = wall.said()
        self.assertIn(f"from='agent1@{DOMAIN}/desktop'", asked)
        self.assertNotIn("jabber:client", asked)
        wall.send(f"<iq type='result' id='1' from='{NAME}' to='agent1@{DOMAIN}/desktop'/>")
        self.assertEqual(
            self.agent.said(),
            f'<iq xmlns="jabber:client" type="result" id="1" from="{NAME}" to="agent1@{DOMAIN}/desktop"/>',
        )

    def test_gone(self) -> None:
        """When it has left, its domain is nobody's; and may be claimed again."""
        self.component().hang_up()
        answer = self.agent.send(f"<iq type='get' id='1' to='{NAME}'><q xmlns='urn:q'/></iq>")
        self.assertIn("<remote-server-not-found ", answer)
        self.component()

    def test_claims(self) -> None:
        """The domain, the publish-subscribe service, people's addresses and names in use cannot be claimed."""
        self.component()
        for name, condition in (
            (DOMAIN, "conflict"),
            (DOMAIN.upper(), "conflict"),
            (PUBSUB, "conflict"),
            (NAME, "conflict"),
            (f"agent1@{DOMAIN}", "improper-addressing"),
            (f"{NAME}/x", "improper-addressing"),
            ("", "improper-addressing"),
        ):
            self.assertEqual(self.refused(Component(self.factory).open(name)), condition, name)

    def test_race(self) -> None:
        """Of two that claim the same name at once, the second one to prove itself is refused."""
        first, second = Component(self.factory), Component(self.factory)
        opened = [first.open(), second.open()]
        self.assertEqual(first.shake(opened[0]), "<handshake/>")
        self.assertEqual(self.refused(second.shake(opened[1])), "conflict")

    def test_wrong_secret(self) -> None:
        """Who does not know the secret is refused, and reaches nobody."""
        intruder = Component(self.factory)
        self.assertEqual(self.refused(intruder.shake(intruder.open(), "guess")), "not-authorized")
        intruder.send(f"<message from='{NAME}' to='agent1@{DOMAIN}'/>")
        self.assertEqual(self.agent.said(), "")

    def test_no_handshake(self) -> None:
        """Who begins with something else is refused."""
        intruder = Component(self.factory)
        intruder.open()
        self.assertEqual(
            self.refused(intruder.send(f"<message to='agent1@{DOMAIN}'/>")), "not-authorized"
        )
        self.assertEqual(self.agent.said(), "")

    def test_false_sender(self) -> None:
        """A component that writes in another's name is dropped, and what it wrote goes nowhere."""
        for sender in (f"agent2@{DOMAIN}", PUBSUB, DOMAIN, "", "@"):
            wall = self.component()
            text = wall.send(f"<message from='{sender}' to='agent1@{DOMAIN}'/>")
            self.assertEqual(self.refused(text), "invalid-from", sender)
            wall.hang_up()
        self.assertEqual(self.agent.said(), "")

    def test_addresses_within(self) -> None:
        """Any address within its domain is its own."""
        wall = self.component()
        wall.send(f"<message from='one@{NAME}/x' to='agent1@{DOMAIN}'><body>x</body></message>")
        self.assertIn(f'from="one@{NAME}/x"', self.agent.said())

    def test_not_a_person(self) -> None:
        """A component cannot subscribe to people's nodes."""
        wall = self.component()
        verb = f"<subscribe node='{user('agent1')}' jid='{NAME}'/>"
        self.assertIn("<forbidden ", wall.send(pubsub(verb).replace("<iq", f"<iq from='{NAME}'")))

    def test_limits(self) -> None:
        """XML that is none or forbidden, and a stanza that is too large, end its stream."""
        for text, condition in (
            ("<a></b>", "not-well-formed"),
            ("<!-- c -->", "restricted-xml"),
            ("<a>" + "x" * 2_001, "policy-violation"),
        ):
            wall = self.component()
            self.assertEqual(self.refused(wall.send(text)), condition)
            wall.hang_up()

    def test_handshake_timeout(self) -> None:
        """Who does not prove itself in time is dropped, not before; who did may stay."""
        late, wall = Component(self.factory), self.component()
        late.open("late." + DOMAIN)
        self.clock.advance(9.9)
        self.assertEqual(late.said(), "")
        self.clock.advance(0.1)
        self.assertEqual(self.refused(late.said()), "connection-timeout")
        self.assertFalse(wall.transport.disconnecting)

    def test_slow_reader(self) -> None:
        """One that does not read is dropped at the bound."""
        wall = self.component()
        assert wall.transport.producer is not None
        wall.transport.producer.pauseProducing()
        for _ in range(3):
            self.agent.send(f"<message to='{NAME}'><body>{'x' * 1_000}</body></message>")
        self.assertTrue(wall.transport.is_aborted)

    def test_too_many(self) -> None:
        """The last connection that is allowed is made, the next is not."""
        for _ in range(MAX_COMPONENTS):
            Component(self.factory)
        self.assertIs(self.factory.buildProtocol(None), None)

    def test_cut_off(self) -> None:
        """One that does not read its end is cut off after a while; one that does leaves nothing behind."""
        wall = self.component()
        wall.send("<a></b>")
        self.clock.advance(CLOSE_TIMEOUT_S - 0.1)
        self.assertFalse(wall.transport.is_aborted)
        self.clock.advance(0.1)
        self.assertTrue(wall.transport.is_aborted)
        other = self.component("other." + DOMAIN)
        other.send("<a></b>")
        other.hang_up()
        self.agent.hang_up()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_end(self) -> None:
        """Its own end is answered with ours; at the stop it is told ``system-shutdown``."""
        wall = self.component()
        wall.send("</stream:stream>")
        self.assertTrue(wall.transport.disconnecting)
        other = self.component("other." + DOMAIN)
        self.factory.drain()
        self.assertEqual(self.refused(other.said()), "system-shutdown")


class Wall(slixmpp.ComponentXMPP):
    """A component by slixmpp."""

    def __init__(self, port: int, secret: str) -> None:
        super().__init__(NAME, secret, "127.0.0.1", port, fix_error_ns=False)
        self.ready = asyncio.Event()
        self.add_event_handler("session_start", lambda _event: self.ready.set())


class PortsTests(PortsTestCase):
    """On a real port, with components that we did not write."""

    async def test_slixmpp(self) -> None:
        """Slixmpp's component joins, and its message reaches slixmpp's client."""

        async def scenario() -> str:
            wall, agent = Wall(self.ports["component"], "secret"), Agent(f"agent1@{DOMAIN}")
            wall.connect()
            await wall.ready.wait()
            await agent.sign_in(self.ports["xmpp"])
            arrived: asyncio.Queue[str] = asyncio.Queue()
            agent.add_event_handler("message", lambda message: arrived.put_nowait(message["body"]))
            wall.send_message(
                slixmpp.JID(f"agent1@{DOMAIN}"), "all lines are busy", mfrom=slixmpp.JID(NAME)
            )
            text = await arrived.get()
            await agent.leave()
            await wall.disconnect(wait=1)
            return text

        self.assertEqual(await self.in_thread(run, scenario), "all lines are busy")

    async def test_pubsub_elsewhere(self) -> None:
        """The handlers of our publish-subscribe service work as a component of another server too: wokkel's client."""
        name = f"pubsub.elsewhere.{DOMAIN}"
        policy, subscriptions = Policy(), Subscriptions()
        sessions = Sessions(DOMAIN, policy.automatic_nodes)
        created = CreatedNodes(
            DOMAIN,
            sessions,
            subscriptions,
            EventForm(name, "urn:x", "i"),
            policy.may_create_nodes,
            lambda: "s1",
            lambda: "2026-01-01T00:00:00Z",
            NotificationCounters(),
        )
        resource = NodeResource(policy, subscriptions, created, lambda jid: jid.user, lambda: "s1")
        joined = component.Component("127.0.0.1", self.ports["component"], name, "secret")
        for handler in pubsub_handlers(resource):
            handler.setHandlerParent(joined)
        joined.startService()
        self.addCleanup(joined.stopService)

        async def scenario() -> str:
            agent = Agent(f"agent1@{DOMAIN}")
            await agent.sign_in(self.ports["xmpp"])
            answer = await agent["xep_0060"].subscribe(name, f"{user('agent1')}/Queues")
            await agent.leave()
            return str(answer["pubsub"]["subscription"]["subscription"])

        def wait_and_run() -> str:
            self.wait_for(lambda: name in self.service._router.routes)
            return run(scenario)

        self.assertEqual(await self.in_thread(wait_and_run), "subscribed")
