"""``__MSG_name__``, ``__UP_name__``, ``__MODULE_ID__`` and ``__BIDI_…__`` become what they stand for.

What comes from outside is a preference's value, which anybody can write into an address: in a text it is HTML-escaped, with
what would lead out of a string in a script, and in a URI percent-encoded. Nothing that was filled in is looked through
again, but a message may contain markers of the other three kinds.

Spec: OpenSocial Core Gadget Specification 2.x, "Substitution variables"; ``gadgets.md`` §2.3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from finesse_tx.gadgets.core.errors import SpecError
from finesse_tx.gadgets.core.messages import Bundle
from finesse_tx.gadgets.core.spec import (
    ContentType,
    EnumValue,
    Feature,
    GadgetSpec,
    Link,
    ModulePrefs,
    UserPref,
    View,
)
from finesse_tx.gadgets.core.uris import fetchable

__all__ = ["MAX_TEXT", "Substitutions", "TextTooLongError", "substituted"]

MAX_TEXT: Final = 8 << 20
"""How many characters a text may become: a marker of ten can stand for a message of half a million."""

_MESSAGE: Final = "__MSG_"
_URI_DELIMITERS: Final = ":/?#[]@!$&'()*+,;=%"


class TextTooLongError(ValueError):
    """With everything filled in, a text is longer than `MAX_TEXT`."""


class Substitutions:
    """What the markers stand for.

    Args:
        bundle: The messages, and the direction of the text.
        user_prefs: The preferences that the gadget declares; a marker of another one stays as it is.
        values: The user's, by name; a preference that is not among them has its default value.
        module_id: The gadget's number in its page.
    """

    def __init__(
        self,
        bundle: Bundle,
        user_prefs: Mapping[str, UserPref],
        values: Mapping[str, str],
        module_id: int,
    ) -> None:
        is_rtl = bundle.direction == "rtl"
        left_right = ("right", "left") if is_rtl else ("left", "right")
        directions = ("rtl", "ltr") if is_rtl else ("ltr", "rtl")
        fixed = {
            "__MODULE_ID": str(module_id),
            "__BIDI_START_EDGE": left_right[0],
            "__BIDI_END_EDGE": left_right[1],
            "__BIDI_DIR": directions[0],
            "__BIDI_REVERSE_DIR": directions[1],
        }
        raw = {
            f"__UP_{name}": values.get(name, pref.default_value)
            for name, pref in user_prefs.items()
        }
        messages = {f"{_MESSAGE}{name}": text for name, text in bundle.messages.items()}
        self._in_text, self._in_uri, self._first_in_uri = (
            _Markers({key: encoded(value) for key, value in raw.items()} | fixed, messages)
            for encoded in (_in_html, _in_query, _first)
        )

    def text(self, text: str) -> str:
        """Fill in a text that becomes HTML, or part of it.

        Raises:
            TextTooLongError: It becomes too long.
        """
        return self._in_text.filled(text)

    def uri(self, uri: str) -> str:
        """Fill in a URI.

        A preference is percent-encoded as a whole, unless the URI begins with it: then it may be one itself, and keeps
        its delimiters. Whoever uses the result must check its scheme, as `finesse_tx.gadgets.core.uris.fetchable` does.

        Raises:
            TextTooLongError: It becomes too long.
        """
        if not uri.startswith("__UP_"):
            return self._in_uri.filled(uri)
        end = uri.find("__", 2)
        first = uri[: end + 2] if end > 0 else ""
        return self._first_in_uri.filled(first) + self._in_uri.filled(uri[len(first) :])


_IN_SCRIPTS: Final = str.maketrans(
    {one: f"&#{ord(one)};" for one in ("\\", "`", "\n", "\r", "\u2028", "\u2029")}
)
_INTERPOLATION: Final = re.compile(r"\$(?=\{|\Z)")


def _in_html(value: str) -> str:
    """Escape for HTML, and what would end, or leave, a JavaScript string that a gadget has put its marker into."""
    return _INTERPOLATION.sub("&#36;", escape(value).translate(_IN_SCRIPTS))


def _in_query(value: str) -> str:
    return quote(value, safe="", errors="replace")


def _first(value: str) -> str:
    return quote(value, safe=_URI_DELIMITERS, errors="replace")


class _Markers:
    """What markers stand for in one kind of text.

    Each message is filled in once, however often it is used: what that takes grows with the bundle, not with the text.
    """

    def __init__(self, values: Mapping[str, str], messages: Mapping[str, str]) -> None:
        self._values, self._messages = values, messages
        self._filled: dict[str, str] = {}

    def filled(self, text: str) -> str:
        return _replaced(text, self._value)

    def _value(self, marker: str) -> str | None:
        if marker not in self._messages:
            return self._values.get(marker)
        if marker not in self._filled:
            self._filled[marker] = _replaced(self._messages[marker], self._value_in_message)
        return self._filled[marker]

    def _value_in_message(self, marker: str) -> str | None:
        """What a marker in a message stands for: one of a message for itself."""
        return f"{marker}__" if marker.startswith(_MESSAGE) else self._values.get(marker)


def _replaced(text: str, value_of: Callable[[str], str | None]) -> str:
    """A text with every marker replaced by its value.

    A marker is whatever stands between two ``__`` that follow each other; where that is none, the search goes on one
    underscore later, so that ``___MODULE_ID__`` has one.
    """
    out: list[str] = []
    at = length = 0
    while (start := text.find("__", at)) >= 0 and (end := text.find("__", start + 2)) >= 0:
        value = value_of(text[start:end])
        piece = text[at : start + 1] if value is None else text[at:start] + value
        at = start + 1 if value is None else end + 2
        out.append(piece)
        length = _within(length + len(piece))
    out.append(text[at:])
    _within(length + len(text) - at)
    return "".join(out)


def _within(length: int) -> int:
    if length > MAX_TEXT:
        raise TextTooLongError(f"longer than {MAX_TEXT} characters with everything filled in")
    return length


class _Budget:
    """Fills in many texts, which together may become as long as one."""

    def __init__(self, values: Substitutions) -> None:
        self._values, self._length = values, 0

    def text(self, text: str) -> str:
        return self._spent(self._values.text(text))

    def uri(self, uri: str) -> str:
        return self._spent(self._values.uri(uri))

    def _spent(self, text: str) -> str:
        self._length = _within(self._length + len(text))
        return text


def substituted(spec: GadgetSpec, view: View, values: Substitutions) -> GadgetSpec:
    """Fill in everything in a gadget that one view shows; that view is the only one of the result.

    Addresses are made absolute on the way. One that is not http or https is an error where it would be fetched or shown
    in a frame, and becomes empty in ``Link`` and ``Icon``.

    Raises:
        SpecError: There is such an address, or all texts together become longer than `MAX_TEXT`.
    """
    filling = _Budget(values)
    try:
        return replace(
            spec,
            prefs=_module_prefs(spec.prefs, filling, spec.url),
            user_prefs=MappingProxyType(
                {name: _user_pref(pref, filling) for name, pref in spec.user_prefs.items()}
            ),
            views=MappingProxyType({view.name: _view(view, filling, spec.url)}),
        )
    except TextTooLongError as error:
        raise SpecError(view.line, f'the view "{view.name[:60]}" is {error}') from None


def _fetched(uri: str, base: str, line: int, what: str) -> str:
    try:
        return fetchable(uri, base)
    except ValueError as error:
        raise SpecError(line, f'href of {what} becomes "{uri[:60]}"', str(error)) from None


def _shown(uri: str, base: str) -> str:
    try:
        return fetchable(uri, base)
    except ValueError:
        return ""


def _module_prefs(prefs: ModulePrefs, filling: _Budget, base: str) -> ModulePrefs:
    links = [
        Link(filling.text(link.rel), _shown(filling.uri(link.href), base), link.method)
        for link in prefs.links.values()
    ]
    return replace(
        prefs,
        attributes=MappingProxyType(
            {name: filling.text(value) for name, value in prefs.attributes.items()}
        ),
        features=tuple(_feature(feature, filling) for feature in prefs.features),
        preloads=tuple(
            replace(one, href=_fetched(filling.uri(one.href), base, one.line, "Preload"))
            for one in prefs.preloads
        ),
        icons=tuple(
            icon if icon.mode else replace(icon, content=_shown(filling.uri(icon.content), base))
            for icon in prefs.icons
        ),
        links=MappingProxyType({link.rel: link for link in links}),
    )


def _feature(feature: Feature, filling: _Budget) -> Feature:
    params = {
        name: tuple(filling.text(value) for value in values)
        for name, values in feature.params.items()
    }
    return replace(feature, params=MappingProxyType(params))


def _user_pref(pref: UserPref, filling: _Budget) -> UserPref:
    return replace(
        pref,
        display_name=filling.text(pref.display_name),
        default_value=filling.text(pref.default_value),
        enum_values=tuple(
            EnumValue(one.value, filling.text(one.display_value)) for one in pref.enum_values
        ),
    )


def _view(view: View, filling: _Budget, base: str) -> View:
    is_html = view.type is ContentType.HTML
    href = filling.uri(view.href)
    return replace(
        view,
        content=filling.text(view.content) if is_html else "",
        href=_fetched(href, base, view.line, "Content") if href or not is_html else "",
        attributes=MappingProxyType(
            {name: filling.text(value) for name, value in view.attributes.items()}
        ),
    )
