"""Dialogs: the calls of agents, who may see them, and what is done with them.

Spec: ``rest.md`` §5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from finesse_tx.cti.core.enums import ControlFailureCode
from finesse_tx.cti.core.message import Request
from finesse_tx.cti.core.messages import MakeCallReq
from finesse_tx.directory.core.records import Person
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.access import Relation
from finesse_tx.webservices.core.agents import Agent
from finesse_tx.webservices.core.call_data import CallData
from finesse_tx.webservices.core.dialog_requests import CallRequest, DialogRequest
from finesse_tx.webservices.core.errors import ApiError, wrong_user
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import Action, Dialog, Dialogs, DialogState
from finesse_tx.webservices.core.reading import invalid
from finesse_tx.webservices.core.vocabulary import Words
from finesse_tx.webservices.operations.control import Part, requests
from finesse_tx.webservices.operations.dispatch import Asked, Dispatch, RefusedError
from finesse_tx.webservices.operations.people import People

__all__ = ["FAILURE", "INVALID_ACTION", "DialogOperations"]

INVALID_ACTION: Final = 4047
"""The number behind an action that a participant may not take now."""

FAILURE: Final = "Call Operation Failure"
"""``errorType`` of the engine's refusals."""

JOINING: Final = frozenset({Action.TRANSFER, Action.CONFERENCE})
"""What is done with two calls; clients send it to either."""

TAKING_UP: Final = frozenset({Action.ANSWER, Action.RETRIEVE})
"""What has the participant talk in a call."""

UNANSWERED: Final = frozenset({DialogState.INITIATING, DialogState.INITIATED, DialogState.FAILED})
"""Of who has dialled: there is nobody yet to be put on hold."""

UNTOLD: Final = frozenset({Action.SEND_DTMF})
"""What changes nothing that a dialog shows, so that no event answers it."""

HEARD: Final = frozenset({Action.SEND_DTMF, Action.START_RECORDING})
"""What makes no sense in a call that is held; refused at once."""


class DialogOperations:
    """The operations on dialogs.

    Args:
        model: Agents and calls as of now.
        people: The checks.
        dispatch: The way to the engine.
        words: What the engine's agents can do.
    """

    def __init__(
        self, model: Callable[[], Model], people: People, dispatch: Dispatch, words: Words
    ) -> None:
        self._model, self._people, self._dispatch = model, people, dispatch
        self._words = words

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
        self, viewer: Person, login_id: str, wanted: CallRequest, request_id: str
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
        self._people.require_extension(target, wanted.from_address, "fromAddress")
        if wanted.data is not None and not self._words.calls_with_data:
            raise invalid("mediaProperties")
        data = wanted.data or CallData()
        if data.wrap_up is not None or any(name.startswith("BA") for name in data.scalars):
            raise invalid("mediaProperties")
        request = MakeCallReq(
            agent_instrument=wanted.from_address,
            dialed_number=wanted.to_address,
            **data.fields(),
        )
        uri = updates.dialogs_uri(target.login_id)
        self._dispatch.send(Asked(uri, uri, request_id, uri, FAILURE), lambda: (request,))

    def act(self, viewer: Person, dialog_id: str, wanted: DialogRequest, request_id: str) -> None:
        """Let a participant do something with a call."""
        call_id, action = _call_id(dialog_id), wanted.action
        agents = self._model().viewers(call_id)
        if not agents:
            raise ApiError(404, "Dialog Not Found", "Dialog Not Found", dialog_id)
        self._require_platform(action)
        own = next((agent for agent in agents if agent.login_id == viewer.login_id), None)
        if own is None:
            raise wrong_user(dialog_id)
        self._require_target(viewer, call_id, wanted)
        if wanted.data is not None and wanted.data.has_items and not self._words.has_wrap_up_items:
            raise invalid("wrapUpItems")
        if action in JOINING:
            self._two_calls(own, call_id, action)
        elif action in HEARD and self._state(call_id, own.extension) is DialogState.HELD:
            raise ApiError(401, "Invalid State", f"The call is held: {action.value}", dialog_id)

        def make() -> Sequence[Request]:
            return self._requests(own, call_id, wanted)

        node, source = updates.dialogs_uri(viewer.login_id), updates.dialog_uri(call_id)
        about = None if action in UNTOLD else (viewer.login_id, call_id)
        error_type = "Generic Error" if action in HEARD else FAILURE
        self._dispatch.send(Asked(node, source, request_id, about, error_type), make)

    def _requests(self, own: Agent, call_id: int, wanted: DialogRequest) -> Sequence[Request]:
        """Made when its turn has come: what is allowed depends on what came before it."""
        action, device = wanted.action, own.extension
        if action in JOINING:
            try:
                active_id, held_id = self._two_calls(own, call_id, action)
            except ApiError:
                raise _invalid_action(action, device) from None
            return requests(Part(call_id, device, active_id, held_id), wanted)
        switchboard = self._model().switchboard
        call = switchboard.call(call_id)
        if call is None or action not in switchboard.actions(call).get(device, ()):
            raise _invalid_action(action, device)
        if not set(wanted.digits) <= set(self._words.dtmf):
            code = ControlFailureCode.CF_VALUE_OUT_OF_RANGE
            raise RefusedError("Generic Error", code.name, str(int(code)))
        return requests(self._part(own, call_id, action), wanted)

    def _part(self, own: Agent, call_id: int, action: Action) -> Part:
        """Where that is done. Who takes a call up puts the one on hold that he talks in, as on any telephone."""
        active_id = dialled_id = 0
        switchboard = self._model().switchboard
        for call, party in switchboard.parts(own) if action in TAKING_UP else ():
            if call.id == call_id:
                continue
            if Action.HOLD in switchboard.actions(call)[own.extension]:
                active_id = call.id
            elif party.state in UNANSWERED and action is Action.RETRIEVE:
                dialled_id = call.id
        return Part(call_id, own.extension, active_id, dialled_id=dialled_id)

    def _require_platform(self, action: Action) -> None:
        """Check that the engine's kind has this at all."""
        words = self._words
        lacks = (action is Action.START_RECORDING and not words.records) or (
            action is Action.PARTICIPANT_DROP and words.drop_policy is None
        )
        if lacks:
            raise ApiError(501, "Not Implemented", "This deployment does not have it", action.value)

    def _require_target(self, viewer: Person, call_id: int, wanted: DialogRequest) -> None:
        """Check whose part it is about: one's own; only PARTICIPANT_DROP is about another agent's."""
        if wanted.action is not Action.PARTICIPANT_DROP:
            if wanted.target:
                self._people.require_extension(viewer, wanted.target, "targetMediaAddress")
            return
        call = self._model().call(call_id)
        party = call.parties.get(wanted.target) if call else None
        if party is None or not party.is_agent:
            raise invalid("targetMediaAddress")

    def _state(self, call_id: int, extension: str) -> DialogState | None:
        call = self._model().call(call_id)
        party = call.parties.get(extension) if call else None
        return party.state if party else None

    def _two_calls(self, own: Agent, call_id: int, action: Action) -> tuple[int, int]:
        """The call in which the agent is ACTIVE and the one in which he is HELD; the given one is one of them.

        Raises:
            ApiError: 400: there are no such two.
        """
        active, held = [], []
        for call, party in self._model().switchboard.parts(own):
            if party.state is DialogState.ACTIVE:
                active.append(call.id)
            elif party.state is DialogState.HELD:
                held.append(call.id)
        if active and call_id in held:
            return active[-1], call_id
        if held and call_id in active:
            return call_id, held[-1]
        raise ApiError(
            400, "Invalid State", f"No Active call available on agent for {action.value}"
        )


def _invalid_action(action: Action, extension: str) -> RefusedError:
    return RefusedError(
        "Generic Error",
        f"INVALID_ACTION {action.value} on extension {extension}",
        str(INVALID_ACTION),
    )


def _call_id(dialog_id: str) -> int:
    if dialog_id.isascii() and dialog_id.isdigit() and len(dialog_id) <= 10:
        return int(dialog_id)
    return -1  # no call has it
