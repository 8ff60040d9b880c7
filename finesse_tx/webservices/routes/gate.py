"""What every route has in common: who asks, whether we serve, and how an answer or a refusal is written.

Spec: ``rest.md`` §1.2 (authentication), §1.3 (bodies), §1.5 (requestId), §1.6 (errors).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

from msgspec import Struct
from twisted.logger import Logger
from twisted.web.server import Request

from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError, TooBusyError
from finesse_tx.directory.core.records import Person
from finesse_tx.interfaces import IAuthenticator
from finesse_tx.webservices.core.errors import ApiError, authorization_failure, out_of_service
from finesse_tx.webservices.core.xmlbinding import DECLARATION, document, render

__all__ = ["Call", "Gate", "accepted", "open_to_all", "refuse", "route"]

REALM: Final = b'Basic realm="Finesse"'
XML: Final = b"application/xml;charset=UTF-8"
MAX_REQUEST_ID: Final = 256
"""A requestId is echoed in a header and in every event it causes; a longer one is cut."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request from someone who is known.

    Attributes:
        person: Who asks.
        password: As it was given: an engine that checks passwords itself needs it at sign-in.
        request_id: The ``requestId`` header; empty when there is none.
        query: The query's arguments; of those given twice, the last.
        body: As it came.
    """

    person: Person
    password: str
    request_id: str
    query: dict[str, str]
    body: bytes


class Gate:
    """Lets known people in, while the system is in service.

    Args:
        authenticator: Checks their passwords.
        in_service: Whether there is a link to an engine.
        max_body_bytes: The largest body that is read.
    """

    log = Logger()

    def __init__(
        self, authenticator: IAuthenticator, in_service: Callable[[], bool], max_body_bytes: int
    ) -> None:
        self._authenticator, self._in_service = authenticator, in_service
        self.max_body_bytes = max_body_bytes

    async def enter(self, request: Request) -> Call:
        """Find out who asks.

        Raises:
            ApiError: 401 for nobody we know, 503 while the system is out of service.
        """
        if not self._in_service():
            raise out_of_service()
        username, password = _basic(request.getHeader("authorization"))
        try:
            person = await self._authenticator.authenticate(username, password)
        except (BadCredentialsError, LockedOutError):
            # A locked-out user is told no more than a wrong password is: the lock must not confirm a guess.
            raise authorization_failure(username) from None
        except TooBusyError:
            raise ApiError(503, "Service Unavailable", "AUTHENTICATION_BUSY") from None
        content = request.content
        return Call(
            person=person,
            password=password,
            request_id=request_id(request),
            query={
                name.decode(errors="replace"): values[-1].decode(errors="replace")
                for name, values in request.args.items()
            },
            body=content.read(self.max_body_bytes + 1) if content is not None else b"",
        )


def _basic(header: str | None) -> tuple[str, str]:
    """The user name and the password of an Authorization header.

    Raises:
        ApiError: 401: there is none, or it is not Basic.
    """
    scheme, _, credentials = (header or "").partition(" ")
    if scheme.lower() != "basic":
        raise authorization_failure("")
    try:
        raw = base64.b64decode(credentials.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise authorization_failure("") from None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")  # what browsers and old clients send for é
    username, colon, password = text.partition(":")
    if not colon or not username:
        raise authorization_failure(username)
    return username, password


def request_id(request: Request) -> str:
    """The ``requestId`` header, fit to be echoed."""
    return (request.getHeader("requestid") or "")[:MAX_REQUEST_ID]


class Routes(Protocol):
    """A class of routes."""

    gate: Gate


RoutesT = TypeVar("RoutesT", bound=Routes)
Segments = ParamSpec("Segments")
Answer = Struct | None
"""The body of a GET; None for 202 without a body."""


def route(
    method: Callable[Concatenate[RoutesT, Call, Segments], Awaitable[Answer]],
) -> Callable[Concatenate[RoutesT, Request, Segments], Coroutine[Any, Any, bytes]]:
    """Make a route of a coroutine that takes a `Call`, and answers with an object, or None for 202."""

    @wraps(method)
    async def render_route(
        self: RoutesT, request: Request, /, *args: Segments.args, **kwargs: Segments.kwargs
    ) -> bytes:
        async def answer() -> Answer:
            return await method(self, await self.gate.enter(request), *args, **kwargs)

        return await _finish(request, answer)

    return render_route


def open_to_all(
    method: Callable[Concatenate[RoutesT, Segments], Awaitable[Answer]],
) -> Callable[Concatenate[RoutesT, Request, Segments], Coroutine[Any, Any, bytes]]:
    """Make a route that asks nobody's name, and answers in or out of service."""

    @wraps(method)
    async def render_route(
        self: RoutesT, request: Request, /, *args: Segments.args, **kwargs: Segments.kwargs
    ) -> bytes:
        async def answer() -> Answer:
            return await method(self, *args, **kwargs)

        return await _finish(request, answer)

    return render_route


async def _finish(request: Request, answer: Callable[[], Awaitable[Answer]]) -> bytes:
    request.setHeader(b"cache-control", b"no-cache, no-store")
    if request.method not in {b"GET", b"HEAD"} and (echo := request_id(request)):
        request.setHeader(b"requestId", echo.encode())
    try:
        value = await answer()
    except ApiError as error:
        return refuse(request, error)
    except Exception:
        Gate.log.failure("{method} {path} failed", method=request.method, path=request.path)
        return refuse(request, ApiError(500, "Internal Server Error", "RUNTIME_EXCEPTION"))
    if value is None:
        return accepted(request)
    return _write(request, 200, document(value))


def accepted(request: Request) -> bytes:
    """202: the outcome comes as an event."""
    request.setResponseCode(202)
    request.setHeader(b"content-length", b"0")
    return b""


class ApiErrorBody(Struct, frozen=True, rename="pascal"):
    """One refusal."""

    error_type: str
    error_data: str
    error_message: str


class ApiErrors(Struct, frozen=True, rename="pascal"):
    """The envelope of a refusal: always one in it."""

    api_error: ApiErrorBody


def refuse(request: Request, error: ApiError) -> bytes:
    """Write a refusal; a 401 with the challenge that clients wait for before they send their password."""
    if error.status == 401:
        request.setHeader(b"www-authenticate", REALM)
    body = ApiErrors(ApiErrorBody(error.error_type, error.error_data, error.error_message))
    return _write(request, error.status, (DECLARATION + render(body)).encode())


def _write(request: Request, status: int, body: bytes) -> bytes:
    request.setResponseCode(status)
    request.setHeader(b"content-type", XML)
    request.setHeader(b"content-length", b"%d" % len(body))
    return body
