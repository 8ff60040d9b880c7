"""What somebody can do to us who has not signed in: memory is counted, not guessed, and others are served meanwhile."""

import tracemalloc
from base64 import b64encode
from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import BOSHConfig, NotificationConfig
from finesse_tx.directory.core.records import Person
from finesse_tx.notification.bosh_http import BOSH_TIMEOUT_S, MAX_UNDERWAY_BYTES
from finesse_tx.notification.core.namespaces import BOSH, SASL
from finesse_tx.notification.core.strangers import SIGN_IN_BYTES, SIGN_IN_ELEMENTS, Strangers
from finesse_tx.site import LINGER_S
from tests.support.bosh import attributes_of
from tests.support.notification import DOMAIN, Authenticator, notification_service, user
from tests.support.xmpp import HEADER, Wire, auth

CREATE = f"<body xmlns='{BOSH}' rid='1' to='x' wait='30' hold='1' ver='1.6'"


class StrangerTestCase(SynchronousTestCase):
    """A service, and an honest client that is signed in."""

    def setUp(self) -> None:
        """Limits that are near."""
        self.clock, self.authenticator = Clock(), Authenticator()
        self.service = notification_service(
            self.clock,
            config=NotificationConfig(domain=DOMAIN, max_strangers=100, login_timeout_s=600),
            bosh=BOSHConfig(),
            authenticator=self.authenticator,
        )
        self.honest = Wire(self.service.xmpp_factory)
        self.honest.sign_in("agent2")
        self.honest.said()

    def served(self) -> None:
        """The honest client gets an event, and another one can sign in."""
        self.service.publish(user("agent2"), "<Update/>")
        self.assertIn("<message", self.honest.said())
        self.honest.send(" ")
        newcomer = Wire(self.service.xmpp_factory)
        self.assertIn("agent3@", newcomer.sign_in("agent3"))
        newcomer.hang_up()

    def cost(self, act: Callable[[], object]) -> int:
        """What is held in memory after that, more than before."""
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        kept = act()
        used, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        del kept
        return used

    def post(self, body: str | bytes, wire: Wire | None = None) -> bytes:
        """Send a request to the BOSH port; returns what comes back at once."""
        data = body.encode() if isinstance(body, str) else body
        head = b"POST /http-bind/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(data)
        said = (wire or Wire(self.service.bosh_factory)).send(head + data)
        self.clock.advance(0)
        return said.encode()


class XMLTests(StrangerTestCase):
    """XML, before anybody has signed in."""

    def test_unfinished_stanzas(self) -> None:
        """A hundred unfinished sign-ins that are as large as may be take a hundred times a few dozen kilobytes."""
        inner = f"<auth xmlns='{SASL}'>" + "<a>" * (SIGN_IN_ELEMENTS - 2)
        text = HEADER + inner + "x" * (SIGN_IN_BYTES - len(inner) - 8)

        def abuse() -> list[Wire]:
            wires = [Wire(self.service.xmpp_factory) for _ in range(99)]
            for wire in wires:
                self.assertNotIn("error", wire.send(text))
            return wires

        self.assertLess(self.cost(abuse), 99 * 96 * 1_024)
        self.served()

    def test_large_sign_in(self) -> None:
        """A larger one, and one of more elements, ends the stream, while it is still coming."""
        for text in (
            f"<auth xmlns='{SASL}'>" + "x" * SIGN_IN_BYTES,
            f"<auth xmlns='{SASL}'>" + "<a/>" * SIGN_IN_ELEMENTS,
            f"<auth xmlns='{SASL}' x='" + "x" * SIGN_IN_BYTES,
        ):
            wire = Wire(self.service.xmpp_factory)
            wire.send(HEADER)
            self.assertIn("<policy-violation", wire.send(text))
            self.assertTrue(wire.is_closed)
        self.served()

    def test_longest_sign_in(self) -> None:
        """The longest password that is taken comes through."""
        wire = Wire(self.service.xmpp_factory)
        wire.send(HEADER)
        self.assertIn("not-authorized", wire.send(auth("agent1", "x" * 3_000)))

    def test_namespace_bomb(self) -> None:
        """Many names in one long namespace, as a header, as a stanza, as a body."""
        bomb = f"xmlns:p='{'u' * 6_000}'"
        names = " ".join(f"p:a{n}=''" for n in range(200))
        wire = Wire(self.service.xmpp_factory)
        self.assertIn(
            "<policy-violation", wire.send(HEADER.replace(" to=", f" {bomb} {names} to="))
        )
        self.assertIn(b"bad-request", self.post(f"{CREATE} {bomb} {names}/>"))
        self.served()

    def test_bosh_body(self) -> None:
        """A BOSH request of somebody who has not signed in is a small one, too, before and after the session is made."""
        large = (f"{CREATE}>" + "<a/>" * 100_000)[:200_000] + "</body>"
        for body in (f"{CREATE}>" + "<a/>" * SIGN_IN_ELEMENTS * 2 + "</body>", large):
            self.assertIn(b'type="terminate"', self.post(body))
        sid = attributes_of(self.post(f"{CREATE}/>").partition(b"\r\n\r\n")[2])["sid"]
        early = (
            f"<body xmlns='{BOSH}' rid='3' sid='{sid}'>" + "<a/>" * SIGN_IN_ELEMENTS * 2 + "</body>"
        )
        self.assertIn(b'condition="policy-violation"', self.post(early))
        self.served()


class HalfOpenTests(StrangerTestCase):
    """Thousands of half-open sessions."""

    def test_oldest_goes(self) -> None:
        """When there are too many who do not sign in, the one that has waited longest goes; nobody is kept out."""
        silent = [Wire(self.service.xmpp_factory) for _ in range(100)]
        self.assertFalse(silent[0].is_closed)
        self.served()
        self.assertIn("<resource-constraint", silent[0].said())
        self.assertEqual([wire.is_closed for wire in silent], [True] + [False] * 99)
        self.assertEqual(self.service.status().counters.ended["resource-constraint"], 1)

    def test_thousands(self) -> None:
        """However many come, no more are held than may be, over all transports."""
        wires = []
        for _ in range(2_000):
            wires.append(Wire(self.service.xmpp_factory))
            self.post(f"{CREATE}/>")
        self.served()
        self.assertLessEqual(sum(not wire.is_closed for wire in wires), 100)
        self.clock.advance(31)
        self.assertEqual(self.service.status().streams["bosh"], 0)

    def test_password_check(self) -> None:
        """Whose password is being checked does not have to go; whose was wrong waits again."""
        self.authenticator.held = held = list[Deferred[Person]]()
        checked = Wire(self.service.xmpp_factory)
        checked.send(HEADER)
        checked.send(auth("agent1"))
        others = [Wire(self.service.xmpp_factory) for _ in range(100)]
        self.assertFalse(checked.is_closed)
        held[0].errback(RuntimeError("the directory is down"))
        self.flushLoggedErrors(RuntimeError)
        self.assertTrue(others[0].is_closed)
        self.assertFalse(checked.is_closed)

    def test_gone(self) -> None:
        """Who has gone, or has signed in, is not counted any more."""
        for _ in range(300):
            Wire(self.service.xmpp_factory).hang_up()
            wire = Wire(self.service.xmpp_factory)
            wire.sign_in("agent4", "r")
            wire.hang_up()
        waiting = [Wire(self.service.xmpp_factory) for _ in range(100)]
        self.assertFalse(waiting[0].is_closed)


class SlowTests(StrangerTestCase):
    """Slow-loris, on the BOSH ports."""

    def test_slow_loris(self) -> None:
        """A request that comes a byte at a time is cut off when its time is over, however long it is; so is a head."""
        for begin in (
            b"POST /http-bind/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n<body",
            b"POST /http-bind/ HTTP/1.1\r\nX: ",
        ):
            slow = [Wire(self.service.bosh_factory) for _ in range(200)]
            for wire in slow:
                wire.send(begin)
            for _ in range(int(BOSH_TIMEOUT_S) - 1):
                self.clock.advance(1)
                for wire in slow:
                    wire.send(b" ")
                self.honest.send(" ")
            self.assertFalse(any(wire.is_closed for wire in slow))
            self.served()
            self.clock.advance(1)
            self.assertTrue(all(wire.is_closed for wire in slow))
            self.clock.advance(LINGER_S)
            self.assertTrue(all(wire.transport.is_aborted for wire in slow))
            for wire in slow:
                wire.hang_up()
            self.assertEqual(self.service.bosh_factory.underway_bytes, 0)

    def test_bodies_under_way(self) -> None:
        """What all requests together take that are not whole is counted; whoever goes beyond it is cut off."""
        size = 250_000
        head = b"POST /http-bind/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (size + 1)
        slow = []
        for _ in range(MAX_UNDERWAY_BYTES // size):
            slow.append(Wire(self.service.bosh_factory))
            slow[-1].send(head + bytes(size))
        self.assertFalse(any(wire.is_closed for wire in slow))
        self.assertEqual(self.service.bosh_factory.underway_bytes, len(slow) * size)
        last = Wire(self.service.bosh_factory)
        last.send(head + bytes(size))
        self.assertTrue(last.transport.is_aborted)
        self.assertEqual(self.service.bosh_factory.underway_bytes, len(slow) * size)
        self.assertIn(b"sid=", self.post(f"{CREATE}/>"))
        self.served()
        for wire in slow:
            wire.hang_up()
        self.assertEqual(self.service.bosh_factory.underway_bytes, 0)


class GuessingTests(StrangerTestCase):
    """Somebody else's BOSH session."""

    def victim(self, **keys: str) -> tuple[str, Wire]:
        """A session that is signed in, and holds a request."""
        asked = "".join(f" {name}='{value}'" for name, value in keys.items())
        sid = attributes_of(self.post(f"{CREATE}{asked}/>").partition(b"\r\n\r\n")[2])["sid"]
        text = b64encode(b"\0agent1\0finesse").decode()
        key = " key='b'" if keys else ""
        said = self.post(
            f"<body xmlns='{BOSH}' rid='2' sid='{sid}'{key}>"
            f"<auth xmlns='{SASL}' mechanism='PLAIN'>{text}</auth></body>"
        )
        self.assertIn(b"<success", said)
        held = Wire(self.service.bosh_factory)
        return sid, held

    def test_rid_guessing(self) -> None:
        """Guessed session identifiers, with any request id, find nothing, make nothing, and touch nobody's session."""
        sid, _ = self.victim()
        sessions = self.service.status().streams["bosh"]
        for number in range(1_000):
            guess = f"{number:04}{sid[4:]}" if number % 2 else f"{sid}{number}"
            said = self.post(f"<body xmlns='{BOSH}' rid='{number + 1}' sid='{guess}'/>")
            self.assertIn(b'condition="item-not-found"', said)
        self.assertEqual(self.service.status().streams["bosh"], sessions)
        said = self.post(f"<body xmlns='{BOSH}' rid='2' sid='{sid}'/>")
        self.assertIn(b"<success", said)  # its own repeat is still answered
        self.served()

    def test_hijack_with_a_wrong_rid(self) -> None:
        """Who has learnt the sid and not the rid ends the session at the first guess, and reads nothing of it."""
        for rid in (1 << 40, 9, 5):
            sid, _ = self.victim()
            said = self.post(f"<body xmlns='{BOSH}' rid='{rid}' sid='{sid}'/>")
            self.assertIn(b'condition="item-not-found"', said)
            self.assertNotIn(b"success", said)
            said = self.post(f"<body xmlns='{BOSH}' rid='3' sid='{sid}'/>")
            self.assertIn(b'condition="item-not-found"', said)
        self.served()

    def test_hijack_without_the_key(self) -> None:
        """With a key sequence the right rid is not enough either."""
        sid, _ = self.victim(newkey="e9d71f5ee7c92d6dc9e92ffdad17b8bd49418f98")  # SHA-1 of "b"
        said = self.post(f"<body xmlns='{BOSH}' rid='3' sid='{sid}' key='guess'/>")
        self.assertIn(b'condition="item-not-found"', said)
        self.served()


class StrangersTests(SynchronousTestCase):
    """`Strangers`."""

    def test_order(self) -> None:
        """The one that was added first goes first; one that is discarded does not go."""
        strangers: Strangers[str] = Strangers(2)
        self.assertEqual([strangers.add("a"), strangers.add("b")], [None, None])
        strangers.discard("a")
        strangers.discard("nobody")
        self.assertEqual([strangers.add("c"), strangers.add("d")], [None, "b"])
        self.assertEqual(len(strangers), 2)
