"""Request bodies about media other than voice, and what is wrong with them.

Spec: ``rest.md`` §5.1 (non-voice actions), §10.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from msgspec import Struct, field

from finesse_tx.tasks.core.records import MAX_LIMIT, SignIn
from finesse_tx.tasks.core.states import Action, InterruptAction, LogoutAction
from finesse_tx.webservices.core.declaration import item
from finesse_tx.webservices.core.dialog_requests import DialogBody
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.reading import invalid, missing

__all__ = ["MAX_MEDIA", "MediaBody", "MediaListBody", "MediaRequest", "TaskRequest"]

LOGIN: Final = "LOGIN"
"""The state that is only ever asked for."""

SETTABLE: Final = frozenset({LOGIN, "READY", "NOT_READY", "LOGOUT"})
"""What an agent may ask for; every other state comes of the agent's tasks."""

MAX_MEDIA: Final = 100
"""How many media one request may change."""


class MediaBody(Struct, frozen=True, rename="camel"):
    """The body of ``PUT /User/{id}/Media/{mrdId}``, as it may be written."""

    ELEMENT: ClassVar[str] = "Media"

    id: str = ""
    state: str = ""
    reason_code_id: str = ""
    routable: str = ""
    max_dialog_limit: str = ""
    interrupt_action: str = ""
    dialog_logout_action: str = ""


class MediaListBody(Struct, frozen=True):
    """The body of ``PUT /User/{id}/Media``, as it may be written."""

    ELEMENT: ClassVar[str] = "MediaList"

    media: Annotated[tuple[MediaBody, ...], item("")] = field(name="Media", default=())


@dataclass(frozen=True, slots=True)
class MediaRequest:
    """What an agent asks for in one domain.

    Attributes:
        settings: Those of a sign-in; None for anything else.
        state: READY, NOT_READY or LOGOUT; empty where only ``routable`` changes, or with a sign-in.
        reason_code_id: The database's id of a reason; None where none is given.
        routable: None where it does not change.
    """

    settings: SignIn | None = None
    state: str = ""
    reason_code_id: int | None = None
    routable: bool | None = None

    @classmethod
    def of(cls, body: MediaBody) -> MediaRequest:
        """Check it.

        Raises:
            ApiError: 400, saying what is missing or wrong.
        """
        routable = _routable(body.routable)
        if not body.state:
            if routable is None:
                raise ApiError(400, "Parameter Missing", "State Parameter missing", "state")
            return cls(routable=routable)
        if body.state not in SETTABLE:
            raise ApiError(400, "Invalid Input", "Invalid State specified for media", "state")
        if body.state == LOGIN:
            return cls(settings=_settings(body))
        reason = body.reason_code_id
        if reason and not (reason.isascii() and reason.isdigit() and len(reason) < 10):
            raise invalid("reasonCodeId")
        return cls(None, body.state, int(reason) if reason else None, routable)


def _routable(text: str) -> bool | None:
    if text not in {"", "true", "false"}:
        raise invalid("routable")
    return {"true": True, "false": False}.get(text)


def _settings(body: MediaBody) -> SignIn:
    limit = body.max_dialog_limit
    if not limit:
        raise missing("maxDialogLimit")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:3]) <= MAX_LIMIT):
        raise invalid("maxDialogLimit")
    if not body.interrupt_action:
        raise missing("interruptAction")
    if body.interrupt_action not in InterruptAction.__members__:
        raise invalid("interruptAction")
    logout = body.dialog_logout_action or LogoutAction.CLOSE.value
    if logout not in LogoutAction.__members__:
        raise invalid("dialogLogoutAction")
    return SignIn(int(limit), InterruptAction(body.interrupt_action), LogoutAction(logout))


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """What an agent does with a task.

    Attributes:
        action: What.
        target: The agent's own login id.
        to_address: Of a transfer: the script selector.
    """

    action: Action
    target: str
    to_address: str = ""

    @classmethod
    def of(cls, body: DialogBody) -> TaskRequest:
        """Check it.

        Raises:
            ApiError: 400, saying what is missing or wrong.
        """
        if not body.requested_action:
            raise missing("requestedAction")
        if body.requested_action not in Action.__members__:
            raise ApiError(
                400,
                "Invalid Input",
                "Invalid 'requestedAction' specified for task",
                "requestedAction",
            )
        if not body.target_media_address:
            raise missing("targetMediaAddress")
        action = Action(body.requested_action)
        if action is Action.TRANSFER and not body.to_address:
            raise missing("toAddress")
        return cls(action, body.target_media_address, body.to_address)
