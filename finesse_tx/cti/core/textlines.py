"""Lines of text as they come: numbered, without their ends, none longer than a bound; and hex in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from finesse_tx.errors import RemoteProtocolError

__all__ = ["LONGEST_LINE", "BadHexError", "hex_bytes", "numbered_lines"]

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


def numbered_lines(
    chunks: Iterable[bytes], longest: int = LONGEST_LINE
) -> Iterator[tuple[int, bytes | None]]:
    """Cut a stream into lines.

    Args:
        chunks: The stream, in whatever pieces; each line goes out before the next piece is asked for.
        longest: The most bytes of a line.

    Returns:
        From 1 on, each line that is not blank; None in place of one that is too long.
    """
    number, start, size = 1, bytearray(), 0
    for chunk in chunks:
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            size += len(end)
            yield from _line(number, bytes(start + end) if size <= longest else None)
            number, size = number + 1, 0
            start.clear()
        size += len(rest)
        if size <= longest:
            start += rest
        else:
            start.clear()
    yield from _line(number, bytes(start) if size <= longest else None)


def _line(number: int, line: bytes | None) -> Iterator[tuple[int, bytes | None]]:
    if line is None:
        yield number, None
    elif line := (line.removeprefix(_BOM) if number == 1 else line).strip():
        yield number, line


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
