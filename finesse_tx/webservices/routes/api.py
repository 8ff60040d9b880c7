"""``/finesse/api``: the families' tables under one resource.

A route is found in a table. What clients rely on beyond the published paths is done here, once: doubled and trailing
slashes are accepted, ``OPTIONS`` is answered without a password, and a wrong method gets 405 with ``Allow``.

Spec: ``rest.md`` §1.1.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Iterable, Mapping
from functools import partial
from types import coroutine
from typing import Any, Final

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request
from typing_extensions import override

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.openapi import openapi
from finesse_tx.webservices.core.request_times import RequestTimes, RouteTimes
from finesse_tx.webservices.core.route_table import RouteTable
from finesse_tx.webservices.core.routing import Asker, Call, Family, Reply, Route
from finesse_tx.webservices.routes.answers import refuse
from finesse_tx.webservices.routes.gate import Gate

__all__ = ["DESCRIPTION", "MAX_REMEMBERED_PATH", "MAX_WAYS", "ApiResource"]

ORDER: Final = ("GET", "OPTIONS", "HEAD", "PUT", "POST", "DELETE")
"""The order of methods in ``Allow``, as the original's."""

MAX_WAYS: Final = 20_000
"""How many paths are remembered, with where they lead, since desktops ask the same ones all day; with one more, it begins anew."""

MAX_REMEMBERED_PATH: Final = 100
"""How long a path may be that is; so there are a few megabytes of them at most."""

_Way = tuple[Route[Any, Any], Family[Any], RouteTimes, Mapping[str, str]]
"""A route, its family, how long it takes, and the variable parts of a path."""


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
        times: Is told how long each request took; None where nobody wants to know.
        seconds: A clock for that.
        ways: How many paths are remembered; `MAX_WAYS` but for tests.
    """

    log = Logger()
    isLeaf = True

    def __init__(
        self,
        gate: Gate,
        families: Iterable[Family[Any]],
        *,
        is_described: bool = True,
        times: RequestTimes | None = None,
        seconds: Callable[[], float] = lambda: 0.0,
        ways: int = MAX_WAYS,
    ) -> None:
        super().__init__()
        self._gate = gate
        self._table: RouteTable[tuple[Route[Any, Any], Family[Any], RouteTimes]] = RouteTable()
        self._objects: set[str] = set()
        self._ways: dict[tuple[bytes, bytes], _Way] = {}
        self._max_ways = ways
        self._times, self._seconds = times if times is not None else RequestTimes(), seconds
        tables = list(families)
        if is_described:
            document = openapi(tables)
            tables.append(Family(DESCRIPTION, document, is_live=False))
        for family in tables:
            for route in family.routes:
                taken = self._times.of(route.method, route.path)
                self._table.add(route.method, route.path, (route, family, taken))
                self._objects.add(route.path.split("/")[1])

    @override
    def render(self, request: Request) -> int:
        way = self._ways.get((request.method, request.path))
        if way is None:
            found = self._find(request)
            if isinstance(found, bytes):
                return _finish(request, found)
            way = found
            self._remember(request, way)
        began = self._seconds()
        route, family, taken, path = way
        answering = self._gate.answer(request, route, family, path)
        try:
            waited_for = answering.send(None)
        except StopIteration as done:  # most answers are there at once, and need no Deferred
            _finish(request, done.value)
            self._times.add(taken, self._seconds() - began)
        else:
            later = self._wait(request, answering, waited_for)
            later.addCallback(lambda _: self._times.add(taken, self._seconds() - began))
        return NOT_DONE_YET

    def _remember(self, request: Request, way: _Way) -> None:
        if len(request.path) <= MAX_REMEMBERED_PATH:
            if len(self._ways) >= self._max_ways:
                self._ways.clear()
            self._ways[request.method, request.path] = way

    def _find(self, request: Request) -> _Way | bytes:
        """Where a request goes; or the refusal of one that goes nowhere."""
        try:
            segments = [segment.decode() for segment in request.postpath or () if segment]
            method = request.method.decode()
        except UnicodeDecodeError:
            error = ApiError(400, "Bad Request", "The path is not UTF-8")
            return refuse(request, error)
        found = self._table.find(segments)
        if found is None:
            return self._no_such_resource(request, segments)
        entry = found.entry("GET" if method == "HEAD" else method)
        if entry is None:
            return _wrong_method(request, method, found.methods)
        (route, family, taken), path = entry
        return route, family, taken, path

    def _wait(
        self, request: Request, answering: Coroutine[Any, Any, bytes], waited_for: object
    ) -> Deferred[None]:
        """Answer later; not at all when the client is gone, and what it waited for is given up."""
        later = Deferred.fromCoroutine(_rest(answering, waited_for))
        is_gone = False

        def gone(_reason: Failure) -> None:
            nonlocal is_gone
            is_gone = True
            later.cancel()

        def answered(body: bytes) -> None:
            if not is_gone:
                _finish(request, body)

        def failed(failure: Failure) -> None:
            self.log.failure("{method} {path}", failure, method=request.method, path=request.path)
            if not is_gone:
                request.processingFailed(failure)

        request.notifyFinish().addErrback(gone)
        over = later.addCallback(answered)
        over.addErrback(failed)
        return over

    def _no_such_resource(self, request: Request, segments: list[str]) -> bytes:
        """Name the object that there is not, or what of an object there is not."""
        names = segments or [""]
        name = names[-1] if names[0] in self._objects else names[0]
        return refuse(request, ApiError(404, "Not Found", "There is no such resource", name))


def _finish(request: Request, body: bytes) -> int:
    request.write(body)
    request.finish()
    return NOT_DONE_YET


@coroutine
def _rest(answering: Coroutine[Any, Any, bytes], waited_for: Any) -> Generator[Any, Any, bytes]:
    """The rest of a coroutine that waits already."""
    while True:
        try:
            result = yield waited_for
        except GeneratorExit:
            answering.close()
            raise
        except BaseException as error:  # its to handle, whatever it is
            step = partial(answering.throw, error)
        else:
            step = partial(answering.send, result)
        try:
            waited_for = step()
        except StopIteration as done:
            body: bytes = done.value
            return body


def _wrong_method(request: Request, method: str, there: tuple[str, ...]) -> bytes:
    methods = {"OPTIONS", *there} | ({"HEAD"} if "GET" in there else set())
    request.setHeader(b"allow", ",".join(sorted(methods, key=ORDER.index)).encode())
    if method == "OPTIONS":
        request.setHeader(b"content-length", b"0")
        return b""
    return refuse(
        request, ApiError(405, "Method Not Allowed", "The method is not allowed here", method)
    )
