"""Anyone does anything, in any order, and the switch fails now and then: what must hold all the same.

Spec: issue 4 and ``engine.md`` §8.8: an agent has at most one routed call, a contact is in exactly one place, no
timer outlives its owner, counts add up.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import SupervisoryAction
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.engine.core.control import CallRequest
from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.events import (
    AgentStateChanged,
    CallEvent,
    CallEventKind,
    Operation,
)
from finesse_tx.engine.core.objects import Agent, Place
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.states import (
    IN_CALL,
    IN_WRAPUP,
    AgentState,
    Personality,
    Request,
)
from finesse_tx.engine.core.two_calls import Joining
from finesse_tx.telephony.core.change import Change
from finesse_tx.telephony.core.errors import ProviderError
from finesse_tx.telephony.core.events import Cause, EventID, MetaCode
from finesse_tx.telephony.core.states import ProviderState
from tests.support.centre import CALLER, Centre, sample

AGENTS = st.integers(1, 3)
NUMBERS = st.sampled_from(["6001", "6002", "1001", "1002", "1003", CALLER, "9", "70001"])
PHONES = st.sampled_from(["1001", "1002", "1003"])
CALLS = st.integers(0, 4)


SCRIPT = """
[script.s.variables]
x = ""
[script.s.steps]
start = [
    { play = "welcome" },
    { menu = "m", choices = { 1 = "sales", 2 = "agent", 3 = "away", 4 = "other" }, on_fail = "sales" },
]
sales = [
    { queue = "Sales" },
    { wait = "hold", for_s = 20 },
    { priority = 3 },
    { queue = "Support" },
    { wait = "hold", for_s = 60 },
    { dequeue = true },
    { hang_up = true },
]
hold = [{ music = "m", for_s = 7 }, { get = "position", into = "x" }, { play = "n{x}" }]
agent = [{ agent = "agent2", on_fail = "sales" }, { wait = "", for_s = 10 }, { go = "sales" }]
away = [{ queue = "Sales" }, { redirect = "1003", for_s = 8, on_fail = "sales" }]
other = [{ redirect = "6002", on_fail = "sales" }]
"""


class CentreMachine(RuleBasedStateMachine):
    """Three agents, two queues, three ports, and everybody else.

    Attributes:
        policy: The engine's settings.
    """

    policy = Policy(ring_no_answer_s=10, rtp_events=True)

    def __init__(self) -> None:
        super().__init__()
        snapshot = sample(auto_work=True, wrapup_time_s=30)
        triggers = tuple(replace(one, script="s") for one in snapshot.triggers[:1])
        self.centre = Centre(
            replace(snapshot, triggers=triggers + snapshot.triggers[1:]),
            self.policy,
            ports=3,
            scripts=SCRIPT,
        )
        self.engine = self.centre.engine
        self.calls: list[int] = []
        self.begun: Counter[tuple[int, str]] = Counter()
        self.last_state: dict[str, AgentState] = {}

    def attempt(self, command: object, *arguments: object) -> None:
        """Do what may be refused; let what it causes wait."""
        assert callable(command)
        try:
            operation = command(*arguments)
        except (ControlFailureError, ProviderError):
            return
        if operation is not None:
            self.centre.waiting.append(operation)
        self.centre.collect()

    def happen(self, operation: object, *arguments: object) -> None:
        """Let something happen on the switch, if it can."""
        assert callable(operation)
        try:
            batches = operation(*arguments)
        except ProviderError:
            return
        self.centre.hear(batches)

    def device(self, number: str) -> str:
        """A number's device."""
        return next(iter(self.centre.switch.model.addresses[number].terminals))

    def pick(self, index: int) -> int:
        """One of the latest calls, over or not."""
        known = self.calls + list(self.centre.switch.model.calls)
        return known[-1 - index % len(known)]

    # What people do -------------------------------------------------------------------------------------------

    @rule(number=AGENTS, extension=PHONES, forced=st.booleans())
    def sign_in(self, number: int, extension: str, forced: bool) -> None:
        """Somebody signs in somewhere."""
        self.attempt(self.engine.sign_in, f"agent{number}", extension, forced, self.centre.now)

    @rule(number=AGENTS)
    def start_work(self, number: int) -> None:
        """Somebody signs in at his own phone and gets ready."""
        self.sign_in(number, str(1000 + number), False)
        self.ask(number, Request.READY)

    @rule(number=AGENTS, request=st.sampled_from([r for r in Request if r is not Request.LOGIN]))
    def ask(self, number: int, request: Request) -> None:
        """Somebody asks for another state."""
        name = f"agent{number}"
        self.attempt(self.engine.request_state, name, request, 7, self.centre.now)

    @rule(to=st.sampled_from(["6001", "6001", "6002", "1001"]))
    def call_in(self, to: str) -> None:
        """A customer calls."""
        if self.engine.is_online():
            self.calls.append(self.centre.switch.allocate())
            self.happen(self.centre.switch.call_from_outside, self.calls[-1], CALLER, to)

    @precondition(lambda self: self.calls)
    @rule(call=CALLS)
    def hang_up(self, call: int) -> None:
        """A customer hangs up."""
        self.happen(self.centre.switch.disconnect, self.pick(call), CALLER)

    @precondition(lambda self: self.calls)
    @rule(call=CALLS, number=PHONES)
    def pick_up(self, call: int, number: str) -> None:
        """Somebody picks a phone up by hand."""
        self.happen(self.centre.switch.answer, self.pick(call), number, self.device(number))

    @precondition(lambda self: self.calls)
    @rule(request=st.sampled_from(list(CallRequest)), call=CALLS, number=PHONES)
    def control(self, request: CallRequest, call: int, number: str) -> None:
        """Somebody clicks."""
        self.attempt(self.engine.control, request, self.pick(call), number)

    @rule(number=PHONES, digits=NUMBERS)
    def make_call(self, number: str, digits: str) -> None:
        """Somebody calls somebody."""
        self.attempt(self.engine.make_call, number, digits, DataChange(), self.centre.now)

    @rule(port=st.sampled_from(["70001", "70002", "70003"]))
    def hear_out(self, port: str) -> None:
        """What plays at a port comes to its end, or nothing more is keyed there."""
        wait = self.centre.switch.media.wait(port)
        if wait is not None:
            self.happen(self.centre.switch.media.is_over, wait)

    @precondition(lambda self: self.calls)
    @rule(call=CALLS, key=st.sampled_from("12345"))
    def key(self, call: int, key: str) -> None:
        """A customer keys something."""
        self.happen(self.centre.switch.send_dtmf, self.pick(call), CALLER, key)

    # What scripts do -----------------------------------------------------------------------------------------

    def treat(self, contact: int, change: object, *arguments: object) -> None:
        """Do something with one of the contacts that are at their ports and have no agent."""
        places = {Place.TREATED, Place.WAITING}
        found = [c for c in self.engine.router.contacts.values() if c.place in places]
        if found:
            assert callable(change)
            change(found[contact % len(found)], *arguments)
            self.engine.router.match(self.centre.now)
            self.centre.collect()

    @rule(contact=CALLS, csq_ids=st.lists(st.integers(1, 2), max_size=2))
    def enqueue(self, contact: int, csq_ids: list[int]) -> None:
        """A contact is put into queues."""
        router = self.engine.router
        self.treat(
            contact, router.queueing.enqueue, [router.queues[n] for n in csq_ids], self.centre.now
        )

    @rule(contact=CALLS, csq_ids=st.none() | st.lists(st.integers(1, 2), max_size=2))
    def dequeue(self, contact: int, csq_ids: list[int] | None) -> None:
        """A contact is taken out of some of its queues, or all."""
        router = self.engine.router
        queues = None if csq_ids is None else [router.queues[n] for n in csq_ids]
        self.treat(contact, router.queueing.dequeue, queues)

    @rule(contact=CALLS, number=AGENTS)
    def want(self, contact: int, number: int) -> None:
        """A contact is to wait for one agent."""
        self.treat(
            contact, self.engine.router.queueing.want, self.centre.agent(number), self.centre.now
        )

    @rule(contact=CALLS, priority=st.integers(1, 10))
    def prioritise(self, contact: int, priority: int) -> None:
        """A contact gets another priority."""
        self.treat(contact, self.engine.router.queueing.set_priority, priority, self.centre.now)

    @precondition(lambda self: self.calls)
    @rule(call=CALLS, number=PHONES, digits=NUMBERS)
    def consult(self, call: int, number: str, digits: str) -> None:
        """Somebody consults somebody."""
        two_calls = self.engine.two_calls
        self.attempt(two_calls.consult, self.pick(call), number, digits, DataChange())

    @precondition(lambda self: self.calls)
    @rule(
        name=st.sampled_from(["transfer", "conference", "alternate"]),
        active=CALLS,
        held=CALLS,
        number=PHONES,
    )
    def join(self, name: str, active: int, held: int, number: str) -> None:
        """Somebody makes one of two calls, or goes over to the other."""
        request = getattr(self.engine.two_calls, name)

        def operation() -> Operation:
            found = request(self.pick(active), self.pick(held), number)
            return found.operation if isinstance(found, Joining) else found

        self.attempt(operation)

    @rule()
    def supervisor_comes(self) -> None:
        """The supervisor signs in."""
        self.attempt(self.engine.sign_in, "boss", "2001", False, self.centre.now)

    @precondition(lambda self: self.calls)
    @rule(action=st.sampled_from(list(SupervisoryAction)), call=CALLS, number=PHONES)
    def supervise(self, action: SupervisoryAction, call: int, number: str) -> None:
        """The supervisor does something in a call, and answers what rings."""
        request, call_id = self.engine.supervision.supervise, self.pick(call)
        try:
            operations, _ = request(action, call_id, number, "2001")
        except ControlFailureError:
            return
        self.centre.waiting.extend(operations)
        self.centre.collect()
        self.centre.settle()
        self.pick_up(call, "2001")

    @rule(number=AGENTS)
    def work(self, number: int) -> None:
        """Somebody gets ready, a customer calls, and whoever he comes to answers."""
        self.start_work(number)
        self.call_in("6001")
        self.centre.settle()
        for phone in ("1001", "1002", "1003"):
            if self.calls:
                self.pick_up(0, phone)

    @precondition(lambda self: self.calls)
    @rule(number=PHONES, other=PHONES, digits=NUMBERS, conference=st.booleans())
    def pass_on(self, number: str, other: str, digits: str, conference: bool) -> None:
        """Whoever talks consults somebody by phone, and brings the two calls together, answered or not."""
        switch = self.centre.switch
        active = [
            call_id
            for call_id, connection in switch.model.addresses[number].connections.items()
            for part in connection.terminal_connections.values()
            if part.call_control_state.name == "TALKING"
        ]
        if not active:
            return
        terminal, new = self.device(number), switch.allocate()
        self.happen(switch.consult, new, active[0], number, terminal, digits)
        for _ in range(6):
            if self.centre.waiting:
                self.centre.step()
        self.happen(switch.answer, new, other, self.device(other))
        operation = switch.merging.conference if conference else switch.merging.transfer
        self.happen(operation, active[0], new, terminal)

    @precondition(lambda self: self.calls)
    @rule(call=CALLS, number=PHONES, digits=NUMBERS)
    def single_step(self, call: int, number: str, digits: str) -> None:
        """Somebody sends a call on."""
        request = self.engine.two_calls.transfer_to
        self.attempt(lambda: request(self.pick(call), number, digits).operation)

    @precondition(lambda self: self.calls)
    @rule(call=CALLS, number=NUMBERS)
    def add_party(self, call: int, number: str) -> None:
        """Somebody else is rung besides."""
        self.happen(self.centre.switch.merging.add_party, self.pick(call), number)

    @rule(number=AGENTS, gone=st.booleans(), closed=st.booleans())
    def client(self, number: int, gone: bool, closed: bool) -> None:
        """Somebody's own client goes, or is there."""
        agent = self.centre.agent(number)
        if gone:
            self.engine.roster.client_gone(agent, closed, self.centre.now)
        else:
            self.engine.roster.client_came(agent)

    # What else happens ----------------------------------------------------------------------------------------

    @precondition(lambda self: self.centre.waiting)
    @rule(count=st.integers(1, 4))
    def step(self, count: int) -> None:
        """The switch does some of what it was asked for."""
        for _ in range(min(count, len(self.centre.waiting))):
            self.centre.step()

    @rule()
    def settle(self) -> None:
        """It does all of it."""
        self.centre.settle()

    @precondition(lambda self: self.centre.waiting)
    @rule(cause=st.sampled_from([Cause.NETWORK_CONGESTION, Cause.BUSY, Cause.UNKNOWN]))
    def fail(self, cause: Cause) -> None:
        """It fails to do the next thing."""
        operation = self.centre.waiting.popleft()
        self.engine.operation_failed(operation, cause, self.centre.now)
        self.centre.collect()

    @rule(seconds=st.sampled_from([0.5, 5.0, 10.0, 30.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.centre.now += seconds
        self.engine.advance(self.centre.now)
        self.centre.collect()

    @rule(number=st.sampled_from(["1001", "1002", "1003", "70001"]), back=st.booleans())
    def plug(self, number: str, back: bool) -> None:
        """A cable is pulled, or put back."""
        switch = self.centre.switch
        if switch.model.state is ProviderState.IN_SERVICE:
            self.happen(switch.register if back else switch.unregister, self.device(number))

    @rule(chance=st.integers(0, 9))
    def lose_provider(self, chance: int) -> None:
        """Once in a while the whole telephone system is lost, and comes back."""
        switch = self.centre.switch
        if chance == 0:
            change = Change(switch.model, MetaCode.UNKNOWN)
            change.tell(EventID.PROV_OUT_OF_SERVICE)
            switch._parties.redirects.clear()
            self.centre.hear((change.batch(),))
            self.centre.hear(switch.start())

    # What holds all the same ----------------------------------------------------------------------------------

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
                assert past or place is Place.RESERVED
            if agent.state in IN_CALL:
                assert past or place is Place.CONNECTED
            if agent.state in {AgentState.LOGOUT, AgentState.READY, *IN_WRAPUP}:
                assert place is None
            if agent.state in {AgentState.LOGOUT, AgentState.READY}:
                assert agent.pending is None
            if agent.station is not None:
                assert self.engine.floor.stations[agent.extension] is agent
        assert len(self.engine.floor.stations) == sum(a.station is not None for a in self.agents)

    def is_past_the_engine(self, agent: Agent) -> bool:
        """Whether a CCE's agent has a state for a call that the engine did not route: while there is one."""
        is_ccx = self.policy.personality is Personality.CCX
        if is_ccx or agent.contact is not None or agent.station is None:
            return False
        return not self.centre.switch.model.addresses[agent.extension].is_free

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
                address = self.centre.switch.model.addresses[agent.extension]
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
            assert (contact.treated is not None) == (contact.place in with_script)
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
            else:
                assert call.id in self.centre.switch.model.calls
                assert set(call.parties) <= set(call.model.connections)
        assert set(self.centre.switch.model.calls) <= set(self.engine.calls.by_id)

    @invariant()
    def nothing_is_left(self) -> None:
        """What is kept of supervisors and of media is about calls that are there."""
        there = {call.id for call in self.engine.calls.by_id.values() if not call.is_over}
        assert set(self.engine.supervision._roles) <= there
        assert set(self.engine.supervision._monitoring) <= there
        assert set(self.engine._observer._streams._flowing) <= there

    @invariant()
    def told_in_pairs(self) -> None:
        """Each device is told BEGIN_CALL and END_CALL in turn, and states are told when they change."""
        for event in self.centre.events:
            if isinstance(event, CallEvent):
                key = event.call_id, event.device.id
                if event.kind is CallEventKind.DATA_UPDATE and event.other_call_id is not None:
                    was = event.other_call_id, event.device.id
                    self.begun[was] -= 1
                    self.begun[key] += 1
                    assert (self.begun[was], self.begun[key]) == (0, 1), key
                if event.kind is CallEventKind.BEGIN:
                    self.begun[key] += 1
                    assert self.begun[key] == 1, key
                elif event.kind is CallEventKind.END:
                    self.begun[key] -= 1
                    assert self.begun[key] == 0, key
            elif isinstance(event, AgentStateChanged) and event.state is not AgentState.LOGIN:
                self.last_state[event.agent_id] = event.state
        self.centre.events.clear()
        for agent in self.agents:
            assert self.last_state.get(agent.id, AgentState.LOGOUT) is agent.state
        told = {key for key, count in self.begun.items() if count}
        assert told == {(c.id, n) for c in self.engine.calls.by_id.values() for n in c.begun}

    @invariant()
    def ports_add_up(self) -> None:
        """A port in service is free, or in a call, or on its way into one; nobody waits without one."""
        free = set(self.engine.router.ports.free)
        offered = [c.port for c in self.engine.router.contacts.values() if c.place is Place.OFFERED]
        assert len(offered) == len(set(offered))
        assert set(self.engine.router.ports.coming) == set(offered)
        for number in ("70001", "70002", "70003"):
            address = self.centre.switch.model.addresses[number]
            if address.in_service and address.is_free:
                assert number in free or number in offered
        for contact in self.engine.router.contacts.values():
            if contact.place not in {Place.OFFERED, Place.CONNECTED}:
                assert contact.port in contact.call.parties


class CCEMachine(CentreMachine):
    """The same in CCE personality, where READY is kept after ring-no-answer, until two calls are missed."""

    policy = Policy(
        ring_no_answer_s=10, ready_after_ring_no_answer=True, personality=Personality.CCE
    )


class AnyOrderTests(SynchronousTestCase):
    """`CentreMachine` and `CCEMachine`, run."""

    def test_any_order(self) -> None:
        """Whatever happens, in whatever order, the invariants hold after every step."""
        run_state_machine_as_test(
            CentreMachine, settings=settings(max_examples=100, stateful_step_count=50)
        )

    def test_any_order_cce(self) -> None:
        """The same in CCE personality."""
        run_state_machine_as_test(
            CCEMachine, settings=settings(max_examples=60, stateful_step_count=50)
        )
