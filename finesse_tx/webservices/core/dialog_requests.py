"""Request bodies about calls, and what is wrong with them.

Spec: ``rest.md`` §5.1 (actions), §5.4 (calls that are begun), §5.5 (call data).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final

from msgspec import Struct

from finesse_tx.webservices.core.actions import RESPONSES
from finesse_tx.webservices.core.call_data import CallData, CallDataBody, classification
from finesse_tx.webservices.core.calls import CALLBACK_CANCEL
from finesse_tx.webservices.core.declaration import item
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.objects import Action
from finesse_tx.webservices.core.reading import invalid, missing
from finesse_tx.webservices.core.requests import address

__all__ = ["BEGINNING", "CallRequest", "DialogBody", "DialogRequest"]

BEGINNING: Final = frozenset({Action.MAKE_CALL, Action.SILENT_MONITOR, Action.BARGE_CALL})
"""What begins a dialog; everything else is done to one."""

MAX_DIGITS: Final = 32
"""How many digits may be keyed at once."""

_DIALOG_URI: Final = re.compile(r"/finesse/api/Dialog/([0-9]{1,10})")
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
_NUMBER: Final = re.compile(r"[0-9*#+]{1,31}")


class ActionParam(Struct, frozen=True):
    """A parameter of an action, as it may be written."""

    name: str = ""
    value: str = ""


class DialogBody(Struct, frozen=True, rename="camel"):
    """The body of ``PUT /Dialog/{id}`` and of ``POST /User/{id}/Dialogs``, as it may be written."""

    ELEMENT: ClassVar[str] = "Dialog"

    requested_action: str = ""
    target_media_address: str = ""
    from_address: str = ""
    to_address: str = ""
    associated_dialog_uri: str = ""
    media_properties: CallDataBody | None = None
    action_params: Annotated[tuple[ActionParam, ...], item("ActionParam")] = ()


@dataclass(frozen=True, slots=True)
class CallRequest:
    """The body of ``POST /User/{id}/Dialogs``.

    Attributes:
        action: One of `BEGINNING`.
        from_address: The caller's own extension.
        to_address: What to dial, passed through unchanged; or whose call it is about.
        data: What the new call carries; None for nothing.
        associated_id: The monitoring dialog; -1 where none is needed.
    """

    action: Action
    from_address: str
    to_address: str
    data: CallData | None = None
    associated_id: int = -1

    @classmethod
    def of(cls, body: DialogBody) -> CallRequest:
        """Check it.

        Raises:
            ApiError: 400, saying what is missing or wrong.
        """
        action = _action(body, begins=True)
        from_address = address(body.from_address, "fromAddress")
        to_address = address(body.to_address, "toAddress")
        _require_other(from_address, to_address)
        associated_id = -1
        if action is Action.BARGE_CALL:
            if not body.associated_dialog_uri:
                raise missing("associatedDialogUri")
            uri = _DIALOG_URI.fullmatch(body.associated_dialog_uri)
            if uri is None:
                raise invalid("associatedDialogUri")
            associated_id = int(uri[1])
        data = CallData.of(body.media_properties) if body.media_properties else None
        return cls(action, from_address, to_address, data, associated_id)


@dataclass(frozen=True, slots=True)
class DialogRequest:
    """The body of ``PUT /Dialog/{id}``.

    Attributes:
        action: What to do.
        target: Whose part in the call it is about: the caller's own extension, or whom to take out; empty: the own.
        to_address: What to dial.
        digits: What to key.
        data: What to attach.
        responses: BAResponses, one after the other.
    """

    action: Action
    target: str = ""
    to_address: str = ""
    digits: str = ""
    data: CallData | None = None
    responses: tuple[str, ...] = ()

    @classmethod
    def of(cls, body: DialogBody) -> DialogRequest:
        """Check it.

        Raises:
            ApiError: 400, saying what is missing or wrong.
        """
        action = _action(body, begins=False)
        target = body.target_media_address
        if target or action is not Action.UPDATE_CALL_DATA:
            target = address(target, "targetMediaAddress")
        if action in {Action.CONSULT_CALL, Action.TRANSFER_SST}:
            to_address = address(body.to_address, "toAddress")
            _require_other(target, to_address)
            return cls(action, target, to_address)
        if action is Action.SEND_DTMF:
            return cls(action, target, digits=_digits(_params(body)))
        if action is Action.UPDATE_CALL_DATA:
            return cls(action, target, data=CallData.of(body.media_properties or CallDataBody()))
        say = _RESPONSES.get(action)
        return cls(action, target, responses=say(_params(body)) if say else ())


def _action(body: DialogBody, *, begins: bool) -> Action:
    if not body.requested_action:
        raise missing("requestedAction")
    try:
        action = Action(body.requested_action)
    except ValueError:
        action = None
    if action is None or begins != (action in BEGINNING):
        raise ApiError(
            400, "Invalid Input", "Invalid requestedAction specified for dialog", "requestedAction"
        )
    return action


def _require_other(own: str, to_address: str) -> None:
    if own == to_address:
        raise ApiError(
            400, "Invalid Destination", "The to and from address are the same", to_address
        )


def _params(body: DialogBody) -> Mapping[str, str]:
    return {param.name: param.value for param in body.action_params}


def _digits(params: Mapping[str, str]) -> str:
    digits = params.get("dtmfString", "")
    if not digits:
        raise missing("dtmfString")
    if len(digits) > MAX_DIGITS or not digits.isascii():
        raise invalid("dtmfString")
    return digits


def _result(params: Mapping[str, str]) -> tuple[str, ...]:
    if not params.get("outboundClassification"):
        raise missing("outboundClassification")
    return (classification(params["outboundClassification"]),)


def _callback(params: Mapping[str, str]) -> tuple[str, ...]:
    """When, and where; clients say one at a time, or both."""
    time, number = params.get("callbackTime", ""), params.get("callbackNumber", "")
    if not time and not number:
        raise missing("callbackTime")
    said: list[str] = []
    if time:
        try:
            at = datetime.fromisoformat(time) if _TIME.fullmatch(time) else None
        except ValueError:
            at = None
        if at is None:
            raise invalid("callbackTime")
        said.append(f"Callback {at:%m%d}{at.year:04} {at:%H:%M}")
    if number:
        if not _NUMBER.fullmatch(number):
            raise invalid("callbackNumber")
        said.append(f"P#{number}")
    return tuple(said)


def _always(response: str) -> Callable[[Mapping[str, str]], tuple[str, ...]]:
    return lambda _params: (response,)


_RESPONSES: Final[Mapping[Action, Callable[[Mapping[str, str]], tuple[str, ...]]]] = {
    **{action: _always(response) for action, response in RESPONSES.items()},
    Action.RECLASSIFY: _result,
    Action.UPDATE_SCHEDULED_CALLBACK: _callback,
    Action.CANCEL_SCHEDULED_CALLBACK: _always(CALLBACK_CANCEL),
}
"""What agents say of a campaign's customer (``cti.md`` §11.12)."""
