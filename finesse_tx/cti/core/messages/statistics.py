"""Agent and skill group statistics (UCCE).

Spec: ``cti.md`` §9.7 (112 to 115), complete.
"""

from finesse_tx.cti.core import tags
from finesse_tx.cti.core.enums import NULL, MessageType
from finesse_tx.cti.core.message import Confirmation, Request, message
from finesse_tx.cti.core.wire import UINT

__all__ = [
    "QueryAgentStatisticsConf",
    "QueryAgentStatisticsReq",
    "QuerySkillGroupStatisticsConf",
    "QuerySkillGroupStatisticsReq",
]


@message(MessageType.QUERY_AGENT_STATISTICS_CONF)
class QueryAgentStatisticsConf(Confirmation):
    """113: an agent's statistics; times in seconds, of this session and of today."""

    peripheral_id: UINT = 1
    avail_time_session: UINT = 0
    logged_on_time_session: UINT = 0
    not_ready_time_session: UINT = 0
    icm_available_time_session: UINT = 0
    routable_time_session: UINT = 0
    agent_out_calls_session: UINT = 0
    agent_out_calls_talk_time_session: UINT = 0
    agent_out_calls_time_session: UINT = 0
    agent_out_calls_held_session: UINT = 0
    agent_out_calls_held_time_session: UINT = 0
    handled_calls_session: UINT = 0
    handled_calls_talk_time_session: UINT = 0
    handled_calls_after_call_time_session: UINT = 0
    handled_calls_time_session: UINT = 0
    incoming_calls_held_session: UINT = 0
    incoming_calls_held_time_session: UINT = 0
    internal_calls_session: UINT = 0
    internal_calls_time_session: UINT = 0
    internal_calls_rcvd_session: UINT = 0
    internal_calls_rcvd_time_session: UINT = 0
    internal_calls_held_session: UINT = 0
    internal_calls_held_time_session: UINT = 0
    auto_out_calls_session: UINT = 0
    auto_out_calls_talk_time_session: UINT = 0
    auto_out_calls_time_session: UINT = 0
    auto_out_calls_held_session: UINT = 0
    auto_out_calls_held_time_session: UINT = 0
    preview_calls_session: UINT = 0
    preview_calls_talk_time_session: UINT = 0
    preview_calls_time_session: UINT = 0
    preview_calls_held_session: UINT = 0
    preview_calls_held_time_session: UINT = 0
    reservation_calls_session: UINT = 0
    reservation_calls_talk_time_session: UINT = 0
    reservation_calls_time_session: UINT = 0
    reservation_calls_held_session: UINT = 0
    reservation_calls_held_time_session: UINT = 0
    barge_in_calls_session: UINT = 0
    intercept_calls_session: UINT = 0
    monitor_calls_session: UINT = 0
    whisper_calls_session: UINT = 0
    emergency_calls_session: UINT = 0
    avail_time_today: UINT = 0
    logged_on_time_today: UINT = 0
    not_ready_time_today: UINT = 0
    icm_available_time_today: UINT = 0
    routable_time_today: UINT = 0
    agent_out_calls_today: UINT = 0
    agent_out_calls_talk_time_today: UINT = 0
    agent_out_calls_time_today: UINT = 0
    agent_out_calls_held_today: UINT = 0
    agent_out_calls_held_time_today: UINT = 0
    handled_calls_today: UINT = 0
    handled_calls_talk_time_today: UINT = 0
    handled_calls_after_call_time_today: UINT = 0
    handled_calls_time_today: UINT = 0
    incoming_calls_held_today: UINT = 0
    incoming_calls_held_time_today: UINT = 0
    internal_calls_today: UINT = 0
    internal_calls_time_today: UINT = 0
    internal_calls_rcvd_today: UINT = 0
    internal_calls_rcvd_time_today: UINT = 0
    internal_calls_held_today: UINT = 0
    internal_calls_held_time_today: UINT = 0
    auto_out_calls_today: UINT = 0
    auto_out_calls_talk_time_today: UINT = 0
    auto_out_calls_time_today: UINT = 0
    auto_out_calls_held_today: UINT = 0
    auto_out_calls_held_time_today: UINT = 0
    preview_calls_today: UINT = 0
    preview_calls_talk_time_today: UINT = 0
    preview_calls_time_today: UINT = 0
    preview_calls_held_today: UINT = 0
    preview_calls_held_time_today: UINT = 0
    reservation_calls_today: UINT = 0
    reservation_calls_talk_time_today: UINT = 0
    reservation_calls_time_today: UINT = 0
    reservation_calls_held_today: UINT = 0
    reservation_calls_held_time_today: UINT = 0
    barge_in_calls_today: UINT = 0
    intercept_calls_today: UINT = 0
    monitor_calls_today: UINT = 0
    whisper_calls_today: UINT = 0
    emergency_calls_today: UINT = 0
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.QUERY_AGENT_STATISTICS_REQ)
class QueryAgentStatisticsReq(Request):
    """112: ask for an agent's statistics (UCCE)."""

    CONFIRMATION = QueryAgentStatisticsConf

    peripheral_id: UINT = 1
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None


@message(MessageType.QUERY_SKILL_GROUP_STATISTICS_CONF)
class QuerySkillGroupStatisticsConf(Confirmation):
    """115: a skill group's statistics; times in seconds, of five minutes, the half hour and today."""

    peripheral_id: UINT = 1
    skill_group_number: UINT = NULL
    skill_group_id: UINT = NULL
    agents_logged_on: UINT = 0
    agents_avail: UINT = 0
    agents_not_ready: UINT = 0
    agents_ready: UINT = 0
    agents_talking_in: UINT = 0
    agents_talking_out: UINT = 0
    agents_talking_other: UINT = 0
    agents_work_not_ready: UINT = 0
    agents_work_ready: UINT = 0
    agents_busy_other: UINT = 0
    agents_reserved: UINT = 0
    agents_hold: UINT = 0
    agents_icm_available: UINT = 0
    agents_application_available: UINT = 0
    agents_talking_auto_out: UINT = 0
    agents_talking_preview: UINT = 0
    agents_talking_reservation: UINT = 0
    router_calls_q_now: UINT = 0
    longest_router_call_q_now: UINT = 0
    calls_q_now: UINT = 0
    calls_q_time_now: UINT = 0
    longest_call_q_now: UINT = 0
    avail_time_to5: UINT = 0
    logged_on_time_to5: UINT = 0
    not_ready_time_to5: UINT = 0
    agent_out_calls_to5: UINT = 0
    agent_out_calls_talk_time_to5: UINT = 0
    agent_out_calls_time_to5: UINT = 0
    agent_out_calls_held_to5: UINT = 0
    agent_out_calls_held_time_to5: UINT = 0
    handled_calls_to5: UINT = 0
    handled_calls_talk_time_to5: UINT = 0
    handled_calls_after_call_time_to5: UINT = 0
    handled_calls_time_to5: UINT = 0
    incoming_calls_held_to5: UINT = 0
    incoming_calls_held_time_to5: UINT = 0
    internal_calls_rcvd_to5: UINT = 0
    internal_calls_rcvd_time_to5: UINT = 0
    internal_calls_held_to5: UINT = 0
    internal_calls_held_time_to5: UINT = 0
    auto_out_calls_to5: UINT = 0
    auto_out_calls_talk_time_to5: UINT = 0
    auto_out_calls_time_to5: UINT = 0
    auto_out_calls_held_to5: UINT = 0
    auto_out_calls_held_time_to5: UINT = 0
    preview_calls_to5: UINT = 0
    preview_calls_talk_time_to5: UINT = 0
    preview_calls_time_to5: UINT = 0
    preview_calls_held_to5: UINT = 0
    preview_calls_held_time_to5: UINT = 0
    reservation_calls_to5: UINT = 0
    reservation_calls_talk_time_to5: UINT = 0
    reservation_calls_time_to5: UINT = 0
    reservation_calls_held_to5: UINT = 0
    reservation_calls_held_time_to5: UINT = 0
    barge_in_calls_to5: UINT = 0
    intercept_calls_to5: UINT = 0
    monitor_calls_to5: UINT = 0
    whisper_calls_to5: UINT = 0
    emergency_calls_to5: UINT = 0
    calls_q5: UINT = 0
    calls_q_time5: UINT = 0
    longest_call_q5: UINT = 0
    avail_time_to_half: UINT = 0
    logged_on_time_to_half: UINT = 0
    not_ready_time_to_half: UINT = 0
    agent_out_calls_to_half: UINT = 0
    agent_out_calls_talk_time_to_half: UINT = 0
    agent_out_calls_time_to_half: UINT = 0
    agent_out_calls_held_to_half: UINT = 0
    agent_out_calls_held_time_to_half: UINT = 0
    handled_calls_to_half: UINT = 0
    handled_calls_talk_time_to_half: UINT = 0
    handled_calls_after_call_time_to_half: UINT = 0
    handled_calls_time_to_half: UINT = 0
    incoming_calls_held_to_half: UINT = 0
    incoming_calls_held_time_to_half: UINT = 0
    internal_calls_rcvd_to_half: UINT = 0
    internal_calls_rcvd_time_to_half: UINT = 0
    internal_calls_held_to_half: UINT = 0
    internal_calls_held_time_to_half: UINT = 0
    auto_out_calls_to_half: UINT = 0
    auto_out_calls_talk_time_to_half: UINT = 0
    auto_out_calls_time_to_half: UINT = 0
    auto_out_calls_held_to_half: UINT = 0
    auto_out_calls_held_time_to_half: UINT = 0
    preview_calls_to_half: UINT = 0
    preview_calls_talk_time_to_half: UINT = 0
    preview_calls_time_to_half: UINT = 0
    preview_calls_held_to_half: UINT = 0
    preview_calls_held_time_to_half: UINT = 0
    reservation_calls_to_half: UINT = 0
    reservation_calls_talk_time_to_half: UINT = 0
    reservation_calls_time_to_half: UINT = 0
    reservation_calls_held_to_half: UINT = 0
    reservation_calls_held_time_to_half: UINT = 0
    barge_in_calls_to_half: UINT = 0
    intercept_calls_to_half: UINT = 0
    monitor_calls_to_half: UINT = 0
    whisper_calls_to_half: UINT = 0
    emergency_calls_to_half: UINT = 0
    calls_q_half: UINT = 0
    calls_q_time_half: UINT = 0
    longest_call_q_half: UINT = 0
    avail_time_today: UINT = 0
    logged_on_time_today: UINT = 0
    not_ready_time_today: UINT = 0
    agent_out_calls_today: UINT = 0
    agent_out_calls_talk_time_today: UINT = 0
    agent_out_calls_time_today: UINT = 0
    agent_out_calls_held_today: UINT = 0
    agent_out_calls_held_time_today: UINT = 0
    handled_calls_today: UINT = 0
    handled_calls_talk_time_today: UINT = 0
    handled_calls_after_call_time_today: UINT = 0
    handled_calls_time_today: UINT = 0
    incoming_calls_held_today: UINT = 0
    incoming_calls_held_time_today: UINT = 0
    internal_calls_rcvd_today: UINT = 0
    internal_calls_rcvd_time_today: UINT = 0
    internal_calls_held_today: UINT = 0
    internal_calls_held_time_today: UINT = 0
    auto_out_calls_today: UINT = 0
    auto_out_calls_talk_time_today: UINT = 0
    auto_out_calls_time_today: UINT = 0
    auto_out_calls_held_today: UINT = 0
    auto_out_calls_held_time_today: UINT = 0
    preview_calls_today: UINT = 0
    preview_calls_talk_time_today: UINT = 0
    preview_calls_time_today: UINT = 0
    preview_calls_held_today: UINT = 0
    preview_calls_held_time_today: UINT = 0
    reservation_calls_today: UINT = 0
    reservation_calls_talk_time_today: UINT = 0
    reservation_calls_time_today: UINT = 0
    reservation_calls_held_today: UINT = 0
    reservation_calls_held_time_today: UINT = 0
    barge_in_calls_today: UINT = 0
    intercept_calls_today: UINT = 0
    monitor_calls_today: UINT = 0
    whisper_calls_today: UINT = 0
    emergency_calls_today: UINT = 0
    calls_q_today: UINT = 0
    calls_q_time_today: UINT = 0
    longest_call_q_today: UINT = 0


@message(MessageType.QUERY_SKILL_GROUP_STATISTICS_REQ)
class QuerySkillGroupStatisticsReq(Request):
    """114: ask for a skill group's statistics (UCCE)."""

    CONFIRMATION = QuerySkillGroupStatisticsConf

    peripheral_id: UINT = 1
    skill_group_number: UINT
    skill_group_id: UINT = NULL
