"""What in a gadget's text works in no browser, or not on a desktop: what authors see nothing of but a blank gadget.

Spec: WHATWG HTML §4.12.1 (types of scripts); W3C Mixed Content §3 (what is blocked).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from finesse_tx.gadgets.core.html_text import SPACE, Piece, PieceKind, pieces
from finesse_tx.gadgets.core.rewriting import REFERENCES

__all__ = ["hints"]

_SCRIPTS: Final = re.compile(
    r"(?:(?:application|text)/(?:x-)?(?:java|ecma|live|j)script(?:1\.[0-5])?|module|importmap|speculationrules)?"
)
_MEANT: Final = re.compile(
    r"(?:[a-z]+/)?[a-z-]*(?:java|ecma)-?scri?pt[0-9.]*|(?:[a-z]+/)?(?:x-)?js"
)
"""What is meant to be run; of a type such as ``text/template`` the gadget takes care itself."""

_BLOCKED: Final = frozenset({"embed", "frame", "iframe", "link", "object", "script"})
"""What browsers load from no plain HTTP into a page that came by HTTPS; pictures and sound they ask for by HTTPS."""

_USES: Final = re.compile(r"\bfinesse\s*\.\s*(?:modules|gadget|restservices|clientservices)\b")


def hints(text: str) -> Iterator[str]:
    """What to say of a view's text, each once."""
    told: set[str] = set()
    uses = loads = False
    for piece in pieces(text):
        if piece.kind is PieceKind.RAW and piece.name == "script":
            script = text[piece.start : piece.end]
            uses = uses or bool(_USES.search(script))
            loads = loads or ("finesse." in script and ".js" in script)
        if piece.kind is not PieceKind.START:
            continue
        for hint in _of_tag(piece):
            if hint not in told:
                told.add(hint)
                yield hint
        loads = loads or (piece.name == "script" and "finesse" in _value(piece, "src").lower())
    if uses and not loads:
        yield "its scripts use finesse, and it loads no finesse.js; add /desktop/assets/js/finesse.js"


def _of_tag(piece: Piece) -> Iterator[str]:
    if piece.name == "script":
        kind = _value(piece, "type").lower().partition(";")[0].strip(SPACE)
        if not _SCRIPTS.fullmatch(kind) and _MEANT.fullmatch(kind):
            what = _value(piece, "src")[:200] or "its text"
            yield f'script "{what}": browsers run nothing of the type "{kind[:80]}"; allowed: text/javascript'
    if piece.name in _BLOCKED:
        for attribute in piece.attributes:
            written = unescape(attribute.value).strip(SPACE)
            is_plain = written[:7].lower() == "http://" and not _LOCAL.match(written)
            if attribute.name in REFERENCES.get(piece.name, ()) and is_plain:
                yield f'{piece.name} "{written[:200]}": browsers load nothing by plain HTTP into a desktop by HTTPS'


_LOCAL: Final = re.compile(
    r"http://(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?:[:/?#]|$)", re.IGNORECASE
)
"""The agent's own machine, of which browsers believe even plain HTTP."""


def _value(piece: Piece, name: str) -> str:
    return next((unescape(one.value) for one in piece.attributes if one.name == name), "")
