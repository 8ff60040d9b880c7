"""Signing in with SCRAM, from the wire: what is offered when, the exchange, its refusals and limits."""

from base64 import b64encode
from itertools import pairwise

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import NotificationConfig
from finesse_tx.notification.sign_in import MAX_ATTEMPTS
from tests.support.notification import (
    DOMAIN,
    ScramPeople,
    notification_service,
    scram_authenticator,
)
from tests.support.scram import ScramClient
from tests.support.xmpp import HEADER, Wire, auth, bind

SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
BARE = f"<auth {SASL} mechanism='SCRAM-SHA-256'/>"


class ScramTests(SynchronousTestCase):
    """One client, in the clear, where no channel can be bound to."""

    def setUp(self) -> None:
        """The client has connected."""
        self.clock, self.people = Clock(), ScramPeople()
        self.connect()

    def connect(self, **config: object) -> None:
        """A service, and a client of it."""
        self.service = notification_service(
            self.clock,
            config=NotificationConfig(domain=DOMAIN, **config),  # type: ignore[arg-type]
            scram=scram_authenticator(self.clock, self.people),
        )
        self.again()

    def again(self) -> str:
        """Another connection; returns the features."""
        self.wire = Wire(self.service.xmpp_factory)
        return self.wire.send(HEADER)

    def exchange(self, client: ScramClient) -> str:
        """Sign in; returns what the server says at the end."""
        return self.wire.send(client.response(self.wire.send(client.auth())))

    def failure(self, text: str) -> str:
        """The condition of a SASL failure."""
        return text.partition('xmpp-sasl"><')[2].partition("/>")[0]

    def offered(self, features: str) -> list[str]:
        """The mechanisms that are offered."""
        return [part.partition("</")[0] for part in features.split("<mechanism>")[1:]]

    def test_offered(self) -> None:
        """What the operator wants is offered in that order, but no binding where there is no channel."""
        self.assertEqual(self.offered(self.again()), ["SCRAM-SHA-256", "PLAIN"])
        self.connect(sasl=("PLAIN", "SCRAM-SHA-256"))
        self.assertEqual(self.offered(self.again()), ["PLAIN", "SCRAM-SHA-256"])
        self.connect(sasl=("PLAIN",))
        self.assertEqual(self.offered(self.again()), ["PLAIN"])

    def test_offered_when_ready(self) -> None:
        """While somebody has no verifier only PLAIN is offered, unless there is no PLAIN."""
        self.people.without_verifier = 1
        self.assertEqual(self.offered(self.again()), ["PLAIN"])
        self.assertEqual(
            self.failure(self.wire.send(ScramClient("agent1").auth())), "invalid-mechanism"
        )
        self.connect(sasl=("SCRAM-SHA-256",))
        self.assertEqual(self.offered(self.again()), ["SCRAM-SHA-256"])
        self.assertEqual(self.failure(self.wire.send(auth("agent1"))), "invalid-mechanism")

    def test_sign_in(self) -> None:
        """The server proves itself in its <success/>; the address is the login id's."""
        client = ScramClient("alee")
        self.assertTrue(client.is_server(self.exchange(client)))
        self.wire.send(HEADER)
        self.assertIn(f"<jid>1001@{DOMAIN}/desktop</jid>", self.wire.send(bind("desktop")))
        self.assertEqual(self.service.status().counters.sign_ins, 1)

    def test_whole_address(self) -> None:
        """The name may be the whole address, and one may act as oneself, not as anybody else."""
        for header, name in (
            ("n,,", f"agent1@{DOMAIN}"),
            (f"n,a=agent1@{DOMAIN},", "agent1"),
        ):
            self.again()
            self.assertIn("<success", self.exchange(ScramClient(name, header=header)))
        self.again()
        client = ScramClient("agent1", header=f"n,a=agent2@{DOMAIN},")
        self.assertEqual(self.failure(self.exchange(client)), "invalid-authzid")

    def test_asked_first(self) -> None:
        """Without an initial response the client is asked for it."""
        client = ScramClient("agent1")
        self.assertEqual(
            self.wire.send(BARE), '<challenge xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>'
        )
        first = client.auth().replace("<auth", "<response").replace("</auth", "</response")
        self.assertIn("<success", self.wire.send(client.response(self.wire.send(first))))

    def test_wrong(self) -> None:
        """A wrong password and an unknown name look the same, to the last byte but salt and nonce."""
        said = []
        for name, password in (("agent1", "x"), ("nobody", "finesse")):
            self.again()
            client = ScramClient(name, password)
            challenge = self.wire.send(client.auth())
            said.append((len(challenge), self.wire.send(client.response(challenge))))
        for one, other in pairwise(said):
            self.assertEqual(one[1], other[1])
        self.assertEqual(self.failure(said[0][1]), "not-authorized")

    def test_malformed(self) -> None:
        """What makes no sense is refused; the stream goes on, and another attempt may succeed."""
        self.assertEqual(
            self.failure(self.wire.send(ScramClient("agent1").auth().replace(">", ">*", 1))),
            "incorrect-encoding",
        )
        text = b64encode(b"n,,x").decode()
        self.assertEqual(
            self.failure(self.wire.send(BARE.replace("/>", f">{text}</auth>"))),
            "malformed-request",
        )
        self.assertIn("<success", self.exchange(ScramClient("agent1")))

    def test_plus_without_a_channel(self) -> None:
        """Channel binding is refused where it is not offered."""
        client = ScramClient("agent1", header="p=tls-exporter,,")
        said = self.wire.send(client.auth("SCRAM-SHA-256-PLUS"))
        self.assertEqual(self.failure(said), "invalid-mechanism")

    def test_attempts(self) -> None:
        """All mechanisms together have so many attempts on one stream; an attempt that is given up counts."""
        for number in range(MAX_ATTEMPTS):
            if number % 2:
                self.wire.send(BARE)
                self.assertEqual(self.failure(self.wire.send(f"<abort {SASL}/>")), "aborted")
            else:
                self.wire.send(auth("agent1", "x"))
        self.assertIn("<policy-violation", self.wire.send(BARE))

    def test_lock_out(self) -> None:
        """Wrong proofs lock out, over however many streams, before the next question is asked."""
        for _ in range(3):
            self.again()
            self.exchange(ScramClient("agent1", "x"))
        self.again()
        self.assertEqual(
            self.failure(self.wire.send(ScramClient("agent1").auth())), "account-disabled"
        )
        self.clock.advance(300)
        self.again()
        self.assertIn("<success", self.exchange(ScramClient("agent1")))

    def test_replayed(self) -> None:
        """What somebody has overheard is of no use on another stream."""
        client = ScramClient("agent1")
        response = client.response(self.wire.send(client.auth()))
        self.assertIn("<success", self.wire.send(response))
        self.again()
        self.wire.send(client.auth())
        self.assertEqual(self.failure(self.wire.send(response)), "malformed-request")

    def test_needs_tls(self) -> None:
        """With ``allow_plain_text = false`` SCRAM is not offered in the clear either, nor accepted."""
        self.connect(allow_plain_text=False)
        self.assertEqual(
            self.failure(self.wire.send(ScramClient("agent1").auth())), "encryption-required"
        )
