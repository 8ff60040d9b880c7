"""The BOSH ports: HTTP/1.1 of our own, with nothing in it that a poll must not pay for.

It has ``/http-bind``, ``/ws`` and the files of ``/tunnel/``, does what `finesse_tx.notification.web` does on the web ports, and is
held to the same tests. Requests that a client sends on one connection without waiting are handed on at once, so that
nobody waits behind his own held poll; their answers leave in the order of the requests.

Spec: XEP-0124 §5 and §11; RFC 9112 §9.3.2 (pipelining); ``rest.md`` §1.9 (CORS).
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import Final

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IAddress,
    IConsumer,
    IDelayedCall,
    IPushProducer,
    IReactorTime,
    ISSLTransport,
    ITCPTransport,
)
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.logger import Logger
from twisted.protocols.policies import ProtocolWrapper
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.direct import write_now
from finesse_tx.notification.bosh import BOSHCarrier, ConnectionManager
from finesse_tx.notification.connections import Connections
from finesse_tx.notification.core.body import CONTENT_TYPE, Reply
from finesse_tx.notification.core.http import (
    CONTINUE,
    GZIP_MIN_BYTES,
    Head,
    HTTPRequest,
    RefusedError,
    RequestReader,
    accepts_gzip,
    gzipped,
    response,
)
from finesse_tx.notification.tunnel import TUNNEL, TunnelFiles
from finesse_tx.notification.web import METHODS
from finesse_tx.notification.websocket import NO_WEBSOCKET, WebSocketFactory
from finesse_tx.origins import Headers, Origins
from finesse_tx.site import LINGER_S

__all__ = ["BOSH_TIMEOUT_S", "MAX_PIPELINED", "MAX_UNDERWAY_BYTES", "BOSHFactory", "BOSHProtocol"]

MAX_PIPELINED: Final = 16
"""How many requests of one connection may wait for their answers; one more, and the connection is cut."""

BOSH_TIMEOUT_S: Final = 60.0
"""How long a connection may take for one request, and how long it may be without one; a held request is one."""

MAX_UNDERWAY_BYTES: Final = 67_108_864
"""What all requests together may take that have begun and not ended; whoever sends more is cut off. Most requests come
whole, and take none of it."""

_TYPE: Final = b"Content-Type: %s\r\n" % CONTENT_TYPE.encode()
_PLAIN: Final = b"Content-Type: text/plain\r\n"
_ALLOW: Final = _PLAIN + b"Allow: POST, OPTIONS\r\n"
_ALLOW_GET: Final = _PLAIN + b"Allow: GET, HEAD\r\n"
_TO_TUNNEL: Final = b"Location: %s\r\n" % TUNNEL.encode()
_UPGRADE: Final = _PLAIN + b"Upgrade: websocket\r\n"
_GZIP: Final = b"Content-Encoding: gzip\r\n"

_LONG: Final = frozenset({413, 431})
_BOSH: Final = frozenset({b"/http-bind", b"/http-bind/"})
_WEBSOCKET: Final = frozenset({b"/ws", b"/ws/"})
_TUNNEL: Final = TUNNEL.encode()


def _lines(headers: Headers) -> bytes:
    return b"".join(b"%s: %s\r\n" % pair for pair in headers)


class _Exchange:
    """One request and its answer."""

    __slots__ = ("_has_body", "_keeps_alive", "_protocol", "carrier", "cors", "gzip", "written")

    def __init__(self, protocol: BOSHProtocol, request: HTTPRequest) -> None:
        headers = request.head.headers
        self._protocol, self._keeps_alive = protocol, request.head.keeps_alive
        self._has_body = request.head.method != b"HEAD"
        self.cors = protocol.factory.cors(headers.get(b"origin"))
        self.gzip = accepts_gzip(headers.get(b"accept-encoding", b""))
        self.carrier: BOSHCarrier | None = None
        self.written = b""

    def answer(self, reply: Reply) -> None:
        """Answer it: what a session calls."""
        body = reply.body
        if reply.content_type == CONTENT_TYPE:
            headers = _TYPE
        else:
            headers = b"Content-Type: %s\r\n" % reply.content_type.encode("latin-1")
        if self.gzip and len(body) >= GZIP_MIN_BYTES:
            headers, body = headers + _GZIP, gzipped(body)
        self.say(reply.code, headers, body)

    def say(self, code: int, headers: bytes, body: bytes) -> None:
        """Answer it, with whatever."""
        self.written = response(
            code,
            headers + self.cors,
            body,
            keeps_alive=self._keeps_alive,
            has_body=self._has_body,
        )
        self._protocol.answered()

    @property
    def is_last(self) -> bool:
        """Whether the client wants no more on this connection."""
        return not self._keeps_alive


@implementer(IPushProducer)
class BOSHProtocol(Protocol):
    """One connection. It is the producer of what it writes: who does not read is not read from."""

    log = Logger()
    transport: ITCPTransport
    factory: BOSHFactory

    _timer: IDelayedCall | None = None
    _underway = 0
    _is_closing = False

    # Twisted --------------------------------------------------------------------------------------------------------

    @override
    def connectionMade(self) -> None:
        factory = self.factory
        factory.connections.add(self)
        self.transport.setTcpNoDelay(True)
        IConsumer(self.transport).registerProducer(self, True)
        self._reader = RequestReader(factory.max_body_bytes)
        self._exchanges: deque[_Exchange] = deque()
        self._secure = ISSLTransport.providedBy(self.transport)
        self._since = factory.clock.seconds()
        self._timer = factory.clock.callLater(BOSH_TIMEOUT_S, self._look)

    @override
    def dataReceived(self, data: bytes) -> None:
        if self._is_closing:
            return
        reader = self._reader
        if reader.is_between:
            self._since = self.factory.clock.seconds()
        try:
            whole = reader.whole(data)
            if whole is not None:
                self._serve(whole)
                return
            reader.feed(data)
            while not self._is_closing and (request := reader.take()) is not None:
                self._since = self.factory.clock.seconds()
                self._serve(request)
        except RefusedError as error:
            self.log.info("{peer}: {error}", peer=self.transport.getPeer(), error=error)
            self._refuse(error)
            return
        self._account(reader.waiting_bytes)
        if not (reader.is_between or self._is_closing) and reader.take_expectation():
            self.transport.write(CONTINUE)

    def _account(self, waiting: int) -> None:
        """So much has come of a request that is not whole."""
        factory = self.factory
        factory.underway_bytes += waiting - self._underway
        self._underway = waiting
        if factory.underway_bytes > MAX_UNDERWAY_BYTES and waiting:
            self.log.warn("{peer}: too much is under way", peer=self.transport.getPeer())
            self._account(0)
            self._cut()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._account(0)
        self._leave()
        exchanges, self._exchanges = self._exchanges, deque()
        for exchange in exchanges:
            if exchange.carrier is not None and not exchange.written:
                exchange.carrier.lost(exchange.answer)

    # IPushProducer --------------------------------------------------------------------------------------------------

    def pauseProducing(self) -> None:
        """The client does not read: it need not ask either."""
        self._producer().pauseProducing()

    def resumeProducing(self) -> None:
        """It does again."""
        self._producer().resumeProducing()

    def stopProducing(self) -> None:
        """The connection is gone."""

    def _producer(self) -> IPushProducer:
        return IPushProducer(self.transport)

    # Requests ---------------------------------------------------------------------------------------------------------

    def _serve(self, request: HTTPRequest) -> None:
        head = request.head
        if head.path in _WEBSOCKET and self._is_upgrade(request):
            self._hand_over(request)
            return
        if len(self._exchanges) >= MAX_PIPELINED:
            self.log.warn("{peer}: too many requests at once", peer=self.transport.getPeer())
            self._cut()
            return
        exchange = _Exchange(self, request)
        self._exchanges.append(exchange)
        if head.path in _WEBSOCKET:
            exchange.say(426, _UPGRADE, NO_WEBSOCKET)
        elif head.path not in _BOSH:
            self._serve_file(exchange, head)
        elif head.method == b"POST":
            exchange.carrier = self.factory.manager.handle(
                request.body, exchange.answer, secure=self._secure
            )
        elif head.method == b"OPTIONS":
            exchange.say(200, _PLAIN, b"")
        else:
            exchange.say(405, _ALLOW, b"")

    def _serve_file(self, exchange: _Exchange, head: Head) -> None:
        file = self.factory.files.get(head.path)
        if head.path == _TUNNEL[:-1]:
            exchange.say(301, _PLAIN + _TO_TUNNEL, b"")
        elif file is None:
            exchange.say(404, _PLAIN, b"")
        elif head.method not in {b"GET", b"HEAD"}:
            exchange.say(405, _ALLOW_GET, b"")
        else:
            host = head.headers.get(b"host", b"")
            exchange.say(200, _lines(self.factory.files.headers(file, host)), file.body)

    def answered(self) -> None:
        """An answer is there: send it, and those after it that waited for it."""
        exchanges, said = self._exchanges, b""
        while exchanges and exchanges[0].written:
            exchange = exchanges.popleft()
            said = said + exchange.written if said else exchange.written
            self._is_closing = self._is_closing or exchange.is_last
        if not said:
            return
        write_now(self.transport, said)
        self._since = self.factory.clock.seconds()
        if self._is_closing or (self.factory.is_draining and not exchanges):
            self._close()

    def _refuse(self, error: RefusedError) -> None:
        """Answer what is no request, unless answers before it are due, and read no more."""
        if self._exchanges:
            self._cut()
            return
        self.transport.write(response(error.code, _PLAIN, b"", keeps_alive=False))
        if error.code in _LONG:
            # The client is still sending, and would lose the answer with the connection: let it, for a while.
            self._is_closing = True
            self._wait(LINGER_S)
        else:
            self._close()

    # WebSocket --------------------------------------------------------------------------------------------------------

    def _is_upgrade(self, request: HTTPRequest) -> bool:
        head = request.head
        return (
            head.method == b"GET"
            and head.headers.get(b"upgrade", b"").lower() == b"websocket"
            and not self._exchanges
        )

    def _hand_over(self, request: HTTPRequest) -> None:
        """From here on the connection is a WebSocket's."""
        transport = self.transport
        IConsumer(transport).unregisterProducer()
        self._account(0)
        self._leave()
        self._is_closing = True
        protocol = self.factory.websocket.connection()
        if isinstance(transport, ProtocolWrapper):  # TLS
            transport.wrappedProtocol = protocol
        else:
            transport.protocol = protocol  # type: ignore[attr-defined]  # every TCP transport has one
        protocol.makeConnection(transport)
        protocol.dataReceived(request.raw + request.body + self._reader.rest())

    # The end ----------------------------------------------------------------------------------------------------------

    def shut_down(self) -> None:
        """The server stops: what is asked is still answered."""
        if not self._exchanges and self._reader.is_between:
            self._close()

    def _close(self) -> None:
        self._is_closing = True
        IConsumer(self.transport).unregisterProducer()
        self.transport.loseConnection()
        self._wait(LINGER_S)

    def _cut(self) -> None:
        self._is_closing = True
        self.transport.abortConnection()

    def _leave(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.factory.connections.gone(self)

    def _wait(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()  # and not `reset`: see BOSHCarrier
            self._timer = self.factory.clock.callLater(seconds, self._look)

    def _look(self) -> None:
        """Cut a connection that asks nothing, or does not end what it asks."""
        self._timer = None
        clock = self.factory.clock
        if self._is_closing:
            self._cut()
            return
        left_s = BOSH_TIMEOUT_S - (clock.seconds() - self._since)
        if self._exchanges:
            left_s = BOSH_TIMEOUT_S
        if left_s <= 0:
            self._timer = clock.callLater(LINGER_S, self._look)
            self._close()
        else:
            self._timer = clock.callLater(left_s, self._look)


class BOSHFactory(Factory):
    """Makes `BOSHProtocol`.

    Args:
        manager: The sessions.
        websocket: The connections of ``/ws``.
        max_body_bytes: The largest request.
        clock: For time limits.
        origins: Whose pages may use it.

    Attributes:
        manager: As given.
        websocket: As given.
        max_body_bytes: As given.
        clock: As given.
        files: Of ``/tunnel/``.
        cors: The header lines for a request of some origin, or of none.
        connections: Those that are open.
        is_draining: Whether `drain` was called.
        underway_bytes: What requests take that are not whole.
    """

    noisy = False

    def __init__(
        self,
        manager: ConnectionManager,
        websocket: WebSocketFactory,
        max_body_bytes: int,
        clock: IReactorTime,
        origins: Origins,
    ) -> None:
        self.files = TunnelFiles(origins)
        lines = lru_cache(256)(_lines)
        # By the headers, not by the origin: whose pages may changes while we run.
        self.cors = lambda origin: lines(origins.headers(origin, METHODS))
        self.manager, self.websocket = manager, websocket
        self.max_body_bytes, self.clock = max_body_bytes, clock
        self.connections: Connections[BOSHProtocol] = Connections()
        self.is_draining, self.underway_bytes = False, 0

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        protocol = BOSHProtocol()
        protocol.factory = self
        return protocol

    def drain(self) -> Deferred[None]:
        """Let what is asked be answered, and close.

        Returns:
            Fires when no connection is left.
        """
        self.is_draining = True
        return self.connections.drain()
