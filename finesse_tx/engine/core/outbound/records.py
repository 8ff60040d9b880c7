"""Campaigns and dialing lists, as values: what the store keeps, the dialer reads, and what becomes of a record.

Times are seconds since 1970, UTC; windows are of the customer's own wall clock.

Spec: ``engine.md`` §4 (modes, responses, results), §6 (Campaign, DialingList).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from finesse_tx.engine.core.outbound.windows import ALWAYS, Window

__all__ = [
    "CALL_RESULTS",
    "LIMITS",
    "MAX_NAME",
    "MAX_WINDOWS",
    "Campaign",
    "CampaignData",
    "CampaignState",
    "DialingAttempt",
    "DialingMode",
    "DialingRecord",
    "RecordChange",
    "RecordState",
    "Result",
    "after",
    "declined",
]


class DialingMode(Enum):
    """Who is first: the agent, who sees the customer before anybody dials, or the customer."""

    DIRECT_PREVIEW = "direct_preview"
    PROGRESSIVE = "progressive"


class CampaignState(Enum):
    """Whether a campaign's customers are called."""

    STOPPED = "stopped"
    """No; reservations that nobody has answered are taken back."""
    PAUSED = "paused"
    """No new ones; what has begun goes on."""
    RUNNING = "running"


class RecordState(Enum):
    """Where a customer's record stands."""

    PENDING = "pending"
    """To be called when it is due."""
    ACTIVE = "active"
    """Being called: written before anybody dials."""
    CALLBACK = "callback"
    """To be called at the time that was agreed."""
    CLOSED = "closed"
    MAX_CALLS = "max_calls"
    """Called as often as the campaign allows."""


class Result(Enum):
    """What a call came to."""

    VOICE = "voice"
    ANS_MACHINE = "ans_machine"
    FAX = "fax"
    INVALID = "invalid"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DO_NOT_CALL = "do_not_call"
    CALLBACK = "callback"
    CLOSED = "closed"
    """An agent closed the record without a call."""
    UNKNOWN = "unknown"
    """We were stopped, or lost the telephones, before we knew."""


CALL_RESULTS: Final = frozenset(Result) - {Result.CLOSED}
"""What a call that was dialled can come to."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """Whom to call, when, and by whom.

    Attributes:
        id: Unique.
        name: 1 to 50 characters, unique.
        mode: Who is first.
        csq_id: The queue whose agents are given its customers; its automatic work and wrap-up time hold after them.
        windows: When customers may be called, by their own clocks.
        time_zone: The IANA name for customers who have none of their own.
        max_attempts: How often one customer is called, at least 1.
        busy_retry_s: After how long one who was busy is called again.
        no_answer_retry_s: The same for one who did not answer, or whose call we lost.
        machine_retry_s: The same for one whose machine answered.
        declined_retry_s: After how long one whom an agent rejected, skipped or left unanswered is offered again.
        lines_per_agent: Progressive: how many customers are called for each agent, 1 to 3.
        reservation_s: How long an agent may think about a preview.
        state: Whether it runs.
    """

    id: int
    name: str
    mode: DialingMode = DialingMode.DIRECT_PREVIEW
    csq_id: int = 0
    windows: tuple[Window, ...] = ALWAYS
    time_zone: str = "UTC"
    max_attempts: int = 3
    busy_retry_s: int = 900
    no_answer_retry_s: int = 3600
    machine_retry_s: int = 3600
    declined_retry_s: int = 300
    lines_per_agent: int = 1
    reservation_s: int = 30
    state: CampaignState = CampaignState.STOPPED


MAX_NAME: Final = 50
"""So many characters has a campaign's name."""

MAX_WINDOWS: Final = 500
"""So many have its windows, as they are written."""

_YEAR_S: Final = 366 * 86_400

LIMITS: Final[Mapping[str, range]] = {
    "max_attempts": range(1, 1_001),
    "busy_retry_s": range(_YEAR_S + 1),
    "no_answer_retry_s": range(_YEAR_S + 1),
    "machine_retry_s": range(_YEAR_S + 1),
    "declined_retry_s": range(_YEAR_S + 1),
    "lines_per_agent": range(1, 4),
    "reservation_s": range(1, 3_601),
}
"""What a campaign's numbers may be."""


@dataclass(frozen=True, slots=True)
class DialingRecord:
    """A customer of a campaign.

    Attributes:
        id: Unique in all campaigns.
        campaign_id: Whose.
        account_number: The customer's, for people to read; empty for none.
        phone: What is dialled.
        first_name: For people to read.
        last_name: For people to read.
        time_zone: The IANA name; empty for the campaign's.
        state: Where it stands.
        attempts: How often it has been dialled.
        due: In PENDING: not before then. In CALLBACK: then.
        agent_id: In CALLBACK: whose it is; empty for anybody's.
        callback_phone: What is dialled instead, for a callback; empty for ``phone``.
        result: What the last call came to; None before the first.
    """

    id: int
    campaign_id: int
    account_number: str
    phone: str
    first_name: str = ""
    last_name: str = ""
    time_zone: str = ""
    state: RecordState = RecordState.PENDING
    attempts: int = 0
    due: float = 0.0
    agent_id: str = ""
    callback_phone: str = ""
    result: Result | None = None

    @property
    def number(self) -> str:
        """What is dialled now."""
        return self.callback_phone or self.phone


@dataclass(frozen=True, slots=True)
class DialingAttempt:
    """One call to a customer; the record's id and the number are its key.

    Attributes:
        record_id: Whom.
        number: Which one, from 1.
        agent_id: Who; empty for nobody yet.
        at: When.
        result: What it came to; None while it is not known.
    """

    record_id: int
    number: int
    agent_id: str
    at: float
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class RecordChange:
    """What is to be kept, all of it or nothing.

    Attributes:
        record: The record.
        attempt: The call that it is about, if it is about one.
        do_not_call: A number that nobody is to call any more; empty for none.
    """

    record: DialingRecord
    attempt: DialingAttempt | None = None
    do_not_call: str = ""


@dataclass(frozen=True, slots=True)
class CampaignData:
    """What is kept of campaigns.

    Attributes:
        campaigns: All of them.
        records: By campaign id: records to be called, by id.
        do_not_call: The numbers that nobody calls.
    """

    campaigns: tuple[Campaign, ...] = ()
    records: Mapping[int, tuple[DialingRecord, ...]] = field(default_factory=dict)
    do_not_call: frozenset[str] = frozenset()


def after(record: DialingRecord, campaign: Campaign, result: Result, utc: float) -> DialingRecord:
    """What becomes of a record, by what its call came to; CALLBACK alone needs to be told when, beforehand.

    Args:
        record: As it was when it was dialled; for CALLBACK with ``due`` and ``agent_id`` as they were agreed.
        campaign: Its campaign.
        result: What the call came to.
        utc: The time.
    """
    delays = {
        Result.BUSY: campaign.busy_retry_s,
        Result.NO_ANSWER: campaign.no_answer_retry_s,
        Result.UNKNOWN: campaign.no_answer_retry_s,
        Result.ANS_MACHINE: campaign.machine_retry_s,
    }
    if result is Result.CALLBACK:
        return replace(record, state=RecordState.CALLBACK, result=result)
    settled = replace(record, agent_id="", callback_phone="", result=result)
    if result not in delays:
        return replace(settled, state=RecordState.CLOSED, due=0.0)
    if record.attempts >= campaign.max_attempts:
        return replace(settled, state=RecordState.MAX_CALLS, due=0.0)
    return replace(settled, state=RecordState.PENDING, due=utc + delays[result])


def declined(record: DialingRecord, campaign: Campaign, utc: float) -> DialingRecord:
    """What becomes of a record that was offered to an agent and not dialled; a callback stays one."""
    return replace(record, due=utc + campaign.declined_retry_s)
