"""``/desktop/assets``: the libraries that gadgets load by addresses which others have written down.

``finesse.js`` is written in several files, which the server puts together when it starts. jQuery and the like are not
here: they are no part of ours.

Spec: ``desktop.md`` §2, §9; ``gadgets.md`` §3.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from typing import Final

from twisted.web.resource import Resource

from finesse_tx.static import StaticResource, StaticTree, static_file

__all__ = ["PARTS", "desktop_assets", "finesse_js"]

PARTS: Final = (
    "base",
    "utilities",
    "cslogger",
    "config",
    "clientservices",
    "restbase",
    "collections",
    "dialogs",
    "media",
    "resources",
    "user",
    "containerservices",
    "digital",
)
"""The files of ``finesse.js``, each after what it needs."""


def finesse_js() -> bytes:
    """The whole library, one script."""
    folder = files("finesse_tx.desktop").joinpath("finesse_js")
    return b"\n".join(folder.joinpath(f"{part}.js").read_bytes() for part in PARTS)


def desktop_assets() -> Resource:
    """What ``/desktop/assets`` answers.

    ``js/finesse.js``, the same as ``js/finesse.min.js``, and ``js/api.html``, which says what of the API there is.
    """
    tree = StaticTree({"js/": files("finesse_tx.desktop").joinpath("finesse_js_api")})
    whole = finesse_js()
    for name in ("js/finesse.js", "js/finesse.min.js"):
        if file := static_file(name, whole):
            tree[name.encode()] = file
    tree.digest = sha256(tree.digest.encode() + whole).hexdigest()[:16]
    return StaticResource(tree)
