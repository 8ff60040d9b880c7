"""``/User/{id}/ClientLog`` and ``/CompressedClientLog``: what browsers have written down.

Spec: ``rest.md`` §9.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.client_logs import ClientLogs
from finesse_tx.webservices.core.client_logs import ClientLog
from finesse_tx.webservices.core.forms import is_form, parts
from finesse_tx.webservices.core.reading import missing
from finesse_tx.webservices.core.routing import Asker, Call, Route

__all__ = ["CLIENT_LOG"]


async def post_client_log(logs: ClientLogs, call: Call[ClientLog]) -> None:
    """Keep what the user's browser has written down; there is no event."""
    await logs.add(call.person, call.path["id"], call.body.log_data, call.origin.peer)


async def post_compressed_client_log(logs: ClientLogs, call: Call[None]) -> None:
    """Keep a zip file of it: the first file of a form, or the body itself."""
    data = call.raw
    if is_form(call.content_type):
        data = next((content for _, content in parts(call.content_type, data)), b"")
        if not data:
            raise missing("file")
    await logs.add_compressed(call.person, call.path["id"], data)


_COMMON: Final[dict[str, Any]] = {"status": 202, "refusals": (400, 404)}

CLIENT_LOG: Final[tuple[Route[ClientLogs, Any], ...]] = (
    Route(
        "POST",
        "/User/{id}/ClientLog",
        (Asker.SELF,),
        post_client_log,
        request=ClientLog,
        **_COMMON,
    ),
    Route(
        "POST",
        "/User/{id}/CompressedClientLog",
        (Asker.SELF,),
        post_compressed_client_log,
        media_type="application/octet-stream",
        **_COMMON,
    ),
)
"""The table."""
