"""A request of the web ports, whose body is bounded: what it came by, and what it is refused with.

`finesse_tx.site` has it over HTTP/1.1, `finesse_tx.http2` over HTTP/2.
"""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

from twisted.python.failure import Failure
from twisted.web.iweb import INonQueuedRequestFactory
from twisted.web.server import Request
from typing_extensions import override
from zope.interface import provider

__all__ = [
    "LONG_HEAD",
    "LONG_URI",
    "MAX_UNDERWAY_BYTES",
    "TOO_LARGE",
    "TOO_MUCH",
    "BoundedRequest",
    "Bounds",
    "Refusal",
    "RequestChannel",
]

MAX_UNDERWAY_BYTES: Final = 67_108_864
"""What the bodies of all requests together may take that have begun and not ended; whoever sends more is refused."""


class Refusal(NamedTuple):
    """A request that is not let in.

    Attributes:
        code: What it is answered.
        reason: In words.
        headers: What else is said.
    """

    code: int
    reason: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


TOO_LARGE: Final = Refusal(413, b"Content Too Large")
TOO_MUCH: Final = Refusal(503, b"Service Unavailable", ((b"Retry-After", b"5"),))
LONG_HEAD: Final = Refusal(431, b"Request Header Fields Too Large")
LONG_URI: Final = Refusal(414, b"URI Too Long")


class Bounds(Protocol):
    """What all requests of a site have in common.

    Attributes:
        max_body_bytes: The largest body.
        underway_bytes: What the bodies take that have begun and not ended.
    """

    max_body_bytes: int
    underway_bytes: int


class RequestChannel(Protocol):
    """What a request came by: a connection of HTTP/1.1, or a stream of HTTP/2."""

    @property
    def site(self) -> Bounds:
        """Whose it is."""

    def refuse(self, refusal: Refusal) -> None:
        """Answer the request that is still coming, in its place; what comes of it yet is thrown away."""

    def refused(self) -> None:
        """The last of a request that was refused has come."""


@provider(INonQueuedRequestFactory)  # not inherited; without it each request is looked at in vain
class BoundedRequest(Request):
    """A request whose body is refused when it is too large."""

    channel: RequestChannel  # type: ignore[assignment]  # Twisted's own is private where it is HTTP/2's
    _underway = 0
    _is_refused = False

    @override
    def gotLength(self, length: int | None) -> None:
        super().gotLength(0)  # bodies are small: in memory
        if length is not None and length > self.channel.site.max_body_bytes:
            self.refuse(TOO_LARGE)

    def refuse(self, refusal: Refusal) -> None:
        """Answer now, and keep nothing of it."""
        self._is_refused = True
        self._account(0)
        if self.content is not None:
            self.content.seek(0)
            self.content.truncate()
        self.channel.refuse(refusal)

    @override
    def handleContentChunk(self, data: bytes) -> None:
        if self._is_refused:
            return
        site = self.channel.site
        received = self._underway + len(data)
        if received > site.max_body_bytes:
            self.refuse(TOO_LARGE)
        elif site.underway_bytes + len(data) > MAX_UNDERWAY_BYTES:
            self.refuse(TOO_MUCH)
        else:
            self._account(received)
            super().handleContentChunk(data)

    def _account(self, received: int) -> None:
        """So much has come of a body that is not whole."""
        self.channel.site.underway_bytes += received - self._underway
        self._underway = received

    @override
    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        self._account(0)
        if self._is_refused:
            self.channel.refused()
        else:
            super().requestReceived(command, path, version)

    @override
    def connectionLost(self, reason: Failure) -> None:
        self._account(0)
        super().connectionLost(reason)
