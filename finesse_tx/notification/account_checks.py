"""What somebody else's XMPP server asks us about its accounts: whether there is one, and whether a password is right.

    GET /check_password?user=agent1&server=finesse.local&pass=secret  ->  200 true
    GET /user_exists?user=agent1&server=finesse.local                 ->  200 true

The form is MongooseIM's HTTP authentication, which Prosody's mod_auth_http speaks too; ``finesse-tx extauth`` and our
own module for Prosody use it as well, with POST, where a password stands in no URL. ``/basic`` is for Prosody's
mod_auth_http_async: the user's own name and password come as HTTP's basic credentials, and the status is the answer.

Every request shows a token: ``Authorization: Bearer TOKEN``, or basic credentials with the token as the password, or the
path begins with ``/TOKEN/``, for modules that can set no header. Lock-out is as everywhere; accounts are made, changed and
removed in the directory alone.
"""

from __future__ import annotations

import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from collections import Counter
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import parse_qs

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError, TooBusyError
from finesse_tx.interfaces import IAuthenticator
from finesse_tx.notification.core.address import local_part, login_id
from finesse_tx.notification.core.pace import Pace
from finesse_tx.notification.remote import People

__all__ = ["MAX_BODY", "WRONG_TOKENS_PER_S", "AccountChecks"]

MAX_BODY: Final = 8_192
"""No question is nearly as long."""

WRONG_TOKENS_PER_S: Final = 5.0
"""How many requests with a wrong token are looked at; beyond that nobody's are, for a while, but those with the right one."""

_QUESTIONS: Final = frozenset({"check_password", "user_exists", "basic"})
_NEVER: Final = frozenset({"register", "set_password", "remove_user", "get_password", "get_certs"})

Fields = Mapping[str, str]


class AccountChecks(Resource):
    """The root of ``listen.accounts``.

    Args:
        domain: The domain of the accounts.
        token: What a request must show.
        allowed: The networks that may ask.
        checks_per_s: How many passwords may be asked about each second.
        authenticator: Checks passwords.
        people: Who there is.
        clock: For the pace.

    Attributes:
        outcomes: How many questions had which answer: ``yes``, ``no``, or why there was none.
    """

    isLeaf = True
    log = Logger()

    def __init__(
        self,
        domain: str,
        token: str,
        allowed: Sequence[IPv4Network | IPv6Network],
        checks_per_s: float,
        authenticator: IAuthenticator,
        people: People,
        clock: IReactorTime,
    ) -> None:
        super().__init__()
        self._domain, self._token, self._allowed = domain, token.encode(), allowed
        self._authenticator, self._people, self._clock = authenticator, people, clock
        self._checks, self._wrong_tokens = Pace(checks_per_s), Pace(WRONG_TOKENS_PER_S)
        self.outcomes: Counter[str] = Counter()

    def render_GET(self, request: Request) -> bytes | int:
        """A question in the URL."""
        return self._ask(request, request.uri.partition(b"?")[2])

    def render_POST(self, request: Request) -> bytes | int:
        """A question in the body."""
        return self._ask(request, request.content.read(MAX_BODY) if request.content else b"")

    def _ask(self, request: Request, written: bytes) -> bytes | int:
        source = _source(request)
        if source is None or not any(source in network for network in self._allowed):
            return self._refuse(request, 403, "not from here")
        path = [part for part in request.uri.partition(b"?")[0].split(b"/") if part]
        question = path[-1].decode("ascii", "replace") if path else ""
        credentials = _basic(request)
        if not self._shows_token(request, path[:-1], credentials):
            is_told = self._wrong_tokens.admits(self._clock.seconds())
            return self._refuse(
                request,
                *((401, "the token is wrong") if is_told else (429, "too many wrong tokens")),
            )
        if question in _NEVER:
            return self._refuse(request, 403, "accounts are the directory's")
        if question not in _QUESTIONS:
            return self._refuse(request, 404, "there is no such question")
        fields = _fields(written)
        if question == "basic":
            user, password = credentials or ("", "")
            fields = {"user": user, "pass": password, "server": self._domain}
        if question == "user_exists":
            return _say(request, 200, self._truth(self._is_account(fields)))
        if not self._checks.admits(self._clock.seconds()):
            return self._refuse(request, 429, "too many questions")
        wrong = 401 if question == "basic" else 200
        checking = Deferred.fromCoroutine(self._check(fields))
        request.notifyFinish().addErrback(lambda _gone: checking.cancel())
        checking.addCallback(
            lambda is_right: _finish(request, 200 if is_right else wrong, self._truth(is_right))
        )
        checking.addErrback(self._failed, request)
        return NOT_DONE_YET

    def _shows_token(
        self, request: Request, before: list[bytes], credentials: tuple[str, str] | None
    ) -> bool:
        shown = [
            (request.getHeader(b"authorization") or b"").removeprefix(b"Bearer "),
            before[0] if len(before) == 1 else b"",
            credentials[1].encode() if credentials else b"",
        ]
        return any([hmac.compare_digest(one, self._token) for one in shown])  # noqa: C419 - all of them, always

    def _is_account(self, fields: Fields) -> bool:
        user = fields.get("user", "")
        return fields.get("server") == self._domain and self._people.login_id(user) is not None

    async def _check(self, fields: Fields) -> bool:
        """Whether the password is that of the person whose address it is, and not another's of that login name."""
        user = fields.get("user", "")
        if fields.get("server") != self._domain or not user:
            return False
        name = self._people.login_id(user) or login_id(user)
        try:
            person = await self._authenticator.authenticate(name, fields.get("pass", ""))
        except (BadCredentialsError, LockedOutError):
            return False
        return local_part(person.login_id) == user

    def _failed(self, failure: Failure, request: Request) -> None:
        if failure.check(CancelledError):
            return
        if failure.check(TooBusyError):
            _finish(request, 503, self._counted("too busy"))
            return
        self.log.failure("a password could not be checked", failure)
        _finish(request, 500, self._counted("the directory cannot answer"))

    def _truth(self, is_so: bool) -> str:
        self.outcomes["yes" if is_so else "no"] += 1
        return "true" if is_so else "false"

    def _refuse(self, request: Request, status: int, why: str) -> bytes:
        return _say(request, status, self._counted(why))

    def _counted(self, why: str) -> str:
        self.outcomes[why] += 1
        return why


def _source(request: Request) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(request.getClientAddress().host.partition("%")[0])
    except (AttributeError, ValueError):
        return None


def _fields(written: bytes) -> Fields:
    """A form: the first value of each field."""
    try:
        found = parse_qs(written.decode(), keep_blank_values=True, max_num_fields=10)
    except ValueError:  # no UTF-8, or too many
        return {}
    return {name: values[0] for name, values in found.items()}


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, text = (request.getHeader(b"authorization") or b"").partition(b" ")
    if kind.lower() != b"basic":
        return None
    try:
        name, _, password = b64decode(text, validate=True).decode().partition(":")
    except (Base64Error, UnicodeDecodeError):
        return None
    return name, password


def _finish(request: Request, status: int, text: str) -> None:
    request.write(_say(request, status, text))
    request.finish()


def _say(request: Request, status: int, text: str) -> bytes:
    request.setResponseCode(status)
    request.setHeader(b"content-type", b"text/plain; charset=utf-8")
    body = text.encode()
    request.setHeader(b"content-length", str(len(body)).encode())
    request.setHeader(b"cache-control", b"no-store")
    return body
