"""``/cfadmin/api/session``: signing in at the console, and how the REST API knows who is signed in there.

    GET     {"signedIn": false}, or who it is and the token that each request must show
    POST    {"username": …, "password": …}: begin a session
    DELETE  end it

The cookie goes with requests of our own site alone (``SameSite=Strict``), and no script reads it. Only administrators
get one.

Spec: RFC 6265bis §4.1.2.7 (SameSite); `finesse_tx.admin.core.sessions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import Struct
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.admin.core.sessions import COOKIE, ConsoleSessions, Session
from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError, TooBusyError
from finesse_tx.directory.core.records import Person, Role
from finesse_tx.interfaces import IAuthenticator, IConsole, IDirectory

__all__ = ["MAX_BODY", "Console", "SessionResource"]

MAX_BODY: Final = 4_096
"""No name and password are nearly as long."""


class SignIn(Struct, forbid_unknown_fields=True):
    """What is posted.

    Attributes:
        username: As at the desktop.
        password: His.
    """

    username: str
    password: str


class SignedIn(Struct, rename="camel"):
    """Who is signed in.

    Attributes:
        signed_in: Whether anybody is; without, there is nothing else.
        login_id: Who.
        name: For people to read.
        token: What each request shows in ``X-CSRF-Token``.
    """

    signed_in: bool
    login_id: str = ""
    name: str = ""
    token: str = ""


class Refusal(Struct):
    """Why not.

    Attributes:
        error: A sentence for whoever signs in.
    """

    error: str


@implementer(IConsole)
class Console:
    """Knows by a request's two secrets which administrator it comes from.

    Args:
        sessions: All of them.
        directory: Who is an administrator now.
        clock: Ends sessions.
    """

    def __init__(
        self, sessions: ConsoleSessions, directory: IDirectory, clock: IReactorTime
    ) -> None:
        self.sessions, self._directory, self._clock = sessions, directory, clock

    def begin(self, person: Person) -> Session:
        """Begin a session of somebody whose password has been checked."""
        return self.sessions.begin(person.login_id, self._clock.seconds())

    def signed_in(self, cookie: bytes | None) -> tuple[Person, Session] | None:
        """Who a cookie is of, whatever else the request shows; None where nobody is signed in."""
        name = (cookie or b"").decode("latin-1")
        session = self.sessions.find(name, self._clock.seconds())
        if session is None:
            return None
        person = self._directory.snapshot().person(session.login_id)
        if person is None or Role.ADMINISTRATOR not in person.roles:
            self.sessions.end(session.id)
            return None
        return person, session

    def end_all_of(self, login_ids: Iterable[str]) -> None:
        """End the sessions of people who may not go on as before."""
        for login_id in login_ids:
            self.sessions.end_all_of(login_id)

    def person(self, cookie: str, token: str) -> Person | None:
        """As `IConsole` has it."""
        found = self.signed_in(cookie.encode("latin-1", "replace"))
        if found is None:
            return None
        person, session = found
        shown = self.sessions.shown(session.id, token, self._clock.seconds())
        return person if shown is not None else None


class SessionResource(Resource):
    """The resource.

    Args:
        console: Who is signed in.
        authenticator: Checks passwords.
    """

    isLeaf = True
    log = Logger()

    def __init__(self, console: Console, authenticator: IAuthenticator) -> None:
        super().__init__()
        self._console, self._authenticator = console, authenticator

    @override
    def render(self, request: Request) -> int | bytes:
        request.setHeader(b"cache-control", b"no-store")
        if request.method in {b"GET", b"HEAD"}:
            found = self._console.signed_in(request.getCookie(COOKIE))
            return _say(request, 200, _told(*found) if found else SignedIn(False))
        if request.method == b"DELETE":
            return self._end(request)
        if request.method != b"POST":
            request.setHeader(b"allow", b"GET, HEAD, POST, DELETE")
            return _say(request, 405, Refusal("Ask with GET, POST or DELETE."))
        answering = Deferred.fromCoroutine(self._begin(request))
        request.notifyFinish().addErrback(lambda _gone: answering.cancel())
        answering.addErrback(self._failed, request)
        return NOT_DONE_YET

    def _end(self, request: Request) -> bytes:
        found = self._console.signed_in(request.getCookie(COOKIE))
        if found is not None:
            person, session = found
            self._console.sessions.end(session.id)
            self.log.info("{agent} has signed out of the console", agent=person.login_id)
        _set_cookie(request, b"", max_age=b"0")
        return _say(request, 200, SignedIn(False))

    async def _begin(self, request: Request) -> None:
        status, told = await self._signed_in(request)
        request.write(_say(request, status, told))
        request.finish()

    async def _signed_in(self, request: Request) -> tuple[int, Struct]:
        content = request.content
        raw = content.read(MAX_BODY + 1) if content is not None else b""
        # A form of another site could send this body, but not with this type unless we allowed it to.
        kind = (request.getHeader("content-type") or "").partition(";")[0].strip().lower()
        if kind != "application/json":
            return 415, Refusal("Send the user name and the password as application/json.")
        try:
            sent = msgspec.json.decode(raw[:MAX_BODY], type=SignIn)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return 400, Refusal("Send a user name and a password.")
        peer = getattr(request.getClientAddress(), "host", "")
        try:
            person = await self._authenticator.authenticate(sent.username, sent.password)
        except (BadCredentialsError, LockedOutError):
            self.log.warn("{peer} was refused at the console", peer=peer)
            return 401, Refusal("The user name or the password is wrong.")
        except TooBusyError:
            return 503, Refusal("Too many people are signing in just now. Try again in a moment.")
        if Role.ADMINISTRATOR not in person.roles:
            self.log.warn("{agent} is no administrator", agent=person.login_id)
            return 403, Refusal("Only administrators can sign in here. Agents use the desktop.")
        session = self._console.begin(person)
        _set_cookie(request, session.id.encode())
        self.log.info(
            "{agent} has signed in at the console from {peer}", agent=person.login_id, peer=peer
        )
        return 200, _told(person, session)

    def _failed(self, failure: Failure, request: Request) -> None:
        if failure.check(CancelledError):
            return  # the client is gone
        self.log.failure("signing in at the console failed", failure)
        request.write(
            _say(request, 500, Refusal("The server could not do that. Its log says why."))
        )
        request.finish()


def _told(person: Person, session: Session) -> SignedIn:
    name = f"{person.first_name} {person.last_name}".strip() or person.login_name
    return SignedIn(True, person.login_id, name, session.token)


def _say(request: Request, status: int, what: Struct) -> bytes:
    body = msgspec.json.encode(what)
    request.setResponseCode(status)
    request.setHeader(b"content-type", b"application/json")
    request.setHeader(b"content-length", b"%d" % len(body))
    return b"" if request.method == b"HEAD" else body


def _set_cookie(request: Request, value: bytes, max_age: bytes | None = None) -> None:
    request.addCookie(
        COOKIE,
        value,
        path=b"/",
        max_age=max_age,
        secure=request.isSecure(),
        httpOnly=True,
        sameSite=b"strict",
    )
