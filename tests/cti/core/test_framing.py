"""Framing (§2 of the CTI reference)."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.errors import FrameTooLargeError, LostSyncError
from finesse_tx.cti.core.framing import MAX_BODY, MAX_TYPE, Frame, frame_bytes, frames

FRAMES = st.lists(st.builds(Frame, st.integers(1, MAX_TYPE), st.binary(max_size=40)), max_size=6)


class FramesTests(SynchronousTestCase):
    """Messages out of a byte stream."""

    @given(sent=FRAMES, step=st.integers(1, 17))
    def test_any_split(self, sent: list[Frame], step: int) -> None:
        """However TCP cuts the stream, the same messages come out, in order."""
        wire, buffer = b"".join(map(frame_bytes, sent)), bytearray()
        seen: list[Frame] = []
        for start in range(0, len(wire), step):
            buffer += wire[start : start + step]
            seen += frames(buffer)
        self.assertEqual((seen, bytes(buffer)), (sent, b""))

    def test_header_alone(self) -> None:
        """A message without a body is whole when its header is."""
        buffer = bytearray.fromhex("00000000 00000115")
        self.assertEqual(list(frames(buffer)), [Frame(277, b"")])

    def test_partial_stays(self) -> None:
        """What has not come whole stays in the buffer."""
        wire = bytes.fromhex("00000004 00000005 00000012")
        buffer = bytearray(wire[:-1])
        self.assertEqual((list(frames(buffer)), bytes(buffer)), ([], wire[:-1]))

    def test_length_bomb(self) -> None:
        """A huge MessageLength is refused from its header alone."""
        bomb = frames(bytearray.fromhex("ffffffff 00000005"))
        self.assertRaises(FrameTooLargeError, next, bomb)

    def test_length_limit(self) -> None:
        """The longest body is waited for, one byte more is not."""
        longest = bytearray(MAX_BODY.to_bytes(4, "big") + b"\0\0\0\x05")
        self.assertEqual(list(frames(longest)), [])
        over = bytearray((MAX_BODY + 1).to_bytes(4, "big") + b"\0\0\0\x05")
        error = self.assertRaises(FrameTooLargeError, next, frames(over))
        self.assertEqual((error.length, error.limit), (MAX_BODY + 1, MAX_BODY))
        self.assertIn("65536 bytes", str(error))

    def test_impossible_type(self) -> None:
        """Message type 0, or one above 512, means that synchronisation is lost; 512 itself does not."""
        for message_type in (0, MAX_TYPE + 1, 0x47455420):
            wire = bytearray(b"\0\0\0\0" + message_type.to_bytes(4, "big"))
            error = self.assertRaises(LostSyncError, next, frames(wire))
            self.assertEqual(error.message_type, message_type)
            self.assertIn(str(message_type), str(error))
        wire = bytearray(b"\0\0\0\0" + MAX_TYPE.to_bytes(4, "big"))
        self.assertEqual(next(frames(wire)), Frame(MAX_TYPE, b""))

    def test_good_before_bad(self) -> None:
        """Messages before the bad header come out first."""
        wire = bytearray.fromhex("00000004 00000005 00000012 ffffffff ffffffff")
        found = frames(wire)
        self.assertEqual(next(found), Frame(5, b"\0\0\0\x12"))
        self.assertRaises(FrameTooLargeError, next, found)

    def test_dropped(self) -> None:
        """Who stops after a message leaves the ones behind it in the buffer, and takes them up again."""
        one, two = bytes.fromhex("00000004 00000005 00000012"), bytes.fromhex("00000000 00000115")
        buffer = bytearray(one + two + one[:9])
        found = frames(buffer)
        self.assertEqual(next(found), Frame(5, b"\0\0\0\x12"))
        del found
        self.assertEqual(buffer, two + one[:9])
        self.assertEqual(list(frames(buffer)), [Frame(277, b"")])
        self.assertEqual(buffer, one[:9])
