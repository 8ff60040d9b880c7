"""What each action on a call is in GED-188, for one participant's connection.

Spec: ``rest.md`` §5.1; ``cti.md`` §11.6 to §11.12.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import NULL, ConsultType, RTPDirection
from finesse_tx.cti.core.message import Request
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.webservices.core.calls import BA_RESPONSE
from finesse_tx.webservices.core.dialog_requests import DialogRequest
from finesse_tx.webservices.core.objects import Action

__all__ = ["Part", "requests"]


@dataclass(frozen=True, slots=True)
class Part:
    """Who acts where.

    Attributes:
        call_id: The call.
        device: The participant's own phone.
        active_id: The call in which the participant is ACTIVE, of two that are to be joined or changed over.
        held_id: The one in which he is HELD.
        dialled_id: The one that he has dialled, and that nobody has answered.
    """

    call_id: int
    device: str
    active_id: int = 0
    held_id: int = 0
    dialled_id: int = 0


def requests(part: Part, wanted: DialogRequest) -> Sequence[Request]:
    """What the engine is asked for, in order."""
    return _REQUESTS[wanted.action](part, wanted)


def _alternate(part: Part) -> Sequence[Request]:
    """Put the call that is talked in on hold, and go on with this one: a phone talks in one."""
    return (
        messages.AlternateCallReq(
            active_connection_call_id=part.active_id,
            active_connection_device_id=part.device,
            other_connection_call_id=part.call_id,
            other_connection_device_id=part.device,
            agent_instrument=part.device,
        ),
    )


def _answer(part: Part, _wanted: DialogRequest) -> Sequence[Request]:
    if part.active_id:
        return _alternate(part)
    return (
        messages.AnswerCallReq(
            connection_call_id=part.call_id,
            connection_device_id=part.device,
            agent_instrument=part.device,
        ),
    )


def _hold(part: Part, _wanted: DialogRequest) -> Sequence[Request]:
    return (
        messages.HoldCallReq(
            connection_call_id=part.call_id,
            connection_device_id=part.device,
            agent_instrument=part.device,
        ),
    )


def _retrieve(part: Part, _wanted: DialogRequest) -> Sequence[Request]:
    """Go back to a call; what was dialled meanwhile and cannot be held is given up."""
    if part.active_id:
        return _alternate(part)
    retrieving = messages.RetrieveCallReq(
        held_connection_call_id=part.call_id,
        held_connection_device_id=part.device,
        agent_instrument=part.device,
    )
    return (
        (_clear(part, part.dialled_id, part.device), retrieving)
        if part.dialled_id
        else (retrieving,)
    )


def _drop(part: Part, wanted: DialogRequest) -> Sequence[Request]:
    """Take out whoever is meant: oneself, or in a conference somebody else."""
    return (_clear(part, part.call_id, wanted.target),)


def _clear(part: Part, call_id: int, whom: str) -> Request:
    return messages.ClearConnectionReq(
        connection_call_id=call_id, connection_device_id=whom, agent_instrument=part.device
    )


def _consult(part: Part, wanted: DialogRequest) -> Sequence[Request]:
    return (
        messages.ConsultationCallReq(
            active_connection_call_id=part.call_id,
            active_connection_device_id=part.device,
            agent_instrument=part.device,
            consult_type=ConsultType.TRANSFER,
            dialed_number=wanted.to_address,
        ),
    )


def _transfer(part: Part, _wanted: DialogRequest) -> Sequence[Request]:
    return (
        messages.TransferCallReq(
            active_connection_call_id=part.active_id,
            active_connection_device_id=part.device,
            held_connection_call_id=part.held_id,
            held_connection_device_id=part.device,
            agent_instrument=part.device,
        ),
    )


def _transfer_to(part: Part, wanted: DialogRequest) -> Sequence[Request]:
    return (
        messages.TransferCallReq(
            active_connection_call_id=part.call_id,
            active_connection_device_id=part.device,
            held_connection_call_id=NULL,
            agent_instrument=part.device,
            dialed_number=wanted.to_address,
        ),
    )


def _conference(part: Part, _wanted: DialogRequest) -> Sequence[Request]:
    return (
        messages.ConferenceCallReq(
            active_connection_call_id=part.active_id,
            active_connection_device_id=part.device,
            held_connection_call_id=part.held_id,
            held_connection_device_id=part.device,
            agent_instrument=part.device,
        ),
    )


def _send_dtmf(part: Part, wanted: DialogRequest) -> Sequence[Request]:
    return (
        messages.SendDtmfSignalReq(
            connection_call_id=part.call_id,
            connection_device_id=part.device,
            agent_instrument=part.device,
            dtmf_string=wanted.digits,
        ),
    )


def _record(part: Part, _wanted: DialogRequest) -> Sequence[Request]:
    return (
        messages.StartRecordingReq(
            connection_call_id=part.call_id,
            connection_device_id=part.device,
            direction=RTPDirection.BIDIRECTIONAL,
            agent_instrument=part.device,
        ),
    )


def _update(part: Part, wanted: DialogRequest) -> Sequence[Request]:
    if wanted.data is None:
        return ()
    return (
        messages.SetCallDataReq(
            connection_call_id=part.call_id,
            connection_device_id=part.device,
            **wanted.data.fields(),
        ),
    )


def _respond(part: Part, wanted: DialogRequest) -> Sequence[Request]:
    """What an agent says of a campaign's customer: each thing by itself, since one variable has them all."""
    return tuple(
        messages.SetCallDataReq(
            connection_call_id=part.call_id,
            connection_device_id=part.device,
            named_variables=(NamedVariable(BA_RESPONSE, response),),
        )
        for response in wanted.responses
    )


_REQUESTS: Final[Mapping[Action, Callable[[Part, DialogRequest], Sequence[Request]]]] = {
    Action.ANSWER: _answer,
    Action.HOLD: _hold,
    Action.RETRIEVE: _retrieve,
    Action.DROP: _drop,
    Action.PARTICIPANT_DROP: _drop,
    Action.CONSULT_CALL: _consult,
    Action.TRANSFER: _transfer,
    Action.TRANSFER_SST: _transfer_to,
    Action.CONFERENCE: _conference,
    Action.SEND_DTMF: _send_dtmf,
    Action.START_RECORDING: _record,
    Action.UPDATE_CALL_DATA: _update,
    Action.ACCEPT: _respond,
    Action.REJECT: _respond,
    Action.CLOSE: _respond,
    Action.RECLASSIFY: _respond,
    Action.UPDATE_SCHEDULED_CALLBACK: _respond,
    Action.CANCEL_SCHEDULED_CALLBACK: _respond,
}
