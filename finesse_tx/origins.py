"""Pages of other origins: which may use the web services and the notification service, and how browsers are told.

The original has three modes: every origin, those that are listed, none. Whatever the mode, a page of our own origin may,
and so may clients that are no browsers: they send no ``Origin``.

Spec: ``rest.md`` §1.9; the Fetch standard (CORS); RFC 6455 §10.2 for WebSocket, where a server must look itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final, Literal

from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from typing_extensions import override

__all__ = ["Headers", "Mode", "OriginResource", "Origins"]

Mode = Literal["enable_all", "enable", "disable"]
"""As the original calls them."""

Headers = tuple[tuple[bytes, bytes], ...]

MAX_AGE_S: Final = 86_400
"""How long a browser may remember what a preflight was answered."""

_ORIGIN: Final = re.compile(rb"[!-~]{1,256}")

_NAMED: Final = re.compile(
    r"(https?)://(?:[a-z0-9.-]{1,250}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?", re.IGNORECASE
)

_LEFT_OUT: Final = {"http": ":80", "https": ":443"}
"""The ports that browsers leave out."""

_HOST: Final = re.compile(rb"([A-Za-z0-9.-]{1,250})(:[0-9]{1,5})?")

_ALLOWED: Final = (
    b"Content-Type, X-Requested-With, Accept, Origin, Authorization, Access-Control-Request-Method,"
    b" Access-Control-Request-Headers, requestId, Range"
)
_EXPOSED: Final = (
    b"Access-Control-Allow-Origin, Access-Control-Allow-Credentials, Access-Control-Allow-Methods,"
    b" Access-Control-Allow-Headers, Access-Control-Max-Age, requestId"
)


class Origins:
    """Who may.

    Args:
        mode: Every origin, those that are listed, or none.
        listed: Origins such as ``https://desk.example.com:8445``.

    Attributes:
        mode: As given.
    """

    def __init__(self, mode: Mode = "enable_all", listed: Collection[str] = ()) -> None:
        self.mode: Mode = mode
        self._listed = frozenset(origin.lower().encode() for origin in listed)
        self._headers = lru_cache(256)(self._made)

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
        named = _NAMED.fullmatch(origin)
        if named is None:
            return (
                False,
                "An origin is a scheme, a host and perhaps a port: https://crm.example.com:8443",
            )
        sent = origin.removesuffix(_LEFT_OUT[named[1].lower()]).lower()
        is_in = sent.encode() in self
        if self.mode == "enable":
            reason = f"{sent} is {'' if is_in else 'not '}in web.cors_origins"
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
