"""What a page around gadgets is told of one before it makes a frame for it: in the old form, and in that of JSON-RPC.

Spec: ``gadgets.md`` §7.3 (``/gadgets/metadata``), §7.4 (``gadgets.metadata``); names and shapes are Shindig's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlencode

from finesse_tx.gadgets.core.asking import Asked
from finesse_tx.gadgets.core.errors import SpecError
from finesse_tx.gadgets.core.spec import GadgetSpec, ModulePrefs, UserPref, View
from finesse_tx.gadgets.core.substitution import Substitutions, substituted

__all__ = ["FIELDS", "METADATA_FIELDS", "iframe_url", "new_form", "old_form", "selected", "shown"]

METADATA_FIELDS: Final = ("iframeUrls", "userPrefs.*", "modulePrefs.*", "views.*")
"""What ``gadgets.metadata`` tells where nothing is said."""

FIELDS: Final = (
    "checksum",
    "error",
    "expireTimeMs",
    "iframeUrls",
    "modulePrefs",
    "needsTokenRefresh",
    "responseTimeMs",
    "tokenTTL",
    "url",
    "userPrefs",
    "views",
)
"""What it can tell."""

_TEXTS: Final = {
    "title": "title",
    "description": "description",
    "directoryTitle": "directory_title",
    "author": "author",
    "authorEmail": "author_email",
    "authorAffiliation": "author_affiliation",
    "authorLocation": "author_location",
    "authorAboutme": "author_aboutme",
    "authorQuote": "author_quote",
}
_URIS: Final = {
    "titleUrl": "title_url",
    "thumbnail": "thumbnail",
    "screenshot": "screenshot",
    "authorPhoto": "author_photo",
    "authorLink": "author_link",
}
_FLAGS: Final = {
    "scrolling": "scrolling",
    "scaling": "scaling",
    "singleton": "singleton",
    "showStats": "show_stats",
    "showInDirectory": "show_in_directory",
}


def shown(spec: GadgetSpec, view: View, values: Substitutions) -> GadgetSpec:
    """The gadget with everything filled in but the texts of its views, which are left out.

    A view whose address becomes none has none here; who asks for that view is told.

    Raises:
        SpecError: Something else becomes an address that is none, or too long.
    """
    found = substituted(spec, replace(view, content=""), values)
    bare = replace(spec, prefs=_without(spec), user_prefs=MappingProxyType({}))
    return replace(
        found,
        views=MappingProxyType(
            {name: _view(bare, one, values) for name, one in spec.views.items()}
        ),
    )


def _without(spec: GadgetSpec) -> ModulePrefs:
    return replace(
        spec.prefs,
        attributes=MappingProxyType({}),
        features=(),
        preloads=(),
        icons=(),
        links=MappingProxyType({}),
    )


def _view(bare: GadgetSpec, view: View, values: Substitutions) -> View:
    empty = replace(view, content="")
    try:
        return substituted(bare, empty, values).views[view.name]
    except SpecError:
        return replace(empty, href="")


def iframe_url(host: str, asked: Asked, version: str) -> str:
    """Where a gadget is rendered, as asked: at our own host, by whichever scheme the page has."""
    told = [
        ("url", asked.url),
        ("container", asked.container),
        ("mid", str(asked.module_id)),
        ("view", asked.view),
        ("lang", asked.lang),
        ("country", asked.country),
        ("nocache", "1" if asked.is_fresh else "0"),
        *(() if asked.is_fresh else (("v", version),)),
        *((f"up_{name}", value) for name, value in asked.prefs.items()),
    ]
    at = f"//{host}" if host else ""
    return f"{at}/gadgets/ifr?{urlencode(told, quote_via=quote, errors='replace')}"


def old_form(spec: GadgetSpec, asked: Asked, iframe: str) -> dict[str, object]:
    """One gadget of ``/gadgets/metadata``.

    Args:
        spec: As `shown`.
        asked: What was asked.
        iframe: Its `iframe_url`.
    """
    prefs = spec.prefs
    return {
        "url": asked.url,
        "moduleId": asked.module_id,
        "iframeUrl": iframe,
        **_prefs(spec),
        "views": {
            name: {
                "type": view.type.value,
                "quirks": view.quirks,
                "preferredHeight": view.preferred_height,
                "preferredWidth": view.preferred_width,
                **({"attributes": dict(view.attributes)} if view.attributes else {}),
            }
            for name, view in spec.views.items()
        },
        "features": [feature.name for feature in prefs.features],
        "featureDetails": {
            feature.name: {"required": feature.is_required, "parameters": _lists(feature.params)}
            for feature in prefs.features
        },
        "links": {rel: link.href for rel, link in prefs.links.items()},
        "userPrefs": {
            name: {
                "displayName": pref.display_name,
                "type": pref.data_type.value,
                "default": pref.default_value,
                "enumValues": {one.value: one.display_value for one in pref.enum_values},
                "orderedEnumValues": _enum(pref),
                "required": pref.is_required,
            }
            for name, pref in spec.user_prefs.items()
        },
    }


def new_form(
    spec: GadgetSpec, url: str, iframes: Mapping[str, str], version: str
) -> dict[str, object]:
    """One gadget of ``gadgets.metadata``, with all that can be told but the times.

    Args:
        spec: As `shown`.
        url: As it was asked for.
        iframes: By view: where it is rendered.
        version: The checksum of its document.
    """
    prefs = spec.prefs
    return {
        "url": url,
        "checksum": version,
        "iframeUrls": dict(iframes),
        "needsTokenRefresh": False,
        "modulePrefs": {
            **_prefs(spec),
            "features": {
                feature.name: {
                    "name": feature.name,
                    "required": feature.is_required,
                    "params": _lists(feature.params),
                }
                for feature in prefs.features
            },
            "links": {
                rel: {"rel": rel, "href": link.href, "method": link.method}
                for rel, link in prefs.links.items()
            },
        },
        "userPrefs": {
            name: {
                "name": name,
                "displayName": pref.display_name,
                "defaultValue": pref.default_value,
                "required": pref.is_required,
                "dataType": pref.data_type.value,
                "orderedEnumValues": _enum(pref),
            }
            for name, pref in spec.user_prefs.items()
        },
        "views": {
            name: {
                "name": name,
                "type": view.type.value,
                **({"href": view.href} if view.href else {}),
                "quirks": view.quirks,
                "preferredHeight": view.preferred_height,
                "preferredWidth": view.preferred_width,
            }
            for name, view in spec.views.items()
        },
    }


def selected(told: Mapping[str, object], fields: Iterable[str]) -> dict[str, object]:
    """Of what can be told, what was asked for: ``a``, ``a.b``, ``a.*``, ``*``; an error and the URL always.

    A map by names of the gadget's own (features, preferences, views) is one step deep: ``views.type`` is of each view.
    """
    paths = [field.split(".") for field in fields]
    found = _chosen(told, paths)
    return found | {name: told[name] for name in ("url", "error") if name in told}


_NAMED: Final = frozenset({"features", "iframeUrls", "links", "userPrefs", "views"})
"""What has names of the gadget's own, which no field says."""


def _chosen(told: Mapping[str, object], paths: list[list[str]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in told.items():
        below = [path[1:] for path in paths if path[0] in {name, "*"}]
        if not below:
            continue
        deeper = [path for path in below if path and path != ["*"]]
        if len(deeper) < len(below) or not isinstance(value, Mapping):
            found[name] = value
        elif name in _NAMED:
            found[name] = {
                key: _chosen(one, deeper) if isinstance(one, Mapping) else one
                for key, one in value.items()
            }
        else:
            found[name] = _chosen(value, deeper)
    return found


def _prefs(spec: GadgetSpec) -> dict[str, object]:
    prefs = spec.prefs
    return {
        **{name: prefs.attributes.get(attribute, "") for name, attribute in _TEXTS.items()},
        **{name: prefs.uri(attribute, spec.url) for name, attribute in _URIS.items()},
        **{name: prefs.flag(attribute) for name, attribute in _FLAGS.items()},
        "height": prefs.number("height"),
        "width": prefs.number("width"),
        "categories": [prefs.attributes.get(name, "") for name in ("category", "category2")],
    }


def _lists(params: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {name: list(values) for name, values in params.items()}


def _enum(pref: UserPref) -> list[dict[str, str]]:
    return [{"value": one.value, "displayValue": one.display_value} for one in pref.enum_values]
