"""Cutting a stream of any quality into messages."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.cutting import LIKELY_BODY, Cutter, Fault, Piece
from finesse_tx.cti.core.framing import MAX_BODY, Frame, frame_bytes

BEAT = Frame(5, bytes.fromhex("00000007"))
EVENT = Frame(2, bytes.fromhex("00000024"))
WIRE = frame_bytes(BEAT) + frame_bytes(EVENT)


def fits(frame: Frame) -> bool:
    """Every message here has four bytes of body."""
    return len(frame.body) == 4


def cut(*chunks: bytes, hunting: bool = False) -> list[Piece | Fault]:
    """Everything that a stream has."""
    cutter = Cutter(fits, hunting=hunting)
    found = [piece for chunk in chunks for piece in cutter.feed(chunk)]
    return [*found, *cutter.end()]


def told(pieces: Iterable[Piece | Fault]) -> list[str]:
    """What was found, for people."""
    return [
        f"{piece.offset}: {piece.frame.message_type}"
        if isinstance(piece, Piece)
        else f"{piece.offset}: expected {piece.expected}; found {piece.seen.hex()}{': ' * bool(piece.seen)}{piece.found}"
        for piece in pieces
    ]


HEADER = "expected a message header (MessageLength up to 65535, MessageType 1 to 512); found"


class CutterTests(SynchronousTestCase):
    """Good streams and bad ones."""

    @given(st.lists(st.sampled_from([BEAT, EVENT]), max_size=8), st.integers(1, 30))
    def test_any_split(self, sent: list[Frame], step: int) -> None:
        """However a stream comes in, its messages come out, each with the place where it begins."""
        wire = b"".join(map(frame_bytes, sent))
        pieces = cut(*(wire[at : at + step] for at in range(0, len(wire), step)))
        self.assertEqual(pieces, [Piece(12 * n, frame) for n, frame in enumerate(sent)])

    @given(st.binary(min_size=1, max_size=40), st.integers(1, 30))
    def test_any_garbage(self, garbage: bytes, step: int) -> None:
        """Whatever stands between messages, those after it come out, and nothing goes wrong."""
        wire = WIRE + garbage + WIRE * 6
        pieces = cut(*(wire[at : at + step] for at in range(0, len(wire), step)))
        self.assertEqual(pieces[:2], [Piece(0, BEAT), Piece(12, EVENT)])
        if not any(garbage[:3]):  # as a header it may promise much, and eat what follows
            return
        self.assertEqual(pieces[-1], Piece(len(wire) - 12, EVENT))

    def test_impossible_header(self) -> None:
        """An impossible header is told once, with its bytes and how many were skipped."""
        for header in ("00010000 00000005", "00000004 00000000", "00000004 00000201"):
            wire = WIRE + bytes.fromhex(header) + b"abc" + WIRE
            self.assertEqual(
                told(cut(wire)),
                [
                    "0: 5",
                    "12: 2",
                    f"24: {HEADER} {header.replace(' ', '')}: 11 bytes, skipped",
                    "35: 5",
                    "47: 2",
                ],
            )

    def test_greatest_header(self) -> None:
        """The greatest header there can be is believed."""
        frame = Frame(512, bytes(MAX_BODY))
        self.assertEqual(cut(frame_bytes(frame)), [Piece(0, frame)])

    def test_end(self) -> None:
        """A message that the end cuts is told with what it is, and a piece of a header too."""
        self.assertEqual(
            told(cut(WIRE + WIRE[:11])),
            [
                "0: 5",
                "12: 2",
                "24: expected the 12 bytes of HEARTBEAT_REQ; found the end after 11 bytes",
            ],
        )
        self.assertEqual(
            told(cut(WIRE[:1])),
            ["0: expected a message header of 8 bytes; found the end after 1 byte"],
        )

    def test_wrong_length(self) -> None:
        """What stands after a length that promises too much still comes out, once the stream has ended."""
        wire = bytes.fromhex("0000fff0 00000005 00000007") + WIRE
        self.assertEqual(
            told(cut(wire)),
            [
                "0: expected the 65528 bytes of HEARTBEAT_REQ; found the end after 36 bytes",
                "12: 5",
                "24: 2",
            ],
        )

    def test_from_the_middle(self) -> None:
        """A stream that begins in the middle of a message is read from the next one on; at a message, at once."""
        self.assertEqual(
            told(cut(WIRE[5:] + WIRE, hunting=True)),
            [f"0: {HEADER} 00000500000007: 7 bytes, skipped", "7: 2", "19: 5", "31: 2"],
        )
        self.assertEqual(told(cut(WIRE, hunting=True)), ["0: 5", "12: 2"])

    def test_what_looks_like_a_message(self) -> None:
        """While one is looked for, a header alone is not believed: its message and the header after it must be."""
        lost = b"\xff" * 8
        for strange in (
            "00000005 00000005 0000000001",  # not the length of that message
            "00000004 00000005 00000001 ffffffff 00000001",  # followed by no header
            f"{LIKELY_BODY + 1:08x} 00000005",  # longer than anybody's
        ):
            pieces = cut(lost + bytes.fromhex(strange) + WIRE * 2)
            self.assertEqual(pieces[-1], Piece(len(lost) + len(bytes.fromhex(strange)) + 36, EVENT))
            self.assertEqual([type(piece) for piece in pieces], [Fault] + [Piece] * 4)

    def test_nothing_found(self) -> None:
        """Where no message follows, all that is left is told as one."""
        self.assertEqual(
            told(cut(WIRE + b"\xff" * 100)),
            ["0: 5", "12: 2", f"24: {HEADER} {'ff' * 8}: 100 bytes, skipped"],
        )

    def test_bound(self) -> None:
        """Garbage without end is not kept."""
        cutter = Cutter(fits)
        for _ in range(100):
            self.assertEqual([*cutter.feed(b"\xff" * 10_000)], [])
            self.assertLess(len(cutter._buffer) + len(cutter._skipped), 20)
        (fault,) = cutter.end()
        self.assertIn("1000000 bytes, skipped", fault.found)  # type: ignore[union-attr]

    def test_gap(self) -> None:
        """A gap is told with what it tears, and what follows it is read from the next message on."""
        cutter = Cutter(fits)
        pieces = [*cutter.feed(WIRE + WIRE[:10]), *cutter.gap(5), *cutter.feed(WIRE[3:] + WIRE)]
        self.assertEqual(
            told(pieces)[:3],
            [
                "0: 5",
                "12: 2",
                "34: expected 5 bytes of the 12 bytes of HEARTBEAT_REQ, which has begun; found a gap: the capture does not have them",
            ],
        )
        self.assertEqual(pieces[-2:], [Piece(60, BEAT), Piece(72, EVENT)])

    def test_gap_between_messages(self) -> None:
        """Two gaps in a row, between messages, are two."""
        cutter = Cutter(fits)
        pieces = [*cutter.feed(WIRE), *cutter.gap(1), *cutter.gap(12), *cutter.feed(WIRE)]
        self.assertEqual(
            told(pieces),
            [
                "0: 5",
                "12: 2",
                "24: expected 1 byte; found a gap: the capture does not have them",
                "25: expected 12 bytes; found a gap: the capture does not have them",
                "37: 5",
                "49: 2",
            ],
        )
