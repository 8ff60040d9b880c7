"""BOSH over HTTP, on `twisted.web`: a resource for any site, and a site for the ports that have nothing else.

The resource turns a request into a call of `ConnectionManager` and the answer into bytes. The site avoids what a
poll must not pay for: form parsing of the body (half of the time of a POST, ``platform.md`` §3), the line in an access
log, the line's clock. It refuses a body that is too large from its Content-Length, unread.

Spec: XEP-0124 §5 (POST alone; ``Content-Type`` of requests is ignored), ``rest.md`` §1.9 (CORS).
"""

from __future__ import annotations

from typing import Final

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site
from typing_extensions import override

from finesse_tx.notification.bosh import BOSHCarrier, ConnectionManager
from finesse_tx.notification.core.body import Reply

__all__ = ["LINGER_S", "REQUEST_TIMEOUT_S", "BOSHResource", "BOSHSite", "cors_headers"]

REQUEST_TIMEOUT_S: Final = 60
"""How long a connection may take from the first to the last byte of a request, and how long it may be without one."""

LINGER_S: Final = 5.0
"""How long a body that is refused is still read, and thrown away, so that the client sees the refusal."""

_TOO_LARGE: Final = (
    b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
_LENGTH_REQUIRED: Final = (
    b"HTTP/1.1 411 Length Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


def cors_headers(origin: bytes | None) -> list[tuple[bytes, bytes]]:
    """The cross-origin headers for a request of this origin: every origin is allowed, by name.

    Args:
        origin: The request's; None when it has none, which is not a browser's script of another origin.
    """
    if origin is None:
        return []
    return [
        (b"Access-Control-Allow-Origin", origin),
        (b"Access-Control-Allow-Credentials", b"true"),
        (b"Access-Control-Allow-Methods", b"POST, OPTIONS"),
        (b"Access-Control-Allow-Headers", b"Content-Type, X-Requested-With, Accept, Authorization"),
        (b"Access-Control-Max-Age", b"86400"),
        (b"Vary", b"Origin"),
    ]


class _Exchange:
    """One request that waits for its answer, or whose client goes away before."""

    __slots__ = ("_carrier", "_request")

    def __init__(self, request: Request) -> None:
        self._request: Request | None = request
        self._carrier: BOSHCarrier | None = None

    def start(self, manager: ConnectionManager, document: bytes) -> None:
        """Hand the request on."""
        request = self._request
        if request is None:
            return
        self._carrier = manager.handle(document, self.answer, secure=request.isSecure())
        if self._request is not None:
            request.notifyFinish().addErrback(self._broken)

    def answer(self, reply: Reply) -> None:
        """Answer it."""
        request, self._request = self._request, None
        if request is None:
            return
        headers = request.responseHeaders
        headers.setRawHeaders(b"Content-Type", [reply.content_type.encode("latin-1")])
        headers.setRawHeaders(b"Content-Length", [b"%d" % len(reply.body)])
        if reply.code != 200:
            request.setResponseCode(reply.code)
        request.write(reply.body)
        request.finish()

    def _broken(self, _reason: Failure) -> None:
        if self._request is not None and self._carrier is not None:
            self._request = None
            self._carrier.lost(self.answer)


class BOSHResource(Resource):
    """``/http-bind`` and ``/http-bind/``.

    Args:
        manager: Serves every port.
        max_body_bytes: The largest request.
    """

    isLeaf = True
    log = Logger()

    def __init__(self, manager: ConnectionManager, max_body_bytes: int) -> None:
        super().__init__()
        self._manager, self._max_body_bytes = manager, max_body_bytes

    @override
    def render(self, request: Request) -> int | bytes:
        for name, value in cors_headers(request.requestHeaders.getRawHeaders(b"Origin", [None])[0]):
            request.responseHeaders.setRawHeaders(name, [value])
        if request.postpath not in ([], [b""]):
            return self._plain(request, 404)
        if request.method == b"OPTIONS":
            return self._plain(request, 200)
        if request.method != b"POST":
            request.responseHeaders.setRawHeaders(b"Allow", [b"POST, OPTIONS"])
            return self._plain(request, 405)
        content = request.content
        document = content.read(self._max_body_bytes + 1) if content is not None else b""
        if len(document) > self._max_body_bytes:
            return self._plain(request, 413)
        _Exchange(request).start(self._manager, document)
        return NOT_DONE_YET

    @staticmethod
    def _plain(request: Request, code: int) -> bytes:
        request.setResponseCode(code)
        request.responseHeaders.setRawHeaders(b"Content-Type", [b"text/plain"])
        return b""


class _Request(Request):
    """A request whose body is refused from its length."""

    channel: _Channel
    _refusing: IDelayedCall | None = None

    @override
    def gotLength(self, length: int | None) -> None:
        super().gotLength(0)  # bodies are small: in memory
        if length is None:
            self._refuse(_LENGTH_REQUIRED)
        elif length > self.channel.site.max_body_bytes:
            self._refuse(_TOO_LARGE)

    def _refuse(self, response: bytes) -> None:
        self.channel.write(response)
        self._refusing = self.channel.callLater(LINGER_S, self.channel.loseConnection)

    @override
    def handleContentChunk(self, data: bytes) -> None:
        if self._refusing is None:
            super().handleContentChunk(data)

    @override
    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if self._refusing is None:
            super().requestReceived(command, path, version)
        else:
            self.channel.loseConnection()

    @override
    def connectionLost(self, reason: Failure) -> None:
        if self._refusing is not None and self._refusing.active():
            self._refusing.cancel()
        super().connectionLost(reason)


class _Channel(HTTPChannel):
    """A connection that must finish what it begins: a byte now and then buys no time."""

    site: BOSHSite
    requestFactory = _Request
    _is_receiving = False

    @override
    def resetTimeout(self) -> None:
        if not self._is_receiving:
            self._is_receiving = True
            super().resetTimeout()

    @override
    def allContentReceived(self) -> None:
        self._is_receiving = False
        super().allContentReceived()


class BOSHSite(Site):
    """The BOSH ports.

    Args:
        resource: Serves ``/http-bind``.
        max_body_bytes: The largest body; larger ones are refused unread.
        clock: For time limits.

    Attributes:
        max_body_bytes: As given.
    """

    protocol = _Channel  # type: ignore[assignment]  # typed for Twisted's own wrapper, which adds HTTP/2
    noisy = False

    def __init__(self, resource: BOSHResource, max_body_bytes: int, clock: IReactorTime) -> None:
        root = Resource()
        root.putChild(b"http-bind", resource)
        super().__init__(
            root,
            requestFactory=_Request,
            parsePOSTFormSubmission=False,
            timeout=REQUEST_TIMEOUT_S,
            reactor=clock,
        )
        self.max_body_bytes = max_body_bytes

    @override
    def startFactory(self) -> None:
        """No access log, and no clock for its lines: an idle agent polls twice a minute."""

    @override
    def acceptableProtocols(self) -> list[bytes]:
        return [b"http/1.1"]
