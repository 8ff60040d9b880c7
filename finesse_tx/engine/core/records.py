"""The history's rows, with the names of the vendor's schema.

A field ``session_seq_num`` is the column ``sessionSeqNum`` (`column_name`). Points in time are milliseconds since
1970, UTC; durations are whole seconds. What the vendor's schema has no column for, and a report needs, is marked
*ours*. They are structs, as the engine's events are, whose reasons see `finesse_tx.engine.core.events`.

Spec: ``engine.md`` §6.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct, field

from finesse_tx.engine.core.data import VARIABLES
from finesse_tx.engine.core.states import AgentState

__all__ = [
    "EVENT_TYPES",
    "TABLES",
    "AgentConnectionDetail",
    "AgentStateDetail",
    "CallRecord",
    "ContactCallDetail",
    "ContactDisposition",
    "ContactQueueDetail",
    "ContactRoutingDetail",
    "ContactType",
    "Entry",
    "HistoryMark",
    "PartOutcome",
    "PartyType",
    "QueueDisposition",
    "Row",
    "TargetType",
    "column_name",
    "column_names",
    "variables",
]

EVENT_TYPES: Final[Mapping[AgentState, int]] = MappingProxyType(
    {
        AgentState.LOGIN: 1,
        AgentState.NOT_READY: 2,
        AgentState.READY: 3,
        AgentState.RESERVED: 4,
        AgentState.TALKING: 5,
        AgentState.HOLD: 5,
        AgentState.WORK: 6,
        AgentState.WORK_READY: 6,
        AgentState.LOGOUT: 7,
    }
)
"""``eventType`` of `AgentStateDetail`, which has none of UCCE's own."""


class ContactType(IntEnum):
    """``contactType``."""

    INCOMING = 1
    OUTGOING = 2
    INTERNAL = 3
    REDIRECT_IN = 4
    TRANSFER_IN = 5
    PREVIEW = 6


class ContactDisposition(IntEnum):
    """``contactDisposition``; whatever is REJECTED or above is a rejected call."""

    ABANDONED = 1
    HANDLED = 2
    ABORTED = 4
    REJECTED = 5


class PartyType(IntEnum):
    """``originatorType`` and ``destinationType``."""

    AGENT = 1
    DEVICE = 2
    UNKNOWN = 3


class TargetType(IntEnum):
    """``targetType``."""

    CSQ = 0
    AGENT = 1


class QueueDisposition(IntEnum):
    """``disposition`` of `ContactQueueDetail`; an aborted contact is ABANDONED there."""

    ABANDONED = 1
    HANDLED = 2
    DEQUEUED = 3
    HANDLED_BY_SCRIPT = 4
    HANDLED_BY_OTHER_CSQ = 5


class PartOutcome(IntEnum):
    """``outcome`` of `AgentConnectionDetail` (ours)."""

    ANSWERED = 1
    NOT_ANSWERED = 2
    CALLER_GONE = 3


class AgentStateDetail(Struct, frozen=True, gc=False):
    """One change of an agent's state; no two of an agent have the same time.

    Attributes:
        agent_id: The login id.
        event_date_time: When.
        gmt_offset: 0: times are UTC.
        event_type: `EVENT_TYPES`.
        reason_code: 0 for none.
        profile_id: 1: there is one profile.
    """

    agent_id: str
    event_date_time: int
    gmt_offset: int
    event_type: int
    reason_code: int
    profile_id: int = 1


class ContactCallDetail(Struct, frozen=True, gc=False):
    """One leg of a call.

    Attributes:
        session_id: The call; unique on a node, and never used again.
        session_seq_num: The leg; 0 is the first.
        node_id: The node that wrote it.
        profile_id: 1.
        contact_type: `ContactType`.
        contact_disposition: `ContactDisposition`.
        disposition_reason: Why it was aborted or rejected, for people to read.
        originator_type: `PartyType`.
        originator_id: An agent's login id; else empty.
        originator_dn: Who called.
        destination_type: `PartyType`.
        destination_id: The login id of the agent who answered; else empty.
        destination_dn: Who answered; who was called where nobody did.
        called_number: The number that was dialled.
        start_date_time: When the call came.
        end_date_time: When its last party went.
        application_name: The trigger's application; empty for a call that no trigger took.
        custom_variable1: CallVariable1, as it was last; and so on.
        connect_time: From the start to the end.
        flowout: Always 0 (an attribute of scripts that we do not have).
        transfer: 1 when it was transferred.
        redirect: 1 when a party redirected it.
        conference: 1 when it was a conference.
    """

    session_id: int
    session_seq_num: int
    node_id: int
    profile_id: int
    contact_type: int
    contact_disposition: int
    disposition_reason: str
    originator_type: int
    originator_id: str
    originator_dn: str
    destination_type: int
    destination_id: str
    destination_dn: str
    called_number: str
    start_date_time: int
    end_date_time: int
    application_name: str
    custom_variable1: str
    custom_variable2: str
    custom_variable3: str
    custom_variable4: str
    custom_variable5: str
    custom_variable6: str
    custom_variable7: str
    custom_variable8: str
    custom_variable9: str
    custom_variable10: str
    connect_time: int
    flowout: int = 0
    transfer: int = 0
    redirect: int = 0
    conference: int = 0


class ContactQueueDetail(Struct, frozen=True, gc=False):
    """A leg in one of its queues.

    Attributes:
        session_id: As `ContactCallDetail`.
        session_seq_num: As `ContactCallDetail`.
        node_id: As `ContactCallDetail`.
        profile_id: 1.
        target_type: `TargetType`.
        target_id: The CSQ's id; 0 for an agent, who is in ``target_agent_id``.
        q_index: Which of the leg's queues, from 1 in the order in which it came into them.
        disposition: `QueueDisposition`.
        met_service_level: 1 when it was handled by this queue within its service level.
        queue_time: From the queue to the answer, or to whatever took it out of it.
        target_agent_id: The login id of the agent whom it waited for, and for no other; else empty (ours).
    """

    session_id: int
    session_seq_num: int
    node_id: int
    profile_id: int
    target_type: int
    target_id: int
    q_index: int
    disposition: int
    met_service_level: int
    queue_time: int
    target_agent_id: str = ""


class ContactRoutingDetail(Struct, frozen=True, gc=False):
    """How a leg that was queued was routed.

    Attributes:
        session_id: As `ContactCallDetail`.
        session_seq_num: As `ContactCallDetail`.
        node_id: As `ContactCallDetail`.
        profile_id: 1.
        orig_priority: Its priority when it was queued first.
        final_priority: Its priority in the end.
        queue_time: How long it waited altogether.
        start_date_time: When it was queued first.
        selection_reason: Why the last agent was selected, for people to read (ours).
    """

    session_id: int
    session_seq_num: int
    node_id: int
    profile_id: int
    orig_priority: int
    final_priority: int
    queue_time: int
    start_date_time: int
    selection_reason: str = ""


class AgentConnectionDetail(Struct, frozen=True, gc=False):
    """An agent in a leg; each time that it rang at his phone is one of its own.

    Attributes:
        session_id: As `ContactCallDetail`.
        session_seq_num: As `ContactCallDetail`.
        node_id: As `ContactCallDetail`.
        profile_id: 1.
        resource_id: The agent's login id.
        start_date_time: When it began to ring, or he to dial.
        end_date_time: When he left the call.
        q_index: The queue that selected him; 0 for a call that was not routed to him.
        ring_time: Until he answered, or it ended.
        talk_time: From the answer to the end, without hold.
        hold_time: While he held it.
        work_time: After-call work.
        call_wrapup_data: The wrap-up reasons.
        call_result: Of outbound campaigns; else 0.
        outcome: `PartOutcome` (ours).
    """

    session_id: int
    session_seq_num: int
    node_id: int
    profile_id: int
    resource_id: str
    start_date_time: int
    end_date_time: int
    q_index: int
    ring_time: int
    talk_time: int
    hold_time: int
    work_time: int
    call_wrapup_data: str
    call_result: int
    outcome: int


class CallRecord(Struct, frozen=True, gc=False):
    """All rows of a leg.

    Attributes:
        call: The leg itself.
        queues: One for each queue that it waited in.
        routing: Of one that was queued.
        agents: One for each time that an agent had something to do with it.
        is_complete: Whether after-call work is over too; otherwise the same rows come once more, and then count.
    """

    call: ContactCallDetail
    queues: tuple[ContactQueueDetail, ...] = ()
    routing: ContactRoutingDetail | None = None
    agents: tuple[AgentConnectionDetail, ...] = ()
    is_complete: bool = True


class Entry(Struct, frozen=True, gc=False):
    """What is to be kept of one turn of the engine; it is kept whole or not at all.

    Attributes:
        next_session: The first session id that no call has.
        states: Changes of agents' states.
        calls: Legs that are over.
    """

    next_session: int
    states: tuple[AgentStateDetail, ...] = ()
    calls: tuple[CallRecord, ...] = ()


class HistoryMark(Struct, frozen=True, gc=False):
    """Up to where the database has the history.

    Attributes:
        next_session: The first session id that no call there has.
        taken: By journal, the last record that is there.
    """

    next_session: int = 1
    taken: Mapping[str, int] = field(default_factory=dict)


Row = (
    AgentStateDetail
    | ContactCallDetail
    | ContactQueueDetail
    | ContactRoutingDetail
    | AgentConnectionDetail
)

TABLES: Final[Mapping[str, type[Row]]] = MappingProxyType(
    {
        "AgentStateDetail": AgentStateDetail,
        "ContactCallDetail": ContactCallDetail,
        "ContactQueueDetail": ContactQueueDetail,
        "ContactRoutingDetail": ContactRoutingDetail,
        "AgentConnectionDetail": AgentConnectionDetail,
    }
)
"""The tables, by the vendor's names."""

_VARIABLES: Final = tuple(f"custom_variable{n + 1}" for n in range(VARIABLES))

_CAPITALS: Final = {"id": "ID", "dn": "DN"}


def column_name(field: str) -> str:
    """The vendor's name of a field: ``sessionSeqNum`` for ``session_seq_num``."""
    first, *others = field.split("_")
    return first + "".join(_CAPITALS.get(word, word.capitalize()) for word in others)


def variables(values: tuple[str, ...]) -> dict[str, Any]:
    """CallVariable1 to 10 as fields of `ContactCallDetail`."""
    return dict(zip(_VARIABLES, values, strict=True))


def column_names(table: type[Row]) -> tuple[str, ...]:
    """The columns of a table, in order."""
    return tuple(column_name(name) for name in table.__struct_fields__)
