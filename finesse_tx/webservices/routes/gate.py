"""What every route has in common: who asks, whether we serve, and how an answer or a refusal is written.

Spec: ``rest.md`` §1.2 (authentication), §1.3 (bodies), §1.5 (requestId), §1.6 (errors).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from secrets import token_hex
from typing import Any, Final

from msgspec import Struct
from twisted.internet.defer import CancelledError
from twisted.logger import Logger
from twisted.web.server import Request

from finesse_tx.admin.core.sessions import COOKIE, TOKEN_HEADER
from finesse_tx.directory.core.errors import (
    BadCredentialsError,
    LockedOutError,
    SignInError,
    TooBusyError,
)
from finesse_tx.directory.core.records import Person, Role
from finesse_tx.interfaces import IAuthenticator, IConsole, ITokens
from finesse_tx.webservices.core.correlation import made, traced
from finesse_tx.webservices.core.credentials import basic, bearer
from finesse_tx.webservices.core.errors import (
    ApiError,
    ApiErrors,
    TooManyError,
    authorization_failure,
    out_of_service,
)
from finesse_tx.webservices.core.jsonbinding import json_document, wants_json
from finesse_tx.webservices.core.rates import Rates
from finesse_tx.webservices.core.reading import draft, is_json, read
from finesse_tx.webservices.core.routing import (
    NOBODY,
    Asker,
    Call,
    Family,
    Origin,
    Reply,
    Route,
)
from finesse_tx.webservices.core.xmlbinding import DECLARATION, document, kept_document, render

__all__ = ["Gate", "Limits", "refuse"]

REALM: Final = b'Basic realm="Finesse"'
XML: Final = b"application/xml;charset=UTF-8"
JSON: Final = b"application/json"
LIVE: Final = b"no-cache, no-store"
CONFIGURED: Final = b"private, no-cache"
SESSION: Final = b"JSESSIONID"
MAX_REQUEST_ID: Final = 256
"""A requestId is echoed in a header and in every event it causes; a longer one is cut."""


def _random_id() -> str:
    return token_hex(6)


class Limits:
    """How many requests may come, of a person and of an address.

    Args:
        person_per_s: Of a person; 0 for any number.
        address_per_s: Of an address; 0 for any number.
        seconds: A clock.
    """

    def __init__(
        self, person_per_s: float, address_per_s: float, seconds: Callable[[], float]
    ) -> None:
        self._people, self._addresses = Rates(person_per_s), Rates(address_per_s)
        self._seconds = seconds

    def admit_person(self, login_id: str) -> None:
        """One more of a person.

        Raises:
            ApiError: 429: one too many.
        """
        self._admit(self._people, login_id)

    def admit_address(self, address: str) -> None:
        """One more of an address.

        Raises:
            ApiError: 429: one too many.
        """
        self._admit(self._addresses, address)

    def _admit(self, rates: Rates, client: str) -> None:
        if wait_s := rates.wait_s(client, self._seconds()):
            raise TooManyError(client, wait_s)


class Gate:
    """Lets known people in, while the system is in service, and writes what they are told.

    Args:
        authenticator: Checks their passwords.
        in_service: Whether there is a link to an engine.
        max_body_bytes: The largest body that is read.
        tokens: Checks access tokens; None where there is no single sign-on.
        limits: How many requests people and addresses may send; None for any number.
        new_id: Names a request that changes something and came without a requestId, for the log.
        console: Knows the administrators who are signed in there; None where there is no console.
    """

    log = Logger()

    def __init__(
        self,
        authenticator: IAuthenticator,
        in_service: Callable[[], bool],
        max_body_bytes: int,
        tokens: ITokens | None = None,
        limits: Limits | None = None,
        new_id: Callable[[], str] = _random_id,
        console: IConsole | None = None,
    ) -> None:
        self._limits, self._new_id, self._console = limits, new_id, console
        self._authenticator, self._in_service, self._tokens = authenticator, in_service, tokens
        self.max_body_bytes = max_body_bytes

    async def answer(
        self, request: Request, route: Route[Any, Any], family: Family[Any], path: Mapping[str, str]
    ) -> bytes:
        """Do what a request asks, and write what comes of it.

        Args:
            request: Its body is there.
            route: What it asks for.
            family: Where the route is from.
            path: The variable parts of its path.

        Returns:
            The body of the answer; everything else is in ``request`` by then.
        """
        request.setHeader(b"cache-control", LIVE)
        if request.getCookie(SESSION) is None:
            _give_session(request)
        if request.method in {b"GET", b"HEAD"}:
            body = await self._answer(request, route, family, path, request_id(request))
            return body if family.is_live else _revalidated(request, body)
        if echo := request_id(request):
            request.setHeader(b"requestId", echo.encode())
        correlation_id = echo or made(self._new_id())
        body = await self._answer(request, route, family, path, correlation_id)
        self.log.info(
            "request {request_id}: {method} {path} from {peer}: {status}",
            request_id=traced(correlation_id),
            method=route.method,
            path=request.path.decode("latin-1"),
            peer=_origin(request).peer,
            status=request.code,
        )
        return body

    async def _answer(
        self,
        request: Request,
        route: Route[Any, Any],
        family: Family[Any],
        path: Mapping[str, str],
        correlation_id: str,
    ) -> bytes:
        try:
            call = await self._enter(request, route, path, correlation_id)
            value = await route.operation(family.behind, call)
        except ApiError as error:
            return refuse(request, error)
        except Exception as error:
            if not isinstance(error, CancelledError):  # whoever asked is gone, most of the time
                self.log.failure(
                    "request {request_id}: {method} {path} failed",
                    request_id=traced(correlation_id),
                    method=request.method,
                    path=request.path,
                )
            return refuse(request, ApiError(500, "Internal Server Error", "RUNTIME_EXCEPTION"))
        if not isinstance(value, Reply):
            return _write(request, route.status, value)
        for name, text in value.headers.items():
            request.setHeader(name.encode(), text.encode())
        return _write(request, value.status or route.status, value.body, value.content_type)

    async def _enter(
        self,
        request: Request,
        route: Route[Any, Any],
        path: Mapping[str, str],
        correlation_id: str,
    ) -> Call[Any]:
        """Find out who asks, and what for.

        Raises:
            ApiError: 401 for nobody we know and for one whose role may not, 503 while the system is out of
                service, 400 for a body that is not what it must be.
        """
        if self._limits is not None:
            self._limits.admit_address(getattr(request.getClientAddress(), "host", ""))
        is_open = route.is_open
        if not is_open and route.needs_service and not self._in_service():
            raise out_of_service()
        person, password = NOBODY, ""
        if not is_open:
            person, password = await self._authenticate(request)
            if self._limits is not None:
                self._limits.admit_person(person.login_id)
            if route.who == (Asker.ADMINISTRATOR,) and Role.ADMINISTRATOR not in person.roles:
                raise authorization_failure(person.login_id)
        if route.method == "GET":  # has no body, and changes nothing that would be audited
            return Call(
                person=person,
                body=None,
                password=password,
                path=path,
                query=_query(request) if request.args else {},
                request_id=correlation_id,
                range=_header(request, b"Range"),
            )
        content = request.content
        raw = content.read(self.max_body_bytes + 1) if content is not None else b""
        content_type = _header(request, b"Content-Type")
        body: object = None
        if route.request is not None:
            body = read(route.request, raw, self.max_body_bytes, json=is_json(content_type))
        elif route.changes is not None:
            body = draft(route.changes, raw, self.max_body_bytes, json=is_json(content_type))
        return Call(
            person=person,
            body=body,
            method=route.method,
            password=password,
            path=path,
            query=_query(request),
            raw=raw,
            request_id=correlation_id,
            content_type=content_type,
            range=_header(request, b"Range"),
            origin=_origin(request),
        )

    async def _authenticate(self, request: Request) -> tuple[Person, str]:
        header = _header(request, b"Authorization")
        if self._tokens is not None and (token := bearer(header)):
            try:
                person = self._tokens.person(token)
            except SignInError:
                raise authorization_failure("") from None
            return person, self._tokens.ticket(person)
        if (
            self._console is not None
            and not header
            and (cookie := request.getCookie(COOKIE)) is not None
        ):
            shown = self._console.person(cookie.decode("latin-1"), _header(request, TOKEN_HEADER))
            if shown is None:
                raise authorization_failure("")
            return shown, ""
        username, password = basic(header)
        try:
            return await self._authenticator.authenticate(username, password), password
        except (BadCredentialsError, LockedOutError):
            # A locked-out user is told no more than a wrong password is: the lock must not confirm a guess.
            raise authorization_failure(username) from None
        except TooBusyError:
            raise ApiError(503, "Service Unavailable", "AUTHENTICATION_BUSY") from None


def _header(request: Request, name: bytes) -> str:
    """A request's header; of those given twice, the last; empty when there is none."""
    values = request.requestHeaders.getRawHeaders(name)
    return values[-1].decode("utf-8", "replace") if values else ""


def _query(request: Request) -> dict[str, str]:
    return {
        name.decode(errors="replace"): values[-1].decode(errors="replace")
        for name, values in request.args.items()
    }


def request_id(request: Request) -> str:
    """The ``requestId`` header, fit to be echoed."""
    return _header(request, b"requestId")[:MAX_REQUEST_ID]


def _origin(request: Request) -> Origin:
    client = request.getClientAddress()
    host = _header(request, b"Host") or request.getRequestHostname().decode("latin-1")
    scheme = "https" if request.isSecure() else "http"
    return Origin(getattr(client, "host", ""), f"{scheme}://{host}")


def _give_session(request: Request) -> None:
    """Set the cookie that the original sets; nobody ever looks at it: every request shows who asks."""
    secure = request.isSecure()
    name = token_hex(16).upper().encode()
    request.addCookie(SESSION, name, path=b"/finesse", secure=secure, httpOnly=True)


def _revalidated(request: Request, body: bytes) -> bytes:
    """Let whoever has this already keep it: by then it is known that he may read it."""
    if request.code != 200:
        return body
    request.setHeader(b"cache-control", CONFIGURED)
    request.responseHeaders.addRawHeader(b"Vary", b"Accept, Authorization")
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    request.setHeader(b"etag", tag.encode())
    known = (request.getHeader("if-none-match") or "").split(",")
    if tag in {text.strip().removeprefix("W/") for text in known}:
        request.setResponseCode(304)
        for name in ("content-length", "content-type"):
            request.responseHeaders.removeHeader(name)
        return b""
    return body


def refuse(request: Request, error: ApiError) -> bytes:
    """Write a refusal; a 401 with the challenge that clients wait for before they send their password."""
    if error.status == 401 and not request.requestHeaders.hasHeader(TOKEN_HEADER):
        # A page of ours asks for the password itself: its browser must not.
        request.setHeader(b"www-authenticate", REALM)
    if isinstance(error, TooManyError):
        request.setHeader(b"retry-after", b"%d" % error.retry_after_s)
    return _write(request, error.status, error.envelope())


def _write(
    request: Request, status: int, value: Struct | bytes | None, content_type: str = ""
) -> bytes:
    request.setResponseCode(status)
    if isinstance(value, Struct):
        if wants_json(_header(request, b"Accept")):
            body, kind = json_document(value), JSON
        elif isinstance(value, ApiErrors):
            body, kind = (DECLARATION + render(value)).encode(), XML
        elif value.__struct_config__.cache_hash:
            body, kind = kept_document(value), XML
        else:
            body, kind = document(value), XML
        request.setHeader(b"content-type", kind)
    else:
        body = value or b""
        if content_type:
            request.setHeader(b"content-type", content_type.encode())
    request.setHeader(b"content-length", b"%d" % len(body))
    return body
