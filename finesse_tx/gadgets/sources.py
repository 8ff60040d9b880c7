"""Where a gadget's XML, messages and text come from: our own folder, or a host whose gadgets the operator trusts.

What is fetched is kept for a while, and renewed in the background while the old one is still served. What is in our own
folder is read anew each time. Our own addresses never become a request to ourselves.

Spec: ``gadgets.md`` §13 (who is trusted), §14 (how long things are kept).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.gadgets.core.errors import SourceError
from finesse_tx.gadgets.core.fetching import Answer, Fetch
from finesse_tx.gadgets.core.messages import MAX_BUNDLE_BYTES, parse_bundle
from finesse_tx.gadgets.core.outbound import Policy, Refusal, Target, Why, judge
from finesse_tx.gadgets.core.parser import MAX_SPEC_BYTES, parse_spec
from finesse_tx.gadgets.core.places import FILES, Places, own_path
from finesse_tx.gadgets.core.spec import GadgetSpec
from finesse_tx.gadgets.files import Folder

__all__ = ["ERROR_S", "KEPT_S", "MAX_KEPT", "MAX_KEPT_BYTES", "STALE_S", "SpecSource"]

KEPT_S: Final = 300.0
"""How long what was fetched is served without a question."""

STALE_S: Final = 3_600.0
"""How old it may be to be served while it is renewed; what is older is waited for."""

ERROR_S: Final = 60.0
"""How long nothing is fetched from where nothing came."""

MAX_KEPT: Final = 256
"""The most documents that are kept."""

MAX_KEPT_BYTES: Final = 32 << 20
"""The most bytes of them."""

_STATUSES: Final = {
    Why.TIME: 504,
    Why.BUSY: 503,
    Why.NAME: 502,
    Why.UNREACHABLE: 502,
    Why.CERTIFICATE: 502,
    Why.SIZE: 502,
    Why.CONTENT_TYPE: 502,
    Why.ENCODING: 502,
    Why.BROKEN: 502,
}
"""What HTTP says to a fetch that came to nothing; 403 to all others, which are not allowed."""

_ISOLATED: Final = "gadgets from there are isolated, and shown from an origin of their own"

_Key = tuple[str, int]


@dataclass(slots=True)
class _Kept:
    """What was fetched, and when."""

    found: bytes | SourceError
    at: float

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.found) if isinstance(self.found, bytes) else 0


class SpecSource:
    """Reads what gadgets are made of.

    Args:
        folder: Our own gadgets.
        policy: Whose gadgets are rendered besides.
        fetch: Fetches what the policy allows.
        clock: Whose time things are kept by.
        isolated: Of whose gadgets nothing is read, as they are shown elsewhere; None: there are none.
    """

    log = Logger()

    def __init__(
        self,
        folder: Folder,
        policy: Policy,
        fetch: Callable[[Fetch], Deferred[Answer | Refusal]],
        clock: IReactorTime,
        isolated: Places | None = None,
    ) -> None:
        self._folder, self._policy, self._fetch, self._clock = folder, policy, fetch, clock
        self._isolated = isolated or Places(())
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._size = 0
        self._waiting: dict[_Key, list[Deferred[bytes | SourceError]]] = {}
        self._parsed = lru_cache(128)(parse_spec)
        self._parsed_bundle = lru_cache(256)(parse_bundle)

    def use(self, policy: Policy) -> None:
        """Trust others from now on; what is kept of those that are trusted no more is not served."""
        self._policy = policy

    async def spec(self, url: str, host: str, *, is_fresh: bool) -> tuple[GadgetSpec, bytes]:
        """A gadget, and the document that it was read from.

        Args:
            url: Where it is; http or https.
            host: How we were addressed, so that we know ourselves.
            is_fresh: Whether nothing that is kept will do.

        Raises:
            SourceError: It is not to be had.
            SpecError: It is, and breaks the rules.
        """
        document = await self._read(url, host, MAX_SPEC_BYTES, is_fresh)
        return self._parsed(document, url), document

    def check(self, url: str, host: str) -> None:
        """Look whether a gadget from there would be rendered; nothing is fetched, and the arguments are those of `spec`.

        Raises:
            SourceError: It would not.
        """
        self._target(url, host)

    async def bundle(self, url: str, host: str, *, is_fresh: bool) -> dict[str, str]:
        """A message bundle's messages; the arguments and errors are those of `spec`."""
        return self._parsed_bundle(await self._read(url, host, MAX_BUNDLE_BYTES, is_fresh))

    async def text(self, url: str, host: str, *, is_fresh: bool) -> str:
        """What a gadget's ``Content`` has an ``href`` to, in UTF-8; the arguments and errors are those of `spec`."""
        return (await self._read(url, host, MAX_SPEC_BYTES, is_fresh)).decode("utf-8", "replace")

    def clear(self) -> None:
        """Keep nothing; what is being fetched is fetched."""
        self._kept.clear()
        self._size = 0

    async def _read(self, url: str, host: str, max_bytes: int, is_fresh: bool) -> bytes:
        target = self._target(url, host)
        if target is None:
            path = own_path(url, host)
            return self._folder.read(unquote(path.removeprefix(FILES)), max_bytes)
        return await self._current((target.url, max_bytes), is_fresh)

    def _target(self, url: str, host: str) -> Target | None:
        """Where that is fetched from; None for our own folder."""
        if path := own_path(url, host):
            if self._isolated.has_file(unquote(path.removeprefix(FILES))):
                raise SourceError(403, _ISOLATED)
            return None
        target = judge(url, self._policy)
        if isinstance(target, Refusal):
            raise SourceError(403, _refused(target))
        if self._isolated.has(target):
            raise SourceError(403, _ISOLATED)
        return target

    async def _current(self, key: _Key, is_fresh: bool) -> bytes:
        kept = self._kept.get(key)
        if kept is not None and not is_fresh:
            self._kept.move_to_end(key)
            age = self._clock.seconds() - kept.at
            if isinstance(kept.found, SourceError):
                if age < ERROR_S:
                    raise kept.found
            elif age < STALE_S:
                if age >= KEPT_S and key not in self._waiting:
                    self._renew(key)
                return kept.found
        found = await self._renew(key)
        if isinstance(found, SourceError):
            kept = self._kept.get(key)
            if is_fresh or kept is None or isinstance(kept.found, SourceError):
                raise found
            return kept.found
        return found

    def _renew(self, key: _Key) -> Deferred[bytes | SourceError]:
        """Fetch; once for all who wait for the same."""
        done: Deferred[bytes | SourceError] = Deferred()
        if key in self._waiting:
            self._waiting[key].append(done)
            return done
        self._waiting[key] = [done]
        Deferred.fromCoroutine(self._fetched(key)).addErrback(self._failed).addCallback(
            self._keep, key
        )
        return done

    async def _fetched(self, key: _Key) -> bytes | SourceError:
        url, max_bytes = key
        found = await self._fetch(Fetch(url, max_bytes=max_bytes))
        if isinstance(found, Refusal):
            return SourceError(_STATUSES.get(found.why, 403), found.reason)
        judged = judge(found.url, self._policy)
        if isinstance(judged, Refusal):
            return SourceError(403, f"after a redirect: {_refused(judged)}")
        if self._isolated.has(judged):
            return SourceError(403, f"after a redirect: {_ISOLATED}")
        if 200 <= found.status < 300:
            return found.body
        status = found.status if 400 <= found.status < 500 else 502
        return SourceError(status, f"{judged.origin} answers {found.status}")

    def _failed(self, failure: Failure) -> SourceError:
        self.log.failure("cannot fetch for a gadget", failure)
        return SourceError(500, "the fetch failed; the server's log says why")

    def _keep(self, found: bytes | SourceError, key: _Key) -> None:
        now = self._clock.seconds()
        before = self._kept.get(key)
        is_kept = before is not None and isinstance(before.found, bytes)
        if before is not None and is_kept and isinstance(found, SourceError):
            # The old one is served on, and the next attempt is a while away.
            before.at = max(before.at, now - KEPT_S + ERROR_S)
        elif not isinstance(found, SourceError) or found.status not in {401, 403}:
            self._size -= before.size if before is not None else 0
            kept = self._kept[key] = _Kept(found, now)
            self._size += kept.size
            self._kept.move_to_end(key)
            while len(self._kept) > MAX_KEPT or self._size > MAX_KEPT_BYTES:
                self._size -= self._kept.popitem(last=False)[1].size
        for done in self._waiting.pop(key):
            done.callback(found)


def _refused(refusal: Refusal) -> str:
    if refusal.why is Why.HOST:
        return f"gadgets from there are not rendered here: {refusal.reason.replace('gadgets.outbound.hosts', 'gadgets.hosts')}"
    return refusal.reason
