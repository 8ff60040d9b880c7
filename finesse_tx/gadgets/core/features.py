"""The features that a gadget may ask for: what they need, and what this server does about them.

Spec: ``gadgets.md`` §8 and §15, and the features of Apache Shindig that these names are of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

__all__ = ["FEATURES", "KnownFeature", "Standing", "closure"]


class Standing(Enum):
    """What this server does about a feature."""

    SERVED = "served"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class KnownFeature:
    """A feature.

    Attributes:
        name: As ``Require`` names it.
        needs: What must be loaded before it.
        standing: What this server does about it.
        why: Why it is left out, or what is special; empty: nothing.
    """

    name: str
    needs: tuple[str, ...]
    standing: Standing
    why: str = ""


def _served(name: str, *needs: str, why: str = "") -> KnownFeature:
    return KnownFeature(name, needs, Standing.SERVED, why)


def _never(why: str, *names: str) -> list[KnownFeature]:
    return [KnownFeature(name, (), Standing.LEFT_OUT, why) for name in names]


_TABLE: Final = (
    # Always loaded.
    _served("core.config"),
    _served("core.json"),
    _served("core.log"),
    _served("core.util", "core.config"),
    _served("shindig.auth", "core.config", "core.util"),
    _served("core.prefs", "core.util"),
    _served("core.io", "shindig.auth", "core.config", "core.json", "core.util"),
    _served("core.legacy", "core.json", "core.io", "core.prefs", "core.util"),
    _served(
        "core",
        "shindig.auth",
        "core.config",
        "core.json",
        "core.legacy",
        "core.log",
        "core.io",
        "core.prefs",
        "core.util",
    ),
    # What Finesse's gadgets ask for.
    _served("rpc", "core.config", "core.json", "core.util"),
    _served("org.openajax.hub-2.0.7", "rpc"),
    _served("pubsub-2", "org.openajax.hub-2.0.7"),
    _served("dynamic-height", "core.util", "rpc"),
    _served("settitle", "rpc"),
    _served("setprefs", "core.prefs", "core.util", "rpc"),
    _served("loadingindicator", "rpc", why="Cisco's"),
    _served("views", "core.config", "core.json", "core.util", "rpc"),
    _served("content-rewrite", why="its parameters are for the server"),
    _served("collapsible", why="Cisco's"),
    _served("locked-domain", why="without effect: gadgets share the desktop's origin"),
    _served("security-token", "locked-domain", "auth-refresh"),
    _served("auth-refresh", "shindig.auth", "rpc"),
    _served("osapi", "core.config", "core.io", "core.json", "core.util", "rpc", "security-token"),
    # What is cheap.
    _served("pubsub", "rpc"),
    _served("minimessage", "core.config"),
    _served("tabs", "core.prefs", "core.config"),
    _served("skins", "core.config", "core.util"),
    _served("dynamic-width", "core.util", "rpc"),
    _served("flash", "core.io", why="as a stub: browsers have no Flash"),
    # What is not for a contact centre.
    *_never("a project that is dead", "caja", "cajita", "taming"),
    *_never("frames share nothing but the desktop's origin", "shared-script-frame"),
    *_never(
        "there are no people and activities of a social network",
        "opensocial",
        "opensocial-0.7",
        "opensocial-0.8",
        "opensocial-0.9",
        "opensocial-1.0",
        "opensocial-1.1",
        "opensocial-2.0",
        "opensocial-2.5",
        "opensocial-base",
        "opensocial-jsonrpc",
        "opensocial-reference",
        "opensocial-payment",
        "wave",
    ),
    *_never(
        "data pipelining and templates have no social data to show",
        "opensocial-data",
        "opensocial-data-context",
        "opensocial-templates",
        "osml",
    ),
    *_never(
        "no gadget of Finesse's uses it",
        "actions",
        "gadgets.json.ext",
        "analytics",
        "embedded-experiences",
        "jsondom",
        "open-views",
        "opensearch",
        "opensocial-i18n",
        "proxied-form-post",
        "selection",
        "swfobject",
        "xhrwrapper",
        "xmlutil",
    ),
    *_never("credentials go in headers, not through OAuth", "oauthpopup"),
    *_never(
        "for the page around gadgets, which is the desktop's own",
        "container",
        "shindig-container",
    ),
)

FEATURES: Final[Mapping[str, KnownFeature]] = MappingProxyType({one.name: one for one in _TABLE})
"""Every feature that is known here, by name."""


def closure(
    names: Iterable[str], features: Mapping[str, KnownFeature] = FEATURES
) -> tuple[str, ...]:
    """The features and all that they need, each once, each after what it needs.

    Args:
        names: In the order in which they are asked for; those that are not known are left out.
        features: What is known.
    """
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = [(name, False) for name in reversed(list(names))]
    while waiting:
        name, is_ready = waiting.pop()
        if is_ready:
            found[name] = None
        elif name in features and name not in seen:
            seen.add(name)
            waiting.append((name, True))
            waiting += [(needed, False) for needed in reversed(features[name].needs)]
    return tuple(found)
