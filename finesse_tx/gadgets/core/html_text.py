"""HTML as gadgets write it, cut into pieces where a browser would cut it, and nothing repaired.

Whoever changes something in a gadget's text changes the pieces that he means, and gives all others back as they were: the
browser then builds the same tree.

Spec: WHATWG HTML §13.2.5 (tokenization). Left out: script data that is escaped twice, and elements of SVG and MathML with
the names of those whose content is raw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Final, NamedTuple

__all__ = ["SPACE", "Attribute", "Piece", "PieceKind", "pieces"]

SPACE: Final = " \t\n\f\r"
"""What HTML takes for white space."""

_RAW: Final = frozenset(
    (
        "script",
        "style",
        "textarea",
        "title",
        "xmp",
        "iframe",
        "noembed",
        "noframes",
        "noscript",
    )
)
"""Elements that hold no elements, where scripts run."""

_TAG: Final = re.compile(r"</?([A-Za-z][^ \t\n\f\r/>]*+)")
_BETWEEN: Final = re.compile(r"[ \t\n\f\r/]*+")
_NAME: Final = re.compile(r"=?[^ \t\n\f\r/>=]*+")
_EQUALS: Final = re.compile(r"[ \t\n\f\r]*+=[ \t\n\f\r]*+")
_UNQUOTED: Final = re.compile(r"[^ \t\n\f\r>]*+")
_COMMENT_END: Final = re.compile(r"--!?>")


class PieceKind(Enum):
    """What a piece is: characters, a tag, what is in an element that holds no elements, or what no reader sees."""

    TEXT = auto()
    START = auto()
    END = auto()
    RAW = auto()
    DOCTYPE = auto()
    COMMENT = auto()


class Attribute(NamedTuple):
    """An attribute that has a value.

    Attributes:
        name: In lower case.
        start: Where its value begins in the text, with the quote that it may have.
        end: Where that ends.
        value: As it is written, without quotes.
    """

    name: str
    start: int
    end: int
    value: str


class Piece(NamedTuple):
    """A part of the text; all in their order are the text, but for a tag that never ends, which no browser shows.

    Attributes:
        kind: What it is.
        start: Where it begins.
        end: Where it ends.
        name: Of a tag's element, or of the one that `PieceKind.RAW` is in; in lower case.
        attributes: Of a tag.
        missing: What would have to follow it, had the text not ended first: ``-->`` or an end tag.
    """

    kind: PieceKind
    start: int
    end: int
    name: str = ""
    attributes: tuple[Attribute, ...] = ()
    missing: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """Cut a text; the time that it takes grows with the length of the text and no faster."""
    at = start = 0
    while (opening := text.find("<", at)) >= 0:
        tag = _TAG.match(text, opening)
        is_markup = tag is not None or text[opening + 1 : opening + 2] in {"!", "?", "/"}
        if not is_markup or (tag is None and text.startswith("</>", opening)):
            at = opening + 1
            continue
        if opening > start:
            yield Piece(PieceKind.TEXT, start, opening)
        found = _silent(text, opening) if tag is None else _tag(text, tag)
        if found is None:
            return
        yield found
        at = start = found.end
        if found.kind is PieceKind.START and found.name in _RAW:
            closing = re.compile(rf"</{re.escape(found.name)}(?=[ \t\n\f\r/>])", re.IGNORECASE)
            ending = closing.search(text, at)
            end = ending.start() if ending else len(text)
            if end > at or ending is None:
                missing = "" if ending else f"</{found.name}>"
                yield Piece(PieceKind.RAW, at, end, found.name, missing=missing)
            at = start = end
    if start < len(text):
        yield Piece(PieceKind.TEXT, start, len(text))


def _silent(text: str, opening: int) -> Piece:
    """A comment, a document type, or what HTML takes for a comment."""
    if text.startswith("<!--", opening):
        for short in ("<!-->", "<!--->"):
            if text.startswith(short, opening):
                return Piece(PieceKind.COMMENT, opening, opening + len(short))
        ending = _COMMENT_END.search(text, opening + 4)
        if ending is None:
            return Piece(PieceKind.COMMENT, opening, len(text), missing="-->")
        return Piece(PieceKind.COMMENT, opening, ending.end())
    is_doctype = text[opening : opening + 9].lower() == "<!doctype"
    end = text.find(">", opening)
    kind = PieceKind.DOCTYPE if is_doctype else PieceKind.COMMENT
    if end < 0:
        return Piece(kind, opening, len(text), missing=">")
    return Piece(kind, opening, end + 1)


def _tag(text: str, tag: re.Match[str]) -> Piece | None:
    """A tag; None if the text ends in it."""
    kind = PieceKind.END if tag[0].startswith("</") else PieceKind.START
    attributes: list[Attribute] = []
    at = tag.end()
    while True:
        between = _BETWEEN.match(text, at)
        assert between is not None, "it matches nothing, too"  # noqa: S101
        at = between.end()
        if at == len(text):
            return None
        if text[at] == ">":
            return Piece(kind, tag.start(), at + 1, tag[1].lower(), tuple(attributes))
        name = _NAME.match(text, at)
        assert name is not None, "it matches nothing, too"  # noqa: S101
        at = name.end()
        equals = _EQUALS.match(text, at)
        if equals is None:
            continue
        start = equals.end()
        quote = text[start : start + 1]
        if quote in {'"', "'"}:
            end = text.find(quote, start + 1)
            if end < 0:
                return None
            value, at = text[start + 1 : end], end + 1
        else:
            unquoted = _UNQUOTED.match(text, start)
            assert unquoted is not None, "it matches nothing, too"  # noqa: S101
            value, at = unquoted[0], unquoted.end()
        if all(one.name != name[0].lower() for one in attributes[:MAX_COMPARED]):
            attributes.append(Attribute(name[0].lower(), start, at, value))


MAX_COMPARED: Final = 100
"""So many attributes of a tag are looked through for one of the same name, of which the first counts."""
