"""External components: programs that connect, prove that they know the secret, and serve a domain of their own.

wokkel's listener, with what a listener on a network needs: our XML reader, bounds on time and bytes, a comparison of
secrets that takes the same time for all, names that cannot be claimed, and a check of what a component says it is.

Spec: XEP-0114 1.6, §3 (handshake), §4 (addressing: ``from`` must be in the component's domain).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from twisted.internet.interfaces import (
    IAddress,
    IConsumer,
    IDelayedCall,
    IReactorTime,
    ITCPTransport,
)
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.words.protocols.jabber.error import StreamError as StreamException
from twisted.words.protocols.jabber.jid import JID
from twisted.words.protocols.jabber.xmlstream import (
    STREAM_AUTHD_EVENT,
    XmlStream,
    XmlStreamServerFactory,
    hashPassword,
)
from twisted.words.xish.domish import Element
from typing_extensions import override

from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.namespaces import STREAM
from finesse_tx.notification.output import BoundedOutput
from finesse_tx.notification.reader import StanzaReader
from finesse_tx.notification.router import StanzaRouter, parse_jid
from finesse_tx.notification.wokkel_names import component
from finesse_tx.xmltext import NAMESPACE_SEPARATOR

__all__ = ["MAX_COMPONENTS", "ComponentFactory", "ComponentLimits"]

CLOSE_TIMEOUT_S: Final = 5.0
"""How long a component may take to read our last words before the connection is cut."""

MAX_COMPONENTS: Final = 64
"""How many connections of components there may be."""


@dataclass(frozen=True, slots=True)
class ComponentLimits:
    """What one component may use.

    Attributes:
        handshake_timeout_s: How long it may take to prove itself.
        max_stanza_bytes: The largest stanza.
        max_pending_bytes: How much may wait for it.
    """

    handshake_timeout_s: float
    max_stanza_bytes: int
    max_pending_bytes: int


class _ComponentStream(XmlStream):
    """One component's connection."""

    log = Logger()
    factory: ComponentFactory
    transport: ITCPTransport
    stream: StanzaReader
    thisEntity: JID  # type: ignore[assignment]  # None until the header has come
    sid: str  # type: ignore[assignment]
    _output: BoundedOutput | None = None
    _timer: IDelayedCall | None = None
    is_known = False

    @override
    def _initializeStream(self) -> None:
        self.stream = StanzaReader(self, self.factory.limits.max_stanza_bytes)

    @override
    def connectionMade(self) -> None:
        limits = self.factory.limits
        self._output = BoundedOutput(
            IConsumer(self.transport), limits.max_pending_bytes, self._overflowed
        )
        self._timer = self.factory.clock.callLater(limits.handshake_timeout_s, self._late)
        super().connectionMade()

    @override
    def dataReceived(self, data: bytes) -> None:
        if self._output is None:
            return
        try:
            self.stream.feed(data)
        except StreamError as error:
            self.log.warn("a component is dropped: {error}", error=error)
            self.sendStreamError(StreamException(error.condition, text=error.text))

    def header_received(self, name: str, attributes: Mapping[str, str]) -> None:
        """The component has opened its stream."""
        uri, _, local = name.rpartition(NAMESPACE_SEPARATOR)
        self.onDocumentStart(
            Element(
                (uri, local),
                component.NS_COMPONENT_ACCEPT,
                attribs=dict(attributes),
                localPrefixes={"stream": STREAM},
            )
        )

    def element_received(self, element: Element) -> None:
        """A whole element has come."""
        if self._output is None:
            return
        if element.name == "handshake":
            element.uri = component.NS_COMPONENT_ACCEPT
        if self.is_known:
            sender = parse_jid(element.getAttribute("from") or "-")
            if sender is None or sender.host != self.thisEntity.host:
                self.sendStreamError(StreamException("invalid-from"))
                return
        self.onElement(element)

    def footer_received(self) -> None:
        """The component has closed its stream."""
        self._close()

    @override
    def send(self, obj: object) -> None:
        text = (
            obj.toXml(
                prefixes=self.prefixes,
                defaultUri=self.namespace,
                prefixesInScope=list(self.prefixes.values()),
            )
            if isinstance(obj, Element)
            else str(obj)
        )
        if self._output is not None:
            self._output.write(text.encode())

    @override
    def sendStreamError(self, streamError: StreamException) -> None:
        super().sendStreamError(streamError)
        self._close()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.known()
        self._output = None
        self.factory.connection_gone(self)
        super().connectionLost(reason)

    def known(self) -> None:
        """It has proved itself, or will not any more: its time is not measured."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self) -> None:
        output, self._output = self._output, None
        if output is not None:
            output.close()
            self.transport.loseConnection()
            self.known()
            self._timer = self.factory.clock.callLater(CLOSE_TIMEOUT_S, self._cut)

    def _cut(self) -> None:
        self._timer = None
        self.transport.abortConnection()

    def _late(self) -> None:
        self._timer = None
        self.sendStreamError(StreamException("connection-timeout"))

    def _overflowed(self) -> None:
        self.log.warn("component {name} does not read; dropped", name=self.thisEntity)
        self._output = None
        self.transport.abortConnection()


class _Authenticator(component.ListenComponentAuthenticator):
    """The handshake."""

    xmlstream: _ComponentStream

    def __init__(self, secret: str, is_free: Callable[[str], bool]) -> None:
        super().__init__(secret)
        self._is_free = is_free

    @override
    def streamStarted(self, rootElement: Element) -> None:
        claimed = parse_jid(rootElement.getAttribute("to") or "-")
        if claimed is None or claimed.user or claimed.resource:
            self._refuse("improper-addressing")
        elif not self._is_free(claimed.host):
            self._refuse("conflict")
        else:
            super().streamStarted(rootElement)

    def _refuse(self, condition: str) -> None:
        self.xmlstream.namespace = self.namespace
        self.xmlstream.sid = ""
        self.xmlstream.sendHeader()
        self.xmlstream.sendStreamError(StreamException(condition))

    @override
    def onHandshake(self, handshake: str) -> None:
        expected = hashPassword(self.xmlstream.sid, self.secret)
        if not hmac.compare_digest(handshake.lower().encode(), expected.encode()):
            self.xmlstream.sendStreamError(StreamException("not-authorized"))
        elif not self._is_free(self.xmlstream.thisEntity.host):
            self.xmlstream.sendStreamError(StreamException("conflict"))
        else:
            self.xmlstream.send("<handshake/>")
            self.xmlstream.dispatch(self.xmlstream, STREAM_AUTHD_EVENT)


class ComponentFactory(XmlStreamServerFactory):
    """Accepts components.

    Args:
        router: Where their domains are served.
        secret: What they must know; not empty.
        reserved: Domains that none may claim.
        limits: What one of them may use.
        clock: For the time limit.

    Attributes:
        limits: As given.
        clock: As given.
    """

    log = Logger()
    noisy = False
    protocol = _ComponentStream

    def __init__(
        self,
        router: StanzaRouter,
        secret: str,
        reserved: frozenset[str],
        limits: ComponentLimits,
        clock: IReactorTime,
    ) -> None:
        super().__init__(lambda: _Authenticator(secret, self._is_free))
        self._router, self._reserved = router, reserved
        self.limits, self.clock = limits, clock
        self._connections: set[_ComponentStream] = set()
        self.addBootstrap(STREAM_AUTHD_EVENT, self._known)

    @override
    def buildProtocol(self, addr: IAddress | None) -> XmlStream | None:
        if len(self._connections) >= MAX_COMPONENTS:
            return None
        stream: _ComponentStream = super().buildProtocol(addr)
        self._connections.add(stream)
        return stream

    def drain(self) -> None:
        """End every connection with ``system-shutdown``."""
        for stream in list(self._connections):
            stream.sendStreamError(StreamException("system-shutdown"))

    def connection_gone(self, stream: _ComponentStream) -> None:
        """One is gone."""
        self._connections.discard(stream)
        if stream.is_known:
            stream.is_known = False
            self.log.info("component {name} is gone", name=stream.thisEntity.host)
            self._router.removeRoute(stream.thisEntity.host, stream)

    def _is_free(self, domain: str) -> bool:
        return domain not in self._reserved and domain not in self._router.routes

    def _known(self, stream: _ComponentStream) -> None:
        stream.known()
        stream.is_known = True
        self.log.info("component {name} is connected", name=stream.thisEntity.host)
        self._router.addRoute(stream.thisEntity.host, stream)
