"""What each call event says of its call: one function for each, from GED-188's words to a `Call`.

Spec: ``cti.md`` §9.4 (the events), §11.5 to §11.7 (their order), §11.13 (the mapping).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeVar

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import NULL, DeviceIDType
from finesse_tx.cti.core.message import Message
from finesse_tx.webservices.core.actions import RESERVATIONS, RESPONSES
from finesse_tx.webservices.core.calls import BA_RESPONSE, CALL_VARIABLES, GONE, WRAP_UP, Call
from finesse_tx.webservices.core.objects import Action, DialogState
from finesse_tx.webservices.core.vocabulary import FAILURE_CAUSES, PARTY_STATES

__all__ = ["CALL_EVENTS", "take_snapshot"]

Take = Callable[[Call, Message, datetime], bool]
MessageT = TypeVar("MessageT", bound=Message)

_TAKES: dict[type[Message], Take] = {}

CALL_EVENTS: Final[Mapping[type[Message], Take]] = MappingProxyType(_TAKES)
"""By message: take it in, and say whether the agents in the call see a difference."""


def _on(kind: type[MessageT]) -> Callable[[Callable[[Call, MessageT, datetime], bool]], Take]:
    def enter(take: Callable[[Call, MessageT, datetime], bool]) -> Take:
        _TAKES[kind] = take  # type: ignore[assignment]  # it is only ever called with its own kind
        return _TAKES[kind]

    return enter


@_on(messages.BeginCallEvent)
def _begin(call: Call, message: messages.BeginCallEvent, _now: datetime) -> bool:
    call.is_a(message.call_type, message.connection_device_id or "")
    call.ended.discard(message.connection_device_id or "")
    _take_data(call, message, call.set)
    return False  # nobody is in it yet


@_on(messages.CallServiceInitiatedEvent)
def _initiated(call: Call, message: messages.CallServiceInitiatedEvent, now: datetime) -> bool:
    caller = message.calling_device_id or message.connection_device_id or ""
    call.name_ends(caller, None)
    return call.put(caller, message.calling_device_type, DialogState.INITIATING, now)


@_on(messages.CallOriginatedEvent)
def _originated(call: Call, message: messages.CallOriginatedEvent, now: datetime) -> bool:
    caller = message.calling_device_id or message.connection_device_id or ""
    call.name_ends(caller, message.called_device_id)
    call.put(caller, message.calling_device_type, DialogState.INITIATED, now)
    return True


@_on(messages.CallDeliveredEvent)
def _delivered(call: Call, message: messages.CallDeliveredEvent, now: datetime) -> bool:
    _take_data(call, message, call.set)
    call.name_ends(message.calling_device_id, message.called_device_id)
    call.came_through(message.skill_group_number)
    call.meet(message.calling_device_id or "", message.calling_device_type, now)
    alerting = message.alerting_device_id or message.connection_device_id or ""
    party = call.parties.get(alerting)
    if party and party.state in {DialogState.ACTIVE, DialogState.HELD}:
        return False  # the answer has been told already
    return call.put(alerting, message.alerting_device_type, DialogState.ALERTING, now)


@_on(messages.CallEstablishedEvent)
def _established(call: Call, message: messages.CallEstablishedEvent, now: datetime) -> bool:
    call.name_ends(message.calling_device_id, message.called_device_id)
    call.came_through(message.skill_group_number)
    answering = message.answering_device_id or message.connection_device_id or ""
    changed = call.put(answering, message.answering_device_type, DialogState.ACTIVE, now)
    calling = message.calling_device_id or ""
    call.meet(calling, message.calling_device_type, now)
    caller = call.parties.get(calling)
    # An agent hears a machine, and is active; an outside caller is, only when a person answers.
    hears = caller and (caller.is_agent or not call.parties[answering].is_machine)
    # A caller who has transferred the call is still told of as who called.
    if caller and hears and caller.state is not DialogState.HELD and caller.state not in GONE:
        changed |= call.put(calling, message.calling_device_type, DialogState.ACTIVE, now)
    return changed


@_on(messages.CallHeldEvent)
def _held(call: Call, message: messages.CallHeldEvent, now: datetime) -> bool:
    device = message.holding_device_id or message.connection_device_id or ""
    return call.put(device, message.holding_device_type, DialogState.HELD, now)


@_on(messages.CallRetrievedEvent)
def _retrieved(call: Call, message: messages.CallRetrievedEvent, now: datetime) -> bool:
    device = message.retrieving_device_id or message.connection_device_id or ""
    return call.put(device, message.retrieving_device_type, DialogState.ACTIVE, now)


@_on(messages.CallFailedEvent)
def _failed(call: Call, message: messages.CallFailedEvent, now: datetime) -> bool:
    device = message.connection_device_id or message.failing_device_id or ""
    # What failed may be the far end; the type is that one's then.
    is_own = device == message.failing_device_id
    kind = message.failing_device_type if is_own else DeviceIDType.DEVID_NONE
    cause = FAILURE_CAUSES.get(message.event_cause, "OTHER")
    return call.put(device, kind, DialogState.FAILED, now, cause)


@_on(messages.CallQueuedEvent)
def _queued(call: Call, message: messages.CallQueuedEvent, _now: datetime) -> bool:
    call.name_ends(message.calling_device_id, message.called_device_id)
    for queue in message.skill_groups[:1]:
        call.came_through(NULL if queue.skill_group_number is None else queue.skill_group_number)
    return False


@_on(messages.CallDivertedEvent)
def _diverted(call: Call, message: messages.CallDivertedEvent, now: datetime) -> bool:
    return call.drop(message.diverting_device_id or message.connection_device_id or "", now)


@_on(messages.CallConnectionClearedEvent)
def _released(call: Call, message: messages.CallConnectionClearedEvent, now: datetime) -> bool:
    return call.drop(message.releasing_device_id or message.connection_device_id or "", now)


@_on(messages.CallClearedEvent)
def _cleared(call: Call, _message: messages.CallClearedEvent, now: datetime) -> bool:
    changed = False
    for address in list(call.parties):
        changed |= call.drop(address, now)
    return changed


@_on(messages.CallDataUpdateEvent)
def _updated(call: Call, message: messages.CallDataUpdateEvent, now: datetime) -> bool:
    device = message.new_connection_device_id or message.connection_device_id or ""
    call.is_a(message.call_type, device)
    _take_data(call, message, call.set)
    if call.type in RESERVATIONS and call.variables.get(BA_RESPONSE) == RESPONSES[Action.ACCEPT]:
        _accept(call, now)
    return True


def _accept(call: Call, now: datetime) -> None:
    """Whoever is shown a customer takes him: that is no conversation yet."""
    for party in list(call.parties.values()):
        if party.is_agent and party.state is DialogState.ALERTING:
            call.put(party.address, party.device_type, DialogState.ACCEPTED, now)


def take_snapshot(
    call: Call, conf: messages.SnapshotCallConf, now: datetime, wraps_up: Callable[[str], bool]
) -> None:
    """Take in the answer to a SNAPSHOT_CALL_REQ: whatever no event of this session has told.

    Args:
        call: The call.
        conf: The answer.
        now: When it came.
        wraps_up: Whether somebody is in wrap-up at a number.
    """
    call.type = call.type or conf.call_type
    _take_data(call, conf, call.suppose_value)
    absent = set(call.parties)
    for device in conf.call_devices:
        address = device.call_device_id or device.call_connection_device_id or ""
        state = PARTY_STATES.get(device.call_device_connection_state or 0)
        if state is DialogState.DROPPED and wraps_up(address):
            state = DialogState.WRAP_UP  # not connected, and yet named: who finishes the call
        if address and state and state is not DialogState.DROPPED:
            call.suppose(address, device.call_device_type or 0, state, now)
            absent.discard(address)
    for address in absent:
        call.suppose(address, 0, DialogState.DROPPED, now)
    _show_waiting(call)


def _show_waiting(call: Call) -> None:
    """A caller is connected from the first on; he is shown as talking only when somebody talks to him."""
    caller = call.parties.get(call.from_address)
    if caller is None or caller.state is not DialogState.ACTIVE or caller.address in call.told:
        return
    others = (
        party
        for party in call.parties.values()
        if party is not caller and (caller.is_agent or not party.is_machine)
    )
    if not any(party.state in {DialogState.ACTIVE, DialogState.HELD} for party in others):
        caller.state = DialogState.INITIATED


def _take_data(
    call: Call,
    message: messages.BeginCallEvent
    | messages.CallDeliveredEvent
    | messages.CallDataUpdateEvent
    | messages.SnapshotCallConf,
    put: Callable[[str, str], None],
) -> None:
    """The data that several messages carry: only what is there counts."""
    call.name_ends(message.ani, message.dialed_number)
    call.dnis = message.dnis or call.dnis
    if not isinstance(message, messages.CallDeliveredEvent):
        _take_key(call, message)
    for name, value in zip(CALL_VARIABLES, message.call_variables, strict=False):
        if value is not None:
            put(name, value)
    for variable in message.named_variables:
        put(variable.name, variable.value)
    for element in message.named_arrays:
        put(f"{element.name}[{element.index}]", element.value)
    if message.call_wrapup_data is not None:
        put(WRAP_UP, message.call_wrapup_data)


def _take_key(
    call: Call,
    message: messages.BeginCallEvent | messages.CallDataUpdateEvent | messages.SnapshotCallConf,
) -> None:
    """The router's key, where there is one; a snapshot has no sequence."""
    day, number = message.router_call_key_day, message.router_call_key_call_id
    if day is None or number is None:
        return
    if isinstance(message, messages.SnapshotCallConf):
        call.key = call.key or (day, number, None)
    else:
        call.key = day, number, message.router_call_key_sequence_number
