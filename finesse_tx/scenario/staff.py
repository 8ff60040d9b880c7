"""Agents who work on their own: they sign in, answer, hold, pass on, wrap up, are ready again, and go home.

They know what a client of the engine is told, through the link; what they do and when is a chance of theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any, Final

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from finesse_tx.cti.core.enums import AgentState, LocalConnectionState
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    AnswerCallReq,
    CallDeliveredEvent,
    CallEstablishedEvent,
    ControlFailureConf,
    FailureConf,
    QueryAgentStateConf,
    QueryAgentStateReq,
    SetAgentStateConf,
    SnapshotDeviceConf,
    SnapshotDeviceReq,
)
from finesse_tx.scenario.core.language import Agents, Nothing, SignIn, Table, Transfer, WithReason
from finesse_tx.scenario.desk import Answered, Desk
from finesse_tx.scenario.link import Link

__all__ = ["Staff"]

_SETTLED: Final = {AgentState.LOGOUT, AgentState.NOT_READY, AgentState.AVAILABLE}
"""States that do not end by themselves."""


class _Worker:
    """One of them."""

    def __init__(self, agent_id: str, desk: Desk, ways: Agents) -> None:
        self.agent_id, self.desk, self.ways = agent_id, desk, ways
        self.is_here = self.goes = self.ignores = False
        self.state: int = AgentState.LOGOUT
        self.next: IDelayedCall | None = None  # what follows of the agent's state


class Staff:
    """All of them.

    Attributes:
        refused: How many of their requests were refused: they came too late, mostly.
        notices: What makes them notice something that the engine tells, by its type.

    Args:
        link: Their way to the engine.
        clock: Their time.
        rng: Their chances.
    """

    def __init__(self, link: Link, clock: IReactorTime, rng: Random) -> None:
        self._link, self._clock, self._rng = link, clock, rng
        self._workers: dict[str, _Worker] = {}
        self._by_phone: dict[str, _Worker] = {}
        self.refused = 0
        self.notices: dict[type[Message], Callable[[Any], None]] = {
            AgentStateEvent: self._state,
            CallDeliveredEvent: self._delivered,
            CallEstablishedEvent: self._established,
        }

    def __contains__(self, agent_id: str) -> bool:
        return agent_id in self._workers

    def join(
        self, agent_id: str, desk: Desk, ways: Agents, begin: float, end: float | None
    ) -> None:
        """Let somebody come at one moment, and go home at another."""
        worker = _Worker(agent_id, desk, ways)
        self._workers[agent_id] = self._by_phone[desk.phone] = worker
        self._clock.callLater(begin, self._come, worker)
        if end is not None:
            self._clock.callLater(end, self._go, worker)

    def ignore_calls(self, agent_id: str | None, ignores: bool) -> None:
        """Let one of them, or all, answer no more, or again."""
        for worker in self._workers.values() if agent_id is None else [self._workers[agent_id]]:
            worker.ignores = ignores

    def _state(self, event: AgentStateEvent) -> None:
        if (worker := self._workers.get(event.agent_id_long or "")) is not None:
            self._is(worker, event.agent_state)

    def _delivered(self, event: CallDeliveredEvent) -> None:
        phone = event.connection_device_id or ""
        worker = self._by_phone.get(phone)
        if worker is not None and event.alerting_device_id == phone:
            self._rings(worker, event.connection_call_id)

    def _established(self, event: CallEstablishedEvent) -> None:
        phone = event.connection_device_id or ""
        worker = self._by_phone.get(phone)
        if worker is not None and event.answering_device_id == phone:
            self._talks(worker)

    def look_again(self) -> None:
        """After the link has been down: see how things are."""
        for worker in self._workers.values():
            self._link.ask(
                QueryAgentStateReq(agent_id_long=worker.agent_id), partial(self._saw_state, worker)
            )
            self._link.ask(
                SnapshotDeviceReq(agent_instrument=worker.desk.phone),
                partial(self._saw_calls, worker),
            )

    def _saw_state(self, worker: _Worker, answer: Message) -> None:
        if isinstance(answer, QueryAgentStateConf):
            self._is(worker, answer.agent_state)

    def _saw_calls(self, worker: _Worker, answer: Message) -> None:
        if isinstance(answer, SnapshotDeviceConf):
            for call in answer.calls:
                if call.call_state == LocalConnectionState.LCS_ALERTING:
                    self._rings(worker, call.call_connection_call_id or 0)

    # What they do ---------------------------------------------------------------------------------------------

    def _within(self, span: tuple[float, float]) -> float:
        return self._rng.uniform(*span)

    def _do(
        self, worker: _Worker, what: str, keys: Table | None = None, then: Answered | None = None
    ) -> None:
        worker.desk.do(what, Nothing() if keys is None else keys, then or self._answered)

    def _answered(self, answer: Message | str) -> None:
        if isinstance(answer, str | ControlFailureConf | FailureConf):
            self.refused += 1

    def _come(self, worker: _Worker) -> None:
        worker.is_here = True

        def signed_in(answer: Message | str) -> None:
            self._answered(answer)
            if isinstance(answer, SetAgentStateConf):
                self._do(worker, "ready")

        self._do(worker, "sign in", SignIn(), signed_in)

    def _go(self, worker: _Worker) -> None:
        worker.goes = True
        self._leave(worker)

    def _leave(self, worker: _Worker) -> None:
        """Who goes home is NOT_READY first, after the call if there is one."""
        if worker.state == AgentState.LOGOUT:
            worker.is_here = False
        elif worker.state == AgentState.NOT_READY:
            self._do(worker, "sign out", WithReason())
        else:
            self._do(worker, "not ready", WithReason())

    def _rest(self, worker: _Worker) -> None:
        if worker.next is not None and worker.next.active():
            worker.next.cancel()
        worker.next = None

    def _is(self, worker: _Worker, state: int) -> None:
        self._rest(worker)
        worker.state = state
        if worker.goes and state in _SETTLED:
            self._leave(worker)
        if worker.goes or not worker.is_here:
            return
        later = self._clock.callLater
        if state == AgentState.NOT_READY:
            worker.next = later(self._within(worker.ways.ready_s), self._do, worker, "ready")
        elif state == AgentState.WORK and worker.ways.wrap_up_s is not None:
            worker.next = later(self._within(worker.ways.wrap_up_s), self._do, worker, "ready")
        elif state == AgentState.LOGOUT:
            worker.next = later(self._within(worker.ways.ready_s), self._come, worker)

    def _rings(self, worker: _Worker, call_id: int) -> None:
        ways = worker.ways
        if worker.ignores or (ways.ignore and self._rng.random() < ways.ignore):
            return
        request = AnswerCallReq(
            invoke_id=self._link.next_id(),
            connection_call_id=call_id,
            connection_device_id=worker.desk.phone,
        )
        delay = self._within(ways.answer_s)
        self._clock.callLater(delay, self._link.ask, request, self._answered)

    def _talks(self, worker: _Worker) -> None:
        ways, rng, later = worker.ways, self._rng, self._clock.callLater
        if ways.hold and rng.random() < ways.hold:
            begin = self._within((3.0, 20.0))
            later(begin, self._do, worker, "hold")
            later(begin + self._within(ways.hold_s), self._do, worker, "retrieve")
        elif ways.transfer and rng.random() < ways.transfer:
            keys = Transfer(ways.transfer_to)
            later(self._within((3.0, 20.0)), self._do, worker, "transfer", keys)
