"""Frames, as far as bounds need to see them: h2 reads what is in them.

They are cut here, one by one, so that each is paid for before it is read, is examined by h2 alone, and has its effect
before the next one is looked at.

Spec: RFC 9113 §3.4 (the preface), §4.1 (the frame), §4.3 (header blocks), §6.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple

from h2.errors import ErrorCodes

from finesse_tx.http2.core.errors import BrokenError

__all__ = ["MAX_BLOCK_BYTES", "MAX_FRAME_BYTES", "PREFACE", "Flag", "Frame", "FrameCutter", "Kind"]

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

HEADER: Final = 9

MAX_FRAME_BYTES: Final = 16_384
"""The largest frame, which is also the least that a client may count on (SETTINGS_MAX_FRAME_SIZE)."""

MAX_BLOCK_BYTES: Final = 65_536
"""The most that a header block takes which comes in pieces (CONTINUATION)."""


class Kind(IntEnum):
    """The types of frames. Others are ignored, as §5.5 wants it."""

    DATA = 0
    HEADERS = 1
    PRIORITY = 2
    RST_STREAM = 3
    SETTINGS = 4
    PUSH_PROMISE = 5
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9


class Flag(IntEnum):
    """Those flags that are looked at here."""

    END_STREAM = 0x1
    END_HEADERS = 0x4


class Frame(NamedTuple):
    """A whole frame.

    Attributes:
        kind: Its type, a `Kind` or not.
        flags: Its flags.
        stream_id: The stream it is about; 0 for the connection.
        wire: All of it.
    """

    kind: int
    flags: int
    stream_id: int
    wire: bytes

    @property
    def size(self) -> int:
        """What it has after its header."""
        return len(self.wire) - HEADER


class FrameCutter:
    """Cuts what comes into frames; keeps one that is not whole, and no more than that."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._block_bytes = 0

    def frames(self, data: bytes) -> Iterator[Frame]:
        """Every frame that is whole by now.

        Args:
            data: What has come, without the preface.

        Raises:
            BrokenError: A header promises a frame that is too large, or a header block goes on too long.
        """
        buffer = self._buffer
        buffer += data
        while len(buffer) >= HEADER:
            length = int.from_bytes(buffer[:3])
            if length > MAX_FRAME_BYTES:
                raise BrokenError(ErrorCodes.FRAME_SIZE_ERROR, f"a frame of {length} bytes")
            end = HEADER + length
            if len(buffer) < end:
                return
            stream_id = int.from_bytes(buffer[5:HEADER]) & 0x7FFF_FFFF
            frame = Frame(buffer[3], buffer[4], stream_id, bytes(buffer[:end]))
            del buffer[:end]
            self._measure(frame)
            yield frame

    def _measure(self, frame: Frame) -> None:
        """A header block is only read when all of it is there, and until then it is kept."""
        if frame.kind not in {Kind.HEADERS, Kind.CONTINUATION}:
            return
        self._block_bytes += frame.size
        if self._block_bytes > MAX_BLOCK_BYTES:
            raise BrokenError(ErrorCodes.ENHANCE_YOUR_CALM, "a header block does not end")
        if frame.flags & Flag.END_HEADERS:
            self._block_bytes = 0
