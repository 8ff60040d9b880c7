"""Users: who they are, what state they are in, and what changes it.

Spec: ``rest.md`` §2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from finesse_tx.cti.core.enums import AgentState, ControlFailureCode, ForcedFlag
from finesse_tx.cti.core.message import Request
from finesse_tx.cti.core.messages import SetAgentStateReq
from finesse_tx.directory.core.records import Person, ReasonCategory, Role
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.access import Relation
from finesse_tx.webservices.core.agents import Agent, ChosenDevice, reason_code
from finesse_tx.webservices.core.errors import ApiError, wrong_user
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import (
    ReasonCodes,
    User,
    Users,
    UserState,
)
from finesse_tx.webservices.core.vocabulary import Words
from finesse_tx.webservices.operations.dispatch import Asked, Dispatch, RefusedError
from finesse_tx.webservices.operations.people import (
    People,
    reason_not_allowed,
    unknown_user,
)
from finesse_tx.webservices.sessions import Sessions

__all__ = ["UserOperations"]

CTI_STATES: Final = {
    UserState.READY: AgentState.AVAILABLE,
    UserState.NOT_READY: AgentState.NOT_READY,
    UserState.LOGOUT: AgentState.LOGOUT,
    UserState.WORK: AgentState.WORK_NOT_READY,
}


class UserOperations:
    """The operations on users.

    Args:
        model: Agents and calls as of now.
        people: The checks.
        dispatch: The way to the engine.
        sessions: What agents' sessions are called.
        words: The engine's words for states and reasons.
    """

    def __init__(
        self,
        model: Callable[[], Model],
        people: People,
        dispatch: Dispatch,
        sessions: Sessions,
        words: Words,
    ) -> None:
        self._model, self._people, self._dispatch = model, people, dispatch
        self._sessions, self._words = sessions, words

    def user(self, viewer: Person, login_id: str) -> User:
        """A user, for itself, its supervisors and administrators."""
        target = self._people.visible(viewer, login_id)
        user = self._model().user(target.login_id)
        if user is None:
            raise unknown_user(login_id)
        return user

    def reason_codes(self, viewer: Person, login_id: str, category: str) -> ReasonCodes:
        """The reason codes that a user may choose from."""
        target = self._people.known(login_id)
        found = self._people.relation(viewer, target)
        if found not in {Relation.SELF, Relation.ADMINISTRATOR}:
            raise wrong_user(login_id)
        codes = self._people.snapshot().reason_codes_for(target.team_id, ReasonCategory(category))
        return ReasonCodes(category, tuple(map(reason_code, codes)))

    def users(self) -> Users:
        """Everyone; for administrators."""
        model = self._model()
        found = (model.user(login_id) for login_id in sorted(model.agents))
        return Users(tuple(user for user in found if user is not None))

    def sign_in(
        self,
        viewer: Person,
        login_id: str,
        extension: str,
        password: str,
        request_id: str,
        *,
        is_mobile: bool = False,
        device: ChosenDevice | None = None,
    ) -> None:
        """Sign a user in on a phone; only the user itself may. Nobody here is a mobile agent.

        Of several phones of an extension one may be named; it is shown, and all of them ring: the engine knows of none.
        """
        target = self._people.own(viewer, login_id)
        if is_mobile:
            uri = updates.user_uri(target.login_id)
            self._dispatch.refuse(
                Asked(uri, uri, request_id),
                RefusedError("Mode Not Allowed", "The user is not a mobile agent", target.login_id),
            )
            return
        session_id = self._sessions.new()

        def done() -> None:
            self._sessions.begun(target.login_id, session_id)
            if (agent := self._model().agents.get(target.login_id)) is not None:
                agent.device = device

        self._change_agent(
            target,
            SetAgentStateReq(
                agent_state=AgentState.LOGIN,
                agent_instrument=extension,
                agent_id_long=target.login_id,
                agent_password=password,
                position_id=session_id or None,
            ),
            request_id,
            done=done,
            explain=lambda code: self._in_use(extension, code),
        )

    def _in_use(self, extension: str, code: int) -> str:
        """Who has the extension that somebody is refused for it, in the words that desktops look for."""
        if code != ControlFailureCode.CF_SPECIFIED_EXTENSION_ALREADY_IN_USE:
            return ""
        agent = self._model().agent_at(extension)
        if agent is None:
            return ""
        name = f"{agent.first_name} {agent.last_name}".strip() or agent.login_id
        return f"The extension {extension} is in use by {name}."

    def change_state(
        self,
        viewer: Person,
        login_id: str,
        state: UserState,
        reason_code_id: int | None,
        request_id: str,
    ) -> None:
        """Change a user's state; the user itself may, and its supervisors."""
        target = self._people.known(login_id)
        found = self._people.relation(viewer, target)
        # A supervisor's sign-out waits for the end of a call; an agent's own is refused then.
        leaves = state is UserState.LOGOUT and found is Relation.SUPERVISOR
        if found is Relation.SELF:
            reason = self._reason(target, state, reason_code_id)
        elif found is Relation.SUPERVISOR:
            if reason_code_id is not None:
                raise reason_not_allowed()
            reason = self._words.supervisor_reasons.get(state, 0)
        elif Role.SUPERVISOR in viewer.roles:
            raise ApiError(
                401, "Invalid Supervisor", "The user is not in a team that you supervise", login_id
            )
        else:
            raise wrong_user(login_id)
        agent = self._model().agents.get(target.login_id)
        if state is UserState.WORK and not self._may_wrap_up(agent, found):
            raise ApiError(400, "Invalid Input", "Invalid State specified for user", "state")
        if state is UserState.LOGOUT and (agent is None or not agent.is_signed_in):
            raise ApiError(400, "Invalid State", "The user is signed out already", "state")
        self._change_agent(
            target,
            SetAgentStateReq(
                agent_state=CTI_STATES[state],
                event_reason_code=reason,
                forced_flag=ForcedFlag.FORCED if leaves else ForcedFlag.NOT_FORCED,
                agent_instrument=agent.extension if agent else "",
                agent_id_long=target.login_id,
            ),
            request_id,
        )

    def _may_wrap_up(self, agent: Agent | None, found: Relation) -> bool:
        """Whether somebody may ask for wrap-up: a CCE's agent may himself, while he talks."""
        talks = agent is not None and agent.user_state in {UserState.TALKING, UserState.HOLD}
        return self._words.is_cce and found is Relation.SELF and talks

    def _reason(self, target: Person, state: UserState, reason_code_id: int | None) -> int:
        """The engine's number for the reason that a user gives; 0 for none."""
        if state in {UserState.READY, UserState.WORK}:
            return 0  # a reason is accepted and ignored: a public script always sends one
        category = ReasonCategory(state.value)
        code = self._people.chosen_reason(target, category, reason_code_id)
        return code.code if code is not None else 0

    def _change_agent(
        self,
        target: Person,
        request: Request,
        request_id: str,
        done: Callable[[], None] = lambda: None,
        explain: Callable[[int], str] = lambda _code: "",
    ) -> None:
        uri = updates.user_uri(target.login_id)
        asked = Asked(uri, uri, request_id, about=uri, explain=explain)
        self._dispatch.send(asked, lambda: (request,), done)
