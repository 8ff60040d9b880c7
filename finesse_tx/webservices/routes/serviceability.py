"""How users sign in, who is there, how much goes on, maintenance.

Spec: ``rest.md`` §11 (UserAuthMode), §13.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from finesse_tx.webservices.core.routing import Asker, Call, Reply, Route
from finesse_tx.webservices.core.serviceability import (
    ConnectedUsersInfo,
    MaintenanceMode,
    MaintenanceRequest,
    PerformanceRequest,
    RuntimeConfigInfo,
    UserAuthMode,
)
from finesse_tx.webservices.serviceability import Serviceability

__all__ = ["SERVICEABILITY"]


async def get_auth_mode(running: Serviceability, call: Call[None]) -> UserAuthMode:
    """How users sign in; the same for whatever name, known or not."""
    return running.auth_mode(call.path["id"])


async def get_connected_users(running: Serviceability, _call: Call[None]) -> ConnectedUsersInfo:
    """Who is connected, and with what."""
    return running.connected()


async def get_runtime_config(running: Serviceability, _call: Call[None]) -> RuntimeConfigInfo:
    """How much goes on at this node."""
    return running.runtime()


async def get_maintenance(running: Serviceability, _call: Call[None]) -> MaintenanceMode:
    """How far maintenance is."""
    return running.maintenance()


async def put_maintenance(running: Serviceability, call: Call[MaintenanceRequest]) -> None:
    """Begin maintenance: wait until everybody has left."""
    running.begin_maintenance(call.person.login_id)


async def post_performance(running: Serviceability, call: Call[PerformanceRequest]) -> Reply:
    """Read a figure of this process by the name of a Java bean's attribute."""
    asked = call.body
    value = running.attribute(asked.type, asked.mbean, asked.attribute)
    answer = {"request": asked, "value": value, "status": 200}
    return Reply(msgspec.json.encode(answer), content_type="application/json")


_ADMINISTRATOR: Final = (Asker.ADMINISTRATOR,)
_COMMON: Final[dict[str, Any]] = {"needs_service": False}

SERVICEABILITY: Final[tuple[Route[Serviceability, Any], ...]] = (
    Route(
        "GET",
        "/UserAuthMode/{id}",
        (Asker.ANYBODY,),
        get_auth_mode,
        response=UserAuthMode,
        refusals=(403,),
        **_COMMON,
    ),
    Route(
        "GET",
        "/ConnectedUsersInfo",
        _ADMINISTRATOR,
        get_connected_users,
        response=ConnectedUsersInfo,
        **_COMMON,
    ),
    Route(
        "GET",
        "/RuntimeConfigInfo",
        _ADMINISTRATOR,
        get_runtime_config,
        response=RuntimeConfigInfo,
        **_COMMON,
    ),
    Route(
        "GET",
        "/MaintenanceMode",
        _ADMINISTRATOR,
        get_maintenance,
        response=MaintenanceMode,
        **_COMMON,
    ),
    Route(
        "PUT",
        "/MaintenanceMode",
        _ADMINISTRATOR,
        put_maintenance,
        request=MaintenanceRequest,
        status=202,
        **_COMMON,
    ),
    Route(
        "POST",
        "/performance",
        _ADMINISTRATOR,
        post_performance,
        request=PerformanceRequest,
        refusals=(403,),
        media_type="application/json",
        **_COMMON,
    ),
)
"""The table."""
