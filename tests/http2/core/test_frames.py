"""`finesse_tx.http2.core.frames`: cut however TCP cuts them, bounded from their headers."""

from collections.abc import Iterator

from h2.errors import ErrorCodes
from hyperframe.frame import ContinuationFrame, DataFrame, HeadersFrame, PingFrame, SettingsFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.http2.core.errors import BrokenError
from finesse_tx.http2.core.frames import MAX_BLOCK_BYTES, MAX_FRAME_BYTES, Frame, FrameCutter, Kind
from tests.support.http2 import frame_bytes

FRAMES = st.lists(
    st.one_of(
        st.builds(
            lambda i, d: frame_bytes(DataFrame(i, d)),
            st.integers(1, 2**31 - 1),
            st.binary(max_size=40),
        ),
        st.builds(lambda d: frame_bytes(PingFrame(0, d)), st.binary(min_size=8, max_size=8)),
        st.just(frame_bytes(SettingsFrame(0))),
        st.builds(lambda i: frame_bytes(HeadersFrame(i, b"x"), "END_HEADERS"), st.integers(1, 99)),
    ),
    max_size=6,
)


class FrameCutterTests(SynchronousTestCase):
    """Frames out of bytes."""

    @settings(deadline=None)
    @given(sent=FRAMES, step=st.integers(1, 40))
    def test_any_split(self, sent: list[bytes], step: int) -> None:
        """However TCP cuts the stream, the same frames come out, in order."""
        wire, cutter = b"".join(sent), FrameCutter()
        seen: list[Frame] = []
        for start in range(0, len(wire), step):
            seen += cutter.frames(wire[start : start + step])
        self.assertEqual([frame.wire for frame in seen], sent)

    def test_header(self) -> None:
        """A frame has its type, its flags, its stream without the reserved bit, and its size."""
        wire = bytes.fromhex("000003 00 01 80000005") + b"abc"
        (frame,) = FrameCutter().frames(wire)
        self.assertEqual(frame, Frame(Kind.DATA, 1, 5, wire))
        self.assertEqual(frame.size, 3)

    def test_largest(self) -> None:
        """A frame of the limit is taken; one byte more is refused from its header alone."""
        head = bytes.fromhex("00 01 00000001")
        largest = MAX_FRAME_BYTES.to_bytes(3) + head + b"x" * MAX_FRAME_BYTES
        self.assertEqual(len(list(FrameCutter().frames(largest))), 1)
        too_large = FrameCutter().frames((MAX_FRAME_BYTES + 1).to_bytes(3) + head)
        self.assertEqual(self.failed(too_large), ErrorCodes.FRAME_SIZE_ERROR)

    def failed(self, frames: Iterator[Frame]) -> ErrorCodes:
        """What it fails with."""
        with self.assertRaises(BrokenError) as caught:
            list(frames)
        error: BrokenError = caught.exception
        return error.code

    def test_block(self) -> None:
        """A header block of the limit is taken, one byte more is refused; the next one begins anew."""
        first = frame_bytes(HeadersFrame(1, b"x" * MAX_FRAME_BYTES))
        middle = frame_bytes(ContinuationFrame(1, b"x" * MAX_FRAME_BYTES))
        rest = MAX_BLOCK_BYTES - 3 * MAX_FRAME_BYTES
        last = frame_bytes(ContinuationFrame(1, b"x" * rest), "END_HEADERS")
        cutter = FrameCutter()
        for _ in range(2):
            self.assertEqual(len(list(cutter.frames(first + middle * 2 + last))), 4)
        longer = frame_bytes(ContinuationFrame(1, b"x"))
        over = FrameCutter().frames(first + middle * 3 + longer)
        self.assertEqual(self.failed(over), ErrorCodes.ENHANCE_YOUR_CALM)
