"""``/rpc`` and ``/gadgets/api/rpc``: JSON-RPC, for pages around gadgets, such as Shindig's common container.

Tokens are for those that ``/gadgets/token`` gives them to; the rest is for whom ``/gadgets/ifr`` is.

Spec: ``gadgets.md`` §7.4, §13.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, quote, urldefrag, urlencode

from twisted.internet.defer import Deferred, gatherResults
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.gadgets.admission import Admission
from finesse_tx.gadgets.asking import MAX_PARAMETERS, Asking
from finesse_tx.gadgets.core import json_rpc, metadata
from finesse_tx.gadgets.core.asking import Asked
from finesse_tx.gadgets.core.errors import SourceError, UnknownFeatureError
from finesse_tx.gadgets.core.json_rpc import Call, flag, numbered, text, texts
from finesse_tx.gadgets.core.proxied import AskedError
from finesse_tx.gadgets.core.tokens import LIFE_S
from finesse_tx.gadgets.describing import Describing, asked_of, body_of, bounded, told_as_json
from finesse_tx.gadgets.gathering import Gathering
from finesse_tx.gadgets.sources import KEPT_S

__all__ = ["MAX_GADGETS", "Rpc"]

MAX_GADGETS: Final = 64
"""So many gadgets in one request, of all its calls together."""


class Rpc(Asking):
    """``/rpc``: JSON-RPC.

    Args:
        admission: Says who asks for tokens.
        gathering: Knows the time.
        describing: Says what gadgets are.
    """

    def __init__(self, admission: Admission, gathering: Gathering, describing: Describing) -> None:
        super().__init__(admission, gathering)
        self._describing = describing
        self._methods: dict[str, Callable[[Request, Call], Awaitable[object]]] = {
            "gadgets.metadata": self._metadata,
            "gadgets.token": self._token,
            "gadgets.js": self._js,
            "gadgets.proxy": self._proxy,
            "gadgets.supportedFields": self._fields,
            "gadgets.metadata.supportedFields": self._fields,
            "system.listMethods": self._list,
        }

    @override
    async def answer(self, request: Request, parameters: Mapping[str, str]) -> bytes:
        try:
            self._describing.check(request)
            if request.method == b"POST":
                calls, is_batch = json_rpc.posted(body_of(request))
            else:
                calls, is_batch = [json_rpc.called(_query(request))], False
            if sum(_gadgets(call) for call in calls) > MAX_GADGETS:
                raise AskedError(400, f"More than {MAX_GADGETS} gadgets")
        except AskedError as error:
            request.setResponseCode(error.status)
            return told_as_json(request, json_rpc.error(error))
        found = [json_rpc.answered(call, await self._result(request, call)) for call in calls]
        return told_as_json(request, found if is_batch else found[0])

    async def _result(self, request: Request, call: Call) -> object:
        if call.fault is not None:
            return call.fault
        method = self._methods.get(call.method)
        if method is None:
            return AskedError(501, f"The method {call.method[:100]} is not implemented")
        try:
            return await method(request, call)
        except AskedError as error:
            return error

    async def _each(
        self, call: Call, told: Callable[[str], Coroutine[Deferred[Any], Any, dict[str, object]]]
    ) -> dict[str, object]:
        """By each of the gadgets that are asked for: what is told of it, or its error."""
        urls = texts(call.params, "ids")
        if urls and not text(call.params, "container"):
            raise AskedError(400, "Missing container for request.")

        async def one(url: str) -> dict[str, object]:
            try:
                return await told(url)
            except AskedError as error:
                return {"url": url, "error": {"code": error.status, "message": error.text}}

        found = await gatherResults(
            [Deferred.fromCoroutine(one(url)) for url in urls], consumeErrors=True
        )
        return dict(zip(urls, found, strict=True))

    async def _metadata(self, request: Request, call: Call) -> object:
        host, fields = request.getHeader("host") or "", texts(call.params, "fields")
        now_ms = int(self.gathering.now() * 1_000)

        async def told(url: str) -> dict[str, object]:
            asked = asked_of_call(call, url)
            spec, version = await self._describing.spec(asked, host)
            at = self._describing.frame_host(url, request)
            iframes = {
                name: metadata.iframe_url(at, asked_of_call(call, url, name), version)
                for name in spec.views
            }
            whole = {
                **metadata.new_form(spec, url, iframes, version),
                "responseTimeMs": now_ms,
                "expireTimeMs": now_ms + int(KEPT_S * 1_000),
                "tokenTTL": LIFE_S,
            }
            return bounded(metadata.selected(whole, fields or metadata.METADATA_FIELDS))

        return await self._each(call, told)

    async def _token(self, request: Request, call: Call) -> object:
        container = text(call.params, "container")
        who = await self.admission.admit(request, {"container": container}, by_token=False)

        async def told(url: str) -> dict[str, object]:
            gadget, fragment = urldefrag(url)
            number = numbered(dict(parse_qsl(fragment)).get("moduleId", "0"), "moduleId")
            try:
                self._describing.source.check(gadget, request.getHeader("host") or "")
            except SourceError as error:
                raise AskedError(error.status, error.reason) from None
            token = self._describing.signer.issue(
                who.viewer, gadget, number, container, self.gathering.now()
            )
            origin = self._describing.origin(gadget, request)
            return {
                "url": url,
                "token": token,
                "tokenTTL": LIFE_S,
                "moduleId": number,
                **({"origin": origin} if origin else {}),
            }

        return await self._each(call, told)

    async def _js(self, request: Request, call: Call) -> object:
        wanted, there = texts(call.params, "features"), texts(call.params, "loadedFeatures")
        if not wanted:
            raise AskedError(400, "features is missing")
        try:
            script = self._describing.library.script(
                self._describing.library.all_for(wanted, there)
            )
        except UnknownFeatureError as error:
            raise AskedError(404, f"{error}") from None
        names = ":".join(wanted) + (f"!{':'.join(there)}" if there else "")
        told = {
            name: value
            for name, parameter in (("c", "c"), ("container", "container"), ("onload", "onload"))
            if (value := text(call.params, parameter))
        }
        query = urlencode({**told, "v": self._describing.library.digest})
        fields = texts(call.params, "fields") or ["jsUrl"]
        whole = {
            "jsUrl": f"{_at(request)}/gadgets/js/{quote(names, safe=':!')}.js?{query}",
            "jsContent": script,
        }
        return {name: whole[name] for name in whole if name in fields or "*" in fields}

    async def _proxy(self, request: Request, call: Call) -> object:
        container, gadget = text(call.params, "container"), text(call.params, "gadget")
        refresh = text(call.params, "refresh")

        async def told(url: str) -> dict[str, object]:
            query = {"container": container, "gadget": gadget, "refresh": refresh, "url": url}
            given = urlencode({name: value for name, value in query.items() if value})
            return {"url": url, "proxyUrl": f"{_at(request)}/gadgets/proxy?{given}"}

        return await self._each(call, told)

    async def _fields(self, _request: Request, _call: Call) -> object:
        return list(metadata.FIELDS)

    async def _list(self, _request: Request, _call: Call) -> object:
        return sorted(self._methods)


def _gadgets(call: Call) -> int:
    ids = call.params.get("ids")
    return len(ids) if isinstance(ids, list) else ids.count(",") + 1 if isinstance(ids, str) else 0


def _at(request: Request) -> str:
    host = request.getHeader("host") or ""
    return f"//{host}" if host else ""


def _query(request: Request) -> dict[str, list[str]]:
    try:
        query = request.uri.partition(b"?")[2].decode("ascii")
        return parse_qs(query, True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except ValueError:  # UnicodeDecodeError among them
        raise AskedError(400, "The parameters cannot be read") from None


def asked_of_call(call: Call, url: str, view: str = "") -> Asked:
    return asked_of(
        {
            "url": url,
            "container": text(call.params, "container"),
            "view": view or text(call.params, "view"),
            "lang": text(call.params, "language"),
            "country": text(call.params, "country"),
            "nocache": "1" if flag(call.params, "nocache") else "0",
        }
    )
