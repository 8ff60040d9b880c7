"""Every table of routes; a resource is added by a module with a table, and a line here.

Spec: ``rest.md``.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.core.routing import Family, Route
from finesse_tx.webservices.operations import Operations
from finesse_tx.webservices.routes.dialog import DIALOG
from finesse_tx.webservices.routes.system_info import SYSTEM_INFO
from finesse_tx.webservices.routes.team import TEAM
from finesse_tx.webservices.routes.user import USER

__all__ = ["OF_OPERATIONS", "TABLES", "families"]

OF_OPERATIONS: Final[tuple[Route[Operations, Any], ...]] = (*SYSTEM_INFO, *USER, *DIALOG, *TEAM)
"""The routes whose operations are `Operations`'."""


TABLES: Final[tuple[Route[Any, Any], ...]] = OF_OPERATIONS
"""All of them, for whoever wants to know what there is."""


def families(operations: Operations) -> tuple[Family[Any], ...]:
    """The families, each with what stands behind it."""
    return (Family(OF_OPERATIONS, operations),)
