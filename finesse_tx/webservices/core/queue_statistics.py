"""A queue's figures, as GED-188 tells them and as REST shows them.

Spec: ``rest.md`` §6; ``cti.md`` §9.7 (QUERY_SKILL_GROUP_STATISTICS).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from finesse_tx.cti.core.enums import NULL
from finesse_tx.cti.core.messages import QuerySkillGroupStatisticsConf
from finesse_tx.webservices.core.objects import QueueStatistics

__all__ = ["UNKNOWN", "queue_statistics"]

UNKNOWN: Final = QueueStatistics(
    agents_busy_other=-1,
    agents_logged_on=-1,
    agents_not_ready=-1,
    agents_ready=-1,
    agents_talking_inbound=-1,
    agents_talking_internal=-1,
    agents_talking_outbound=-1,
    agents_wrap_up_not_ready=-1,
    agents_wrap_up_ready=-1,
    calls_in_queue=-1,
    start_time_of_longest_call_in_queue="",
)
"""Of a queue that is nobody's, or whose figures the engine does not tell."""

JITTER: Final = timedelta(seconds=2)
"""A waiting time is told in whole seconds: within this, the longest call is the same one as before."""


def queue_statistics(
    conf: QuerySkillGroupStatisticsConf, was: QueueStatistics, now: datetime
) -> QueueStatistics:
    """What an answer says.

    Args:
        conf: The answer.
        was: What the one before said.
        now: When it came.
    """
    waiting = _number(conf.calls_q_now)
    return QueueStatistics(
        agents_busy_other=_number(conf.agents_busy_other),
        agents_logged_on=_number(conf.agents_logged_on),
        agents_not_ready=_number(conf.agents_not_ready),
        # AgentsReady counts everybody who is not NOT_READY; who can take a call is AgentsAvail.
        agents_ready=_number(conf.agents_avail),
        agents_talking_inbound=_number(conf.agents_talking_in),
        agents_talking_internal=_number(conf.agents_talking_other),
        agents_talking_outbound=_number(
            conf.agents_talking_out,
            conf.agents_talking_auto_out,
            conf.agents_talking_preview,
            conf.agents_talking_reservation,
        ),
        agents_wrap_up_not_ready=_number(conf.agents_work_not_ready),
        agents_wrap_up_ready=_number(conf.agents_work_ready),
        calls_in_queue=waiting,
        start_time_of_longest_call_in_queue=_since(conf.longest_call_q_now, was, now)
        if waiting > 0
        else "",
    )


def _number(*values: int) -> int:
    """A figure, or the sum of several; -1 where the engine has none."""
    known = [value for value in values if value != NULL]
    return sum(known) if known else -1


def _since(longest_s: int, was: QueueStatistics, now: datetime) -> str:
    """Since when the longest call waits, without milliseconds."""
    if longest_s == NULL:
        return ""
    since = now - timedelta(seconds=longest_s)
    before = was.start_time_of_longest_call_in_queue
    if before and abs(datetime.fromisoformat(before) - since) <= JITTER:
        return before
    return f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
