"""Fetches what a gadget wants to have before it is rendered, for who could have it fetched otherwise.

Which addresses these are may depend on preferences, which anybody can write into an address of ``/gadgets/ifr``. So it is
done only for who shows a security token for this gadget, which is what ``/gadgets/makeRequest`` asks for, too.

Spec: ``gadgets.md`` §4.2 (``preloaded_``), §13.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from twisted.internet.defer import Deferred, gatherResults, succeed
from twisted.internet.defer import TimeoutError as TookTooLongError
from twisted.internet.interfaces import IReactorTime
from twisted.web.server import Request

from finesse_tx.gadgets.admission import Admission, Admitted
from finesse_tx.gadgets.core.asking import Asked
from finesse_tx.gadgets.core.fetching import Answer, Fetch
from finesse_tx.gadgets.core.outbound import Refusal
from finesse_tx.gadgets.core.preloads import MAX_PRELOAD_BYTES, preloaded
from finesse_tx.gadgets.core.proxied import AskedError
from finesse_tx.gadgets.core.signing import RequestSigner, told
from finesse_tx.gadgets.core.spec import Preload
from finesse_tx.gadgets.gathering import Gathering

__all__ = ["PRELOAD_S", "Preloading"]

PRELOAD_S: Final = 5.0
"""How long a page waits for it."""


class Preloading:
    """Fetches, and never fails: what is not there in time, the gadget asks for itself.

    Args:
        admission: Reads security tokens.
        gathering: Fetches, by the policy.
        clock: Ends the wait.
        signer: Signs what is to be signed; None: nothing of that is fetched.
    """

    def __init__(
        self,
        admission: Admission,
        gathering: Gathering,
        clock: IReactorTime,
        signer: RequestSigner | None = None,
    ) -> None:
        self._admission, self._gathering, self._clock = admission, gathering, clock
        self._signer = signer

    async def fetched(
        self, request: Request, asked: Asked, wanted: Sequence[Preload]
    ) -> list[dict[str, object]]:
        """What came, in the form of ``gadgets.io.preloaded_``.

        Args:
            request: For the gadget's page.
            asked: What it says.
            wanted: What the gadget wants, with whole addresses.
        """
        if not wanted or not asked.token:
            return []
        try:
            who = await self._admission.admit(request, {"st": asked.token})
        except AskedError:
            return []
        if who.gadget != asked.url:
            return []
        getting = [self._one(request, asked, who, one) for one in wanted]
        found = await gatherResults(getting, consumeErrors=True)
        return [one for one in found if one is not None]

    def _one(
        self, request: Request, asked: Asked, who: Admitted, wanted: Preload
    ) -> Deferred[dict[str, object] | None]:
        url = wanted.href
        is_signed = wanted.authz == "signed" and not self._gathering.is_own(url, request)
        fetch = Fetch(url, max_bytes=MAX_PRELOAD_BYTES)
        sent = self._signed(fetch, who, wanted) if is_signed else fetch
        if sent is None:
            return succeed(None)
        getting = self._gathering.get(
            sent,
            request,
            who.container,
            0 if is_signed else None,  # no other request has that signature
            is_fresh=asked.is_fresh,
        )

        def kept(answer: Answer | Refusal) -> dict[str, object] | None:
            if isinstance(answer, Refusal) or len(answer.body) > MAX_PRELOAD_BYTES:
                return None
            return preloaded(url, answer)

        done = Deferred.fromCoroutine(getting).addTimeout(PRELOAD_S, self._clock)
        return done.addCallbacks(kept, lambda late: late.trap(TookTooLongError) and None)

    def _signed(self, fetch: Fetch, who: Admitted, wanted: Preload) -> Fetch | None:
        """What goes to another server; None: it cannot be signed."""
        if self._signer is None:
            return None
        said = told(
            who.gadget,
            who.container,
            who.viewer,
            tells_owner=wanted.tells_owner,
            tells_viewer=wanted.tells_viewer,
        )
        try:
            return self._signer.signed(fetch, said, self._gathering.now())
        except AskedError:
            return None
