"""BOSH over HTTP without a network: what a client sends and gets on its connections, while time stands still."""

import zlib
from base64 import b64encode
from collections.abc import Mapping
from typing import NamedTuple
from xml.etree import ElementTree

from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IProtocol, IProtocolFactory, ISSLTransport, ITCPTransport
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from zope.interface import alsoProvides

from finesse_tx.notification.core.namespaces import BIND, BOSH, SASL, XBOSH
from finesse_tx.notification.service import NotificationService
from finesse_tx.site import BoundedSite
from tests.support.notification import DOMAIN

__all__ = ["Client", "Line", "Posted", "Response", "bosh_port", "own_document", "web_port"]

MAX_BODY = 262_144
IDLE_S = 1_000_000.0  # of connections; another test's matter


def bosh_port(service: NotificationService, clock: Clock) -> IProtocolFactory:
    """What listens on the BOSH ports."""
    return service.bosh_factory


def web_port(service: NotificationService, clock: Clock) -> IProtocolFactory:
    """What listens on the web ports, as far as BOSH is there."""
    root = Resource()
    root.putChild(b"http-bind", service.web_resources[b"http-bind"])
    return BoundedSite(root, MAX_BODY, IDLE_S, clock)


class Response(NamedTuple):
    """What one request was answered.

    Attributes:
        code: HTTP's.
        headers: By name in lower case.
        body: As it came.
    """

    code: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> bytes:
        """The body, unpacked."""
        packed = self.headers.get("content-encoding") == "gzip"
        return zlib.decompress(self.body, zlib.MAX_WBITS | 16) if packed else self.body


class _Transport(StringTransport):
    """A connection, in the clear or not."""

    def __init__(self, secure: bool) -> None:
        super().__init__()
        alsoProvides(self, ISSLTransport if secure else ITCPTransport)
        self.is_cut = False

    def setTcpNoDelay(self, enabled: bool) -> None:
        """There is no network."""

    def abortConnection(self) -> None:
        """Cut."""
        self.is_cut = self.disconnecting = True


class Line:
    """One connection.

    Attributes:
        transport: The server's side.
    """

    def __init__(self, factory: IProtocolFactory, clock: Clock, *, secure: bool = False) -> None:
        protocol = factory.buildProtocol(None)  # type: ignore[arg-type]  # no address
        assert protocol is not None
        self._protocol: IProtocol = protocol
        self._clock, self.transport = clock, _Transport(secure)
        protocol.makeConnection(self.transport)

    def send(self, data: bytes) -> None:
        """The client sends."""
        self._protocol.dataReceived(data)
        self._clock.advance(0)

    def lose(self) -> None:
        """The connection breaks."""
        self._protocol.connectionLost(Failure(ConnectionLost()))
        self._clock.advance(0)

    @property
    def responses(self) -> list[Response]:
        """The whole responses that have come."""
        rest, found = bytes(self.transport.value()), []
        while b"\r\n\r\n" in rest:
            head, _, rest = rest.partition(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            headers = {}
            for line in lines:
                name, _, value = line.partition(": ")
                headers[name.lower()] = value
            length = int(headers["content-length"])
            found.append(Response(int(first.split()[1]), headers, rest[:length]))
            rest = rest[length:]
        return found


class Posted:
    """One request, on a connection of its own or behind others.

    Attributes:
        line: Its connection.
    """

    def __init__(self, line: Line, before: int) -> None:
        self.line, self._before = line, before

    @property
    def open(self) -> bool:
        """Whether it waits."""
        return len(self.line.responses) <= self._before

    @property
    def response(self) -> Response:
        """Its answer."""
        return self.line.responses[self._before]

    @property
    def document(self) -> bytes:
        """The text of the answer."""
        return self.response.document

    @property
    def body(self) -> ElementTree.Element:
        """The ``<body/>`` of the answer."""
        return ElementTree.fromstring(self.document)

    @property
    def attributes(self) -> dict[str, str]:
        """Its attributes, under the names that they have without a namespace."""
        return {name.rpartition("}")[2]: value for name, value in self.body.items()}

    @property
    def payloads(self) -> list[str]:
        """The payloads' names."""
        return [child.tag.rpartition("}")[2] for child in self.body]

    @property
    def texts(self) -> list[str]:
        """What the notifications and messages in it say, in order."""
        return ["".join(child.itertext()) for child in self.body if child.tag.endswith("message")]

    @property
    def ending(self) -> tuple[str | None, str | None]:
        """Whether it ends the session, and why."""
        return self.attributes.get("type"), self.attributes.get("condition")


def own_document(inner: str = "", /, **attributes: object) -> str:
    """A ``<body/>``; ``xmpp_restart`` stands for ``xmpp:restart``, and so on, and None leaves an attribute out."""
    text = "".join(
        f" {name.replace('_', ':')}='{value}'"
        for name, value in attributes.items()
        if value is not None
    )
    return f"<body xmlns='{BOSH}' xmlns:xmpp='{XBOSH}'{text}>{inner}</body>"


class Client:
    """A client, which has a connection for each request, unless it says otherwise.

    Attributes:
        sid: Of its session.
        rid: Of its newest request.
        first: The request that made the session.
    """

    RID = 1_573_741_820

    def __init__(self, factory: IProtocolFactory, clock: Clock, *, secure: bool = False) -> None:
        self._factory, self._clock, self._secure = factory, clock, secure
        self.sid, self.rid = "", self.RID

    first: Posted

    def line(self, *, secure: bool | None = None) -> Line:
        """Connect."""
        return Line(self._factory, self._clock, secure=self._secure if secure is None else secure)

    def raw(self, document: str, *headers: str, line: Line | None = None) -> Posted:
        """Send any document."""
        body = document.encode()
        line = line or self.line()
        posted = Posted(line, len(line.responses))
        head = ["POST /http-bind/ HTTP/1.1", "Host: x", *headers, f"Content-Length: {len(body)}"]
        line.send("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        return posted

    def create(self, **attributes: object) -> "Client":
        """Make a session."""
        asked: dict[str, object] = {
            "to": "x",
            "wait": 30,
            "hold": 1,
            "ver": "1.11",
            "xmpp_version": "1.0",
        }
        self.first = self.raw(own_document(rid=self.rid, **asked | attributes))
        self.sid = self.first.attributes.get("sid", "")
        return self

    def post(
        self, inner: str = "", *, rid: int | None = None, line: Line | None = None, **more: object
    ) -> Posted:
        """Send the next request, or one with that id."""
        if rid is None:
            self.rid += 1
            rid = self.rid
        return self.raw(own_document(inner, rid=rid, sid=self.sid, **more), line=line)

    def sign_in(self, name: str = "agent1", resource: str = "r", **attributes: object) -> "Client":
        """Make a session, sign in, bind, and be available, with every answer taken."""
        secret = b64encode(f"\0{name}\0finesse".encode()).decode()
        self.create(**attributes)
        self.post(f"<auth xmlns='{SASL}' mechanism='PLAIN'>{secret}</auth>")
        self.post(xmpp_restart="true")
        self.post(
            f"<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='{BIND}'>"
            f"<resource>{resource}</resource></bind></iq>"
        )
        self.post("<presence xmlns='jabber:client'/>")
        return self

    def say(self, text: str, **more: object) -> Posted:
        """Send a message to oneself, which comes back."""
        return self.post(self.message(text), **more)  # type: ignore[arg-type]

    @staticmethod
    def message(text: str, resource: str = "") -> str:
        """The same as a stanza, also to another session of that person."""
        to = f"agent1@{DOMAIN}{resource and '/'}{resource}"
        return f"<message xmlns='jabber:client' to='{to}'><body>{text}</body></message>"
