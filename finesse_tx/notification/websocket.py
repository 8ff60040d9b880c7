"""XMPP over WebSocket: ``/ws`` and ``/ws/``, on the BOSH ports and the web ports.

Autobahn reads frames and shakes hands; what is sent without compression is framed here, once, as a server's frame is
two to ten bytes before the stanza. One message is one element.

Spec: RFC 7395 (all of it but ``see-other-uri``), RFC 6455 §5.2, RFC 7692 (compression where a client asks for it,
each message for itself, so that no connection keeps a compressor's memory); ``notifications.md`` §3.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct
from typing import Any, Final

from autobahn.twisted.resource import WebSocketResource as AutobahnResource
from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateOfferAccept
from autobahn.websocket.types import ConnectionDeny, ConnectionRequest
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IConsumer,
    IDelayedCall,
    IProducer,
    ITCPTransport,
)
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import Request
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.notification.channel import channel_bindings
from finesse_tx.notification.connections import Connections
from finesse_tx.notification.core.counters import SLOW
from finesse_tx.notification.core.departure import Departure
from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.namespaces import FRAMING
from finesse_tx.notification.core.plain import plain_publication
from finesse_tx.notification.core.strangers import SIGN_IN_BYTES
from finesse_tx.notification.core.stream import check_version
from finesse_tx.notification.host import Host
from finesse_tx.notification.output import BoundedOutput
from finesse_tx.notification.reader import refused
from finesse_tx.notification.silence import Silence
from finesse_tx.notification.stanzas import ElementBuilder, stream_error
from finesse_tx.notification.stream import ClientStream
from finesse_tx.notification.tcp import CLOSE_TIMEOUT_S, Limits
from finesse_tx.origins import Origins
from finesse_tx.turn import Turn, TurnOutput
from finesse_tx.xmltext import StreamReader, XMLRefusedError, escape

__all__ = [
    "NO_WEBSOCKET",
    "SUBPROTOCOL",
    "WebSocketFactory",
    "WebSocketResource",
    "XMPPWebSocket",
    "text_frame",
]

SUBPROTOCOL: Final = "xmpp"

NO_WEBSOCKET: Final = b"This is XMPP over WebSocket (RFC 7395).\n"
"""What somebody reads who comes with plain HTTP; the status is 426."""

_MAX_SHORT, _MAX_MEDIUM = 125, 65_535
_MEDIUM, _LONG = Struct(">BBH"), Struct(">BBQ")
_TEXT, _MEDIUM_MARK, _LONG_MARK = 0x81, 126, 127


def text_frame(text: bytes) -> bytes:
    """One whole text message of a server (RFC 6455 §5.2)."""
    size = len(text)
    if size <= _MAX_SHORT:
        return bytes((_TEXT, size)) + text
    if size <= _MAX_MEDIUM:
        return _MEDIUM.pack(_TEXT, _MEDIUM_MARK, size) + text
    return _LONG.pack(_TEXT, _LONG_MARK, size) + text


@implementer(IConsumer)
class _Compressed:
    """What `BoundedOutput` writes to where messages are compressed: stanzas become frames on the way."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: XMPPWebSocket) -> None:
        self._protocol = protocol

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """As the transport's."""
        IConsumer(self._protocol.transport).registerProducer(producer, streaming)

    def unregisterProducer(self) -> None:
        """As the transport's."""
        IConsumer(self._protocol.transport).unregisterProducer()

    def write(self, stanza: bytes) -> None:
        """Send one message."""
        self._protocol.sendMessage(stanza, False)


class XMPPWebSocket(WebSocketServerProtocol):
    """One connection: the carrier of one `ClientStream`."""

    logger = Logger()
    factory: WebSocketFactory
    transport: ITCPTransport

    _output: BoundedOutput | None = None
    _stream: ClientStream | None = None
    _silence: Silence | None = None
    _lingering: IDelayedCall | None = None
    _frames: TurnOutput | None = None
    _has_place = _is_closing = False

    # Autobahn -------------------------------------------------------------------------------------------------------

    @override
    def onConnect(self, request: ConnectionRequest) -> str:
        if SUBPROTOCOL not in request.protocols:
            raise ConnectionDeny(400, "the sub-protocol must be xmpp")
        origin = request.headers.get("origin")
        if not self.factory.origins.may_open(origin, request.headers.get("host", "")):
            raise ConnectionDeny(403, "pages of that origin may not")
        return SUBPROTOCOL

    @override
    def onOpen(self) -> None:
        factory = self.factory
        factory.connections.add(self)
        self._allow(min(SIGN_IN_BYTES, factory.limits.max_stanza_bytes))
        compressor: object | None = self._perMessageCompress
        if compressor is None:
            self._frames = TurnOutput(factory.turn, self.transport)
        self._output = BoundedOutput(
            self._frames or _Compressed(self), factory.limits.max_pending_bytes, self._overflowed
        )
        self._has_place = factory.host.places.take()
        if not self._has_place:
            self.end(StreamError("resource-constraint", "too many sessions"))
            return
        self._stream = stream = ClientStream(factory.host, self)
        self._silence = Silence(
            factory.host.clock,
            factory.limits.idle_timeout_s,
            stream.ping,
            lambda: stream.end(StreamError("connection-timeout", "nothing heard")),
        )

    @override
    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        stream = self._stream
        if stream is None or self._is_closing:
            return
        if self._silence is not None:
            self._silence.heard()
        try:
            if isBinary:
                raise StreamError("bad-format", "a binary message")
            self._take(stream, payload)
        except StreamError as failure:
            self.logger.warn("{peer}: {failure}", peer=self.peer, failure=failure)
            stream.end(failure)

    @override
    def sendCloseFrame(self, *args: Any, **options: Any) -> None:
        """Nothing may follow it (RFC 6455 §5.5.1): what this turn has written goes before.

        The client's answer may never come, or never be read: Autobahn leaves the rest of a message that it refuses, and
        all that follows, where it is.
        """
        if self._frames is not None:
            self._frames.flush()
        super().sendCloseFrame(*args, **options)
        self._is_closing = True
        if self._silence is not None:
            self._silence.stop()
        if self._lingering is None:
            self._lingering = self.factory.host.clock.callLater(CLOSE_TIMEOUT_S, self._cut)

    @override
    def onPong(self, payload: bytes) -> None:
        if self._silence is not None:
            self._silence.heard()

    @override
    def onPing(self, payload: bytes) -> None:
        if self._silence is not None:
            self._silence.heard()
        super().onPing(payload)

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        super().connectionLost(reason)
        self._is_closing = True
        if self._lingering is not None and self._lingering.active():
            self._lingering.cancel()
        if self._silence is not None:
            self._silence.stop()
        if self._stream is not None:
            # A page that goes says so with a closing handshake; only then was it the client.
            self._stream.lost(Departure.CLOSED if self.wasClean else Departure.NETWORK)
        if self._has_place:
            self._has_place = False
            self.factory.host.places.give_back()
        self.factory.connections.gone(self)

    def _take(self, stream: ClientStream, message: bytes) -> None:
        asked = plain_publication(message)
        if asked is not None and stream.publication(asked):
            return
        builder = ElementBuilder()
        try:
            StreamReader(builder).feed(message, final=True)
        except XMLRefusedError as error:
            raise refused(error) from None
        (element,) = builder.elements
        if element.uri != FRAMING:
            stream.element(element)
        elif element.name == "open":
            check_version(element.getAttribute("version") or "1.0")
            stream.opened()
        elif element.name == "close":
            stream.closed()
        else:
            raise StreamError("bad-format", element.name)

    @property
    def waiting_bytes(self) -> int:
        """How much waits for the client."""
        return self._output.waiting_bytes if self._output is not None else 0

    # Carrier ----------------------------------------------------------------------------------------------------------

    @property
    def secure(self) -> bool:
        """Whether it came over TLS."""
        return bool(self._transport_details.is_secure)

    @property
    def can_secure(self) -> bool:
        """TLS is below WebSocket, or not at all (RFC 7395 §3.9)."""
        return False

    @property
    def resumable(self) -> bool:
        """Sessions may outlive it."""
        return True

    def bindings(self) -> Mapping[str, bytes]:
        """What identifies the TLS connection."""
        return channel_bindings(self.transport)

    def open(self, stream_id: str) -> None:
        """Send our ``<open/>``."""
        self.write(
            f'<open xmlns="{FRAMING}" from="{escape(self.factory.host.domain)}" id="{escape(stream_id)}"'
            ' version="1.0" xml:lang="en"/>'.encode()
        )

    def write(self, stanza: bytes) -> None:
        """Send one whole element."""
        if self._output is not None and not self._is_closing:
            self._output.write(stanza if self._frames is None else text_frame(stanza))

    def start_tls(self) -> None:
        """Never called: it is not offered."""

    def restart(self) -> None:
        """The client has signed in, and sends another ``<open/>``."""
        self._allow(self.factory.limits.max_stanza_bytes)

    def _allow(self, size: int) -> None:
        self.maxMessagePayloadSize = self.maxFramePayloadSize = size

    def end(self, failure: StreamError | None) -> None:
        """Say why, and close: the stream, then the WebSocket."""
        if self._is_closing or self._output is None:
            return
        if failure is not None:
            self.write(stream_error(failure))
        self.write(f'<close xmlns="{FRAMING}"/>'.encode())
        self._is_closing = True
        self._output.close()
        self.sendClose(1000)

    # ----------------------------------------------------------------------------------------------------------------

    def shut_down(self) -> None:
        """The server stops."""
        if self._stream is not None:
            self._stream.end(StreamError("system-shutdown"))

    def _cut(self) -> None:
        self.transport.abortConnection()

    def _overflowed(self) -> None:
        self.factory.host.counters.ended[SLOW] += 1
        self.logger.warn(
            "{jid}: does not read; dropped at {bytes} bytes that wait for it",
            jid=self._stream.jid if self._stream else "-",
            bytes=self.factory.limits.max_pending_bytes,
        )
        self._is_closing = True
        self._cut()


class WebSocketFactory(WebSocketServerFactory):
    """Makes `XMPPWebSocket`.

    Args:
        host: What all streams share.
        limits: What one connection may use; a message is a stanza.
        origins: Whose pages may use it.

    Attributes:
        host: As given.
        limits: As given.
        origins: As given.
        connections: Those that are open.
        turn: What they write leaves at its end.
    """

    noisy = False
    protocol = XMPPWebSocket  # type: ignore[assignment]  # as every factory's

    def __init__(self, host: Host, limits: Limits, origins: Origins) -> None:
        super().__init__(protocols=[SUBPROTOCOL], server="", reactor=host.clock)
        self.host, self.limits, self.origins = host, limits, origins
        self.connections: Connections[XMPPWebSocket] = Connections()
        self.turn = Turn(host.clock)
        size = limits.max_stanza_bytes

        def compression(offers: list[Any]) -> PerMessageDeflateOfferAccept | None:
            for offer in offers:
                if isinstance(offer, PerMessageDeflateOffer):
                    return PerMessageDeflateOfferAccept(
                        offer,
                        request_no_context_takeover=offer.accept_no_context_takeover,
                        no_context_takeover=True,
                        max_message_size=size,
                    )
            return None

        # Its timers are off: the stream's own are for every carrier.
        self.setProtocolOptions(
            versions=[13],
            webStatus=False,
            failByDrop=False,
            maxMessagePayloadSize=size,
            maxFramePayloadSize=size,
            openHandshakeTimeout=0,
            closeHandshakeTimeout=0,
            autoPingInterval=0,
            perMessageCompressionAccept=compression,
            allowNullOrigin=True,
        )

    def connection(self) -> XMPPWebSocket:
        """Make the protocol of a connection that was HTTP until now."""
        protocol = XMPPWebSocket()
        protocol.factory = self
        return protocol

    def drain(self) -> Deferred[None]:
        """End every stream with ``system-shutdown``.

        Returns:
            Fires when the last connection is gone, which is `CLOSE_TIMEOUT_S` later at the latest.
        """
        return self.connections.drain()


class WebSocketResource(Resource):
    """``/ws`` and ``/ws/``: an HTTP request that becomes a WebSocket.

    Args:
        factory: Serves every port.
    """

    isLeaf = True

    def __init__(self, factory: WebSocketFactory) -> None:
        super().__init__()
        self._upgrade = AutobahnResource(factory)

    @override
    def render(self, request: Request) -> int | bytes:
        if request.postpath not in ([], [b""]):
            request.setResponseCode(404)
            return b""
        upgrade = request.requestHeaders.getRawHeaders(b"Upgrade", [b""])[0]
        if request.method != b"GET" or upgrade.lower() != b"websocket":
            request.setResponseCode(426)
            request.responseHeaders.setRawHeaders(b"Upgrade", [b"websocket"])
            request.responseHeaders.setRawHeaders(b"Content-Type", [b"text/plain"])
            return NO_WEBSOCKET
        channel = request.channel
        IConsumer(
            channel.transport
        ).unregisterProducer()  # HTTP's channel is its producer until now
        hand_over = getattr(request.site, "hand_over", None)
        if hand_over is not None:
            hand_over(channel)
        answer: int | bytes = self._upgrade.render(request)
        return answer
