"""`finesse_tx.turn`: what one turn writes, in one piece."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.interfaces import IConsumer
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.turn import MAX_TURN_BYTES, Turn, TurnOutput


class _Transport(StringTransport):
    """Keeps each write apart."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Write."""
        self.writes.append(data)
        super().write(data)


class TurnTests(SynchronousTestCase):
    """Time stands still; turns do not."""

    def setUp(self) -> None:
        """One connection."""
        self.clock, self.transport = Clock(), _Transport()
        self.turn = Turn(self.clock)
        self.output = TurnOutput(self.turn, self.transport)

    def test_one_write(self) -> None:
        """What is written in one turn is one write at its end, in order; nothing is left for the next."""
        for _ in range(2):
            self.transport.writes.clear()
            for text in (b"a", b"b", b"c"):
                self.output.write(text)
            self.assertEqual(self.transport.writes, [])
            self.clock.advance(0)
            self.assertEqual(self.transport.writes, [b"abc"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_consumer(self) -> None:
        """It stands where a transport stands: producers are the transport's."""
        verifyObject(IConsumer, self.output)
        producer = object()
        self.output.registerProducer(producer, True)  # type: ignore[arg-type]  # nobody asks it for anything
        self.assertIs(self.transport.producer, producer)
        self.output.unregisterProducer()
        self.assertIsNone(self.transport.producer)

    def test_flush(self) -> None:
        """It can be had at once, and is not written again."""
        self.output.flush()
        self.output.write(b"a")
        self.output.flush()
        self.clock.advance(0)
        self.assertEqual(self.transport.writes, [b"a"])

    def test_bound(self) -> None:
        """No more than `MAX_TURN_BYTES` wait for the end of a turn."""
        self.output.write(bytes(MAX_TURN_BYTES))
        self.assertEqual(self.transport.writes, [])
        self.output.write(b"x")
        self.assertEqual(list(map(len, self.transport.writes)), [MAX_TURN_BYTES + 1])
        self.output.write(b"y")
        self.clock.advance(0)
        self.assertEqual(self.transport.writes[1:], [b"y"])

    @given(st.lists(st.lists(st.binary(max_size=40_000), max_size=5), max_size=5))
    def test_all(self, turns: list[list[bytes]]) -> None:
        """Whatever is written, and when, comes out whole and in order."""
        self.transport.clear()
        for turn in turns:
            for data in turn:
                self.output.write(data)
            self.clock.advance(0)
        self.assertEqual(self.transport.value(), b"".join(map(b"".join, turns)))

    def test_broken(self) -> None:
        """What cannot be done is in the log, and harms no other."""
        called: list[int] = []

        def broken() -> None:
            raise OSError("gone")

        self.turn.at_end(broken)
        self.turn.at_end(lambda: called.append(1))
        self.clock.advance(0)
        self.assertEqual(called, [1])
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 1)
