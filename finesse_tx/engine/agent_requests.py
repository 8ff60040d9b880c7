"""SET_AGENT_STATE and QUERY_AGENT_STATE.

Spec: ``cti.md`` §9.7, §11.3, §11.4; §8.5 for ForcedFlag.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.cti.core.enums import (
    AgentState,
    ControlFailureCode,
    ForcedFlag,
    PeripheralErrorCode,
)
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.cti.core.messages import QueryAgentStateReq, SetAgentStateConf, SetAgentStateReq
from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError, SignInError
from finesse_tx.directory.core.records import Person
from finesse_tx.engine.core import answers
from finesse_tx.engine.core.objects import Agent
from finesse_tx.engine.core.reasons import CCEReason, Reason
from finesse_tx.engine.core.states import Personality, Request
from finesse_tx.engine.runner import Commands, Reply, Runner, failure, refusal
from finesse_tx.interfaces import IAuthenticator

__all__ = ["STATE_REQUESTS", "SUPERVISOR_REASONS", "SUPERVISOR_REQUESTS", "AgentRequests"]

_CF: Final = ControlFailureCode
_PE: Final = PeripheralErrorCode

_CCX: Final[Mapping[int, Request]] = {
    AgentState.LOGOUT: Request.LOGOUT,
    AgentState.NOT_READY: Request.NOT_READY,
    AgentState.AVAILABLE: Request.READY,
    AgentState.WORK: Request.WORK,
}

STATE_REQUESTS: Final[Mapping[Personality, Mapping[int, Request]]] = MappingProxyType(
    {
        Personality.CCX: MappingProxyType(_CCX),
        Personality.CCE: MappingProxyType({**_CCX, AgentState.WORK_READY: Request.WORK}),
    }
)
"""The states that a client may ask for, beside LOGIN."""

SUPERVISOR_REQUESTS: Final[Mapping[Request, Request]] = MappingProxyType(
    {
        Request.LOGOUT: Request.SUPERVISOR_LOGOUT,
        Request.NOT_READY: Request.SUPERVISOR_NOT_READY,
        Request.READY: Request.SUPERVISOR_READY,
    }
)
"""What a supervisor may ask for in somebody else's name."""

SUPERVISOR_REASONS: Final[Mapping[Personality, Mapping[Request, int]]] = MappingProxyType(
    {
        Personality.CCX: MappingProxyType(
            {
                Request.LOGOUT: Reason.SUP_AGT_TO_LOGOUT,
                Request.NOT_READY: Reason.SUP_AGT_TO_NOT_READY,
                Request.READY: Reason.SUP_AGT_TO_NOT_READY,
            }
        ),
        Personality.CCE: MappingProxyType(
            dict.fromkeys(
                (Request.LOGOUT, Request.NOT_READY, Request.READY), CCEReason.SUPERVISOR_FORCED
            )
        ),
    }
)
"""EventReasonCode by which a client says that it has made sure that a supervisor asks."""


class AgentRequests:
    """What is asked of agents.

    Attributes:
        commands: What carries out each request.
    """

    log = Logger()

    def __init__(self, runner: Runner, authenticator: IAuthenticator) -> None:
        self._runner, self._authenticator = runner, authenticator
        self.commands: Commands = {
            SetAgentStateReq: self._set_state,
            QueryAgentStateReq: self._query_state,
        }

    def _agent(self, agent_id: str | None, instrument: str | None) -> Agent:
        """Who is meant: by login id, or by where he is signed in; if both are given, they must agree."""
        engine = self._runner.engine
        if not agent_id:
            agent = engine.floor.stations.get(instrument or "")
            if agent is None:
                raise ControlFailureError(_CF.CF_INVALID_AGENT_ID_SPECIFIED, _PE.AGENT_MISSING)
            return agent
        agent = engine.agent(agent_id)
        if instrument and agent.station is not None and agent.extension != instrument:
            raise ControlFailureError(
                _CF.CF_INVALID_CSTA_DEVICE_IDENTIFIER, _PE.NUMBER_NOT_ASSIGNED
            )
        return agent

    def _query_state(self, request: QueryAgentStateReq, reply: Reply) -> None:
        instrument = request.agent_instrument or request.agent_extension
        agent = self._agent(request.agent_id_long or request.agent_id, instrument)
        personality = self._runner.engine.floor.policy.personality
        reply(answers.agent_state(agent, request.invoke_id, personality))

    def _set_state(self, request: SetAgentStateReq, reply: Reply) -> None:
        agent_id = request.agent_id_long or request.agent_id
        if request.agent_state == AgentState.LOGIN:
            self._sign_in(request, agent_id or "", reply)
            return
        wanted = self._wanted(request)
        agent = self._agent(agent_id, request.agent_instrument)
        self._runner.engine.request_state(
            agent.id,
            wanted,
            request.event_reason_code,
            self._runner.now(),
            supervisor=request.supervisor_id or "",
            session_id=request.position_id or "",
        )
        reply(SetAgentStateConf(invoke_id=request.invoke_id))

    def _wanted(self, request: SetAgentStateReq) -> Request:
        """What is asked for.

        A supervisor's request is one with SupervisorID, or with the reason that stands for a supervisor: our own web
        services, and others, check the team before they give it.

        Raises:
            ControlFailureError: It is nothing that a client, or a supervisor, can ask for.
        """
        personality = self._runner.engine.floor.policy.personality
        wanted = STATE_REQUESTS[personality].get(request.agent_state)
        reason = request.event_reason_code
        if wanted is None:
            raise ControlFailureError(_CF.CF_INVALID_AGENT_WORKMODE, _PE.INVALID_ARGUMENT)
        if request.supervisor_id or SUPERVISOR_REASONS[personality].get(wanted) == reason:
            if wanted not in SUPERVISOR_REQUESTS:
                raise ControlFailureError(_CF.CF_INVALID_AGENT_WORKMODE, _PE.INVALID_ARGUMENT)
            return SUPERVISOR_REQUESTS[wanted]
        if wanted is Request.LOGOUT and request.forced_flag == ForcedFlag.FORCED:
            is_gone = reason == Reason.DESKTOP_FORCED_LOGOUT
            return Request.DISCONNECTED if is_gone else Request.FORCED_LOGOUT
        return wanted

    def _sign_in(self, request: SetAgentStateReq, agent_id: str, reply: Reply) -> None:
        def checked(person: Person) -> None:
            if request.forced_flag != ForcedFlag.AUTHENTICATE_ONLY:
                self._runner.engine.sign_in(
                    person.login_id,
                    request.agent_instrument or "",
                    request.forced_flag == ForcedFlag.FORCED,
                    self._runner.now(),
                    terminal=request.active_terminal or "",
                    session_id=request.position_id or "",
                )
            reply(SetAgentStateConf(invoke_id=request.invoke_id))

        checking = self._authenticate(request, agent_id)
        checking.addCallback(checked)
        checking.addErrback(self._not_signed_in, request, agent_id, reply)
        checking.addBoth(lambda _result: self._runner.settle())
        checking.addErrback(lambda reason: self.log.failure("the engine failed", reason))

    def _authenticate(self, request: SetAgentStateReq, agent_id: str) -> Deferred[Person]:
        """Check the password; whoever knows what his session is called has given it before, and stays in it."""
        agent = self._runner.engine.roster.agents.get(agent_id)
        known = agent.session_id if agent is not None else ""
        if agent is not None and not request.agent_password and known:
            place = request.position_id, request.agent_instrument
            if place == (known, agent.extension):
                return succeed(agent.person)
        return self._authenticator.authenticate(agent_id, request.agent_password or "")

    def _not_signed_in(
        self, reason: Failure, request: SetAgentStateReq, agent_id: str, reply: Reply
    ) -> None:
        match reason.value:
            case ControlFailureError() as refused:
                reply(refusal(request, refused))
            case BadCredentialsError():
                is_known = agent_id in self._runner.engine.roster.agents
                code = _CF.CF_INVALID_PASSWORD_SPECIFIED
                if not is_known:
                    code = _CF.CF_INVALID_AGENT_ID_OR_PASSWORD_SPECIFIED
                reply(refusal(request, ControlFailureError(code, _PE.AGENT_INVALID)))
            case LockedOutError():
                code = _CF.CF_AGENT_ACCOUNT_LOCKED_OUT
                reply(refusal(request, ControlFailureError(code, _PE.AGENT_INVALID)))
            case SignInError():
                reply(refusal(request, ControlFailureError(_CF.CF_SERVICE_BUSY)))
            case _:
                self.log.failure("a password could not be checked", reason)
                reply(failure(request))
