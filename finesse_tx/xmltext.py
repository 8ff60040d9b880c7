"""The one XML reader: bytes in, DTDs and entities refused, depth and size capped.

Expat reads, and everything that makes XML dangerous is refused at the handler, before it is acted upon:
document types (and with them every entity), processing instructions where a stream forbids them, elements
nested too deeply, and more bytes than the caller allows. Two forms:

- `parse` reads a whole document into a tree, for REST bodies, BOSH bodies and gadget specifications;
- `StreamReader` reads an XMPP stream as it arrives and calls a target for each start, end and text.

Spec: XML 1.0 (well-formedness), RFC 6120 §11.1 (what a stream may not contain).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Protocol
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from finesse_tx.errors import FinesseError

__all__ = [
    "MAX_DEPTH",
    "Element",
    "StreamReader",
    "StreamTarget",
    "XMLRefusedError",
    "escape",
    "parse",
]

MAX_DEPTH: Final = 64
"""How deep elements may nest; nothing that we speak needs a third of it."""

NAMESPACE_SEPARATOR: Final = " "

_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
    # What XML 1.0 cannot carry at all, not even escaped, becomes the replacement character.
    | {chr(code): "\ufffd" for code in [*range(0x20), 0xFFFE, 0xFFFF] if code not in (9, 10, 13)}
)

_SPECIAL: Final = re.compile("[" + re.escape("".join(map(chr, _ESCAPES))) + "]").search
"""Most texts need nothing: looking costs a fifth of translating."""


class XMLRefusedError(FinesseError):
    """The text is not XML, or is XML that we do not read.

    Attributes:
        reason: What is wrong, fit for a client to read.
        line: The line it is on, from 1.
        column: The column, from 0.
    """

    def __init__(self, reason: str, line: int, column: int) -> None:
        super().__init__(reason, line, column)
        self.reason, self.line, self.column = reason, line, column

    def __str__(self) -> str:
        return f"{self.reason} (line {self.line}, column {self.column})"


def escape(text: str) -> str:
    """Make ``text`` fit for an element's content or an attribute's value.

    All five predefined entities are used, as Finesse's own notifications do. Characters that XML 1.0 forbids
    become U+FFFD: a caller's name with a control character in it must not break an agent's stream.
    """
    return text.translate(_ESCAPES) if _SPECIAL(text) else text


class StreamTarget(Protocol):
    """What a `StreamReader` calls; a name is ``namespace + " " + local`` or, without namespace, ``local``."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def data(self, text: str) -> None:
        """Character data; one text may come in several pieces."""


class StreamReader:
    """An incremental reader: `feed` it bytes, it calls the target.

    Args:
        target: Called for each event, within `feed`.
        max_depth: The deepest nesting.
        restricted: Refuse comments, processing instructions and encodings too, as RFC 6120 §11.1 and §11.6 demand of a
            stream; else a declared encoding is ignored.
    """

    def __init__(
        self, target: StreamTarget, *, max_depth: int = MAX_DEPTH, restricted: bool = True
    ) -> None:
        parser = expat.ParserCreate("UTF-8", NAMESPACE_SEPARATOR)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = target.data
        if restricted:
            parser.XmlDeclHandler = self._declaration
            parser.CommentHandler = self._comment
            parser.ProcessingInstructionHandler = self._instruction
        # Expat 2.6 and later may sit on a tag that came in pieces until more follows, which on a stream
        # would be the client's next stanza. The caller's limit on size is what bounds the work instead.
        if defer := getattr(parser, "SetReparseDeferralEnabled", None):
            defer(False)
        self._parser, self._target = parser, target
        self._depth, self._max_depth = 0, max_depth

    @property
    def position(self) -> int:
        """How many bytes came before the event that the target is being told of."""
        return self._parser.CurrentByteIndex

    def feed(self, data: bytes, *, final: bool = False) -> None:
        """Read on.

        Raises:
            XMLRefusedError: Not well-formed, or not allowed. The reader is of no more use.
        """
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, "not well-formed")
            raise XMLRefusedError(reason, error.lineno, error.offset) from None

    def _refuse(self, reason: str) -> XMLRefusedError:
        return XMLRefusedError(
            reason, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber
        )

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > self._max_depth:
            raise self._refuse(f"elements nested deeper than {self._max_depth}")
        self._target.start(name, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._target.end(name)

    def _doctype(self, *_declaration: object) -> None:
        raise self._refuse("a document type is not allowed")

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.upper() not in {"UTF-8", "US-ASCII"}:
            raise self._refuse("an encoding that is not UTF-8")

    def _comment(self, _text: str) -> None:
        raise self._refuse("a comment is not allowed here")

    def _instruction(self, _target: str, _text: str) -> None:
        raise self._refuse("a processing instruction is not allowed here")


class _Tree:
    """Builds an ElementTree; names are ``{namespace}local``, ElementTree's way."""

    def __init__(self) -> None:
        builder = TreeBuilder()
        self._builder = builder
        self.data = builder.data

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._builder.start(
            _qualified(name), {_qualified(key): value for key, value in attributes.items()}
        )

    def end(self, name: str) -> None:
        self._builder.end(_qualified(name))

    def close(self) -> Element:
        return self._builder.close()


def _qualified(name: str) -> str:
    return "{" + name.replace(NAMESPACE_SEPARATOR, "}", 1) if NAMESPACE_SEPARATOR in name else name


def parse(document: bytes, *, max_bytes: int, max_depth: int = MAX_DEPTH) -> Element:
    """Read a whole document.

    Args:
        document: UTF-8, with or without an XML declaration.
        max_bytes: More than this is refused unread.
        max_depth: The deepest nesting.

    Returns:
        The root element.

    Raises:
        XMLRefusedError: Too large, too deep, not well-formed, or with a document type.
    """
    if len(document) > max_bytes:
        raise XMLRefusedError(f"the document is larger than {max_bytes} bytes", 1, 0)
    tree = _Tree()
    StreamReader(tree, max_depth=max_depth, restricted=False).feed(document, final=True)
    return tree.close()
