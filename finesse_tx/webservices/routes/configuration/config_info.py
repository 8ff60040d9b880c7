"""``/ConfigInfo``: what this server is.

Spec: ``rest.md`` §12.2, which has recovered no more than that it is "platform facts (deployment, versions)"; the
elements are ours.
"""

from __future__ import annotations

from typing import Any, Final

import finesse_tx
from finesse_tx.webservices.core.administration.system import ConfigInfo
from finesse_tx.webservices.core.routing import Asker, Call, Route
from finesse_tx.webservices.operations import Operations

__all__ = ["CONFIG_INFO"]


async def get_config_info(operations: Operations, _call: Call[None]) -> ConfigInfo:
    """What this server is: its deployment, its version, the version of its CTI link."""
    info = operations.system_info()
    return ConfigInfo(
        cti_version=info.cti_version,
        deployment_type=info.deployment_type,
        version=finesse_tx.__version__,
    )


CONFIG_INFO: Final[tuple[Route[Operations, Any], ...]] = (
    Route(
        "GET",
        "/ConfigInfo",
        (Asker.ADMINISTRATOR,),
        get_config_info,
        response=ConfigInfo,
        needs_service=False,
    ),
)
"""The table."""
