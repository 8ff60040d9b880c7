"""One connection for one fetch: to an address that was judged, and to no other.

The name is resolved here, once. What connects is told addresses, never the name again, so that an answer that changes
between the judgement and the connection changes nothing; the name is only what TLS verifies and what Host says.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address
from typing import Any, Final, NamedTuple

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, wrapClientTLS
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IProtocol,
    IProtocolFactory,
    IResolutionReceiver,
    IStreamClientEndpoint,
    ITCPTransport,
)
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.web.client import URI, Agent
from twisted.web.http_headers import Headers
from twisted.web.iweb import (
    IAgent,
    IAgentEndpointFactory,
    IBodyProducer,
    IPolicyForHTTPS,
    IResponse,
)
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.gadgets.core.addresses import IPAddress
from finesse_tx.gadgets.core.outbound import Target

__all__ = ["MAX_ADDRESSES", "MAX_HEAD_BYTES", "Connection", "PinnedAgent", "Place", "resolve"]

MAX_ADDRESSES: Final = 16
"""How many addresses of a name are looked at; the others are neither judged nor connected to."""

MAX_HEAD_BYTES: Final = 65_536
"""How much an answer may have beside its body: status, headers, framing."""


@implementer(IResolutionReceiver)
class _Addresses:
    """What a name resolves to."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self.complete: Deferred[list[str]] = Deferred()

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Nothing is to be kept: the reactor's own resolver cannot be cancelled."""

    def addressResolved(self, address: IAddress) -> None:
        """Keep it."""
        if len(self._found) < MAX_ADDRESSES:
            self._found.append(str(getattr(address, "host", "")))

    def resolutionComplete(self) -> None:
        """That was all; nobody may wait any more."""
        if not self.complete.called:
            self.complete.callback(self._found)


def resolve(resolver: IHostnameResolver, host: str) -> Deferred[list[str]]:
    """The addresses of a name, as text; none when there is no such name."""
    addresses = _Addresses()
    resolver.resolveHostName(addresses, host)
    return addresses.complete


class _Counted(ProtocolWrapper):
    """A connection that is cut when more comes than an answer may have."""

    room = 0
    """How much may still come, in bytes; below 0: too much did."""

    @override
    def dataReceived(self, data: bytes) -> None:
        self.room -= len(data)
        if self.room < 0:
            self.abort()
        else:
            super().dataReceived(data)

    def abort(self) -> None:
        """Cut it; nothing is waited for."""
        ITCPTransport(self.transport).abortConnection()


class _Counting(WrappingFactory[_Counted]):
    """Makes one, with so much room, and remembers how it ended."""

    protocol = _Counted
    noisy = False

    def __init__(self, wrapped: IProtocolFactory, room: int) -> None:
        super().__init__(wrapped)
        self._room, self.is_overrun = room, False

    @override
    def registerProtocol(self, p: _Counted) -> None:
        p.room = self._room
        super().registerProtocol(p)

    @override
    def unregisterProtocol(self, p: _Counted) -> None:
        self.is_overrun = p.room < 0
        super().unregisterProtocol(p)


class Place(NamedTuple):
    """How connections are made.

    Attributes:
        reactor: Where.
        https: What verifies certificates.
        connect_s: How long one address may take.
    """

    reactor: Any
    https: IPolicyForHTTPS
    connect_s: float


@implementer(IStreamClientEndpoint, IAgentEndpointFactory)
class Connection:
    """A connection to one of the judged addresses, in their order.

    Args:
        place: How connections are made.
        target: Whom it is for.
        addresses: Where it may go; at least one.
        room: The most that may come on it, in bytes.
    """

    def __init__(
        self, place: Place, target: Target, addresses: Sequence[IPAddress], room: int
    ) -> None:
        self._place, self._target, self._addresses, self._room = place, target, addresses, room
        self._counting: _Counting | None = None

    @property
    def is_overrun(self) -> bool:
        """Whether it was cut for what came."""
        return self._counting is not None and self._counting.is_overrun

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:  # noqa: ARG002
        """The same for whatever URI: there is nowhere else to go."""
        return IStreamClientEndpoint(self)

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect, and build the protocol."""
        return Deferred.fromCoroutine(self._connect(protocolFactory))

    def abort(self) -> None:
        """Cut it, if it is open: nothing more is wanted, and nothing is waited for."""
        for wrapper in list(self._counting.protocols) if self._counting else ():
            wrapper.abort()

    async def _connect(self, factory: IProtocolFactory) -> IProtocol:
        self._counting = counting = _Counting(factory, self._room)
        *others, last = map(self._endpoint, self._addresses)
        for endpoint in others:
            try:
                return _inner(await endpoint.connect(counting))
            except ConnectError:
                continue
        return _inner(await last.connect(counting))

    def _endpoint(self, address: IPAddress) -> IStreamClientEndpoint:
        kind = TCP4ClientEndpoint if isinstance(address, IPv4Address) else TCP6ClientEndpoint
        place, target = self._place, self._target
        endpoint = kind(place.reactor, str(address), target.port, place.connect_s)
        if target.scheme != "https":
            return IStreamClientEndpoint(endpoint)
        creator = place.https.creatorForNetloc(target.host.encode(), target.port)
        return wrapClientTLS(creator, endpoint)


def _inner(wrapper: Any) -> IProtocol:
    """What an Agent wants of an endpoint: its own protocol, not what is wrapped around it."""
    return IProtocol(wrapper.wrappedProtocol)


@implementer(IAgent)
class PinnedAgent:
    """Does one request of treq's: to its own target, whatever treq reads in the URL.

    treq follows no redirects here (`finesse_tx.gadgets.core.outbound.judge_redirect` does), and neither decodes nor reads
    cookies: both headers are taken from the answer before treq sees it, as its decoder has no bound.

    Args:
        reactor: Where.
        connection: Where to.
        target: What is asked for.
    """

    def __init__(self, reactor: Any, connection: Connection, target: Target) -> None:
        self._agent = Agent.usingEndpointFactory(reactor, connection)
        self._target = target
        self.encoding = ""
        """The answer's Content-Encoding."""

    def request(
        self,
        method: bytes,
        uri: bytes,  # noqa: ARG002
        headers: Headers | None = None,
        bodyProducer: IBodyProducer | None = None,
    ) -> Deferred[IResponse]:
        """Ask."""
        asked: Deferred[IResponse] = self._agent.request(
            method, self._target.url.encode(), headers, bodyProducer
        )
        return asked.addCallback(self._answered)

    def _answered(self, response: IResponse) -> IResponse:
        found = response.headers.getRawHeaders(b"content-encoding", [])
        self.encoding = ",".join(value.decode("latin-1") for value in found)
        for name in (b"content-encoding", b"set-cookie", b"set-cookie2"):
            response.headers.removeHeader(name)
        return response
