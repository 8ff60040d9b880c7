"""``/gadgets/proxy`` and ``/gadgets/concat``: what others have, as bytes, and as several in one.

Spec: ``gadgets.md`` §7.1, §7.2.
"""

from __future__ import annotations

from collections.abc import Mapping

from twisted.internet.defer import Deferred, gatherResults
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.gadgets.asking import Asking
from finesse_tx.gadgets.core.answering import caching, content_type, text_of
from finesse_tx.gadgets.core.fetch_cache import DEFAULT_S, upstream_lifetime
from finesse_tx.gadgets.core.fetching import Answer, Fetch
from finesse_tx.gadgets.core.outbound import Refusal
from finesse_tx.gadgets.core.passing_on import (
    MAX_PART_BYTES,
    Part,
    attached,
    css_with_absolute,
    joined,
    mime,
    parts_of,
    passed_on,
)
from finesse_tx.gadgets.core.proxied import AskedError, refused, seconds

__all__ = ["Concat", "Proxy"]

_TYPES = {"js": b"text/javascript; charset=utf-8", "css": b"text/css; charset=utf-8"}


class Proxy(Asking):
    """The resource of one."""

    @override
    async def answer(self, request: Request, parameters: Mapping[str, str]) -> bytes:
        who = await self.admission.admit(request, parameters)
        if request.getHeader("if-modified-since"):
            request.setResponseCode(304)
            return b""
        if not (url := parameters.get("url", "")):
            raise AskedError(400, "url is missing")
        refresh, is_fresh = seconds(parameters), _is_fresh(parameters)
        found = await self.gathering.get(
            Fetch(url), request, who.container, refresh, is_fresh=is_fresh
        )
        fallback = parameters.get("fallback_url", "")
        if fallback and (isinstance(found, Refusal) or found.status >= 400):
            found = await self.gathering.get(
                Fetch(fallback), request, who.container, refresh, is_fresh=is_fresh
            )
        if isinstance(found, Refusal):
            raise refused(found)
        return self._passed(request, found, parameters.get("rewriteMime", ""), refresh, is_fresh)

    def _passed(
        self, request: Request, found: Answer, wanted: str, refresh: int | None, is_fresh: bool
    ) -> bytes:
        for name, value in passed_on(found.headers):
            request.responseHeaders.addRawHeader(name.encode("latin-1"), value.encode("latin-1"))
        kind, body = mime(content_type(found.headers), wanted), found.body
        if kind.partition(";")[0].strip().lower() == "text/css":
            body, kind = (
                css_with_absolute(text_of(found), found.url).encode(),
                _TYPES["css"].decode(),
            )
        is_kept = not is_fresh and not self.gathering.is_own(found.url, request)
        kept = caching(found, refresh, self.gathering.now(), is_kept=is_kept)
        for header, text in (
            (b"content-type", kind),
            (b"content-disposition", attached(found.headers)),
            (b"cache-control", kept),
        ):
            request.setHeader(header, text.encode("latin-1"))
        # A redirect that was not followed leads nowhere: its Location does not go on.
        request.setResponseCode(502 if found.status == 500 or found.status < 200 else found.status)
        return body


class Concat(Asking):
    """The resource of several."""

    @override
    async def answer(self, request: Request, parameters: Mapping[str, str]) -> bytes:
        who = await self.admission.admit(request, parameters)
        if request.getHeader("if-modified-since"):
            request.setResponseCode(304)
            return b""
        urls, refresh = parts_of(parameters), seconds(parameters)
        is_fresh, now = _is_fresh(parameters), self.gathering.now()
        asking = [
            Deferred.fromCoroutine(
                self.gathering.get(
                    Fetch(url, max_bytes=MAX_PART_BYTES),
                    request,
                    who.container,
                    refresh,
                    is_fresh=is_fresh,
                )
            )
            for url in urls
        ]
        found = await gatherResults(asking, consumeErrors=True)
        kind = parameters["type"]
        parts = [_part(url, one, kind) for url, one in zip(urls, found, strict=True)]
        kept = min(_kept(one, now) for one in found) if refresh is None else refresh
        if is_fresh or not kept or any(self.gathering.is_own(url, request) for url in urls):
            request.setHeader(b"cache-control", b"no-cache")
        else:
            request.setHeader(b"cache-control", b"private, max-age=%d" % kept)
        request.setHeader(b"content-type", _TYPES[kind])
        return joined(parts, parameters.get("json", "")).encode()


def _is_fresh(parameters: Mapping[str, str]) -> bool:
    return parameters.get("nocache", "") not in {"", "0"}


def _part(url: str, found: Answer | Refusal, kind: str) -> Part:
    if isinstance(found, Refusal):
        return Part(url, refused(found).text, is_there=False)
    if found.status != 200:
        return Part(url, str(found.status), is_there=False)
    if len(found.body) > MAX_PART_BYTES:  # kept, of somebody who asked for it alone
        return Part(url, "too large", is_there=False)
    text = text_of(found)
    return Part(url, css_with_absolute(text, found.url) if kind == "css" else text, is_there=True)


def _kept(found: Answer | Refusal, now_s: float) -> int:
    """How long a part may be kept; what is not there, not at all."""
    if isinstance(found, Refusal) or found.status != 200:
        return 0
    said = upstream_lifetime(found, now_s)
    return DEFAULT_S if said is None else int(said)
