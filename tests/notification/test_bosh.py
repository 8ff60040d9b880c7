"""`finesse_tx.notification.bosh`: XMPP over BOSH, without HTTP."""

from base64 import b64encode

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import BOSHConfig, NotificationConfig
from finesse_tx.notification.bosh import BOSHCarrier
from finesse_tx.notification.core.body import Reply
from finesse_tx.notification.core.departure import Departure
from finesse_tx.notification.service import NotificationService
from tests.support.bosh import Exchange, attributes_of
from tests.support.notification import (
    DOMAIN,
    Authenticator,
    Listener,
    desktop_secret,
    notification_service,
    user,
)

NS = "xmlns='http://jabber.org/protocol/httpbind'"
XBOSH = "xmlns:xmpp='urn:xmpp:xbosh'"


class Client:
    """A BOSH client.

    Attributes:
        sid: Of its session.
        rid: Of its newest request.
        carrier: The server's side of the newest request.
    """

    def __init__(self, service: NotificationService, clock: Clock, *, secure: bool = False) -> None:
        self._manager, self._clock, self._secure = service._manager, clock, secure
        self.sid, self.rid, self.carrier = "", 100, None

    carrier: BOSHCarrier | None

    def raw(self, document: str, *, secure: bool | None = None) -> Exchange:
        """Send any document."""
        exchange = Exchange(self.rid)
        is_secure = self._secure if secure is None else secure
        self.carrier = self._manager.handle(document.encode(), exchange.answer, secure=is_secure)
        self._clock.advance(0)
        return exchange

    def post(self, payload: str = "", attributes: str = "", *, rid: int | None = None) -> Exchange:
        """Send the next request, or one with that id."""
        if rid is None:
            self.rid += 1
            rid = self.rid
        return self.raw(f"<body {NS} rid='{rid}' sid='{self.sid}' {attributes}>{payload}</body>")

    def create(self, attributes: str = "ver='1.6'") -> Exchange:
        """Make a session."""
        exchange = self.raw(
            f"<body {NS} {XBOSH} rid='{self.rid}' to='x' wait='30' hold='1' xmpp:version='1.0' {attributes}/>"
        )
        self.sid = attributes_of(exchange.body).get("sid", "") if not exchange.open else ""
        return exchange

    def auth(self, name: str = "agent1", password: str = "finesse") -> Exchange:
        """Sign in."""
        text = b64encode(f"\0{name}\0{password}".encode()).decode()
        return self.post(
            f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{text}</auth>"
        )

    def restart(self) -> Exchange:
        """Start the stream anew."""
        return self.post("", f"{XBOSH} xmpp:restart='true' to='x'")

    def bind(self, resource: str = "desktop") -> Exchange:
        """Ask for an address."""
        return self.post(
            "<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
            f"<resource>{resource}</resource></bind></iq>"
        )

    def sign_in(self, name: str = "agent1", resource: str = "desktop") -> "Client":
        """All of it, and the first presence."""
        self.create()
        self.auth(name)
        self.restart()
        self.bind(resource)
        self.post("<presence xmlns='jabber:client'/>")
        return self


class BOSHTests(SynchronousTestCase):
    """One client, or two."""

    def setUp(self) -> None:
        """Time stands still."""
        self.clock, self.authenticator = Clock(), Authenticator()
        self.service = notification_service(self.clock, authenticator=self.authenticator)

    def client(self, *, secure: bool = False) -> Client:
        """A client."""
        return Client(self.service, self.clock, secure=secure)

    def publish(self, node: str, payload: str = "<Update/>") -> None:
        """Publish, and let the turn end."""
        self.service.publish(node, payload)
        self.clock.advance(0)

    def test_road(self) -> None:
        """Session, sign-in, restart, binding, presence, event: each answer is where it belongs."""
        client = self.client()
        created = client.create()
        self.assertEqual(created.attributes["sid"], client.sid)
        self.assertIn(b"<mechanism>PLAIN</mechanism>", created.body)
        self.assertNotIn("secure", created.attributes)
        self.assertIn(b"<success", client.auth().body)
        self.assertIn(b"xmpp-bind", client.restart().body)
        self.assertIn(f"<jid>agent1@{DOMAIN}/desktop</jid>".encode(), client.bind().body)
        self.assertIn(b"<presence", client.post("<presence xmlns='jabber:client'/>").body)
        poll = client.post()
        self.assertTrue(poll.open)
        self.publish(user("agent1"))
        self.assertIn(b'<items node="/finesse/api/User/agent1">', poll.body)

    def test_sign_in_ends(self) -> None:
        """The request that waits is answered with the end, when the sign-in at a desktop ends that opened the session."""
        client, family = self.client(), Authenticator.FAMILIES[0]
        client.create()
        client.auth(password=desktop_secret(family))
        client.restart()
        client.bind()
        poll = client.post()
        self.service.end_sign_in("agent1", family)
        self.clock.advance(0)
        self.assertIn("terminate", poll.attributes["type"])
        self.assertIn(b"<not-authorized ", poll.body)

    def test_stanza_namespace(self) -> None:
        """Each stanza says its own namespace: the wrapper's is another."""
        client = self.client().sign_in()
        poll = client.post()
        self.publish(user("agent1"))
        self.assertTrue(
            poll.body.startswith(
                b'<body xmlns="http://jabber.org/protocol/httpbind"><message xmlns="jabber:client"'
            )
        )

    def test_events_of_one_turn_share_a_response(self) -> None:
        """What is published in one turn of the reactor arrives in one response, in order."""
        client = self.client().sign_in()
        poll = client.post()
        for number in range(3):
            self.service.publish(user("agent1"), f"number {number}")
        self.assertTrue(poll.open)
        self.clock.advance(0)
        places = [poll.body.index(b"number %d" % number) for number in range(3)]
        self.assertEqual(places, sorted(places))

    def test_slow_password(self) -> None:
        """While the password is checked the request is held, and other clients are served."""
        self.authenticator.held = []
        client = self.client()
        client.create()
        waiting = client.auth()
        self.assertTrue(waiting.open)
        (checking,) = self.authenticator.held
        self.authenticator.held = None
        self.client().sign_in("agent2")
        checking.callback(self.authenticator._people["agent1"])
        self.clock.advance(0)
        self.assertIn(b"<success", waiting.body)

    def test_bad_password(self) -> None:
        """The failure comes in a response of its own, not in a terminate that clients would read first."""
        client = self.client()
        client.create()
        refused = client.auth(password="x")
        self.assertIn(b"<not-authorized/>", refused.body)
        self.assertNotIn("type", refused.attributes)

    def test_conflict(self) -> None:
        """Who loses the address is told ``remote-stream-error`` with ``conflict`` in it."""
        older = self.client().sign_in()
        poll = older.post()
        self.client().sign_in()
        self.assertEqual(poll.attributes["condition"], "remote-stream-error")
        self.assertIn(
            b'<stream:error xmlns:stream="http://etherx.jabber.org/streams"><conflict', poll.body
        )

    def test_conflict_between_polls(self) -> None:
        """The same for a client that is between two polls, at the next one; then it is unknown."""
        older = self.client().sign_in()
        self.client().sign_in()
        self.assertIn(b"<conflict", older.post().body)
        self.assertEqual(older.post().attributes["condition"], "item-not-found")

    def test_terminate(self) -> None:
        """The client's own end is carried out: presence first, then the session."""
        client = self.client().sign_in()
        ended = client.post(
            "<presence xmlns='jabber:client' type='unavailable'/>", "type='terminate'"
        )
        self.assertEqual(ended.attributes, {"type": "terminate"})
        self.assertEqual((len(self.service._manager), list(self.service._sessions)), (0, []))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_departures(self) -> None:
        """Whoever stays away has timed out; whoever terminates has closed."""
        listener = Listener()
        self.service = notification_service(self.clock, listener=listener)
        self.client().sign_in()
        self.clock.advance(BOSHConfig().inactivity_s)
        self.client().sign_in().post("", "type='terminate'")
        self.assertEqual(listener.departures, [Departure.TIMED_OUT, Departure.CLOSED])

    def test_inactivity(self) -> None:
        """A client that stays away is gone after ``inactivity``, not before; nothing of it is left."""
        client = self.client().sign_in()
        self.clock.advance(29.9)
        self.assertEqual(len(list(self.service._sessions)), 1)
        self.clock.advance(0.1)
        self.assertEqual((list(self.service._sessions), len(self.service._manager)), ([], 0))
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual(client.post().attributes["condition"], "item-not-found")

    def test_long_poll(self) -> None:
        """A poll is held for ``wait``, then answered empty; polled for an hour, the session is still there."""
        client = self.client().sign_in()
        for _ in range(120):
            poll = client.post()
            self.clock.advance(29.9)
            self.assertTrue(poll.open)
            self.clock.advance(0.1)
            self.assertEqual(poll.stanzas, [])
        self.assertEqual(len(list(self.service._sessions)), 1)

    def test_one_timer(self) -> None:
        """A poll's end moves away with each event; the timer stays, and comes sooner only where it must."""
        client = self.client().sign_in()
        client.post()
        (carrier,) = self.service._manager
        timer = carrier._timer
        for _ in range(3):
            self.publish(user("agent1"))
            client.post()
            self.clock.advance(1)
        self.assertIs(carrier._timer, timer)
        client.post("", "pause='2'")
        self.assertIsNot(carrier._timer, timer)
        self.clock.advance(2)
        self.assertEqual(len(self.service._manager), 0)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_lost_connection(self) -> None:
        """An event for a poll whose connection broke is in the answer to the repeated poll."""
        client = self.client().sign_in()
        broken = client.post()
        assert client.carrier is not None
        client.carrier.lost(broken.answer)
        self.publish(user("agent1"))
        again = client.post(rid=client.rid)
        self.assertEqual((again.body.count(b"<message"), broken.replies), (1, []))

    def test_lost_answer(self) -> None:
        """An event whose answer was lost on its way comes again, byte for byte."""
        client = self.client().sign_in()
        lost = client.post()
        self.publish(user("agent1"))
        self.assertEqual(client.post(rid=client.rid).body, lost.body)

    def test_not_bosh(self) -> None:
        """What is no request of BOSH is refused, with the condition and for people with the code."""
        for document in (
            "",
            "{}",
            "<body/>",
            f"<body {NS}/>",
            f"<body {NS} rid='x'/>",
            f"<body {NS} rid='1' wait='x'/>",
            f"<body {NS} rid='1'><iq></body>",
            f"<!DOCTYPE b [<!ENTITY a 'aaaa'>]><body {NS} rid='1'>&a;</body>",
            f"<body {NS} rid='1'>" + "<a>" * 100,
        ):
            exchange = self.client().raw(document)
            self.assertEqual(exchange.replies[0].code, 400, document)
            self.assertEqual(exchange.attributes["condition"], "bad-request", document)
        self.assertEqual(len(self.service._manager), 0)

    def test_unknown_sid(self) -> None:
        """An unknown session is ``item-not-found``."""
        client = self.client()
        client.sid = "unknown"
        exchange = client.post()
        self.assertEqual(
            (exchange.replies[0].code, exchange.attributes["condition"]), (200, "item-not-found")
        )

    def test_wrong_rid_with_a_stolen_sid(self) -> None:
        """A stolen sid with a guessed rid ends that session, as section 14 demands, and no other one."""
        victim, other = self.client().sign_in(), self.client().sign_in("agent2")
        poll, others_poll = victim.post(), other.post()
        self.assertEqual(victim.post(rid=5).attributes["condition"], "item-not-found")
        self.assertEqual(poll.attributes["condition"], "other-request")
        self.publish(user("agent2"))
        self.assertEqual(others_poll.body.count(b"<message"), 1)

    def test_stays_secure(self) -> None:
        """A session that was made over TLS is not continued without, nor ended by who tries."""
        client = self.client(secure=True).sign_in()
        poll = client.post()
        document = f"<body {NS} rid='{client.rid + 1}' sid='{client.sid}'/>"
        self.assertEqual(
            client.raw(document, secure=False).attributes["condition"], "item-not-found"
        )
        self.publish(user("agent1"))
        self.assertEqual(poll.body.count(b"<message"), 1)

    def test_secure(self) -> None:
        """Over TLS the first response says so."""
        self.assertEqual(self.client(secure=True).create().attributes["secure"], "true")

    def test_too_much_waits(self) -> None:
        """A client that stays away while much happens is dropped at the bound, and told when it comes."""
        self.service = notification_service(
            self.clock, config=NotificationConfig(domain=DOMAIN, max_pending_bytes=10_000)
        )
        slow, quick = (
            self.client().sign_in(resource="slow"),
            self.client().sign_in(resource="quick"),
        )
        polls = []
        for _ in range(20):
            polls.append(quick.post("<message xmlns='jabber:client' type='error'/>"))
            self.publish(user("agent1"), "x" * 1_000)
        polls.append(quick.post())  # what came after the news that the other is gone
        self.assertEqual(sum(poll.body.count(b"<items ") for poll in polls), 20)
        self.assertEqual([session.resource for session in self.service._sessions], ["quick"])
        self.assertEqual(slow.post().attributes["condition"], "policy-violation")

    def test_too_many_sessions(self) -> None:
        """The last session that fits is made, the next is refused; places come back."""
        self.service = notification_service(
            self.clock, config=NotificationConfig(domain=DOMAIN, max_sessions=2)
        )
        first, second = self.client(), self.client()
        first.create()
        second.create()
        refused = self.client().create()
        self.assertEqual(refused.attributes["condition"], "remote-stream-error")
        self.assertIn(b"<resource-constraint", refused.body)
        first.post("", "type='terminate'")
        self.assertIn("sid", self.client().create().attributes)

    def test_login_timeout(self) -> None:
        """A session that polls and never signs in ends."""
        self.service = notification_service(
            self.clock, config=NotificationConfig(domain=DOMAIN, login_timeout_s=40.0)
        )
        client = self.client()
        client.create()
        client.post()
        self.clock.advance(30)
        poll = client.post()
        self.clock.advance(9.9)
        self.assertTrue(poll.open)
        self.clock.advance(0.1)
        self.assertIn(b"<connection-timeout", poll.body)

    def test_configuration(self) -> None:
        """The bounds are the operator's."""
        self.service = notification_service(
            self.clock,
            bosh=BOSHConfig(wait_s=7, inactivity_s=8, polling_s=3, maxpause_s=9, requests=3),
        )
        given = self.client().create().attributes
        names = ("wait", "inactivity", "polling", "maxpause", "requests", "hold")
        self.assertEqual([given[name] for name in names], ["7", "8", "3", "9", "3", "1"])

    def test_drain(self) -> None:
        """At the stop every held request is answered, with what waits and the reason; none is made after it."""
        self.service.set_available(True)
        polls = [self.client().sign_in(f"agent{number}").post() for number in range(1, 51)]
        between = self.client().sign_in("agent51")
        stopping = self.client()
        unauthenticated = self.client()
        unauthenticated.create()
        poll = unauthenticated.post()
        self.service.set_available(False)
        self.service._manager.drain()
        for exchange in [*polls, poll]:
            self.assertEqual(exchange.attributes["condition"], "system-shutdown")
        for exchange in polls:
            self.assertIn(b'type="unavailable" from="finesse@', exchange.body)
        self.assertEqual(between.post().attributes["condition"], "system-shutdown")
        self.assertEqual(stopping.create().attributes["condition"], "system-shutdown")
        self.assertEqual(list(self.service._sessions), [])

    def test_starttls(self) -> None:
        """TLS is HTTP's matter: who asks for it here is refused, and the session ends (RFC 6120 §5.4.2.2)."""
        client = self.client()
        client.create()
        refused = client.post("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        self.assertIn(b'<failure xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>', refused.body)
        self.assertEqual(refused.attributes["condition"], "undefined-condition")
        self.assertEqual(len(self.service._manager), 0)

    def test_one_broken_answer(self) -> None:
        """An answer that cannot be given is our log's matter; the others of that turn are given."""
        polls = [self.client().sign_in(f"agent{number}").post() for number in (1, 2, 3)]

        def broken(_reply: Reply) -> None:
            raise OSError("no way")

        for carrier in list(self.service._manager)[:2]:
            carrier._session._held[0].answer = broken
        for number in (1, 2, 3):
            self.service.publish(user(f"agent{number}"), "<Update/>")
        self.clock.advance(0)
        self.assertEqual(polls[2].body.count(b"<message"), 1)
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 2)

    def test_content_type_of_refusals(self) -> None:
        """A refusal without a session has the plain media type."""
        exchange = self.client().raw("{}")
        self.assertEqual(exchange.replies, [Reply(exchange.body, 400)])
