"""`finesse_tx.notification.stream`: signing in and binding, over a carrier of our own."""

from itertools import product
from typing import Any

from twisted.internet.defer import CancelledError
from twisted.internet.task import Clock
from twisted.logger import formatEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.config import NotificationConfig
from finesse_tx.interfaces import IAuthenticator, INodePolicy, ISessionListener, IStanzaTrace
from finesse_tx.notification.accounts import Accounts
from finesse_tx.notification.core.stream import STEP, Input, State
from finesse_tx.notification.sign_in import MAX_ATTEMPTS
from finesse_tx.notification.stream_input import MAX_RESOURCE_BYTES
from tests.support.notification import (
    DOMAIN,
    Authenticator,
    Listener,
    Policy,
    notification_service,
    user,
)
from tests.support.xmpp import HEADER, Wire, auth, bind

SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
BARE_AUTH = f"<auth {SASL} mechanism='PLAIN'/>"


class TracedTests(SynchronousTestCase):
    """What is written of a person who is traced."""

    def logged(self, *people: str) -> list[str]:
        """What is logged of a whole session of agent1, while those are traced."""
        service = notification_service()
        for login_id in people:
            service.trace(login_id, on=True)
        lines: list[str] = []

        def write(event: dict[str, object]) -> None:
            if "stanza" in event:
                lines.append(formatEvent(event))

        observer: Any = write
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        wire = Wire(service.xmpp_factory)
        wire.sign_in()
        service.publish(user("agent1"), "<Update/>")
        globalLogPublisher.removeObserver(observer)
        verifyObject(IStanzaTrace, service)
        return lines

    def test_everything(self) -> None:
        """What is sent and what comes, and no password in any form."""
        lines = self.logged("agent1")
        self.assertIn("agent1@finesse.test/desktop > <presence", "\n".join(lines))
        self.assertIn("agent1@finesse.test/desktop < <message", lines[-1])
        for secret in ("auth", "finesse</", auth("agent1").partition(">")[2][:12]):
            self.assertNotIn(secret, "\n".join(lines))

    def test_nobody_else(self) -> None:
        """Nothing of whoever is not traced."""
        self.assertEqual(self.logged("agent2"), [])
        self.assertEqual(self.logged(), [])


class ConnectionsTests(SynchronousTestCase):
    """Who is connected."""

    def test_available(self) -> None:
        """Sessions that are available are told, under their resources; one that is not, or is gone, is not."""
        service = notification_service()
        self.assertEqual(service.connections(), {})
        wire = Wire(service.xmpp_factory)
        wire.sign_in()
        self.assertEqual(service.connections(), {"agent1": ("desktop",)})
        wire.send("<presence type='unavailable'/>")
        self.assertEqual(service.connections(), {})
        wire.send("<presence/>")
        wire.hang_up()
        self.assertEqual(service.connections(), {})


class FakeTests(SynchronousTestCase):
    """The fakes are what they stand for."""

    def test_interfaces(self) -> None:
        """Each provides its interface."""
        verifyObject(IAuthenticator, Authenticator())
        verifyObject(INodePolicy, Policy())
        verifyObject(ISessionListener, Listener())


class StreamTests(SynchronousTestCase):
    """One client."""

    def setUp(self) -> None:
        """The client has connected."""
        self.clock, self.authenticator = Clock(), Authenticator()
        self.service = notification_service(self.clock, authenticator=self.authenticator)
        self.wire = Wire(self.service.xmpp_factory)

    def connect(self, **config: object) -> Wire:
        """Another service, and a client of it."""
        self.service = notification_service(
            self.clock,
            config=NotificationConfig(domain=DOMAIN, **config),  # type: ignore[arg-type]
            authenticator=self.authenticator,
        )
        return Wire(self.service.xmpp_factory)

    def failure(self, text: str) -> str:
        """The condition of a SASL failure."""
        return text.partition('xmpp-sasl"><')[2].partition("/>")[0]

    def end(self, text: str) -> str:
        """The condition of the stream error with which the connection was closed."""
        self.assertTrue(self.wire.is_closed)
        self.assertTrue(text.endswith("</stream:stream>"), text)
        return text.partition("<stream:error")[2].partition("><")[2].partition(" ")[0]

    def test_features(self) -> None:
        """PLAIN and nothing else is offered; no STARTTLS where there is no certificate."""
        said = self.wire.send(HEADER)
        self.assertIn("<mechanisms", said)
        self.assertEqual(said.count("<mechanism>"), 1)
        self.assertIn("<mechanism>PLAIN</mechanism>", said)
        self.assertNotIn("starttls", said)
        self.assertIn(f'from="{DOMAIN}"', said)

    def test_sign_in(self) -> None:
        """A password, a new header, a resource: the address is the login id's."""
        self.wire.send(HEADER)
        self.assertEqual(
            self.wire.send(auth("alee")), '<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>'
        )
        self.assertIn("xmpp-session", self.wire.send(HEADER))
        self.assertIn(f"<jid>1001@{DOMAIN}/cisco</jid>", self.wire.send(bind("cisco")))

    def test_whole_address_as_name(self) -> None:
        """A client may write its whole address as its name."""
        self.assertEqual(self.wire.sign_in(f"agent1@{DOMAIN}"), f"agent1@{DOMAIN}/desktop")
        self.assertEqual(self.authenticator.asked, ["agent1"])

    def test_mail_address_as_login_id(self) -> None:
        """A login id that is a mail address gets an escaped address."""
        self.assertEqual(self.wire.sign_in("ann@corp"), f"ann\\40corp@{DOMAIN}/desktop")

    def test_challenge(self) -> None:
        """A client may name the mechanism first, and be asked."""
        self.wire.send(HEADER)
        self.assertIn("<challenge", self.wire.send(BARE_AUTH))
        said = self.wire.send(auth("agent1").replace("auth", "response"))
        self.assertIn("<success", said)

    def test_abort(self) -> None:
        """Or change its mind."""
        self.wire.send(HEADER)
        self.wire.send(BARE_AUTH)
        self.assertEqual(self.failure(self.wire.send(f"<abort {SASL}/>")), "aborted")
        self.assertIn("<success", self.wire.send(auth("agent1")))

    def test_bad_password(self) -> None:
        """It is refused, and may be tried again, so often; then the stream ends."""
        self.wire.send(HEADER)
        for _ in range(MAX_ATTEMPTS):
            self.assertEqual(self.failure(self.wire.send(auth("agent1", "x"))), "not-authorized")
            self.assertFalse(self.wire.is_closed)
        self.assertEqual(self.end(self.wire.send(auth("agent1"))), "policy-violation")
        self.assertEqual(len(self.authenticator.asked), MAX_ATTEMPTS)

    def test_last_attempt(self) -> None:
        """The last attempt may succeed."""
        self.wire.send(HEADER)
        for _ in range(MAX_ATTEMPTS - 1):
            self.wire.send(auth("agent1", "x"))
        self.assertIn("<success", self.wire.send(auth("agent1")))

    def test_refusals(self) -> None:
        """Each reason has the condition that RFC 6120 has for it."""
        for said, condition in (
            (auth("nobody"), "not-authorized"),
            (auth("locked"), "account-disabled"),
            (auth("agent1", authzid=f"agent2@{DOMAIN}"), "invalid-authzid"),
            (auth("agent1").replace("PLAIN", "SCRAM-SHA-1"), "invalid-mechanism"),
            (BARE_AUTH.replace("PLAIN", "EXTERNAL"), "invalid-mechanism"),
            (f"<auth {SASL} mechanism='PLAIN'>***</auth>", "incorrect-encoding"),
            (f"<auth {SASL} mechanism='PLAIN'>AAAA</auth>", "malformed-request"),
        ):
            self.wire = Wire(self.service.xmpp_factory)
            self.wire.send(HEADER)
            self.assertEqual(self.failure(self.wire.send(said)), condition, said)

    def test_own_authzid(self) -> None:
        """Acting as oneself is allowed."""
        self.wire.send(HEADER)
        self.assertIn("<success", self.wire.send(auth("alee", authzid=f"1001@{DOMAIN}")))

    def test_directory_is_down(self) -> None:
        """A password that cannot be checked is a temporary failure, and our log has the reason."""
        self.wire.send(HEADER)
        self.assertEqual(self.failure(self.wire.send(auth("broken"))), "temporary-auth-failure")
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)

    def test_client_leaves_while_checked(self) -> None:
        """A check whose client has gone is cancelled, and nothing comes of it."""
        self.authenticator.held = []
        self.wire.send(HEADER)
        self.wire.send(auth("agent1"))
        (checking,) = self.authenticator.held
        self.wire.hang_up()
        self.assertTrue(checking.called)
        checking.addErrback(lambda failure: failure.trap(CancelledError))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_passwords_need_tls(self) -> None:
        """With ``allow_plain_text = false`` nothing is offered in the clear, nor accepted."""
        self.wire = self.connect(allow_plain_text=False)
        self.assertNotIn("mechanism", self.wire.send(HEADER))
        self.assertEqual(self.failure(self.wire.send(auth("agent1"))), "encryption-required")
        self.assertEqual(self.authenticator.asked, [])
        self.wire = Wire(self.service.xmpps_factory)
        self.assertIn("PLAIN", self.wire.send(HEADER))

    def test_starttls_not_offered(self) -> None:
        """Asked for where there is none, it fails and the stream ends (RFC 6120 §5.4.2.2)."""
        self.wire.send(HEADER)
        said = self.wire.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        self.assertEqual(said, '<failure xmlns="urn:ietf:params:xml:ns:xmpp-tls"/></stream:stream>')

    def test_resource(self) -> None:
        """One is made up when none is asked for; each time another."""
        first, second = (Wire(self.service.xmpp_factory).sign_in("agent1", "") for _ in range(2))
        self.assertTrue(first.startswith(f"agent1@{DOMAIN}/id"))
        self.assertNotEqual(first, second)

    def test_resource_limits(self) -> None:
        """The longest resource is given; a longer one and one that is not allowed are refused, and asked again."""
        self.wire.send(HEADER)
        self.wire.send(auth("agent1"))
        self.wire.send(HEADER)
        for asked in ("x" * (MAX_RESOURCE_BYTES + 1), "a\u202eb"):
            self.assertIn("<jid-malformed", self.wire.send(bind(asked)))
        self.assertIn("<jid>", self.wire.send(bind("x" * MAX_RESOURCE_BYTES)))
        self.assertIn("<not-allowed", self.wire.send(bind("another")))

    def test_conflict(self) -> None:
        """Who binds an address that is in use gets it; the older stream ends, and says ``conflict``."""
        self.wire.sign_in()
        newer = Wire(self.service.xmpp_factory)
        newer.sign_in()
        self.assertEqual(self.end(self.wire.said()), "conflict")
        self.wire.hang_up()
        self.assertIn(
            'type="result"', newer.send("<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>")
        )

    def test_our_bug(self) -> None:
        """What we fail to deal with ends the stream of whoever sent it, and no other."""
        other = Wire(self.service.xmpp_factory)
        other.sign_in("agent2")
        self.wire.sign_in()

        def broken(*_arguments: object) -> None:
            raise ValueError("a bug")

        self.patch(Accounts, "received", broken)
        self.assertEqual(self.end(self.wire.send("<presence/>")), "internal-server-error")
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)
        self.assertFalse(other.is_closed)

    def test_login_timeout(self) -> None:
        """Who is not bound in time is dropped, not a moment before; who is bound may stay."""
        self.wire = self.connect(login_timeout_s=10.0)
        self.wire.send(HEADER)
        self.clock.advance(9.9)
        self.assertFalse(self.wire.is_closed)
        self.clock.advance(0.1)
        self.assertEqual(self.end(self.wire.said()), "connection-timeout")
        bound = Wire(self.service.xmpp_factory)
        bound.sign_in()
        self.clock.advance(20)
        self.assertFalse(bound.is_closed)

    def test_after_the_end(self) -> None:
        """What comes after the client's own end of the stream is not carried out."""
        self.wire.sign_in()
        self.assertEqual(self.wire.send("</stream:stream>"), "</stream:stream>")
        self.assertTrue(self.wire.is_closed)
        self.assertEqual(self.wire.send("<presence/>"), "")

    def test_passwords_in_the_same_breath(self) -> None:
        """What is sent before a new header was due is refused, never taken for the new stream's."""
        self.wire.send(HEADER)
        said = self.wire.send(auth("agent1") + bind())
        self.assertEqual(self.end(said), "policy-violation")


SAY = {
    Input.HEADER: HEADER,
    Input.STARTTLS: "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
    Input.AUTH: auth("agent1"),
    Input.BARE_AUTH: BARE_AUTH,
    Input.RESPONSE: auth("agent1").replace("auth", "response"),
    Input.ABORT: f"<abort {SASL}/>",
    Input.BIND: bind("r"),
    Input.STANZA: "<presence/>",
    Input.ENABLE: "<enable xmlns='urn:xmpp:sm:3'/>",
    Input.RESUME: "<resume xmlns='urn:xmpp:sm:3' previd='x' h='0'/>",
    Input.ACK: "<a xmlns='urn:xmpp:sm:3' h='0'/>",
    Input.ACK_REQUEST: "<r xmlns='urn:xmpp:sm:3'/>",
    Input.FOOTER: "</stream:stream>",
}

ROAD = {
    State.CONNECTED: (),
    State.NEGOTIATING: (Input.HEADER,),
    State.CHALLENGED: (Input.HEADER, Input.BARE_AUTH),
    State.AUTHENTICATED: (Input.HEADER, Input.AUTH),
    State.BINDING: (Input.HEADER, Input.AUTH, Input.HEADER),
    State.BOUND: (Input.HEADER, Input.AUTH, Input.HEADER, Input.BIND),
}


class EveryInputTests(SynchronousTestCase):
    """The table of the core, seen from the wire."""

    def test_every_pair(self) -> None:
        """In each state each input does what the table says, and what it does not have ends the stream."""
        for state, event in product(ROAD, SAY):
            if event is Input.HEADER and state not in {State.CONNECTED, State.AUTHENTICATED}:
                continue  # a second header within a stream is an element like any other: below
            if state in {State.CONNECTED, State.AUTHENTICATED} and event is not Input.HEADER:
                continue  # before its header a stream has no elements: below
            wire = Wire(notification_service().xmpp_factory)
            for before in ROAD[state]:
                wire.send(SAY[before])
            said = wire.send(SAY[event])
            allowed = (state, event) in STEP
            refused = "<stream:error" in said
            self.assertEqual(refused, not allowed, (state, event, said))

    def test_elements_before_the_header(self) -> None:
        """Where a header is due, an element is no stream."""
        for road in (ROAD[State.CONNECTED], ROAD[State.AUTHENTICATED]):
            for event in (Input.AUTH, Input.BIND, Input.STANZA):
                wire = Wire(notification_service().xmpp_factory)
                for before in road:
                    wire.send(SAY[before])
                self.assertIn("<invalid-namespace", wire.send(SAY[event]))

    def test_unknown_elements(self) -> None:
        """An element that XMPP does not know ends the stream, in any state."""
        for state in (State.NEGOTIATING, State.BINDING, State.BOUND):
            for text in (
                "<unknown xmlns='urn:x'/>",
                "<iq xmlns='urn:x'/>",
                HEADER[21:] + "</stream:stream>",
            ):
                wire = Wire(notification_service().xmpp_factory)
                for before in ROAD[state]:
                    wire.send(SAY[before])
                self.assertIn("<unsupported-stanza-type", wire.send(text), (state, text))

    def test_while_the_password_is_checked(self) -> None:
        """Meanwhile nothing but the end is allowed."""
        for event in (Input.AUTH, Input.STANZA, Input.ABORT, Input.BIND):
            authenticator = Authenticator()
            authenticator.held = []
            wire = Wire(notification_service(authenticator=authenticator).xmpp_factory)
            wire.send(HEADER)
            wire.send(auth("agent1"))
            self.assertIn("<not-authorized", wire.send(SAY[event]))
