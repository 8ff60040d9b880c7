"""QUERY_AGENT_STATISTICS and QUERY_SKILL_GROUP_STATISTICS.

The figures of an object are made once a second at most: whoever asks again before that gets the same ones, so that
nobody slows the engine down by asking.

Spec: ``cti.md`` §9.7 (112 to 115); ``engine.md`` §5.4 (1 per second per object).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol, TypeVar

from finesse_tx.cti.core.enums import ControlFailureCode, PeripheralErrorCode
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.cti.core.message import Confirmation
from finesse_tx.cti.core.messages import (
    QueryAgentStatisticsReq,
    QuerySkillGroupStatisticsReq,
)
from finesse_tx.engine.core.objects import Agent
from finesse_tx.engine.core.statistics import Statistics
from finesse_tx.engine.core.statistics_answers import agent_statistics, skill_group_statistics
from finesse_tx.engine.runner import Commands, Reply, Runner

__all__ = ["FRESH_S", "MAX_FRESH", "StatisticsRequests"]

FRESH_S: Final = 1.0
"""How long figures are told before they are made again."""

MAX_FRESH: Final = 10_000
"""How many objects' figures are kept for that; beyond it they are made each time."""

K = TypeVar("K")


class StatisticsRunner(Runner, Protocol):
    """Who runs the engine, and counts."""

    @property
    def statistics(self) -> Statistics:
        """The figures."""

    def wall_s(self) -> float:
        """Seconds since 1970."""


class StatisticsRequests:
    """What is asked of figures.

    Attributes:
        commands: What carries out each request.
    """

    def __init__(self, runner: StatisticsRunner) -> None:
        self._runner = runner
        self._made_at = float("-inf")
        self._agents: dict[str, Confirmation] = {}
        self._csqs: dict[int, Confirmation] = {}
        self.commands: Commands = {
            QueryAgentStatisticsReq: self._agent,
            QuerySkillGroupStatisticsReq: self._skill_group,
        }

    def _agent(self, request: QueryAgentStatisticsReq, reply: Reply) -> None:
        agent = self._find(request)

        def make(at: float) -> Confirmation:
            meter = self._runner.statistics.agents.get(agent.id)
            return agent_statistics(meter, 0, at, agent.id, agent.extension)

        reply(replace(self._fresh(self._agents, agent.id, make), invoke_id=request.invoke_id))

    def _find(self, request: QueryAgentStatisticsReq) -> Agent:
        if request.agent_id:
            return self._runner.engine.agent(request.agent_id)
        extension = request.agent_instrument or request.agent_extension or ""
        agent = self._runner.engine.floor.stations.get(extension)
        if agent is None:
            raise ControlFailureError(
                ControlFailureCode.CF_INVALID_AGENT_ID_SPECIFIED, PeripheralErrorCode.AGENT_MISSING
            )
        return agent

    def _skill_group(self, request: QuerySkillGroupStatisticsReq, reply: Reply) -> None:
        csq_id = request.skill_group_number
        meter = self._runner.statistics.csqs.get(csq_id)
        if meter is None:
            raise ControlFailureError(
                ControlFailureCode.CF_INVALID_SKILL_GROUP_SPECIFIED,
                PeripheralErrorCode.INVALID_ARGUMENT,
            )

        def make(at: float) -> Confirmation:
            return skill_group_statistics(meter, csq_id, 0, at)

        reply(replace(self._fresh(self._csqs, csq_id, make), invoke_id=request.invoke_id))

    def _fresh(
        self, kept: dict[K, Confirmation], key: K, make: Callable[[float], Confirmation]
    ) -> Confirmation:
        """The figures that were made in this second, or new ones."""
        at = self._runner.wall_s()
        if at - self._made_at >= FRESH_S:
            self._made_at = at
            self._agents.clear()
            self._csqs.clear()
        answer = kept.get(key)
        if answer is None:
            answer = make(at)
            if len(kept) < MAX_FRESH:
                kept[key] = answer
        return answer
