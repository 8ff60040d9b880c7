r"""The journal's format: one record in one line, which proves itself.

    CHECKSUM SEQUENCE JSON\n

CHECKSUM is the CRC-32 of the rest of the line without its end, in eight hexadecimal digits; SEQUENCE is the record's
number, one more than that of the line before. JSON has no line end inside. So the first line that was torn, damaged
or put there by something else is known for what it is, and whatever comes before it is what was written.

An operator can read it with ``less``.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

__all__ = ["MAX_LINE", "line", "scan"]

MAX_LINE: Final = 1 << 20
"""The longest line, in bytes; one without an end that is longer is damage, and is not waited for."""

_HEX: Final = 8


def line(sequence: int, payload: bytes) -> bytes:
    """Write one record.

    Args:
        sequence: Its number, from 1.
        payload: JSON in one line.

    Raises:
        ValueError: There is a line end in it, or it is too long.
    """
    text = b"%d %s" % (sequence, payload)
    if b"\n" in text or len(text) + _HEX + 2 > MAX_LINE:
        raise ValueError("a record is one line, of no more than MAX_LINE bytes")
    return b"%08x %s\n" % (crc32(text), text)


def scan(data: bytes, first: int) -> tuple[list[bytes], int]:
    """Read records as far as they are good.

    Args:
        data: Lines, from the start of one.
        first: The number of the first.

    Returns:
        The payloads, and how many bytes they take in ``data``: there the good part ends.
    """
    found: list[bytes] = []
    start = 0
    while (end := data.find(b"\n", start, start + MAX_LINE)) >= 0:
        payload = _payload(data[start:end], first + len(found))
        if payload is None:
            break
        found.append(payload)
        start = end + 1
    return found, start


def _payload(text: bytes, sequence: int) -> bytes | None:
    """What a line holds, if it is the record of that number."""
    checksum, _, rest = text.partition(b" ")
    if checksum != b"%08x" % crc32(rest):
        return None
    number, _, payload = rest.partition(b" ")
    return payload if number == b"%d" % sequence else None
