"""What a gadget's text refers to, made absolute: what it says relative to its specification must not become relative to us.

Spec: ``gadgets.md`` §12. References that scripts make at run time are theirs to get right, in Shindig too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Final
from urllib.parse import quote, urljoin

from finesse_tx.gadgets.core.html_text import SPACE, Piece, PieceKind

__all__ = [
    "REFERENCES",
    "SETS",
    "absolute",
    "absolute_css",
    "absolute_set",
    "base_in",
    "rewritten",
    "written_in_set",
]

REFERENCES: Final[Mapping[str, frozenset[str]]] = {
    "audio": frozenset({"src"}),
    "body": frozenset({"background"}),
    "embed": frozenset({"src"}),
    "feimage": frozenset({"href", "xlink:href"}),
    "frame": frozenset({"src"}),
    "iframe": frozenset({"src"}),
    "image": frozenset({"href", "xlink:href"}),
    "img": frozenset({"src"}),
    "input": frozenset({"src"}),
    "link": frozenset({"href"}),
    "object": frozenset({"data"}),
    "script": frozenset({"src"}),
    "source": frozenset({"src"}),
    "table": frozenset({"background"}),
    "td": frozenset({"background"}),
    "th": frozenset({"background"}),
    "track": frozenset({"src"}),
    "use": frozenset({"href", "xlink:href"}),
    "video": frozenset({"src", "poster"}),
}
"""By element: the attributes that name what is loaded with the page. Those of ``a`` and ``form`` are for the user to follow."""

SETS: Final[Mapping[str, str]] = {"img": "srcset", "link": "imagesrcset", "source": "srcset"}
"""By element: the attribute that names several of one picture; browsers prefer it to ``src``."""

_BASE: Final = frozenset({"href"})

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_IN_CSS: Final = ":/?#[]@!$&*+,;=%~"
_CSS: Final = re.compile(
    r"""(?P<before>url\([ \t\n\f\r]{0,9}(?P<quote>["']?)|@import[ \t\n\f\r]{1,9}(?P<mark>["']))"""
    r"""(?P<uri>[^"')\\\n]{1,2000})""",
    re.IGNORECASE,
)

_IN_SET: Final = re.compile(
    r"(?P<uri>[^ \t\n\f\r,](?:[^ \t\n\f\r]*[^ \t\n\f\r,])?)(?P<rest>,|[ \t\n\f\r][^,]*)?"
)
"""An address may have commas in it, but not at its end; what follows a space is its width or density (HTML, "srcset attributes")."""


def absolute(uri: str, base: str) -> str:
    """Resolve a reference; one with a scheme or a host, an empty one and a fragment stay as they are.

    Args:
        uri: As it is meant, entities decoded.
        base: The specification's URL; of our own it is the path.
    """
    shown = uri.strip(SPACE)
    if not shown or shown.startswith(("#", "//")) or _SCHEME.match(shown):
        return uri
    try:
        return urljoin(base, shown)
    except ValueError:
        return uri


def absolute_css(style: str, base: str) -> str:
    """Resolve what a style sheet, or a ``style`` attribute, refers to.

    Args:
        style: The style.
        base: As of `absolute`.
    """

    def resolved(match: re.Match[str]) -> str:
        found = absolute(match["uri"], base)
        return match[0] if found == match["uri"] else match["before"] + quote(found, safe=_IN_CSS)

    return _CSS.sub(resolved, style)


def absolute_set(value: str, base: str) -> str:
    """Resolve what a ``srcset`` names.

    Args:
        value: As it is meant, entities decoded.
        base: As of `absolute`.
    """
    return _IN_SET.sub(lambda match: absolute(match["uri"], base) + (match["rest"] or ""), value)


def written_in_set(value: str) -> list[str]:
    """What a ``srcset`` names, as it is written."""
    return [match["uri"] for match in _IN_SET.finditer(value)]


def base_in(piece: Piece, base: str) -> str | None:
    """What the references that follow are relative to; None: the piece does not say. Only the first that does counts.

    Args:
        piece: A piece of a gadget's text.
        base: What it is relative to itself.
    """
    if piece.kind is PieceKind.START and piece.name == "base":
        for attribute in piece.attributes:
            if attribute.name == "href":
                try:
                    return urljoin(base, unescape(attribute.value).strip(SPACE))
                except ValueError:
                    return None
    return None


def rewritten(text: str, piece: Piece, base: str) -> str:
    """A piece of a gadget's text, with its references resolved."""
    if piece.kind is PieceKind.RAW and piece.name == "style":
        return absolute_css(text[piece.start : piece.end], base)
    if piece.kind is not PieceKind.START:
        return text[piece.start : piece.end]
    out: list[str] = []
    at = piece.start
    names = _BASE if piece.name == "base" else REFERENCES.get(piece.name, frozenset())
    for attribute in piece.attributes:
        if attribute.name in names:
            value = unescape(attribute.value)
            found = absolute(value, base)
        elif attribute.name == SETS.get(piece.name):
            value = unescape(attribute.value)
            found = absolute_set(value, base)
        elif attribute.name == "style":
            value = unescape(attribute.value)
            found = absolute_css(value, base)
        else:
            continue
        if found != value:
            out += (text[at : attribute.start], f'"{escape(found)}"')
            at = attribute.end
    out.append(text[at : piece.end])
    return "".join(out)
