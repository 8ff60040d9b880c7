"""``/desktop/api``: JSON for desktops before anybody has signed in. Anybody may ask; nothing of it is secret.

    /desktop/api/DesktopConfig          the system
    /desktop/api/languages              the languages of the desktop
    /desktop/api/ResourceURLs?type=…    the paths that this server serves files at: ``desktop`` or ``3rdParty``

Everything else is asked by who has signed in (`finesse_tx.webservices.routes.desktop`).

Spec: ``rest.md`` §14. Of the first path the reference is not sure, of the second it has no name; refusals are JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import msgspec
from msgspec import Struct
from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.webservices.core.desktop import DesktopFault, Languages, desktop_config
from finesse_tx.webservices.core.objects import SystemInfo

__all__ = ["DesktopApi"]

_SIGNED_IN: Final = frozenset({b"history", b"colleagues"})
"""What nobody is told who has not signed in."""

_KINDS: Final = (b"desktop", b"3rdParty")


class DesktopApi(Resource):
    """The resource.

    Args:
        system_info: The SystemInfo object as of now.
        banner: What is shown before the sign-in.
        paths: What is served to desktops beside the API.
        signed_in: Everything that is not for anybody, a leaf; None where there is no such thing.
        is_secondary: Whether this is the second of two nodes.
    """

    isLeaf = True

    def __init__(
        self,
        system_info: Callable[[], SystemInfo],
        banner: str,
        paths: Iterable[str],
        signed_in: IResource | None = None,
        *,
        is_secondary: bool = False,
    ) -> None:
        super().__init__()
        self._system_info, self._banner, self._paths = system_info, banner, tuple(sorted(paths))
        self._signed_in, self._is_secondary = signed_in, is_secondary

    @override
    def render(self, request: Request) -> bytes | int:
        first = next((segment for segment in request.postpath or () if segment), b"")
        if self._signed_in is not None and first in _SIGNED_IN:
            answer: bytes | int = self._signed_in.render(request)
            return answer
        request.setHeader(b"cache-control", b"no-cache, no-store")
        if request.method == b"GET":
            return self._answer(request)
        if request.method == b"HEAD":
            request.setHeader(b"content-length", b"%d" % len(self._answer(request)))
            return b""
        request.setHeader(b"allow", b"GET,OPTIONS,HEAD")
        if request.method == b"OPTIONS":
            return b""
        return _refuse(request, 405, "Method Not Allowed", "The method is not allowed here")

    def _answer(self, request: Request) -> bytes:
        match [segment for segment in request.postpath or () if segment]:
            case [b"DesktopConfig"]:
                system = desktop_config(
                    self._system_info(), self._banner, is_secondary=self._is_secondary
                )
                return _write(request, 200, system)
            case [b"languages"]:
                return _write(request, 200, Languages())
            case [b"ResourceURLs"]:
                return self._resource_urls(request)
        return _refuse(request, 404, "Not Found", "There is no such resource")

    def _resource_urls(self, request: Request) -> bytes:
        kind = (request.args or {}).get(b"type", [b""])[-1]
        if kind not in _KINDS:
            return _refuse(request, 400, "Invalid Input", "The type is desktop or 3rdParty")
        request.setHeader(b"content-type", b"text/plain;charset=UTF-8")
        paths = self._paths if kind == b"desktop" else ()
        return "".join(f"{path}\n" for path in paths).encode()


def _refuse(request: Request, status: int, error_type: str, message: str) -> bytes:
    fault = DesktopFault(error_type=error_type, error_message=message)
    return _write(request, status, fault)


def _write(request: Request, status: int, value: Struct) -> bytes:
    request.setResponseCode(status)
    request.setHeader(b"content-type", b"application/json")
    return msgspec.json.encode(value)
