"""Lines of text as they come: numbered, without their ends, none longer than a bound; and hex in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from finesse_tx.errors import RemoteProtocolError

__all__ = ["LONGEST_LINE", "BadHexError", "Lines", "hex_bytes", "numbered_lines"]

LONGEST_LINE: Final = 8 * 1024 * 1024
"""The most bytes of one line; the longest message there can be is less, as hex and as a listing."""

_BOM: Final = b"\xef\xbb\xbf"


class BadHexError(RemoteProtocolError):
    """A line is not bytes in hex.

    Attributes:
        offset: How many whole bytes come before the fault.
        expected: What should be there.
        found: What is.
    """

    def __init__(self, offset: int, expected: str, found: str) -> None:
        super().__init__(offset, expected, found)
        self.offset, self.expected, self.found = offset, expected, found


class Lines:
    """Cuts a stream into lines, each with its number, from 1 on; blank ones are left out.

    Args:
        longest: The most bytes of a line; one that is longer is None.
    """

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest, self._number = longest, 1
        self._start, self._size = bytearray(), 0

    def feed(self, chunk: bytes) -> Iterator[tuple[int, bytes | None]]:
        """The lines that end in the next piece of the stream."""
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            self._add(end)
            yield from self._line()
        self._add(rest)

    def end(self) -> Iterator[tuple[int, bytes | None]]:
        """The last line, if it has no end."""
        return self._line()

    def _add(self, text: bytes) -> None:
        self._size += len(text)
        if self._size <= self._longest:
            self._start += text
        else:
            self._start.clear()

    def _line(self) -> Iterator[tuple[int, bytes | None]]:
        number, size, line = self._number, self._size, bytes(self._start)
        self._number, self._size = number + 1, 0
        self._start.clear()
        if size > self._longest:
            yield number, None
        elif text := (line.removeprefix(_BOM) if number == 1 else line).strip():
            yield number, text


def numbered_lines(
    chunks: Iterable[bytes], longest: int = LONGEST_LINE
) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a stream, as `Lines` gives them; each goes out before the next piece is asked for."""
    lines = Lines(longest)
    for chunk in chunks:
        yield from lines.feed(chunk)
    yield from lines.end()


_NOT_HEX: Final = re.compile(r"[^0-9A-Fa-f\s]")


def hex_bytes(line: bytes) -> bytes:
    """The bytes that a line has in hex, with white space anywhere.

    Raises:
        BadHexError: Something else is in there, or half a byte.
    """
    text = line.decode("utf-8", "replace")
    wrong = _NOT_HEX.search(text)
    digits = "".join(text[: wrong.start() if wrong else None].split())
    if wrong:
        expected = f"a hex digit in column {wrong.start() + 1}"
        raise BadHexError(len(digits) // 2, expected, repr(wrong[0]))
    if len(digits) % 2:
        raise BadHexError(len(digits) // 2, "two hex digits for each byte", f"{len(digits)} digits")
    return bytes.fromhex(digits)
