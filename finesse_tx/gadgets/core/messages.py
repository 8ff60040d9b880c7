"""Message bundles, and which messages a language and a country get.

Spec: OpenSocial Core Gadget Specification 2.x, "Localization"; ``gadgets.md`` §2.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from finesse_tx.gadgets.core.errors import SpecError
from finesse_tx.gadgets.core.markup import Node, read
from finesse_tx.gadgets.core.spec import GadgetSpec, Locale

__all__ = [
    "ANY_COUNTRY",
    "ANY_LANG",
    "MAX_BUNDLE_BYTES",
    "Bundle",
    "bundle_of",
    "chain",
    "inline_messages",
    "locales_for",
    "parse_bundle",
]

MAX_BUNDLE_BYTES: Final = 512 << 10
"""The largest message bundle."""

ANY_LANG: Final = "all"
ANY_COUNTRY: Final = "ALL"


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one reader of the gadget gets: its messages by name, and ``ltr`` or ``rtl``."""

    messages: Mapping[str, str]
    direction: str


def inline_messages(node: Node) -> dict[str, str]:
    """The ``msg`` elements in an element: texts, in which markup is HTML; of one name the last counts.

    Raises:
        SpecError: One has no name.
    """
    found: dict[str, str] = {}
    for child in node.elements():
        if child.name == "msg":
            if "name" not in child.attributes:
                raise SpecError(child.line, "msg has no name", "it needs name=…")
            found[child.attributes["name"]] = child.markup().strip()
    return found


def parse_bundle(document: bytes) -> dict[str, str]:
    """Read a message bundle's file.

    Raises:
        SpecError: It is not well-formed, too large, no bundle, or has a message without a name.
    """
    root = read(document, max_bytes=MAX_BUNDLE_BYTES)
    if root.name != "messagebundle":
        raise SpecError(root.line, f"the root element is {root.name}", "allowed: messagebundle")
    return inline_messages(root)


def chain(lang: str, country: str) -> tuple[tuple[str, str], ...]:
    """Where to look for messages, from weak to strong; without what would be twice in it.

    Args:
        lang: Such as ``en``; empty or ``all``: any.
        country: Such as ``US``; empty or ``ALL``: any.
    """
    lang, country = lang.lower() or ANY_LANG, country.upper() or ANY_COUNTRY
    return tuple(
        dict.fromkeys(
            (
                (ANY_LANG, ANY_COUNTRY),
                (ANY_LANG, country),
                (lang, ANY_COUNTRY),
                (lang, country),
            )
        )
    )


def locales_for(spec: GadgetSpec, lang: str, country: str, view: str) -> tuple[Locale, ...]:
    """The locales that count, from weak to strong: their ``messages_url`` are what has to be fetched.

    Of the same language and country, one for the view wins over one for all views, and the last over those before it.
    """
    found: list[Locale] = []
    for pair in chain(lang, country):
        alike = [one for one in spec.prefs.locales if (one.lang, one.country) == pair]
        for_all = [one for one in alike if not one.views]
        found += ([one for one in alike if view in one.views] or for_all)[-1:]
    return tuple(found)


def bundle_of(locales: tuple[Locale, ...], fetched: Mapping[str, Mapping[str, str]]) -> Bundle:
    """Merge what the locales say.

    Args:
        locales: From `locales_for`.
        fetched: The messages of each ``messages_url`` in them.

    Raises:
        KeyError: One of these is missing.
    """
    messages: dict[str, str] = {}
    direction = "ltr"
    for locale in locales:
        if locale.messages_url:
            messages |= fetched[locale.messages_url]
        messages |= locale.messages
        direction = locale.direction
    return Bundle(MappingProxyType(messages), direction)
