"""``/SystemInfo``: whether this node serves; the one thing that is told to anybody.

Spec: ``rest.md`` §8.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.core.objects import SystemInfo
from finesse_tx.webservices.core.routing import Asker, Call, Route
from finesse_tx.webservices.operations import Operations

__all__ = ["SYSTEM_INFO"]


async def get_system_info(operations: Operations, _call: Call[None]) -> SystemInfo:
    """The state of the system; 200 whatever it is."""
    return operations.system_info()


SYSTEM_INFO: Final[tuple[Route[Operations, Any], ...]] = (
    Route("GET", "/SystemInfo", (Asker.ANYBODY,), get_system_info, response=SystemInfo),
)
"""The table."""
