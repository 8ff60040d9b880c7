"""The HTTP that all our web ports have in common: bounded bodies, no waste, an orderly end.

- A body that is too large is refused as soon as that is known: from its Content-Length unread, or from the chunk that
  makes it so.
- Requests that have begun and not come whole take a bounded memory, all of them together.
- A head that is too long is refused, and told so.
- A request must be received within a time that a byte now and then does not buy more of.
- What a request must not pay for is left out: form parsing (half of the time of a POST, ``platform.md`` §3), the line
  in an access log, and that line's clock.
- The head of an answer goes out in one piece, with the first of its body, and at the end of the reactor's turn straight to
  the socket, which then need not be watched.
- `BoundedSite.drain` lets the requests in flight finish, and closes the connections that have none.
- A TLS client that asks for HTTP/2 gets it, from `finesse_tx.http2`, where the site is given that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol, cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IAddress,
    IConsumer,
    IDelayedCall,
    IHandshakeListener,
    IProtocol,
    IReactorTime,
    ITransport,
)
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.http import Request as HTTPRequest
from twisted.web.http_headers import Headers
from twisted.web.resource import IResource
from twisted.web.server import Site
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.bounded_request import LONG_HEAD, LONG_URI, BoundedRequest, Refusal
from finesse_tx.turn import Turn, TurnOutput

__all__ = [
    "FAREWELL_S",
    "LINGER_S",
    "MAX_HEAD_BYTES",
    "MAX_HEAD_LINES",
    "MAX_LINE_BYTES",
    "BoundedSite",
    "Connection",
]

LINGER_S: Final = 5.0
"""How long a body that is refused is still read, and thrown away, so that the client sees the refusal."""

FAREWELL_S: Final = 1.0
"""How long a client that waits for nothing has to close its side when the server stops."""

MAX_HEAD_BYTES: Final = 32_768
"""The longest head of a request."""

MAX_LINE_BYTES: Final = 16_384
"""The longest line of a head, the one with the URI too."""

MAX_HEAD_LINES: Final = 200
"""The most lines of a head."""


class Connection(Protocol):
    """A client's connection, as the site sees it."""

    def drain(self) -> None:
        """End when what is under way is done, which may be now."""


@implementer(IHandshakeListener)
class _BoundedChannel(HTTPChannel):
    """A connection of HTTP/1.1 that must finish what it begins."""

    site: BoundedSite
    requestFactory = BoundedRequest
    totalHeadersSize = MAX_HEAD_BYTES
    MAX_LENGTH = MAX_LINE_BYTES
    _is_receiving = False
    _head_bytes = _head_lines = 0
    _head = b""  # of an answer, as long as nothing of its body is there
    _until_s: float | None = None  # when patience ends; None while a request is under way
    _look_out: IDelayedCall | None = None
    _lingering: IDelayedCall | None = None

    @property
    def is_idle(self) -> bool:
        """Whether the client waits for nothing, and is not in the middle of asking."""
        return not self.requests and not self._is_receiving

    @override
    def connectionMade(self) -> None:
        super().connectionMade()
        # Every request asks, and a connection keeps its ends.
        self._host: IAddress = super().getHost()
        self._peer: IAddress = super().getPeer()
        self._is_secure: bool = super().isSecure()
        self._output = TurnOutput(self.site.turn, cast("ITransport", self.transport))
        self.site.channels.add(self)

    def handshakeCompleted(self) -> None:
        """TLS says what the client wants to speak; with HTTP/2, another protocol goes on here."""
        transport: Any = self.transport  # a TLS protocol around us, or we would not be told
        make = self.site.http2
        if make is None or transport.negotiatedProtocol != HTTP2:
            return
        IConsumer(transport).unregisterProducer()  # that was us
        successor = make(self.site)
        transport.wrappedProtocol = successor
        successor.makeConnection(transport)
        self.site.hand_over(self)

    def drain(self) -> None:
        """Close the connection now, unless a request is under way: then after it.

        A browser does not look at connections that it keeps for later, and would not answer TLS's farewell.
        """
        if self.is_idle:
            self._lingering = self.callLater(FAREWELL_S, self._abort)
            self.loseConnection()

    def _abort(self) -> None:
        transport: Any = self.transport
        transport.abortConnection()

    @override
    def getHost(self) -> IAddress:
        return self._host

    @override
    def getPeer(self) -> IAddress:
        return self._peer

    @override
    def isSecure(self) -> bool:
        return self._is_secure

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._lingering is not None and self._lingering.active():
            self._lingering.cancel()
        super().connectionLost(reason)
        self._look_away()
        self.site.gone(self)

    @override
    def setTimeout(self, period: float | None) -> float | None:
        """Patience for so long, from now on.

        Every request ends one patience and begins the next, so the reactor is not told of each: a call that comes too
        early looks again. It is the same patience every time.
        """
        was: float | None = self.timeOut
        self.timeOut = period  # type: ignore[assignment]  # Twisted says int, and any number will do
        self._until_s = None if period is None else self.site.clock.seconds() + period
        if period is not None and self._look_out is None:
            self._look_out = self.callLater(period, self._look)
        return was

    def _look_away(self) -> None:
        if self._look_out is not None:
            self._look_out.cancel()
            self._look_out = None

    def _look(self) -> None:
        self._look_out = None
        if self._until_s is None:
            return
        left_s = self._until_s - self.site.clock.seconds()
        if left_s > 0:
            self._look_out = self.callLater(left_s, self._look)
        else:
            self.timeoutConnection()

    @override
    def resetTimeout(self) -> None:
        if not self._is_receiving:
            self._is_receiving = True
            if self.timeOut is not None:
                self.setTimeout(self.timeOut)

    @override
    def lineReceived(self, line: bytes) -> None:
        self._head_bytes += len(line)
        self._head_lines += 1
        if self._head_bytes > MAX_HEAD_BYTES or self._head_lines > MAX_HEAD_LINES:
            self._refuse_head(LONG_HEAD)
            return
        if not line:
            self._head_bytes = self._head_lines = 0
        super().lineReceived(line)

    @override
    def lineLengthExceeded(self, line: bytes) -> None:
        self._refuse_head(LONG_HEAD if self._head_lines else LONG_URI)

    def _refuse_head(self, refusal: Refusal) -> None:
        self._write_refusal(refusal)
        self.loseConnection()

    def _write_refusal(self, refusal: Refusal) -> None:
        code, reason, headers = refusal
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        self.write(
            b"HTTP/1.1 %d %b\r\n%bContent-Length: 0\r\nConnection: close\r\n\r\n"
            % (code, reason, lines)
        )

    def refuse(self, refusal: Refusal) -> None:
        """Answer, and read a little more: who is cut off while sending does not see the answer."""
        self._write_refusal(refusal)
        self._lingering = self.callLater(LINGER_S, self.loseConnection)

    def refused(self) -> None:
        """The client has seen the answer, or will."""
        self.loseConnection()

    @override
    def allContentReceived(self) -> None:
        self._is_receiving = False
        super().allContentReceived()

    @override
    def writeHeaders(self, version: bytes, code: bytes, reason: bytes, headers: Headers) -> None:
        """Keep the head until there is some of the body, or none is to come."""
        lines = [
            b"%b: %b\r\n" % (name, value)
            for name, values in headers.getAllRawHeaders()
            for value in values
        ]
        self._head = b"%b %b %b\r\n%b\r\n" % (version, code, reason, b"".join(lines))

    @override
    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        self._output.write(data)

    @override
    def writeSequence(self, iovec: Iterable[bytes]) -> None:
        self.write(b"".join(iovec))

    @override
    def loseConnection(self) -> None:
        self.flush()
        super().loseConnection()

    def release(self) -> None:
        """The connection is another's from now on: everything is written, and nothing of ours watches it."""
        self.flush()
        self._look_away()

    def flush(self) -> None:
        """Whatever is to be written goes to the transport now."""
        if self._head:
            self.write(b"")
        self._output.flush()

    @override
    def requestDone(self, request: HTTPRequest) -> None:
        if self._head:
            self.write(b"")
        if (
            self._buffer or self._dataBuffer
        ):  # the next request is here, which Twisted may answer by itself: in its turn
            self.flush()
        super().requestDone(request)
        if self.site.is_draining and self.is_idle:
            self.loseConnection()


HTTP2: Final = b"h2"
HTTP1: Final = b"http/1.1"
"""As ALPN calls them (RFC 7301 §6)."""


class BoundedSite(Site):
    """A site with limits.

    Args:
        resource: The root.
        max_body_bytes: The largest body.
        idle_timeout_s: How long a connection may take for one request, and how long it may be without one.
        clock: For time limits.
        http2: Makes the protocol of a connection whose client chose HTTP/2; None: it is not offered.

    Attributes:
        max_body_bytes: As given.
        idle_timeout_s: As given.
        http2: As given.
        clock: As given.
        turn: Its turns, at whose end answers are sent.
        channels: The open connections.
        underway_bytes: What the bodies take that have begun and not ended.
        is_draining: Whether `drain` was called.
    """

    protocol = _BoundedChannel  # type: ignore[assignment]  # typed for Twisted's own wrapper, which adds HTTP/2
    noisy = False

    def __init__(
        self,
        resource: IResource,
        max_body_bytes: int,
        idle_timeout_s: float,
        clock: IReactorTime,
        http2: Callable[[BoundedSite], IProtocol] | None = None,
    ) -> None:
        super().__init__(
            resource,
            requestFactory=BoundedRequest,
            parsePOSTFormSubmission=False,
            timeout=idle_timeout_s,
            reactor=clock,
        )
        self.max_body_bytes, self.idle_timeout_s = max_body_bytes, idle_timeout_s
        self.clock, self.turn, self.http2 = clock, Turn(clock), http2
        self.channels: set[Connection] = set()
        self.underway_bytes = 0
        self.is_draining = False
        self._drained: Deferred[None] | None = None

    @override
    def startFactory(self) -> None:
        """No access log, and no clock for its lines."""

    @override
    def log(self, request: HTTPRequest) -> None:
        """Nothing: an idle agent polls twice a minute."""

    @override
    def acceptableProtocols(self) -> list[bytes]:
        return [HTTP1] if self.http2 is None else [HTTP2, HTTP1]

    def drain(self) -> Deferred[None]:
        """Let what is under way finish, after the ports stopped listening.

        Returns:
            Fires when no connection is left.
        """
        self.is_draining = True
        drained: Deferred[None] = Deferred()
        self._drained = drained
        for channel in list(self.channels):
            channel.drain()
        self.look_whether_drained()
        return drained

    def hand_over(self, channel: HTTPChannel) -> None:
        """A connection is no longer HTTP/1.1, and another's to end."""
        bounded = cast("_BoundedChannel", channel)
        bounded.release()
        self.gone(bounded)

    def gone(self, channel: Connection) -> None:
        """A connection is none of ours any more."""
        self.channels.discard(channel)
        self.look_whether_drained()

    def look_whether_drained(self) -> None:
        """A connection is gone: was it the last?"""
        if self._drained is not None and not self.channels:
            drained, self._drained = self._drained, None
            drained.callback(None)
