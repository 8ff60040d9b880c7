"""BOSH on the web ports: a resource of `twisted.web`, which turns a request into a call of `ConnectionManager`.

The BOSH ports have `finesse_tx.notification.bosh_http`, which does the same for less.

`finesse_tx.site.BoundedSite` is the site: what a poll must not pay for is left out there.

Spec: XEP-0124 §5 (POST alone; ``Content-Type`` of requests is ignored), ``rest.md`` §1.9 (CORS).
"""

from __future__ import annotations

from typing import Final

from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request
from typing_extensions import override

from finesse_tx.notification.bosh import BOSHCarrier, ConnectionManager
from finesse_tx.notification.core.body import Reply
from finesse_tx.notification.core.http import GZIP_MIN_BYTES, accepts_gzip, gzipped
from finesse_tx.origins import Origins

__all__ = ["METHODS", "BOSHResource"]

METHODS: Final = b"POST, OPTIONS"
"""What may be asked of BOSH."""


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
        body = reply.body
        accepted = request.requestHeaders.getRawHeaders(b"Accept-Encoding", [b""])
        if len(body) >= GZIP_MIN_BYTES and accepts_gzip(b",".join(accepted)):
            headers.setRawHeaders(b"Content-Encoding", [b"gzip"])
            body = gzipped(body)
        headers.setRawHeaders(b"Content-Length", [b"%d" % len(body)])
        if reply.code != 200:
            request.setResponseCode(reply.code)
        request.write(body)
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
        origins: Whose pages may use it.
    """

    isLeaf = True
    log = Logger()

    def __init__(self, manager: ConnectionManager, max_body_bytes: int, origins: Origins) -> None:
        super().__init__()
        self._manager, self._max_body_bytes, self._origins = manager, max_body_bytes, origins

    @override
    def render(self, request: Request) -> int | bytes:
        origin = request.requestHeaders.getRawHeaders(b"Origin", [None])[0]
        for name, value in self._origins.headers(origin, METHODS):
            request.responseHeaders.setRawHeaders(name, [value])
        if request.postpath not in ([], [b""]):
            return self._plain(request, 404)
        if request.method == b"OPTIONS":
            return self._plain(request, 200)
        if request.method != b"POST":
            request.responseHeaders.setRawHeaders(b"Allow", [METHODS])
            return self._plain(request, 405)
        has_length = request.requestHeaders.hasHeader(b"Content-Length")
        if not has_length and request.clientproto != b"HTTP/2":  # which has no chunks
            return self._plain(request, 411)  # XEP-0124 §5: no chunks
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
