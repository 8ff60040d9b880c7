"""``/gadgets/metadata``: what a page around gadgets asks about them in the old form.

Spec: ``gadgets.md`` §7.3.
"""

from __future__ import annotations

from collections.abc import Mapping

from twisted.internet.defer import Deferred, gatherResults
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.gadgets.admission import Admission
from finesse_tx.gadgets.asking import Asking
from finesse_tx.gadgets.core import json_rpc, metadata
from finesse_tx.gadgets.core.asking import Asked
from finesse_tx.gadgets.core.json_rpc import flag, text
from finesse_tx.gadgets.core.proxied import AskedError
from finesse_tx.gadgets.describing import Describing, asked_of, body_of, bounded, told_as_json
from finesse_tx.gadgets.gathering import Gathering
from finesse_tx.gadgets.surroundings import host_of

__all__ = ["Metadata"]


class Metadata(Asking):
    """``/gadgets/metadata``: several gadgets, each with its own error; POST with JSON, or GET with it in ``req``.

    Args:
        admission: As of every resource that asks.
        gathering: The same.
        describing: Says what gadgets are.
    """

    def __init__(self, admission: Admission, gathering: Gathering, describing: Describing) -> None:
        super().__init__(admission, gathering)
        self._describing = describing

    @override
    async def answer(self, request: Request, parameters: Mapping[str, str]) -> bytes:
        self._describing.check(request)
        callback = ""
        if request.method == b"POST":
            body = body_of(request)
        else:
            body, callback = parameters.get("req", "").encode(), parameters.get("callback", "")
            if callback and not json_rpc.CALLBACK.fullmatch(callback):
                raise AskedError(400, "callback is not the name of a function")
        context, gadgets = json_rpc.asked_in_old_form(body)
        found = await gatherResults(
            [Deferred.fromCoroutine(self._one(request, context, one)) for one in gadgets],
            consumeErrors=True,
        )
        return told_as_json(request, {"gadgets": found}, callback)

    async def _one(
        self, request: Request, context: Mapping[str, object], gadget: Mapping[str, object]
    ) -> dict[str, object]:
        url, number = gadget.get("url"), gadget.get("moduleId", 0)
        try:
            asked = _asked(context, gadget)
            spec, version = await self._describing.spec(asked, host_of(request))
            at = self._describing.frame_host(asked.url, request)
            return bounded(metadata.old_form(spec, asked, metadata.iframe_url(at, asked, version)))
        except AskedError as error:
            return {"url": url, "moduleId": number, "errors": [error.text]}


def _asked(context: Mapping[str, object], gadget: Mapping[str, object]) -> Asked:
    prefs = gadget.get("prefs", {})
    if not isinstance(prefs, dict):
        raise AskedError(400, "prefs is not an object")
    return asked_of(
        {
            "url": text(gadget, "url"),
            "mid": text(gadget, "moduleId", "0"),
            "container": text(context, "container"),
            "view": text(context, "view"),
            "lang": text(context, "language"),
            "country": text(context, "country"),
            "nocache": "1" if flag(context, "ignoreCache") else "0",
            **{f"up_{name}": text(prefs, name) for name in prefs},
        }
    )
