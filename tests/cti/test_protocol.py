"""GED-188 on a transport."""

from __future__ import annotations

from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IPushProducer
from twisted.internet.testing import StringTransport
from twisted.logger import capturedLogs
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.cti.core.framing import Frame, frame_bytes
from finesse_tx.cti.protocol import CTIProtocol

BEAT = Frame(5, b"\0\0\0\1")


class Recorder:
    """A session that remembers, and closes when told to."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.lost: list[str] = []
        self.close_at: int = 0

    def connection_made(self, wire: CTIProtocol) -> None:
        """Remember the wire."""
        self.wire = wire

    def frame_received(self, frame: Frame) -> None:
        """Remember the frame."""
        self.frames.append(frame)
        if len(self.frames) == self.close_at:
            self.wire.close()

    def connection_lost(self, reason: str) -> None:
        """Remember the reason."""
        self.lost.append(reason)


class ProtocolTests(SynchronousTestCase):
    """One connection."""

    def setUp(self) -> None:
        """Connect, with 100 bytes of room."""
        self.session, self.transport = Recorder(), StringTransport()
        self.protocol = CTIProtocol(self.session, 100)
        self.protocol.makeConnection(self.transport)

    def test_producer(self) -> None:
        """The protocol tells its transport that it produces."""
        verifyObject(IPushProducer, self.protocol)
        self.assertIs(self.transport.producer, self.protocol)
        self.assertTrue(self.transport.streaming)

    def test_frames(self) -> None:
        """Every frame reaches the session, wherever TCP cuts."""
        wire = frame_bytes(BEAT) * 3
        for place in range(len(wire)):
            self.protocol.dataReceived(wire[place : place + 1])
        self.assertEqual(self.session.frames, [BEAT] * 3)

    def test_nothing_after_close(self) -> None:
        """Once the session has closed, nothing more is read or sent."""
        self.session.close_at = 1
        self.protocol.dataReceived(frame_bytes(BEAT) * 2)
        self.protocol.dataReceived(frame_bytes(BEAT))
        self.protocol.send(b"late")
        self.protocol.close()
        self.assertEqual(self.session.frames, [BEAT])
        self.assertEqual(self.transport.value(), b"")
        self.assertTrue(self.transport.disconnecting)

    def test_garbage(self) -> None:
        """What cannot be understood resets the connection, and is told in the log."""
        for garbage in (b"GET / HTTP/1.1\r\n", b"\xff" * 8):
            self.setUp()
            with capturedLogs() as logs:
                self.protocol.dataReceived(frame_bytes(BEAT) + garbage)
            self.assertEqual(self.session.frames, [BEAT])
            self.assertTrue(self.transport.disconnected)
            (event,) = logs
            self.assertEqual(event["log_level"].name, "warn")

    def test_slow_peer(self) -> None:
        """While the transport is full messages wait here, up to the bound; one byte more resets the connection."""
        self.protocol.pauseProducing()
        self.protocol.send(b"a" * 60)
        self.protocol.send(b"b" * 40)
        self.assertEqual(self.transport.value(), b"")
        self.assertFalse(self.transport.disconnected)
        with capturedLogs() as logs:
            self.protocol.send(b"c")
        self.assertTrue(self.transport.disconnected)
        self.assertEqual(logs[0]["pending"], 101)

    def test_resumed(self) -> None:
        """What waited leaves in order once the transport has room, as much as it takes."""
        self.protocol.pauseProducing()
        self.protocol.send(b"a" * 60)
        self.protocol.send(b"b" * 40)
        self.protocol.resumeProducing()
        self.assertEqual(self.transport.value(), b"a" * 60 + b"b" * 40)
        self.protocol.send(b"c")
        self.assertEqual(self.transport.value()[-1:], b"c")
        self.protocol.pauseProducing()
        self.protocol.send(b"d" * 100)
        self.assertFalse(self.transport.disconnected)

    def test_close_sends_what_waits(self) -> None:
        """A connection that is closed in order sends what waits first."""
        self.protocol.pauseProducing()
        self.protocol.send(b"last words")
        self.protocol.close()
        self.assertEqual(self.transport.value(), b"last words")
        self.assertTrue(self.transport.disconnecting)

    def test_lost(self) -> None:
        """The session is told once that the connection is gone, and why."""
        self.protocol.stopProducing()
        self.protocol.connectionLost(Failure(ConnectionLost("reset")))
        self.assertEqual(len(self.session.lost), 1)
        self.assertIn("reset", self.session.lost[0])
        self.protocol.send(b"late")
        self.assertEqual(self.transport.value(), b"")
