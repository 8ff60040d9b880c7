"""``/axl/``: who may come in, and requests and answers as HTTP.

Spec: ``axl.md`` §1, §3, §4, §9.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.pages import notFound
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from finesse_tx.config import AXLConfig
from finesse_tx.directory.axl.application import Application
from finesse_tx.directory.core.axl.envelope import MAX_BODY, Asked, read_request
from finesse_tx.directory.core.axl.faults import AXLError, RefusedError, fault_document
from finesse_tx.directory.core.axl.operations import Access
from finesse_tx.directory.core.axl.schema import SCHEMA_FILE, WSDL_FILE, schema, wsdl
from finesse_tx.directory.core.axl.sessions import COOKIE, Sessions
from finesse_tx.directory.core.axl.versions import VERSIONS
from finesse_tx.directory.core.errors import (
    BadCredentialsError,
    LockedOutError,
    TooBusyError,
)
from finesse_tx.directory.core.lockout import LockOut
from finesse_tx.directory.core.records import Person, Role
from finesse_tx.interfaces import IAuthenticator, IDirectory
from finesse_tx.webservices.core.credentials import basic
from finesse_tx.webservices.core.errors import ApiError

__all__ = ["BACK_OFF_S", "MAX_ADDRESSES", "MAX_FAILURES", "Entrance", "axl_root"]

XML: Final = b"text/xml;charset=UTF-8"
TEXT: Final = b"text/plain;charset=UTF-8"
HTML: Final = b"text/html;charset=UTF-8"

REALM: Final = b'Basic realm="Cisco Web Services Realm"'

WORKS: Final = (
    b"<!DOCTYPE html><html><head><title>AXL Web Service</title></head><body><h1>AXL Web Service</h1>"
    b"<p>The AXL Web Service is working and accepting requests.</p></body></html>\n"
)
"""Clients and health checks look for that sentence."""

MAX_FAILURES: Final = 3
"""How many bad passwords in a row make an address wait."""

BACK_OFF_S: Final = 5.0
"""How long it waits."""

MAX_ADDRESSES: Final = 10_000
"""How many addresses' bad passwords are counted."""

RETRY_S: Final = 5
"""When a client that came at a bad time is to come again."""

_REASONS: Final = {599: b"Unsupported AXL Version"}


class Entrance:
    """Finds out who asks, and what they may.

    Args:
        directory: Who works here.
        authenticator: Checks passwords.
        config: Who may what.
        clock: Tells the time.
        new_session: The name of another session each time; nobody can guess it.
    """

    def __init__(
        self,
        directory: IDirectory,
        authenticator: IAuthenticator,
        config: AXLConfig,
        clock: IReactorTime,
        new_session: Callable[[], str],
    ) -> None:
        self._directory, self._authenticator, self._clock = directory, authenticator, clock
        self._full, self._read_only = frozenset(config.full_access), frozenset(config.read_only)
        self._sessions, self._new_session = Sessions(), new_session
        self._failures = LockOut(MAX_FAILURES, BACK_OFF_S, MAX_ADDRESSES)

    async def enter(self, request: Request) -> tuple[Person, Access]:
        """Let somebody in: by a password, which counts where there is one, or else by a session.

        Raises:
            RefusedError: 401: nobody we know; 403: somebody without a role; 503: not now.
        """
        header = request.getHeader(b"authorization")
        cookie = (request.getCookie(COOKIE.encode()) or b"").decode("latin-1")
        login_id = self._sessions.login_id(cookie, self._clock.seconds()) if cookie else ""
        if header is None:
            found = self._directory.snapshot().person(login_id) if login_id else None
            if found is None:
                raise RefusedError(401, "Sign in")
            return found, self._access(found)
        person = await self._authenticated(request, header.decode("latin-1"))
        access = self._access(person)
        if login_id != person.login_id:
            name = self._new_session()
            self._sessions.begin(name, person.login_id, self._clock.seconds())
            request.addCookie(COOKIE.encode(), name.encode(), path=b"/", secure=True, httpOnly=True)
        return person, access

    async def _authenticated(self, request: Request, header: str) -> Person:
        address = str(getattr(request.getClientAddress(), "host", ""))
        if self._failures.locked_until(address, self._clock.seconds()) is not None:
            raise RefusedError(503, "Too many bad passwords: try again in a few seconds")
        try:
            person = await self._authenticator.authenticate(*basic(header))
        except (ApiError, BadCredentialsError, LockedOutError):
            self._failures.failed(address, self._clock.seconds())
            raise RefusedError(401, "The user or the password is wrong") from None
        except TooBusyError:
            raise RefusedError(503, "Too many passwords are being checked") from None
        self._failures.succeeded(address)
        return person

    def _access(self, person: Person) -> Access:
        if Role.ADMINISTRATOR in person.roles or person.login_id in self._full:
            return Access.WRITE
        if person.login_id in self._read_only:
            return Access.READ
        raise RefusedError(403, f'{person.login_id} has no role such as "{Access.READ.value}"')


class _Description(Resource):
    """The WSDL or the schema: a description, for anybody."""

    isLeaf = True

    def __init__(self, text: Callable[[], str]) -> None:
        super().__init__()
        self._text = text

    def render_GET(self, request: Request) -> bytes:
        """As XML."""
        request.setHeader(b"content-type", XML)
        return self._text().encode()


class _Service(Resource):
    """``/axl/``.

    Args:
        entrance: Lets people in.
        application: Answers them.
    """

    log = Logger()

    def __init__(self, entrance: Entrance, application: Application) -> None:
        super().__init__()
        self._entrance, self._application = entrance, application

    def render_GET(self, request: Request) -> int:
        """Whether the service works."""
        return self._begin(request, self._status)

    def render_POST(self, request: Request) -> int:
        """SOAP."""
        return self._begin(request, self._carried_out)

    def _begin(self, request: Request, work: Callable[[Request], Deferred[bytes]]) -> int:
        request.setHeader(b"cache-control", b"no-store")
        answering = work(request)
        request.notifyFinish().addErrback(lambda _gone: answering.cancel())
        answering.addCallbacks(self._finish, self._failed, (request,), errbackArgs=(request,))
        return NOT_DONE_YET

    def _status(self, request: Request) -> Deferred[bytes]:
        async def answer() -> bytes:
            try:
                await self._entrance.enter(request)
            except RefusedError as error:
                return self._refused(request, error)
            request.setHeader(b"content-type", HTML)
            return WORKS

        return Deferred.fromCoroutine(answer())

    def _carried_out(self, request: Request) -> Deferred[bytes]:
        return Deferred.fromCoroutine(self._answer(request))

    async def _answer(self, request: Request) -> bytes:
        operation = ""
        try:
            person, access = await self._entrance.enter(request)
            asked = _asked(request)
            operation = asked.operation
            peer = str(getattr(request.getClientAddress(), "host", ""))
            body = await self._application.answer(asked, person, access, peer)
        except AXLError as error:
            code = "soap" if error.code is None else str(error.code)
            self._application.counters.faults[code] += 1
            request.setResponseCode(500)
            body = fault_document(error, operation)
        except RefusedError as error:
            return self._refused(request, error)
        request.setHeader(b"content-type", XML)
        return body

    def _refused(self, request: Request, error: RefusedError) -> bytes:
        self._application.counters.refused[str(error.status)] += 1
        request.setResponseCode(error.status, _REASONS.get(error.status))
        request.setHeader(b"content-type", TEXT)
        if error.status == 401:
            request.setHeader(b"www-authenticate", REALM)
        if error.status == 503:
            request.setHeader(b"retry-after", b"%d" % RETRY_S)
        return error.text.encode() + b"\n"

    def _finish(self, body: bytes, request: Request) -> None:
        request.setHeader(b"content-length", b"%d" % len(body))
        request.write(body)
        request.finish()

    def _failed(self, failure: Failure, request: Request) -> None:
        if failure.check(CancelledError):
            return
        self.log.failure("AXL: a request failed", failure)
        request.setResponseCode(500)
        request.setHeader(b"content-type", XML)
        error = AXLError(None, "Internal Server Error")
        self._finish(fault_document(error, ""), request)


def _asked(request: Request) -> Asked:
    content = request.content
    body = content.read(MAX_BODY + 1) if content is not None else b""
    action = (request.getHeader(b"soapaction") or b"").decode("latin-1")
    return read_request(body, action)


class _Folder(Resource):
    """A place where there is nothing but what is in it."""

    def render(self, request: Request) -> bytes:
        """Nothing."""
        page: bytes = notFound().render(request)
        return page


def axl_root(entrance: Entrance, application: Application, location: Callable[[], str]) -> Resource:
    """The root of the AXL port.

    Args:
        entrance: Lets people in.
        application: Answers them.
        location: Where ``/axl/`` is, as clients dial it.
    """

    def wsdl_of(version: str) -> _Description:
        return _Description(lambda: wsdl(version, location()))

    def schema_of(version: str) -> _Description:
        return _Description(lambda: schema(version))

    root, axl = _Folder(), _Folder()
    root.putChild(b"axl", axl)
    axl.putChild(b"", _Service(entrance, application))
    newest = VERSIONS[-1]
    axl.putChild(b"AXLAPIService.wsdl", wsdl_of(newest))
    axl.putChild(WSDL_FILE.encode(), wsdl_of(newest))
    axl.putChild(SCHEMA_FILE.encode(), schema_of(newest))
    for version in VERSIONS:
        folder = _Folder()
        axl.putChild(version.encode(), folder)
        folder.putChild(WSDL_FILE.encode(), wsdl_of(version))
        folder.putChild(SCHEMA_FILE.encode(), schema_of(version))
    return root
