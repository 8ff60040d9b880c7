"""``/Devices``: the phones of an extension, for whoever is about to sign in there.

Spec: ``rest.md`` §2.13.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.core.objects import Devices
from finesse_tx.webservices.core.routing import Asker, Call, Route
from finesse_tx.webservices.operations import Operations

__all__ = ["DEVICE"]


async def get_devices(operations: Operations, call: Call[None]) -> Devices:
    """The phones that have a line of that extension."""
    return await operations.devices.devices(call.person, call.query.get("extension", ""))


DEVICE: Final[tuple[Route[Operations, Any], ...]] = (
    Route(
        "GET",
        "/Devices",
        (Asker.AGENT, Asker.SUPERVISOR),
        get_devices,
        response=Devices,
        refusals=(400, 404),
        query=("extension",),
    ),
)
"""The table."""
