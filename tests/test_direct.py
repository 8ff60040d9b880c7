"""`finesse_tx.direct`, on a real connection."""

import socket
from functools import partial
from typing import Any, cast

from twisted.internet import reactor as global_reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import ITransport
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.tcp import Server
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import TestCase

from finesse_tx.direct import write_now

reactor: Any = global_reactor


class Silent(Protocol):
    """Tells when it is connected, and when it is not any more."""

    def __init__(self, connected: Deferred[Server], lost: Deferred[None]) -> None:
        self._connected, self._lost = connected, lost

    def connectionMade(self) -> None:
        """It is."""
        self._connected.callback(cast("Server", self.transport))

    def connectionLost(self, reason: object = None) -> None:
        """It is not any more."""
        self._lost.callback(None)


class DirectTests(TestCase):
    """A connection whose other end is a plain socket."""

    timeout = 120

    async def connect(self) -> tuple[Server, socket.socket]:
        """Both ends."""
        connected: Deferred[Server] = Deferred()
        self.lost: Deferred[None] = Deferred()
        factory = Factory.forProtocol(partial(Silent, connected, self.lost))
        port = reactor.listenTCP(0, factory, interface="127.0.0.1")
        client = socket.create_connection(("127.0.0.1", port.getHost().port))
        server = await connected

        async def end() -> None:
            client.close()
            if not self.lost.called:
                await self.lost
            await port.stopListening()

        self.addCleanup(lambda: Deferred.fromCoroutine(end()))
        return server, client

    async def receive(self, client: socket.socket) -> bytes:
        """The next bytes, while the reactor goes on."""
        client.setblocking(False)
        while True:
            try:
                return client.recv(1 << 20)
            except BlockingIOError:
                turn: Deferred[None] = Deferred()
                reactor.callLater(0, turn.callback, None)
                await turn

    async def test_at_once(self) -> None:
        """It is there before the reactor's next turn, and nothing waits."""
        server, client = await self.connect()
        write_now(server, b"abc")
        client.settimeout(0)
        self.assertEqual(client.recv(10), b"abc")
        self.assertEqual((server.dataBuffer, server._tempDataBuffer), (b"", []))

    async def test_order(self) -> None:
        """Behind something that waits it waits; all comes in order, more than the socket takes at once too."""
        server, client = await self.connect()
        expected = b"".join(b"%d" % (n % 10) * 100_000 for n in range(40))
        server.write(expected[:1_000])
        for at in range(1_000, len(expected), 250_000):
            write_now(server, expected[at : at + 250_000])
        self.assertTrue(server.dataBuffer or server._tempDataBuffer)
        received = bytearray()
        while len(received) < len(expected):
            received += await self.receive(client)
        self.assertEqual(bytes(received), expected)

    async def test_lost(self) -> None:
        """A connection that is gone takes nothing and says nothing; one that its client has left learns of it."""
        server, client = await self.connect()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()  # a reset: nothing was read yet
        write_now(server, b"abc")
        write_now(server, b"def")
        await self.lost
        write_now(server, b"ghi")
        self.assertFalse(server.connected)

    def test_others(self) -> None:
        """Any other transport is written to as ever."""
        transport = StringTransport()
        write_now(ITransport(transport), b"abc")
        self.assertEqual(transport.value(), b"abc")
