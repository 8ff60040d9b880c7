"""What the parts of the engine share."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from finesse_tx.cti.core.enums import ControlFailureCode, DeviceIDType
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core.agenda import Agenda
from finesse_tx.engine.core.events import NO_DEVICE, Device, Effect
from finesse_tx.engine.core.objects import Agent, Contact
from finesse_tx.engine.core.outbound.assignment import Preview
from finesse_tx.engine.core.policy import Policy
from finesse_tx.telephony.core.inventory import AddressKind, Inventory
from finesse_tx.telephony.core.model import Provider

__all__ = ["MAX_DEVICES", "Floor"]

MAX_DEVICES: Final = 20_000
"""Of so many numbers it is remembered what they are to CTI clients; then it is found out anew."""

_DEVICE_TYPES: Final = {
    AddressKind.PHONE: DeviceIDType.DEVID_DEVICE_IDENTIFIER,
    AddressKind.ROUTE_POINT: DeviceIDType.DEVID_ROUTE_POINT,
    AddressKind.CTI_PORT: DeviceIDType.DEVID_CTI_PORT,
    AddressKind.EXTERNAL: DeviceIDType.DEVID_DEVICE_IDENTIFIER,
}


@dataclass(eq=False, slots=True)
class Floor:
    """The floor of the contact centre.

    Attributes:
        policy: The settings.
        snapshot: The directory.
        model: The telephone system, as far as it has told us.
        agenda: What is to be done when.
        effects: What has been told and asked for, in causal order, until somebody takes it.
        stations: The agents who are signed in, by extension.
        restricted: Numbers that may not be controlled, and how a sign-in there is refused.
        unmatched: Agents who became available and contacts that began to wait since contacts were last given to
            agents, in that order.
        devices: What numbers are to CTI clients, of those that were asked for since somebody signed in or out; at most
            `MAX_DEVICES`.
        deserted: The customers of campaigns whose agents have ceased to be reserved, of whatever cause.
    """

    policy: Policy = field(default_factory=Policy)
    snapshot: Snapshot = field(default_factory=Snapshot)
    model: Provider = field(default_factory=lambda: Provider(Inventory()))
    agenda: Agenda = field(default_factory=Agenda)
    effects: list[Effect] = field(default_factory=list)
    stations: dict[str, Agent] = field(default_factory=dict)
    restricted: dict[str, ControlFailureCode] = field(default_factory=dict)
    unmatched: deque[Agent | Contact] = field(default_factory=deque)
    deserted: deque[Preview] = field(default_factory=deque)
    devices: dict[str, Device] = field(default_factory=dict)

    def add(self, inventory: Inventory) -> None:
        """Take in numbers and devices of the telephone system."""
        self.model.add(inventory)
        self.devices.clear()

    def sign_in(self, agent: Agent, extension: str) -> None:
        """Let somebody be at a number."""
        self.stations[extension] = agent
        self.devices.clear()

    def sign_out(self, extension: str) -> None:
        """Let nobody be there."""
        self.stations.pop(extension, None)
        self.devices.clear()

    def device(self, number: str) -> Device:
        """What a number is to CTI clients now."""
        device = self.devices.get(number)
        if device is None:
            if len(self.devices) >= MAX_DEVICES:
                self.devices.clear()
            device = self.devices[number] = self._look_at(number)
        return device

    def _look_at(self, number: str) -> Device:
        if not number:
            return NO_DEVICE
        if number in self.stations:
            return Device(number, DeviceIDType.DEVID_AGENT_DEVICE)
        kind = self.model.kind(number)
        if kind is AddressKind.PHONE and (agent := self.agent_at(number)) is not None:
            actual = f"{agent.extension}.{number}"
            return Device(actual, DeviceIDType.DEVID_NON_ACD_DEVICE_IDENTIFIER)
        return Device(number, _DEVICE_TYPES[kind])

    def agent_at(self, number: str) -> Agent | None:
        """Who is signed in on a number, or on another line of its device."""
        if (agent := self.stations.get(number)) is not None:
            return agent
        address = self.model.addresses.get(number)
        for terminal in address.terminals.values() if address else ():
            for line in terminal.addresses:
                agent = self.stations.get(line)
                if agent and agent.station and agent.station.terminal == terminal.name:
                    return agent
        return None
