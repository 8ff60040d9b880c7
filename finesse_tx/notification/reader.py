"""One XML stream on a connection, cut into stanzas and measured.

Spec: RFC 6120 §4.2 (the root element is the stream), §4.6.1 (white space between stanzas), §11.1 (what is forbidden),
§13.12 (a limit on the size of a stanza).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from twisted.words.xish.domish import Element

from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.stanzas import ElementBuilder
from finesse_tx.xmltext import MAX_ELEMENTS, StreamReader, XMLRefusedError

_TOO_MUCH: Final = ("nested", "more than", "longer than", "too many")

__all__ = ["StanzaReader", "StanzaTarget", "refused"]


class StanzaTarget(Protocol):
    """What a `StanzaReader` tells. Each may end the stream; what was read by then still comes."""

    def header_received(self, name: str, attributes: Mapping[str, str]) -> None:
        """The stream begins; the name is ``namespace + " " + local``."""

    def element_received(self, element: Element) -> None:
        """A whole element has come."""

    def footer_received(self) -> None:
        """The stream ends."""


class StanzaReader:
    """Reads one stream, between its header and its footer.

    A stanza of up to ``max_bytes`` is always read; one that is larger by more than its end tag never is.

    Args:
        target: Told of what comes.
        max_bytes: How large a stanza may be.
        max_elements: How many elements it may have.

    Attributes:
        over: Whether another has taken its place, after STARTTLS and after signing in: more is an error then.
    """

    __slots__ = ("_begin", "_builder", "_depth", "_fed", "_max_bytes", "_reader", "_target", "over")

    def __init__(
        self, target: StanzaTarget, max_bytes: int, max_elements: int = MAX_ELEMENTS
    ) -> None:
        self._target, self._max_bytes = target, max_bytes
        self._builder = ElementBuilder()
        self._reader = StreamReader(self, max_elements=max_elements)
        self._depth = self._begin = self._fed = 0
        self.over = False

    def feed(self, data: bytes) -> None:
        """Read on.

        Raises:
            StreamError: It is not XML, not allowed, or too much.
        """
        if not self._fed:
            data = (
                data.lstrip()
            )  # a line end after the stanza before; nothing may precede an XML declaration
        self._fed += len(data)
        try:
            self._reader.feed(data)
        except XMLRefusedError as error:
            raise refused(error) from None
        self._measure(self._fed)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins; expat says so."""
        if self.over:
            raise StreamError("policy-violation", "sent before it was the time for it")
        self._depth += 1
        if self._depth == 1:
            self._begin = self._fed
            self._target.header_received(name, attributes)
            return
        if self._depth == 2:
            self._begin = self._reader.position
        self._builder.start(name, attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        self._depth -= 1
        if self._depth == 0:
            self._target.footer_received()
            return
        self._builder.end(name)
        if self._depth == 1:
            self._measure(self._reader.position)
            self._begin = self._fed
            self._target.element_received(self._builder.elements.pop())

    def data(self, text: str) -> None:
        """Character data: between stanzas, white space alone."""
        if self._depth > 1:
            self._builder.data(text)
        elif text.strip():
            raise StreamError("bad-format", "text between stanzas")
        else:
            self._begin = self._fed

    def _measure(self, end: int) -> None:
        if end - self._begin > self._max_bytes:
            raise StreamError("policy-violation", f"a stanza larger than {self._max_bytes} bytes")


def refused(error: XMLRefusedError) -> StreamError:
    """RFC 6120 §4.9.3.18, §4.9.3.14, §4.9.3.22 and §4.9.3.13: what is forbidden, too much, otherwise encoded, no XML."""
    if "not allowed" in error.reason:
        return StreamError("restricted-xml", error.reason)
    if any(word in error.reason for word in _TOO_MUCH):
        return StreamError("policy-violation", error.reason)
    if "encoding" in error.reason:
        return StreamError("unsupported-encoding", error.reason)
    return StreamError("not-well-formed", error.reason)
