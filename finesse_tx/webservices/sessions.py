"""The agents' sessions, as this node knows them: what each is called, and how one is ended that nobody sits at.

Each sign-in through us gets a name of its own, which goes to the engine as PositionID; a forced sign-out names the
session that it means. An engine of ours leaves a newer one alone, whichever node began it. Other engines are not told:
UCCX has no PositionID.

Spec: ``engine.md`` §2.5; ``notifications.md`` §8 (the race that this ends); ``cti.md`` §9.7.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred

from finesse_tx.cti.core.enums import AgentState, EventReasonCode, ForcedFlag
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import SetAgentStateReq
from finesse_tx.interfaces import ICTILink
from finesse_tx.webservices.core.agents import Agent
from finesse_tx.webservices.core.model import Model

__all__ = ["Sessions"]


class Sessions:
    """Everybody's.

    Args:
        model: Agents as of now.
        link: The engine.
        in_service: Whether the model is the engine's.
        new_id: Makes names, of 11 bytes at most; None where the engine would not understand them.
    """

    def __init__(
        self,
        model: Callable[[], Model],
        link: ICTILink,
        in_service: Callable[[], bool],
        new_id: Callable[[], str] | None,
    ) -> None:
        self._model, self._link, self._in_service = model, link, in_service
        self._new_id = new_id
        self._ids: dict[str, str] = {}

    def new(self) -> str:
        """A name for a session that is about to begin; empty where there are none."""
        return self._new_id() if self._new_id is not None else ""

    def begun(self, login_id: str, session_id: str) -> None:
        """The engine has begun it."""
        self._ids[login_id] = session_id

    # What presence asks -----------------------------------------------------------------------------------------

    def session_of(self, login_id: str) -> str:
        """What the agent's session is called; empty when that is not known."""
        return self._ids.get(login_id, "")

    def can_sign_out(self, login_id: str) -> bool | None:
        """Whether the agent is signed in; None while there is no engine to ask."""
        if not self._in_service():
            return None
        agent = self._agent(login_id)
        return agent is not None and agent.is_signed_in

    def is_leaving(self, login_id: str) -> bool:
        """Whether something waits for the end of the agent's call."""
        agent = self._agent(login_id)
        return agent is not None and agent.is_signed_in and agent.next_state is not None

    def force_out(self, login_id: str, session_id: str) -> Deferred[Message]:
        """Sign the agent out of that session; fails as `ICTILink.request` does."""
        return self._request(login_id, session_id, AgentState.LOGOUT, ForcedFlag.FORCED)

    def take_back(self, login_id: str, session_id: str) -> Deferred[Message]:
        """Sign in again: the session's name is enough for one who is signed in. Fails as `ICTILink.request` does."""
        return self._request(login_id, session_id, AgentState.LOGIN, ForcedFlag.NOT_FORCED)

    def _agent(self, login_id: str) -> Agent | None:
        return self._model().agents.get(login_id)

    def _request(
        self, login_id: str, session_id: str, state: AgentState, forced: ForcedFlag
    ) -> Deferred[Message]:
        agent = self._agent(login_id)
        is_leaving = state is AgentState.LOGOUT
        return self._link.request(
            SetAgentStateReq(
                agent_state=state,
                event_reason_code=EventReasonCode.CONNECTION_FAILURE if is_leaving else 0,
                forced_flag=forced,
                agent_instrument=agent.extension if agent else "",
                agent_id_long=login_id,
                position_id=session_id or None,
            )
        )
