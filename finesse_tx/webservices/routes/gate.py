"""What every route has in common: who asks, whether we serve, and under which id the log has it.

Every request comes through here, a hundred a second of one person: what is done for each is done once.

Spec: ``rest.md`` §1.2 (authentication), §1.5 (requestId).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from secrets import randbits, token_hex
from typing import Any, Final

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
    TooManyError,
    authorization_failure,
    locked_out,
    out_of_service,
)
from finesse_tx.webservices.core.nodes import SecondaryNode
from finesse_tx.webservices.core.rates import Rates
from finesse_tx.webservices.core.reading import draft, is_json, read
from finesse_tx.webservices.core.routing import (
    NOBODY,
    Asker,
    Call,
    Family,
    Route,
)
from finesse_tx.webservices.routes.answers import Asked, refuse, revalidated, written

__all__ = ["Gate", "Limits"]

READING: Final = frozenset({b"GET", b"HEAD"})
SESSION: Final = b"JSESSIONID"
_ALL_SESSIONS: Final = 1 << 128

_DESKTOP: Final = re.compile(r"https?://[^/]+/(?:desktop/?|desktop/container/?)?(?:\?.*)?")
"""The page that a request of the desktop itself is from; one of a gadget's is from its frame. It is no proof, and needs none."""
_LIVE: Final = (b"no-cache, no-store",)
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
        self._desktops = Rates(person_per_s)
        self._seconds = seconds

    def admit_person(self, login_id: str) -> None:
        """One more of a person.

        Raises:
            ApiError: 429: one too many.
        """
        self._admit(self._people, login_id)

    def admit_desktop(self, login_id: str) -> None:
        """One more of a person's desktop: gadgets in it, and whatever else that person runs, take nothing of this.

        Raises:
            ApiError: 429: one too many.
        """
        self._admit(self._desktops, login_id)

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
        secondary: What this node leaves to the other one; None on the primary node.
        seconds: The clock by which people are locked out.
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
        secondary: SecondaryNode | None = None,
        seconds: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._seconds = seconds
        self._limits, self._new_id, self._console = limits, new_id, console
        self._secondary, self._sessions = secondary, randbits(128)
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
        asked = Asked.of(request)
        request.responseHeaders.setRawHeaders(b"Cache-Control", _LIVE)
        if SESSION not in request.received_cookies:
            request.cookies.append(self._session(request))
        is_change = request.method not in READING
        correlation_id = echo = asked.text(b"Requestid")[:MAX_REQUEST_ID]
        if is_change:
            if echo:
                request.setHeader(b"requestId", echo.encode())
            else:
                correlation_id = made(self._new_id())
        try:
            call = await self._enter(request, asked, route, path, correlation_id)
            body = written(request, asked, route, await route.operation(family.behind, call))
        except ApiError as error:
            body = refuse(request, error, asked)
        except Exception as error:
            if not isinstance(error, CancelledError):  # whoever asked is gone, most of the time
                self.log.failure(
                    "request {request_id}: {method} {path} failed",
                    request_id=traced(correlation_id),
                    method=request.method,
                    path=request.path,
                )
            internal = ApiError(500, "Internal Server Error", "RUNTIME_EXCEPTION")
            body = refuse(request, internal, asked)
        if is_change:
            self.log.info(
                "request {request_id}: {method} {path} from {peer}: {status}",
                request_id=traced(correlation_id),
                method=route.method,
                path=request.path.decode("latin-1"),
                peer=asked.peer,
                protocol=request.clientproto.decode(),
                status=request.code,
            )
        elif not family.is_live:
            body = revalidated(request, asked, body)
        return body

    def _session(self, request: Request) -> bytes:
        """The cookie that the original sets; nobody ever looks at it: every request shows who asks, so a number will do."""
        self._sessions = (self._sessions + 1) % _ALL_SESSIONS
        secure = b"; Secure" if request.isSecure() else b""
        return b"%b=%032X; Path=/finesse%b; HttpOnly" % (SESSION, self._sessions, secure)

    async def _enter(
        self,
        request: Request,
        asked: Asked,
        route: Route[Any, Any],
        path: Mapping[str, str],
        correlation_id: str,
    ) -> Call[Any]:
        """Find out who asks, and what for.

        Raises:
            ApiError: 401 for nobody we know and for one whose role may not, 403 for what the other node is there for, 503
                while the system is out of service, 400 for a body that is not what it must be.
        """
        if self._limits is not None:
            self._limits.admit_address(asked.peer)
        person, password = NOBODY, ""
        if not route.is_open:
            if route.needs_service and not self._in_service():
                raise out_of_service()
            header = asked.text(b"Authorization")
            if (shown := self._shown(request, header)) is not None:
                person, password = shown
            else:
                username, password = basic(header)
                person = await self._known(username, password)
            if self._limits is not None:
                if _DESKTOP.fullmatch(asked.text(b"Referer")):
                    self._limits.admit_desktop(person.login_id)
                else:
                    self._limits.admit_person(person.login_id)
            if route.who == (Asker.ADMINISTRATOR,) and Role.ADMINISTRATOR not in person.roles:
                raise authorization_failure(person.login_id)
            if self._secondary is not None:
                self._secondary.admit(route)
        if route.method == "GET":  # has no body, and changes nothing that would be audited
            return Call(
                person=person,
                body=None,
                password=password,
                path=path,
                query=_query(request) if request.args else {},
                request_id=correlation_id,
                range=asked.text(b"Range"),
            )
        content = request.content
        raw = content.read(self.max_body_bytes + 1) if content is not None else b""
        content_type = asked.text(b"Content-Type")
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
            range=asked.text(b"Range"),
            origin=asked.origin(request),
        )

    def _shown(self, request: Request, header: str) -> tuple[Person, str] | None:
        """Who shows a token, or a session of the console; None for who has to show a password."""
        if self._tokens is not None and (token := bearer(header)):
            try:
                person = self._tokens.person(token)
            except SignInError:
                raise authorization_failure("") from None
            return person, self._tokens.ticket(person)
        if self._console is None or header or (cookie := request.getCookie(COOKIE)) is None:
            return None
        shown = self._console.person(
            cookie.decode("latin-1"), request.getHeader(TOKEN_HEADER.decode()) or ""
        )
        if shown is None:
            raise authorization_failure("")
        return shown, ""

    async def _known(self, username: str, password: str) -> Person:
        """Whose password that is."""
        try:
            return await self._authenticator.authenticate(username, password)
        except BadCredentialsError:
            raise authorization_failure(username) from None
        except LockedOutError as error:
            raise locked_out(username, error.until_s - self._seconds()) from None
        except TooBusyError:
            raise ApiError(503, "Service Unavailable", "AUTHENTICATION_BUSY") from None


def _query(request: Request) -> dict[str, str]:
    return {
        name.decode(errors="replace"): values[-1].decode(errors="replace")
        for name, values in request.args.items()
    }
