"""The one XML reader: bytes in, DTDs and entities refused, depth and size capped.

Expat reads, and everything that makes XML dangerous is refused at the handler, before it is acted upon:
document types (and with them every entity), processing instructions where a stream forbids them, elements
nested too deeply or too many, long and many namespaces and names, and more bytes than the caller allows. Two forms:

- `parse` reads a whole document into a tree, for REST bodies, BOSH bodies and gadget specifications;
- `StreamReader` reads an XMPP stream as it arrives and calls a target for each start, end and text.

Spec: XML 1.0 (well-formedness), Namespaces in XML 1.0 (complete, but for URIs being URIs), RFC 6120 §11.1 (what a stream may not contain).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Protocol
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from finesse_tx.errors import FinesseError

__all__ = [
    "MAX_DEPTH",
    "MAX_DOCUMENT_ELEMENTS",
    "MAX_ELEMENTS",
    "MAX_NAME",
    "MAX_NAMESPACE",
    "MAX_NAMES_BYTES",
    "MAX_PREFIXES",
    "Element",
    "StreamReader",
    "StreamTarget",
    "XMLRefusedError",
    "escape",
    "parse",
]

MAX_DEPTH: Final = 64
"""How deep elements may nest; nothing that we speak needs a third of it."""

MAX_ELEMENTS: Final = 4_096
"""How many elements there may be: each becomes an object, a hundred times its size."""

MAX_DOCUMENT_ELEMENTS: Final = 65_536
"""The same for documents that become trees, which take a quarter of what stanzas do, and come from who has signed in."""

MAX_NAMESPACE: Final = 512
"""The longest name of a namespace, in characters; the longest that we speak has 60."""

MAX_NAME: Final = 1_024
"""The longest name of an element or attribute, in characters."""

MAX_PREFIXES: Final = 32
"""How many prefixes may be declared at one place."""

MAX_NAMES_BYTES: Final = 524_288
"""What all different names of one stream may take; a client that lives long has met two hundred, of ten bytes each."""

_NAME_BYTES: Final = 64  # what a name costs besides itself

XML: Final = "http://www.w3.org/XML/1998/namespace"
XMLNS: Final = "http://www.w3.org/2000/xmlns/"

NAMESPACE_SEPARATOR: Final = " "

_SEPARATES: Final = re.compile(r"\s").search
"""A namespace with the separator in it could pass for another one."""

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


class _Scope:
    """The namespaces that are declared at one place of a document, and the names that were looked up there."""

    __slots__ = ("_attributes", "_elements", "_namespaces")

    def __init__(self, namespaces: dict[str, str]) -> None:
        self._namespaces = namespaces
        self._elements: dict[str, str] = {}
        self._attributes: dict[str, str] = {}

    def within(self, declarations: Mapping[str, str]) -> _Scope:
        """The scope of an element that declares more.

        Args:
            declarations: Its attributes that begin with ``xmlns``.

        Raises:
            ValueError: They are not allowed; it says why.
        """
        namespaces = dict(self._namespaces)
        for name, uri in declarations.items():
            _, _, prefix = name.partition(":")
            if len(uri) > MAX_NAMESPACE:
                raise ValueError(f"a namespace longer than {MAX_NAMESPACE} characters")
            if (prefix == "xml") is not (uri == XML) or prefix == "xmlns" or uri == XMLNS:
                raise ValueError("a namespace that is reserved")
            if name != "xmlns" and not (prefix and uri and ":" not in prefix):
                raise ValueError("a prefix without a namespace")
            if uri and _SEPARATES(uri):
                raise ValueError("a namespace with a blank in it")
            namespaces[prefix] = uri
        if len(namespaces) > MAX_PREFIXES:
            raise ValueError(f"more than {MAX_PREFIXES} prefixes")
        return _Scope(namespaces)

    def element(self, name: str) -> str:
        """The name of an element, as a target is told it.

        Raises:
            ValueError: Its prefix is not declared.
        """
        found = self._elements.get(name)
        if found is None:
            found = self._elements[name] = self._resolved(name, default=True)
        return found

    def attributes(self, written: Mapping[str, str]) -> Mapping[str, str]:
        """The attributes, as a target is told them: without declarations.

        Raises:
            ValueError: A prefix is not declared, or two of them are the same.
        """
        found: dict[str, str] = {}
        for name, value in written.items():
            if _declares(name):
                continue
            resolved = self._attributes.get(name)
            if resolved is None:
                resolved = self._attributes[name] = self._resolved(name, default=False)
            if resolved in found:
                raise ValueError("duplicate attribute")
            found[resolved] = value
        return found

    def _resolved(self, name: str, *, default: bool) -> str:
        first, colon, local = name.partition(":")
        if not colon:
            uri, local = (self._namespaces[""] if default else ""), name
        elif not first or not local or ":" in local:
            raise ValueError("not a name")
        elif (uri := self._namespaces.get(first, "")) == "":
            raise ValueError("unbound prefix")
        return f"{uri}{NAMESPACE_SEPARATOR}{local}" if uri else local


def _declares(name: str) -> bool:
    return name == "xmlns" or name.startswith("xmlns:")


class StreamReader:
    """An incremental reader: `feed` it bytes, it calls the target.

    Namespaces are resolved here, not by expat, which would make the whole of a namespace's name anew for each name
    that is in it: of sixty kilobytes some hundred megabytes. And expat keeps every different name that it has met for
    as long as it lives, so there is a bound on what all of them take.

    Args:
        target: Called for each event, within `feed`.
        max_depth: The deepest nesting.
        max_elements: The most elements within one child of the root; of a document that is fed at once, within it.
        restricted: Refuse comments, processing instructions and encodings too, as RFC 6120 §11.1 and §11.6 demand of a
            stream; else a declared encoding is ignored.
    """

    def __init__(
        self,
        target: StreamTarget,
        *,
        max_depth: int = MAX_DEPTH,
        max_elements: int = MAX_ELEMENTS,
        restricted: bool = True,
    ) -> None:
        parser = expat.ParserCreate("UTF-8", None, None)
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
        self._parser, self._target, self._max_depth = parser, target, max_depth
        self._max_elements, self._elements, self._is_whole = max_elements, 0, False
        self._open: list[tuple[str, _Scope]] = []
        self._names, self._names_bytes = set[str](), 0

    @property
    def position(self) -> int:
        """How many bytes came before the event that the target is being told of."""
        return self._parser.CurrentByteIndex

    def feed(self, data: bytes, *, final: bool = False) -> None:
        """Read on; after the final piece the reader is of no more use.

        Raises:
            XMLRefusedError: Not well-formed, or not allowed. The reader is of no more use.
        """
        self._is_whole = final
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, "not well-formed")
            raise XMLRefusedError(reason, error.lineno, error.offset) from None
        finally:
            if final:
                # The parser's handlers are ours: without this the two would keep each other until the collector
                # of cycles comes, and a parser is some 20 KiB.
                del self._parser

    def _refuse(self, reason: str) -> XMLRefusedError:
        return XMLRefusedError(
            reason, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber
        )

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        opened = self._open
        scope = opened[-1][1] if opened else _Scope({"": "", "xml": XML})
        if len(opened) >= self._max_depth:
            raise self._refuse(f"elements nested deeper than {self._max_depth}")
        self._elements += 1
        if self._elements > self._max_elements:
            raise self._refuse(f"more than {self._max_elements} elements")
        if name not in self._names or not self._names.issuperset(attributes):
            self._learn((name, *attributes))
        try:
            for key in attributes:
                if key == "xmlns" or ":" in key:
                    if declared := {key: attributes[key] for key in attributes if _declares(key)}:
                        scope = scope.within(declared)
                    attributes = scope.attributes(attributes)
                    break
            name = scope.element(name)
        except ValueError as error:
            raise self._refuse(str(error)) from None
        opened.append((name, scope))
        self._target.start(name, attributes)

    def _learn(self, names: Iterable[str]) -> None:
        """Account for names that were not met before; expat keeps them."""
        for name in names:
            if name not in self._names:
                if len(name) > MAX_NAME:
                    raise self._refuse(f"a name longer than {MAX_NAME} characters")
                self._names.add(name)
                self._names_bytes += len(name) + _NAME_BYTES
        if self._names_bytes > MAX_NAMES_BYTES:
            raise self._refuse("too many different names")

    def _end(self, _name: str) -> None:
        name, _ = self._open.pop()
        if len(self._open) == 1 and not self._is_whole:
            self._elements = 0
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


def parse(
    document: bytes,
    *,
    max_bytes: int,
    max_depth: int = MAX_DEPTH,
    max_elements: int = MAX_DOCUMENT_ELEMENTS,
) -> Element:
    """Read a whole document.

    Args:
        document: UTF-8, with or without an XML declaration.
        max_bytes: More than this is refused unread.
        max_depth: The deepest nesting.
        max_elements: The most elements.

    Returns:
        The root element.

    Raises:
        XMLRefusedError: Too large, too deep, not well-formed, or with a document type.
    """
    if len(document) > max_bytes:
        raise XMLRefusedError(f"the document is larger than {max_bytes} bytes", 1, 0)
    tree = _Tree()
    reader = StreamReader(tree, max_depth=max_depth, max_elements=max_elements, restricted=False)
    reader.feed(document, final=True)
    return tree.close()
