"""XML as gadgets and message bundles are written in it: any usual encoding, and the line of each element.

Names are compared as they are written, in whatever namespace the root element is: gadgets differ in what they declare, and
OpenSocial's own containers do not look. An element of another namespace, such as ``os:DataRequest``, is none of ours.

Spec: XML 1.0, and appendix F of it for encodings; ``gadgets.md`` §2.1 and §13 (limits).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final

from finesse_tx.gadgets.core.errors import SpecError
from finesse_tx.xmltext import NAMESPACE_SEPARATOR, StreamReader, XMLRefusedError

__all__ = ["ENCODINGS", "MAX_DEPTH", "MAX_ELEMENTS", "Node", "read"]

MAX_DEPTH: Final = 64
"""How deep elements may nest: HTML that stands without CDATA nests as pages do."""

MAX_ELEMENTS: Final = 16_384
"""How many elements a document may have; a bundle of the largest size has as many messages of 32 characters."""

ENCODINGS: Final = ("UTF-8", "US-ASCII", "ISO-8859-1", "ISO-8859-15", "windows-1252")
"""What an XML declaration may name; UTF-16 tells itself by its byte-order mark."""

_DECLARED: Final = re.compile(
    rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']"""
)

_MARKS: Final = (
    ("utf-8", codecs.BOM_UTF8),
    ("utf-16-le", codecs.BOM_UTF16_LE),
    ("utf-16-be", codecs.BOM_UTF16_BE),
)

_VOID: Final = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
"""HTML's elements without an end tag."""


@dataclass(slots=True)
class Node:
    """An element.

    Attributes:
        name: As it is written; with its namespace and a blank before it if that is not the root's.
        attributes: By name, in the same form; those without a prefix have no namespace.
        line: Where it begins, from 1.
        content: Its texts and elements, in order.
    """

    name: str
    attributes: Mapping[str, str]
    line: int
    content: list[str | Node] = field(default_factory=list)

    def elements(self) -> Iterator[Node]:
        """Its elements, in order."""
        return (part for part in self.content if isinstance(part, Node))

    def text(self) -> str:
        """Its text with that of all elements in it, without their tags."""
        return "".join(part.text() if isinstance(part, Node) else part for part in self.content)

    def markup(self) -> str:
        """What is in it as HTML: texts are HTML already, as authors mean them, and elements get their tags back."""
        return "".join(_html(part) for part in self.content)


def _html(part: str | Node) -> str:
    if isinstance(part, str):
        return part
    name = _local(part.name)
    said = "".join(f' {_local(key)}="{escape(value)}"' for key, value in part.attributes.items())
    return f"<{name}{said}>" + ("" if name.lower() in _VOID else f"{part.markup()}</{name}>")


def _local(name: str) -> str:
    return name.rpartition(NAMESPACE_SEPARATOR)[2]


class _Builder:
    """Builds the tree; the reader tells where it is."""

    reader: StreamReader

    def __init__(self, document: bytes) -> None:
        self._document, self._line, self._counted = document, 1, 0
        self._open: list[Node] = []
        self._namespace: str | None = None
        self.root: Node | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        position = self.reader.position
        self._line += self._document.count(b"\n", self._counted, position)
        self._counted = position
        namespace, _, local = name.rpartition(NAMESPACE_SEPARATOR)
        if self._namespace is None:
            self._namespace = namespace
        node = Node(local if namespace == self._namespace else name, attributes, self._line)
        if self._open:
            self._open[-1].content.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _name: str) -> None:
        """An element ends."""
        self._open.pop()

    def data(self, text: str) -> None:
        """Character data; only within the root."""
        self._open[-1].content.append(text)


def _as_utf8(document: bytes) -> bytes:
    """The document in UTF-8 with plain line ends, without a byte-order mark."""
    encoding, mark = "utf-8", b""
    if marks := [pair for pair in _MARKS if document.startswith(pair[1])]:
        encoding, mark = marks[0]
    elif declared := _DECLARED.match(document):
        encoding = declared[1].decode("ascii")
        if encoding.lower() not in {known.lower() for known in ENCODINGS}:
            raise SpecError(
                1,
                f"the encoding {encoding} is not read here",
                f"allowed: {', '.join(ENCODINGS)}",
            )
    document = document.removeprefix(mark)
    if encoding.lower() not in {"utf-8", "us-ascii"}:
        # What a code page leaves open is a character that nobody meant.
        document = document.decode(encoding, "replace").encode("utf-8")
    return document.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def read(document: bytes, *, max_bytes: int) -> Node:
    """Read a document.

    Args:
        document: As it was fetched.
        max_bytes: More is refused unread.

    Returns:
        Its root element.

    Raises:
        SpecError: It is too large, too deep, in an unknown encoding, not well-formed, or has a document type.
    """
    if len(document) > max_bytes:
        raise SpecError(1, f"{len(document)} bytes", f"allowed: {max_bytes} bytes")
    document = _as_utf8(document)
    builder = _Builder(document)
    builder.reader = StreamReader(
        builder, max_depth=MAX_DEPTH, max_elements=MAX_ELEMENTS, restricted=False
    )
    try:
        builder.reader.feed(document, final=True)
    except XMLRefusedError as error:
        if error.reason.startswith("XML or text declaration not at start"):
            allowed = "allowed: nothing before it, not even a comment or an empty line"
            raise SpecError(error.line, "<?xml …?> is not the beginning", allowed) from None
        raise SpecError(error.line, error.reason) from None
    assert builder.root is not None, "expat accepts no document without an element"  # noqa: S101
    return builder.root
