"""Lines of text, and hex in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.textlines import BadHexError, hex_bytes, numbered_lines


class LineTests(SynchronousTestCase):
    """Cutting lines."""

    @given(st.lists(st.sampled_from(["", "a", "bc", " d "]), max_size=8), st.integers(1, 9))
    def test_any_split(self, lines: list[str], step: int) -> None:
        """However the text comes in, its lines come out with their numbers, without those that are blank."""
        text = "\n".join(lines).encode()
        chunks = [text[at : at + step] for at in range(0, len(text), step)]
        expected = [(n, line.strip().encode()) for n, line in enumerate(lines, 1) if line.strip()]
        self.assertEqual([*numbered_lines(chunks)], expected)

    def test_ends(self) -> None:
        """CR and a byte order mark are no part of a line."""
        text = b"\xef\xbb\xbf00\r\n\r\n01\r\n"
        self.assertEqual([*numbered_lines([text])], [(1, b"00"), (3, b"01")])

    def test_live(self) -> None:
        """A line goes out before more is asked for."""
        lines = numbered_lines(iter([b"a\n", b"b"]))
        self.assertEqual(next(lines), (1, b"a"))

    def test_longest(self) -> None:
        """A line is as long as the bound; one that is longer is None, once, and not kept."""
        for chunks in ([b"abcd\n", b"abcde\nab"], [b"ab", b"cd\na", b"bc", b"de", b"\nab"]):
            self.assertEqual([*numbered_lines(chunks, 4)], [(1, b"abcd"), (2, None), (3, b"ab")])
        self.assertEqual([*numbered_lines([b"abcd", b"e"], 4)], [(1, None)])
        lines = numbered_lines((b"a" * 1000 for _ in range(1000)), 4)
        self.assertEqual([*lines], [(1, None)])


class HexTests(SynchronousTestCase):
    """Reading hex."""

    def test_spaces(self) -> None:
        """White space may be anywhere, and letters of either case."""
        self.assertEqual(hex_bytes(b"0a0B 0 c\t0D"), b"\x0a\x0b\x0c\x0d")

    def test_faults(self) -> None:
        """What is no hex is told with its column, and with how many bytes come before it."""
        for text, offset, expected, found in (
            (b"0a 0g", 1, "a hex digit in column 5", "'g'"),
            (b"0x00", 0, "a hex digit in column 2", "'x'"),
            ("00 é".encode(), 1, "a hex digit in column 4", "'é'"),
            (b"00 \xff", 1, "a hex digit in column 4", "'\ufffd'"),
            (b"00 0", 1, "two hex digits for each byte", "3 digits"),
        ):
            error = self.assertRaises(BadHexError, hex_bytes, text)
            self.assertEqual((error.offset, error.expected, error.found), (offset, expected, found))
