"""Unified CCX's tables: what an agent's state is, and what follows from what.

Spec: ``engine.md`` §2.1 to §2.3; ``cti.md`` §8.18 (refusals), §11.4; ``rest.md`` §2.6 and ``notifications.md`` §5 (the
refusals of a CCX, what supervisors may). ``docs/engine.rst`` prints the tables and says where these disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Final

from finesse_tx.cti.core.enums import ControlFailureCode
from finesse_tx.engine.core.reasons import AnyReason, Reason
from finesse_tx.engine.core.states import (
    AfterCall,
    AgentState,
    Input,
    Keep,
    Move,
    Outcome,
    Pend,
    Refuse,
    Request,
    Return,
    Rules,
)

__all__ = ["PENDING", "RULES", "everywhere"]

_S: Final = AgentState
_R: Final = Request
_I: Final = Input
_CF: Final = ControlFailureCode

_WRONG_STATE: Final = Refuse(_CF.CF_INVALID_OBJECT_STATE)
_BUSY: Final = Refuse(_CF.CF_RESOURCE_BUSY)

_SUPERVISOR_OUT: Final = Reason.SUP_AGT_TO_LOGOUT
_SUPERVISOR: Final = Reason.SUP_AGT_TO_NOT_READY
_GONE: Final = Reason.DESKTOP_FORCED_LOGOUT

_REQUESTS: Final[dict[tuple[AgentState, Request], Outcome]] = {
    (_S.LOGOUT, _R.LOGIN): Move(_S.NOT_READY, Reason.AGT_LOGON),
    **{
        (_S.LOGOUT, request): Refuse(_CF.CF_INVALID_PARAMETER)
        for request in Request
        if request is not _R.LOGIN
    },
    (_S.NOT_READY, _R.LOGIN): Keep(),
    (_S.NOT_READY, _R.LOGOUT): Move(_S.LOGOUT),
    (_S.NOT_READY, _R.FORCED_LOGOUT): Move(_S.LOGOUT),
    (_S.NOT_READY, _R.DISCONNECTED): Move(_S.LOGOUT, _GONE),
    (_S.NOT_READY, _R.NOT_READY): Move(_S.NOT_READY),
    (_S.NOT_READY, _R.READY): Move(_S.READY, Reason.NONE),
    (_S.NOT_READY, _R.WORK): _WRONG_STATE,
    (_S.NOT_READY, _R.SUPERVISOR_LOGOUT): Move(_S.LOGOUT, _SUPERVISOR_OUT),
    (_S.NOT_READY, _R.SUPERVISOR_NOT_READY): _WRONG_STATE,
    (_S.NOT_READY, _R.SUPERVISOR_READY): Move(_S.READY, _SUPERVISOR),
    (_S.READY, _R.LOGIN): Keep(),
    (_S.READY, _R.LOGOUT): Move(_S.LOGOUT),
    (_S.READY, _R.FORCED_LOGOUT): Move(_S.LOGOUT),
    (_S.READY, _R.DISCONNECTED): Move(_S.LOGOUT, _GONE),
    (_S.READY, _R.NOT_READY): Move(_S.NOT_READY),
    (_S.READY, _R.READY): Keep(),
    (_S.READY, _R.WORK): _WRONG_STATE,
    (_S.READY, _R.SUPERVISOR_LOGOUT): Move(_S.LOGOUT, _SUPERVISOR_OUT),
    (_S.READY, _R.SUPERVISOR_NOT_READY): Move(_S.NOT_READY, _SUPERVISOR),
    (_S.READY, _R.SUPERVISOR_READY): Keep(),
    (_S.RESERVED, _R.LOGIN): Keep(),
    (_S.RESERVED, _R.LOGOUT): _WRONG_STATE,
    (_S.RESERVED, _R.FORCED_LOGOUT): Pend(_S.LOGOUT),
    (_S.RESERVED, _R.DISCONNECTED): Pend(_S.LOGOUT, _GONE),
    (_S.RESERVED, _R.NOT_READY): Pend(_S.NOT_READY),
    (_S.RESERVED, _R.READY): Pend(_S.READY),
    (_S.RESERVED, _R.WORK): _WRONG_STATE,
    (_S.RESERVED, _R.SUPERVISOR_LOGOUT): Pend(_S.LOGOUT, _SUPERVISOR_OUT),
    (_S.RESERVED, _R.SUPERVISOR_NOT_READY): Pend(_S.NOT_READY, _SUPERVISOR),
    (_S.RESERVED, _R.SUPERVISOR_READY): Pend(_S.READY, _SUPERVISOR),
    (_S.TALKING, _R.LOGIN): Keep(),
    (_S.TALKING, _R.LOGOUT): _WRONG_STATE,
    (_S.TALKING, _R.FORCED_LOGOUT): Pend(_S.LOGOUT),
    (_S.TALKING, _R.DISCONNECTED): Pend(_S.LOGOUT, _GONE),
    (_S.TALKING, _R.NOT_READY): Pend(_S.NOT_READY),
    (_S.TALKING, _R.READY): Pend(_S.READY),
    (_S.TALKING, _R.WORK): Pend(_S.WORK),
    (_S.TALKING, _R.SUPERVISOR_LOGOUT): Pend(_S.LOGOUT, _SUPERVISOR_OUT),
    (_S.TALKING, _R.SUPERVISOR_NOT_READY): Pend(_S.NOT_READY, _SUPERVISOR),
    (_S.TALKING, _R.SUPERVISOR_READY): Pend(_S.READY, _SUPERVISOR),
    (_S.WORK, _R.LOGIN): Keep(),
    (_S.WORK, _R.LOGOUT): _WRONG_STATE,
    (_S.WORK, _R.FORCED_LOGOUT): Move(_S.LOGOUT),
    (_S.WORK, _R.DISCONNECTED): Move(_S.LOGOUT, _GONE),
    (_S.WORK, _R.NOT_READY): Move(_S.NOT_READY),
    (_S.WORK, _R.READY): Move(_S.READY, Reason.NONE),
    (_S.WORK, _R.WORK): Keep(),
    (_S.WORK, _R.SUPERVISOR_LOGOUT): Move(_S.LOGOUT, _SUPERVISOR_OUT),
    (_S.WORK, _R.SUPERVISOR_NOT_READY): Move(_S.NOT_READY, _SUPERVISOR),
    (_S.WORK, _R.SUPERVISOR_READY): Move(_S.READY, _SUPERVISOR),
}

_ON_OTHER_CALL: Final[dict[tuple[AgentState, Request], Outcome]] = {
    (_S.NOT_READY, _R.LOGOUT): _BUSY,
    (_S.NOT_READY, _R.FORCED_LOGOUT): Pend(_S.LOGOUT),
    (_S.NOT_READY, _R.DISCONNECTED): Pend(_S.LOGOUT, _GONE),
    (_S.NOT_READY, _R.READY): _BUSY,
    (_S.NOT_READY, _R.SUPERVISOR_LOGOUT): Pend(_S.LOGOUT, _SUPERVISOR_OUT),
    (_S.NOT_READY, _R.SUPERVISOR_READY): _BUSY,
    (_S.WORK, _R.FORCED_LOGOUT): Pend(_S.LOGOUT),
    (_S.WORK, _R.DISCONNECTED): Pend(_S.LOGOUT, _GONE),
    (_S.WORK, _R.READY): _BUSY,
    (_S.WORK, _R.SUPERVISOR_LOGOUT): Pend(_S.LOGOUT, _SUPERVISOR_OUT),
    (_S.WORK, _R.SUPERVISOR_READY): _BUSY,
}

_WHEN_PENDING: Final[dict[tuple[AgentState, Request], Outcome]] = {
    (_S.READY, _R.NOT_READY): Refuse(_CF.CF_INVALID_AGENT_WORKMODE),
    (_S.LOGOUT, _R.NOT_READY): _WRONG_STATE,
    (_S.LOGOUT, _R.READY): _WRONG_STATE,
    (_S.LOGOUT, _R.WORK): _WRONG_STATE,
    (_S.LOGOUT, _R.DISCONNECTED): Keep(),
    (_S.LOGOUT, _R.SUPERVISOR_NOT_READY): _WRONG_STATE,
    (_S.LOGOUT, _R.SUPERVISOR_READY): _WRONG_STATE,
}


def everywhere(
    free: Iterable[AgentState], in_call: Iterable[AgentState], to: AgentState, reason: AnyReason
) -> Iterator[tuple[AgentState, Move | Pend]]:
    """What is done at once by whoever has no routed call, and after the call by the others."""
    yield from ((state, Move(to, reason)) for state in free)
    yield from ((state, Pend(to, reason)) for state in in_call)


_SIGNED_IN: Final = (_S.NOT_READY, _S.READY, _S.TALKING, _S.WORK, _S.RESERVED)

_CHANGES: Final[dict[tuple[AgentState, Input], Move | Pend | Return]] = {
    (_S.READY, _I.SELECTED): Move(_S.RESERVED, Reason.NONE),
    (_S.RESERVED, _I.ANSWERED): Move(_S.TALKING, Reason.NONE),
    (_S.NOT_READY, _I.ANSWERED): Move(_S.TALKING, Reason.NONE),
    (_S.RESERVED, _I.NOT_ANSWERED): Move(_S.NOT_READY, Reason.AGT_RNA),
    (_S.RESERVED, _I.PASSED_OVER): Move(_S.READY, Reason.NONE),
    (_S.RESERVED, _I.CALLER_GONE): Move(_S.READY, Reason.NONE),
    (_S.RESERVED, _I.LINE_BUSY): Move(_S.NOT_READY, Reason.AGT_OFFHOOK),
    **{
        (state, _I.CONSULT_CANCELLED): Move(_S.NOT_READY, Reason.CANCEL_CONSULT)
        for state in (_S.NOT_READY, _S.READY, _S.RESERVED, _S.TALKING)
    },
    (_S.READY, _I.OUTBOUND_SELECTED): Move(_S.RESERVED, Reason.AGENT_RESERVED_OUTBOUND),
    (_S.READY, _I.PREVIEW_RESERVED): Move(
        _S.RESERVED, Reason.AGENT_RESERVED_OUTBOUND_DIRECTPREVIEW
    ),
    (_S.RESERVED, _I.PREVIEW_DIALLED): Move(_S.TALKING, Reason.NONE),
    (_S.RESERVED, _I.PREVIEW_REJECTED): Move(_S.READY, Reason.NONE),
    (_S.RESERVED, _I.PREVIEW_SKIPPED): Move(_S.READY, Reason.AGENT_SKIPS),
    (_S.RESERVED, _I.RESERVATION_CANCELLED): Move(_S.NOT_READY, Reason.CANCEL_RESERVATION),
    (_S.RESERVED, _I.RESERVATION_EXPIRED): Move(_S.NOT_READY, Reason.AGT_RNA),
    (_S.READY, _I.DIALLED): Move(_S.NOT_READY, Reason.AGT_OFFHOOK),
    (_S.READY, _I.OTHER_CALL): Move(_S.NOT_READY, Reason.AGT_RCV_NON_ICD),
    (_S.READY, _I.SECOND_LINE): Move(_S.NOT_READY, Reason.AGT_SEC_LINE_OFFHOOK),
    (_S.NOT_READY, _I.OTHER_CALL_ENDED): Return(),
    **{
        (state, happening): Move(_S.NOT_READY, reason)
        for happening, reason in (
            (_I.PHONE_DOWN, Reason.PHONE_DOWN),
            (_I.PROVIDER_LOST, Reason.CM_FAILOVER),
            (_I.TAKEN_OVER, Reason.CCX_FAILURE),
        )
        for state in _SIGNED_IN
    },
    (_S.NOT_READY, _I.PHONE_UP): Move(_S.NOT_READY, Reason.PHONE_UP),
    **{
        (state, happening): Move(_S.LOGOUT, reason)
        for happening, reason in (
            (_I.EXTENSION_TAKEN, Reason.AGT_EXTENSION_CONFLICT),
            (_I.SIGNED_IN_ELSEWHERE, Reason.AGT_RELOGIN),
        )
        for state in (_S.NOT_READY, _S.READY, _S.WORK)
    },
    **{
        (state, happening): outcome
        for happening, reason in (
            (_I.DEVICE_RESTRICTED, Reason.DEVICE_RESTRICTED),
            (_I.LINE_RESTRICTED, Reason.LINE_RESTRICTED),
            (_I.EXTENSION_CHANGED, Reason.AGT_IPCC_EXT_CHANGED),
            (_I.DELETED, Reason.AGENT_DELETED),
            (_I.CLIENT_LOST, Reason.CONNECTION_DOWN),
            (_I.CLIENT_CLOSED, Reason.CLOSE_CAD),
        )
        for state, outcome in everywhere(
            (_S.NOT_READY, _S.READY, _S.WORK), (_S.RESERVED, _S.TALKING), _S.LOGOUT, reason
        )
    },
}


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


PENDING: Final = (None, _S.READY, _S.NOT_READY, _S.WORK, _S.LOGOUT)
"""What can be pending."""

RULES: Final = Rules(
    states=(_S.LOGOUT, _S.NOT_READY, _S.READY, _S.RESERVED, _S.TALKING, _S.WORK),
    last_reason=999,
    requests=MappingProxyType(_REQUESTS),
    on_other_call=MappingProxyType(_ON_OTHER_CALL),
    when_pending=MappingProxyType(_WHEN_PENDING),
    changes=MappingProxyType(_CHANGES),
    after_call=MappingProxyType(
        {
            (case := AfterCall(auto_work, pending, available)): _after_call(case)
            for auto_work in (True, False)
            for pending in PENDING
            for available in (True, False)
        }
    ),
    after_work=MappingProxyType(
        {
            (pending, available): _after_work(pending, available)
            for pending in PENDING
            if pending is not _S.WORK
            for available in (True, False)
        }
    ),
    busy=Move(_S.NOT_READY, Reason.AGT_RCV_NON_ICD),
    no_phone=Move(_S.NOT_READY, Reason.PHONE_DOWN),
    outbound_work=Reason.OUTBOUND_WORK,
)
"""The tables."""
