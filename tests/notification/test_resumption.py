"""Stream management (XEP-0198) from the wire: acknowledgements, cuts, resumption, and the end of patience."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import NotificationConfig
from finesse_tx.notification.core.acknowledgement import ASK_AFTER
from finesse_tx.notification.core.departure import Departure
from finesse_tx.notification.core.sessions import MAX_PER_USER
from tests.support.notification import DOMAIN, Listener, notification_service, user
from tests.support.resuming import SM, Resuming
from tests.support.xmpp import HEADER, Wire, auth, bind

ENABLE = f"<enable xmlns='{SM}' resume='true'/>"
RESUME_S = 60


def ping(number: int) -> str:
    """A request whose answer has its number."""
    return f"<iq type='get' id='{number}' to='{DOMAIN}'><ping xmlns='urn:xmpp:ping'/></iq>"


class ManagedTests(SynchronousTestCase):
    """One client."""

    def setUp(self) -> None:
        """A service; the client comes in each test."""
        self.clock, self.listener = Clock(), Listener()
        self.serve()

    def serve(self, **config: object) -> None:
        """Another service."""
        self.service = notification_service(
            self.clock,
            config=NotificationConfig(domain=DOMAIN, **config),  # type: ignore[arg-type]
            listener=self.listener,
        )

    def client(self) -> Resuming:
        """An available client."""
        client = Resuming(self.service.xmpp_factory)
        client.appear()
        return client

    def publish(self, *texts: str) -> None:
        """Events for it."""
        for text in texts:
            self.service.publish(user("agent1"), text)

    def events(self, client: Resuming) -> list[str]:
        """The events that it got."""
        messages = [stanza for stanza in client.stanzas if stanza.name == "message"]
        return [str(message.event.items.item.notification) for message in messages]

    def test_offered(self) -> None:
        """It is offered with resource binding, and no sooner."""
        wire = Wire(self.service.xmpp_factory)
        self.assertNotIn(SM, wire.send(HEADER))
        wire.send(auth("agent1"))
        self.assertIn(f'<sm xmlns="{SM}"/>', wire.send(HEADER))

    def test_counted(self) -> None:
        """Each stanza counts, from <enable/> on, and nothing else does."""
        wire = Wire(self.service.xmpp_factory)
        wire.sign_in()
        said = wire.send(ENABLE)
        self.assertIn(f'<enabled xmlns="{SM}" resume="true" id="', said)
        self.assertIn(f'max="{RESUME_S}"', said)
        self.assertEqual(wire.send(f"<r xmlns='{SM}'/>"), f'<a xmlns="{SM}" h="0"/>')
        wire.send(ping(1) + bind() + "<presence/> <message to='x@y'/>")
        self.assertEqual(wire.send(f"<r xmlns='{SM}'/>"), f'<a xmlns="{SM}" h="4"/>')

    def test_asked(self) -> None:
        """After so many stanzas the client is asked, and what it acknowledges is forgotten."""
        client = self.client()
        client.settle()
        (session,) = self.service._sessions
        acknowledgement = session.outlet.acknowledgement  # type: ignore[attr-defined]
        before = len(acknowledgement)
        self.publish(*"x" * (ASK_AFTER - before - 1))
        self.assertNotIn(b"<r ", client.wire.transport.value())
        self.publish("x")
        self.assertEqual(client.wire.transport.value().count(b"<r "), 1)
        client.settle()
        self.assertEqual(len(acknowledgement), 0)

    def test_resumed(self) -> None:
        """What was not acknowledged comes again, what came meanwhile comes too, and nobody saw it away."""
        client = self.client()
        self.publish("lost")
        client.cut()
        self.publish("meanwhile")
        self.assertEqual(self.service.status().resumable, 1)
        client.resume()
        self.publish("after")
        client.settle()
        self.assertEqual(self.events(client), ["lost", "meanwhile", "after"])
        self.assertEqual(self.listener.seen, [("agent1", True)])
        self.assertEqual(self.service.status().resumable, 0)
        self.assertEqual(self.service.status().counters.resumptions["resumed"], 1)

    def test_resumed_before_the_cut_is_seen(self) -> None:
        """A client that comes back on another address takes its session along; the old stream says conflict."""
        client = self.client()
        old = client.wire
        self.publish("lost")
        client.resume()
        self.assertIn("<conflict", old.said())
        old.hang_up()
        self.publish("after")
        client.settle()
        self.assertEqual(self.events(client), ["lost", "after"])
        self.assertEqual(self.listener.seen, [("agent1", True)])

    def test_expired(self) -> None:
        """It waits so long and not longer; then it has ended as one that was silent."""
        client = self.client()
        client.cut()
        self.clock.advance(RESUME_S - 0.01)
        self.assertEqual(self.listener.departures, [])
        self.clock.advance(0.01)
        self.assertEqual(self.listener.departures, [Departure.TIMED_OUT])
        client.resume()
        self.assertEqual(client.failures, ["item-not-found"])
        counters = self.service.status().counters
        self.assertEqual(counters.resumptions, {"expired": 1, "item-not-found": 1})
        client.say(bind("desktop"))
        client.settle()
        self.assertIn("iq", [stanza.name for stanza in client.stanzas])

    def test_silence(self) -> None:
        """A connection that died in silence is ended, and its session waits too."""
        client = self.client()
        self.clock.advance(60)
        self.clock.advance(60)
        self.assertIn(b"connection-timeout", client.wire.transport.value())
        self.publish("meanwhile")
        client.cut()
        client.resume()
        self.assertEqual(self.events(client), ["meanwhile"])

    def test_closed(self) -> None:
        """Who says goodbye is gone."""
        client = self.client()
        client.say("</stream:stream>")
        client.settle()
        self.assertEqual(self.listener.departures, [Departure.CLOSED])
        client.resume()
        self.assertEqual(client.failures, ["item-not-found"])

    def test_not_wanted(self) -> None:
        """Who only wants acknowledgements is gone with the connection."""
        client = Resuming(self.service.xmpp_factory, resume=False)
        client.appear()
        client.cut()
        self.assertEqual(self.listener.departures, [Departure.NETWORK])

    def test_switched_off(self) -> None:
        """With ``resume_s = 0`` nobody can resume."""
        self.serve(resume_s=0)
        wire = Wire(self.service.xmpp_factory)
        wire.sign_in()
        self.assertEqual(wire.send(ENABLE), f'<enabled xmlns="{SM}"/>')
        wire.hang_up()
        self.assertEqual(self.listener.departures, [Departure.NETWORK])

    def test_max(self) -> None:
        """A client may ask for less time, not for more."""
        for asked, told in (
            ("5", 5),
            ("100000", RESUME_S),
            ("x", RESUME_S),
            ("9" * 5_000, RESUME_S),
        ):
            wire = Wire(self.service.xmpp_factory)
            wire.sign_in(resource=f"r{asked[:9]}")
            self.assertIn(f'max="{told}"', wire.send(ENABLE.replace("/>", f" max='{asked}'/>")))
        wire = Wire(self.service.xmpp_factory)
        wire.sign_in()
        self.assertNotIn("resume", wire.send(ENABLE.replace("/>", " max='0'/>")))

    def test_replaced(self) -> None:
        """Another session that binds its address ends it while it waits."""
        client = self.client()
        client.cut()
        Wire(self.service.xmpp_factory).sign_in()
        self.assertEqual(self.service.status().resumable, 0)
        client.resume()
        self.assertEqual(client.failures, ["item-not-found"])
        self.assertEqual(self.listener.departures, [Departure.REPLACED])

    def test_somebody_elses(self) -> None:
        """Nobody can resume somebody else's session, even with its name."""
        client = self.client()
        client.cut()
        wire = Wire(self.service.xmpp_factory)
        wire.send(HEADER)
        wire.send(auth("agent2"))
        wire.send(HEADER)
        said = wire.send(f"<resume xmlns='{SM}' previd='{client._id}' h='0'/>")
        self.assertIn("<item-not-found", said)
        self.assertEqual(self.service.status().resumable, 1)

    def test_too_much(self) -> None:
        """A client that is away and gets too much, or reads and never acknowledges, loses its session."""
        self.serve(max_pending_bytes=10_000)
        client = self.client()
        client.cut()
        self.publish("x" * 8_000)
        self.assertEqual(self.service.status().resumable, 1)
        self.assertGreater(self.service.status().waiting_bytes, 8_000)
        self.publish("x" * 8_000)
        self.assertEqual(self.service.status().resumable, 0)
        client = self.client()
        self.publish("x" * 8_000)
        self.publish("x" * 8_000)
        self.assertIn(b"<policy-violation", client.wire.transport.value())

    def test_too_high(self) -> None:
        """Who acknowledges what was not sent loses the stream, and is told both numbers."""
        wire = Wire(self.service.xmpp_factory)
        wire.sign_in()
        wire.send(ENABLE)
        said = wire.send(f"<a xmlns='{SM}' h='1'/>")
        self.assertIn(f'<handled-count-too-high xmlns="{SM}" h="1" send-count="0"/>', said)
        self.assertTrue(wire.is_closed)

    def test_unexpected(self) -> None:
        """Enabled twice, resumed after binding, enabled before it, acknowledged without: <failed/>."""
        failed = f'<failed xmlns="{SM}"><unexpected-request'
        wire = Wire(self.service.xmpp_factory)
        wire.send(HEADER)
        wire.send(auth("agent1"))
        wire.send(HEADER)
        self.assertIn(failed, wire.send(ENABLE))
        wire.send(bind())
        for text in (
            f"<r xmlns='{SM}'/>",
            f"<a xmlns='{SM}' h='0'/>",
            f"<resume xmlns='{SM}' previd='x' h='0'/>",
        ):
            self.assertIn(failed, wire.send(text), text)
        wire.send(ENABLE)
        self.assertIn(failed, wire.send(ENABLE))
        self.assertFalse(wire.is_closed)

    def test_places(self) -> None:
        """A session that waits takes a place; where there is none it does not wait."""
        self.serve(max_sessions=2)
        client = self.client()
        other = Wire(self.service.xmpp_factory)
        client.cut()
        self.assertEqual(self.service.status().resumable, 0)
        other.hang_up()
        client = self.client()
        client.cut()
        self.assertEqual(self.service.status().resumable, 1)
        self.assertFalse(Wire(self.service.xmpp_factory).is_closed)
        self.assertTrue(Wire(self.service.xmpp_factory).is_closed)
        self.clock.advance(RESUME_S)
        self.assertFalse(Wire(self.service.xmpp_factory).is_closed)

    def test_room_for_another(self) -> None:
        """Sessions that wait do not lock their own person out: the oldest makes room."""
        for number in range(MAX_PER_USER + 3):
            wire = Wire(self.service.xmpp_factory)
            self.assertIn(f"/r{number}", wire.sign_in(resource=f"r{number}"))
            wire.send(ENABLE)
            wire.hang_up()
        self.assertEqual(self.service.status().resumable, MAX_PER_USER)
        self.assertEqual(self.service.status().counters.resumptions["given up"], 3)

    def test_stop(self) -> None:
        """At the stop nothing waits any more, and no timer is left."""
        client = self.client()
        client.cut()
        self.successResultOf(self.drained())
        self.assertEqual(self.listener.departures, [Departure.SHUTDOWN])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def drained(self) -> Deferred[None]:
        """Stop."""
        return Deferred.fromCoroutine(self.service.drain())


STEPS = st.lists(
    st.one_of(
        st.just(("publish", 0)),
        st.just(("send", 0)),
        st.just(("cut", 0)),
        st.tuples(st.sampled_from(["to server", "to client"]), st.integers(1, 400)),
    ),
    max_size=40,
)


class AnyCutTests(SynchronousTestCase):
    """The network cuts where it likes."""

    @settings(deadline=None, max_examples=150)
    @given(STEPS)
    def test_exactly_once(self, steps: list[tuple[str, int]]) -> None:
        """Cut at any byte, either way, at any time: each stanza of both sides arrives once and in order."""
        service = notification_service()
        client = Resuming(service.xmpp_factory)
        client.appear()
        published = sent = cuts = 0
        for step, count in [*steps, ("cut", 0)]:
            if step == "publish":
                service.publish(user("agent1"), str(published))
                published += 1
            elif step == "send":
                client.send(ping(sent))
                sent += 1
            elif step == "to server":
                client.to_server(count)
            elif step == "to client":
                client.to_client(count)
            else:
                client.cut()
                client.resume()
                cuts += 1
        client.settle()
        events = [
            str(stanza.event.items.item.notification)
            for stanza in client.stanzas
            if stanza.name == "message"
        ]
        answers = [stanza["id"] for stanza in client.stanzas if stanza.name == "iq"]
        self.assertEqual(events, [str(number) for number in range(published)])
        self.assertEqual(answers, [str(number) for number in range(sent)])
        self.assertEqual((client.resumptions, client.failures), (cuts, []))
