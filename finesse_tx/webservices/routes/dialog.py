"""``/Dialog``: one call, and what its participants do with it.

Spec: ``rest.md`` §5.1, §5.2.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.core.dialog_requests import DialogBody, DialogRequest
from finesse_tx.webservices.core.objects import Dialog
from finesse_tx.webservices.core.routing import Asker, Call, Route
from finesse_tx.webservices.operations import Operations

__all__ = ["DIALOG"]


async def get_dialog(operations: Operations, call: Call[None]) -> Dialog:
    """The dialog, for its participants, their supervisors and administrators."""
    return operations.dialogs.dialog(call.person, call.path["id"])


async def put_dialog(operations: Operations, call: Call[DialogBody]) -> None:
    """Act on the dialog; 202, then the event."""
    wanted = DialogRequest.of(call.body)
    operations.dialogs.act(call.person, call.path["id"], wanted, call.request_id)


DIALOG: Final[tuple[Route[Operations, Any], ...]] = (
    Route(
        "GET",
        "/Dialog/{id}",
        (Asker.PARTICIPANT, Asker.SUPERVISOR, Asker.ADMINISTRATOR),
        get_dialog,
        response=Dialog,
        refusals=(404,),
    ),
    Route(
        "PUT",
        "/Dialog/{id}",
        (Asker.PARTICIPANT,),
        put_dialog,
        request=DialogBody,
        status=202,
        refusals=(404, 501),
    ),
)
"""The table."""
