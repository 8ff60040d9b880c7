"""The stream to a server that we join as a component: one connection's life, and the stanzas on it.

wokkel's own component client keeps whatever is sent while there is no connection, reads without bounds, and takes a
connection for a success before the secret is accepted; what is ours of that is here and in
`finesse_tx.notification.joining`. Everything behind it, the publish-subscribe service above all, is wokkel's.

Spec: XEP-0114 1.6, §3 (the protocol flow).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import (
    IConsumer,
    IDelayedCall,
    IReactorTime,
    ITCPTransport,
)
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.words.xish.domish import Element
from typing_extensions import override

from finesse_tx.errors import RemoteProtocolError
from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.handshake import handshake
from finesse_tx.notification.core.namespaces import COMPONENT, STREAM, STREAMS
from finesse_tx.notification.output import BoundedOutput
from finesse_tx.notification.reader import StanzaReader
from finesse_tx.xmltext import NAMESPACE_SEPARATOR, escape

__all__ = ["HANDSHAKE_S", "NETWORK", "LinkLostError", "LinkStream", "LinkTerms"]

HANDSHAKE_S: Final = 20.0
"""How long a server may take to accept us."""

NETWORK: Final = "network"
"""Why a link is lost that nobody gave a reason for."""


class LinkLostError(RemoteProtocolError):
    """There is no link any more, or there never was.

    Attributes:
        condition: A stream error of RFC 6120 §4.9.3, or ``network``.
        text: What the server says about it; may be empty.
    """

    def __init__(self, condition: str, text: str = "") -> None:
        super().__init__(condition, text)
        self.condition, self.text = condition, text

    def __str__(self) -> str:
        return f"{self.condition}: {self.text}" if self.text else self.condition


class LinkTerms:
    """What all connections have in common.

    Args:
        jid: The component's address.
        secret: What it proves itself with.
        max_stanza_bytes: The largest stanza that is read.
        max_pending_bytes: How much may wait for a server that does not read.
        clock: For the time that a handshake may take.
        received: Gets every stanza.
    """

    __slots__ = (
        "clock",
        "jid",
        "max_pending_bytes",
        "max_stanza_bytes",
        "received",
        "secret",
    )

    def __init__(
        self,
        jid: str,
        secret: str,
        max_stanza_bytes: int,
        max_pending_bytes: int,
        clock: IReactorTime,
        received: Callable[[Element], None],
    ) -> None:
        self.jid, self.secret = jid, secret
        self.max_stanza_bytes, self.max_pending_bytes = max_stanza_bytes, max_pending_bytes
        self.clock, self.received = clock, received


class LinkStream(Protocol):
    """One connection.

    Args:
        terms: What it has in common with the others.
        lost: Told why it is over, once it was accepted.

    Attributes:
        accepted: Fires when the server has accepted us; fails with a `LinkLostError` when it does not.
    """

    log = Logger()
    transport: ITCPTransport
    _output: BoundedOutput | None = None
    _timer: IDelayedCall | None = None

    def __init__(self, terms: LinkTerms, lost: Callable[[LinkLostError], None]) -> None:
        self._terms, self._lost = terms, lost
        self._reader = StanzaReader(self, terms.max_stanza_bytes)
        self._stream_id: str | None = None
        self._is_accepted = False
        self._why = LinkLostError(NETWORK)
        self.accepted: Deferred[None] = Deferred()

    @property
    def waiting_bytes(self) -> int:
        """How much waits for the server to read."""
        return self._output.waiting_bytes if self._output is not None else 0

    def write(self, data: bytes) -> None:
        """Send whole stanzas."""
        if self._output is not None:
            self._output.write(data)

    def close(self) -> None:
        """End the stream; what was written is still sent."""
        output, self._output = self._output, None
        if output is not None:
            output.write(b"</stream:stream>")
            output.close()
            self.transport.loseConnection()

    # The connection -------------------------------------------------------------------------------------------------

    @override
    def connectionMade(self) -> None:
        terms = self._terms
        self.transport.setTcpNoDelay(True)
        self.transport.setTcpKeepAlive(True)
        self._output = BoundedOutput(
            IConsumer(self.transport), terms.max_pending_bytes, self._overflowed
        )
        self._timer = terms.clock.callLater(HANDSHAKE_S, self._late)
        self.write(
            f"<?xml version='1.0'?><stream:stream xmlns='{COMPONENT}' xmlns:stream='{STREAM}'"
            f" to='{escape(terms.jid)}'>".encode()
        )

    @override
    def dataReceived(self, data: bytes) -> None:
        if self._output is None:
            return
        try:
            self._reader.feed(data)
        except StreamError as error:
            self._give_up(LinkLostError(error.condition, f"from the server: {error.text}"))

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._settle()
        self._output = None
        if self._why.condition == NETWORK and not reason.check(ConnectionDone):
            self._why = LinkLostError(NETWORK, reason.getErrorMessage())
        if self._is_accepted:
            self._lost(self._why)
        else:
            self.accepted.errback(self._why)

    # The stream -----------------------------------------------------------------------------------------------------

    def header_received(self, name: str, attributes: Mapping[str, str]) -> None:
        """The server has opened its stream."""
        found = attributes.get("id", "")
        if name != f"{STREAM}{NAMESPACE_SEPARATOR}stream" or not found:
            self._give_up(LinkLostError("invalid-namespace", "no XMPP server"))
            return
        self.write(f"<handshake>{handshake(found, self._terms.secret)}</handshake>".encode())

    def element_received(self, element: Element) -> None:
        """A whole element has come."""
        if self._output is None:
            return
        if element.uri == STREAM and element.name == "error":
            self._give_up(_told(element))
        elif self._is_accepted:
            self._terms.received(element)
        elif element.name == "handshake":
            self._is_accepted = True
            self._settle()
            self.accepted.callback(None)

    def footer_received(self) -> None:
        """The server has closed its stream."""
        self.close()

    # ----------------------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self, why: LinkLostError) -> None:
        self._why, self._output = why, None
        self.transport.abortConnection()

    def _late(self) -> None:
        self._timer = None
        self._give_up(LinkLostError("connection-timeout", "no answer to the handshake"))

    def _overflowed(self) -> None:
        self._give_up(LinkLostError("resource-constraint", "the server does not read"))


def _told(error: Element) -> LinkLostError:
    """What the server says before it closes the stream."""
    condition, text = "undefined-condition", ""
    for one in error.elements():
        if one.uri == STREAMS and one.name == "text":
            text = str(one)[:200]
        elif one.uri == STREAMS and one.name in _CONDITIONS:
            condition = one.name
    return LinkLostError(condition, text)


_CONDITIONS: Final = frozenset(
    {
        "bad-format",
        "bad-namespace-prefix",
        "conflict",
        "connection-timeout",
        "host-gone",
        "host-unknown",
        "improper-addressing",
        "internal-server-error",
        "invalid-from",
        "invalid-namespace",
        "invalid-xml",
        "not-authorized",
        "not-well-formed",
        "policy-violation",
        "remote-connection-failed",
        "reset",
        "resource-constraint",
        "restricted-xml",
        "see-other-host",
        "system-shutdown",
        "undefined-condition",
        "unsupported-encoding",
        "unsupported-feature",
        "unsupported-stanza-type",
        "unsupported-version",
    }
)
"""RFC 6120 §4.9.3: what a label of a metric may be."""
