"""What gadgets' pages are shown in: whose pages may have them in a frame, and how the server is called there.

Gadgets share the desktop's origin, because real ones reach into the page around them. Those that the operator isolates are
served from a second origin, where there is nothing but gadgets: see `finesse_tx.gadgets.isolated`.

Spec: ``gadgets.md`` §13; Content Security Policy Level 3 (frame-ancestors, sandbox).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import Final
from urllib.parse import urlsplit

from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.gadgets.core.places import Places

__all__ = ["Isolation", "Surroundings", "host_of"]

_HOST: Final = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")

_SANDBOX: Final = (
    "allow-scripts allow-same-origin allow-forms allow-modals allow-downloads allow-popups"
    " allow-popups-to-escape-sandbox"
)
"""What the page of an isolated gadget may do: not lead the desktop elsewhere."""


def host_of(request: Request) -> str:
    """How the server is called in a request: a host and perhaps a port."""
    return (request.getHeader(b"host") or b"").decode("latin-1")


class Surroundings:
    """The desktop's origin.

    Args:
        ancestors: Whose pages, besides ours, may have gadgets in a frame now: origins.
        is_shared: Whether other ports of this host serve what the desktop does not trust.
    """

    def __init__(
        self, ancestors: Callable[[], Collection[str]] = tuple, *, is_shared: bool = False
    ) -> None:
        self._ancestors = ancestors
        self._refused = {b"cross-site", b"same-site"} if is_shared else {b"cross-site"}

    def host(self, _url: str, request: Request) -> str:
        """How the server is called where that URL was written."""
        return host_of(request)

    def refuses(self, request: Request) -> bool:
        """Whether somebody else's page asks for a gadget's."""
        return request.getHeader(b"sec-fetch-site") in self._refused and not self._ancestors()

    def page_policy(self, request: Request) -> bytes:
        """The Content-Security-Policy of a gadget's page."""
        return self.file_policy(request)

    def file_policy(self, _request: Request) -> bytes:
        """That of what a gadget loads."""
        return _framing(self._ancestors())


class Isolation(Surroundings):
    """The second origin: which gadgets are isolated, and where they and the desktop are.

    Args:
        places: Which gadgets.
        origin: The origin as browsers reach it; empty: by the desktop's name, at the port where it listens.
        desktops: Origins of desktops now, besides those at our own name and ports.
        port: Where it listens: one, or none yet.
        ports: Where the desktop is served: those of TLS, and those in the clear.
    """

    def __init__(
        self,
        places: Places,
        origin: str,
        desktops: Callable[[], Collection[str]],
        port: Callable[[], Collection[int]],
        ports: Callable[[], tuple[Collection[int], Collection[int]]],
    ) -> None:
        super().__init__()
        self._places, self._origin, self._desktops = places, origin, desktops
        self._port, self._ports = port, ports

    def has(self, gadget: str, request: Request) -> bool:
        """Whether the gadget at a URL is isolated."""
        return self._places.hold(gadget, self.host(gadget, request))

    def origin(self, request: Request) -> str:
        """The origin, for a browser that reaches the desktop as in that request."""
        if self._origin:
            return self._origin
        port = next(iter(self._port()), 443)
        return f"https://{_name(request)}" + ("" if port == 443 else f":{port}")

    @override
    def host(self, url: str, request: Request) -> str:
        """How the desktop is called, where a URL calls it so: layouts name the desktop's port, not this one."""
        try:
            named = urlsplit(url).netloc.lower()
        except ValueError:
            return ""
        known = {urlsplit(one).netloc.lower() for one in self._around(request)}
        return named if named in known else host_of(request)

    @override
    def refuses(self, _request: Request) -> bool:
        return False  # there is nothing here that a page could be led to do

    @override
    def page_policy(self, request: Request) -> bytes:
        return b"sandbox %b; %b" % (_SANDBOX.encode(), self.file_policy(request))

    @override
    def file_policy(self, request: Request) -> bytes:
        return _framing(self._around(request))

    def _around(self, request: Request) -> list[str]:
        """The desktop's origins."""
        name = _name(request)
        secure, clear = self._ports()
        return [
            *(f"https://{name}{'' if port == 443 else f':{port}'}" for port in sorted(secure)),
            *(f"http://{name}{'' if port == 80 else f':{port}'}" for port in sorted(clear)),
            *self._desktops(),
        ]


def _framing(origins: Iterable[str]) -> bytes:
    return " ".join(("frame-ancestors 'self'", *origins)).encode()


def _name(request: Request) -> str:
    found = _HOST.fullmatch(host_of(request))
    return found[1].lower() if found else "localhost"
