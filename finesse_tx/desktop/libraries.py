"""What gadgets load below ``/desktop``, by addresses that others have written down.

``finesse.js`` is ours: it is written in several files, which the server puts together when it starts. jQuery and Bootstrap
are not, and come into the package when it is built (``browser_libraries/filling.py``).

Spec: ``desktop.md`` §2, §9; ``gadgets.md`` §3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.static import (
    MAX_AGE_S,
    StaticFile,
    StaticResource,
    StaticTree,
    answer,
    static_file,
    typed_file,
)

__all__ = ["PARTS", "THIRD_PARTY", "ThirdPartyResource", "desktop_libraries", "finesse_js"]

PARTS: Final = (
    "base",
    "utilities",
    "times",
    "messagedisplay",
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
    "schemas",
    "desktopcache",
    "shortcutkeys",
)
"""The files of ``finesse.js``, each after what it needs."""

THIRD_PARTY: Final[Mapping[str, str]] = {
    "assets/js/jquery.min.js": "jquery/jquery.min.js",
    # The vendor's bundle of what its own pages need. What is in it is not public; what gadgets can use of it is jQuery.
    "scripts/js/ccbu-third-party.min.js": "jquery/jquery.min.js",
    "thirdparty/bootstrap/": "bootstrap/",
    "licences.txt": "licences.txt",
}
"""By the address below ``/desktop``: a file of ``vendor``, or a whole folder where it ends in a slash."""

MISSING: Final = b"This server was built without it: python setup.py browser_libraries\n"


def finesse_js() -> bytes:
    """The whole library, one script."""
    return b"\n".join(_part(name) for name in PARTS)


def desktop_libraries(vendor: Traversable | None = None) -> dict[bytes, IResource]:
    """What gadgets load, by the name that it has below ``/desktop``.

    ``assets/js/finesse.js``, the same as ``finesse.min.js``; ``assets/js/api.html``, which says what of the API there is;
    ``js/utilities/MessageDisplay.js``, which is a part of it that some load for itself; the pictures of notifications below
    ``theme/finesse/images/modules/``, of our own drawing; and `THIRD_PARTY`.

    Args:
        vendor: The folder with what is not ours; the package's if it is not given.
    """
    assets = StaticTree({"js/": files("finesse_tx.desktop").joinpath("finesse_js_api")})
    _put(assets, finesse_js(), "js/finesse.js", "js/finesse.min.js")
    ours = StaticTree({})
    _put(ours, _part("messagedisplay"), "utilities/MessageDisplay.js")
    pictures = StaticTree(
        {"finesse/images/modules/": files("finesse_tx.desktop").joinpath("theme")}
    )
    third_party = ThirdPartyResource(
        files("finesse_tx.desktop").joinpath("vendor") if vendor is None else vendor
    )
    return {
        b"assets": _Either({b"js/jquery.min.js"}, third_party, StaticResource(assets)),
        b"js": StaticResource(ours),
        b"scripts": third_party,
        b"theme": StaticResource(pictures),
        b"thirdparty": third_party,
        b"licences.txt": third_party,
    }


class ThirdPartyResource(Resource):
    """`THIRD_PARTY`: each file is read when somebody asks for it first, since most are for few gadgets.

    What has its version in its address never changes; a browser asks again for the rest.

    Args:
        vendor: The folder.
    """

    isLeaf = True

    def __init__(self, vendor: Traversable) -> None:
        super().__init__()
        self._there = dict(_addresses(vendor))
        self._read: dict[bytes, StaticFile] = {}

    @override
    def render(self, request: Request) -> bytes:
        address = b"/".join([*(request.prepath or ())[1:], *(request.postpath or ())])
        if (file := self._file(address)) is None:
            known = any(address.startswith(each.encode()) for each in THIRD_PARTY)
            request.setResponseCode(404)
            request.setHeader(b"content-type", b"text/plain; charset=utf-8")
            return MISSING if known and not self._there else b"There is no such file here.\n"
        is_versioned = address.startswith(b"thirdparty/")
        request.setHeader(
            b"cache-control",
            b"public, max-age=%d, immutable" % MAX_AGE_S if is_versioned else b"no-cache",
        )
        return answer(request, file)

    def _file(self, address: bytes) -> StaticFile | None:
        if (file := self._read.get(address)) is None and (entry := self._there.get(address)):
            file = static_file(entry.name, entry.read_bytes())
            if file is not None:
                self._read[address] = file
        return file


class _Either(Resource):
    """Some paths of one leaf, the rest of another."""

    isLeaf = True

    def __init__(self, paths: set[bytes], first: IResource, rest: IResource) -> None:
        super().__init__()
        self._paths, self._first, self._rest = paths, first, rest

    @override
    def render(self, request: Request) -> bytes:
        is_first = b"/".join(request.postpath or ()) in self._paths
        body: bytes = (self._first if is_first else self._rest).render(request)
        return body


def _addresses(vendor: Traversable) -> Iterator[tuple[bytes, Traversable]]:
    if not vendor.is_dir():
        return
    for address, path in THIRD_PARTY.items():
        place = vendor.joinpath(path)
        if address.endswith("/"):
            yield from _below(place, address)
        elif place.is_file():
            yield address.encode(), place


def _below(folder: Traversable, address: str) -> Iterator[tuple[bytes, Traversable]]:
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.is_dir():
            yield from _below(entry, f"{address}{entry.name}/")
        else:
            yield f"{address}{entry.name}".encode(), entry


def _part(name: str) -> bytes:
    return files("finesse_tx.desktop").joinpath("finesse_js", f"{name}.js").read_bytes()


def _put(tree: StaticTree, script: bytes, *paths: str) -> None:
    for path in paths:
        tree[path.encode()] = typed_file(b"text/javascript; charset=utf-8", script, is_text=True)
    tree.digest = sha256(tree.digest.encode() + script).hexdigest()[:16]
