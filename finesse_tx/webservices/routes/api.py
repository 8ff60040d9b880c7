"""``/finesse/api``: the families' tables under one resource.

klein finds the route. What clients rely on beyond the published paths is done here, once: doubled and trailing
slashes are accepted, ``OPTIONS`` is answered without a password, and a wrong method gets 405 with ``Allow``.

Spec: ``rest.md`` §1.1.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from typing import Any, Final, cast

from klein import Klein
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest
from twisted.web.resource import Resource
from twisted.web.server import Request
from typing_extensions import override
from werkzeug.exceptions import MethodNotAllowed, NotFound

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.openapi import openapi
from finesse_tx.webservices.core.routing import (
    Asker,
    Call,
    Family,
    Reply,
    Route,
    parameters,
)
from finesse_tx.webservices.routes.gate import Gate, refuse

__all__ = ["DESCRIPTION", "ApiResource"]

ORDER: Final = ("GET", "OPTIONS", "HEAD", "PUT", "POST", "DELETE")
"""The order of methods in ``Allow``, as the original's."""


async def _openapi(description: bytes, _call: Call[None]) -> Reply:
    """What the API is, for programs: an OpenAPI 3.1 document."""
    return Reply(description, content_type="application/json")


DESCRIPTION: Final = (
    Route(
        "GET",
        "/openapi.json",
        (Asker.ANYBODY,),
        _openapi,
        media_type="application/json",
    ),
)
"""The table of what describes all the others."""


class ApiResource(Resource):
    """The resource at ``/finesse/api``.

    Args:
        gate: Lets people in.
        families: All that there is below the path.
        is_described: Whether ``/openapi.json`` describes them.
    """

    isLeaf = True

    def __init__(
        self, gate: Gate, families: Iterable[Family[Any]], *, is_described: bool = True
    ) -> None:
        super().__init__()
        self._gate = gate
        self._app = Klein()
        # klein's type for these is narrower than what it calls: they get the whole request.
        refusing = cast("Any", self._app.handle_errors)
        refusing(MethodNotAllowed)(self._wrong_method)
        refusing(NotFound)(self._no_such_resource)
        self._objects: set[bytes] = set()
        tables = list(families)
        if is_described:
            document = openapi(route for family in tables for route in family.routes)
            tables.append(Family(DESCRIPTION, document, is_live=False))
        for family in tables:
            for route in family.routes:
                self._add(route, family)
        self._resource = self._app.resource()

    def _add(self, route: Route[Any, Any], family: Family[Any]) -> None:
        path = route.path
        for name in parameters(path):
            path = path.replace(f"{{{name}}}", f"<{name}>")
        self._objects.add(path.split("/")[1].encode())

        def answer(request: Request, **found: str) -> Coroutine[Any, Any, bytes]:
            return self._gate.answer(request, route, family, found)

        self._app.route(path, methods=[route.method], endpoint=f"{route.method} {route.path}")(
            answer
        )

    @override
    def render(self, request: Request) -> int | bytes:
        request.postpath = [segment for segment in request.postpath or () if segment] or [b""]
        try:
            b"".join([request.method, *request.postpath]).decode()
        except UnicodeDecodeError:
            return refuse(request, ApiError(400, "Bad Request", "The path is not UTF-8"))
        # klein answers NOT_DONE_YET, always.
        return cast("int", self._resource.render(cast("IRequest", request)))

    def _wrong_method(self, request: Request, failure: Failure) -> bytes:
        error = cast("MethodNotAllowed", failure.value)
        methods = error.valid_methods or ()
        allowed = ",".join(sorted({"OPTIONS", *methods}, key=ORDER.index)).encode()
        request.setHeader(b"allow", allowed)
        if request.method == b"OPTIONS":
            request.setHeader(b"content-length", b"0")
            return b""
        return refuse(
            request,
            ApiError(
                405,
                "Method Not Allowed",
                "The method is not allowed here",
                _text(request.method),
            ),
        )

    def _no_such_resource(self, request: Request, _failure: Failure) -> bytes:
        """Name the object that there is not, or what of an object there is not."""
        segments = request.postpath or [b""]
        name = segments[-1] if segments[0] in self._objects else segments[0]
        return refuse(request, ApiError(404, "Not Found", "There is no such resource", _text(name)))


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")
