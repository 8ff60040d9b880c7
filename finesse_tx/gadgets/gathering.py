"""What gadgets have fetched: from this server itself, from what is kept, or from another server by the policy.

Spec: ``gadgets.md`` §6, §14.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TookTooLongError
from twisted.internet.interfaces import IReactorTime
from twisted.web.server import Request

from finesse_tx.bounded_request import Bounds
from finesse_tx.gadgets.core.fetch_cache import FetchCache, key, lifetime
from finesse_tx.gadgets.core.fetch_headers import request_headers
from finesse_tx.gadgets.core.fetching import METHODS, WITH_BODY, Answer, Fetch
from finesse_tx.gadgets.core.outbound import Refusal, Why
from finesse_tx.gadgets.core.own import OPENED, own_path
from finesse_tx.gadgets.in_process import ask
from finesse_tx.gadgets.surroundings import host_of

__all__ = ["Gathering", "Own", "Source"]


class Source(Protocol):
    """What fetches: `finesse_tx.gadgets.fetching.Fetcher`."""

    def fetch(self, asked: Fetch) -> Deferred[Answer | Refusal]:
        """Fetch, or say why not."""


class Own:
    """This server, as gadgets name it.

    Args:
        site: What answers it; asked for when it is needed.
        hosts: Its names.
        ports: Where it listens, besides 8082 and 8445.
        total_s: How long it may take.
        opened: What may be asked of it, as paths begin.
    """

    def __init__(
        self,
        site: Callable[[], Bounds],
        hosts: Collection[str],
        ports: Callable[[], Collection[int]],
        total_s: float,
        opened: tuple[str, ...] = OPENED,
    ) -> None:
        self.site, self._hosts, self._ports = site, frozenset(map(str.lower, hosts)), ports
        self.total_s, self._opened = total_s, opened

    def path(self, url: str, called: str = "") -> str | Refusal | None:
        """The path of a URL that means it; None for another's.

        Args:
            url: As the gadget wrote it.
            called: How the browser calls this server.
        """
        return own_path(url, self._hosts, self._ports(), self._opened, called)


class Gathering:
    """Gets what gadgets ask for.

    Args:
        source: Gets it from other servers.
        cache: Keeps it.
        own: Gets it from this server.
        clock: Limits what this server takes, and says how long ago something was fetched.
        now: Seconds since the epoch.
    """

    def __init__(
        self,
        source: Source,
        cache: FetchCache,
        own: Own,
        clock: IReactorTime,
        now: Callable[[], float],
    ) -> None:
        self._source, self._cache, self._own = source, cache, own
        self._clock, self.now = clock, now

    def is_own(self, url: str, request: Request) -> bool:
        """Whether that is asked of this server, by a name of its own or by that of the browser's request."""
        return isinstance(self._own.path(url, host_of(request)), str)

    async def get(
        self,
        asked: Fetch,
        request: Request,
        container: str,
        refresh: int | None = None,
        *,
        is_fresh: bool = False,
    ) -> Answer | Refusal:
        """Get it, or say why not.

        Args:
            asked: What.
            request: The browser's, for its address.
            container: The page that asks.
            refresh: How long it may be kept, in seconds; None: as its server says.
            is_fresh: Whether nothing that was kept will do.
        """
        path = self._own.path(asked.url, host_of(request))
        if isinstance(path, Refusal):
            return path
        if path is not None:
            return await self._ask(asked, request, path)
        found_by = key(asked, container)
        if found_by is None:
            return await self._source.fetch(asked)
        if not is_fresh and (kept := self._cache.get(found_by, refresh, self._clock.seconds())):
            return kept
        found = await self._source.fetch(asked)
        if isinstance(found, Answer):
            life_s = lifetime(found, refresh, self.now())
            self._cache.put(found_by, found, life_s, self._clock.seconds())
        return found

    async def _ask(self, asked: Fetch, request: Request, path: str) -> Answer | Refusal:
        if asked.method not in METHODS:
            return Refusal(Why.METHOD, "the method is not one of those allowed")
        headers = request_headers(asked.headers)
        if isinstance(headers, Refusal):
            return headers
        answered = ask(
            self._own.site(),
            asked.url,
            path,
            asked.method,
            headers,
            asked.body if asked.method in WITH_BODY else b"",
            request.getClientAddress(),
            request.getHost(),
            is_secure=request.isSecure(),
        )
        try:
            found = await answered.addTimeout(self._own.total_s, self._clock)
        except TookTooLongError:
            return Refusal(Why.TIME, f"took longer than {self._own.total_s:g} s")
        return found
