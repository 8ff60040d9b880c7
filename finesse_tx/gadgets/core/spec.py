"""A gadget's specification, as values.

Texts are as they are written, markers such as ``__UP_name__`` not yet filled in, and URIs not yet resolved, except those
of message bundles, in which there are no markers: see `finesse_tx.gadgets.core.substitution`.

Spec: OpenSocial Core Gadget Specification 2.x, "Gadget XML"; ``gadgets.md`` §2.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final
from urllib.parse import urljoin

__all__ = [
    "CORE",
    "DEFAULT_VIEW",
    "ContentType",
    "DataType",
    "EnumValue",
    "Feature",
    "GadgetSpec",
    "Icon",
    "Link",
    "Locale",
    "ModulePrefs",
    "Preload",
    "UserPref",
    "View",
    "number",
]

CORE: Final = "core"
"""The feature that each gadget has."""

DEFAULT_VIEW: Final = "default"
"""The view of what does not say which, and for who does not say which."""


def number(text: str) -> int:
    """Read a whole number of at most nine digits; what is none is 0."""
    digits = text.removeprefix("-").removeprefix("+")
    if len(digits) > 9 or not (digits.isascii() and digits.isdigit()):
        return 0
    return -int(digits) if text.startswith("-") else int(digits)


@dataclass(frozen=True, slots=True)
class Feature:
    """``Require`` or ``Optional``.

    Attributes:
        name: Of the feature.
        is_required: Whether the gadget cannot be rendered without it.
        params: The texts of its ``Param``, in order, by name.
        views: The views that it is for; empty: all.
        version: As it is written.
        line: Where it stands.
    """

    name: str
    is_required: bool
    params: Mapping[str, tuple[str, ...]]
    views: tuple[str, ...]
    version: str
    line: int


@dataclass(frozen=True, slots=True)
class Preload:
    """What is fetched for the gadget before it is rendered; ``authz`` is ``none`` if it is not said.

    If it is ``signed``, the last two say whether the other server is told whose page that is, and who looks at it.
    """

    href: str
    authz: str
    views: tuple[str, ...]
    line: int
    tells_owner: bool = True
    tells_viewer: bool = True


@dataclass(frozen=True, slots=True)
class Icon:
    """A picture: ``content`` is its URI, or with mode ``base64`` its bytes; mode is else empty."""

    content: str
    mode: str
    type: str


@dataclass(frozen=True, slots=True)
class Link:
    """A page or an event's address; method is ``GET`` or ``POST``."""

    rel: str
    href: str
    method: str


@dataclass(frozen=True, slots=True)
class Locale:
    """What is said for a language and a country.

    Attributes:
        lang: In lower case; ``all``: any.
        country: In upper case; ``ALL``: any.
        messages_url: Of the message bundle, resolved; empty if there is none.
        direction: ``ltr`` or ``rtl``.
        views: The views that it is for; empty: all.
        messages: Those that are written in the specification itself; they win over the bundle's.
        line: Where it stands.
    """

    lang: str
    country: str
    messages_url: str
    direction: str
    views: tuple[str, ...]
    messages: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class ModulePrefs:
    """What is said of the gadget as a whole.

    Attributes:
        attributes: All, also those that OpenSocial does not name.
        features: In the order of the document; without `CORE` unless it is written.
        links: By ``rel``, of which the last one counts.
    """

    attributes: Mapping[str, str]
    features: tuple[Feature, ...]
    preloads: tuple[Preload, ...]
    icons: tuple[Icon, ...]
    links: Mapping[str, Link]
    locales: tuple[Locale, ...]

    @property
    def title(self) -> str:
        """Its title; empty if it has none, as often."""
        return self.attributes.get("title", "")

    def number(self, name: str) -> int:
        """An attribute's number, such as of ``height``: 0 if it has none."""
        return number(self.attributes.get(name, ""))

    def flag(self, name: str) -> bool:
        """Whether an attribute, such as ``scrolling``, is true."""
        return self.attributes.get(name, "").lower() == "true"

    def uri(self, name: str, base: str) -> str:
        """An attribute's URI, such as of ``thumbnail``, resolved; empty if it has none.

        Args:
            name: The attribute.
            base: The specification's URL.
        """
        value = self.attributes.get(name, "").strip()
        try:
            return urljoin(base, value) if value else ""
        except ValueError:
            return ""

    def features_of(self, view: str) -> Mapping[str, Feature]:
        """What a view requires or would like, with `CORE`; what is said for the view wins over what is said for all."""
        found: dict[str, Feature] = {CORE: _CORE_FEATURE}
        found |= {feature.name: feature for feature in self.features if not feature.views}
        found |= {feature.name: feature for feature in self.features if view in feature.views}
        return MappingProxyType(found)


_CORE_FEATURE: Final = Feature(CORE, True, MappingProxyType({}), (), "", 0)


class DataType(Enum):
    """What a user preference's value is."""

    STRING = "string"
    BOOL = "bool"
    ENUM = "enum"
    HIDDEN = "hidden"
    LIST = "list"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class EnumValue:
    """A value that may be chosen, and how it is shown."""

    value: str
    display_value: str


@dataclass(frozen=True, slots=True)
class UserPref:
    """A preference that each user of the gadget has."""

    name: str
    display_name: str
    default_value: str
    is_required: bool
    data_type: DataType
    enum_values: tuple[EnumValue, ...]
    line: int


class ContentType(Enum):
    """Whether a view is a text of ours or a page of somebody else's."""

    HTML = "html"
    URL = "url"


@dataclass(frozen=True, slots=True)
class View:
    """All ``Content`` of one view, put together.

    Attributes:
        name: Of the view.
        type: What it is.
        content: Its text; of `ContentType.URL` it means nothing.
        href: Where the page is, or the text is to be fetched from; empty: nowhere.
        quirks: Whether the gadget asks for a browser's quirks mode.
        preferred_height: In pixels; 0: none.
        preferred_width: In pixels; 0: none.
        authz: ``none`` if it is not said.
        attributes: All others.
        line: Where the first ``Content`` stands.
    """

    name: str
    type: ContentType
    content: str
    href: str
    quirks: bool
    preferred_height: int
    preferred_width: int
    authz: str
    attributes: Mapping[str, str]
    line: int

    @property
    def needs_prefs(self) -> bool:
        """Whether what is rendered depends on user preferences, so that they must be known to the server."""
        return self.type is ContentType.URL or "__UP_" in self.content or "__UP_" in self.href


@dataclass(frozen=True, slots=True)
class GadgetSpec:
    """A gadget.

    Attributes:
        url: Where it was read from; what it refers to is relative to this.
        specification_version: ``1.0`` if it is not said.
        prefs: Of the module.
        user_prefs: By name, in the order of the document.
        views: By name, in the order of the document; at least one.
    """

    url: str
    specification_version: str
    prefs: ModulePrefs
    user_prefs: Mapping[str, UserPref]
    views: Mapping[str, View]
