"""A web server with odd answers, and a resolver with answers of the test's own."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import Final

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IAddress,
    IConsumer,
    IHostnameResolver,
    IHostResolution,
    IPushProducer,
    IResolutionReceiver,
    ITCPTransport,
)
from twisted.internet.protocol import Factory, Protocol
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

__all__ = ["ANSWERS", "OddServer", "Resolver", "answer", "redirect"]


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An answer as it should be."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    """An answer that leads elsewhere."""
    return answer(b"", f"Location: {location}", status=f"{status} Elsewhere")


ANSWERS: Final = {
    "/good": answer(b"<ok/>", "Content-Type: text/xml", "Set-Cookie: a=b", "X-A: 1"),
    "/missing": answer(b"none", "Content-Type: text/html", status="404 Not Found"),
    "/loop": redirect("/loop"),
    "/post": redirect("/good", 307),
    "/private": redirect("http://127.0.0.2:PORT/good"),
    "/metadata": redirect("http://169.254.169.254:PORT/"),
    "/file": redirect("file:///etc/passwd"),
    "/other": redirect("http://other.example:PORT/good"),
    "/same": redirect("http://odd.example:PORT/good"),
    "/gzip": answer(gzip.compress(b"<ok/>"), "Content-Encoding: gzip"),
    "/bomb": answer(gzip.compress(bytes(50_000_000)), "Content-Encoding: gzip"),
    "/brotli": answer(b"x", "Content-Encoding: br"),
    "/most": answer(bytes(100_000)),
    "/more": answer(bytes(100_001)),
    "/promise": b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n",
    "/long": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n<ok/>",
    "/short": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<ok/>",
    "/until-closed": b"HTTP/1.1 200 OK\r\n\r\n<ok/>",
    "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<ok/>\r\n0\r\n\r\n",
    "/half-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n<ok/>",
    "/stalls": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<ok/>",
    "/closes": b"",
    "/garbage": b"220 smtp.example ESMTP\r\n\r\n",
    "/endless": b"HTTP/1.1 200 OK\r\n\r\n",
    "/endless-headers": b"HTTP/1.1 200 OK\r\n",
}
"""What is sent for each path; ``PORT`` stands for the server's own port."""

_CLOSED: Final = {"/short", "/until-closed", "/half-chunk", "/closes", "/garbage"}
_ENDLESS: Final = {"/endless": b"x" * 9_999, "/endless-headers": b"X-A: b\r\n" * 999}


@implementer(IPushProducer)
class _Endless:
    """Sends the same for as long as it is taken."""

    def __init__(self, transport: ITCPTransport, piece: bytes) -> None:
        self._transport, self._piece, self._is_paused = transport, piece, False

    def resumeProducing(self) -> None:
        """Send until there is no more room."""
        self._is_paused = False
        while not self._is_paused:
            self._transport.write(self._piece)

    def pauseProducing(self) -> None:
        """Wait."""
        self._is_paused = True

    def stopProducing(self) -> None:
        """End."""
        self._is_paused = True


class _Odd(Protocol):
    """One connection."""

    def __init__(self, server: OddServer) -> None:
        self._server, self._received = server, b""

    @override
    def dataReceived(self, data: bytes) -> None:
        self._received += data
        if b"\r\n\r\n" not in self._received:
            return
        request, self._received = self._received, b""
        server, transport = self._server, ITCPTransport(self.transport)
        server.requests.append(request.decode("latin-1"))
        path = server.requests[-1].split()[1].partition("?")[0]
        if path in ANSWERS:
            port = str(transport.getHost().port).encode()
            transport.write(ANSWERS[path].replace(b"PORT", port))
        if path in _ENDLESS:
            endless = _Endless(transport, _ENDLESS[path])
            IConsumer(transport).registerProducer(endless, True)
            endless.resumeProducing()
        if path in _CLOSED:
            transport.loseConnection()
        waiting, server.waiting = server.waiting, []
        for asked in waiting:
            asked.callback(None)

    @override
    def connectionLost(self, reason: Failure | None = None) -> None:
        self._server.lost += 1
        waiting, self._server.ends = self._server.ends, []
        for ended in waiting:
            ended.callback(None)


class OddServer(Factory):
    """Answers what `ANSWERS` has; nothing, for ever, to any other path."""

    noisy = False

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.lost = 0
        self.waiting: list[Deferred[None]] = []
        self.ends: list[Deferred[None]] = []

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        return _Odd(self)

    def asked(self) -> Deferred[None]:
        """Fires with the next request."""
        self.waiting.append(Deferred())
        return self.waiting[-1]

    def ended(self) -> Deferred[None]:
        """Fires with the next end of a connection."""
        self.ends.append(Deferred())
        return self.ends[-1]


@implementer(IHostResolution)
class _Resolution:
    """One question."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """As the reactor's own: it cannot be."""
        raise NotImplementedError


@implementer(IHostnameResolver)
class Resolver:
    """Answers each question about a name with what comes next; nothing more comes after the last but itself."""

    def __init__(self, **names: Sequence[Sequence[str]]) -> None:
        self._names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.questions: list[str] = []

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Answer at once."""
        self.questions.append(hostName)
        resolution = _Resolution(hostName)
        answers = self._names.get(hostName, [()])
        resolutionReceiver.resolutionBegan(resolution)
        for host in answers.pop(0) if len(answers) > 1 else answers[0]:
            kind = IPv6Address if ":" in host else IPv4Address
            resolutionReceiver.addressResolved(kind("TCP", host, portNumber))
        resolutionReceiver.resolutionComplete()
        return IHostResolution(resolution)
