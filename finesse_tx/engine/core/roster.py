"""The agents: who is signed in where, in which state, and what follows.

Every change of state goes through one of the tables of `finesse_tx.engine.core.states`. An agent stands in his
queues' rankings exactly while he can be selected.

Spec: ``engine.md`` §2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from finesse_tx.cti.core.enums import ControlFailureCode, PeripheralErrorCode
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core import selection, workload
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.events import AgentStateChanged
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Agent, Call, Pending, Queue, Station, Wrapup
from finesse_tx.engine.core.reasons import LAST_CONFIGURED, Reason
from finesse_tx.engine.core.states import (
    AFTER_CALL,
    AFTER_WORK,
    CHANGES,
    ON_OTHER_CALL,
    PENDING_REFUSED,
    REQUESTS,
    AfterCall,
    AgentState,
    Input,
    Keep,
    Move,
    Pend,
    Refuse,
    Request,
)
from finesse_tx.telephony.core.inventory import AddressKind

__all__ = ["Roster"]

_DELIVERY_ENDED: Final = {
    Input.NOT_ANSWERED,
    Input.PASSED_OVER,
    Input.CALLER_GONE,
    Input.LINE_BUSY,
}

_CF: Final = ControlFailureCode
_PE: Final = PeripheralErrorCode


class Roster:
    """All agents.

    Attributes:
        agents: By login id.
    """

    def __init__(self, floor: Floor, calls: Calls) -> None:
        self._floor, self._calls = floor, calls
        self.agents: dict[str, Agent] = {}

    def configure(self, snapshot: Snapshot, queues: Mapping[int, Queue], now: float) -> None:
        """Take in the directory's people: who is new, who has changed, who is gone."""
        found = {person.login_id: person for person in snapshot.people if person.is_agent}
        for login_id in [login_id for login_id in self.agents if login_id not in found]:
            self._leave_directory(self.agents[login_id], Input.DELETED, now)
            if self.agents[login_id].state is AgentState.LOGOUT:
                del self.agents[login_id]
        for person in found.values():
            agent = self.agents.setdefault(person.login_id, Agent(person))
            changed = agent.person.extension != person.extension
            was_selectable = self._withdraw(agent)
            agent.person = person
            workload.assign(agent, tuple(queues[i] for i in snapshot.csq_ids_of(agent.id)))
            if was_selectable:
                self._offer(agent)
            if changed and agent.state is not AgentState.LOGOUT:
                self._leave_directory(agent, Input.EXTENSION_CHANGED, now)

    def _leave_directory(self, agent: Agent, happening: Input, now: float) -> None:
        """Sign someone out at once, or after the call."""
        if self._is_busy(agent):
            move = CHANGES[AgentState.NOT_READY, happening]
            self._pend(agent, Pending(move.to, move.reason or Reason.NONE), now)
        else:
            self.happen(agent, happening, now)

    # What people ask for --------------------------------------------------------------------------------------

    def sign_in(self, agent: Agent, extension: str, forced: bool, now: float) -> None:
        """Sign an agent in.

        Raises:
            ControlFailureError: The phone cannot be used, or the agent is signed in elsewhere; nothing changed.
        """
        address = self._floor.model.addresses.get(extension)
        if address is None or address.kind is not AddressKind.PHONE:
            raise ControlFailureError(
                _CF.CF_INVALID_LOGON_DEVICE_SPECIFIED, _PE.NUMBER_NOT_ASSIGNED
            )
        if not address.in_service:
            raise ControlFailureError(_CF.CF_INVALID_LOGON_DEVICE_SPECIFIED, _PE.DEVICE_OFF)
        if agent.extension == extension:
            if agent.pending is not None and agent.pending.state is AgentState.LOGOUT:
                agent.pending = None
            self.request(agent, Request.LOGIN, Reason.NONE, now)
            return
        if agent.station is not None and not forced:
            raise ControlFailureError(_CF.CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON)
        if agent.station is not None and self._is_busy(agent):
            raise ControlFailureError(_CF.CF_RESOURCE_BUSY, _PE.DEVICE_BUSY)
        other = self._floor.stations.get(extension)
        if other is not None and self._is_busy(other):
            raise ControlFailureError(_CF.CF_SPECIFIED_EXTENSION_ALREADY_IN_USE, _PE.DEVICE_BUSY)
        if agent.station is not None:
            self.happen(agent, Input.SIGNED_IN_ELSEWHERE, now)
        if other is not None:
            self.happen(other, Input.EXTENSION_TAKEN, now)
        agent.station = Station(extension, next(iter(address.terminals), ""))
        self._floor.stations[extension] = agent
        agent.reason, agent.since = Reason.NONE, now
        self._tell(agent, now, AgentState.LOGIN)
        self.request(agent, Request.LOGIN, Reason.NONE, now)

    def request(self, agent: Agent, request: Request, reason: int, now: float) -> None:
        """Do what an agent, or someone for the agent, asks for.

        Raises:
            ControlFailureError: It cannot be done; nothing changed.
        """
        if reason > LAST_CONFIGURED:
            raise ControlFailureError(_CF.CF_INVALID_AGENT_REASON_CODE, _PE.INVALID_ARGUMENT)
        outcome = REQUESTS[agent.state, request]
        if self._is_busy(agent):
            outcome = ON_OTHER_CALL.get((agent.state, request), outcome)
        if isinstance(outcome, Pend) and agent.pending is not None:
            outcome = PENDING_REFUSED.get((agent.pending.state, request), outcome)
        ready = isinstance(outcome, Move) and outcome.to is AgentState.READY
        if ready and not self._is_in_service(agent):
            outcome = Refuse(_CF.CF_RESOURCE_OUT_OF_SERVICE)
        match outcome:
            case Refuse(code):
                raise ControlFailureError(code)
            case Keep():
                self._tell(agent, now)
            case Pend(to):
                self._pend(agent, Pending(to, reason), now)
            case Move(to, own):
                self._enter(agent, to, reason if own is None else own, now)

    # What happens to them -------------------------------------------------------------------------------------

    def happen(self, agent: Agent, happening: Input, now: float) -> None:
        """Let something happen to an agent; what has no row in `CHANGES` changes nothing."""
        move = CHANGES.get((agent.state, happening))
        if move is None:
            return
        to, reason = move.to, int(move.reason or Reason.NONE)
        if happening in _DELIVERY_ENDED and agent.pending is not None:
            # The call that this waits for has not come to be; only a pending LOGOUT beats what happened instead.
            beaten = to is AgentState.READY or agent.pending.state is AgentState.LOGOUT
            to, reason = agent.pending if beaten else (to, reason)
        returns = happening in {Input.DIALLED, Input.OTHER_CALL, Input.LINE_BUSY}
        keeps_idle = happening is Input.CALLER_GONE
        passed_over = (
            happening is Input.PASSED_OVER and self._floor.policy.ring_no_answer_skip_s > 0
        )
        if passed_over and to is AgentState.READY:
            agent.passed_over = self._floor.agenda.set(
                now + self._floor.policy.ring_no_answer_skip_s,
                lambda _now: self._consider_again(agent),
            )
        self._enter(agent, to, reason, now, keeps_idle=keeps_idle)
        if returns and agent.state is AgentState.NOT_READY:
            agent.returns_to_ready = self._floor.policy.ready_after_other_call

    def phone_is_free(self, agent: Agent, now: float) -> None:
        """The agent's phone has no call any more: what waited for that happens now."""
        if agent.contact is not None or not self._is_free(agent):
            return
        if agent.pending is not None and agent.pending.state is AgentState.LOGOUT:
            self._enter(agent, *agent.pending, now)
        elif agent.returns_to_ready and agent.dialling is None:
            self.happen(agent, Input.OTHER_CALL_ENDED, now)

    def call_is_over(self, agent: Agent, call: Call, queue: Queue, now: float) -> bool:
        """A routed call has ended; say whether the agent now wraps it up."""
        agent.contact = None
        if agent.state is not AgentState.TALKING:  # the phone went before the call did
            self.phone_is_free(agent, now)
            return False
        pending = agent.pending.state if agent.pending else None
        case = AfterCall(queue.csq.auto_work, pending, agent.person.automatic_available)
        move = AFTER_CALL[case]
        if move.to is AgentState.WORK:
            agent.wrapup = Wrapup(call)
            if queue.csq.wrapup_time_s:
                agent.wrapup.deadline = self._floor.agenda.set(
                    now + queue.csq.wrapup_time_s, lambda later: self._work_is_over(agent, later)
                )
            if pending is AgentState.WORK:
                agent.pending = None
        self._enter(agent, move.to, self._reason(agent, move), now)
        return agent.wrapup is not None

    def _work_is_over(self, agent: Agent, now: float) -> None:
        pending = agent.pending.state if agent.pending else None
        move = AFTER_WORK[pending, agent.person.automatic_available]
        self._enter(agent, move.to, self._reason(agent, move), now)

    @staticmethod
    def _reason(agent: Agent, move: Move) -> int:
        if move.reason is not None:
            return move.reason
        return agent.pending.reason if agent.pending else Reason.NONE

    # How it is done -------------------------------------------------------------------------------------------

    def _is_free(self, agent: Agent) -> bool:
        address = self._floor.model.addresses.get(agent.extension)
        return address is None or address.is_free

    def _is_in_service(self, agent: Agent) -> bool:
        address = self._floor.model.addresses.get(agent.extension)
        return address is not None and address.in_service

    def _is_on_other_call(self, agent: Agent) -> bool:
        return agent.contact is None and not (self._is_free(agent) and agent.dialling is None)

    def _is_busy(self, agent: Agent) -> bool:
        return agent.contact is not None or self._is_on_other_call(agent)

    def _leaves_after_call(self, agent: Agent) -> bool:
        leaves = agent.pending is not None and agent.pending.state is AgentState.LOGOUT
        return leaves and self._is_busy(agent)

    def _pend(self, agent: Agent, pending: Pending, now: float) -> None:
        agent.pending = pending
        self._tell(agent, now)

    def _enter(
        self, agent: Agent, to: AgentState, reason: int, now: float, *, keeps_idle: bool = False
    ) -> None:
        """Put an agent into a state, tell it, and do what belongs to leaving the old one."""
        returns = False
        if to is AgentState.READY and not self._is_in_service(agent):
            to, reason = AgentState.NOT_READY, Reason.PHONE_DOWN
        elif to is AgentState.READY and self._is_on_other_call(agent):
            to, reason = AgentState.NOT_READY, Reason.AGT_RCV_NON_ICD
            returns = self._floor.policy.ready_after_other_call
        workload.moved(agent, to, now)
        finished = self._leave(agent, to)
        agent.state, agent.reason, agent.since = to, reason, now
        agent.returns_to_ready = returns
        if to is AgentState.READY and not keeps_idle:
            agent.idle_since = now
        self._tell(agent, now)
        if finished is not None:
            self._calls.end(finished, agent.extension)
        if to is AgentState.LOGOUT:
            self._floor.stations.pop(agent.extension, None)
            agent.station = None
        elif to is AgentState.READY and agent.passed_over is None:
            self._offer(agent)

    def _leave(self, agent: Agent, to: AgentState) -> Call | None:
        """Give up what belongs to an agent's state, before another; return the call that was wrapped up in it."""
        self._withdraw(agent)
        if to is not AgentState.READY and agent.passed_over is not None:
            self._floor.agenda.cancel(agent.passed_over)
            agent.passed_over = None
        settled = {AgentState.LOGOUT, AgentState.NOT_READY, AgentState.READY}
        if to in settled and not (to is AgentState.NOT_READY and self._leaves_after_call(agent)):
            agent.pending = None
        if agent.state is not AgentState.WORK or agent.wrapup is None:
            return None
        wrapup, agent.wrapup = agent.wrapup, None
        if wrapup.deadline is not None:
            self._floor.agenda.cancel(wrapup.deadline)
        return wrapup.call

    def _consider_again(self, agent: Agent) -> None:
        agent.passed_over = None
        self._offer(agent)

    def _offer(self, agent: Agent) -> None:
        """Let the agent be selected."""
        for queue in agent.pools:
            selection.offer(queue, agent)
        self._floor.unmatched.append(agent)

    def _withdraw(self, agent: Agent) -> bool:
        """Let the agent not be selected; say whether he could have been."""
        was_selectable = agent.state is AgentState.READY and agent.passed_over is None
        if was_selectable:
            for queue in agent.pools:
                queue.ready.discard(agent)
        return was_selectable

    def _tell(self, agent: Agent, now: float, state: AgentState | None = None) -> None:
        """Tell an agent's state."""
        if agent.station is None:
            return
        queue = agent.contact.queue if agent.contact else None
        if queue is None and agent.wrapup is not None and agent.wrapup.call.contact is not None:
            queue = agent.wrapup.call.contact.queue
        self._floor.effects.append(
            AgentStateChanged(
                agent.id,
                *agent.station,
                agent.state if state is None else state,
                agent.reason if agent.pending is None else agent.pending.reason,
                agent.pending.state if agent.pending else None,
                int(now - agent.since),
                queue.csq_id if queue else None,
                tuple(queue.csq.id for queue in agent.queues),
            )
        )
