"""Requests to this server without a connection: what a gadget asks of us, answered by the site that serves everybody.

The request is like one from the gadget's browser: with its address, so that the limits of addresses go by that, and with
the headers that the gadget gave, but with nothing of the browser's own.

Spec: ``gadgets.md`` §6.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionAborted
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web.http_headers import Headers

from finesse_tx.bounded_request import BoundedRequest, Bounds, Refusal
from finesse_tx.gadgets.core.fetch_headers import Pairs, answer_headers
from finesse_tx.gadgets.core.fetching import Answer

__all__ = ["ask", "status_of"]


class _Channel:
    """What a connection is to a request.

    Attributes:
        site: Whose resources answer.
        transport: None: there is none.
        answered: What came.
    """

    transport = None

    def __init__(
        self, site: Bounds, url: str, peer: IAddress, host: IAddress, secure: bool
    ) -> None:
        self.site, self._url, self._peer, self._host = site, url, peer, host
        self._is_secure = secure
        self._status, self._headers, self._body = 500, Headers(), bytearray()
        self._request: BoundedRequest | None = None
        self._producer: Any = None
        self.answered: Deferred[Answer] = Deferred(lambda _given_up: self._abort())

    def begin(self, method: str, path: str, headers: Pairs, body: bytes) -> None:
        """Ask."""
        channel: Any = self
        self._request = request = BoundedRequest(channel, parsePOSTFormSubmission=False)
        for name, value in headers:
            request.requestHeaders.addRawHeader(name.encode("ascii"), value.encode("latin-1"))
        request.gotLength(len(body))
        if self._request is not None:
            request.handleContentChunk(body)
        if self._request is not None:
            request.requestReceived(method.encode("ascii"), path.encode("ascii"), b"HTTP/1.1")

    def getPeer(self) -> IAddress:
        """The browser."""
        return self._peer

    def getHost(self) -> IAddress:
        """Where it came to."""
        return self._host

    def isSecure(self) -> bool:
        """Whether it came by TLS."""
        return self._is_secure

    def refuse(self, refusal: Refusal) -> None:
        """The site does not let it in."""
        self._status = refusal.code
        self._end()

    def refused(self) -> None:
        """It was answered by then."""

    def writeHeaders(self, _version: bytes, code: bytes, _reason: bytes, headers: Headers) -> None:
        """The answer begins."""
        self._status, self._headers = int(code), headers

    def write(self, data: bytes) -> None:
        """More of it."""
        self._body += data

    def writeSequence(self, pieces: list[bytes]) -> None:
        """More of it."""
        self._body += b"".join(pieces)

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        """Everything is taken: what only sends when asked is asked until it ends."""
        self._producer = producer
        while not streaming and self._producer is not None:
            producer.resumeProducing()

    def unregisterProducer(self) -> None:
        """It has ended."""
        self._producer = None

    def requestDone(self, _request: object) -> None:
        """The answer is whole."""
        self._end()

    def loseConnection(self) -> None:
        """It was answered by then."""

    def _end(self) -> None:
        self._request = None
        if self.answered.called:
            return
        pairs = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in self._headers.getAllRawHeaders()
            for value in values
        )
        answer = Answer(self._url, self._status, answer_headers(pairs), bytes(self._body))
        self.answered.callback(answer)

    def _abort(self) -> None:
        request, self._request = self._request, None
        if request is not None:
            request.connectionLost(Failure(ConnectionAborted()))


def ask(
    site: Bounds,
    url: str,
    path: str,
    method: str,
    headers: Pairs,
    body: bytes,
    peer: IAddress,
    host: IAddress,
    *,
    is_secure: bool,
) -> Deferred[Answer]:
    """Ask this server something; cancelling gives it up.

    Args:
        site: Whose resources answer.
        url: As the gadget wrote it, for the answer.
        path: Path and query.
        method: GET, POST …
        headers: What is sent, of `finesse_tx.gadgets.core.fetch_headers.request_headers`.
        body: What is sent.
        peer: The browser's address.
        host: Where it came to.
        is_secure: Whether it came by TLS.
    """
    channel = _Channel(site, url, peer, host, is_secure)
    channel.begin(method, path, headers, body)
    return channel.answered


def status_of(site: Bounds, path: str) -> Deferred[int]:
    """What this server says to HEAD of one of its paths, from nobody.

    Args:
        site: Whose resources answer.
        path: The path, ASCII.
    """
    here = IPv4Address("TCP", "127.0.0.1", 0)
    asked = ask(site, path, path, "HEAD", (), b"", here, here, is_secure=True)
    return asked.addCallback(lambda answer: answer.status)
