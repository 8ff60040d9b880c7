"""Request bodies: what a client may ask of a user or a dialog, and what is wrong with it.

The bodies are read as `finesse_tx.webservices.core.reading` says; each request is then made of what was read.

Spec: ``rest.md`` §1.3 (parsing), §2.2 to §2.6 (User), §5 (Dialog).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from msgspec import Struct

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.objects import Action, UserState
from finesse_tx.webservices.core.reading import invalid, missing

__all__ = ["DialogBody", "DialogRequest", "MakeCallRequest", "UserBody", "UserRequest"]

LOGIN: Final = "LOGIN"
"""The one state that is only ever asked for."""

SETTABLE: Final = {
    state.value: state for state in (UserState.READY, UserState.NOT_READY, UserState.LOGOUT)
}
"""What a client may ask for; every other state is the engine's."""

MAX_ADDRESS: Final = 63
"""GED-188 gives a device id 64 bytes, one of them the end."""


class UserBody(Struct, frozen=True, rename="camel"):
    """The body of ``PUT /User/{id}``, as it may be written."""

    ELEMENT: ClassVar[str] = "User"

    state: str = ""
    extension: str = ""
    reason_code_id: str = ""


class DialogBody(Struct, frozen=True, rename="camel"):
    """The body of ``PUT /Dialog/{id}`` and of ``POST /User/{id}/Dialogs``, as it may be written."""

    ELEMENT: ClassVar[str] = "Dialog"

    requested_action: str = ""
    target_media_address: str = ""
    from_address: str = ""
    to_address: str = ""


@dataclass(frozen=True, slots=True)
class UserRequest:
    """The body of ``PUT /User/{id}``.

    Attributes:
        state: The wanted state; None for LOGIN.
        extension: Where to sign in; empty unless the request is a LOGIN.
        reason_code_id: The database id of a reason; None when none is given.
    """

    state: UserState | None
    extension: str = ""
    reason_code_id: int | None = None

    @classmethod
    def of(cls, body: UserBody) -> UserRequest:
        """Check it.

        Raises:
            ApiError: 400, saying what is missing or wrong.
        """
        state = body.state
        if not state:
            raise ApiError(400, "Parameter Missing", "State Parameter missing", "state")
        if state == LOGIN:
            return cls(None, extension=_address(body.extension, "extension"))
        if state not in SETTABLE:
            raise ApiError(400, "Invalid Input", "Invalid State specified for user", "state")
        reason = body.reason_code_id
        if reason and not (reason.isascii() and reason.isdigit() and len(reason) < 10):
            raise ApiError(
                400, "Invalid Input", "Invalid reasonCodeId specified for user", "reasonCodeId"
            )
        return cls(SETTABLE[state], reason_code_id=int(reason) if reason else None)


@dataclass(frozen=True, slots=True)
class MakeCallRequest:
    """The body of ``POST /User/{id}/Dialogs``.

    Attributes:
        from_address: The caller's own extension.
        to_address: What to dial, passed through unchanged.
    """

    from_address: str
    to_address: str

    @classmethod
    def of(cls, body: DialogBody) -> MakeCallRequest:
        """Check it.

        Raises:
            ApiError: 400 for a body, an action or an address that cannot be; 501 for an action that this
                platform does not have.
        """
        if _action(body) is not Action.MAKE_CALL:
            raise ApiError(
                400,
                "Invalid Input",
                "Invalid requestedAction specified for dialog",
                "requestedAction",
            )
        request = cls(
            _address(body.from_address, "fromAddress"), _address(body.to_address, "toAddress")
        )
        if request.from_address == request.to_address:
            raise ApiError(
                400,
                "Invalid Destination",
                "The to and from address are the same",
                request.to_address,
            )
        return request


@dataclass(frozen=True, slots=True)
class DialogRequest:
    """The body of ``PUT /Dialog/{id}``.

    Attributes:
        action: What to do.
        target: The extension that the caller is signed in on.
    """

    action: Action
    target: str

    @classmethod
    def of(cls, body: DialogBody) -> DialogRequest:
        """Check it.

        Raises:
            ApiError: 400, saying what is missing or wrong.
        """
        action = _action(body)
        if action is Action.MAKE_CALL:
            raise ApiError(
                400,
                "Invalid Input",
                "Invalid requestedAction specified for dialog",
                "requestedAction",
            )
        return cls(action, _address(body.target_media_address, "targetMediaAddress"))


def _action(body: DialogBody) -> Action:
    name = body.requested_action
    if not name:
        raise missing("requestedAction")
    try:
        return Action(name)
    except ValueError:
        raise ApiError(
            400, "Invalid Input", "Invalid requestedAction specified for dialog", "requestedAction"
        ) from None


def _address(address: str, name: str) -> str:
    if not address:
        raise missing(name)
    if not address.isascii() or not address.isprintable() or len(address) > MAX_ADDRESS:
        raise invalid(name)
    return address
