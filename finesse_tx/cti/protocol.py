"""GED-188 on a transport, either side: bytes to frames, frames to a session, and what waits to be sent.

Spec: ``cti.md`` §1 (TCP_NODELAY), §2, §12.2 (8).
"""

from __future__ import annotations

from collections import deque
from typing import Protocol as Shape

from twisted.internet.interfaces import IConsumer, IPushProducer, ITCPTransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.cti.core.counters import Ended, Traffic
from finesse_tx.cti.core.errors import FrameTooLargeError, LostSyncError
from finesse_tx.cti.core.framing import Frame, frames

__all__ = ["CTIProtocol", "Session"]


class Session(Shape):
    """Who understands the frames of one connection."""

    def connection_made(self, wire: CTIProtocol) -> None:
        """The connection is there; ``wire`` sends and closes."""

    def frame_received(self, frame: Frame) -> None:
        """A whole message came; the next one waits until this returns."""

    def connection_lost(self, reason: str) -> None:
        """The connection is gone, for whichever side's reasons; nothing follows."""


class IStream(ITCPTransport, IConsumer):
    """What a TCP connection provides; those of tests provide enough of it."""


@implementer(IPushProducer)
class CTIProtocol(Protocol):
    """The wire of one session.

    Args:
        session: Gets every frame.
        max_pending: How many bytes may wait for a peer that does not read; at that, the connection is reset.

    Attributes:
        fault: What the peer has done that ended the connection; None for nothing.
    """

    log = Logger()
    transport: IStream

    def __init__(self, session: Session, max_pending: int) -> None:
        self._session, self._max_pending = session, max_pending
        self._buffer = bytearray()
        self._waiting: deque[bytes] = deque()
        self._pending = self._received = self._sent = 0
        self._paused = self._closing = False
        self.fault: Ended | None = None

    @property
    def traffic(self) -> Traffic:
        """What the connection has carried."""
        return Traffic(self._received, self._sent, self._pending)

    @property
    def peer(self) -> str:
        """The address of the other side, for the log."""
        address = self.transport.getPeer()
        return f"{getattr(address, 'host', '')}:{getattr(address, 'port', '')}"

    @property
    def host(self) -> str:
        """The host of the other side; empty where the transport has none."""
        return str(getattr(self.transport.getPeer(), "host", ""))

    def send(self, data: bytes) -> None:
        """Send whole messages; they leave in order, once the peer reads."""
        if self._closing:
            return
        if not self._paused:
            self._write(data)
            return
        self._waiting.append(data)
        self._pending += len(data)
        if self._pending > self._max_pending:
            self.log.warn(
                "{peer} does not read: dropped with {pending} bytes waiting",
                peer=self.peer,
                pending=self._pending,
            )
            self.fault = Ended.SLOW
            self.abort()

    def close(self) -> None:
        """Send what waits, then close."""
        if not self._closing:
            self._closing = True
            self._write(b"".join(self._waiting))
            self._forget()
            self.transport.loseConnection()

    def abort(self) -> None:
        """Reset the connection; what waits is not sent."""
        self._closing = True
        self._forget()
        self.transport.abortConnection()

    def _write(self, data: bytes) -> None:
        self._sent += len(data)
        self.transport.write(data)

    def _forget(self) -> None:
        self._waiting.clear()
        self._pending = 0

    @override
    def connectionMade(self) -> None:
        if ITCPTransport.providedBy(self.transport):
            self.transport.setTcpNoDelay(True)
        self.transport.registerProducer(self, True)
        self._session.connection_made(self)

    @override
    def dataReceived(self, data: bytes) -> None:
        self._received += len(data)
        if not self._closing:
            self._buffer += data
            self._read()

    def _read(self) -> None:
        try:
            for frame in frames(self._buffer):
                self._session.frame_received(frame)
                if self._closing:  # the session has closed it: what follows is not for us
                    return
        except (FrameTooLargeError, LostSyncError) as error:
            self.log.warn("{peer} cannot be understood: {error}", peer=self.peer, error=error)
            self.fault = Ended.GARBAGE
            self.abort()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._closing = True
        self._forget()
        self._session.connection_lost(reason.getErrorMessage())

    def pauseProducing(self) -> None:
        """The transport's buffer is full: let what follows wait here, where it is counted."""
        self._paused = True

    def resumeProducing(self) -> None:
        """The transport's buffer is empty."""
        self._paused = False
        while self._waiting and not self._full():
            data = self._waiting.popleft()
            self._pending -= len(data)
            self._write(data)

    def _full(self) -> bool:
        return self._paused

    def stopProducing(self) -> None:
        """The connection is being lost; `connectionLost` says so too."""
        self._forget()
