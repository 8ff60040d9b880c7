"""Pages of other origins: which may use the web services and the notification service, and how browsers are told.

The original has three modes: every origin, those that are listed, none. Whatever the mode, a page of our own origin may,
and so may clients that are no browsers: they send no ``Origin``.

Spec: ``rest.md`` §1.9; the Fetch standard (CORS); RFC 6455 §10.2 for WebSocket, where a server must look itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from typing import Final, Literal

from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.origin_names import NotAnOriginError, as_sent

__all__ = ["Headers", "Mode", "OriginResource", "Origins"]

Mode = Literal["enable_all", "enable", "disable"]
"""As the original calls them."""

Headers = tuple[tuple[bytes, bytes], ...]

MAX_AGE_S: Final = 86_400
"""How long a browser may remember what a preflight was answered."""

_ORIGIN: Final = re.compile(rb"[!-~]{1,256}")

_HOST: Final = re.compile(rb"([A-Za-z0-9.-]{1,250})(:[0-9]{1,5})?")

_ALLOWED: Final = (
    b"Content-Type, X-Requested-With, Accept, Origin, Authorization, Access-Control-Request-Method,"
    b" Access-Control-Request-Headers, requestId, Range, If-None-Match"
)
_EXPOSED: Final = (
    b"Access-Control-Allow-Origin, Access-Control-Allow-Credentials, Access-Control-Allow-Methods,"
    b" Access-Control-Allow-Headers, Access-Control-Max-Age, requestId,"
    b" Location, Content-Range, ETag, Retry-After, Allow, WWW-Authenticate"
)
"""The original's, and what our answers say that no body does: where a new object is, which part of a phone book this
is, when to ask again. A page of another origin sees no header that is not here."""


class Origins:
    """Who may.

    The operator's file says the mode and lists origins that stay; administrators add others while the server runs, and
    take them away. What is asked next is answered by what is listed then; a connection that is open stays.

    Args:
        mode: Every origin, those that are listed, or none.
        fixed: Origins such as ``https://desk.example.com:8445``, which stay.

    Attributes:
        mode: As given.
        fixed: As browsers send them, in order.
        added: Those that administrators have added, in order.
    """

    def __init__(self, mode: Mode = "enable_all", fixed: Collection[str] = ()) -> None:
        self.mode: Mode = mode
        self.fixed = tuple(dict.fromkeys(map(_sent, fixed)))
        self.added: tuple[str, ...] = ()
        self._listed = frozenset(origin.encode() for origin in self.fixed)
        self._headers = lru_cache(256)(self._made)

    def allow(self, added: Collection[str]) -> None:
        """Have these origins besides the fixed ones, and no others, from now on.

        Args:
            added: As browsers send them.
        """
        self.added = tuple(added)
        self._listed = frozenset(origin.encode() for origin in self.listed)
        self._headers.cache_clear()

    @property
    def listed(self) -> tuple[str, ...]:
        """All that are listed, whether the mode goes by them or not: the fixed ones first."""
        return tuple(dict.fromkeys((*self.fixed, *self.added)))

    def __contains__(self, origin: bytes) -> bool:
        """Whether pages of that origin may, other than our own."""
        if not _ORIGIN.fullmatch(origin):
            return False
        return self.mode == "enable_all" or (
            self.mode == "enable" and origin.lower() in self._listed
        )

    def judged(self, origin: str) -> tuple[bool, str]:
        """Whether pages of that origin may, and why: for who asks before the page is there.

        Args:
            origin: As somebody would write it.
        """
        try:
            sent = as_sent(origin)
        except NotAnOriginError as error:
            return False, str(error)
        is_in = sent.encode() in self
        if self.mode == "enable":
            if sent in self.fixed:
                reason = f"{sent} is in web.cors_origins"
            else:
                reason = f"{sent} is {'one' if is_in else 'none'} of those listed"
        else:
            reason = f"web.cors is {self.mode}: {'every' if is_in else 'no other'} origin may"
        return is_in, reason if sent == origin else f"{reason}; browsers send it as {sent}"

    def may_open(self, origin: str | None, host: str) -> bool:
        """Whether a page may open a WebSocket, which browsers leave to the server.

        Args:
            origin: The page's; None for what is no browser.
            host: The request's ``Host``.
        """
        if origin is None or origin.encode("latin-1", "replace") in self:
            return True
        return origin.lower() in {f"http://{host}".lower(), f"https://{host}".lower()}

    def headers(self, origin: bytes | None, methods: bytes) -> Headers:
        """What an answer says to a browser, by name: nothing, where the page of that origin may not.

        Args:
            origin: The request's; None where it has none.
            methods: What may be asked there.
        """
        return self._headers(origin, methods)

    def _made(self, origin: bytes | None, methods: bytes) -> Headers:
        varies = () if self.mode == "disable" else ((b"Vary", b"Origin"),)
        if origin is None or origin not in self:
            return varies
        return (
            (b"Access-Control-Allow-Origin", origin),
            (b"Access-Control-Allow-Credentials", b"true"),
            (b"Access-Control-Allow-Methods", methods),
            (b"Access-Control-Allow-Headers", _ALLOWED),
            (b"Access-Control-Expose-Headers", _EXPOSED),
            (b"Access-Control-Max-Age", b"%d" % MAX_AGE_S),
            *varies,
        )

    def ancestors(self, host: bytes) -> bytes:
        """Whose pages may have ours in a frame: those that may use us, and those of this host's other ports.

        Args:
            host: The request's ``Host``.

        Returns:
            A source list of a Content-Security-Policy.
        """
        if self.mode == "enable_all":
            return b"*"
        found = [b"'self'"]
        if own := _HOST.fullmatch(host):
            found += [b"https://%s:*" % own[1], b"http://%s:*" % own[1]]
        if self.mode == "enable":
            found += sorted(self._listed)
        return b" ".join(found)


def _sent(origin: str) -> str:
    """As browsers send it; what none sends stays as it is, and lets nobody in."""
    with suppress(NotAnOriginError):
        return as_sent(origin)
    return origin.lower()


class OriginResource(Resource):
    """A resource that says what pages of other origins may.

    Args:
        inner: A leaf, which answers ``OPTIONS`` to anybody.
        origins: Who may.
        methods: What may be asked there.
    """

    isLeaf = True

    def __init__(self, inner: IResource, origins: Origins, methods: bytes) -> None:
        super().__init__()
        self._inner, self._origins, self._methods = inner, origins, methods

    @override
    def render(self, request: Request) -> int | bytes:
        origin = request.requestHeaders.getRawHeaders(b"Origin", [None])[0]
        for name, value in self._origins.headers(origin, self._methods):
            request.responseHeaders.setRawHeaders(name, [value])
        answer: int | bytes = self._inner.render(request)
        return answer
