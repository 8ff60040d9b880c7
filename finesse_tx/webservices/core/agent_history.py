"""What an agent has done: the calls that it had something to do with, and the states that it was in.

The first two structs are what the store tells, the others what REST answers.

Spec: ``desktop.md`` §14 (History); ``docs/history.rst`` (the tables behind it).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Final

from msgspec import Struct

from finesse_tx.directory.core.records import ReasonCategory, Snapshot
from finesse_tx.webservices.core.declaration import item

__all__ = [
    "AgentCall",
    "AgentCalls",
    "AgentStateChange",
    "AgentStates",
    "CallKind",
    "CallOutcome",
    "Colleague",
    "Colleagues",
    "HistoryCall",
    "HistoryState",
    "StateWord",
    "calls_told",
    "states_told",
]


class CallKind(Enum):
    """How a call came about."""

    INCOMING = "INCOMING"
    OUTGOING = "OUTGOING"
    INTERNAL = "INTERNAL"
    REDIRECTED = "REDIRECTED"
    TRANSFERRED = "TRANSFERRED"
    PREVIEW = "PREVIEW"


class CallOutcome(Enum):
    """What became of it at the agent's phone."""

    ANSWERED = "ANSWERED"
    NOT_ANSWERED = "NOT_ANSWERED"
    CALLER_GONE = "CALLER_GONE"


class StateWord(Enum):
    """A state, as far as the history tells states apart: it has no hold, and one kind of wrap-up."""

    LOGIN = "LOGIN"
    NOT_READY = "NOT_READY"
    READY = "READY"
    RESERVED = "RESERVED"
    TALKING = "TALKING"
    WORK = "WORK"
    LOGOUT = "LOGOUT"


class AgentCall(Struct, frozen=True, kw_only=True):
    """An agent's part in a call.

    Attributes:
        id: Nobody else's: session, leg and moment.
        started: When it began to ring, or the agent to dial.
        ended: When the agent left the call.
        kind: The call's.
        outcome: The part's.
        originator: The login id of the agent who began the call; else empty.
        from_number: Who called.
        to_number: What was dialled.
        csq_id: The queue that selected the agent; None for a call that was not routed.
        ring_s: How long it rang.
        talk_s: How long was talked.
        hold_s: How long the agent held it.
        work_s: How long wrap-up took.
        wrap_up: The reasons, separated by commas.
        transferred: Whether the call was transferred.
        conferenced: Whether it was a conference.
    """

    id: str
    started: datetime
    ended: datetime
    kind: CallKind
    outcome: CallOutcome
    originator: str
    from_number: str
    to_number: str
    csq_id: int | None
    ring_s: int
    talk_s: int
    hold_s: int
    work_s: int
    wrap_up: str
    transferred: bool
    conferenced: bool


class AgentStateChange(Struct, frozen=True, kw_only=True):
    """A change of an agent's state; ``reason`` is the code, 0 for none."""

    at: datetime
    state: StateWord
    reason: int


class HistoryCall(Struct, frozen=True, rename="camel", kw_only=True):
    """A call, as the agent's desktop shows it. ``direction`` is ``in`` or ``out``, times are whole seconds."""

    id: str
    start_time: datetime
    end_time: datetime
    direction: str
    type: CallKind
    number: str
    disposition: CallOutcome
    transferred: bool
    conferenced: bool
    wrap_up_reason: str
    queue_name: str
    ring_seconds: int
    talk_seconds: int
    hold_seconds: int
    wrap_up_seconds: int


class AgentCalls(Struct, frozen=True, rename="camel"):
    """Calls, the latest first; ``isWhole`` says whether these are all."""

    is_whole: bool
    calls: Annotated[tuple[HistoryCall, ...], item("call")]


class HistoryState(Struct, frozen=True, rename="camel", kw_only=True):
    """A state; ``seconds`` until the next one, absent for the one that lasts."""

    start_time: datetime
    state: StateWord
    reason: str
    seconds: int | None


class AgentStates(Struct, frozen=True, rename="camel"):
    """States, the latest first; ``isWhole`` says whether these are all."""

    is_whole: bool
    states: Annotated[tuple[HistoryState, ...], item("state")]


class Colleague(Struct, frozen=True, rename="camel"):
    """Somebody of one's own team who is signed in, and can be called."""

    login_id: str
    first_name: str
    last_name: str
    extension: str
    state: str


class Colleagues(Struct, frozen=True, rename="camel"):
    """The others of one's team."""

    colleagues: Annotated[tuple[Colleague, ...], item("colleague")]


_CATEGORIES: Final[Mapping[StateWord, ReasonCategory]] = {
    StateWord.NOT_READY: ReasonCategory.NOT_READY,
    StateWord.LOGOUT: ReasonCategory.LOGOUT,
}
"""The states that have reasons."""


def calls_told(
    login_id: str, found: Sequence[AgentCall], limit: int, snapshot: Snapshot
) -> AgentCalls:
    """What REST answers.

    Args:
        login_id: Whose calls they are.
        found: Them, the latest first; one more than ``limit`` if there are more.
        limit: How many are told.
        snapshot: The directory, for the names of queues.
    """
    names = {csq.id: csq.name for csq in snapshot.csqs}
    told = tuple(_told(login_id, call, names) for call in found[:limit])
    return AgentCalls(len(found) <= limit, told)


def _told(login_id: str, call: AgentCall, names: Mapping[int, str]) -> HistoryCall:
    is_out = call.originator == login_id or call.kind is CallKind.PREVIEW
    return HistoryCall(
        id=call.id,
        start_time=call.started,
        end_time=call.ended,
        direction="out" if is_out else "in",
        type=call.kind,
        number=call.to_number if is_out else call.from_number,
        disposition=call.outcome,
        transferred=call.transferred,
        conferenced=call.conferenced,
        wrap_up_reason=call.wrap_up,
        queue_name=names.get(call.csq_id, "") if call.csq_id is not None else "",
        ring_seconds=call.ring_s,
        talk_seconds=call.talk_s,
        hold_seconds=call.hold_s,
        wrap_up_seconds=call.work_s,
    )


def states_told(found: Sequence[AgentStateChange], limit: int, snapshot: Snapshot) -> AgentStates:
    """What REST answers.

    Args:
        found: Changes, the latest first; one more than ``limit`` if there are more.
        limit: How many are told.
        snapshot: The directory, for the reasons.
    """
    ends: Iterable[datetime | None] = (None, *(change.at for change in found))
    told = tuple(
        HistoryState(
            start_time=change.at,
            state=change.state,
            reason=_reason(change, snapshot),
            seconds=None if end is None else round((end - change.at).total_seconds()),
        )
        for change, end in zip(found[:limit], ends, strict=False)
    )
    return AgentStates(len(found) <= limit, told)


def _reason(change: AgentStateChange, snapshot: Snapshot) -> str:
    category = _CATEGORIES.get(change.state)
    if category is None or not change.reason:
        return ""
    reason = snapshot.reason_code(category, change.reason)
    return reason.label if reason is not None else str(change.reason)
