"""An AXL server that does as it is told: real TLS on loopback, answers that a test writes, down to the byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from twisted.internet import reactor as global_reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import ITCPTransport
from twisted.internet.protocol import Factory, Protocol
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.trial.unittest import TestCase
from typing_extensions import override

from finesse_tx.certificates import ServerTLS, own_identity
from finesse_tx.home import Home

__all__ = ["AXLPeer", "Asked", "answer", "envelope", "fault", "http", "user"]

reactor: Any = global_reactor

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


class Asked:
    """One request.

    Attributes:
        head: The request line and the headers.
        body: The envelope.
        version: As SOAPAction says.
        operation: As SOAPAction says.
    """

    def __init__(self, head: str, body: str) -> None:
        self.head, self.body = head, body
        found = re.search(r'SOAPAction: "CUCM:DB ver=([0-9.]+) (\w+)"', head, re.IGNORECASE)
        assert found, head
        self.version, self.operation = found[1], found[2]

    def number(self, name: str) -> int:
        """What an element such as ``skip`` has, or what it is in the SQL."""
        found = re.search(rf"<{name}>(\d+)</{name}>|\b{name} (\d+)", self.body)
        assert found, self.body
        return int(found[1] or found[2])


Script = Callable[[Asked], bytes | None]
"""What is answered: the bytes of a whole HTTP answer, or None for silence."""


def http(
    status: int,
    content: str | bytes = b"",
    headers: Mapping[str, str] | None = None,
    length: int | None = None,
) -> bytes:
    """An HTTP answer; ``length`` is what it says of its own."""
    data = content.encode() if isinstance(content, str) else content
    given = {
        "Content-Type": "text/xml;charset=UTF-8",
        "Content-Length": str(len(data) if length is None else length),
        **(headers or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status} x\r\n{lines}\r\n".encode() + data


def envelope(inner: str) -> str:
    """A SOAP envelope."""
    return f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>'


def answer(asked: Asked, returned: str) -> bytes:
    """What an operation returns."""
    name = f"{asked.operation}Response"
    namespace = f"http://www.cisco.com/AXL/API/{asked.version}"
    inner = f'<ns:{name} xmlns:ns="{namespace}"><return>{returned}</return></ns:{name}>'
    return http(200, envelope(inner))


def fault(code: int, message: str) -> bytes:
    """An AXL fault."""
    return http(
        500,
        envelope(
            f"<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>{message}</faultstring><detail><axlError>"
            f"<axlcode>{code}</axlcode><axlmessage>{message}</axlmessage><request>x</request></axlError></detail>"
            "</soapenv:Fault>"
        ),
    )


def user(userid: str, first: str = "First", last: str = "Last", status: str = "1") -> str:
    """One of listUser's."""
    return (
        f'<user uuid="{{{userid}}}"><firstName>{first}</firstName><lastName>{last}</lastName>'
        f"<userid>{userid}</userid><status>{status}</status></user>"
    )


class _Connection(Protocol):
    transport: ITCPTransport

    def __init__(self, peer: AXLPeer) -> None:
        self._peer, self._data = peer, b""

    @override
    def connectionMade(self) -> None:
        self._peer.connections.add(self)

    @override
    def dataReceived(self, data: bytes) -> None:
        self._data += data
        head, end, rest = self._data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if not end or length is None or len(rest) < int(length[1]):
            return
        self._data = b""
        asked = Asked(head.decode(), rest.decode())
        self._peer.asked.append(asked)
        said = self._peer.script(asked)
        if said is not None:
            self.transport.write(said)
            if self._peer.hangs_up:
                self.transport.loseConnection()

    @override
    def connectionLost(self, reason: Any = None) -> None:
        self._peer.connections.discard(self)
        if not self._peer.connections and self._peer.idle is not None:
            idle, self._peer.idle = self._peer.idle, None
            idle.callback(None)


class AXLPeer:
    """The server.

    Args:
        test: Whose; it stops with the test.
        host: What it is called; its certificate is for ``localhost`` and 127.0.0.1 only.

    Attributes:
        asked: What it was asked, in order.
        script: What it answers.
        hangs_up: Whether it ends the connection after an answer.
        authority: The file with the certificate to trust.
        url: Where it is.
    """

    def __init__(self, test: TestCase, script: Script, host: str = "localhost") -> None:
        self.script, self.asked, self.hangs_up = script, list[Asked](), False
        self.connections: set[_Connection] = set()
        self.idle: Deferred[None] | None = None
        path = Path(test.mktemp()).absolute()
        home = Home(path)
        home.lock()
        tls = ServerTLS(lambda: own_identity(home, ["localhost"], datetime.now(UTC)))
        factory = Factory.forProtocol(lambda: _Connection(self))
        interface = "127.0.0.1" if host == "localhost" else host
        self._port = reactor.listenTCP(
            0, TLSMemoryBIOFactory(tls, False, factory), interface=interface
        )
        self.authority = path / "tls" / "ca.pem"
        self.url = f"https://{host}:{self._port.getHost().port}/axl/"
        test.addCleanup(home.unlock)
        test.addCleanup(self._stop)

    async def _ended(self) -> None:
        if self.connections:
            self.idle = Deferred()
            for connection in list(self.connections):
                connection.transport.abortConnection()
            await self.idle.addTimeout(60, reactor)

    def _stop(self) -> Deferred[None]:
        stopping: Deferred[Any] = self._port.stopListening()
        return stopping.addCallback(lambda _: Deferred.fromCoroutine(self._ended()))
