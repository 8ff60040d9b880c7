"""A TCP proxy that does to a connection what networks do: splits, delays, cuts, half-closes, swallows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import IAddress, IDelayedCall, ITCPTransport
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure
from typing_extensions import override

__all__ = ["Proxy"]


class Proxy(Factory):
    """Listens on loopback and carries bytes to a port there, in pieces and after a while if told so.

    Attributes:
        piece: How many bytes go in one turn of the reactor; 0 for as they come.
        delay: How many seconds they are held.
        to_client: Changes or swallows what goes to the client.
        to_server: The same for what goes to the server.
    """

    noisy = False

    def __init__(self, reactor: Any, port: int) -> None:
        self.reactor, self._port = reactor, port
        self.piece, self.delay = 0, 0.0
        self.to_client: Callable[[bytes], bytes] = bytes
        self.to_server: Callable[[bytes], bytes] = bytes
        self._ends: list[_End] = []

    async def listen(self) -> int:
        """Listen; the port is returned."""
        endpoint = TCP4ServerEndpoint(self.reactor, 0, interface="127.0.0.1")
        self._listening = await endpoint.listen(self)
        address: Any = self._listening.getHost()
        return int(address.port)

    async def stop(self) -> None:
        """Stop listening, and cut what is connected."""
        stopped: Any = self._listening.stopListening()
        await stopped
        self.cut()
        for end in self._ends:
            await end.gone

    def cut(self) -> None:
        """Reset every connection."""
        for end in self._ends:
            if end.connected:
                end.transport.abortConnection()

    def close(self) -> None:
        """Close every connection in order: what has gone out still arrives."""
        for end in self._ends:
            if end.connected:
                end.transport.loseConnection()

    def half_close(self, *, to_client: bool = True) -> None:
        """Close the direction to the clients, or to the server, and keep the other open."""
        for end in self._ends[0 if to_client else 1 :: 2]:
            if end.connected:
                end.transport.loseWriteConnection()

    def change(self, data: bytes, *, to_client: bool) -> bytes:
        """What becomes of bytes on their way."""
        return self.to_client(data) if to_client else self.to_server(data)

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        client, server = _End(self, to_client=True), _End(self, to_client=False)
        client.other, server.other = server, client
        self._ends += [client, server]
        outward = Factory.forProtocol(lambda: server)
        outward.noisy = False
        endpoint = TCP4ClientEndpoint(self.reactor, "127.0.0.1", self._port)
        endpoint.connect(outward).addErrback(server.not_connected)
        return client


class _End(Protocol):
    """One of the two connections; what the other one receives goes out here."""

    transport: ITCPTransport
    other: _End

    def __init__(self, proxy: Proxy, *, to_client: bool) -> None:
        self._proxy, self._to_client = proxy, to_client
        self._queue: deque[tuple[float, bytes]] = deque()
        self._timer: IDelayedCall | None = None
        self.gone: Deferred[None] = Deferred()

    @override
    def connectionMade(self) -> None:
        self._carry()

    @override
    def dataReceived(self, data: bytes) -> None:
        self.other.take(data)

    def take(self, data: bytes) -> None:
        """Queue what is to go out."""
        data = self._proxy.change(data, to_client=self._to_client)
        due = self._proxy.reactor.seconds() + self._proxy.delay
        size = self._proxy.piece or max(len(data), 1)
        self._queue.extend((due, data[start : start + size]) for start in range(0, len(data), size))
        if self.connected and self._timer is None:
            self._carry()

    def _carry(self) -> None:
        self._timer = None
        while self._queue:
            wait = self._queue[0][0] - self._proxy.reactor.seconds()
            if wait <= 0:
                self.transport.write(self._queue.popleft()[1])
            if wait > 0 or self._proxy.piece:
                self._timer = self._proxy.reactor.callLater(max(wait, 0), self._carry)
                return

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.gone.callback(None)
        if self.other.connected:
            self.other.transport.loseConnection()

    def not_connected(self, _failure: Failure) -> None:
        """The server cannot be reached."""
        self.gone.callback(None)
        self.other.transport.abortConnection()
