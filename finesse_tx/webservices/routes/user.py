"""``/User``: a person, its state, its dialogs and its reason codes.

Spec: ``rest.md`` §2.2 to §2.7, §5.3, §5.4.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.webservices.core.dialog_requests import CallRequest, DialogBody
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.objects import (
    Action,
    Dialogs,
    ReasonCodes,
    User,
    Users,
)
from finesse_tx.webservices.core.requests import UserBody, UserRequest
from finesse_tx.webservices.core.routing import Asker, Call, Route
from finesse_tx.webservices.operations import Operations

__all__ = ["USER"]


async def get_user(operations: Operations, call: Call[None]) -> User:
    """The user, for itself, its supervisors and administrators."""
    return operations.users.user(call.person, call.path["id"])


async def put_user(operations: Operations, call: Call[UserBody]) -> None:
    """Sign in, sign out, or change the state; 202, then the event."""
    request = UserRequest.of(call.body)
    login_id = call.path["id"]
    if request.state is None:
        device = None
        if request.device_id:
            device = await operations.devices.chosen(request.extension, request.device_id)
        operations.users.sign_in(
            call.person,
            login_id,
            request.extension,
            call.password,
            call.request_id,
            is_mobile=request.is_mobile,
            device=device,
        )
    else:
        operations.users.change_state(
            call.person, login_id, request.state, request.reason_code_id, call.request_id
        )


async def get_dialogs(operations: Operations, call: Call[None]) -> Dialogs:
    """The user's voice dialogs; with another ``type`` there are none."""
    dialogs = operations.dialogs.dialogs(call.person, call.path["id"])
    is_voice = call.query.get("type", "voice").lower() == "voice"
    return dialogs if is_voice else Dialogs(())


async def get_users(operations: Operations, _call: Call[None]) -> Users:
    """Everyone who can sign in to a phone, with their states."""
    return operations.users.users()


async def post_dialog(operations: Operations, call: Call[DialogBody]) -> None:
    """Make a call, listen in on an agent's, or join it; 202, then the event, which has the dialog's id."""
    wanted = CallRequest.of(call.body)
    begin = {
        Action.MAKE_CALL: operations.dialogs.make_call,
        Action.SILENT_MONITOR: operations.supervision.silent_monitor,
        Action.BARGE_CALL: operations.supervision.barge,
    }
    begin[wanted.action](call.person, call.path["id"], wanted, call.request_id)


async def get_reason_codes(operations: Operations, call: Call[None]) -> ReasonCodes:
    """The reason codes of one category that the user may choose from."""
    category = call.query.get("category", "")
    if category not in {"NOT_READY", "LOGOUT"}:
        raise ApiError(400, "Invalid Input", "The category is NOT_READY or LOGOUT", "category")
    return operations.users.reason_codes(call.person, call.path["id"], category)


SEEN_BY: Final = (Asker.SELF, Asker.SUPERVISOR, Asker.ADMINISTRATOR)

USER: Final[tuple[Route[Operations, Any], ...]] = (
    Route("GET", "/User/{id}", SEEN_BY, get_user, response=User, refusals=(404,)),
    Route(
        "PUT",
        "/User/{id}",
        (Asker.SELF, Asker.SUPERVISOR),
        put_user,
        request=UserBody,
        status=202,
        refusals=(404,),
    ),
    Route("GET", "/Users", (Asker.ADMINISTRATOR,), get_users, response=Users),
    Route(
        "GET",
        "/User/{id}/Dialogs",
        SEEN_BY,
        get_dialogs,
        response=Dialogs,
        refusals=(404,),
        query=("type",),
    ),
    Route(
        "POST",
        "/User/{id}/Dialogs",
        (Asker.SELF,),
        post_dialog,
        request=DialogBody,
        status=202,
        refusals=(404,),
    ),
    Route(
        "GET",
        "/User/{id}/ReasonCodes",
        (Asker.SELF, Asker.ADMINISTRATOR),
        get_reason_codes,
        response=ReasonCodes,
        refusals=(400, 404),
        query=("category",),
    ),
)
"""The table."""
