"""The JavaScript of features, put together: what a gadget needs, in order, once.

Spec: ``gadgets.md`` §4.2 (in a gadget's page), §5 (as a script of its own).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

from finesse_tx.gadgets.core.errors import UnknownFeatureError
from finesse_tx.gadgets.core.features import KnownFeature, Standing, closure

__all__ = ["CRUFT", "Library", "default_configuration", "script_json"]

CRUFT: Final = "throw 1; < don't be evil' >"
"""Before each answer of ``/gadgets/makeRequest``, so that it is no script; server and client agree to the byte."""

_ESCAPES: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def script_json(value: object) -> str:
    """JSON that may stand inside a ``script`` element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def default_configuration() -> dict[str, object]:
    """What features are configured with, by feature; ``%host%`` is filled in in the browser."""
    return {
        "core.io": {
            "jsonProxyUrl": "//%host%/gadgets/makeRequest",
            "proxyUrl": "//%host%/gadgets/proxy%filename%?container=%container%&refresh=%refresh%&url=%url%%authz%%rewriteMime%",
            "unparseableCruft": CRUFT,
        },
        "rpc": {
            "parentRelayUrl": "/robots.txt",
            "passReferrer": "c2p:query",
            "useLegacyProtocol": False,
        },
        "views": {
            "default": {"isOnlyVisible": False, "aliases": ["home", "profile", "canvas"]},
            "canvas": {"isOnlyVisible": True, "aliases": ["FULL_PAGE"]},
        },
    }


class Library:
    """The features that are served.

    Args:
        features: What is known of each, by name.
        scripts: The JavaScript of those that are served and have any, by name.
        configuration: What they are configured with, by name.

    Attributes:
        features: As given.
        digest: 16 hexadecimal digits that change when any script or setting does.
    """

    def __init__(
        self,
        features: Mapping[str, KnownFeature],
        scripts: Mapping[str, str],
        configuration: Mapping[str, object],
    ) -> None:
        self.features, self._scripts, self._configuration = features, scripts, configuration
        whole = sha256()
        for name in sorted(scripts):
            whole.update(f"{name}\0{scripts[name]}\0".encode())
        whole.update(script_json(configuration).encode())
        self.digest = whole.hexdigest()[:16]

    def is_served(self, name: str) -> bool:
        """Whether gadgets may require it."""
        found = self.features.get(name)
        return found is not None and found.standing is Standing.SERVED

    def all_for(self, names: Iterable[str], loaded: Iterable[str] = ()) -> tuple[str, ...]:
        """The features and all that they need, without what is loaded and what that needs, in order.

        Raises:
            UnknownFeatureError: One of the names is not served.
        """
        wanted = tuple(names)
        for name in wanted:
            if not self.is_served(name):
                raise UnknownFeatureError(name)
        there = set(closure(loaded, self.features))
        return tuple(name for name in closure(wanted, self.features) if name not in there)

    def script(self, names: Iterable[str]) -> str:
        """The JavaScript of these, one after the other."""
        return "".join(self._scripts.get(name, "") for name in names)

    def configured(self, names: Iterable[str]) -> dict[str, object]:
        """What these are configured with."""
        return {name: self._configuration[name] for name in names if name in self._configuration}
