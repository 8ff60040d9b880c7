"""What the parts of the engine share."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from finesse_tx.cti.core.enums import ControlFailureCode
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core.agenda import Agenda
from finesse_tx.engine.core.events import Effect
from finesse_tx.engine.core.objects import Agent, Contact
from finesse_tx.engine.core.outbound.assignment import Preview
from finesse_tx.engine.core.policy import Policy
from finesse_tx.telephony.core.inventory import Inventory
from finesse_tx.telephony.core.model import Provider

__all__ = ["Floor"]


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
