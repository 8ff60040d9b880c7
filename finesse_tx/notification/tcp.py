"""XMPP over TCP: 5222 with STARTTLS, 5223 over TLS from the first byte.

Spec: RFC 6120 §4 (streams; ``to`` of the header is not looked at, ``notifications.md`` §1.2), §4.6.1 (white space as
keep-alive), §5 (STARTTLS), §11 (what XML may not contain), §13.12 (limits). RFC 7590 is the operator's matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IAddress,
    IConsumer,
    IDelayedCall,
    IOpenSSLServerConnectionCreator,
    ITCPTransport,
    ITLSTransport,
)
from twisted.internet.protocol import Factory, Protocol
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.words.xish.domish import Element
from typing_extensions import override

from finesse_tx.notification.channel import channel_bindings
from finesse_tx.notification.connections import Connections
from finesse_tx.notification.core.counters import SLOW
from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.namespaces import CLIENT, STREAM
from finesse_tx.notification.core.strangers import SIGN_IN_BYTES, SIGN_IN_ELEMENTS
from finesse_tx.notification.core.stream import check_version
from finesse_tx.notification.host import Host
from finesse_tx.notification.output import BoundedOutput
from finesse_tx.notification.reader import StanzaReader
from finesse_tx.notification.silence import Silence
from finesse_tx.notification.stanzas import stream_error
from finesse_tx.notification.stream import ClientStream
from finesse_tx.xmltext import escape

__all__ = ["CLOSE_TIMEOUT_S", "Limits", "XMPPFactory", "XMPPProtocol"]

CLOSE_TIMEOUT_S: Final = 5.0
"""How long a peer may take to read our last words before the connection is cut."""

_HEADER: Final = (
    "<?xml version='1.0'?>"
    f'<stream:stream xmlns="{CLIENT}" xmlns:stream="{STREAM}" id="{{id}}" from="{{domain}}" version="1.0"'
    ' xml:lang="en">'
)
_FOOTER: Final = b"</stream:stream>"
_ROOT: Final = f"{STREAM} stream"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection may use.

    Attributes:
        max_stanza_bytes: A stanza up to this size is always read; one larger by more than its end tag never is.
        max_pending_bytes: How much may wait for a peer that does not read.
        idle_timeout_s: How long it may say nothing. Half of it later it is pinged.
    """

    max_stanza_bytes: int
    max_pending_bytes: int
    idle_timeout_s: float


class XMPPProtocol(Protocol):
    """One connection: the carrier of one `ClientStream`."""

    log = Logger()
    transport: ITCPTransport
    factory: XMPPFactory

    _output: BoundedOutput | None = None
    _stream: ClientStream | None = None
    _incoming: StanzaReader | None = None
    _silence: Silence | None = None
    _lingering: IDelayedCall | None = None
    _has_place = _has_header = _is_closing = False

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure

    # Twisted --------------------------------------------------------------------------------------------------------

    @override
    def connectionMade(self) -> None:
        factory = self.factory
        factory.connections.add(self)
        self.transport.setTcpNoDelay(True)
        self._output = BoundedOutput(
            IConsumer(self.transport), factory.limits.max_pending_bytes, self._overflowed
        )
        self._incoming = self._sign_in_reader()
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
    def dataReceived(self, data: bytes) -> None:
        if self._is_closing or self._incoming is None:
            return
        if self._silence is not None:
            self._silence.heard()
        try:
            self._incoming.feed(data)
        except StreamError as failure:
            self.log.warn("{peer}: {failure}", peer=self.transport.getPeer(), failure=failure)
            if self._stream is not None:
                self._stream.end(failure)

    @override
    def connectionLost(self, reason: Failure | None = None) -> None:
        self._is_closing = True
        self._incoming = None
        if self._lingering is not None and self._lingering.active():
            self._lingering.cancel()
        if self._silence is not None:
            self._silence.stop()
        if self._stream is not None:
            self._stream.lost()
        if self._has_place:
            self.factory.host.places.give_back()
        self.factory.connections.gone(self)

    # The incoming stream --------------------------------------------------------------------------------------------

    def header_received(self, name: str, attributes: Mapping[str, str]) -> None:
        """The client has opened a stream."""
        if name != _ROOT:
            raise StreamError("invalid-namespace", "not a stream of XMPP")
        check_version(attributes.get("version", "0.9"))
        if self._stream is not None:
            self._stream.opened()

    def element_received(self, element: Element) -> None:
        """A whole element has come."""
        if self._stream is not None and not self._is_closing:
            self._stream.element(element)

    def footer_received(self) -> None:
        """The client has closed its stream."""
        if self._stream is not None and not self._is_closing:
            self._stream.closed()

    @property
    def waiting_bytes(self) -> int:
        """How much waits for the client."""
        return self._output.waiting_bytes if self._output is not None else 0

    # Carrier ----------------------------------------------------------------------------------------------------------

    @property
    def secure(self) -> bool:
        """Whether it is encrypted."""
        return self._secure

    @property
    def can_secure(self) -> bool:
        """Whether STARTTLS would encrypt it."""
        return self.factory.tls is not None

    @property
    def resumable(self) -> bool:
        """Sessions may outlive it."""
        return True

    def bindings(self) -> Mapping[str, bytes]:
        """What identifies the TLS connection."""
        return channel_bindings(self.transport)

    def open(self, stream_id: str) -> None:
        """Send our header."""
        self._has_header = True
        self.write(_HEADER.format(id=escape(stream_id), domain=self.factory.host.domain).encode())

    def write(self, stanza: bytes) -> None:
        """Send one whole element."""
        if self._output is not None and not self._is_closing:
            self._output.write(stanza)

    def start_tls(self) -> None:
        """Encrypt."""
        if self.factory.tls is not None:
            ITLSTransport(self.transport).startTLS(self.factory.tls)
            self._secure = True
            self._read_on(self._sign_in_reader())

    def restart(self) -> None:
        """Read a new stream from here on, of somebody who has signed in."""
        self._read_on(StanzaReader(self, self.factory.limits.max_stanza_bytes))

    def _sign_in_reader(self) -> StanzaReader:
        most = min(SIGN_IN_BYTES, self.factory.limits.max_stanza_bytes)
        return StanzaReader(self, most, SIGN_IN_ELEMENTS)

    def _read_on(self, reader: StanzaReader) -> None:
        if self._incoming is not None:
            self._incoming.over = True
            self._incoming, self._has_header = reader, False

    def end(self, failure: StreamError | None) -> None:
        """Say why, and close."""
        if self._is_closing or self._output is None:
            return
        last = stream_error(failure) if failure is not None else b""
        if not self._has_header:
            self.open("")
        self.write(last + _FOOTER)
        self._is_closing = True
        self._output.close()
        self.transport.loseConnection()
        if self._silence is not None:
            self._silence.stop()
        self._lingering = self.factory.host.clock.callLater(
            CLOSE_TIMEOUT_S, self.transport.abortConnection
        )

    # ----------------------------------------------------------------------------------------------------------------

    def shut_down(self) -> None:
        """The server stops."""
        if self._stream is not None:
            self._stream.end(StreamError("system-shutdown"))

    def _overflowed(self) -> None:
        self.factory.host.counters.ended[SLOW] += 1
        self.log.warn(
            "{jid}: does not read; dropped at {bytes} bytes that wait for it",
            jid=self._stream.jid if self._stream else "-",
            bytes=self.factory.limits.max_pending_bytes,
        )
        self._is_closing = True
        self.transport.abortConnection()


class XMPPFactory(Factory):
    """Makes `XMPPProtocol`.

    Args:
        host: What all streams share.
        limits: What one connection may use.
        tls: For STARTTLS; None: it is not offered.
        secure: Whether connections are encrypted already when they come.

    Attributes:
        host: As given.
        limits: As given.
        tls: As given.
        connections: Those that are open.
    """

    noisy = False

    def __init__(
        self,
        host: Host,
        limits: Limits,
        tls: IOpenSSLServerConnectionCreator | None = None,
        *,
        secure: bool = False,
    ) -> None:
        self.host, self.limits, self.tls, self._secure = host, limits, tls, secure
        self.connections: Connections[XMPPProtocol] = Connections()

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        protocol = XMPPProtocol(secure=self._secure)
        protocol.factory = self
        return protocol

    def drain(self) -> Deferred[None]:
        """End every stream with ``system-shutdown``.

        Returns:
            Fires when the last connection is gone, which is `CLOSE_TIMEOUT_S` later at the latest.
        """
        return self.connections.drain()
