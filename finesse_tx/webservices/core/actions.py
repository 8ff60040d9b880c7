"""What an agent may do with a call: one rule for what a dialog shows and for what a request may ask.

Spec: ``rest.md`` §4.3 (states and actions), §5.1 (each action's conditions), §4.4 (outbound).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from finesse_tx.cti.core.enums import CallType
from finesse_tx.webservices.core.objects import Action, DialogState
from finesse_tx.webservices.core.vocabulary import DropPolicy, Words

__all__ = ["MONITORING", "RESERVATIONS", "RESPONSES", "Situation", "actions"]

RESPONSES: Final[Mapping[Action, str]] = {
    Action.ACCEPT: "Accept",
    Action.REJECT: "Reject",
    Action.CLOSE: "Reject-Close",
}
"""What an agent may do with the preview of a customer, and the BAResponse that it is (``cti.md`` §11.12)."""

RESERVATIONS: Final = frozenset(
    {
        CallType.CALLTYPE_RESERVATION,
        CallType.CALLTYPE_RESERVATION_PREVIEW,
        CallType.CALLTYPE_RESERVATION_PREVIEW_DIRECT,
        CallType.CALLTYPE_RESERVATION_CALLBACK,
        CallType.CALLTYPE_RESERVATION_PERSONAL_CALLBACK,
    }
)
"""Calls that only show a customer; no phone rings."""

MONITORING: Final = frozenset(
    {CallType.CALLTYPE_SUPERVISOR_MONITOR, CallType.CALLTYPE_SUPERVISOR_WHISPER}
)
"""Calls in which a supervisor listens to somebody else's."""

_DATA: Final = (Action.DROP, Action.UPDATE_CALL_DATA)
_OUTBOUND: Final = (
    Action.UPDATE_SCHEDULED_CALLBACK,
    Action.CANCEL_SCHEDULED_CALLBACK,
    Action.RECLASSIFY,
)


@dataclass(frozen=True, slots=True)
class Situation:
    """An agent's part in a call, and what else the agent has.

    Attributes:
        state: In this call.
        call_type: GED-188's CallType of it.
        has_other: Whether the agent has another call.
        talks_elsewhere: Whether the agent is ACTIVE in another call.
        parties: How many are in this call.
        is_outbound: Whether it is a campaign's.
        is_supervisor: Whether the agent is a supervisor.
        is_controller: Whether the agent has made a conference of this call.
    """

    state: DialogState
    call_type: int = 0
    has_other: bool = False
    talks_elsewhere: bool = False
    parties: int = 2
    is_outbound: bool = False
    is_supervisor: bool = False
    is_controller: bool = False


def actions(now: Situation, words: Words) -> tuple[Action, ...]:
    """What the agent may do, in the order in which a dialog shows it."""
    match now.state:
        case DialogState.INITIATING | DialogState.INITIATED:
            return _DATA
        case DialogState.ALERTING:
            return tuple(RESPONSES) if now.call_type in RESERVATIONS else (Action.ANSWER,)
        case DialogState.ACTIVE:
            return tuple(_active(now, words))
        case DialogState.HELD if now.talks_elsewhere:
            return (Action.RETRIEVE, *_DATA, Action.TRANSFER, Action.CONFERENCE)
        case DialogState.HELD:
            return (Action.RETRIEVE, *_DATA)
        case DialogState.FAILED:
            return (Action.DROP,)
        case DialogState.WRAP_UP:
            return (Action.UPDATE_CALL_DATA, *(_OUTBOUND if now.is_outbound else ()))
        case _:
            return ()


def _active(now: Situation, words: Words) -> Iterator[Action]:
    if now.call_type in MONITORING:
        yield Action.DROP
        return
    yield Action.HOLD
    yield from _DATA
    yield Action.CONSULT_CALL
    yield Action.SEND_DTMF
    if not now.has_other and now.parties <= 2:
        yield Action.TRANSFER_SST
    if words.records:
        yield Action.START_RECORDING
    if now.parties > 2 and _may_drop_others(now, words.drop_policy):
        yield Action.PARTICIPANT_DROP
    if now.is_outbound:
        yield from _OUTBOUND


def _may_drop_others(now: Situation, policy: DropPolicy | None) -> bool:
    match policy:
        case "all":
            return True
        case "conference_controller_and_supervisor":
            return now.is_supervisor or now.is_controller
        case "supervisor_only":
            return now.is_supervisor
        case None:
            return False
