"""Supervisors in their agents' calls: listening in, and joining what one listens to.

Spec: ``rest.md`` §5.4; ``notifications.md`` §7.6; ``cti.md`` §11.10.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from finesse_tx.cti.core.enums import ControlFailureCode, SupervisoryAction
from finesse_tx.cti.core.message import Request
from finesse_tx.cti.core.messages import SuperviseCallReq
from finesse_tx.directory.core.records import Person, Role
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.access import Relation
from finesse_tx.webservices.core.actions import MONITORING
from finesse_tx.webservices.core.agents import Agent
from finesse_tx.webservices.core.calls import GONE, Call
from finesse_tx.webservices.core.dialog_requests import CallRequest
from finesse_tx.webservices.core.errors import ApiError, wrong_user
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import DialogState, UserState
from finesse_tx.webservices.core.vocabulary import Words
from finesse_tx.webservices.operations.dispatch import Asked, Dispatch, RefusedError
from finesse_tx.webservices.operations.people import People

__all__ = ["SupervisionOperations"]

NOT_CONTROLLER = "20999"
"""ErrorType of what only whoever has made a conference may do."""


class SupervisionOperations:
    """The operations of supervisors on calls.

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

    def silent_monitor(
        self, viewer: Person, login_id: str, wanted: CallRequest, request_id: str
    ) -> None:
        """Let a supervisor listen to what an agent of his talks."""
        supervisor, agent = self._both(viewer, login_id, wanted)

        def make() -> Sequence[Request]:
            if supervisor.user_state is not UserState.NOT_READY:
                raise _invalid_state()
            call = self._conversation(agent)
            if call is None:
                # Not in a call at all, or not talking in it.
                idle = agent.user_state not in {UserState.NOT_READY, UserState.HOLD}
                raise _invalid_state() if idle else self._refused()
            return (_supervise(SupervisoryAction.MONITOR, call.id, agent, supervisor),)

        uri = updates.dialogs_uri(supervisor.login_id)
        self._dispatch.send(Asked(uri, uri, request_id, uri, "Generic Error"), make)

    def barge(self, viewer: Person, login_id: str, wanted: CallRequest, request_id: str) -> None:
        """Let a supervisor who listens to a call take part in it."""
        supervisor, agent = self._both(viewer, login_id, wanted)
        monitoring = self._model().call(wanted.associated_id)
        parts = self._model().switchboard.parts(supervisor)
        if monitoring is None or not any(call is monitoring for call, _ in parts):
            raise ApiError(404, "Dialog Not Found", "Dialog Not Found", str(wanted.associated_id))
        if (
            monitoring.type_at(supervisor.extension) not in MONITORING
            or monitoring.to_address != agent.extension
        ):
            raise ApiError(
                400, "Invalid State", "The agent is not silently monitored", "associatedDialogUri"
            )
        call = self._conversation(agent)
        if call is None:
            raise ApiError(400, "Invalid State", "The agent is in no conversation", "toAddress")
        present = [party for party in call.parties.values() if party.state not in GONE]
        if len(present) > 2 and call.controller not in {"", agent.extension}:
            raise ApiError(400, NOT_CONTROLLER, "The agent is not the controller of the conference")
        request = _supervise(SupervisoryAction.BARGE_IN, call.id, agent, supervisor)
        uri = updates.dialogs_uri(supervisor.login_id)
        about = supervisor.login_id, call.id
        self._dispatch.send(Asked(uri, uri, request_id, about, "Generic Error"), lambda: (request,))

    def _both(self, viewer: Person, login_id: str, wanted: CallRequest) -> tuple[Agent, Agent]:
        """The supervisor, and the agent whose call it is about.

        Raises:
            ApiError: 401: no supervisor of that agent; 400: nobody is at that number.
        """
        own = self._people.own(viewer, login_id)
        if Role.SUPERVISOR not in own.roles:
            raise wrong_user(login_id)
        self._people.require_extension(own, wanted.from_address, "fromAddress")
        model = self._model()
        agent = model.agent_at(wanted.to_address)
        if agent is None:
            raise ApiError(
                400, "Invalid Destination", "Nobody is signed in there", wanted.to_address
            )
        person = self._people.snapshot().person(agent.login_id)
        if person is None or self._people.relation(viewer, person) is not Relation.SUPERVISOR:
            raise wrong_user(wanted.to_address)
        return model.agents[own.login_id], agent

    def _conversation(self, agent: Agent) -> Call | None:
        """The call in which an agent talks."""
        for call, party in self._model().switchboard.parts(agent):
            monitors = call.type_at(agent.extension) in MONITORING
            if party.state is DialogState.ACTIVE and not monitors:
                return call
        return None

    def _refused(self) -> RefusedError:
        return RefusedError(
            "Generic Error", "The agent cannot be monitored now", self._words.unmonitored
        )


def _supervise(
    action: SupervisoryAction, call_id: int, agent: Agent, supervisor: Agent
) -> SuperviseCallReq:
    return SuperviseCallReq(
        agent_connection_call_id=call_id,
        agent_connection_device_id=agent.extension,
        supervisory_action=action,
        agent_id_long=agent.login_id,
        supervisor_instrument=supervisor.extension,
    )


def _invalid_state() -> RefusedError:
    code = ControlFailureCode.CF_INVALID_OBJECT_STATE
    return RefusedError("Invalid State", code.name, str(int(code)))
