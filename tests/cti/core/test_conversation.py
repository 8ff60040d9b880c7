"""Reading what others say: the layout that each message is in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.conversation import Conversation
from finesse_tx.cti.core.layout import Dialect, Layout, Widths
from finesse_tx.cti.core.messages import FailureEvent, HeartbeatReq
from finesse_tx.cti.core.unlisting import Choice
from tests.support.cti import bridge_request


def read(data: bytes, choice: Choice | None = None, **options: Any) -> list[dict[str, Any]]:
    """What a stream is listed as."""
    conversation = Conversation(choice or Choice(), **options)
    cutter = conversation.cutter()
    return [*conversation.lines(cutter.feed(data)), *conversation.lines(cutter.end())]


def layouts(lines: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The layout of each line."""
    keys = ("dialect", "protocol_version", "tag_width", "length_width")
    return [tuple(line[key] for key in keys) for line in lines]


def opening(layout: Layout) -> bytes:
    """An OPEN_REQ, and an event that can only be read in its layout."""
    request = replace(bridge_request(), version_number=layout.version)
    return layout.encode(request) + layout.encode(FailureEvent(status=1, text="gone"))


class ConversationTests(SynchronousTestCase):
    """Whoever reads a session."""

    def test_learnt(self) -> None:
        """The version and the widths are those of the latest OPEN_REQ, for it and for what follows."""
        sessions = [
            Layout.of(Dialect.UCCX, 14),
            Layout.of(Dialect.UCCX, 18),
            Layout.of(Dialect.UCCX, 18, Widths(2, 2)),
            Layout.of(Dialect.UCCX, 16),
            Layout.of(Dialect.UCCE, 24),
            Layout.of(Dialect.UCCE, 9),
        ]
        for layout in sessions:
            lines = read(b"".join(map(opening, (Layout.of(Dialect.UCCX, 10), layout))))
            self.assertEqual([line["message_type"] for line in lines], [3, 2, 3, 2])
            expected = (layout.dialect.value, layout.version, *layout.widths)
            self.assertEqual(layouts(lines)[2:], [expected] * 2)
            self.assertEqual(lines[-1]["floating"][0]["value"], "gone")

    def test_usual(self) -> None:
        """Before any OPEN_REQ it is UCCX's 16, or what the caller says is likely."""
        beat = Layout.of(Dialect.UCCX, 16).encode(HeartbeatReq(invoke_id=1))
        self.assertEqual(layouts(read(beat)), [("uccx", 16, 1, 1)])
        self.assertEqual(layouts(read(beat, dialect=Dialect.UCCE)), [("ucce", 24, 2, 2)])

    def test_chosen(self) -> None:
        """What was said is not learnt."""
        wire = opening(Layout.of(Dialect.UCCX, 14))
        self.assertEqual(layouts(read(wire, Choice(version=16))), [("uccx", 16, 1, 1)] * 2)
        self.assertEqual(layouts(read(wire, Choice(Dialect.UCCE))), [("ucce", 14, 1, 1)] * 2)
        (first, *_) = read(wire, Choice(widths=Widths(2, 2)))
        self.assertIn("error", first)

    def test_unknown_version(self) -> None:
        """A version that nobody has changes nothing."""
        wire = opening(Layout.of(Dialect.UCCX, 14)) + opening(
            Layout.of(Dialect.UCCX, 99, Widths(1, 1))
        )
        self.assertEqual(layouts(read(wire)), [("uccx", 14, 1, 1)] * 4)

    def test_short_open_request(self) -> None:
        """An OPEN_REQ that is no whole one is told, and what follows is read."""
        wire = bytes.fromhex("00000008 00000003 00000001 0000000e 00000004 00000005 00000001")
        error, beat = read(wire)
        self.assertEqual(
            error["error"],
            "offset 16: expected IdleTimeout, a UINT of 4 bytes, in the fixed part of OPEN_REQ; "
            "found the message's end after 0",
        )
        self.assertEqual((error["offset"], error["message"]), (16, "OPEN_REQ"))
        self.assertEqual(error["hex"], wire[:16].hex())
        self.assertEqual((beat["message"], beat["offset"]), ("HEARTBEAT_REQ", 16))

    def test_redaction(self) -> None:
        """With passwords left out, so are the bytes of a message that cannot be read."""
        wire = bytes.fromhex("00000008 00000003 00000001 0000000e")
        (error,) = read(wire, redact=True)
        self.assertNotIn("hex", error)
        garbage = b"\xffsecret!"
        (error,) = read(garbage, redact=True)
        self.assertTrue(error["error"].endswith("; found 8 bytes, skipped"))
        (error,) = read(garbage)
        self.assertTrue(error["error"].endswith(f"; found {garbage.hex()}: 8 bytes, skipped"))

    def test_looking_for_a_message(self) -> None:
        """After garbage only what can be listed is believed: no message without a layout, and none that is torn."""
        beat = Layout.of(Dialect.UCCX, 16).encode(HeartbeatReq(invoke_id=1))
        for strange in ("00000000 00000098", "00000004 00000003 00000000"):
            lines = read(b"\xff" * 8 + bytes.fromhex(strange) + beat)
            self.assertEqual([line.get("message") for line in lines], [None, "HEARTBEAT_REQ"])
