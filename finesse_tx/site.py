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
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IDelayedCall, IReactorTime, ITransport
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.http import Request as HTTPRequest
from twisted.web.http_headers import Headers
from twisted.web.iweb import INonQueuedRequestFactory
from twisted.web.resource import IResource
from twisted.web.server import Request, Site
from typing_extensions import override
from zope.interface import provider

from finesse_tx.turn import Turn, TurnOutput

__all__ = ["LINGER_S", "MAX_HEAD_BYTES", "MAX_HEAD_LINES", "MAX_UNDERWAY_BYTES", "BoundedSite"]

LINGER_S: Final = 5.0
"""How long a body that is refused is still read, and thrown away, so that the client sees the refusal."""

MAX_HEAD_BYTES: Final = 32_768
"""The longest head of a request; a line of it has at most half of that."""

MAX_HEAD_LINES: Final = 200
"""The most lines of a head."""

MAX_UNDERWAY_BYTES: Final = 67_108_864
"""What the bodies of all requests together may take that have begun and not ended; whoever sends more is refused."""

_REFUSAL: Final = b"HTTP/1.1 %b\r\n%bContent-Length: 0\r\nConnection: close\r\n\r\n"
_TOO_LARGE: Final = _REFUSAL % (b"413 Content Too Large", b"")
_TOO_MUCH: Final = _REFUSAL % (b"503 Service Unavailable", b"Retry-After: 5\r\n")
_LONG_HEAD: Final = _REFUSAL % (b"431 Request Header Fields Too Large", b"")
_LONG_URI: Final = _REFUSAL % (b"414 URI Too Long", b"")


@provider(INonQueuedRequestFactory)  # not inherited; without it each request is looked at in vain
class _BoundedRequest(Request):
    """A request whose body is refused when it is too large."""

    channel: _BoundedChannel
    _underway = 0
    _refusing: IDelayedCall | None = None

    @override
    def gotLength(self, length: int | None) -> None:
        super().gotLength(0)  # bodies are small: in memory
        if length is not None and length > self.channel.site.max_body_bytes:
            self._refuse(_TOO_LARGE)

    def _refuse(self, answer: bytes) -> None:
        self._account(0)
        if self.content is not None:
            self.content.seek(0)
            self.content.truncate()
        self.channel.write(answer)
        self._refusing = self.channel.callLater(LINGER_S, self.channel.loseConnection)

    @override
    def handleContentChunk(self, data: bytes) -> None:
        if self._refusing is not None:
            return
        site = self.channel.site
        received = self._underway + len(data)
        if received > site.max_body_bytes:
            self._refuse(_TOO_LARGE)
        elif site.underway_bytes + len(data) > MAX_UNDERWAY_BYTES:
            self._refuse(_TOO_MUCH)
        else:
            self._account(received)
            super().handleContentChunk(data)

    def _account(self, received: int) -> None:
        """So much has come of a body that is not whole."""
        self.channel.site.underway_bytes += received - self._underway
        self._underway = received

    @override
    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        self._account(0)
        if self._refusing is None:
            super().requestReceived(command, path, version)
        else:
            self.channel.loseConnection()

    @override
    def connectionLost(self, reason: Failure) -> None:
        self._account(0)
        if self._refusing is not None and self._refusing.active():
            self._refusing.cancel()
        super().connectionLost(reason)


class _BoundedChannel(HTTPChannel):
    """A connection that must finish what it begins."""

    site: BoundedSite
    requestFactory = _BoundedRequest
    totalHeadersSize = MAX_HEAD_BYTES
    _is_receiving = False
    _head_bytes = _head_lines = 0
    _head = b""  # of an answer, as long as nothing of its body is there
    _until_s: float | None = None  # when patience ends; None while a request is under way
    _look_out: IDelayedCall | None = None

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
        super().connectionLost(reason)
        self._look_away()
        self.site.channels.discard(self)
        self.site.look_whether_drained()

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
            self._refuse_head(_LONG_HEAD)
            return
        if not line:
            self._head_bytes = self._head_lines = 0
        super().lineReceived(line)

    @override
    def lineLengthExceeded(self, line: bytes) -> None:
        self._refuse_head(_LONG_HEAD if self._head_lines else _LONG_URI)

    def _refuse_head(self, answer: bytes) -> None:
        self.write(answer)
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


class BoundedSite(Site):
    """A site with limits.

    Args:
        resource: The root.
        max_body_bytes: The largest body.
        idle_timeout_s: How long a connection may take for one request, and how long it may be without one.
        clock: For time limits.

    Attributes:
        max_body_bytes: As given.
        clock: As given.
        turn: Its turns, at whose end answers are sent.
        channels: The open connections.
        underway_bytes: What the bodies take that have begun and not ended.
        is_draining: Whether `drain` was called.
    """

    protocol = _BoundedChannel  # type: ignore[assignment]  # typed for Twisted's own wrapper, which adds HTTP/2
    noisy = False

    def __init__(
        self, resource: IResource, max_body_bytes: int, idle_timeout_s: float, clock: IReactorTime
    ) -> None:
        super().__init__(
            resource,
            requestFactory=_BoundedRequest,
            parsePOSTFormSubmission=False,
            timeout=idle_timeout_s,
            reactor=clock,
        )
        self.max_body_bytes, self.clock = max_body_bytes, clock
        self.turn = Turn(clock)
        self.channels: set[_BoundedChannel] = set()
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
        return [b"http/1.1"]

    def drain(self) -> Deferred[None]:
        """Let what is under way finish, after the ports stopped listening.

        Returns:
            Fires when no connection is left.
        """
        self.is_draining = True
        drained: Deferred[None] = Deferred()
        self._drained = drained
        for channel in list(self.channels):
            if channel.is_idle:
                channel.loseConnection()
        self.look_whether_drained()
        return drained

    def hand_over(self, channel: HTTPChannel) -> None:
        """A connection is no longer HTTP, and another's to end."""
        bounded = cast("_BoundedChannel", channel)
        bounded.release()
        self.channels.discard(bounded)
        self.look_whether_drained()

    def look_whether_drained(self) -> None:
        """A connection is gone: was it the last?"""
        if self._drained is not None and not self.channels:
            drained, self._drained = self._drained, None
            drained.callback(None)
