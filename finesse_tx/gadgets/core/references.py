"""What a gadget refers to: its message bundles, its text, and what its page loads beside it.

Spec: ``gadgets.md`` §2.1, §12.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final
from urllib.parse import urljoin, urlsplit

from finesse_tx.gadgets.core.html_text import SPACE, PieceKind, pieces
from finesse_tx.gadgets.core.rewriting import REFERENCES, SETS, base_in, written_in_set
from finesse_tx.gadgets.core.spec import ContentType, GadgetSpec, View

__all__ = ["MAX_REFERENCES", "Reference", "references"]

MAX_REFERENCES: Final = 64
"""The most that are looked at of one gadget."""

_MARKER: Final = re.compile(r"__(?:UP|MSG|MODULE|BIDI)_")


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that a gadget needs besides its XML.

    Attributes:
        line: Where it is said; of what stands in a view's text, where the view begins.
        what: ``messages``, ``text``, a picture's attribute such as ``thumbnail``, or an element such as ``script``.
        written: As it is written.
        url: Where that is; empty: it depends on who shows the gadget.
        is_needed: Whether the gadget is not rendered without it.
    """

    line: int
    what: str
    written: str
    url: str
    is_needed: bool = False


def references(spec: GadgetSpec) -> tuple[Reference, ...]:
    """What a gadget refers to by http and https, each once, what it is not rendered without first; `MAX_REFERENCES` at most."""
    found: dict[tuple[str, str], Reference] = {}
    for one in _all(spec):
        if len(found) == MAX_REFERENCES:
            break
        found.setdefault((one.url or one.written, one.what), one)
    return tuple(found.values())


def _all(spec: GadgetSpec) -> Iterator[Reference]:
    for locale in spec.prefs.locales:
        if locale.messages_url:
            url = locale.messages_url
            yield Reference(locale.line, "messages", url, url, is_needed=True)
    html = [view for view in spec.views.values() if view.type is ContentType.HTML]
    for view in html:
        if view.href:
            yield Reference(view.line, "text", view.href, _url(spec.url, view.href), is_needed=True)
    for name in ("thumbnail", "screenshot"):
        written = spec.prefs.attributes.get(name, "").strip()
        if written and _is_loaded(written):
            yield Reference(0, name, written, _url(spec.url, written))
    for view in html:
        for what, written, base in _in_text(view, spec.url):
            if _is_loaded(written):
                yield Reference(view.line, what, written, _url(base, written))


def _in_text(view: View, url: str) -> Iterator[tuple[str, str, str]]:
    its_base: str | None = None
    for piece in pieces(view.content):
        base = its_base or url
        its_base = its_base or base_in(piece, url)
        names = REFERENCES.get(piece.name)
        if piece.kind is PieceKind.START and names:
            for attribute in piece.attributes:
                if attribute.name in names:
                    yield piece.name, unescape(attribute.value).strip(SPACE), base
                elif attribute.name == SETS.get(piece.name):
                    for written in written_in_set(unescape(attribute.value)):
                        yield piece.name, written, base


def _is_loaded(written: str) -> bool:
    """Whether something is loaded from there: not of a fragment, nor of ``data:`` or ``about:``."""
    if not written or written.startswith("#"):
        return False
    try:
        return urlsplit(written).scheme in {"", "http", "https"}
    except ValueError:
        return True  # nor can a browser read it


def _url(base: str, written: str) -> str:
    """Where that is; empty if markers say so, or nobody can tell."""
    if _MARKER.search(written):
        return ""
    try:
        url = urljoin(base, written)
        return url if urlsplit(url).hostname else ""
    except ValueError:
        return ""
