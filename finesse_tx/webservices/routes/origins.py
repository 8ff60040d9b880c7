"""``/cfadmin/api/origins``: whose pages, besides ours, may use the web services; told, added, removed, tested.

Those of the operator's file stay; administrators add others, which are kept with the rest of the configuration.

Spec: ``rest.md`` §1.9; the original has this in its command line alone (``utils finesse cors allowed_origin``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from finesse_tx.origin_names import NotAnOriginError, as_sent
from finesse_tx.origins import Origins
from finesse_tx.webservices.administration import Administration, Step
from finesse_tx.webservices.core.administration.changes import Put, single_uri
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.administration.system import MAX_ORIGINS, CORSConfig
from finesse_tx.webservices.core.console import AllowedOrigin, AllowedOrigins, OriginCheck
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.routing import Asker, Call, Route

__all__ = ["ORIGINS", "OriginList", "following"]

NAME: Final = CORSConfig.__name__


@dataclass(frozen=True, slots=True)
class OriginList:
    """What stands behind these routes.

    Attributes:
        origins: Whose pages may; they follow the administration.
        administration: Keeps what administrators add.
    """

    origins: Origins
    administration: Administration

    @property
    def shown(self) -> AllowedOrigins:
        """All that are listed, the fixed ones first."""
        fixed = self.origins.fixed
        return AllowedOrigins(
            mode=self.origins.mode,
            maximum=MAX_ORIGINS,
            of=tuple(AllowedOrigin(origin=one, fixed=one in fixed) for one in self.origins.listed),
        )


def following(origins: Origins, administration: Administration) -> OriginList:
    """Let the origins follow what administrators configure, from now on."""

    def follow(settings: Settings) -> None:
        found = settings.single(CORSConfig)
        origins.allow(found.allowed_origins if found is not None else ())

    administration.follow(follow)
    return OriginList(origins, administration)


async def get_origins(here: OriginList, _call: Call[None]) -> AllowedOrigins:
    """Which origins are listed, and whether the mode goes by them."""
    return here.shown


async def add_origin(here: OriginList, call: Call[AllowedOrigin]) -> AllowedOrigins:
    """Allow one more origin."""
    origin = _named(call.body.origin)

    def decide() -> Step:
        if origin in here.origins.listed:
            where = "web.cors_origins" if origin in here.origins.fixed else "the list"
            raise _refused(f"{origin} is in {where} already")
        if len(here.origins.added) >= MAX_ORIGINS:
            raise _refused(f"There may be {MAX_ORIGINS} origins; remove one first")
        return _step("POST", here, (*here.origins.added, origin))

    await here.administration.change(call, decide)
    return here.shown


async def remove_origin(here: OriginList, call: Call[None]) -> AllowedOrigins:
    """Allow an origin no longer: the one in ``origin``."""
    origin = _named(call.query.get("origin", ""))

    def decide() -> Step:
        if origin not in here.origins.added:
            if origin in here.origins.fixed:
                raise _refused(
                    f"{origin} is in web.cors_origins, in the server's own file: take it out there"
                )
            raise ApiError(404, "Not Found", f"{origin} is not in the list", "origin")
        return _step("DELETE", here, tuple(one for one in here.origins.added if one != origin))

    await here.administration.change(call, decide)
    return here.shown


async def check_origin(here: OriginList, call: Call[None]) -> OriginCheck:
    """Say whether pages of an origin may use the web services."""
    origin = call.query.get("origin", "").strip()
    allowed, reason = here.origins.judged(origin)
    return OriginCheck(origin, allowed, here.origins.mode, reason)


def _named(text: str) -> str:
    try:
        return as_sent(text.strip())
    except NotAnOriginError as error:
        raise _refused(str(error)) from None


def _refused(reason: str) -> ApiError:
    return ApiError(400, "Invalid Input", reason, "origin")


def _step(action: str, here: OriginList, wanted: tuple[str, ...]) -> Step:
    """The list as it is to be; an empty one is none."""
    before = here.administration.settings.single(CORSConfig)
    after = CORSConfig(allowed_origins=wanted) if wanted else None
    return Step(action, single_uri(NAME), Put(NAME, after), before, after)


_LISTED: Final[dict[str, Any]] = {
    "response": AllowedOrigins,
    "needs_service": False,
    "is_configuration": True,
}
_ADMINISTRATOR: Final = (Asker.ADMINISTRATOR,)

ORIGINS: Final[tuple[Route[OriginList, Any], ...]] = (
    Route("GET", "/origins", _ADMINISTRATOR, get_origins, **_LISTED),
    Route(
        "POST", "/origins", _ADMINISTRATOR, add_origin, AllowedOrigin, refusals=(400,), **_LISTED
    ),
    Route(
        "DELETE",
        "/origins",
        _ADMINISTRATOR,
        remove_origin,
        refusals=(400, 404),
        query=("origin",),
        **_LISTED,
    ),
    Route(
        "GET",
        "/origin",
        _ADMINISTRATOR,
        check_origin,
        response=OriginCheck,
        query=("origin",),
        needs_service=False,
    ),
)
"""The table, below ``/cfadmin/api``."""
