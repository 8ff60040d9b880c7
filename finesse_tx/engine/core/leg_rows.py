"""The rows that a leg of a call becomes.

Spec: ``engine.md`` §6; ``docs/history.rst`` for what the reference leaves open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from finesse_tx.engine.core.legs import Leg, Part, Target
from finesse_tx.engine.core.records import (
    AgentConnectionDetail,
    CallRecord,
    ContactCallDetail,
    ContactDisposition,
    ContactQueueDetail,
    ContactRoutingDetail,
    PartOutcome,
    QueueDisposition,
    TargetType,
    variables,
)

__all__ = ["call_record", "milliseconds", "seconds"]

_D: Final = ContactDisposition

_Key = tuple[int, int, int, int]


def call_record(
    leg: Leg,
    node_id: int,
    application: str,
    service_levels: Mapping[int, int],
    is_complete: bool,
) -> CallRecord:
    """All rows of a leg, as they are now.

    Args:
        leg: Its last party has gone.
        node_id: The node that writes them.
        application: The name of its trigger's application; empty for none.
        service_levels: Those of the queues, in seconds, by id.
        is_complete: Whether nobody does after-call work any more.
    """
    key = leg.session, leg.sequence, node_id, 1
    ended = leg.started if leg.ended is None else leg.ended
    disposition, reason = _fate(leg)
    to_type, to_id = leg.destination
    to_number = leg.called
    if leg.answered_by is not None:
        to_type, to_id, to_number = leg.answered_by
    from_type, from_id = leg.originator
    call = ContactCallDetail(
        *key,
        leg.contact_type,
        disposition,
        reason,
        from_type,
        from_id,
        leg.calling,
        to_type,
        to_id,
        to_number,
        leg.called,
        milliseconds(leg.started),
        milliseconds(ended),
        application,
        **variables(leg.data.variables),
        connect_time=seconds(ended - leg.started),
        transfer=int(leg.is_transfer),
        conference=int(leg.is_conference),
    )
    routing = None
    if leg.targets:
        queued, left = leg.targets[0].entered, leg.left_queue
        waited = seconds((ended if left is None else left) - queued)
        routing = ContactRoutingDetail(
            *key, *leg.priorities, waited, milliseconds(queued), leg.selection_reason
        )
    queues = [
        _queue_row(target, key, index, ended, service_levels)
        for index, target in enumerate(leg.targets, 1)
    ]
    agents = [_agent_row(part, key, ended) for part in leg.parts]
    return CallRecord(call, tuple(queues), routing, tuple(agents), is_complete)


def _fate(leg: Leg) -> tuple[ContactDisposition, str]:
    if leg.fate is not None:
        return leg.fate
    return (_D.ABANDONED if leg.answered_by is None else _D.HANDLED), ""


def _queue_row(
    target: Target, key: _Key, index: int, ended: float, service_levels: Mapping[int, int]
) -> ContactQueueDetail:
    waited = seconds((ended if target.left is None else target.left) - target.entered)
    level = service_levels.get(target.csq_id or 0, 0)
    is_own = target.disposition is QueueDisposition.HANDLED
    return ContactQueueDetail(
        *key,
        TargetType.AGENT if target.csq_id is None else TargetType.CSQ,
        target.csq_id or 0,
        index,
        target.disposition,
        int(is_own and target.csq_id is not None and waited <= level),
        waited,
        target.agent_id,
    )


def _agent_row(part: Part, key: _Key, call_ended: float) -> AgentConnectionDetail:
    """The row of an agent's part, as it is now."""
    ended = call_ended if part.ended is None else part.ended
    if part.answered is not None:
        outcome = PartOutcome.ANSWERED
    else:
        outcome = PartOutcome.NOT_ANSWERED if part.returned else PartOutcome.CALLER_GONE
    rang_until = ended if part.answered is None else part.answered
    talked = 0.0 if part.answered is None else ended - part.answered - part.held
    return AgentConnectionDetail(
        *key,
        part.agent_id,
        milliseconds(part.started),
        milliseconds(ended),
        part.q_index,
        seconds(rang_until - part.started),
        seconds(talked),
        seconds(part.held),
        seconds(part.worked),
        part.wrapup,
        0,
        outcome,
    )


def milliseconds(at: float) -> int:
    """A moment in seconds as the rows have it."""
    return round(at * 1000)


def seconds(duration: float) -> int:
    """Whole seconds, a half being one."""
    return int(max(0.0, duration) + 0.5)
