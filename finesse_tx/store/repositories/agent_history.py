"""The history's rows of one agent, the latest first.

Spec: ``engine.md`` §6; ``docs/history.rst``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from finesse_tx.engine.core.records import ContactType, PartOutcome, TargetType
from finesse_tx.store.tables import (
    AgentConnectionDetailRow,
    AgentStateDetailRow,
    ContactCallDetailRow,
    ContactQueueDetailRow,
)
from finesse_tx.webservices.core.agent_history import (
    AgentCall,
    AgentStateChange,
    CallKind,
    CallOutcome,
    StateWord,
)

__all__ = ["read_calls", "read_changes"]

_KINDS: Final[Mapping[int, CallKind]] = MappingProxyType(
    {
        ContactType.INCOMING: CallKind.INCOMING,
        ContactType.OUTGOING: CallKind.OUTGOING,
        ContactType.INTERNAL: CallKind.INTERNAL,
        ContactType.REDIRECT_IN: CallKind.REDIRECTED,
        ContactType.TRANSFER_IN: CallKind.TRANSFERRED,
        ContactType.PREVIEW: CallKind.PREVIEW,
    }
)

_OUTCOMES: Final[Mapping[int, CallOutcome]] = MappingProxyType(
    {
        PartOutcome.ANSWERED: CallOutcome.ANSWERED,
        PartOutcome.NOT_ANSWERED: CallOutcome.NOT_ANSWERED,
        PartOutcome.CALLER_GONE: CallOutcome.CALLER_GONE,
    }
)

_STATES: Final[Mapping[int, StateWord]] = MappingProxyType(dict(enumerate(StateWord, 1)))
"""By ``eventType``."""


def read_calls(
    session: Session, login_id: str, since: datetime, until: datetime, limit: int
) -> tuple[AgentCall, ...]:
    """An agent's parts in calls.

    Args:
        session: In a transaction.
        login_id: The agent.
        since: The first moment, with a time zone.
        until: The first moment after it, with a time zone.
        limit: How many at most.
    """
    part, call, queue = AgentConnectionDetailRow, ContactCallDetailRow, ContactQueueDetailRow
    query = (
        select(part, call, queue.target_id)
        .join(call, _same_leg(part, call))
        .outerjoin(
            queue,
            and_(
                _same_leg(part, queue),
                queue.q_index == part.q_index,
                queue.target_type == TargetType.CSQ,
            ),
        )
        .where(
            part.resource_id == login_id,
            part.start_date_time >= _naive(since),
            part.start_date_time < _naive(until),
        )
        .order_by(part.start_date_time.desc(), part.session_id.desc(), part.session_seq_num.desc())
        .limit(limit)
    )
    return tuple(_call(*row) for row in session.execute(query))


def _call(
    part: AgentConnectionDetailRow, call: ContactCallDetailRow, csq_id: int | None
) -> AgentCall:
    moment = round(_aware(part.start_date_time).timestamp() * 1000)
    return AgentCall(
        id=f"{part.node_id}-{part.session_id}-{part.session_seq_num}-{moment}",
        started=_aware(part.start_date_time),
        ended=_aware(part.end_date_time),
        kind=_KINDS.get(call.contact_type, CallKind.INCOMING),
        outcome=_OUTCOMES.get(part.outcome, CallOutcome.ANSWERED),
        originator=call.originator_id,
        from_number=call.originator_dn,
        to_number=call.called_number or call.destination_dn,
        csq_id=csq_id,
        ring_s=part.ring_time,
        talk_s=part.talk_time,
        hold_s=part.hold_time,
        work_s=part.work_time,
        wrap_up=part.call_wrapup_data,
        transferred=bool(call.transfer),
        conferenced=bool(call.conference),
    )


def read_changes(
    session: Session, login_id: str, since: datetime, until: datetime, limit: int
) -> tuple[AgentStateChange, ...]:
    """The changes of an agent's state; as `read_calls` has it."""
    row = AgentStateDetailRow
    query = (
        select(row.event_date_time, row.event_type, row.reason_code)
        .where(
            row.agent_id == login_id,
            row.event_date_time >= _naive(since),
            row.event_date_time < _naive(until),
        )
        .order_by(row.event_date_time.desc())
        .limit(limit)
    )
    return tuple(
        AgentStateChange(at=_aware(at), state=_STATES[event_type], reason=reason)
        for at, event_type, reason in session.execute(query)
    )


def _same_leg(one: Any, other: Any) -> Any:
    return and_(
        one.session_id == other.session_id,
        one.session_seq_num == other.session_seq_num,
        one.node_id == other.node_id,
        one.profile_id == other.profile_id,
    )


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
