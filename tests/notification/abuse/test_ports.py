"""Hostile clients on real ports; an honest one beside them, who must not notice."""

import socket
import struct
from collections.abc import Callable
from contextlib import ExitStack

from finesse_tx.config import NotificationConfig
from finesse_tx.notification.core.namespaces import BOSH
from finesse_tx.notification.core.sessions import MAX_PER_USER as MAX_SESSIONS
from finesse_tx.notification.core.subscriptions import MAX_PER_USER as MAX_SUBSCRIPTIONS
from tests.support.notification import DOMAIN, user
from tests.support.ports import PortsTestCase
from tests.support.slix import Agent, run
from tests.support.websocket import OPEN, Chat
from tests.support.xmpp import HEADER, auth, bind, pubsub

BOMB = (
    "<!DOCTYPE lolz [<!ENTITY a 'aaaaaaaaaaaaaaaaaaaa'>"
    + "".join(f"<!ENTITY a{n} '&a;&a;&a;&a;&a;&a;&a;&a;'>" for n in range(50))
    + "]>"
)


class AbuseTests(PortsTestCase):
    """One abuse at a time."""

    async def start(self) -> None:
        """A service whose limits are near."""
        await self.serve(
            NotificationConfig(
                domain=DOMAIN,
                login_timeout_s=10.0,
                max_stanza_bytes=20_000,
                max_pending_bytes=100_000,
            )
        )

    async def beside(self, abuse: Callable[[], None]) -> None:
        """Abuse the service while an honest client is signed in; its events come through, before and after."""

        async def scenario() -> None:
            agent = Agent(f"agent2@{DOMAIN}")
            await agent.sign_in(self.ports["xmpp"])
            for when in ("before", "after"):
                self.in_reactor(self.service.publish, user("agent2"), f"<{when}/>")
                self.assertEqual((await agent.next_event())[2], f"<{when}/>")
                if when == "before":
                    await agent.loop.run_in_executor(None, abuse)
            await agent.leave()

        await self.in_thread(run, scenario)

    def says(self, *pieces: bytes, port: str = "xmpp", no_more: bool = False) -> bytes:
        """Send, and return all that comes until the server closes; say perhaps that this was all."""
        with self.connect(port) as connection:
            received = bytearray()
            try:
                for piece in pieces:
                    connection.sendall(piece)
                if no_more:
                    connection.shutdown(socket.SHUT_WR)
                while data := connection.recv(65_536):
                    received += data
            except OSError:
                pass  # it had heard enough
            return bytes(received)

    def signed_in(
        self, connection: socket.socket, name: str = "agent1", resource: str = ""
    ) -> None:
        """Sign in by hand, and be available."""
        for text, answer in (
            (HEADER, b"</stream:features>"),
            (auth(name), b"<success"),
            (HEADER, b"</stream:features>"),
            (bind(resource), b"</bind></iq>"),
            ("<presence/>", b"<presence"),
        ):
            connection.sendall(text.encode())
            received = b""
            while answer not in received:
                data = connection.recv(65_536)
                assert data, received
                received += data
                assert b'type="error"' not in received, received

    async def test_entity_bomb(self) -> None:
        """A document type is refused before an entity of it is read, on every transport."""

        def abuse() -> None:
            self.assertIn(b"<restricted-xml", self.says((BOMB + HEADER).encode()))
            body = f"{BOMB}<body xmlns='{BOSH}' rid='1'>&a49;</body>".encode()
            head = b"POST /http-bind HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n" % len(body)
            for port in ("bosh", "http"):
                said = self.says(head + b"Connection: close\r\n\r\n" + body, port=port)
                self.assertIn(b"bad-request", said)
            chat = Chat(self.ports["bosh"])
            chat.send(BOMB + OPEN)
            self.assertIn("restricted-xml", "".join(chat.rest()))

        await self.beside(abuse)

    async def test_huge_attributes(self) -> None:
        """Attributes that are huge, or very many, of somebody who has signed in."""

        def abuse() -> None:
            many = " ".join(f"a{number:04}='1'" for number in range(1_500))
            for text in (
                f"<iq type='get' id='{'x' * 19_000}' {many[:700]}><ping/></iq>",
                f"<iq {many}/>",
            ):
                with self.connect("xmpp") as connection:
                    self.signed_in(connection)
                    connection.sendall(text.encode())
                    self.assertIn(b"error", connection.recv(100_000))
            with self.connect("xmpp") as connection:
                self.signed_in(connection)
                connection.sendall(b"<iq id='" + b"x" * 20_000 + b"'/>")
                self.assertIn(b"<policy-violation", connection.recv(100_000))

        await self.beside(abuse)

    async def test_requests_and_never_reads(self) -> None:
        """A client that asks for ever and never reads the answers is dropped at the bound."""

        def abuse() -> None:
            with self.connect("xmpp") as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
                self.signed_in(connection)
                ping = b"<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>" * 100
                with self.assertRaises(OSError):
                    for _ in range(20_000):
                        connection.sendall(ping)
                self.wait_for(lambda: self.service._sessions.person("agent1") is None)

        await self.beside(abuse)

    async def test_one_client_takes_everything(self) -> None:
        """Sessions and subscriptions of one person end at that person's bounds; another one is served and can sign in."""

        def abuse() -> None:
            with ExitStack() as stack:
                mine = []
                for number in range(MAX_SESSIONS):
                    mine.append(stack.enter_context(self.connect("xmpp")))
                    self.signed_in(mine[-1], resource=f"r{number}")
                with self.assertRaises(AssertionError), self.connect("xmpp") as one_more:
                    self.signed_in(one_more, resource="one more")
                for number in range(MAX_SUBSCRIPTIONS + 2):
                    node = f"{user('agent1')}/{number}"
                    mine[0].sendall(
                        pubsub(f"<subscribe node='{node}' jid='agent1@{DOMAIN}'/>").encode()
                    )
                said = b""
                while b"too-many-subscriptions" not in said:
                    said += mine[0].recv(65_536)

        await self.beside(abuse)

    async def test_deep_nesting(self) -> None:
        """So are elements within elements within elements."""

        def abuse() -> None:
            self.assertIn(b"<policy-violation", self.says(HEADER.encode() + b"<a>" * 100_000))

        await self.beside(abuse)

    async def test_ten_megabytes(self) -> None:
        """A stanza of ten megabytes is cut off at the limit, a body of ten megabytes at its header."""

        def abuse() -> None:
            said = self.says(HEADER.encode(), b"<iq id='", *[b"x" * 100_000] * 100)
            self.assertTrue(not said or b"policy-violation" in said, said[-300:])
            head = b"POST /http-bind/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n"
            said = self.says(head, *[b"x" * 100_000] * 100, port="bosh")
            self.assertTrue(not said or said.startswith(b"HTTP/1.1 413"), said[:100])

        await self.beside(abuse)

    async def test_a_thousand_silent_connections(self) -> None:
        """A thousand connections that say nothing harm nobody, and each is told when its time is over."""

        def abuse() -> None:
            with ExitStack() as stack:
                silent = [stack.enter_context(self.connect("xmpp")) for _ in range(1_000)]
                for connection in silent:
                    said = b""
                    while data := connection.recv(4_096):
                        said += data
                    self.assertIn(b"<connection-timeout", said)

        await self.beside(abuse)

    async def test_half_open(self) -> None:
        """A client that closes its sending side is gone, as is one that is reset."""

        def abuse() -> None:
            with self.connect("xmpp") as half, self.connect("xmpp") as reset:
                for connection in (half, reset):
                    self.signed_in(connection, "agent1")
                half.shutdown(socket.SHUT_WR)
                reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                reset.close()
                self.wait_for(lambda: self.service._sessions.person("agent1") is None)

        await self.beside(abuse)

    async def test_never_reads(self) -> None:
        """A client that never reads is dropped when the bound is reached, not later."""

        def abuse() -> None:
            with self.connect("xmpp") as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
                self.signed_in(connection)
                published = 0
                while self.in_reactor(lambda: self.service._sessions.person("agent1") is not None):
                    self.in_reactor(self.service.publish, user("agent1"), "x" * 10_000)
                    published += 10_000
                    self.assertLess(published, 100_000_000)

        await self.beside(abuse)

    async def test_injected_before_tls(self) -> None:
        """What was sent in the clear after STARTTLS, to be taken for the encrypted stream's, is not."""

        def abuse() -> None:
            text = f"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>{auth('agent1')}"
            self.assertNotIn(b"<success", self.says((HEADER + text).encode(), no_more=True))

        await self.beside(abuse)

    async def test_not_tls(self) -> None:
        """Something else than TLS on the TLS ports is dropped."""

        def abuse() -> None:
            for port in ("xmpps", "boshs"):
                self.assertNotIn(b"stream", self.says(HEADER.encode() * 10, port=port))

        await self.beside(abuse)

    async def test_flood_of_garbage(self) -> None:
        """Hundreds of clients that send noise get their errors."""

        def abuse() -> None:
            for number in range(200):
                noise = bytes((number * n) % 256 for n in range(500))
                for port in ("xmpp", "bosh", "component"):
                    with self.connect(port) as connection:
                        connection.sendall(noise)

        await self.beside(abuse)
