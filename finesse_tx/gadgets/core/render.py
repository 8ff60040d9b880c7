"""A gadget -> the page that a browser shows in its frame.

Our scripts come before anything that the gadget brings, and the call that runs what waits for the page comes after it;
between them its text stands as it is, but for what is filled in, the references that are resolved, and ``dir`` in ``body``.

Spec: ``gadgets.md`` §4.2 (the document), §12 (references).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape, unescape
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from finesse_tx.gadgets.core.asking import Asked
from finesse_tx.gadgets.core.errors import SpecError
from finesse_tx.gadgets.core.html_text import SPACE, Piece, PieceKind, pieces
from finesse_tx.gadgets.core.library import Library, script_json
from finesse_tx.gadgets.core.messages import ANY_LANG, Bundle
from finesse_tx.gadgets.core.rewriting import base_in, rewritten
from finesse_tx.gadgets.core.spec import Feature, GadgetSpec, View
from finesse_tx.gadgets.core.substitution import Substitutions, substituted

__all__ = ["FORCED", "page_address", "rendered"]

FORCED: Final = ("core", "rpc")
"""The features that each gadget gets, in a script of their own that all gadgets share."""

STYLE: Final = (
    "body,td,div,span,p{font-family:arial,sans-serif}a{color:#00c}a:visited{color:#551a8b}"
    "a:active{color:red}body{margin:0;padding:0;background-color:white}"
)
"""What a gadget without a document type looks like unless it says otherwise: such gadgets were written for this."""

_IN_HEAD: Final = frozenset(
    ("base", "head", "html", "link", "meta", "noframes", "noscript", "script", "style", "title")
)
"""What does not begin the body."""


def rendered(
    spec: GadgetSpec,
    view: View,
    bundle: Bundle,
    asked: Asked,
    library: Library,
    base: str,
    preloads: Sequence[Mapping[str, object]] = (),
    *,
    is_apart: bool = False,
) -> str:
    """Make the page.

    Args:
        spec: The gadget.
        view: The view that fits what is asked; its text is there, also where it has an ``href``.
        bundle: What the reader's locale says.
        asked: What is asked.
        library: The features that are served.
        base: What references are relative to.
        preloads: What was fetched for it already, as `finesse_tx.gadgets.core.preloads.preloaded` has it.
        is_apart: Whether the page around it is of another origin, and can see neither title nor height: it is told.

    Raises:
        SpecError: It requires a feature that is not served, or becomes too long.
    """
    filling = Substitutions(bundle, spec.user_prefs, asked.prefs, asked.module_id)
    shown = substituted(spec, replace(view, href=""), filling)
    text = shown.views[view.name].content.removeprefix("\ufeff")
    doctype, text = _split_doctype(text)
    head = "".join(_head(shown, view.name, bundle, asked, library, preloads, is_plain=not doctype))
    if is_apart:
        head += _told(shown)
    lang = f' lang="{escape(asked.lang)}"' if asked.lang != ANY_LANG else ""
    body = _text(text, base, f' dir="{bundle.direction}"')
    return (
        f"{doctype or _default_doctype(shown, view)}<html{lang}><head>{head}{body}"
        "<script>gadgets.util.runOnLoadHandlers();</script>\n"
    )


def page_address(spec: GadgetSpec, view: View, bundle: Bundle, asked: Asked) -> str:
    """Where a gadget of the type url is: its page, told who asks.

    Raises:
        SpecError: It becomes an address that is not http or https.
    """
    filling = Substitutions(bundle, spec.user_prefs, asked.prefs, asked.module_id)
    shown = substituted(spec, view, filling)
    parts = urlsplit(shown.views[view.name].href)
    prefs = {name: pref.default_value for name, pref in shown.user_prefs.items()} | dict(
        asked.prefs
    )
    told = [
        *parse_qsl(parts.query, keep_blank_values=True),
        *((f"up_{name}", value) for name, value in prefs.items()),
        ("lang", asked.lang),
        ("country", asked.country),
        ("mid", str(asked.module_id)),
        ("view", view.name),
        ("container", asked.container),
        *([("libs", ":".join(asked.libs))] if asked.libs else []),
        *([("parent", asked.parent)] if asked.parent else []),
    ]
    return urlunsplit(parts._replace(query=urlencode(told, quote_via=quote, errors="replace")))


def _split_doctype(text: str) -> tuple[str, str]:
    """The document type that the text begins with, and the text without it; empty if there is none."""
    for piece in pieces(text):
        if piece.kind is PieceKind.DOCTYPE and not piece.missing:
            return text[piece.start : piece.end], text[: piece.start] + text[piece.end :]
        is_space = piece.kind is PieceKind.TEXT and not text[piece.start : piece.end].strip(SPACE)
        if not is_space and piece.kind is not PieceKind.COMMENT:
            break
    return "", text


def _default_doctype(spec: GadgetSpec, view: View) -> str:
    major = spec.specification_version.strip().partition(".")[0]
    is_modern = major.isascii() and major.isdigit() and int(major[:9]) >= 2
    is_quirky = spec.prefs.attributes.get("doctype", "").lower() == "quirksmode"
    return "<!DOCTYPE html>" if (is_modern or not view.quirks) and not is_quirky else ""


def _head(
    spec: GadgetSpec,
    view: str,
    bundle: Bundle,
    asked: Asked,
    library: Library,
    preloads: Sequence[Mapping[str, object]],
    *,
    is_plain: bool,
) -> Iterable[str]:
    """Our scripts, in their order."""
    features = _served(spec.prefs.features_of(view), library)
    first = [name for name in asked.libs if library.is_served(name)] or FORCED
    before = library.all_for(first)
    more = library.all_for(features, first)
    yield f"<title>{escape(unescape(spec.prefs.title))}</title>"
    if (height := spec.prefs.number("height")) > 0:
        yield f'<meta name="gadget-height" content="{height}">'  # the page makes the frame so high at first
    if is_plain:
        yield f"<style>{STYLE}</style>"
    yield "<script>window['__isgadget']=true;</script>"
    yield _script(first, (), library)
    if more:
        yield _script(features, first, library)
    configuration = library.configured((*before, *more))
    configuration["core.util"] = _parameters((*before, *more), features)
    if asked.token:
        configuration["shindig.auth"] = {"authToken": asked.token}
    defaults = {name: pref.default_value for name, pref in spec.user_prefs.items()}
    yield (
        f"<script>gadgets.config.init({script_json(configuration)});"
        f"gadgets.Prefs.setMessages_({script_json(dict(bundle.messages))});"
        f"gadgets.Prefs.setDefaultPrefs_({script_json(defaults)});"
        + (f"gadgets.io.preloaded_={script_json(preloads)};" if preloads else "")
        + "</script>"
    )


def _told(spec: GadgetSpec) -> str:
    """What tells the page around it, before the gadget itself may, what `_head` lets pages of its own origin see."""
    calls = ""
    if spec.prefs.title:
        calls += (
            f'gadgets.rpc?.call(null,"set_title",null,{script_json(unescape(spec.prefs.title))});'
        )
    if (height := spec.prefs.number("height")) > 0:
        calls += f'gadgets.rpc?.call(null,"resize_iframe",null,{height});'
    return f"<script>{calls}</script>" if calls else ""


def _served(features: Mapping[str, Feature], library: Library) -> dict[str, Feature]:
    """Those that are served.

    Raises:
        SpecError: One of the others is required.
    """
    found: dict[str, Feature] = {}
    for name, feature in features.items():
        if library.is_served(name):
            found[name] = feature
        elif feature.is_required:
            raise SpecError(
                feature.line, f'the feature "{name[:80]}" is required and is not served here'
            )
    return found


def _script(names: Iterable[str], loaded: Iterable[str], library: Library) -> str:
    there = ":".join(loaded)
    path = quote(":".join(names) + (f"!{there}" if there else ""), safe=":!")
    return f'<script src="/gadgets/js/{escape(path)}.js?init=0&amp;v={library.digest}"></script>'


def _parameters(
    names: Iterable[str], features: Mapping[str, Feature]
) -> dict[str, dict[str, str | tuple[str, ...]]]:
    """By feature that is loaded: the parameters that the gadget gives for it."""
    return {
        name: {
            key: values[0] if len(values) == 1 else values
            for key, values in (features[name].params if name in features else {}).items()
        }
        for name in names
    }


def _text(text: str, base: str, direction: str) -> str:
    """The gadget's text as it goes into the page, to the end of what it has left open."""
    out: list[str] = []
    has_body = False
    missing = ""
    its_base: str | None = None
    for piece in pieces(text):
        missing = piece.missing
        written = rewritten(text, piece, its_base or base)
        its_base = its_base or base_in(piece, base)
        if not has_body and _begins_body(text, piece):
            has_body = True
            if piece.kind is PieceKind.START and piece.name == "body":
                if all(one.name != "dir" for one in piece.attributes):
                    written = written[:5] + direction + written[5:]
            else:
                out.append(f"<body{direction}>")
        out.append(written)
    out.append(missing if has_body else f"{missing}<body{direction}>")
    return "".join(out)


def _begins_body(text: str, piece: Piece) -> bool:
    """Whether a browser that is still in the head takes this for the body's."""
    match piece.kind:
        case PieceKind.TEXT:
            return bool(text[piece.start : piece.end].strip(SPACE))
        case PieceKind.START:
            return piece.name not in _IN_HEAD
        case PieceKind.END:
            return piece.name in {"body", "html", "br"}
        case _:
            return False
