"""A layout: which bytes a message is, between two peers that have agreed on a version.

Spec: ``cti.md`` §4.2 and §4.5 (widths), §5 (versions), §12.1.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.compiler import Codec, Shape, compile_codec
from finesse_tx.cti.core.enums import MessageType, StatusCode
from finesse_tx.cti.core.errors import BadMessageError
from finesse_tx.cti.core.floating import Widths, raw_fields, rewrite
from finesse_tx.cti.core.framing import Frame, frame_bytes
from finesse_tx.cti.core.message import Message, OpaqueMessage, RawField
from finesse_tx.cti.core.reading import unread
from finesse_tx.cti.core.table import FixedField, table_of
from finesse_tx.cti.core.wire import Dialect

__all__ = ["VERSIONS", "Dialect", "Layout", "Widths", "default_widths", "detect_widths"]

VERSIONS: Final = {Dialect.UCCX: range(10, 19), Dialect.UCCE: range(9, 26)}
"""The protocol versions of each dialect."""

WIDE_FROM: Final = 20
"""UCCE's first version with two bytes of tag and of length, and with longer messages."""


def default_widths(dialect: Dialect, version: int) -> Widths:
    """The widths that the reference gives for a version (§4.2)."""
    if dialect is Dialect.UCCX:
        return Widths(2, 1) if version >= 18 else Widths(1, 1)
    return Widths(2, 2) if version >= WIDE_FROM else Widths(1, 1)


class Layout:
    """What makes bytes of messages and messages of bytes.

    There is one instance for each combination: `Layout.of` finds it, so that what it has compiled is compiled once
    and "the same layout" is ``is``.

    Attributes:
        dialect: Whose.
        version: The negotiated protocol version.
        widths: The bytes of tag and length of floating fields.
    """

    __slots__ = ("_codecs", "_decoders", "_encoders", "dialect", "version", "widths")

    def __init__(self, dialect: Dialect, version: int, widths: Widths) -> None:
        self.dialect, self.version, self.widths = dialect, version, widths
        self._codecs: dict[type[Message], Codec] = {}
        self._decoders: dict[int, Callable[[bytes], Message]] = {}
        self._encoders: dict[type[Message], Callable[[Any], bytes]] = {}

    @staticmethod
    def of(dialect: Dialect, version: int, widths: Widths | None = None) -> Layout:
        """The layout of a version; ``widths`` where a session's are not the default ones."""
        return _layout(dialect, version, widths or default_widths(dialect, version))

    def __repr__(self) -> str:
        tag, length = self.widths
        return f"<Layout {self.dialect.value} {self.version}, {tag}+{length}>"

    def decode(self, frame: Frame) -> Message:
        """Understand a message.

        Returns:
            The message; an `OpaqueMessage` where no layout is published for its number.

        Raises:
            BadMessageError: It is shorter than its fixed part, or a floating field runs over its end.
        """
        number, body = frame
        try:
            decode = self._decoders[number]
        except KeyError:
            cls = messages.CATALOGUE.get(number)
            if cls is None:
                return OpaqueMessage(message_type=number, body=body)
            decode = self._decoders[number] = self.codec(cls).decode
        return decode(body)

    def encode(self, message: Message) -> bytes:
        """Write a message, header included.

        Raises:
            EncodeError: A value does not fit its field.
            MessageTooLongError: A peer of this version would not read so long a message.
        """
        origin = message._origin  # noqa: SLF001  # ours: Message and Layout share it
        if origin is None:
            try:
                encode = self._encoders[type(message)]
            except KeyError:
                encode = self._encoders[type(message)] = self._encoder(type(message))
            return encode(message)
        layout, body = origin
        if layout is self:
            return frame_bytes(Frame(message.MESSAGE_TYPE, body))
        wrap = self.codec(type(message)).wrap
        return wrap(message, rewrite(layout.floating(message), self.widths))

    def _encoder(self, cls: type[Message]) -> Callable[[Any], bytes]:
        if cls is OpaqueMessage:
            return _as_it_is
        return self.codec(cls).encode

    def codec(self, cls: type[Message]) -> Codec:
        """What this layout makes of a message class."""
        codec = self._codecs.get(cls)
        if codec is None:
            limit = 12_492 if self.version >= WIDE_FROM else 4_321
            shape = Shape(self.dialect, self.version, self.widths, limit)
            codec = self._codecs[cls] = compile_codec(cls, shape, self)
        return codec

    def fixed_part(self, cls: type[Message]) -> tuple[FixedField, ...]:
        """The fields of a message's fixed part, in the order of the wire."""
        return self.codec(cls).fixed

    def floating(self, message: Message) -> tuple[RawField, ...]:
        """Every floating field of a message that this layout decoded, in the order of the wire."""
        cls = type(message)
        _layout, body = message._origin or (self, b"")  # noqa: SLF001
        body = cls.canonical(body, self.version)
        return tuple(raw_fields(body, self.codec(cls).size, self.widths, cls.MESSAGE_TYPE))

    def unread(self, message: Message) -> tuple[RawField, ...]:
        """Those that no attribute holds: of unknown tags, or of a length that is not the tag's."""
        return unread(self.floating(message), table_of(type(message)).floating)


def _as_it_is(message: OpaqueMessage) -> bytes:
    return frame_bytes(Frame(message.message_type, message.body))


@cache
def _layout(dialect: Dialect, version: int, widths: Widths) -> Layout:
    return Layout(dialect, version, widths)


_OPEN_REQ_SIZE: Final = 44
_OPEN_REQ_TAGS: Final = frozenset({1, 2, 3, 4, 5, 6, 97, 194})


def detect_widths(body: bytes, dialect: Dialect, version: int) -> Widths:
    """Find out the widths of a session from the body of its OPEN_REQ (§4.5).

    Raises:
        BadMessageError: No widths make sense of it.
    """
    usual = default_widths(dialect, version)
    candidates = dict.fromkeys([usual, Widths(1, 1), Widths(2, 1), Widths(2, 2)])
    # Tags of newer clients are believed last: two bytes of length read as one make tags above 255 too.
    for greatest in (255, 65_535):
        for widths in candidates:
            try:
                tags = {field.tag for field in raw_fields(body, _OPEN_REQ_SIZE, widths, 3)}
            except BadMessageError:
                continue
            strange = {tag for tag in tags - _OPEN_REQ_TAGS if not 255 < tag <= greatest}
            if tags >= {1, 2} and not strange:
                return widths
    if len(body) < _OPEN_REQ_SIZE:
        reason = f"{_OPEN_REQ_SIZE} bytes of fixed part"
        raise BadMessageError(
            StatusCode.E_CTI_BAD_MESSAGE_FORMAT, MessageType.OPEN_REQ, len(body), reason
        )
    for _field in raw_fields(body, _OPEN_REQ_SIZE, usual, MessageType.OPEN_REQ):
        pass  # the usual widths fit; what is missing or unknown is another's to judge
    return usual
