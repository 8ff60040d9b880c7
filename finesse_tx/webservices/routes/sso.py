"""``/desktop/sso``: the local issuer of single sign-on, for browsers and for programs.

    GET  /desktop/sso/token    the tokens of whoever is signed in here, or of HTTP Basic; browsers are sent to /login
    POST /desktop/sso/token    another access token for a refresh token
    POST /desktop/sso/revoke   take a token back, with all that came of the same sign-in; the sign-in here ends too
    GET  /desktop/sso/login    the page that asks for a password, and POST what it sends
    GET  /desktop/sso/test     whether it works, told to the page that opened this one

Who is signed in here is known by a cookie that no script reads and no other site's page sends. There is no
``/desktop/sso/authcode``: a code travels between two servers, and here are no two.

Spec: ``rest.md`` §11; RFC 6749 §5, RFC 6750 §3.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request
from typing_extensions import override

from finesse_tx.directory.core.errors import SignInError, TooBusyError
from finesse_tx.directory.core.records import Person
from finesse_tx.directory.core.tokens import Issued
from finesse_tx.interfaces import IAuthenticator, ITokenIssuer
from finesse_tx.webservices.core.credentials import basic
from finesse_tx.webservices.core.errors import ApiError, TooManyError
from finesse_tx.webservices.core.sso import (
    SSOError,
    TokenReply,
    form,
    login_page,
    passed_on,
    test_page,
)
from finesse_tx.webservices.routes.gate import Limits

__all__ = ["COOKIE", "MAX_FORM", "SingleSignOn"]

COOKIE: Final = b"finesse_sso"
"""Holds the refresh token of whoever is signed in here."""

MAX_FORM: Final = 8_192
"""No form of ours is nearly as long."""

_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{}'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'self'"
)
_METHODS: Final = {
    "token": ("GET", "POST"),
    "revoke": ("POST",),
    "login": ("GET", "POST"),
    "test": ("GET",),
}


class _RefusedError(Exception):
    """What a program reads about a refusal."""

    def __init__(self, status: int, error: str, description: str, retry_after_s: int = 0) -> None:
        super().__init__(status, error, description)
        self.status, self.body = status, SSOError(error, description)
        self.retry_after_s = retry_after_s


_DISABLED: Final = (403, "access_denied", "Single sign-on is not enabled")
_NOT_THEIRS: Final = (403, "access_denied", "Single sign-on is not enabled for this user")
_INVALID: Final = (401, "invalid_grant", "The token is unknown, expired or revoked")
_WRONG: Final = (401, "access_denied", "Unknown user name or wrong password")
_TOO_MANY: Final = (429, "temporarily_unavailable", "Too many requests")
_BUSY: Final = (503, "temporarily_unavailable", "Too many passwords are waiting to be checked")


class SingleSignOn(Resource):
    """The resource at ``/desktop/sso``.

    Args:
        authenticator: Checks passwords.
        tokens: Issues tokens; None where there is no single sign-on.
        realm: The domain of everybody's name.
        nonce: Makes a text that nobody guesses.
        limits: How many requests people and addresses may send, here and to the REST API together; None for any number.
    """

    isLeaf = True
    log = Logger()

    def __init__(
        self,
        authenticator: IAuthenticator,
        tokens: ITokenIssuer | None,
        realm: str,
        nonce: Callable[[], str],
        limits: Limits | None = None,
    ) -> None:
        super().__init__()
        self._limits = limits
        self._authenticator, self._tokens = authenticator, tokens
        self._realm, self._nonce = realm, nonce

    @override
    def render(self, request: Request) -> int | bytes:
        name = b"/".join(part for part in request.postpath or () if part).decode(errors="replace")
        if name not in _METHODS:
            return _say(request, 404, b"", "text/plain")
        request.setHeader(b"cache-control", b"no-store")
        request.setHeader(b"referrer-policy", b"no-referrer")
        method = request.method.decode(errors="replace")
        method = "GET" if method == "HEAD" else method
        if method not in _METHODS[name]:
            request.setResponseCode(200 if method == "OPTIONS" else 405)
            allowed = [*_METHODS[name], *(["HEAD"] if "GET" in _METHODS[name] else []), "OPTIONS"]
            request.setHeader(b"allow", ",".join(allowed).encode())
            return b""
        if self._tokens is None:
            return _say(request, *_said(_RefusedError(*_DISABLED)))
        operation = getattr(self, f"_{method.lower()}_{name}")
        answering = Deferred.fromCoroutine(self._answer(request, operation, self._tokens))
        request.notifyFinish().addErrback(lambda _gone: answering.cancel())
        answering.addErrback(self._failed, request)
        return NOT_DONE_YET

    async def _answer(
        self,
        request: Request,
        operation: Callable[[Request, ITokenIssuer], Coroutine[Any, Any, bytes]],
        tokens: ITokenIssuer,
    ) -> None:
        try:
            if self._limits is not None:
                peer = getattr(request.getClientAddress(), "host", "")
                _admitted(self._limits.admit_address, peer)
            body = await operation(request, tokens)
        except _RefusedError as error:
            if error.status == 401:
                request.setHeader(b"www-authenticate", b'Bearer realm="Finesse"')
            _say_when(request, error)
            body = _say(request, *_said(error))
        if request.method != b"HEAD":
            request.write(body)
        request.finish()

    def _failed(self, failure: Failure, request: Request) -> None:
        if failure.check(CancelledError):
            return  # the client is gone
        self.log.failure("single sign-on failed", failure)
        request.write(_say(request, *_said(_RefusedError(500, "server_error", "Internal error"))))
        request.finish()

    # For programs -----------------------------------------------------------------------------------------------

    async def _get_token(self, request: Request, tokens: ITokenIssuer) -> bytes:
        asked = form(request.uri.partition(b"?")[2])
        if request.getHeader("authorization"):
            return self._told(request, await self._by_password(request, tokens), asked)
        issued = self._signed_in(request, tokens)
        expected = asked.get("cc_username") or _cookie(request, b"cc_username")
        names = {issued.person.login_id, issued.person.login_name} if issued else set()
        if issued is None or (
            expected and expected.casefold() not in {name.casefold() for name in names}
        ):
            query = passed_on(asked | ({"cc_username": expected} if expected else {}))
            return _redirect(request, 302, f"/desktop/sso/login{query}")
        return self._told(request, issued, asked)

    async def _post_token(self, request: Request, tokens: ITokenIssuer) -> bytes:
        sent = _form(request)
        if not sent.get("refresh-token"):
            raise _RefusedError(400, "invalid_request", "refresh-token is missing")
        try:
            issued = tokens.refresh(sent["refresh-token"], sent.get("token", ""))
        except SignInError:
            raise _RefusedError(*_INVALID) from None
        self._admit(issued.person)
        return self._told(request, issued, form(request.uri.partition(b"?")[2]))

    async def _post_revoke(self, request: Request, tokens: ITokenIssuer) -> bytes:
        sent = _form(request)
        token = sent.get("token") or _cookie(request, COOKIE)
        if not token:
            raise _RefusedError(400, "invalid_request", "token is missing")
        with suppress(SignInError):  # as RFC 7009 has it: what is no token need not be taken back
            await tokens.revoke(token)
        _set_cookie(request, b"", 0)
        return _say(request, 200, b"", "text/plain")

    def _told(self, request: Request, issued: Issued, asked: dict[str, str]) -> bytes:
        name = issued.person.login_name
        has_user = asked.get("return_user") == "yes"
        reply = TokenReply(
            issued.access,
            issued.expires_in_s,
            issued.refresh if asked.get("return_refresh_token") == "true" else UNSET,
            name if has_user else UNSET,
            self._realm if has_user else UNSET,
            f"{name}@{self._realm}" if has_user else UNSET,
        )
        return _say(request, 200, *_json(reply))

    async def _by_password(self, request: Request, tokens: ITokenIssuer) -> Issued:
        try:
            username, password = basic(request.getHeader("authorization"))
        except ApiError:
            raise _RefusedError(*_WRONG) from None
        return self._issue(tokens, await self._authenticate(username, password))

    async def _authenticate(self, username: str, password: str) -> Person:
        try:
            return await self._authenticator.authenticate(username, password)
        except TooBusyError:
            raise _RefusedError(*_BUSY) from None
        except SignInError:
            raise _RefusedError(*_WRONG) from None

    def _admit(self, person: Person) -> None:
        if self._limits is not None:
            _admitted(self._limits.admit_person, person.login_id)

    def _issue(self, tokens: ITokenIssuer, person: Person) -> Issued:
        self._admit(person)
        issued = tokens.issue(person)
        if issued is None:
            raise _RefusedError(*_NOT_THEIRS)
        return issued

    # For browsers -----------------------------------------------------------------------------------------------

    async def _get_login(self, request: Request, _tokens: ITokenIssuer) -> bytes:
        asked = form(request.uri.partition(b"?")[2])
        return self._page(request, 200, login_page(passed_on(asked), asked.get("cc_username", "")))

    async def _post_login(self, request: Request, tokens: ITokenIssuer) -> bytes:
        sent, asked = _form(request), form(request.uri.partition(b"?")[2])
        username = sent.get("username", "")
        try:
            person = await self._authenticate(username, sent.get("password", ""))
            issued = self._issue(tokens, person)
        except _RefusedError as error:
            _say_when(request, error)
            page = login_page(passed_on(asked), username, error.body.error_description)
            return self._page(request, error.status, page)
        _set_cookie(request, issued.refresh.encode(), issued.refresh_in_s)
        asked.pop("cc_username", None)  # whoever has signed in is meant
        return _redirect(request, 303, f"/desktop/sso/token{passed_on(asked)}")

    async def _get_test(self, request: Request, tokens: ITokenIssuer) -> bytes:
        works = self._signed_in(request, tokens) is not None
        request.addCookie(b"ssotest", b"true" if works else b"false", path=b"/desktop/sso")
        nonce = self._nonce()
        page = test_page(nonce, works=works, message="" if works else "Nobody is signed in")
        return self._page(request, 200, page, nonce)

    def _signed_in(self, request: Request, tokens: ITokenIssuer) -> Issued | None:
        try:
            return tokens.refresh(_cookie(request, COOKIE))
        except SignInError:
            return None

    def _page(self, request: Request, status: int, page: bytes, nonce: str = "") -> bytes:
        policy = _POLICY.format(nonce or self._nonce())
        request.setHeader(b"content-security-policy", policy.encode())
        request.setHeader(b"x-content-type-options", b"nosniff")
        return _say(request, status, page, "text/html; charset=utf-8")


def _admitted(admit: Callable[[str], None], client: str) -> None:
    """Let one more request of a client in, or refuse it."""
    try:
        admit(client)
    except TooManyError as error:
        raise _RefusedError(*_TOO_MANY, retry_after_s=error.retry_after_s or 0) from None


def _say_when(request: Request, error: _RefusedError) -> None:
    """Tell whoever sends too much when to come again."""
    if error.retry_after_s:
        request.setHeader(b"retry-after", b"%d" % error.retry_after_s)


def _form(request: Request) -> dict[str, str]:
    return form(request.content.read(MAX_FORM) if request.content is not None else b"")


def _json(value: Struct) -> tuple[bytes, str]:
    return msgspec.json.encode(value), "application/json"


def _said(error: _RefusedError) -> tuple[int, bytes, str]:
    return (error.status, *_json(error.body))


def _say(request: Request, status: int, body: bytes, kind: str) -> bytes:
    request.setResponseCode(status)
    request.setHeader(b"content-type", kind.encode())
    request.setHeader(b"content-length", b"%d" % len(body))
    return body


def _redirect(request: Request, status: int, where: str) -> bytes:
    request.setHeader(b"location", where.encode())
    return _say(request, status, b"", "text/plain")


def _cookie(request: Request, name: bytes) -> str:
    found: bytes = request.getCookie(name) or b""
    return found.decode("latin-1")


def _set_cookie(request: Request, value: bytes, max_age_s: int) -> None:
    request.addCookie(
        COOKIE,
        value,
        max_age=b"%d" % max_age_s,
        path=b"/desktop/sso",
        secure=request.isSecure(),
        httpOnly=True,
        sameSite=b"lax",
    )
