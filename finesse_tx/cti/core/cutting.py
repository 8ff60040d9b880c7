"""A byte stream of any quality, cut into messages; where it is none, the next message is looked for.

`finesse_tx.cti.core.framing` is for sessions: it gives up at the first impossible header, as it should. This is for
captures and logs, in which the rest is still worth reading.

Spec: ``cti.md`` §2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from finesse_tx.cti.core.framing import MAX_BODY, MAX_TYPE, MHDR, Frame
from finesse_tx.cti.core.messages import CATALOGUE
from finesse_tx.cti.core.naming import in_bytes, message_name
from finesse_tx.cti.core.wire import Dialect

__all__ = ["LIKELY_BODY", "Cutter", "Fault", "Piece"]

LIKELY_BODY: Final = 12_492
"""The longest body that is believed while a message is looked for: the longest that any version sends."""

_HEADER: Final = f"a message header (MessageLength up to {MAX_BODY}, MessageType 1 to {MAX_TYPE})"


class Piece(NamedTuple):
    """A whole message.

    Attributes:
        offset: Where it begins in the stream.
        frame: It.
    """

    offset: int
    frame: Frame


class Fault(NamedTuple):
    """Bytes that are no message.

    Attributes:
        offset: Where they begin in the stream.
        expected: What should be there.
        found: What is.
        seen: The first of the bytes, at most eight; empty where they do not matter.
    """

    offset: int
    expected: str
    found: str
    seen: bytes = b""


class Cutter:
    """Cuts one stream; holds `MAX_BODY` bytes and one read's worth at most.

    Args:
        fits: Whether a message is what its table says. Asked only while one is looked for, when bytes that look like
            a header may be anything.
        hunting: Whether the stream begins in the middle of something.

    Attributes:
        offset: How many bytes have been cut off.
    """

    def __init__(self, fits: Callable[[Frame], bool], *, hunting: bool = False) -> None:
        self._fits, self._hunting = fits, hunting
        self._buffer = bytearray()
        self._skipped = bytearray()
        self._skips = 0
        self.offset = 0

    def feed(self, data: bytes) -> Iterator[Piece | Fault]:
        """Take the next bytes, and cut off what is whole."""
        self._buffer += data
        return self._cut(final=False)

    def end(self) -> Iterator[Piece | Fault]:
        """Nothing follows: say what is left, and look for messages in it."""
        yield from self._cut(final=True)
        if left := len(self._buffer):
            head = bytes(self._buffer[: MHDR.size])
            what = _whole(head) if left >= MHDR.size else f"a message header of {MHDR.size} bytes"
            yield Fault(self.offset, what, f"the end after {in_bytes(left)}")
            self._hunting = True
            self._drop(1)
            yield from (piece for piece in self._cut(final=True) if isinstance(piece, Piece))
            self._skip(len(self._buffer))
        self._skips = 0
        self._skipped.clear()

    def gap(self, missing: int) -> Iterator[Piece | Fault]:
        """Go on after ``missing`` bytes that nobody has; a message is looked for after them."""
        if self._hunting:
            yield from self._cut(final=True)
        left = len(self._buffer)
        what = f" of {_whole(self._buffer)}, which has begun" if left >= MHDR.size else ""
        self._drop(left)
        yield Fault(
            self.offset, f"{in_bytes(missing)}{what}", "a gap: the capture does not have them"
        )
        self.offset += missing
        self._hunting = True

    def _cut(self, *, final: bool) -> Iterator[Piece | Fault]:
        while True:
            if self._hunting:
                self._hunting = not self._found(final=final)
                if not self._hunting or final:
                    yield from self._lost()
                if self._hunting:
                    return
            if len(self._buffer) < MHDR.size:
                return
            length, message_type = MHDR.unpack_from(self._buffer)
            if length > MAX_BODY or not 1 <= message_type <= MAX_TYPE:
                self._hunting = True
                self._skip(1)
                continue
            if len(self._buffer) < (end := MHDR.size + length):
                return
            yield Piece(self.offset, Frame(message_type, bytes(self._buffer[MHDR.size : end])))
            self._drop(end)

    def _found(self, *, final: bool) -> bool:
        """Skip to a message that can be believed, or to where that cannot be told yet."""
        at, last = 0, len(self._buffer) - MHDR.size
        while at <= last:
            if _likely(self._buffer, at):
                length, message_type = MHDR.unpack_from(self._buffer, at)
                end = at + MHDR.size + length
                if end > len(self._buffer) and not final:
                    break
                body = bytes(self._buffer[at + MHDR.size : end])
                if len(body) == length and self._is_message(Frame(message_type, body), end):
                    self._skip(at)
                    return True
            at += 1
        self._skip(len(self._buffer) if final else at)
        return False

    def _is_message(self, frame: Frame, end: int) -> bool:
        after = len(self._buffer) - end
        return self._fits(frame) and (after < MHDR.size or _likely(self._buffer, end))

    def _skip(self, count: int) -> None:
        self._skipped += self._buffer[: min(count, MHDR.size - len(self._skipped))]
        self._skips += count
        self._drop(count)

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self.offset += count

    def _lost(self) -> Iterator[Fault]:
        if self._skips:
            offset, found = self.offset - self._skips, f"{in_bytes(self._skips)}, skipped"
            yield Fault(offset, _HEADER, found, bytes(self._skipped))
        self._skips = 0
        self._skipped.clear()


def _likely(buffer: bytearray, at: int) -> bool:
    length, message_type = MHDR.unpack_from(buffer, at)
    return length <= LIKELY_BODY and message_type in CATALOGUE


def _whole(head: bytes | bytearray) -> str:
    length, message_type = MHDR.unpack_from(head)
    return f"the {MHDR.size + length} bytes of {message_name(message_type, Dialect.UCCE)}"
