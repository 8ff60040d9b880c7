"""How a call looks to an agent in it: the dialog.

Spec: ``rest.md`` §4.1; ``notifications.md`` §7.5; ``cti.md`` §11.13.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from finesse_tx.cti.core.enums import CallType
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.calls import CALL_VARIABLES, WRAP_UP, Call, Party
from finesse_tx.webservices.core.objects import (
    Action,
    CallVariable,
    CallVariables,
    Dialog,
    DialogState,
    MediaProperties,
    Participant,
    ScheduledCallback,
)
from finesse_tx.webservices.core.vocabulary import (
    CLASSIFICATIONS,
    DEVICE_TYPES,
    OUTBOUND_STATUS,
    Words,
)

__all__ = ["WRAP_UP_SEPARATOR", "dialog"]

WRAP_UP_SEPARATOR = ","
"""Between several reasons in the one text that GED-188 has for them."""

_CLASSIFIED = {response: name for name, response in CLASSIFICATIONS.items()}


def dialog(
    call: Call,
    viewer: str,
    words: Words,
    may: Mapping[str, tuple[Action, ...]],
    *,
    queue_name: str = "",
    associated: int | None = None,
) -> Dialog:
    """A call as somebody in it sees it.

    Args:
        call: The call.
        viewer: That one's number; empty for somebody outside.
        words: The engine's words.
        may: What each agent in the call may do now, by number.
        queue_name: The name of its queue.
        associated: The call that it is about.
    """
    state = call.state
    # Clients know by the empty destination that nothing is dialled yet.
    to_address = "" if state is DialogState.INITIATING else call.to_address
    wrap_up = call.variables.get(WRAP_UP)
    time, number = call.callback
    day, call_id, sequence = call.key or (None, None, None)
    return Dialog(
        associated_dialog_uri=updates.dialog_uri(associated) if associated is not None else "",
        from_address=call.from_address,
        id=str(call.id),
        media_properties=MediaProperties(
            dnis=call.dnis,
            call_key_call_id=_known(call_id),
            call_key_prefix=_known(day),
            call_key_sequence_num=_known(sequence),
            call_type=_call_type(call, viewer, words),
            dialed_number=to_address,
            disposition_code=None,
            media_id="1",
            outbound_classification=_CLASSIFIED.get(call.classification, ""),
            queue_name=queue_name if call.csq_id is not None else None,
            queue_number=str(call.csq_id) if call.csq_id is not None else None,
            wrap_up_items=tuple(wrap_up.split(WRAP_UP_SEPARATOR))
            if wrap_up and words.has_wrap_up_items
            else None,
            wrap_up_reason=wrap_up,
            callvariables=CallVariables(tuple(_variables(call))),
        ),
        media_type="Voice",
        participants=tuple(
            _participant(party, may.get(party.address, ())) for party in call.parties.values()
        ),
        scheduled_callback_info=ScheduledCallback(number, time) if time or number else None,
        secondary_id=str(call.secondary_id) if call.secondary_id is not None else None,
        state=state,
        to_address=to_address,
        uri=updates.dialog_uri(call.id),
    )


def _known(number: int | None) -> str | None:
    return str(number) if number is not None else None


def _call_type(call: Call, viewer: str, words: Words) -> str:
    kind = call.type_at(viewer)
    if kind == CallType.CALLTYPE_CONSULT and viewer and viewer != call.from_address:
        return words.consulted
    return words.call_types.get(kind, "")


def _participant(party: Party, may: tuple[Action, ...]) -> Participant:
    return Participant(
        actions=may,
        media_address=party.address,
        media_address_type=DEVICE_TYPES.get(party.device_type, ""),
        start_time=party.start_time,
        state=party.state,
        state_cause=party.cause,
        state_change_time=party.changed,
    )


def _variables(call: Call) -> Iterator[CallVariable]:
    """The ten, always, since a client that counts on two breaks on one; then the named ones."""
    for name in CALL_VARIABLES:
        yield CallVariable(name, call.variables.get(name, ""))
    for name, value in call.variables.items():
        if name == "BAStatus":
            yield CallVariable(name, OUTBOUND_STATUS.get(value, value))
        elif name not in CALL_VARIABLES and name != WRAP_UP:
            yield CallVariable(name, value)
