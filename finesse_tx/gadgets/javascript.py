"""``/gadgets/js/a:b!c.js``: features as a script of its own, with all that they need and without what ``c`` has loaded.

Spec: ``gadgets.md`` §5.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from twisted.web.resource import Resource
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.gadgets.core.errors import UnknownFeatureError
from finesse_tx.gadgets.core.features import FEATURES, Standing
from finesse_tx.gadgets.core.library import Library, script_json
from finesse_tx.static import StaticFile, answer, static_file

__all__ = ["JavaScript"]

KEPT_S: Final = 3_600
"""How long a browser keeps a script whose version it does not name."""

FOREVER_S: Final = 31_536_000
"""How long it keeps one whose version it names."""

MAX_NAMES: Final = 100
"""So many features in one address."""

MAX_KEPT: Final = 64
"""So many scripts are kept as they were put together."""

_NAME: Final = re.compile(r"[A-Za-z0-9_.\-]{1,100}")
_CALLBACK: Final = re.compile(r"[A-Za-z_$][\w$]{0,99}(\.[A-Za-z_$][\w$]{0,99}){0,9}", re.ASCII)


class JavaScript(Resource):
    """The resource at ``/gadgets/js``.

    Args:
        library: The features.
    """

    isLeaf = True

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._library = library
        self._made = lru_cache(MAX_KEPT)(self._make)

    @override
    def render(self, request: Request) -> bytes:
        path = b"/".join(request.postpath or ()).decode("latin-1")
        onload = _argument(request, b"onload")
        if onload and not _CALLBACK.fullmatch(onload):
            return _say(request, 400, "onload is not the name of a function.")
        is_page = _argument(request, b"c") == "1"
        try:
            file = self._made(path, is_page, onload, _argument(request, b"init") != "0")
        except UnknownFeatureError as error:
            return _say(request, 404, f"{error}.")
        version = _argument(request, b"v")
        if _argument(request, b"nocache") not in {"", "0"}:
            caching = b"no-cache"
        elif version == self._library.digest:
            caching = b"public, max-age=%d, immutable" % FOREVER_S
        else:
            caching = b"public, max-age=%d" % KEPT_S
        request.setHeader(b"cache-control", caching)
        return answer(request, file)

    def _make(self, path: str, is_page: bool, onload: str, is_configured: bool) -> StaticFile:
        wanted, _, there = path.removesuffix(".js").partition("!")
        names = [name for name in wanted.split(":") if name]
        loaded = [name for name in there.split(":") if name]
        if not path.endswith(".js") or not names or len(names) + len(loaded) > MAX_NAMES:
            raise UnknownFeatureError(path[:100])
        for name in (*names, *loaded):
            if not _NAME.fullmatch(name):
                raise UnknownFeatureError(name[:100])
        if is_page:  # what Shindig's own page around gadgets asks for, and ours does without
            names = [name for name in names if not _is_left_out(name)]
        features = self._library.all_for(names, loaded)
        text = self._library.script(features)
        if is_configured:
            text += f"gadgets.config.init({script_json(self._library.configured(features))});\n"
        if onload:
            text += f"{onload}();\n"
        made = static_file("features.js", text.encode())
        assert made is not None, "we serve scripts"  # noqa: S101
        return made


def _is_left_out(name: str) -> bool:
    found = FEATURES.get(name)
    return found is not None and found.standing is Standing.LEFT_OUT


def _argument(request: Request, name: bytes) -> str:
    values = request.args.get(name) if request.args else None
    return values[-1].decode("utf-8", "replace") if values else ""


def _say(request: Request, status: int, text: str) -> bytes:
    body = text.encode()
    request.setResponseCode(status)
    request.setHeader(b"content-type", b"text/plain; charset=utf-8")
    request.setHeader(b"x-content-type-options", b"nosniff")
    request.setHeader(b"content-length", b"%d" % len(body))
    return b"" if request.method == b"HEAD" else body
