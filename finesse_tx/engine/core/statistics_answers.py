"""Figures as clients are told them over GED-188.

UCCX refuses both queries; this engine answers them (``docs/engine.rst``, Statistics).

Spec: ``cti.md`` §9.7 (112 to 115); ``engine.md`` §5.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.cti.core.enums import NULL
from finesse_tx.cti.core.messages import QueryAgentStatisticsConf, QuerySkillGroupStatisticsConf
from finesse_tx.engine.core.calendar import Period
from finesse_tx.engine.core.figures import AgentFigures, CSQFigures
from finesse_tx.engine.core.tallies import AgentMeter, CSQMeter

__all__ = ["agent_statistics", "skill_group_statistics"]

_AGENT_PERIODS: Final = (("session", Period.SESSION), ("today", Period.TODAY))

_CSQ_PERIODS: Final = (
    ("to5", "5", Period.FIVE_MINUTES),
    ("to_half", "_half", Period.HALF_HOUR),
    ("today", "_today", Period.TODAY),
)


def agent_statistics(
    meter: AgentMeter | None, invoke_id: int, at: float, agent_id: str, extension: str
) -> QueryAgentStatisticsConf:
    """An agent's figures; all 0 for one who has never been signed in."""
    values: dict[str, int] = {}
    for suffix, period in _AGENT_PERIODS:
        figures = meter.figures(period, at) if meter is not None else AgentFigures()
        values |= {f"{name}_{suffix}": value for name, value in _agent(figures).items()}
    return QueryAgentStatisticsConf(
        invoke_id=invoke_id,
        agent_id=agent_id if len(agent_id.encode()) < _MAX_AGENT_ID else None,
        agent_extension=extension or None,
        agent_instrument=extension or None,
        **values,
    )


_MAX_AGENT_ID: Final = 12
"""AgentID has room for so many bytes, with its NUL; a longer login id is left out."""


def _agent(figures: AgentFigures) -> dict[str, int]:
    return {
        "avail_time": int(figures.available_time),
        "logged_on_time": int(figures.logged_on_time),
        "not_ready_time": int(figures.not_ready_time),
        "icm_available_time": int(figures.available_time),
        "routable_time": int(figures.available_time),
        "agent_out_calls": figures.outbound,
        "agent_out_calls_talk_time": figures.outbound_talk_time,
        "agent_out_calls_time": figures.outbound_time,
        "agent_out_calls_held": figures.outbound_held,
        "agent_out_calls_held_time": figures.outbound_held_time,
        "handled_calls": figures.calls_handled,
        "handled_calls_talk_time": figures.talk_time,
        "handled_calls_after_call_time": figures.work_time,
        "handled_calls_time": figures.handle_time,
        "incoming_calls_held": figures.held,
        "incoming_calls_held_time": figures.hold_time,
        "internal_calls": figures.internal,
        "internal_calls_time": figures.internal_time,
        "internal_calls_rcvd": figures.internal_received,
        "internal_calls_rcvd_time": figures.internal_received_time,
        "internal_calls_held": figures.internal_held,
        "internal_calls_held_time": figures.internal_held_time,
    }


def skill_group_statistics(
    meter: CSQMeter, csq_id: int, invoke_id: int, at: float
) -> QuerySkillGroupStatisticsConf:
    """A queue's figures; those of five minutes and the half hour are of the current ones on the clock."""
    levels, waits = meter.levels, [at - since for since, _ in meter.waiting.values()]
    oldest = int(max(waits, default=0.0))
    values: dict[str, Any] = {
        "agents_logged_on": levels.logged_in,
        "agents_avail": levels.available,
        "agents_not_ready": levels.unavailable,
        "agents_ready": levels.logged_in - levels.unavailable - levels.in_work,
        "agents_talking_in": levels.in_session,
        "agents_work_not_ready": levels.in_work,
        "agents_reserved": levels.selected,
        "agents_icm_available": levels.available,
        "agents_application_available": levels.available,
        "router_calls_q_now": len(waits),
        "longest_router_call_q_now": oldest,
        "calls_q_now": len(waits),
        "calls_q_time_now": int(sum(waits)),
        "longest_call_q_now": oldest,
    }
    for suffix, queue_suffix, period in _CSQ_PERIODS:
        figures, longest = meter.figures(period, at), meter.longest(period, at)
        values |= {f"{name}_{suffix}": value for name, value in _csq(figures).items()}
        values[f"calls_q{queue_suffix}"] = figures.contacts
        values[f"calls_q_time{queue_suffix}"] = (
            figures.wait_time + figures.abandon_time + figures.dequeue_time
        )
        values[f"longest_call_q{queue_suffix}"] = int(
            max(longest.wait, longest.abandon, longest.dequeue)
        )
    return QuerySkillGroupStatisticsConf(
        invoke_id=invoke_id, skill_group_number=csq_id, skill_group_id=NULL, **values
    )


def _csq(figures: CSQFigures) -> dict[str, int]:
    return {
        "avail_time": int(figures.available_time),
        "logged_on_time": int(figures.logged_on_time),
        "not_ready_time": int(figures.not_ready_time),
        "handled_calls": figures.handled,
        "handled_calls_talk_time": figures.talk_time,
        "handled_calls_after_call_time": figures.work_time,
        "handled_calls_time": figures.handle_time,
        "incoming_calls_held": figures.held,
        "incoming_calls_held_time": figures.hold_time,
    }
