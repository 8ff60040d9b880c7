"""``/Dialog``: one call or task, and what its participants do with it.

The ids of tasks have underscores, those of calls have none.

Spec: ``rest.md`` §4.1, §5.1, §5.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from finesse_tx.webservices.core.dialog_requests import DialogBody, DialogRequest
from finesse_tx.webservices.core.media_requests import TaskRequest
from finesse_tx.webservices.core.objects import Dialog
from finesse_tx.webservices.core.routing import Asker, Call, Route
from finesse_tx.webservices.media import MediaDesk
from finesse_tx.webservices.operations.dialogs import DialogOperations

__all__ = ["DIALOG", "AnyDialogs"]


@dataclass(frozen=True, slots=True)
class AnyDialogs:
    """Calls and tasks.

    Attributes:
        calls: Those of voice.
        tasks: Those of other media.
    """

    calls: DialogOperations
    tasks: MediaDesk


async def get_dialog(dialogs: AnyDialogs, call: Call[None]) -> Dialog:
    """The dialog, for its participants, their supervisors and administrators."""
    dialog_id = call.path["id"]
    if "_" in dialog_id:
        return dialogs.tasks.dialog(call.person, dialog_id)
    return dialogs.calls.dialog(call.person, dialog_id)


async def put_dialog(dialogs: AnyDialogs, call: Call[DialogBody]) -> None:
    """Act on the dialog; 202, then the event."""
    dialog_id = call.path["id"]
    if "_" in dialog_id:
        wanted = TaskRequest.of(call.body)
        dialogs.tasks.act(call.person, dialog_id, wanted, call.request_id)
    else:
        asked = DialogRequest.of(call.body)
        dialogs.calls.act(call.person, dialog_id, asked, call.request_id)


DIALOG: Final[tuple[Route[AnyDialogs, Any], ...]] = (
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
