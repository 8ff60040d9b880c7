"""Request bodies: what a client may ask of a user or a dialog, and what is wrong with it.

Unknown elements and white space are ignored, the order of elements is free, and of elements that stand twice the
last one counts.

Spec: ``rest.md`` §1.3 (parsing), §2.2 to §2.6 (User), §5 (Dialog).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.objects import Action, UserState
from finesse_tx.xmltext import XMLRefusedError, parse

__all__ = ["DialogRequest", "MakeCallRequest", "UserRequest"]

LOGIN: Final = "LOGIN"
"""The one state that is only ever asked for."""

SETTABLE: Final = {
    state.value: state for state in (UserState.READY, UserState.NOT_READY, UserState.LOGOUT)
}
"""What a client may ask for; every other state is the engine's."""

MAX_ADDRESS: Final = 63
"""GED-188 gives a device id 64 bytes, one of them the end."""


def _children(body: bytes, root: str, max_bytes: int) -> Mapping[str, str]:
    try:
        element = parse(body, max_bytes=max_bytes, max_depth=16)
    except XMLRefusedError as error:
        raise ApiError(
            400, "Bad Request", f"The body is not valid XML: {error.reason}", f"line {error.line}"
        ) from None
    if element.tag != root:
        raise ApiError(400, "Bad Request", f"The body must be a {root} element", element.tag)
    return {child.tag: (child.text or "").strip() for child in element}


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
    def parse(cls, body: bytes, max_bytes: int) -> UserRequest:
        """Read it.

        Raises:
            ApiError: 400, saying what is missing or wrong.
        """
        children = _children(body, "User", max_bytes)
        state = children.get("state")
        if not state:
            raise ApiError(400, "Parameter Missing", "State Parameter missing", "state")
        if state == LOGIN:
            return cls(None, extension=_address(children, "extension"))
        if state not in SETTABLE:
            raise ApiError(400, "Invalid Input", "Invalid State specified for user", "state")
        reason = children.get("reasonCodeId", "")
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
    def parse(cls, body: bytes, max_bytes: int) -> MakeCallRequest:
        """Read it.

        Raises:
            ApiError: 400 for a body, an action or an address that cannot be; 501 for an action that this
                platform does not have.
        """
        children = _children(body, "Dialog", max_bytes)
        if _action(children) is not Action.MAKE_CALL:
            raise ApiError(
                400,
                "Invalid Input",
                "Invalid requestedAction specified for dialog",
                "requestedAction",
            )
        request = cls(_address(children, "fromAddress"), _address(children, "toAddress"))
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
    def parse(cls, body: bytes, max_bytes: int) -> DialogRequest:
        """Read it.

        Raises:
            ApiError: 400, saying what is missing or wrong.
        """
        children = _children(body, "Dialog", max_bytes)
        action = _action(children)
        if action is Action.MAKE_CALL:
            raise ApiError(
                400,
                "Invalid Input",
                "Invalid requestedAction specified for dialog",
                "requestedAction",
            )
        return cls(action, _address(children, "targetMediaAddress"))


def _action(children: Mapping[str, str]) -> Action:
    name = children.get("requestedAction")
    if not name:
        raise ApiError(
            400, "Parameter Missing", "requestedAction Parameter missing", "requestedAction"
        )
    try:
        return Action(name)
    except ValueError:
        raise ApiError(
            400, "Invalid Input", "Invalid requestedAction specified for dialog", "requestedAction"
        ) from None


def _address(children: Mapping[str, str], name: str) -> str:
    address = children.get(name)
    if not address:
        raise ApiError(400, "Parameter Missing", f"{name} Parameter missing", name)
    if not address.isascii() or not address.isprintable() or len(address) > MAX_ADDRESS:
        raise ApiError(400, "Invalid Input", f"Invalid {name} specified", name)
    return address
