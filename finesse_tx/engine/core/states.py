"""The words of the agents' state machine, and what a personality's tables are.

The tables themselves are `finesse_tx.engine.core.ccx` and `finesse_tx.engine.core.cce`: what a SET_AGENT_STATE_REQ
does in each state, what the engine does of itself, where a call leaves its agent. What is in no row changes nothing.

Spec: ``engine.md`` §2; ``cti.md`` §8.5 (values).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from finesse_tx.cti.core.enums import ControlFailureCode
from finesse_tx.engine.core.reasons import AnyReason, Reason

__all__ = [
    "IN_CALL",
    "IN_WRAPUP",
    "AfterCall",
    "AgentState",
    "Input",
    "Keep",
    "Move",
    "Outcome",
    "Pend",
    "Personality",
    "Refuse",
    "Request",
    "Return",
    "Rules",
]


class Personality(StrEnum):
    """Whose behaviour the engine has."""

    CCX = "ccx"
    CCE = "cce"


class AgentState(IntEnum):
    """GED-188's values; LOGIN is only ever told, never stayed in. WORK_READY and HOLD are UCCE's."""

    LOGIN = 0
    LOGOUT = 1
    NOT_READY = 2
    READY = 3
    TALKING = 4
    WORK = 5
    WORK_READY = 6
    RESERVED = 8
    HOLD = 10


IN_CALL: Final = frozenset({AgentState.TALKING, AgentState.HOLD})
"""The states of an agent who is in conversation."""

IN_WRAPUP: Final = frozenset({AgentState.WORK, AgentState.WORK_READY})
"""The states of an agent who finishes a call."""


class Request(StrEnum):
    """What a client asks for."""

    LOGIN = "LOGIN"
    """With the extension that the agent has already: any other is a matter of its own."""
    LOGOUT = "LOGOUT"
    FORCED_LOGOUT = "LOGOUT, forced"
    """With ForcedFlag 1."""
    DISCONNECTED = "LOGOUT, forced, 255"
    """The agent's desktop is gone: its server asks, with ForcedFlag 1 and reason 255."""
    NOT_READY = "NOT_READY"
    READY = "READY"
    WORK = "WORK"
    SUPERVISOR_LOGOUT = "LOGOUT by a supervisor"
    SUPERVISOR_NOT_READY = "NOT_READY by a supervisor"
    SUPERVISOR_READY = "READY by a supervisor"


@dataclass(frozen=True, slots=True)
class Move:
    """It is done at once.

    Attributes:
        to: The state.
        reason: Its reason; None: the one that was given with the request.
    """

    to: AgentState
    reason: AnyReason | None = None


@dataclass(frozen=True, slots=True)
class Pend:
    """It is done when the call is over.

    Attributes:
        to: The state then.
        reason: Its reason; None: the one that was given with the request.
    """

    to: AgentState
    reason: AnyReason | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """It is so already: the state is told again."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """It cannot be done, and nothing changes.

    Attributes:
        code: What CONTROL_FAILURE_CONF says.
    """

    code: ControlFailureCode


@dataclass(frozen=True, slots=True)
class Return:
    """What is pending is done, or else the agent is again as before the call that the engine did not route."""


Outcome = Move | Pend | Keep | Refuse


class Input(StrEnum):
    """What happens to an agent."""

    SELECTED = "selected for a contact"
    ANSWERED = "answered"
    NOT_ANSWERED = "did not answer, or refused"
    PASSED_OVER = "did not answer, and stays READY by configuration"
    MISSED_TOO_OFTEN = "the same, for the last time allowed"
    CALLER_GONE = "the caller hung up while it rang"
    LINE_BUSY = "the line is busy"
    CONSULT_CANCELLED = "whoever consulted him gave it up"
    HELD = "has every call on hold"
    RETRIEVED = "has one off hold again"
    OUTBOUND_SELECTED = "selected for a customer who has been called, and has answered"
    PREVIEW_RESERVED = "reserved for the preview of a customer"
    PREVIEW_DIALLED = "accepted it, and has dialled"
    PREVIEW_REJECTED = "rejects it, or the campaign is stopped"
    PREVIEW_SKIPPED = "skips it, and there is no other"
    RESERVATION_CANCELLED = "cancels the reservation"
    RESERVATION_EXPIRED = "does not say what he wants"
    DIALLED = "dials"
    OTHER_CALL = "is called past the engine"
    OTHER_CALL_JOINED = "is in that call, or in the dialled one"
    SECOND_LINE = "has a call on another line of the phone"
    OTHER_CALL_ENDED = "all those calls are over"
    PHONE_DOWN = "the phone is out of service"
    PHONE_UP = "the phone is back"
    DEVICE_RESTRICTED = "the phone may not be controlled any more"
    LINE_RESTRICTED = "the line may not be controlled any more"
    PROVIDER_LOST = "the telephone system is lost"
    TAKEN_OVER = "another node has taken over"
    EXTENSION_TAKEN = "someone else signs in on the extension"
    SIGNED_IN_ELSEWHERE = "signs in on another extension"
    EXTENSION_CHANGED = "has another extension in the directory"
    DELETED = "is gone from the directory"
    CLIENT_LOST = "the agent's own CTI client is lost"
    CLIENT_CLOSED = "the agent's own CTI client is closed"


@dataclass(frozen=True, slots=True)
class AfterCall:
    """What decides where an agent goes.

    Attributes:
        auto_work: Whether the queue that delivered the call has automatic work.
        pending: What was asked for during the call.
        automatic_available: The agent's own setting.
    """

    auto_work: bool
    pending: AgentState | None
    automatic_available: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """A personality's tables.

    Attributes:
        states: The states that there are, but for LOGIN.
        last_reason: The highest reason that a client may give.
        requests: For every state and request.
        on_other_call: Instead of `requests`, while the agent's phone is in a call that the engine did not route, or
            is about to be offered one that it did although the phone has been out of service meanwhile.
        when_pending: By the pending state and the request: what is done instead of what `requests` says is
            pending then. Without a row the new one takes the place of the old one.
        changes: What the engine does of itself.
        after_call: Where a routed call leaves its agent; a reason of None is the pending request's.
        after_work: Where wrap-up leaves an agent when its time is over, by the pending state and automatic
            available.
        busy: Where someone goes who would be READY while the phone is in another call.
        no_phone: Where someone goes who would be READY while the phone is out of service.
        outbound_work: The reason of wrap-up after the call of a campaign.
    """

    states: tuple[AgentState, ...]
    last_reason: int
    requests: Mapping[tuple[AgentState, Request], Outcome]
    on_other_call: Mapping[tuple[AgentState, Request], Outcome]
    when_pending: Mapping[tuple[AgentState, Request], Outcome]
    changes: Mapping[tuple[AgentState, Input], Move | Pend | Return]
    after_call: Mapping[AfterCall, Move]
    after_work: Mapping[tuple[AgentState | None, bool], Move]
    busy: Move
    no_phone: Move
    outbound_work: Reason = Reason.NONE
