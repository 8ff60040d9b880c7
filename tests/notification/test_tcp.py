"""`finesse_tx.notification.tcp` and ``output``: one connection and its limits."""

from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import NotificationConfig
from finesse_tx.notification.output import BoundedOutput
from finesse_tx.notification.service import NotificationService
from finesse_tx.notification.tcp import CLOSE_TIMEOUT_S
from tests.support.notification import DOMAIN, notification_service, user
from tests.support.xmpp import HEADER, Wire, auth


def service(clock: Clock, **config: float) -> NotificationService:
    """A service with these limits."""
    return notification_service(clock, config=NotificationConfig(domain=DOMAIN, **config))  # type: ignore[arg-type]


class ConnectionTests(SynchronousTestCase):
    """Time, size and number."""

    def setUp(self) -> None:
        """Time stands still."""
        self.clock = Clock()

    def assertEnded(self, wire: Wire, condition: str) -> None:
        """The stream ended, and said so."""
        said = wire.said()
        self.assertIn(f'<{condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>', said)
        self.assertTrue(said.endswith("</stream:stream>"))
        self.assertTrue(wire.is_closed)

    def test_pinged_when_silent(self) -> None:
        """Who says nothing for half of the time is pinged, once; who answers has the whole time again."""
        wire = Wire(service(self.clock, idle_timeout_s=100.0).xmpp_factory)
        wire.sign_in()
        wire.said()
        self.clock.advance(49.9)
        self.assertEqual(wire.said(), "")
        self.clock.advance(0.1)
        self.assertEqual(wire.said().count("urn:xmpp:ping"), 1)
        self.clock.advance(40)
        self.assertEqual(wire.said(), "")
        wire.send(f"<iq type='result' id='ping' to='{DOMAIN}'/>")
        self.clock.advance(49.9)
        self.assertEqual((wire.said(), wire.is_closed), ("", False))

    def test_dropped_when_silent(self) -> None:
        """Who does not answer is dropped at the end of it, and not before."""
        wire = Wire(service(self.clock, idle_timeout_s=100.0).xmpp_factory)
        wire.sign_in()
        self.clock.advance(50)
        self.clock.advance(49.9)
        self.assertFalse(wire.is_closed)
        self.clock.advance(0.1)
        self.assertEnded(wire, "connection-timeout")

    def test_white_space_counts(self) -> None:
        """A blank now and then is a sign of life (RFC 6120 §4.6.1)."""
        wire = Wire(service(self.clock, idle_timeout_s=100.0).xmpp_factory)
        wire.sign_in()
        wire.said()
        for _ in range(10):
            self.clock.advance(40)
            wire.send(" ")
        self.assertEqual((wire.said(), wire.is_closed), ("", False))

    def test_nothing_is_left(self) -> None:
        """A connection that is gone leaves no timer and no session."""
        running = service(self.clock)
        wire = Wire(running.xmpp_factory)
        wire.sign_in()
        wire.hang_up()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual((list(running._sessions), running.xmpp_factory.connections), ([], set()))

    def test_stanza_size(self) -> None:
        """The largest stanza is carried out; one that is larger ends the stream."""
        stanza = "<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/>{}</iq>"
        for spare, is_read in ((0, True), (6, False), (5_000, False)):
            wire = Wire(service(self.clock, max_stanza_bytes=2_000).xmpp_factory)
            wire.sign_in()
            said = wire.send(stanza.format(" " * (2_000 - len(stanza) + 2 + spare)))
            self.assertEqual('type="result"' in said, is_read, spare)
            self.assertEqual("<policy-violation " in said, not is_read, spare)

    def test_too_many(self) -> None:
        """One connection more than there may be is told so; when one leaves there is room again."""
        running = service(self.clock, max_sessions=2)
        first, _second = (Wire(running.xmpp_factory) for _ in range(2))
        self.assertEnded(Wire(running.xmpp_factory), "resource-constraint")
        first.hang_up()
        self.assertIn("PLAIN", Wire(running.xmpp_factory).send(HEADER))

    def test_refused_connection_gives_no_place_back(self) -> None:
        """A connection that had no place does not free one when it leaves."""
        running = service(self.clock, max_sessions=1)
        Wire(running.xmpp_factory)
        refused = Wire(running.xmpp_factory)
        refused.hang_up()
        self.assertEnded(Wire(running.xmpp_factory), "resource-constraint")

    def test_not_xmpp(self) -> None:
        """Something else than XMPP is answered with a stream, its error and its end."""
        for text, condition in (
            ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "not-well-formed"),
            ("<html>", "invalid-namespace"),
            ("<!DOCTYPE x [<!ENTITY a 'b'>]><x>", "restricted-xml"),
            (HEADER.replace("1.0'?>", "1.0' encoding='ISO-8859-1'?>"), "unsupported-encoding"),
            (HEADER.replace(" version='1.0'>", ">"), "unsupported-version"),
            (HEADER.replace("'1.0'>", "'0.9'>"), "unsupported-version"),
            (HEADER.replace("'1.0'>", "'one'>"), "unsupported-version"),
        ):
            wire = Wire(service(self.clock).xmpp_factory)
            wire.protocol.dataReceived(text.encode())
            self.assertTrue(wire.transport.value().startswith(b"<?xml"))
            self.assertEnded(wire, condition)

    def test_bomb_and_depth(self) -> None:
        """An entity bomb and deep nesting end the stream; a session that was there goes on."""
        running = service(self.clock)
        bystander = Wire(running.xmpp_factory)
        bystander.sign_in("agent2")
        bystander.said()
        for text, condition in (
            ("<iq>" + "<a>" * 70, "policy-violation"),
            ("<iq>&lol;</iq>", "not-well-formed"),
        ):
            wire = Wire(running.xmpp_factory)
            wire.sign_in()
            wire.protocol.dataReceived(text.encode())
            self.assertEnded(wire, condition)
        running.publish(user("agent2"), "<Update/>")
        self.assertEqual(bystander.said().count("<message"), 1)

    def test_slow_reader(self) -> None:
        """Who does not read is dropped at the bound, in silence; everybody else gets everything."""
        running = service(self.clock, max_pending_bytes=10_000)
        slow, quick = Wire(running.xmpp_factory), Wire(running.xmpp_factory)
        slow.sign_in(resource="slow")
        quick.sign_in(resource="quick")
        quick.said()
        assert slow.transport.producer is not None
        slow.transport.producer.pauseProducing()
        for _ in range(20):
            running.publish(user("agent1"), "x" * 1_000)
        self.assertTrue(slow.transport.is_aborted)
        self.assertEqual(quick.said().count("<message"), 20)
        slow.hang_up()
        self.assertEqual([session.resource for session in running._sessions], ["quick"])

    def test_slow_reader_catches_up(self) -> None:
        """Who reads again before the bound gets all of it, in order."""
        running = service(self.clock, max_pending_bytes=100_000)
        wire = Wire(running.xmpp_factory)
        wire.sign_in()
        wire.said()
        assert wire.transport.producer is not None
        wire.transport.producer.pauseProducing()
        for number in range(20):
            running.publish(user("agent1"), f"number {number};")
        self.assertEqual(wire.said(), "")
        wire.transport.producer.resumeProducing()
        said = wire.said()
        places = [said.index(f"number {number};") for number in range(20)]
        self.assertEqual(places, sorted(places))

    def test_drain(self) -> None:
        """At the stop every stream ends with ``system-shutdown``, whatever it was doing."""
        running = service(self.clock)
        bound, unauthenticated, silent = (Wire(running.xmpp_factory) for _ in range(3))
        bound.sign_in()
        bound.said()
        unauthenticated.send(HEADER)
        stopped = running.xmpp_factory.drain()
        for wire in (bound, unauthenticated, silent):
            self.assertEnded(wire, "system-shutdown")
            self.assertNoResult(stopped)
            wire.hang_up()
        self.successResultOf(stopped)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_drain_cuts_off(self) -> None:
        """A client that does not read its end is cut off after a while."""
        running = service(self.clock)
        wire = Wire(running.xmpp_factory)
        wire.sign_in()
        running.xmpp_factory.drain()
        self.clock.advance(CLOSE_TIMEOUT_S - 0.1)
        self.assertFalse(wire.transport.is_aborted)
        self.clock.advance(0.1)
        self.assertTrue(wire.transport.is_aborted)

    def test_drain_of_nobody(self) -> None:
        """With nobody connected a stop takes no time."""
        self.successResultOf(service(self.clock).xmpp_factory.drain())

    def test_line_end_after_a_stanza(self) -> None:
        """A client that ends its stanzas with a line end can open its next stream."""
        wire = Wire(service(self.clock).xmpp_factory)
        wire.send(HEADER)
        wire.send(auth("agent1"))
        wire.send("\r\n")
        self.assertIn("xmpp-bind", wire.send(HEADER))


class BoundedOutputTests(SynchronousTestCase):
    """Bytes that wait."""

    def setUp(self) -> None:
        """Ten bytes may wait."""
        self.transport, self.overflows = StringTransport(), 0
        self.output = BoundedOutput(self.transport, 10, self.overflowed)

    def overflowed(self) -> None:
        """Too much waits."""
        self.overflows += 1

    def test_bound(self) -> None:
        """The last byte that may wait does, the next one is too much; what comes then is thrown away, once told."""
        self.output.pauseProducing()
        self.output.write(b"x" * 10)
        self.assertEqual(self.overflows, 0)
        self.output.write(b"y")
        self.output.write(b"z")
        self.assertEqual(self.overflows, 1)

    def test_pause_while_resuming(self) -> None:
        """A transport that is full again at once keeps the order, and the count starts anew."""
        self.output.pauseProducing()
        for data in (b"a", b"b", b"c"):
            self.output.write(data)
        write = self.transport.write

        def full_after_one(data: bytes) -> None:
            write(data)
            self.output.pauseProducing()

        self.transport.write = full_after_one  # type: ignore[method-assign]
        self.output.resumeProducing()
        self.output.write(b"d" * 8)
        self.assertEqual((self.transport.value(), self.overflows), (b"a", 0))
        self.transport.write = write  # type: ignore[method-assign]
        self.output.resumeProducing()
        self.assertEqual(self.transport.value(), b"abcdddddddd")

    def test_close(self) -> None:
        """What waits is written before the end, and the transport is free to close."""
        self.output.pauseProducing()
        self.output.write(b"last")
        self.output.close()
        self.assertEqual((self.transport.value(), self.transport.producer), (b"last", None))
