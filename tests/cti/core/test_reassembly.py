"""A direction of a TCP connection, from segments in any order."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.reassembly import (
    FAR,
    MAX_WAITING,
    MAX_WAITING_SEGMENTS,
    Stream,
)

TEXT = bytes(range(200))


def joined(pieces: list[bytes | int]) -> list[Any]:
    """Pieces, with bytes that follow each other together."""
    found: list[Any] = []
    for piece in pieces:
        if found and isinstance(piece, bytes) and isinstance(found[-1], bytes):
            found[-1] += piece
        else:
            found.append(piece)
    return found


class StreamTests(SynchronousTestCase):
    """Sequence numbers."""

    @given(
        first=st.integers(0, (1 << 32) - 1),
        cuts=st.lists(st.tuples(st.integers(0, 199), st.integers(1, 60)), max_size=30),
        order=st.randoms(use_true_random=False),
    )
    def test_any_order(self, first: int, cuts: list[tuple[int, int]], order: Any) -> None:
        """Segments in any order, repeated and overlapping, are the text, whatever its first number is."""
        segments = [(at, TEXT[at : at + size]) for at, size in cuts]
        segments += [(at, TEXT[at : at + 23]) for at in range(0, 200, 23)]
        order.shuffle(segments)
        stream, found = Stream(first), list[bytes | int]()
        for at, data in segments:
            found += stream.take((first + at) % (1 << 32), data)
        self.assertEqual(joined(found), [TEXT])
        self.assertEqual([*stream.finish()], [])

    def test_gap_at_the_end(self) -> None:
        """What has not come when all is over is a gap."""
        stream = Stream(0)
        found = [*stream.take(0, b"abc"), *stream.take(5, b"fg"), *stream.take(9, b"j")]
        self.assertEqual(found, [b"abc"])
        self.assertEqual([*stream.finish()], [2, b"fg", 2, b"j"])

    def test_gap_that_was_acknowledged(self) -> None:
        """What the receiver has is a gap when it is not there with the next segment."""
        stream = Stream(0)
        self.assertEqual([*stream.take(2, b"cd")], [])
        stream.acknowledge(2)
        self.assertEqual([*stream.take(4, b"ef")], [])
        stream.acknowledge(3)
        self.assertEqual([*stream.take(6, b"g")], [2, b"cd", b"ef", b"g"])
        self.assertEqual([*stream.take(0, b"ab")], [])

    def test_late_but_there(self) -> None:
        """An acknowledgement that was seen too early costs nothing."""
        stream = Stream(0)
        self.assertEqual([*stream.take(2, b"cd")], [])
        stream.acknowledge(4)
        self.assertEqual([*stream.take(0, b"ab")], [b"ab", b"cd"])

    def test_most_segments(self) -> None:
        """So many segments wait, and one more does not."""
        stream = Stream(0)
        for number in range(MAX_WAITING_SEGMENTS):
            self.assertEqual([*stream.take(10 + 2 * number, b"a")], [])
        found = [*stream.take(10 + 2 * MAX_WAITING_SEGMENTS, b"a")]
        self.assertEqual(found, [10, b"a"])

    def test_most_bytes(self) -> None:
        """So many bytes wait, and one more does not."""
        stream = Stream(0)
        self.assertEqual([*stream.take(1, bytes(MAX_WAITING))], [])
        self.assertEqual([*stream.take(1 + MAX_WAITING, b"a")], [1, bytes(MAX_WAITING), b"a"])
        self.assertEqual(stream._size, 0)

    def test_end(self) -> None:
        """The direction has ended when everything before its FIN is there, whichever came first."""
        stream = Stream(0)
        self.assertEqual([*stream.take(2, b"c", fin=True)], [])
        self.assertFalse(stream.ended)
        self.assertEqual([*stream.take(0, b"ab")], [b"ab", b"c"])
        self.assertTrue(stream.ended)

    def test_places(self) -> None:
        """Numbers go round; the first one is known again."""
        stream = Stream((1 << 32) - 2)
        self.assertEqual([*stream.take((1 << 32) - 2, b"abcd")], [b"abcd"])
        self.assertEqual((stream.place(2), stream.place(1), stream.place(7)), (0, -1, 5))
        self.assertTrue(stream.is_first((1 << 32) - 2))
        self.assertFalse(stream.is_first(2))

    def test_senseless_acknowledgement(self) -> None:
        """An acknowledgement from far away says nothing."""
        stream = Stream(0)
        self.assertEqual([*stream.take(2, b"c")], [])
        stream.acknowledge(FAR + 1)
        self.assertEqual([*stream.take(3, b"d")], [])
        stream.acknowledge(FAR)
        self.assertEqual([*stream.take(4, b"e")], [2, b"c", b"d", b"e"])
