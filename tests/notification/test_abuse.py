"""Hostile clients on real ports; an honest one beside them, who must not notice."""

import socket
import struct
from collections.abc import Callable
from contextlib import ExitStack

from finesse_tx.config import NotificationConfig
from tests.support.notification import DOMAIN, user
from tests.support.ports import PortsTestCase
from tests.support.slix import Agent, run
from tests.support.xmpp import HEADER, auth

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
                login_timeout_s=3.0,
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

    def signed_in(self, connection: socket.socket, name: str = "agent1") -> None:
        """Sign in by hand, and be available."""
        for text, answer in (
            (HEADER, b"</stream:features>"),
            (auth(name), b"<success"),
            (HEADER, b"</stream:features>"),
            (
                "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
                b"</iq>",
            ),
            ("<presence/>", b"<presence"),
        ):
            connection.sendall(text.encode())
            received = b""
            while answer not in received:
                data = connection.recv(65_536)
                assert data, received
                received += data

    async def test_entity_bomb(self) -> None:
        """A document type is refused before an entity of it is read."""

        def abuse() -> None:
            self.assertIn(b"<restricted-xml", self.says((BOMB + HEADER).encode()))

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
