"""Request bodies: what a client may ask of a user, and what is wrong with it.

The bodies are read as `finesse_tx.webservices.core.reading` says; each request is then made of what was read.

Spec: ``rest.md`` §1.3 (parsing), §2.2 to §2.6 (User).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from msgspec import Struct

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.objects import UserState
from finesse_tx.webservices.core.reading import invalid, missing

__all__ = ["UserBody", "UserRequest", "address"]

LOGIN: Final = "LOGIN"
"""The one state that is only ever asked for."""

SETTABLE: Final = {
    state.value: state
    for state in (UserState.READY, UserState.NOT_READY, UserState.LOGOUT, UserState.WORK)
}
"""What a client may ask for, WORK only while it talks; every other state is the engine's."""

MOBILE_MODES: Final = {"CALL_BY_CALL", "NAILED_CONNECTION"}

MAX_ADDRESS: Final = 63
"""GED-188 gives a device id 64 bytes, one of them the end."""


class MobileAgentBody(Struct, frozen=True, rename="camel"):
    """Where a mobile agent can be reached, as it may be written."""

    mode: str = ""
    dial_number: str = ""


class UserBody(Struct, frozen=True, rename="camel"):
    """The body of ``PUT /User/{id}``, as it may be written."""

    ELEMENT: ClassVar[str] = "User"

    state: str = ""
    extension: str = ""
    reason_code_id: str = ""
    active_device_id: str = ""
    mobile_agent: MobileAgentBody | None = None


@dataclass(frozen=True, slots=True)
class UserRequest:
    """The body of ``PUT /User/{id}``.

    Attributes:
        state: The wanted state; None for LOGIN.
        extension: Where to sign in; empty unless the request is a LOGIN.
        reason_code_id: The database id of a reason; None when none is given.
        is_mobile: Whether a LOGIN is that of a mobile agent.
        device_id: The phone of that extension that a LOGIN names; empty for none.
    """

    state: UserState | None
    extension: str = ""
    reason_code_id: int | None = None
    is_mobile: bool = False
    device_id: str = ""

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
            extension = address(body.extension, "extension")
            return cls(
                None,
                extension=extension,
                is_mobile=_is_mobile(body.mobile_agent),
                device_id=body.active_device_id,
            )
        if state not in SETTABLE:
            raise ApiError(400, "Invalid Input", "Invalid State specified for user", "state")
        reason = body.reason_code_id
        if reason and not (reason.isascii() and reason.isdigit() and len(reason) < 10):
            raise ApiError(
                400, "Invalid Input", "Invalid reasonCodeId specified for user", "reasonCodeId"
            )
        return cls(SETTABLE[state], reason_code_id=int(reason) if reason else None)


def _is_mobile(body: MobileAgentBody | None) -> bool:
    if body is None:
        return False
    if not body.mode:
        raise missing("mode")
    if body.mode not in MOBILE_MODES:
        raise invalid("mode")
    address(body.dial_number, "dialNumber")
    return True


def address(number: str, name: str) -> str:
    """Check a number that is dialled, or stands for a phone.

    Raises:
        ApiError: 400: it is missing, or cannot be one.
    """
    if not number:
        raise missing(name)
    if not number.isascii() or not number.isprintable() or len(number) > MAX_ADDRESS:
        raise invalid(name)
    return number
