"""The agents: who is signed in where, in which state, and what follows.

Every change of state goes through one of the personality's tables (`finesse_tx.engine.core.states.Rules`). An agent
stands in his queues' rankings exactly while he can be selected.

Spec: ``engine.md`` §2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core import selection, workload
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.events import AgentStateChanged
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Agent, Call, Pending, Queue, Wrapup
from finesse_tx.engine.core.outbound.assignment import has_begun
from finesse_tx.engine.core.personality import RULES
from finesse_tx.engine.core.reasons import Reason
from finesse_tx.engine.core.states import (
    IN_CALL,
    IN_WRAPUP,
    AfterCall,
    AgentState,
    Input,
    Move,
    Pend,
    Return,
)
from finesse_tx.telephony.core.states import CallControlTerminalConnectionState

__all__ = ["Roster"]

_DELIVERY_ENDED: Final = {
    Input.NOT_ANSWERED,
    Input.PASSED_OVER,
    Input.MISSED_TOO_OFTEN,
    Input.CALLER_GONE,
    Input.LINE_BUSY,
    Input.PREVIEW_REJECTED,
    Input.PREVIEW_SKIPPED,
    Input.RESERVATION_CANCELLED,
    Input.RESERVATION_EXPIRED,
}

_TAKES_HIM_AWAY: Final = {
    Input.LINE_BUSY,
    Input.DIALLED,
    Input.OTHER_CALL,
    Input.OTHER_CALL_JOINED,
    Input.SECOND_LINE,
}
"""After these the agent goes back to what he was."""

_IN_THE_SAME_CALL: Final = {Input.HELD, Input.RETRIEVED}

_PAST_THE_ENGINE: Final = {Input.OTHER_CALL, Input.OTHER_CALL_JOINED, Input.OTHER_CALL_ENDED}


class Roster:
    """All agents.

    Attributes:
        agents: By login id.
        rules: The personality's tables.
    """

    def __init__(self, floor: Floor, calls: Calls) -> None:
        self._floor, self._calls = floor, calls
        self.rules = RULES[floor.policy.personality]
        self.agents: dict[str, Agent] = {}

    def configure(self, snapshot: Snapshot, queues: Mapping[int, Queue], now: float) -> None:
        """Take in the directory's people: who is new, who has changed, who is gone."""
        found = {person.login_id: person for person in snapshot.people if person.is_agent}
        for login_id in [login_id for login_id in self.agents if login_id not in found]:
            self.happen(self.agents[login_id], Input.DELETED, now)
            if self.agents[login_id].state is AgentState.LOGOUT:
                del self.agents[login_id]
        for person in found.values():
            agent = self.agents.setdefault(person.login_id, Agent(person))
            changed = agent.person.extension != person.extension
            was_selectable, had = self._withdraw(agent), agent.queues
            agent.person = person
            workload.assign(agent, tuple(queues[i] for i in snapshot.csq_ids_of(agent.id)))
            if was_selectable:
                self._offer(agent)
            if agent.queues != had:
                self.tell(agent, now)  # clients and figures go by the queues
            if changed:
                self.happen(agent, Input.EXTENSION_CHANGED, now)

    # What happens to them -------------------------------------------------------------------------------------

    def happen(self, agent: Agent, happening: Input, now: float) -> None:
        """Let something happen to an agent; what has no row in the personality's ``changes`` changes nothing."""
        if happening is Input.ANSWERED:
            agent.missed, agent.was_not_ready = 0, self._was_not_ready(agent)
        elif happening is Input.PASSED_OVER:
            happening = self._missed(agent)
        if agent.is_engaged and happening in _PAST_THE_ENGINE:
            return
        change = self.rules.changes.get((agent.state, happening))
        match change:
            case None:
                return
            case Return():
                self._return(agent, now)
            case Pend(to, reason):
                if self.is_busy(agent):
                    self.pend(agent, Pending(to, int(reason or Reason.NONE)), now)
                else:  # the call that he was in is gone already
                    self._move(agent, Move(to, reason), happening, now)
            case Move(AgentState.LOGOUT, reason) if self.is_busy(agent):
                self.pend(agent, Pending(AgentState.LOGOUT, int(reason or Reason.NONE)), now)
            case Move():
                self._move(agent, change, happening, now)

    @staticmethod
    def _was_not_ready(agent: Agent) -> bool:
        """Whether the agent would be NOT_READY, and not for its sake, had the call not been that he has now."""
        if agent.returns_to is not None:
            return agent.returns_to.state is AgentState.NOT_READY
        by_call = agent.reason == Reason.AGT_RCV_NON_ICD
        return agent.state is AgentState.NOT_READY and not by_call

    def _missed(self, agent: Agent) -> Input:
        """The agent has missed one more call; say whether he stays READY."""
        agent.missed += 1
        often = (agent.state, Input.MISSED_TOO_OFTEN) in self.rules.changes
        if often and agent.missed >= self._floor.policy.missed_calls:
            agent.missed = 0
            return Input.MISSED_TOO_OFTEN
        return Input.PASSED_OVER

    def _move(self, agent: Agent, move: Move, happening: Input, now: float) -> None:
        to, reason = move.to, int(move.reason or Reason.NONE)
        if happening in _DELIVERY_ENDED and agent.pending is not None:
            # The call that this waits for has not come to be; only a pending LOGOUT beats what happened instead.
            beaten = to is AgentState.READY or agent.pending.state is AgentState.LOGOUT
            to, reason = agent.pending if beaten else (to, reason)
        returns_to = agent.returns_to if happening in _IN_THE_SAME_CALL else None
        if happening in _TAKES_HIM_AWAY:
            returns_to = self._comes_back_to(agent, to)
        policy = self._floor.policy
        passed_over = happening is Input.PASSED_OVER and policy.ring_no_answer_skip_s > 0
        if passed_over and to is AgentState.READY:
            agent.passed_over = self._floor.agenda.set(
                now + policy.ring_no_answer_skip_s, lambda _now: self._consider_again(agent)
            )
        self.enter(agent, to, reason, now, keeps_idle=happening is Input.CALLER_GONE)
        if returns_to is not None and agent.state is to:
            agent.returns_to = returns_to

    def _comes_back_to(self, agent: Agent, to: AgentState) -> Pending | None:
        """What an agent is again after a call that the engine did not route, and that takes him to ``to``."""
        before = agent.returns_to
        if before is None:
            was_ready = agent.state in {AgentState.READY, AgentState.RESERVED}
            before = (
                Pending(AgentState.READY, Reason.NONE)
                if was_ready
                else Pending(agent.state, agent.reason)
            )
        if before.state is AgentState.READY and not self._floor.policy.ready_after_other_call:
            return (
                None
                if to is AgentState.NOT_READY
                else Pending(AgentState.NOT_READY, int(Reason.NONE))
            )
        return None if to is AgentState.LOGOUT else before

    def _return(self, agent: Agent, now: float) -> None:
        """Be again as before the call, or what was asked for during it; only routed calls are wrapped up."""
        asked = agent.pending
        wraps_up = asked is not None and asked.state is AgentState.WORK
        before = agent.returns_to if asked is None or wraps_up else asked
        if before is None and agent.state is not AgentState.NOT_READY:
            before = Pending(AgentState.NOT_READY, Reason.NONE)
        if before is not None:
            self.enter(agent, *before, now)

    def phone_is_free(self, agent: Agent, now: float, how: Input = Input.OTHER_CALL_ENDED) -> None:
        """The agent's phone has no call any more, for that reason: what waited for it happens now."""
        if agent.is_engaged or not self.is_free(agent):
            return
        if agent.pending is not None and agent.pending.state is AgentState.LOGOUT:
            self.enter(agent, *agent.pending, now)
        elif agent.dialling is None or agent.state is not AgentState.NOT_READY:
            cancelled = how is Input.CONSULT_CANCELLED and not self._was_not_ready(agent)
            self.happen(agent, how if cancelled else Input.OTHER_CALL_ENDED, now)

    def client_came(self, agent: Agent) -> None:
        """The agent has a CTI client of his own, again or for the first time."""
        if agent.leaving is not None:
            self._floor.agenda.cancel(agent.leaving)
            agent.leaving = None

    def client_gone(self, agent: Agent, closed: bool, now: float) -> None:
        """The agent's own CTI client is gone; he is signed out when it does not come back."""
        self.client_came(agent)
        grace_s = self._floor.policy.client_grace_s
        if grace_s and agent.state is not AgentState.LOGOUT:
            happening = Input.CLIENT_CLOSED if closed else Input.CLIENT_LOST
            agent.leaving = self._floor.agenda.set(
                now + grace_s, lambda later: self._client_stays_away(agent, happening, later)
            )

    def _client_stays_away(self, agent: Agent, happening: Input, now: float) -> None:
        agent.leaving = None
        self.happen(agent, happening, now)

    def look_at_holds(self, agent: Agent, now: float) -> None:
        """The agent's phone has put a call on hold or taken one off, begun one or ended one."""
        parts = [
            part.call_control_state
            for number in self.lines(agent)
            for connection in self._floor.model.addresses[number].connections.values()
            for part in connection.terminal_connections.values()
            if part.terminal.name == (agent.station.terminal if agent.station else "")
        ]
        if parts:
            held = all(part is CallControlTerminalConnectionState.HELD for part in parts)
            self.happen(agent, Input.HELD if held else Input.RETRIEVED, now)

    def call_is_over(self, agent: Agent, call: Call, queue: Queue, now: float) -> bool:
        """A routed call has ended; say whether the agent now wraps it up."""
        agent.contact, agent.outbound = None, None
        if agent.state not in IN_CALL:  # the phone went before the call did
            self.phone_is_free(agent, now)
            return False
        pending = agent.pending.state if agent.pending else None
        case = AfterCall(queue.csq.auto_work, pending, self._automatic_available(agent))
        move = self.rules.after_call[case]
        if move.to in IN_WRAPUP:
            agent.wrapup = Wrapup(call)
            if queue.csq.wrapup_time_s:
                agent.wrapup.deadline = self._floor.agenda.set(
                    now + queue.csq.wrapup_time_s, lambda later: self._work_is_over(agent, later)
                )
            if pending is AgentState.WORK:
                agent.pending = None
        reason = self._reason(agent, move)
        if call.outbound is not None and agent.wrapup is not None:
            reason = self.rules.outbound_work
        self.enter(agent, move.to, reason, now)
        return agent.wrapup is not None

    def _work_is_over(self, agent: Agent, now: float) -> None:
        pending = agent.pending.state if agent.pending else None
        move = self.rules.after_work[pending, self._automatic_available(agent)]
        self.enter(agent, move.to, self._reason(agent, move), now)

    @staticmethod
    def _automatic_available(agent: Agent) -> bool:
        """Whether the agent is READY again by himself after a routed call: not if it found him NOT_READY."""
        return agent.person.automatic_available and not agent.was_not_ready

    @staticmethod
    def _reason(agent: Agent, move: Move) -> int:
        if move.reason is not None:
            return move.reason
        return agent.pending.reason if agent.pending else Reason.NONE

    # How it is done -------------------------------------------------------------------------------------------

    def lines(self, agent: Agent) -> tuple[str, ...]:
        """The numbers of the agent's phone, his own first; those on which somebody else is signed in are not his."""
        terminal = self._floor.model.terminals.get(agent.station.terminal if agent.station else "")
        if terminal is None or len(terminal.addresses) < 2:
            return (agent.extension,) if agent.extension in self._floor.model.addresses else ()
        others = (
            number
            for number in terminal.addresses
            if number != agent.extension and number not in self._floor.stations
        )
        return agent.extension, *others

    def is_free(self, agent: Agent) -> bool:
        """Whether none of the lines of the agent's phone is in a call."""
        addresses = self._floor.model.addresses
        return all(addresses[number].is_free for number in self.lines(agent))

    def is_in_service(self, agent: Agent) -> bool:
        """Whether the agent's phone is."""
        address = self._floor.model.addresses.get(agent.extension)
        return address is not None and address.in_service

    def _is_on_other_call(self, agent: Agent) -> bool:
        return not agent.is_engaged and not (self.is_free(agent) and agent.dialling is None)

    def is_busy(self, agent: Agent) -> bool:
        """Whether the agent has, or is about to have, a call, whoever routed it."""
        return agent.is_engaged or self._is_on_other_call(agent)

    def _leaves_after_call(self, agent: Agent) -> bool:
        leaves = agent.pending is not None and agent.pending.state is AgentState.LOGOUT
        return leaves and self.is_busy(agent)

    def pend(self, agent: Agent, pending: Pending, now: float) -> None:
        """Let something follow the call."""
        agent.pending = pending
        self.tell(agent, now)

    def enter(
        self, agent: Agent, to: AgentState, reason: int, now: float, *, keeps_idle: bool = False
    ) -> None:
        """Put an agent into a state, tell it, and do what belongs to leaving the old one."""
        returns_to = None
        if to is AgentState.READY and (hindrance := self._hindrance(agent)) is not None:
            if hindrance is not self.rules.no_phone and self._floor.policy.ready_after_other_call:
                returns_to = Pending(to, Reason.NONE)
            to, reason = hindrance.to, int(hindrance.reason or Reason.NONE)
        workload.moved(agent, to, now)
        finished = self._leave(agent, to)
        agent.state, agent.reason, agent.since = to, reason, now
        agent.returns_to = returns_to
        if to is AgentState.READY and not keeps_idle:
            agent.idle_since = now
        self.tell(agent, now)
        if finished is not None:
            self._calls.end(finished, agent.extension)
        if to is AgentState.LOGOUT:
            self.client_came(agent)  # there is nobody left to sign out
            self._floor.sign_out(agent.extension)
            agent.station = None
        elif to is AgentState.READY and agent.passed_over is None:
            self._offer(agent)

    def _hindrance(self, agent: Agent) -> Move | None:
        """Where somebody goes instead who cannot be READY now."""
        if not self.is_in_service(agent):
            return self.rules.no_phone
        if not self._is_on_other_call(agent):
            return None
        own = self._floor.model.addresses[agent.extension]
        second = self.rules.changes[AgentState.READY, Input.SECOND_LINE]
        if own.is_free and agent.dialling is None and isinstance(second, Move):
            return second
        return self.rules.busy

    def _leave(self, agent: Agent, to: AgentState) -> Call | None:
        """Give up what belongs to an agent's state, before another; return the call that was wrapped up in it."""
        self._withdraw(agent)
        reserved = agent.outbound if agent.state is AgentState.RESERVED else None
        stays = to is AgentState.RESERVED or (to is AgentState.TALKING and has_begun(reserved))
        if reserved is not None and not stays:
            self._floor.deserted.append(reserved)
            agent.outbound = None
        if to is not AgentState.READY and agent.passed_over is not None:
            self._floor.agenda.cancel(agent.passed_over)
            agent.passed_over = None
        settled = {AgentState.LOGOUT, AgentState.NOT_READY, AgentState.READY}
        if to in settled and not (to is AgentState.NOT_READY and self._leaves_after_call(agent)):
            agent.pending = None
        if agent.state not in IN_WRAPUP or agent.wrapup is None:
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

    def tell(self, agent: Agent, now: float, state: AgentState | None = None) -> None:
        """Tell an agent's state."""
        if agent.station is None:
            return
        queue = agent.contact.queue if agent.contact else None
        if agent.outbound is not None:
            queue = agent.outbound.queue
        if agent.wrapup is not None:
            call = agent.wrapup.call
            if call.contact is not None:
                queue = call.contact.queue
            elif call.outbound is not None:
                queue = call.outbound.queue
        self._floor.effects.append(
            AgentStateChanged(
                agent.id,
                *agent.station,
                agent.state if state is None else state,
                agent.reason if agent.pending is None else agent.pending.reason,
                agent.pending.state if agent.pending else None,
                int(now - agent.since),
                queue.csq_id if queue else None,
                agent.csq_ids,
            )
        )
