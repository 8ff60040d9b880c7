"""What holds of an engine whatever happens, for state machines that let it happen.

Spec: issue 4 and ``engine.md`` §8.8: an agent has at most one routed call, a contact is in exactly one place, no
timer outlives its owner, counts add up.
"""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis.stateful import RuleBasedStateMachine, invariant

from finesse_tx.engine.core.agenda import Deadline
from finesse_tx.engine.core.engine import Engine
from finesse_tx.engine.core.objects import Agent, Place
from finesse_tx.engine.core.outbound.previews import LAST_RESERVATION_ID
from finesse_tx.engine.core.states import IN_CALL, IN_WRAPUP, AgentState, Personality
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.model import Provider

__all__ = ["EngineMachine"]


class EngineMachine(RuleBasedStateMachine):
    """An engine, and a telephone system whose every event it has been told.

    Attributes:
        engine: The engine.
    """

    engine: Engine

    @property
    def model(self) -> Provider:
        """The telephone system, as it is."""
        raise NotImplementedError

    def other_deadlines(self) -> Iterable[Deadline | None]:
        """Deadlines of whoever else is there."""
        return ()

    def ports_called_from(self) -> Iterable[str]:
        """Ports that are to call somebody, whose call has not begun."""
        return ()

    @property
    def agents(self) -> list[Agent]:
        """Everybody."""
        return list(self.engine.roster.agents.values())

    @invariant()
    def one_routed_call(self) -> None:
        """An agent has at most one routed call, and knows it as it knows him."""
        contacts = self.engine.router.contacts.values()
        owners = [c.agent for c in contacts if c.agent is not None]
        owners += [agent for contact in contacts for agent in contact.others]
        assert all(c.place is Place.CONNECTED for c in contacts if c.others)
        assert len(owners) == len(set(owners))
        for agent in self.agents:
            assert (agent.contact is not None) == (agent in owners)
            if agent.contact is not None:
                assert agent.contact.agent is agent or agent in agent.contact.others
                assert agent.contact.place in {Place.RESERVED, Place.CONNECTED}

    @invariant()
    def states_fit(self) -> None:
        """A state says what the agent has."""
        for agent in self.agents:
            place = agent.contact.place if agent.contact else None
            assert (agent.state is AgentState.LOGOUT) == (agent.station is None)
            assert (agent.state in IN_WRAPUP) == (agent.wrapup is not None)
            past = self.is_past_the_engine(agent)
            if agent.state is AgentState.RESERVED:
                assert past or place is Place.RESERVED or agent.outbound is not None
            if agent.state in IN_CALL:
                assert past or place is Place.CONNECTED
            if agent.outbound is not None:
                assert agent.state is AgentState.RESERVED
                assert place is None
            if agent.state in {AgentState.LOGOUT, AgentState.READY, *IN_WRAPUP}:
                assert place is None
            if agent.state in {AgentState.LOGOUT, AgentState.READY}:
                assert agent.pending is None
            if agent.station is not None:
                assert self.engine.floor.stations[agent.extension] is agent
        assert len(self.engine.floor.stations) == sum(a.station is not None for a in self.agents)

    def is_past_the_engine(self, agent: Agent) -> bool:
        """Whether a CCE's agent has a state for a call that the engine did not route: while there is one."""
        is_ccx = self.engine.floor.policy.personality is Personality.CCX
        if is_ccx or agent.contact is not None or agent.station is None:
            return False
        return not self.model.addresses[agent.extension].is_free

    @invariant()
    def one_place(self) -> None:
        """A contact is in exactly one place, and nobody waits for what is there."""
        router = self.engine.router
        for contact in router.contacts.values():
            waits = [contact in queue.waiting for queue in contact.queues]
            assert all(waits) if contact.place is Place.WAITING else not any(waits)
            queueless = {Place.OFFERED, Place.TREATED, Place.SENT}
            assert bool(waits) == (contact.place not in queueless)
            has_agent = contact.place in {Place.RESERVED, Place.CONNECTED}
            assert (contact.agent is not None) == has_agent
            assert contact.place is not Place.GONE
        own = [agent.own for agent in self.agents if agent.own is not None]
        for queue in [*router.queues.values(), *own]:
            assert not (len(queue.ready) and len(queue.waiting))
            assert len(queue.waiting) == sum(
                c.place is Place.WAITING and queue in c.queues for c in router.contacts.values()
            )
            for agent in self.agents:
                selectable = agent.state is AgentState.READY and agent.passed_over is None
                assert (agent in queue.ready) == (selectable and queue in agent.pools)
        assert not self.engine.floor.unmatched

    @invariant()
    def in_order(self) -> None:
        """Whoever waits stands where his priority and his time put him, in every queue alike."""
        waiting = [c for c in self.engine.router.contacts.values() if c.place is Place.WAITING]
        order = sorted(waiting, key=lambda c: (-c.priority, c.since, c.turn))
        for queue in self.engine.router.queues.values():
            assert list(queue.waiting) == [contact for contact in order if queue in contact.queues]

    @invariant()
    def busy_agents(self) -> None:
        """A queue knows how many of its agents have a call, or wrap one up."""
        at_rest = {AgentState.LOGOUT, AgentState.NOT_READY, AgentState.READY}
        for queue in self.engine.router.queues.values():
            found = [a for a in self.agents if queue in a.queues and a.state not in at_rest]
            assert queue.busy == len(found)
        for agent in self.agents:
            assert agent.engagement is None or agent.state not in at_rest

    @invariant()
    def selectable_is_idle(self) -> None:
        """A READY agent has a phone in service that is in no call."""
        for agent in self.agents:
            if agent.state is AgentState.READY:
                address = self.model.addresses[agent.extension]
                assert address.in_service
                assert address.is_free

    @invariant()
    def timers_have_owners(self) -> None:
        """Every deadline has somebody who would cancel it, and is the only one of its kind."""
        owned = [agent.passed_over for agent in self.agents]
        owned += [agent.leaving for agent in self.agents]
        owned += [agent.wrapup.deadline for agent in self.agents if agent.wrapup]
        owned += [contact.ringing for contact in self.engine.router.contacts.values()]
        for contact in self.engine.router.contacts.values():
            owned += contact.treated.timers.values() if contact.treated else ()
            owned += [contact.sending.deadline] if contact.sending else []
            assert (contact.sending is not None) == (contact.place is Place.SENT)
            with_script = {Place.TREATED, Place.WAITING, Place.RESERVED, Place.SENT}
            has_script = contact.place in with_script and bool(contact.trigger.route_point)
            assert (contact.treated is not None) == has_script
        owned += self.other_deadlines()
        assert set(self.engine.floor.agenda) == {deadline for deadline in owned if deadline}
        for contact in self.engine.router.contacts.values():
            assert (contact.ringing is not None) == (contact.place is Place.RESERVED)

    @invariant()
    def counts_add_up(self) -> None:
        """Whoever came is somewhere, or something became of him."""
        router, tally = self.engine.router, self.engine.router.tally
        underway = sum(c.place is not Place.CONNECTED for c in router.contacts.values())
        ended = tally.rejected + tally.abandoned + tally.handled + tally.aborted
        ended += tally.by_script
        assert tally.arrived == underway + ended

    @invariant()
    def calls_end(self) -> None:
        """A call that is over is kept only for its wrap-up, and one that is not is on the switch."""
        wrapups = [agent.wrapup.call for agent in self.agents if agent.wrapup]
        for call in self.engine.calls.by_id.values():
            if call.is_over:
                assert call in wrapups
            elif call.id <= LAST_RESERVATION_ID:
                agents = [a for a in self.agents if a.outbound and a.outbound.call is call]
                assert [a.extension for a in agents] == list(call.begun)
            else:
                assert call.id in self.model.calls
                assert set(call.parties) <= set(call.model.connections)
        assert set(self.model.calls) <= set(self.engine.calls.by_id)

    @invariant()
    def nothing_is_left(self) -> None:
        """What is kept of supervisors and of media is about calls that are there."""
        there = {call.id for call in self.engine.calls.by_id.values() if not call.is_over}
        assert set(self.engine.supervision._roles) <= there
        assert set(self.engine.supervision._monitoring) <= there
        assert set(self.engine._observer._streams._flowing) <= there

    @invariant()
    def ports_add_up(self) -> None:
        """A port in service is free, or in a call, or on its way into one; nobody waits without one."""
        free = set(self.engine.router.ports.free)
        offered = [c.port for c in self.engine.router.contacts.values() if c.place is Place.OFFERED]
        assert len(offered) == len(set(offered))
        assert set(self.engine.router.ports.coming) == set(offered)
        taken = {*free, *offered, *self.ports_called_from()}
        for number, address in self.model.addresses.items():
            if address.kind is AddressKind.CTI_PORT and address.in_service and address.is_free:
                assert number in taken, number
        for contact in self.engine.router.contacts.values():
            if contact.place not in {Place.OFFERED, Place.CONNECTED}:
                assert contact.port in contact.call.parties
