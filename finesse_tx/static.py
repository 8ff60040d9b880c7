"""Files of ours that browsers load: scripts, styles, pictures, and the pages that load them.

They are read once, at the start, and served as written: no bundler, so modules import each other by relative paths. A
browser keeps them for ever all the same, because a page names them below the digest of their whole tree: whatever file
changes, all have another address, and no page ever mixes files of two versions. Below no digest the same files are
revalidated each time; that is for addresses which others have written down.

Spec: RFC 9110 §8.8.3 (ETag), §13.1.2 (If-None-Match); RFC 8246 (immutable); Content Security Policy Level 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from gzip import compress
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from posixpath import dirname, join, normpath
from typing import Final, NamedTuple

from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.notification.core.http import GZIP_MIN_BYTES, accepts_gzip

__all__ = [
    "MAX_AGE_S",
    "PageFolder",
    "PageResource",
    "StaticFile",
    "StaticResource",
    "StaticTree",
    "answer",
    "imported",
    "page_tree",
    "static_file",
    "typed_file",
]

PAGE_FOLDERS: Final = ("browser", "admin/console", "desktop/page")
"""Of the package: what our pages load, in the places where files name each other."""

MAX_AGE_S: Final = 31_536_000
"""How long a browser keeps what is named below a digest: a year, the longest that means something."""

TYPES: Final[Mapping[str, bytes]] = {
    "css": b"text/css; charset=utf-8",
    "eot": b"application/vnd.ms-fontobject",
    "html": b"text/html; charset=utf-8",
    "ico": b"image/x-icon",
    "js": b"text/javascript; charset=utf-8",
    "json": b"application/json",
    "mjs": b"text/javascript; charset=utf-8",
    "mp3": b"audio/mpeg",
    "ogg": b"audio/ogg",
    "png": b"image/png",
    "svg": b"image/svg+xml",
    "ttf": b"font/ttf",
    "txt": b"text/plain; charset=utf-8",
    "wav": b"audio/wav",
    "webmanifest": b"application/manifest+json",
    "woff": b"font/woff",
    "woff2": b"font/woff2",
    "xml": b"text/xml; charset=utf-8",
}
"""By the ending of a name; a file with another ending is not served."""

_IMPORTS: Final = re.compile(
    r"""^(?:import|export)\b[^;"'(=/]*?\bfrom\s*"(?P<named>[^"]+)"|^import\s*"(?P<bare>[^"]+)\"""",
    re.MULTILINE,
)
"""What a module of ours imports as it is loaded; not what it may ask for later, ``import(…)``."""

_PACKED: Final = frozenset({"ico", "mp3", "ogg", "png", "wav", "woff", "woff2"})
"""What gzip makes no smaller."""


class StaticFile(NamedTuple):
    """What is sent for one path.

    Attributes:
        kind: Its media type.
        body: The file.
        gzipped: The same for who takes gzip; empty where that is no shorter.
        tag: Its ETag, with the quotes.
    """

    kind: bytes
    body: bytes
    gzipped: bytes
    tag: bytes


def static_file(name: str, body: bytes) -> StaticFile | None:
    """Make the file to be sent; None when the name has no ending that we serve."""
    ending = name.rpartition(".")[2]
    kind = TYPES.get(ending)
    return None if kind is None else typed_file(kind, body, is_text=ending not in _PACKED)


def typed_file(kind: bytes, body: bytes, *, is_text: bool) -> StaticFile:
    """Make a file to be sent of a media type that somebody knows; a text is compressed as well."""
    packed = compress(body, 9, mtime=0) if is_text and len(body) >= GZIP_MIN_BYTES else b""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    return StaticFile(kind, body, packed if len(packed) < len(body) else b"", tag.encode())


def _walk(folder: Traversable, above: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda found: found.name):
        if entry.is_dir():
            yield from _walk(entry, f"{above}{entry.name}/")
        else:
            yield above + entry.name, entry


class StaticTree(dict[bytes, StaticFile]):
    """The files of some folders and of all below them, by path such as ``browser/core/rest.js``.

    Args:
        folders: Of packages' data, each by what its paths begin with: ``browser/``, or nothing. Where files name each
            other, that is where the folder is beside the others.

    Attributes:
        digest: 16 hexadecimal digits that change when any file does.
    """

    def __init__(self, folders: Mapping[str, Traversable]) -> None:
        super().__init__()
        whole = sha256()
        for above, folder in folders.items():
            for path, entry in _walk(folder, above):
                file = static_file(path, entry.read_bytes())
                if file is not None:
                    self[path.encode()] = file
                    whole.update(path.encode() + b"\0" + file.tag)
        self.digest = whole.hexdigest()[:16]


def page_tree() -> StaticTree:
    """The files of all pages of ours: one tree, so that they share what they have in common."""
    package = files("finesse_tx")
    return StaticTree({f"{name}/": package.joinpath(name) for name in PAGE_FOLDERS})


def imported(tree: StaticTree, path: str) -> tuple[str, ...]:
    """What a module imports, and what that imports, as a browser finds it: the nearest first, each once.

    A page that names them lets a browser ask for all of them at once, instead of for each when it has read who imports it.

    Args:
        tree: Where they are; what is not there is left out.
        path: The module.
    """
    found = [path]
    for module in found:  # grows meanwhile
        file = tree.get(module.encode())
        text = file.body.decode() if file is not None else ""
        for match in _IMPORTS.finditer(text):
            there = normpath(join(dirname(module), match["named"] or match["bare"]))
            if there.encode() in tree and there not in found:
                found.append(there)
    return tuple(found[1:])


class StaticResource(Resource):
    """A tree's files: below ``/DIGEST/`` for ever, and without it until they change.

    What is named below the digest of another version is not there: the page that asks is older than the server.

    Args:
        tree: The files.
    """

    isLeaf = True

    def __init__(self, tree: StaticTree) -> None:
        super().__init__()
        self._tree = tree

    @override
    def render(self, request: Request) -> bytes:
        segments: list[bytes] = request.postpath or []
        caching = b"no-cache"
        if segments and segments[0] == self._tree.digest.encode():
            caching = b"public, max-age=%d, immutable" % MAX_AGE_S
            segments = segments[1:]
        file = self._tree.get(b"/".join(segments))
        if file is None:
            return _plain(request, 404, b"There is no such file here.\n")
        request.setHeader(b"cache-control", caching)
        return answer(request, file)


class PageResource(Resource):
    """A page: HTML of ours that names its files below ``{{assets}}``, and has a place for ``{{modules}}``.

    Args:
        page: The file.
        assets: What ``{{assets}}`` stands for, such as ``/desktop/assets/0123456789abcdef``.
        policy: Its Content-Security-Policy; or what says that of a request.
        modules: What its scripts import, to be asked for at once (`imported`).
    """

    isLeaf = True

    def __init__(
        self,
        page: StaticFile,
        assets: str,
        policy: bytes | Callable[[Request], bytes],
        modules: Iterable[str] = (),
    ) -> None:
        super().__init__()
        links = "\n    ".join(
            f'<link rel="modulepreload" href="{{{{assets}}}}/{path}">' for path in modules
        )
        body = page.body.replace(b"{{modules}}", links.encode())
        body = body.replace(b"{{assets}}", assets.encode())
        self._page = typed_file(page.kind, body, is_text=True)
        self._policy = policy

    @override
    def render(self, request: Request) -> bytes:
        request.setHeader(b"cache-control", b"no-cache")
        policy = self._policy if isinstance(self._policy, bytes) else self._policy(request)
        request.setHeader(b"content-security-policy", policy)
        request.setHeader(b"referrer-policy", b"same-origin")
        return answer(request, self._page)


class PageFolder(Resource):
    """An address that is a page, with a slash at its end and without, and may have others below it.

    Args:
        page: The page.
    """

    def __init__(self, page: IResource) -> None:
        super().__init__()
        self._page = page
        self.putChild(b"", page)

    @override
    def render(self, request: Request) -> int | bytes:
        answered: int | bytes = self._page.render(request)
        return answered


def answer(request: Request, file: StaticFile) -> bytes:
    """Answer ``GET`` and ``HEAD`` with a file, or with 304 to who has it; anything else with 405."""
    if request.method not in {b"GET", b"HEAD"}:
        request.setHeader(b"allow", b"GET, HEAD")
        return _plain(request, 405, b"Only GET and HEAD are answered here.\n")
    request.setHeader(b"x-content-type-options", b"nosniff")
    request.setHeader(b"vary", b"Accept-Encoding")
    request.setHeader(b"etag", file.tag)
    known = (request.getHeader(b"if-none-match") or b"").split(b",")
    if file.tag in {tag.strip().removeprefix(b"W/") for tag in known}:
        request.setResponseCode(304)
        return b""
    body = file.body
    if file.gzipped and accepts_gzip(request.getHeader(b"accept-encoding") or b""):
        request.setHeader(b"content-encoding", b"gzip")
        body = file.gzipped
    request.setHeader(b"content-type", file.kind)
    request.setHeader(b"content-length", b"%d" % len(body))
    return b"" if request.method == b"HEAD" else body


def _plain(request: Request, code: int, text: bytes) -> bytes:
    request.setResponseCode(code)
    request.setHeader(b"content-type", TYPES["txt"])
    request.setHeader(b"content-length", b"%d" % len(text))
    return b"" if request.method == b"HEAD" else text
