"""Calls, as GED-188's events tell them, and the dialogs that agents see of them.

A call is known by its CallID; each party by its number. What an event says of a party counts, not the order of
events: an answer may be told before the ring.

An outside caller in a queue talks to a port, but to nobody yet; its dialog shows it INITIATED until a person answers.

Spec: ``cti.md`` §11.5 to §11.7, §11.13; ``notifications.md`` §7.2, §7.3, §7.5.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
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
from finesse_tx.webservices.core.vocabulary import ACTIONS, CALL_TYPES, DEVICE_TYPES

__all__ = ["CALL_VARIABLES", "Call", "Party"]

MACHINES: Final = {
    DeviceIDType.DEVID_ROUTE_POINT,
    DeviceIDType.DEVID_CTI_PORT,
    DeviceIDType.DEVID_QUEUE,
}
"""Where a caller waits; no person answers there."""

GONE: Final = {DialogState.DROPPED, DialogState.WRAP_UP}

CALL_VARIABLES: Final = tuple(f"callVariable{number}" for number in range(1, 11))
"""The names of the ten that every call has."""


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

    def participant(self) -> Participant:
        """As a dialog shows it."""
        return Participant(
            actions=ACTIONS[self.state] if self.is_agent else (),
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
        variables: Call variables and named variables, by name.
        wrap_up: The reasons that agents gave, one text; None when there is none.
        csq_id: The queue that the call came through; None when none.
        parties: Everyone who is or was in it, by number, in the order of joining.
    """

    id: int
    type: int = 0
    from_address: str = ""
    to_address: str = ""
    dnis: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    wrap_up: str | None = None
    csq_id: int | None = None
    parties: dict[str, Party] = field(default_factory=dict)

    def put(
        self, address: str, device_type: int, state: DialogState, now: datetime, cause: str = ""
    ) -> bool:
        """A party is in this state now.

        Returns:
            Whether that changes anything.
        """
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
            self.put(address, device_type, DialogState.INITIATED, now)

    def drop(self, address: str, now: datetime) -> bool:
        """A party has left; a machine leaves no trace."""
        party = self.parties.get(address)
        if party is None or party.state in GONE:
            return False
        if party.is_machine:
            del self.parties[address]
        else:
            party.state, party.changed, party.cause = DialogState.DROPPED, now, ""
        return True

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
                wrap_up_reason=self.wrap_up,
                callvariables=CallVariables(tuple(self._variables())),
            ),
            media_type="Voice",
            participants=tuple(party.participant() for party in self.parties.values()),
            state=state,
            to_address=to_address,
            uri=updates.dialog_uri(self.id),
        )

    def _variables(self) -> Iterable[CallVariable]:
        """The ten, always, since a client that counts on two breaks on one; then the named ones."""
        for name in CALL_VARIABLES:
            yield CallVariable(name, self.variables.get(name, ""))
        for name, value in self.variables.items():
            if name not in CALL_VARIABLES:
                yield CallVariable(name, value)
