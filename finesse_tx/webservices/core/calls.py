"""Calls, as GED-188's events tell them.

A call is known by its CallID; each party by its number. What an event says of a party counts, not the order of
events: an answer may be told before the ring.

An outside caller in a queue talks to a port, but to nobody yet; its dialog shows it INITIATED until a person answers.

Spec: ``cti.md`` §11.5 to §11.7, §11.13; ``notifications.md`` §7.2, §7.3, §7.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from finesse_tx.cti.core.enums import NULL, DeviceIDType
from finesse_tx.webservices.core.objects import Action, DialogState
from finesse_tx.webservices.core.vocabulary import CLASSIFICATIONS

__all__ = [
    "BA_RESPONSE",
    "CALLBACK_CANCEL",
    "CALL_VARIABLES",
    "GONE",
    "IN_CONVERSATION",
    "WRAP_UP",
    "Call",
    "Party",
]

MACHINES: Final = {
    DeviceIDType.DEVID_ROUTE_POINT,
    DeviceIDType.DEVID_CTI_PORT,
    DeviceIDType.DEVID_QUEUE,
}
"""Where a caller waits; no person answers there."""

IN_CONVERSATION: Final = {DialogState.ACTIVE, DialogState.HELD}

GONE: Final = {DialogState.DROPPED, DialogState.WRAP_UP}

CALL_VARIABLES: Final = tuple(f"callVariable{number}" for number in range(1, 11))
"""The names of the ten that every call has."""

BA_RESPONSE: Final = "BAResponse"
"""The variable in which agents say what becomes of a campaign's customer."""

CALLBACK_CANCEL: Final = "Callback Cancel"
CALLBACK_TIME: Final = re.compile(r"(?:Callback|P) (\d\d)(\d\d)(\d{4}) (\d\d:\d\d)")

RESULTS: Final = frozenset(CLASSIFICATIONS.values())

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


@dataclass(slots=True)
class Call:
    """One call.

    Attributes:
        id: GED-188's CallID, the dialog's id.
        type: GED-188's CallType, as it was told last; 0 while unknown.
        types: The same by number, since a call is not the same to all in it.
        from_address: Who called.
        to_address: What was dialled; empty until it is.
        dnis: The number that was reached.
        variables: Call variables and named variables, by name; `WRAP_UP` among them.
        callback: When the customer is to be called again, and where, as BAResponse said it; empty when that is not so.
        classification: The BAResponse that says what the call came to; empty while none does.
        secondary_id: The call that has become part of this one; None when none has.
        controller: Who has made a conference of it; empty when nobody has.
        csq_id: The queue that the call came through; None when none.
        key: The call's key in the engine's router, as a CCE has one: day, number, sequence; None for unknown.
        parties: Everyone who is or was in it, by number, in the order of joining.
        told: Of what events have told in this session: parties by their number, variables by ``=`` and their name.
            A session's events are complete, so a snapshot, whose age nobody knows, adds to them and changes nothing.
        ended: The numbers for which an event has told that the call has ended there.
        is_cleared: Whether an event has told that nobody is in it any more.
        shown: What agents were last told that they may do, by number.
    """

    id: int
    type: int = 0
    types: dict[str, int] = field(default_factory=dict)
    from_address: str = ""
    to_address: str = ""
    dnis: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    callback: tuple[str, str] = ("", "")
    classification: str = ""
    secondary_id: int | None = None
    controller: str = ""
    csq_id: int | None = None
    key: tuple[int, int, int | None] | None = None
    parties: dict[str, Party] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    is_cleared: bool = False
    shown: dict[str, tuple[Action, ...]] = field(default_factory=dict)

    def is_a(self, call_type: int, address: str) -> None:
        """It is of that type to whoever is at that number, says an event; 0 says nothing."""
        if call_type:
            self.type = self.types[address] = call_type

    def type_at(self, address: str) -> int:
        """What it is to whoever is at that number."""
        return self.types.get(address) or self.type

    @property
    def is_outbound(self) -> bool:
        """Whether a campaign's customer is in it, or shown by it."""
        return "BACampaign" in self.variables or "BAStatus" in self.variables

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
        self._assign(name, value)

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
            self._assign(name, value)

    def _assign(self, name: str, value: str) -> None:
        self.variables[name] = value
        if name == BA_RESPONSE:
            self._respond(value)

    def _respond(self, response: str) -> None:
        """What an agent has said of the customer; each thing is said by itself, and stands."""
        time, number = self.callback
        if response in RESULTS:
            self.classification = response
        elif match := CALLBACK_TIME.fullmatch(response):
            month, day, year, clock = match.groups()
            self.callback = f"{year}-{month}-{day}T{clock}", number
        elif response.startswith("P#"):
            self.callback = time, response.removeprefix("P#")
        elif response == CALLBACK_CANCEL:
            self.callback = "", ""

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
        for state in (
            DialogState.FAILED,
            DialogState.ACCEPTED,
            DialogState.INITIATED,
            DialogState.INITIATING,
        ):
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
        if self.type in {0, was.type}:
            self.type, self.types = was.type, was.types | self.types
        self.dnis = self.dnis or was.dnis
        self.secondary_id = self.secondary_id or was.secondary_id
        self.controller = self.controller or was.controller
        self.classification = self.classification or was.classification
        if not any(self.callback) and self.variables.get(BA_RESPONSE) != CALLBACK_CANCEL:
            self.callback = was.callback
        if self.csq_id is None:
            self.csq_id = was.csq_id
        if was.key is not None and (self.key is None or self.key[:2] == was.key[:2]):
            self.key = was.key
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
