"""What the telephone system's events mean to agents, contacts and CTI clients.

A batch is one thing that happened: the model takes in all of it first, then each event is looked at in order. What
waits for the batch to be over (an agent's return to READY when his phone is free) comes last.

Spec: ``telephony.md`` §2 (events to CTI messages), §4 (their order); ``cti.md`` §11.5, §11.6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from finesse_tx.cti.core.enums import (
    CallType,
    ControlFailureCode,
    EventCause,
    LocalConnectionState,
)
from finesse_tx.engine.core.calls import CAUSES, Calls
from finesse_tx.engine.core.data import DataChange, DataTooLargeError
from finesse_tx.engine.core.events import (
    CallEventKind,
    PhoneServiceChanged,
    Reject,
    ServiceChanged,
)
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.media_streams import MediaStreams
from finesse_tx.engine.core.mergers import Mergers
from finesse_tx.engine.core.objects import Call, Contact, Party, Place
from finesse_tx.engine.core.outbound.outbound import Outbound
from finesse_tx.engine.core.roster import Roster
from finesse_tx.engine.core.router import Router
from finesse_tx.engine.core.states import Input, Personality
from finesse_tx.engine.core.supervision import Supervision
from finesse_tx.telephony.core.events import Batch, Cause, Event, EventID, MetaCode
from finesse_tx.telephony.core.inventory import AddressKind

__all__ = ["CONSULTED", "ORIGINATED", "RECORDING", "RESTRICTIONS", "Observer"]

_K: Final = CallEventKind

ORIGINATED: Final[Mapping[Personality, tuple[LocalConnectionState, EventCause]]] = MappingProxyType(
    {
        Personality.CCX: (LocalConnectionState.LCS_INITIATE, EventCause.CEC_NONE),
        Personality.CCE: (LocalConnectionState.LCS_CONNECT, EventCause.CEC_NEW_CALL),
    }
)
"""LocalConnectionState and EventCause of CALL_ORIGINATED (``cti.md`` §11.5, §11.6; ``telephony.md`` §2)."""

CONSULTED: Final[Mapping[Personality, EventCause]] = MappingProxyType(
    {Personality.CCX: EventCause.CEC_NONE, Personality.CCE: EventCause.CEC_CONSULT}
)
"""EventCause of the CALL_DELIVERED of who is consulted (``cti.md`` §8.10, §11.8: UCCX has no CEC_CONSULT)."""

RESTRICTIONS: Final[Mapping[Cause, tuple[Input, ControlFailureCode]]] = MappingProxyType(
    {
        Cause.DEVICE_RESTRICTED: (
            Input.DEVICE_RESTRICTED,
            ControlFailureCode.CF_DEVICE_RESTRICTED,
        ),
        Cause.LINE_RESTRICTED: (Input.LINE_RESTRICTED, ControlFailureCode.CF_LINE_RESTRICTED),
    }
)
"""Why a number that may not be controlled is out of service: what happens to its agent, and how a sign-in is refused."""

RECORDING: Final = "recording"
"""The named variable that says ``on`` or ``off`` of a call that is, or has been, recorded."""


class Observer:
    """The telephone system's observer."""

    def __init__(
        self,
        floor: Floor,
        roster: Roster,
        router: Router,
        calls: Calls,
        supervision: Supervision,
        outbound: Outbound,
    ) -> None:
        self._floor, self._roster = floor, roster
        self._router, self._calls, self._outbound = router, calls, outbound
        self._mergers = mergers = Mergers(floor, roster, router, calls)
        self._streams = MediaStreams(floor, calls)
        self._supervision = supervision
        self._freed: dict[str, Input] = {}  # the phones that have left a call, and how
        self._used: dict[str, None] = {}  # the phones that did something with a call, in order
        self._is_snapshot = False
        # The core events, and those not here, only change the model.
        self._reactions: Mapping[EventID, Callable[[Event, float], None]] = {
            EventID.PROV_IN_SERVICE: self._provider_in_service,
            EventID.PROV_OUT_OF_SERVICE: self._provider_lost,
            EventID.PROV_SHUTDOWN: self._provider_lost,
            EventID.ADDR_IN_SERVICE: self._address_in_service,
            EventID.ADDR_OUT_OF_SERVICE: self._address_out_of_service,
            EventID.CALL_ACTIVE: self._call_active,
            EventID.CALL_INVALID: self._call_invalid,
            EventID.CONN_CREATED: self._connection_created,
            EventID.CALL_CTL_CONN_INITIATED: self._initiated,
            EventID.CALL_CTL_CONN_DIALING: self._dialling,
            EventID.CALL_CTL_CONN_OFFERED: self._offered,
            EventID.CALL_CTL_CONN_ALERTING: self._alerting,
            EventID.CALL_CTL_CONN_NETWORK_ALERTING: self._network_alerting,
            EventID.CALL_CTL_CONN_ESTABLISHED: self._established,
            EventID.CALL_CTL_CONN_FAILED: self._failed,
            EventID.CALL_CTL_CONN_DISCONNECTED: self._disconnected,
            EventID.CALL_CTL_TERM_CONN_HELD: self._held,
            EventID.CALL_CTL_TERM_CONN_TALKING: self._talking,
            EventID.MEDIA_PROMPT: self._media_began,
            EventID.MEDIA_MUSIC: self._media_began,
            EventID.MEDIA_COLLECTING: self._media_began,
            EventID.MEDIA_IDLE: self._media_ended,
            EventID.TRANSFER_STARTED: mergers.begins,
            EventID.TRANSFER_ENDED: mergers.ends,
            EventID.CONFERENCE_STARTED: mergers.begins,
            EventID.CONFERENCE_ENDED: mergers.ends,
            EventID.CALL_CHANGED: mergers.changed,
            EventID.MONITORING_STARTED: supervision.monitors,
            EventID.MONITORING_UPDATED: supervision.changes,
            EventID.RECORDING_STARTED: self._recording,
            EventID.RECORDING_ENDED: self._recording,
        }

    def changed(self, batch: Batch, now: float) -> None:
        """Take in a batch.

        Raises:
            InvalidStateError: An event does not fit the model: a bug of the provider's. The events before it are
                in the model, and nothing else was made of them.
            UnknownObjectError: An event is about nothing that exists: the same.
        """
        self._floor.model.take_in(batch.events, self._calls.create)
        self._is_snapshot = batch.meta is MetaCode.SNAPSHOT
        tells_media = self._floor.policy.rtp_events
        if tells_media:
            self._streams.stop(batch)
        reactions = self._reactions
        for event in batch.events:
            if (reaction := reactions.get(event.id)) is not None:
                reaction(event, now)
        if tells_media:
            self._streams.start(batch)
        if self._freed:
            freed, self._freed = self._freed, {}
            for number, how in freed.items():
                if (agent := self._floor.agent_at(number)) is not None:
                    self._roster.phone_is_free(agent, now, how)
        if self._used:
            used, self._used = self._used, {}
            for number in used:
                if (agent := self._floor.agent_at(number)) is not None:
                    self._roster.look_at_holds(agent, now)

    # The system and its numbers -------------------------------------------------------------------------------

    def _provider_in_service(self, _event: Event, _now: float) -> None:
        self._floor.effects.append(ServiceChanged(True))

    def _provider_lost(self, _event: Event, now: float) -> None:
        self._floor.effects.append(ServiceChanged(False))
        self._streams.lose_all()
        self._mergers.lose_all()
        self._router.lose_all()
        self._outbound.lose_all(now)
        for call in list(self._calls.by_id.values()):
            if not call.is_over:
                self._clear(call)
                call.parties.clear()
                for number in list(call.begun):
                    self._calls.end(call, number)
                self._calls.forget_if_over(call)
        for agent in list(self._floor.stations.values()):
            agent.dialling = None
            self._roster.happen(agent, Input.PROVIDER_LOST, now)

    def _address_in_service(self, event: Event, now: float) -> None:
        kind = self._floor.model.kind(event.address)
        self._floor.restricted.pop(event.address, None)
        if kind is AddressKind.CTI_PORT:
            self._router.ports.in_service(event.address)
        elif kind is AddressKind.PHONE and not self._is_snapshot:
            self._tell_service(event.address, True)
            if (agent := self._floor.stations.get(event.address)) is not None:
                self._roster.happen(agent, Input.PHONE_UP, now)

    def _address_out_of_service(self, event: Event, now: float) -> None:
        kind = self._floor.model.kind(event.address)
        if kind is AddressKind.CTI_PORT:
            self._router.ports.out_of_service(event.address)
        elif kind is AddressKind.PHONE:
            self._tell_service(event.address, False)
            happening, refusal = RESTRICTIONS.get(event.cause, (Input.PHONE_DOWN, None))
            if refusal is not None:
                self._floor.restricted[event.address] = refusal
            if (agent := self._floor.stations.get(event.address)) is not None:
                self._roster.happen(agent, happening, now)

    def _tell_service(self, number: str, in_service: bool) -> None:
        self._floor.effects.append(PhoneServiceChanged(self._calls.device(number), in_service))

    # A call begins --------------------------------------------------------------------------------------------

    def _call_active(self, event: Event, _now: float) -> None:
        call = self._calls.by_id[event.call_id]
        agent = self._floor.agent_at(call.model.calling)
        dialling = agent.dialling if agent else None
        begun = (call.model.called, call.model.consults_for)
        if agent is not None and dialling is not None and dialling.is_for(*begun):
            agent.dialling = None
            call.purpose = dialling.purpose
        else:
            dialling = None
        self._calls.address(call, self._outbound.begins(call, dialling))

    def _connection_created(self, event: Event, _now: float) -> None:
        call = self._calls.by_id[event.call_id]
        party = self._calls.join(call, event.address)
        self._supervision.joins(call, party)
        if self._mergers.takes(event.call_id) and party.kind is AddressKind.PHONE:
            party.call_type = CallType.CALLTYPE_OFFERED

    def _initiated(self, event: Event, _now: float) -> None:
        call, party = self._find(event)
        if party.monitored:
            self._calls.begin(party, call)
            self._calls.tell(call, _K.SERVICE_INITIATED, party.number)

    def _dialling(self, event: Event, now: float) -> None:
        call, party = self._find(event)
        if party.monitored:
            state, cause = ORIGINATED[self._floor.policy.personality]
            self._calls.tell(call, _K.ORIGINATED, party.number, state=state, cause=cause)
            if call.purpose is not None:
                self._supervision.help_wanted(call, party.number)
        self._used[party.number] = None
        self._outbound.dialled(call, now)
        self._other_call(party.number, Input.DIALLED, now)
        self._other_call(party.number, Input.OTHER_CALL_JOINED, now)

    def _other_call(self, number: str, happening: Input, now: float) -> None:
        """A phone has to do with a call that the engine did not route to it."""
        if (agent := self._floor.stations.get(number)) is not None:
            self._roster.happen(agent, happening, now)
        elif (agent := self._floor.agent_at(number)) is not None:
            self._roster.happen(agent, Input.SECOND_LINE, now)

    # It reaches someone ---------------------------------------------------------------------------------------

    def _offered(self, event: Event, _now: float) -> None:
        call, party = self._find(event)
        place = call.contact.place if call.contact else Place.GONE
        # A call is one contact at a time, and a port is only for one that is on its way there.
        expected = {AddressKind.ROUTE_POINT: Place.GONE, AddressKind.CTI_PORT: Place.OFFERED}
        if expected.get(party.kind, place) is not place:
            self._floor.effects.append(Reject(call.id, party.number, Cause.BUSY))
        elif party.kind is AddressKind.ROUTE_POINT:
            self._router.arrived(call, party.number)
            self._calls.begin(party, call)
            self._calls.tell(call, _K.DELIVERED, party.number, cause=EventCause.CEC_NEW_CALL)
        elif party.kind is AddressKind.CTI_PORT:
            self._router.offered_at_port(call, party.number)

    def _alerting(self, event: Event, now: float) -> None:
        call, party = self._find(event)
        party.was_offered = True
        contact = self._offered_contact(call, party)
        if party.kind is AddressKind.CTI_PORT:
            redirected = EventCause.CEC_REDIRECTED
            self._calls.tell(call, _K.DELIVERED, party.number, cause=redirected)
            self._router.rings_at_port(call, party.number)
        elif contact is not None:
            port = contact.port
            call.parties[port].is_diverted, contact.told_queued = True, False
            redirected = EventCause.CEC_REDIRECTED
            self._calls.begin(party, call)
            self._calls.tell(call, _K.DIVERTED, port, called=party.number, cause=redirected)
            self._calls.tell(call, _K.DELIVERED, party.number, cause=EventCause.CEC_NEW_CALL)
            if call.outbound is not None:  # the customer talks already
                self._router.answer_for(contact)
        elif party.monitored:
            self._calls.begin(party, call)
            self._other_call(party.number, Input.OTHER_CALL, now)
            consulted = party.call_type is CallType.CALLTYPE_CONSULT
            new = CAUSES.get(event.cause, EventCause.CEC_NEW_CALL)
            cause = CONSULTED[self._floor.policy.personality] if consulted else new
            cause = self._supervision.cause(call, party.number) or cause
            self._calls.tell(call, _K.DELIVERED, party.number, cause=cause)
        else:
            self._other_call(party.number, Input.OTHER_CALL, now)
            self._far_end(call, _K.DELIVERED, party.number)

    def _network_alerting(self, event: Event, _now: float) -> None:
        call, party = self._find(event)
        self._far_end(call, _K.DELIVERED, party.number)

    def _far_end(self, call: Call, kind: CallEventKind, number: str) -> None:
        """Tell the caller's device what happens at a far end that has no device of its own."""
        calling = call.model.calling
        if self._calls.monitored(call, calling):
            self._calls.tell(
                call,
                kind,
                calling,
                subject=number,
                cause=EventCause.CEC_NEW_CALL,
                state=LocalConnectionState.LCS_CONNECT,
            )

    def _established(self, event: Event, now: float) -> None:
        call, party = self._find(event)
        if party.number == call.model.calling and not party.was_offered:
            return
        if not party.monitored:
            self._far_end(call, _K.ESTABLISHED, party.number)
            self._outbound.answered(call, party.number, now)
            return
        cause = self._supervision.cause(call, party.number) or EventCause.CEC_NEW_CALL
        self._calls.tell(call, _K.ESTABLISHED, party.number, cause=cause)
        if party.kind is AddressKind.CTI_PORT:
            self._router.port_answered(call, party.number, now)
        elif (contact := self._offered_contact(call, party)) is not None:
            self._router.answered(contact, now)
            if contact.agent is not None:
                self._outbound.connected(call, contact.agent)
        else:
            self._supervision.answered(call, party.number)
            self._mergers.joined(call, party.number, now)
            self._other_call(party.number, Input.OTHER_CALL_JOINED, now)

    def _recording(self, event: Event, _now: float) -> None:
        on = event.id is EventID.RECORDING_STARTED
        change = DataChange(named={RECORDING: "on" if on else "off"})
        with suppress(DataTooLargeError):  # who records knows all the same
            self._calls.attach(self._calls.by_id[event.call_id], change)

    def _held(self, event: Event, _now: float) -> None:
        call, party = self._find(event)
        party.is_held = True
        self._used[party.number] = None
        if party.monitored:
            cause = CAUSES.get(event.cause, EventCause.CEC_NONE)
            self._calls.tell(call, _K.HELD, party.number, cause=cause)

    def _talking(self, event: Event, _now: float) -> None:
        call, party = self._find(event)
        self._used[party.number] = None
        if party.is_held and not self._mergers.takes(call.id):
            party.is_held = False
            if party.monitored:
                cause = CAUSES.get(event.cause, EventCause.CEC_NONE)
                self._calls.tell(call, _K.RETRIEVED, party.number, cause=cause)

    def _media_began(self, event: Event, _now: float) -> None:
        self._router.media_began(self._calls.by_id[event.call_id], event.address)

    def _media_ended(self, event: Event, now: float) -> None:
        call = self._calls.by_id[event.call_id]
        self._router.media_ended(call, event.address, event.cause, event.text, now)

    # It ends --------------------------------------------------------------------------------------------------

    def _failed(self, event: Event, now: float) -> None:
        """Nobody can be reached there; that number is no party any more."""
        call, party = self._find(event)
        cause = CAUSES.get(event.cause, EventCause.CEC_NONE)
        device = call.model.calling if call.model.calling in call.begun else party.number
        if device in call.begun:
            self._calls.tell(call, _K.FAILED, device, subject=party.number, cause=cause)
        del call.parties[party.number]
        self._outbound.failed(call, event.cause)
        if party.kind is AddressKind.CTI_PORT:
            self._router.ports.is_free(party.number)
        elif party.kind is AddressKind.PHONE:
            self._freed[party.number] = _how_left(call, party)
            self._calls.end(call, party.number)  # if it rang there: the call goes on without it
        is_down = event.cause is Cause.DEST_NOT_OBTAINABLE
        self._undelivered(call, party, Input.PHONE_DOWN if is_down else Input.LINE_BUSY, now)

    def _disconnected(self, event: Event, now: float) -> None:
        call = self._calls.by_id[event.call_id]
        party = call.parties.get(event.address)
        if party is None:
            return
        contact, redirected = call.contact, event.cause is Cause.REDIRECTED
        if redirected and party.kind is AddressKind.ROUTE_POINT and contact is not None:
            cause = EventCause.CEC_REDIRECTED
            self._calls.tell(call, _K.DIVERTED, party.number, called=contact.port, cause=cause)
        elif redirected and party.kind is AddressKind.PHONE and party.number in call.begun:
            cause, goes_to = EventCause.CEC_REDIRECTED, next(reversed(call.model.connections), "")
            self._calls.tell(call, _K.DIVERTED, party.number, called=goes_to, cause=cause)
        elif call.begun and not party.is_diverted and not self._mergers.takes(call.id):
            cause = self._supervision.left(call, party.number) or CAUSES.get(
                event.cause, EventCause.CEC_NONE
            )
            self._calls.tell(call, _K.CONNECTION_CLEARED, party.number, cause=cause)
        del call.parties[party.number]
        self._mergers.left(call, party.number)
        if party.kind is AddressKind.CTI_PORT:
            self._router.ports.is_free(party.number)
            if redirected:
                self._router.left(call, party.number, now)
            elif call.id in self._floor.model.calls:
                self._mergers.port_left(call, party.number, now)
        elif party.kind is AddressKind.PHONE:
            self._freed[party.number] = _how_left(call, party)
            self._used[party.number] = None
            if call.id in self._floor.model.calls and not self._mergers.takes(call.id):
                self._mergers.agent_left(call, party.number, now)
                self._undelivered(call, party, Input.NOT_ANSWERED, now)
        elif call.id in self._floor.model.calls:
            self._router.left(call, party.number, now)

    def _undelivered(self, call: Call, party: Party, happening: Input, now: float) -> None:
        """A phone has left a call that goes on: when a contact was offered to it, that waits again."""
        if (contact := self._offered_contact(call, party)) is not None:
            self._router.not_answered(contact, happening, now)
        else:
            self._router.left(call, party.number, now)

    def _clear(self, call: Call) -> None:
        call.is_over = True
        self._supervision.call_is_over(call)
        if call.begun:
            self._calls.tell(call, _K.CLEARED, next(reversed(call.begun)))

    def _call_invalid(self, event: Event, now: float) -> None:
        if self._mergers.takes(event.call_id):
            return
        call = self._calls.by_id[event.call_id]
        self._clear(call)
        contact = call.contact
        agent = contact.agent if contact else None
        agents = self._mergers.all_agents(contact) if contact else ()
        place = self._router.gone(contact) if contact else None
        finishing = {agent.extension: agent for agent in agents}
        for number in list(call.begun):
            if number not in finishing and not self._wraps_up(number, call):
                self._calls.end(call, number)
        if contact is not None and contact.queue is not None:
            contact.others.clear()
            for number, each in finishing.items():
                if not self._roster.call_is_over(each, call, contact.queue, now):
                    self._calls.end(call, number)
            if agent is not None and place is Place.RESERVED:
                agent.contact = None
                self._roster.happen(agent, Input.CALLER_GONE, now)
        self._outbound.over(call, now)
        self._calls.forget_if_over(call)

    def _wraps_up(self, number: str, call: Call) -> bool:
        """Whether whoever is at that phone left the call before, and is still finishing it."""
        agent = self._floor.stations.get(number)
        return agent is not None and agent.wrapup is not None and agent.wrapup.call is call

    @staticmethod
    def _offered_contact(call: Call, party: Party) -> Contact | None:
        """The contact that is reserved for whoever is at that phone."""
        contact = call.contact
        agent = contact.agent if contact and contact.place is Place.RESERVED else None
        return contact if agent is not None and agent.extension == party.number else None

    def _find(self, event: Event) -> tuple[Call, Party]:
        call = self._calls.by_id[event.call_id]
        return call, call.parties[event.address]


def _how_left(call: Call, party: Party) -> Input:
    """How somebody has left a call: the consulted agent after the one who consulted him, or else."""
    consulted = party.call_type is CallType.CALLTYPE_CONSULT and party.number != call.model.calling
    cancelled = consulted and call.model.calling not in call.parties
    return Input.CONSULT_CANCELLED if cancelled else Input.OTHER_CALL_ENDED
