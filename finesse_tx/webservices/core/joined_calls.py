"""Two calls that become one: what CALL_TRANSFERRED, CALL_CONFERENCED and a CALL_DATA_UPDATE with a new call say.

Each party goes on in the call that is left, as it was; whoever transferred it is not in it any more.

Spec: ``cti.md`` §11.8, §11.9, §11.13 (participants list replaced; consult dialog deleted).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import NULL
from finesse_tx.webservices.core.calls import Call
from finesse_tx.webservices.core.objects import DialogState

__all__ = ["Joined", "goes_on", "join", "move"]

Joined = messages.CallTransferredEvent | messages.CallConferencedEvent


def goes_on(message: messages.CallDataUpdateEvent) -> bool:
    """Whether it says that a device's call has another id."""
    return message.new_connection_call_id not in {message.connection_call_id, NULL}


def move(call: Call, other: Call, addresses: Iterable[str], now: datetime) -> None:
    """Let parties of the other call go on in this one; those that are in no call stay where they are."""
    for address in addresses:
        party = other.parties.pop(address, None)
        other.told.add(address)
        if party is not None:
            call.put(address, party.device_type, party.state, now, party.cause)


def join(call: Call, other: Call | None, message: Joined, now: datetime) -> None:
    """Take in that the other call, if there is one, has become part of this one."""
    if isinstance(message, messages.CallTransferredEvent):
        staying = message.transferring_device_id or ""
        call.drop(staying, now)
    else:
        staying = call.controller = message.controller_device_id or ""
        if staying in call.parties:
            call.put(staying, message.controller_device_type, DialogState.ACTIVE, now)
    if message.secondary_call_id not in {call.id, NULL, 0}:
        call.secondary_id = message.secondary_call_id
    if other is not None:
        # A consultation that is left, since the customer was talked to last, is his call now.
        call.csq_id = other.csq_id if call.csq_id is None else call.csq_id
        call.key = call.key or other.key
        brought = [party.connected_party_device_id or "" for party in message.connected_parties]
        move(call, other, [address for address in brought if address != staying], now)
