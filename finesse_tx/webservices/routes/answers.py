"""The head of a request as it is read, and an answer or a refusal as it is written.

Spec: ``rest.md`` §1.3 (bodies), §1.6 (errors).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from msgspec import Struct
from twisted.web.server import Request

from finesse_tx.admin.core.sessions import TOKEN_HEADER
from finesse_tx.webservices.core.errors import ApiError, ApiErrors
from finesse_tx.webservices.core.jsonbinding import json_document, wants_json
from finesse_tx.webservices.core.routing import Answer, Origin, Reply, Route
from finesse_tx.webservices.core.xmlbinding import DECLARATION, document, kept_document, render

__all__ = ["Asked", "refuse", "revalidated", "written"]

REALM: Final = b'Basic realm="Finesse"'
CONFIGURED: Final = b"private, no-cache"
_XML: Final = (b"application/xml;charset=UTF-8",)
_JSON: Final = (b"application/json",)


class Asked:
    """The head of a request, looked up once.

    Args:
        headers: By their names as Twisted writes them, ``Requestid`` for ``requestId``.
        peer: The client's address.
    """

    __slots__ = ("_headers", "peer")

    def __init__(self, headers: Mapping[bytes, Sequence[bytes]], peer: str) -> None:
        self._headers, self.peer = headers, peer

    @classmethod
    def of(cls, request: Request) -> Asked:
        """What a request says."""
        peer = getattr(request.getClientAddress(), "host", "")
        return cls(dict(request.requestHeaders.getAllRawHeaders()), peer)

    def text(self, name: bytes) -> str:
        """A header; of those given twice, the last; empty when there is none."""
        values = self._headers.get(name)
        return values[-1].decode("utf-8", "replace") if values else ""

    def origin(self, request: Request) -> Origin:
        """Where it came from, and where it went."""
        host = self.text(b"Host") or request.getRequestHostname().decode("latin-1")
        return Origin(self.peer, f"{'https' if request.isSecure() else 'http'}://{host}")


def written(request: Request, asked: Asked, route: Route[Any, Any], answer: Answer) -> bytes:
    """Write what an operation returned.

    Returns:
        The body; everything else is in ``request`` by then.
    """
    if not isinstance(answer, Reply):
        return _write(request, asked, route.status, answer)
    for name, text in answer.headers.items():
        request.setHeader(name.encode(), text.encode())
    return _write(request, asked, answer.status or route.status, answer.body, answer.content_type)


def refuse(request: Request, error: ApiError, asked: Asked | None = None) -> bytes:
    """Write a refusal; a 401 with the challenge that clients wait for before they send their password."""
    if error.status == 401 and not request.requestHeaders.hasHeader(TOKEN_HEADER):
        # A page of ours asks for the password itself: its browser must not.
        request.setHeader(b"www-authenticate", REALM)
    if error.retry_after_s is not None:
        request.setHeader(b"retry-after", b"%d" % error.retry_after_s)
    return _write(request, asked or Asked.of(request), error.status, error.envelope())


def revalidated(request: Request, asked: Asked, body: bytes) -> bytes:
    """Let whoever has this already keep it: by then it is known that he may read it."""
    if request.code != 200:
        return body
    request.setHeader(b"cache-control", CONFIGURED)
    request.responseHeaders.addRawHeader(b"Vary", b"Accept, Authorization")
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    request.setHeader(b"etag", tag.encode())
    known = asked.text(b"If-None-Match").split(",")
    if tag in {text.strip().removeprefix("W/") for text in known}:
        request.setResponseCode(304)
        for name in ("content-length", "content-type"):
            request.responseHeaders.removeHeader(name)
        return b""
    return body


def _write(
    request: Request,
    asked: Asked,
    status: int,
    value: Struct | bytes | None,
    content_type: str = "",
) -> bytes:
    if status != request.code:
        request.setResponseCode(status)
    put = request.responseHeaders.setRawHeaders
    if isinstance(value, Struct):
        accept = asked.text(b"Accept")
        if accept and wants_json(accept):
            body, kind = json_document(value), _JSON
        elif isinstance(value, ApiErrors):
            body, kind = (DECLARATION + render(value)).encode(), _XML
        elif value.__struct_config__.cache_hash:
            body, kind = kept_document(value), _XML
        else:
            body, kind = document(value), _XML
        put(b"Content-Type", kind)
    else:
        body = value or b""
        if content_type:
            put(b"Content-Type", (content_type.encode(),))
    put(b"Content-Length", (b"%d" % len(body),))
    return body
