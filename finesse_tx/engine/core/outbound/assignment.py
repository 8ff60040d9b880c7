"""A customer who has been given to an agent.

Spec: ``engine.md`` §4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from finesse_tx.cti.core.enums import CallType
from finesse_tx.directory.core.records import Trigger
from finesse_tx.engine.core.agenda import Deadline
from finesse_tx.engine.core.data import NamedKey
from finesse_tx.engine.core.outbound.dialing_list import DialingList
from finesse_tx.engine.core.outbound.figures import CampaignStatistics
from finesse_tx.engine.core.outbound.records import Campaign, DialingRecord, Result

if TYPE_CHECKING:  # they have one of these
    from finesse_tx.engine.core.objects import Agent, Call, Queue

__all__ = [
    "PROGRESSIVE_STATUS",
    "RESERVED_STATUS",
    "RESPONSE",
    "TALKING_STATUS",
    "Agreement",
    "Assignment",
    "Preview",
    "Stage",
    "Work",
    "has_begun",
    "variables",
]

RESPONSE: Final = "BAResponse"
"""The named variable in which agents answer."""

RESERVED_STATUS: Final = "DO"
TALKING_STATUS: Final = "CO"
"""BAStatus of the reservation call and of the customer's."""

PROGRESSIVE_STATUS: Final = "PROGRESSIVE_OUTBOUND"
"""BAStatus of the customer's call in progressive mode."""


class Stage(Enum):
    """How far it has come."""

    OFFERED = "the agent looks at the customer's record"
    CLAIMED = "the customer is to be called, which is being written down"
    DIALLED = "he is being called, or talks"
    OVER = "the call is over, and perhaps being wrapped up"


@dataclass(eq=False, slots=True)
class Work:
    """A campaign at work.

    Attributes:
        listing: Its records; it knows the campaign.
        statistics: What it has come to.
        dialling: Progressive: the records, by id, whose customers are called and have not answered.
        next_at: When somebody is to be called next, in UTC; None: nobody, or it does not run.
    """

    listing: DialingList
    statistics: CampaignStatistics = field(default_factory=CampaignStatistics)
    dialling: set[int] = field(default_factory=set)
    next_at: float | None = None

    @property
    def campaign(self) -> Campaign:
        """The campaign."""
        return self.listing.campaign


@dataclass(frozen=True, slots=True)
class Agreement:
    """What agent and customer have agreed.

    Attributes:
        due: When the customer is called again, in UTC; None: not.
        agent_id: By whom; empty for anybody.
        phone: Where; empty: as before.
    """

    due: float | None = None
    agent_id: str = ""
    phone: str = ""


@dataclass(eq=False, slots=True, kw_only=True, weakref_slot=True)
class Assignment:
    """A customer who is being called, or is to be: in progressive mode, for whichever agent comes first.

    Attributes:
        work: The campaign.
        record: The record, as it was offered; once it is dialled, as it was dialled.
        queue: The queue whose agents are given the customer.
        agent_id: Who has been given the customer; empty for nobody yet.
        offered: Once it is dialled: the record as it was before.
        stage: How far it has come.
        call: The reservation call, then the customer's; None in between.
        deadline: In OFFERED: when the agent has thought long enough; in DIALLED, when it has rung long enough.
        dialled_at: When it was decided to dial, in UTC.
        result: What the call has come to; None while nobody knows.
        counted: As what it has been counted and kept.
        agreement: What has been agreed.
    """

    work: Work
    record: DialingRecord
    queue: Queue
    agent_id: str = ""
    stage: Stage = Stage.OFFERED
    offered: DialingRecord | None = None
    call: Call | None = None
    deadline: Deadline | None = None
    dialled_at: float = 0.0
    result: Result | None = None
    counted: Result | None = None
    agreement: Agreement = Agreement()

    @property
    def trigger(self) -> Trigger:
        """What its call has instead of a trigger: no number leads to it."""
        campaign = self.work.campaign
        return Trigger("", campaign.id, campaign.name, campaign.csq_id)

    @property
    def call_type(self) -> CallType:
        """What its call is to whoever is in it."""
        return CallType.CALLTYPE_CUSTOMER_PREDICTIVE


@dataclass(eq=False, slots=True, kw_only=True)
class Preview(Assignment):
    """A customer who has been given to an agent before he is called.

    Attributes:
        agent: The agent.
        extension: Where the agent's phone dials; empty before.
    """

    agent: Agent
    extension: str = ""

    @property
    @override
    def call_type(self) -> CallType:
        """What its call is to the agent: the reservation, or the customer's."""
        if self.stage is Stage.OFFERED:
            return CallType.CALLTYPE_RESERVATION
        return CallType.CALLTYPE_PREVIEW


def has_begun(preview: Preview | None) -> bool:
    """Whether the phone of a preview's agent has begun to call the customer."""
    return preview is not None and preview.stage is Stage.DIALLED and preview.call is not None


def variables(assignment: Assignment, status: str) -> Mapping[NamedKey, str]:
    """The eight named variables of its calls (``cti.md`` §11.12)."""
    campaign, record = assignment.work.campaign, assignment.record
    names = filter(None, (record.last_name, record.first_name))
    return {
        "BACampaign": campaign.name,
        "BACampaignID": str(campaign.id),
        "BAStatus": status,
        RESPONSE: "",
        "user.layout": "",
        "BAAccountNumber": record.account_number,
        "BADialedListID": str(record.id),
        "BABuddyName": ", ".join(names),
    }
