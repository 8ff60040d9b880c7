"""``docs/rest.rst``: the bounds that it names for HTTP/2 are the code's."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.http2.channel import MAX_CONTROL_BYTES, MAX_WAITING_BYTES
from finesse_tx.http2.core.connection import (
    EARNING_BYTES,
    FRAME_UNIT_BYTES,
    FRAMES_AT_ONCE,
    FRAMES_PER_S,
    MAX_STREAMS,
    MAX_TABLE_BYTES,
    RESETS_AT_ONCE,
    RESETS_PER_S,
    SMALL_DATA_BYTES,
)
from finesse_tx.http2.core.frames import MAX_BLOCK_BYTES, MAX_FRAME_BYTES
from finesse_tx.http2.stream import MAX_UNDERWAY_BYTES
from finesse_tx.site import LINGER_S, MAX_HEAD_BYTES

KIB, MIB = 1_024, 1_048_576


class BoundsTests(SynchronousTestCase):
    """The section "HTTP/2"."""

    def setUp(self) -> None:
        """Read it."""
        text = (Path(__file__).parents[2] / "docs" / "rest.rst").read_text()
        section = text.partition("\nHTTP/2\n======\n")[2].partition("\nAnswers\n=======\n")[0]
        self.lines = [" ".join(line.split()) for line in section.splitlines()]

    def test_table(self) -> None:
        """Each row has its number."""
        for row in (
            f"requests under way {MAX_STREAMS} RST_STREAM",
            f"head, unpacked, with 32 bytes for each line {2 * MAX_HEAD_BYTES // KIB} KiB",
            f"header block, packed, in pieces {MAX_BLOCK_BYTES // KIB} KiB",
            f"bodies of one connection that have not come whole {MAX_UNDERWAY_BYTES // MIB} MiB",
            f"answers that wait for the client {MAX_WAITING_BYTES // MIB} MiB",
            f"streams that are reset, or refused {RESETS_AT_ONCE} at once, {RESETS_PER_S:.0f} a second",
            f"frames that ask for nothing {FRAMES_AT_ONCE:,} at once, {FRAMES_PER_S:.0f} a second",
            f"what they have us say to a client that does not read {MAX_CONTROL_BYTES // KIB} KiB",
        ):
            found = [line for line in self.lines if line.startswith(row)]
            self.assertEqual(len(found), 1, row)

    def test_words(self) -> None:
        """The sentences have theirs."""
        section = " ".join(self.lines)
        self.assertEqual(LINGER_S, 5.0)
        for words in (
            f"one frame of {MAX_FRAME_BYTES // KIB} KiB each",
            f"parts of a body under {SMALL_DATA_BYTES} bytes",
            f"{FRAME_UNIT_BYTES} bytes in one count as one more",
            f"each {EARNING_BYTES // KIB} KiB of an answer earn the client one",
            "for another five seconds",
            f"HPACK keeps {MAX_TABLE_BYTES // KIB} KiB",
        ):
            self.assertIn(words, section)
