"""Every table of routes; a resource is added by a module with a table, and a line here.

Spec: ``rest.md``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from finesse_tx.webservices.administration import Administration
from finesse_tx.webservices.client_logs import ClientLogs
from finesse_tx.webservices.core.routing import Family, Route
from finesse_tx.webservices.media import MediaDesk
from finesse_tx.webservices.offered import Offered
from finesse_tx.webservices.operations import Operations
from finesse_tx.webservices.routes.client_log import CLIENT_LOG
from finesse_tx.webservices.routes.configuration.config_info import CONFIG_INFO
from finesse_tx.webservices.routes.configuration.layout_config import LAYOUT_CONFIG
from finesse_tx.webservices.routes.configuration.media_properties_layout import (
    MEDIA_PROPERTIES_LAYOUT,
)
from finesse_tx.webservices.routes.configuration.phone_book import PHONE_BOOK
from finesse_tx.webservices.routes.configuration.reason_code import REASON_CODE
from finesse_tx.webservices.routes.configuration.system import SYSTEM
from finesse_tx.webservices.routes.configuration.team_assignments import TEAM_ASSIGNMENTS
from finesse_tx.webservices.routes.configuration.workflow import WORKFLOW, WORKFLOW_ACTION
from finesse_tx.webservices.routes.configuration.wrap_up_reason import WRAP_UP_REASON
from finesse_tx.webservices.routes.device import DEVICE
from finesse_tx.webservices.routes.dialog import DIALOG, AnyDialogs
from finesse_tx.webservices.routes.media import MEDIA
from finesse_tx.webservices.routes.offered import OFFERED
from finesse_tx.webservices.routes.queue import QUEUE
from finesse_tx.webservices.routes.serviceability import SERVICEABILITY
from finesse_tx.webservices.routes.system_info import SYSTEM_INFO
from finesse_tx.webservices.routes.team import TEAM
from finesse_tx.webservices.routes.team_message import TEAM_MESSAGE
from finesse_tx.webservices.routes.user import USER
from finesse_tx.webservices.serviceability import Serviceability
from finesse_tx.webservices.team_messages import Messages

__all__ = ["OF_ADMINISTRATION", "OF_OPERATIONS", "TABLES", "families"]

OF_OPERATIONS: Final[tuple[Route[Operations, Any], ...]] = (
    *SYSTEM_INFO,
    *USER,
    *DEVICE,
    *QUEUE,
    *TEAM,
    *CONFIG_INFO,
)
"""The routes whose operations are `Operations`'."""

OF_ADMINISTRATION: Final[tuple[Route[Administration, Any], ...]] = tuple(
    replace(route, is_configuration=True)
    for route in (
        *REASON_CODE,
        *WRAP_UP_REASON,
        *MEDIA_PROPERTIES_LAYOUT,
        *PHONE_BOOK,
        *WORKFLOW,
        *WORKFLOW_ACTION,
        *TEAM_ASSIGNMENTS,
        *LAYOUT_CONFIG,
        *SYSTEM,
    )
)
"""The routes whose operations are `Administration`'s."""

TABLES: Final[tuple[Route[Any, Any], ...]] = (
    *OF_OPERATIONS,
    *DIALOG,
    *MEDIA,
    *OFFERED,
    *CLIENT_LOG,
    *SERVICEABILITY,
    *OF_ADMINISTRATION,
    *TEAM_MESSAGE,
)
"""All of them, for whoever wants to know what there is."""


def families(
    operations: Operations,
    media: MediaDesk,
    offered: Offered,
    administration: Administration,
    messages: Messages,
    client_logs: ClientLogs,
    serviceability: Serviceability,
) -> tuple[Family[Any], ...]:
    """The families, each with what stands behind it."""
    return (
        Family(OF_OPERATIONS, operations),
        Family(DIALOG, AnyDialogs(operations.dialogs, media)),
        Family(MEDIA, media),
        Family(OFFERED, offered, is_live=False),
        Family(OF_ADMINISTRATION, administration, is_live=False),
        Family(TEAM_MESSAGE, messages),
        Family(CLIENT_LOG, client_logs),
        Family(SERVICEABILITY, serviceability),
    )
