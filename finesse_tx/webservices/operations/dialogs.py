"""Dialogs: the calls of agents, who may see them, and what is done with them.

Spec: ``rest.md`` §5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.message import Request
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.directory.core.records import Person
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.access import Relation
from finesse_tx.webservices.core.actions import RESPONSES
from finesse_tx.webservices.core.errors import ApiError, wrong_user
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import Action, Dialog, Dialogs
from finesse_tx.webservices.operations.dispatch import Asked, Dispatch, RefusedError
from finesse_tx.webservices.operations.people import People

__all__ = ["INVALID_ACTION", "DialogOperations"]

INVALID_ACTION: Final = 4047
"""The number behind an action that a participant may not take now."""

FAILURE: Final = "Call Operation Failure"
"""``errorType`` of the engine's refusals."""


class DialogOperations:
    """The operations on dialogs.

    Args:
        model: Agents and calls as of now.
        people: The checks.
        dispatch: The way to the engine.
    """

    def __init__(self, model: Callable[[], Model], people: People, dispatch: Dispatch) -> None:
        self._model, self._people, self._dispatch = model, people, dispatch

    def dialogs(self, viewer: Person, login_id: str) -> Dialogs:
        """A user's dialogs."""
        target = self._people.visible(viewer, login_id)
        return Dialogs(self._model().dialogs(target.login_id))

    def dialog(self, viewer: Person, dialog_id: str) -> Dialog:
        """A dialog, for its participants, their supervisors and administrators."""
        call_id = _call_id(dialog_id)
        dialog = self._model().dialog(call_id, viewer.login_id)
        if dialog is None:
            raise ApiError(404, "Not Found", "Invalid dialogId specified for dialog", dialog_id)
        for agent in self._model().viewers(call_id):
            person = self._people.snapshot().person(agent.login_id)
            if person and self._people.relation(viewer, person) is not Relation.STRANGER:
                return dialog
        raise wrong_user(dialog_id)

    def make_call(
        self, viewer: Person, login_id: str, from_address: str, to_address: str, request_id: str
    ) -> None:
        """Make a call from the user's own phone."""
        if not viewer.is_agent:
            raise ApiError(
                401,
                "Invalid Authorization User Specified",
                f"User ({viewer.login_id}) is not an authorizied supervisor.",  # sic: scripts match on it
                "The user is not authorized to perform this operation",
            )
        target = self._people.own(viewer, login_id)
        self._people.require_extension(target, from_address, "fromAddress")
        uri = updates.dialogs_uri(target.login_id)
        request = messages.MakeCallReq(agent_instrument=from_address, dialed_number=to_address)
        self._dispatch.send(Asked(uri, uri, request_id, uri, FAILURE), lambda: (request,))

    def act(
        self, viewer: Person, dialog_id: str, action: Action, target: str, request_id: str
    ) -> None:
        """Let a participant answer, hold, retrieve or leave a call."""
        call_id = _call_id(dialog_id)
        agents = self._model().viewers(call_id)
        if not agents:
            raise ApiError(404, "Dialog Not Found", "Dialog Not Found", dialog_id)
        if not any(agent.login_id == viewer.login_id for agent in agents):
            raise wrong_user(dialog_id)
        self._people.require_extension(viewer, target, "targetMediaAddress")

        def make() -> Sequence[Request]:
            switchboard = self._model().switchboard
            call = switchboard.call(call_id)
            if call is None or action not in switchboard.actions(call).get(target, ()):
                raise RefusedError(
                    "Generic Error",
                    f"INVALID_ACTION {action.value} on extension {target}",
                    str(INVALID_ACTION),
                )
            return (_REQUESTS[action](call_id, target),)

        node, source = updates.dialogs_uri(viewer.login_id), updates.dialog_uri(call_id)
        self._dispatch.send(
            Asked(node, source, request_id, (viewer.login_id, call_id), FAILURE), make
        )


def _respond(response: str, call: int, device: str) -> Request:
    """What an agent says to the preview of a customer."""
    return messages.SetCallDataReq(
        connection_call_id=call,
        connection_device_id=device,
        named_variables=(NamedVariable("BAResponse", response),),
    )


_REQUESTS: Final[dict[Action, Callable[[int, str], Request]]] = {
    Action.ANSWER: lambda call, device: messages.AnswerCallReq(
        connection_call_id=call, connection_device_id=device, agent_instrument=device
    ),
    Action.HOLD: lambda call, device: messages.HoldCallReq(
        connection_call_id=call, connection_device_id=device, agent_instrument=device
    ),
    Action.RETRIEVE: lambda call, device: messages.RetrieveCallReq(
        held_connection_call_id=call, held_connection_device_id=device, agent_instrument=device
    ),
    Action.DROP: lambda call, device: messages.ClearConnectionReq(
        connection_call_id=call, connection_device_id=device, agent_instrument=device
    ),
    **{action: partial(_respond, response) for action, response in RESPONSES.items()},
}


def _call_id(dialog_id: str) -> int:
    if dialog_id.isascii() and dialog_id.isdigit() and len(dialog_id) <= 10:
        return int(dialog_id)
    return -1  # no call has it
