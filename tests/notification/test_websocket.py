"""`finesse_tx.notification.websocket`: RFC 7395, with ``websockets`` as the client."""

from collections.abc import Callable
from typing import Any

import requests
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode

from finesse_tx.config import NotificationConfig
from finesse_tx.notification.core.departure import Departure
from finesse_tx.notification.websocket import text_frame
from tests.support.notification import DOMAIN, PUBSUB, Authenticator, desktop_secret, dialogs, user
from tests.support.ports import PortsTestCase
from tests.support.websocket import CLOSE, OPEN, Chat
from tests.support.xmpp import auth

STREAM = "{http://etherx.jabber.org/streams}"
MESSAGE = "<message xmlns='jabber:client' to='agent1@{}'><body>{}</body></message>"


class FrameTests(SynchronousTestCase):
    """RFC 6455 §5.2."""

    @given(st.binary(max_size=300))
    def test_same(self, text: bytes) -> None:
        """What we write is what ``websockets`` writes."""
        self.assertEqual(text_frame(text), Frame(Opcode.TEXT, text).serialize(mask=False))

    def test_lengths(self) -> None:
        """Also at the edges of the three forms of the length."""
        for size in (0, 125, 126, 65_535, 65_536):
            text = b"x" * size
            self.assertEqual(text_frame(text), Frame(Opcode.TEXT, text).serialize(mask=False))


class WebSocketTests(PortsTestCase):
    """Conversations, on the BOSH ports."""

    door = "bosh"

    async def chat(self, scenario: Callable[[], Any]) -> Any:
        """Play in a thread."""
        return await self.in_thread(scenario)

    async def test_road(self) -> None:
        """§3.3 to §3.6: open, sign in, open again, bind, events, a subscription, close; one message, one element."""

        def scenario() -> None:
            chat = Chat(self.ports[self.door], path="/ws/")
            self.assertEqual(chat.socket.subprotocol, "xmpp")
            opened = chat.ask(OPEN)
            self.assertEqual(opened.tag, "{urn:ietf:params:xml:ns:xmpp-framing}open")
            self.assertEqual((opened.get("from"), opened.get("version")), (DOMAIN, "1.0"))
            self.assertTrue(opened.get("id"))
            self.assertEqual(chat.receive().tag, f"{STREAM}features")
            self.assertTrue(chat.ask(auth("agent1")).tag.endswith("success"))
            self.assertTrue(chat.ask(OPEN).tag.endswith("open"))
            self.assertEqual(chat.receive()[0].tag, "{urn:ietf:params:xml:ns:xmpp-bind}bind")
            bound = chat.ask(
                "<iq xmlns='jabber:client' type='set' id='b'>"
                "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
            )
            self.assertEqual(bound.get("type"), "result")
            chat.appear()
            self.in_reactor(self.service.publish, dialogs("agent1"), "<Update>é</Update>")
            event = chat.receive()
            self.assertEqual((event.tag, event.get("from")), ("{jabber:client}message", PUBSUB))
            subscribed = chat.ask(
                f"<iq xmlns='jabber:client' type='set' id='s' to='{PUBSUB}'>"
                "<pubsub xmlns='http://jabber.org/protocol/pubsub'>"
                f"<subscribe node='{user('agent1')}/Queues' jid='agent1@{DOMAIN}'/></pubsub></iq>"
            )
            self.assertEqual(subscribed.get("type"), "result")
            chat.send(CLOSE)
            last, code = chat.rest()
            self.assertIn("<close ", last)
            self.assertEqual(code, "1000")

        await self.chat(scenario)
        self.assertEqual(self.listener.seen, [("agent1", True), ("agent1", False)])

    async def test_sign_in_ends(self) -> None:
        """The connection closes when the sign-in at a desktop ends that opened the stream."""
        family = Authenticator.FAMILIES[0]

        def scenario() -> list[str]:
            chat = Chat(self.ports[self.door])
            chat.sign_in(password=desktop_secret(family))
            self.in_reactor(self.service.end_sign_in, "agent1", family)
            return chat.rest()

        *_, failure, close, _code = await self.chat(scenario)
        self.assertIn("<not-authorized ", failure)
        self.assertIn("<close ", close)

    async def test_tls(self) -> None:
        """Over TLS, from the port's certificate."""

        def scenario() -> str:
            chat = Chat(self.ports[f"{self.door}s"], self.authority)
            address = chat.sign_in()
            chat.socket.close()
            return address

        self.assertEqual(await self.chat(scenario), f"agent1@{DOMAIN}/ws")

    async def test_publish(self) -> None:
        """A plain publish and one that is not: both are answered, and heard, in order; so is what precedes the end."""

        def scenario() -> None:
            admin, agent = Chat(self.ports[self.door]), Chat(self.ports[self.door])
            admin.sign_in("admin")
            agent.sign_in()
            ask = f"<iq xmlns='jabber:client' type='set' id='q' to='{PUBSUB}'>{{}}</iq>".format
            pubsub = "<pubsub xmlns='http://jabber.org/protocol/pubsub'>{}</pubsub>".format
            publish = "<publish node='n'><item{}><x xmlns='urn:x'>{}</x></item></publish>".format
            admin.ask(ask(pubsub("<create node='n'/>")))
            agent.ask(ask(pubsub(f"<subscribe node='n' jid='agent1@{DOMAIN}'/>")))
            for number in range(20):
                admin.send(ask(pubsub(publish(f" id='{number}'", "é"))))
                admin.send(ask(pubsub(publish(f" id='{number}b' publisher='x'", "<é/>"))))
            answers = [admin.receive() for _ in range(40)]
            self.assertEqual({one.get("type") for one in answers}, {"result"})
            events = [agent.receive() for _ in range(40)]
            expected = [f"{number}{way}" for number in range(20) for way in ("", "b")]
            self.assertEqual([one[0][0][0].get("id") for one in events], expected)
            admin.send(ask(pubsub(publish(" id='last'", ""))))
            admin.send(CLOSE)
            rest = admin.rest()
            self.assertEqual([text[:4] for text in rest], ["<iq ", "<clo", "1000"])
            agent.socket.close()

        await self.chat(scenario)

    async def test_closes_after_the_last_answer(self) -> None:
        """RFC 6455 §5.5.1: nothing follows a Close; what was asked in the same breath is answered before it."""

        def scenario() -> list[str]:
            chat = Chat(self.ports[self.door])
            chat.sign_in()
            ping = b"<iq xmlns='jabber:client' type='get' id='q'><ping xmlns='urn:xmpp:ping'/></iq>"
            size = len(ping)
            asked = bytes((0x81, 0x80 | size)) + bytes(4) + ping
            chat.socket.socket.sendall(asked + b"\x88\x82" + bytes(4) + b"\x03\xe8")
            return chat.rest()

        answer, code = await self.chat(scenario)
        self.assertIn('type="result"', answer)
        self.assertEqual(code, "1000")

    async def test_publish_is_counted(self) -> None:
        """XEP-0198: with stream management a plain publish is a stanza like others; both ends count it."""

        def scenario() -> None:
            chat = Chat(self.ports[self.door])
            chat.sign_in("admin")
            self.assertTrue(chat.ask("<enable xmlns='urn:xmpp:sm:3'/>").tag.endswith("enabled"))
            ask = (
                f"<iq xmlns='jabber:client' type='set' id='q' to='{PUBSUB}'>"
                "<pubsub xmlns='http://jabber.org/protocol/pubsub'>{}</pubsub></iq>"
            ).format
            chat.ask(ask("<create node='counted'/>"))
            item = "<item id='1'><x xmlns='urn:x'>y</x></item>"
            answer = chat.ask(ask(f"<publish node='counted'>{item}</publish>"))
            self.assertEqual(answer.get("type"), "result")
            self.assertEqual(chat.ask("<r xmlns='urn:xmpp:sm:3'/>").get("h"), "2")
            chat.socket.close()

        await self.chat(scenario)

    async def test_compression(self) -> None:
        """RFC 7692: where the client asks for it, both ways."""

        def scenario() -> None:
            chat = Chat(self.ports[self.door], compression="deflate")
            response = chat.socket.response
            assert response is not None
            self.assertIn("permessage-deflate", response.headers["Sec-WebSocket-Extensions"])
            chat.sign_in()
            for number in range(3):
                text = f"<Update>{'long ' * 500}{number}</Update>"
                self.in_reactor(self.service.publish, dialogs("agent1"), text)
                self.assertEqual(chat.receive()[0][0][0][0].text, text)
            chat.send(MESSAGE.format(DOMAIN, "word " * 500))
            self.assertEqual(chat.receive()[0].text, "word " * 500)
            chat.socket.close()

        await self.chat(scenario)

    async def test_compressed_bomb(self) -> None:
        """A small message that becomes a large one ends its own connection, and only that."""

        def scenario() -> list[str]:
            other = Chat(self.ports[self.door])
            other.sign_in("agent2")
            chat = Chat(self.ports[self.door], compression="deflate")
            chat.sign_in()
            chat.send(MESSAGE.format(DOMAIN, "x" * 50_000_000))
            found = chat.rest()
            self.in_reactor(self.service.publish, dialogs("agent2"), "<Update/>")
            other.receive()
            other.socket.close()
            return found

        self.assertEqual((await self.chat(scenario))[-1], "1009")

    async def test_handshake(self) -> None:
        """Without the sub-protocol 400; what is no WebSocket 426; another path 404; another origin is welcome."""

        def scenario() -> None:
            with self.assertRaises(InvalidStatus) as refused:
                Chat(self.ports[self.door], subprotocols=["mqtt"])
            self.assertEqual(refused.exception.response.status_code, 400)
            base = f"http://127.0.0.1:{self.ports[self.door]}/ws"
            answer = requests.get(base, timeout=20)
            self.assertEqual((answer.status_code, answer.headers["Upgrade"]), (426, "websocket"))
            self.assertEqual(requests.post(base, timeout=20).status_code, 426)
            self.assertEqual(requests.get(f"{base}/x", timeout=20).status_code, 404)
            for origin in ("https://elsewhere.example:8445", "null"):
                chat = Chat(self.ports[self.door], origin=origin)
                chat.ask(OPEN)
                chat.socket.close()

        await self.chat(scenario)

    async def test_wrong(self) -> None:
        """What is no XMPP ends the stream with its error, then the WebSocket."""

        def scenario() -> None:
            for said, condition in (
                ("<a xmlns='urn:x'/>", "unsupported-stanza-type"),
                ("<iq xmlns='jabber:client'/>", "not-authorized"),
                ("<open", "not-well-formed"),
                ("<!DOCTYPE a []><a/>", "restricted-xml"),
                (f"{OPEN}{OPEN}", "not-well-formed"),
                ("", "not-well-formed"),
                ("<what xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>", "bad-format"),
                (b"<a/>", "bad-format"),
            ):
                chat = Chat(self.ports[self.door])
                chat.ask(OPEN)
                chat.receive()
                chat.socket.send(said)
                error, close, code = chat.rest()
                self.assertIn(f"<{condition} ", error, said)
                self.assertIn("<close ", close)
                self.assertEqual(code, "1000")

        await self.chat(scenario)

    async def test_size(self) -> None:
        """A message of the largest size is read, one that is a byte larger ends the connection."""
        limit = NotificationConfig().max_stanza_bytes

        def scenario() -> None:
            chat = Chat(self.ports[self.door], max_size=None)
            chat.sign_in()
            frame = len(MESSAGE.format(DOMAIN, ""))
            chat.send(MESSAGE.format(DOMAIN, "x" * (limit - frame)))
            self.assertEqual(len(chat.receive()[0].text or ""), limit - frame)
            chat.send(MESSAGE.format(DOMAIN, "x" * (limit - frame + 1)))
            self.assertEqual(chat.rest()[-1], "1009")

        await self.chat(scenario)

    async def test_conflict(self) -> None:
        """The older session of the same address ends with ``conflict``."""

        def scenario() -> None:
            first, second = Chat(self.ports[self.door]), Chat(self.ports[self.door])
            first.sign_in()
            second.sign_in()
            error, *_ = first.rest()
            self.assertIn("<conflict ", error)
            second.socket.close()

        await self.chat(scenario)

    async def test_pings(self) -> None:
        """WebSocket's own pings are answered."""

        def scenario() -> None:
            chat = Chat(self.ports[self.door])
            self.assertTrue(chat.socket.ping().wait(20))
            chat.socket.close()

        await self.chat(scenario)

    async def test_cut(self) -> None:
        """A client that is gone without a word is gone, and gives its place back."""

        def scenario() -> None:
            chat = Chat(self.ports[self.door])
            chat.sign_in()
            chat.socket.socket.close()

        await self.chat(scenario)
        await self.in_thread(self.wait_for, lambda: not self.service.websocket_factory.connections)
        self.assertEqual(self.listener.seen[-1], ("agent1", False))
        self.assertIs(self.listener.departures[-1], Departure.NETWORK)

    async def test_closed(self) -> None:
        """A page that goes closes the connection properly, without ``<close/>``: that was the client."""

        def scenario() -> None:
            chat = Chat(self.ports["bosh"])
            chat.sign_in()
            chat.socket.close(1001)

        await self.chat(scenario)
        await self.in_thread(self.wait_for, lambda: not self.service.websocket_factory.connections)
        self.assertEqual(self.listener.departures, [Departure.CLOSED])

    async def test_drain(self) -> None:
        """When the server stops, clients are told, and the wait ends with the last of them."""

        def scenario() -> list[str]:
            chat = Chat(self.ports[self.door])
            chat.sign_in()
            self.in_reactor(self.service.websocket_factory.drain)
            return chat.rest()

        error, close, code = await self.chat(scenario)
        self.assertIn("<system-shutdown ", error)
        self.assertIn("<close ", close)
        self.assertEqual(code, "1000")
        self.assertEqual(
            (len(self.site.channels), len(self.service.bosh_factory.connections)), (0, 0)
        )


class WebPortTests(WebSocketTests):
    """The same on the web ports."""

    door = "http"


class LimitTests(PortsTestCase):
    """With small limits."""

    door = "bosh"

    async def start(self) -> None:
        """One place, little may wait, passwords over TLS alone."""
        await self.serve(
            NotificationConfig(
                domain=DOMAIN,
                max_sessions=1,
                max_pending_bytes=65_536,
                allow_plain_text=False,
            )
        )

    async def test_places(self) -> None:
        """One too many is told, and closed; the place comes back."""

        def scenario() -> None:
            first = Chat(self.ports[f"{self.door}s"], self.authority)
            second = Chat(self.ports[f"{self.door}s"], self.authority)
            self.assertIn("<resource-constraint ", second.rest()[0])
            first.socket.close()
            self.wait_for(lambda: not self.service.websocket_factory.connections)
            Chat(self.ports[f"{self.door}s"], self.authority).sign_in()

        await self.in_thread(scenario)

    async def test_in_the_clear(self) -> None:
        """No mechanism is offered in the clear where that is not allowed."""

        def scenario() -> int:
            chat = Chat(self.ports[self.door])
            chat.ask(OPEN)
            offered = len(chat.receive())
            chat.socket.close()
            return offered

        self.assertEqual(await self.in_thread(scenario), 0)

    async def test_slow_reader(self) -> None:
        """Who does not read is cut off at the bound."""

        def scenario() -> None:
            chat = Chat(self.ports[f"{self.door}s"], self.authority, max_queue=1)
            chat.sign_in()
            text = f"<Update>{'x' * 60_000}</Update>"
            connections = self.service.websocket_factory.connections

            def publish() -> None:
                for _ in range(400):
                    self.service.publish(dialogs("agent1"), text)

            for _ in range(10):
                self.in_reactor(publish)
                if not connections:
                    break
            self.wait_for(lambda: not connections)

        await self.in_thread(scenario)


class SilenceTests(PortsTestCase):
    """With a limit of three seconds: what signs in on a busy machine is not silent for so long."""

    async def start(self) -> None:
        """Only that."""
        await self.serve(NotificationConfig(domain=DOMAIN, idle_timeout_s=3.0))

    async def test_silence(self) -> None:
        """A client that says nothing is asked, and given up."""

        def scenario() -> list[str]:
            chat = Chat(self.ports["boshs"], self.authority)
            chat.sign_in()
            return chat.rest()

        ping, error, *_ = await self.in_thread(scenario)
        self.assertIn("<ping ", ping)
        self.assertIn("<connection-timeout ", error)
