"""Calls, as GED-188's events tell them, and the dialogs that agents see of them.

A call is known by its CallID; each party by its number. What an event says of a party counts, not the order of
events: an answer may be told before the ring.

An outside caller in a queue talks to a port, but to nobody yet; its dialog shows it INITIATED until a person answers.

Spec: ``cti.md`` §11.5 to §11.7, §11.13; ``notifications.md`` §7.2, §7.3, §7.5.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from finesse_tx.cti.core.enums import NULL, DeviceIDType
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.objects import (
    CallVariable,
    CallVariables,
    Dialog,
    DialogState,
    MediaProperties,
    Participant,
)
from finesse_tx.webservices.core.vocabulary import (
    CALL_TYPES,
    DEVICE_TYPES,
    OUTBOUND_STATUS,
    actions,
)

__all__ = ["CALL_VARIABLES", "WRAP_UP", "Call", "Party"]

MACHINES: Final = {
    DeviceIDType.DEVID_ROUTE_POINT,
    DeviceIDType.DEVID_CTI_PORT,
    DeviceIDType.DEVID_QUEUE,
}
"""Where a caller waits; no person answers there."""

GONE: Final = {DialogState.DROPPED, DialogState.WRAP_UP}

CALL_VARIABLES: Final = tuple(f"callVariable{number}" for number in range(1, 11))
"""The names of the ten that every call has."""

WRAP_UP: Final = ""
"""The name under which the reasons that agents gave are kept among the variables."""


@dataclass(slots=True)
class Party:
    """Someone's place in a call.

    Attributes:
        address: The number.
        device_type: GED-188's DeviceIDType.
        state: As a dialog shows it.
        start_time: When the party joined.
        changed: When its state changed.
        cause: Why it failed, as ``stateCause``.
    """

    address: str
    device_type: int
    state: DialogState
    start_time: datetime
    changed: datetime
    cause: str = ""

    @property
    def is_machine(self) -> bool:
        """Whether it is a queue's port rather than a person's phone."""
        return self.device_type in MACHINES

    @property
    def is_agent(self) -> bool:
        """Whether it is the phone of somebody signed in."""
        return self.device_type == DeviceIDType.DEVID_AGENT_DEVICE

    def participant(self, call_type: int) -> Participant:
        """As a dialog of that type shows it."""
        return Participant(
            actions=actions(call_type, self.state) if self.is_agent else (),
            media_address=self.address,
            media_address_type=DEVICE_TYPES.get(self.device_type, ""),
            start_time=self.start_time,
            state=self.state,
            state_cause=self.cause,
            state_change_time=self.changed,
        )


@dataclass(slots=True)
class Call:
    """One call.

    Attributes:
        id: GED-188's CallID, the dialog's id.
        type: GED-188's CallType; 0 while unknown.
        from_address: Who called.
        to_address: What was dialled; empty until it is.
        dnis: The number that was reached.
        variables: Call variables and named variables, by name; `WRAP_UP` among them.
        csq_id: The queue that the call came through; None when none.
        parties: Everyone who is or was in it, by number, in the order of joining.
        told: Of what events have told in this session: parties by their number, variables by ``=`` and their name.
            A session's events are complete, so a snapshot, whose age nobody knows, adds to them and changes nothing.
        ended: The numbers for which an event has told that the call has ended there.
        is_cleared: Whether an event has told that nobody is in it any more.
    """

    id: int
    type: int = 0
    from_address: str = ""
    to_address: str = ""
    dnis: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    csq_id: int | None = None
    parties: dict[str, Party] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    is_cleared: bool = False

    def put(
        self, address: str, device_type: int, state: DialogState, now: datetime, cause: str = ""
    ) -> bool:
        """A party is in this state now, says an event.

        Returns:
            Whether that changes anything.
        """
        self.told.add(address)
        return self._place(address, device_type, state, now, cause)

    def _place(
        self, address: str, device_type: int, state: DialogState, now: datetime, cause: str = ""
    ) -> bool:
        party = self.parties.get(address)
        if party is None or party.state in GONE:
            # Whoever comes back comes anew, and last.
            self.parties.pop(address, None)
            self.parties[address] = Party(address, device_type, state, now, now, cause)
            return True
        if device_type != DeviceIDType.DEVID_NONE:
            party.device_type = device_type
        if (party.state, party.cause) == (state, cause):
            return False
        party.state, party.changed, party.cause = state, now, cause
        return True

    def meet(self, address: str, device_type: int, now: datetime) -> None:
        """A calling party that no event told of: it has begun the call."""
        if address and address not in self.parties:
            state = DialogState.INITIATED
            self.parties[address] = Party(address, device_type, state, now, now)

    def drop(self, address: str, now: datetime) -> bool:
        """A party has left, says an event; a machine leaves no trace."""
        self.told.add(address)
        return self._remove(address, now)

    def _remove(self, address: str, now: datetime) -> bool:
        party = self.parties.get(address)
        if party is None or party.state in GONE:
            return False
        if party.is_machine:
            del self.parties[address]
        else:
            party.state, party.changed, party.cause = DialogState.DROPPED, now, ""
        return True

    def wrap_up_at(self, address: str, now: datetime) -> bool:
        """Whoever is at that number finishes the call, if he has left it.

        Returns:
            Whether that changes anything.
        """
        party = self.parties.get(address)
        if party is None or party.state is not DialogState.DROPPED:
            return False
        party.state, party.changed = DialogState.WRAP_UP, now
        return True

    def set(self, name: str, value: str) -> None:
        """A variable has this value, says an event."""
        self.told.add(f"={name}")
        self.variables[name] = value

    def suppose(self, address: str, device_type: int, state: DialogState, now: datetime) -> None:
        """A party is in this state, says a snapshot; DROPPED for one that is not there."""
        if state is DialogState.WRAP_UP:
            # What is told of a party that has left is that it has left: the rest is its agent's state.
            left = address not in self.parties or self.parties[address].state in GONE
            if left and address not in self.ended and not self.wrap_up_at(address, now):
                self._place(address, device_type, state, now)
        elif address in self.told or self.is_cleared:
            return
        elif state is DialogState.DROPPED:
            self._remove(address, now)
        else:
            self._place(address, device_type, state, now)

    def suppose_value(self, name: str, value: str) -> None:
        """A variable has this value, says a snapshot."""
        if f"={name}" not in self.told:
            self.variables[name] = value

    def name_ends(self, calling: str | None, called: str | None) -> None:
        """Who called, and what was dialled: the first that is told is true for good."""
        self.from_address = self.from_address or calling or ""
        self.to_address = self.to_address or called or ""

    def came_through(self, csq_id: int) -> None:
        """The queue that an event names; the constant for none is none."""
        if csq_id != NULL:
            self.csq_id = csq_id

    @property
    def state(self) -> DialogState:
        """The dialog's state: a ring does not disturb two who talk, but it is more than one who waits."""
        states = [party.state for party in self.parties.values()]
        talking = sum(state in {DialogState.ACTIVE, DialogState.HELD} for state in states)
        if talking > 1:
            return DialogState.ACTIVE
        if DialogState.ALERTING in states:
            return DialogState.ALERTING
        if talking:
            return DialogState.ACTIVE
        for state in (DialogState.FAILED, DialogState.INITIATED, DialogState.INITIATING):
            if state in states:
                return state
        return DialogState.DROPPED

    @property
    def is_over(self) -> bool:
        """Whether everyone has left."""
        return all(party.state in GONE for party in self.parties.values())

    def inherit(self, was: Call, now: datetime) -> None:
        """Take over what this call's snapshot could not tell, from what was known of it before the outage.

        A snapshot has no times, no queue and no type, and nobody who has left. Whoever was in the call, and is not
        in it now, has left meanwhile.

        Args:
            was: The same call, as it was.
            now: The time for what must have happened during the outage.
        """
        self.from_address = was.from_address or self.from_address
        self.to_address = was.to_address or self.to_address
        self.type, self.dnis = self.type or was.type, self.dnis or was.dnis
        if self.csq_id is None:
            self.csq_id = was.csq_id
        parties: dict[str, Party] = {}
        for address, before in was.parties.items():
            party = self.parties.pop(address, None)
            gone = before.state in GONE
            if party is None and not before.is_machine:
                party = replace(before, state=DialogState.DROPPED, cause="")
                party.changed = before.changed if gone else now
            elif party is not None:
                if not gone or before.state is party.state:
                    party.start_time = before.start_time
                if before.state is party.state and address not in self.told:
                    party.changed, party.cause = before.changed, before.cause
            if party is not None:
                parties[address] = party
        self.parties = parties | self.parties

    def dialog(self, queue_name: str = "") -> Dialog:
        """The call as agents see it.

        Args:
            queue_name: The name of its queue.
        """
        state = self.state
        # Clients know by the empty destination that nothing is dialled yet.
        to_address = "" if state is DialogState.INITIATING else self.to_address
        return Dialog(
            associated_dialog_uri="",
            from_address=self.from_address,
            id=str(self.id),
            media_properties=MediaProperties(
                dnis=self.dnis,
                call_type=CALL_TYPES.get(self.type, ""),
                dialed_number=to_address,
                media_id="1",
                outbound_classification="",
                queue_name=queue_name if self.csq_id is not None else None,
                queue_number=str(self.csq_id) if self.csq_id is not None else None,
                wrap_up_reason=self.variables.get(WRAP_UP),
                callvariables=CallVariables(tuple(self._variables())),
            ),
            media_type="Voice",
            participants=tuple(party.participant(self.type) for party in self.parties.values()),
            state=state,
            to_address=to_address,
            uri=updates.dialog_uri(self.id),
        )

    def _variables(self) -> Iterable[CallVariable]:
        """The ten, always, since a client that counts on two breaks on one; then the named ones."""
        for name in CALL_VARIABLES:
            yield CallVariable(name, self.variables.get(name, ""))
        for name, value in self.variables.items():
            if name == "BAStatus":
                yield CallVariable(name, OUTBOUND_STATUS.get(value, value))
            elif name not in CALL_VARIABLES and name != WRAP_UP:
                yield CallVariable(name, value)
