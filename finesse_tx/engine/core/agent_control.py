"""What people ask of agents: signing in, another state. Checked here, done by the roster.

Spec: ``engine.md`` §2.1; ``cti.md`` §8.18 (refusals), §11.4, §11.10.
"""

from __future__ import annotations

from typing import Final

from finesse_tx.cti.core.enums import ControlFailureCode, PeripheralErrorCode
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.directory.core.records import ReasonCategory
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Agent, Pending, Station
from finesse_tx.engine.core.reasons import CCEReason, Reason
from finesse_tx.engine.core.roster import Roster
from finesse_tx.engine.core.states import (
    AgentState,
    Input,
    Keep,
    Move,
    Outcome,
    Pend,
    Refuse,
    Request,
)
from finesse_tx.telephony.core.inventory import AddressKind

__all__ = ["BY_SUPERVISOR", "AgentControl"]

BY_SUPERVISOR: Final = {
    Request.SUPERVISOR_LOGOUT,
    Request.SUPERVISOR_NOT_READY,
    Request.SUPERVISOR_READY,
}

_EXPLAINED: Final = {
    Request.NOT_READY: ReasonCategory.NOT_READY,
    Request.LOGOUT: ReasonCategory.LOGOUT,
}
"""What an agent gives a reason for."""

_TAKEN_BACK: Final = {
    (AgentState.LOGOUT, Reason.NONE),
    (AgentState.LOGOUT, Reason.DESKTOP_FORCED_LOGOUT),
    (AgentState.LOGOUT, CCEReason.CTI_FAILED),
    (AgentState.NOT_READY, CCEReason.CTI_FAILED),
}
"""What is pending for a lost desktop, with its reason: signing in again takes it back; the rest is not the agent's
to undo."""

_CF: Final = ControlFailureCode
_PE: Final = PeripheralErrorCode


class AgentControl:
    """Sign-in and states, as people ask for them."""

    def __init__(self, floor: Floor, roster: Roster, calls: Calls) -> None:
        self._floor, self._roster, self._calls = floor, roster, calls

    def sign_in(
        self,
        agent: Agent,
        extension: str,
        forced: bool,
        now: float,
        *,
        terminal: str = "",
        session_id: str = "",
    ) -> None:
        """Sign an agent in.

        Args:
            agent: Whom.
            extension: The phone's number.
            forced: Whether to leave another phone.
            now: The time.
            terminal: Which of the number's devices; empty for the first one.
            session_id: What the client calls this session; kept until the next time.

        Raises:
            ControlFailureError: The phone cannot be used, or the agent is signed in elsewhere; nothing changed.
        """
        address = self._floor.model.addresses.get(extension)
        if address is None or address.kind is not AddressKind.PHONE:
            raise ControlFailureError(
                _CF.CF_INVALID_LOGON_DEVICE_SPECIFIED, _PE.NUMBER_NOT_ASSIGNED
            )
        if not address.in_service:
            restriction = self._floor.restricted.get(
                extension, _CF.CF_INVALID_LOGON_DEVICE_SPECIFIED
            )
            raise ControlFailureError(restriction, _PE.DEVICE_OFF)
        if terminal and terminal not in address.terminals:
            raise ControlFailureError(
                _CF.CF_INVALID_LOGON_DEVICE_SPECIFIED, _PE.NUMBER_NOT_ASSIGNED
            )
        if agent.extension == extension:
            agent.session_id = session_id
            if agent.pending in _TAKEN_BACK:
                agent.pending = None
            self.request(agent, Request.LOGIN, Reason.NONE, now)
            return
        if agent.station is not None and not forced:
            raise ControlFailureError(_CF.CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON)
        if agent.station is not None and self._roster.is_busy(agent):
            raise ControlFailureError(_CF.CF_RESOURCE_BUSY, _PE.DEVICE_BUSY)
        other = self._floor.stations.get(extension)
        if other is not None and self._roster.is_busy(other):
            raise ControlFailureError(_CF.CF_SPECIFIED_EXTENSION_ALREADY_IN_USE, _PE.DEVICE_BUSY)
        if agent.station is not None:
            self._roster.happen(agent, Input.SIGNED_IN_ELSEWHERE, now)
        if other is not None:
            self._roster.happen(other, Input.EXTENSION_TAKEN, now)
        agent.station = Station(extension, terminal or next(iter(address.terminals), ""))
        agent.session_id, agent.missed = session_id, 0
        self._floor.sign_in(agent, extension)
        agent.reason, agent.since = Reason.NONE, now
        self._roster.tell(agent, now, AgentState.LOGIN)
        self.request(agent, Request.LOGIN, Reason.NONE, now)
        for number in self._roster.lines(agent):
            self._calls.show_ringing(number)

    def request_for(
        self,
        agent: Agent,
        request: Request,
        reason: int,
        now: float,
        *,
        supervisor: str,
        session_id: str,
    ) -> None:
        """Do what is asked for, if whoever asks may, and means the session that there is.

        Args:
            agent: Whose state.
            request: What is asked for.
            reason: Why.
            now: The time.
            supervisor: The login id of the supervisor who asks; empty for nobody in particular.
            session_id: The session that a forced sign-out is meant for; empty for whichever there is.

        Raises:
            ControlFailureError: It cannot be done; nothing changed.
        """
        if supervisor:
            asking = self._floor.snapshot.person(supervisor)
            teams = self._floor.snapshot.supervised_by(asking.login_id) if asking else frozenset()
            if agent.person.team_id not in teams or request not in BY_SUPERVISOR:
                raise ControlFailureError(_CF.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE)
        is_other = bool(session_id) and session_id != agent.session_id
        if is_other and request in {Request.DISCONNECTED, Request.FORCED_LOGOUT}:
            raise ControlFailureError(_CF.CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON)
        self.request(agent, request, reason, now)

    def request(self, agent: Agent, request: Request, reason: int, now: float) -> None:
        """Do what an agent, or someone for the agent, asks for.

        Args:
            agent: Whose state.
            request: What is asked for.
            reason: Why; where the tables name the reason themselves it is not looked at.
            now: The time.

        Raises:
            ControlFailureError: It cannot be done; nothing changed.
        """
        self._check_reason(agent, request, reason)
        if request is Request.DISCONNECTED and self._floor.policy.logout_on_disconnect:
            named = self._roster.rules.requests[AgentState.NOT_READY, request]
            if isinstance(named, Move) and named.reason is not None:
                request, reason = Request.FORCED_LOGOUT, named.reason
        outcome = self._outcome(agent, request)
        match outcome:
            case Refuse(code):
                raise ControlFailureError(code)
            case Keep():
                self._roster.tell(agent, now)
            case Pend(to, own):
                self._roster.pend(agent, Pending(to, reason if own is None else own), now)
            case Move(to, own):
                self._roster.enter(agent, to, reason if own is None else own, now)

    def _outcome(self, agent: Agent, request: Request) -> Outcome:
        """What the tables say."""
        cell = agent.state, request
        outcome = self._roster.rules.requests[cell]
        if self._roster.is_busy(agent):
            outcome = self._roster.rules.on_other_call.get(cell, outcome)
        if isinstance(outcome, Pend) and agent.pending is not None:
            outcome = self._roster.rules.when_pending.get((agent.pending.state, request), outcome)
        ready = isinstance(outcome, Move) and outcome.to is AgentState.READY
        if ready and not self._roster.is_in_service(agent):
            return Refuse(_CF.CF_RESOURCE_OUT_OF_SERVICE)
        return outcome

    def _check_reason(self, agent: Agent, request: Request, reason: int) -> None:
        """Check the reason that somebody gives for a state.

        Raises:
            ControlFailureError: It is one of the engine's own, none of the team's, or missing.
        """
        if request in BY_SUPERVISOR or request is Request.DISCONNECTED:
            return
        invalid = ControlFailureError(_CF.CF_INVALID_AGENT_REASON_CODE, _PE.INVALID_ARGUMENT)
        if reason > self._roster.rules.last_reason:
            raise invalid
        category = _EXPLAINED.get(request)
        if category is None:
            return
        snapshot = self._floor.snapshot
        known = snapshot.reason_code(category, reason)
        if known is not None and known.offered_to(agent.person.team_id):
            return
        if not any(snapshot.reason_codes_for(agent.person.team_id, category)):
            return
        if reason:
            raise invalid
        if self._floor.policy.reason_required:
            raise ControlFailureError(_CF.CF_REASON_CODE_REQUIRED)
