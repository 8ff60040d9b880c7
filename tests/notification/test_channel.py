"""`finesse_tx.notification.channel`: SCRAM-SHA-256-PLUS, over TLS that is really spoken."""

import ssl
from collections.abc import Callable
from contextlib import closing

from OpenSSL import SSL
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.channel import channel_bindings
from tests.support.notification import DOMAIN, user
from tests.support.ports import PortsTestCase
from tests.support.scram import ScramClient
from tests.support.slix import Agent, run
from tests.support.websocket import OPEN, Chat
from tests.support.xmpp import HEADER, bind

MECHANISMS = (
    "<mechanism>SCRAM-SHA-256-PLUS</mechanism><mechanism>SCRAM-SHA-256</mechanism>"
    "<mechanism>PLAIN</mechanism>"
)


class TLSClient:
    """A blocking client with pyOpenSSL: Python's own ssl cannot export keying material."""

    def __init__(self, test: PortsTestCase, version: int) -> None:
        context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        context.set_max_proto_version(version)
        context.load_verify_locations(str(test.authority))
        context.set_verify(SSL.VERIFY_PEER, lambda *found: bool(found[-1]))
        connection = test.connect("xmpps")
        connection.settimeout(None)
        self.tls = SSL.Connection(context, connection)
        self.tls.set_connect_state()
        self.tls.do_handshake()

    def ask(self, text: str, until: str) -> str:
        """Send, and read on until that has come."""
        self.tls.sendall(text.encode())
        said = ""
        while until not in said:
            said += self.tls.recv(65_536).decode()
        return said

    def bindings(self) -> dict[str, bytes]:
        """What identifies the channel, from here."""
        certificate = self.tls.get_peer_certificate()
        assert certificate is not None
        digest = certificate.digest("sha256").replace(b":", b"").decode()
        found = {"tls-server-end-point": bytes.fromhex(digest)}
        if self.tls.get_protocol_version() == SSL.TLS1_3_VERSION:
            label = b"EXPORTER-Channel-Binding"
            found["tls-exporter"] = self.tls.export_keying_material(label, 32, b"")
        else:
            found["tls-unique"] = self.tls.get_finished() or b""
        return found

    def close(self) -> None:
        """Go."""
        self.tls.sock_shutdown(2)
        self.tls.close()


class PlusTests(PortsTestCase):
    """Every binding, on both versions of TLS."""

    def bound(self, version: int, names: set[str]) -> None:
        """Sign in with each binding that there is on that version."""
        for binding in names:
            with closing(TLSClient(self, version)) as client:
                features = client.ask(HEADER, "</stream:features>")
                self.assertIn(MECHANISMS, features)
                offered = features.split('<channel-binding type="')[1:]
                self.assertEqual({text.partition('"')[0] for text in offered}, names)
                scram = ScramClient(
                    "agent1", header=f"p={binding},,", channel=client.bindings()[binding]
                )
                challenge = client.ask(scram.auth("SCRAM-SHA-256-PLUS"), "</challenge>")
                self.assertTrue(
                    scram.is_server(client.ask(scram.response(challenge), "</success>"))
                )
                client.ask(HEADER, "</stream:features>")
                self.assertIn(f"agent1@{DOMAIN}/x", client.ask(bind("x"), "</iq>"))

    async def test_tls_1_3(self) -> None:
        """``tls-exporter`` and ``tls-server-end-point``; ``tls-unique`` is none there."""
        names = {"tls-exporter", "tls-server-end-point"}
        await self.in_thread(self.bound, SSL.TLS1_3_VERSION, names)

    async def test_tls_1_2(self) -> None:
        """``tls-unique`` and ``tls-server-end-point``."""
        names = {"tls-unique", "tls-server-end-point"}
        await self.in_thread(self.bound, SSL.TLS1_2_VERSION, names)

    async def test_man_in_the_middle(self) -> None:
        """Bound to another channel the right password does not sign in; nor does one whom an offer was kept from."""

        def scenario() -> None:
            with closing(TLSClient(self, SSL.TLS1_3_VERSION)) as elsewhere:
                channel = elsewhere.bindings()["tls-exporter"]
            with closing(TLSClient(self, SSL.TLS1_3_VERSION)) as client:
                client.ask(HEADER, "</stream:features>")
                scram = ScramClient("agent1", header="p=tls-exporter,,", channel=channel)
                challenge = client.ask(scram.auth("SCRAM-SHA-256-PLUS"), "</challenge>")
                said = client.ask(scram.response(challenge), "</failure>")
                self.assertIn("<not-authorized/>", said)
                said = client.ask(ScramClient("agent1", header="y,,").auth(), "</failure>")
                self.assertIn("server-does-support-channel-binding", said)

        await self.in_thread(scenario)

    async def test_websocket(self) -> None:
        """Over WebSocket within TLS PLUS is offered too, on the BOSH ports and the web ports; SCRAM works there."""

        def scenario(port: str) -> None:
            chat = Chat(self.ports[port], self.authority)
            chat.ask(OPEN)
            said = [element.text for element in chat.receive().iter() if element.text]
            self.assertEqual(said, ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN"])
            scram = ScramClient("agent1")
            text = chat.ask(scram.auth()).text
            response = scram.response(f"<challenge>{text}</challenge>")
            self.assertTrue(scram.is_server(f"<success>{chat.ask(response).text}</success>"))
            chat.socket.close()

        for port in ("boshs", "https"):
            await self.in_thread(scenario, port)


class SlixmppTests(PortsTestCase):
    """slixmpp chooses."""

    def road(
        self, mechanism: str, port: str, version: ssl.TLSVersion, prepare: Callable[[Agent], None]
    ) -> None:
        """Sign in, and get an event."""

        async def scenario() -> None:
            agent = Agent(f"agent1@{DOMAIN}/slix")
            agent.ssl_context.maximum_version = version
            prepare(agent)
            await agent.sign_in(self.ports[port], self.authority, direct=port == "xmpps")
            self.assertEqual(agent["feature_mechanisms"].mech.name, mechanism)
            self.in_reactor(self.service.publish, user("agent1"), "<Update/>")
            self.assertEqual((await agent.next_event())[2], "<Update/>")
            await agent.leave()

        run(scenario)

    async def test_plus(self) -> None:
        """Bound by ``tls-unique``, its own choice, where the channel has it; by STARTTLS and directly."""
        for port in ("xmpp", "xmpps"):
            await self.in_thread(
                self.road, "SCRAM-SHA-256-PLUS", port, ssl.TLSVersion.TLSv1_2, lambda _agent: None
            )

    async def test_not_bound(self) -> None:
        """Python's ssl has no binding of TLS 1.3: it chooses SCRAM-SHA-256."""
        await self.in_thread(
            self.road, "SCRAM-SHA-256", "xmpps", ssl.TLSVersion.TLSv1_3, lambda _agent: None
        )

    async def test_plain(self) -> None:
        """PLAIN where it is told to."""

        def only_plain(agent: Agent) -> None:
            agent["feature_mechanisms"].use_mech = "PLAIN"

        await self.in_thread(self.road, "PLAIN", "xmpps", ssl.TLSVersion.TLSv1_3, only_plain)

    async def test_falls_back(self) -> None:
        """Somebody whose password is not known to SCRAM comes in with PLAIN, after SCRAM has failed."""
        self.scram_people.forgotten.add("agent1")
        with_plus = ssl.TLSVersion.TLSv1_2
        await self.in_thread(self.road, "PLAIN", "xmpps", with_plus, lambda _agent: None)


class NoChannelTests(SynchronousTestCase):
    """What is not TLS of ours."""

    def test_no_tls(self) -> None:
        """A transport without TLS has no bindings, nor has one that cannot be asked."""
        self.assertEqual(channel_bindings(StringTransport()), {})
        self.assertEqual(channel_bindings(object()), {})
