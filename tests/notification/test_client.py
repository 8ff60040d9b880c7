"""`finesse_tx.notification.client`: a component of a server whose side is scripted."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.directory.core.demo import demo
from finesse_tx.interfaces import IConnections, IPublisher, IStanzaTrace, IUserSessions
from finesse_tx.notification.core.departure import Departure
from finesse_tx.notification.core.sessions import MAX_PER_USER
from finesse_tx.notification.joining import FIRST_RETRY_S, retry_pause
from finesse_tx.notification.link import HANDSHAKE_S
from finesse_tx.notification.remote import (
    ONLINE_USERS,
    PATIENCE,
    PROBE_PAUSE_S,
    PROBES_AT_ONCE,
    SETTLE_S,
    People,
)
from tests.support.component import CONTACT, ScriptedServer, component_notification
from tests.support.notification import (
    DOMAIN,
    PUBSUB,
    SYSTEM_INFO,
    Listener,
    Policy,
    team_users,
    user,
)
from tests.support.webservices import FakeDirectory
from tests.support.xmpp import pubsub

AGENT = f"agent1@{DOMAIN}/desktop"


class ClientTestCase(SynchronousTestCase):
    """A service on its way to a server."""

    def start(self, **keys: Any) -> None:
        """Start it."""
        self.clock, self.server = Clock(), ScriptedServer()
        self.clock.advance(1_000)
        self.policy, self.listener = Policy(), Listener()
        self.outages: list[str] = []
        self.service = component_notification(
            self.clock,
            self.server,
            policy=self.policy,
            listener=self.listener,
            outage=self.outages.append,
            **keys,
        )

    def join(self, **keys: Any) -> str:
        """Start it, and let it join; return what it says first."""
        self.start(**keys)
        return self.server.accept().said()

    def lose(self) -> None:
        """The link is lost."""
        self.server.wire.hang_up()

    def rejoin(self) -> str:
        """It comes back; return what it says."""
        self.clock.advance(FIRST_RETRY_S * 2)
        return self.server.accept().said()

    def ask(self, request: str, sender: str = AGENT) -> str:
        """Ask the publish-subscribe service."""
        return self.server.wire.send(request.replace("<iq ", f"<iq from='{sender}' "))


class LinkTests(ClientTestCase):
    """The link itself."""

    def test_interfaces(self) -> None:
        """It publishes and traces as our own server does."""
        self.start()
        self.assertTrue(verifyObject(IPublisher, self.service))
        self.assertTrue(verifyObject(IConnections, self.service))
        self.assertEqual(self.service.connections(), {})
        self.assertTrue(verifyObject(IStanzaTrace, self.service))
        self.assertTrue(verifyObject(IUserSessions, self.service))

    def test_end_sessions(self) -> None:
        """Who may not go on gets nothing more; the log says why."""
        self.join()
        self.server.present(AGENT)
        self.assertEqual(len(self.service.connections()), 1)
        with capturedLogs() as events:
            self.service.end_sessions({"agent1"}, "the account is disabled or removed")
        self.assertEqual(self.service.connections(), {})
        self.assertEqual([event["why"] for event in events], ["the account is disabled or removed"])

    def test_handshake(self) -> None:
        """It opens the stream for its own domain and proves that it knows the secret (XEP-0114 §3)."""
        self.start()
        opened = self.server.wire.said()
        self.assertIn(f" to='{PUBSUB}'>", opened)
        self.assertIn(" xmlns='jabber:component:accept' ", opened)
        self.assertFalse(self.service.link_status().is_connected)
        self.server.accept()
        self.assertTrue(self.service.link_status().is_connected)

    def test_refused(self) -> None:
        """A server that does not know the secret is asked again, ever later, and its reason is shown."""
        self.start(retry_max_s=2.0)
        told = "<not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
        pauses = []
        for _ in range(5):
            self.server.wire.send(
                "<stream:stream xmlns='jabber:component:accept' id='s1'"
                " xmlns:stream='http://etherx.jabber.org/streams'>"
            )
            self.server.wire.send(f"<stream:error>{told}</stream:error></stream:stream>")
            self.lose()
            seen, began = len(self.server.wires), self.clock.seconds()
            while len(self.server.wires) == seen:
                self.clock.advance(0.125)
            pauses.append(self.clock.seconds() - began)
        self.assertEqual(pauses, sorted(pauses))
        self.assertEqual((pauses[0], pauses[-1]), (0.75, 2.0))
        status = self.service.link_status()
        self.assertEqual(status.reason, "not-authorized")
        self.assertEqual(dict(status.counters.lost), {"not-authorized": 5})

    def test_unreachable(self) -> None:
        """A server that is not there is tried until it is; each attempt counts."""
        self.start()
        self.lose()
        self.server.is_there = False
        self.clock.pump([0.5] * 20)
        status = self.service.link_status()
        self.assertIn("refused", status.reason)
        self.assertGreater(status.counters.attempts, 3)
        self.server.is_there = True
        self.clock.advance(30)
        self.server.accept()
        self.assertEqual(self.service.link_status().reason, "")

    def test_pauses(self) -> None:
        """Pauses grow by half, never over the bound, and chance takes up to half of each; no attempt is too many."""
        self.assertEqual(retry_pause(1, 30, 1.0), FIRST_RETRY_S * 1.5)
        self.assertEqual(retry_pause(1, 30, 0.0), FIRST_RETRY_S * 0.75)
        self.assertEqual(retry_pause(100_000, 30, 1.0), 30)
        self.assertEqual(retry_pause(100_000, 30, 0.0), 15)

    def test_no_answer(self) -> None:
        """A server that accepts the connection and says nothing is given up, not before its time."""
        self.start()
        self.clock.advance(HANDSHAKE_S - 0.1)
        self.assertFalse(self.server.wire.transport.is_aborted)
        self.clock.advance(0.1)
        self.assertTrue(self.server.wire.transport.is_aborted)
        self.lose()
        self.assertEqual(
            self.service.link_status().reason, "connection-timeout: no answer to the handshake"
        )

    def test_no_xmpp(self) -> None:
        """What is no XMPP server, or sends what none may, is given up, and tried again."""
        for text in (
            "HTTP/1.1 400 Bad Request\r\n\r\n",
            "<a/>",
            "<!DOCTYPE a><a/>",
            "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'>",
        ):
            self.start()
            self.server.wire.send(text)
            self.assertTrue(self.server.wire.transport.is_aborted, text)
            self.lose()
            self.clock.advance(1)
            self.assertEqual(len(self.server.wires), 2, text)

    def test_stanza_too_large(self) -> None:
        """A stanza over the bound ends the link; one at the bound does not."""
        self.join(max_stanza_bytes=2_000)
        self.server.wire.send("<message>" + "x" * (2_000 - 19) + "</message>")
        self.assertFalse(self.server.wire.transport.is_aborted)
        self.server.wire.send("<message>" + "x" * 2_000)
        self.assertTrue(self.server.wire.transport.is_aborted)

    def test_server_does_not_read(self) -> None:
        """A server that does not read is left at the bound, and joined again."""
        self.join(max_pending_bytes=4_096)
        self.server.present(AGENT)
        producer = self.server.wire.transport.producer
        assert producer is not None
        producer.pauseProducing()
        for _ in range(10):
            self.service.publish(SYSTEM_INFO, "x" * 500)
        self.assertTrue(self.server.wire.transport.is_aborted)
        self.lose()
        self.assertEqual(dict(self.service.link_status().counters.lost), {"resource-constraint": 1})

    def test_outage(self) -> None:
        """An outage is told when it has lasted, not before; its end at once. A short one is not told."""
        self.start(outage_s=5.0)
        self.clock.advance(4.9)
        self.assertEqual(self.outages, [])
        self.clock.advance(0.1)
        self.assertEqual(self.outages, ["There is no link to the XMPP server at 127.0.0.1:5347"])
        self.server.accept()
        self.assertEqual(self.outages[1:], [""])
        self.lose()
        self.rejoin()
        self.clock.advance(10)
        self.assertEqual(self.outages[1:], ["", ""])

    def test_drain(self) -> None:
        """At the stop everyone sees the web services' account leave, the stream ends, and nothing is left behind."""
        self.join()
        self.service.set_available(True)
        self.server.present(AGENT)
        self.server.wire.said()
        draining = self.service.drain()
        waiting = draining.send(None)
        said = self.server.wire.said()
        self.assertIn(f'<presence type="unavailable" from="finesse@{DOMAIN}" to="{AGENT}"/>', said)
        self.assertTrue(said.endswith("</stream:stream>"))
        self.assertTrue(self.server.wire.transport.disconnecting)
        self.lose()
        self.assertTrue(waiting.called)
        self.service.stopService()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual(self.listener.seen, [("agent1", True)])


class BacklogTests(ClientTestCase):
    """Stanzas while the link is away."""

    def test_sent_later(self) -> None:
        """What is published while the link is away is sent first when it is back, in order."""
        self.join()
        self.server.present(AGENT)
        self.lose()
        for text in ("one", "two"):
            self.service.publish(user("agent1"), text)
        status = self.service.link_status()
        self.assertEqual(status.queued, 2)
        said = self.rejoin()
        self.assertLess(said.index(">one<"), said.index(">two<"))
        self.assertLess(said.index(">two<"), said.index('type="probe"'))
        self.assertEqual(self.service.link_status().queued_bytes, 0)

    def test_bound(self) -> None:
        """At the bound the oldest is dropped, and counted; the newest is there when the link is back."""
        self.join(max_pending_bytes=1_400)
        self.server.present(AGENT)
        self.lose()
        for text in ("one", "two", "three"):
            self.service.publish(user("agent1"), text + "." * 200)
        self.assertEqual(self.service.link_status().dropped, 1)
        self.assertEqual(self.service.link_status().queued, 2)
        said = self.rejoin()
        self.assertNotIn(">one.", said)
        self.assertIn(">three.", said)

    def test_nobody(self) -> None:
        """What nobody is there for does not wait."""
        self.join()
        self.lose()
        self.service.publish(user("agent1"), "one")
        self.assertEqual(self.service.link_status().queued, 0)


class PublishTests(ClientTestCase):
    """Nodes, subscriptions, events: as with our own server."""

    def test_event(self) -> None:
        """Each available session gets an event once, at its full address, as a headline from the service."""
        self.join()
        self.server.present(AGENT)
        self.server.present(f"agent1@{DOMAIN}/tablet")
        self.server.present(f"agent1@{DOMAIN}/mute", "<priority>-1</priority>")
        self.server.present(f"agent2@{DOMAIN}/desktop")
        self.server.wire.said()
        self.service.publish(user("agent1"), "<Update/>")
        events = self.server.wire.stanzas(self.server.wire.said())
        self.assertEqual([event.get("to") for event in events], [AGENT, f"agent1@{DOMAIN}/tablet"])
        self.assertEqual({event.get("type") for event in events}, {"headline"})
        self.assertEqual({event.get("from") for event in events}, {PUBSUB})
        self.assertEqual({event.tag for event in events}, {"{jabber:component:accept}message"})

    def test_subscribe(self) -> None:
        """A subscription is answered, served, kept while the link is away, and listed with the automatic ones."""
        self.join()
        self.server.present(AGENT)
        node = f"{user('agent1')}/Queues"
        said = self.ask(pubsub(f"<subscribe node='{node}' jid='agent1@{DOMAIN}'/>"))
        self.assertIn("subscription='subscribed'", said)
        self.lose()
        self.rejoin()
        self.server.present(AGENT)
        self.service.publish(node, "<Update/>")
        self.assertIn(f'<items node="{node}">', self.server.wire.said())
        listed = self.ask(pubsub("<subscriptions/>", "get"))
        self.assertEqual(listed.count("<subscription "), 4)

    def test_session_ends(self) -> None:
        """What only one session asked for ends with it; what its person asked for does not."""
        self.join()
        self.server.present(AGENT)
        for address in (AGENT, f"agent1@{DOMAIN}"):
            self.ask(pubsub(f"<subscribe node='{user('agent1')}/Queues' jid='{address}'/>"))
        self.server.present(AGENT, kind="unavailable")
        listed = self.ask(pubsub("<subscriptions/>", "get"))
        self.assertEqual(listed.count("/Queues'"), 1)

    def test_access(self) -> None:
        """Who may see what is decided by the bare address; who is not in the directory may see nothing."""
        self.join()
        verb = pubsub(f"<subscribe node='{team_users(1)}' jid='agent1@{DOMAIN}'/>")
        self.assertIn("<forbidden ", self.ask(verb))
        boss = verb.replace("agent1@", "supervisor1@")
        self.assertIn("'subscribed'", self.ask(boss, f"supervisor1@{DOMAIN}/x"))
        for stranger in (f"nobody@{DOMAIN}/x", "agent1@elsewhere.test/x", DOMAIN, PUBSUB):
            with self.subTest(stranger):
                asked = self.ask(pubsub("<subscriptions/>", "get"), stranger)
                self.assertNotIn("type='result'", asked)

    def test_rights_are_looked_at_again(self) -> None:
        """Who has lost a right is not served any more once the person's next session begins."""
        self.join()
        boss = f"supervisor1@{DOMAIN}/x"
        self.server.present(boss)
        subscribe = f"<subscribe node='{team_users(1)}' jid='supervisor1@{DOMAIN}'/>"
        self.ask(pubsub(subscribe), boss)
        self.policy.supervisors.clear()
        self.server.present(boss, kind="unavailable")
        self.server.present(boss)
        self.server.wire.said()
        self.service.publish(team_users(1), "<Update/>")
        self.assertEqual(self.server.wire.said(), "")

    def test_created_nodes(self) -> None:
        """An administrator's own nodes work there too, with their notifications."""
        self.join()
        admin = f"admin@{DOMAIN}/x"
        self.assertIn("type='result'", self.ask(pubsub("<create node='wall'/>"), admin))
        self.server.present(AGENT)
        self.ask(pubsub(f"<subscribe node='wall' jid='agent1@{DOMAIN}'/>"))
        item = "<publish node='wall'><item id='1'><a xmlns='urn:a'/></item></publish>"
        said = self.ask(pubsub(item), admin)
        self.assertIn(f'to="{AGENT}"', said)
        self.assertIn('type="headline"', said)

    def test_discovery(self) -> None:
        """The service is found as what it is, and others' questions are refused, not left."""
        self.join()
        disco = "<query xmlns='http://jabber.org/protocol/disco#info'/>"
        iq = f"<iq type='get' id='1' to='{PUBSUB}'>"
        self.assertIn("category='pubsub'", self.ask(f"{iq}{disco}</iq>"))
        self.assertIn("<service-unavailable ", self.ask(f"{iq}<q xmlns='urn:q'/></iq>"))

    def test_trace(self) -> None:
        """A person's stanzas are logged while they are traced, both ways."""
        self.join()
        self.assertEqual(self.service.trace("agent1", on=True), ["agent1"])
        self.server.present(AGENT)
        with capturedLogs() as events:
            self.service.publish(user("agent1"), "<Update/>")
            self.ask(pubsub("<subscriptions/>", "get"))
            self.ask(pubsub("<subscriptions/>", "get"), f"agent2@{DOMAIN}/x")
        text = "\n".join(filter(None, map(formatEvent, events)))
        self.assertNotIn("agent2", text)
        self.assertIn("agent1 < <message ", text)
        self.assertIn("agent1 > <iq ", text)
        self.assertIn("agent1 < <iq ", text)


class PresenceTests(ClientTestCase):
    """Who is there, as the server tells."""

    def seen(self) -> list[tuple[str, bool]]:
        """Who came and went since the last time."""
        seen, self.listener.seen = self.listener.seen, []
        return seen

    def test_come_and_go(self) -> None:
        """The first session of a person is told, and the end of the last; a change of its presence is neither."""
        self.join()
        tablet = f"agent1@{DOMAIN}/tablet"
        self.server.present(AGENT)
        self.server.present(tablet)
        self.server.present(AGENT, "<show>away</show>")
        self.assertEqual(self.seen(), [("agent1", True)])
        self.server.present(AGENT, kind="unavailable")
        self.server.present(AGENT, kind="unavailable")
        self.assertEqual(self.seen(), [])
        self.server.present(tablet, kind="unavailable")
        self.assertEqual(self.seen(), [("agent1", False)])
        self.assertEqual(self.listener.departures, [Departure.CLOSED])

    def test_strangers(self) -> None:
        """Presence of who is not in the directory, or of another domain, or of no session, is nobody's."""
        self.join()
        for who in (f"root@{DOMAIN}/x", "agent1@elsewhere.test/x", f"agent1@{DOMAIN}", DOMAIN, "@"):
            self.server.present(who)
        self.assertEqual(self.seen(), [])
        self.assertEqual(self.service.status().sessions, 0)

    def test_too_many(self) -> None:
        """A person has as many sessions as with our own server; one more gets no events."""
        self.join()
        for number in range(MAX_PER_USER + 1):
            self.server.present(f"agent1@{DOMAIN}/{number}")
        self.assertEqual(self.service.status().sessions, MAX_PER_USER)

    def test_application(self) -> None:
        """A new session sees whether the web services are there, and learns of each change."""
        self.join()
        told = self.server.present(AGENT)
        self.assertIn(f'type="unavailable" from="finesse@{DOMAIN}" to="{AGENT}"', told)
        self.service.set_available(True)
        self.assertIn(f'<presence from="finesse@{DOMAIN}" to="{AGENT}"/>', self.server.wire.said())
        self.service.set_available(True)
        self.assertEqual(self.server.wire.said(), "")

    def test_not_for_the_domain(self) -> None:
        """Where the server does not let us speak for its domain, the web services' account is one of ours."""
        self.join(speaks_for_domain=False)
        self.assertIn(f'from="{CONTACT}"', self.server.present(AGENT))

    def test_contact(self) -> None:
        """Who asks us as a contact gets an answer: a subscription is approved, a probe answered."""
        self.join()
        self.service.set_available(True)
        said = self.server.present(f"agent1@{DOMAIN}", kind="subscribe")
        self.assertIn(f'type="subscribed" from="{CONTACT}" to="agent1@{DOMAIN}"', said)
        said = self.server.present(AGENT, kind="probe")
        self.assertEqual(said, f'<presence from="{CONTACT}" to="{AGENT}"/>')

    def test_probes(self) -> None:
        """As everybody's contact we ask after everyone once there is a link, and anew after each other."""
        said = self.join()
        self.assertEqual(
            said.count('type="probe"'), 4 + 2 + 1
        )  # agents, supervisors, the administrator
        self.assertIn(f'<presence type="probe" from="{CONTACT}" to="agent1@{DOMAIN}"/>', said)
        self.lose()
        self.assertEqual(self.rejoin().count('type="probe"'), 7)

    def test_many_probes(self) -> None:
        """Many are asked after some at a time, and the time to answer begins with the last of them."""
        agents = 2 * PROBES_AT_ONCE  # and their supervisors, and the administrator
        said = self.join(agents=agents)
        self.assertEqual(said.count('type="probe"'), PROBES_AT_ONCE)
        self.server.present(AGENT)
        self.lose()
        self.rejoin()
        rest = 0
        for _ in range(2):
            self.clock.advance(PROBE_PAUSE_S)
            rest += self.server.wire.said().count('type="probe"')
        self.assertEqual(PROBES_AT_ONCE + rest, len(list(People(FakeDirectory(demo(agents))))))
        self.clock.advance(SETTLE_S - 0.1)
        self.assertEqual(self.service.status().sessions, 1)
        self.clock.advance(0.1)
        self.assertEqual(self.service.status().sessions, 0)

    def test_link_lost(self) -> None:
        """Nobody is gone because the link is; who does not answer after it came back is, when the time is over."""
        self.join()
        self.service.set_available(True)
        for who in ("agent1", "agent2", "agent3"):
            self.server.present(f"{who}@{DOMAIN}/x")
        self.seen()
        self.lose()
        self.clock.advance(0.5)
        self.assertEqual(self.seen(), [])
        self.rejoin()
        said = self.server.present(f"agent1@{DOMAIN}/x")
        self.assertLess(said.index('type="unavailable"'), said.index("<presence from="))
        self.server.present(
            f"agent2@{DOMAIN}", kind="unavailable"
        )  # an answer for who has no session
        self.assertEqual(self.seen(), [("agent2", False)])
        self.clock.advance(SETTLE_S - 1)
        self.assertEqual(self.seen(), [])
        self.clock.advance(1)
        self.assertEqual(self.seen(), [("agent3", False)])
        self.assertEqual(self.listener.departures, [Departure.CLOSED, Departure.TIMED_OUT])
        self.assertEqual(self.server.present(f"agent1@{DOMAIN}/x"), "")

    def test_lost_again(self) -> None:
        """A link that is lost before everyone has answered takes nobody away."""
        self.join()
        self.server.present(AGENT)
        self.lose()
        self.rejoin()
        self.lose()
        self.server.is_there = False
        self.clock.pump([1] * 60)
        self.assertEqual(self.seen(), [("agent1", True)])

    def test_no_contact(self) -> None:
        """A server that does not make us everybody's contact is told of in the log, once for each link."""
        self.join()
        with capturedLogs() as events:
            for who in ("agent1", "agent2"):
                self.server.present(f"{who}@{DOMAIN}", kind="unsubscribed")
        self.assertEqual(
            sum("must be everybody's contact" in (formatEvent(e) or "") for e in events), 1
        )


class ListTests(ClientTestCase):
    """Who is there, where the server shows presence and lists its sessions."""

    def listed(self, *who: str, asked: str = "") -> None:
        """The server answers what it was asked."""
        asked = asked or self.server.wire.said()
        number = asked.rpartition(' id="')[2].partition('"')[0]
        items = "".join(f"<item jid='{one}' name='x'/>" for one in who)
        self.server.wire.send(
            f"<iq type='result' id='{number}' from='{DOMAIN}' to='{CONTACT}'>"
            f"<query xmlns='http://jabber.org/protocol/disco#items' node='{ONLINE_USERS}'>{items}</query></iq>"
        )

    def test_asks(self) -> None:
        """It asks at once and then as often as it is told to; nobody is probed."""
        said = self.join(presence="list", list_s=10)
        self.assertIn(f'from="{CONTACT}" to="{DOMAIN}"', said)
        self.assertIn(f'node="{ONLINE_USERS}"', said)
        self.assertNotIn("probe", said)
        self.listed(asked=said)
        self.clock.advance(9.9)
        self.assertEqual(self.server.wire.said(), "")
        self.clock.advance(0.1)
        self.assertIn(ONLINE_USERS, self.server.wire.said())

    def test_first_list(self) -> None:
        """The first list says who is there; later ones only who is not."""
        asked = self.join(presence="list", list_s=10)
        self.listed(AGENT, f"root@{DOMAIN}/x", "agent2@elsewhere.test/x", DOMAIN, asked=asked)
        self.assertEqual(self.listener.seen, [("agent1", True)])
        self.clock.advance(10)
        self.listed(AGENT, f"agent2@{DOMAIN}/x")
        self.assertEqual(self.listener.seen, [("agent1", True)])
        self.clock.advance(10)
        self.listed()
        self.assertEqual(self.listener.seen, [("agent1", True), ("agent1", False)])
        self.assertEqual(self.listener.departures, [Departure.TIMED_OUT])

    def test_newer_than_the_list(self) -> None:
        """Who came while the list was made is not gone for not being in it."""
        asked = self.join(presence="list")
        self.clock.advance(0.5)
        self.server.present(AGENT, to=PUBSUB)
        self.listed(asked=asked)
        self.assertEqual(self.listener.seen, [("agent1", True)])

    def test_back(self) -> None:
        """After another link the list says who stayed, and they see the web services' account leave and come."""
        asked = self.join(presence="list")
        self.service.set_available(True)
        self.listed(AGENT, f"agent2@{DOMAIN}/x", asked=asked)
        self.lose()
        asked = self.rejoin()
        self.clock.advance(0.1)
        self.listed(AGENT, asked=asked)
        self.assertEqual(self.listener.seen[-1], ("agent2", False))
        self.assertEqual(self.service.status().sessions, 1)

    def test_refused(self) -> None:
        """A server that does not list is told of in the log, and takes nobody away."""
        asked = self.join(presence="list")
        self.server.present(AGENT)
        number = asked.rpartition(' id="')[2].partition('"')[0]
        with capturedLogs() as events:
            self.server.wire.send(
                f"<iq type='error' id='{number}' from='{DOMAIN}' to='{CONTACT}'/>"
            )
        self.assertTrue(any("does not list" in (formatEvent(event) or "") for event in events))
        self.assertEqual(self.listener.seen, [("agent1", True)])

    def test_no_answer(self) -> None:
        """A server that takes its time is not asked for two lists at once, but again when it has had enough of it."""
        self.join(presence="list", list_s=10)
        for _ in range(PATIENCE - 1):
            self.clock.advance(10)
            self.assertEqual(self.server.wire.said(), "")
        self.clock.advance(10)
        self.assertIn(ONLINE_USERS, self.server.wire.said())

    def test_false_answer(self) -> None:
        """An answer that nobody asked for, or from who is not the server, says nothing."""
        asked = self.join(presence="list")
        self.server.present(AGENT)
        self.clock.advance(0.1)
        number = asked.rpartition(' id="')[2].partition('"')[0]
        for sender, one in ((DOMAIN, "list999"), (f"agent2@{DOMAIN}/x", number)):
            self.server.wire.send(
                f"<iq type='result' id='{one}' from='{sender}' to='{CONTACT}'>"
                "<query xmlns='http://jabber.org/protocol/disco#items'/></iq>"
            )
        self.assertEqual(self.listener.seen, [("agent1", True)])


class AnyOrderTests(ClientTestCase):
    """Whatever the server tells, in whatever order."""

    @settings(deadline=None)
    @given(
        st.lists(
            st.one_of(
                st.tuples(
                    st.sampled_from(["came", "went", "left"]),
                    st.sampled_from(["agent1", "agent2"]),
                    st.sampled_from(["a", "b"]),
                ),
                st.tuples(st.sampled_from(["lost", "settled"])),
            ),
            max_size=30,
        )
    )
    def test_presence(self, steps: list[tuple[str, ...]]) -> None:
        """Everybody comes before going, by turns; who is there are those that the server last told of."""
        self.join()
        told: set[str] = set()  # by this link
        before: set[str] = set()  # by an earlier one, and not denied since
        for step in steps:
            match step:
                case ("came", who, where):
                    self.server.present(f"{who}@{DOMAIN}/{where}")
                    told.add(f"{who}/{where}")
                case ("went", who, where):
                    self.server.present(f"{who}@{DOMAIN}/{where}", kind="unavailable")
                    told.discard(f"{who}/{where}")
                    before.discard(f"{who}/{where}")
                case ("left", who, _):
                    self.server.present(f"{who}@{DOMAIN}", kind="unavailable")
                    told = {one for one in told if not one.startswith(who)}
                    before = {one for one in before if not one.startswith(who)}
                case ("lost",):
                    self.lose()
                    self.rejoin()
                    before, told = before | told, set()
                case ("settled",):
                    self.clock.advance(SETTLE_S)
                    before = set()
            self.assertEqual(self.service.status().sessions, len(told | before))
        there = {one.partition("/")[0] for one in told | before}
        for who in ("agent1", "agent2"):
            turns = [came for one, came in self.listener.seen if one == who]
            self.assertEqual(turns, [number % 2 == 0 for number in range(len(turns))])
            self.assertEqual(who in there, bool(turns) and turns[-1])
