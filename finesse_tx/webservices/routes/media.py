"""Task routing: media other than voice. It is CCE's alone in the original, and there is none here.

Whoever asks is told so, as the original tells it with CCX: 501, and nobody takes it for a wrong address.

Spec: ``rest.md`` §10 (CCE only), §1.6 (501), §5.3.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.routing import Call, Route
from finesse_tx.webservices.operations import Operations

__all__ = ["MEDIA"]


async def refuse_media(_operations: Operations, _call: Call[None]) -> None:
    """Not here: there are no media but voice.

    Raises:
        ApiError: 501, always.
    """
    raise ApiError(501, "Not Implemented", "There is no task routing here", "Media")


def _row(method: str, path: str) -> Route[Operations, Any]:
    media_type = "application/xml" if method == "PUT" else ""
    return Route(method, path, (), refuse_media, status=501, media_type=media_type)


MEDIA: Final[tuple[Route[Operations, Any], ...]] = (
    _row("GET", "/User/{id}/Media"),
    _row("PUT", "/User/{id}/Media"),
    _row("GET", "/User/{id}/Media/{mrd_id}"),
    _row("PUT", "/User/{id}/Media/{mrd_id}"),
    _row("GET", "/User/{id}/Media/{mrd_id}/Dialogs"),
    _row("GET", "/User/{id}/Dialogs/Media"),
    _row("GET", "/MediaDomain"),
    _row("GET", "/ScriptSelectors"),
)
"""The table."""
