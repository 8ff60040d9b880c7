"""`finesse_tx.notification.accounts`, ``router``, ``domain`` and ``pubsub``: what a signed-in client can do."""

from collections.abc import Callable

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.config import NotificationConfig
from finesse_tx.interfaces import IConnections, IPublisher, IUserSessions
from finesse_tx.notification.core.departure import Departure
from finesse_tx.notification.core.sessions import MAX_PER_USER
from tests.support.notification import (
    DOMAIN,
    PUBSUB,
    SYSTEM_INFO,
    Authenticator,
    Listener,
    Policy,
    desktop_secret,
    dialogs,
    notification_service,
    team_users,
    user,
)
from tests.support.resuming import SM
from tests.support.xmpp import HEADER, Wire, auth, bind, pubsub

BARE = f"agent1@{DOMAIN}"
FINESSE = f"finesse@{DOMAIN}"


class ClientTests(SynchronousTestCase):
    """What all of them have."""

    def setUp(self) -> None:
        """``agent1`` is connected and available as ``desktop``."""
        self.clock, self.policy, self.listener = Clock(), Policy(), Listener()
        self.service = notification_service(self.clock, policy=self.policy, listener=self.listener)
        self.wire = self.client()

    def client(
        self, name: str = "agent1", resource: str = "desktop", presence: str = "<presence/>"
    ) -> Wire:
        """Someone is connected."""
        wire = Wire(self.service.xmpp_factory)
        wire.sign_in(name, resource, presence)
        wire.said()
        return wire

    def iq(self, content: str, kind: str = "get", to: str = "") -> str:
        """Send an iq, and return the answer."""
        address = f" to='{to}'" if to else ""
        return self.wire.send(f"<iq type='{kind}' id='1'{address}>{content}</iq>")

    def assertError(self, answer: str, *conditions: str) -> None:
        """The answer is one error with these conditions."""
        self.assertIn('type="error"', answer)
        for condition in conditions:
            self.assertIn(f"<{condition} ", answer)


class EndTests(ClientTests):
    """`IUserSessions`."""

    def test_end(self) -> None:
        """All sessions of who may not go on end with a reason, and are gone; everyone else's stay."""
        verifyObject(IUserSessions, self.service)
        second, other = self.client(resource="phone"), self.client("agent2")
        self.service.end_sessions({"agent1", "nobody"}, "the account is disabled or removed")
        for wire in (self.wire, second):
            said = wire.said()
            self.assertIn("<not-authorized ", said)
            self.assertIn("the account is disabled or removed", said)
            self.assertTrue(wire.is_closed)
        self.assertEqual(self.service.connections(), {"agent2": ("desktop",)})
        self.assertFalse(other.is_closed)
        self.assertEqual(self.listener.seen[-1], ("agent1", False))

    def test_end_without_stream(self) -> None:
        """A session that waits to be resumed ends, too."""
        enabled = self.wire.send(f"<enable xmlns='{SM}' resume='true'/>")
        self.assertIn("<enabled ", enabled)
        self.wire.hang_up()
        self.assertEqual(self.service.status().resumable, 1)
        self.service.end_sessions({"agent1"}, "the password has changed")
        self.assertEqual(self.service.status().resumable, 0)
        self.assertEqual(self.service.connections(), {})


class SignInEndTests(ClientTests):
    """`IUserSessions.end_sign_in`: ``agent1`` has streams by two sign-ins at desktops, and one by the password."""

    def setUp(self) -> None:
        """Connect."""
        super().setUp()
        self.mine, self.other = (Wire(self.service.xmpp_factory) for _ in range(2))
        families = Authenticator.FAMILIES
        for wire, family in zip((self.mine, self.other), families, strict=True):
            wire.sign_in("agent1", family, password=desktop_secret(family))
            wire.said()

    def end(self, login_id: str = "agent1") -> None:
        """The first of them ends."""
        self.service.end_sign_in(login_id, Authenticator.FAMILIES[0])

    def test_end(self) -> None:
        """What its secret has opened ends at once; what another one, or the password, has opened goes on."""
        self.end("agent2")
        self.end("nobody")
        self.assertFalse(self.mine.is_closed)
        self.end()
        self.assertIn("<not-authorized ", self.mine.said())
        self.assertTrue(self.mine.is_closed)
        self.assertEqual(
            self.service.connections(), {"agent1": ("desktop", Authenticator.FAMILIES[1])}
        )
        self.assertEqual(self.listener.seen, [("agent1", True)])

    def test_resumed(self) -> None:
        """A session goes with the sign-in of the stream that carries it now."""
        enabled = self.mine.send(f"<enable xmlns='{SM}' resume='true'/>")
        name = enabled.partition('id="')[2].partition('"')[0]
        self.mine.hang_up()
        again = Wire(self.service.xmpp_factory)
        again.send(HEADER)
        again.send(auth("agent1"))
        again.send(HEADER)
        self.assertIn("<resumed ", again.send(f"<resume xmlns='{SM}' previd='{name}' h='0'/>"))
        self.end()
        self.assertFalse(again.is_closed)

    def test_waiting(self) -> None:
        """A session that waits to be resumed ends with its sign-in, too."""
        self.mine.send(f"<enable xmlns='{SM}' resume='true'/>")
        self.mine.hang_up()
        self.assertEqual(self.service.status().resumable, 1)
        self.end()
        self.assertEqual(self.service.status().resumable, 0)


class VocabularyTests(ClientTests):
    """``notifications.md`` §1.3."""

    def test_ping(self) -> None:
        """The domain, the service and one's own account answer pings."""
        for to in (DOMAIN, PUBSUB, BARE, ""):
            self.assertIn('type="result"', self.iq("<ping xmlns='urn:xmpp:ping'/>", to=to), to)

    def test_session(self) -> None:
        """The old session request succeeds, to whomever it goes."""
        for to in ("", DOMAIN, BARE):
            answer = self.iq("<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>", "set", to)
            self.assertIn('type="result"', answer, to)

    def test_roster(self) -> None:
        """The roster holds the account of the web services, and cannot be changed."""
        answer = self.iq("<query xmlns='jabber:iq:roster'/>")
        self.assertIn(f'<item jid="{FINESSE}" name="Finesse" subscription="both"/>', answer)
        self.assertError(self.iq("<query xmlns='jabber:iq:roster'/>", "set"), "not-allowed")

    def test_disco_domain(self) -> None:
        """The domain is a server, and its items lead to the publish-subscribe service."""
        info = self.iq("<query xmlns='http://jabber.org/protocol/disco#info'/>", to=DOMAIN)
        self.assertIn('<identity category="server" type="im"', info)
        items = self.iq("<query xmlns='http://jabber.org/protocol/disco#items'/>", to=DOMAIN)
        self.assertIn(f'<item jid="{PUBSUB}"', items)

    def test_disco_account(self) -> None:
        """So do accounts answer."""
        info = self.iq("<query xmlns='http://jabber.org/protocol/disco#info'/>", to=BARE)
        self.assertIn('<identity category="account" type="registered"/>', info)
        items = self.iq("<query xmlns='http://jabber.org/protocol/disco#items'/>")
        self.assertIn('type="result"', items)

    def test_version(self) -> None:
        """The domain says what it is."""
        self.assertIn(
            "<name>finesse_tx</name>", self.iq("<query xmlns='jabber:iq:version'/>", to=DOMAIN)
        )

    def test_time(self) -> None:
        """The domain says what time it is, and that it can be asked."""
        self.clock.advance(30)
        answer = self.iq("<time xmlns='urn:xmpp:time'/>", to=DOMAIN)
        self.assertIn("<tzo>+00:00</tzo><utc>1970-01-01T00:00:30Z</utc>", answer)
        features = self.iq("<query xmlns='http://jabber.org/protocol/disco#info'/>", to=DOMAIN)
        for feature in ("urn:xmpp:time", "urn:xmpp:ping", "jabber:iq:version"):
            self.assertIn(f'<feature var="{feature}"', features)

    def test_never_silence(self) -> None:
        """Whatever else is asked, of whomever, the answer is an error."""
        for content in (
            "<query xmlns='jabber:iq:last'/>",
            "<vCard xmlns='vcard-temp'/>",
            "<query xmlns='jabber:iq:private'/>",
            "<blocklist xmlns='urn:xmpp:blocking'/>",
        ):
            for to in (DOMAIN, PUBSUB, BARE, "", FINESSE, f"agent2@{DOMAIN}", f"{BARE}/gone"):
                self.assertError(self.iq(content, to=to), "service-unavailable")

    def test_elsewhere(self) -> None:
        """There are no other servers, and an address that is none is told."""
        ping = "<ping xmlns='urn:xmpp:ping'/>"
        self.assertError(self.iq(ping, to="example.com"), "remote-server-not-found")
        self.assertError(self.iq(ping, to="@@"), "jid-malformed")

    def test_malformed_iq(self) -> None:
        """RFC 6120 §8.2.3: an iq has an id, a type, and one child when it asks."""
        for text in (
            "<iq type='get'><ping xmlns='urn:xmpp:ping'/></iq>",
            "<iq id='1'><ping xmlns='urn:xmpp:ping'/></iq>",
            "<iq type='ask' id='1'><ping xmlns='urn:xmpp:ping'/></iq>",
            "<iq type='get' id='1'/>",
            "<iq type='get' id='1'><a xmlns='urn:a'/><b xmlns='urn:b'/></iq>",
        ):
            self.assertError(self.wire.send(text), "bad-request")

    def test_answers_are_not_answered(self) -> None:
        """An answer or an error for anyone is not answered: nothing goes round in circles."""
        for kind in ("result", "error"):
            for to in (DOMAIN, PUBSUB, BARE, FINESSE, f"agent2@{DOMAIN}", "example.com", ""):
                address = f" to='{to}'" if to else ""
                self.assertEqual(self.wire.send(f"<iq type='{kind}' id='1'{address}/>"), "", to)

    def test_no_chat(self) -> None:
        """People cannot write to each other."""
        other = self.client("agent2")
        self.assertError(
            self.wire.send(f"<message to='agent2@{DOMAIN}'><body>x</body></message>"),
            "service-unavailable",
        )
        self.assertEqual(other.said(), "")

    def test_own_sessions(self) -> None:
        """A person's sessions can."""
        other = self.client(resource="gadget")
        self.wire.send(f"<message to='{BARE}/gadget'><body>x</body></message>")
        self.assertEqual(
            other.said(),
            f'<message xmlns="jabber:client" to="{BARE}/gadget" from="{BARE}/desktop"><body>x</body></message>',
        )

    def test_from_is_ours(self) -> None:
        """What a client says it is does not count."""
        self.wire.send(f"<message from='{FINESSE}' to='{BARE}/desktop'><body>x</body></message>")
        answer = self.wire.send(
            f"<iq type='get' id='1' from='{FINESSE}' to='{DOMAIN}'><ping xmlns='urn:xmpp:ping'/></iq>"
        )
        self.assertIn(f'to="{BARE}/desktop"', answer)


class PresenceTests(ClientTests):
    """``notifications.md`` §1.4."""

    def test_application(self) -> None:
        """After its first presence a client learns that of the web services, and then every change."""
        wire = self.client("agent2", presence="")
        gone = f'<presence xmlns="jabber:client" type="unavailable" from="{FINESSE}"'
        self.assertIn(gone, wire.send("<presence/>"))
        self.service.set_available(True)
        available = (
            f'<presence xmlns="jabber:client" from="{FINESSE}" to="agent2@{DOMAIN}/desktop"/>'
        )
        self.assertEqual(wire.said(), available)
        self.service.set_available(True)
        self.assertEqual(wire.said(), "")
        self.assertNotIn(FINESSE, wire.send("<presence><show>away</show></presence>"))

    def test_before_presence(self) -> None:
        """Who has not sent presence is told nothing."""
        wire = self.client("agent2", presence="")
        self.service.set_available(True)
        self.assertEqual(wire.said(), "")

    def test_subscribe(self) -> None:
        """A subscription to the web services' account is approved, and followed by its presence."""
        self.service.set_available(True)
        self.wire.said()
        first, second = self.wire.stanzas(
            self.wire.send(f"<presence type='subscribe' to='{FINESSE}'/>")
        )
        self.assertEqual(
            (first.get("type"), first.get("from"), first.get("to")), ("subscribed", FINESSE, BARE)
        )
        self.assertEqual((second.get("type"), second.get("from")), (None, FINESSE))

    def test_probe_and_unsubscribe(self) -> None:
        """A probe is answered with the presence, the end of a subscription is confirmed."""
        self.assertIn(
            'type="unavailable"', self.wire.send(f"<presence type='probe' to='{FINESSE}'/>")
        )
        self.assertIn(
            'type="unsubscribed"', self.wire.send(f"<presence type='unsubscribe' to='{FINESSE}'/>")
        )
        self.assertEqual(self.wire.send(f"<presence to='{FINESSE}'/>"), "")

    def test_other_people(self) -> None:
        """Nobody sees anybody else; who asks is refused."""
        other = self.client("agent2")
        self.assertIn(
            'type="unsubscribed"',
            self.wire.send(f"<presence type='subscribe' to='agent2@{DOMAIN}'/>"),
        )
        self.assertEqual(self.wire.send(f"<presence to='agent2@{DOMAIN}'/>"), "")
        self.assertEqual(other.said(), "")

    def test_own_sessions(self) -> None:
        """A person's sessions see each other come and go, and themselves."""
        other = self.client(resource="gadget")
        self.assertIn(f'from="{BARE}/gadget"', self.wire.said())
        other.hang_up()
        gone = f'<presence xmlns="jabber:client" type="unavailable" from="{BARE}/gadget" to="{BARE}/desktop"/>'
        self.assertEqual(self.wire.said(), gone)

    def test_own_sessions_before(self) -> None:
        """One that comes is told of those that are there, with what matters for delivery; not of those that are not."""
        self.wire.send("<presence><show>away</show><priority>5</priority></presence>")
        self.client(resource="absent", presence="")
        newer = Wire(self.service.xmpp_factory)
        newer.sign_in(resource="newer", presence="")
        said = newer.send("<presence/>")
        self.assertIn(
            f'<presence xmlns="jabber:client" from="{BARE}/desktop" to="{BARE}/newer">'
            "<show>away</show><priority>5</priority></presence>",
            said,
        )
        self.assertNotIn("absent", said)
        self.assertNotIn(f'from="{BARE}/desktop"', newer.send("<presence/>"))

    def test_own_probe(self) -> None:
        """A probe of one's own account is answered with every available session."""
        self.client(resource="gadget")
        self.wire.said()
        said = self.wire.send(f"<presence type='probe' to='{BARE}'/>")
        for resource in ("desktop", "gadget"):
            self.assertIn(f'from="{BARE}/{resource}" to="{BARE}/desktop"', said)

    def test_listener(self) -> None:
        """The first available session and the end of the last one are told, and nothing between."""
        other = self.client(resource="gadget")
        self.wire.send("<presence type='unavailable'/>")
        self.wire.send("<presence type='unavailable'/>")
        self.assertEqual(self.listener.seen, [("agent1", True)])
        other.hang_up()
        self.assertEqual(self.listener.seen, [("agent1", True), ("agent1", False)])
        self.wire.send("<presence/>")
        self.wire.hang_up()
        self.assertEqual(self.listener.seen[2:], [("agent1", True), ("agent1", False)])

    def test_reload(self) -> None:
        """A page that takes over its own address leaves no gap longer than the page's own sign-in."""
        newer = Wire(self.service.xmpp_factory)
        newer.sign_in()
        self.assertEqual(
            self.listener.seen, [("agent1", True), ("agent1", False), ("agent1", True)]
        )

    def test_departures(self) -> None:
        """Why the last session went: said so, broke, replaced, silent, or ended by our own stop."""

        def departs(end: Callable[[Wire], object]) -> Departure:
            wire = self.client("agent2")
            self.listener.departures.clear()
            end(wire)
            return self.listener.departures[0]

        idle_s = NotificationConfig().idle_timeout_s
        for end, expected in (
            (lambda wire: wire.send("<presence type='unavailable'/>"), Departure.CLOSED),
            (lambda wire: wire.send("</stream:stream>"), Departure.CLOSED),
            (lambda wire: wire.hang_up(), Departure.NETWORK),
            (lambda wire: wire.send("<no<xml"), Departure.NETWORK),
            (lambda wire: self.client("agent2"), Departure.REPLACED),
            (lambda wire: self.clock.pump([idle_s / 2, idle_s / 2]), Departure.TIMED_OUT),
            (lambda wire: self.service.xmpp_factory.drain(), Departure.SHUTDOWN),
        ):
            self.assertIs(departs(end), expected)

    def test_priority(self) -> None:
        """Events need a priority of 0 or more; what is no number counts as 0."""
        for priority, gets in (
            ("0", True),
            ("-1", False),
            ("127", True),
            ("x", True),
            ("-999", False),
        ):
            self.wire.send(f"<presence><priority>{priority}</priority></presence>")
            self.service.publish(user("agent1"), "<Update/>")
            self.assertEqual("<Update" in self.wire.said().replace("&lt;", "<"), gets, priority)


class PubSubTests(ClientTests):
    """``notifications.md`` §4."""

    def subscribe(self, node: str, jid: str = BARE) -> str:
        """Subscribe, and return the answer."""
        return self.wire.send(pubsub(f"<subscribe node='{node}' jid='{jid}'/>"))

    def test_publisher(self) -> None:
        """The service is a publisher."""
        verifyObject(IPublisher, self.service)
        verifyObject(IConnections, self.service)

    def test_disco(self) -> None:
        """The service says what it is; of a node, the first identity says ``leaf``, before anything else."""
        query = "<query xmlns='http://jabber.org/protocol/disco#info'{}/>"
        info = self.iq(query.format(""), to=PUBSUB)
        self.assertIn('<identity category="pubsub" type="service"', info)
        self.assertIn('<feature var="http://jabber.org/protocol/pubsub"/>', info)
        node = self.iq(query.format(f" node='{user('agent1')}'"), to=PUBSUB)
        self.assertIn(
            '><identity category="pubsub" type="leaf"/><feature var="http://jabber.org/protocol/pubsub"/>',
            node,
        )
        for hidden in (team_users(1), "/finesse/api/Nothing"):
            self.assertError(
                self.iq(query.format(f" node='{hidden}'"), to=PUBSUB), "item-not-found"
            )

    def test_disco_items(self) -> None:
        """The service's items are one's own nodes; a node has none."""
        query = "<query xmlns='http://jabber.org/protocol/disco#items'{}/>"
        items = self.iq(query.format(""), to=PUBSUB)
        for node in (user("agent1"), dialogs("agent1"), SYSTEM_INFO):
            self.assertIn(f'node="{node}"', items)
        self.assertNotIn("<item", self.iq(query.format(f" node='{SYSTEM_INFO}'"), to=PUBSUB))

    def test_automatic(self) -> None:
        """Own nodes arrive without asking, with the bare address in ``to``; others' do not."""
        for node in (user("agent1"), dialogs("agent1"), SYSTEM_INFO):
            self.service.publish(node, "<Update/>")
            (message,) = self.wire.stanzas(self.wire.said())
            self.assertEqual((message.get("from"), message.get("to")), (PUBSUB, BARE))
        self.service.publish(user("agent2"), "<Update/>")
        self.assertEqual(self.wire.said(), "")

    def test_one_write(self) -> None:
        """Each event is one write that begins with ``<message``."""
        self.wire.transport.writes.clear()
        for _ in range(3):
            self.service.publish(user("agent1"), "<Update/>")
        self.assertEqual(len(self.wire.transport.writes), 3)
        for write in self.wire.transport.writes:
            self.assertTrue(write.startswith(b"<message ") and write.endswith(b"</message>"))

    def test_subscribe_to_automatic(self) -> None:
        """Asking for an automatic node succeeds, and each event still comes once."""
        answer = self.subscribe(user("agent1"))
        self.assertIn(f'jid="{BARE}" subscription="subscribed"', answer)
        self.assertIn(
            'subscription="subscribed"', self.subscribe(user("agent1"), f"{BARE}/desktop")
        )
        self.service.publish(user("agent1"), "<Update/>")
        self.assertEqual(self.wire.said().count("<message"), 1)
        self.assertIn(
            'type="result"',
            self.wire.send(pubsub(f"<unsubscribe node='{user('agent1')}' jid='{BARE}'/>")),
        )
        self.service.publish(user("agent1"), "<Update/>")
        self.assertEqual(self.wire.said().count("<message"), 1)

    def test_subscribe(self) -> None:
        """A node that is not automatic is subscribed, listed, delivered, and unsubscribed."""
        node = f"{user('agent1')}/Queues"
        answer = self.subscribe(node)
        subid = answer.partition('subid="')[2].partition('"')[0]
        self.assertEqual(self.subscribe(node), answer)
        listed = self.wire.send(pubsub("<subscriptions/>", "get"))
        self.assertIn(
            f'node="{node}" jid="{BARE}" subscription="subscribed" subid="{subid}"', listed
        )
        self.service.publish(node, "<Update/>")
        self.assertIn(f'<items node="{node}">', self.wire.said())
        unsubscribe = f"<unsubscribe node='{node}' jid='{BARE}' subid='{subid}'/>"
        self.assertIn('type="result"', self.wire.send(pubsub(unsubscribe)))
        self.assertError(
            self.wire.send(pubsub(unsubscribe)), "unexpected-request", "not-subscribed"
        )
        self.service.publish(node, "<Update/>")
        self.assertEqual(self.wire.said(), "")

    def test_wrong_subid(self) -> None:
        """Another identifier than the subscription's is refused."""
        node = f"{user('agent1')}/Queues"
        self.subscribe(node)
        answer = self.wire.send(pubsub(f"<unsubscribe node='{node}' jid='{BARE}' subid='x'/>"))
        self.assertError(answer, "not-acceptable", "invalid-subid")

    def test_access(self) -> None:
        """Who may not gets ``forbidden``, what is not there ``item-not-found``, who may gets it."""
        self.assertError(self.subscribe(team_users(1)), "forbidden")
        self.assertError(self.subscribe("/finesse/api/Team/9/Users"), "item-not-found")
        supervisor = self.client("supervisor1")
        jid = f"supervisor1@{DOMAIN}"
        self.assertIn(
            "subscribed",
            supervisor.send(pubsub(f"<subscribe node='{team_users(1)}' jid='{jid}'/>")),
        )
        self.service.publish(team_users(1), "<Update/>")
        self.assertEqual((supervisor.said().count("<message"), self.wire.said()), (1, ""))

    def test_foreign_address(self) -> None:
        """Only one's own address can be subscribed; what is none is told; a node must be named."""
        for jid in (f"agent2@{DOMAIN}", DOMAIN, "example.com"):
            self.assertError(self.subscribe(SYSTEM_INFO, jid), "bad-request", "invalid-jid")
        self.assertError(self.subscribe(SYSTEM_INFO, "@"), "jid-malformed")
        self.assertError(
            self.wire.send(pubsub(f"<subscribe jid='{BARE}'/>")), "bad-request", "nodeid-required"
        )
        self.assertError(
            self.wire.send(pubsub(f"<subscribe node='{SYSTEM_INFO}'/>")),
            "bad-request",
            "jid-required",
        )

    def test_too_many(self) -> None:
        """Beyond the bound a subscription is refused."""
        self.service._subscriptions._max_per_user = 1
        self.subscribe(f"{user('agent1')}/Queues")
        answer = self.subscribe(f"{user('agent1')}/Media")
        self.assertError(answer, "policy-violation", "too-many-subscriptions")

    def test_items(self) -> None:
        """A node keeps no items; one that may not be seen has none to ask for."""
        self.assertIn(
            f'<items node="{SYSTEM_INFO}"/>',
            self.wire.send(pubsub(f"<items node='{SYSTEM_INFO}'/>", "get")),
        )
        self.assertError(
            self.wire.send(pubsub(f"<items node='{team_users(1)}'/>", "get")), "forbidden"
        )

    def test_left_out(self) -> None:
        """Agents do not publish to Finesse's nodes; a request that XEP-0060 does not have is not implemented."""
        publish = f"<publish node='{SYSTEM_INFO}'><item><x xmlns='urn:x'/></item></publish>"
        self.assertError(self.wire.send(pubsub(publish)), "forbidden")
        self.assertError(
            self.wire.send(pubsub("<publish node='/no'><item/></publish>")), "item-not-found"
        )
        self.assertError(self.wire.send(pubsub("<dance/>")), "feature-not-implemented")

    def test_session_end(self) -> None:
        """A full address's subscription goes with its session; a bare one's stays for the next."""
        for name in ("Queues", "Media"):
            jid = BARE if name == "Queues" else f"{BARE}/desktop"
            self.subscribe(f"{user('agent1')}/{name}", jid)
        self.wire.hang_up()
        again = self.client()
        for name, expected in (("Queues", 1), ("Media", 0)):
            self.service.publish(f"{user('agent1')}/{name}", "<Update/>")
            self.assertEqual(again.said().count("<message"), expected, name)

    def test_taken_over(self) -> None:
        """Who takes over an address does not inherit its subscriptions, and loses none of its own."""
        self.subscribe(f"{user('agent1')}/Queues", f"{BARE}/desktop")
        newer = self.client()
        newer.send(pubsub(f"<subscribe node='{user('agent1')}/Media' jid='{BARE}/desktop'/>"))
        self.wire.hang_up()
        for name, expected in (("Queues", 0), ("Media", 1)):
            self.service.publish(f"{user('agent1')}/{name}", "<Update/>")
            self.assertEqual(newer.said().count("<message"), expected, name)

    def test_right_is_lost(self) -> None:
        """Who may no longer see a node does not get it after the next sign-in."""
        supervisor = self.client("supervisor1")
        supervisor.send(pubsub(f"<subscribe node='{team_users(1)}' jid='supervisor1@{DOMAIN}'/>"))
        supervisor.hang_up()
        self.policy.supervisors.clear()
        again = self.client("supervisor1")
        self.service.publish(team_users(1), "<Update/>")
        self.assertEqual(again.said(), "")


class BoundTests(ClientTests):
    """What one person may use."""

    def test_sessions(self) -> None:
        """The last session that is allowed is bound, the next is refused."""
        for number in range(1, MAX_PER_USER):
            self.client(resource=f"r{number}")
        wire = Wire(self.service.xmpp_factory)
        for text in (HEADER, auth("agent1"), HEADER):
            wire.send(text)
        self.assertIn("<resource-constraint ", wire.send(bind("one-more")))
