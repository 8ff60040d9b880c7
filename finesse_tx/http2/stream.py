"""A stream of HTTP/2, as a request of `twisted.web` sees it: what a connection is to a request of HTTP/1.1.

Spec: RFC 9113 §8.1: one stream, one request, one answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Protocol

from h2.errors import ErrorCodes
from twisted.internet.error import ConnectionAborted
from twisted.internet.interfaces import IAddress, IConsumer, IProducer
from twisted.python.failure import Failure
from twisted.web.http import Request
from twisted.web.http_headers import Headers
from zope.interface import implementer

from finesse_tx.bounded_request import LONG_HEAD, LONG_URI, TOO_MUCH, BoundedRequest, Refusal
from finesse_tx.http2.core.head import Fields, Head, answer_head
from finesse_tx.site import MAX_HEAD_BYTES, MAX_HEAD_LINES, MAX_LINE_BYTES, BoundedSite

__all__ = ["ENOUGH_BYTES", "MAX_UNDERWAY_BYTES", "TOO_SLOW", "Carrier", "Stream"]

ENOUGH_BYTES: Final = 65_536
"""With so much of an answer waiting, what produces it is paused."""

MAX_UNDERWAY_BYTES: Final = 16_777_216
"""What the bodies of one connection's requests may take together that have begun and not ended."""

TOO_SLOW: Final = Refusal(408, b"Request Timeout")


class Carrier(Protocol):
    """The connection, as its streams see it.

    Attributes:
        site: The site.
        underway_bytes: What the bodies of its requests take that are not whole.
    """

    site: BoundedSite
    underway_bytes: int

    def getPeer(self) -> IAddress:
        """Who the client is."""

    def getHost(self) -> IAddress:
        """Where it came to."""

    def say_continue(self, stream_id: int) -> None:
        """Tell the client to send the body."""

    def begin_answer(self, stream_id: int, head: Fields) -> None:
        """Answer."""

    def write(self, stream_id: int, data: bytes) -> None:
        """Add to the answer."""

    def waiting(self, stream_id: int) -> int:
        """How much of the answer waits, in bytes."""

    def end_answer(self, stream_id: int) -> None:
        """The answer is whole; the stream hears no more of the request."""

    def reset(self, stream_id: int, code: ErrorCodes) -> None:
        """There will be no answer, or no more of it."""

    def watch(self, stream: Stream) -> None:
        """Have it `Stream.produce` when something was sent."""

    def unwatch(self, stream: Stream) -> None:
        """That is no longer needed."""


@implementer(IConsumer)
class Stream:
    """A request's channel.

    Args:
        carrier: The connection.
        stream_id: The stream's number there.
        head: The request's.

    Attributes:
        site: The connection's.
        transport: None: a request cannot have the connection for itself.
    """

    transport = None

    def __init__(self, carrier: Carrier, stream_id: int, head: Head) -> None:
        self.site: BoundedSite = carrier.site
        self._carrier, self._id, self._head = carrier, stream_id, head
        self._underway_bytes = 0
        self._received = 0
        self._producer: Any = None
        self._is_streaming = self._is_paused = False
        channel: Any = self
        request = BoundedRequest(channel, parsePOSTFormSubmission=False)
        self._request: BoundedRequest | None = request
        for name, value in head.fields:
            request.requestHeaders.addRawHeader(name, value)
        request.parseCookies()

    # From the connection -----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The head is here: let the request in, or not."""
        request, head = self._request, self._head
        if request is None:
            return
        sizes = head.sizes()
        is_long = sum(sizes) > MAX_HEAD_BYTES or len(sizes) > MAX_HEAD_LINES
        if sizes[0] > MAX_LINE_BYTES:
            request.refuse(LONG_URI)
        elif is_long or max(sizes) > MAX_LINE_BYTES:
            request.refuse(LONG_HEAD)
        else:
            request.gotLength(head.length)
            if head.expects_continue and self._request is not None:
                self._carrier.say_continue(self._id)

    def receive(self, data: bytes) -> None:
        """A part of the body has come."""
        request = self._request
        if request is None:
            return
        if self._carrier.underway_bytes + len(data) > MAX_UNDERWAY_BYTES:
            request.refuse(TOO_MUCH)
            return
        self._received += len(data)
        self._account(self._underway_bytes + len(data))
        request.handleContentChunk(data)

    def process(self) -> None:
        """All of it is here, and it is its turn."""
        self._account(0)
        if self._request is None:
            return
        if self._head.length not in {None, self._received}:  # §8.1.1
            self._give_up(ErrorCodes.PROTOCOL_ERROR)
        else:
            self._request.requestReceived(self._head.method, self._head.target, b"HTTP/2")

    def time_out(self) -> None:
        """The rest of the request does not come."""
        if self._request is not None:
            self._request.refuse(TOO_SLOW)

    def lose(self, reason: Failure) -> None:
        """The client has taken it back, or is gone."""
        self._account(0)
        request, self._request = self._request, None
        producer = self._producer
        if request is not None:
            request.connectionLost(reason)
        if producer is not None:
            self.unregisterProducer()
            producer.stopProducing()

    def produce(self) -> None:
        """Something was sent: there may be room for more."""
        if self._producer is None:
            return
        waiting = self._carrier.waiting(self._id)
        if self._is_streaming:
            if self._is_paused and waiting <= ENOUGH_BYTES // 2:
                self._is_paused = False
                self._producer.resumeProducing()
        elif waiting < ENOUGH_BYTES:
            self._producer.resumeProducing()

    def _account(self, underway: int) -> None:
        self._carrier.underway_bytes += underway - self._underway_bytes
        self._underway_bytes = underway

    # From the request --------------------------------------------------------------------------------------------

    def refuse(self, refusal: Refusal) -> None:
        """Answer, and have the client stop sending."""
        self._account(0)
        self._request = None
        # With a body: curl 7 may wait for ever after an answer that has none, and came before it had sent anything.
        body = b"%d %b\n" % (refusal.code, refusal.reason)
        fields = [
            *refusal.headers,
            (b"Content-Type", b"text/plain"),
            (b"Content-Length", b"%d" % len(body)),
        ]
        self._carrier.begin_answer(self._id, answer_head(refusal.code, fields))
        self._carrier.write(self._id, body)
        self._carrier.end_answer(self._id)

    def refused(self) -> None:
        """Nothing: the client knows."""

    def writeHeaders(self, _version: bytes, code: bytes, _reason: bytes, headers: Headers) -> None:
        """Answer."""
        fields = ((name, value) for name, values in headers.getAllRawHeaders() for value in values)
        self._carrier.begin_answer(self._id, answer_head(int(code), fields))

    def write(self, data: bytes) -> None:
        """Add to the answer."""
        self._carrier.write(self._id, data)
        can_pause = self._is_streaming and not self._is_paused and self._producer is not None
        if can_pause and self._carrier.waiting(self._id) > ENOUGH_BYTES:
            self._is_paused = True
            self._producer.pauseProducing()

    def writeSequence(self, parts: Iterable[bytes]) -> None:
        """Add to the answer."""
        self.write(b"".join(parts))

    def requestDone(self, _request: Request) -> None:
        """The answer is whole."""
        self._request = None
        self._carrier.end_answer(self._id)

    def loseConnection(self) -> None:
        """The answer will not be whole, and the client must know (§8.1)."""
        self._give_up(ErrorCodes.INTERNAL_ERROR)

    def _give_up(self, code: ErrorCodes) -> None:
        self._carrier.reset(self._id, code)
        self.lose(Failure(ConnectionAborted()))

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Take what it produces, as fast as the client does.

        Raises:
            RuntimeError: There is one.
        """
        if self._producer is not None:
            raise RuntimeError("a producer is registered already")
        self._producer, self._is_streaming, self._is_paused = producer, streaming, False
        self._carrier.watch(self)
        if not streaming:
            self._producer.resumeProducing()

    def unregisterProducer(self) -> None:
        """It produces no more."""
        self._producer = None
        self._carrier.unwatch(self)

    def getPeer(self) -> IAddress:
        """Who the client is."""
        return self._carrier.getPeer()

    def getHost(self) -> IAddress:
        """Where it came to."""
        return self._carrier.getHost()

    def isSecure(self) -> bool:
        """Always: HTTP/2 is spoken over TLS alone here."""
        return True
