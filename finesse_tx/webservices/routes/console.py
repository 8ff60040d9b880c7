"""``/cfadmin/api``: what only the administration console asks. Its sessions are `finesse_tx.admin`'s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from finesse_tx.interfaces import IAdministrationRecords
from finesse_tx.origins import Origins
from finesse_tx.store.core.errors import StoreError
from finesse_tx.webservices.core.console import (
    MAX_AUDIT,
    AuditLog,
    LayoutCheck,
    OriginCheck,
    checked,
    shown,
)
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.reading import invalid
from finesse_tx.webservices.core.routing import Asker, Call, Route, number_of

__all__ = ["CONSOLE", "ConsoleFacts"]


@dataclass(frozen=True, slots=True)
class ConsoleFacts:
    """What stands behind these routes.

    Attributes:
        records: Where changes are kept.
        origins: Whose pages may use the web services.
    """

    records: IAdministrationRecords
    origins: Origins


async def check_layout(_facts: ConsoleFacts, call: Call[None]) -> LayoutCheck:
    """Say what is wrong with a desktop layout, and change nothing; the body is the XML."""
    try:
        text = call.raw.decode()
    except UnicodeDecodeError as error:
        line = call.raw.count(b"\n", 0, error.start) + 1
        return LayoutCheck(line, "this is not UTF-8")
    return checked(text)


async def get_audit(facts: ConsoleFacts, call: Call[None]) -> AuditLog:
    """The latest changes of the configuration: ``about`` is what their paths begin with, ``before`` an id."""
    before = call.query.get("before", "")
    if before and number_of(before) < 0:
        raise invalid("before")
    try:
        found = await facts.records.latest(
            call.query.get("about", ""), number_of(before) if before else None, MAX_AUDIT
        )
    except StoreError as error:
        raise ApiError(503, "Service Unavailable", str(error)) from None
    return AuditLog(tuple(shown(number, entry) for number, entry in found))


async def check_origin(facts: ConsoleFacts, call: Call[None]) -> OriginCheck:
    """Say whether pages of an origin may use the web services."""
    origin = call.query.get("origin", "").strip()
    allowed, reason = facts.origins.judged(origin)
    return OriginCheck(origin, allowed, facts.origins.mode, reason)


_COMMON: Final[dict[str, Any]] = {"needs_service": False}

CONSOLE: Final[tuple[Route[ConsoleFacts, Any], ...]] = (
    Route(
        "POST",
        "/layout/check",
        (Asker.ADMINISTRATOR,),
        check_layout,
        response=LayoutCheck,
        media_type="application/xml",
        **_COMMON,
    ),
    Route(
        "GET",
        "/audit",
        (Asker.ADMINISTRATOR,),
        get_audit,
        response=AuditLog,
        refusals=(400,),
        query=("about", "before"),
        **_COMMON,
    ),
    Route(
        "GET",
        "/origin",
        (Asker.ADMINISTRATOR,),
        check_origin,
        response=OriginCheck,
        query=("origin",),
        **_COMMON,
    ),
)
"""The table, below ``/cfadmin/api``."""
