"""``/gadgets/ifr``: a gadget's page, for the frame that the desktop shows it in.

Spec: ``gadgets.md`` §4; §13 for who may have it in a frame, and whom it is not shown to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from html import escape
from typing import Final

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from finesse_tx.gadgets.core.asking import MAX_REFRESH_S, Asked, read_asked
from finesse_tx.gadgets.core.errors import SourceError, SpecError
from finesse_tx.gadgets.core.library import Library
from finesse_tx.gadgets.core.page_cache import PageCache, page_key, shared
from finesse_tx.gadgets.core.places import own_path
from finesse_tx.gadgets.core.preloads import wanted_preloads
from finesse_tx.gadgets.core.render import page_address, rendered
from finesse_tx.gadgets.core.spec import ContentType, GadgetSpec, View
from finesse_tx.gadgets.core.substitution import Substitutions
from finesse_tx.gadgets.core.uris import fetchable
from finesse_tx.gadgets.core.views import view_of
from finesse_tx.gadgets.preloading import Preloading
from finesse_tx.gadgets.reading import bundle_for
from finesse_tx.gadgets.sources import SpecSource
from finesse_tx.gadgets.surroundings import Isolation, Surroundings

__all__ = ["GadgetFrame"]

KEPT_S: Final = 300
"""How long a browser keeps a gadget's page when nobody says."""


class GadgetFrame(Resource):
    """The resource at ``/gadgets/ifr``.

    Args:
        source: What gadgets are made of.
        library: The features that are served.
        surroundings: Where pages are shown.
        is_dev: Whether nothing of a gadget at a URL is kept, here or by browsers; the second is how we were addressed.
        isolation: Whose gadgets alone are shown here; None: those that are not isolated.
        preloading: Fetches what gadgets want to have before; None: nothing does.
    """

    isLeaf = True
    log = Logger()

    def __init__(
        self,
        source: SpecSource,
        library: Library,
        surroundings: Surroundings,
        is_dev: Callable[[str, str], bool] = lambda _url, _host: False,
        isolation: Isolation | None = None,
        preloading: Preloading | None = None,
    ) -> None:
        super().__init__()
        self._source, self._library, self._is_dev = source, library, is_dev
        self._surroundings, self._isolation = surroundings, isolation
        self._preloading, self._pages = preloading, PageCache()

    def render_GET(self, request: Request) -> int:
        """Answer with the page, or with one that says why there is none."""
        answering = Deferred.fromCoroutine(self._answer(request))
        request.notifyFinish().addErrback(lambda _gone: answering.cancel())
        answering.addErrback(self._failed, request)
        return NOT_DONE_YET

    async def _answer(self, request: Request) -> None:
        policy = self._surroundings.page_policy(request)
        request.setHeader(b"content-security-policy", policy)
        request.setHeader(b"x-content-type-options", b"nosniff")
        try:
            body = await self._page(request)
        except SourceError as error:
            body = _sorry(request, error.status, error.reason)
        except SpecError as error:
            body = _sorry(request, 400, f"The gadget's XML, {error}.")
        if request.code != 304:
            request.setHeader(b"content-type", b"text/html; charset=UTF-8")
            request.setHeader(b"content-length", b"%d" % len(body))
        request.write(body)
        request.finish()

    def _failed(self, failure: Failure, request: Request) -> None:
        if failure.check(CancelledError):
            return  # the browser has gone
        self.log.failure("cannot render a gadget", failure)
        request.setResponseCode(500)
        request.finish()

    async def _page(self, request: Request) -> bytes:
        self._check(request)
        given = {
            name.decode("utf-8", "replace"): values[0].decode("utf-8", "replace")
            for name, values in (request.args or {}).items()
        }
        asked = read_asked(given)
        if self._isolation is not None and not self._isolation.has(asked.url, request):
            raise SourceError(403, "Only isolated gadgets are shown here.")
        host = self._surroundings.host(asked.url, request)
        if self._is_dev(asked.url, host):
            asked = replace(asked, is_fresh=True)
        spec, document = await self._source.spec(asked.url, host, is_fresh=asked.is_fresh)
        view = view_of(spec, asked.view)
        if view is None:
            raise SourceError(404, f'The gadget has no view "{asked.view[:80]}".')
        bundle = await bundle_for(
            self._source,
            spec,
            view.name,
            asked.lang,
            asked.country,
            host,
            is_fresh=asked.is_fresh,
        )
        if view.type is ContentType.URL:
            address = page_address(spec, view, bundle, asked)
            request.setResponseCode(302)
            request.setHeader(b"location", address.encode("ascii", "replace"))
            request.setHeader(b"cache-control", b"no-cache")
            return b""
        path = own_path(asked.url, host)
        preloads: list[dict[str, object]] = []
        if view.href or spec.prefs.preloads:  # most gadgets have neither
            filling = Substitutions(bundle, spec.user_prefs, asked.prefs, asked.module_id)
        if view.href:
            view = await self._fetched(spec, view, filling, asked, host)
        if self._preloading is not None and spec.prefs.preloads:
            wanted = wanted_preloads(spec, view, filling)
            preloads = await self._preloading.fetched(request, asked, wanted)
        version = _version(document)
        base, common = path or asked.url, shared(asked, spec)
        page = self._pages.page(
            None if preloads else page_key(version, spec, view, bundle, common, base),
            lambda: rendered(
                spec,
                view,
                bundle,
                common,
                self._library,
                base,
                preloads,
                is_apart=self._isolation is not None,
            ).encode("utf-8", "replace"),
        )
        request.setHeader(b"etag", page.tag)
        request.setHeader(
            b"cache-control", _caching(asked, version, is_own=bool(path), has_data=bool(preloads))
        )
        known = (request.getHeader(b"if-none-match") or b"").split(b",")
        is_known = request.getHeader(b"if-modified-since") and asked.version == version
        if not asked.is_fresh and (is_known or page.tag in {one.strip() for one in known}):
            request.setResponseCode(304)
            return b""
        return page.body

    def _check(self, request: Request) -> None:
        """Refuse what no desktop asks.

        Anybody can make a link to a gadget with preferences of his choice; it is not followed from other sites' pages.
        """
        if request.getHeader(b"user-agent") == b"finesse_tx":
            raise SourceError(403, "Gadgets are not rendered for the server itself.")
        if self._surroundings.refuses(request):
            raise SourceError(403, "Gadgets are not shown on the request of other sites' pages.")

    async def _fetched(
        self, spec: GadgetSpec, view: View, filling: Substitutions, asked: Asked, host: str
    ) -> View:
        """The view with the text that its ``href`` leads to."""
        try:
            url = fetchable(filling.uri(view.href), spec.url)
        except ValueError as error:
            raise SpecError(view.line, "href of Content cannot be fetched", str(error)) from None
        text = await self._source.text(url, host, is_fresh=asked.is_fresh)
        return replace(view, content=text)


@lru_cache(128)
def _version(document: bytes) -> str:
    return sha256(document).hexdigest()[:32]


def _caching(asked: Asked, version: str, *, is_own: bool, has_data: bool) -> bytes:
    if asked.is_fresh:
        return b"no-cache"
    if has_data:
        return b"private,no-cache"  # what was fetched for this page is somebody's, and of now
    if asked.version == version:
        return b"private,max-age=%d" % MAX_REFRESH_S
    if is_own:
        return b"private,no-cache"  # a file that was changed shows at once
    return b"private,max-age=%d" % (KEPT_S if asked.refresh_s is None else asked.refresh_s)


def _sorry(request: Request, status: int, reason: str) -> bytes:
    """A page for the gadget's frame that says why there is no gadget."""
    request.setResponseCode(status)
    request.setHeader(b"cache-control", b"no-cache")
    return (
        '<!DOCTYPE html><html lang="en"><head><title>No gadget</title></head>'
        f"<body><main><h1>This gadget cannot be shown</h1><p>{escape(reason)}</p></main></body></html>\n"
    ).encode("utf-8", "replace")
