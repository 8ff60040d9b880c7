"""Who may have something fetched: a gadget with a valid security token, or a page of ours with somebody's Authorization.

Spec: ``gadgets.md`` §13; ``docs/outbound_fetches.rst``, "Who may ask".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple, Protocol

from twisted.web.server import Request

from finesse_tx.directory.core.errors import SignInError, TooBusyError
from finesse_tx.directory.core.records import Person, Role
from finesse_tx.gadgets.core.proxied import AskedError
from finesse_tx.gadgets.core.tokens import TokenSigner
from finesse_tx.interfaces import IAuthenticator, ITokens
from finesse_tx.webservices.core.credentials import basic, bearer
from finesse_tx.webservices.core.errors import ApiError

__all__ = ["TOKEN_HEADER", "Admission", "Admitted", "Rated"]

TOKEN_HEADER: Final = "x-shindig-st"  # noqa: S105  # a header's name
"""Where a gadget may show its token, besides the parameter ``st``."""


class Rated(Protocol):
    """What counts requests."""

    def admit_person(self, login_id: str) -> None:
        """One more of a person; `ApiError` for one too many."""

    def admit_address(self, address: str) -> None:
        """One more of an address; `ApiError` for one too many."""


class Admitted(NamedTuple):
    """Who asks.

    Attributes:
        viewer: Whose browser it is, by login id; empty: of nobody that we know.
        gadget: The URL of the gadget's specification.
        container: The page around it.
        token: A newer token for it; empty: none is needed.
    """

    viewer: str
    gadget: str
    container: str
    token: str


class Admission:
    """Says who asks, or refuses.

    Args:
        signer: Reads security tokens.
        authenticator: Checks passwords.
        tokens: Checks access tokens; None where there is no single sign-on.
        limits: Counts requests.
        knows: Whether there is somebody of that login id: tokens of people who are gone count no more.
        now: Seconds since the epoch.
        takes: Whether tokens of a gadget are taken here, by its URL.
        by_token_alone: Whether nothing but a token will do, whatever is asked.
    """

    def __init__(
        self,
        signer: TokenSigner,
        authenticator: IAuthenticator,
        tokens: ITokens | None,
        limits: Rated,
        knows: Callable[[str], bool],
        now: Callable[[], float],
        takes: Callable[[str, Request], bool] = lambda _gadget, _request: True,
        *,
        by_token_alone: bool = False,
    ) -> None:
        self._signer, self._authenticator, self._tokens = signer, authenticator, tokens
        self._limits, self._knows, self._now = limits, knows, now
        self._takes, self._by_token_alone = takes, by_token_alone

    async def admit(
        self,
        request: Request,
        parameters: Mapping[str, str],
        *,
        is_own: bool = False,
        by_token: bool = True,
    ) -> Admitted:
        """Look who asks.

        Args:
            request: What was sent.
            parameters: What it says.
            is_own: Whether it asks this server itself, which looks at who asks by what the gadget sends along.
            by_token: Whether a security token will do.

        Raises:
            AskedError: 401 or 403: not known, or not from a page of ours; 429; 503.
        """
        with _refusing():
            if not is_own:  # which counts for itself
                self._count(request)
            found = await self._admitted(request, parameters, is_own, by_token)
            if found.viewer and not is_own:
                self._limits.admit_person(found.viewer)
        return found

    async def admit_administrator(self, request: Request, *, or_anybody: bool) -> None:
        """Look whether an administrator asks, and not a page of another origin.

        Args:
            request: What was sent.
            or_anybody: Whether anybody else will do, too.

        Raises:
            AskedError: 401 or 403: nobody, or somebody else; 429; 503.
        """
        with _refusing():
            self._count(request)
            if _is_foreign(request):
                raise AskedError(403, "Pages of other origins may not ask that")
            header = request.getHeader("authorization")
            if or_anybody:
                return
            if not header:
                raise AskedError(401, "An administrator's user name and password are needed")
            person = await self._who(header)
            self._limits.admit_person(person.login_id)
            if Role.ADMINISTRATOR not in person.roles:
                raise AskedError(403, "Only administrators may ask that")

    def _count(self, request: Request) -> None:
        self._limits.admit_address(getattr(request.getClientAddress(), "host", ""))

    async def _admitted(
        self, request: Request, parameters: Mapping[str, str], is_own: bool, by_token: bool
    ) -> Admitted:
        shown = (parameters.get("st") or request.getHeader(TOKEN_HEADER) or "") if by_token else ""
        now = self._now()
        grant = self._signer.read(shown, now) if shown else None
        is_known = grant is not None and bool(grant.viewer) and self._knows(grant.viewer)
        if grant is not None and is_known and self._takes(grant.gadget, request):
            return Admitted(
                grant.viewer, grant.gadget, grant.container, self._signer.renewed(grant, now)
            )
        if self._by_token_alone:
            raise AskedError(403, "A valid security token of an isolated gadget is needed")
        gadget = parameters.get("gadget", "")
        container = parameters.get("container") or parameters.get("synd") or "default"
        if is_own and not _is_foreign(request):
            return Admitted("", gadget, container, "")
        header = request.getHeader("authorization")
        if not header or not _is_ours(request):
            raise AskedError(403, "A valid security token is needed")
        return Admitted((await self._who(header)).login_id, gadget, container, "")

    async def _who(self, header: str) -> Person:
        if self._tokens is not None and (token := bearer(header)):
            return self._tokens.person(token)
        username, password = basic(header)
        return await self._authenticator.authenticate(username, password)


@contextmanager
def _refusing() -> Iterator[None]:
    """What others raise, as what is answered here."""
    try:
        yield
    except SignInError:
        raise AskedError(401, "Unknown user name, wrong password or expired token") from None
    except TooBusyError:
        raise AskedError(503, "Too many passwords are waiting to be checked") from None
    except ApiError as error:
        text = "Unknown user name or wrong password" if error.status == 401 else "Too many"
        raise AskedError(error.status, text) from None


def _is_ours(request: Request) -> bool:
    """Whether a browser says that a page of our own origin sent it."""
    site = request.getHeader("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.getHeader("origin")
    return origin is not None and origin.lower() == _origin(request)


def _is_foreign(request: Request) -> bool:
    """Whether a browser says that another origin's page sent it."""
    site = request.getHeader("sec-fetch-site") or "same-origin"
    origin = request.getHeader("origin")
    return site != "same-origin" or (origin is not None and origin.lower() != _origin(request))


def _origin(request: Request) -> str:
    scheme = "https" if request.isSecure() else "http"
    return f"{scheme}://{request.getHeader('host') or ''}".lower()
