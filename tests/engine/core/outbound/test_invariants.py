"""Agents, customers and callers do anything, in any order: what must hold of campaigns all the same."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.engine.core.events import CallEvent, CallEventKind
from finesse_tx.engine.core.outbound.assignment import Preview, Stage
from finesse_tx.engine.core.outbound.records import (
    CampaignState,
    DialingMode,
    RecordState,
    Result,
)
from finesse_tx.engine.core.states import AgentState, Request
from finesse_tx.telephony.core.errors import ProviderError
from tests.engine.core.outbound.test_outbound import CAMPAIGN, OutboundCase, phone, records
from tests.support.centre import CALLER

AGENTS = st.integers(1, 2)
CUSTOMERS = st.integers(1, 4)
RESPONSES = st.sampled_from(
    [
        "Accept",
        "Accept",
        "Reject",
        "Reject-Close",
        "Skip",
        "Skip-Close",
        "Cancel Reservation",
        "Callback 11232026 15:00",
        "P 11232026 14:00",
        "Callback Cancel",
        "REX_ANS_MACHINE",
        "DO_NOT_CALL",
        "BUSY",
    ]
)


class CampaignMachine(RuleBasedStateMachine):
    """Two agents, four customers, two ports."""

    mode = DialingMode.DIRECT_PREVIEW

    def __init__(self) -> None:
        super().__init__()
        self.case = OutboundCase()
        campaign = replace(CAMPAIGN, mode=self.mode, declined_retry_s=30, lines_per_agent=2)
        self.case.start(records(4), campaign=campaign, auto_work=True, wrapup_time_s=20)
        self.centre, self.ledger = self.case.centre, self.case.outbound.ledger
        self.centre.sign_in(1, 2)
        self.begun: Counter[tuple[int, str]] = Counter()

    @rule(agent=AGENTS)
    def sign_in(self, agent: int) -> None:
        """An agent comes."""
        if self.centre.agent(agent).state is AgentState.LOGOUT:
            with contextlib.suppress(ControlFailureError):
                self.centre.sign_in(agent)

    @rule(agent=AGENTS, request=st.sampled_from([Request.READY, Request.NOT_READY, Request.LOGOUT]))
    def request(self, agent: int, request: Request) -> None:
        """An agent asks for a state."""
        with contextlib.suppress(ControlFailureError):
            self.centre.request(request, agent)

    @rule(agent=AGENTS, customer=CUSTOMERS)
    def accept(self, agent: int, customer: int) -> None:
        """An agent accepts, or is READY again; and a customer picks up."""
        self.say(agent, "Accept")
        with contextlib.suppress(ControlFailureError):
            self.centre.request(Request.READY, agent)
        self.on_the_switch(phone(customer), "answer")

    @rule(agent=AGENTS, response=RESPONSES)
    def say(self, agent: int, response: str) -> None:
        """An agent says something of whatever call he has."""
        extension = str(1000 + agent)
        calls = [c.id for c in self.centre.engine.calls.by_id.values() if extension in c.begun]
        if calls:
            with contextlib.suppress(ControlFailureError):
                self.case.say(response, agent, calls[0])

    def on_the_switch(self, number: str, what: str) -> None:
        """Somebody picks up or hangs up."""
        address = self.centre.switch.model.addresses.get(number)
        connections = dict(address.connections) if address else {}
        for call_id, call in list(self.centre.switch.model.calls.items()):
            if number in call.connections:
                connections[call_id] = call.connections[number]
        for call_id in list(connections)[:1]:
            try:
                if what == "answer":
                    batches = self.centre.switch.answer_outside(call_id, number)
                else:
                    batches = self.centre.switch.disconnect(call_id, number)
            except ProviderError:
                return
            self.centre.hear(batches)
            self.centre.settle()

    @rule(customer=CUSTOMERS)
    def customer_answers(self, customer: int) -> None:
        """A customer picks up."""
        self.on_the_switch(phone(customer), "answer")

    @rule(customer=CUSTOMERS)
    def customer_leaves(self, customer: int) -> None:
        """A customer hangs up."""
        self.on_the_switch(phone(customer), "leave")

    @rule(agent=AGENTS)
    def agent_leaves(self, agent: int) -> None:
        """An agent hangs up."""
        self.on_the_switch(str(1000 + agent), "leave")

    @rule(agent=AGENTS, back=st.booleans())
    def phone_fails(self, agent: int, back: bool) -> None:
        """A phone is gone, or back."""
        switch, terminal = self.centre.switch, f"SEP{1000 + agent:012X}"
        self.centre.hear(switch.register(terminal) if back else switch.unregister(terminal))
        self.centre.settle()

    @rule(comes=st.booleans())
    def caller(self, comes: bool) -> None:
        """Somebody calls in, or hangs up."""
        if comes:
            self.centre.call_in()
        else:
            self.on_the_switch(CALLER, "leave")

    @rule(state=st.sampled_from([*CampaignState, CampaignState.RUNNING]))
    def operator(self, state: CampaignState) -> None:
        """The operator does something."""
        self.case.run_campaign(state)

    @rule(seconds=st.sampled_from([1, 10, 31, 400, 4000]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.centre.wait(seconds)

    @rule(holds=st.booleans())
    def store(self, holds: bool) -> None:
        """The database is slow, or not any more."""
        self.case.holds_claims = holds
        if not holds:
            for assignment in list(self.ledger.assignments.values()):
                if assignment.stage is Stage.CLAIMED:
                    self.case.claim(assignment.record.id)

    @invariant()
    def kept(self) -> None:
        """Everything is written; a record is on the list, with somebody, or done; each call has one result."""
        self.case.write()
        self.centre.settle()
        listing = self.ledger.works[CAMPAIGN.id].listing
        results: dict[tuple[int, int], set[Result | None]] = {}
        for change in self.case.changes:
            if change.attempt is not None:
                key = change.attempt.record_id, change.attempt.number
                results.setdefault(key, set()).add(change.attempt.result)
        for number in range(1, 5):
            record = self.case.kept.get(number)
            listed, assigned = number in listing, number in self.ledger.assignments
            done = record is not None and record.state in {
                RecordState.CLOSED,
                RecordState.MAX_CALLS,
            }
            assert listed + assigned + done == 1, (number, listed, assigned, record)
            if record is not None and record.state is RecordState.ACTIVE:
                assert assigned, record
        for number, assignment in self.ledger.assignments.items():
            assert assignment.record.id == number
            if isinstance(assignment, Preview) and assignment.stage is Stage.OFFERED:
                assert assignment.agent.outbound is assignment, assignment.stage

    @invariant()
    def agents(self) -> None:
        """An agent has one contact or one customer, and no customer in a state for which there is none."""
        for agent in self.centre.engine.roster.agents.values():
            assert agent.contact is None or agent.outbound is None
            if agent.outbound is not None:
                assert agent.state is AgentState.RESERVED
                assert self.ledger.assignments[agent.outbound.record.id] is agent.outbound

    @invariant()
    def told(self) -> None:
        """Every BEGIN_CALL has its END_CALL, and no call is kept that nobody has."""
        for event in self.centre.events:
            if isinstance(event, CallEvent):
                if event.kind is CallEventKind.BEGIN:
                    self.begun[event.call_id, event.device.id] += 1
                elif event.kind is CallEventKind.END:
                    self.begun[event.call_id, event.device.id] -= 1
        self.centre.events.clear()
        there = {
            (call.id, number)
            for call in self.centre.engine.calls.by_id.values()
            for number in call.begun
        }
        assert {key for key, count in self.begun.items() if count} == there


class ProgressiveMachine(CampaignMachine):
    """The same, with the customer first."""

    mode = DialingMode.PROGRESSIVE


class InvariantTests(SynchronousTestCase):
    """Both modes."""

    def test_preview(self) -> None:
        """Direct preview keeps its promises."""
        run_state_machine_as_test(
            CampaignMachine,
            settings=settings(deadline=None, max_examples=60, stateful_step_count=40),
        )

    def test_progressive(self) -> None:
        """So does progressive mode."""
        run_state_machine_as_test(
            ProgressiveMachine,
            settings=settings(deadline=None, max_examples=60, stateful_step_count=40),
        )
