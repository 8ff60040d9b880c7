"""Looks a gadget up, with all that it refers to: for ``/gadgets/check`` and ``finesse-tx gadget check``.

What is fetched goes by the same policy as whatever else is fetched for gadgets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from twisted.internet.defer import Deferred, gatherResults

from finesse_tx.gadgets.core.checking import Finding, Kind, Seen, Topic, check, needed
from finesse_tx.gadgets.core.errors import SourceError
from finesse_tx.gadgets.core.features import KnownFeature
from finesse_tx.gadgets.core.fetching import Answer, Fetch
from finesse_tx.gadgets.core.messages import MAX_BUNDLE_BYTES
from finesse_tx.gadgets.core.outbound import Policy, Refusal, judge
from finesse_tx.gadgets.core.parser import MAX_SPEC_BYTES
from finesse_tx.gadgets.core.places import FILES, Places, own_path
from finesse_tx.gadgets.core.references import Reference
from finesse_tx.gadgets.core.report import Report, advice, trust
from finesse_tx.gadgets.files import Folder

__all__ = ["Checker"]

_GONE: Final = frozenset({404, 410})
_OPEN: Final = ("/desktop/", "/gadgets/js/", "/assets/")
"""Where there is something for gadgets to load, besides the folder."""

_SAFE: Final = "/%:@!$&'()*+,;=-._~"


class Checker:
    """Checks gadgets.

    Args:
        folder: Our own.
        trusted: Whose gadgets are rendered besides.
        fetch: Fetches what may be fetched for gadgets.
        ask: The status of a path of ours, to HEAD; None: there is no server to ask.
        features: What is known.
        isolated: Which gadgets are shown from an origin of their own; None: none is.
    """

    def __init__(
        self,
        folder: Folder,
        trusted: Policy,
        fetch: Callable[[Fetch], Deferred[Answer | Refusal]],
        ask: Callable[[str], Deferred[int]] | None,
        features: Mapping[str, KnownFeature],
        isolated: Places | None = None,
    ) -> None:
        self._folder, self._trusted, self._fetch = folder, trusted, fetch
        self._ask, self._features = ask, features
        self._isolated = isolated or Places(())

    def use(self, policy: Policy) -> None:
        """Say of these from now on that they are rendered."""
        self._trusted = policy

    async def check(self, url: str, host: str) -> Report:
        """Look one up.

        Args:
            url: Where it is said to be.
            host: How we were addressed, so that we know ourselves.
        """
        path = _own(url, host)
        if path:
            where = Finding(Kind.NOTE, 0, "it is in the server's own folder", Topic.HOST)
        else:
            where = trust(url, self._trusted)
        if where.kind is Kind.NOTE and self._isolated.hold(url, host):
            text = f"{where.text}, and isolated: with nothing of the desktop's but what that hands them"
            where = replace(where, text=text)
        found = await self._read(url, path, MAX_SPEC_BYTES)
        if not found.is_there:
            return Report(url, (where, Finding(Kind.ERROR, 0, found.reason, Topic.HOST)))
        wanted = needed(found.body, url)
        looking = [Deferred.fromCoroutine(self._look(one, host)) for one in wanted]
        seen = await gatherResults(looking, consumeErrors=True)
        by_url: dict[str, Seen] = {}
        for one, what in zip(wanted, seen, strict=True):
            if one.is_needed or one.url not in by_url:
                by_url[one.url] = what
        return Report(url, (where, *check(found.body, url, by_url, self._features)))

    async def _look(self, one: Reference, host: str) -> Seen:
        path = _own(one.url, host)
        if one.is_needed:
            if not path and isinstance(judge(one.url, self._trusted), Refusal):
                return Seen(False, trust(one.url, self._trusted).text)
            most = MAX_BUNDLE_BYTES if one.what == "messages" else MAX_SPEC_BYTES
            return await self._read(one.url, path, most)
        if path:
            return self._file(path)
        parts = urlsplit(one.url)
        if parts.netloc.lower() == host.lower():
            if self._ask is None or not parts.path.startswith(_OPEN):
                return Seen(None, "it is the server's")
            asked = await self._ask(quote(parts.path, safe=_SAFE))
            return _by_status(asked, "this server")
        found = await self._fetch(Fetch(one.url, "HEAD"))
        if isinstance(found, Refusal):
            return Seen(None, f"the server does not fetch it ({found.why.value})")
        return _by_status(found.status, "its server")

    async def _read(self, url: str, path: str, max_bytes: int) -> Seen:
        """Read what the server itself would."""
        if path:
            return self._file(path, max_bytes)
        found = await self._fetch(Fetch(url, max_bytes=max_bytes))
        if isinstance(found, Refusal):
            return Seen(False, found.reason + advice(url, found.why, "gadgets.hosts"))
        if isinstance(away := judge(found.url, self._trusted), Refusal) and found.url != url:
            return Seen(False, f"a redirect leads where gadgets are not rendered: {away.reason}")
        if not 200 <= found.status < 300:
            return Seen(False, f"its server answers {found.status}")
        return Seen(True, body=found.body)

    def _file(self, path: str, max_bytes: int = 0) -> Seen:
        """A file of the folder, read if anything of it may be."""
        name = unquote(path.removeprefix(FILES))
        try:
            if max_bytes:
                return Seen(True, body=self._folder.read(name, max_bytes))
            self._folder.look(name)
        except SourceError as error:
            return Seen(False, error.reason)
        return Seen(True)


def _own(url: str, host: str) -> str:
    """The path of what is in our own folder; empty of anything else, and of what is no address."""
    try:
        is_http = urlsplit(url).scheme in {"http", "https"}
        return own_path(url, host) if is_http else ""
    except ValueError:
        return ""


def _by_status(status: int, who: str) -> Seen:
    if 200 <= status < 400:
        return Seen(True)
    return Seen(False if status in _GONE else None, f"{who} answers {status}")
