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
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

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
from finesse_tx.engine.core.objects import Place
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.states import (
    AgentState,
    Personality,
    Request,
)
from finesse_tx.engine.core.two_calls import Joining
from finesse_tx.telephony.core.change import Change
from finesse_tx.telephony.core.errors import ProviderError
from finesse_tx.telephony.core.events import Cause, EventID, MetaCode
from finesse_tx.telephony.core.model import Provider
from finesse_tx.telephony.core.states import ProviderState
from tests.support.centre import CALLER, Centre, sample
from tests.support.promises import EngineMachine

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


class CentreMachine(EngineMachine):
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

    @property
    @override
    def model(self) -> Provider:
        """The switch's."""
        return self.centre.switch.model

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
