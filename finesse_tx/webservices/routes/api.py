"""``/finesse/api``: the classes of routes under one resource.

The first segment names the object and chooses its routes; within an object klein chooses. What clients rely on
beyond the published paths is done here, once: doubled and trailing slashes are accepted, ``OPTIONS`` is answered
without a password, and a wrong method gets 405 with ``Allow``.

Spec: ``rest.md`` §1.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol, cast

from klein import Klein
from twisted.web.iweb import IRequest
from twisted.web.resource import Resource
from twisted.web.server import Request
from typing_extensions import override
from werkzeug.exceptions import MethodNotAllowed, NotFound

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.operations import Operations
from finesse_tx.webservices.routes.dialog import DialogRoutes
from finesse_tx.webservices.routes.gate import Gate, refuse
from finesse_tx.webservices.routes.system_info import SystemInfoRoutes
from finesse_tx.webservices.routes.team import TeamRoutes
from finesse_tx.webservices.routes.user import UserRoutes

__all__ = ["ApiResource"]

ORDER: Final = ("GET", "OPTIONS", "HEAD", "PUT", "POST", "DELETE")
"""The order of methods in ``Allow``, as the original's."""


class _RoutesClass(Protocol):
    app: Klein


class ApiResource(Resource):
    """The resource at ``/finesse/api``."""

    isLeaf = True

    def __init__(self, gate: Gate, operations: Operations) -> None:
        super().__init__()
        objects: Mapping[str, _RoutesClass] = {
            "Dialog": DialogRoutes(gate, operations),
            "SystemInfo": SystemInfoRoutes(gate, operations),
            "Team": TeamRoutes(gate, operations),
            "User": UserRoutes(gate, operations),
        }
        self._objects = {name.encode(): routes.app for name, routes in objects.items()}
        self._resources = {name: app.resource() for name, app in self._objects.items()}

    @override
    def render(self, request: Request) -> int | bytes:
        segments = [segment for segment in request.postpath or () if segment]
        name = segments[0] if segments else b""
        if name not in self._resources:
            return refuse(
                request, ApiError(404, "Not Found", "There is no such resource", _text(name))
            )
        request.prepath = [*(request.prepath or ()), name]
        request.postpath = segments[1:] or [b""]
        allowed = self._allowed(self._objects[name], request.postpath)
        if request.method == b"OPTIONS" and allowed:
            request.setHeader(b"allow", allowed)
            request.setHeader(b"content-length", b"0")
            return b""
        if not allowed:
            return refuse(
                request,
                ApiError(404, "Not Found", "There is no such resource", _text(segments[-1])),
            )
        if request.method.decode("latin-1") not in allowed.decode().split(","):
            request.setHeader(b"allow", allowed)
            return refuse(
                request,
                ApiError(
                    405,
                    "Method Not Allowed",
                    "The method is not allowed here",
                    _text(request.method),
                ),
            )
        # klein answers NOT_DONE_YET for a coroutine, and all our routes are coroutines.
        return cast("int", self._resources[name].render(cast("IRequest", request)))

    @staticmethod
    def _allowed(app: Klein, segments: Sequence[bytes]) -> bytes:
        """The methods of this path, as ``Allow`` lists them; empty when there is no such path."""
        path = "/" + b"/".join(segments).decode("latin-1")
        adapter = app.url_map.bind("")
        try:
            adapter.match(path, method="NONE")
        except MethodNotAllowed as error:
            methods = {"OPTIONS", *(error.valid_methods or ())}
            return ",".join(sorted(methods, key=ORDER.index)).encode()
        except NotFound:
            pass
        return b""


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")
