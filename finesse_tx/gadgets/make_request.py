"""``/gadgets/makeRequest``: what a gadget's ``gadgets.io.makeRequest`` asks, and its security token.

Spec: ``gadgets.md`` §6, §13.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.gadgets.admission import Admission, Admitted
from finesse_tx.gadgets.asking import Asking
from finesse_tx.gadgets.core.answering import caching, envelope, given_headers, text_of
from finesse_tx.gadgets.core.errors import SourceError
from finesse_tx.gadgets.core.feeds import FeedError, feed_json
from finesse_tx.gadgets.core.fetch_cache import key
from finesse_tx.gadgets.core.fetching import Answer, Fetch
from finesse_tx.gadgets.core.outbound import Refusal
from finesse_tx.gadgets.core.proxied import Asked, AskedError, asked, refused
from finesse_tx.gadgets.core.signing import RequestSigner, told
from finesse_tx.gadgets.core.tokens import LIFE_S, TokenSigner
from finesse_tx.gadgets.gathering import Gathering
from finesse_tx.gadgets.sources import SpecSource
from finesse_tx.gadgets.surroundings import Isolation, host_of

__all__ = ["MakeRequest", "Token"]

_JSON = b"application/json; charset=UTF-8"


class MakeRequest(Asking):
    """The resource.

    Args:
        admission: Says who asks.
        gathering: Gets it.
        signer: Signs what is to be signed; None: nothing is.
    """

    def __init__(
        self, admission: Admission, gathering: Gathering, signer: RequestSigner | None = None
    ) -> None:
        super().__init__(admission, gathering)
        self._signer = signer

    @override
    async def answer(self, request: Request, parameters: Mapping[str, str]) -> bytes:
        wanted = asked(parameters, request.getHeader("user-agent") or "")
        fetch = wanted.fetch
        who = await self.admission.admit(
            request, parameters, is_own=self.gathering.is_own(fetch.url, request)
        )
        if not who.gadget:
            raise AskedError(403, "gadget is missing")
        found = await self.gathering.get(
            self._signed(wanted, who, request) if wanted.is_signed else fetch,
            request,
            who.container,
            0 if wanted.is_signed else wanted.refresh,  # no other request has that signature
            is_fresh=wanted.is_fresh,
        )
        if isinstance(found, Refusal):
            raise refused(found)
        text = _text(found, wanted)
        is_kept = (
            key(fetch, who.container) is not None
            and not wanted.is_fresh
            and not who.token
            and not wanted.is_signed
            and request.method == b"GET"
            and not self.gathering.is_own(fetch.url, request)
        )
        kept = caching(found, wanted.refresh, self.gathering.now(), is_kept=is_kept)
        request.setHeader(b"cache-control", kept.encode())
        request.setHeader(b"content-type", _JSON)
        headers = given_headers(found.headers, has_all=wanted.has_all_headers)
        return envelope(fetch.url, found.status, text, headers, who.token)

    def _signed(self, wanted: Asked, who: Admitted, request: Request) -> Fetch:
        """What goes to another server."""
        if self.gathering.is_own(wanted.fetch.url, request):
            return wanted.fetch
        if self._signer is None:
            raise AskedError(403, "authz signed: gadgets.signing_secret_file is not set")
        said = told(
            who.gadget,
            who.container,
            who.viewer,
            tells_owner=wanted.tells_owner,
            tells_viewer=wanted.tells_viewer,
        )
        return self._signer.signed(wanted.fetch, said, self.gathering.now())


class Token(Asking):
    """``/gadgets/token``: the security token for a gadget of somebody's page, who shows an Authorization.

    The page around the gadget asks, and hands it over as ``st`` or by ``update_security_token``.

    Args:
        admission: Says who asks.
        gathering: Knows the time.
        signer: Makes tokens.
        source: Knows whose gadgets are rendered; there are no tokens for others.
        isolation: Which gadgets are isolated; None: none is.
        is_dev: Whether a gadget at a URL is being written; the second is how we were addressed.
    """

    def __init__(
        self,
        admission: Admission,
        gathering: Gathering,
        signer: TokenSigner,
        source: SpecSource,
        isolation: Isolation | None = None,
        is_dev: Callable[[str, str], bool] = lambda _url, _host: False,
    ) -> None:
        super().__init__(admission, gathering)
        self._signer, self._source = signer, source
        self._isolation, self._is_dev = isolation, is_dev

    @override
    async def answer(self, request: Request, parameters: Mapping[str, str]) -> bytes:
        who = await self.admission.admit(request, parameters, by_token=False)
        number = parameters.get("mid") or "0"
        if not who.gadget or not number.isdecimal() or len(number) > 9:
            raise AskedError(400, "gadget is missing, or mid is not a number")
        try:
            self._source.check(who.gadget, request.getHeader("host") or "")
        except SourceError as error:
            raise AskedError(error.status, error.reason) from None
        token = self._signer.issue(
            who.viewer, who.gadget, int(number), who.container, self.gathering.now()
        )
        request.setHeader(b"cache-control", b"no-store")
        request.setHeader(b"content-type", _JSON)
        answer: dict[str, object] = {"token": token, "tokenTTL": LIFE_S}
        if self._isolation is not None and self._isolation.has(who.gadget, request):
            answer["origin"] = self._isolation.origin(request)
        if self._is_dev(who.gadget, host_of(request)):
            answer["dev"] = True
        return json.dumps(answer).encode()


def _text(found: Answer, wanted: Asked) -> str:
    text = text_of(found)
    if not wanted.is_feed or found.status != 200:
        return text
    try:
        return feed_json(wanted.fetch.url, text, wanted.entries, has_summaries=wanted.has_summaries)
    except FeedError as error:
        raise AskedError(400, f"That is no feed: {error}") from None
