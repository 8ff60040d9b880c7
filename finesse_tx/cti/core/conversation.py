"""What two sides say to each other, read by a third: in which layout, message by message.

The version of a session is in its OPEN_REQ, and so are the widths of its floating fields.

Spec: ``cti.md`` §4.5, §5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from finesse_tx.cti.core.cutting import Cutter, Fault, Piece
from finesse_tx.cti.core.enums import MessageType
from finesse_tx.cti.core.errors import BadMessageError
from finesse_tx.cti.core.framing import Frame, frame_bytes
from finesse_tx.cti.core.layout import VERSIONS, Dialect, Layout, detect_widths
from finesse_tx.cti.core.listing import UnlistableError, listing
from finesse_tx.cti.core.messages import CATALOGUE
from finesse_tx.cti.core.naming import message_name
from finesse_tx.cti.core.unlisting import Choice

__all__ = ["Conversation", "error_line"]

_VERSION: Final = slice(4, 8)
"""Where VersionNumber is in the body of OPEN_REQ, in every version."""


class Conversation:
    """One session, or all that somebody has written down of several, one after the other.

    Args:
        choice: What is said about the layout; the rest is learnt from each OPEN_REQ.
        dialect: Which it is where ``choice`` does not say.
        redact: Whether passwords are left out.

    Attributes:
        layout: The layout of the next message.
        sure: Whether its version has been said, or learnt; else it is the usual one.
    """

    def __init__(
        self, choice: Choice, dialect: Dialect = Dialect.UCCX, *, redact: bool = False
    ) -> None:
        self._choice, self._dialect, self._redact = choice, dialect, redact
        self.layout = choice.layout(dialect)
        self.sure = choice.version is not None

    def cutter(self, *, hunting: bool = False) -> Cutter:
        """What cuts the bytes of one direction."""
        return Cutter(self._fits, hunting=hunting)

    def lines(self, pieces: Iterator[Piece | Fault]) -> Iterator[dict[str, Any]]:
        """List what a cutter has cut: each message, and in place of each that cannot be read what is wrong with it.

        A message's ``offset`` is where it begins, an error's where the fault is.
        """
        for piece in pieces:
            if isinstance(piece, Fault):
                # What cannot be read may be a password.
                seen = f"{piece.seen.hex()}: " if piece.seen and not self._redact else ""
                yield error_line(piece.offset, piece.expected, f"{seen}{piece.found}")
            else:
                yield self._line(piece)

    def _line(self, piece: Piece) -> dict[str, Any]:
        if piece.frame.message_type == MessageType.OPEN_REQ:
            self._learn(piece.frame.body)
        try:
            listed = listing(piece.frame, self.layout, redact=self._redact)
        except UnlistableError as error:
            number = piece.frame.message_type
            line = error_line(piece.offset + error.offset, error.expected, error.found)
            line |= {"message": message_name(number, self.layout.dialect), "message_type": number}
            if not self._redact:
                line["hex"] = frame_bytes(piece.frame).hex()
            return line
        return listed | {"offset": piece.offset}

    def _learn(self, body: bytes) -> None:
        if (learnt := self._learnt(body)) is not None:
            self.layout, self.sure = learnt, True

    def _learnt(self, body: bytes) -> Layout | None:
        """The layout that an OPEN_REQ is in, and asks for; None if it is nobody's."""
        version = int.from_bytes(body[_VERSION], "big")
        dialect, choice = self._choice.dialect or self._dialect, self._choice
        if choice.version is not None:
            version = choice.version
        elif choice.dialect is None and version not in VERSIONS[dialect]:
            # Versions 9 and 19 to 25 can only be UCCE's.
            dialect = Dialect.UCCE if version in VERSIONS[Dialect.UCCE] else dialect
        if version not in VERSIONS[dialect]:
            return None
        widths = choice.widths
        if widths is None and choice.version is None:
            try:
                widths = detect_widths(body, dialect, version)
            except BadMessageError:
                widths = (
                    None  # it cannot be read; the next message perhaps can, in the usual widths
                )
        return Layout.of(dialect, version, widths)

    def _fits(self, frame: Frame) -> bool:
        if frame.message_type not in CATALOGUE:
            return False
        layout: Layout | None = self.layout
        if frame.message_type == MessageType.OPEN_REQ:
            layout = self._learnt(frame.body)
        try:
            return layout is not None and bool(listing(frame, layout))
        except UnlistableError:
            return False


def error_line(offset: int, expected: str, found: str) -> dict[str, Any]:
    """What stands in place of a message that cannot be read."""
    return {"error": f"offset {offset}: expected {expected}; found {found}", "offset": offset}
