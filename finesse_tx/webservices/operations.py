"""What the REST API does: checks who may, answers from the model, and sends GED-188 requests.

A request that passes the checks here is answered 202; what becomes of it comes as an event, or, when the engine
refuses it, as an error notification. Requests about one object are sent one at a time.

Spec: ``rest.md`` §1.4, §2, §5; ``notifications.md`` §5.2.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import partial
from typing import Final

from twisted.internet.defer import CancelledError, Deferred, DeferredLock
from twisted.logger import Logger

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import AgentState, ControlFailureCode, ForcedFlag, StatusCode
from finesse_tx.cti.core.errors import (
    ControlFailureError,
    RequestFailedError,
)
from finesse_tx.cti.core.message import Request
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.directory.core.records import Person, ReasonCategory, Role
from finesse_tx.errors import FinesseError
from finesse_tx.interfaces import ICTILink, IDirectory, IPublisher
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.access import Relation, relation
from finesse_tx.webservices.core.agents import reason_code
from finesse_tx.webservices.core.correlation import Correlation
from finesse_tx.webservices.core.errors import ApiError, authorization_failure, wrong_user
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import (
    Action,
    Dialog,
    Dialogs,
    DialogState,
    ReasonCodes,
    SystemInfo,
    Team,
    User,
    UserState,
)
from finesse_tx.webservices.core.routing import number_of
from finesse_tx.webservices.core.vocabulary import ERROR_TYPES, RESPONSES, Words, actions
from finesse_tx.webservices.sessions import Sessions

__all__ = ["Operations"]

CTI_STATES: Final = {
    UserState.READY: AgentState.AVAILABLE,
    UserState.NOT_READY: AgentState.NOT_READY,
    UserState.LOGOUT: AgentState.LOGOUT,
}

INVALID_ACTION: Final = 4047
"""The number behind an action that a participant may not take now."""

MAX_WAITING: Final = 20
"""How many requests about one object may wait for each other; one more is refused."""


class Operations:
    """The operations behind the routes.

    Args:
        model: Agents and calls as of now; replaced when the link comes back.
        link: The engine.
        directory: People, teams, reason codes.
        publisher: Where error notifications go.
        correlation: Which event answers which request.
        sessions: What agents' sessions are called.
        words: The engine's words for states and reasons.
        system_info: The SystemInfo object as of now.
        seconds: The clock of `Correlation`.
    """

    log = Logger()

    def __init__(
        self,
        model: Callable[[], Model],
        link: ICTILink,
        directory: IDirectory,
        publisher: IPublisher,
        correlation: Correlation,
        sessions: Sessions,
        words: Words,
        system_info: Callable[[], SystemInfo],
        seconds: Callable[[], float],
    ) -> None:
        self._model, self._link, self._directory = model, link, directory
        self._publisher, self._correlation = publisher, correlation
        self._sessions, self._words = sessions, words
        self.system_info, self._seconds = system_info, seconds
        self._locks: dict[str, DeferredLock] = {}

    # Questions --------------------------------------------------------------------------------------------------

    def user(self, viewer: Person, login_id: str) -> User:
        """A user, for itself, its supervisors and administrators."""
        target = self._visible(viewer, login_id)
        user = self._model().user(target.login_id)
        if user is None:
            raise _unknown_user(login_id)
        return user

    def dialogs(self, viewer: Person, login_id: str) -> Dialogs:
        """A user's dialogs."""
        target = self._visible(viewer, login_id)
        return Dialogs(self._model().dialogs(target.login_id))

    def dialog(self, viewer: Person, dialog_id: str) -> Dialog:
        """A dialog, for its participants, their supervisors and administrators."""
        call_id = _call_id(dialog_id)
        dialog = self._model().dialog(call_id)
        if dialog is None:
            raise ApiError(404, "Not Found", "Invalid dialogId specified for dialog", dialog_id)
        for agent in self._model().viewers(call_id):
            person = self._directory.snapshot().person(agent.login_id)
            if person and self._relation(viewer, person) is not Relation.STRANGER:
                return dialog
        raise wrong_user(dialog_id)

    def reason_codes(self, viewer: Person, login_id: str, category: str) -> ReasonCodes:
        """The reason codes that a user may choose from."""
        target = self._known(login_id)
        if self._relation(viewer, target) not in {Relation.SELF, Relation.ADMINISTRATOR}:
            raise wrong_user(login_id)
        codes = self._directory.snapshot().reason_codes_for(
            target.team_id, ReasonCategory(category)
        )
        return ReasonCodes(category, tuple(map(reason_code, codes)))

    def team(self, viewer: Person, team_id: str, *, include_logged_out: bool) -> Team:
        """A team and its members."""
        snapshot = self._directory.snapshot()
        team = snapshot.team(number_of(team_id))
        if team is None:
            raise ApiError(404, "Not Found", "The team id is invalid", team_id)
        is_supervisor = team.id in snapshot.supervised_by(viewer.login_id)
        if not is_supervisor and Role.ADMINISTRATOR not in viewer.roles:
            raise authorization_failure(viewer.login_id)
        members = tuple(
            agent.team_user(snapshot)
            for agent in self._model().agents.values()
            if agent.member_of(snapshot) == team.id and (include_logged_out or agent.is_signed_in)
        )
        return Team(f"/finesse/api/Team/{team.id}", team.id, team.name, members)

    # Requests ---------------------------------------------------------------------------------------------------

    def sign_in(
        self, viewer: Person, login_id: str, extension: str, password: str, request_id: str
    ) -> None:
        """Sign a user in on a phone; only the user itself may."""
        target = self._self(viewer, login_id)
        session_id = self._sessions.new()
        self._change_agent(
            target,
            messages.SetAgentStateReq(
                agent_state=AgentState.LOGIN,
                agent_instrument=extension,
                agent_id_long=target.login_id,
                agent_password=password,
                position_id=session_id or None,
            ),
            request_id,
            done=lambda: self._sessions.begun(target.login_id, session_id),
        )

    def change_state(
        self,
        viewer: Person,
        login_id: str,
        state: UserState,
        reason_code_id: int | None,
        request_id: str,
    ) -> None:
        """Change a user's state; the user itself may, and its supervisors."""
        target = self._known(login_id)
        found = self._relation(viewer, target)
        # A supervisor's sign-out waits for the end of a call; an agent's own is refused then.
        leaves = state is UserState.LOGOUT and found is Relation.SUPERVISOR
        if found is Relation.SELF:
            reason = self._reason(target, state, reason_code_id)
        elif found is Relation.SUPERVISOR:
            if reason_code_id is not None:
                raise _reason_not_allowed()
            reason = self._words.supervisor_reasons[state]
        elif Role.SUPERVISOR in viewer.roles:
            raise ApiError(
                401, "Invalid Supervisor", "The user is not in a team that you supervise", login_id
            )
        else:
            raise wrong_user(login_id)
        agent = self._model().agents.get(target.login_id)
        if state is UserState.LOGOUT and (agent is None or not agent.is_signed_in):
            raise ApiError(400, "Invalid State", "The user is signed out already", "state")
        self._change_agent(
            target,
            messages.SetAgentStateReq(
                agent_state=CTI_STATES[state],
                event_reason_code=reason,
                forced_flag=ForcedFlag.FORCED if leaves else ForcedFlag.NOT_FORCED,
                agent_instrument=agent.extension if agent else "",
                agent_id_long=target.login_id,
            ),
            request_id,
        )

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
        target = self._self(viewer, login_id)
        self._own_extension(target, from_address, "fromAddress")
        uri = updates.dialogs_uri(target.login_id)
        self._send(
            uri,
            uri,
            messages.MakeCallReq(agent_instrument=from_address, dialed_number=to_address),
            request_id,
            about=uri,
            error_type="Call Operation Failure",
        )

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
        self._own_extension(viewer, target, "targetMediaAddress")
        node = updates.dialogs_uri(viewer.login_id)
        source = updates.dialog_uri(call_id)

        def request() -> Request | None:
            """Made when its turn has come: what is allowed depends on what came before it."""
            call = self._model().call(call_id)
            party = call.parties.get(target) if call else None
            state = party.state if party else DialogState.DROPPED
            if action not in actions(call.type if call else 0, state):
                return None
            return _REQUESTS[action](call_id, target)

        self._send(
            node,
            source,
            request,
            request_id,
            about=(viewer.login_id, call_id),
            error_type="Call Operation Failure",
            refusal=(
                "Generic Error",
                f"INVALID_ACTION {action.value} on extension {target}",
                str(INVALID_ACTION),
            ),
        )

    # Checks -----------------------------------------------------------------------------------------------------

    def _known(self, login_id: str) -> Person:
        person = self._directory.snapshot().person(login_id)
        if person is None or not person.is_agent:
            raise _unknown_user(login_id)
        return person

    def _relation(self, viewer: Person, target: Person) -> Relation:
        return relation(viewer, target, self._directory.snapshot())

    def _visible(self, viewer: Person, login_id: str) -> Person:
        target = self._known(login_id)
        if self._relation(viewer, target) is Relation.STRANGER:
            raise wrong_user(login_id)
        return target

    def _self(self, viewer: Person, login_id: str) -> Person:
        target = self._known(login_id)
        if self._relation(viewer, target) is not Relation.SELF:
            raise wrong_user(login_id)
        return target

    def _own_extension(self, person: Person, extension: str, field: str) -> None:
        agent = self._model().agents.get(person.login_id)
        if agent is None or not agent.is_signed_in:
            raise ApiError(401, "Invalid State", "The user is not signed in", person.login_id)
        if agent.extension != extension:
            raise ApiError(400, "Invalid Input", f"{field} is not the user's extension", field)

    def _reason(self, target: Person, state: UserState, reason_code_id: int | None) -> int:
        """The engine's number for the reason that a user gives; 0 for none."""
        if state is UserState.READY:
            return 0  # a reason is accepted and ignored: a public script always sends one
        category = ReasonCategory(state.value)
        offered = self._directory.snapshot().reason_codes_for(target.team_id, category)
        if reason_code_id is None:
            if offered:
                raise ApiError(
                    400,
                    "Parameter Missing",
                    "The state change requires a valid reason code.",
                    "finesse.api.reasoncode.require_reasoncode",
                )
            return 0
        for code in offered:
            if code.id == reason_code_id:
                return code.code
        if not offered:
            raise _reason_not_allowed()
        raise ApiError(
            400, "Invalid Input", "Invalid reasonCodeId specified for user", str(reason_code_id)
        )

    # GED-188 ----------------------------------------------------------------------------------------------------

    def _change_agent(
        self,
        target: Person,
        request: Request,
        request_id: str,
        done: Callable[[], None] = lambda: None,
    ) -> None:
        uri = updates.user_uri(target.login_id)
        self._send(uri, uri, request, request_id, about=uri, error_type="", done=done)

    def _send(
        self,
        node: str,
        source: str,
        request: Request | Callable[[], Request | None],
        request_id: str,
        *,
        about: object,
        error_type: str,
        refusal: tuple[str, str, str] = ("", "", ""),
        done: Callable[[], None] = lambda: None,
    ) -> None:
        """Send a request when the earlier ones about the same source are answered.

        Raises:
            ApiError: 503: too many wait already.
        """
        lock = self._locks.setdefault(source, DeferredLock())
        if len(lock.waiting) >= MAX_WAITING:
            raise ApiError(503, "Service Unavailable", "TOO_MANY_REQUESTS", source)

        async def send() -> None:
            await lock.acquire()
            try:
                made = request if isinstance(request, Request) else request()
                if made is None:
                    self._publish_error(node, source, *refusal, request_id)
                    return
                self._correlation.expect(about, request_id, self._seconds())
                if await self._attempt(made, node, source, request_id, about, error_type):
                    done()
            finally:
                lock.release()
                if not lock.locked and self._locks.get(source) is lock:
                    del self._locks[source]

        Deferred.fromCoroutine(send()).addErrback(
            lambda failure: self.log.failure(
                "a request about {source} failed", failure, source=source
            )
        )

    async def _attempt(
        self,
        request: Request,
        node: str,
        source: str,
        request_id: str,
        about: object,
        error_type: str,
    ) -> bool:
        """Send it now, and say whether the engine takes it; why not is published."""
        try:
            await self._link.request(request)
        except ControlFailureError as error:
            code = error.failure_code
            self._publish_error(
                node,
                source,
                error_type or ERROR_TYPES.get(code, "Generic Error"),
                _constant(ControlFailureCode, code),
                str(code),
                request_id,
                error.peripheral_error_code,
            )
        except RequestFailedError as error:
            self._publish_error(
                node,
                source,
                "Generic Error",
                _constant(StatusCode, error.status),
                str(error.status),
                request_id,
            )
        except (FinesseError, CancelledError) as error:
            # No answer in time, no link, or nothing that can be sent: it has one end like all others.
            self._publish_error(
                node, source, "Internal Server Error", type(error).__name__, "", request_id
            )
        else:
            return True
        self._correlation.withdraw(about, request_id)
        return False

    def _publish_error(
        self,
        node: str,
        source: str,
        error_type: str,
        message: str,
        data: str,
        request_id: str,
        peripheral_code: int = 0,
    ) -> None:
        self.log.info(
            "{source}: {error_type} {message} {data}",
            source=source,
            error_type=error_type,
            message=message,
            data=data,
        )
        self._publisher.publish(
            node,
            updates.error_update(source, error_type, message, data, request_id, peripheral_code),
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


def _unknown_user(login_id: str) -> ApiError:
    return ApiError(404, "User Not Found", "UNKNOWN_USER", login_id)


def _reason_not_allowed() -> ApiError:
    return ApiError(
        400,
        "Invalid Input",
        "For this operation, Reason Codes are not allowed.",
        "finesse.api.reasoncode.not_allowed",
    )


def _call_id(dialog_id: str) -> int:
    if dialog_id.isascii() and dialog_id.isdigit() and len(dialog_id) <= 10:
        return int(dialog_id)
    return -1  # no call has it


def _constant(codes: type[IntEnum], code: int) -> str:
    """The name of a number; the number itself when it has none."""
    try:
        return codes(code).name
    except ValueError:
        return str(code)
