"""What an agent's state is, and what follows from what: four tables.

`REQUESTS` answers people: what a SET_AGENT_STATE_REQ does in each state, with `ON_OTHER_CALL` for an agent whose
phone is in a call that the engine did not route, and `PENDING_REFUSED` for one who has asked before. `CHANGES` is
what the engine does of itself. `AFTER_CALL` and `AFTER_WORK` decide where a call that the engine routed leaves its
agent. What is in no row changes nothing.

Spec: ``engine.md`` §2.1 to §2.3, CCX; ``cti.md`` §8.5 (values), §8.18 (refusals), §11.4; ``notifications.md`` §5 (the
refusals of a CCX). ``docs/engine.rst`` prints the tables and says where these disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Final

from finesse_tx.cti.core.enums import ControlFailureCode
from finesse_tx.engine.core.reasons import Reason

__all__ = [
    "AFTER_CALL",
    "AFTER_WORK",
    "CHANGES",
    "ON_OTHER_CALL",
    "PENDING_REFUSED",
    "REQUESTS",
    "AfterCall",
    "AgentState",
    "Input",
    "Keep",
    "Move",
    "Outcome",
    "Pend",
    "Refuse",
    "Request",
]


class AgentState(IntEnum):
    """GED-188's values; LOGIN is only ever told, never stayed in."""

    LOGIN = 0
    LOGOUT = 1
    NOT_READY = 2
    READY = 3
    TALKING = 4
    WORK = 5
    RESERVED = 8


class Request(Enum):
    """What a client asks for."""

    LOGIN = "LOGIN"
    """With the extension that the agent has already: any other is a matter of its own."""
    LOGOUT = "LOGOUT"
    FORCED_LOGOUT = "LOGOUT, forced"
    """With ForcedFlag 1: by a supervisor, or because the agent's browser is gone."""
    NOT_READY = "NOT_READY"
    READY = "READY"
    WORK = "WORK"


@dataclass(frozen=True, slots=True)
class Move:
    """It is done at once.

    Attributes:
        to: The state.
        reason: Its reason; None: the one that was given with the request.
    """

    to: AgentState
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Pend:
    """It is done when the call is over.

    Attributes:
        to: The state then.
    """

    to: AgentState


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


Outcome = Move | Pend | Keep | Refuse

_S: Final = AgentState
_R: Final = Request
_CF: Final = ControlFailureCode

_WRONG_STATE: Final = Refuse(_CF.CF_INVALID_OBJECT_STATE)
_SIGNED_OUT: Final = Refuse(_CF.CF_INVALID_PARAMETER)
_BUSY: Final = Refuse(_CF.CF_RESOURCE_BUSY)

REQUESTS: Final[Mapping[tuple[AgentState, Request], Outcome]] = MappingProxyType(
    {
        (_S.LOGOUT, _R.LOGIN): Move(_S.NOT_READY, Reason.AGT_LOGON),
        (_S.LOGOUT, _R.LOGOUT): _SIGNED_OUT,
        (_S.LOGOUT, _R.FORCED_LOGOUT): _SIGNED_OUT,
        (_S.LOGOUT, _R.NOT_READY): _SIGNED_OUT,
        (_S.LOGOUT, _R.READY): _SIGNED_OUT,
        (_S.LOGOUT, _R.WORK): _SIGNED_OUT,
        (_S.NOT_READY, _R.LOGIN): Keep(),
        (_S.NOT_READY, _R.LOGOUT): Move(_S.LOGOUT),
        (_S.NOT_READY, _R.FORCED_LOGOUT): Move(_S.LOGOUT),
        (_S.NOT_READY, _R.NOT_READY): Move(_S.NOT_READY),
        (_S.NOT_READY, _R.READY): Move(_S.READY, Reason.NONE),
        (_S.NOT_READY, _R.WORK): _WRONG_STATE,
        (_S.READY, _R.LOGIN): Keep(),
        (_S.READY, _R.LOGOUT): Move(_S.LOGOUT),
        (_S.READY, _R.FORCED_LOGOUT): Move(_S.LOGOUT),
        (_S.READY, _R.NOT_READY): Move(_S.NOT_READY),
        (_S.READY, _R.READY): Keep(),
        (_S.READY, _R.WORK): _WRONG_STATE,
        (_S.RESERVED, _R.LOGIN): Keep(),
        (_S.RESERVED, _R.LOGOUT): _WRONG_STATE,
        (_S.RESERVED, _R.FORCED_LOGOUT): Pend(_S.LOGOUT),
        (_S.RESERVED, _R.NOT_READY): Pend(_S.NOT_READY),
        (_S.RESERVED, _R.READY): Pend(_S.READY),
        (_S.RESERVED, _R.WORK): _WRONG_STATE,
        (_S.TALKING, _R.LOGIN): Keep(),
        (_S.TALKING, _R.LOGOUT): _WRONG_STATE,
        (_S.TALKING, _R.FORCED_LOGOUT): Pend(_S.LOGOUT),
        (_S.TALKING, _R.NOT_READY): Pend(_S.NOT_READY),
        (_S.TALKING, _R.READY): Pend(_S.READY),
        (_S.TALKING, _R.WORK): Pend(_S.WORK),
        (_S.WORK, _R.LOGIN): Keep(),
        (_S.WORK, _R.LOGOUT): _WRONG_STATE,
        (_S.WORK, _R.FORCED_LOGOUT): Move(_S.LOGOUT),
        (_S.WORK, _R.NOT_READY): Move(_S.NOT_READY),
        (_S.WORK, _R.READY): Move(_S.READY, Reason.NONE),
        (_S.WORK, _R.WORK): Keep(),
    }
)
"""For every state and request."""

ON_OTHER_CALL: Final[Mapping[tuple[AgentState, Request], Outcome]] = MappingProxyType(
    {
        (_S.NOT_READY, _R.READY): _BUSY,
        (_S.NOT_READY, _R.LOGOUT): _BUSY,
        (_S.NOT_READY, _R.FORCED_LOGOUT): Pend(_S.LOGOUT),
        (_S.WORK, _R.READY): _BUSY,
        (_S.WORK, _R.FORCED_LOGOUT): Pend(_S.LOGOUT),
    }
)
"""Instead of `REQUESTS`, while the agent's phone is in a call that the engine did not route, or is about to be offered
one that it did although the phone has been out of service meanwhile."""

PENDING_REFUSED: Final[Mapping[tuple[AgentState, Request], Refuse]] = MappingProxyType(
    {
        (_S.READY, _R.NOT_READY): Refuse(_CF.CF_INVALID_AGENT_WORKMODE),
        (_S.LOGOUT, _R.READY): _WRONG_STATE,
        (_S.LOGOUT, _R.NOT_READY): _WRONG_STATE,
        (_S.LOGOUT, _R.WORK): _WRONG_STATE,
    }
)
"""By the pending state and the request: what may not take its place. Anything else does."""


class Input(Enum):
    """What happens to an agent."""

    SELECTED = "selected for a contact"
    ANSWERED = "answered"
    NOT_ANSWERED = "did not answer, or refused"
    PASSED_OVER = "did not answer, and stays READY by configuration"
    CALLER_GONE = "the caller hung up while it rang"
    LINE_BUSY = "the line is busy"
    DIALLED = "dials"
    OTHER_CALL = "is called past the engine"
    OTHER_CALL_ENDED = "that call, or the dialled one, is over"
    PHONE_DOWN = "the phone is out of service"
    PHONE_UP = "the phone is back"
    PROVIDER_LOST = "the telephone system is lost"
    EXTENSION_TAKEN = "someone else signs in on the extension"
    SIGNED_IN_ELSEWHERE = "signs in on another extension"
    EXTENSION_CHANGED = "has another extension in the directory"
    DELETED = "is gone from the directory"


CHANGES: Final[Mapping[tuple[AgentState, Input], Move]] = MappingProxyType(
    {
        (_S.READY, Input.SELECTED): Move(_S.RESERVED, Reason.NONE),
        (_S.RESERVED, Input.ANSWERED): Move(_S.TALKING, Reason.NONE),
        (_S.NOT_READY, Input.ANSWERED): Move(_S.TALKING, Reason.NONE),
        (_S.RESERVED, Input.NOT_ANSWERED): Move(_S.NOT_READY, Reason.AGT_RNA),
        (_S.RESERVED, Input.PASSED_OVER): Move(_S.READY, Reason.NONE),
        (_S.RESERVED, Input.CALLER_GONE): Move(_S.READY, Reason.NONE),
        (_S.RESERVED, Input.LINE_BUSY): Move(_S.NOT_READY, Reason.AGT_OFFHOOK),
        (_S.READY, Input.DIALLED): Move(_S.NOT_READY, Reason.AGT_OFFHOOK),
        (_S.READY, Input.OTHER_CALL): Move(_S.NOT_READY, Reason.AGT_RCV_NON_ICD),
        (_S.NOT_READY, Input.OTHER_CALL_ENDED): Move(_S.READY, Reason.NONE),
        **{
            (state, happening): Move(_S.NOT_READY, reason)
            for happening, reason in (
                (Input.PHONE_DOWN, Reason.PHONE_DOWN),
                (Input.PROVIDER_LOST, Reason.CM_FAILOVER),
            )
            for state in (_S.NOT_READY, _S.READY, _S.RESERVED, _S.TALKING, _S.WORK)
        },
        (_S.NOT_READY, Input.PHONE_UP): Move(_S.NOT_READY, Reason.PHONE_UP),
        **{
            (state, happening): Move(_S.LOGOUT, reason)
            for happening, reason in (
                (Input.EXTENSION_TAKEN, Reason.AGT_EXTENSION_CONFLICT),
                (Input.SIGNED_IN_ELSEWHERE, Reason.AGT_RELOGIN),
                (Input.EXTENSION_CHANGED, Reason.AGT_IPCC_EXT_CHANGED),
                (Input.DELETED, Reason.AGENT_DELETED),
            )
            for state in (_S.NOT_READY, _S.READY, _S.WORK)
        },
    }
)
"""What the engine does of itself."""


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


def _after_call(case: AfterCall) -> Move:
    if case.pending is _S.LOGOUT:
        return Move(_S.LOGOUT)
    if case.auto_work or case.pending is _S.WORK:
        return Move(_S.WORK, Reason.NONE)
    if case.pending is not None:
        return Move(case.pending)
    if case.automatic_available:
        return Move(_S.READY, Reason.NONE)
    return Move(_S.NOT_READY, Reason.CALL_ENDED)


def _after_work(pending: AgentState | None, automatic_available: bool) -> Move:
    if pending in {_S.LOGOUT, _S.NOT_READY}:
        return Move(pending)
    if pending is _S.READY or automatic_available:
        return Move(_S.READY, Reason.WORK_TIMER_EXP)
    return Move(_S.NOT_READY, Reason.WORK_TIMER_EXP)


_PENDING: Final = (None, _S.READY, _S.NOT_READY, _S.WORK, _S.LOGOUT)

AFTER_CALL: Final[Mapping[AfterCall, Move]] = MappingProxyType(
    {
        (case := AfterCall(auto_work, pending, available)): _after_call(case)
        for auto_work in (True, False)
        for pending in _PENDING
        for available in (True, False)
    }
)
"""Where a routed call leaves its agent; a reason of None is the pending request's."""

AFTER_WORK: Final[Mapping[tuple[AgentState | None, bool], Move]] = MappingProxyType(
    {
        (pending, available): _after_work(pending, available)
        for pending in _PENDING
        for available in (True, False)
    }
)
"""Where wrap-up leaves an agent when its time is over, by the pending state and automatic available."""
