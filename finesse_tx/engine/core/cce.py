"""Unified CCE's tables, as far as they differ from Unified CCX's.

Agents TALK in every call, and HOLD when all of them are on hold; wrap-up that ends in READY is WORK_READY; signing out
needs NOT_READY; the reasons are UCCE's own.

Spec: ``engine.md`` §2.1, §2.4 (*CCE*), §2.5; ``rest.md`` §2.6 (transitions, reasons); ``notifications.md`` §7.1 to §7.3,
§8; ``cti.md`` §8.5, §11.6, §11.7. ``docs/engine.rst`` prints the tables and says what was decided.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from finesse_tx.cti.core.enums import ControlFailureCode
from finesse_tx.engine.core import ccx
from finesse_tx.engine.core.reasons import CCEReason, Reason
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

__all__ = ["RULES"]

_S: Final = AgentState
_R: Final = Request
_I: Final = Input
_CF: Final = ControlFailureCode

_WRONG_STATE: Final = Refuse(_CF.CF_INVALID_OBJECT_STATE)
_FORCED: Final = CCEReason.SUPERVISOR_FORCED
_GONE: Final = CCEReason.CTI_FAILED

_BOTH: Final = {_S.TALKING: (_S.TALKING, _S.HOLD), _S.WORK: (_S.WORK, _S.WORK_READY)}
"""UCCX's states that UCCE has two of."""


def _requests() -> dict[tuple[AgentState, Request], Outcome]:
    """UCCX's, with UCCE's states and reasons."""
    found: dict[tuple[AgentState, Request], Outcome] = {}
    for (state, request), outcome in ccx.RULES.requests.items():
        for each in _BOTH.get(state, (state,)):
            found[each, request] = outcome
    free = (_S.NOT_READY, _S.READY, _S.WORK, _S.WORK_READY)
    in_call = (_S.RESERVED, _S.TALKING, _S.HOLD)
    for request, to in (
        (_R.SUPERVISOR_LOGOUT, _S.LOGOUT),
        (_R.SUPERVISOR_NOT_READY, _S.NOT_READY),
        (_R.SUPERVISOR_READY, _S.READY),
    ):
        found |= {(state, request): Move(to, _FORCED) for state in free}
        found |= {(state, request): Pend(to, _FORCED) for state in in_call}
    found[_S.NOT_READY, _R.SUPERVISOR_NOT_READY] = _WRONG_STATE
    found[_S.READY, _R.SUPERVISOR_READY] = Keep()
    found |= {(state, _R.DISCONNECTED): Move(_S.NOT_READY, _GONE) for state in free}
    found |= {(state, _R.DISCONNECTED): Pend(_S.NOT_READY, _GONE) for state in in_call}
    found |= {
        (_S.LOGOUT, request): Refuse(_CF.CF_INVALID_PASSWORD_SPECIFIED)
        for request in Request
        if request is not _R.LOGIN
    }
    found[_S.LOGOUT, _R.LOGIN] = Move(_S.NOT_READY, Reason.NONE)
    found[_S.READY, _R.LOGOUT] = _WRONG_STATE
    return found


def _on_other_call() -> dict[tuple[AgentState, Request], Outcome]:
    """UCCX's; and whoever signs in on a phone that is in a call is told so."""
    found: dict[tuple[AgentState, Request], Outcome] = {}
    for (state, request), outcome in ccx.RULES.on_other_call.items():
        for each in _BOTH.get(state, (state,)):
            found[each, request] = outcome
    for state in (_S.NOT_READY, _S.WORK, _S.WORK_READY):
        found[state, _R.SUPERVISOR_LOGOUT] = Pend(_S.LOGOUT, _FORCED)
        del found[state, _R.DISCONNECTED]  # NOT_READY can be had at once
    found[_S.LOGOUT, _R.LOGIN] = Move(_S.NOT_READY, CCEReason.EXTENSION_IN_CALL)
    return found


_SIGNED_IN: Final = (
    _S.NOT_READY, _S.READY, _S.RESERVED, _S.TALKING, _S.HOLD, _S.WORK, _S.WORK_READY,
)  # fmt: skip
_FREE: Final = (_S.NOT_READY, _S.READY, _S.WORK, _S.WORK_READY)
_IN_CALL: Final = (_S.RESERVED, _S.TALKING, _S.HOLD)

_CHANGES: Final[dict[tuple[AgentState, Input], Move | Pend | Return]] = {
    (_S.READY, _I.SELECTED): Move(_S.RESERVED, Reason.NONE),
    (_S.RESERVED, _I.ANSWERED): Move(_S.TALKING, Reason.NONE),
    (_S.NOT_READY, _I.ANSWERED): Move(_S.TALKING, Reason.NONE),
    (_S.RESERVED, _I.NOT_ANSWERED): Move(_S.NOT_READY, CCEReason.CALL_NOT_ANSWERED),
    (_S.RESERVED, _I.PASSED_OVER): Move(_S.READY, Reason.NONE),
    (_S.RESERVED, _I.MISSED_TOO_OFTEN): Move(_S.NOT_READY, CCEReason.CALLS_MISSED),
    (_S.RESERVED, _I.CALLER_GONE): Move(_S.READY, Reason.NONE),
    (_S.RESERVED, _I.LINE_BUSY): Move(_S.NOT_READY, CCEReason.LINE_RANG_BUSY),
    **{(state, _I.CONSULT_CANCELLED): Return() for state in _IN_CALL},
    (_S.TALKING, _I.HELD): Move(_S.HOLD, Reason.NONE),
    (_S.HOLD, _I.RETRIEVED): Move(_S.TALKING, Reason.NONE),
    (_S.READY, _I.OUTBOUND_SELECTED): Move(_S.RESERVED, Reason.NONE),
    (_S.READY, _I.PREVIEW_RESERVED): Move(_S.RESERVED, Reason.NONE),
    (_S.RESERVED, _I.PREVIEW_DIALLED): Move(_S.TALKING, Reason.NONE),
    (_S.RESERVED, _I.PREVIEW_REJECTED): Move(_S.READY, Reason.NONE),
    (_S.RESERVED, _I.PREVIEW_SKIPPED): Move(_S.READY, Reason.NONE),
    (_S.RESERVED, _I.RESERVATION_CANCELLED): Move(_S.NOT_READY, Reason.NONE),
    (_S.RESERVED, _I.RESERVATION_EXPIRED): Move(_S.NOT_READY, CCEReason.CALL_NOT_ANSWERED),
    (_S.READY, _I.DIALLED): Move(_S.NOT_READY, CCEReason.CALLED_WHILE_AVAILABLE),
    (_S.READY, _I.OTHER_CALL): Move(_S.RESERVED, Reason.NONE),
    (_S.NOT_READY, _I.OTHER_CALL): Move(_S.RESERVED, Reason.NONE),
    (_S.READY, _I.OTHER_CALL_JOINED): Move(_S.TALKING, Reason.NONE),
    (_S.NOT_READY, _I.OTHER_CALL_JOINED): Move(_S.TALKING, Reason.NONE),
    (_S.RESERVED, _I.OTHER_CALL_JOINED): Move(_S.TALKING, Reason.NONE),
    (_S.READY, _I.SECOND_LINE): Move(_S.NOT_READY, CCEReason.NON_ACD_BUSY),
    **{(state, _I.OTHER_CALL_ENDED): Return() for state in (_S.NOT_READY, *_IN_CALL)},
    **{(state, _I.PROVIDER_LOST): Move(_S.LOGOUT, CCEReason.CTI_FAILED) for state in _SIGNED_IN},
    **{
        (state, _I.TAKEN_OVER): Move(_S.NOT_READY, CCEReason.SYSTEM_REINITIALIZED)
        for state in _SIGNED_IN
    },
    **{
        (state, happening): Move(_S.LOGOUT, CCEReason.DEVICE_CONFLICT)
        for happening in (_I.EXTENSION_TAKEN, _I.SIGNED_IN_ELSEWHERE)
        for state in _FREE
    },
    **{
        (state, happening): outcome
        for happening, to, reason in (
            (_I.PHONE_DOWN, _S.LOGOUT, CCEReason.DEVICE_ERROR),
            (_I.DEVICE_RESTRICTED, _S.LOGOUT, CCEReason.DEVICE_ERROR),
            (_I.LINE_RESTRICTED, _S.LOGOUT, CCEReason.DEVICE_ERROR),
            (_I.EXTENSION_CHANGED, _S.NOT_READY, CCEReason.EXTENSION_MODIFIED),
            (_I.DELETED, _S.LOGOUT, CCEReason.SYSTEM_DISCONNECT),
            (_I.CLIENT_LOST, _S.NOT_READY, CCEReason.CTI_FAILED),
            (_I.CLIENT_CLOSED, _S.NOT_READY, CCEReason.CTI_FAILED),
        )
        for state, outcome in ccx.everywhere(_FREE, _IN_CALL, to, reason)
    },
}


def _after_call(case: AfterCall) -> Move:
    if case.pending is _S.LOGOUT:
        return Move(_S.LOGOUT)
    if case.auto_work or case.pending is _S.WORK:
        ready = case.pending is _S.READY or (
            case.pending in {None, _S.WORK} and case.automatic_available
        )
        return Move(_S.WORK_READY if ready else _S.WORK, Reason.NONE)
    if case.pending is not None:
        return Move(case.pending)
    return Move(_S.READY if case.automatic_available else _S.NOT_READY, Reason.NONE)


def _after_work(pending: AgentState | None, automatic_available: bool) -> Move:
    if pending in {_S.LOGOUT, _S.NOT_READY}:
        return Move(pending)
    is_ready = pending is _S.READY or automatic_available
    return Move(_S.READY if is_ready else _S.NOT_READY, Reason.NONE)


RULES: Final = Rules(
    states=(_S.LOGOUT, *_SIGNED_IN),
    last_reason=65_535,
    requests=MappingProxyType(_requests()),
    on_other_call=MappingProxyType(_on_other_call()),
    when_pending=MappingProxyType(
        {
            cell: outcome
            for cell, outcome in ccx.RULES.when_pending.items()
            if cell != (_S.READY, _R.NOT_READY)
        }
    ),
    changes=MappingProxyType(_CHANGES),
    after_call=MappingProxyType({case: _after_call(case) for case in ccx.RULES.after_call}),
    after_work=MappingProxyType({case: _after_work(*case) for case in ccx.RULES.after_work}),
    busy=Move(_S.NOT_READY, CCEReason.NON_ACD_BUSY),
    no_phone=Move(_S.NOT_READY, CCEReason.DEVICE_ERROR),
)
"""The tables."""
