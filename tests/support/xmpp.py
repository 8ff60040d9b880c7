"""The client's side of an XMPP connection, without a network: text in, text out."""

from base64 import b64encode
from typing import Any, Protocol
from xml.etree import ElementTree

from twisted.internet.error import ConnectionAborted, ConnectionDone
from twisted.internet.interfaces import ITCPTransport
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from zope.interface import alsoProvides

__all__ = ["HEADER", "Wire", "auth", "bind", "pubsub"]

HEADER = (
    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
    " to='fin1.example.com' version='1.0'>"
)


def auth(name: str, password: str = "finesse", authzid: str = "") -> str:
    """A sign-in."""
    text = b64encode(f"{authzid}\0{name}\0{password}".encode()).decode()
    return f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{text}</auth>"


def bind(resource: str = "") -> str:
    """A request for a resource."""
    asked = f"<resource>{resource}</resource>" if resource else ""
    return (
        f"<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>{asked}</bind></iq>"
    )


def pubsub(verb: str, kind: str = "set", to: str = "pubsub.finesse.test") -> str:
    """A publish-subscribe request."""
    return (
        f"<iq type='{kind}' id='p' to='{to}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>{verb}"
        "</pubsub></iq>"
    )


class _Transport(StringTransport):
    """A TCP transport that keeps each write apart."""

    def __init__(self) -> None:
        super().__init__()
        alsoProvides(self, ITCPTransport)
        self.writes: list[bytes] = []
        self.is_aborted = False

    def setTcpNoDelay(self, enabled: bool) -> None:
        """There is no network."""

    def setTcpKeepAlive(self, enabled: bool) -> None:
        """There is none."""

    def write(self, data: bytes) -> None:
        """Write."""
        self.writes.append(data)
        super().write(data)

    def abortConnection(self) -> None:
        """Cut."""
        self.is_aborted = True
        self.loseConnection()


class _Factory(Protocol):
    """Any factory."""

    def buildProtocol(self, addr: None, /) -> Any:
        """Make a protocol."""


class Wire:
    """A client.

    Attributes:
        protocol: The server's side.
        transport: What is between them.
    """

    def __init__(self, factory: _Factory) -> None:
        self.protocol, self.transport = factory.buildProtocol(None), _Transport()
        self.protocol.makeConnection(self.transport)

    def send(self, text: str | bytes) -> str:
        """Send, and return what the server says at once."""
        self.transport.clear()
        self.transport.writes.clear()
        self.protocol.dataReceived(text.encode() if isinstance(text, str) else text)
        return self.said()

    def said(self) -> str:
        """What the server has said since the last `send` or `said`."""
        text = str(self.transport.value(), "utf-8")
        self.transport.clear()
        return text

    def sign_in(
        self,
        name: str = "agent1",
        resource: str = "desktop",
        presence: str = "<presence/>",
        password: str = "finesse",  # everybody's
    ) -> str:
        """Sign in, bind, be present; return the address."""
        self.send(HEADER)
        self.send(auth(name, password))
        self.send(HEADER)
        _, _, rest = self.send(bind(resource)).partition("<jid>")
        self.send(presence)
        return rest.partition("</jid>")[0]

    def stanzas(self, text: str) -> list[ElementTree.Element]:
        """Whole stanzas, parsed."""
        return list(ElementTree.fromstring(f"<all>{text}</all>"))

    @property
    def is_closed(self) -> bool:
        """Whether the server has closed the connection."""
        return self.transport.disconnecting

    def hang_up(self) -> None:
        """The connection is gone."""
        reason = ConnectionAborted() if self.transport.is_aborted else ConnectionDone()
        self.protocol.connectionLost(Failure(reason))
