"""Messages on a byte stream: an eight-byte header, then the body.

Spec: ``cti.md`` §2.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Final, NamedTuple

from finesse_tx.cti.core.errors import FrameTooLargeError, LostSyncError

__all__ = ["MAX_BODY", "MAX_TYPE", "MHDR", "Frame", "frame_bytes", "frames"]

MHDR: Final = Struct(">II")
"""MessageLength, which leaves these eight bytes out, and MessageType."""

MAX_BODY: Final = 65_535
"""The longest body that is read. Peers send far less: 12492 bytes from version 20 on, 4321 before."""

MAX_TYPE: Final = 512
"""The greatest message type that is believed; the greatest there is is 284."""


class Frame(NamedTuple):
    """A message before it is understood.

    Attributes:
        message_type: From 1 to `MAX_TYPE`.
        body: The fixed and the floating part.
    """

    message_type: int
    body: bytes


def frames(buffer: bytearray, max_body: int = MAX_BODY) -> Iterator[Frame]:
    """Cut every whole message off the front of ``buffer``, in order; leave the rest there.

    The buffer is cut when the iterator is done with, or is dropped: until then nothing else may cut it.

    Raises:
        FrameTooLargeError: A header promises more than ``max_body`` bytes.
        LostSyncError: A header names an impossible message type.
    """
    # One copy and one cut for all: each message for itself would be copied twice, and moved once.
    data, unpack, make = bytes(buffer), MHDR.unpack_from, tuple.__new__
    head, size, at = MHDR.size, len(data), 0
    try:
        while (start := at + head) <= size:
            length, message_type = unpack(data, at)
            if length > max_body:
                raise FrameTooLargeError(length, max_body)
            if not 1 <= message_type <= MAX_TYPE:
                raise LostSyncError(message_type)
            if (end := start + length) > size:
                return
            at = end
            yield make(Frame, (message_type, data[start:end]))
    finally:
        del buffer[:at]


def frame_bytes(frame: Frame) -> bytes:
    """Write a message as it goes on the wire."""
    return MHDR.pack(len(frame.body), frame.message_type) + frame.body
